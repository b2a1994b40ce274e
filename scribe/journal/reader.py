"""What is read out of a journal: boards, events, the rows themselves."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import MsgspecError, json

from scribe.journal import identity
from scribe.journal.faults import spoken
from scribe.journal.rows import COLUMNS, as_stored, event_from, stored_from
from scribe.record.board import rebuild
from scribe.record.chain import WRITER, Stored
from scribe.record.errors import NotFound, Refused
from scribe.record.events import Event, parted
from scribe.record.merged import answering, apart, as_one, named
from scribe.record.state import Board, decode_board, encode_board
from scribe.record.text import one_line

Lookup = Callable[[str], Event | None]
"""From what people type (``#12``, ``H2``) or a stored ``writer-seq`` to the event, inside the transaction."""

_SELECT = f"SELECT {COLUMNS} FROM events"
_AT_ONCE = 1000
"""How many rows a verification holds in memory."""


class Reader:
    """The reading half of a journal. ``is_old``: an older version's file that cannot be brought up to date."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, is_old: bool = False) -> None:
        self.path = path
        self._db = connection
        self._is_old = is_old

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for the other modules of this room."""
        return self._db

    def board(self, incident: str) -> Board | None:
        """The board of an incident, from its one row; None when there is no such incident."""
        with spoken(self.path):
            return self._read_board(incident)

    def summary(self, incident: str) -> Board | None:
        """The board as its row has it; None when there is none, or none that can be read."""
        with spoken(self.path):
            row = self._db.execute("SELECT board FROM boards WHERE incident = ?", (incident,)).fetchone()
        try:
            return decode_board(row[0]) if row else None
        except (MsgspecError, TypeError):  # in a damaged file it may not even be text
            return None

    def agrees(self, board: Board) -> bool:
        """Whether an incident's row says what ``board`` does, in every column, and nothing else."""
        with spoken(self.path):
            found = self._db.execute(
                "SELECT is_open, active_at, CAST(board AS BLOB) FROM boards WHERE incident = ?", (board.incident,)
            ).fetchone()
        is_open, active_at, stored = found or (None, None, b"")
        if (is_open, active_at) != (int(not board.over), board.active_at):
            return False
        wanted = encode_board(board)
        # As long as it is, and equal: no key stands there twice, and none that scribe does not know.
        return self._is_old or (len(stored) == len(wanted) and json.decode(stored) == json.decode(wanted))

    def summarised(self) -> list[str]:
        """The ids of every incident that has a board, whether it can be read, and has events, or not."""
        with spoken(self.path):
            found = self._db.execute("SELECT incident FROM boards ORDER BY incident").fetchall()
        return [row[0] for row in found if isinstance(row[0], str)]

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
        """Events in order of arrival, from the first behind number ``after``, at most ``limit`` of them."""
        return self._events("incident = ? AND id > ? ORDER BY id LIMIT ?", (incident, after, limit))

    def record(self, incident: str) -> Sequence[Event]:
        """Every event, in the order in which to fold them: that of arrival, unless diverged copies were merged."""
        return as_one(self.events(incident))

    def newest(self, incident: str, count: int) -> list[Event]:
        """The last ``count`` events, in order of arrival."""
        return self._events("incident = ? ORDER BY id DESC LIMIT ?", (incident, count))[::-1]

    def restricts(self, incident: str) -> bool:
        """Whether anything in the record is, or was, need-to-know: told without reading it, for a prompt waits."""
        with spoken(self.path):
            found = self._db.execute(
                "SELECT EXISTS (SELECT 1 FROM events WHERE incident = ?"
                """ AND (kind = 'restricted' OR payload LIKE '%"restricted":true%'))""",
                (incident,),
            ).fetchone()
        return bool(found[0])

    def board_events(self, incident: str) -> list[Event]:
        """The events that the board is folded from, in the order in which to fold them."""
        board = self._read_board(incident)
        if board is not None and board.merged:
            return [event for event in self.record(incident) if event.is_board]
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
            found = self._db.execute("SELECT DISTINCT incident FROM events ORDER BY incident").fetchall()
        return [row[0] for row in found if isinstance(row[0], str)]  # in a damaged file there may be anything

    def own(self) -> str:
        """The tag under which this file, on this machine, writes; empty while it has written nothing."""
        with spoken(self.path):
            return self._own_tag(self._here())

    def _here(self) -> tuple[str, str]:
        """This machine and this file, as the table of writers names them."""
        return identity.machine(), identity.file(self.path)

    def _own_tag(self, here: tuple[str, str]) -> str:
        found = self._db.execute(
            "SELECT CAST(tag AS BLOB) FROM writers WHERE machine = ? AND file = ?", here
        ).fetchall()
        tags = (as_stored(tag) for (tag,) in found)  # another tool may have put there what nothing could be named by
        return next((tag for tag in tags if re.fullmatch(WRITER, tag)), "")

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
        """The board of a row; folded anew where an older version folded it, or where it cannot be read any more."""
        if not self._is_old:
            try:
                return decode_board(row[1])
            except (MsgspecError, TypeError):
                pass
        return rebuild(row[0], self.record(row[0]))

    def _lookup(self, board: Board) -> Lookup:
        incident = board.incident
        if board.merged:
            return self._lookup_apart(incident)

        def find(name: str) -> Event | None:
            found = self._events("incident = ? AND ref = ? AND ref <> '' LIMIT 1", (incident, name))
            return found[0] if found else self._by_id(incident, name)

        return find

    def _lookup_apart(self, incident: str) -> Lookup:
        """As `_lookup`, where copies gave out the same references: refuses one that could be either."""
        events: list[Event] = []

        def find(name: str) -> Event | None:
            if not events:
                events.extend(named(self.events(incident)))
            found = answering(events, name)
            if len(found) > 1:
                could = " or ".join(f'{apart(events, one)} "{one_line(one.text)[:30]}"' for one in found)
                raise Refused(f"{name} could be {could}", "type the one that is meant as it stands here")
            return found[0] if found else next((event for event in events if event.id == name), None)

        return find

    def _by_id(self, incident: str, place: str) -> Event | None:
        called = parted(place)
        found = self._events("incident = ? AND writer = ? AND seq = ?", (incident, *called)) if called else []
        return found[0] if found else None
