from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.events import Fact
from scribe.record.state import (
    Board,
    Due,
    Entries,
    Entry,
    Handed,
    Mark,
    Said,
    ScopeRow,
    Snooze,
    StateSpan,
    Ticked,
    TimeboxRow,
    Track,
    decode_board,
    encode_board,
)
from tests.fakes.desk import at

ENDS = [None, -9, -4, -1, 0, 1, 3, 4, 9]


def entry(number: int) -> Entry:
    time = at(f"12:{number:02}")
    return Entry(number, "w", number, f"#{number}", time, "second", "", time, "fact", "x", "al", "sam", Fact())


ITEMS = [entry(number) for number in range(6)]


@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_view_is_a_sequence_of_its_own_length(length: int) -> None:
    view, plain = Entries(ITEMS, length), ITEMS[:length]
    assert list(view) == plain
    assert list(reversed(view)) == plain[::-1]
    assert len(view) == length
    assert (ITEMS[5] in view) is False
    for start, stop, step in product(ENDS, ENDS, [None, 1, 2, -1, -2]):
        assert view[start:stop:step] == plain[start:stop:step], (start, stop, step)
    for index in range(-6, 6):
        if -length <= index < length:
            assert view[index] == plain[index]
        else:
            with pytest.raises(IndexError):
                view[index]


def test_a_view_knows_what_it_extends() -> None:
    items = list(ITEMS)
    assert Entries(items, 4).extends(Entries(items, 3))
    assert Entries(items, 4).extends(Entries(items, 4))
    assert not Entries(items, 3).extends(Entries(items, 4))
    assert not Entries(list(items), 4).extends(Entries(items, 3))


@given(st.none() | st.integers(1, 4), st.text(), st.sampled_from(["investigating", "resolved", "closed"]))
def test_a_board_survives_its_row(severity: int | None, title: str, state: str) -> None:
    title = title.encode(errors="ignore").decode()
    board = Board(
        "INC-1",
        title=title,
        severity=severity,
        state=state,
        moments={"detected": Mark(at("12:00"), "minute", at("12:01"), explicit=True)},
        tracks=(Track("public", at("12:00"), 900, by_hand=True, due=at("12:15")), Track("responders", at("12:00"))),
        sides={"users": Said("12 %", at("12:03"))},
        scope=(ScopeRow("dependency", "DNS", "unknown", "", at("12:04")),),
        handoff=Handed("w-3", "#3", at("12:05"), 1, "ic", "al", "bob"),
        timeboxes=(TimeboxRow("w-4", "B1", "logs", "", at("12:00"), at("12:05")),),
        ticks={"sev1/page": Ticked("al", at("12:01"))},
        snoozes={"quiet": Snooze(at("12:30"), at("12:20"), "")},
        trigger=0,
        spans=(StateSpan(at("12:00"), "investigating"),),
        key=(at("12:00"), at("12:00"), "w", 3),
    )
    assert decode_board(encode_board(board)) == board
    assert board.over == (state != "investigating")


def test_the_countdown_is_the_one_that_ends_first() -> None:
    tracks = (
        Track("responders", at("12:00"), 300),
        Track("stakeholders", at("12:00"), 1800, due=at("12:30")),
        Track("public", at("12:00"), 900, due=at("12:15")),
    )
    board = Board("INC-1", tracks=tracks)
    assert (board.due, board.cadence) == (Due(at("12:15"), "public"), 900)
    assert (board.leading, board.track("stakeholders"), board.track("press")) == (tracks[2], tracks[1], None)
    waiting = Board("INC-1", tracks=tracks[:1])
    assert (waiting.due, waiting.cadence, waiting.leading) == (None, 300, tracks[0])
    assert (Board("INC-1").due, Board("INC-1").cadence, Board("INC-1").leading) == (None, None, None)


def test_a_damaged_row_is_no_board() -> None:
    for stored in (b"", b"{}", b'{"incident":3}', b"\xff"):
        with pytest.raises(msgspec.MsgspecError):
            decode_board(stored)


@pytest.mark.parametrize(
    ("minute", "over"),
    [("11:59", False), ("12:00", False), ("12:10", False), ("12:11", True), ("12:20", True), ("12:21", False)],
)
def test_what_the_record_said_at_the_time_of_writing(minute: str, over: bool) -> None:
    spans = tuple(
        StateSpan(at(when), state)
        for when, state in (("12:00", "investigating"), ("12:10", "resolved"), ("12:20", "mitigating"))
    )
    assert Board("INC-1", spans=spans).over_at(at(minute)) == over
    assert Board("INC-1", spans=spans, postmortem_only=True).over_at(at(minute))


def test_an_unknown_moment_has_no_time() -> None:
    board = Board("INC-1", moments={"started": Mark(at("12:00"), "unknown", at("12:00"), explicit=True)})
    assert board.moment("started") is None
    assert board.moment("closed") is None
    assert board.zero is None
