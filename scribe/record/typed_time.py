"""Times and durations as people type them.

What the clocks of a zone did twice, or never, is asked about (`Unreadable.choices`) and not guessed. pendulum costs
40 ms to import, so it waits inside `_iso` for a form that nothing here can read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from scribe.record.when import (
    DAY,
    Precision,
    Unreadable,
    When,
    short,
    spell,
    stamp,
    zone_name,
)

_FARTHEST_EAST, _FARTHEST_WEST = timedelta(hours=14), timedelta(hours=-12)

_Shape = Literal["hours", "minutes", "seconds", "milliseconds"]
_PRECISION: dict[_Shape, Precision] = {
    "hours": "hour",
    "minutes": "minute",
    "seconds": "second",
    "milliseconds": "second",
}
_LONGEST = 366 * DAY
_SOON = timedelta(minutes=10)
_QUARTER = timedelta(minutes=15)
# Patterns are texts, which re compiles when they are first used: `scribe log` reads none and saves 5 ms.
# [0-9], never \d: that takes the digits of every script, and int() does too.
_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_OFFSET = r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
_SECOND = r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
_CLOCK = rf"(?:(?P<hour>[0-9]{{1,2}}):(?:(?P<minute>[0-9]{{2}}){_SECOND}|\?\?){_OFFSET}|\?\?:\?\?)"
_END = r"(?:\s+|\Z)"
_TIME = rf"(?i)(?P<raw>(?:{_DATE}(?:T|[ \t]+)|(?P<word>today|yesterday)[ \t]+)?{_CLOCK}){_END}"
_DAY = rf"(?P<raw>{_DATE}){_END}"
_AGO = rf"(?i)(?P<raw>-(?=[0-9])(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?){_END}"
_DURATION = r"(?i)(?=[0-9])(?:([0-9]+)d\s*)?(?:([0-9]+)h\s*)?(?:([0-9]+)m\s*)?(?:([0-9]+)s)?"
_ISO = (
    r"(?:[0-9]{8}|[0-9]{4}-?[0-9]{3}|[0-9]{4}-?W[0-9]{2}-?[0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"[T ](?P<clock>[0-9:]+)(?:[.,][0-9]{1,9})?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


@dataclass(frozen=True, slots=True)
class _Typed:
    """A clock time taken apart, not yet placed in history; ``zone`` is the typed offset's if there is one."""

    raw: str
    day: date | None
    clock: time
    shape: _Shape
    zone: tzinfo
    offset: str

    def refusal(self, message: str, *choices: str) -> Unreadable:
        return Unreadable(message, 0, len(self.raw), choices)

    def written(self, there: datetime) -> str:
        """Date and clock of a moment, with its offset if it has one, as finely as this one was written."""
        text = there.isoformat(" ", self.shape)
        return f"{text[:13]}:??{text[13:]}" if self.shape == "hours" else text


def leading(text: str, *, now: datetime, zone: tzinfo) -> tuple[When, int] | None:
    """The time that a line begins with and the length it takes, white space behind it included.

    None when the line does not begin with one.

    Raises:
        Unreadable: It does, but the time cannot be, has not come yet, or is one of two.
    """
    return _read(text, now, zone, future=False)


def parse(text: str, *, now: datetime, zone: tzinfo, future: bool = False) -> When:
    """The time that the whole text is: any form of `leading`, or any full ISO 8601 date and time.

    With ``future``, times to come are taken too, and a bare one is its next occurrence ("decide by 14:50").

    Raises:
        Unreadable: The text is no time, or not one that can be taken.
    """
    bare = text.strip()
    try:
        found = _read(bare, now, zone, future)
        if found is not None and found[1] == len(bare):
            return found[0]
        when = _iso(bare, now, zone, future)
        if when is not None:
            return when
        past_it = found[1] if found is not None else 0
        forms = "14:02, -12m, yesterday 23:50 or 2026-11-20 14:02"
        raise Unreadable(f"not a time; write it like {forms}", past_it, len(bare))
    except Unreadable as error:
        shift = len(text) - len(text.lstrip())
        error.start += shift
        error.end += shift
        raise


def _read(text: str, now: datetime, zone: tzinfo, future: bool) -> tuple[When, int] | None:
    now = now.astimezone(UTC)
    if match := re.match(_AGO, text):
        return _ago(match, now), match.end()
    match = re.match(_TIME, text) or re.match(_DAY, text)
    if match is None:
        return None
    try:
        return _clock(match.groupdict(), now, zone, future), match.end()
    except OverflowError:
        raise Unreadable("that day is outside the calendar", 0, match.end("raw")) from None


