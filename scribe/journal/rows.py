"""Rows of the events table, and what they are: stored bytes to verify, events to fold, references to give out."""

from __future__ import annotations

from typing import Any

from scribe.record.chain import Body, Header, Stored
from scribe.record.codec import decode_payload
from scribe.record.events import Event, Payload
from scribe.record.references import MOST, prefix_of
from scribe.record.state import Board

BODY = (*Body.__struct_fields__, "salt")
"""The columns that can be erased, and come later where they were withheld."""

COLUMNS = ", ".join(("id", *Header.__struct_fields__, "body_digest", "digest", *BODY))

INSERT = f"INSERT INTO events ({COLUMNS}) VALUES (NULL{', ?' * COLUMNS.count(',')})"
"""Puts one row, its number left to SQLite, of what `row_of` gives."""

_THE_ONE = "WHERE incident = ? AND writer = ? AND seq = ?"

NULL = f"UPDATE events SET {', '.join(f'{column} = NULL' for column in BODY)} {_THE_ONE}"
"""Destroys one body."""

FILL = f"UPDATE events SET ({', '.join(BODY)}) = ({', '.join('?' * len(BODY))}) {_THE_ONE}"
"""Puts the body of one row that was withheld."""

NEWEST = f"SELECT {COLUMNS} FROM events WHERE id = (SELECT max(id) FROM events)"
"""Reads the row that stands behind all others."""


def as_stored(text: bytes) -> str:
    """Text that need not be UTF-8 any more."""
    return text.decode("utf-8", "surrogateescape")


def stored_from(row: tuple[Any, ...]) -> Stored:
    """A row as it is on the disk, whatever another tool may have put there."""
    # A value of another type, which only another tool can have put there, becomes one that no digest was taken of.
    fields: list[Any] = [value if isinstance(value, str | int) else repr(value) for value in row[1:15]]
    fields[2] = fields[2] if isinstance(fields[2], int) else -1
    fields[8] = bool(fields[8]) if fields[8] in (0, 1) else repr(fields[8])
    body = None if all(value is None for value in row[15:20]) else Body(*row[15:20])
    salt = row[20] if isinstance(row[20], bytes | None) else b""
    return Stored(*(row[0], Header(*fields[:12]), *fields[12:], body, salt))


def event_from(row: tuple[Any, ...]) -> Event:
    """A row as an event to fold."""
    words = (found or "" for found in row[15:19])  # an erased body has none
    return Event(*(*row[:9], bool(row[9]), *row[10:15], *words, decode_payload(row[19])))


def next_ref(payload: Payload, kind: str, board: Board) -> str:
    """The reference that an event is given: H1, D1, A1, B1 (a time-box), F1 (a factor), T1 (an action item) or #1.

    Empty for what is no entry, like a correction. What is imported keeps the one it had, so far as none was given out
    that comes later.
    """
    prefix = prefix_of(payload, kind)
    if not prefix:
        return ""
    number = board.refs.get(prefix, 0) + 1
    had = payload.origin.ref if payload.origin else ""
    if had[:1] == prefix and had[1:].isdecimal() and len(had) <= len(f"{prefix}{MOST}"):
        number = max(number, int(had[1:]))
    return f"{prefix}{number}"


def values(part: Header | Body) -> tuple[Any, ...]:
    """The fields, in the order of the columns."""
    return tuple(getattr(part, name) for name in part.__struct_fields__)


def row_of(row: Stored) -> tuple[Any, ...]:
    """A row's columns as they were, but for its number: that is each file's own."""
    body = values(row.body) if row.body is not None else (None,) * 5
    return (*values(row.header), row.body_digest, row.digest, *body, row.salt)
