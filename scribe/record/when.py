"""Times as they are stored, and as people read them: instants, precision, zones, durations. `typed_time` reads them."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["second", "minute", "hour", "day", "unknown"]

DAY = 24 * 3600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment as it is stored: UTC text, how precisely it is known, and the words it was written in."""

    at: str
    precision: Precision
    raw: str


class Unreadable(ValueError):
    """A text that looks like a time and cannot be taken as one.

    ``start`` and ``end`` say where in the given text; each of ``choices`` would be accepted in place of it.
    """

    def __init__(self, message: str, start: int, end: int, choices: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.choices = choices


# --- stored times -------------------------------------------------------------------------------------


def stamp(moment: datetime) -> str:
    """The stored form of an aware moment: UTC, fixed width, so that text order is time order."""
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone could be any of two dozen hours")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def instant(text: str) -> datetime:
    """The aware moment of a stored time."""
    return datetime.fromisoformat(text)


def seconds_between(start: str, end: str) -> float:
    """How long it is from one stored time to another; negative when ``end`` is the earlier."""
    return (instant(end) - instant(start)).total_seconds()


def shifted(at: str, seconds: float) -> str:
    """The stored time that lies ``seconds`` after another."""
    try:
        return stamp(instant(at) + timedelta(seconds=seconds))
    except OverflowError:  # a clock that somebody set to where the calendar ends
        return stamp(datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC))


# --- reading ------------------------------------------------------------------------------------------


# --- placing a clock time in history ------------------------------------------------------------------


# --- durations ----------------------------------------------------------------------------------------


def short(raw: str) -> str:
    """What was typed, short enough to be quoted in a message."""
    return raw if len(raw) <= 20 else raw[:19] + "…"


def spell(seconds: float) -> str:
    """A length of time in its two largest units, cut and not rounded: "45s", "6m", "1h 20m", "2d 3h"."""
    whole = int(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    if whole < 60:
        return f"{sign}{whole}s"
    if whole < 3600:
        return f"{sign}{whole // 60}m"
    if whole < DAY:
        large, small = f"{whole // 3600}h", whole % 3600 // 60
        return f"{sign}{large} {small}m" if small else f"{sign}{large}"
    large, small = f"{whole // DAY}d", whole % DAY // 3600
    return f"{sign}{large} {small}h" if small else f"{sign}{large}"


def ticking(seconds: float) -> str:
    """A countdown without its sign: "04:39", "1:04:39"."""
    minutes, second = divmod(int(abs(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


def elapsed(seconds: float) -> str:
    """Time since the start, "T+00:42:10"; before it, "T−00:05:00"."""
    whole = int(abs(seconds))
    sign = "−" if seconds < 0 and whole else "+"
    return f"T{sign}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


# --- zones --------------------------------------------------------------------------------------------


def zone(name: str | None) -> tzinfo:
    """The zone of an IANA name, or with None the machine's own.

    Raises:
        Unreadable: No zone has that name; the choices are those that nearly do.
    """
    if name is None:
        return _machine()
    found = _named(name)
    if found is None:
        raise Unreadable(f"{short(name)!r} is no time zone", 0, len(name), _similar(name))
    return found


def _named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a key at all; a folder of zones, like "Europe"
        return None


def _machine() -> tzinfo:
    place = os.environ.get("TZ", "/etc/localtime").removeprefix(":")
    is_file = place.startswith("/")
    if is_file:
        place = os.path.realpath(place)
    found = _named(re.split(r"/zoneinfo[^/]*/", place)[-1])
    if found is None and is_file:
        try:
            # A copy instead of a link, as in many containers: its rules are known, its name is not.
            with Path(place).open("rb") as file:
                return ZoneInfo.from_file(file)
        except (OSError, ValueError):
            pass
    return found or _ruled(place) or UTC  # as libc does when it cannot read TZ


def _ruled(rule: str) -> tzinfo | None:
    """The zone of a POSIX rule, like ``CET-1CEST,M3.5.0,M10.5.0/3``: what stands at the end of a zone's own file."""
    if "," not in rule and not rule[-1:].isdigit():
        return None
    block = b"TZif2" + bytes(31) + b"\0\0\0\1\0\0\0\4" + bytes(6) + b"UTC\0"
    try:
        return ZoneInfo.from_file(io.BytesIO(block + block + f"\n{rule}\n".encode()))
    except ValueError:
        return None


def _similar(name: str) -> tuple[str, ...]:
    import difflib  # only when somebody mistyped
    import zoneinfo

    known: dict[str, str] = {}
    for full in sorted(zoneinfo.available_timezones()):
        known[full.casefold()] = full
        known.setdefault(full.rpartition("/")[2].casefold(), full)
    # No name is longer than 40 characters, and difflib is slow on long ones.
    wanted = name[:40].casefold()
    return tuple(dict.fromkeys(known[key] for key in difflib.get_close_matches(wanted, known)))


def zone_name(zone: tzinfo, at: datetime) -> str:
    """What people call the zone at that moment: "UTC", "KST", "+0330"."""
    try:
        there = at.astimezone(zone)
    except OverflowError:  # where the calendar ends, `local` stays in UTC
        there = at
    name = there.tzname()
    # datetime's own fixed offsets call themselves UTC+09:00.
    return f"{there:%z}" if name is None or name.startswith(("UTC+", "UTC-")) else name


def local(text: str, zone: tzinfo) -> datetime:
    """A stored time as clocks in ``zone`` showed it; in UTC where the calendar ends."""
    try:
        return instant(text).astimezone(zone)
    except OverflowError:
        return instant(text)


def clock_text(at: str, precision: Precision, zone: tzinfo) -> str:
    """A stored time as finely as it is known: "14:02:11", "14:02", "14:??", "??:??"."""
    match precision:
        case "second":
            return f"{local(at, zone):%H:%M:%S}"
        case "minute":
            return f"{local(at, zone):%H:%M}"
        case "hour":
            return f"{local(at, zone):%H}:??"
        case _:
            return "??:??"
