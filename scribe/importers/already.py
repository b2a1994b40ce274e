"""What of a file the record holds already, so that importing it twice changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from scribe.importers.batch import Batch
from scribe.record.events import Draft, Retracted
from scribe.record.payloads import Origin
from scribe.record.state import Entry
from scribe.record.text import visible
from scribe.record.when import Precision

Key = tuple[str, ...]

_WIDTH = {"second": 19, "minute": 16, "hour": 16, "day": 16, "unknown": 0}
"""Characters of a stored time by which two of that precision are compared: a table shows no more."""


class New(Struct, frozen=True):
    """What of a table the record lacks, how many entries it has, and what those are called: there, here."""

    batch: Batch
    already: int
    names: dict[str, str]

    @property
    def taken(self) -> int:
        """How many entries the record will have more."""
        return sum(not isinstance(draft.payload, Retracted) for draft in self.batch.drafts)


def without_known(batch: Batch, entries: Iterable[Entry]) -> New:
    """A table without the entries that the record holds.

    One is held when an entry has its reference, its time and its words, or came from the same row of such a table.
    Of two rows that say the same, two are held.
    """
    known: dict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        for key in _keys_of(entry):
            known[key].append(entry)
    used: set[str] = set()
    retracted: set[str] = set()
    names: dict[str, str] = {}
    fresh: list[tuple[Draft, int]] = []
    for draft, line in zip(batch.drafts, batch.lines, strict=True):
        payload, origin = draft.payload, draft.payload.origin
        if isinstance(payload, Retracted):
            if payload.target not in retracted:
                fresh.append((draft, line))
            continue
        assert origin is not None
        found = next((entry for key in _keys(draft, origin) for entry in known[key] if entry.id not in used), None)
        if found is None:
            fresh.append((draft, line))
            continue
        used.add(found.id)
        if origin.ref:
            names[origin.ref] = found.ref
            if found.retracted is not None:
                retracted.add(origin.ref)
    lines = tuple(line for _, line in fresh)
    remarks = tuple(one for one in batch.remarks if one.line in set(lines))
    return New(Batch(tuple(draft for draft, _ in fresh), lines, batch.skipped, remarks), len(used), names)


def _keys(draft: Draft, origin: Origin) -> Iterator[Key]:
    said = (_at(draft.at, draft.precision), _words(draft.text, draft.payload.sources))
    if origin.ref:
        yield ("ref", origin.ref, *said)
    yield ("origin", origin.source, origin.ref, *said, draft.author)


def _keys_of(entry: Entry) -> Iterator[Key]:
    """What the entry says, and what it said before it was amended."""
    origin = entry.payload.origin
    told = [(entry.at, entry.text, entry.by), *((old.at, old.text, old.by) for old in entry.revisions)]
    for at, text, by in dict.fromkeys(told):
        said = (_at(at, entry.precision), _words(text, entry.sources))
        yield ("ref", entry.ref, *said)
        if origin is not None and origin.ref:
            yield ("ref", origin.ref, *said)
        if origin is not None:
            yield ("origin", origin.source, origin.ref, *said, by)


def _at(at: str, precision: Precision) -> str:
    return at[: _WIDTH[precision]]


def _words(text: str, sources: Sequence[str]) -> str:
    """The words of an entry, whatever the white space; some tables put addresses behind them that are not its words."""
    words = visible(text).replace("⏎", " ").split()
    while words and words[-1] in sources:
        words.pop()
    return " ".join(words)
