"""The JSON form of payloads, in which they are stored, hashed and sent."""

from __future__ import annotations

from typing import Any

import msgspec

from scribe.record.events import Absent, AnyPayload, Opaque, Payload

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AnyPayload)
_plain: dict[str, Payload] = {}


def encode_payload(payload: Payload) -> str:
    """The payload as it is stored and hashed."""
    return _encoder.encode(payload).decode()


def decode_payload(stored: str | None) -> Payload:
    """The payload of a stored body; Absent where there is none, Opaque for a kind that this version does not know."""
    if stored is None:
        return Absent()
    found = _plain.get(stored)
    if found is not None:
        return found
    try:
        payload: Payload = _decoder.decode(stored)
    except (msgspec.MsgspecError, RecursionError):  # nested deeper than anything that scribe writes
        return Opaque()
    if len(stored) < 40:  # most entries carry nothing but their kind: share one object among them
        _plain[stored] = payload
    return payload


def canonical(fields: list[Any]) -> bytes:
    """The byte form that digests are taken of: compact JSON, UTF-8, keys in order."""
    return _encoder.encode(fields)
