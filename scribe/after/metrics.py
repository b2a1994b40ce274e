"""The figures of one incident: how long it took to notice it, to answer, to stop the harm, to end it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from scribe.record.state import Mark
from scribe.record.terms import MomentName
from scribe.record.when import seconds_between


class Measure(Struct, frozen=True, gc=False):
    """A length of time between two moments; ``seconds`` is None where it is unknown, and ``note`` says why.

    A note beside a known length says how exact it is.
    """

    name: str
    title: str
    start: MomentName
    end: MomentName
    seconds: float | None = None
    note: str = ""


FORMULAS: tuple[Measure, ...] = (
    Measure("TTD", "time to detect", "started", "detected"),
    Measure("TTA", "time to acknowledge", "detected", "acknowledged"),
    Measure("TTM", "time to mitigate", "detected", "mitigated"),
    Measure("TTR", "time to resolve", "detected", "resolved"),
    Measure("Impact", "impact duration", "started", "resolved"),
)
"""Every measure, not yet taken."""


def measures(moments: Mapping[str, Mark]) -> tuple[Measure, ...]:
    """Every measure as the moments give it. What is missing, or runs backwards, is unknown and never zero."""
    return tuple(_measured(formula, moments) for formula in FORMULAS)


def exact(seconds: float) -> str:
    """A length of time to the second: "45s", "1h 49m 30s", "2d 3h"; units that are nothing are left out."""
    left = int(abs(seconds))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def _measured(formula: Measure, moments: Mapping[str, Mark]) -> Measure:
    ends = ((formula.start, moments.get(formula.start)), (formula.end, moments.get(formula.end)))
    missing = [name for name, mark in ends if mark is None or mark.precision == "unknown"]
    if missing:
        return _noted(formula, f"{_listed(missing)} unknown")
    start, end = (mark for _, mark in ends)
    assert start is not None
    assert end is not None
    # A day is no basis for minutes: the error could be larger than any span that people would quote.
    coarse = [name for name, mark in ends if mark is not None and mark.precision == "day"]
    if coarse:
        return _noted(formula, f"{_listed(coarse)} known to the day only")
    seconds = seconds_between(start.at, end.at)
    if seconds < 0:
        return _noted(formula, f"{formula.end} is recorded as {exact(seconds)} before {formula.start}")
    rough = [name for name, mark in ends if mark is not None and mark.precision == "hour"]
    note = f"{_listed(rough)} known to the hour only" if rough else ""
    return Measure(formula.name, formula.title, formula.start, formula.end, seconds, note)


def _noted(formula: Measure, note: str) -> Measure:
    return Measure(formula.name, formula.title, formula.start, formula.end, None, note)


def _listed(names: list[MomentName]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
