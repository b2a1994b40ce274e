"""Timelines in Markdown: tables of scribe's own documents, and any other with a time and what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from scribe.importers.batch import Batch, Told, Untakable, text_of
from scribe.importers.rows import Row, columns, drafts
from scribe.importers.times import read as read_time
from scribe.record.errors import ScribeError
from scribe.record.text import MAX_BYTES
from scribe.record.when import Unreadable, stamp, zone_name
from scribe.record.when import zone as zone_called

SOURCE = "markdown"

OURS = ("time", "ref", "kind", "who", "what")
"""The columns of scribe's own timelines."""

_LINES = 200_000
"""Lines that a document may have: twenty times what a long incident fills."""

_LONGEST = 4 * MAX_BYTES
"""Characters of a cell from which on it is no entry, whatever its markup means."""

_NOTHING = "–"
_LABEL = r"\((?P<label>[^()]+)\)$"
_STATED = (
    r"(?m)^\W*(?i:(?:all )?times?(?: are)?(?: given| shown| stated)? (?:in|are)) "
    r"(?P<label>\w+/[\w/+-]+|(?:UTC|GMT)[+-]\d\d:?\d\d|[A-Z]{1,5})\b"
)
_KEY = r"(?:\b{} \(|(?:Times are|Time zone +\|) (?=[^;|]*;))(\w+/[\w/+-]+)"
_DAY = r"(?m)^(?:\|\s*\**Date\**\s*\||Times are .*, all on)\s*(\d{4}-\d\d-\d\d)\b"
_MARKUP = r"[\\`*_\[\]<&!]"
_OFFSET = r"(?:UTC)?([+-])(\d\d):?(\d\d)"
_WRITTEN = r"(?:^|; )(?P<how>late|reconstructed): written (?P<at>[^;]+)"
_RETRACTED = r"(?:^|; )retracted(?:: (?P<why>.*))?$"


class _Cell(Struct, frozen=True):
    """A cell as a reader sees it: its words, the addresses that it links to, and what stands in italics behind them."""

    text: str
    links: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _Table(Struct, frozen=True):
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[_Cell, ...]], ...]


def read(data: bytes, *, now: datetime, zone: tzinfo, chosen: bool = False) -> Batch:
    """The rows of the timelines in a document.

    Times are in the zone that the document states; where it states none they are in ``zone``. ``chosen`` says that
    somebody named that one, which then also stands for an abbreviation that nobody could place. Raises ScribeError
    where there is no such table.
    """
    text = text_of(data)
    if text.count("\n") > _LINES:
        raise ScribeError(f"the document has more than {_LINES} lines", "split it, and import the parts one by one")
    tables = list(_tables(text))
    own = [table for table in tables if _names(table) == OURS]
    chosen_tables = own or [table for table in tables if _is_timeline(_names(table))]
    if not chosen_tables:
        raise ScribeError(
            "there is no timeline in the file: no table with a time and what happened",
            "scribe timeline --format md writes one",
        )
    reader = _Reader(text, now, zone, chosen)
    for table in chosen_tables:
        reader.take(table, ours=bool(own))
    return drafts(reader.rows, SOURCE, now=stamp(now), told=reader.skipped, remarks=reader.remarks)


def _names(table: _Table) -> tuple[str, ...]:
    return tuple(re.sub(r"\s*\(.*\)$", "", name).strip().casefold() for name in table.header)


def _is_timeline(names: Sequence[str]) -> bool:
    """Other tables of scribe's documents, which have a reference in each row or join several entries, are none."""
    return {"time", "text"} <= columns(names).keys() and not {"ref", "entries"} & set(names)


