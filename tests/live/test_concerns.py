from __future__ import annotations

import pytest
from msgspec.structs import replace

from scribe.live.concerns import unassigned
from scribe.live.grammar import OnScreen, Recorded, Setting, parse
from scribe.live.policy import DEFAULT, Level, Policy, RoleKind, Thresholds
from scribe.live.watch import Attention
from scribe.record.events import Escalation, Note, Point
from scribe.record.state import Board, Handed, Said, TimeboxRow, Track
from tests.fakes.calm import CALM, INSTANT, ZERO, action, all_of, at, begins, mark


def without(board: Board, *names: str) -> Board:
    return replace(board, moments={name: found for name, found in board.moments.items() if name not in names})


def drafted(command: str) -> Recorded | OnScreen:
    """What one key would do with a command that is ready."""
    parsed = parse(command, Setting(ZERO, ZERO, ZERO.tzinfo)) if ZERO.tzinfo else None
    assert isinstance(parsed, Recorded | OnScreen)
    return parsed


# ── updates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_update_is_spoken_of_five_minutes_before_and_is_overdue_from_its_due_time() -> None:
    due = begins("update-due", CALM, 10)
    assert (due.key, due.command, due.ready, due.safety) == ("update-due/stakeholders", "/update", True, True)
    assert all_of("update-due", CALM, 12)[0].text == "the update for stakeholders is due in 3m"
    overdue = begins("update-overdue", CALM, 15)
    assert (overdue.key, overdue.level) == ("update-overdue/stakeholders", "error")
    assert all_of("update-due", CALM, 15) == []
    assert all_of("update-overdue", CALM, 17)[0].text == "the update for stakeholders is overdue by 2m"
    assert isinstance(drafted(overdue.command), OnScreen)


def test_every_audience_counts_for_itself_and_the_command_names_it() -> None:
    tracks = (Track("stakeholders", at(0), due=at(15)), Track("public", at(0), due=at(5)), Track("responders", at(0)))
    found = all_of("update-overdue", replace(CALM, tracks=tracks), 20)
    assert [(one.subject, one.command, one.since) for one in found] == [
        ("public", "/update public:", at(5)),
        ("stakeholders", "/update stakeholders:", at(15)),
    ]
    (asked,) = all_of("cadence-unset", replace(CALM, tracks=tracks), 0)
    assert (asked.subject, asked.command) == ("responders", "/cadence responders: ")


@pytest.mark.parametrize(("severity", "command", "ready"), [(3, "/cadence 2h", True), (4, "/cadence ", False)])
def test_where_the_policy_gives_no_cadence_it_is_asked_for(severity: int, command: str, ready: bool) -> None:
    board = replace(CALM, severity=severity, tracks=(Track("stakeholders", at(0)),))
    found = begins("cadence-unset", board, 0)
    assert (found.text, found.command, found.ready) == ("how often are updates sent?", command, ready)


def test_no_cadence_is_asked_for_before_the_severity_is_known_or_when_there_is_a_target() -> None:
    nothing = (Track("stakeholders", at(0)),)
    assert all_of("cadence-unset", replace(CALM, severity=None, tracks=nothing), 1) == []
    assert all_of("cadence-unset", replace(CALM, severity=3, tracks=(Track("public", at(0), 7200),)), 1) == []
    by_hand = (Track("public", at(0), due=at(30)),)
    assert all_of("cadence-unset", replace(CALM, severity=3, tracks=by_hand), 1) == []
    assert all_of("cadence-unset", replace(CALM, severity=3, tracks=()), 1) == []


# ── severity and roles ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_severity_that_is_not_set_is_asked_for() -> None:
    found = begins("severity-unset", replace(CALM, severity=None), 0)
    assert (found.command, found.ready, found.safety) == ("/sev ", False, True)


