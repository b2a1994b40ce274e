"""Rows of a table as drafts: placed in time, in an order in which each finds what it points at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from scribe.importers.batch import UNKNOWN, Batch, Told, Untakable, bare, checked
from scribe.importers.kinds import payload
from scribe.live.typed import marks
from scribe.record.events import Action, Decision, Draft, Hypothesis, Note, Payload, Retracted
from scribe.record.fold import OPENED
from scribe.record.payloads import Origin
from scribe.record.when import When

COLUMNS = {
    "time": ("time", "at", "when", "timestamp", "datetime", "date/time", "date & time", "occurred at"),
    "day": ("date", "day"),
    "text": ("text", "event", "what", "what happened", "message", "description", "summary", "details", "entry"),
    "kind": ("kind", "type"),
    "who": ("who", "by", "author", "user", "person", "actor"),
    "status": ("status",),
    "ref": ("ref",),
    "sources": ("sources", "source", "links", "link", "url"),
}
"""The columns that are understood, and what other tables call them."""

_PREFIXES: dict[type[Payload], str] = {Hypothesis: "H", Decision: "D", Action: "A"}
_REFERENCE = r"[#HDAB][0-9]{1,7}"


class Row(Struct, frozen=True):
    """One row as it was read; ``when`` is None where the time is unknown, ``raw`` the words that it was written in.

    ``ours`` marks a row that scribe wrote; such a table has a reference in every row. ``turn`` sorts rows by when they
    were written, before their references do; empty where the table does not tell. ``retracted`` is the reason for
    which the entry was taken back, None where it stands.
    """

    line: int
    when: When | None
    raw: str
    kind: str
    text: str
    who: str = ""
    status: str = ""
    ref: str = ""
    ours: bool = False
    turn: str = ""
    recorded_at: str = ""
    recorder: str = ""
    late: bool = False
    reconstructed: bool = False
    restricted: bool = False
    retracted: str | None = None
    tags: tuple[str, ...] | None = None
    sources: tuple[str, ...] = ()


class _Placed(Struct, frozen=True):
    row: Row
    draft: Draft


def columns(names: Sequence[str]) -> dict[str, int]:
    """The place of each column that a table has, by its names without case; a date alone is the time."""
    places = {name.replace("_", " "): place for place, name in reversed(list(enumerate(names)))}
    found = {column: places[name] for column, known in COLUMNS.items() for name in reversed(known) if name in places}
    if "time" not in found and "day" in found:
        found["time"] = found.pop("day")
    return found


def drafts(rows: Sequence[Row], source: str, *, now: str, told: Sequence[Told], remarks: Sequence[Told]) -> Batch:
    """The drafts of a table's rows. ``told`` and ``remarks`` are what was said of its cells before."""
    skipped, remarks = list(told), list(remarks)
    placed: list[_Placed] = []
    closed = _closed(rows)
    for row, at in zip(rows, _places(rows, now), strict=True):
        try:
            found, remark = payload(row.kind, row.status, row.text, ours=row.ours)
            placed.append(
                _Placed(row, checked(_draft(row, at, _open_again(found, row, closed), source), shown=row.ours))
            )
        except Untakable as error:
            skipped.append(Told(row.line, str(error)))
        else:
            if remark:
                remarks.append(Told(row.line, remark))
    ordered = list(_pointed_at_first(placed, remarks))
    given = [(draft, one.row.line) for one in ordered for draft in _with_retraction(one, source)]
    return Batch(
        tuple(draft for draft, _ in given),
        tuple(line for _, line in given),
        tuple(sorted(skipped, key=_line)),
        tuple(sorted(remarks, key=_line)),
    )


def _line(told: Told) -> int:
    return told.line


def _places(rows: Sequence[Row], now: str) -> Iterator[str]:
    """When each happened; what has no time keeps its place behind its neighbour."""
    at = next((row.when.at for row in rows if row.when), now)
    for row in rows:
        at = row.when.at if row.when else at
        yield at


def _draft(row: Row, at: str, found: Payload, source: str) -> Draft:
    ref = row.ref if re.fullmatch(_REFERENCE, row.ref) else ""
    tags, links, mentions = marks(row.text)
    said = replace(
        found,
        tags=tags if row.tags is None else row.tags,
        sources=tuple(dict.fromkeys((*row.sources, *links))),
        mentions=mentions,
        restricted=row.restricted,
        origin=Origin(source, row.recorded_at, bare(row.recorder), ref, row.late, row.reconstructed),
    )
    who = bare(row.who) or UNKNOWN
    return Draft(said, row.text, at, row.when.precision if row.when else "unknown", row.raw, who)


def _closed(rows: Sequence[Row]) -> set[str]:
    """What another row of scribe's own says the end of."""
    found = set()
    for row in rows:
        if row.ours and row.retracted is None:
            ended = re.match(r"([HA][0-9]{1,7}) (?:confirmed|ruled out|done|failed)(?::|$)", row.text)
            if ended:
                found.add(ended[1])
    return found


def _open_again(found: Payload, row: Row, closed: set[str]) -> Payload:
    """An entry as it was before another row closed it: that row says so itself."""
    if isinstance(found, Hypothesis) and not found.target and row.ref in closed:
        return replace(found, status=OPENED["hypothesis"])
    if isinstance(found, Action) and not found.target and row.ref in closed:
        return replace(found, status=OPENED["action"])
    return found


def _pointed_at_first(placed: list[_Placed], remarks: list[Told]) -> Iterator[_Placed]:
    """The rows in the order of writing, so far as they tell it, and whatever one points at before it."""
    # Sorting is stable: rows of foreign tables keep the order of the file. What is of another kind here than it was
    # there needs another reference, and takes none that a later row has.
    turns = sorted(placed, key=lambda one: (_is_renamed(one), one.row.turn, _number(one.row.ref)))
    names = {one.row.ref for one in placed if one.row.ref}
    known: set[str] = set()
    waiting: dict[str, list[_Placed]] = {}
    for one in turns:
        target = getattr(one.draft.payload, "target", "")
        if target and target not in names:
            remarks.append(Told(one.row.line, f"taken as a note: {target} is not in the table"))
            note = Note(origin=one.draft.payload.origin, tags=one.draft.payload.tags)
            one = replace(one, draft=replace(one.draft, payload=note))
        elif target and target not in known:
            waiting.setdefault(target, []).append(one)
            continue
        yield one
        known.add(one.row.ref)
        yield from waiting.pop(one.row.ref, ())


def _is_renamed(one: _Placed) -> bool:
    """Whether its reference is not to be had: another kind's, or that of a declaration, which is there already."""
    if one.row.ours and one.row.kind.strip() == "declared":
        return True
    kind = type(one.draft.payload)
    prefix = "#" if getattr(one.draft.payload, "target", "") else _PREFIXES.get(kind, "#")
    return bool(one.row.ref) and one.row.ref[0] != prefix


def _number(ref: str) -> int:
    return int(ref[1:]) if re.fullmatch(_REFERENCE, ref) else 0


def _with_retraction(one: _Placed, source: str) -> Iterator[Draft]:
    yield one.draft
    if one.row.retracted is not None and one.row.ref:
        payload = Retracted(target=one.row.ref, origin=Origin(source))
        yield Draft(payload, one.row.retracted, one.draft.at)
