from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from scribe.live.policy import DEFAULT
from scribe.live.watch import Attention, attention, unassigned
from scribe.record.state import Board, Due, Holder, Mark
from scribe.record.when import stamp

ZERO = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    return stamp(ZERO + timedelta(minutes=minutes))


HELD: dict[str, tuple[Holder, ...]] = {name: (Holder("alice", at(0)),) for name in ("ic", "ops", "comms")}
CALM = Board(
    "INC-1",
    severity=2,
    moments={"declared": Mark(at(0), "second", at(0), explicit=False)},
    roles=HELD,
    cadence=900,
    due=Due(at(15), "stakeholders"),
)


def codes(board: Board, minutes: float = 1) -> list[str]:
    return [found.code for found in attention(board, DEFAULT, at(minutes))]


def test_nothing_when_all_is_well() -> None:
    assert attention(CALM, DEFAULT, at(1)) == ()


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (9.99, []),
        (10, ["update-due"]),
        (14.99, ["update-due"]),
        (15, ["update-overdue"]),
        (99, ["update-overdue"]),
    ],
)
def test_an_update_is_spoken_of_five_minutes_before_and_is_overdue_from_its_due_time(
    minutes: float, expected: list[str]
) -> None:
    assert codes(CALM, minutes) == expected


def test_words_since_and_command_of_an_overdue_update() -> None:
    text = "the update for stakeholders is overdue by 2m"
    assert attention(CALM, DEFAULT, at(17)) == (Attention("update-overdue", text, at(15), "/update "),)


def test_words_and_since_of_an_update_due_soon() -> None:
    (found,) = attention(CALM, DEFAULT, at(12))
    assert (found.text, found.since) == ("the update for stakeholders is due in 3m", at(10))


def test_the_rank_overdue_severity_roles_with_the_commander_first() -> None:
    board = replace(CALM, severity=None, roles={})
    assert codes(board, 20) == ["update-overdue", "severity-unset", "role-unassigned"]
    found = attention(replace(CALM, roles={}), DEFAULT, at(12))
    assert [one.text.partition(" ")[0] for one in found] == ["IC", "Ops", "Comms", "the"]
    assert [one.command for one in found[:3]] == ["/role ic @", "/role ops @", "/role comms @"]
    assert {one.since for one in found[:3]} == {at(0)}


def test_a_role_held_or_not_needed_is_not_unassigned() -> None:
    board = replace(CALM, roles={"ic": HELD["ic"], "ops": ()}, not_needed=("comms",))
    assert unassigned(board, DEFAULT) == ("ops",)


def test_lower_severities_need_a_commander_only() -> None:
    assert unassigned(replace(CALM, severity=3, roles={}), DEFAULT) == ("ic",)
    assert unassigned(replace(CALM, severity=None, roles={}), DEFAULT) == ("ic",)


@pytest.mark.parametrize(("severity", "command"), [(3, "/cadence 2h"), (4, "/cadence ")])
def test_where_the_policy_gives_no_cadence_it_is_asked_for(severity: int, command: str) -> None:
    board = replace(CALM, severity=severity, cadence=None, due=None)
    (found,) = attention(board, DEFAULT, at(1))
    assert (found.code, found.text, found.since, found.command) == (
        "cadence-unset",
        "how often are updates sent?",
        at(0),
        command,
    )


def test_no_cadence_is_asked_for_before_the_severity_is_known_or_when_one_is_set() -> None:
    assert codes(replace(CALM, severity=None, cadence=None, due=None)) == ["severity-unset"]
    assert codes(replace(CALM, severity=3)) == []
    assert codes(replace(CALM, severity=3, due=None)) == []
    assert codes(replace(CALM, severity=3, cadence=None)) == []  # a due time set by hand is a target, too


@pytest.mark.parametrize("state", ["resolved", "postmortem", "verification", "closed"])
def test_nothing_needs_attention_once_it_is_over(state: str) -> None:
    assert attention(replace(CALM, state=state, severity=None, roles={}), DEFAULT, at(99)) == ()
