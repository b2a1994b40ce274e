"""What changed since a checkpoint: everything written after it, each in its group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.live.changes import MANY, WEIGHTY, Group, mentions, references
from scribe.live.checkpoint import Packet
from scribe.record.events import Draft, Erased
from scribe.record.when import stamp
from tests.fakes.desk import Desk
from tests.fakes.packets import hand, now


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=2)
    yield desk
    desk.journal.close()


def group(packet: Packet, name: str) -> Group:
    (found,) = (found for found in packet.changes if found.name == name)
    return found


def test_before_the_first_checkpoint_nothing_is_said_to_have_changed(desk: Desk) -> None:
    desk.type("5xx")
    made = now(desk)
    assert (made.previous, made.changes) == (None, ())


def test_what_was_written_after_the_last_checkpoint_has_changed(desk: Desk) -> None:
    for line in ("? pool", "> drain", "noise"):
        desk.type(line, after=1)
    hand(desk, after=1)
    for line in (
        "/sev 1",
        "/state mitigating",
        "/role ic @alice",
        "/impact all fail",
        "! roll back",
        "> undo",
        "/done A1 drained",
        "/confirm H1 40 of 40",
        "? cache",
        "/decide Fail over?",
        "/decide none",
        "/update failing",
        "/note tea is ready",
        "/cadence 10m",
        "/milestone diagnosed",
    ):
        desk.type(line, after=1)
    made = now(desk)
    assert {found.name: found.count for found in made.changes} == {
        "severity": 1,
        "state": 1,
        "roles": 1,
        "impact": 1,
        "milestones": 1,
        "decisions": 1,
        "decision_points": 2,
        "actions_started": 1,
        "actions_ended": 1,
        "hypotheses_raised": 1,
        "hypotheses_confirmed": 1,
        "updates": 1,
        "pace": 1,
        "notes": 1,
    }
    assert [item.text for item in group(made, "actions_ended").items] == ["A1 done: drained"]
    hand(desk, after=1)
    assert now(desk).changes == ()


def test_what_was_taken_back_again_is_no_news_but_for_that(desk: Desk) -> None:
    hand(desk)
    desk.type("! roll back", after=1)
    desk.type("/retract D1 a misunderstanding", after=1)
    assert [(found.name, found.count) for found in now(desk).changes] == [("corrections", 1)]


def test_an_erasure_is_a_correction(desk: Desk) -> None:
    (fact,) = desk.type("card 4012-8888")
    hand(desk)
    desk.record([Draft(Erased(target=fact.id), "a card's number", stamp(desk.clock.now()))])
    assert [item.text for item in group(now(desk), "corrections").items] == ["a card's number"]
    hand(desk, after=1)
    assert now(desk).changes == ()


def test_a_long_group_repeats_its_newest_and_counts_all(desk: Desk) -> None:
    hand(desk)
    for number in range(MANY + 2):
        desk.type(f"! decision {number}")
        desk.type(f"see #1, {number}")
    decisions, facts = group(now(desk), "decisions"), group(now(desk), "facts")
    assert (decisions.count, len(decisions.items)) == (MANY + 2, MANY)
    assert decisions.items[-1].text == f"decision {MANY + 1}"
    assert (facts.count, len(facts.items)) == (MANY + 2, WEIGHTY)
    assert facts.items[-1].text == f"see #1, {MANY + 1}"


def test_what_was_learnt_late_is_news_though_it_happened_before(desk: Desk) -> None:
    hand(desk, after=10)
    desk.type("12:01 ! it was decided long ago", after=1)
    assert [item.text for item in group(now(desk), "decisions").items] == ["it was decided long ago"]


def test_facts_are_counted_and_those_that_others_rest_on_are_repeated(desk: Desk) -> None:
    hand(desk)
    for line in ("? pool", "noise", "named", "H1: full", "see https://x.example/1", "more noise", "! go by #4"):
        desk.type(line, after=1)
    facts = group(now(desk), "facts")
    assert desk.entry("#4").text == "named"
    assert facts.count == 5
    assert [item.text for item in facts.items] == ["named", "H1: full", "see https://x.example/1"]


def test_corrections_since_then_are_named_whatever_they_correct(desk: Desk) -> None:
    for line in ("US fails", "EU fails", "UK fails", "/amend #4 UK is slow"):
        desk.type(line, after=1)
    hand(desk, after=1)
    assert now(desk).changes == ()
    desk.type("/retract #2 the wrong board", after=1)
    desk.type("/amend #3 EU is slow", after=1)
    assert [item.text for item in group(now(desk), "corrections").items] == [
        "taken back: the wrong board",
        "amended: EU is slow",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("H2", ["H2"]),
        ("see #12, A5.", ["#12", "A5"]),
        ("##1 xH2 H2x #db", []),
        ("(H2·k7)", ["H2·k7"]),
        ("\nB1", ["B1"]),
    ],
)
def test_references_are_whole_words(text: str, found: list[str]) -> None:
    assert references(text) == found
    assert all(mentions(text, ref) for ref in found)
    assert not mentions(text, "#9")
