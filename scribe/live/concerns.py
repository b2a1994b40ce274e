"""What concerns safety: updates, roles, a stalled mitigation, escalation, rolling back, handovers, milestones.

Each rule reads the board and the policy and names a time from which something waits. That time comes from the record,
never from the clock, so nothing that is found flickers as the seconds pass. Whoever asks leaves out what lies ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from scribe.live import claims
from scribe.live.policy import Policy, Thresholds
from scribe.record.state import Board, OpenItem
from scribe.record.terms import IMPACT_LABELS, MOMENTS, MomentName
from scribe.record.when import DAY, elapsed, seconds_between, shifted, spell

NEVER = "9999-12-31T23:59:59.999Z"
"""Since when something holds that has not begun."""

_QUOTED = 60
"""Characters of an entry that are quoted."""

_LONGEST = 300
"""Characters of an entry that are put into the capture line again."""

_UNHURRIED = (3, 4)
"""Severities that may take their hour or their day: the ladder's times are not for them."""


class Attention(Struct, frozen=True, gc=False):
    """One thing that waits for somebody.

    ``since`` is UTC text, empty where the record does not say. ``command`` is what the capture line is filled with;
    when it is ``ready`` one key may give it at once, otherwise words are missing. ``subject`` tells one finding of a
    code from the next: an audience, a role, a reference. What concerns ``safety`` is said and heard even in the first
    minutes.
    """

    code: str
    text: str
    since: str
    command: str
    subject: str = ""
    ready: bool = False
    safety: bool = False
    level: Literal["error", "warning", "plain"] = "warning"

    @property
    def key(self) -> str:
        """What it is called when it is snoozed: the code, and the subject behind a ``/``."""
        return f"{self.code}/{self.subject}" if self.subject else self.code


class View:
    """What the rules look at: the board, what was agreed on, and the time, which only their words depend on."""

    __slots__ = ("board", "declared", "now", "policy", "zero")

    def __init__(self, board: Board, policy: Policy, now: str) -> None:
        mark = board.moments.get("declared")
        self.board = board
        self.policy = policy
        self.now = now
        self.declared = mark.at if mark else ""
        self.zero = board.zero or ""

    @property
    def limits(self) -> Thresholds:
        """When something needs attention."""
        return self.policy.thresholds

    @property
    def lasts(self) -> bool:
        """Whether users still suffer, as far as the state tells."""
        return self.board.state != "monitoring"

    def age(self, since: str) -> str:
        """How long ago that was; what lies ahead, or is not known, has no age."""
        return spell(max(0.0, seconds_between(since or self.now, self.now)))

    def hat(self, name: str) -> str:
        """Who is spoken to, when one person wears every hat."""
        return f"as {name}: " if self.board.solo else ""


Rule = Callable[[View], Iterator[Attention]]
"""Yields what it finds, in an order that the board alone decides."""


def after(since: str, seconds: float) -> str:
    """When that many seconds are over; never, where the record does not say from when they count."""
    return shifted(since, seconds) if since else NEVER


def quoted(text: str) -> str:
    """The beginning of what somebody wrote."""
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()}…"


def typed_again(text: str) -> str:
    """What somebody wrote, for the capture line, which is one line; nothing where it would fill that many times."""
    return " ".join(text.split()) if len(text) <= _LONGEST else ""


def unassigned(board: Board, policy: Policy) -> tuple[str, ...]:
    """The required roles that nobody holds and that are not marked "not needed", in the policy's order."""
    return tuple(
        role
        for role in policy.required_roles(board.severity)
        if not board.holders(role) and role not in board.not_needed
    )


def updates(view: View) -> Iterator[Attention]:
    """An update is due soon, or overdue."""
    tracks = view.board.tracks
    for track in sorted(tracks, key=lambda track: track.due or ""):
        if track.due is None:
            continue
        who = track.audience
        command = f"/update {who}:" if len(tracks) > 1 else "/update"
        words = f"{view.hat('comms')}the update for {who} is"
        if track.due <= view.now:
            text = f"{words} overdue by {view.age(track.due)}"
            yield Attention("update-overdue", text, track.due, command, who, ready=True, safety=True, level="error")
        else:
            text = f"{words} due in {spell(seconds_between(view.now, track.due))}"
            since = shifted(track.due, -view.limits.update_soon)
            yield Attention("update-due", text, since, command, who, ready=True, safety=True)


