"""Hostile text in every field, looked at through every view: as often as one likes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.recorder import Recorder
from tests.hostile.fields import Record
from tests.hostile.forged import FREE, forge
from tests.hostile.values import escapes
from tests.hostile.views import VIEWS, Said, View, check, own_template, say


def run(count: int, seed: int) -> dict[str, int]:
    """So many records, each through every view; what was looked at. Raises AssertionError where something got out.

    Of three, one has forged headers, one a forged summary too, and one was recorded as it stands.
    """
    seen: Counter[str] = Counter()
    for number in range(count):
        with TemporaryDirectory() as folder:
            try:
                random = Random(seed + number)
                record = Record(Path(folder) / "journal.db", random)
                if number % 3 < 2:
                    forge(record, random, summary=number % 3 == 1)
                    seen.update(headers(record))
                seen += one(record)
            except AssertionError as error:
                raise AssertionError(f"record {seed + number}: {error}") from error
    return dict(seen)


def one(record: Record) -> Counter[str]:
    """One record through every view."""
    kinds = {kind for kind, _ in record.kinds}
    seen = Counter(records=1, kinds=len(kinds), fields=len(record.stood), values=record.stood.total())
    for view in VIEWS:
        said = shown(record, view)
        check(view, said)
        seen.update(views=1, characters=len(said.out) + len(said.err))
        if view.form == "entries":
            exact(record, said)
    return seen


def shown(record: Record, view: View, *more: str) -> Said:
    """What a view says of a record."""
    own = own_template(record.path.parent)
    argv = [word.replace("{own}", own) for word in view.argv]
    return say(["--db", str(record.path), "--me", "sam", "-i", record.incident, *argv, *more], record.clock)


def headers(record: Record) -> Counter[str]:
    """Which fields of the headers hold what would act, though every digest fits."""
    journal = Journal.reading(record.path, record.clock)
    try:
        rows = list(journal.stored(record.incident))
    finally:
        journal.close()
    assert verify(rows).ok
    return Counter({f"header.{name}": any(escapes(getattr(row.header, name)) for row in rows) for name in FREE})


def exact(record: Record, said: Said) -> None:
    """JSON holds every text as it was stored, to the character."""
    journal = Journal.reading(record.path, record.clock)
    try:
        state = Recorder(journal, record.incident, me="reader", policy=DEFAULT).load()
    finally:
        journal.close()
    told = {entry["id"]: entry for entry in json.loads(said.out)}
    for entry in state.entries:
        found = told[entry.id]
        assert (found["text"], found["by"], found["tags"]) == (entry.text, entry.by, list(entry.tags))
        assert found["sources"] == list(entry.sources)
