"""The journal file: opening, appending and reading. Nothing above the Recorder sees SQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace

from scribe.clock import Clock
from scribe.journal import filesystem, identity, opening
from scribe.journal.faults import VERSION, is_busy, spoken
from scribe.journal.log import LONGEST, Log
from scribe.journal.place import Place
from scribe.journal.reader import Lookup as Lookup
from scribe.journal.reader import Reader
from scribe.journal.rows import INSERT, next_ref, values
from scribe.record.board import advance, rebuild
from scribe.record.chain import Body, Header, digest_body, digest_header
from scribe.record.errors import Full, Gone, JournalError, NotFound, ReadOnly, Refused
from scribe.record.events import FORMAT, Correction, Draft, Event, Payload, encode_payload, is_board, kind_of
from scribe.record.state import Board, encode_board
from scribe.record.text import normalise

Settle = Callable[[Draft, Board, Lookup], Draft]
"""What a draft means against the board that it meets; raises Refused."""


class Journal(Reader):
    """One open journal file.

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
        place: Place | None = None,
        seen: opening.Seen | None = None,
    ) -> None:
        super().__init__(path, connection, is_old=seen is not None and seen.version < VERSION)
        self.wait = wait
        self.refusal: JournalError | None = None
        """Why nothing can be recorded, where that was clear when the file was opened: it is there to be looked at."""
        self.caution = ""
        """What whoever opened the journal should know of it."""
        self._clock = clock
        self._writer = ""
        self._place = place
        self._seen = seen
        self._log: Log | None = None
        self._synchronous = "FULL"

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def reading(cls, path: Path, clock: Clock) -> Journal:
        """Open an existing journal for reading alone.

        Raises Missing, Corrupt, Newer, ReadOnly.
        """
        seen = opening.to_read(path)
        if seen.version < VERSION:  # an older or still empty file is brought up to date by whoever may write it
            seen.connection.close()
            try:
                return cls.writing(path, clock, wait=1.0)
            except (ReadOnly, Full):
                if not seen.version:
                    raise
            seen = opening.to_read(path)
        return cls(path, clock, wait=0.0, connection=seen.connection, seen=seen)

    @classmethod
    def writing(cls, path: Path, clock: Clock, *, wait: float) -> Journal:
        """Open a journal for appending, and make it (0600, in a folder of 0700) where there is none.

        Raises Corrupt, Newer, ReadOnly, Full, Busy, Missing; the file is untouched then.
        """
        connection, version, place = opening.to_write(path)
        journal = cls(path, clock, wait=wait, connection=connection, place=place)
        try:
            with spoken(path):
                journal._settle_in(version)
        except BaseException:
            connection.close()
            raise
        return journal

    @classmethod
    def showing(cls, path: Path, clock: Clock, *, wait: float) -> Journal:
        """Open a journal for appending; one that cannot be written, for looking at: its ``refusal`` says why.

        Raises what `writing` does where there is nothing to look at.
        """
        try:
            return cls.writing(path, clock, wait=wait)
        except (ReadOnly, Full) as error:
            if not opening.is_there(path):
                raise
            journal = cls.reading(path, clock)
            journal.refusal = error
            return journal

    def _settle_in(self, version: int) -> None:
        """Bring the file up to date, and have it written in the way that its file system allows.

        A write-ahead log needs memory that all who write share: https://www.sqlite.org/wal.html.
        """
        shared = filesystem.is_shared(self.path)
        if shared:
            self.caution = opening.caution(self.path)
            opening.leave_log(self._db)
        if version < VERSION:
            self._migrate("TRUNCATE" if shared else "WAL")
        self._db.execute("SELECT count(*) FROM sqlite_master")  # waits for whoever is just closing the file
        if opening.has_its_log(self._db, wanted=not shared):
            self._db.execute("PRAGMA busy_timeout = 0")
            self._log = Log(self.path, self._db)
            assert self._place is not None
            self._place.watch_log()
        else:  # who reads is in the way of who writes, and the other way round, for as long as a commit takes
            self._db.execute("PRAGMA busy_timeout = 50")
            self._synchronous = "EXTRA"
        self._db.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._db.execute("PRAGMA secure_delete = ON")

    def _migrate(self, mode: str) -> None:
        from scribe.journal.schema import (
            migrate,
        )  # sqlite_utils costs more than the rest of a command together

        self._patiently(f"PRAGMA journal_mode = {mode}", self.wait)
        with self.transaction():
            before = self._db.execute("PRAGMA user_version").fetchone()[0]
            if before < VERSION:
                migrate(self._db)
                if before:  # what an older version folded lacks what this one knows of the same events
                    self._fold_boards()

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

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def declare(
        self,
        incident: str,
        draft: Draft,
        *,
        recorder: str,
        recorded_at: str,
        following: Sequence[Draft] = (),
        settle: Settle | None = None,
    ) -> Event:
        """Begin the record of an incident with its declaration.

        ``following`` stands for the rest of a record that comes from elsewhere: all of it in the same transaction, or
        nothing. Raises Refused when the id is taken, or from ``settle``.
        """
        with self.transaction():
            if self._read_board(incident) is not None:
                raise Refused(f"there already is an incident {incident}", "give another with --id")
            drafts = (draft, *following)
            return self._append(
                Board(incident), drafts, settle or _as_it_is, recorder, recorded_at, at_once=bool(following)
            )[0]

    def append(
        self,
        incident: str,
        drafts: Sequence[Draft],
        settle: Settle,
        *,
        recorder: str,
        recorded_at: str,
        sent: tuple[str, str, str] | None = None,
        at_once: bool = False,
    ) -> list[Event]:
        """Record drafts, all or none, durably: when this returns they are on the disk.

        With ``at_once`` the board is folded behind the last of them, and ``settle`` may ask the one that it is given
        for references alone: thousands of entries of long ago would each have it folded anew.
        ``sent`` names the unsent text (incident, box, process) that these drafts came from; it goes in the same
        transaction, so that no crash can offer a recorded line again.
        Raises Busy, Full, ReadOnly, and Refused from ``settle``.
        """
        with self.transaction():
            board = self._read_board(incident)
            if board is None:
                raise NotFound(f"there is no incident {incident}", "scribe list names them")
            events = self._append(board, drafts, settle, recorder, recorded_at, at_once=at_once)
            if sent is not None:
                self._db.execute("DELETE FROM drafts WHERE incident = ? AND box = ? AND process = ?", sent)
            return events

    def reindex(self) -> int:
        """Fold every board anew from its events; how many."""
        with self.transaction():
            return self._fold_boards()

    def _fold_boards(self) -> int:
        incidents = [row[0] for row in self._db.execute("SELECT DISTINCT incident FROM events")]
        self._db.execute("DELETE FROM boards")
        for incident in incidents:
            self.fold_board(incident)
        return len(incidents)

    def fold_board(self, incident: str) -> Board:
        """Fold one incident's board anew, within a transaction; the board."""
        board = rebuild(incident, self.record(incident))
        self._write_board(board)
        return board

    def note(self, incident: str, draft: Draft, recorder: str, recorded_at: str) -> Event:
        """Append one event within a transaction, behind all that stands there, and fold the board anew."""
        return self.notes(incident, (draft,), recorder, recorded_at)[0]

    def notes(self, incident: str, drafts: Sequence[Draft], recorder: str, recorded_at: str) -> list[Event]:
        """The same for several, with one fold for all of them."""
        board = rebuild(incident, self.record(incident))
        return self._append(board, drafts, _as_it_is, recorder, recorded_at, at_once=True)

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
                self._writer = ""  # a new tag is taken back with everything else
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

    def _append(
        self,
        board: Board,
        drafts: Sequence[Draft],
        settle: Settle,
        recorder: str,
        recorded_at: str,
        *,
        at_once: bool,
    ) -> list[Event]:
        writer = self._tag()
        incident = board.incident
        events = []
        for draft in drafts:
            event = self._insert(settle(draft, board, self._lookup(board)), board, writer, recorder, recorded_at)
            # Until the last one stands nothing of the board is asked for but what it counts.
            counted = replace(event, is_board=False) if at_once else event
            board = advance(board, counted, lambda: self.board_events(incident))
            events.append(event)
        if at_once and events:
            self.fold_board(incident)
        else:
            self._write_board(board)
        return events

    def _insert(self, draft: Draft, board: Board, writer: str, recorder: str, recorded_at: str) -> Event:
        payload, incident = draft.payload, board.incident
        kind, on_board = kind_of(payload), self._on_board(payload, incident)
        tail = board.tails.get(writer)
        prev = tail.digest if tail else board.genesis
        header = Header(
            incident,
            writer,
            tail.seq + 1 if tail else 1,
            FORMAT,
            draft.at,
            draft.precision,
            recorded_at,
            kind,
            on_board,
            next_ref(payload, kind, board),
            "+".join(tip for tip in board.heads if tip != prev),
            prev,
        )
        author, recorder, at_raw, text = map(normalise, (draft.author, recorder, draft.at_raw, draft.text))
        body = Body(author, recorder, at_raw, text, encode_payload(payload))
        salt = os.urandom(16)
        body_digest = digest_body(body, salt)
        digest = digest_header(header, body_digest)
        fields = (*values(header), body_digest, digest)
        cursor = self._db.execute(INSERT, (*fields, *values(body), salt))
        assert cursor.lastrowid is not None
        return Event(*(cursor.lastrowid, *fields, author, recorder, at_raw, text, payload))

    def _on_board(self, payload: Payload, incident: str) -> bool:
        if isinstance(payload, Correction):
            target = self._by_id(incident, payload.target)
            return is_board(payload, target_is_board=target is not None and target.is_board)
        return is_board(payload)

    def _write_board(self, board: Board) -> None:
        self._db.execute(
            "INSERT INTO boards (incident, is_open, active_at, board) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET is_open = excluded.is_open, active_at = excluded.active_at, board = excluded.board",
            (board.incident, not board.over, board.active_at, encode_board(board).decode()),
        )

    def _tag(self) -> str:
        """This file's writer tag on this machine; a file that was copied gets a new one at its first write.

        Two copies that went on with one tag would number different entries alike, and lose some at a merge.
        """
        if not self._writer:
            here = (identity.machine(), identity.file(self.path))
            row = self._db.execute("SELECT tag FROM writers WHERE machine = ? AND file = ?", here).fetchone()
            tag = row[0] if row else identity.tag(6)
            if row is None:
                self._db.execute("INSERT INTO writers (tag, machine, file) VALUES (?, ?, ?)", (tag, *here))
            self._writer = tag
        return self._writer


def _as_it_is(draft: Draft, board: Board, lookup: Lookup) -> Draft:  # noqa: ARG001  # the shape of a Settle
    return draft
