"""The board, folded from events in the order in which things happened.

It needs board events alone, so that a backdated change of severity lands where it belongs at little cost.
"""

from __future__ import annotations

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
    Holder,
    Mark,
    OpenItem,
    StateSpan,
    Tail,
)
from scribe.record.when import shifted

AUDIENCE = "stakeholders"
"""The audience that counts down when nothing else was switched on."""


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
    closed = {closes(event.payload) for event in effective.values()}  # even what is dated after its closing
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


def closes(payload: Payload) -> str:
    """What an event closes (``writer-seq``); empty when it closes nothing."""
    return payload.target if isinstance(payload, Action | Hypothesis) else ""


def _opened(items: tuple[OpenItem, ...], event: Event, target: str, *, opens: bool) -> tuple[OpenItem, ...]:
    if target:
        items = tuple(item for item in items if item.id != target)
    elif opens:
        who = event.author or event.recorder
        items = (*items, OpenItem(event.id, event.ref, event.text, who, event.at))
    return items
