from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from scribe.after.actions import (
    Row,
    Wanted,
    chosen,
    counts,
    find,
    grouped,
    is_stale,
    ordered,
    redacted,
    register,
)
from scribe.record.errors import NotFound
from scribe.record.redact import redact
from scribe.record.state import Board, Entries, State
from scribe.record.written import ActionItem, Done, Factor

TODAY = "2026-12-15"
AT = "2026-11-20T15:00:00.000Z"
SEEN = Done("eve", AT, "it fired")


def item(ref: str, **fields: object) -> ActionItem:
    return replace(ActionItem(f"w-{ref[1:]}", ref, f"do {ref}", "sam", AT), **fields)


def board(name: str, *items: ActionItem, factors: tuple[str, ...] = ()) -> Board:
    known = tuple(Factor(f"w-{ref}", ref, f"why {ref}", "sam", AT) for ref in factors)
    return Board(name, title=f"title of {name}", items=items, factors=known, active_at=AT)


def rows(*boards: Board) -> tuple[Row, ...]:
    return register(boards, today=TODAY)


def ids(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [row.id for row in found]


@pytest.mark.parametrize(
    ("due", "status", "late", "stale"),
    [
        ("", "open", False, False),
        ("2026-12-15", "open", False, False),
        ("2026-12-14", "open", True, False),
        ("2026-12-01", "open", True, False),
        ("2026-11-30", "open", True, True),
        ("2026-11-30", "in_progress", True, True),
        ("2026-11-30", "done", False, False),
        ("2026-11-30", "wont_do", False, False),
    ],
)
def test_stale_is_more_than_two_weeks_past_due_and_not_closed(due: str, status: str, late: bool, stale: bool) -> None:
    (row,) = rows(board("INC-1", item("T1", due=due, status=status)))
    assert (row.is_overdue, row.is_stale, is_stale(row.item, TODAY)) == (late, stale, stale)


def test_how_late_it_is() -> None:
    found = rows(
        board("INC-1", item("T1", due="2026-12-01"), item("T2", due="2026-12-16"), item("T3", due="2026-02-31"))
    )
    assert [row.days_late for row in found] == [14, 0, 0]
    assert [row.due for row in found] == [date(2026, 12, 1), date(2026, 12, 16), None]


def test_a_row_knows_the_factors_that_it_answers() -> None:
    (row,) = rows(board("INC-1", item("T1", answers=("F2", "trigger", "F9", "F1")), factors=("F1", "F2")))
    assert [factor.ref for factor in row.factors] == ["F2", "F1"]
    assert (row.id, row.title, row.as_of) == ("INC-1/T1", "title of INC-1", AT)


def test_rows_of_what_is_passed_on_are_of_redacted_states_alone() -> None:
    state = State(board("INC-1", item("T1")), Entries([], 0))
    (row,) = redacted([redact(state)], today=TODAY)
    assert row.item.text == "do T1"


# ── order, filters, groups ──────────────────────────────────────────────────────────────────────────────────────────

MIXED = (
    board(
        "INC-2",
        item("T1", due="2026-12-20", priority="P2", owner="bob"),
        item("T10", owner="Alice", priority="P0"),
        item("T2", due="2026-11-01", owner="alice", status="in_progress"),
    ),
    board(
        "INC-1",
        item("T1", due="2026-12-20", priority="P0", status="done", closed=SEEN),
        item("T2", due="2026-12-20", status="done", closed=SEEN, verified=SEEN),
        item("T3", status="wont_do", closed=SEEN, verification="Pool below 80 %"),
    ),
)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("due", ["2/T2", "1/T1", "2/T1", "1/T2", "2/T10", "1/T3"]),
        ("priority", ["1/T1", "2/T10", "2/T1", "2/T2", "1/T2", "1/T3"]),
        ("owner", ["2/T2", "2/T10", "2/T1", "1/T1", "1/T2", "1/T3"]),
        ("incident", ["1/T1", "1/T2", "1/T3", "2/T1", "2/T2", "2/T10"]),
        ("status", ["2/T1", "2/T10", "2/T2", "1/T1", "1/T2", "1/T3"]),
    ],
)
def test_what_is_not_known_comes_last_in_every_order(by: str, expected: list[str]) -> None:
    found = ordered(rows(*MIXED), by)  # type: ignore[arg-type]  # one of SORTS
    assert [name.removeprefix("INC-") for name in ids(found)] == expected
    assert ordered(reversed(rows(*MIXED)), by) == found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), 6),
        (Wanted(statuses=frozenset({"open", "in_progress"})), 3),
        (Wanted(overdue=True), 1),
        (Wanted(stale=True), 1),
        (Wanted(unverified=True), 1),
        (Wanted(owner="ALICE"), 2),
        (Wanted(owner=""), 3),
        (Wanted(incident="INC-1"), 3),
        (Wanted(words=("POOL", "below")), 1),
        (Wanted(words=("pool", "above")), 0),
        (Wanted(words=("title",), overdue=True, owner="bob"), 0),
    ],
)
def test_every_filter_has_to_pass(wanted: Wanted, expected: int) -> None:
    assert len(chosen(rows(*MIXED), wanted)) == expected