class _Reader:
    """Reads the tables of one document, row by row."""

    def __init__(self, text: str, now: datetime, zone: tzinfo, chosen: bool) -> None:
        day = re.search(_DAY, text)
        self._day = day[1] if day else ""
        self._text, self._now, self._given, self._chosen = text, now, zone, chosen
        self._refs: set[str] = set()
        self.rows: list[Row] = []
        self.skipped: list[Told] = []
        self.remarks: list[Told] = []

    def take(self, table: _Table, *, ours: bool) -> None:
        """Read the rows of a table. Raises ScribeError where nobody can tell in which zone its times are."""
        places, zone = columns(_names(table)), self._zone(table)
        for line, cells in table.rows:
            given = {name: cells[place] for name, place in places.items() if place < len(cells)}
            if not any(cell.text or cell.notes for cell in cells):
                continue
            try:
                row, remark = self._own(line, given, zone) if ours else self._foreign(line, given, zone)
            except Untakable as error:
                self.skipped.append(Told(line, str(error)))
                continue
            if ours and row.ref in self._refs:  # a document shows what was starred a second time
                continue
            self._refs.add(row.ref)
            self.rows.append(row)
            if remark:
                self.remarks.append(Told(line, f"taken with its time unknown: {remark}"))

    def _own(self, line: int, given: dict[str, _Cell], zone: tzinfo) -> tuple[Row, str]:
        told = given["text"]
        notes = "; ".join(note for note in told.notes if note != "restricted")
        if notes.startswith("words erased"):
            raise Untakable("its words were erased, withheld, or of a newer version")
        if not told.text and re.match(r"erased\b", notes):
            raise Untakable("its words were erased")
        when, remark = read_time(given["time"].text, now=self._now, zone=zone, day=self._day)
        written, gone = re.search(_WRITTEN, notes), re.search(_RETRACTED, notes)
        recorded = read_time(written["at"], now=self._now, zone=zone, day=self._day)[0] if written else None
        row = Row(
            line,
            when,
            "",
            _said(given["kind"]),
            told.text.replace(" ⏎ ", "\n"),
            who=_said(given["who"]),
            ref=_said(given["ref"]),
            ours=True,
            recorded_at=recorded.at if recorded else "",
            late=written is not None,
            reconstructed=bool(written and written["how"] == "reconstructed"),
            restricted="restricted" in told.notes,
            retracted=(gone["why"] or "") if gone else None,
            sources=told.links,
        )
        return row, remark

    def _foreign(self, line: int, given: dict[str, _Cell], zone: tzinfo) -> tuple[Row, str]:
        said = given.get("text", _Cell(""))
        if not said.text:
            raise Untakable("it says nothing")
        raw = " ".join(_said(given[name]) for name in ("day", "time") if name in given).strip()
        when, remark = read_time(raw, now=self._now, zone=zone, day=self._day)
        links = tuple(dict.fromkeys(link for cell in given.values() for link in cell.links))
        words = {name: _said(given[name]) for name in ("kind", "who", "status") if name in given}
        row = Row(
            line,
            when,
            raw,
            words.get("kind", ""),
            said.text,
            who=words.get("who", ""),
            status=words.get("status", ""),
            sources=links,
        )
        return row, remark

    def _zone(self, table: _Table) -> tzinfo:
        """The zone of a table's times, as its header or the document states it."""
        stated = re.search(_STATED, self._text)
        named = next((found for name in table.header[:2] if (found := re.search(_LABEL, name))), None)
        label = named["label"].strip() if named else stated["label"] if stated else ""
        key = re.search(_KEY.format(re.escape(label)), self._text) if label else None
        called = _called(key[1] if key else label)
        if called is not None or not label:
            return called or self._given
        if self._chosen or label in _short_names(self._given, self._now):
            return self._given
        raise ScribeError(f"the times of the table are in {label[:30]}", "say which zone that is with --tz")


def _called(label: str) -> tzinfo | None:
    """The zone of a name or an offset; None where it names none."""
    if label.upper() in ("UTC", "GMT", "Z"):
        return UTC
    offset = re.fullmatch(_OFFSET, label)
    if offset:
        sign, hours, minutes = offset.groups()
        return datetime.fromisoformat(f"2000-01-01T00:00{sign}{hours}:{minutes}").tzinfo
    try:
        return zone_called(label) if label else None
    except Unreadable:
        return None


def _short_names(zone: tzinfo, now: datetime) -> set[str]:
    """What people call the zone, in winter and in summer."""
    return {zone_name(zone, moment) for moment in (now, now.replace(month=1, day=1), now.replace(month=7, day=1))}


def _said(cell: _Cell) -> str:
    return "" if cell.text == _NOTHING else cell.text


def _tables(text: str) -> Iterator[_Table]:
    """Every table of the document, with the line that each row stands in."""
    # Most cells hold nothing but words: what they mean is looked for where there is more, or it would take seconds.
    blocks, inline = MarkdownIt("commonmark").enable("table"), MarkdownIt("commonmark")
    blocks.core.ruler.disable("inline")
    blocks.disable("reference")  # they mean nothing for tables, and thousands of them take as many times as long
    header: list[str] = []
    rows: list[tuple[int, tuple[_Cell, ...]]] = []
    cells: list[_Cell] = []
    line = 0
    for token in blocks.parse(text):
        match token.type:
            case "table_open":
                header, rows = [], []
            case "tr_open":
                cells, line = [], (token.map or [0])[0] + 1
            case "inline" if token.level > 3 and (
                len(token.content) > _LONGEST or not re.search(_MARKUP, token.content)
            ):
                cells.append(_Cell(token.content.strip()))
            case "inline" if token.level > 3:
                cells.append(_cell(inline.parseInline(token.content)[0].children or ()))
            case "tr_close" if not header:
                header = [cell.text for cell in cells]
            case "tr_close":
                rows.append((line, tuple(cells)))
            case "table_close":
                yield _Table(tuple(header), tuple(rows))


def _cell(children: Sequence[Token]) -> _Cell:
    parts: list[str] = []
    links: list[str] = []
    notes: list[str] = []
    begins: list[int] = []
    address = ""
    for token in children:
        match token.type:
            case "link_open":
                address = str(token.attrs.get("href", "")) if token.markup == "autolink" else ""
                links.append(str(token.attrs.get("href", "")))
            case "link_close":
                address = ""
            case "image":
                parts.append(token.content)
                links.append(str(token.attrs.get("src", "")))
            case "html_inline" if re.fullmatch(r"(?i)<br\s*/?>", token.content):
                parts.append("\n")
            case "em_open":
                begins.append(len(parts))
            case "em_close":
                note = "".join(parts[begins[-1] :])
                if note.startswith("(") and note.endswith(")"):
                    notes.append(note[1:-1])
                    del parts[begins[-1] :]
                begins.pop()
            case _:
                parts.append(address or token.content)
    said = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts)) if "\n" in parts else "".join(parts)
    web = (link for link in links if re.match(r"(?i)https?://", link))
    return _Cell(said.strip(), tuple(dict.fromkeys(web)), tuple(notes))