def _ago(match: re.Match[str], now: datetime) -> When:
    raw = match["raw"]
    seconds = _total(match.groups()[1:])
    if seconds > _LONGEST:
        raise Unreadable(f"{short(raw)} is more than 366 days ago; write the date", 0, len(raw))
    precision: Precision = "second" if match[5] else "minute"
    try:
        return When(stamp(now - timedelta(seconds=seconds)), precision, raw)
    except OverflowError:
        raise Unreadable("that day is outside the calendar", 0, len(raw)) from None


def _clock(part: dict[str, str | None], now: datetime, zone: tzinfo, future: bool) -> When:
    raw = part["raw"] or ""
    offset = (part.get("offset") or "").upper()
    frame = _fixed(offset, raw) or zone
    day = _date(part["date"], raw)
    if word := part.get("word"):
        day = now.astimezone(frame).date() - timedelta(days=word.casefold() == "yesterday")
    hour, minute = part.get("hour"), part.get("minute")
    if hour is None:
        if day is None:
            # Its place in the order is where it was written.
            return When(stamp(now), "unknown", raw)
        return When(stamp(_midnight(raw, day, frame, now, future)), "day", raw)
    second, fraction = part["second"], part["fraction"]
    if second == "60":
        raise Unreadable("leap seconds are not kept; write second 59", 0, len(raw))
    try:
        micro = int(f"{fraction or '':0<6.6}")
        clock = time(int(hour), int(minute or 0), int(second or 0), micro)
    except ValueError:
        raise Unreadable(f"{raw} is not a time of day: 00:00 to 23:59:59", 0, len(raw)) from None
    shape: _Shape = (
        "milliseconds" if fraction else "seconds" if second else "minutes" if minute is not None else "hours"
    )
    return _placed(_Typed(raw, day, clock, shape, frame, offset), now, future)


def _iso(text: str, now: datetime, zone: tzinfo, future: bool) -> When | None:
    """A date and time in one of ISO 8601's rarer notations: week dates, ordinal dates, no separators."""
    match = re.fullmatch(_ISO, text)
    if match is None:
        return None
    # Not pendulum.parse: that gives a time without a zone one, and picks a winner between two 02:30.
    from pendulum.parsing import parse as read

    try:
        found = read(text, strict=True, exact=True)
    except ValueError:
        return None
    if not isinstance(found, datetime):
        return None
    digits = len(match["clock"].replace(":", ""))
    shape: _Shape = "hours" if digits <= 2 else "minutes" if digits <= 4 else "seconds"
    if found.microsecond:
        shape = "milliseconds"
    given = found.utcoffset()
    frame = zone if given is None else timezone(given)
    typed = _Typed(text, found.date(), found.time(), shape, frame, "" if given is None else "given")
    try:
        return _placed(typed, now.astimezone(UTC), future)
    except OverflowError:
        raise Unreadable("that day is outside the calendar", 0, len(text)) from None


def _fixed(offset: str, raw: str) -> timezone | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    away = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
    # Strict, because "14:02-14:10 outage" is a range: better asked about than read as a place on no map.
    if minutes > 59 or away % _QUARTER or not _FARTHEST_WEST <= away <= _FARTHEST_EAST:
        why = f"{offset} is no offset from UTC (-12:00 to +14:00); put a space before it if none is meant"
        raise Unreadable(why, len(raw) - len(offset), len(raw))
    return timezone(away)


def _date(text: str | None, raw: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unreadable(f"{text} is not in the calendar", 0, len(raw)) from None


def _placed(typed: _Typed, now: datetime, future: bool) -> When:
    if typed.day is not None:
        wall = datetime.combine(typed.day, typed.clock)
        moment = _settled(typed, wall, now, lambda moment: future or moment <= now)
    elif future:
        moment = _next(typed, now)
    else:
        moment = _latest(typed, now)
    return When(stamp(moment), _PRECISION[typed.shape], typed.raw)


def _readings(wall: datetime, zone: tzinfo) -> list[datetime]:
    """What a local time can mean, in UTC: one moment, or two where clocks repeated it or left it out."""
    return sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})


def _exists(wall: datetime, moment: datetime, zone: tzinfo) -> bool:
    """Whether clocks in ``zone`` really showed ``wall`` at that reading of it."""
    return moment.astimezone(zone).replace(tzinfo=None) == wall


def _settled(typed: _Typed, wall: datetime, now: datetime, fits: Callable[[datetime], bool]) -> datetime:
    """The one moment that is meant; a second candidate counts only if it ``fits``, e.g. lies in the past."""
    readings = _readings(wall, typed.zone)
    fitting = [moment for moment in readings if fits(moment)]
    if not fitting:
        raise _ahead(typed.raw, readings[0], now, typed.zone)
    there = _exists(wall, readings[0], typed.zone)
    if there and len(fitting) == 1:
        return fitting[0]
    what = "came twice: the clocks went back" if there else "never came: the clocks went forward over it"
    choices = (_with_offset(typed, moment, now) for moment in fitting)
    raise typed.refusal(f"{wall:%H:%M} on {wall.date()} {what}", *choices)


