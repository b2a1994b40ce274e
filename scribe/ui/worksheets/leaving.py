"""What of the record may leave by way of a worksheet; made once, not at every tick of the clock."""

from __future__ import annotations

from functools import lru_cache

from scribe.record.redact import Redacted, redact
from scribe.record.state import State
from scribe.record.veil import Veil


@lru_cache(maxsize=1)
def leaving(state: State) -> tuple[Redacted, Veil]:
    """The record as it may be passed on, and what hides restricted words in other texts."""
    return redact(state), Veil((entry for entry in state.entries if entry.restricted), state.entries)
