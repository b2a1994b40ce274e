"""What a check finds: one struct for the command line, the screen and documents."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Finding(Struct, frozen=True, gc=False):
    """One result of a check: the rule's code, how grave it is, where, what, why it matters, how to put it right.

    ``where`` is one word without spaces that a waiver can name: a section's key (``summary``), with the line in a list
    (``whys:3``), a reference (``#12``, ``T1``, ``F2``), or the name of what is missing (``impact``, ``roles``).
    ``start`` and ``end`` mark the words within the section's text, 0 and 0 where all of it is meant. ``waived`` is the
    reason for which somebody accepted it; then it counts no more.
    """

    code: str
    level: Severity
    where: str
    message: str
    why: str
    fix: str
    start: int = 0
    end: int = 0
    waived: str = ""