def test_every_required_role_that_nobody_holds_is_named() -> None:
    found = all_of("role-unassigned", replace(CALM, roles={}), 0)
    assert [(one.subject, one.command) for one in found] == [
        ("ic", "/role ic @"),
        ("ops", "/role ops @"),
        ("comms", "/role comms @"),
    ]
    assert {(one.since, one.safety, one.ready) for one in found} == {(at(0), True, False)}


def test_a_role_is_called_as_the_team_calls_it() -> None:
    policy = Policy(roles={2: ("ic", "db")}, own_roles=(RoleKind("db", "DB lead", "Database lead"),))
    (found,) = all_of("role-unassigned", CALM, 0, policy)
    assert found.text == "DB lead is unassigned"


def test_a_role_held_or_not_needed_is_not_unassigned() -> None:
    board = replace(CALM, roles={"ic": CALM.roles["ic"], "ops": ()}, not_needed=("comms",))
    assert unassigned(board, DEFAULT) == ("ops",)


def test_lower_severities_need_a_commander_only() -> None:
    assert unassigned(replace(CALM, severity=3, roles={}), DEFAULT) == ("ic",)
    assert unassigned(replace(CALM, severity=None, roles={}), DEFAULT) == ("ic",)


# ── strategy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_stall_trigger_is_proposed_until_it_is_confirmed() -> None:
    board = replace(CALM, trigger=None)
    found = begins("trigger-unset", board, 0)
    assert (found.command, found.ready) == ("/trigger 30m", True)
    parsed = drafted(found.command)
    assert isinstance(parsed, Recorded)
    assert isinstance(parsed.drafts[0].payload, Note)
    assert parsed.drafts[0].payload.trigger == 30 * 60
    assert all_of("trigger-unset", replace(board, trigger=0), 1) == []
    assert all_of("trigger-unset", replace(board, severity=3), 1) == []
    assert all_of("trigger-unset", replace(board, state="monitoring"), 1) == []


@pytest.mark.parametrize(("seconds", "typed"), [(90, "1m30s"), (5400, "1h30m"), (86400 + 60, "1d1m")])
def test_a_proposed_length_is_typed_to_the_second(seconds: int, typed: str) -> None:
    (found,) = all_of("trigger-unset", replace(CALM, trigger=None), 1, Policy(triggers={2: seconds}))
    parsed = drafted(found.command)
    assert (found.command, isinstance(parsed, Recorded)) == (f"/trigger {typed}", True)
    assert isinstance(parsed, Recorded)
    assert isinstance(parsed.drafts[0].payload, Note)
    assert parsed.drafts[0].payload.trigger == seconds


def test_no_progress_for_the_confirmed_time_is_a_stall() -> None:
    board = replace(CALM, trigger=600, progress=at(7))
    found = begins("stalled", board, 17)
    assert (found.command, found.ready, found.safety, found.level) == ("/strategy ", False, True, "error")
    for way in ("roll back", "narrow the diagnosis", "escalate", "status", "with a reason"):
        assert way in found.text
    assert all_of("stalled", replace(board, trigger=0), 60) == []
    assert all_of("stalled", replace(board, state="monitoring"), 60) == []


def test_a_trigger_that_is_only_proposed_is_not_applied() -> None:
    assert all_of("stalled", replace(CALM, trigger=None), 600) == []


def test_a_decision_without_a_decider_is_unclear_authority() -> None:
    found = begins("authority-unclear", replace(CALM, point=Point("fail over\nEU?")), 0)
    assert (found.command, found.ready, found.safety) == ("/decide fail over EU? @", False, True)
    assert all_of("authority-unclear", replace(CALM, point=Point("fail over?", "alice")), 60) == []
    assert all_of("authority-unclear", replace(CALM, point=None), 60) == []


def test_a_decision_whose_time_has_passed_is_unclear_authority() -> None:
    found = begins("authority-unclear", replace(CALM, point=Point("fail over EU?", "alice", at(20))), 20)
    assert (found.command, found.ready, found.safety) == ("/decide fail over EU? @alice by ", False, True)


