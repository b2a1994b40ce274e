"""What the board learns of coordination: packets, scope, ticks, time-boxes, progress, and corrections of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.record.board import rebuild
from scribe.record.coordination import is_same, scoped
from scribe.record.state import Board, Handed, ScopeRow, Snooze
from tests.fakes.desk import Desk, at


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "j.db", severity=2)
    desk.type("/role ic @alice")
    return desk


def folded(desk: Desk) -> Board:
    """The board, which is the same when it is folded anew."""
    assert desk.board == rebuild(desk.incident, desk.journal.events(desk.incident))
    return desk.board


def play(desk: Desk, *story: str) -> Board:
    """Type lines, one a minute."""
    for line in story:
        desk.type(line, after=1)
    return folded(desk)


def commander(board: Board) -> str:
    return ", ".join(holder.who for holder in board.holders("ic"))


# ── packets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_packet_waits_until_it_is_acknowledged(desk: Desk) -> None:
    board = play(desk, "/handoff @bob")
    (event,) = desk.journal.events(desk.incident)[2:]
    assert board.handoff == board.checkpoint == Handed(event.id, "#3", at("12:01"), 1, "ic", "alice", "bob")
    board = play(desk, "a fact", "/ack")
    assert (board.handoff, board.checkpoint is not None, board.unpacketed, commander(board)) == (None, True, "", "bob")


@pytest.mark.parametrize(
    ("line", "waits", "holds"),
    [
        ("/role ic @carol", False, "carol"),
        ("/role ic @bob", False, "bob"),
        ("/take ic @carol", False, "carol"),
        ("/role ic not-needed", False, ""),
        ("/solo", False, "sam"),
        # nobody else has it yet
        ("/role ic @alice", True, "alice"),
        ("/role ic released", True, ""),
        ("/role ops @carol", True, "alice"),
    ],
)
def test_a_packet_is_overtaken_when_somebody_takes_the_role(desk: Desk, line: str, waits: bool, holds: str) -> None:
    board = play(desk, "/handoff @bob", line)
    assert (board.handoff is not None, commander(board)) == (waits, holds)
    assert board.unpacketed == ""  # there is a packet


@pytest.mark.parametrize(
    ("story", "since"),
    [
        (["/role ic @bob"], "12:01"),
        (["/take ic @bob"], "12:01"),
        (["/solo"], "12:01"),
        (["/role ic @bob", "/role ic @carol"], "12:02"),
        (["/role ic @bob", "/handoff @carol"], ""),
        (["/role ops @bob", "/role ops @carol"], ""),
        (["/role ic @alice"], ""),
        (["/role ic @ALICE"], ""),
        (["/role ic @bob", "/retract #3 no"], ""),
        # once it was handed over and acknowledged, the next one needs another
        (["/handoff @bob", "/ack", "/role ic @carol"], "12:03"),
    ],
)
def test_a_commander_without_a_packet_is_remembered(desk: Desk, story: list[str], since: str) -> None:
    assert play(desk, *story).unpacketed == (at(since) if since else "")


def test_a_first_commander_needs_no_packet(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    assert play(desk, "/role ic @alice").unpacketed == ""


def test_an_acknowledgement_may_be_dated_before_its_packet(desk: Desk) -> None:
    """A time typed to the minute, "12:01", lies before a packet that was handed over at 12:01:30."""
    desk.clock.advance(30)
    play(desk, "/handoff @bob")
    assert play(desk, "12:01 /ack").handoff is None
    board = play(desk, "/amend #2 11:59", "a fact")  # folded anew, in the order in which things happened
    assert (board.handoff, commander(board), board.unpacketed) == (None, "bob", "")
    # it is over with that packet: a third commander needs one
    assert play(desk, "/role ic @carol").unpacketed == "2026-11-20T12:05:30.000Z"
    board = play(desk, "/retract #6 not yet", "/retract #4 it was not bob")
    assert board.handoff is not None
    assert commander(board) == "alice"


def test_a_packet_that_was_taken_back_waits_no_longer(desk: Desk) -> None:
    assert play(desk, "/handoff @bob", "/retract #3 too early").handoff is None
    board = play(desk, "/handoff @carol")
    assert (board.checkpoints, board.handoff is not None) == (1, True)
    board = play(desk, "/ack", "/retract #4 not this one")
    assert (board.handoff, board.checkpoint, commander(board)) == (None, None, "carol")


def test_an_acknowledgement_that_was_taken_back_lets_the_packet_wait_again(desk: Desk) -> None:
    board = play(desk, "/handoff @bob", "/ack", "/retract #4 he has not")
    assert board.handoff is not None
    assert commander(board) == "alice"
    assert commander(play(desk, "/ack @bob")) == "bob"


# ── impact, scope, ticks ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_takes_the_place_of_the_one_of_its_name() -> None:
    one = ScopeRow("user_group", "EU", "affected", "", at("12:00"))
    two = ScopeRow("dependency", "EU", "unknown", "", at("12:00"))
    again = ScopeRow("user_group", "eu", "not_affected", "x", at("12:05"))
    assert scoped(scoped((), one), two) == (one, two)
    assert scoped((one, two), again) == (again, two)


def test_names_are_one_persons_however_they_were_typed() -> None:
    assert is_same("STRASSE", "straße")
    assert not is_same("al", "all")


def test_a_backdated_word_does_not_take_the_place_of_a_later_one(desk: Desk) -> None:
    desk.clock.advance(600)
    board = play(
        desk,
        "/impact users: 12 %",
        "/scope group EU affected",
        "/tick sev1 page",
        "12:02 /impact users: 1 %",
        "12:03 /scope group eu not affected",
        "12:04 /impact data: none",
    )
    assert {field: said.value for field, said in board.sides.items()} == {"data": "none", "users": "12 %"}
    assert [(row.verdict, row.since) for row in board.scope] == [("affected", at("12:12"))]
    board = play(desk, "/retract #3 not so", "/retract #4 not so", "/retract #5 not so")
    assert board.sides["users"].value == "1 %"
    assert [(row.verdict, row.since) for row in board.scope] == [("not_affected", at("12:03"))]
    assert board.ticks == {}


def test_a_tick_is_whoevers_it_is(desk: Desk) -> None:
    from scribe.record.events import Draft, Tick

    desk.record([Draft(Tick(list="sev1", item="page"), "", at("12:01"), author="bob")])
    assert folded(desk).ticks["sev1/page"].who == "bob"
    assert play(desk, "/untick sev1 page", "/retract #4 it was done").ticks["sev1/page"].at == at("12:01")


def test_the_protected_track_is_the_boards(desk: Desk) -> None:
    assert play(desk, "/security", "/security indicator: x").security
    assert not play(desk, "/security off").security
    assert play(desk, "/retract #5 it is one").security
    assert not play(desk, "/retract #3 it is none").security


# ── progress ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("story", "moved"),
    [
        ([], "12:00"),
        (["a fact", "? a guess", "/note n", "! decided", "> undo", "/impact EU", "/impact worse: US"], "12:00"),
        (["> undo", "/failed A1"], "12:00"),
        (["> undo", "/done A1"], "12:02"),
        (["= undone"], "12:01"),
        (["/impact better: only EU"], "12:01"),
        (["/state mitigating"], "12:01"),
        (["/state mitigating", "/state investigating"], "12:01"),
        (["/state resolved", "/state investigating"], "12:02"),
        (["/strategy narrow"], "12:01"),
        (["/strategy narrow", "/strategy continue x"], "12:02"),
        (["/timebox 5m logs", "/done B1"], "12:00"),
        (["/sev 1", "/escalate 2", "/tick sev1 page", "/update x"], "12:00"),
        # corrected, backdated
        (["= undone", "/retract A1 no"], "12:00"),
        (["a fact", "a fact", "12:01 = undone"], "12:01"),
        (["= undone", "/amend A1 12:00:00"], "12:00"),
        (["/strategy narrow", "/retract D1 no"], "12:00"),
    ],
)
def test_what_counts_as_progress(desk: Desk, story: list[str], moved: str) -> None:
    assert play(desk, *story).progress == at(moved)


# ── time-boxes, escalations, what is left alone ─────────────────────────────────────────────────────────────────────


def test_a_time_box_whose_end_was_taken_back_runs_again(desk: Desk) -> None:
    board = play(desk, "/timebox 5m @bob logs", "/done B1", "/retract #3 not yet")
    assert [box.ref for box in board.timeboxes] == ["B1"]
    assert (desk.entry("B1").status, desk.entry("B1").ended_at) == ("running", "")
    board = play(desk, "/amend B1 the resolver's logs")
    assert [box.text for box in board.timeboxes] == ["the resolver's logs"]
    assert play(desk, "12:00 /failed B1").timeboxes == ()  # dated before it began
    assert play(desk, "/timebox 5m metrics", "/retract B2 no").timeboxes == ()


def test_the_highest_level_that_was_called_counts(desk: Desk) -> None:
    assert play(desk, "/escalate 3", "/escalate 2").escalated == 3
    assert play(desk, "/retract #3 he was not reached").escalated == 2


def test_what_is_left_alone_is_no_entry(desk: Desk) -> None:
    entries = desk.board.entries
    board = play(desk, "/snooze 10m role-unassigned/ops on his way", "/snooze 20m role-unassigned/comms")
    assert board.snoozes == {
        "role-unassigned/ops": Snooze(at("12:11"), at("12:01"), "on his way"),
        "role-unassigned/comms": Snooze(at("12:22"), at("12:02"), ""),
    }
    assert board.entries == entries
    assert [entry.kind for entry in desk.state().entries] == ["declared", "role"]