def test_groups_are_factors_then_the_trigger_then_nothing() -> None:
    found = grouped(
        rows(
            board(
                "INC-1",
                item("T1"),
                item("T2", answers=("trigger",)),
                item("T3", answers=("F2", "F1")),
                item("T4", answers=("trigger", "F1")),
                item("T5", answers=("F2",)),
                item("T6", answers=("F7",)),
                factors=("F1", "F2"),
            ),
            board("INC-2", item("T1", answers=("F1",)), factors=("F1",)),
        )
    )
    assert [(group.incident, group.heading, [row.ref for row in group.rows]) for group in found] == [
        ("INC-1", "F2 why F2", ["T3", "T5"]),
        ("INC-1", "F1 why F1", ["T4"]),
        ("INC-1", "answers F7, which is no factor any more", ["T6"]),
        ("INC-1", "answers only the trigger", ["T2"]),
        ("INC-1", "answers nothing", ["T1"]),
        ("INC-2", "F1 why F1", ["T1"]),
    ]


def test_what_will_not_be_done_does_not_count_against_completion() -> None:
    found = counts(rows(*MIXED))
    assert (found.total, found.open, found.overdue, found.stale) == (6, 3, 1, 1)
    assert (found.done, found.verified, found.dropped, found.completion) == (2, 1, 1, 0.4)
    assert counts(rows()).completion is None
    assert counts(rows(board("INC-1", item("T1", status="wont_do")))).completion is None


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMED = (
    board("INC-20261120-K3F2", item("T1"), item("T2")),
    board("INC-20261121-K9", item("T1")),
    board("INC-20261121-K9-B", item("T1"), item("T4·k7")),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("T2", "INC-20261120-K3F2/T2"),
        (" t2 ", "INC-20261120-K3F2/T2"),
        ("k3f2/T1", "INC-20261120-K3F2/T1"),
        ("INC-20261120-K3F2/T1", "INC-20261120-K3F2/T1"),
        ("INC-20261121-K9/T1", "INC-20261121-K9/T1"),
        ("9-b/t1", "INC-20261121-K9-B/T1"),
        ("T4·K7", "INC-20261121-K9-B/T4·k7"),
    ],
)
def test_an_item_is_found_by_any_part_that_names_it_alone(name: str, expected: str) -> None:
    assert find(rows(*NAMED), name).id == expected


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("T1", "T1 could be INC-20261120-K3F2/T1, INC-20261121-K9/T1, INC-20261121-K9-B/T1", "give more of"),
        ("K9-/T2", "there is no action item K9-/T2", "there are: INC-20261121-K9-B/T1"),
        ("T9", "there is no action item T9", "scribe actions --all names them"),
        ("K3F2", "there is no action item K3F2", "scribe actions --all names them"),
        ("", "there is no action item without a name", "scribe actions --all names them"),
    ],
)
def test_what_names_none_or_several_is_refused_with_the_candidates(name: str, message: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        find(rows(*NAMED), name)
    assert refused.value.message == message
    assert refused.value.hint.startswith(hint)


def test_of_many_candidates_the_first_are_named() -> None:
    with pytest.raises(NotFound, match=r"T1 could be INC-0/T1, .*INC-4/T1 and 3 more"):
        find(rows(*(board(f"INC-{number}", item("T1")) for number in range(8))), "T1")
