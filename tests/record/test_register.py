"""Sections, factors and action items: what the board and the state hold of them after any story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.record.board import rebuild
from scribe.record.errors import ScribeError
from scribe.record.events import Draft, Fact
from scribe.record.fold import replay
from scribe.record.payloads import Origin
from scribe.record.redact import redact
from scribe.record.state import decode_board, encode_board
from tests.fakes.desk import Desk, at


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "j.db", severity=1)


def says(desk: Desk, key: str) -> str:
    return desk.state().sections[key].text


def test_a_section_says_what_was_written_last(desk: Desk) -> None:
    desk.type("/write summary first")
    desk.type("/write summary second", after=1)
    words = desk.state().sections["summary"]
    assert (words.text, words.by, words.first_at, words.at) == ("second", "sam", at("12:00"), at("12:01"))
    assert desk.board.entries == 1  # none of it is an entry of the timeline


def test_what_is_added_stands_behind_and_what_is_set_replaces_all(desk: Desk) -> None:
    desk.type("/write well the alert")
    desk.type("/write +well the runbook")
    assert says(desk, "well") == "the alert\nthe runbook"
    desk.type("/write well the calm")
    desk.type("/write +well the rehearsal")
    assert says(desk, "well") == "the calm\nthe rehearsal"


def test_an_entry_is_quoted_as_it_stands_now(desk: Desk) -> None:
    desk.type("pool exausted")
    desk.type("/send #2 trigger")
    assert says(desk, "trigger") == "pool exausted (#2)"
    desk.type("/amend #2 pool exhausted")
    assert says(desk, "trigger") == "pool exhausted (#2)"
    desk.type("/retract #2 it was not")
    assert says(desk, "trigger") == ""


def test_sections_of_other_writers_fall_into_their_order(desk: Desk) -> None:
    """Whatever order the events arrive in, the later writing stands."""
    desk.type("/write summary one")
    desk.type("/write +summary two", after=1)
    events = desk.journal.events(desk.incident)
    turned = [*events[:1], *reversed(events[1:])]
    assert replay(desk.incident, turned).sections["summary"].text == "one\ntwo"


def test_a_factor_is_named_scored_verified_and_dropped(desk: Desk) -> None:
    desk.type("/factor no alert on the pool layer: detection class: monitoring standing: candidate")
    (factor,) = desk.board.factors
    assert (factor.ref, factor.text, factor.layer, factor.factor_class) == (
        "F1",
        "no alert on the pool",
        "detection",
        "monitoring",
    )
    assert (factor.score, factor.standing) == (None, "candidate")
    desk.type("/factor F1 score: 0 standing: fact")
    desk.type("/factor f1 no alert on pool saturation")
    (factor,) = desk.board.factors
    assert (factor.text, factor.score, factor.standing, factor.layer) == (
        "no alert on pool saturation",
        0,
        "fact",
        "detection",
    )
    desk.type("/factor F1 drop there was one")
    assert not desk.board.factors
    desk.type("/factor another layer: change")
    assert [factor.ref for factor in desk.board.factors] == ["F2"]  # a reference is never given out twice


def test_an_action_item_goes_its_way(desk: Desk) -> None:
    desk.type("/factor no alert layer: detection")
    desk.type("/action alert on the pool at 80 % @bob due: 2w verify: it pages in the game day priority: P1 for: F1")
    (item,) = desk.board.items
    assert (item.ref, item.text, item.owner, item.due) == ("T1", "alert on the pool at 80 %", "bob", "2026-12-04")
    assert (item.verification, item.priority, item.answers, item.status) == (
        "it pages in the game day",
        "P1",
        ("F1",),
        "open",
    )
    assert not item.is_overdue("2026-12-04")
    assert item.is_overdue("2026-12-05")
    desk.type("/action T1 status: in-progress category: detect")
    desk.type("/done T1 merged in #4711", after=1)
    (item,) = desk.board.items
    assert item.closed is not None
    assert (item.status, item.category) == ("done", "detect")
    assert (item.closed.words, item.closed.at) == ("merged in #4711", at("12:01"))
    assert not item.is_overdue("2027-01-01")
    desk.type("/verified T1 @carol it paged", after=1)
    (item,) = desk.board.items
    assert item.verified is not None
    assert (item.verified.by, item.verified.words, item.verified.at) == ("carol", "it paged", at("12:02"))
    desk.type("/action T1 status: open")  # it broke again: what was shown no longer holds
    (item,) = desk.board.items
    assert (item.status, item.closed, item.verified) == ("open", None, None)
    desk.type("/drop T1 the service is switched off")
    assert desk.board.items[0].status == "wont_do"


def test_starring_and_hiding_change_no_words(desk: Desk) -> None:
    desk.type("a")
    desk.type("b")
    desk.type("/star #2 #3")
    desk.type("/hide #3")
    desk.type("/unstar #2")
    assert [(entry.ref, entry.starred, entry.hidden) for entry in desk.state().entries] == [
        ("#1", False, False),
        ("#2", False, False),
        ("#3", True, True),
    ]
    desk.type("/unhide #3")
    assert not desk.entry("#3").hidden


def test_a_waiver_holds_until_it_is_lifted(desk: Desk) -> None:
    desk.type("/waive few-factors@factors one disk, one host")
    (waiver,) = desk.state().waivers
    assert (waiver.code, waiver.place, waiver.why, waiver.by) == ("few-factors", "factors", "one disk, one host", "sam")
    desk.type("/waive few-factors@factors said better")
    assert [waiver.why for waiver in desk.state().waivers] == ["said better"]
    desk.type("/unwaive few-factors@factors")
    assert desk.state().waivers == ()


LINES = [
    *("/write summary a", "/write +summary b", "/send #1 well", "/write well c", "/write +well d"),
    *("/factor one layer: change", "/factor F1 score: 2", "/factor F1 drop no", "/factor two score: 0"),
    *("/action do it", "/action T1 due: 2026-12-01", "/done T1 seen", "/verified T1 @al", "/drop T1 no"),
    *("/action T1 status: open", "/star #1", "/hide #1", "/waive gap y", "/unwaive gap", "/sev 3", "12:00 late"),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.integers(-1, 2))
def test_the_board_is_what_a_replay_gives(
    tmp_path_factory: pytest.TempPathFactory, lines: Sequence[str], step: int
) -> None:
    """Step by step and all at once, whatever the clock does in between; and it survives being stored."""
    desk = Desk(tmp_path_factory.mktemp("j") / "j.db", severity=2)
    for line in lines:
        desk.clock.set(desk.clock.now() + timedelta(minutes=step))
        try:
            desk.type(line)
        except ScribeError:
            continue
    board = desk.board
    assert board == rebuild(desk.incident, desk.journal.events(desk.incident))
    assert decode_board(encode_board(board)) == board
    state = desk.state()
    assert replay(desk.incident, desk.journal.events(desk.incident)).sections == state.sections


def test_restricted_words_leave_in_no_section_factor_or_item(desk: Desk) -> None:
    desk.type("the intruder used the key of mallory@example.org")
    desk.type("/send #2 summary")
    desk.type("/write +summary All is well. We know that the intruder used the key.")
    desk.type("/factor the key of mallory@example.org was never rotated layer: technical")
    desk.type("/action rotate the key of mallory@example.org verify: the key of mallory@example.org fails")
    desk.type("/done T1 the key of mallory@example.org is gone")
    desk.type("/waive gap the key of mallory@example.org")
    desk.type("/restrict #2")
    passed = redact(desk.state())
    told = repr((passed.sections, passed.board, passed.waivers))
    assert "mallory" not in told
    assert "intruder" not in told
    assert "All is well." in passed.sections["summary"].text
    assert "mallory" in repr(redact(desk.state(), include_restricted=True))


def test_what_is_imported_keeps_who_wrote_it_when(desk: Desk) -> None:
    origin = Origin("csv", recorded_at=at("11:00"), recorder="zoe", ref="#40", late=True, reconstructed=True)
    desk.record([Draft(Fact(origin=origin), "from elsewhere", at("10:00"))])
    entry = desk.entry("#40")
    assert (entry.imported, entry.late, entry.reconstructed) == (True, True, True)
    assert (entry.recorded_at, entry.recorded_by, entry.by) == (at("11:00"), "zoe", "zoe")
    desk.type("next")
    assert desk.entry("#41").text == "next"
    desk.record([Draft(Fact(origin=replace(origin, ref="#3")), "its number is taken or past", at("10:01"))])
    assert desk.entry("#42").text == "its number is taken or past"
    assert desk.verify().ok
