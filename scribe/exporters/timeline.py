"""The entries of a timeline as data for other programs: JSON as the command line's contract has it, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import tzinfo
from functools import lru_cache
from typing import Any

import msgspec

from scribe.record.cells import cell
from scribe.record.erasure import words
from scribe.record.events import Payload
from scribe.record.state import Entry
from scribe.record.text import json_text
from scribe.record.when import local

_COMMON = frozenset({"tags", "sources", "mentions", "restricted", "origin"})
_COLUMNS = [
    "ref",
    "at",
    "precision",
    "recorded_at",
    "kind",
    "status",
    "text",
    "by",
    "recorded_by",
    "late",
    "reconstructed",
    "imported",
    "retracted",
    "tags",
    "sources",
    "id",
    "restricted",
]


def entry_shape(entry: Entry, incident: str) -> dict[str, Any]:
    """One entry with the contract's fields, in the contract's order.

    ``data`` holds the fields of its kind, as amended; the status of a hypothesis, an action or a time-box in it is the
    one that holds now.
    """
    gone = entry.retracted
    return {
        "id": entry.id,
        "ref": entry.ref,
        "incident": incident,
        "at": None if entry.precision == "unknown" else entry.at,
        "precision": entry.precision,
        "at_raw": entry.at_raw or None,
        "recorded_at": entry.recorded_at,
        "late": entry.late,
        "reconstructed": entry.reconstructed,
        "imported": entry.imported,
        "kind": entry.kind,
        "text": entry.text,
        "by": entry.by,
        "recorded_by": entry.recorded_by,
        "tags": list(entry.tags),
        "sources": list(entry.sources),
        "restricted": entry.restricted,
        "revisions": [
            {"text": old.text, "at": old.at, "by": old.by, "recorded_at": old.recorded_at, "why": old.why}
            for old in entry.revisions
        ],
        "retracted": {"why": gone.why, "by": gone.by, "at": gone.at} if gone else None,
        "data": _data(entry),
    }


def encoded(shape: dict[str, Any]) -> str:
    """One entry's shape as one line of JSON."""
    return json_text(msgspec.json.encode(shape).decode())


def to_json(entries: Iterable[Entry], incident: str) -> str:
    """A JSON array with one entry a line, so that line tools and diffs can read it too."""
    lines = ",\n".join(encoded(entry_shape(entry, incident)) for entry in entries)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def to_csv(entries: Iterable[Entry], zone: tzinfo, head: str = "") -> str:
    """RFC 4180 with a header row. Times carry their offset; no cell can be taken for a formula.

    A table has no place beside its rows, so each of them says which ``head`` the record had.
    """
    stood = (head,) if head else ()
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([*_COLUMNS, *("head" for _ in stood)])
    for entry in entries:
        writer.writerow([cell(value) for value in (*_row(entry, zone), *stood)])
    return table.getvalue()


def _row(entry: Entry, zone: tzinfo) -> tuple[str, ...]:
    return (
        entry.ref,
        "" if entry.precision == "unknown" else _time(entry.at, zone),
        entry.precision,
        _time(entry.recorded_at, zone),
        entry.kind,
        "erased" if entry.erased else entry.status,
        words(entry),
        entry.by,
        entry.recorded_by,
        _yes(entry.late),
        _yes(entry.reconstructed),
        _yes(entry.imported),
        entry.retracted.why if entry.retracted else "",
        " ".join(entry.tags),
        " ".join(entry.sources),
        entry.id,
        _yes(entry.restricted),
    )


def _data(entry: Entry) -> dict[str, Any]:
    payload = entry.payload
    data = {name: msgspec.to_builtins(getattr(payload, name)) for name in _own_fields(type(payload))}
    if payload.mentions:
        data["mentions"] = list(payload.mentions)
    if entry.status:
        data["status"] = entry.status
    if entry.ended_at:
        data["ended_at"] = entry.ended_at
    if entry.erased:
        data["erased"] = {"why": entry.erased.why, "by": entry.erased.by, "at": entry.erased.at}
    return data


@lru_cache(maxsize=64)
def _own_fields(kind: type[Payload]) -> tuple[str, ...]:
    """The fields of a kind that not every kind has."""
    return tuple(name for name in kind.__struct_fields__ if name not in _COMMON)


def _time(at: str, zone: tzinfo) -> str:
    return local(at, zone).isoformat(timespec="seconds")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
