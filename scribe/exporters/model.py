"""The whole incident as JSON: everything that an import needs to bring it back, by a published schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from scribe.after.postmortem import Counts, Moment, Postmortem, RoleRow
from scribe.exporters.timeline import entry_shape
from scribe.record import exchange
from scribe.record.events import Opaque, parted
from scribe.record.redact import Redacted
from scribe.record.sections import SECTIONS
from scribe.record.state import Entry
from scribe.record.text import json_text

T = TypeVar("T")

POINTERS = ("target", "acknowledges")
"""Fields of an entry's data that name another entry."""

_NONE = "[]\n}"
_ORDER = {section.key: place for place, section in enumerate(SECTIONS)}
_TITLES = {section.key: section.title for section in SECTIONS}


def to_json(state: Redacted, document: Postmortem) -> str:
    """The incident by the schema of ``docs/postmortem.schema.json``, with one entry a line.

    Entries that were retracted, or hidden from documents, are in it and say so; restricted ones are withheld unless
    ``state`` holds them. What was snoozed is not in it: that speaks of the screen and not of the incident.
    """
    whole = msgspec.json.format(msgspec.json.encode(_whole(state, document)), indent=2).decode()
    # The entries stand last, one a line: line tools and diffs can read them, and laying out thousands takes time.
    lines = b",\n    ".join(map(msgspec.json.encode, _entries(state))).decode()
    return json_text(f"{whole.removesuffix(_NONE)}[\n    {lines}\n  ]\n}}\n" if lines else f"{whole}\n")


def schema() -> str:
    """The JSON Schema (draft 2020-12) of what ``to_json`` writes."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": exchange.SCHEMA,
        **msgspec.json.schema(exchange.Whole),
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"


def _whole(state: Redacted, document: Postmortem) -> exchange.Whole:
    """Everything but the entries."""
    return exchange.Whole(
        schema=exchange.SCHEMA,
        format=exchange.FORMAT,
        draft=document.is_draft,
        incident=exchange.Incident(
            id=document.id,
            title=document.title,
            severity=document.severity,
            state=document.state,
            security=document.security,
            solo=state.board.solo,
            postmortem_only=document.postmortem_only,
            near_miss=document.near_miss,
        ),
        head=document.head,
        moments={moment.name: _moment(moment) for moment in document.moments},
        measures=_alike(document.measures, list[exchange.Measure]),
        targets=_alike(document.targets, list[exchange.Target]),
        deadlines=_alike(document.deadlines, list[exchange.Deadline]),
        roles=[_role(row, document.own_roles) for row in document.roles],
        counts=_counts(document.counts),
        withheld=document.counts.withheld,
        sections=_sections(state),
        factors=_alike(state.board.factors, list[exchange.Factor]),
        actions=_alike(state.board.items, list[exchange.Action]),
        waivers=_alike(state.waivers, list[exchange.Waiver]),
        findings=_alike(document.findings, list[exchange.Finding]),
        entries=[],
    )


def _alike(found: object, form: type[T]) -> T:
    """Structs of the model as those that are published, field by field."""
    return msgspec.convert(found, form, from_attributes=True)


def _entries(state: Redacted) -> Iterator[dict[str, Any]]:
    """Each as it is asked for: ten thousand of them at once would cost the collector more than their making."""
    refs = {(entry.writer, entry.seq): entry.ref for entry in state.entries}
    turns = {number: turn for turn, number in enumerate(sorted(entry.number for entry in state.entries), 1)}
    for entry in state.entries:
        yield _entry(entry, turns[entry.number], refs, state.board.incident)


def _entry(entry: Entry, turn: int, refs: Mapping[tuple[str, int], str], incident: str) -> dict[str, Any]:
    """The fields of ``exchange.Entry``: the command line's own shape, and what an import needs beside it."""
    shape = entry_shape(entry, incident)
    data = shape["data"]
    for field in POINTERS:
        if data.get(field):
            place = parted(data[field])
            data[field] = refs.get(place) if place else None
    origin = entry.payload.origin
    shape["data"] = None if isinstance(entry.payload, Opaque) else data
    shape["placed_at"] = entry.at
    shape["order"] = turn
    shape["starred"] = entry.starred
    shape["hidden"] = entry.hidden
    shape["origin"] = origin.source if origin else None
    return shape


def _moment(moment: Moment) -> exchange.Moment | None:
    if moment.mark is None:
        return None
    ref = moment.entry.ref if moment.entry else None
    return exchange.Moment(at=moment.mark.at, precision=moment.mark.precision, ref=ref)


def _role(row: RoleRow, own: Mapping[str, str]) -> exchange.Role:
    return exchange.Role(
        role=row.role,
        title=own.get(row.role, ""),
        not_needed=row.not_needed,
        holders=_alike(row.tenures, tuple[exchange.Holder, ...]),
    )


def _counts(counts: Counts) -> exchange.Counts:
    whole = {name: getattr(counts, name) for name in exchange.Counts.__struct_fields__}
    listed = {name: len(found) for name, found in whole.items() if isinstance(found, tuple)}
    return exchange.Counts(**{**whole, **listed})


def _sections(state: Redacted) -> list[exchange.Section]:
    """Every section that was ever written, in the order of documents; one that was emptied since has no text."""
    keys = sorted(state.sections, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
    return [
        exchange.Section(
            section=key,
            title=_TITLES.get(key, key),
            text=words.text,
            by=words.by,
            at=words.at,
            first_at=words.first_at,
        )
        for key, words in ((key, state.sections[key]) for key in keys)
    ]
