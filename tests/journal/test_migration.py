"""A journal of an older version: what becomes of it when this one opens it."""

import json
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.format import VERSION
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.errors import Busy, ReadOnly
from scribe.record.state import Board, Handed, Said
from scribe.recorder import Recorder
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.raw import raw

STORY = [
    "/role ic @alice",
    "12:00 /impact users: 12 %",
    "/scope group EU affected",
    "/handoff @bob",
    "> undo",
    "/tick sev1 page",
    "/cadence 20m",
    "/retract #2 wrong",
]
NEW = {
    *("tracks", "sides", "scope", "progress", "trigger", "checkpoint", "checkpoints", "handoff", "unpacketed"),
    *("timeboxes", "escalated", "ticks", "snoozes", "security"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


def of_version_one(path: Path) -> dict[str, Board]:
    """A journal whose boards are as version 1 folded them; returns those that this version folds of it."""
    desk = Desk(path, severity=1)
    for line in STORY:
        desk.type(line, after=1)
    over = Desk(desk.journal, severity=3, clock=desk.clock)
    over.type("/state resolved", after=1)
    boards = {board.incident: board for board in desk.journal.boards()}
    desk.journal.close()
    with raw(path) as db:
        for incident, stored in db.execute("SELECT incident, board FROM boards").fetchall():
            row = {name: value for name, value in json.loads(stored).items() if name not in NEW}
            row |= {"base": at("12:00"), "cadence": 900, "due": {"at": at("12:15"), "audience": "stakeholders"}}
            row |= {"cadence_by_hand": True}
            db.execute("UPDATE boards SET board = ? WHERE incident = ?", (json.dumps(row), incident))
        db.execute("PRAGMA user_version = 1")
    return boards


def events_of(path: Path) -> list[tuple[object, ...]]:
    with raw(path) as db:
        return db.execute("SELECT * FROM events ORDER BY id").fetchall()


def version_of(path: Path) -> int:
    with raw(path) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("writes", [True, False])
def test_the_boards_of_an_older_journal_are_folded_anew(path: Path, writes: bool) -> None:
    boards = of_version_one(path)
    before = events_of(path)
    clock = FixedClock(NOON)
    journal = Journal.writing(path, clock, wait=0.0) if writes else Journal.reading(path, clock)
    assert {board.incident: board for board in journal.boards()} == boards
    active = journal.active()
    assert active is not None
    assert active.due is not None
    assert active.due.at == at("12:15")
    assert isinstance(active.handoff, Handed)
    assert active.sides == {"users": Said("12 %", at("12:00"))}
    assert (active.checkpoints, set(active.ticks), active.progress) == (1, {"sev1/page"}, at("12:00"))
    assert events_of(path) == before  # what was recorded is not touched
    assert version_of(path) == VERSION == 3
    journal.close()


def test_a_migrated_journal_is_written_on(path: Path) -> None:
    boards = of_version_one(path)
    clock = FixedClock(NOON)
    journal = Journal.writing(path, clock, wait=0.0)
    (incident,) = (name for name, board in boards.items() if not board.over)
    desk = Desk(journal, clock=clock)
    desk.incident = incident
    desk.recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    (event,) = desk.type("/ack", after=30)
    assert event.text == "IC → @bob, acknowledged packet 1"
    assert desk.verify().ok
    board = desk.board
    assert journal.reindex() == 3
    assert desk.board == board
    journal.close()


def test_it_is_migrated_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_version_one(path)
    folded = []
    real = Journal._fold_boards

    def counted(journal: Journal) -> int:
        folded.append(journal)
        return real(journal)

    monkeypatch.setattr(Journal, "_fold_boards", counted)
    for _ in range(2):
        Journal.writing(path, FixedClock(NOON), wait=0.0).close()
        Journal.reading(path, FixedClock(NOON)).close()
    assert len(folded) == 1
    Journal.writing(path.with_name("new.db"), FixedClock(NOON), wait=0.0).close()
    assert len(folded) == 1  # a new file has nothing to fold


def test_it_is_shown_as_it_is_while_another_process_writes(path: Path) -> None:
    boards = of_version_one(path)
    with raw(path) as db:
        db.execute("BEGIN IMMEDIATE")
        journal = Journal.reading(path, FixedClock(NOON))
        assert {board.incident: board for board in journal.boards()} == boards
        journal.close()
    assert version_of(path) == 1


def test_an_empty_file_that_another_process_fills_is_busy(path: Path) -> None:
    path.touch()
    with raw(path) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            Journal.reading(path, FixedClock(NOON))


def test_whoever_comes_second_finds_it_done(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process migrates between the look at the version and the lock."""
    boards = of_version_one(path)
    folded: list[int] = []
    patiently = Journal._patiently

    def late(journal: Journal, statement: str, wait: float) -> None:
        if statement == "BEGIN IMMEDIATE" and not folded:
            folded.append(1)
            Journal.writing(path, FixedClock(NOON), wait=0.0).close()
        patiently(journal, statement, wait)

    monkeypatch.setattr(Journal, "_patiently", late)
    real = Journal._fold_boards

    def counted(journal: Journal) -> int:
        folded.append(2)
        return real(journal)

    monkeypatch.setattr(Journal, "_fold_boards", counted)
    journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
    assert folded == [1, 2]
    assert {board.incident: board for board in journal.boards()} == boards
    journal.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_version_one(path)
    with raw(path) as db:
        before = db.execute("SELECT * FROM boards ORDER BY incident").fetchall()
    with monkeypatch.context() as patch:
        patch.setattr("scribe.journal.store.rebuild", _broken)
        with pytest.raises(ZeroDivisionError):
            Journal.writing(path, FixedClock(NOON), wait=0.0)
    assert version_of(path) == 1
    with raw(path) as db:
        assert db.execute("SELECT * FROM boards ORDER BY incident").fetchall() == before
        db.execute("BEGIN IMMEDIATE")  # and nobody holds its lock
    Journal.writing(path, FixedClock(NOON), wait=0.0).close()
    assert version_of(path) == VERSION


def _broken(*_: object) -> Board:
    raise ZeroDivisionError


def test_another_process_that_writes_is_waited_for(path: Path) -> None:
    of_version_one(path)
    with raw(path) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            Journal.writing(path, FixedClock(NOON), wait=0.0)
        db.execute("ROLLBACK")
    assert version_of(path) == 1


def test_what_cannot_be_written_is_read_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a medium that is read-only nothing can be brought up to date: boards are folded as they are asked for."""
    boards = of_version_one(path)

    def refused(*_: object, **__: object) -> Journal:
        raise ReadOnly("cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "writing", refused)
        journal = Journal.reading(path, FixedClock(NOON))
        empty = path.with_name("empty.db")
        empty.touch()
        with pytest.raises(ReadOnly):
            Journal.reading(empty, FixedClock(NOON))
    assert {board.incident: board for board in journal.boards()} == boards
    (incident,) = (name for name, board in boards.items() if not board.over)
    assert journal.active() == journal.board(incident) == journal.named(incident) == boards[incident]
    state = Recorder(journal, incident, me="reader", policy=DEFAULT).load()
    assert state.board == boards[incident]
    assert len(state.entries) == boards[incident].entries
    assert version_of(path) == 1
    journal.close()
