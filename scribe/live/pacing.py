"""When the next status update is due: cadences as they are stamped into the record, caps, and what is left alone."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from scribe.live.policy import Policy
from scribe.live.watch import ORDER, attention
from scribe.live.wording import said
from scribe.record.errors import Refused
from scribe.record.events import Declared, Draft, Note, Paced, Severity, Snoozed, StateChange, Update
from scribe.record.state import Board, Track
from scribe.record.terms import AUDIENCE, OVER
from scribe.record.when import seconds_between, shifted, spell

P = TypeVar("P", bound=Paced)

CODES = frozenset(name.partition("/")[0] for name in ORDER)
"""What can be left alone, by its code."""


def cadence_in_force(board: Board, state: str, policy: Policy, audience: str = AUDIENCE) -> int | None:
    """Seconds between two updates in that state: what was set by hand for this severity, else the policy's."""
    if state in OVER:
        return None
    track = board.track(audience)
    return track.cadence if track is not None and track.by_hand else policy.cadence(board.severity, state, audience)


def declared(payload: Declared, state: str, policy: Policy) -> Declared:
    """The declaration with the cadence of every audience that is switched on."""
    paces = {name: policy.cadence(payload.severity, state, name) for name in policy.audiences}
    return _stamped(payload, dict.fromkeys(paces) if state in OVER else paces)


def graded(payload: Severity, board: Board, policy: Policy) -> Severity:
    """A change of severity with the cadences that it brings."""
    return _stamped(payload, {name: policy.cadence(payload.level, board.state, name) for name in _on(board, policy)})


def moved(payload: StateChange, board: Board, policy: Policy) -> StateChange:
    """A change of state with the cadences that it brings."""
    paces = {name: cadence_in_force(board, payload.state, policy, name) for name in _on(board, policy)}
    return _stamped(payload, paces)


def _on(board: Board, policy: Policy) -> tuple[str, ...]:
    return tuple(track.audience for track in board.tracks) or policy.audiences


def _stamped(payload: P, paces: dict[str, int | None]) -> P:
    if list(paces) == [AUDIENCE]:
        return replace(payload, cadence=paces[AUDIENCE])
    return replace(payload, cadences=paces)


def sent(draft: Draft, payload: Update, board: Board, policy: Policy) -> Draft:
    """An update with its number and the time of the next one, which it cannot be sent without."""
    audience = payload.audience or _leading(board, policy)
    payload = replace(payload, audience=audience)
    due = None if board.over else _after(draft, payload, board, policy)
    return replace(draft, payload=replace(payload, number=board.updates + 1, next_at=due))


def _leading(board: Board, policy: Policy) -> str:
    return board.leading.audience if board.leading else policy.audiences[0]


def _after(update: Draft, payload: Update, board: Board, policy: Policy) -> str:
    """When the update after this one is due: as it was promised, else by the cadence, else as it was set already."""
    cap = policy.cap(board.severity)
    if payload.next_at is not None:
        if cap is not None and seconds_between(update.at, payload.next_at) > cap:
            limit = f"SEV-{board.severity} updates are at most {spell(cap)} apart"
            raise Refused(f"{limit}; to go past that, send it, then use /next with a reason")
        if payload.next_at <= update.at:
            raise Refused("the next update would be due before this one")
        return payload.next_at
    cadence = cadence_in_force(board, board.state, policy, payload.audience)
    if cadence is not None:
        return shifted(update.at, cadence)
    track = board.track(payload.audience)
    if track is not None and track.due is not None and track.due > update.at:
        return track.due
    raise Refused("an update says when the next one is due", "set that first: /cadence 2h, or /next 30m")


