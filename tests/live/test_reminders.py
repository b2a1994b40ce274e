from __future__ import annotations

import pytest
from msgspec.structs import replace

from scribe.live.policy import Policy, Thresholds
from scribe.record.events import Point
from scribe.record.state import Handed, Said, ScopeRow
from tests.fakes.calm import CALM, action, all_of, at, begins

PACKET = Handed("w-9", "#9", at(20), 1, "ic", "alice", "")


def test_an_action_that_runs_for_long_is_asked_after() -> None:
    board = replace(CALM, actions=(action("A5", 2, "kubectl rollout undo"), action("A6", 4)))
    found = begins("action-long", board, 22)
    assert (found.key, found.command, found.safety) == ("action-long/A5", "/done A5 ", False)
    assert [one.subject for one in all_of("action-long", board, 24)] == ["A5", "A6"]
    begins("action-long", board, 12, Policy(thresholds=Thresholds(action_long=600)))


def test_an_impact_that_is_not_stated_is_asked_for() -> None:
    found = begins("impact-unknown", replace(CALM, impact=""), 10)
    assert (found.command, found.ready, found.safety) == ("/impact ", False, False)
    assert all_of("impact-unknown", replace(CALM, impact="", sides={"users": Said("unknown", at(1))}), 60) == []
    begins("impact-unknown", replace(CALM, impact="", sides={"began": Said("13:50", at(1))}), 10)


def test_a_scope_without_rows_is_asked_for() -> None:
    found = begins("scope-unknown", replace(CALM, scope=()), 15)
    assert (found.key, found.command) == ("scope-unknown", "/scope ")
    assert all_of("scope-unknown", CALM, 999) == []


def test_a_row_that_stays_unknown_is_asked_after() -> None:
    rows = tuple(ScopeRow("user_group", f"group\n{n}", "unknown", "", at(5 - n)) for n in range(5))
    found = begins("scope-unknown", replace(CALM, scope=(*CALM.scope, rows[0])), 20)
    (three,) = all_of("scope-unknown", replace(CALM, scope=rows[:3]), 60)
    assert three.text == "affected or not? unknown for group ⏎ 2, group ⏎ 1, group ⏎ 0"
    assert (found.subject, found.command) == ("group\n0", "/scope group group 0 ")
    (found,) = all_of("scope-unknown", replace(CALM, scope=rows), 60)
    assert (found.subject, found.since) == ("group\n4", at(16))
    assert found.text == "affected or not? unknown for group ⏎ 4, group ⏎ 3, group ⏎ 2 and 2 more"


def test_hours_without_a_checkpoint_are_named() -> None:
    found = begins("checkpoint-due", CALM, 240)
    assert (found.command, found.ready) == ("/handoff", True)
    begins("checkpoint-due", replace(CALM, checkpoint=PACKET), 260)
    waiting = replace(PACKET, incoming="bob")
    assert all_of("checkpoint-due", replace(CALM, checkpoint=waiting, handoff=waiting), 999) == []


def test_a_commander_who_followed_without_a_packet_is_named() -> None:
    board = replace(CALM, unpacketed=at(33))
    found = begins("checkpoint-missing", board, 33)
    assert (found.command, found.ready, found.safety) == ("/handoff", True, False)
    assert all_of("checkpoint-due", board, 999) == []


def test_silence_is_noticed() -> None:
    found = begins("quiet", replace(CALM, active_at=at(7)), 22)
    assert (found.command, found.text) == ("/note ", "nothing was written down for 15m")
    assert all_of("quiet", replace(CALM, active_at=""), 999) == []


def test_several_guesses_and_nothing_in_flight_are_pointed_at() -> None:
    board = replace(CALM, hypotheses=(action("H1", 9), action("H2", 1), action("H3", 4)))
    found = begins("hypotheses-open", board, 14)
    assert (found.command, found.level) == ("/strategy ", "plain")
    assert all_of("hypotheses-open", replace(board, actions=(action("A1", 1),)), 60) == []
    assert all_of("hypotheses-open", replace(board, hypotheses=board.hypotheses[:1]), 60) == []
    assert all_of("hypotheses-open", replace(board, state="monitoring"), 60) == []


SOLO = replace(CALM, solo=True, progress=at(4))


@pytest.mark.parametrize(
    ("code", "command", "hat"), [("duty-commander", "/decide ", "commander"), ("duty-ops", "/strategy ", "ops")]
)
def test_one_person_in_every_role_is_reminded_hat_by_hat(code: str, command: str, hat: str) -> None:
    found = begins(code, SOLO, 9)
    assert (found.command, found.text.partition(":")[0]) == (command, f"as {hat}")
    for calm in (
        replace(SOLO, solo=False),
        replace(SOLO, actions=(action("A1", 1),)),
        replace(SOLO, state="monitoring"),
    ):
        assert all_of(code, calm, 60) == []


def test_whoever_has_decided_what_is_next_is_reminded_to_act_only() -> None:
    board = replace(SOLO, point=Point("fail over?", "sam"))
    assert all_of("duty-commander", board, 60) == []
    assert len(all_of("duty-ops", board, 60)) == 1


def test_updates_and_silence_are_spoken_of_by_hat_too() -> None:
    assert all_of("update-overdue", SOLO, 16)[0].text == "as comms: the update for stakeholders is overdue by 1m"
    assert all_of("update-due", SOLO, 12)[0].text == "as comms: the update for stakeholders is due in 3m"
    assert all_of("quiet", SOLO, 15)[0].text == "as scribe: nothing was written down for 15m"
