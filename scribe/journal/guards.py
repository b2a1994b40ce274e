"""The triggers that keep the events append-only, and whatever else somebody had SQLite do when one is written."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from scribe.record.errors import ReadOnly

_TABLES: Final = ("events", "boards", "drafts", "writers")

# As the migrations made them: what is written of a row in later versions is for later migrations.
_HEADER: Final = (
    *("id", "incident", "writer", "seq", "format", "at", "precision", "recorded_at", "kind", "is_board", "ref"),
    *("seen", "prev", "body_digest", "digest"),
)
_BODY: Final = ("author", "recorder", "at_raw", "text", "payload", "salt")
_SAME_HEADER = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _HEADER)
_GONE = " AND ".join(f"NEW.{column} IS NULL" for column in _BODY)
_ABSENT = " AND ".join(f"OLD.{column} IS NULL" for column in _BODY)

_CONDITIONS: Final = {
    # An update may destroy a whole body (an erasure) or fill an absent one (it was withheld), and nothing else.
    "events_are_not_updated": ("BEFORE UPDATE", f"NOT ({_SAME_HEADER} AND (({_GONE}) OR ({_ABSENT})))"),
    "events_are_not_deleted": ("BEFORE DELETE", "1"),
    # INSERT OR REPLACE deletes the row in its way without firing the delete trigger.
    "events_are_not_replaced": (
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM events WHERE id = NEW.id"
        " OR (incident = NEW.incident AND writer = NEW.writer AND seq = NEW.seq))",
    ),
}

GUARDS: Final = {
    name: f"CREATE TRIGGER {name} {moment} ON events WHEN {condition}"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for name, (moment, condition) in _CONDITIONS.items()
}
"""The statement that makes each guard, as SQLite keeps it."""


def looked_at(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """The names of triggers on the journal's tables that scribe did not make, and of guards that are not there.

    The first may change or drop what is written. Views, indexes, tables and triggers on these are anybody's own.
    """
    query = "SELECT name, lower(tbl_name), sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    found = connection.execute(query).fetchall()
    names = {name for name, _, _ in found}
    strangers = [name for name, table, sql in found if table in _TABLES and GUARDS.get(name) != sql]
    return strangers, [name for name in GUARDS if name not in names]


def refusal(path: Path, strangers: list[str]) -> ReadOnly:
    """That nothing is written into such a file, and what to do about it."""
    names = ", ".join(strangers)
    return ReadOnly(
        f"{path} has triggers that scribe did not make ({names}): what is recorded could be changed or dropped",
        "nothing was written; remove them with a tool for SQLite: "
        + "; ".join(f"DROP TRIGGER {_quoted(name)}" for name in strangers),
    )


def put_back(connection: sqlite3.Connection, lacking: list[str]) -> None:
    """Make guards anew that somebody took away. Within a transaction."""
    for name in lacking:
        connection.execute(GUARDS[name].replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS", 1))


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
