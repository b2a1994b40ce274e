"""The form of a bundle: one incident's record as lines of JSON, on its way to another copy.

Whoever writes it and whoever reads it share these structs. What stands in them is what the digests were taken of, and
nothing that they do not cover but what is reckoned from it.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from scribe.record.chain import Body, Header, Stored

NAME: Literal["scribe-bundle"] = "scribe-bundle"
VERSION: Literal[1] = 1


class Sign(Struct, frozen=True):
    """What the first line of any bundle says, whatever its version."""

    format: str = ""
    version: int = 0


class First(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line: whose record follows, up to which head, and whose bodies (``writer-seq``) were left out."""

    format: Literal["scribe-bundle"] = NAME
    version: Literal[1] = VERSION
    incident: str
    head: str
    events: int
    withheld: tuple[str, ...] = ()


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """The erasable part of an event; each text exactly as it is stored, the payload too."""

    author: str
    recorder: str
    at_raw: str
    text: str
    payload: str


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event: its header, both digests, and its body with the salt in hex, None once erased or where withheld."""

    writer: str
    seq: int
    format: int
    at: str
    precision: str
    recorded_at: str
    kind: str
    is_board: bool
    ref: str
    seen: str
    prev: str
    body_digest: str
    digest: str
    body: Words | None
    salt: str | None


_HEADER = tuple(name for name in Header.__struct_fields__ if name != "incident")


def row_of(stored: Stored) -> Row:
    """A stored event as its line in a bundle."""
    header = {name: getattr(stored.header, name) for name in _HEADER}
    body, salt = stored.body, stored.salt
    words = Words(body.author, body.recorder, body.at_raw, body.text, body.payload) if body else None
    return Row(
        **header,
        body_digest=stored.body_digest,
        digest=stored.digest,
        body=words,
        salt=salt.hex() if salt is not None else None,
    )


def stored_of(row: Row, incident: str, number: int) -> Stored:
    """A line of a bundle as the event to store. Raises ValueError where the salt is not written in hex."""
    said, body, salt = row.body, None, None
    if said is not None:
        body = Body(said.author, said.recorder, said.at_raw, said.text, said.payload)
    if row.salt is not None:
        if not re.fullmatch("(?:[0-9a-f]{2})+", row.salt):
            raise ValueError("the salt is not written in hex")
        salt = bytes.fromhex(row.salt)
    header = Header(incident, *(getattr(row, name) for name in _HEADER))
    return Stored(number, header, row.body_digest, row.digest, body, salt)
