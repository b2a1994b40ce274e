"""The board, folded from events in the order in which things happened.

It needs board events alone, so that a backdated change of severity lands where it belongs at little cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter

from msgspec import UNSET
from msgspec.structs import replace

from scribe.record.chain import heads_after
from scribe.record.coordination import handed_on, is_same, noted
from scribe.record.erasure import ERASED, stands_for
from scribe.record.events import (
    AFTERWARDS,
    NO_ENTRY,
    Absent,
    Action,
    Amended,
    Decision,
    Declared,
    Erased,
    Event,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Payload,
    Retracted,
    Role,
    Severity,
    StateChange,
    Timebox,
    Update,
)
from scribe.record.merged import number
from scribe.record.pace import paced, paced_by_hand, sent
from scribe.record.register import registered
from scribe.record.state import (
    Board,
    Holder,
    Mark,
    OpenItem,
    StateSpan,
    Tail,
)
from scribe.record.terms import IMPACT_LABELS, OVER, STATES, TITLE_WITHHELD
from scribe.record.when import seconds_between

_NOW = 900
"""Seconds between what happened and its writing within which an entry tells of what is so now."""


def advance(board: Board, event: Event, board_events: Callable[[], Iterable[Event]]) -> Board:
    """The board once ``event`` is recorded.

    ``board_events`` reads the incident's board events (this one included) and is called only when the event is a
    correction or is backdated, because then the board is folded anew.
    """
    counted = _count(board, event)
    if not event.is_board:
        return counted
    if event.kind in AFTERWARDS:
        is_late = said_in_turn(event, board.written_key) < board.written_key
    else:
        is_late = _in_turn(event, board.key) < board.key
    if isinstance(event.payload, Amended | Retracted | Erased) or is_late:
        return _with_counters(refold(event.incident, board_events()), counted)
    return _turn(counted, event, event.payload)


def refold(incident: str, board_events: Iterable[Event]) -> Board:
    """A board folded from board events alone, in the order of a whole record; its counters are left at zero.

    That is the order of arrival (a clock that was set back orders nothing), or `merged.in_order`.
    """
    effective: dict[str, Event] = {}
    anew: dict[tuple[str, str, str], str] = {}
    doubles: dict[str, str] = {}
    spans: tuple[StateSpan, ...] = ()  # retracted ones too: what was believed then tells live from reconstructed
    for event in board_events:
        payload = event.payload
        thing = stands_for(event) if payload.origin else None
        if thing is not None and (first := anew.setdefault(thing, event.id)) != event.id:
            doubles[event.id] = first
        elif isinstance(payload, Amended):
            target = doubles.get(payload.target, payload.target)
            if target in effective:
                effective[target] = amend_event(effective[target], payload)
        elif isinstance(payload, Retracted):
            effective.pop(doubles.get(payload.target, payload.target), None)
        elif isinstance(payload, Erased):
            for place in (payload.target, *payload.also):
                if place in effective:
                    effective[place] = _erased(effective[place])
        else:
            effective[event.id] = event
            if isinstance(payload, Declared | StateChange) or event.kind == "declared":
                spans = _spanned(spans, event, payload)
    board = Board(incident)
    acknowledged: set[str] = set()
    for event in _turns(effective.values()):
        board = _turn(board, event, event.payload)
        if isinstance(event.payload, Role):
            acknowledged.add(event.payload.acknowledges)
        if board.handoff and board.handoff.id in acknowledged:  # it is dated after it was taken over
            board = replace(board, handoff=None)
    closed = {closes(event.payload) for event in effective.values()}  # even what is dated after its closing
    return replace(
        board,
        spans=spans,
        hypotheses=tuple(item for item in board.hypotheses if item.id not in closed),
        actions=tuple(item for item in board.actions if item.id not in closed),
        timeboxes=tuple(box for box in board.timeboxes if box.id not in closed),
    )


def written_key(event: Event) -> tuple[str, str, int]:
    """The order of what is written afterwards: nobody says when it happened, only the writing counts."""
    return (event.written_at, event.writer, event.seq)


def said_in_turn(event: Event, last: tuple[str, str, int]) -> tuple[str, str, int]:
    """As ``written_key``, behind what was written before it whatever the clock said by then."""
    key = written_key(event)
    return last if key < last and _follows(event, last[-2:]) else key


def _in_turn(event: Event, last: tuple[str, str, str, int]) -> tuple[str, str, str, int]:
    """An event's place among the board's turns, of which ``last`` was the last so far.

    Whoever says what is so now says it after what was written before, also when the clock was set back meanwhile: by
    its time alone a new state would be older than the one that it follows, and never be in force.
    """
    key = event.key
    is_behind = key < last and event.written_at < last[1] and _follows(event, last[-2:])
    return last if is_behind and seconds_between(event.at, event.written_at) < _NOW else key


def _follows(event: Event, last: tuple[str, int]) -> bool:
    """Whether an event that came in behind ``last`` (its writer and turn) was written behind it."""
    writer, seq = last
    return event.payload.origin is None and (event.writer != writer or event.seq > seq)


def _turns(events: Iterable[Event]) -> list[Event]:
    """The events of a record in the order in which the board takes them."""
    placed: list[tuple[tuple[int, tuple[str | int, ...]], Event]] = []
    said, last, is_first = ("", "", 0), ("", "", "", 0), True
    for event in events:
        if event.kind in AFTERWARDS:
            said = max(said, said_turn := said_in_turn(event, said))
            placed.append(((2, said_turn), event))
            continue
        turn = _in_turn(event, last)
        # What is dated before the declaration is still a change of what was declared.
        placed.append(((int(event.kind != "declared"), turn), event))
        last = turn if is_first else max(last, turn)
        is_first = event.kind == "declared"
    return [event for _, event in sorted(placed, key=itemgetter(0))]


def rebuild(incident: str, events: Iterable[Event]) -> Board:
    """A board with its counters from all events of a record: what a damaged board row is replaced with."""
    counted = Board(incident)
    board_events = []
    anew: set[tuple[str, str, str]] = set()
    for event in events:
        counted = _count(counted, event)
        if event.payload.origin and (thing := stands_for(event)) is not None:
            if thing in anew and event.kind not in NO_ENTRY:
                counted = replace(counted, entries=counted.entries - 1)
            anew.add(thing)
        if event.is_board:
            board_events.append(event)
    return _with_counters(refold(incident, board_events), counted)


def amend_event(event: Event, change: Amended) -> Event:
    """The event as its amendment has it; what has no body any more stays as it is."""
    if isinstance(event.payload, Absent):
        return event
    return replace(
        event,
        payload=amend_payload(event.payload, change),
        text=event.text if change.text is UNSET else change.text,
        author=event.author if change.by is UNSET else change.by,
        at=event.at if change.at is UNSET else change.at,
        precision=event.precision if change.precision is UNSET else change.precision,
        at_raw=event.at_raw if change.at_raw is UNSET else change.at_raw,
    )


def _erased(event: Event) -> Event:
    """The event without its words, as it is read once they are destroyed."""
    text = ERASED if event.kind == "declared" else ""
    return replace(event, payload=Absent(), author="", recorder="", at_raw="", text=text)


def amend_payload(payload: Payload, change: Amended) -> Payload:
    """The payload of such an event: what is said of one side of the impact stands in its text and beside it."""
    if isinstance(payload, Impact) and payload.field and change.text is not UNSET:
        return replace(payload, value=change.text.removeprefix(f"{IMPACT_LABELS[payload.field]}: "))
    return payload


def _count(board: Board, event: Event) -> Board:
    refs = board.refs
    prefix = event.ref[:1]
    if prefix:
        refs = {**refs, prefix: max(refs.get(prefix, 0), number(event.ref))}
    heads = heads_after(board.heads, event)
    return replace(
        board,
        entries=board.entries + (event.kind not in NO_ENTRY),
        events=board.events + 1,
        refs=refs,
        tails={**board.tails, event.writer: Tail(event.seq, event.digest)},
        heads=heads,
        genesis=board.genesis or event.digest,
        active_at=max(board.active_at, event.recorded_at),
        merged=board.merged or len(heads) > 1,
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
        merged=counted.merged,
    )


def _turn(board: Board, event: Event, payload: Payload) -> Board:
    if event.kind in AFTERWARDS:
        return registered(replace(board, written_key=said_in_turn(event, board.written_key)), event, payload)
    board = replace(board, key=_in_turn(event, board.key))
    match payload:
        case Declared():
            over = payload.postmortem_only
            board = replace(
                board,
                title=event.text,
                severity=payload.severity,
                postmortem_only=over,
                security=payload.security,
                state="resolved" if over else "investigating",
                spans=_spanned((), event, payload),
                moments=_marked(board, "declared", event, explicit=False),
                progress=event.at,
            )
            return paced(board, payload, since=event.at)
        case Absent() if event.kind == "declared":
            return replace(
                board,
                title=event.text or TITLE_WITHHELD,
                spans=_spanned((), event, payload),
                moments=_marked(board, "declared", event, explicit=False),
                progress=event.at,
            )
        case Severity():
            return paced(replace(board, severity=payload.level), payload, forget=True)
        case StateChange():
            return _change_state(board, event, payload)
        case Milestone():
            return replace(board, moments=_marked(board, payload.moment, event, explicit=True))
        case Update():
            return sent(board, event, payload)
        case Role():
            return _cast(board, event, payload)
        case Hypothesis():
            items = _opened(board.hypotheses, event, payload, opens=payload.status == "open")
            return replace(board, hypotheses=items)
        case Action():
            items = _opened(board.actions, event, payload, opens=payload.status == "in_flight")
            board = replace(board, actions=items)
            return _moved_on(board, event) if payload.status == "done" else board
        case Decision():
            return replace(_moved_on(board, event), strategy_at=max(board.strategy_at, event.at))
        case Note():
            return _set(board, payload, event)
        case _:
            return noted(board, event, payload)


def _moved_on(board: Board, event: Event) -> Board:
    """Mitigation made progress: an action finished, impact got better, the state moved on, the strategy changed."""
    return replace(board, progress=max(board.progress, event.at))


def _change_state(board: Board, event: Event, payload: StateChange) -> Board:
    reopened = board.over and payload.state not in OVER
    forward = STATES.index(payload.state) > (STATES.index(board.state) if board.state in STATES else 0)
    board = replace(board, state=payload.state, spans=_spanned(board.spans, event, payload))
    # A regression: what was resolved or closed is not, unless a milestone said so by name.
    undone = {"closed"} if payload.state != "closed" else set()
    undone |= {"resolved"} if reopened else set()
    kept = {name: mark for name, mark in board.moments.items() if name not in undone or mark.explicit}
    board = replace(board, moments=kept)
    reached = {"identified": "diagnosed", "resolved": "resolved", "closed": "closed"}.get(payload.state)
    if reached:
        board = replace(board, moments=_marked(board, reached, event, explicit=False))
    if forward or reopened:
        board = _moved_on(board, event)
    return paced(board, payload, since=event.at if reopened else None)


def _set(board: Board, payload: Note, event: Event) -> Board:
    board = paced_by_hand(board, payload, event)
    if payload.point is not None or payload.point_settled:
        board = replace(board, point=payload.point)
    if payload.trigger is not None:
        board = replace(board, trigger=payload.trigger)
    return board


def _spanned(spans: tuple[StateSpan, ...], event: Event, payload: Payload) -> tuple[StateSpan, ...]:
    if isinstance(payload, StateChange):
        state: str = payload.state
    else:  # a declaration, or one whose words are not here
        state = "resolved" if isinstance(payload, Declared) and payload.postmortem_only else "investigating"
    return tuple(sorted((*spans, StateSpan(event.written_at, state)), key=lambda span: span.recorded_at))


def _marked(board: Board, moment: str, event: Event, *, explicit: bool) -> dict[str, Mark]:
    known = board.moments.get(moment)
    mark = Mark(event.at, event.precision, event.written_at, explicit)
    if known is not None and (known.explicit, known.recorded_at) > (mark.explicit, mark.recorded_at):
        return board.moments  # what was said by name wins over what a state implies, the later word over the earlier
    return {**board.moments, moment: mark}


def _cast(board: Board, event: Event, payload: Role) -> Board:
    name, held = payload.role, board.holders(payload.role)
    board = handed_on(board, event, payload)
    needless = tuple(role for role in board.not_needed if role != name)
    if payload.change == "not_needed":
        held, needless = (), (*needless, name)
    elif payload.change == "released":
        held = tuple(holder for holder in held if payload.who and not is_same(holder.who, payload.who))
    else:
        held = (*(_beside(held, payload) if name == "sme" else ()), Holder(payload.who, event.at))
    solo = payload.solo if name == "ic" else board.solo and (payload.solo or payload.change != "assigned")
    return replace(board, roles={**board.roles, name: held}, not_needed=needless, solo=solo)


def _beside(held: tuple[Holder, ...], payload: Role) -> tuple[Holder, ...]:
    """The experts who stay when another comes: all of them, but for whoever handed over."""
    leaving = (payload.who, *(payload.previous if payload.acknowledges else ()))
    return tuple(holder for holder in held if not any(is_same(holder.who, name) for name in leaving))


def closes(payload: Payload) -> str:
    """What an event closes (``writer-seq``); empty when it closes nothing."""
    return payload.target if isinstance(payload, Action | Hypothesis | Timebox) else ""


def _opened(
    items: tuple[OpenItem, ...], event: Event, payload: Action | Hypothesis, *, opens: bool
) -> tuple[OpenItem, ...]:
    if payload.target:
        items = tuple(item for item in items if item.id != payload.target)
    elif opens:
        items = (*items, OpenItem(event.id, event.ref, event.text, event.who, event.at, payload.tags))
    return items
