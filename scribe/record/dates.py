"""Days as people type them: when an action item is due, when a meeting is held."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from scribe.record.typed_time import parse
from scribe.record.when import Unreadable

_AHEAD = r"\+?([0-9]{1,4})\s*(d|days?|w|weeks?|months?)"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def day(text: str, *, today: date) -> str:
    """A day as ISO 8601, of ``2026-12-01``, ``today``, ``tomorrow``, ``friday`` (the next), ``10d``, ``2w``.

    Raises Unreadable.
    """
    word = text.strip().casefold()
    if is_day(word):
        return word
    ahead = re.fullmatch(_AHEAD, word)
    if ahead:
        return _later(today, int(ahead[1]), ahead[2][0]).isoformat()
    if word in ("today", "tomorrow"):
        return (today + timedelta(days=word == "tomorrow")).isoformat()
    named = [place for place, name in enumerate(_DAYS) if len(word) >= 3 and name.startswith(word)]
    if named:
        return (today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)).isoformat()
    raise Unreadable(f"{text} is no day: like 2026-12-01, friday, 10d or 2w", 0, len(text))


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar in the form that the record keeps (ISO 8601)."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def moment(text: str, *, now: datetime, zone: tzinfo) -> str:
    """A day, or a time on one (UTC text): ``2026-11-24``, ``tomorrow 10:00``, ``friday 10:00``. Raises Unreadable."""
    head, _, clock = text.strip().partition(" ")
    if not clock or not re.match(r"[0-9]{1,2}:", clock):
        return day(text, today=now.astimezone(zone).date())
    on = day(head, today=now.astimezone(zone).date())
    return parse(f"{on} {clock}", now=now, zone=zone, future=True).at


def today(now: datetime, zone: tzinfo) -> str:
    """The day that it is there, as ISO 8601."""
    return now.astimezone(zone).date().isoformat()


def _later(start: date, count: int, unit: str) -> date:
    if unit != "m":
        return start + timedelta(days=count * (7 if unit == "w" else 1))
    month = start.month - 1 + count
    year, month = start.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(start.day, last))
