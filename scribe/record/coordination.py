"""What the board learns of coordination: impact and scope, packets handed over, time-boxes, ticks, escalations."""

from __future__ import annotations

from msgspec.structs import replace

from scribe.record.events import (
    Checkpoint,
    Escalation,
    Event,
    Impact,
    Payload,
    Role,
    Scope,
    Security,
    Snoozed,
    Tick,
    Timebox,
)
from scribe.record.state import Board, Handed, Said, ScopeRow, Snooze, Ticked, TimeboxRow


def is_same(one: str, other: str) -> bool:
    """Whether two names are one person's, however they were typed."""
    return one.casefold() == other.casefold()


def noted(board: Board, event: Event, payload: Payload) -> Board:
    """The board once an event of one of these kinds is recorded; the same board for any other."""
    match payload:
        case Impact():
            return _suffered(board, event, payload)
        case Scope():
            row = ScopeRow(payload.row, payload.name, payload.verdict, payload.evidence, event.at)
            return replace(board, scope=scoped(board.scope, row))
        case Checkpoint():
            return _handed_over(board, event, payload)
        case Escalation():
            return replace(board, escalated=max(board.escalated, payload.level))
        case Timebox(target=str(target)) if target:
            return replace(board, timeboxes=tuple(box for box in board.timeboxes if box.id != target))
        case Timebox():
            box = TimeboxRow(event.id, event.ref, event.text, payload.who, event.at, payload.until)
            return replace(board, timeboxes=(*board.timeboxes, box))
        case Tick():
            ticks = {name: tick for name, tick in board.ticks.items() if name != f"{payload.list}/{payload.item}"}
            if payload.done:
                ticks[f"{payload.list}/{payload.item}"] = Ticked(event.who, event.at)
            return replace(board, ticks=ticks)
        case Security(aspect="marked"):
            return replace(board, security=True)
        case Security(aspect="lifted"):
            return replace(board, security=False)
        case Snoozed() if payload.key:
            snooze = Snooze(payload.until, event.at, event.text)
            return replace(board, snoozes={**board.snoozes, payload.key: snooze})
        case _:
            return board


def _suffered(board: Board, event: Event, payload: Impact) -> Board:
    if payload.trend == "better":
        board = replace(board, progress=max(board.progress, event.at))
    if payload.field:
        return replace(board, sides={**board.sides, payload.field: Said(payload.value, event.at)})
    return replace(board, impact=payload.value or event.text)


def scoped(rows: tuple[ScopeRow, ...], row: ScopeRow) -> tuple[ScopeRow, ...]:
    """The scope table with a row in it, in the place of the one of that name."""

    def same(other: ScopeRow) -> bool:
        return (other.row, other.name.casefold()) == (row.row, row.name.casefold())

    if any(same(other) for other in rows):
        return tuple(row if same(other) else other for other in rows)
    return (*rows, row)


def _handed_over(board: Board, event: Event, payload: Checkpoint) -> Board:
    packet = Handed(event.id, event.ref, event.at, payload.number, payload.role, payload.outgoing, payload.incoming)
    return replace(
        board,
        checkpoint=packet,
        checkpoints=board.checkpoints + 1,
        handoff=packet if payload.incoming else board.handoff,
        unpacketed="",
    )


def handed_on(board: Board, event: Event, payload: Role) -> Board:
    """The board once a role changed hands: a packet that waited for that is acknowledged or overtaken.

    It goes on waiting while nobody else has the role: whoever it was for still has to say that they have it. A
    commander who follows another without a packet is remembered, because somebody has to write one.
    """
    before = board.holders(payload.role)
    is_new = payload.change == "assigned" and not any(is_same(holder.who, payload.who) for holder in before)
    pending = board.handoff if board.handoff and board.handoff.role == payload.role else None
    if pending is not None and _answers(payload, pending, is_new=is_new):
        board = replace(board, handoff=None)
    if payload.role == "ic" and is_new and before and pending is None and not payload.acknowledges:
        return replace(board, unpacketed=event.at)
    return board


def _answers(payload: Role, pending: Handed, *, is_new: bool) -> bool:
    if payload.acknowledges or payload.change == "not_needed":
        return True
    # One more expert takes nothing over from another.
    return is_new and (payload.role != "sme" or is_same(payload.who, pending.incoming))
