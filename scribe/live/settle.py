"""What a draft means against the board that it meets: references, the cadence in force, caps, refusals.

It runs inside the append's transaction, so that what it decides still holds when the entry is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from scribe.live import casting, pacing
from scribe.live.checklists import find, known
from scribe.live.policy import Policy
from scribe.live.procedures import CLOSING, unverified
from scribe.live.wording import backdated, said
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.errors import Refused
from scribe.record.events import (
    NO_ENTRY,
    Absent,
    Action,
    Amended,
    Checkpoint,
    Decision,
    Declared,
    Draft,
    Escalation,
    Event,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Payload,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Severity,
    Snoozed,
    StateChange,
    Tick,
    Timebox,
    Update,
    kind_of,
)
from scribe.record.state import Board
from scribe.record.terms import IMPACT_LABELS, SCOPE_LABELS

Lookup = Callable[[str], Event | None]

STRATEGY_WORDS = {
    "roll_back": "roll back",
    "narrow": "narrow the diagnosis",
    "escalate": "escalate",
    "consult": "read the documentation, or the dependency's status",
    "continue": "continue",
}
"""The strategies as entries say them."""


ASPECT_WORDS = {
    "indicator": "indicator of compromise",
    "containment": "containment",
    "legal": "legal conclusion",
}
"""The fields of the protected track as entries say them."""


def settle(draft: Draft, board: Board, lookup: Lookup, policy: Policy, recorder: str) -> Draft:
    """The draft as it will be recorded.

    Raises Refused: an unknown reference, a thing already closed, a cap passed without a reason.
    """
    if draft.payload.origin is not None:
        found = _imported(draft, lookup)
        # A record of scribe's own says itself what is restricted; what has no reference comes from somewhere else.
        return found if draft.payload.origin.ref else _protected(found, board, policy)
    return _protected(_settled(draft, board, lookup, policy, recorder), board, policy)


def _imported(draft: Draft, lookup: Lookup) -> Draft:
    """What comes from elsewhere is taken as it stands; only what it points at has another name here."""
    payload = draft.payload
    for field in ("target", "entry", "acknowledges"):
        name = getattr(payload, field, "")
        if name:
            event = lookup(name)
            if event is None:
                raise Refused(f"there is no {name} in what is imported")
            payload = replace(payload, **{field: event.id})
    return replace(draft, payload=payload)


def _settled(draft: Draft, board: Board, lookup: Lookup, policy: Policy, recorder: str) -> Draft:
    payload = draft.payload
    match payload:
        case Declared():
            state = "resolved" if payload.postmortem_only else board.state
            return replace(draft, payload=pacing.declared(payload, state, policy))
        case Severity():
            return _graded(draft, payload, board, policy)
        case StateChange():
            return _moved(draft, payload, board, policy)
        case Milestone():
            return replace(draft, text=said(payload.moment, draft.text))
        case Role():
            return casting.cast(draft, payload, board, policy, recorder)
        case Checkpoint():
            return casting.handed_over(draft, payload, board, policy, recorder)
        case Update():
            return pacing.sent(draft, payload, board, policy)
        case Snoozed():
            return pacing.snoozed(draft, payload, board, policy)
        case Note(next_at=str()) | Note(cadence=int()) | Note(switched="on" | "off"):
            return pacing.paced(draft, payload, board, policy)
        case Note() | Decision():
            return _decided(draft, payload, board)
        case Impact() | Scope() | Security() | Escalation() | Tick():
            return _coordinated(draft, payload, board, policy)
        case Action(target=target) if target:
            return _closed(draft, payload, board.actions, "action", lookup)
        case Hypothesis(target=target) if target:
            return _closed(draft, payload, board.hypotheses, "hypothesis", lookup)
        case Timebox(target=target) if target:
            return _closed(draft, payload, board.timeboxes, "time-box", lookup)
        case Amended() | Retracted() | Linked() | Restricted():
            return _corrected(draft, payload, lookup)
        case Written() | FactorSaid() | ItemSaid() | Curated() | Waived():
            from scribe.live.registering import registered  # what is typed while it burns does not wait for it

            return registered(draft, board, lookup)
        case _:
            return draft


def _protected(draft: Draft, board: Board, policy: Policy) -> Draft:
    """On the protected track the kinds that the team named are need-to-know from the start."""
    payload = draft.payload
    kind = kind_of(payload)
    is_field = isinstance(payload, Security) and payload.aspect not in ("marked", "lifted")
    if kind not in policy.restricted_kinds or payload.restricted or kind in NO_ENTRY:
        return draft
    if is_field or (board.security and not isinstance(payload, Security)):
        return replace(draft, payload=replace(payload, restricted=True))
    return draft


def _graded(draft: Draft, payload: Severity, board: Board, policy: Policy) -> Draft:
    if backdated(draft, board):
        text, previous = f"severity SEV-{payload.level}", None
    elif payload.level == board.severity:
        raise Refused(f"the severity already is SEV-{payload.level}")
    else:
        before = f"SEV-{board.severity}" if board.severity else "severity unset"
        text, previous = f"{before} → SEV-{payload.level}", board.severity
    payload = pacing.graded(replace(payload, previous=previous), board, policy)
    return replace(draft, text=said(text, draft.text), payload=payload)


def _moved(draft: Draft, payload: StateChange, board: Board, policy: Policy) -> Draft:
    if payload.state == "closed":
        from scribe.live.registering import may_close

        may_close(board)
    if backdated(draft, board):
        text, previous = f"state {payload.state}", ""
    elif payload.state == board.state:
        raise Refused(f"the state already is {payload.state}")
    else:
        text, previous = f"{board.state} → {payload.state}", board.state
    payload = pacing.moved(replace(payload, previous=previous), board, policy)
    return replace(draft, text=said(text, draft.text), payload=payload)


def _decided(draft: Draft, payload: Note | Decision, board: Board) -> Draft:
    match payload:
        case Note(point_settled=True):
            return replace(draft, text=said("decision point settled", board.point.what if board.point else ""))
        case Note(point=point) if point is not None:
            return replace(draft, text=f"to decide: {draft.text}")
        case Note(trigger=int(seconds)):
            return replace(draft, text=said(pacing.trigger_text(seconds), draft.text))
        case Decision(strategy=strategy) if strategy:
            if strategy == "continue" and not draft.text:
                raise Refused("to continue as before needs a reason", "like: /strategy continue the fix lands in 3 min")
            return replace(draft, text=said(f"strategy: {STRATEGY_WORDS[strategy]}", draft.text))
        case _:
            return draft


def _coordinated(
    draft: Draft, payload: Impact | Scope | Security | Escalation | Tick, board: Board, policy: Policy
) -> Draft:
    match payload:
        case Impact(field=field) if field:
            before = board.sides.get(field)
            value = draft.text
            previous = before.value if before and before.since <= draft.at else ""
            payload = replace(payload, value=value, previous=previous)
            return replace(draft, text=f"{IMPACT_LABELS[field]}: {value}", payload=payload)
        case Impact():
            return replace(draft, payload=replace(payload, previous=board.impact))
        case Scope():
            return _scoped(draft, payload, board)
        case Security():
            return _guarded(draft, payload, board)
        case Escalation():
            rung = next((rung for rung in policy.ladder if rung.level == payload.level), None)
            if rung is None:
                levels = ", ".join(str(known.level) for known in policy.ladder)
                raise Refused(f"there is no level {payload.level}: {levels}")
            who = f" @{payload.who}" if payload.who else ""
            return replace(draft, text=said(f"level {rung.level}, {rung.title}{who}", draft.text))
        case Tick():
            return _ticked(draft, payload, board, policy)


def _scoped(draft: Draft, payload: Scope, board: Board) -> Draft:
    before = next(
        (row for row in board.scope if (row.row, row.name.casefold()) == (payload.row, payload.name.casefold())), None
    )
    sentence = f"{SCOPE_LABELS[payload.row]} {payload.name}: {payload.verdict.replace('_', ' ')}"
    if before is not None:
        payload = replace(payload, name=before.name)
    if before is not None and before.since <= draft.at:
        payload = replace(payload, previous=before.verdict, previous_evidence=before.evidence)
    return replace(draft, text=f"{sentence}, {payload.evidence}" if payload.evidence else sentence, payload=payload)


def _guarded(draft: Draft, payload: Security, board: Board) -> Draft:
    match payload.aspect:
        case "marked":
            if board.security:
                raise Refused("this already is a security incident, on the protected track")
            return replace(draft, text=said("security incident: protected from here on", draft.text))
        case "lifted":
            if not board.security:
                raise Refused("this is no security incident")
            return replace(draft, text=said("no security incident any more", draft.text))
        case aspect:
            return replace(draft, text=f"{ASPECT_WORDS[aspect]}: {draft.text}")


def _ticked(draft: Draft, payload: Tick, board: Board, policy: Policy) -> Draft:
    checklist = find(payload.list, policy.checklists)
    item = checklist.item(payload.item) if checklist else None
    if checklist is None:
        raise Refused(
            f"there is no checklist {payload.list}", ", ".join(each.name for each in known(policy.checklists))
        )
    if item is None:
        names = (each.name for phase in checklist.phases for each in phase.items)
        raise Refused(f"{payload.list} has no item {payload.item}", ", ".join(names))
    if payload.list == CLOSING.name and payload.item == "actions" and payload.done and unverified(board):
        from scribe.live.registering import to_verify

        raise Refused(f"{', '.join(unverified(board))} not verified yet", to_verify(unverified(board)[0]))
    is_ticked = f"{payload.list}/{payload.item}" in board.ticks
    if is_ticked == payload.done:
        raise Refused(f"{payload.list} {payload.item} is {'ticked already' if is_ticked else 'not ticked'}")
    sign = "✓" if payload.done else "not done:"
    return replace(draft, text=said(f"{checklist.title} {sign} {item.text}", draft.text))


def _corrected(draft: Draft, payload: Amended | Retracted | Linked | Restricted, lookup: Lookup) -> Draft:
    event = _known(payload.target, lookup)
    if isinstance(event.payload, Absent):
        raise Refused(f"the words of {event.ref} are not here any more: nothing of it can be changed")
    if event.kind == "declared" and isinstance(payload, Retracted):
        raise Refused("the declaration cannot be taken back; amend its title, or resolve the incident")
    if isinstance(payload, Amended) and isinstance(payload.text, str):
        if event.kind == "checkpoint":
            raise Refused("a packet that was handed over is not changed; hand over another")
        if event.kind in ("scope", "checklist"):
            raise Refused(f"{payload.target} is changed by saying it anew; what was said before stays readable")
        payload = replace(payload, text=_labelled(payload.text, event.payload))
    return replace(draft, payload=replace(payload, target=event.id))


def _labelled(text: str, payload: Payload) -> str:
    """The new words of an entry that begins with what it speaks of, which nobody types again."""
    match payload:
        case Impact(field=field) if field:
            label = IMPACT_LABELS[field]
        case Security(aspect="indicator" | "containment" | "legal" as aspect):
            label = ASPECT_WORDS[aspect]
        case _:
            return text
    return f"{label}: {text.removeprefix(f'{label}: ')}"


class _Open(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def ref(self) -> str: ...


def _closed(
    draft: Draft, payload: Action | Hypothesis | Timebox, items: tuple[_Open, ...], what: str, lookup: Lookup
) -> Draft:
    item = _open(payload.target, items, what, lookup)
    text = said(f"{item.ref} {payload.status.replace('_', ' ')}", draft.text)
    return replace(draft, text=text, payload=replace(payload, target=item.id))


def _open(target: str, items: tuple[_Open, ...], what: str, lookup: Lookup) -> _Open:
    if len(target) == 1:  # no reference was typed: the only open one is meant
        if len(items) == 1:
            return items[0]
        if not items:
            raise Refused(f"no {what} is open")
        raise Refused(f"which {what}? {', '.join(item.ref for item in items[:9])} are open")
    known = _known(target, lookup)  # refused where it could be either of two
    found = next((item for item in items if item.id == known.id), None)
    if found is None:
        raise Refused(f"{target} is not open any more")
    return found


def _known(target: str, lookup: Lookup) -> Event:
    event = lookup(target)
    if event is None or event.kind in NO_ENTRY:
        raise Refused(f"there is no {target} in this incident")
    return event
