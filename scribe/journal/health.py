"""Whether a journal is well: looked at without writing, making or mending anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from scribe.journal import guards, identity, opening
from scribe.journal.faults import spoken
from scribe.journal.format import VERSION
from scribe.journal.place import is_held
from scribe.journal.reader import Reader
from scribe.record.chain import verify

_MENDED = ((3, 51, 3), (3, 52, 0)), ((3, 50, 7), (3, 51, 0)), ((3, 44, 6), (3, 45, 0))
"""Versions of SQLite from which on, and up to which, the WAL-reset bug is mended: https://www.sqlite.org/wal.html."""

_PROCESSES = "SELECT process FROM drafts WHERE typeof(process) = 'text'"


class Health(Struct, frozen=True):
    """What was found of a journal.

    Attributes:
        is_old: an older version's file, which is brought up to date when it is next written.
        is_open: another process has it open.
        logged: whether it is written by way of a write-ahead log.
        damage: the first thing that SQLite finds wrong with the file; empty when nothing is.
        incidents: how many there are.
        events: how many events they have.
        strangers: triggers on the journal's tables that scribe did not make.
        lacking: guards of the journal's own that somebody took away.
        broken: where each broken chain breaks: incident, and what is wrong.
        drafts: texts that were typed and never sent, by processes that are gone.
    """

    is_old: bool
    is_open: bool
    logged: bool
    damage: str
    incidents: int
    events: int
    strangers: tuple[str, ...]
    lacking: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    drafts: int


def sqlite_version() -> str:
    """Of the library that Python has."""
    return sqlite3.sqlite_version


def can_lose_a_reset(version: str) -> bool:
    """Whether this SQLite can, very rarely, lose what is written while two processes tidy the log at one moment."""
    found = tuple(int(part) for part in version.split(".")[:3])
    return (3, 7, 0) <= found < (3, 52, 0) and not any(first <= found < next_ for first, next_ in _MENDED)


def examined(path: Path) -> Health:
    """Look at a journal. Raises what opening it for reading raises."""
    held = is_held(path)
    with spoken(path):
        seen = opening.from_outside(path)
    with closing(seen.connection) as db, spoken(path):
        mode = str(db.execute("PRAGMA journal_mode").fetchone()[0])
        damage = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        reader = Reader(path, db)
        incidents = reader.incidents() if seen.version else []
        found = [(incident, verify(reader.stored(incident))) for incident in incidents]
        strangers, lacking = guards.looked_at(db) if seen.version else ([], [])
        processes = db.execute(_PROCESSES).fetchall() if seen.version else []
        return Health(
            is_old=0 < seen.version < VERSION,
            is_open=held,
            logged=mode == "wal" if not seen.stamp else _is_logged(path),
            damage="" if damage == "ok" else damage,
            incidents=len(incidents),
            events=sum(verdict.events for _, verdict in found),
            strangers=tuple(strangers),
            lacking=tuple(lacking),
            broken=tuple((incident, verdict.first_break.why) for incident, verdict in found if verdict.first_break),
            drafts=sum(identity.is_gone(process) for (process,) in processes),
        )


def _is_logged(path: Path) -> bool:
    """What the header of a file that nobody has open says of the way in which it is written."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\2\2"
