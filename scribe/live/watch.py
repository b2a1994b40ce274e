"""What needs attention now, the most urgent first, derived from the board and the policy and from nothing else."""

from __future__ import annotations

from msgspec import Struct

from scribe.live.policy import Policy
from scribe.live.settle import ROLE_LABELS
from scribe.record.state import Board
from scribe.record.when import seconds_between, shifted, spell

SOON = 5 * 60
"""Seconds before an update's due time from which it is spoken of."""


class Attention(Struct, frozen=True, gc=False):
    """One thing that waits for somebody: its code, the words, since when (UTC text), the command that answers it."""

    code: str
    text: str
    since: str
    command: str


def attention(board: Board, policy: Policy, now: str) -> tuple[Attention, ...]:
    """What needs attention at ``now`` (UTC text), ranked; nothing once the incident is over."""
    if board.over:
        return ()
    mark = board.moments.get("declared")
    declared = mark.at if mark else ""
    due = board.due
    left = seconds_between(now, due.at) if due else None
    found = []
    if due and left is not None and left <= 0:
        text = f"the update for {due.audience} is overdue by {spell(-left)}"
        found.append(Attention("update-overdue", text, due.at, "/update "))
    if board.severity is None:
        found.append(Attention("severity-unset", "the severity is not set", declared, "/sev "))
    for role in unassigned(board, policy):
        label = ROLE_LABELS.get(role, role)
        found.append(Attention("role-unassigned", f"{label} is unassigned", declared, f"/role {role} @"))
    if board.severity is not None and board.cadence is None and due is None:
        proposed = policy.proposed_cadence(board.severity)
        command = f"/cadence {spell(proposed).replace(' ', '')}" if proposed else "/cadence "
        found.append(Attention("cadence-unset", "how often are updates sent?", declared, command))
    if due and left is not None and 0 < left <= SOON:
        text = f"the update for {due.audience} is due in {spell(left)}"
        found.append(Attention("update-due", text, shifted(due.at, -SOON), "/update "))
    return tuple(found)


def unassigned(board: Board, policy: Policy) -> tuple[str, ...]:
    """The required roles that nobody holds and that are not marked "not needed", in the policy's order."""
    return tuple(
        role
        for role in policy.required_roles(board.severity)
        if not board.holders(role) and role not in board.not_needed
    )
