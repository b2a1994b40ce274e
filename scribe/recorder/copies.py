"""What is done to a whole record: another copy of it is taken in, its words are destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from scribe.journal.store import Journal
from scribe.live.masking import masked
from scribe.record.chain import Stored
from scribe.record.text import normalise
from scribe.record.when import stamp

if TYPE_CHECKING:
    from scribe.journal.erasing import Destroyed
    from scribe.journal.merging import Merged
    from scribe.record.quoting import Going


def merge(journal: Journal, rows: Sequence[Stored], *, now: datetime, me: str, on_trial: bool = False) -> Merged:
    """Take another copy of an incident's record: its rows, whole and in an order in which each follows what it names.

    All or nothing; ``on_trial`` nothing, and what it would have been. Raises what journal.merging.merge raises.
    """
    from scribe.journal import merging  # what records a line needs none of it

    take = merging.tried if on_trial else merging.merge
    return take(journal, rows, recorder=normalise(me), recorded_at=stamp(now))


def going(journal: Journal, incident: str, names: Sequence[str]) -> Going:
    """What would go if these entries were erased, so that somebody can say yes to it. Raises Refused."""
    from scribe.journal import erasing

    return erasing.plan(journal, incident, names)


def erase(journal: Journal, incident: str, names: Sequence[str], why: str, *, now: datetime, me: str) -> Destroyed:
    """Destroy the words of entries for ever: references as they are typed, or a section's name.

    Raises what journal.erasing.erase raises; nothing was changed then.
    """
    from scribe.journal import erasing

    return erasing.erase(journal, incident, names, masked(why)[0], recorder=normalise(me), recorded_at=stamp(now))
