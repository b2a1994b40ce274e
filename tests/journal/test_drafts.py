"""Nothing typed is lost: unsent texts outlive their process, and are not offered while it lives."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scribe.journal import identity
from scribe.journal.drafts import Drafts, Unsent
from scribe.journal.health import examined
from scribe.record.errors import Refused
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.processes import start
from tests.fakes.raw import raw

GONE = f"{identity.machine()}:999999999:1"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=2)
    yield desk
    desk.journal.close()


def rows(desk: Desk) -> list[tuple[str, str, str]]:
    with raw(desk.journal.path) as db:
        return db.execute("SELECT box, process, text FROM drafts ORDER BY box, process").fetchall()


def leave(desk: Desk, box: str, text: str, process: str = GONE, began: str = "12:00") -> None:
    with raw(desk.journal.path) as db:
        db.execute(
            "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)",
            (desk.incident, box, process, text, at(began)),
        )


def test_the_newest_text_is_kept_with_its_first_key_stroke(desk: Desk) -> None:
    me = identity.process()
    for seconds, text in enumerate(("E", "EU", "EU fa")):
        desk.recorder.keep("capture", text, NOON + timedelta(seconds=seconds))
    assert rows(desk) == [("capture", me, "EU fa")]
    desk.recorder.keep("note", "n", NOON)
    assert len(rows(desk)) == 2
    desk.recorder.keep("capture", "", NOON)
    assert rows(desk) == [("note", me, "n")]


def test_sending_takes_the_draft_away(desk: Desk) -> None:
    desk.recorder.keep("capture", "EU fails", NOON)
    desk.recorder.keep("note", "n", NOON)
    desk.recorder.record(desk.drafts("EU fails"), now=NOON, box="capture")
    assert [row[0] for row in rows(desk)] == ["note"]
    desk.recorder.keep("capture", "/done A9", NOON)
    with pytest.raises(Refused):
        desk.recorder.record(desk.drafts("/done A9"), now=NOON, box="capture")
    assert [row[0] for row in rows(desk)] == ["capture", "note"]
    desk.type("another's")
    assert len(rows(desk)) == 2


def test_the_draft_goes_in_the_transaction_that_records_it(desk: Desk) -> None:
    desk.recorder.keep("capture", "EU fails", NOON)
    desk.journal._db.execute(
        "CREATE TEMP TRIGGER crash BEFORE DELETE ON main.drafts BEGIN SELECT RAISE(ABORT, 'crash'); END"
    )
    with pytest.raises(Exception, match="crash"):
        desk.recorder.record(desk.drafts("EU fails"), now=NOON, box="capture")
    assert desk.board.entries == 1
    assert len(rows(desk)) == 1


def test_what_the_dead_left_is_handed_out_once_the_newest_of_each_box(desk: Desk) -> None:
    leave(desk, "capture", "second", GONE, "12:05")
    leave(desk, "capture", "first", GONE + "2", "12:01")
    leave(desk, "note", "third", GONE, "12:06")
    handed = [Unsent("capture", "second", at("12:05")), Unsent("note", "third", at("12:06"))]
    assert desk.recorder.unsent() == handed
    assert desk.recorder.unsent() == handed  # what was not sent since is still there
    assert desk.recorder.waiting("capture") == 1
    desk.recorder.keep("capture", "", NOON)
    desk.recorder.keep("note", "", NOON)
    assert desk.recorder.unsent() == [Unsent("capture", "first", at("12:01"))]
    desk.recorder.keep("capture", "", NOON)
    assert desk.recorder.unsent() == []
    assert desk.recorder.waiting("capture") == 0


def test_what_no_box_has_room_for_stays_with_its_process_in_the_file(desk: Desk) -> None:
    leave(desk, "capture", "older", began="12:01")
    leave(desk, "worksheets", "{}", began="12:02")
    assert desk.recorder.unsent(["capture"]) == [Unsent("worksheets", "{}", at("12:02"))]
    desk.recorder.keep("capture", "typed before it was seen", NOON)
    assert sorted(text for box, _, text in rows(desk) if box == "capture") == ["older", "typed before it was seen"]


def test_one_turns_through_what_was_left_and_nothing_leaves_the_file(desk: Desk) -> None:
    leave(desk, "capture", "first", GONE, "11:01")
    leave(desk, "capture", "second", GONE + "2", "11:02")
    desk.recorder.keep("capture", "third", NOON)

    def turned(step: int) -> str:
        found = desk.recorder.turn("capture", step)
        assert {text for _, _, text in rows(desk)} == {"first", "second", "third"}
        assert found is None or ("capture", identity.process(), found.text) in rows(desk)
        return found.text if found is not None else ""

    assert [turned(step) for step in (1, -1, -1, -1, 1, 1, 1)] == ["", "second", "first", "", "second", "third", ""]
    desk.recorder.keep("capture", "", NOON)
    found = desk.recorder.turn("capture", -1)
    assert found == Unsent("capture", "second", at("11:02"))
    assert desk.recorder.waiting("capture") == 1


@pytest.mark.parametrize(
    ("process", "text", "began"),
    [
        (f"{identity.machine()}:{'9' * 23}:1", "x", at("12:00")),
        (GONE.encode(), "x", at("12:00")),
        (GONE, b"x", at("12:00")),
        (GONE, "x", "notatime"),
        (GONE, "x", "2026-13-45T99:99:99.999Z"),
        (GONE, "x", "2026-11-20T12:00:00"),
    ],
)
def test_what_another_tool_put_among_the_drafts_is_passed_over(
    desk: Desk, process: str | bytes, text: str | bytes, began: str
) -> None:
    leave(desk, "note", "mine", GONE + "2")
    with raw(desk.journal.path) as db:
        db.execute("INSERT INTO drafts VALUES (?, 'capture', ?, ?, ?)", (desk.incident, process, text, began))
        db.execute("INSERT INTO drafts VALUES (?, 'other', ?, CAST(x'ff' AS TEXT), ?)", (desk.incident, GONE, began))
    assert [unsent.text for unsent in desk.recorder.unsent()] == ["mine"]
    assert examined(desk.journal.path).events == 1


def test_what_was_adopted_outlives_this_process_too(desk: Desk) -> None:
    leave(desk, "capture", "one", began="12:01")
    leave(desk, "note", "two", began="12:02")
    desk.recorder.unsent()
    me = identity.process()
    assert rows(desk) == [("capture", me, "one"), ("note", me, "two")]


def test_what_is_being_typed_here_is_not_overwritten(desk: Desk) -> None:
    desk.recorder.keep("capture", "mine", NOON)
    leave(desk, "capture", "theirs", began="11:50")
    assert [unsent.text for unsent in desk.recorder.unsent()] == ["mine"]
    assert sorted(rows(desk)) == sorted([("capture", GONE, "theirs"), ("capture", identity.process(), "mine")])


def test_the_living_keep_theirs(desk: Desk) -> None:
    leave(desk, "capture", "elsewhere", "ffffffffffffffff:1:1")
    leave(desk, "note", "nobody's", "nonsense")
    worker = start("keep", desk.journal.path, desk.incident, "capture", "typed by a worker")
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "kept\n"
        assert desk.recorder.unsent() == []
    finally:
        worker.kill()
        worker.communicate()
    assert [unsent.text for unsent in desk.recorder.unsent()] == ["typed by a worker"]


def test_a_process_number_that_came_round_again_is_another_process() -> None:
    host, pid, started = identity.process().split(":")
    assert not identity.is_gone(f"{host}:{pid}:{started}")
    if started:
        assert identity.is_gone(f"{host}:{pid}:{int(started) + 1}")
    assert identity.is_gone(f"{host}:999999999:1")
    assert not identity.is_gone("elsewhere:999999999:1")
    assert not identity.is_gone("")
    assert not identity.is_gone(f"{host}:{'9' * 23}:1")


def test_a_number_that_another_users_process_got_is_told_by_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    host, pid, started = identity.process().split(":")

    def forbidden(number: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert not identity.is_gone(f"{host}:{pid}:{started}")
    if started:
        assert identity.is_gone(f"{host}:{pid}:{int(started) + 1}")
    assert not identity.is_gone(f"{host}:999999999:1")  # of what cannot be seen nothing is known


def test_drafts_of_another_incident_are_not_offered(desk: Desk) -> None:
    leave(desk, "capture", "x")
    other = Desk(desk.journal, clock=desk.clock)
    assert other.recorder.unsent() == []
    assert Drafts(desk.journal, desk.incident).adopt()
