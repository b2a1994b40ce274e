"""Who holds which role: taken, handed over, acknowledged, through the real grammar, Recorder and journal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from scribe.live.policy import DEFAULT, RoleKind
from scribe.record.chain import ancestors
from scribe.record.errors import Refused
from scribe.record.events import Checkpoint, Draft, Event, Role
from scribe.recorder import Recorder
from tests.fakes.desk import Desk, at


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "j.db", severity=2)
    desk.type("/role ic @alice", after=1)
    return desk


def packet(event: Event) -> Checkpoint:
    assert isinstance(event.payload, Checkpoint)
    return event.payload


# ── packets ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_packet_says_who_hands_over_and_what_the_record_holds(desk: Desk) -> None:
    desk.type("a fact", after=1)
    desk.type("/amend #3 another", after=1)  # an event, and no entry
    before = desk.board
    assert before.entries < before.events
    (event,) = desk.type("/handoff @bob end of shift", after=1)
    assert event.text == "packet 1: IC @alice → @bob: end of shift"
    assert event.payload == Checkpoint(
        outgoing="alice",
        incoming="bob",
        number=1,
        head=before.head,
        entries=before.entries,
        given={"notes": "end of shift"},  # what was said with it is for whoever reads the packet
    )
    waiting = desk.board.handoff
    assert waiting is not None
    assert (waiting.id, waiting.ref, waiting.role, waiting.incoming) == (event.id, event.ref, "ic", "bob")
    assert [holder.who for holder in desk.board.holders("ic")] == ["alice"]  # who stays accountable until then


def test_a_packet_quotes_the_record_as_it_is_when_it_is_written(desk: Desk) -> None:
    """What another process records between the key stroke and the transaction is part of it."""
    drafts = desk.drafts("/handoff @bob")
    other = Recorder(desk.journal, desk.incident, me="eve", policy=DEFAULT)
    (theirs,) = other.record(desk.drafts("theirs"), now=desk.clock.now())
    (event,) = desk.record(drafts)
    assert (packet(event).head, packet(event).entries) == (theirs.digest, 3)
    several = [draft for line in ("one", "two", "/handoff @carol", "three") for draft in desk.drafts(line)]
    _, two, event, _ = desk.record(several)
    assert (packet(event).head, packet(event).entries) == (two.digest, 6)
    assert ancestors(desk.journal.events(desk.incident), packet(event).head)[-1] == two


def test_a_checkpoint_that_nobody_has_to_acknowledge(desk: Desk) -> None:
    (event,) = desk.record([Draft(Checkpoint(given={"risks": "none"}), "", at("12:05"))])
    assert event.text == "packet 1: checkpoint"
    assert (packet(event).outgoing, packet(event).given) == ("alice", {"risks": "none"})
    assert (desk.board.handoff, desk.board.checkpoints) == (None, 1)
    with pytest.raises(Refused, match="no packet waits"):
        desk.type("/ack")


@pytest.mark.parametrize("line", ["/ack", "/ack @bob", "/ack @BOB"])
def test_a_packet_is_acknowledged_by_whoever_takes_over(desk: Desk, line: str) -> None:
    (handed,) = desk.type("/handoff @bob", after=1)
    (event,) = desk.type(line, after=1)
    assert event.text == "IC: @alice → @bob, acknowledged packet 1"
    assert event.payload == Role(role="ic", who="bob", previous=("alice",), acknowledges=handed.id)
    assert (event.author, event.recorder) == ("bob", "sam")  # a spoken "I have command" may be typed by the scribe
    board = desk.board
    assert [holder.who for holder in board.holders("ic")] == ["bob"]
    assert (board.handoff, board.unpacketed) == (None, "")
    with pytest.raises(Refused, match="no packet waits"):
        desk.type("/ack")


def test_a_packet_for_a_role_that_nobody_holds(desk: Desk) -> None:
    (handed,) = desk.type("/handoff @dave ops", after=1)
    assert handed.text == "packet 1: Ops → @dave"
    (event,) = desk.type("/ack", after=1)
    assert event.text == "Ops → @dave, acknowledged packet 1"
    assert [holder.who for holder in desk.board.holders("ops")] == ["dave"]


def test_somebody_else_does_not_acknowledge_a_packet(desk: Desk) -> None:
    desk.type("/handoff @bob")
    head = desk.board.head
    with pytest.raises(Refused, match="packet 1 was handed to @bob") as caught:
        desk.type("/ack @carol")
    assert desk.board.head == head
    assert caught.value.hint == "/take ic @carol takes the role all the same"
    (event,) = desk.type("/take ic @carol")
    assert event.text == "IC: @alice → @carol (taken)"
    assert desk.board.handoff is None


def test_there_is_nothing_to_acknowledge(desk: Desk) -> None:
    with pytest.raises(Refused, match="no packet waits"):
        desk.type("/ack @bob")


def test_a_packet_is_not_handed_to_whoever_holds_the_role(desk: Desk) -> None:
    with pytest.raises(Refused, match="@Alice holds IC already"):
        desk.type("/handoff @Alice")
    assert desk.board.checkpoints == 0


def test_a_second_packet_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.type("/handoff @bob", after=1)
    (event,) = desk.type("/handoff @carol", after=1)
    assert event.text == "packet 2: IC @alice → @carol"
    with pytest.raises(Refused, match="packet 2 was handed to @carol"):
        desk.type("/ack @bob")
    desk.type("/ack @carol")
    assert [holder.who for holder in desk.board.holders("ic")] == ["carol"]


def test_a_packet_that_waits_is_not_lost_to_one_for_another_role(desk: Desk) -> None:
    desk.type("/handoff @bob")
    with pytest.raises(Refused, match="packet 1 still waits for @bob to have IC") as caught:
        desk.type("/handoff @dave ops")
    assert "/ack @bob" in caught.value.hint
    assert "/role ops @dave" in caught.value.hint
    desk.type("/ack")
    desk.type("/handoff @dave ops")


def test_of_several_experts_the_one_who_hands_over_leaves(desk: Desk) -> None:
    for name in ("jun", "sam", "kim"):
        desk.type(f"/role sme @{name}", after=1)
    (handed,) = desk.type("/handoff @bob sme", after=1)  # typed by sam
    assert handed.text == "packet 1: SME @sam → @bob"
    desk.type("/role sme @lee", after=1)
    assert desk.board.handoff is not None  # one more expert takes nothing over
    (event,) = desk.type("/ack @bob", after=1)
    assert event.text == "SME: @sam → @bob, acknowledged packet 1"
    assert [holder.who for holder in desk.board.holders("sme")] == ["jun", "kim", "lee", "bob"]
    with pytest.raises(Refused, match="@kim holds SME already"):
        desk.type("/handoff @kim sme")


# ── roles taken ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "text", "taken"),
    [
        ("/take ic", "IC: @alice → @sam (taken)", True),
        ("/take ic @bob no answer for 10 min", "IC: @alice → @bob (taken): no answer for 10 min", True),
        # there is nobody to take it from
        ("/take ops", "Ops → @sam", False),
        ("/take ic @alice", "IC → @alice", False),
        ("/take ic @ALICE", "IC → @alice", False),
        ("/take sme @jun", "SME → @jun", False),
    ],
)
def test_taking_a_role(desk: Desk, line: str, text: str, taken: bool) -> None:
    (event,) = desk.type(line, after=1)
    assert event.text == text
    assert isinstance(event.payload, Role)
    assert event.payload.taken == taken


def test_a_name_is_one_name_however_it_is_typed(desk: Desk) -> None:
    assert desk.type("/role ic @ALICE", after=1)[0].text == "IC → @alice"
    assert desk.board.unpacketed == ""
    desk.type("/role sme @Jun")
    desk.type("/role sme @jun")
    assert [holder.who for holder in desk.board.holders("sme")] == ["Jun"]
    assert desk.type("/role sme released @JUN")[0].text == "SME released by @Jun"
    assert desk.board.holders("sme") == ()


def test_a_role_of_the_team_goes_by_its_label(tmp_path: Path) -> None:
    policy = replace(DEFAULT, own_roles=(RoleKind("liaison", "Liaison", "Customer Liaison"),))
    desk = Desk(tmp_path / "j.db", severity=2, policy=policy)
    (event,) = desk.record([Draft(Role(role="liaison", who="al"), "", at("12:01"))])
    assert event.text == "Liaison → @al"
    (event,) = desk.record([Draft(Checkpoint(role="liaison", incoming="bob"), "", at("12:02"))])
    assert event.text == "packet 1: Liaison @al → @bob"
    assert desk.type("/ack")[0].text == "Liaison: @al → @bob, acknowledged packet 1"
    # and a role that was configured away since by its name
    (event,) = desk.record([changed(Draft(Role(role="scout", who="al"), "", at("12:03")))])
    assert event.text == "scout → @al"
