"""A journal file that may be written: the lock, the write-ahead log, and the place where it lies."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scribe.clock import Clock
from scribe.journal import opening
from scribe.journal.faults import is_busy, spoken
from scribe.journal.format import VERSION
from scribe.journal.log import LONGEST, Log
from scribe.journal.place import Place
from scribe.journal.reader import Reader
from scribe.record.errors import Gone, JournalError


class Writable(Reader):
    """A journal with its transactions. One that is only looked at is open in the same way, and has no ``place``.

    ``wait`` is how many seconds a write waits for another process's lock, in steps of 1 to 5 ms: SQLite's own busy
    handler sleeps longer and longer, and can starve one of many writers.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        wait: float,
        connection: sqlite3.Connection,
        place: Place | None,
        seen: opening.Seen | None,
    ) -> None:
        super().__init__(path, connection, is_old=seen is not None and seen.version < VERSION)
        self.wait = wait
        self.refusal: JournalError | None = None
        """Why nothing can be recorded, where that was clear when the file was opened: it is there to be looked at."""
        self.caution = ""
        """What whoever opened the journal should know of it."""
        self._clock = clock
        self._place = place
        self._seen = seen
        self._log: Log | None = None
        self._synchronous = "FULL"

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def trouble(self) -> JournalError | None:
        """Why nothing can be recorded here, for as long as that is so; asking costs microseconds."""
        if self.refusal is not None:
            return self.refusal
        try:
            self._check_place()
        except JournalError as error:
            return error
        return None

    def _check_place(self) -> None:
        """Whether the path still names the file that is open. Raises Gone.

        Where it does not, what was acknowledged and lies in the write-ahead log is moved into the file: whoever finds
        that has all of it.
        """
        if self._place is None:
            return
        try:
            self._place.check()
        except Gone:
            if not self._db.in_transaction and self._place.is_untouched():
                with suppress(sqlite3.DatabaseError):  # then it stays in the log
                    self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._place.was_moved_into()
            raise

    def version(self) -> int:
        """As of any journal; of a file that is only looked at from outside, its state on the disk is what tells."""
        if self._seen is not None and self._seen.stamp and opening.stamp(self.path) != self._seen.stamp:
            seen = opening.to_read(self.path)
            self._db.close()
            self._db, self._seen = seen.connection, seen
        return hash(self._seen.stamp) if self._seen is not None and self._seen.stamp else super().version()

    def put_off_checkpoints(self, long: int = LONGEST) -> None:
        """Let no append do the tidying of the write-ahead log: it takes many times as long, and a key would wait.

        Whoever asks for this calls ``tidy`` when nothing is being typed; a log of more than ``long`` bytes is tidied by
        an append after all.
        """
        if self._log is not None:
            self._log.put_off(long)

    def tidy(self) -> None:
        """Move the write-ahead log into the journal, as far as those who read and write allow."""
        with spoken(self.path):
            self._check_place()
            self._move_log()

    def _move_log(self) -> None:
        if self._log is not None and self._log.move() and self._place is not None:
            self._place.wrote()

    @contextmanager
    def light_write(self) -> Iterator[sqlite3.Connection]:
        """A small write that must survive the process but not the machine: it waits for no disk and no lock."""
        with spoken(self.path):
            self._db.execute("PRAGMA synchronous = NORMAL")
        try:
            with self.transaction(wait=0):
                yield self._db
        finally:
            self._db.execute(f"PRAGMA synchronous = {self._synchronous}")

    @contextmanager
    def transaction(self, *, wait: float | None = None) -> Iterator[None]:
        """All or nothing, durably, with the write lock from the beginning; ``wait`` seconds for it at most.

        Raises Busy, Full, ReadOnly, and whatever is raised within; nothing was written then.
        """
        with spoken(self.path):
            wait = self.wait if wait is None else wait
            self._check_place()
            self._patiently("BEGIN IMMEDIATE", wait)
            try:
                yield
                self._check_place()
                self._patiently("COMMIT", wait)  # without a write-ahead log it waits for those who read
                if self._place is not None:
                    self._place.wrote()
            except BaseException:
                self._take_back()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            if self._log is not None and self._log.is_long:
                with suppress(sqlite3.Error, JournalError):  # what was committed stands, wherever it lies
                    self._move_log()

    def _patiently(self, statement: str, wait: float) -> None:
        deadline = self._clock.monotonic() + wait
        while True:
            try:
                self._db.execute(statement)
            except sqlite3.OperationalError as error:
                if not is_busy(error) or self._clock.monotonic() >= deadline:
                    raise
                self._clock.sleep((1 + os.urandom(1)[0] % 4) / 1000)
            else:
                return

    def _take_back(self) -> None:
        """Forget what was kept in memory of a transaction that is not to be."""
