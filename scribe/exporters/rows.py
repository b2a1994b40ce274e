"""Entries as rows of a Markdown timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache

from scribe.exporters.escape import Md, inline, linked
from scribe.exporters.tables import table
from scribe.exporters.times import Times
from scribe.record.events import Action, Hypothesis, Opaque
from scribe.record.state import Entry

VERDICTS = {"open": "open", "confirmed": "confirmed", "ruled_out": "ruled out"}
"""What has become of a hypothesis."""

OUTCOMES = {"in_flight": "in flight", "done": "done", "failed": "failed"}
"""What has become of an action."""


def timeline_table(entries: Sequence[Entry], zone: tzinfo) -> str:
    """Entries as a table, in the order given. Retracted ones among them are marked as such, with the reason."""
    return timeline(entries, times_of(entries, zone)) + "\n"


def times_of(entries: Sequence[Entry], zone: tzinfo) -> Times:
    """The zone, over the time that these entries span."""
    stamps = [entry.at for entry in entries if entry.precision != "unknown"] or ["1970-01-01T00:00:00.000Z"]
    return Times(zone, min(stamps), max(stamps))


def timeline(entries: Sequence[Entry], times: Times) -> Md:
    """The table itself."""
    header = (f"Time ({times.name})", "Ref", "Kind", "Who", "What")
    return table(header, [_cells(entry, times) for entry in entries])


def said(entry: Entry) -> Md:
    """An entry's words with their links, or that they are not to be had."""
    if isinstance(entry.payload, Opaque) and not entry.text:
        return Md("*(words erased, withheld, or of a newer version)*")
    return linked(entry.text, entry.sources) if entry.sources else inline(entry.text)


def kind(entry: Entry) -> str:
    """What an entry is. A hypothesis is called one wherever it stands, with its verdict."""
    payload = entry.payload
    if isinstance(payload, Hypothesis):
        return "verdict" if payload.target else f"hypothesis, {VERDICTS.get(entry.status, 'open')}"
    if isinstance(payload, Action):
        return "outcome" if payload.target else f"action, {OUTCOMES.get(entry.status, 'in flight')}"
    return entry.kind


def notes(entry: Entry, times: Times) -> Md:
    """Everything a reader must know of how an entry came to be written; empty for one written as it happened."""
    if not (entry.late or entry.imported or entry.revisions or entry.retracted or entry.restricted):
        return Md("")
    found = []
    if entry.late:
        word = "reconstructed" if entry.reconstructed else "late"
        found.append(f"{word}: written {times.beside(entry.recorded_at, entry.at)}")
    if entry.imported:
        found.append("imported")
    if entry.revisions:
        count = len(entry.revisions)
        found.append(f"amended: {count} earlier wording{'s' if count > 1 else ''} in the record")
    if entry.restricted:
        found.append("restricted")
    if entry.retracted:
        found.append("retracted" + (f": {inline(entry.retracted.why)}" if entry.retracted.why else ""))
    return Md(f" *({'; '.join(found)})*")


@lru_cache(maxsize=1024)
def who(name: str) -> Md:
    """A name as people type it."""
    return inline(f"@{name}") if name else Md("")


_kind = lru_cache(maxsize=64)(inline)  # the same few words in every timeline


def _cells(entry: Entry, times: Times) -> tuple[Md, ...]:
    return (
        times.clock(entry.at, entry.precision),
        inline(entry.ref),
        _kind(kind(entry)),
        who(entry.by),
        Md(f"{said(entry)}{notes(entry, times)}"),
    )
