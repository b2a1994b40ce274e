"""How the response was coordinated: sides of the impact, scope, packets handed over, and the protected track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.record.events import Checkpoint, Fact, Impact, Role, Scope, Security, Tick
from scribe.record.state import Entry
from scribe.record.terms import IMPACT_LABELS, SCOPE_ROWS, ImpactField, ScopeRowName, Verdict


class Side(Struct, frozen=True, gc=False):
    """One side of the impact as it was last stated, by which entry, and what was stated before."""

    field: ImpactField
    value: str
    entry: Entry
    earlier: tuple[Entry, ...] = ()


class ScopeLine(Struct, frozen=True, gc=False):
    """One row of the scope table as it stood last, by which entry; ``earlier`` are the verdicts before it."""

    row: ScopeRowName
    name: str
    verdict: Verdict
    evidence: str
    entry: Entry
    earlier: tuple[Verdict, ...] = ()


class Handover(Struct, frozen=True, gc=False):
    """A packet that was handed over, and the entry with which the incoming person acknowledged it."""

    packet: Checkpoint
    entry: Entry
    acknowledged: Entry | None = None


class Protected(Struct, frozen=True, gc=False):
    """What the protected track holds; indicators, containment and legal conclusions stand apart from the timeline."""

    marks: tuple[Entry, ...] = ()
    indicators: tuple[Entry, ...] = ()
    containment: tuple[Entry, ...] = ()
    legal: tuple[Entry, ...] = ()

    @property
    def apart(self) -> tuple[Entry, ...]:
        """Everything that stands in the track's own section alone."""
        return (*self.indicators, *self.containment, *self.legal)


def sides(entries: Iterable[Entry]) -> tuple[Side, ...]:
    """Every side of the impact that was stated, in the order in which documents name them."""
    found: dict[ImpactField, Side] = {}
    for entry in entries:
        said = entry.payload
        if isinstance(said, Impact) and said.field:
            before = found.get(said.field)
            earlier = (*before.earlier, before.entry) if before else ()
            found[said.field] = Side(said.field, said.value, entry, earlier)
    return tuple(found[field] for field in IMPACT_LABELS if field in found)


def scope(entries: Iterable[Entry]) -> tuple[ScopeLine, ...]:
    """The scope table: rows of a kind stand together, in the order in which they were first named."""
    found: dict[tuple[ScopeRowName, str], ScopeLine] = {}
    for entry in entries:
        said = entry.payload
        if isinstance(said, Scope):
            key = (said.row, said.name.casefold())
            before = found.get(key)
            earlier = (*before.earlier, before.verdict) if before else ()
            found[key] = ScopeLine(said.row, said.name, said.verdict, said.evidence, entry, earlier)
    return tuple(sorted(found.values(), key=lambda line: SCOPE_ROWS.index(line.row)))


def handovers(entries: Sequence[Entry]) -> tuple[Handover, ...]:
    """Every packet, in the order in which they were handed over."""
    taken = {
        entry.payload.acknowledges: entry
        for entry in entries
        if isinstance(entry.payload, Role) and entry.payload.acknowledges
    }
    return tuple(
        Handover(entry.payload, entry, taken.get(entry.id))
        for entry in entries
        if isinstance(entry.payload, Checkpoint)
    )


def protected(entries: Iterable[Entry]) -> Protected:
    """The entries of the protected track, by what they are about."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry.payload, Security):
            found.setdefault(entry.payload.aspect, []).append(entry)
    marks = [entry for aspect in ("marked", "lifted") for entry in found.get(aspect, ())]
    return Protected(
        tuple(sorted(marks, key=lambda entry: entry.key)),
        *(tuple(found.get(aspect, ())) for aspect in ("indicator", "containment", "legal")),
    )


def stands_apart(entry: Entry) -> bool:
    """Whether an entry stands in a section of its own, and not in a document's timeline of what happened.

    Ticks of a checklist say that a procedure was followed, and would hide the facts among them; indicators,
    containment and legal conclusions are kept apart from facts.
    """
    payload = entry.payload
    if isinstance(payload, Fact):  # nearly every entry, and found to be one at a fraction of what the others cost
        return False
    return isinstance(payload, Tick) or (isinstance(payload, Security) and payload.aspect not in ("marked", "lifted"))
