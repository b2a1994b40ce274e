"""Bodies destroyed for ever: nulled in one transaction with the event that says so, then wiped from the file.

The chain goes on to verify, because a header and the digest of its body stay. What is deleted in SQLite may live on in
free space and in the write-ahead log: secure_delete overwrites the first, a truncating checkpoint empties the second,
and then the file is searched for what is gone. A reader may hold the log back: the erasure stands, and is finished by
whoever lets go of the file last, by a screen that is open, or by the same command.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scribe.journal.faults import spoken
from scribe.journal.place import beside
from scribe.journal.rows import NULL
from scribe.journal.store import Journal
from scribe.record.errors import JournalError, Refused
from scribe.record.events import Draft, Erased, Event
from scribe.record.quoting import Going, going, repeats, texts
from scribe.record.repeated import Repeated
from scribe.record.text import normalise

_PATIENCE: Final = 1.0
"""Seconds at most that others are kept from writing while readers are waited for."""

_WINDOW: Final = 8
"""Bytes in a row that are searched for in the files."""

_SHORTEST: Final = 4
"""Bytes of a shorter word that is searched for as a whole: fewer stand anywhere by chance."""

_BRIEF: Final = 4096
"""Bytes of a text of which every word is searched for by itself, too."""

_INDEXED: Final = (
    "SELECT incident, writer, seq, id FROM events",
    "SELECT incident, ref, id FROM events",
    "SELECT active_at, incident FROM boards",
)
"""What the indexes hold beside the tables."""


_OWN: Final = frozenset({"events", "boards", "drafts", "writers"})
"""The tables that scribe made; what SQLite made for itself begins with its name."""

_AT_ONCE: Final = 1000
"""Rows that are held in memory."""


class Destroyed(Struct, frozen=True):
    """What was erased.

    ``recorded`` are the events that say so, and what stands anew; ``unsent`` counts texts that were being typed.
    ``pending`` says why the words may still be in the file; empty when they are gone. ``strange`` are tables of the
    file that are not scribe's, and hold them too.
    """

    incident: str
    going: Going
    recorded: tuple[Event, ...]
    unsent: int
    head: str
    pending: str
    strange: tuple[str, ...] = ()


class Fragments:
    """Pieces of texts as they may lie in a file: every eight bytes in a row, of shorter words the whole."""

    def __init__(self, said: Iterable[str]) -> None:
        self._windows: set[int] = set()
        self._words: set[bytes] = set()
        for text in said:
            # In a summary or an unsent worksheet they stand as JSON.
            for form in {text.encode(), msgspec.json.encode(text)[1:-1]}:
                for view in _views(form):
                    self._windows.update(view)
                words = form.split() if len(form) <= _BRIEF else []
                self._words |= {word for word in (form, *words) if _SHORTEST <= len(word) < _WINDOW}

    def found(self, data: bytes) -> set[int | bytes]:
        """Those that stand in these bytes."""
        here: set[int | bytes] = {word for word in self._words if word in data}
        for view in _views(data):
            here |= self._windows.intersection(view)
        return here


def plan(journal: Journal, incident: str, names: Sequence[str]) -> Going:
    """What would go, for a person to say yes to. Raises Refused."""
    return _looked(journal, incident, names)[0]


def erase(
    journal: Journal, incident: str, names: Sequence[str], why: str, *, recorder: str, recorded_at: str
) -> Destroyed:
    """Destroy the words of the entries called ``names``, with what quotes them; when it returns that is durable.

    What was erased before is only wiped once more. Raises Refused, Busy, Full, ReadOnly; nothing was changed then.
    """
    why = normalise(why).strip()
    if not why:
        raise Refused("why it is erased is missing", "--why says it, without the words that are to go")
    fragments: Fragments | None = None
    recorded: list[Event] = []
    unsent = 0
    found, last = _looked(journal, incident, names)  # nobody has to wait while a long record is read
    with journal.transaction():
        if last != _last(journal, incident):
            found, _ = _looked(journal, incident, names)
        if found.words.are_in(why):
            raise Refused("the reason repeats the words that are to go", "say why without them: it stays for ever")
        if found.gone:
            fragments = Fragments(text for event in found.gone for text in texts(event))
            for event in found.gone:
                journal.connection.execute(NULL, (incident, event.writer, event.seq))
            drafts = (*_accounts(found, why, recorded_at), *found.anew)
            recorded = journal.notes(incident, drafts, recorder, recorded_at)
            unsent = drop_unsent(journal, found.words)
        board = journal.board(incident)
    assert board is not None
    pending = wipe(journal, fragments)
    strange = _strange(journal, fragments) if fragments is not None else ()
    return Destroyed(incident, found, tuple(recorded), unsent, board.head, pending, strange)


def wipe(journal: Journal, fragments: Fragments | None = None) -> str:
    """Have nothing left in the file of what was deleted; returns why it may not be so yet, or nothing.

    Without ``fragments`` nobody knows any more what to look for, and the whole file is written anew.
    """
    try:
        with spoken(journal.path):
            if fragments is not None and _emptied(journal) and not _left(journal, fragments):
                return ""
            # In the log of a file that somebody reads, too: then nothing but the checkpoint is left to be done.
            _rewrite(journal)
            if not _emptied(journal):
                return "another process is reading the journal"
            left = _left(journal, fragments) if fragments is not None else 0
    except JournalError as error:
        return error.message
    return f"{left} pieces of it still stand in {journal.path}" if left else ""


def emptied(journal: Journal) -> bool:
    """Try to empty the write-ahead log; whether nothing is left in it. Raises what SQLite says."""
    with spoken(journal.path):
        return _emptied(journal)


def _looked(journal: Journal, incident: str, names: Sequence[str]) -> tuple[Going, int]:
    """What goes, and the number of the last event that this was found with."""
    last = _last(journal, incident)
    found = going(journal.record(incident), names)
    others = _elsewhere(journal, incident, found.words) if found.gone else ()
    return replace(found, repeating=(*found.repeating, *others)), last


def _elsewhere(journal: Journal, incident: str, words: Repeated) -> Iterator[str]:
    """Entries of other incidents that say the same: nobody asked for these, and they stay."""
    for board in journal.boards():
        if board.incident != incident:
            events = journal.record(board.incident)
            yield from (f"{board.incident} {event.ref or event.id}" for event in events if repeats(event, words))


def _last(journal: Journal, incident: str) -> int:
    return max((event.number for event in journal.newest(incident, 1)), default=0)


def _accounts(found: Going, why: str, at: str) -> Iterator[Draft]:
    """One event for each that was asked for; the first names what goes along."""
    also = tuple(dict.fromkeys(event.id for event in found.also))
    for place in (*(event.id for event in found.targets), *found.again):
        yield Draft(Erased(target=place, also=also, restricted=found.restricted), why, at)
        also = ()


def drop_unsent(journal: Journal, words: Repeated) -> int:
    """Texts that are being typed somewhere, or were left unsent, and hold the words; how many."""
    # Byte for byte: what another tool put there need be no text.
    columns = ("incident", "box", "process", "text")
    stored = ", ".join(f"CAST({column} AS BLOB)" for column in columns)
    rows = journal.connection.execute(f"SELECT {stored} FROM drafts").fetchall()
    held = [row[:3] for row in rows if words.unsent(row[3].decode(errors="replace"))]
    is_it = " AND ".join(f"CAST({column} AS BLOB) = ?" for column in columns[:3])
    journal.connection.executemany(f"DELETE FROM drafts WHERE {is_it}", held)
    return len(held)


def _emptied(journal: Journal) -> bool:
    """Move the log into the file and cut it to nothing, while nobody writes; False while a reader needs it."""
    with _waiting(journal):
        if journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            return False
    with suppress(FileNotFoundError):  # SQLite does not sync what it cut off: without power it could come back
        handle = os.open(beside(journal.path, "-wal"), os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return True


def _rewrite(journal: Journal) -> None:
    """Write the whole file anew, from what lives in it alone. Raises Busy, Full."""
    journal.connection.execute("PRAGMA temp_store = MEMORY")  # no other file on the disk holds any of it meanwhile
    with _waiting(journal):
        journal.connection.execute("VACUUM")


@contextmanager
def _waiting(journal: Journal) -> Iterator[None]:
    """Have SQLite itself wait for others, as long as the journal's opener does, and a second at most."""
    before = journal.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    journal.connection.execute(f"PRAGMA busy_timeout = {int(1000 * min(_PATIENCE, journal.wait))}")
    try:
        yield
    finally:
        journal.connection.execute(f"PRAGMA busy_timeout = {before}")


