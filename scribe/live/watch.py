"""What needs attention now, the most urgent first, derived from the board and the policy and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from scribe.live.concerns import CONCERNS, Attention, View, unassigned
from scribe.live.policy import Policy
from scribe.live.reminders import REMINDERS
from scribe.record.state import Board
from scribe.record.text import one_line
from scribe.record.when import seconds_between, shifted

__all__ = ["ORDER", "Attention", "attention", "bells", "unassigned"]

ORDER: tuple[str, ...] = (
    "update-overdue",
    "role-unassigned/ic",
    "stalled",
    "escalation",
    "rollback-advised",
    "mitigations-collide",
    "severity-unset",
    "role-unassigned",
    "handoff-pending",
    "authority-unclear",
    "timebox-over",
    "milestone-missed",
    "update-due",
    "trigger-unset",
    "cadence-unset",
    "duty-commander",
    "duty-ops",
    "checkpoint-missing",
    "impact-unknown",
    "scope-unknown",
    "checkpoint-due",
    "action-long",
    "hypotheses-open",
    "quiet",
)
"""Every code, the most urgent first; a missing commander stands apart from the other roles."""

_UNHEARD = frozenset({"update-due", "trigger-unset", "cadence-unset"})
"""What is said early and does not ring: questions, and an update that is not overdue."""

_RANK = {name: place for place, name in enumerate(ORDER)}


def attention(board: Board, policy: Policy, now: str) -> tuple[Attention, ...]:
    """What needs attention at ``now`` (UTC text), ranked; nothing once the incident is over.

    What was snoozed comes back by itself. In the first minutes of a SEV-1 only what concerns safety is said.
    """
    if board.over or board.postmortem_only:
        return ()
    view = View(board, policy, now)
    declared = view.declared
    begins = board.severity == 1 and bool(declared) and now < shifted(declared, policy.thresholds.grace)
    found = []
    for rule in CONCERNS if begins else (*CONCERNS, *REMINDERS):
        for one in rule(view):
            if one.since > now:
                continue
            snooze = board.snoozes.get(one.key)
            # What has come up since is another thing of the same name: the next update that is late.
            if snooze is None or snooze.until <= now or one.since > snooze.since:
                found.append(_shown(one))
    found.sort(key=_rank)
    return tuple(found)


def _shown(one: Attention) -> Attention:
    """The rules quote what people wrote; here it is made safe to show and to type."""
    text, command = one_line(one.text), one_line(one.command)
    return one if (text, command) == (one.text, one.command) else replace(one, text=text, command=command)


def _rank(one: Attention) -> int:
    place = _RANK.get(one.key)
    return _RANK[one.code] if place is None else place


def bells(found: Iterable[Attention], rung: Mapping[str, str], now: str, policy: Policy) -> tuple[bool, dict[str, str]]:
    """Whether to ring now, and what has been rung for since, to be given back at the next call.

    Only what concerns safety rings, each item once. After a bell its code is silent for the policy's cool-down; what
    comes up meanwhile rings behind it, if it still waits.
    """
    known = dict(rung)
    heard = (one for one in found if one.safety and one.code not in _UNHEARD)
    loud = [one for one in heard if f"{one.key} {one.since}" not in known]
    cooled = {
        code
        for code in {one.code for one in loud}
        # A clock that was set back a year does not keep a bell silent for that long.
        if code not in rung or not 0 <= seconds_between(rung[code], now) < policy.thresholds.cooldown
    }
    for one in loud:
        if one.code in cooled:
            known[f"{one.key} {one.since}"] = known[one.code] = now
    return bool(cooled), known
