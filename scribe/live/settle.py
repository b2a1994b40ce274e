"""What a draft means against the board that it meets: references, the cadence in force, caps, refusals.

It runs inside the append's transaction, so that what it decides still holds when the entry is written.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from scribe.live.policy import Policy
from scribe.record.errors import Refused
from scribe.record.events import (
    NO_ENTRY,
    OVER,
    Action,
    Amended,
    Declared,
    Draft,
    Event,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Retracted,
    Role,
    Severity,
    StateChange,
    Update,
)
from scribe.record.state import Board, OpenItem
from scribe.record.when import seconds_between, shifted, spell

Lookup = Callable[[str], Event | None]

ROLE_LABELS = {"ic": "IC", "ops": "Ops", "comms": "Comms", "scribe": "Scribe", "sme": "SME"}
"""How a role is called on the board and in entries."""


def settle(draft: Draft, board: Board, lookup: Lookup, policy: Policy, recorder: str) -> Draft:
    """The draft as it will be recorded.

    Raises Refused: an unknown reference, a thing already closed, a cap passed without a reason.
    """
    payload = draft.payload
    match payload:
        case Declared():
            return replace(draft, payload=replace(payload, cadence=policy.cadence(payload.severity, board.state)))
        case Severity():
            return _graded(draft, payload, board, policy)
        case StateChange():
            return _moved(draft, payload, board, policy)
        case Milestone():
            return replace(draft, text=_said(payload.moment, draft.text))
        case Role():
            return _cast(draft, payload, board, recorder)
        case Update():
            due = None if board.over else _after(draft, payload, board, policy)
            return replace(draft, payload=replace(payload, number=board.updates + 1, next_at=due))
        case Impact():
            return replace(draft, payload=replace(payload, previous=board.impact))
        case Note(next_at=str()) | Note(cadence=int()):
            return _paced(draft, payload, board, policy)
        case Note(point_settled=True):
            what = board.point.what if board.point else ""
            return replace(draft, text=_said("decision point settled", what))
        case Note(point=point) if point is not None:
            return replace(draft, text=f"to decide: {draft.text}")
        case Action(target=target) if target:
            item = _open(target, board.actions, "action", lookup)
            text = _said(f"{item.ref} {payload.status}", draft.text)
            return replace(draft, text=text, payload=replace(payload, target=item.id))
        case Hypothesis(target=target) if target:
            item = _open(target, board.hypotheses, "hypothesis", lookup)
            verdict = payload.status.replace("_", " ")
            return replace(
                draft,
                text=_said(f"{item.ref} {verdict}", draft.text),
                payload=replace(payload, target=item.id),
            )
        case Amended() | Retracted() | Linked():
            event = _known(payload.target, lookup)
            if event.kind in ("declared",) and isinstance(payload, Retracted):
                raise Refused("the declaration cannot be taken back; amend its title, or resolve the incident")
            return replace(draft, payload=replace(payload, target=event.id))
        case _:
            return draft


def cadence_in_force(board: Board, state: str, policy: Policy) -> int | None:
    """Seconds between two updates in that state: what was set by hand for this severity, else the policy's."""
    if state in OVER:
        return None
    return board.cadence if board.cadence_by_hand else policy.cadence(board.severity, state)


def _graded(draft: Draft, payload: Severity, board: Board, policy: Policy) -> Draft:
    cadence = policy.cadence(payload.level, board.state)
    if _backdated(draft, board):
        text, previous = f"severity SEV-{payload.level}", None
    elif payload.level == board.severity:
        raise Refused(f"the severity already is SEV-{payload.level}")
    else:
        before = f"SEV-{board.severity}" if board.severity else "severity unset"
        text, previous = f"{before} → SEV-{payload.level}", board.severity
    payload = replace(payload, previous=previous, cadence=cadence)
    return replace(draft, text=_said(text, draft.text), payload=payload)


def _moved(draft: Draft, payload: StateChange, board: Board, policy: Policy) -> Draft:
    cadence = cadence_in_force(board, payload.state, policy)
    if _backdated(draft, board):
        text, previous = f"state {payload.state}", ""
    elif payload.state == board.state:
        raise Refused(f"the state already is {payload.state}")
    else:
        text, previous = f"{board.state} → {payload.state}", board.state
    return replace(draft, text=_said(text, draft.text), payload=replace(payload, previous=previous, cadence=cadence))


