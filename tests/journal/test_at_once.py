"""Thousands of drafts at once: one transaction, one fold, and the record that one by one would have made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.errors import Refused
from scribe.record.events import Action, Declared, Draft, Event, Fact, Payload, Retracted, Severity
from scribe.record.payloads import Origin
from scribe.recorder import Recorder, restore
from tests.fakes.desk import NOON, Desk, at


def came(payload: Payload, text: str, clock: str, ref: str = "") -> Draft:
    return Draft(replace(payload, origin=Origin("elsewhere", at(clock), "eve", ref)), text, at(clock))


RECORD = [
    came(Declared(severity=2), "It fails", "10:00", "#1"),
    came(Fact(), "second", "10:02", "#2"),
    came(Severity(level=1), "more", "09:59", "#5"),
    came(Action(), "restart", "10:01", "A3"),
    came(Action(status="done", target="A3"), "A3 done", "10:03", "#6"),
    came(Retracted(target="#2"), "not so", "10:04"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=3)
    yield desk
    desk.journal.close()


def restored(desk: Desk, incident: str, drafts: list[Draft]) -> None:
    restore(desk.journal, incident, drafts, now=NOON, me="sam", policy=DEFAULT)


def test_a_record_begins_with_all_that_belongs_to_it(desk: Desk) -> None:
    restored(desk, "INC-OLD", RECORD)
    state = Recorder(desk.journal, "INC-OLD", me="x", policy=DEFAULT).load()
    assert [(entry.ref, entry.text) for entry in state.entries] == [
        ("#5", "more"),
        ("#1", "It fails"),
        ("A3", "restart"),
        ("#2", "second"),
        ("#6", "A3 done"),
    ]
    assert (state.board.title, state.board.severity, state.board.actions) == ("It fails", 1, ())
    assert [entry.retracted is not None for entry in state.entries] == [False, False, False, True, False]
    assert {(entry.recorded_by, entry.imported) for entry in state.entries} == {("eve", True)}
    assert state.board.refs == {"#": 6, "A": 3}


def test_nothing_of_it_stands_when_one_of_them_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="A9"):
        restored(desk, "INC-OLD", [*RECORD, came(Action(status="done", target="A9"), "A9 done", "10:05", "#7")])
    assert desk.journal.board("INC-OLD") is None
    assert desk.journal.incidents() == [desk.incident]
    restored(desk, "INC-OLD", RECORD)


def test_an_id_that_is_taken_is_refused(desk: Desk) -> None:
    restored(desk, "INC-OLD", RECORD)
    with pytest.raises(Refused, match="INC-OLD"):
        restored(desk, "INC-OLD", RECORD)


def test_the_board_is_the_one_that_one_by_one_would_have_made(desk: Desk) -> None:
    restored(desk, "INC-OLD", RECORD)
    before = desk.journal.board("INC-OLD")
    desk.journal.reindex()
    assert desk.journal.board("INC-OLD") == before
    desk.recorder.bring(RECORD[1:], now=NOON)
    brought = desk.board
    desk.journal.reindex()
    assert desk.board == brought


def test_a_target_is_never_looked_for_among_what_was_here_before(desk: Desk) -> None:
    desk.type("> ours")
    desk.type("> ours too")
    desk.type("> and ours")
    desk.recorder.bring(RECORD[3:5], now=NOON)
    assert {entry.ref: entry.status for entry in desk.state().entries if entry.status} == {
        "A1": "in_flight",
        "A2": "in_flight",
        "A3": "in_flight",
        "A4": "done",
    }
    with pytest.raises(Refused, match="A3"):
        desk.recorder.bring(RECORD[4:5], now=NOON)
    desk.recorder.bring(
        [came(Action(status="failed", target="A3"), "A3 failed", "10:06")], now=NOON, names={"A3": "A2"}
    )
    assert desk.entry("A2").status == "failed"


def test_what_is_dated_before_folds_the_board_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type("/sev 1", after=5)
    folds: list[str] = []

    def counted(_: Journal, incident: str) -> list[Event]:
        folds.append(incident)
        return []

    monkeypatch.setattr(Journal, "board_events", counted)
    drafts = [came(Action(), f"step {turn}", f"09:{turn:02}", f"A{turn}") for turn in range(1, 50)]
    desk.recorder.bring(drafts, now=NOON)
    assert folds == []
    assert len(desk.board.actions) == 49


def test_how_many_are_written_is_told(desk: Desk) -> None:
    heard: list[int] = []
    restore(desk.journal, "INC-OLD", RECORD, now=NOON, me="sam", policy=DEFAULT, told=heard.append)
    assert heard == [1, 2, 3, 4, 5, 6]
