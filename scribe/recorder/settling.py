"""Settles what is imported against the board that it meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scribe.journal.rows import next_ref
from scribe.journal.store import Lookup, Settle
from scribe.live.policy import Policy
from scribe.live.settle import settle
from scribe.record.events import Draft, kind_of
from scribe.record.state import Board

if TYPE_CHECKING:
    pass


def settling(policy: Policy, me: str, names: Mapping[str, str], told: Callable[[int], None] | None) -> Settle:
    """Settles what is imported: what has another reference here than in its source is found by either."""
    here = dict(names)
    written = 0

    def settled(draft: Draft, board: Board, lookup: Lookup) -> Draft:
        nonlocal written
        # Never by a reference that the record itself gave out: that may be another thing here.
        found = settle(draft, board, lambda name: lookup(here.get(name, "")), policy, me)
        had = found.payload.origin.ref if found.payload.origin else ""
        if had:
            here[had] = next_ref(found.payload, kind_of(found.payload), board)
        written += 1
        if told is not None:
            told(written)
        return found

    return settled
