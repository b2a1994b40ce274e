"""What people wrote afterwards, as it stands: sections, contributing factors, action items, waivers."""

from __future__ import annotations

from msgspec import Struct

from scribe.record.terms import (
    CLOSED_ITEMS,
    Category,
    FactorClass,
    FactorLayer,
    ItemStatus,
    Priority,
    Standing,
)


class Words(Struct, frozen=True, gc=False):
    """What a section of the postmortem says, who wrote it last, when, and when it was first written (UTC text)."""

    text: str
    by: str
    at: str
    first_at: str


class Factor(Struct, frozen=True, omit_defaults=True, gc=False):
    """A contributing factor: its event (``writer-seq``), reference, words, who named it, since when (UTC text).

    ``score`` goes from 0 (not a factor) to 3 (primary contributor), None where nobody scored it; ``standing`` says
    whether it is a fact or a candidate to verify.
    """

    id: str
    ref: str
    text: str
    by: str
    since: str
    layer: FactorLayer | None = None
    factor_class: FactorClass | None = None
    score: int | None = None
    standing: Standing = "fact"
    remark: str = ""


class Done(Struct, frozen=True, gc=False):
    """Who said at what time (UTC text) that something is so, and in which words."""

    by: str
    at: str
    words: str = ""


class ActionItem(Struct, frozen=True, omit_defaults=True, gc=False):
    """Something to be changed for good: its event (``writer-seq``), reference, words, who wrote it, when (UTC text).

    ``due`` is a date (ISO 8601), empty where none is set; ``answers`` names factors by reference, or ``trigger``.
    ``closed`` says who did it or dropped it, with the evidence or the reason; ``verified`` who saw it work.
    """

    id: str
    ref: str
    text: str
    by: str
    since: str
    owner: str = ""
    due: str = ""
    verification: str = ""
    category: Category | None = None
    priority: Priority | None = None
    answers: tuple[str, ...] = ()
    status: ItemStatus = "open"
    closed: Done | None = None
    verified: Done | None = None

    @property
    def is_closed(self) -> bool:
        """Whether no more work is to be done: it is done, or it will not be."""
        return self.status in CLOSED_ITEMS

    def is_overdue(self, today: str) -> bool:
        """Whether it should have been finished before ``today`` (an ISO date)."""
        return not self.is_closed and bool(self.due) and self.due < today


class Waiver(Struct, frozen=True, gc=False):
    """A finding that was accepted: the rule's code, the place (empty: everywhere), why, by whom, when (UTC text)."""

    code: str
    place: str
    why: str
    by: str
    at: str