def test_sixty_characters_are_quoted_and_no_more() -> None:
    for length, quoted in ((60, "w" * 60), (61, "w" * 60 + "…")):
        (found,) = all_of("authority-unclear", replace(CALM, point=Point("w" * length)), 1)
        assert found.text == f"who decides is open: {quoted}"
    assert all_of("authority-unclear", replace(CALM, point=Point("w" * 300)), 1)[0].command == f"/decide {'w' * 300} @"


def test_a_decision_as_long_as_a_book_is_not_typed_again() -> None:
    (found,) = all_of("authority-unclear", replace(CALM, point=Point("why " * 9000)), 1)
    assert len(found.command) < 40
    assert len(found.text) < 120


# ── rolling back ────────────────────────────────────────────────────────────────────────────────────────────────────


def suffering(field: str, value: str) -> Board:
    return replace(CALM, sides={field: Said(value, at(3))})


@pytest.mark.parametrize(("field", "value"), [("service", "fully down"), ("data", "312 orders lost")])
def test_rolling_back_is_advised_when_the_service_is_down_or_data_is_at_stake(field: str, value: str) -> None:
    found = begins("rollback-advised", suffering(field, value), 3)
    assert (found.command, found.ready, found.safety) == ("/strategy roll-back ", False, True)


@pytest.mark.parametrize(("field", "value"), [("service", "slow"), ("data", "unknown"), ("data", "no loss")])
def test_rolling_back_is_not_advised_for_less(field: str, value: str) -> None:
    assert all_of("rollback-advised", suffering(field, value), 60) == []


def test_rolling_back_is_advised_when_the_diagnosis_takes_too_long() -> None:
    board = without(CALM, "diagnosed")
    begins("rollback-advised", board, 30)
    begins("rollback-advised", board, 10, Policy(thresholds=Thresholds(rollback_diagnosis=600)))
    begins("rollback-advised", replace(board, moments={**board.moments, "detected": mark(-12)}), 18)
    assert all_of("rollback-advised", CALM, 60) == []
    mitigating = replace(board, state="mitigating")
    assert len(all_of("rollback-advised", mitigating, 60)) == 1
    assert all_of("rollback-advised", replace(mitigating, actions=(action("A1", 5),)), 60) == []
    assert all_of("rollback-advised", replace(board, state="monitoring"), 60) == []


def test_several_reasons_to_roll_back_are_one_finding_since_the_first() -> None:
    board = without(replace(CALM, sides={"service": Said("down", at(9)), "data": Said("lost", at(4))}), "diagnosed")
    (found,) = all_of("rollback-advised", board, 40)
    assert found.since == at(4)
    assert ("down" in found.text, "data" in found.text, "no cause" in found.text) == (True, True, True)


@pytest.mark.parametrize(
    "board",
    [
        replace(CALM, actions=(action("A1", 1, "kubectl rollout undo checkout"),)),
        replace(CALM, actions=(action("A1", 1), action("A2", 1, "롤백 진행"))),
        replace(CALM, point=Point("roll back or fix forward?", "alice")),
        replace(CALM, timeboxes=(TimeboxRow("w-1", "B1", "is 1.41 safe to revert to?", "bob", at(0), at(9)),)),
    ],
)
def test_rolling_back_is_not_advised_to_whoever_is_at_it(board: Board) -> None:
    sides = {"service": Said("down", at(0))}
    assert all_of("rollback-advised", replace(board, sides=sides), 60) == []
    assert len(all_of("rollback-advised", replace(board, sides=sides, actions=(), point=None, timeboxes=()), 60)) == 1


def test_rolling_back_is_advised_no_more_once_a_strategy_was_decided_and_again_for_what_comes_up_later() -> None:
    sides = {"service": Said("down", at(4))}
    assert all_of("rollback-advised", replace(CALM, sides=sides, strategy_at=at(5)), 60) == []
    assert len(all_of("rollback-advised", replace(CALM, sides=sides, strategy_at=at(3)), 60)) == 1


