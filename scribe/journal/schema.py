"""The tables, their triggers, and how an older file becomes a current one."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from scribe.journal.format import APPLICATION_ID, VERSION
from scribe.journal.guards import GUARDS

migrations = Migrations("scribe")


@migrations(name="0001_journal")
def _journal(db: Database) -> None:
    """Events, boards, drafts and writers, and plain views for people who open the file with other tools."""
    for statement in _TABLES:
        db.conn.execute(statement)
    for statement in GUARDS.values():
        db.conn.execute(statement)
    db.create_view("timeline", _TIMELINE)
    db.create_view("incidents", _INCIDENTS)


@migrations(name="0002_register")
def _register(db: Database) -> None:
    """Plain views of contributing factors and action items."""
    db.create_view("factors", _FACTORS)
    db.create_view("action_items", _ACTION_ITEMS)


_TABLES = (
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        incident TEXT NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL,
        format INTEGER NOT NULL, at TEXT NOT NULL, precision TEXT NOT NULL, recorded_at TEXT NOT NULL,
        kind TEXT NOT NULL, is_board INTEGER NOT NULL, ref TEXT NOT NULL, seen TEXT NOT NULL, prev TEXT NOT NULL,
        body_digest TEXT NOT NULL, digest TEXT NOT NULL,
        author TEXT, recorder TEXT, at_raw TEXT, text TEXT, payload TEXT, salt BLOB
    )
    """,
    "CREATE UNIQUE INDEX events_identity ON events (incident, writer, seq)",
    # Without it the newest entries are found by sorting all of them.
    "CREATE INDEX events_arrival ON events (incident, id)",
    "CREATE INDEX events_board ON events (incident) WHERE is_board",
    "CREATE INDEX events_ref ON events (incident, ref) WHERE ref <> ''",
    """
    CREATE TABLE boards (
        incident TEXT PRIMARY KEY, is_open INTEGER NOT NULL, active_at TEXT NOT NULL, board TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX boards_active ON boards (is_open, active_at)",
    """
    CREATE TABLE drafts (
        incident TEXT NOT NULL, box TEXT NOT NULL, process TEXT NOT NULL,
        text TEXT NOT NULL, began TEXT NOT NULL,
        PRIMARY KEY (incident, box, process)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE writers (tag TEXT PRIMARY KEY, machine TEXT NOT NULL, file TEXT NOT NULL) WITHOUT ROWID",
)

_TIMELINE = """
    SELECT incident, ref, at, precision, recorded_at, kind, author AS "by", recorder AS recorded_by, text, payload
    FROM events ORDER BY incident, at, recorded_at, writer, seq
"""

_INCIDENTS = """
    SELECT incident, json_extract(board, '$.title') AS title, json_extract(board, '$.severity') AS severity,
           coalesce(json_extract(board, '$.state'), 'investigating') AS state, active_at,
           json_extract(board, '$.entries') AS entries
    FROM boards ORDER BY active_at DESC
"""


def _listed(items: str, columns: dict[str, str]) -> str:
    """A view of a list on the board, one row an item; what an item does not say is what the board takes it to be."""
    chosen = ", ".join(f"{found} AS {name}" for name, found in columns.items())
    return f"SELECT incident, {chosen} FROM boards, json_each(board, '$.{items}')"


def _of(path: str, otherwise: str = "") -> str:
    found = f"json_extract(value, '$.{path}')"
    return f"coalesce({found}, '{otherwise}')" if otherwise else found


_FACTORS = _listed(
    "factors",
    {
        **{name: _of(name) for name in ("ref", "text", "layer")},
        "class": _of("factor_class"),
        "score": _of("score"),
        "standing": _of("standing", "fact"),
    },
)
_ACTION_ITEMS = _listed(
    "items",
    {
        "ref": _of("ref"),
        "title": _of("text"),
        **{name: _of(name) for name in ("owner", "due", "verification", "category", "priority")},
        "status": _of("status", "open"),
        "factor": _of("answers"),
        "verified_at": _of("verified.at"),
        "verified_by": _of("verified.by"),
        "created_at": _of("since"),
        "closed_at": _of("closed.at"),
    },
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to this version. The caller holds the write lock (BEGIN IMMEDIATE) and commits.

    Eight first starts at once raced when each migrated under a plain BEGIN; under the caller's lock the second one
    finds nothing left to do.
    """
    migrations.apply(Database(connection, recursive_triggers=False))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
