"""Two countdowns in one record: what moves them, and what a correction or a backdated entry makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scribe.live.policy import DEFAULT
from scribe.record.board import rebuild
from scribe.record.codec import decode_payload
from scribe.record.events import Declared, Draft, Note
from scribe.record.state import Due
from tests.fakes.desk import Desk, at

TWO = replace(DEFAULT, audiences=("stakeholders", "public"), audience_cadences={"public": {2: {"": 3600}}})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """SEV-2, declared at noon: stakeholders every 15 minutes (30 once it is identified), the public every hour."""
    return Desk(tmp_path / "j.db", severity=2, policy=TWO)


def play(desk: Desk, story: str) -> str:
    """Type lines, each ``minute line``; returns who is told when, as "stakeholders 12:15, public 13:00"."""
    typed = 0.0
    for line in filter(None, story.split("\n")):
        minute, _, text = line.strip().partition(" ")
        desk.type(text, after=float(minute) - typed)
        typed = float(minute)
    events = desk.journal.events(desk.incident)
    assert desk.board == rebuild(desk.incident, events)
    return ", ".join(f"{track.audience} {track.due[11:16] if track.due else '-'}" for track in desk.board.tracks)


def test_the_countdown_is_of_the_audience_that_is_told_first(desk: Desk) -> None:
    assert desk.board.due == Due(at("12:15"), "stakeholders")
    play(desk, "5 /next public: 5m")
    assert desk.board.due == Due(at("12:10"), "public")
    assert (desk.board.cadence, desk.board.leading) == (3600, desk.board.track("public"))
    play(desk, "1 /update public: x")
    assert desk.board.due == Due(at("12:15"), "stakeholders")


@pytest.mark.parametrize(
    ("story", "dues"),
    [
        ("", "stakeholders 12:15, public 13:00"),
        # each is brought forward for itself, and never pushed back
        ("5 /next public: 10m\n6 /state mitigating", "stakeholders 12:15, public 12:15"),
        ("5 /sev 1", "stakeholders 12:15, public 12:15"),
        ("5 /update public: x\n6 /sev 1", "stakeholders 12:15, public 12:20"),
        ("5 /sev 4", "stakeholders 12:15, public 13:00"),
        # without a cadence the promise that stands is kept
        ("5 /sev 4\n6 /update x", "stakeholders 12:15, public 13:00"),
        # once it is over nothing is due, and when it comes back all begin anew
        ("5 /state resolved", "stakeholders -, public -"),
        ("5 /state resolved\n30 /state investigating", "stakeholders 12:45, public 13:30"),
        ("5 /cadence public: 10m\n6 /state resolved\n30 /state mitigating", "stakeholders 13:00, public 12:40"),
        ("5 /state resolved\n6 /update done\n30 /state mitigating\n31 /state resolved", "stakeholders -, public -"),
        ("5 /state resolved\n6 /update all is well\n7 /retract #2 it is not", "stakeholders 12:21, public 13:00"),
        # switched off, nothing moves it; switched on again it begins there
        ("5 /audience public off\n6 /sev 1", "stakeholders 12:15"),
        ("5 /audience public off\n6 /sev 1\n7 /audience public on", "stakeholders 12:15, public 12:22"),
        ("5 /audience public off\n6 /update public: x\n7 /retract #2 no", "stakeholders 12:15, public 13:06"),
        ("5 /audience responders on\n6 /retract #2 no", "stakeholders 12:15, public 13:00"),
        # what was taken back leaves no trace
        ("5 /next public: 10m\n6 /retract #2 no", "stakeholders 12:15, public 13:00"),
        ("5 /update public: x\n6 /retract #2 no", "stakeholders 12:15, public 13:00"),
        ("5 /audience responders on\n6 /next responders: 2m\n7 /retract #2 no", "stakeholders 12:15, public 13:00"),
        # backdated
        ("9 12:03 /update public: x", "stakeholders 12:15, public 13:03"),
        ("9 /update public: x\n9 12:03 /update public: y", "stakeholders 12:15, public 13:09"),
        ("9 12:03 /audience public off", "stakeholders 12:15"),
        ("9 /update public: x\n10 12:05 /audience public off", "stakeholders 12:15"),
        ("9 12:03 /state resolved", "stakeholders -, public -"),
        (
            "9 12:03 /audience responders on\n9 12:05 /state resolved\n9 12:07 /state mitigating",
            "stakeholders 12:37, public 13:07, responders 12:37",
        ),
    ],
)
def test_dues(desk: Desk, story: str, dues: str) -> None:
    assert play(desk, story) == dues


@pytest.mark.parametrize("change", ["/sev 1", "/state mitigating"])
def test_a_change_made_before_an_audience_was_told_does_not_switch_it_on(desk: Desk, change: str) -> None:
    """It was stamped for everybody who was told when it was written, not when it happened."""
    play(desk, f"10 /audience responders on\n20 12:05 {change}")
    track = desk.board.track("responders")
    assert track is not None
    assert track.base == at("12:10")
    play(desk, "0 12:15 /audience responders off")
    assert desk.board.track("responders") is None
    play(desk, f"0 12:16 {'/sev 2' if 'sev' in change else '/state monitoring'}")
    assert desk.board.track("responders") is None


def test_somebody_is_told_whatever_was_taken_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    (on,) = desk.type("/audience public on", after=5)
    desk.type("/audience stakeholders off", after=1)
    desk.type("/sev 1", after=1)
    desk.type(f"/retract {on.ref} a mistake", after=1)
    assert [track.audience for track in desk.board.tracks] == ["stakeholders"]
    assert desk.due == "12:15"
    desk.type("/update x", after=1)
    assert desk.due == "12:24"


def test_an_audience_switched_on_while_it_was_over_is_told_once_it_is_open_again(desk: Desk) -> None:
    play(desk, "5 /state resolved\n20 /state mitigating\n21 12:10 /audience responders on")
    track = desk.board.track("responders")
    assert track is not None
    assert (track.base, track.due) == (at("12:20"), at("12:50"))


def test_a_declaration_whose_words_are_gone_has_no_countdown(desk: Desk) -> None:
    from msgspec.structs import replace as changed

    desk.type("/sev 1", after=5)
    first, *rest = desk.journal.events(desk.incident)
    assert isinstance(first.payload, Declared)
    board = rebuild(desk.incident, [changed(first, payload=decode_payload(None), text=""), *rest])
    assert (board.severity, board.due) == (1, None)


def test_a_pace_in_a_record_of_version_one_is_the_stakeholders(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    desk.record([Draft(Note(cadence=600), "", at("12:01"))])
    (event,) = desk.journal.events(desk.incident)[1:]
    assert event.payload == Note(cadence=600)
    assert desk.board.due == Due(at("12:10"), "stakeholders")
