from __future__ import annotations

from pathlib import Path

from scribe.after.threads import tenures, threads
from scribe.record.events import Checkpoint, Role, Timebox
from tests.after.records import written
from tests.fakes.desk import at
from tests.fakes.tale import Tale


def test_a_hypothesis_has_its_verdict_and_evidence(tmp_path: Path) -> None:
    document = written(
        tmp_path, "01:00 ? @bob slow query", "02:00 ? @jun pool too small", "05:00 /rule-out H1 db is idle"
    )
    first, second = document.hypotheses
    assert (first.status, first.words, first.seconds, first.entry.by) == ("ruled_out", "db is idle", 240, "bob")
    assert (second.status, second.closing, second.seconds) == ("open", None, None)
    assert document.ruled_out == (first,)
    assert document.open_questions == (second,)
    assert document.candidates == ()


def test_retracting_a_verdict_opens_the_hypothesis_again(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 ? pool", "02:00 /confirm H1 seen", "03:00 /retract #2 wrong dashboard")
    (thread,) = document.hypotheses
    assert (thread.status, thread.closing) == ("open", None)
    assert document.candidates == ()
    assert document.counts.retracted == ("#2",)


def test_a_retracted_hypothesis_is_left_out(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 ? pool", "02:00 /retract H1 never meant")
    assert document.hypotheses == ()
    assert all(entry.retracted is None for entry in document.timeline)


def test_an_action_has_outcome_words_and_duration(tmp_path: Path) -> None:
    document = written(
        tmp_path, "01:00 > @bob roll back", "04:30 /done A1 on all pods", "05:00 = banner up", "06:00 > @erin wait"
    )
    rolled, banner, waiting = document.actions
    assert (rolled.status, rolled.words, rolled.seconds) == ("done", "on all pods", 210)
    assert (banner.status, banner.closing, banner.seconds) == ("done", None, None)
    assert document.containment == (rolled, banner)
    assert document.in_flight == (waiting,)


def test_an_amended_outcome_keeps_all_its_words(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 > roll back", "02:00 /done A1 ok", "03:00 /amend #2 in fact half the pods")
    assert document.actions[0].words == "in fact half the pods"


def test_roles_from_until_and_not_needed(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 /role ic @alice",
        "02:00 /role sme @jun database",
        "03:00 /role sme @carol",
        "04:00 /role comms not-needed internal only",
        "30:00 /role ic @dan",
        "31:00 /role ic @dan",
        "40:00 /role sme released @jun",
    )
    rows = {row.role: row for row in document.roles}
    assert [(held.who, held.since[14:16], held.until and held.until[14:16]) for held in document.commanders] == [
        ("alice", "01", "30"),
        ("dan", "30", None),
    ]
    assert [(held.who, held.note, held.until is None) for held in rows["sme"].tenures] == [
        ("jun", "database", False),
        ("carol", "", True),
    ]
    assert rows["comms"].not_needed
    assert not rows["ops"].tenures
    assert not rows["ops"].not_needed


def test_solo_is_every_role_under_its_own_label(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 /solo @ann")
    assert [row.tenures[0].who for row in document.roles if row.tenures] == ["ann"] * 4
    assert document.people[-1].name == "ann"
    assert document.people[-1].roles == ("ic", "ops", "comms", "scribe")


def test_history_of_severity_and_state(tmp_path: Path) -> None:
    document = written(
        tmp_path, "05:00 /sev 1 all users", "06:00 /state mitigating", "26:00 /state resolved calm", severity=None
    )
    assert [(step.before, step.after, step.why, step.seconds) for step in document.severities] == [
        ("", "", "", 300),
        ("", "SEV-1", "all users", None),
    ]
    assert [(step.after, step.why, step.seconds) for step in document.states] == [
        ("investigating", "", 360),
        ("mitigating", "", 1200),
        ("resolved", "calm", None),
    ]


def test_decision_points_settled_replaced_and_open(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 /decide Fail over? @alice by 14:20",
        "02:00 /decide none",
        "03:00 /decide Page the vendor? @bob",
        "04:00 /decide Stay overnight?",
    )
    first, second, third = document.points
    assert (first.point.what, first.point.who, first.settled) == ("Fail over?", "alice", True)
    assert (second.end is not None, second.settled) == (True, False)
    assert third.end is None


def test_a_role_that_was_taken_or_handed_over_with_a_packet_says_so() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"), "on call")
    tale.say(Checkpoint(incoming="bo"))
    tale.say(Role(role="", acknowledges="?"), "I have command")
    tale.say(Role(role="ic", who="cy", taken=True), "bo is gone")
    tale.say(Role(role="ic", who="CY"))
    found, _ = tenures(tale.state().entries)
    assert [(held.who, held.until is None, held.note) for held in found] == [
        ("al", False, "on call"),
        ("bo", False, "acknowledged packet 1: I have command"),
        ("cy", True, "taken: bo is gone"),
    ]


def test_an_expert_leaves_only_with_a_packet() -> None:
    tale = Tale()
    tale.say(Role(role="sme", who="al"))
    tale.say(Role(role="sme", who="bo"))
    tale.say(Checkpoint(role="sme", incoming="cy"), by="al")
    tale.say(Role(role="", acknowledges="?"))
    found, _ = tenures(tale.state().entries)
    assert {held.who: held.until is None for held in found} == {"al": False, "bo": True, "cy": True}


def test_a_time_box_has_its_end_and_what_came_of_it() -> None:
    tale = Tale()
    tale.say(Timebox(who="bo", until=at("12:30")), "read the log")
    tale.say(Timebox(status="failed", target="B1"), "it is empty")
    tale.say(Timebox(until=at("12:40")), "ask the vendor")
    first, second = threads(tale.state().entries, Timebox)
    assert (first.status, first.words, first.seconds) == ("failed", "it is empty", 60)
    assert (second.status, second.closing) == ("running", None)
