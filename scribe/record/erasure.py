"""What stands where the words of an entry were destroyed."""

from __future__ import annotations

from scribe.record.events import Event
from scribe.record.state import Entry, Erasure

ERASED = "(erased)"
"""What stands for erased words within others that stay, and for a title."""

ANEW = "erased"
"""The source of what was recorded anew because words in it were erased: it is nobody's import."""


def stands_for(event: Event) -> tuple[str, str, str] | None:
    """What an event was recorded anew for; None for any other one.

    Two copies that erase the same record the same anew: of those that stand for one thing the first counts.
    """
    origin = event.payload.origin
    if origin is None or origin.source != ANEW or not origin.instead:
        return None
    return origin.instead, event.kind, getattr(event.payload, "audience", "")


def told(erasure: Erasure) -> str:
    """By whom and why, like ``(erased by alice: leaked password)``."""
    by = f" by {erasure.by}" if erasure.by else ""
    return f"(erased{by}: {erasure.why})" if erasure.why else f"(erased{by})"


def words(entry: Entry) -> str:
    """What an entry says, for people to read: its text, or that it was erased, by whom and why."""
    return told(entry.erased) if entry.erased else entry.text
