"""From one record to a file and into another journal."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

from scribe.clock import FixedClock
from scribe.exporters.document import document
from scribe.exporters.model import to_json
from scribe.importers.batch import Batch
from scribe.importers.scribe import Found, read
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.record.redact import redact
from scribe.record.state import Entry, State
from scribe.recorder import Recorder, declare, restore
from tests.fakes.desk import NOON

LATER = NOON.replace(day=28)
"""When files are imported."""


def exported(state: State, *, include_restricted: bool = True) -> str:
    """The whole incident as JSON."""
    passed = redact(state, include_restricted=include_restricted)
    return to_json(passed, document(passed, DEFAULT, UTC))


def brought(found: Found, place: Path) -> State:
    """The incident of such a file in a journal of its own, whose chain holds."""
    journal = Journal.writing(place, FixedClock(LATER), wait=0)
    try:
        restore(journal, found.incident, found.batch.drafts, now=LATER, me="importer", policy=DEFAULT)
        assert verify(journal.stored(found.incident)).ok
        before = journal.board(found.incident)
        journal.reindex()
        assert journal.board(found.incident) == before
        return Recorder(journal, found.incident, me="importer", policy=DEFAULT).load()
    finally:
        journal.close()


def again(state: State, place: Path, *, include_restricted: bool = True) -> State:
    """The same incident once it was exported and imported."""
    found = read(exported(state, include_restricted=include_restricted).encode())
    assert (found.batch.skipped, found.batch.remarks) == ((), ())
    return brought(found, place)


def comparable(text: str) -> dict[str, Any]:
    """An export without what an import changes: ids, the head, and that entries were imported, from where."""
    shape: dict[str, Any] = json.loads(text)
    shape["head"] = shape["counts"]["imported"] = None
    for entry in shape["entries"]:
        entry["id"] = entry["imported"] = None
        entry["origin"] = entry["origin"] or "scribe"
    return shape


def taken(batch: Batch, place: Path) -> list[Entry]:
    """The entries of a table once it was brought into an incident that holds nothing but its declaration."""
    journal = Journal.writing(place, FixedClock(LATER), wait=0)
    try:
        incident = declare(journal, "Another", now=LATER, me="importer", policy=DEFAULT, postmortem_only=True)
        recorder = Recorder(journal, incident, me="importer", policy=DEFAULT)
        recorder.bring(batch.drafts, now=LATER)
        return [entry for entry in recorder.load().entries if entry.kind != "declared"]
    finally:
        journal.close()
