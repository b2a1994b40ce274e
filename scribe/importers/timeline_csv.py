"""Timelines as CSV: scribe's own, and any other with a column for the time and one for what happened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import get_args

from scribe.importers.batch import Batch, Told, Untakable, text_of
from scribe.importers.rows import Row, columns, drafts
from scribe.importers.times import read as read_time
from scribe.record.cells import typed
from scribe.record.errors import ScribeError
from scribe.record.when import Precision, When, instant, stamp

SOURCE = "csv"

OURS = frozenset({"ref", "at", "precision", "recorded_at", "kind", "status", "text", "by", "recorded_by"})
"""Columns by which a table is known as one of scribe's own."""

_SEPARATORS = ",;\t"
_LONGEST = 1024 * 1024
_COLUMNS = 1000
"""Columns that a table may have."""

_PRECISIONS: dict[str, Precision] = {name: name for name in get_args(Precision)}


def read(data: bytes, *, now: datetime, zone: tzinfo) -> Batch:
    """The rows of a table; times without an offset are in ``zone``.

    Raises ScribeError where the file as a whole is no such table.
    """
    text = text_of(data)
    cells = ((line, row) for line, row in _cells(text) if any(cell.strip() for cell in row))
    _, header = next(cells, (0, []))
    columns = _columns(header)
    ours = {name.strip().casefold() for name in header} >= OURS
    rows, skipped, remarks = list[Row](), list[Told](), list[Told]()
    for line, row in cells:
        given = {name: row[place] for name, place in columns.items() if place < len(row)}
        try:
            found, remark = _own(line, given) if ours else _foreign(line, given, now, zone)
            if len(row) > len(header):
                raise Untakable(f"it has {len(row)} cells, and the header has {len(header)}")
        except Untakable as error:
            skipped.append(Told(line, str(error)))
            continue
        rows.append(found)
        if remark:
            remarks.append(Told(line, f"taken with its time unknown: {remark}"))
    return drafts(rows, SOURCE, now=stamp(now), told=skipped, remarks=remarks)


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line that it begins in."""
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    before = csv.field_size_limit(_LONGEST)  # the module knows but one limit for all of its readers
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        begins = 1
        try:
            for row in reader:
                yield begins, row
                begins = reader.line_num + 1
        except csv.Error as error:
            raise ScribeError(f"line {begins} is no CSV: {error}", "nothing was imported") from None
    finally:
        csv.field_size_limit(before)


def _columns(header: list[str]) -> dict[str, int]:
    """The place of every column that is understood. Raises ScribeError where time or text is missing."""
    if len(header) > _COLUMNS:
        raise ScribeError(f"the table has {len(header)} columns, and may have {_COLUMNS}")
    names = [name.strip().casefold() for name in header]
    if set(names) >= OURS:
        return {name: names.index(name) for name in dict.fromkeys(names)}
    found = columns(names)
    for column in ("time", "text"):
        if column not in found:
            given = ", ".join(filter(None, (name[:30] for name in names[:9]))) or "none"
            raise ScribeError(f"the table has no column for the {column}; its columns: {given}", f"call it {column}")
    return found


def _own(line: int, given: Mapping[str, str]) -> tuple[Row, str]:
    """A row as `scribe timeline --format csv` writes it."""
    cells = {name: typed(cell) for name, cell in given.items()}
    precision = _PRECISIONS.get(cells["precision"])
    if precision is None:
        raise Untakable(f"{cells['precision'][:20]} is no precision: {', '.join(_PRECISIONS)}")
    if cells["status"] == "erased":
        raise Untakable("its words were erased")
    recorded = _moment(cells["recorded_at"])
    when = When(_moment(cells["at"]), precision, "") if cells["at"] and precision != "unknown" else None
    return Row(
        line,
        when or When(recorded, "unknown", ""),  # its place is where it was written
        "",
        cells["kind"],
        cells["text"],
        who=cells["by"],
        status=cells["status"],
        ref=cells["ref"],
        ours=True,
        turn=recorded,
        recorded_at=recorded,
        recorder=cells["recorded_by"],
        late=cells.get("late") == "yes",
        reconstructed=cells.get("reconstructed") == "yes",
        restricted=cells.get("restricted") == "yes",
        retracted=cells.get("retracted") or None,
        tags=tuple(cells.get("tags", "").split()),
        sources=tuple(cells.get("sources", "").split()),
    ), ""


def _foreign(line: int, given: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Row, str]:
    cells = {name: typed(cell) for name, cell in given.items()}
    if not cells.get("text", "").strip():
        raise Untakable("it says nothing")
    day, clock = cells.get("day", ""), cells["time"]
    raw = f"{day} {clock}".strip() if day else clock.strip()
    when, remark = read_time(raw, now=now, zone=zone)
    links = tuple(part for part in cells.get("sources", "").split() if "://" in part)
    row = Row(
        line,
        when,
        raw,
        cells.get("kind", ""),
        cells["text"],
        who=cells.get("who", ""),
        status=cells.get("status", ""),
        sources=links,
    )
    return row, remark


def _moment(cell: str) -> str:
    try:
        return stamp(instant(cell))
    except (ValueError, OverflowError):
        raise Untakable(f"{cell[:40]} is not a time with its offset") from None
