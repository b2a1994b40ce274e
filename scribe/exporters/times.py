"""Times as a document shows them: in one zone that is stated once, as finely as they are known."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from scribe.exporters.escape import Md, inline
from scribe.record.when import Precision, instant, local, zone_name

UNKNOWN = Md("unknown")
"""A fact that nobody recorded."""

_A_SEASON = timedelta(days=60)


class Times:
    """The zone of one document, which spans the time from ``first`` to ``last`` (UTC text)."""

    def __init__(self, zone: tzinfo, first: str, last: str) -> None:
        self.zone = zone
        self._minutes: dict[str, tuple[str, str]] = {}
        start, end = local(first, zone), local(last, zone)
        fixed = zone is UTC or getattr(zone, "key", "") in ("UTC", "Etc/UTC")
        # Where clocks were changed in between, a time without its offset could be either of two.
        self.shifts = start.utcoffset() != end.utcoffset() or (end - start > _A_SEASON and not fixed)
        self.one_day = start.date() == end.date()
        self.day = f"{start:%Y-%m-%d}"
        self.name = inline(zone_name(zone, instant(first)))
        self.label = self._label(first)

    def clock(self, at: str, precision: Precision = "second") -> Md:
        """A time of the timeline: without the date where the document has only one."""
        text = self._text(at, precision)
        is_short = self.one_day and not self.shifts and precision in ("second", "minute", "hour")
        return Md(text[11:] if is_short else text)

    def full(self, at: str | None, precision: Precision = "second") -> Md:
        """Date and time."""
        return UNKNOWN if at is None else Md(self._text(at, precision))

    def beside(self, at: str, other: str) -> Md:
        """A time named next to another one: with its date only where that differs."""
        text = self._text(at, "second")
        is_same_day = not self.shifts and text[:10] == self._text(other, "second")[:10]
        return Md(text[11:] if is_same_day else text)

    def date(self, at: str | None) -> Md:
        """The date alone."""
        return self.full(at, "day")

    def _text(self, at: str, precision: Precision) -> str:
        # A minute is converted once: offsets are whole minutes, and thousands of entries share few of them.
        minute = at[:16]
        found = self._minutes.get(minute)
        if found is None:
            there = local(f"{minute}:00Z", self.zone)
            found = there.isoformat(" ")[:16], f" {there:%z}" if self.shifts else ""
            self._minutes[minute] = found
        text, offset = found
        match precision:
            case "second":
                return f"{text}{at[16:19]}{offset}"
            case "minute":
                return f"{text}{offset}"
            case "hour":
                return f"{text[:13]}:??{offset}"
            case "day":
                return text[:10]
            case "unknown":
                return UNKNOWN

    def _label(self, first: str) -> Md:
        key = self.zone.key if isinstance(self.zone, ZoneInfo) and self.zone.key else ""
        if self.shifts:
            return inline(f"{key or self.name}; the clocks were changed within it, so times carry their offset")
        offset = f"{local(first, self.zone):%z}"
        offset = f"UTC{offset[:3]}:{offset[3:]}"
        known = [part for part in (key, offset) if part and part not in (self.name, "UTC+00:00")]
        return inline(f"{self.name} ({', '.join(known)})" if known else self.name)