# ── collisions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_actions_on_one_target_are_pointed_out() -> None:
    actions = (
        action("A2", 1, "drain", "checkout"),
        action("A4", 2, "restart", "db"),
        action("A5", 3, "scale", "CHECKOUT"),
    )
    found = begins("mitigations-collide", replace(CALM, actions=actions), 3)
    assert (found.subject, found.text, found.safety) == ("A2+A5", "A2 and A5 both act on #checkout", True)
    assert found.command == "/done "
    assert all_of("mitigations-collide", replace(CALM, actions=actions[:2]), 9) == []


def test_actions_that_share_several_targets_are_pointed_out_once() -> None:
    actions = tuple(action(f"A{number}", number, "drain", "db", "eu") for number in (1, 2, 3))
    (found,) = all_of("mitigations-collide", replace(CALM, actions=actions), 9)
    assert found.text == "A1, A2 and A3 all act on #db and #eu"


def test_one_action_with_a_tag_twice_collides_with_nothing() -> None:
    board = replace(CALM, actions=(action("A1", 1, "drain", "db", "DB"), action("A2", 1)))
    assert all_of("mitigations-collide", board, 9) == []


# ── escalation ──────────────────────────────────────────────────────────────────────────────────────────────────────

FRESH = replace(without(CALM, "acknowledged", "assembled", "diagnosed"), escalated=0)


def level(found: Attention) -> tuple[str, str, bool]:
    return found.subject, found.command, found.ready


def test_the_ladder_rises_with_time() -> None:
    assert level(begins("escalation", FRESH, 15)) == ("2", "/escalate 2 ", False)
    assert [one.subject for one in all_of("escalation", FRESH, 29.9)] == ["2"]
    assert [(one.subject, one.since) for one in all_of("escalation", FRESH, 30)] == [("3", at(30))]
    assert [(one.subject, one.since) for one in all_of("escalation", FRESH, 60)] == [("4", at(60))]
    assert [(one.subject, one.since) for one in all_of("escalation", FRESH, 600)] == [("4", at(60))]


def test_an_incident_that_was_acknowledged_does_not_rise_before_half_an_hour() -> None:
    for moment in ("acknowledged", "assembled", "mitigated"):
        begins("escalation", replace(FRESH, moments={**FRESH.moments, moment: mark(1)}), 30)


def test_a_critical_incident_is_for_level_three_and_a_security_incident_for_level_four_at_once() -> None:
    assert level(begins("escalation", replace(FRESH, severity=1), 0)) == ("3", "/escalate 3 ", False)
    assert level(begins("escalation", replace(FRESH, security=True), 0)) == ("4", "/escalate 4 ", False)
    assert level(begins("escalation", replace(FRESH, severity=4, security=True), 0))[0] == "4"
    detected = {**FRESH.moments, "detected": mark(-10)}
    begins("escalation", replace(FRESH, severity=1, moments=detected), 0)
    begins("escalation", replace(FRESH, security=True, moments=detected), 0)


@pytest.mark.parametrize("field", ["period", "revenue"])
def test_severe_business_impact_is_for_level_four(field: str) -> None:
    stated = replace(FRESH, sides={field: Said("Black Friday, 2k a minute", at(4))})
    assert level(begins("escalation", stated, 4))[0] == "4"
    for denied in ("none", "unknown", "not in one", "negligible"):
        assert all_of("escalation", replace(FRESH, sides={field: Said(denied, at(4))}), 5) == []


def test_what_was_escalated_is_not_asked_for_again() -> None:
    assert all_of("escalation", replace(FRESH, escalated=2), 29) == []
    assert [one.subject for one in all_of("escalation", replace(FRESH, escalated=3), 90)] == ["4"]
    assert all_of("escalation", replace(FRESH, escalated=4), 900) == []


def test_a_ladder_with_fewer_levels_ends_where_it_ends() -> None:
    policy = Policy(ladder=(Level(1, "on-call"), Level(3, "duty manager", "pager 7")))
    assert all_of("escalation", FRESH, 29, policy) == []
    (found,) = all_of("escalation", FRESH, 90, policy)
    assert (found.subject, found.since) == ("3", at(30))
    assert found.text == "escalate to level 3, duty manager (pager 7): not resolved for 1h 30m"
    assert all_of("escalation", replace(FRESH, escalated=3), 90, policy) == []


