"""The write-ahead log, moved into the journal only while nobody writes.

A checkpoint beside a writer who begins the log anew may, in SQLite before 3.51.3, take what he commits for moved, and
lose it: https://www.sqlite.org/wal.html#walresetbug. So no commit makes one in passing, and whoever makes one keeps all
writers away meanwhile. As the last to close the file SQLite makes one, too, with nobody beside it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from scribe.journal import opening
from scribe.journal.faults import is_busy
from scribe.journal.place import beside

_LONG = 4 << 20
"""Bytes of a log that whoever commits moves: as many as SQLite's own default, 1,000 pages of 4 KiB."""

LONGEST = 64 << 20
"""Bytes of a log that nobody found the time to move."""

_KEPT = 1 << 20
"""Bytes that a log keeps when it is begun anew, so that its length says how much of it waits to be moved."""


class Log:
    """The log of a journal that ``connection`` may write."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._file = beside(path, "-wal")
        self._connection = connection
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        self.put_off(_LONG)

    def put_off(self, long: int = LONGEST) -> None:
        """Let it grow to so many bytes before a commit moves it."""
        self._long = long
        self._connection.execute(f"PRAGMA journal_size_limit = {min(_KEPT, long)}")

    @property
    def is_long(self) -> bool:
        """Whether it is high time to move it; two microseconds."""
        try:
            return self._file.stat().st_size > self._long
        except OSError:
            return False

    def move(self) -> bool:
        """Move it into the journal as far as readers allow; False while somebody writes. Raises what SQLite does."""
        with closing(opening.connect(self._path, "mode=rw")) as guard:
            guard.execute("PRAGMA busy_timeout = 0")
            try:
                guard.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if is_busy(error):
                    return False
                raise
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            return True
