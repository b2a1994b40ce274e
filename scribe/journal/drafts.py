"""What is typed and not yet sent, saved within a second, offered again once its process is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import suppress

from msgspec import Struct

from scribe.journal import identity
from scribe.journal.faults import spoken
from scribe.journal.store import Journal
from scribe.record.text import normalise
from scribe.record.when import instant, stamp


class Unsent(Struct, frozen=True):
    """A text that was never sent: the box it stood in, the words, and its first key stroke (UTC text)."""

    box: str
    text: str
    began: str


class _Row(Struct, frozen=True):
    """A text, and the process that keeps it."""

    unsent: Unsent
    process: str


class Drafts:
    """The unsent texts of one process for one incident.

    A box holds one text at a time, and so does this process for each box. Whatever else was left in it stays in the
    file with the process that is gone, until there is room: what is only in memory would not survive another crash.
    """

    def __init__(self, journal: Journal, incident: str) -> None:
        self._journal = journal
        self._incident = incident
        self._process = identity.process()

    def key(self, box: str) -> tuple[str, str, str]:
        """What an append names, so that the sent text stops being a draft in the same transaction."""
        return (self._incident, box, self._process)

    def save(self, box: str, text: str, began: str) -> None:
        """Keep ``text``; an empty one is forgotten. Raises Busy when the journal is locked: try again later."""
        text = normalise(text)
        with self._journal.light_write() as connection:
            if text:
                self._put(connection, Unsent(box, text, began), self._process)
            else:
                self._drop(connection, box, self._process)

    def adopt(self, typed: Collection[str] = ()) -> list[Unsent]:
        """The texts that this process left, or one that is gone, oldest first; they are this process's to keep now.

        One a box, the newest where this process has none; none for a box in which something is ``typed`` already.
        Raises Busy.
        """
        with self._journal.light_write() as connection:
            found: dict[str, _Row] = {}
            for row in self._left(connection):
                before = found.get(row.unsent.box)
                if row.unsent.box not in typed and (before is None or before.process != self._process):
                    found[row.unsent.box] = row
            for row in found.values():
                self._drop(connection, row.unsent.box, row.process)
                self._put(connection, row.unsent, self._process)
        return sorted((row.unsent for row in found.values()), key=lambda unsent: unsent.began)

    def waiting(self, box: str) -> int:
        """How many more texts processes that are gone left in a box."""
        with spoken(self._journal.path):
            rows = self._left(self._journal.connection)
        return sum(row.unsent.box == box and row.process != self._process for row in rows)

    def turn(self, box: str, step: int) -> Unsent | None:
        """Take up the text that was left in a box before (-1) or after (1) the one that this process keeps there.

        The other one waits in its place. Raises Busy.
        """
        with self._journal.light_write() as connection:
            rows = [row for row in self._left(connection) if row.unsent.box == box]
            mine = next((row for row in rows if row.process == self._process), None)
            others = [row for row in rows if row is not mine]
            if mine is not None:
                others = [row for row in others if (_place(row) < _place(mine)) == (step < 0)]
            elif step > 0:
                return None
            if not others:
                return None
            taken = others[-1] if step < 0 else others[0]
            self._drop(connection, box, taken.process)
            if mine is not None:
                self._put(connection, mine.unsent, taken.process)
            self._put(connection, taken.unsent, self._process)
        return taken.unsent

    def _left(self, connection: sqlite3.Connection) -> list[_Row]:
        """What this process keeps and what those that are gone left, oldest first, as far as it is what scribe keeps.

        Another tool may have put anything there, and no digest tells: a screen opens all the same.
        """
        rows = connection.execute(
            "SELECT CAST(box AS BLOB), CAST(process AS BLOB), CAST(text AS BLOB), CAST(began AS BLOB) FROM drafts"
            " WHERE incident = ? AND typeof(box) = 'text' AND typeof(process) = 'text'"
            " AND typeof(text) = 'text' AND typeof(began) = 'text'",
            (self._incident,),
        ).fetchall()
        found = []
        for stored in rows:
            with suppress(UnicodeDecodeError):
                box, process, text, began = (value.decode() for value in stored)
                if is_time(began) and (process == self._process or identity.is_gone(process)):
                    found.append(_Row(Unsent(box, text, began), process))
        return sorted(found, key=_place)

    def _put(self, connection: sqlite3.Connection, unsent: Unsent, process: str) -> None:
        connection.execute(
            "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET text = excluded.text, began = excluded.began",
            (self._incident, unsent.box, process, unsent.text, unsent.began),
        )

    def _drop(self, connection: sqlite3.Connection, box: str, process: str) -> None:
        connection.execute(
            "DELETE FROM drafts WHERE incident = ? AND box = ? AND process = ?", (self._incident, box, process)
        )


def is_time(text: str) -> bool:
    """Whether it is a moment as scribe stores one."""
    try:
        return stamp(instant(text)) == text
    except (ValueError, OverflowError):
        return False


def _place(row: _Row) -> tuple[str, str]:
    """Where a text stands among those that were left in its box."""
    return (row.unsent.began, row.unsent.text)
