"""A hostile record of which the headers, the summary and a draft are forged too, with digests that fit.

Every road into the record refuses such headers; a file that somebody made with SQLite alone went none of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from scribe.journal import identity
from scribe.journal.rows import INSERT, row_of
from scribe.journal.store import Journal
from scribe.record.chain import Stored, digest_body, digest_header
from scribe.record.state import decode_board
from tests.hostile.fields import Filler, Record

FREE = frozenset({"incident", "writer", "kind", "ref"})
"""The fields of a header that can hold any text and still be read; the others are numbers, times and digests."""

_FIXED = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?|[0-9a-f]{64}|")
"""Times and digests: with another text in their place nothing is shown, because nothing is found."""


def forge(record: Record, random: Random, *, summary: bool = False) -> None:
    """Write the record anew, under hostile headers; with ``summary`` what sums it up says other words too."""
    journal = Journal.reading(record.path, record.clock)
    rows = list(journal.stored(record.incident))
    journal.close()
    for file in record.path.parent.glob(f"{record.path.name}*"):
        file.unlink()
    record.incident = f"INC-{record.filler.text()}-1"
    journal = Journal.writing(record.path, record.clock, wait=1.0)
    journal.connection.execute("PRAGMA synchronous = OFF")
    try:
        with journal.transaction():
            for row in headed(rows, record.incident, record.filler, random):
                journal.connection.execute(INSERT, row_of(row))
            journal.fold_board(record.incident)
            if summary:
                _sum_up(journal, record.filler)
            gone = f"{identity.machine()}:999999999:1"
            left = (record.incident, record.filler.text(), gone, record.filler.text(), record.filler.text())
            journal.connection.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, ?)", left)
    finally:
        journal.close()


def headed(rows: Iterable[Stored], incident: str, filler: Filler, random: Random) -> Iterator[Stored]:
    """One writer's rows under hostile headers, each linked to the one before it."""
    writer, digest = filler.text(), ""
    for row in rows:
        assert row.body is not None
        assert row.salt is not None
        old = row.header
        body = replace(row.body, payload=row.body.payload.replace(f'"{old.writer}-', f"{json.dumps(writer)[:-1]}-"))
        kind = old.kind if old.kind == "declared" or random.random() < 0.9 else filler.text()
        ref = random.choice([old.ref, f"{old.ref}{filler.text()}", filler.text()]) if old.ref else ""
        header = replace(old, incident=incident, writer=writer, kind=kind, ref=ref, prev=digest)
        words = digest_body(body, row.salt)
        digest = digest_header(header, words)
        yield Stored(row.number, header, words, digest, body, row.salt)


def _sum_up(journal: Journal, filler: Filler) -> None:
    (incident, stored), *_ = journal.connection.execute("SELECT incident, board FROM boards")
    board = json.loads(stored)
    for holder, key in list(_texts(board)):
        if key in ("incident", "state"):  # by these two it is found at all
            continue
        before = holder[key]
        holder[key] = filler.text()
        try:
            decode_board(json.dumps(board))
        except msgspec.MsgspecError:  # one of so many words, and no other
            holder[key] = before
    journal.connection.execute("UPDATE boards SET board = ? WHERE incident = ?", (json.dumps(board), incident))


def _texts(found: Any) -> Iterator[tuple[Any, Any]]:
    """Where the texts stand that can be others: the list or the object, and the place or the key in it."""
    for key, value in found.items() if isinstance(found, dict) else enumerate(found):
        if isinstance(value, dict | list):
            yield from _texts(value)
        elif isinstance(value, str) and not _FIXED.fullmatch(value):
            yield found, key
