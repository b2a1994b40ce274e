"""From events to what people see: the board, and the entries of the timeline.

The board is folded in the order in which things happened, from board events alone, so that a backdated change of
severity lands where it belongs. Entries are folded in the order of arrival.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable

from msgspec import UNSET
from msgspec.structs import replace

from scribe.record.chain import heads_after
from scribe.record.events import (
    NO_ENTRY,
    OVER,
    Action,
    Amended,
    Declared,
    Event,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Payload,
    Retracted,
    Role,
    Severity,
    StateChange,
    Update,
)
from scribe.record.state import (
    Board,
    Due,
    Entries,
    Entry,
    Holder,
    Mark,
    OpenItem,
    PartialState,
    Retraction,
    Revision,
    State,
    StateSpan,
    Tail,
)
from scribe.record.when import instant, seconds_between, shifted

LATE_AFTER = 60
"""Seconds between what happened and the writing, from which an entry with a typed time counts as late."""

AUDIENCE = "stakeholders"
"""The audience that counts down when nothing else was switched on."""


# ── the board ───────────────────────────────────────────────────────────────────────────────────────────────────────


def advance(board: Board, event: Event, board_events: Callable[[], Iterable[Event]]) -> Board:
    """The board once ``event`` is recorded.

    ``board_events`` reads the incident's board events (this one included) and is called only when the event is a
    correction or is backdated, because then the board is folded anew.
    """
    counted = _count(board, event)
    if not event.is_board:
        return counted
    if isinstance(event.payload, Amended | Retracted) or event.key < board.key:
        return _with_counters(refold(event.incident, board_events()), counted)
    return _turn(counted, event, event.payload)


def refold(incident: str, board_events: Iterable[Event]) -> Board:
    """A board folded from board events alone; its counters are left at zero."""
    effective: dict[str, Event] = {}
    spans: tuple[StateSpan, ...] = ()  # retracted ones too: what was believed then tells live from reconstructed
    for event in sorted(board_events, key=lambda found: found.number):  # a clock that was set back orders nothing
        payload = event.payload
        if isinstance(payload, Amended):
            if payload.target in effective:
                effective[payload.target] = amend_event(effective[payload.target], payload)
        elif isinstance(payload, Retracted):
            effective.pop(payload.target, None)
        else:
            effective[event.id] = event
            if isinstance(payload, Declared | StateChange):
                spans = _spanned(spans, event, payload)
    board = Board(incident)
    # What is dated before the declaration is still a change of what was declared.
    for event in sorted(effective.values(), key=lambda found: (found.kind != "declared", found.key)):
        board = _turn(board, event, event.payload)
    closed = {_closes(event.payload) for event in effective.values()}  # even what is dated after its closing
    return replace(
        board,
        spans=spans,
        hypotheses=tuple(item for item in board.hypotheses if item.id not in closed),
        actions=tuple(item for item in board.actions if item.id not in closed),
    )


def rebuild(incident: str, events: Iterable[Event]) -> Board:
    """A board with its counters from all events in order of arrival: what a damaged board row is replaced with."""
    counted = Board(incident)
    board_events = []
    for event in events:
        counted = _count(counted, event)
        if event.is_board:
            board_events.append(event)
    return _with_counters(refold(incident, board_events), counted)


def amend_event(event: Event, change: Amended) -> Event:
    """The event as its amendment has it."""
    return replace(
        event,
        text=event.text if change.text is UNSET else change.text,
        author=event.author if change.by is UNSET else change.by,
        at=event.at if change.at is UNSET else change.at,
        precision=event.precision if change.precision is UNSET else change.precision,
        at_raw=event.at_raw if change.at_raw is UNSET else change.at_raw,
    )


def _count(board: Board, event: Event) -> Board:
    refs = board.refs
    prefix = event.ref[:1]
    if prefix:
        refs = {**refs, prefix: max(refs.get(prefix, 0), int(event.ref[1:].partition("·")[0]))}
    return replace(
        board,
        entries=board.entries + (event.kind not in NO_ENTRY),
        events=board.events + 1,
        refs=refs,
        tails={**board.tails, event.writer: Tail(event.seq, event.digest)},
        heads=heads_after(board.heads, event),
        genesis=board.genesis or event.digest,
        active_at=max(board.active_at, event.recorded_at),
    )


def _with_counters(board: Board, counted: Board) -> Board:
    return replace(
        board,
        entries=counted.entries,
        events=counted.events,
        refs=counted.refs,
        tails=counted.tails,
        heads=counted.heads,
        genesis=counted.genesis,
        active_at=counted.active_at,
    )


def _turn(board: Board, event: Event, payload: Payload) -> Board:
    board = replace(board, key=event.key)
    match payload:
        case Declared():
            over = payload.postmortem_only
            return replace(
                board,
                title=event.text,
                severity=payload.severity,
                postmortem_only=over,
                state="resolved" if over else "investigating",
                spans=_spanned((), event, payload),
                moments=_marked(board, "declared", event, explicit=False),
                base=event.at,
                cadence=payload.cadence,
                due=None if over else _due(event.at, payload.cadence, None),
            )
        case Severity():
            board = replace(board, severity=payload.level, cadence=payload.cadence, cadence_by_hand=False)
            return replace(board, due=None if board.over else _forward(board, payload.cadence))
        case StateChange():
            return _change_state(board, event, payload)
        case Milestone():
            return replace(board, moments=_marked(board, payload.moment, event, explicit=True))
        case Update():
            due = None if board.over or payload.next_at is None else Due(payload.next_at, payload.audience)
            return replace(board, base=event.at, due=due, updates=board.updates + 1)
        case Role():
            return _cast(board, event, payload)
        case Hypothesis():
            items = _opened(board.hypotheses, event, payload.target, opens=payload.status == "open")
            return replace(board, hypotheses=items)
        case Action():
            items = _opened(board.actions, event, payload.target, opens=payload.status == "in_flight")
            return replace(board, actions=items)
        case Impact():
            return replace(board, impact=event.text)
        case Note():
            return _set(board, payload)
        case _:
            return board


def _due(base: str, cadence: int | None, audience: str | None) -> Due | None:
    return None if cadence is None else Due(shifted(base, cadence), audience or AUDIENCE)


def _forward(board: Board, cadence: int | None) -> Due | None:
    """A change of severity or state may bring the due time forward, never push it back."""
    candidate = _due(board.base, cadence, board.due.audience if board.due else None)
    if board.due is None or candidate is None:
        return board.due or candidate
    return min(board.due, candidate, key=lambda due: due.at)


def _change_state(board: Board, event: Event, payload: StateChange) -> Board:
    reopened = board.over and payload.state not in OVER
    board = replace(board, state=payload.state, spans=_spanned(board.spans, event, payload))
    # A regression: what was resolved or closed is not, unless a milestone said so by name.
    undone = {"closed"} if payload.state != "closed" else set()
    undone |= {"resolved"} if reopened else set()
    kept = {name: mark for name, mark in board.moments.items() if name not in undone or mark.explicit}
    board = replace(board, moments=kept)
    reached = {"identified": "diagnosed", "resolved": "resolved", "closed": "closed"}.get(payload.state)
    if reached:
        board = replace(board, moments=_marked(board, reached, event, explicit=False))
    if board.over:  # a cadence set by hand waits for the day when it is open again
        return replace(board, due=None, cadence=board.cadence if board.cadence_by_hand else None)
    if reopened:
        board = replace(board, base=event.at, due=None)
    return replace(board, cadence=payload.cadence, due=_forward(board, payload.cadence))


def _set(board: Board, payload: Note) -> Board:
    if payload.cadence is not None:
        board = replace(board, cadence=payload.cadence, cadence_by_hand=True)
        board = replace(board, due=None if board.over else _forward(board, payload.cadence))
    if payload.next_at is not None and not board.over:
        board = replace(board, due=Due(payload.next_at, board.due.audience if board.due else AUDIENCE))
    if payload.point is not None or payload.point_settled:
        board = replace(board, point=payload.point)
    return board


def _spanned(spans: tuple[StateSpan, ...], event: Event, payload: Declared | StateChange) -> tuple[StateSpan, ...]:
    if isinstance(payload, StateChange):
        state: str = payload.state
    else:
        state = "resolved" if payload.postmortem_only else "investigating"
    return tuple(sorted((*spans, StateSpan(event.recorded_at, state)), key=lambda span: span.recorded_at))


def _marked(board: Board, moment: str, event: Event, *, explicit: bool) -> dict[str, Mark]:
    known = board.moments.get(moment)
    mark = Mark(event.at, event.precision, event.recorded_at, explicit)
    if known is not None and (known.explicit, known.recorded_at) > (mark.explicit, mark.recorded_at):
        return board.moments  # what was said by name wins over what a state implies, the later word over the earlier
    return {**board.moments, moment: mark}


def _cast(board: Board, event: Event, payload: Role) -> Board:
    name, held = payload.role, board.holders(payload.role)
    needless = tuple(role for role in board.not_needed if role != name)
    if payload.change == "not_needed":
        held, needless = (), (*needless, name)
    elif payload.change == "released":
        held = tuple(holder for holder in held if payload.who and holder.who != payload.who)
    else:
        others = tuple(holder for holder in held if holder.who != payload.who) if name == "sme" else ()
        held = (*others, Holder(payload.who, event.at))
    solo = payload.solo if name == "ic" else board.solo and (payload.solo or payload.change != "assigned")
    return replace(board, roles={**board.roles, name: held}, not_needed=needless, solo=solo)


def _closes(payload: Payload) -> str:
    return payload.target if isinstance(payload, Action | Hypothesis) else ""


def _opened(items: tuple[OpenItem, ...], event: Event, target: str, *, opens: bool) -> tuple[OpenItem, ...]:
    if target:
        items = tuple(item for item in items if item.id != target)
    elif opens:
        who = event.author or event.recorder
        items = (*items, OpenItem(event.id, event.ref, event.text, who, event.at))
    return items


# ── the entries ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Fold:
    """The growing timeline of one incident. It owns its lists; the states it hands out are frozen views of them."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._items: list[Entry] = []
        self._shared = 0
        self._places: dict[str, dict[int, Entry]] = {}

    def add(self, event: Event) -> None:
        """Take one event, in order of arrival. A correction of an entry that was not loaded changes nothing here."""
        payload = event.payload
        match payload:
            case Amended():
                self._correct(payload.target, lambda entry: self._amended(entry, event, payload))
                self._ended(payload.target)
            case Retracted():
                self._retract(event, payload.target)
            case Linked():
                sources = payload.sources
                self._correct(payload.target, lambda entry: replace(entry, sources=_joined(entry.sources, sources)))
            case _:
                self._insert(self._entry(event))
                self._ended(event.id)

    def extend(self, events: Iterable[Event]) -> None:
        """Take several events, in order of arrival."""
        for event in events:
            self.add(event)

    def advance(self, board: Board) -> None:
        """Take the board as it stands now."""
        self._board = board

    def state(self) -> State:
        """Everything, as it stands."""
        return State(self._board, self._view())

    def partial(self) -> PartialState:
        """As ``state``, when older entries are still to be loaded."""
        return PartialState(self._board, self._view())

    def __len__(self) -> int:
        return len(self._items)

    def _view(self) -> Entries:
        self._shared = len(self._items)
        return Entries(self._items, self._shared)

    def _entry(self, event: Event) -> Entry:
        payload = event.payload
        late = bool(event.at_raw) and seconds_between(event.at, event.recorded_at) >= LATE_AFTER
        status = payload.status if isinstance(payload, Action | Hypothesis) and not payload.target else ""
        return Entry(
            event.number,
            event.writer,
            event.seq,
            event.ref,
            event.at,
            event.precision,
            event.at_raw,
            event.recorded_at,
            event.kind,
            event.text,
            event.author or event.recorder,
            event.recorder,
            payload,
            payload.sources,
            late,
            late and self._board.over_at(event.recorded_at),
            status=status,
        )

    def _amended(self, entry: Entry, event: Event, change: Amended) -> Entry:
        revision = Revision(entry.text, entry.at, entry.by, event.recorded_at, event.text)
        payload = entry.payload
        if change.text is not UNSET:
            payload = replace(payload, tags=change.tags, mentions=change.mentions)
        at_raw = entry.at_raw if change.at_raw is UNSET else change.at_raw
        at = entry.at if change.at is UNSET else change.at
        late = bool(at_raw) and seconds_between(at, entry.recorded_at) >= LATE_AFTER
        return replace(
            entry,
            text=entry.text if change.text is UNSET else change.text,
            by=entry.by if change.by is UNSET else change.by,
            at=at,
            precision=entry.precision if change.precision is UNSET else change.precision,
            at_raw=at_raw,
            late=late,
            reconstructed=late and self._board.over_at(entry.recorded_at),
            payload=payload,
            sources=_joined(entry.sources, change.sources),
            revisions=(*entry.revisions, revision),
        )

    def _insert(self, entry: Entry) -> None:
        items = self._items
        self._places.setdefault(entry.writer, {})[entry.seq] = entry
        if not items or items[-1].key <= entry.key:
            items.append(entry)
            return
        self._own(bisect_right(items, entry.key, key=lambda found: found.key))
        insort(self._items, entry, key=lambda found: found.key)

    def _correct(self, target: str, change: Callable[[Entry], Entry]) -> None:
        old = self._find(target)
        if old is None:
            return
        new = change(old)
        self._places[old.writer][old.seq] = new
        place = bisect_right(self._items, old.key, key=lambda found: found.key) - 1
        self._own(min(place, bisect_right(self._items, new.key, key=lambda found: found.key)))
        if new.key == old.key:
            self._items[place] = new
        else:
            del self._items[place]
            insort(self._items, new, key=lambda found: found.key)

    def _retract(self, event: Event, target: str) -> None:
        """Take an entry back, once; when it closed something, that is open again."""
        gone = self._find(target)
        if gone is None or gone.retracted is not None:
            return
        why = Retraction(event.text, event.author or event.recorder, event.recorded_at)
        self._correct(target, lambda entry: replace(entry, retracted=why))
        opened = "open" if isinstance(gone.payload, Hypothesis) else "in_flight"
        self._correct(_closes(gone.payload), lambda entry: replace(entry, status=opened, ended_at=""))

    def _ended(self, place: str) -> None:
        """What the entry at ``place`` closed, itself or another, ended when that entry happened."""
        closing = self._find(place)
        if closing is None or closing.retracted is not None or not isinstance(closing.payload, Action | Hypothesis):
            return
        target, status, ended = closing.payload.target, closing.payload.status, closing.at
        if target:
            self._correct(target, lambda entry: replace(entry, status=status, ended_at=ended))
        elif status == "done":
            self._correct(place, lambda entry: replace(entry, ended_at=ended))

    def _find(self, target: str) -> Entry | None:
        writer, _, seq = target.rpartition("-")
        return self._places.get(writer, {}).get(int(seq)) if seq.isdecimal() else None

    def _own(self, place: int) -> None:
        """Before a change at ``place``: views already handed out keep the list they have."""
        if place < self._shared:
            self._items = list(self._items)
            self._shared = 0


def _joined(sources: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*sources, *more)))


def replay(incident: str, events: Iterable[Event]) -> State:
    """The state that a whole record folds to."""
    events = list(events)
    fold = Fold(rebuild(incident, events))
    fold.extend(events)
    return fold.state()


def age(since: str, now: str) -> float:
    """Seconds from one UTC text to another, never negative."""
    return max(0.0, (instant(now) - instant(since)).total_seconds())
