"""What a file gave: drafts to record, and what was not taken, with its place and the reason."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
from msgspec import Struct

from scribe.record.codec import encode_payload
from scribe.record.errors import ScribeError
from scribe.record.events import AnyPayload, Draft, Payload
from scribe.record.text import MAX_BYTES, normalise

UNKNOWN = "unknown"
"""Who did something, where the source does not say: certainly not whoever imports it."""


_SIGNS = 5
"""Bytes of the sign ‹0085› for each byte of the character."""

_PAYLOADS: dict[str, type[Payload]] = {kind.__struct_config__.tag: kind for kind in get_args(AnyPayload)}


class Told(Struct, frozen=True, gc=False):
    """Something to say of a place in the file: its line (0 where lines tell nothing), and what."""

    line: int
    words: str


class Batch(Struct, frozen=True):
    """Drafts that wait to be recorded, in the order in which they have to be.

    ``lines`` says in which line of the file each stands, where lines tell something. ``skipped`` was not taken, each
    with its reason; ``remarks`` say how something that was taken is understood.
    """

    drafts: tuple[Draft, ...]
    lines: tuple[int, ...] = ()
    skipped: tuple[Told, ...] = ()
    remarks: tuple[Told, ...] = ()


class Untakable(ValueError):
    """What cannot be taken from its place; the message is the reason."""


def text_of(data: bytes) -> str:
    """The file as text, without a byte order mark. Raises ScribeError for what is no UTF-8 text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScribeError("the file is UTF-16", "save it as UTF-8")
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScribeError(f"line {line} is not UTF-8 text", "save the file as UTF-8") from None
    if "\0" in text:
        raise ScribeError(f"line {text.count(chr(10), 0, text.index(chr(0))) + 1} holds a NUL: this is no text file")
    if not text.strip():
        raise ScribeError("the file is empty")
    return text


def checked(draft: Draft, *, shown: bool = False) -> Draft:
    """The draft as the record can keep it. Raises Untakable: its words are too long, or cannot be written down.

    Words that were ``shown``, with a sign for each character that shows nothing, may be longer than they once were.
    """
    most = MAX_BYTES * (_SIGNS if shown else 1)
    if len(draft.text) * 4 > most and len(normalise(draft.text).encode()) > most:
        raise Untakable("an entry holds at most 64 KiB")
    try:
        encode_payload(draft.payload)
    except (ValueError, OverflowError) as error:
        raise Untakable(f"it holds what cannot be stored: {error}") from None
    return draft


def made(kind: str, fields: dict[str, Any]) -> Payload:
    """The payload of an entry of that kind. Raises msgspec.ValidationError for what such an entry cannot hold."""
    # By its own class: to tell which of thirty it is takes many times as long.
    return msgspec.convert({**fields, "kind": kind}, _PAYLOADS[kind])


def bare(name: str) -> str:
    """A person's name as it is stored: on one line, without the @ that it is typed with."""
    return re.sub(r"\s+", " ", name).strip().removeprefix("@").strip()
