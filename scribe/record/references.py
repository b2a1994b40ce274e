"""By which letter an event is called, and how high its number may be where it comes from elsewhere."""

from __future__ import annotations

from typing import Final

from scribe.record.afterwards import FactorSaid, ItemSaid
from scribe.record.events import NO_ENTRY, Action, Decision, Hypothesis, Payload, Timebox

MOST: Final = 99_999_999
"""The highest number that is taken over: whoever counts on from it never runs out of digits."""


def prefix_of(payload: Payload, kind: str) -> str:
    """H for a hypothesis, D a decision, A an action, B a time-box, F a factor, T an action item; # for the rest.

    Empty for a correction and what else is no entry: it is given no reference.
    """
    match payload:
        case Hypothesis(target=""):
            return "H"
        case Decision():
            return "D"
        case Action(target=""):
            return "A"
        case Timebox(target=""):
            return "B"
        case FactorSaid(target=""):
            return "F"
        case ItemSaid(target=""):
            return "T"
        case _:
            return "" if kind in NO_ENTRY else "#"
