"""The register's rows, headings and details, without a screen."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from scribe.after.actions import Counts, Row, register
from scribe.record.state import Board, Holder
from scribe.record.written import ActionItem, Done, Factor
from scribe.ui.lines import Line, width_of
from scribe.ui.register import rows as drawn
from scribe.ui.register.view import Heading, Known, View, known, listing, short_names

TODAY = "2026-12-15"
AT = "2026-11-20T15:00:00.000Z"
SEEN = Done("eve", "2026-12-01T09:30:00.000Z", "it fired")
FIRST, SECOND = "INC-20261120-K3F2", "INC-20261121-AAAA"


def item(ref: str = "T1", **fields: Any) -> ActionItem:
    return replace(ActionItem(f"w-{ref[1:]}", ref, f"do {ref}", "sam", AT), **fields)


def board(name: str, *items: ActionItem, factors: tuple[str, ...] = (), title: str = "") -> Board:
    found = tuple(
        Factor(f"w-{ref}", ref, f"why {ref}", "sam", AT, layer="technical", factor_class="testing") for ref in factors
    )
    return Board(name, title=title or f"title of {name}", items=items, factors=found, active_at=AT)


def row(*, factors: tuple[str, ...] = (), incident: str = FIRST, title: str = "", **fields: Any) -> Row:
    (found,) = register([board(incident, item(**fields), factors=factors, title=title)], today=TODAY)
    return found


def text(line: Line) -> str:
    return "".join(words for words, _ in line)


def style(line: Line, words: str) -> str:
    (found,) = (name for piece, name in line if piece.strip() == words)
    return found


MIXED = known(
    [
        board(FIRST, item("T1", due="2026-12-20", answers=("F1",), owner="bob"), item("T2"), factors=("F1",)),
        board(
            SECOND,
            item("T1", due="2026-12-01", owner="alice", answers=("trigger",)),
            item("T2", due="2026-10-01", owner="bob", status="in_progress"),
            item("T3", status="done", closed=SEEN),
            item("T4", status="done", closed=SEEN, verified=SEEN),
            item("T5", status="wont_do", closed=SEEN),
        ),
    ],
    TODAY,
)


def shown(view: View) -> list[str]:
    return [f"{MIXED.names[found.incident]}/{found.ref}" for found in listing(MIXED, view).rows]


# ── which, and in which order ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("view", "wanted"),
    [
        (View(), ["AAAA/T2", "AAAA/T1", "K3F2/T1", "K3F2/T2"]),
        (View("late"), ["AAAA/T2", "AAAA/T1"]),
        (View("stale"), ["AAAA/T2"]),
        (View("unverified"), ["AAAA/T3"]),
        (View("all", sort="incident"), ["K3F2/T1", "K3F2/T2", *(f"AAAA/T{number}" for number in range(1, 6))]),
        (View(sort="owner"), ["AAAA/T1", "AAAA/T2", "K3F2/T1", "K3F2/T2"]),
        (View(owner="bob"), ["AAAA/T2", "K3F2/T1"]),
        (View(find="@BOB k3f2"), ["K3F2/T1"]),
        (View(find="@none"), ["K3F2/T2"]),
        (View(find="WHY f1"), ["K3F2/T1"]),
        (View(find="@"), []),
        (View(find="nobody said this"), []),
    ],
)
def test_what_is_shown_and_in_which_order(view: View, wanted: list[str]) -> None:
    assert shown(view) == wanted


def test_under_factors_each_incident_is_named_once_and_rows_are_numbered_as_they_stand() -> None:
    found = listing(MIXED, View(group="factor"))
    assert found.lines == (
        Heading(f"AAAA  title of {SECOND}"),
        Heading("answers only the trigger", 1),
        0,
        Heading("answers nothing", 1),
        1,
        Heading(f"K3F2  title of {FIRST}"),
        Heading("F1 why F1", 1),
        2,
        Heading("answers nothing", 1),
        3,
    )
    assert [found.rows[line].ref for line in found.lines if isinstance(line, int)] == ["T1", "T2", "T1", "T2"]


def test_under_incidents_the_order_is_kept_within_each() -> None:
    found = listing(MIXED, View(group="incident"))
    assert found.lines == (Heading(f"AAAA  title of {SECOND}"), 0, 1, Heading(f"K3F2  title of {FIRST}"), 2, 3)
    assert [each.item.due for each in found.rows] == ["2026-10-01", "2026-12-01", "2026-12-20", ""]


def test_an_incident_is_called_by_the_end_of_its_id_where_that_names_no_other() -> None:
    assert short_names(["INC-1-K3F2", "INC-2-AAAA", "OPS-1", "k3f2-old", "outage"]) == {
        "INC-1-K3F2": "INC-1-K3F2",
        "INC-2-AAAA": "AAAA",
        "OPS-1": "OPS-1",
        "k3f2-old": "old",
        "outage": "outage",
    }


def test_a_line_names_the_incident_only_where_there_are_several_and_its_id_is_a_word() -> None:
    (first, *_) = MIXED.rows
    assert MIXED.called(first) == "K3F2/T1"
    assert known([board(FIRST, item())], TODAY).called(first) == "T1"
    odd = known([board("the big one", item()), board("other", item())], TODAY)
    assert [odd.called(each) for each in odd.rows] == ["T1", "other/T1"]


def test_people_are_owners_first_then_whoever_holds_a_role() -> None:
    held = replace(board(FIRST, item(owner="bob")), roles={"ic": (Holder("alice", AT), Holder("bob", AT))})
    assert known([held], TODAY).people == ("bob", "alice")


# ── words, never colour alone ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"due": ""}, ("no date", "past")),
        ({"due": "2026-12-14"}, ("1 d late", "error")),
        ({"due": "2026-12-01"}, ("14 d late", "error")),
        ({"due": "2026-11-30"}, ("stale 15 d", "error")),
        ({"due": "2026-12-15"}, ("due today", "warning")),
        ({"due": "2026-12-18"}, ("due in 3 d", "warning")),
        ({"due": "2026-12-19"}, ("due in 4 d", "words")),
        ({"due": "2027-12-19"}, ("2027-12-19", "past")),
        ({"due": "next \x1b week"}, ("next ␛ week", "warning")),
        ({"due": "2026-12-01", "status": "done", "closed": SEEN}, ("unverified", "warning")),
        ({"due": "2026-12-01", "status": "done", "closed": SEEN, "verified": SEEN}, ("", "past")),
        ({"due": "2026-12-01", "status": "wont_do", "closed": SEEN}, ("", "past")),
    ],
)
def test_how_late_it_is_in_words(fields: dict[str, Any], wanted: tuple[str, str]) -> None:
    assert drawn.standing(row(**fields)) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "/action K3F2/T1 owner: @"),
        ({"owner": "bob"}, "/action K3F2/T1 due: "),
        ({"owner": "bob", "due": TODAY}, "/action K3F2/T1 verify: "),
        ({"owner": "bob", "due": TODAY, "verification": "it fires"}, "/done K3F2/T1 "),
        ({"status": "done", "closed": SEEN}, "/verified K3F2/T1 @"),
        ({"status": "done", "closed": SEEN, "verified": SEEN}, None),
        ({"status": "wont_do", "closed": SEEN}, None),
    ],
)
def test_the_line_that_is_likely_next(fields: dict[str, Any], wanted: str | None) -> None:
    step = drawn.next_step(row(**fields), "K3F2/T1")
    assert (step.line if step else None) == wanted


def test_a_row_says_all_that_there_is_room_for_and_its_words_come_last() -> None:
    found = row(
        factors=("F1",),
        owner="bob",
        due="2026-12-14",
        priority="P0",
        category="prevent",
        answers=("F1",),
        status="in_progress",
    )
    names = {FIRST: "K3F2"}
    wide = drawn.shape([found], names, 120)
    line = text(drawn.row_line(found, wide, names, picked=True))
    assert " ".join(line.split()) == "▸ K3F2/T1 ◐ in progress 1 d late P0 @bob prevent F1 do T1"
    assert " ".join(text(drawn.columns_line(wide)).split()) == "id status due p owner category answers action"
    assert text(drawn.columns_line(wide)).index("action") == line.index("do T1")
    narrow = text(drawn.row_line(found, drawn.shape([found], names, 40), names, picked=False))
    assert " ".join(narrow.split()) == "K3F2/T1 ◐ 1 d late do T1"


def test_a_long_id_is_told_apart_by_its_end() -> None:
    found = row(incident="2026-an-incident-with-a-very-long-name")
    line = text(drawn.row_line(found, drawn.shape([found], {}, 60), {}, picked=False))
    assert line.split()[0] == "…a-very-long-name/T1"


def test_the_title_says_what_it_comes_to_and_gives_way_where_it_is_narrow() -> None:
    counts = Counts(total=9, open=4, overdue=2, stale=1, done=3, verified=1, dropped=1)
    wide = drawn.title(counts, 100)
    assert " ".join(text(wide).split()) == "Action items 4 open · 2 late (1 stale) · 2 unverified 38% done"
    assert style(wide, "· 2 late (1 stale)") == "error"
    assert text(drawn.title(counts, 50)).startswith(" 4 open · 2 late")
    assert text(drawn.title(Counts(), 80)).split() == ["Action", "items", "none", "yet"]
    fine = text(drawn.title(Counts(total=1, open=1), 80))
    assert "late" not in fine
    assert "unverified" not in fine


def test_what_is_left_out_is_said_with_the_key_that_brings_it_back() -> None:
    plain = text(drawn.looking(View(), 3, 9))
    assert "3 of 9" in plain
    assert "Esc" not in plain
    narrowed = text(drawn.looking(View("late", "owner", "factor", "bob", "pool"), 3, 9))
    wanted = "late · by owner · under each factor · of @bob · with pool · 3 of 9 Esc shows the others"
    assert " ".join(narrowed.split()) == wanted
    assert "F2" in text(drawn.nothing(View(), 0)[0])
    assert "Esc" in text(drawn.nothing(View(find="x"), 3)[0])
    assert "F5" in text(drawn.nothing(View("stale"), 3)[0])


# ── the chosen one ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("width", [30, 42, 78])
def test_the_chosen_one_is_whole(width: int) -> None:
    found = row(
        factors=("F1",),
        title="Checkout fails everywhere in the EU",
        text="limit the retries of every client " * 4,
        owner="bob",
        due="2026-12-01",
        verification="pool wait stays under 50 ms in the load test",
        category="prevent",
        priority="P1",
        answers=("F1", "trigger", "F9"),
        status="done",
        closed=Done("bob", "2026-12-01T09:30:00.000Z", "PR 812\nand a graph"),
        verified=Done("al", "2026-12-05T10:00:00.000Z", "saw it in the test"),
    )
    lines = drawn.whole(found, width, UTC)
    said = " ".join(" ".join(text(line) for line in lines).split())
    for words in (
        "T1 ✓ verified",
        "limit the retries of every client limit",
        "owner @bob",
        "due 2026-12-01",
        "priority P1",
        "category prevent",
        "works when pool wait stays under 50 ms in the load test",
        "F1 why F1 (Technical, testing insufficient)",
        "the trigger",
        "F9, which is no factor any more",
        f"{FIRST} Checkout fails everywhere in the EU",
        "evidence PR 812 and a graph",
        "added 2026-11-20 15:00 by @sam",
        "done 2026-12-01 09:30 by @bob",
        "verified 2026-12-05 10:00 by @al: saw it in the test",
    ):
        assert words in said, words
    assert max(width_of(line) for line in lines) <= width


def test_what_is_not_known_is_said() -> None:
    said = "\n".join(text(line) for line in drawn.whole(row(), 40, UTC))
    for words in ("owner nobody", "due no date", "priority unknown", "works when no signal", "answers nothing"):
        assert words in said
    dropped = drawn.whole(row(status="wont_do", closed=Done("al", AT, "too dear")), 40, UTC)
    assert "why not too dear" in "\n".join(text(line) for line in dropped)
    done = drawn.whole(row(status="done", closed=SEEN), 40, UTC)
    assert "verified by nobody yet" in "\n".join(text(line) for line in done)


ODD = st.text(st.sampled_from("ab [/]\\\x1b\x07\n\t\u202e結憑é\u0301#@"), max_size=60)


@settings(max_examples=60, deadline=None)
@given(words=ODD, owner=ODD, due=ODD, signal=ODD, title=ODD, width=st.integers(1, 130))
def test_nothing_that_was_typed_reaches_the_terminal_raw(
    words: str, owner: str, due: str, signal: str, title: str, width: int
) -> None:
    found = row(text=words, owner=owner, due=due, verification=signal, title=title, status="done", closed=SEEN)
    names = {FIRST: "K3F2"}
    columns = drawn.shape([found], names, width)
    lines = [
        drawn.row_line(found, columns, names, picked=True),
        drawn.heading_line(Heading(title), width),
        drawn.looking(View(find=words, owner=owner), 1, 1),
        *drawn.whole(found, width, UTC),
    ]
    for line in lines:
        assert not set(text(line)) & set("\x1b\x07\n\t\u202e")
    assert Known().people == ()
    assert cell_len(text(lines[1])) <= max(width, 6)
