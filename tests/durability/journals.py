"""Journals that a fault meets: begun with a few entries, and as older versions of scribe left them."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

from scribe.clock import Clock
from scribe.journal.format import VERSION
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.recorder import Recorder, declare
from tests.fakes.raw import raw

CLOCK = Clock()

INCIDENT = "INC-20261120-DURA"
"""The incident that every journal of these tests begins with."""

SECRET = "Maria Keller of 12 Elm Street"
"""Stands in one entry of every journal; what erases destroys it."""

STORY = (
    "/role ic @alice",
    f"{SECRET} cannot pay",
    "? the pool is exhausted by a slow query",
    "> kubectl rollout undo checkout",
    "12 % of all orders fail " + "and the dashboard says so " * 30,
    "/impact users: 12 %",
    "/handoff @bob",
)

OLDER = range(VERSION)
"""The schema versions before this one; 0 is a file that was made and not yet written."""

_LATER = ("tracks", "sides", "scope", "progress", "trigger", "checkpoint", "checkpoints", "handoff", "unpacketed")
"""Some of what the boards of version 1 did not hold."""


def begun(folder: Path) -> Path:
    """A journal with one incident and a few entries, closed again."""
    path = folder / "j.db"
    journal = Journal.writing(path, CLOCK, wait=1.0)
    declare(journal, "Checkout fails", now=CLOCK.now(), me="sam", policy=DEFAULT, severity=2, incident=INCIDENT)
    recorder = Recorder(journal, INCIDENT, me="sam", policy=DEFAULT)
    for line in STORY:
        typed(recorder, line)
    journal.close()
    return path


def typed(recorder: Recorder, line: str, box: str = "") -> tuple[str, str, str]:
    """Type one line and Enter; the entry's id, digest and text."""
    now = CLOCK.now()
    parsed = parse(line, Setting(now, now, UTC))
    assert isinstance(parsed, Recorded)
    (event,) = recorder.record(parsed.drafts, now=now, box=box)
    return event.id, event.digest, event.text


def older(folder: Path, version: int) -> Path:
    """The same journal as a scribe of that schema version would have left it."""
    path = folder / "j.db"
    if version == 0:
        path.touch(0o600)
        return path
    begun(folder)
    with raw(path) as db:
        for incident, stored in db.execute("SELECT incident, board FROM boards").fetchall():
            board = {name: value for name, value in json.loads(stored).items() if version > 1 or name not in _LATER}
            db.execute("UPDATE boards SET board = ? WHERE incident = ?", (json.dumps(board), incident))
        if version < 3:
            db.execute("DROP VIEW factors")
            db.execute("DROP VIEW action_items")
            db.execute("DELETE FROM _sqlite_migrations WHERE name > '0001_journal'")
        db.execute(f"PRAGMA user_version = {version}")
    return path
