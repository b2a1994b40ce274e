"""One incident through two recorders, as two processes would have it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import scribe.recorder.recorder
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.errors import NotFound, Refused
from scribe.record.state import PartialState, State
from scribe.record.when import When
from scribe.recorder import Incidents, Recorder, declare, restore, solo_roles
from tests.fakes.desk import NOON, Desk, at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=2)
    yield desk
    desk.journal.close()


@pytest.fixture
def other(desk: Desk) -> Iterator[Recorder]:
    journal = Journal.writing(desk.journal.path, desk.clock, wait=0.0)
    yield Recorder(journal, desk.incident, me="eve", policy=DEFAULT)
    journal.close()


def test_catching_up_with_another_connection(desk: Desk, other: Recorder) -> None:
    first = desk.recorder.load()
    assert desk.recorder.changed()
    assert not desk.recorder.changed()
    desk.type("mine")
    assert not desk.recorder.changed()
    other.record(desk.drafts("/sev 1"), now=NOON)
    other.record(desk.drafts("theirs"), now=NOON)
    assert desk.recorder.changed()
    assert not desk.recorder.changed()
    second = desk.recorder.catch_up()
    assert [entry.text for entry in second.entries] == ["Checkout fails", "mine", "SEV-2 → SEV-1", "theirs"]
    assert [entry.recorded_by for entry in second.entries] == ["sam", "sam", "eve", "eve"]
    assert (first.board.severity, len(first.entries)) == (2, 1)
    assert second.board.severity == desk.recorder.board.severity == 1
    assert second.entries.extends(first.entries)
    third = desk.recorder.catch_up()
    assert list(third.entries) == list(second.entries)


@pytest.mark.parametrize("wanted", ["INC\x1b]52;c;cm0=\x07", "../INC", "INC-1\n", "-i", "x" * 65, " "])
def test_no_incident_is_called_what_none_can_be_called(desk: Desk, wanted: str) -> None:
    with pytest.raises(Refused, match="cannot be an incident's id"):
        declare(desk.journal, "x", now=NOON, me="sam", policy=DEFAULT, incident=wanted)
    with pytest.raises(Refused, match="cannot be an incident's id"):
        restore(desk.journal, wanted, desk.drafts("x"), now=NOON, me="sam", policy=DEFAULT)
    assert desk.journal.incidents() == [desk.incident]


def test_many_drafts_are_recorded_all_or_none(desk: Desk) -> None:
    events = desk.record([draft for line in ("one", "> two", "/done A1") for draft in desk.drafts(line)])
    assert [(event.ref, event.seq) for event in events] == [("#2", 2), ("A1", 3), ("#3", 4)]
    assert {event.recorded_at for event in events} == {at("12:00")}
    board = desk.board
    with pytest.raises(Refused):
        desk.record([draft for line in ("four", "/done A1", "five") for draft in desk.drafts(line)])
    assert desk.board == board
    assert desk.record([]) == []
    assert desk.board == board


@pytest.mark.parametrize("entries", [1, 3, 4, 5, 8, 9, 10])
def test_the_tail_comes_first(desk: Desk, entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe.recorder.recorder, "TAIL", 4)
    monkeypatch.setattr(scribe.recorder.recorder, "SLICE", 3)
    for number in range(2, entries + 1):
        desk.type(f"entry {number}", after=1)
    state = desk.recorder.load_tail()
    assert desk.recorder.is_whole == isinstance(state, State) == (entries <= 4)
    assert [entry.ref for entry in state.entries] == [f"#{n}" for n in range(max(1, entries - 3), entries + 1)]
    assert state.board == desk.board
    slices = 0
    while isinstance(state, PartialState):
        state = desk.recorder.load_more()
        slices += 1
    assert slices == (0 if entries <= 4 else entries // 3 + 1)
    assert list(state.entries) == list(desk.state().entries)


def test_what_happens_while_the_rest_loads(desk: Desk, other: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe.recorder.recorder, "TAIL", 2)
    monkeypatch.setattr(scribe.recorder.recorder, "SLICE", 2)
    for number in range(8):
        desk.type(f"entry {number}", after=1)
    desk.recorder.load_tail()
    desk.recorder.load_more()
    for line in ("/state resolved", "12:00 late", "/amend #2 the first", "/retract #7 wrong"):
        desk.clock.advance(60)
        other.record(desk.drafts(line), now=desk.clock.now())
    partial = desk.recorder.catch_up()
    assert isinstance(partial, PartialState)
    assert [entry.text for entry in partial.entries][-1] == "investigating → resolved"
    while not desk.recorder.is_whole:
        desk.recorder.load_more()
    state = desk.recorder.catch_up()
    assert isinstance(state, State)
    assert list(state.entries) == list(desk.state().entries)
    (late,) = (entry for entry in state.entries if entry.text == "late")
    assert late.reconstructed
    assert state.board == desk.board


def test_a_state_is_frozen(desk: Desk) -> None:
    state = desk.recorder.load()
    with pytest.raises(AttributeError):
        state.board = state.board  # type: ignore[misc]
    assert state != desk.recorder.load()  # compared by identity: a new state is a new picture


@pytest.mark.parametrize("title", ["", "  ", "\n"])
def test_an_incident_needs_a_title(desk: Desk, title: str) -> None:
    with pytest.raises(Refused, match="needs a title"):
        declare(desk.journal, title, now=NOON, me="al", policy=DEFAULT)
    assert desk.journal.incidents() == [desk.incident]


def test_declaring(desk: Desk) -> None:
    when = When(at("11:00"), "minute", "11:00")
    incident = declare(desk.journal, " EU fails ", now=NOON, me="al", policy=DEFAULT, solo=True, when=when)
    assert incident.startswith("INC-20261120-")
    state = Recorder(desk.journal, incident, me="al", policy=DEFAULT).load()
    assert [(entry.kind, entry.text) for entry in state.entries] == [
        ("declared", "EU fails"),
        *(("role", f"{role} → @al (solo)") for role in ("IC", "Ops", "Comms", "Scribe")),
    ]
    assert state.board.moment("declared") == at("11:00")
    assert (state.entries[0].late, state.board.solo) == (True, True)
    assert [draft.at for draft in solo_roles(at("11:00"))] == [at("11:00")] * 4


def test_a_short_id_that_is_taken_is_drawn_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["aaaa", "aaaa", "AAAA", "bbbb"])
    monkeypatch.setattr("scribe.journal.identity.tag", lambda length: next(drawn))
    ids = [declare(desk.journal, "t", now=NOON, me="al", policy=DEFAULT) for _ in range(2)]
    assert ids == ["INC-20261120-AAAA", "INC-20261120-BBBB"]


def test_all_incidents_of_a_journal(desk: Desk) -> None:
    incidents = Incidents(desk.journal, me="al", policy=DEFAULT)
    second = incidents.declare("second", severity=3, now=NOON)
    assert (second.me, second.board.severity) == ("al", 3)
    assert {board.title for board in incidents.all()} == {"Checkout fails", "second"}
    assert incidents.open(desk.incident).board.title == "Checkout fails"
    with pytest.raises(NotFound):
        incidents.open("INC-9")
