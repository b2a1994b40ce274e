"""Which parts of a record a copy of it takes along: every header, and the bodies of what is not need-to-know."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scribe.record.afterwards import Curated
from scribe.record.chain import ACCOUNTS, Stored, accounted, event_of
from scribe.record.events import AFTERWARDS, Correction, Event, Opaque, Restricted, Update
from scribe.record.redact import Sieve
from scribe.record.state import State
from scribe.record.veil import Veil

_CHOICES = frozenset(
    {
        "aspect",
        "audience",
        "category",
        "change",
        "factor_class",
        "field",
        "kind",
        "layer",
        "moment",
        "precision",
        "priority",
        "role",
        "row",
        "section",
        "shape",
        "standing",
        "state",
        "status",
        "strategy",
        "switched",
        "trend",
        "verdict",
    }
)
"""Fields of payloads that hold a word of scribe's own, out of a few."""


class Sendable(Struct, frozen=True):
    """An incident's record as it may be passed on, in order of arrival, and whose bodies (``writer-seq``) it lacks.

    ``withheld`` does not name what was erased: that is gone, and not kept back.
    """

    rows: tuple[Stored, ...]
    withheld: tuple[str, ...]


def sendable(state: State, rows: Iterable[Stored], *, include_restricted: bool = False) -> Sendable:
    """The record as it may be passed on; what is restricted only when it was asked for by name.

    Left out are the bodies of restricted entries, of their corrections, and of whatever ``redact`` shows otherwise
    than it stands, because it repeats or quotes what is restricted. Who erased something and why travels, and so does
    a bare restriction: the receiver has to know that something is need-to-know.
    """
    rows = tuple(rows)
    kept_back = frozenset() if include_restricted else _kept_back(state, rows)
    gone, _ = accounted(rows)
    passed = tuple(replace(row, body=None, salt=None) if row.id in kept_back else row for row in rows)
    return Sendable(passed, tuple(row.id for row in passed if row.body is None and row.id not in gone))


def _kept_back(state: State, rows: Iterable[Stored]) -> frozenset[str]:
    restricted = [entry for entry in state.entries if entry.restricted]
    if not restricted:
        return frozenset()
    veil = Veil(restricted, state.entries)
    sieve = Sieve(restricted, state.board, veil)
    gone = {entry.id for entry in restricted}
    told = [(event_of(row), row.body.payload) for row in rows if row.body is not None]
    prose = {event.id for event, _ in told if isinstance(event.payload, Update) or event.kind in AFTERWARDS}
    return frozenset(
        event.id
        for event, payload in told
        if event.kind not in ACCOUNTS
        and (
            event.id in gone
            or _corrects(event, gone)
            or sieve.holds_back(event)
            or _repeats(event, payload, veil, gone, prose)
        )
    )


def _corrects(event: Event, gone: Container[str]) -> bool:
    payload = event.payload
    if isinstance(payload, Restricted) and not event.text:
        return False
    return isinstance(payload, Correction | Curated) and payload.target in gone


def _repeats(event: Event, payload: str, veil: Veil, gone: Container[str], prose: Container[str]) -> bool:
    """Whether any text of an event, in whatever field of whatever version, has words in it that are restricted."""
    try:
        fields = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return True
    if not isinstance(fields, dict):
        return True
    if isinstance(event.payload, Opaque) and (fields.get("restricted") or fields.get("target") in gone):
        return True
    is_prose = event.id in prose or fields.get("target") in prose
    hide = veil.sentences if is_prose else veil.text
    return any(hide(said) != said for said in (event.text, *_strings(fields)))


def _strings(said: object) -> Iterator[str]:
    """Every text in a payload that people may have typed, however deep."""
    match said:
        case str():
            yield said
        case dict():
            for name, value in said.items():
                if name not in _CHOICES:
                    yield from _strings(value)
        case list():
            for value in said:
                yield from _strings(value)
        case _:
            pass
