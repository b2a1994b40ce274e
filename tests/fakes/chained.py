"""Events of a tale as the rows of a journal, with digests that fit."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from msgspec.structs import replace

from scribe.record.chain import Body, Header, Stored, Verdict, digest_body, digest_header, verify
from scribe.record.codec import encode_payload
from scribe.record.events import Event


def chained(events: Iterable[Event]) -> list[Stored]:
    """The rows of one writer's events, in their order."""
    rows: list[Stored] = []
    for event in events:
        header = Header(*(getattr(event, name) for name in Header.__struct_fields__))
        body = Body(event.author, event.recorder, event.at_raw, event.text, encode_payload(event.payload))
        rows.append(signed(Stored(event.number, header, "", "", body, _salt(event.id)), rows[-1:]))
    return rows


def signed(row: Stored, before: list[Stored]) -> Stored:
    """A row behind another one, with the digests of what is in it: what whoever forges a whole record can do."""
    assert row.body is not None
    assert row.salt is not None
    header = replace(row.header, prev=before[-1].digest if before else "")
    words = digest_body(row.body, row.salt)
    return replace(row, header=header, body_digest=words, digest=digest_header(header, words))


def verified(rows: Iterable[Stored]) -> Verdict:
    """What the verification of rows finds; they have to be whole."""
    verdict = verify(rows)
    assert verdict.ok
    return verdict


def _salt(name: str) -> bytes:
    return sha256(name.encode()).digest()[:16]
