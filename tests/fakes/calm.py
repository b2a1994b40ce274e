"""An incident in which nothing waits for anybody yet, and how a test asks what does after some minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scribe.live.policy import DEFAULT, Policy
from scribe.live.watch import Attention, attention
from scribe.record.state import Board, Holder, Mark, OpenItem, ScopeRow, Track
from scribe.record.when import stamp

ZERO = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
INSTANT = 0.001 / 60
"""A thousandth of a second, in minutes."""


def at(minutes: float) -> str:
    """The stored time so many minutes after the declaration."""
    return stamp(ZERO + timedelta(minutes=minutes))


def mark(minutes: float) -> Mark:
    """A moment that was reached by name."""
    return Mark(at(minutes), "second", at(minutes), explicit=True)


def action(ref: str, since: float, text: str = "drain the replica", *tags: str) -> OpenItem:
    """An action in flight, or a hypothesis."""
    return OpenItem(f"w-{ref}", ref, text, "carol", at(since), tags)


CALM = Board(
    "INC-1",
    severity=2,
    moments={name: mark(0) for name in ("declared", "acknowledged", "assembled", "diagnosed")},
    roles={name: (Holder("alice", at(0)),) for name in ("ic", "ops", "comms")},
    tracks=(Track("stakeholders", at(0), 900, due=at(15)),),
    impact="EU checkouts fail",
    scope=(ScopeRow("dependency", "payments", "affected", "5xx", at(0)),),
    progress=at(0),
    trigger=45 * 60,
    escalated=4,
    active_at=at(0),
)
"""SEV-2, declared at zero, an update due after 15 minutes."""


def all_of(code: str, board: Board, minutes: float, policy: Policy = DEFAULT) -> list[Attention]:
    """What is found of one code after so many minutes."""
    return [one for one in attention(board, policy, at(minutes)) if one.code == code]


def begins(code: str, board: Board, minutes: float, policy: Policy = DEFAULT) -> Attention:
    """What is found of one code after so many minutes, and was not an instant earlier."""
    assert all_of(code, board, minutes - INSTANT, policy) == []
    (found,) = all_of(code, board, minutes, policy)
    assert found.since == at(minutes)
    return found