def _latest(typed: _Typed, now: datetime) -> datetime:
    """The latest past occurrence of a bare time, unless one so near ahead that a slow clock is likelier."""
    here = now.astimezone(typed.zone).replace(tzinfo=None)
    wall, past, soon = here, list[datetime](), False
    # Tomorrow too: 00:02 typed at 23:55 is as near ahead as 14:09 typed at 14:02.
    for days in (1, 0, -1):
        wall = datetime.combine(here.date() + timedelta(days=days), typed.clock)
        readings = _readings(wall, typed.zone)
        if not _exists(wall, readings[0], typed.zone):
            if wall <= here:
                break
            # Before the clocks jump, the later reading is the one that goes on from now.
            readings = readings[1:]
        soon = soon or any(now < moment <= now + _SOON for moment in readings)
        past = [moment for moment in readings if moment <= now]
        if past:
            break
    if soon and past:
        choices = (_like(typed, now, now), _like(typed, past[-1], now))
        raise typed.refusal(f"{typed.raw} has not come yet by this clock; now, or the one before?", *choices)
    return _settled(typed, wall, now, lambda moment: moment <= now)


def _next(typed: _Typed, now: datetime) -> datetime:
    """The next occurrence of a bare time."""
    here = now.astimezone(typed.zone).replace(tzinfo=None)
    wall = datetime.combine(here.date(), typed.clock)
    readings = _readings(wall, typed.zone)
    # The second 02:30 may be still to come when the clock has passed the first.
    again = _exists(wall, readings[0], typed.zone) and readings[-1] > now
    if wall <= here and not again:
        wall += timedelta(days=1)
    return _settled(typed, wall, now, lambda moment: moment > now)


def _midnight(raw: str, day: date, zone: tzinfo, now: datetime, future: bool) -> datetime:
    """A day's first moment; of two midnights the earlier, of none the first clock time there was."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    if start.astimezone(zone).date() != day:
        raise Unreadable(f"{day} never came: the calendar there left it out", 0, len(raw))
    if start > now and not future:
        raise _ahead(raw, start, now, zone)
    return start


def _ahead(raw: str, moment: datetime, now: datetime, zone: tzinfo) -> Unreadable:
    here = f"{now.astimezone(zone):%Y-%m-%d %H:%M} {zone_name(zone, now)}"
    wait = spell(math.ceil((moment - now).total_seconds()))
    return Unreadable(f"{raw} is {wait} ahead of {here}; an entry says what has happened", 0, len(raw))


def _with_offset(typed: _Typed, moment: datetime, now: datetime) -> str:
    """A moment written so that no clock change can make two of it."""
    offset = moment.astimezone(typed.zone).utcoffset() or timedelta()
    # Local mean time, before there were zones, has offsets nobody can type.
    text = typed.written(moment.astimezone(UTC if offset % _QUARTER else timezone(offset)))
    # Bare words mean the last (or next) day only, less what is asked about as "soon".
    bare = typed.day is None and abs(now - moment) < timedelta(days=1) - _SOON
    return text[11:] if bare else text


def _like(typed: _Typed, moment: datetime, now: datetime) -> str:
    """A moment in the manner of ``typed``: now is "14:02", before it "yesterday 14:02" or "today 14:02"."""
    here, there = now.astimezone(typed.zone), moment.astimezone(typed.zone)
    if len(_readings(there.replace(tzinfo=None), typed.zone)) > 1:
        return _with_offset(typed, moment, now)
    clock = typed.written(there.replace(tzinfo=None))[11:] + typed.offset
    if moment == now:
        return clock
    return f"{'today' if there.date() == here.date() else 'yesterday'} {clock}"


def duration(text: str) -> int:
    """The seconds in "20m", "1h 30m", "90s", "2h", "1d", or "45", which means minutes.

    Raises:
        Unreadable: It is no duration, nothing long, or longer than 366 days.
    """
    bare = text.strip()
    start = len(text) - len(text.lstrip())
    end = start + len(bare)
    match = re.fullmatch(_DURATION, bare)
    if match is not None:
        seconds = _total(match.groups())
    elif re.fullmatch(r"[0-9]+", bare):
        seconds = _total((None, None, bare, None))
    else:
        raise Unreadable("not a duration; write it like 20m, 1h30m, 90s or 1d", start, end)
    if not seconds:
        raise Unreadable("a duration must be longer than nothing", start, end)
    if seconds > _LONGEST:
        raise Unreadable("a duration is at most 366 days", start, end)
    return int(seconds)


def _total(parts: tuple[str | None, ...]) -> float:
    # float, because int() refuses thousands of digits; what counts is that it is too much.
    days, hours, minutes, seconds = (float(part or 0) for part in parts)
    return days * DAY + hours * 3600 + minutes * 60 + seconds
