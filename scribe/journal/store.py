"""The journal file: opening, appending and reading. Nothing above the Recorder sees SQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from scribe.clock import Clock
from scribe.journal import identity
from scribe.journal.faults import VERSION, is_busy, spoken
from scribe.journal.opening import connect, look, make
from scribe.journal.rows import COLUMNS, as_stored, event_from, next_ref, stored_from, values
from scribe.record.board import advance, rebuild
from scribe.record.chain import Body, Header, Stored, digest_body, digest_header
from scribe.record.errors import Missing, NotFound, ReadOnly, Refused
from scribe.record.events import FORMAT, Correction, Draft, Event, Payload, encode_payload, is_board, kind_of
from scribe.record.state import Board, decode_board, encode_board
from scribe.record.text import normalise

Lookup = Callable[[str], Event | None]
"""From what people type (``#12``, ``H2``) or a stored ``writer-seq`` to the event, inside the transaction."""

Settle = Callable[[Draft, Board, Lookup], Draft]
"""What a draft means against the board that it meets; raises Refused."""

_INSERT = f"INSERT INTO events ({COLUMNS}) VALUES (NULL{', ?' * 20})"
_SELECT = f"SELECT {COLUMNS} FROM events"
_LONGEST_LOG = 16_000
"""Pages of a write-ahead log that nobody found the time to tidy: 64 MB."""
_AT_ONCE = 1000
"""How many rows a verification holds in memory."""


class Journal:
    """One open journal file.

    ``wait`` is how many seconds a write waits for another process's lock, in steps of 1 to 5 ms: SQLite's own busy
    handler sleeps longer and longer, and can starve one of many writers.
    """

    def __init__(
        self, path: Path, clock: Clock, *, wait: float, connection: sqlite3.Connection, is_old: bool = False
    ) -> None:
        self.path = path
        self.wait = wait
        self._clock = clock
        self._db = connection
        self._writer = ""
        self._is_old = is_old

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def reading(cls, path: Path, clock: Clock) -> Journal:
        """Open an existing journal for reading alone.

        Raises Missing, Corrupt, Newer, ReadOnly.
        """
        if not path.exists():
            raise Missing(f"there is no journal at {path}", "declare an incident with: scribe new TITLE")
        connection, version = look(path)
        if version < VERSION:  # an older or still empty file is brought up to date by whoever may write it
            connection.close()
            try:
                return cls.writing(path, clock, wait=1.0)
            except ReadOnly:
                if not version:
                    raise
            connection, _ = look(path)
        return cls(path, clock, wait=0.0, connection=connection, is_old=version < VERSION)

    @classmethod
    def writing(cls, path: Path, clock: Clock, *, wait: float) -> Journal:
        """Open a journal for appending, and make it (0600, in a folder of 0700) where there is none.

        Raises Corrupt, Newer, ReadOnly, Full, Busy; the file is untouched then.
        """
        with spoken(path):
            if not path.exists():
                make(path)
        # A normal open of a file from the future rewrites its header, so it is looked at read-only first.
        looking, version = look(path)
        looking.close()
        connection = connect(path, "mode=rw")
        journal = cls(path, clock, wait=wait, connection=connection)
        try:
            with spoken(path):
                if version < VERSION:
                    journal._migrate()
                connection.execute("SELECT count(*) FROM sqlite_master")  # waits for whoever is just closing the file
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
        return journal

    def _migrate(self) -> None:
        from scribe.journal.schema import (
            migrate,
        )  # sqlite_utils costs more than the rest of a command together

        self._patiently("PRAGMA journal_mode = WAL", self.wait)
        with self._transaction():
            before = self._db.execute("PRAGMA user_version").fetchone()[0]
            if before < VERSION:
                migrate(self._db)
                if before:  # what an older version folded lacks what this one knows of the same events
                    self._fold_boards()

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

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
        with self._transaction():
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
        with self._transaction():
            board = self._read_board(incident)
            if board is None:
                raise NotFound(f"there is no incident {incident}", "scribe list names them")
            events = self._append(board, drafts, settle, recorder, recorded_at, at_once=at_once)
            if sent is not None:
                self._db.execute("DELETE FROM drafts WHERE incident = ? AND box = ? AND process = ?", sent)
            return events

    def reindex(self) -> int:
        """Fold every board anew from its events; how many."""
        with self._transaction():
            return self._fold_boards()

    def _fold_boards(self) -> int:
        incidents = [row[0] for row in self._db.execute("SELECT DISTINCT incident FROM events")]
        self._db.execute("DELETE FROM boards")
        for incident in incidents:
            self._write_board(rebuild(incident, self.events(incident)))
        return len(incidents)

    def put_off_checkpoints(self) -> None:
        """Let no append do the tidying of the write-ahead log: it takes many times as long, and a key would wait.

        Whoever asks for this calls ``tidy`` when nothing is being typed; a long log is tidied by an append after all.
        """
        with spoken(self.path):
            self._db.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")

    def tidy(self) -> None:
        """Move the write-ahead log into the journal, as far as readers allow."""
        with spoken(self.path):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def light_write(self) -> Iterator[sqlite3.Connection]:
        """A small write that must survive the process but not the machine: it waits for no disk and no lock."""
        with spoken(self.path):
            self._db.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._transaction(wait=0):
                yield self._db
        finally:
            self._db.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self, *, wait: float | None = None) -> Iterator[None]:
        with spoken(self.path):
            self._patiently("BEGIN IMMEDIATE", self.wait if wait is None else wait)
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._writer = ""  # a new tag is taken back with everything else
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

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
            event = self._insert(settle(draft, board, self._lookup(incident)), board, writer, recorder, recorded_at)
            # Until the last one stands nothing of the board is asked for but what it counts.
            counted = replace(event, is_board=False) if at_once else event
            board = advance(board, counted, lambda: self.board_events(incident))
            events.append(event)
        self._write_board(rebuild(incident, self.events(incident)) if at_once and events else board)
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
        cursor = self._db.execute(_INSERT, (*fields, *values(body), salt))
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

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def board(self, incident: str) -> Board | None:
        """The board of an incident, from its one row; None when there is no such incident."""
        with spoken(self.path):
            return self._read_board(incident)

    def boards(self, *, open_only: bool = False) -> list[Board]:
        """Every board, the one active last first."""
        where = "WHERE is_open" if open_only else ""
        with spoken(self.path):
            rows = self._db.execute(
                f"SELECT incident, board FROM boards {where} ORDER BY active_at DESC, incident"
            ).fetchall()
        return [self._board_from(row) for row in rows]

    def active(self) -> Board | None:
        """The open incident that was active last."""
        with spoken(self.path):
            row = self._db.execute(
                "SELECT incident, board FROM boards WHERE is_open = 1 ORDER BY active_at DESC LIMIT 1"
            ).fetchone()
        return self._board_from(row) if row else None

    def named(self, part: str) -> Board:
        """The incident whose id is, or alone contains, ``part``. Raises NotFound, naming the candidates."""
        with spoken(self.path):
            ids = [row[0] for row in self._db.execute("SELECT incident FROM boards ORDER BY active_at DESC")]
        wanted = part.casefold()
        exact = [found for found in ids if found.casefold() == wanted]
        matching = exact or [found for found in ids if wanted in found.casefold()]
        if len(matching) == 1:
            board = self.board(matching[0])
            assert board is not None
            return board
        if not matching:
            raise NotFound(f"no incident is called {part}", "scribe list names them")
        raise NotFound(f"{part} could be {', '.join(matching[:5])}", "give more of the id")

    def events(self, incident: str, *, after: int = 0, limit: int = -1) -> list[Event]:
        """Events in order of arrival, from the first behind number ``after``."""
        return self._events("incident = ? AND id > ? ORDER BY id LIMIT ?", (incident, after, limit))

    def newest(self, incident: str, count: int) -> list[Event]:
        """The last ``count`` events, in order of arrival."""
        return self._events("incident = ? ORDER BY id DESC LIMIT ?", (incident, count))[::-1]

    def board_events(self, incident: str) -> list[Event]:
        """The events that the board is folded from, in order of arrival."""
        return self._events("incident = ? AND is_board ORDER BY id", (incident,))

    def stored(self, incident: str) -> Iterator[Stored]:
        """The rows as they are on the disk, for verification: whatever somebody made of them."""
        after, more = -1, True
        while more:
            with spoken(self.path):
                self._db.text_factory = as_stored
                try:
                    rows = self._db.execute(
                        f"{_SELECT} WHERE incident = ? AND id > ? ORDER BY id LIMIT ?", (incident, after, _AT_ONCE)
                    ).fetchall()
                finally:
                    self._db.text_factory = str
            yield from map(stored_from, rows)
            more = len(rows) == _AT_ONCE
            after = rows[-1][0] if rows else after

    def incidents(self) -> list[str]:
        """The ids of every incident that has events, whether it has a board or not."""
        with spoken(self.path):
            return [row[0] for row in self._db.execute("SELECT DISTINCT incident FROM events ORDER BY incident")]

    def version(self) -> int:
        """A number that changes when another connection writes; asking costs microseconds."""
        with spoken(self.path):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def _events(self, where: str, parameters: tuple[str | int, ...]) -> list[Event]:
        with spoken(self.path):
            rows = self._db.execute(f"{_SELECT} WHERE {where}", parameters).fetchall()
        return [event_from(row) for row in rows]

    def _read_board(self, incident: str) -> Board | None:
        row = self._db.execute("SELECT incident, board FROM boards WHERE incident = ?", (incident,)).fetchone()
        return self._board_from(row) if row else None

    def _board_from(self, row: tuple[str, str]) -> Board:
        """The board of a row; one that an older version folded, in a file that cannot be written, is folded anew."""
        return rebuild(row[0], self.events(row[0])) if self._is_old else decode_board(row[1])

    def _lookup(self, incident: str) -> Lookup:
        def find(name: str) -> Event | None:
            found = self._events("incident = ? AND ref = ? AND ref <> '' LIMIT 1", (incident, name))
            return found[0] if found else self._by_id(incident, name)

        return find

    def _by_id(self, incident: str, place: str) -> Event | None:
        writer, _, seq = place.rpartition("-")
        if not writer or not seq.isdecimal():
            return None
        found = self._events("incident = ? AND writer = ? AND seq = ?", (incident, writer, int(seq)))
        return found[0] if found else None


def _as_it_is(draft: Draft, board: Board, lookup: Lookup) -> Draft:  # noqa: ARG001  # the shape of a Settle
    return draft