def _left(journal: Journal, fragments: Fragments) -> int:
    """How many pieces stand in the files that nothing living holds."""
    # The file itself is read through SQLite: whoever closes a file of his own loses SQLite's locks on it.
    found = fragments.found(journal.connection.serialize())
    for end in ("-wal", "-journal"):
        file = beside(journal.path, end)
        if file.exists():
            found |= fragments.found(file.read_bytes())
    queries = (*_INDEXED, *(f"SELECT * FROM {_quoted(name)}" for name in ("sqlite_master", *_tables(journal))))
    for living in _living(journal, queries) if found else ():
        found -= fragments.found(living)
    return len(found)


def _strange(journal: Journal, fragments: Fragments) -> tuple[str, ...]:
    """The tables that somebody else made in the file, and that hold what no table of scribe's does."""
    with spoken(journal.path):
        names = _tables(journal)
        own = [name for name in names if name in _OWN or name.startswith("sqlite_")]
        others = [name for name in names if name not in own]
        found = {name: _held(journal, fragments, [name]) for name in others}
        known = _held(journal, fragments, own) if any(found.values()) else set()
    return tuple(name for name in others if found[name] - known)


def _held(journal: Journal, fragments: Fragments, tables: Iterable[str]) -> set[int | bytes]:
    queries = [f"SELECT * FROM {_quoted(name)}" for name in tables]
    return set().union(*(fragments.found(living) for living in _living(journal, queries)))


def _tables(journal: Journal) -> list[str]:
    return [row[0] for row in journal.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _living(journal: Journal, queries: Iterable[str]) -> Iterator[bytes]:
    """What every row holds, column beside column as in the file: a piece may be found where two of them meet."""
    db = journal.connection
    db.text_factory = bytes
    try:
        for query in queries:
            with suppress(sqlite3.OperationalError):  # a table of a module that is not here: what it holds are others
                cursor = db.execute(query)
                while rows := cursor.fetchmany(_AT_ONCE):
                    yield b"\0".join(b"".join(map(_cell, row)) for row in rows)
    finally:
        db.text_factory = str


def _cell(value: bytes | int | float | None) -> bytes:
    """A value as it is stored: 0 and 1 take no room, other numbers as few bytes as they need."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, float):
        return struct.pack(">d", value)
    if value in (None, 0, 1):
        return b""
    assert isinstance(value, int)
    size = next(size for size in (1, 2, 3, 4, 6, 8) if -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1)
    return value.to_bytes(size, "big", signed=True)


def _views(data: bytes) -> Iterator[memoryview]:
    """The bytes as numbers of eight, from each of the eight places where one can begin."""
    for start in range(_WINDOW):
        view = memoryview(data)[start:]
        yield view[: len(view) // _WINDOW * _WINDOW].cast("Q")
