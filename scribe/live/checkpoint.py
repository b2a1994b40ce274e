"""The checkpoint packet: where an incident stands, for whoever takes over, filled from the record alone.

A packet is a function of what the record held and of what its entry says. It looks at no clock and at no config, so
that a packet handed over reads the same for ever, but for words that were erased or restricted since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from scribe.live.changes import Group, Noted, changes, entry_of, mentions, noted
from scribe.record.board import refold
from scribe.record.chain import ancestors, split
from scribe.record.errors import NotFound, Refused
from scribe.record.events import Checkpoint, Erased, Event, Fact, Hypothesis, Point, Restricted, Role, Update
from scribe.record.fold import Fold
from scribe.record.redact import Redacted, redact
from scribe.record.state import Entries, Entry, Handed, Holder, OpenItem, Said, ScopeRow, State, TimeboxRow, Track
from scribe.record.when import seconds_between

GIVEN: dict[str, str] = {
    "next_decision": "next decision point",
    "risks": "risks of the next hour",
    "exit_criteria": "exit criteria",
    "questions": "open questions",
    "channels": "channels",
    "next_ic": "next IC",
    "notes": "notes",
}
"""What only a person knows, by the field's name, and how it is called."""

MANY_LINKS = 25
"""How many addresses a packet repeats, the newest."""


class Theory(Struct, frozen=True, gc=False):
    """A hypothesis as it stands: open, confirmed or ruled out, and what is recorded for (or against) it."""

    ref: str
    text: str
    status: str
    who: str
    since: str
    ended_at: str = ""
    evidence: tuple[Noted, ...] = ()


class Sent(Struct, frozen=True, gc=False):
    """The last status update: its number and reference, for whom, when, its words, and when it promised the next."""

    ref: str
    number: int
    audience: str
    at: str
    text: str
    next_at: str | None


class Packet(Struct, frozen=True):
    """Everything the incoming person has to know. Times are UTC text; empty or None is unknown.

    ``ref`` is empty until it is handed over. ``given`` is what a person filled in, ``carried`` names those of its
    fields that stand as they stood in the packet before. ``withheld`` are the references of restricted entries that
    were left out, ``restricted`` of those that were asked for and are in it.
    """

    incident: str
    title: str
    number: int
    ref: str
    at: str
    role: str
    outgoing: str
    incoming: str
    severity: int | None
    state: str
    security: bool
    zero: str | None
    hypothesis: Theory | None
    hypotheses: tuple[Theory, ...]
    ruled_out: tuple[Theory, ...]
    impact: str
    sides: dict[str, Said]
    scope: tuple[ScopeRow, ...]
    in_flight: tuple[OpenItem, ...]
    timeboxes: tuple[TimeboxRow, ...]
    point: Point | None
    tracks: tuple[Track, ...]
    updates: int
    last_update: Sent | None
    roles: dict[str, tuple[Holder, ...]]
    not_needed: tuple[str, ...]
    given: dict[str, str]
    carried: tuple[str, ...]
    previous: Handed | None
    changes: tuple[Group, ...]
    links: tuple[Noted, ...]
    links_in_all: int
    head: str
    entries: int
    withheld: tuple[str, ...]
    restricted: tuple[str, ...]

    @property
    def since_zero(self) -> float | None:
        """Seconds since T+0."""
        return None if self.zero is None else seconds_between(self.zero, self.at)

    @property
    def next_ic(self) -> str:
        """Who commands next: the incoming person, or whoever the outgoing one named."""
        return self.incoming if self.role == "ic" and self.incoming else self.given.get("next_ic", "")


class Acknowledged(Struct, frozen=True, gc=False):
    """Somebody said that they have command: who, when, and who typed it."""

    who: str
    at: str
    typed_by: str


class Handover(Struct, frozen=True, gc=False):
    """A packet in the list of all: its entry, from whom to whom, and whether it was acknowledged."""

    packet: Handed
    recorded_by: str
    acknowledged: Acknowledged | None
    is_retracted: bool


def packet(
    view: Redacted, *, at: str, role: str = "ic", incoming: str = "", given: Mapping[str, str] | None = None
) -> Packet:
    """The packet that would be handed over at that time (UTC text): who hands over is whoever holds the role."""
    outgoing = next((holder.who for holder in view.board.holders(role)), "")
    entry = Checkpoint(
        role=role, outgoing=outgoing, incoming=incoming, number=view.board.checkpoints + 1, given=dict(given or {})
    )
    return _built(view, entry, at)


