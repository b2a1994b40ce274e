"""How an update words what the record says: times in one zone, one line an item, no names for outsiders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import TypeVar

from scribe.live.anonymous import masked
from scribe.live.update_fields import Item
from scribe.record.state import Board, Entry, Mark
from scribe.record.when import Precision, clock_text, instant, local, seconds_between, spell, zone_name

T = TypeVar("T")

LONGEST = 200
"""Characters of one item: an update is read at a glance, and the record holds the rest."""


class Telling:
    """Times and words as one audience gets them at ``now`` (UTC text).

    ``unnamed`` are the people who are not named; None tells everything to those inside: references, names, links.
    """

    def __init__(self, now: str, zone: tzinfo, unnamed: frozenset[str] | None) -> None:
        self._now = now
        self._zone = zone
        self._unnamed = unnamed

    def time(self, at: str, precision: Precision = "minute") -> str:
        """A clock time to the minute; with its date when that is not today's, or as roughly as it is known."""
        if precision == "unknown":
            return "(time unknown)"
        here = local(at, self._zone)
        if precision == "day":
            return f"{here:%Y-%m-%d}"
        day = "" if here.date() == local(self._now, self._zone).date() else f"{here:%Y-%m-%d} "
        return day + clock_text(at, "minute" if precision == "second" else precision, self._zone)

    def clock(self, at: str, precision: Precision = "minute") -> str:
        """The same with the zone: "09:30 UTC"."""
        text = self.time(at, precision)
        return text if precision in ("unknown", "day") else f"{text} {zone_name(self._zone, instant(at))}"

    def when(self, entry: Entry) -> str:
        """When an entry happened, with the zone."""
        return self.clock(entry.at, entry.precision)

    def moment(self, board: Board, name: str) -> str:
        """When a moment was reached; empty where that is unknown."""
        mark = _mark(board, name)
        return self.clock(mark.at, mark.precision) if mark else ""

    def item(self, entry: Entry, text: str) -> Item:
        """A statement behind its time."""
        return Item(f"{self.time(entry.at, entry.precision)} {text}", (entry.ref,))

    def ref(self, entry: Entry) -> str:
        """A reference, for those who can look it up."""
        return f"{entry.ref} " if self._unnamed is None else ""

    def who(self, name: str) -> str:
        """A name behind what was said or done, for those who may read it."""
        return f" (@{name})" if self._unnamed is None and name else ""

    def words(self, text: str) -> str:
        """An entry's words on one line, cut where they are long; outsiders get no names, tags or internal links."""
        text = " ".join(text.split())
        if self._unnamed is not None:
            text = masked(_bare(text), self._unnamed) or "(a link, on record)"
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def between(board: Board, start: str, end: str) -> str:
    """How long it was; empty where an end is missing, known to the day only, or before the start."""
    first, last = _mark(board, start), _mark(board, end)
    if first is None or last is None or "day" in (first.precision, last.precision):
        return ""
    seconds = seconds_between(first.at, last.at)
    if seconds < 0:
        return ""
    return f"{'about ' if 'hour' in (first.precision, last.precision) else ''}{spell(seconds)}"


def newest(told: Sequence[T], limit: int, say: Callable[[T], Item]) -> list[Item]:
    """The last few in their order, worded, and how many more there are."""
    shown = [say(one) for one in told[-limit:]]
    return shown if len(told) <= limit else [*shown, Item(f"and {len(told) - limit} more")]


def listed(names: Iterable[str], limit: int) -> str:
    """The first few names on one line, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _mark(board: Board, name: str) -> Mark | None:
    mark = board.moments.get(name)
    return mark if mark and mark.precision != "unknown" else None


def _bare(text: str) -> str:
    """Without addresses and tags."""
    text = re.sub(r"https?://\S+", "", text, flags=re.IGNORECASE)
    return " ".join(re.sub(r"(?:^|(?<=\s))#[^\W\d]\S*", "", text).split())
