"""Audiences, caps and what is left alone, through the real grammar, Recorder and journal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from scribe.live.policy import DEFAULT
from scribe.live.settle import settle
from scribe.record.errors import Refused
from scribe.record.events import Declared, Draft, Note, Severity, Snoozed, StateChange, Update
from tests.fakes.desk import Desk, at

TWO = replace(
    DEFAULT,
    audiences=("stakeholders", "public"),
    audience_cadences={"public": {1: {"": 1200}, 2: {"": 3600}, 3: {"": 7200}}},
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "j.db", severity=2)


@pytest.fixture
def two(tmp_path: Path) -> Desk:
    """Updates for stakeholders every 15 minutes, for the public every hour."""
    return Desk(tmp_path / "two.db", severity=2, policy=TWO)


def dues(desk: Desk) -> dict[str, str | None]:
    return {track.audience: track.due[11:16] if track.due else None for track in desk.board.tracks}


# ── audiences ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_audience_that_is_on_counts_down_from_the_declaration(two: Desk) -> None:
    assert two.state().entries[0].payload == Declared(severity=2, cadences={"stakeholders": 900, "public": 3600})
    assert dues(two) == {"stakeholders": "12:15", "public": "13:00"}
    assert two.due == "12:15"


def test_another_audience_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=1, policy=replace(DEFAULT, audiences=("responders",)))
    assert dues(desk) == {"responders": "12:15"}
    (event,) = desk.type("/update here", after=5)
    assert isinstance(event.payload, Update)
    assert (event.payload.audience, event.payload.next_at) == ("responders", at("12:20"))
    assert desk.type("/next 10m")[0].payload == Note(next_at=at("12:15"), audience="responders")
    assert dues(desk) == {"responders": "12:15"}
    desk.type("/state resolved")
    assert desk.type("/state mitigating", after=10)[0].payload == StateChange(
        state="mitigating", previous="resolved", cadences={"responders": 900}
    )
    assert dues(desk) == {"responders": "12:30"}


def test_a_record_made_afterwards_has_no_countdown_until_it_is_open_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=1, policy=TWO, postmortem_only=True)
    assert dues(desk) == {"stakeholders": None, "public": None}
    assert desk.state().entries[0].payload == Declared(
        severity=1, postmortem_only=True, cadences={"stakeholders": None, "public": None}
    )
    desk.type("/state mitigating", after=30)
    assert dues(desk) == {"stakeholders": "12:45", "public": "12:50"}


def test_an_update_moves_its_own_audience_on(two: Desk) -> None:
    two.type("/update public: we know", after=5)
    assert dues(two) == {"stakeholders": "12:15", "public": "13:05"}
    (event,) = two.type("/update it is the pool", after=5)  # whose is due first
    assert event.payload == Update(number=2, next_at=at("12:25"))
    assert dues(two) == {"stakeholders": "12:25", "public": "13:05"}
    two.type("/update responders: not switched on", after=1)
    assert dues(two) == {"stakeholders": "12:25", "public": "13:05"}
    assert two.board.updates == 3


def test_an_audience_is_switched_on_and_off(desk: Desk) -> None:
    (on,) = desk.type("/audience public on", after=5)
    assert on.text == "updates for public are on, every 15m"
    assert on.payload == Note(audience="public", switched="on", cadence=900)
    assert dues(desk) == {"stakeholders": "12:15", "public": "12:20"}  # it counts from when it was switched on
    with pytest.raises(Refused, match="updates for public are on already"):
        desk.type("/audience public on")
    (off,) = desk.type("/audience stakeholders off told by phone", after=1)
    assert off.text == "updates for stakeholders are off: told by phone"
    assert dues(desk) == {"public": "12:20"}
    with pytest.raises(Refused, match="one audience is always told"):
        desk.type("/audience public off")
    with pytest.raises(Refused, match="updates for responders are off already"):
        desk.type("/audience responders off")
    desk.type("/audience stakeholders on", after=4)
    assert dues(desk) == {"public": "12:20", "stakeholders": "12:25"}


def test_an_audience_without_a_cadence_waits_for_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=4)
    assert desk.type("/audience public on")[0].text == "updates for public are on"
    assert dues(desk) == {"stakeholders": None, "public": None}
    desk.type("/cadence public: 2h", after=5)
    assert dues(desk) == {"stakeholders": None, "public": "14:00"}


@pytest.mark.parametrize("line", ["/next public: 20m", "/cadence public: 20m"])
def test_who_is_not_told_has_no_pace(desk: Desk, line: str) -> None:
    with pytest.raises(Refused, match="updates for public are off") as caught:
        desk.type(line)
    assert caught.value.hint == "count down for them with /audience public on"


@pytest.mark.parametrize("line", ["/audience public on", "/next public: 20m", "/cadence public: 20m"])
def test_nothing_is_paced_once_it_is_over(two: Desk, line: str) -> None:
    two.type("/state resolved")
    with pytest.raises(Refused, match="no update is due"):
        two.type(line)
    assert dues(two) == {"stakeholders": None, "public": None}


def test_what_is_set_by_hand_is_one_audiences(two: Desk) -> None:
    assert two.type("/next public: 30m", after=5)[0].text == "next update for public due in 30m"
    assert dues(two) == {"stakeholders": "12:15", "public": "12:35"}
    assert two.type("/cadence public: 10m")[0].text == "updates for public every 10m"
    assert dues(two) == {"stakeholders": "12:15", "public": "12:10"}
    assert two.type("/cadence 40m")[0].text == "updates for public every 40m"  # whose is due first
    assert dues(two) == {"stakeholders": "12:15", "public": "12:10"}
    two.type("/state mitigating")  # kept over a state, dropped with a severity
    two.type("/update public: x", after=1)
    assert dues(two) == {"stakeholders": "12:15", "public": "12:46"}
    two.type("/sev 1")
    two.type("/update public: x", after=1)
    assert dues(two) == {"stakeholders": "12:15", "public": "12:27"}


def test_a_severity_brings_each_audience_forward_and_none_back(two: Desk) -> None:
    two.type("/next stakeholders: 5m")
    (event,) = two.type("/sev 1", after=1)
    assert event.payload == Severity(level=1, previous=2, cadences={"stakeholders": 900, "public": 1200})
    assert dues(two) == {"stakeholders": "12:05", "public": "12:20"}
    two.type("/sev 3", after=1)
    assert dues(two) == {"stakeholders": "12:05", "public": "12:20"}
    two.type("/update public: x", after=1)
    assert dues(two) == {"stakeholders": "12:05", "public": "14:03"}


def test_a_severity_while_it_is_over_drops_what_was_set_by_hand(desk: Desk) -> None:
    desk.type("/cadence 20m")
    desk.type("/state resolved", after=5)
    desk.type("/sev 1", after=1)
    desk.type("/state mitigating", after=24)
    assert dues(desk) == {"stakeholders": "12:45"}


# ── caps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("/next public: 55m", None),
        ("/next public: 56m", "at most 1h apart, and the last was 5m ago; to go past that, give a reason"),
        ("/cadence public: 60m", None),
        ("/cadence public: 61m", "at most 1h apart; to go past that, give a reason"),
        # stakeholders were told at 12:03
        ("/next stakeholders: 58m", None),
        ("/next stakeholders: 59m", "and the last was 2m ago"),
    ],
)
def test_the_cap_counts_from_the_audiences_own_last_update(two: Desk, line: str, refused: str | None) -> None:
    two.type("/update stakeholders: x", after=3)
    two.clock.advance(120)
    if refused is None:
        (event,) = two.type(line)
    else:
        with pytest.raises(Refused, match=refused):
            two.type(line)
        (event,) = two.type(f"{line} the vendor is asleep")
        assert event.text.endswith(": the vendor is asleep")
    assert isinstance(event.payload, Note)
    assert event.payload.over_cap == bool(refused)


def test_an_update_is_not_promised_before_itself(desk: Desk) -> None:
    with pytest.raises(Refused, match="due before this one"):
        desk.record([Draft(Update(next_at=at("12:05")), "x", at("12:05"))])


# ── what is left alone ──────────────────────────────────────────────────────────────────────────────────────────────


def snooze(desk: Desk, line: str, *, after: float = 0) -> Snoozed:
    (event,) = desk.type(line, after=after)
    assert isinstance(event.payload, Snoozed)
    assert event.ref == ""  # it is no entry
    return event.payload


@pytest.fixture
def staffed(tmp_path: Path) -> Desk:
    """Nobody is missing, and nothing is unknown: updates alone need attention."""
    desk = Desk(tmp_path / "staffed.db", severity=2, policy=TWO)
    desk.type("/solo")
    for line in ("/trigger off", "/impact EU", "/scope group EU affected", "/milestone acknowledged"):
        desk.type(line)
    return desk


def test_what_comes_first_is_left_alone(staffed: Desk) -> None:
    found = snooze(staffed, "/snooze 10m writing it", after=16)
    assert found == Snoozed(key="update-overdue/stakeholders", until=at("12:26"))
    assert staffed.board.snoozes[found.key].reason == "writing it"
    assert staffed.board.entries == 9
    staffed.type("a fact")
    assert staffed.board.snoozes.keys() == {found.key}


def test_there_is_nothing_to_leave_alone(staffed: Desk) -> None:
    head = staffed.board.head
    for line in ("/snooze 10m", "/snooze 10m why", "/snooze 10m update-overdue/stakeholders why"):
        with pytest.raises(Refused, match="nothing needs attention"):
            staffed.type(line)
    assert staffed.board.head == head
    staffed.type("/state resolved", after=30)
    with pytest.raises(Refused, match="nothing needs attention"):
        staffed.type("/snooze 10m")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("/snooze 10m role-unassigned/comms on her way", "on her way"),
        ("/snooze 10m role-unassigned/comms", ""),
        ("/snooze 10m role-unassigned/comms 2", DEFAULT.snooze_reasons[1]),
        ("/snooze 10m role-unassigned/comms 99", "99"),
        ("/snooze 10m role-unassigned/comms 0", "0"),
    ],
)
def test_it_may_be_named_before_the_reason(desk: Desk, line: str, reason: str) -> None:
    assert snooze(desk, line, after=1).key == "role-unassigned/comms"
    assert desk.board.snoozes["role-unassigned/comms"].reason == reason


def test_what_is_named_may_be_of_several_words(staffed: Desk) -> None:
    staffed.type("/scope domain eu west unknown")
    found = snooze(staffed, "/snooze 10m scope-unknown/eu west asking them", after=15)
    assert found.key == "scope-unknown/eu west"
    assert staffed.board.snoozes[found.key].reason == "asking them"


def test_a_reason_is_never_made_up(desk: Desk) -> None:
    found = snooze(desk, "/snooze 10m", after=1)
    assert found.key == "role-unassigned/ic"
    assert desk.board.snoozes[found.key].reason == ""
    bare = Desk(desk.journal, severity=2, clock=desk.clock, policy=replace(DEFAULT, snooze_reasons=()))
    assert snooze(bare, "/snooze 10m 1").key == "role-unassigned/ic"


def test_another_is_not_left_alone_in_its_place(desk: Desk) -> None:
    desk.type("/role comms @erin")  # in the meantime
    with pytest.raises(Refused, match="role-unassigned/comms does not need attention now") as caught:
        desk.type("/snooze 10m role-unassigned/comms on her way")
    assert "role-unassigned/ic" in caught.value.hint
    with pytest.raises(Refused, match="does not need attention now"):
        desk.record([Draft(Snoozed(key="timebox-over/B1", until=at("12:20")), "", at("12:10"))])
    # what only begins like one is a reason
    assert snooze(desk, "/snooze 10m on-call is looking").key == "role-unassigned/ic"


def test_the_cap_holds_for_what_is_left_alone(staffed: Desk) -> None:
    """Both were told at 12:00, and are to hear something until 13:00."""
    first, second = "update-overdue/stakeholders", "update-overdue/public"
    assert snooze(staffed, "/snooze 30m", after=30) == Snoozed(key=first, until=at("13:00"))
    staffed.clock.advance(31 * 60)
    with pytest.raises(Refused, match="at most 1h apart, and the last was 1h 1m ago; to go past that, give a reason"):
        staffed.type(f"/snooze 1m {first}")
    found = snooze(staffed, f"/snooze 10m {first} the vendor is asleep")
    assert found == Snoozed(key=first, until=at("13:11"), over_cap=True)
    # each audience has its own last update
    staffed.type("/update public: x")
    staffed.type("/next public: 30m")
    staffed.clock.advance(40 * 60)
    with pytest.raises(Refused, match="the last was 40m ago"):
        staffed.type(f"/snooze 21m {second}")
    assert snooze(staffed, f"/snooze 20m {second}") == Snoozed(key=second, until=at("14:01"))


def test_what_is_no_update_has_no_cap(desk: Desk) -> None:
    found = snooze(desk, "/snooze 9h role-unassigned/ic")
    assert (found.key, found.over_cap) == ("role-unassigned/ic", False)


def test_what_is_named_and_needs_no_attention_is_not_swapped_for_another(desk: Desk) -> None:
    desk.type("/sev 1", after=1)
    with pytest.raises(Refused, match="stalled does not need attention now"):
        desk.type("/snooze 10m stalled no", after=1)


@pytest.mark.parametrize("line", ["/next 10m", "/next 5h the vendor calls back", "/snooze 20m they know"])
def test_where_the_declaration_says_no_time_the_count_begins_with_the_line(desk: Desk, line: str) -> None:
    tracks = tuple(structs.replace(track, base="", due=at("12:10")) for track in desk.board.tracks)
    board = structs.replace(desk.board, tracks=tracks)
    desk.clock.advance(3600)
    (draft,) = desk.drafts(line)
    settled = settle(draft, board, lambda _: None, DEFAULT, "sam")
    assert isinstance(settled.payload, Note | Snoozed)
    assert settled.payload.over_cap == ("5h" in line)
    if "5h" in line:
        with pytest.raises(Refused, match="apart; to go past that"):
            settle(structs.replace(draft, text=""), board, lambda _: None, DEFAULT, "sam")
