"""The time cells of other people's tables: read as they stand, left unknown where they say so, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from scribe.importers.batch import Untakable
from scribe.record.typed_time import parse
from scribe.record.when import Unreadable, When, short, stamp

_NOTHING = frozenset({"", "-", "–", "—", "?", "??", "??:??", "unknown", "n/a", "tbd"})
_EPOCH = r"([0-9]{10})(?:([0-9]{3})|[.,]([0-9]{1,6}))?"
_SPELT_DATE = r"([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4})(?![0-9])"
_YEAR_FIRST = r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})(?![0-9?])"
_DATED = r"[0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}|[0-9]{3})"
_CLOCK = r"[0-9]{1,2}:(?:[0-9]{2}|\?\?)"
_FORMS = "write it like 2026-11-20 14:02 or 2026-11-20T14:02:00Z"


def read(cell: str, *, now: datetime, zone: tzinfo, day: str = "") -> tuple[When | None, str]:
    """The time in a cell, None where it is unknown, and a remark where somebody should look at it.

    Times without an offset are in ``zone``; a bare clock time belongs to ``day`` (ISO 8601) if the table has one.
    Raises Untakable for what is no time, could be two, never was, or has not come yet.
    """
    text = " ".join(cell.split())
    if text.casefold() in _NOTHING:
        return None, "" if text else "it has no time"
    epoch = re.fullmatch(_EPOCH, text)
    if epoch:
        return _epoch(epoch, now), ""
    bare = re.match(_CLOCK, text)
    if bare and not day:
        return None, f"{short(text)} has no date"
    if "?" not in text and re.search(r"(?i)hh:mm|yyyy|mm-dd", text):
        raise Untakable(f"{short(text)} is a placeholder that nobody filled in")
    try:
        return _parsed(_iso(f"{day} {text}" if bare else text), now, zone, cell.strip()), ""
    except Unreadable as error:
        if "?" in text and not error.choices:  # "2021/22-??-??": whoever wrote it knew that it is not known
            return None, f"{short(text)} is no time that can be placed"
        raise Untakable(_reason(text, error)) from None


def _parsed(text: str, now: datetime, zone: tzinfo, raw: str) -> When:
    if not re.match(_DATED, text):
        raise Unreadable(f"{short(text)} is not a time; {_FORMS}", 0, 0)
    found = parse(text, now=now, zone=zone)
    return When(found.at, found.precision, raw)


def _reason(text: str, error: Unreadable) -> str:
    if error.message.startswith("not a time"):
        return f"{short(text)} is not a time; {_FORMS}"
    return f"{error.message}; write {' or '.join(error.choices)}" if error.choices else error.message


def _epoch(found: re.Match[str], now: datetime) -> When:
    """Seconds since 1970, or milliseconds."""
    seconds, millis, fraction = found.groups()
    moment = datetime.fromtimestamp(int(seconds), UTC)
    moment += timedelta(milliseconds=int(millis or 0), microseconds=int(f"{fraction or '':0<6}"))
    if moment > now:
        raise Untakable(f"{found[0]} is {stamp(moment)}, which has not come yet")
    return When(stamp(moment), "second", found[0])


def _iso(text: str) -> str:
    """The text with its date as ISO 8601 has it, and its zone as an offset. Raises Untakable for a date of two."""
    spelt = re.match(_SPELT_DATE, text)
    if spelt:
        one, other, year = int(spelt[1]), int(spelt[3]), spelt[4]
        if one != other and one <= 12 and other <= 12:
            raise Untakable(f"{spelt[0]} could be {year}-{other:02}-{one:02} or {year}-{one:02}-{other:02}; write one")
        day, month = (one, other) if one > 12 else (other, one)
        text = f"{year}-{month:02}-{day:02}{text[spelt.end() :]}"
    year_first = re.match(_YEAR_FIRST, text)
    if year_first:
        year, month_, day_ = year_first.groups()
        text = f"{year}-{month_:0>2}-{day_:0>2}{text[year_first.end() :]}"
    text = re.sub(r"(?i)(?<=[0-9?]) ?(?:UTC|GMT|Z)$", "Z", text)
    return re.sub(r"(?<=[0-9?]) (?=[+-][0-9]{2}:?[0-9]{2}$)", "", text)
