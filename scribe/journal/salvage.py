"""What can be read of a damaged journal, in a new one: no event is taken but by its digests, none is made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import MsgspecError, Struct
from msgspec.structs import replace

from scribe.clock import Clock
from scribe.journal.drafts import is_time
from scribe.journal.faults import spoken
from scribe.journal.pages import Found, Pages, Value
from scribe.journal.rows import INSERT, row_of, stored_from
from scribe.journal.store import Journal
from scribe.record.chain import WRITER, Stored, accounts, header_holds, in_order, split, words_hold
from scribe.record.errors import Corrupt
from scribe.record.events import NO_ENTRY, parted
from scribe.record.naming import INCIDENT
from scribe.record.state import Board, decode_board

_WIDTH: Final = 21
_PROCESS = re.compile(r"[0-9a-f]{16}:\d+:\d*")

Key = tuple[str, str, int]
"""Incident, writer and turn: what an event is called."""


class Gap(Struct, frozen=True):
    """Events of a writer that are missing, from one turn to another."""

    writer: str
    first: int
    last: int

    @property
    def count(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        first, last = f"{self.writer}-{self.first}", f"{self.writer}-{self.last}"
        return first if self.count == 1 else f"{first} to {last}"


class Salvaged(Struct, frozen=True):
    """What became of one incident.

    ``wordless`` are events (reference or ``writer-seq``) whose words could not be read, and which nothing says were
    erased or withheld. ``unnamed``: some had been seen by others, and cannot even be named. ``counted``: the summary
    that counts the events could be read, so that a tail that was cut off would show.
    """

    incident: str
    entries: int
    events: int
    gaps: tuple[Gap, ...]
    wordless: tuple[str, ...]
    unnamed: bool
    is_declared: bool
    counted: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.gaps and not self.wordless and not self.unnamed and self.is_declared and self.counted


class Result(Struct, frozen=True):
    """What was read of a file: its incidents, unsent texts, how many pages were cut off its end, how many are blank."""

    incidents: tuple[Salvaged, ...]
    drafts: int
    lacking: int
    blank: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing, as far as the file tells."""
        return all(incident.is_whole for incident in self.incidents) and not self.blank


def salvage(source: Path, into: Path, clock: Clock) -> Result:
    """Read what can be read of ``source`` and write it into ``into``, a file that is empty or not there yet.

    The source and what lies beside it are read as bytes, and never opened by SQLite. Raises Corrupt where there is
    nothing of a journal in it, and what a journal raises.
    """
    with spoken(source):
        pages = Pages.of(source)
    sieve = _Sieve(pages)
    rows = sieve.chosen()
    boards = _boards(pages, rows)
    there = _there(pages, rows)
    drafts = _drafts(pages)
    if not rows and not boards:
        raise Corrupt(f"nothing of a journal can be read in {source}", "put back a backup, if there is one")
    journal = Journal.writing(into, clock, wait=0.0)
    try:
        with journal.transaction():
            journal.connection.executemany(INSERT, map(row_of, _in_order(rows)))
            for incident in dict.fromkeys(row.header.incident for row in rows):
                journal.fold_board(incident)
            journal.connection.executemany(
                "INSERT OR REPLACE INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)", drafts
            )
        with spoken(into):  # when it closes a file SQLite keeps to itself that there is no room for what the log holds
            journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        journal.close()
    of: dict[str, list[Stored]] = {
        name: [] for name in sorted({*boards, *there, *(row.header.incident for row in rows)})
    }
    for row in rows:
        of[row.header.incident].append(row)
    found = tuple(_summed_up(name, held, boards.get(name), there.get(name, {})) for name, held in of.items())
    return Result(found, len(drafts), pages.lacking, pages.blank(pages.sizes[0]))


# ── which rows are taken ────────────────────────────────────────────────────────────────────────────────────────────