def paced(draft: Draft, payload: Note, board: Board, policy: Policy) -> Draft:
    """A due time or cadence set by hand; past the severity's cap it needs a reason (and is a finding)."""
    if board.over:
        raise Refused(f"the incident is {board.state}; no update is due")
    audience = payload.audience or _leading(board, policy)
    payload = replace(payload, audience="" if audience == AUDIENCE else audience)
    if payload.switched:
        return _switched(draft, payload, audience, board, policy)
    track = board.track(audience)
    if track is None:
        raise Refused(f"updates for {audience} are off", f"count down for them with /audience {audience} on")
    whose = f" for {audience}" if len(board.tracks) > 1 else ""
    cap = policy.cap(board.severity)
    if payload.next_at is not None:
        gap = seconds_between(track.base or draft.at, payload.next_at)  # no base: its declaration is not here
        sentence = f"next update{whose} due in {spell(seconds_between(draft.at, payload.next_at))}"
    else:
        assert payload.cadence is not None
        gap = float(payload.cadence)
        sentence = f"updates{whose} every {spell(payload.cadence)}"
    over = cap is not None and gap > cap
    if over and not draft.text:
        raise Refused(f"{_limit(board, cap, track, draft.at if payload.next_at else '')}, give a reason after the time")
    return replace(draft, text=said(sentence, draft.text), payload=replace(payload, over_cap=over))


def _limit(board: Board, cap: int | None, track: Track, now: str) -> str:
    assert cap is not None
    limit = f"SEV-{board.severity} updates are at most {spell(cap)} apart"
    since = f", and the last was {spell(seconds_between(track.base, now))} ago" if now and track.base else ""
    return f"{limit}{since}; to go past that"


def _switched(draft: Draft, payload: Note, audience: str, board: Board, policy: Policy) -> Draft:
    is_on = board.track(audience) is not None
    if is_on == (payload.switched == "on"):
        raise Refused(f"updates for {audience} are {payload.switched} already")
    if payload.switched == "off":
        if len(board.tracks) == 1:
            raise Refused("one audience is always told; switch another on first")
        return replace(draft, text=said(f"updates for {audience} are off", draft.text))
    cadence = policy.cadence(board.severity, board.state, audience)
    pace = f", every {spell(cadence)}" if cadence else ""
    payload = replace(payload, cadence=cadence)
    return replace(draft, text=said(f"updates for {audience} are on{pace}", draft.text), payload=payload)


def snoozed(draft: Draft, payload: Snoozed, board: Board, policy: Policy) -> Draft:
    """Something is left alone for a while; an update past its cap only with a reason (and it is a finding)."""
    keys = [item.key for item in attention(board, policy, draft.at)]
    key, reason = payload.key, draft.text
    if not key:
        key, reason = _named(reason, keys)
    if not keys:
        raise Refused("nothing needs attention, so there is nothing to leave alone")
    if key not in keys:
        raise Refused(f"{key} does not need attention now", f"what does: {', '.join(keys[:9])}")
    if reason.isascii() and reason.isdecimal() and 1 <= int(reason[:3]) <= len(policy.snooze_reasons):
        reason = policy.snooze_reasons[int(reason[:3]) - 1]
    code, _, audience = key.partition("/")
    track = board.track(audience) if code.startswith("update-") else None
    cap = policy.cap(board.severity)
    over = track is not None and cap is not None and seconds_between(track.base or draft.at, payload.until) > cap
    if over and track is not None and not reason:
        raise Refused(f"{_limit(board, cap, track, draft.at)}, give a reason after the time")
    return replace(draft, text=reason, payload=replace(payload, key=key, over_cap=over))


def _named(text: str, keys: list[str]) -> tuple[str, str]:
    """What is to be left alone, and why: it may be named before the reason, else it is what comes first."""
    for key in keys:
        if text == key or text.startswith(f"{key} "):
            return key, text.removeprefix(key).strip()
    word, _, rest = text.partition(" ")
    if word.partition("/")[0] in CODES:
        # It was named while it needed attention: another must not go in its place.
        return word, rest.strip()
    return (keys[0] if keys else ""), text


def trigger_text(seconds: int) -> str:
    """What the confirmed strategy-change trigger says."""
    if not seconds:
        return "another strategy is not asked for when mitigation stalls"
    return f"another strategy is asked for after {spell(seconds)} without progress"
