"""Whether a record still holds what it held when its head was noted.

A head answers for everything before it: its entries name those that they follow by digest, down to the declaration. So
what stood there then is found by following them, and what came since is whatever is left, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.record.chain import Break, Stored, accounted, digest_fault, event_of, split
from scribe.record.events import NO_ENTRY
from scribe.record.text import normalise


class Gone(Struct, frozen=True):
    """An entry whose words were erased since: its event and reference, by whom, why, when that was written."""

    id: str
    ref: str
    by: str
    why: str
    at: str


class Lacking(Struct, frozen=True):
    """An entry whose words never came: its event and reference, by which event, by whom and when that was noted.

    Nothing but that event says so: whoever has the file can write one.
    """

    id: str
    ref: str
    noted: str
    by: str
    at: str


class Holding(Struct, frozen=True):
    """What became of what a head answers for.

    ``fault`` is the first place where it is not as it was; None when the record holds exactly what stood there, but
    for words that were ``erased`` since, and ``withheld`` ones that never came to this copy. ``since`` counts the
    entries that came later, ``others`` those of them that were written in other copies.
    """

    fault: Break | None
    erased: tuple[Gone, ...] = ()
    withheld: tuple[Lacking, ...] = ()
    since: int = 0
    others: int = 0


def holding(rows: Sequence[Stored], tips: Iterable[str], own: str) -> Holding | None:
    """What of the noted tips' past is still there; None where the record does not hold the tips themselves.

    ``own`` is the tag of this copy's writer; empty where it has none: then it is whoever wrote the noted tip.
    """
    known = {row.digest: row for row in rows}
    tips = tuple(tips)
    if not tips or any(tip not in known for tip in tips):
        return None
    own = own or known[tips[-1]].header.writer
    held, lost = _past(tips, known)
    then = [row for row in rows if row.digest in held]
    erasures, never_came = accounted(row for row in rows if not digest_fault(row))
    fault: Break | None = None
    erased: list[Gone] = []
    withheld: list[Lacking] = []
    for row in then:
        place, ref = row.id, normalise(row.header.ref)
        why = digest_fault(row)
        if not why and row.digest in lost:
            why = "an entry before it is missing"
        if not why and row.body is None:
            by = erasures.get(place) or never_came.get(place)
            if by is None:
                why = "its words are missing, and no erasure accounts for them"
            elif place not in erasures:
                event = event_of(by)
                withheld.append(Lacking(place, ref, by.id, event.who, event.written_at))
            elif by.digest not in held:
                event = event_of(by)
                erased.append(Gone(place, ref, event.who, event.text, event.written_at))
        if why and fault is None:
            fault = Break(normalise(place), ref, why)
    later = [row.header for row in rows if row.digest not in held and row.header.kind not in NO_ENTRY]
    others = sum(header.writer != own for header in later)
    return Holding(fault, tuple(erased), tuple(withheld), len(later), others)


def _past(tips: Iterable[str], known: dict[str, Stored]) -> tuple[set[str], set[str]]:
    """The digests that tips answer for, themselves among them, and those of rows that follow what is not there."""
    held: set[str] = set()
    lost: set[str] = set()
    waiting = [(tip, "") for tip in tips]
    while waiting:
        digest, follower = waiting.pop()
        row = known.get(digest)
        if row is None:
            lost.add(follower)
        elif digest not in held:
            held.add(digest)
            waiting += [(before, digest) for before in (row.header.prev, *split(row.header.seen)) if before]
    return held, lost