def stored(events: Sequence[Event], place: str, *, include_restricted: bool = False) -> Packet:
    """A packet that was handed over (``writer-seq``), from what the record held then.

    Restrictions count as they stand now: what was restricted since is withheld from older packets too.
    Raises Refused where it was erased, is restricted, or the record does not hold what it quotes any more.
    """
    event = next((found for found in events if found.kind == "checkpoint" and found.id == place), None)
    if event is None:
        raise Refused(f"{place} is no packet")
    if not isinstance(event.payload, Checkpoint):
        raise Refused(f"the words of packet {event.ref} were erased")
    head, entries = event.payload.head, event.payload.entries
    held = ancestors(events, head)
    # The counters of a full replay are what the packet's own entry states, and take most of a replay's time.
    board = refold(event.incident, (found for found in held if found.is_board))
    fold = Fold(replace(board, entries=entries, heads=split(head)))
    fold.extend((*held, event))
    known = {found.number for found in held}
    fold.extend(_restricted_since(events, known | {event.number}, whole=include_restricted))
    state = fold.state()
    view = redact(state, include_restricted=include_restricted)
    own = entry_of(view.entries, place)
    if own is None:
        raise Refused(f"packet {event.payload.number} ({event.ref}) is restricted", "--include-restricted shows it")
    assert isinstance(own.payload, Checkpoint)
    kept = [entry for entry in view.entries if entry.number in known]
    gone = () if include_restricted else tuple(e.ref for e in state.entries if e.restricted and e.number in known)
    made = _built(Redacted(view.board, Entries(kept, len(kept)), withheld=gone), own.payload, event.at, ref=event.ref)
    return replace(made, restricted=(*made.restricted, event.ref)) if own.restricted else made


def carried(state: State) -> dict[str, str]:
    """What a person filled in for the last packet, as a proposal for the next one; who commands next is asked anew."""
    before = _given_before(state)
    return {name: text for name, text in before.items() if name != "next_ic"}


def handovers(state: State) -> tuple[Handover, ...]:
    """Every packet that was handed over, the oldest first, those taken back among them."""
    said: dict[str, Acknowledged] = {}
    found: list[Entry] = []
    for entry in state.entries:
        payload = entry.payload
        if isinstance(payload, Checkpoint):
            found.append(entry)
        elif isinstance(payload, Role) and payload.acknowledges and entry.retracted is None:
            said[payload.acknowledges] = Acknowledged(payload.who, entry.at, entry.recorded_by)
    return tuple(
        Handover(_handed(entry), entry.recorded_by, said.get(entry.id), entry.retracted is not None)
        for entry in sorted(found, key=lambda entry: entry.number)
    )


def chosen(packets: Sequence[Handover], name: str) -> Handover:
    """The packet that was meant by its number (``3``) or its reference (``#57``). Raises NotFound."""
    wanted = name.strip()
    matching = [one for one in packets if wanted in (one.packet.ref, str(one.packet.number))]
    if not matching:
        known = ", ".join(dict.fromkeys(str(one.packet.number) for one in packets[-9:]))
        raise NotFound(f"there is no packet {wanted}", f"there are: {known}" if known else "none was handed over yet")
    # After one was taken back the next one has its number again.
    return next((one for one in reversed(matching) if not one.is_retracted), matching[-1])


def _built(view: Redacted, entry: Checkpoint, at: str, *, ref: str = "") -> Packet:
    board, entries = view.board, view.entries[:]  # a plain list: it is walked several times
    given = {name: text for name, text in entry.given.items() if text.strip()}
    before = _given_before(view)
    current, others, ruled_out = _theories(entries)
    links = _links(entries)
    return Packet(
        incident=board.incident,
        title=board.title,
        number=entry.number,
        ref=ref,
        at=at,
        role=entry.role,
        outgoing=entry.outgoing,
        incoming=entry.incoming,
        severity=board.severity,
        state=board.state,
        security=board.security,
        zero=board.zero,
        hypothesis=current,
        hypotheses=others,
        ruled_out=ruled_out,
        impact=board.impact,
        sides=board.sides,
        scope=board.scope,
        in_flight=tuple(sorted(board.actions, key=lambda item: (item.since, item.id))),
        timeboxes=tuple(sorted(board.timeboxes, key=lambda box: (box.until, box.id))),
        point=board.point,
        tracks=board.tracks,
        updates=board.updates,
        last_update=_last_update(entries),
        roles=board.roles,
        not_needed=board.not_needed,
        given=given,
        carried=tuple(name for name, text in given.items() if before.get(name) == text),
        previous=board.checkpoint,
        changes=changes(entries, board.checkpoint) if board.checkpoint else (),
        links=links[-MANY_LINKS:],
        links_in_all=len(links),
        head=board.head,
        entries=board.entries,
        withheld=view.withheld,
        restricted=tuple(found.ref for found in entries if found.restricted),
    )


