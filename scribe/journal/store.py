"""The journal file: opening it, and appending to its records. Nothing above the Recorder sees SQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from scribe.clock import Clock
from scribe.journal import filesystem, guards, identity, opening
from scribe.journal.faults import damaged, spoken
from scribe.journal.format import VERSION
from scribe.journal.log import Log
from scribe.journal.place import Place
from scribe.journal.reader import Lookup as Lookup
from scribe.journal.rows import INSERT, NEWEST, next_ref, values
from scribe.journal.writable import Writable
from scribe.record.board import advance, rebuild
from scribe.record.chain import Body, Header, digest_body, digest_header
from scribe.record.codec import encode_payload
from scribe.record.errors import Busy, Full, NotFound, ReadOnly, Refused
from scribe.record.events import FORMAT, Correction, Draft, Event, Payload, is_board, kind_of
from scribe.record.state import Board, encode_board
from scribe.record.text import normalise

Settle = Callable[[Draft, Board, Lookup], Draft]
"""What a draft means against the board that it meets; raises Refused."""


class Journal(Writable):
    """One open journal file: the record that is in it, and how it is written on.

    ``seen`` is how a file that is only read was opened; ``place`` where one that is written lies.
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
        super().__init__(path, clock, wait=wait, connection=connection, place=place, seen=seen)
        self._writer = ""

    # ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def reading(cls, path: Path, clock: Clock) -> Journal:
        """Open an existing journal for reading alone.

        Raises Missing, Corrupt, Newer, ReadOnly; where there is nothing in it yet, Busy and Full too.
        """
        seen = opening.to_read(path)
        if seen.version < VERSION:  # an older or still empty file is brought up to date by whoever may write it
            seen.connection.close()
            try:
                return cls.writing(path, clock, wait=1.0)
            except (ReadOnly, Full, Busy):  # what it holds is shown as it is
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
        strangers, lacking = guards.looked_at(self._db)  # waits for whoever is just closing the file
        if strangers:
            raise guards.refusal(self.path, strangers)
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
        if lacking:
            with self.transaction():
                guards.put_back(self._db, lacking)

    def _migrate(self, mode: str) -> None:
        from scribe.journal.schema import migrate  # sqlite_utils costs more than the rest of a command together

        self._db.execute("PRAGMA busy_timeout = 0")  # else each of the short steps would be a long one
        self._patiently(f"PRAGMA journal_mode = {mode}", self.wait)
        with self.transaction():
            before = self._db.execute("PRAGMA user_version").fetchone()[0]
            if before < VERSION:
                migrate(self._db)
                if before:  # what an older version folded lacks what this one knows of the same events
                    self._fold_boards()
        self._db.execute(f"PRAGMA busy_timeout = {int(opening.OPENING * 1000)}")

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
        self._db.execute(INSERT, (*fields, *values(body), salt))
        number, *stored = self._db.execute(NEWEST).fetchone() or (0,)
        if stored != [*fields, *values(body), salt]:  # whatever else somebody built into the file
            raise damaged(self.path, "an entry was not stored behind the others as it was recorded")
        return Event(*(number, *fields, author, recorder, at_raw, text, payload))

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
            self._writer = self._own_tag(self._here())
            if not self._writer:
                self.be_another()
        return self._writer

    def be_another(self) -> None:
        """Write under a new tag from now on, within a transaction."""
        here = self._here()
        self._writer = identity.tag(6)
        self._db.execute("DELETE FROM writers WHERE machine = ? AND file = ?", here)
        self._db.execute("INSERT INTO writers (tag, machine, file) VALUES (?, ?, ?)", (self._writer, *here))

    def _take_back(self) -> None:
        self._writer = ""  # a new tag is taken back with everything else


def _as_it_is(draft: Draft, board: Board, lookup: Lookup) -> Draft:  # noqa: ARG001  # the shape of a Settle
    return draft
