"""What the record takes of the time after, and what it refuses, with the way to put it right."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.record.errors import Refused
from tests.fakes.desk import CLOSING, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "j.db", severity=1)
    for line in ("a fact", "/factor no alert layer: detection", "/action add one verify: it pages for: F1"):
        desk.type(line)
    return desk


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/write detected-by luck", "luck is none of monitoring"),
        ("/write cost-hours many", "many is no number"),
        ("/send #99 well", "there is no entry #99"),
        ("/send F1 well", "there is no entry F1"),
        ("/send #2 users", "users takes no entries"),
        ("/factor F9 score: 1", "there is no factor F9"),
        ("/factor F1", "nothing of F1 is changed"),
        ("/factor F1 drop no", "T1 answer F1"),
        ("/action x for: F7", "there is no factor F7"),
        ("/action T9 due: today", "there is no action item T9"),
        ("/action T1", "nothing of T1 is changed"),
        ("/action T1 status: open", "T1 is open already"),
        ("/done T1", "what shows that T1 is done?"),
        ("/verified T1 @al", "T1 is not done yet"),
        ("/star #99", "there is no entry #99"),
        ("/hide T1", "there is no entry T1"),
        ("/amend F1 other", "there is no F1"),
        ("/retract T1 no", "there is no T1"),
        ("/restrict F1", "there is no F1"),
        ("/waive few-factor no", "the check has no rule few-factor"),
        ("/unwaive nothing", "the check has no rule nothing"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(desk: Desk, line: str, message: str) -> None:
    before = desk.journal.events(desk.incident)
    with pytest.raises(Refused, match=message):
        desk.type(line)
    assert desk.journal.events(desk.incident) == before


def test_the_signal_that_was_agreed_on_is_asked_for(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.type("/done T1")
    assert caught.value.hint == "the signal agreed on: it pages"


def test_what_is_done_is_not_done_twice(desk: Desk) -> None:
    desk.type("/done T1 merged")
    with pytest.raises(Refused, match="T1 is done already"):
        desk.type("/done T1 again")


def test_a_factor_that_nothing_answers_any_more_may_be_dropped(desk: Desk) -> None:
    desk.type("/drop T1 not needed")
    desk.type("/factor F1 drop it was none")
    assert desk.board.factors == ()
    with pytest.raises(Refused, match="no factor F1 any more"):
        desk.type("/factor F1 score: 1")


def test_what_answers_only_the_trigger_may_say_so(desk: Desk) -> None:
    desk.type("/action undo it for: TRIGGER f1")
    assert desk.board.items[-1].answers == ("trigger", "F1")


def test_what_names_no_list_is_set_and_not_added_to(desk: Desk) -> None:
    desk.type("/write users 5 %")
    desk.type("/write +users 12 %")
    assert desk.state().sections["users"].text == "12 %"


def test_an_incident_closes_only_through_its_five_ticks(desk: Desk) -> None:
    desk.type("/state resolved")
    with pytest.raises(Refused, match="T1 not verified yet"):
        desk.type("/state closed")
    with pytest.raises(Refused, match="T1 not verified yet"):
        desk.type("/tick closing actions")
    desk.type("/done T1 merged")
    desk.type("/verified T1 @al it paged")
    for tick in CLOSING:
        with pytest.raises(Refused, match="not ticked yet"):
            desk.type("/state closed")
        with pytest.raises(Refused, match="not ticked yet"):
            desk.type("11:00 /state closed")  # nor by saying that it happened before
        desk.type(tick)
    desk.type("/state closed")
    assert desk.board.state == "closed"
    assert desk.board.ticks["closing/stakeholder"].who == "sam"


def test_an_action_item_that_came_later_keeps_it_open(desk: Desk) -> None:
    desk.type("/drop T1 no")
    for tick in CLOSING:
        desk.type(tick)
    desk.type("/action one more")
    with pytest.raises(Refused, match="T2 not verified yet") as refused:
        desk.type("/state closed")
    assert refused.value.hint == "/done T2 EVIDENCE, then /verified T2 @name; or /drop T2 WHY"