def roles(view: View) -> Iterator[Attention]:
    """A required role is held by nobody."""
    for role in unassigned(view.board, view.policy):
        text = f"{view.policy.label(role)} is unassigned"
        yield Attention("role-unassigned", text, view.declared, f"/role {role} @", role, safety=True)


def settings(view: View) -> Iterator[Attention]:
    """The severity, a cadence or the stall trigger is not set."""
    board, policy = view.board, view.policy
    if board.severity is None:
        yield Attention("severity-unset", "the severity is not set", view.declared, "/sev ", safety=True)
        return
    trigger = policy.proposed_trigger(board.severity)
    if board.trigger is None and trigger and view.lasts:
        text = f"ask for another strategy after {spell(trigger)} without progress?"
        command = f"/trigger {_typed(trigger)}"
        yield Attention("trigger-unset", text, view.declared, command, ready=True, safety=True, level="plain")
    proposed = policy.proposed_cadence(board.severity)
    for track in board.tracks:
        if track.cadence is not None or track.due is not None:
            continue
        several = len(board.tracks) > 1
        text = f"how often are updates sent to {track.audience}?" if several else "how often are updates sent?"
        command = f"/cadence {track.audience}: " if several else "/cadence "
        command += _typed(proposed) if proposed else ""
        ready, who = bool(proposed), track.audience
        yield Attention("cadence-unset", text, view.declared, command, who, ready=ready, safety=True, level="plain")


def stall(view: View) -> Iterator[Attention]:
    """Mitigation has not moved for as long as was agreed on. What is only proposed is not applied: it is the user's."""
    board = view.board
    if not board.trigger or not view.lasts:
        return
    progress = board.progress or view.declared
    text = (
        f"no progress for {view.age(progress)}: roll back, narrow the diagnosis, escalate,"
        " read the docs or the dependency's status, or go on with a reason"
    )
    yield Attention("stalled", text, after(progress, board.trigger), "/strategy ", safety=True, level="error")


def authority(view: View) -> Iterator[Attention]:
    """It is open who decides, or the time for deciding has passed."""
    point = view.board.point
    if point is None:
        return
    command = f"/decide {typed_again(point.what)} @{point.who}"
    if not point.who:
        text = f"who decides is open: {quoted(point.what)}"
        yield Attention("authority-unclear", text, view.declared, command, safety=True)
    elif point.by:
        text = f"@{point.who} was to decide {view.age(point.by)} ago: {quoted(point.what)}"
        command = f"{command} by "
        yield Attention("authority-unclear", text, point.by, command, safety=True)


def escalation(view: View) -> Iterator[Attention]:
    """The ladder has come to a level that was not called; only the highest such is named."""
    board, limits = view.board, view.limits
    before = max(board.escalated, 1)  # whoever is on call was called to begin with
    rungs = [rung for rung in view.policy.ladder if rung.level > before]
    if not rungs:
        return
    reasons: list[tuple[str, int, str]] = []
    waited = f"for {view.age(view.zero)}"
    if board.severity not in _UNHURRIED:
        if not _passed(board, "acknowledged"):
            reasons.append((after(view.zero, limits.escalate_unanswered), 2, f"not acknowledged {waited}"))
        reasons.append((after(view.zero, limits.escalate_unresolved), 3, f"not resolved {waited}"))
        reasons.append((after(view.zero, limits.escalate_long), 4, f"not resolved {waited}"))
    if board.severity == 1:
        reasons.append((view.declared, 3, "SEV-1"))
    if board.security:
        reasons.append((view.declared, 4, "a security incident"))
    for side in ("period", "revenue"):
        stated = board.sides.get(side)
        if stated and claims.severe(stated.value):
            reasons.append((stated.since, 4, f"{IMPACT_LABELS[side]}: {quoted(stated.value)}"))
    reasons = [reason for reason in reasons if reason[0] <= view.now]
    level = max((level for _, level, _ in reasons), default=0)
    rung = max((rung for rung in rungs if rung.level <= level), key=lambda rung: rung.level, default=None)
    if rung is None:
        return
    since, _, why = min(reason for reason in reasons if reason[1] >= rung.level)
    contact = f" ({rung.contact})" if rung.contact else ""
    text = f"escalate to level {rung.level}, {rung.title}{contact}: {why}"
    # One key must not record that somebody was called.
    yield Attention("escalation", text, since, f"/escalate {rung.level} ", str(rung.level), safety=True, level="error")


