"""Rows of the events table, and what they are: stored bytes to verify, events to fold, references to give out."""

from __future__ import annotations

from typing import Any

from scribe.record.afterwards import FactorSaid, ItemSaid
from scribe.record.chain import Body, Header, Stored
from scribe.record.events import NO_ENTRY, Action, Decision, Event, Hypothesis, Payload, Timebox, decode_payload
from scribe.record.state import Board

COLUMNS = (
    "id, incident, writer, seq, format, at, precision, recorded_at, kind, is_board, ref, seen, prev, body_digest, "
    "digest, author, recorder, at_raw, text, payload, salt"
)

INSERT = f"INSERT INTO events ({COLUMNS}) VALUES (NULL{', ?' * 20})"
"""Puts one row, its number left to SQLite, of what `row_of` gives."""


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

    None for a correction. What is imported keeps the one it had, so far as none was given out that comes later.
    """
    match payload:
        case Hypothesis(target=""):
            prefix = "H"
        case Decision():
            prefix = "D"
        case Action(target=""):
            prefix = "A"
        case Timebox(target=""):
            prefix = "B"
        case FactorSaid(target=""):
            prefix = "F"
        case ItemSaid(target=""):
            prefix = "T"
        case _ if kind in NO_ENTRY:
            return ""
        case _:
            prefix = "#"
    number = board.refs.get(prefix, 0) + 1
    had = payload.origin.ref if payload.origin else ""
    if had[:1] == prefix and had[1:].isdecimal():
        number = max(number, int(had[1:]))
    return f"{prefix}{number}"


def values(part: Header | Body) -> tuple[Any, ...]:
    """The fields, in the order of the columns."""
    return tuple(getattr(part, name) for name in part.__struct_fields__)


def row_of(row: Stored) -> tuple[Any, ...]:
    """A row's columns as they were, but for its number: that is each file's own."""
    body = values(row.body) if row.body is not None else (None,) * 5
    return (*values(row.header), row.body_digest, row.digest, *body, row.salt)