def _given_before(state: State) -> dict[str, str]:
    last = state.board.checkpoint
    if last is None:
        return {}
    found = entry_of(state.entries[:], last.id)
    return found.payload.given if found and isinstance(found.payload, Checkpoint) else {}


def _theories(entries: Sequence[Entry]) -> tuple[Theory | None, tuple[Theory, ...], tuple[Theory, ...]]:
    """The current hypothesis, those beside it, and those ruled out.

    Current is the one confirmed last, else the newest that is open; the others are in the order of their opening.
    """
    opened = [entry for entry in entries if entry.kind == "hypothesis" and entry.status and entry.retracted is None]
    if not opened:
        return None, (), ()
    verdicts = {
        entry.payload.target: entry
        for entry in entries
        if isinstance(entry.payload, Hypothesis) and entry.payload.target and entry.retracted is None
    }
    confirmed = [entry for entry in opened if entry.status == "confirmed"]
    waiting = [entry for entry in opened if entry.status == "open"]
    current = max(confirmed, key=lambda entry: (entry.ended_at, entry.key)) if confirmed else None
    if current is None and waiting:
        current = waiting[-1]
    facts = [entry for entry in entries if isinstance(entry.payload, Fact) and entry.retracted is None]
    others = tuple(
        _theory(entry, verdicts, ()) for entry in opened if entry is not current and entry.status != "ruled_out"
    )
    ruled_out = tuple(_theory(entry, verdicts, ()) for entry in opened if entry.status == "ruled_out")
    return (_theory(current, verdicts, facts) if current else None), others, ruled_out


def _theory(entry: Entry, verdicts: Mapping[str, Entry], facts: Iterable[Entry]) -> Theory:
    evidence = []
    verdict = verdicts.get(entry.id)
    if verdict is not None:
        sentence = f"{entry.ref} {entry.status.replace('_', ' ')}"
        words = verdict.text.removeprefix(sentence).removeprefix(": ")
        if words:
            evidence.append(noted(verdict, words))
    sources = set(entry.sources)
    evidence += [
        noted(fact) for fact in facts if mentions(fact.text, entry.ref) or not sources.isdisjoint(fact.sources)
    ]
    return Theory(entry.ref, entry.text, entry.status, entry.by, entry.at, entry.ended_at, tuple(evidence))


def _last_update(entries: Sequence[Entry]) -> Sent | None:
    for entry in reversed(entries):
        payload = entry.payload
        if isinstance(payload, Update) and entry.retracted is None:
            return Sent(entry.ref, payload.number, payload.audience, entry.at, entry.text, payload.next_at)
    return None


def _links(entries: Iterable[Entry]) -> tuple[Noted, ...]:
    """Every address of the record once, with the entry that named it last."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.sources and entry.retracted is None:
            for url in entry.sources:
                found.pop(url, None)
                found[url] = entry
    return tuple(Noted(entry.ref, entry.at, entry.by, url, (url,)) for url, entry in found.items())


def _handed(entry: Entry) -> Handed:
    payload = entry.payload
    assert isinstance(payload, Checkpoint)
    return Handed(entry.id, entry.ref, entry.at, payload.number, payload.role, payload.outgoing, payload.incoming)


def _restricted_since(events: Iterable[Event], known: set[int], *, whole: bool) -> list[Event]:
    """What came later and tells of restrictions and erasures; for a packet not ``whole`` what is restricted too.

    Its words may stand in what the record held before, where they are withheld as well.
    """
    secret: set[str] = set()
    later: list[Event] = []
    for event in events:
        payload = event.payload
        if payload.restricted:
            secret.add(event.id)
        elif isinstance(payload, Restricted):
            (secret.discard if payload.lifted else secret.add)(payload.target)
        if event.number not in known:
            later.append(event)
    if whole:
        secret.clear()
    return [event for event in later if isinstance(event.payload, Restricted | Erased) or _is_of(event, secret)]


def _is_of(event: Event, places: set[str]) -> bool:
    """Whether it is one of these events, or corrects one of them."""
    return bool(places) and (event.id in places or getattr(event.payload, "target", "") in places)