def rollback(view: View) -> Iterator[Attention]:
    """Rolling back is advised: the service is down, data is at stake, or the diagnosis takes too long."""
    board = view.board
    if not view.lasts:
        return
    reasons: list[tuple[str, str]] = []
    service, data = board.sides.get("service"), board.sides.get("data")
    if service and claims.down(service.value):
        reasons.append((service.since, "the service is down"))
    if data and claims.affirmed(data.value):
        reasons.append((data.since, "data may be lost or corrupted"))
    tried = board.state == "mitigating" and bool(board.actions)
    if not tried and not _passed(board, "diagnosed"):
        limit = view.limits.rollback_diagnosis
        reasons.append((after(view.zero, limit), f"no cause was found within {spell(limit)}"))
    # A strategy that was decided since is the answer, whichever it is.
    reasons = [reason for reason in reasons if board.strategy_at < reason[0] <= view.now]
    if not reasons or _rolls_back(board):
        return
    text = f"rolling back is advised: {', '.join(why for _, why in reasons)}"
    yield Attention("rollback-advised", text, min(reasons)[0], "/strategy roll-back ", safety=True)


def _rolls_back(board: Board) -> bool:
    """Whether a way back is being gone or weighed already."""
    words = [item.text for item in board.actions] + [box.text for box in board.timeboxes]
    if board.point:
        words.append(board.point.what)
    return any(claims.rolls_back(text) for text in words)


def collisions(view: View) -> Iterator[Attention]:
    """Two actions in flight carry the same tag."""
    tagged: dict[str, dict[str, OpenItem]] = {}
    for item in view.board.actions:
        for tag in item.tags:
            tagged.setdefault(tag.casefold(), {})[item.ref] = item
    groups: dict[tuple[str, ...], list[str]] = {}
    for tag, items in tagged.items():
        if len(items) > 1:
            groups.setdefault(tuple(items), []).append(tag)
    for refs, tags in groups.items():
        since = max(item.since for item in tagged[tags[0]].values())
        how = "both" if len(refs) == 2 else "all"
        text = f"{_and(refs)} {how} act on {_and(tuple(f'#{tag}' for tag in tags))}"
        yield Attention("mitigations-collide", text, since, "/done ", "+".join(refs), safety=True)


def handoff(view: View) -> Iterator[Attention]:
    """A packet waits for the incoming person's word."""
    packet = view.board.handoff
    if packet is None:
        return
    label = view.policy.label(packet.role)
    text = f"@{packet.incoming} has not acknowledged the {label} packet for {view.age(packet.at)}"
    # One key must not say "I have command" for somebody.
    yield Attention("handoff-pending", text, packet.at, f"/ack @{packet.incoming} ", safety=True)


def timeboxes(view: View) -> Iterator[Attention]:
    """A time-box has run out."""
    for box in view.board.timeboxes:
        who = f" of @{box.who}" if box.who else ""
        text = f"the time-box {box.ref}{who} ended {view.age(box.until)} ago: {quoted(box.text)}"
        yield Attention("timebox-over", text, box.until or NEVER, f"/done {box.ref} ", box.ref, safety=True)


def milestones(view: View) -> Iterator[Attention]:
    """A moment was not reached by its target, the latest target first.

    A moment that a later one has overtaken is a gap for the postmortem, not something to be done now.
    """
    targets = view.policy.milestone_targets(view.board.severity)
    for moment in reversed(MOMENTS):
        target = targets.get(moment)
        if target is None or moment == "closed" or _passed(view.board, moment):
            continue
        since = after(view.zero, target)
        text = f"{moment}: its target {elapsed(target)[:-3]} passed {view.age(since)} ago"
        command = "/state resolved " if moment == "resolved" else f"/milestone {moment} "
        yield Attention("milestone-missed", text, since, command, moment, safety=True)


def _passed(board: Board, moment: MomentName) -> bool:
    """Whether a moment, or one behind it, was reached. Every record has its declaration: it overtakes nothing."""
    later = MOMENTS[MOMENTS.index(moment) :]
    return any(name in board.moments for name in later if name == moment or name != "declared")


def _and(words: tuple[str, ...]) -> str:
    """Words in a row: "A2, A5 and A7"."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _typed(seconds: int) -> str:
    """A length of time as it is typed, to the second: "15m", "1h30m"."""
    parts = ((seconds // DAY, "d"), (seconds % DAY // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)


CONCERNS: tuple[Rule, ...] = (
    updates,
    roles,
    settings,
    stall,
    authority,
    escalation,
    rollback,
    collisions,
    handoff,
    timeboxes,
    milestones,
)
"""The rules that concern safety."""
