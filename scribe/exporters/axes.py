"""The ticks of a scale: times of day in the document's zone, dates, and times since T+0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo

from scribe.exporters.scale import BESIDE_GAP, SMALL, Scale, Tick, stored, text_width
from scribe.exporters.times import Times
from scribe.record.when import local, spell

_STEPS = (
    *(1, 5, 10, 15, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(86400 * days for days in (1, 2, 7, 14, 28, 91, 182, 364, 3640)),
)
_DAY = 86400
_APART = 16.0


def clock_ticks(line: Scale, times: Times) -> list[Tick]:
    """Times of day, or dates where the ticks lie days apart. Every stretch between two gaps has one."""

    def text(at: float, step: float) -> str:
        there = local(stored(at), times.zone)
        if step >= _DAY:
            return f"{there:%Y-%m-%d}"
        return there.strftime(f"%H:%M{':%S' if step < 60 else ''}{' %z' if times.shifts else ''}")

    midnight = local(stored(line.since), times.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return _ticks(line, midnight.timestamp(), text, fills=True)


def zero_ticks(line: Scale, zero: float) -> list[Tick]:
    """Times since T+0."""

    def text(at: float, _: float) -> str:
        return "T+0" if at == zero else f"T{'−' if at < zero else '+'}{spell(abs(at - zero))}"

    return _ticks(line, zero, text)


def day_ticks(line: Scale, zone: tzinfo) -> Iterator[Tick]:
    """The date of each day, where it begins in the drawing."""
    last, end = "", float("-inf")
    for since, until in line.stretches():
        moment = local(stored(since), zone)
        while moment.timestamp() <= until:
            day = f"{moment:%Y-%m-%d}"
            x = line.x(max(moment.timestamp(), since))
            half = text_width(day, SMALL) / 2
            middle = min(max(x, half), line.knots[-1][1] + BESIDE_GAP - half)
            if day != last and middle - half >= end + 8:
                yield Tick(x, middle, day)
                last, end = day, middle + half
            following = _next_day(moment)
            if following is None:
                return
            moment = following


def _next_day(moment: datetime) -> datetime | None:
    try:
        return (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    except OverflowError:
        return None


def _ticks(line: Scale, origin: float, text: Callable[[float, float], str], *, fills: bool = False) -> list[Tick]:
    """Ticks at whole steps from ``origin``, as dense as their words allow; none lies in a gap.

    ``text`` gives the words of a time, and is told the step. With ``fills`` each stretch between two gaps has one,
    on its first moment where no whole step falls into it.
    """
    step = next((size for size in _STEPS if size * line.density >= _widest(line, origin, text, size) + _APART), None)
    wanted: list[float] = []
    for since, until in line.stretches():
        whole = list(_whole(since, until, origin, step)) if step else []
        wanted += whole or ([since] if fills else [])
    left, right = line.knots[0][1] - BESIDE_GAP, line.knots[-1][1] + BESIDE_GAP
    placed: list[tuple[float, Tick]] = []
    # The origin has its place whatever lies beside it.
    for at in sorted(wanted, key=lambda at: (at != origin, at)):
        words = text(at, step or 60.0)
        half = text_width(words, SMALL) / 2
        middle = min(max(line.x(at), left + half), right - half)
        if all(abs(middle - tick.middle) >= half + other + 6 for other, tick in placed):
            placed.append((half, Tick(line.x(at), middle, words)))
    return sorted((tick for _, tick in placed), key=lambda tick: tick.x)


def _widest(line: Scale, origin: float, text: Callable[[float, float], str], step: float) -> float:
    ends = (line.since, line.until)
    whole = (origin + step * ((end - origin) // step) for end in ends)
    return max(text_width(text(at, step), SMALL) for at in whole)


def _whole(since: float, until: float, origin: float, step: float) -> Iterator[float]:
    number = -((origin - since) // step)
    while origin + number * step <= until:
        yield origin + number * step
        number += 1