class _Sieve:
    """Lets through what its digests bear out; everything else that looks like an event falls away."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._rows: dict[str, Stored] = {}
        self._bare: set[str] = set()
        for ways in pages.events():
            self._take(ways)

    def _take(self, ways: Iterator[Found]) -> None:
        for found in ways:
            row = stored_from((*found.values, *(None,) * (_WIDTH - len(found.values))))
            if not header_holds(row):
                continue
            known = self._rows.setdefault(row.digest, replace(row, body=None, salt=None))
            if found.is_whole and row.body is None and row.salt is None:
                self._bare.add(row.digest)
                return
            if known.body is not None:
                return
            if found.is_whole and words_hold(row):
                self._rows[row.digest] = row
                self._pages.believe(found.size)
                return

    def chosen(self) -> list[Stored]:
        """One row for each event, without its words where they are gone for good."""
        named = {tip for row in self._rows.values() for tip in (row.header.prev, *split(row.header.seen))}
        # Two events can claim one place if one of them was taken back, and its bytes stayed: others follow the other.
        rising = sorted(self._rows.values(), key=lambda row: (row.digest in named, row.body is not None))
        rows = {_key(row): row for row in rising}
        gone, withheld = _accounted(rows.values())
        for key, row in rows.items():
            # Where both are found, words and a row without them, they were destroyed, unless they came later.
            was_bare = row.digest in self._bare and key not in withheld
            if row.body is not None and (key in gone or was_bare):
                rows[key] = replace(row, body=None, salt=None)
        return list(rows.values())


def _key(row: Stored) -> Key:
    return (row.header.incident, row.header.writer, row.header.seq)


def _accounted(rows: Iterable[Stored]) -> tuple[set[Key], set[Key]]:
    """Whose words were erased, and whose never came, as far as events say so."""
    gone: set[Key] = set()
    withheld: set[Key] = set()
    for row in rows:
        for found, places in zip((gone, withheld), accounts(row), strict=True):
            for place in places:
                called = parted(place)
                if called:
                    found.add((row.header.incident, *called))
    return gone, withheld


def _in_order(rows: Iterable[Stored]) -> list[Stored]:
    """Each row behind those that it names, otherwise in the order of their arrival."""
    before: dict[str, str] = {}
    last: dict[tuple[str, str], str] = {}
    rows = sorted(rows, key=_key)
    for row in rows:  # a writer's follow each other across a gap too
        whose = (row.header.incident, row.header.writer)
        before[row.digest] = last.get(whose, "")
        last[whose] = row.digest
    return in_order(
        rows,
        lambda row: (row.header.prev, *split(row.header.seen), before[row.digest]),
        lambda row: (row.number, row.header.recorded_at, row.header.writer, row.header.seq),
    )


# ── what tells what is missing ──────────────────────────────────────────────────────────────────────────────────────


def _boards(pages: Pages, rows: Iterable[Stored]) -> dict[str, Board]:
    """The newest summary of each incident that can be right; it counts events, and is used for nothing else."""
    turns = {row.digest: _key(row) for row in rows}
    found: dict[str, Board] = {}
    for size in pages.sizes:
        for row in pages.rows(4, size, current=False):
            board = _board(row, turns)
            if board and (board.incident not in found or found[board.incident].events <= board.events):
                found[board.incident] = board
        if found:
            pages.believe(size)
            break
    return found


def _board(row: tuple[Value, ...], turns: Mapping[str, Key]) -> Board | None:
    """A row as a summary, if it is one and says nothing that cannot be."""
    incident, stored = row[0] if row else None, row[-1] if len(row) == 4 else None
    if not isinstance(stored, str) or not stored.startswith("{"):
        return None
    try:
        board = decode_board(stored)
    except (MsgspecError, UnicodeEncodeError):
        return None
    tails = {(board.incident, writer, tail.seq): tail.digest for writer, tail in board.tails.items()}
    counts = 0 < board.events <= sum(key[2] for key in tails)
    is_right = board.incident == incident and all(turns.get(digest, key) == key for key, digest in tails.items())
    return board if counts and is_right else None


def _there(pages: Pages, rows: Iterable[Stored]) -> dict[str, dict[str, int]]:
    """Of each incident that an index or a summary names: its writers, and how far each had come.

    What an index names may be anything if it is somebody's own: it is held against the rows that could be read.
    """
    known = {row.number: _key(row) for row in rows}
    sure = {row.header.incident for row in rows}
    found: dict[str, dict[str, int]] = {}
    wrong: set[str] = set()
    for row in pages.rows(4, pages.sizes[0], current=True):
        incident, *rest = row or (None,)
        if not isinstance(incident, str) or not INCIDENT.fullmatch(incident):
            continue
        match rest:
            case [str(writer), int(turn), int(number)] if turn > 0 and re.fullmatch(WRITER, writer):
                if known.get(number, (incident, writer, turn)) != (incident, writer, turn):
                    wrong.add(incident)
                    continue
                turns = found.setdefault(incident, {})
                turns[writer] = max(turns.get(writer, 0), turn)
            case [0 | 1, str(active_at), *_] if is_time(active_at):
                found.setdefault(incident, {})
    return {incident: turns for incident, turns in found.items() if incident in sure or incident not in wrong}


def _drafts(pages: Pages) -> list[tuple[str, ...]]:
    """The unsent texts. No digest holds them: they are offered to a person, who reads them before they are sent."""
    found = {}
    for row in pages.rows(5, pages.sizes[0], current=True):
        texts = tuple(value for value in row if isinstance(value, str) and _is_text(value))
        if len(texts) == 5 and texts[0] and _PROCESS.fullmatch(texts[2]) and is_time(texts[4]):
            found[texts[:3]] = texts
    return list(found.values())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _summed_up(incident: str, rows: Sequence[Stored], board: Board | None, there: Mapping[str, int]) -> Salvaged:
    gone, withheld = _accounted(rows)
    turns: dict[str, list[int]] = {}
    for row in rows:
        turns.setdefault(row.header.writer, []).append(row.header.seq)
    counted = {writer: tail.seq for writer, tail in board.tails.items()} if board else {}
    tails = {writer: max(counted.get(writer, 0), there.get(writer, 0)) for writer in {*counted, *there}}
    gaps = tuple(
        gap for writer in sorted({*turns, *tails}) for gap in _gaps(writer, turns.get(writer, []), tails.get(writer, 0))
    )
    known = {row.digest for row in rows}
    named = {tip for row in rows for tip in (row.header.prev, *split(row.header.seen)) if tip}
    return Salvaged(
        incident,
        sum(row.header.kind not in NO_ENTRY for row in rows),
        len(rows),
        gaps,
        tuple(
            row.header.ref or row.id
            for row in sorted(rows, key=_key)
            if row.body is None and _key(row) not in gone | withheld
        ),
        bool(named - known) and not gaps,
        any(row.header.kind == "declared" for row in rows),
        board is not None and all(max(seqs) <= counted.get(writer, 0) for writer, seqs in turns.items()),
    )


def _gaps(writer: str, turns: Iterable[int], last: int) -> Iterator[Gap]:
    """What is missing of a writer's turns, which begin at 1 and go up to ``last`` at least."""
    expected = 1
    for turn in sorted(turns):
        if turn > expected:
            yield Gap(writer, expected, turn - 1)
        expected = max(expected, turn + 1)
    if expected <= last:
        yield Gap(writer, expected, last)
