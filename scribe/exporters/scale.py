"""From times to places on a line: true to scale while something is recorded, cut short where nothing is for long.

Times are seconds of the epoch, places are units of the drawing. Nothing here knows of entries.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from scribe.record.when import spell

SMALL = 11.0
"""The size of most lettering."""

MOST_GAPS = 8
"""Gaps that are shown at most: where there would be more, only longer ones count as gaps."""

BOUNDS = (900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800, 2419200)
"""Seconds without an entry that may be called a gap; the first of them that leaves few enough gaps is taken."""

BESIDE_GAP = 8.0
"""Room at both ends of a gap, for the marks of the entries between which it lies."""

_WIDEST_GAP = 72.0
_FIRST = datetime.min.replace(tzinfo=UTC).timestamp()
_LAST = datetime.max.replace(tzinfo=UTC, microsecond=999_000).timestamp()


class Gap(Struct, frozen=True, gc=False):
    """A stretch without any entry: from when until when, from where to where, and its length in words."""

    since: float
    until: float
    left: float
    right: float
    text: str

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.until - self.since


class Tick(Struct, frozen=True, gc=False):
    """A tick of an axis, and its words, whose middle may lie a little aside at the edges."""

    x: float
    middle: float
    text: str


class Scale(Struct, frozen=True, gc=False):
    """Where each time lies between two ends; ``bound`` is the longest stretch, in seconds, that is not yet a gap."""

    knots: tuple[tuple[float, float], ...]
    gaps: tuple[Gap, ...]
    bound: float
    density: float

    @property
    def since(self) -> float:
        """The first time."""
        return self.knots[0][0]

    @property
    def until(self) -> float:
        """The last time."""
        return self.knots[-1][0]

    def x(self, at: float) -> float:
        """The place of a time; one outside of the scale lies at its end."""
        place = bisect_right(self.knots, (at, float("inf")))
        if place == 0:
            return self.knots[0][1]
        if place == len(self.knots):
            return self.knots[-1][1]
        (since, left), (until, right) = self.knots[place - 1 : place + 1]
        return left + (right - left) * (at - since) / (until - since)

    def places(self, times: Sequence[float]) -> Iterator[float]:
        """The places of many times that are sorted and within the scale."""
        number = 0
        (since, left), (until, right) = self.knots[:2]
        slope = (right - left) / (until - since)
        for at in times:
            while at > until:
                number += 1
                (since, left), (until, right) = self.knots[number : number + 2]
                slope = (right - left) / (until - since)
            yield left + slope * (at - since)

    def stretches(self) -> Iterator[tuple[float, float]]:
        """The times between the gaps, which are true to scale."""
        since = self.since
        for gap in self.gaps:
            yield since, gap.since
            since = gap.until
        yield since, self.until


def scale(times: Sequence[float], left: float, right: float) -> Scale:
    """The scale over these times (sorted, at least one), from ``left`` to ``right``."""
    if times[0] == times[-1]:  # a record of one moment: it lies in the middle of two minutes
        return Scale(((times[0] - 60, left), (times[0] + 60, right)), (), BOUNDS[0], (right - left) / 120)
    bound = _bound(times)
    found = [(one, next_) for one, next_ in pairwise(times) if next_ - one > bound]
    texts = [spell(until - since) for since, until in found]
    least = [text_width(text, SMALL) + 2 * BESIDE_GAP + 6 for text in texts]
    active = times[-1] - times[0] - sum(until - since for since, until in found)
    density = _density([until - since for since, until in found], least, active, right - left)
    widths = [_width(density * (until - since), low) for (since, until), low in zip(found, least, strict=True)]
    # Where there is next to nothing but gaps, they share the whole line.
    stretch = (right - left) / (density * active + sum(widths))
    knots = [(times[0], left)]
    gaps = []
    for (since, until), width, text in zip(found, widths, texts, strict=True):
        begin = knots[-1][1] + stretch * density * (since - knots[-1][0])
        if since > knots[-1][0]:
            knots.append((since, begin))
        knots.append((until, begin + stretch * width))
        gaps.append(Gap(since, until, begin + BESIDE_GAP, begin + stretch * width - BESIDE_GAP, text))
    if knots[-1][0] < times[-1]:
        knots.append((times[-1], right))
    return Scale(tuple(knots), tuple(gaps), bound, stretch * density)


def _bound(times: Sequence[float]) -> float:
    lengths = sorted((two - one for one, two in pairwise(times)), reverse=True)
    most = lengths[MOST_GAPS] if len(lengths) > MOST_GAPS else 0.0
    return next((float(bound) for bound in BOUNDS if bound >= most), most)


def _width(true: float, least: float) -> float:
    return min(max(true, least), max(_WIDEST_GAP, least))


def _density(gaps: Sequence[float], least: Sequence[float], active: float, room: float) -> float:
    """Units for a second, so that what is true to scale and the gaps, which have limits, fill the room together."""
    if not active:
        return 0.0
    low, high = 0.0, room / active
    for _ in range(60):
        middle = (low + high) / 2
        taken = middle * active + sum(_width(middle * gap, floor) for gap, floor in zip(gaps, least, strict=True))
        low, high = (middle, high) if taken <= room else (low, middle)
    return low or room / active / 10


# ── lettering ───────────────────────────────────────────────────────────────────────────────────────────────────────

_WIDTHS = {
    **dict.fromkeys("ijl'|!.,:;I ", 0.36),
    **dict.fromkeys('ft()[]-/\\r1"`', 0.48),
    **dict.fromkeys("mwMWQO@%&…—", 1.0),
    **dict.fromkeys("ABCDEFGHJKLNPRSTUVXYZ#+=<>−~", 0.8),
}


def text_width(text: str, size: float) -> float:
    """How wide a text is at most: systems have fonts of their own, and this goes by a wide one."""
    return size * sum(_WIDTHS.get(sign) or (0.66 if sign.isascii() else _foreign(sign)) for sign in text)


def _foreign(sign: str) -> float:
    if unicodedata.combining(sign):
        return 0.0
    return 1.35 if unicodedata.east_asian_width(sign) in "WF" else 0.9


def fitted(text: str, size: float, room: float) -> str:
    """As much of a text as there is room for, with a sign that there is more."""
    # The narrowest sign is a third of the size wide, so that a long text is never measured to its end.
    text = text[: int(room / size * 3) + 2]
    if text_width(text, size) <= room:
        return text
    kept, width = 0, text_width("…", size)
    for sign in text:
        width += text_width(sign, size)
        if width > room:
            break
        kept += 1
    return f"{text[:kept].rstrip()}…" if kept else ""


def epoch(at: str) -> float:
    """A stored time in seconds of the epoch."""
    return datetime.fromisoformat(at).timestamp()


def stored(at: float) -> str:
    """Seconds of the epoch as a stored time; what lies beyond the calendar is its end."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(max(at, _FIRST), _LAST))
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