def _backdated(draft: Draft, board: Board) -> bool:
    """Whether the board has moved on since: what it says now is not what was before this."""
    return draft.at < board.key[0]


def _said(sentence: str, words: str) -> str:
    return f"{sentence}: {words}" if words else sentence


def _cast(draft: Draft, payload: Role, board: Board, recorder: str) -> Draft:
    label = ROLE_LABELS[payload.role]
    held = () if _backdated(draft, board) else tuple(holder.who for holder in board.holders(payload.role))
    who = payload.who or (recorder if payload.change == "assigned" else "")
    if payload.change == "not_needed":
        sentence = f"{label} not needed" + (f" (was {_people(held)})" if held else "")
    elif payload.change == "released":
        if not _backdated(draft, board) and (not held or (who and who not in held)):
            raise Refused(f"@{who} does not hold {label}" if who else f"nobody holds {label}")
        by = _people((who,) if who else held)
        sentence = f"{label} released by {by}" if by else f"{label} released"
    elif payload.role != "sme" and held and held != (who,):
        sentence = f"{label}: {_people(held)} → @{who}"
    else:
        sentence = f"{label} → @{who}"
    if payload.solo:
        sentence += " (solo)"
    return replace(draft, text=_said(sentence, draft.text), payload=replace(payload, who=who, previous=held))


def _people(names: tuple[str, ...]) -> str:
    return ", ".join(f"@{name}" for name in names)


def _paced(draft: Draft, payload: Note, board: Board, policy: Policy) -> Draft:
    """A due time or cadence set by hand; past the severity's cap it needs a reason (and is a finding)."""
    if board.over:
        raise Refused(f"the incident is {board.state}; no update is due")
    cap = policy.cap(board.severity)
    if payload.next_at is not None:
        gap = seconds_between(board.base, payload.next_at)
        sentence = f"next update due in {spell(seconds_between(draft.at, payload.next_at))}"
    else:
        assert payload.cadence is not None
        gap = float(payload.cadence)
        sentence = f"updates every {spell(payload.cadence)}"
    over = cap is not None and gap > cap
    if over and not draft.text:
        assert cap is not None
        limit = f"SEV-{board.severity} updates are at most {spell(cap)} apart"
        since = f", and the last was {spell(seconds_between(board.base, draft.at))} ago" if payload.next_at else ""
        raise Refused(f"{limit}{since}; to go past that, give a reason after the time")
    return replace(draft, text=_said(sentence, draft.text), payload=replace(payload, over_cap=over))


def _after(update: Draft, payload: Update, board: Board, policy: Policy) -> str:
    """When the update after this one is due: as it was promised, else by the cadence, else as it was set already."""
    cadence, cap = cadence_in_force(board, board.state, policy), policy.cap(board.severity)
    if payload.next_at is not None:
        if cap is not None and seconds_between(update.at, payload.next_at) > cap:
            limit = f"SEV-{board.severity} updates are at most {spell(cap)} apart"
            raise Refused(f"{limit}; to go past that, send it, then use /next with a reason")
        return payload.next_at
    if cadence is not None:
        return shifted(update.at, cadence)
    if board.due is not None and board.due.at > update.at:
        return board.due.at
    raise Refused("an update says when the next one is due", "set that first: /cadence 2h, or /next 30m")


def _open(target: str, items: tuple[OpenItem, ...], what: str, lookup: Lookup) -> OpenItem:
    if len(target) == 1:  # no reference was typed: the only open one is meant
        if len(items) == 1:
            return items[0]
        if not items:
            raise Refused(f"no {what} is open")
        raise Refused(f"which {what}? {', '.join(item.ref for item in items[:9])} are open")
    found = next((item for item in items if target in (item.ref, item.id)), None)
    if found is not None:
        return found
    _known(target, lookup)
    raise Refused(f"{target} is not open any more")


def _known(target: str, lookup: Lookup) -> Event:
    event = lookup(target)
    if event is None or event.kind in NO_ENTRY:
        raise Refused(f"there is no {target} in this incident")
    return event
