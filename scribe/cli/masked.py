"""What the shell says of secrets that were masked: to standard error, so that answers stay what programs expect."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.cli.output import aside
from scribe.live.masking import said
from scribe.record.afterwards import Written
from scribe.record.events import Event
from scribe.record.text import one_line


def tell(found: Sequence[tuple[str, ...]], places: Sequence[str], again: str) -> None:
    """Say what was masked where, and how it is recorded as it is; nothing where nothing was."""
    told = said(found, places)
    if told:
        aside(f"scribe: masked {one_line(told)}; to record it as it is: {again}")


def places(events: Sequence[Event]) -> list[str]:
    """Where each event is found: its reference, a section's name, or what kind of thing it is."""
    return [
        event.payload.section if isinstance(event.payload, Written) else event.ref or event.kind for event in events
    ]
