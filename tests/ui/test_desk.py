"""The desk: what is typed, when it began, and what becomes of it at Enter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from scribe.record import secrets
from scribe.record.errors import Full, Gone, ReadOnly, Refused
from scribe.recorder import Recorder
from scribe.ui.desk import Broken, Desk, Outcome, Unwritten, Waiting, Wanted, Written
from tests.fakes.desk import NOON
from tests.fakes.desk import Desk as Told
from tests.fakes.raw import raw
from tests.fakes.secrets import pasted, unseen

TOKEN = next(one.secret for one in pasted() if one.kind == "a GitHub token")
TIMED = "11:40 alert\n11:42 restart\n  still failing\n11:50 quiet"
PLAIN = "Traceback:\n  File x\n\nValueError"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path / "journal.db", severity=2)
    yield made
    made.journal.close()


@pytest.fixture
def desk(told: Told) -> Desk:
    return Desk(told.recorder, UTC)


def texts(told: Told) -> list[str]:
    return [entry.text for entry in told.state().entries if entry.kind != "declared"]


def enter(desk: Desk, text: str) -> Outcome:
    desk.edit(text, NOON)
    return desk.submit(NOON)


def test_a_line_begins_with_its_first_key_stroke(desk: Desk, told: Told) -> None:
    for second, text in enumerate(("i", "it", "it b")):
        desk.edit(text, NOON + timedelta(seconds=second))
    assert desk.began == NOON
    assert isinstance(desk.submit(NOON + timedelta(minutes=1)), Written)
    entry = told.entry("#2")
    assert (entry.at, entry.recorded_at) == ("2026-11-20T12:00:00.000Z", "2026-11-20T12:01:00.000Z")


def test_a_line_that_was_emptied_begins_anew(desk: Desk) -> None:
    desk.edit("x", NOON)
    desk.edit("", NOON + timedelta(seconds=1))
    assert desk.began is None
    desk.edit("y", NOON + timedelta(seconds=2))
    assert desk.began == NOON + timedelta(seconds=2)


def test_now_is_taken_when_asked_for_and_only_with_a_text(desk: Desk) -> None:
    desk.stamp(NOON)
    assert desk.began is None
    desk.edit("x", NOON)
    desk.stamp(NOON + timedelta(minutes=9))
    assert desk.began == NOON + timedelta(minutes=9)


def test_an_unreadable_line_keeps_its_text_and_names_the_column(desk: Desk, told: Told) -> None:
    found = enter(desk, "/state nowhere")
    assert isinstance(found, Unwritten)
    assert (found.hint.level, found.hint.column) == ("error", len("/state "))
    assert desk.text == "/state nowhere"
    assert texts(told) == []


def test_what_is_refused_keeps_its_text(desk: Desk, told: Told) -> None:
    found = enter(desk, "/done A7")
    assert isinstance(found, Unwritten)
    assert "A7" in found.hint.text
    assert desk.text == "/done A7"


def test_nothing_to_record_is_nothing(desk: Desk, told: Told) -> None:
    assert enter(desk, "  ") is None
    assert texts(told) == []


@pytest.mark.parametrize(
    ("line", "command", "argument"), [("/find a b", "find", "a b"), ("/help", "help", ""), ("/quit", "quit", "")]
)
def test_a_command_for_the_screen(desk: Desk, line: str, command: str, argument: str) -> None:
    found = enter(desk, line)
    assert found == Wanted(command, argument)


def test_several_lines_are_one_entry_unless_they_begin_with_times(desk: Desk, told: Told) -> None:
    desk.edit(TIMED, NOON)
    assert desk.many
    assert "3 entries" in desk.hint(NOON).text.split("Tab")[0]
    desk.edit(PLAIN, NOON)
    assert not desk.many
    assert "one entry" in desk.hint(NOON).text.split("Tab")[0]


def test_many(desk: Desk, told: Told) -> None:
    assert isinstance(enter(desk, TIMED), Written)
    assert texts(told) == ["alert", "restart\n  still failing", "quiet"]


def test_one(desk: Desk, told: Told) -> None:
    desk.edit(TIMED, NOON)
    desk.many = False
    assert isinstance(desk.submit(NOON), Written)
    assert texts(told) == ["alert\n11:42 restart\n  still failing\n11:50 quiet"]


def test_plain_lines_as_many(desk: Desk, told: Told) -> None:
    desk.edit(PLAIN, NOON)
    desk.many = True
    assert "3 entries" in desk.hint(NOON).text.split("Tab")[0] or "4 entries" in desk.hint(NOON).text
    assert isinstance(desk.submit(NOON), Written)
    assert texts(told) == ["Traceback:", "File x", "ValueError"]


def test_the_hint_counts_the_entries_that_will_be_recorded(desk: Desk, told: Told) -> None:
    desk.edit(PLAIN, NOON)
    desk.many = True
    said = desk.hint(NOON).text.split("Tab")[0]
    desk.submit(NOON)
    assert f"{len(texts(told))} entries" in said


def test_many_are_recorded_all_or_none(desk: Desk, told: Told) -> None:
    found = enter(desk, "11:40 fine\n11:41 /done A9")
    assert isinstance(found, Unwritten)
    assert texts(told) == []
    found = enter(desk, "11:40 fine\n11:41 /find x")
    assert isinstance(found, Unwritten)
    assert "/find" in found.hint.text
    assert texts(told) == []


def test_a_locked_journal_is_waited_for(desk: Desk, told: Told) -> None:
    with raw(told.journal.path) as other:
        other.execute("BEGIN IMMEDIATE")
        assert enter(desk, "it burns") == Waiting()
        desk.keep(NOON)
        assert desk.unsaved
        other.execute("ROLLBACK")
    assert isinstance(desk.submit(NOON), Written)
    assert texts(told) == ["it burns"]


def test_of_a_file_that_is_gone_the_advice_is_said_and_not_the_path(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = Gone(f"/a/{'long/' * 30}path was moved", "put it back", "the journal was moved. Put it back")
    monkeypatch.setattr(Recorder, "record", lambda *_, **__: (_ for _ in ()).throw(error))
    assert enter(desk, "it burns") == Broken("the journal was moved", "Put it back")


@pytest.mark.parametrize("error", [Full("no room", "free some"), ReadOnly("cannot be written", "permissions")])
def test_a_journal_that_cannot_be_used_is_broken(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch, error: Full | ReadOnly
) -> None:
    def record(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Recorder, "record", record)
    assert enter(desk, "it burns") == Broken(error.message, error.hint)
    assert desk.text == "it burns"


def test_what_is_typed_is_kept_once_and_gone_once_it_is_sent(desk: Desk, told: Told) -> None:
    def kept() -> list[tuple[str, str]]:
        with raw(told.journal.path) as other:
            return other.execute("SELECT text, began FROM drafts").fetchall()

    desk.keep(NOON)
    assert kept() == []
    desk.edit("half", NOON)
    desk.keep(NOON + timedelta(seconds=5))
    assert kept() == [("half", "2026-11-20T12:00:00.000Z")]
    assert not desk.unsaved
    desk.submit(NOON)
    desk.sent()
    assert kept() == []
    assert (desk.text, desk.began, desk.many, desk.unsaved) == ("", None, False, False)


def drafts(told: Told) -> list[str]:
    with raw(told.journal.path) as other:
        return [text for (text,) in other.execute("SELECT text FROM drafts")]


def test_keep_in_a_line_that_waits_or_is_one_of_many_speaks_for_no_other(desk: Desk, told: Told) -> None:
    desk.edit("/keep the first", NOON)
    desk.put_aside()
    desk.edit(f"the second: {TOKEN}", NOON)
    assert desk.keep(NOON)
    assert drafts(told) == ["/keep the first\nthe second: ‹GitHub-token-masked›"]
    desk.take_back(NOON)
    desk.edit(f"11:40 /keep {TOKEN}\n11:41 {TOKEN}", NOON)
    assert desk.many
    assert desk.keep(NOON)
    assert drafts(told) == [f"11:40 /keep {TOKEN}\n11:41 ‹GitHub-token-masked›"]
    desk.many, desk.unsaved = False, True
    assert desk.keep(NOON)
    assert drafts(told) == [desk.text]


def test_what_may_be_a_secret_is_not_kept_and_not_said_to_be_while_nothing_can_tell(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.edit("printed", NOON)
    assert desk.keep(NOON)
    with monkeypatch.context() as missing:
        missing.setattr(secrets, "_plugins", unseen)
        desk.edit(f"printed {TOKEN}", NOON)
        assert not desk.keep(NOON)
        assert desk.unsaved
        assert isinstance(desk.barred, Refused)
        assert drafts(told) == ["printed"]
    assert desk.keep(NOON)
    assert not desk.unsaved
    assert drafts(told) == ["printed ‹GitHub-token-masked›"]


def test_a_text_that_is_taken_up_keeps_its_time(desk: Desk, told: Told) -> None:
    desk.restore("half a line", NOON - timedelta(minutes=7))
    assert not desk.unsaved
    assert desk.hint(NOON).level == "warning"
    desk.submit(NOON)
    assert told.state().entries[0].text == "half a line"


def test_a_question_and_its_advice_are_two_sentences(desk: Desk, told: Told) -> None:
    told.type("/action page on it verify: it pages in the drill")
    outcome = enter(desk, "/done T1")
    assert isinstance(outcome, Unwritten)
    assert outcome.hint.text == "what shows that T1 is done? the signal agreed on: it pages in the drill"