@pytest.mark.parametrize("severity", [3, 4])
def test_the_ladders_times_are_not_for_the_lower_severities(severity: int) -> None:
    assert all_of("escalation", replace(FRESH, severity=severity), 600) == []


def test_an_escalation_can_be_recorded_with_one_key() -> None:
    (found,) = all_of("escalation", FRESH, 60)
    parsed = drafted(found.command)
    assert isinstance(parsed, Recorded)
    assert parsed.drafts[0].payload == Escalation(level=4)


# ── handovers, time-boxes, milestones ───────────────────────────────────────────────────────────────────────────────


def test_a_packet_waits_for_its_acknowledgement() -> None:
    packet = Handed("w-9", "#9", at(20), 1, "ic", "alice", "bob")
    found = begins("handoff-pending", replace(CALM, handoff=packet, checkpoint=packet), 20)
    assert (found.command, found.ready, found.safety) == ("/ack @bob ", False, True)
    (later,) = all_of("handoff-pending", replace(CALM, handoff=packet), 24)
    assert later.text == "@bob has not acknowledged the IC packet for 4m"


def test_a_time_box_that_ran_out_is_named() -> None:
    boxes = tuple(TimeboxRow(f"w-{n}", f"B{n}", "the cache", "bob", at(0), at(5 * n)) for n in (1, 2))
    found = begins("timebox-over", replace(CALM, timeboxes=boxes[1:]), 10)
    assert (found.key, found.command, found.safety) == ("timebox-over/B2", "/done B2 ", True)
    (later,) = all_of("timebox-over", replace(CALM, timeboxes=boxes[1:]), 13)
    assert later.text == "the time-box B2 of @bob ended 3m ago: the cache"
    assert [one.subject for one in all_of("timebox-over", replace(CALM, timeboxes=boxes), 11)] == ["B1", "B2"]


def test_a_time_box_without_an_end_never_runs_out() -> None:
    assert all_of("timebox-over", replace(CALM, timeboxes=(TimeboxRow("w-1", "B1", "", "", at(0), ""),)), 999) == []


def test_a_moment_that_was_not_reached_by_its_target_is_missed() -> None:
    board = without(CALM, "acknowledged", "assembled", "diagnosed")
    found = all_of("milestone-missed", board, 241)
    assert [(one.subject, one.since, one.command) for one in found] == [
        ("resolved", at(240), "/state resolved "),
        ("diagnosed", at(60), "/milestone diagnosed "),
        ("assembled", at(30), "/milestone assembled "),
        ("acknowledged", at(5), "/milestone acknowledged "),
    ]
    assert {(one.ready, one.safety) for one in found} == {(False, True)}
    begins("milestone-missed", board, 5)
    begins("milestone-missed", CALM, 240)
    assert all_of("milestone-missed", replace(board, severity=3), 9999) == []


def test_targets_count_from_detection() -> None:
    board = replace(CALM, moments={**CALM.moments, "detected": mark(-30)})
    found = begins("milestone-missed", board, 210)
    assert found.text == "resolved: its target T+04:00 passed 0s ago"


def test_a_moment_that_was_overtaken_is_for_the_postmortem() -> None:
    board = without(CALM, "acknowledged", "assembled")
    assert [one.subject for one in all_of("milestone-missed", board, 59)] == []
    board = without(board, "diagnosed")
    assert [one.subject for one in all_of("milestone-missed", board, 59)] == ["assembled", "acknowledged"]


def test_the_day_by_which_it_is_to_be_closed_is_not_missed_live() -> None:
    assert "closed" not in [one.subject for one in all_of("milestone-missed", CALM, 99999)]


def test_an_instant_is_shorter_than_what_is_stored() -> None:
    assert at(5) > at(5 - INSTANT)
