"""Digests, tips and their verification.

Each event names its writer's previous one (``prev``) and what that writer had newly seen of others (``seen``), so
the record of an incident is a DAG whose uncovered tips are its head. Noting a head notes everything before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct

from scribe.record.errors import Refused
from scribe.record.events import Erased, Event, Received, canonical, decode_payload
from scribe.record.text import normalise


class Header(Struct, frozen=True, gc=False):
    """The part of an event that is never erased."""

    incident: str
    writer: str
    seq: int
    format: int
    at: str
    precision: str
    recorded_at: str
    kind: str
    is_board: bool
    ref: str
    seen: str
    prev: str


class Body(Struct, frozen=True, gc=False):
    """The erasable part of an event, with its payload as the stored text, so that unknown fields are hashed too."""

    author: str
    recorder: str
    at_raw: str
    text: str
    payload: str


class Stored(Struct, frozen=True, gc=False):
    """One row of the journal as it is on the disk. ``body`` and ``salt`` are None once erased or while withheld."""

    number: int
    header: Header
    body_digest: str
    digest: str
    body: Body | None
    salt: bytes | None


class Break(Struct, frozen=True):
    """The first place where the chain does not hold: which entry (``writer-seq`` and reference), and what is wrong."""

    id: str
    ref: str
    why: str


class Verdict(Struct, frozen=True):
    """What a verification found: how many events, how many erased or withheld, the head, the first break if any."""

    events: int
    erased: int
    head: str
    first_break: Break | None
    withheld: int = 0

    @property
    def ok(self) -> bool:
        """Whether every digest and link holds."""
        return self.first_break is None


def digest_body(body: Body, salt: bytes) -> str:
    """sha256(salt ‖ canonical body): the salt keeps a short erased body from being guessed."""
    fields = [body.author, body.recorder, body.at_raw, body.text, body.payload]
    return sha256(salt + canonical(fields)).hexdigest()


def digest_header(header: Header, body_digest: str) -> str:
    """sha256(canonical [header…, body digest])."""
    fields = [
        header.incident,
        header.writer,
        header.seq,
        header.format,
        header.at,
        header.precision,
        header.recorded_at,
        header.kind,
        header.is_board,
        header.ref,
        header.seen,
        header.prev,
        body_digest,
    ]
    return sha256(canonical(fields)).hexdigest()


def split(joined: str) -> tuple[str, ...]:
    """The digests of a head or a ``seen`` field, which are written joined by ``+``."""
    return tuple(joined.split("+")) if joined else ()


def heads_after(heads: Iterable[str], event: Event) -> tuple[str, ...]:
    """The uncovered tips once ``event`` stands on top of them."""
    covered = {event.prev, *split(event.seen)}
    return (*(tip for tip in heads if tip not in covered), event.digest)


def ancestors(events: Iterable[Event], head: str) -> list[Event]:
    """The events that the record held when its head (digests joined by ``+``) was noted, in order of arrival.

    Raises Refused when the record does not hold that head: its tail was cut off, or it is another record's.
    """
    known = {event.digest: event for event in events}
    wanted = list(split(head))
    held: set[str] = set()
    while wanted:
        digest = wanted.pop()
        if digest in held:
            continue
        event = known.get(digest)
        if event is None:
            raise Refused(f"the record holds no entry with the digest {digest[:12]}")
        held.add(digest)
        wanted += [tip for tip in (event.prev, *split(event.seen)) if tip]
    return [event for event in known.values() if event.digest in held]


def verify(rows: Iterable[Stored], *, lacking: bool = False) -> Verdict:
    """Recompute every digest of one incident, in order of arrival, and follow every link.

    A body may be absent if an ``erased`` event names it, or a ``received`` one says that it never came here; with
    ``lacking`` also if nothing accounts for it, because a copy on its way leaves out what is need-to-know.
    A cut-off tail or a file rewritten as a whole cannot be seen from inside; only a head noted earlier shows it.
    """
    known: set[str] = set()
    last: dict[str, tuple[int, str]] = {}
    genesis = ""
    tips: dict[str, None] = {}
    events = 0
    first: Break | None = None
    absent: dict[str, str] = {}
    erasures: set[str] = set()
    never_came: set[str] = set()
    for row in rows:
        events += 1
        header = row.header
        place = f"{header.writer}-{header.seq}"
        why = _link_fault(header, known, last, genesis) or digest_fault(row)
        if why and first is None:
            first = Break(normalise(place), normalise(header.ref), why)
        if row.body is None:
            absent[place] = header.ref
        elif not why:
            gone, missing = accounts(row)
            erasures.update(gone)
            never_came.update(missing)
        genesis = genesis or row.digest
        known.add(row.digest)
        last[header.writer] = (header.seq, row.digest)
        for covered in (header.prev, *split(header.seen)):
            tips.pop(covered, None)
        tips[row.digest] = None
    erased = sum(place in erasures for place in absent)
    for place, ref in absent.items():
        if not lacking and place not in erasures and place not in never_came and first is None:
            first = Break(place, ref, "its words are missing, and no erasure accounts for them")
    return Verdict(events, erased, "+".join(sorted(tips)), first, len(absent) - erased)


def accounts(row: Stored) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whose bodies (``writer-seq``) this event says were erased, and whose never came with a copy."""
    if row.body is None or row.header.kind not in ("erased", "received"):
        return (), ()
    payload = decode_payload(row.body.payload)
    if isinstance(payload, Erased):
        return (payload.target, *payload.also), ()
    return (), payload.withheld if isinstance(payload, Received) else ()


def _link_fault(header: Header, known: set[str], last: dict[str, tuple[int, str]], genesis: str) -> str:
    if not genesis:
        return "" if header.kind == "declared" and not header.prev else "the record does not begin with its declaration"
    if header.kind == "declared":
        return "a second declaration stands in the record"
    seq, digest = last.get(header.writer, (0, genesis))
    if header.seq != seq + 1 and header.writer in last:
        return f"entry {header.writer}-{seq + 1} is missing before it, or the order was changed"
    if header.writer not in last and header.seq != 1:
        return f"the entries of writer {header.writer} do not begin at 1"
    if header.prev != digest:
        return "it does not follow the entry before it"
    if any(tip not in known for tip in split(header.seen)):
        return "it had seen an entry that is not in the record"
    return ""


def digest_fault(row: Stored) -> str:
    """How a row differs from what its digests were taken of; empty where it does not."""
    if (row.body is None) != (row.salt is None):
        return "its words are missing in part"
    try:
        if row.body is not None and row.salt is not None and digest_body(row.body, row.salt) != row.body_digest:
            return "its words were altered"
        if digest_header(row.header, row.body_digest) != row.digest:
            return "its header was altered"
    except UnicodeEncodeError:
        return "it was altered, and is not even text any more"
    return ""
