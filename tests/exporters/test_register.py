from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.actions import RedactedRow, ordered, redacted, register
from scribe.exporters.register import item_shape, to_csv, to_json, to_markdown
from scribe.record.redact import redact
from scribe.record.state import Board, Entries, State
from scribe.record.text import visible
from scribe.record.written import ActionItem, Done, Factor
from tests.exporters.reader import PARSER, kinds, lines_seen, seen, shown

TODAY = "2026-12-15"
AT = "2026-11-20T15:00:00.000Z"
CONTRACT = [
    "id",
    "incident",
    "title",
    "owner",
    "due",
    "verification",
    "category",
    "priority",
    "status",
    "factor",
    "verified_at",
    "verified_by",
    "created_at",
    "closed_at",
    "overdue",
]
NASTY = [
    "=1+1",
    '=HYPERLINK("http://a.example")',
    "+1",
    "-1",
    "@sum",
    "\t=1",
    "\r=1",
    'a;b,c"d""e\'',
    "two\nlines\r\nand\rmore",
    "| a | b |",
    "```fence",
    "- [ ] task",
    "# heading",
    "closed by #",
    "##",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "\x1b[31mred \u202egnp.exe \u200b\u2028\u2029\x85",
    "결제가 느려요 決済 👩\u200d🚒 é",
    "\\n \\, \\; \\",
    " ",
    "",
    "漢=|" * 3334,
]
typed = st.text(
    st.sampled_from("=+-@|`\\<>[]()*_~#,;:\"'\t\r\n 1a漢\u202e\x1b") | st.characters(codec="utf-8"), max_size=30
)
words = typed | st.sampled_from(NASTY)


def board(*items: ActionItem, title: str = "Checkout fails", factors: tuple[Factor, ...] = ()) -> Board:
    return Board("INC-1", title=title, items=items, factors=factors, active_at=AT)


def item(ref: str = "T1", text: str = "set a timeout", **fields: object) -> ActionItem:
    return replace(ActionItem(f"w-{ref[1:]}", ref, text, "sam", AT), **fields)


def factor(ref: str = "F1", text: str = "no timeout", **fields: object) -> Factor:
    return replace(Factor(f"w-{ref}", ref, text, "sam", AT), **fields)


def passed(*boards: Board) -> tuple[RedactedRow, ...]:
    return redacted([redact(State(found, Entries([], 0))) for found in boards], today=TODAY)


def table(document: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(document, newline=""), strict=True))


def cell(value: str) -> str:
    return ("'" if value.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r")) else "") + visible(value)


FULL = board(
    item(
        owner="bob",
        due="2026-12-01",
        verification="alert at 80 %",
        category="prevent",
        priority="P0",
        answers=("F2", "F1", "trigger"),
        status="in_progress",
    ),
    item("T2", "write it down\nin the runbook", status="done", closed=Done("bob", AT, "PR 7"), priority="P1"),
    item("T3", status="done", closed=Done("bob", AT, "PR 8"), verified=Done("eve", AT, "seen"), priority="P2"),
    item("T4", status="wont_do", closed=Done("bob", AT, "replaced soon"), answers=("trigger",)),
    factors=(factor(), factor("F2", "nobody *owns* it", layer="responsibility")),
)


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_has_the_fields_of_the_contract_first_and_in_its_order() -> None:
    rows = register([FULL], today=TODAY)
    found = json.loads(to_json(rows))
    assert [list(shape)[:15] for shape in found] == [CONTRACT] * 4
    assert found[0] == {
        "id": "INC-1/T1",
        "incident": "INC-1",
        "title": "set a timeout",
        "owner": "bob",
        "due": "2026-12-01",
        "verification": "alert at 80 %",
        "category": "prevent",
        "priority": "P0",
        "status": "in_progress",
        "factor": "F2",
        "verified_at": None,
        "verified_by": None,
        "created_at": AT,
        "closed_at": None,
        "overdue": True,
        "stale": False,
        "answers": ["F2", "F1", "trigger"],
        "evidence": None,
    }
    assert (found[2]["verified_by"], found[2]["verified_at"], found[2]["closed_at"]) == ("eve", AT, AT)
    assert (found[3]["status"], found[3]["evidence"], found[3]["factor"]) == ("wont_do", "replaced soon", None)


def test_what_is_unknown_is_null() -> None:
    (row,) = register([board(item())], today=TODAY)
    assert [name for name, value in item_shape(row).items() if value is None] == [
        "owner",
        "due",
        "verification",
        "category",
        "priority",
        "factor",
        "verified_at",
        "verified_by",
        "closed_at",
        "evidence",
    ]


@given(words, words)
def test_json_gives_back_what_was_typed(text: str, signal: str) -> None:
    (found,) = json.loads(to_json(register([board(item(text=text, verification=signal))], today=TODAY)))
    assert (found["title"], found["verification"]) == (text, signal or None)


def test_without_items_there_is_an_empty_array() -> None:
    assert to_json(()) == "[]\n"


# ── CSV for Jira ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_jira_gets_its_own_names() -> None:
    head, *found = table(to_csv(passed(FULL)))
    assert head == [
        "Summary",
        "Issue Type",
        "Assignee",
        "Due date",
        "Priority",
        "Status",
        "Resolution",
        "External ID",
        "Description",
        *["Labels"] * 3,
    ]
    assert [row[1:8] for row in found] == [
        ["Task", "bob", "2026-12-01", "Highest", "In Progress", "", "INC-1/T1"],
        ["Task", "", "", "High", "Done", "Done", "INC-1/T2"],
        ["Task", "", "", "Medium", "Done", "Done", "INC-1/T3"],
        ["Task", "", "", "", "Done", "Won't Do", "INC-1/T4"],
    ]
    assert [row[9:] for row in found] == [["INC-1", "prevent", "responsibility"], *[["INC-1", "", ""]] * 3]
    assert table(to_csv(passed(board(item()))))[1][5] == "To Do"


def test_the_description_holds_what_jira_has_no_field_for() -> None:
    _, first, second, third, fourth = table(to_csv(passed(FULL)))
    assert first[8].split("\n") == [
        "set a timeout",
        "",
        "Verification: alert at 80 %",
        "Category: prevent",
        "Answers F2: nobody *owns* it",
        "Answers F1: no timeout",
        "From INC-1: Checkout fails",
    ]
    assert second[0] == "write it down in the runbook"
    assert "write it down\nin the runbook\n\nVerification: none\nEvidence: PR 7\n" in second[8]
    assert "Verified by eve on 2026-11-20" in third[8]
    assert "Answers only the trigger\nDropped: replaced soon" in fourth[8]


@given(words, words, words, words)
@example("=1", "@x", "-2", "+3")
@example("\uff1d1", "\uff20x", "\uff0d2", "\uff0b3")
def test_every_cell_of_the_csv_comes_back_and_none_is_a_formula(text: str, owner: str, signal: str, title: str) -> None:
    rows = passed(board(item(text=text, owner=owner, verification=signal), item("T2"), title=title))
    head, first, second = table(to_csv(rows))
    assert len(head) == len(first) == len(second) == 10
    description = f"{text}\n\nVerification: {signal or 'none'}\nFrom INC-1: {title}"
    assert (first[2], first[8]) == (cell(owner), cell(description))
    one = visible(" ".join(text.split()))
    assert len(first[0]) <= 255
    assert first[0].removesuffix("…") in (cell(one), cell(one)[: len(first[0]) - 1])
    assert second[0] == "set a timeout"
    assert not [
        value
        for row in (head, first, second)
        for value in row
        if value.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    ]


def test_lines_end_as_the_standard_has_them() -> None:
    assert to_csv(passed(board(item()))).endswith("\r\n")
    assert table(to_csv(())) == [[*table(to_csv(passed(board(item()))))[0]]]


# ── Markdown ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_checklist_by_incident_and_factor() -> None:
    other = replace(board(item(due="2027-01-01")), incident="INC-2", title="Later")
    assert to_markdown(passed(FULL, other)) == (
        "# Action items\n\n"
        "## INC-1 Checkout fails\n\n"
        "### F2 nobody \\*owns\\* it (responsibility)\n\n"
        "- [ ] T1 set a timeout (owner: @bob, due: 2026-12-01, signal: alert at 80 %, priority: P0, answers also: F1,"
        " status: in progress)\n\n"
        "### Answers only the trigger\n\n"
        "- [x] T4 set a timeout (owner: none, due: none, signal: none, won't do: replaced soon)\n\n"
        "### Answers nothing\n\n"
        "- [x] T2 write it down ⏎ in the runbook (owner: none, due: none, signal: none, priority: P1,"
        " evidence: PR 7, verified by: none)\n"
        "- [x] T3 set a timeout (owner: none, due: none, signal: none, priority: P2, evidence: PR 8,"
        " verified by: @eve)\n\n"
        "## INC-2 Later\n\n"
        "### Answers nothing\n\n"
        "- [ ] T1 set a timeout (owner: none, due: 2027-01-01, signal: none)\n"
    )


def test_items_of_two_incidents_in_turn_stand_under_one_heading_each() -> None:
    second = replace(board(item(due="2026-12-02"), item("T2", due="2026-12-04")), incident="INC-2")
    first = board(item(due="2026-12-01"), item("T2", due="2026-12-03"))
    document = to_markdown(ordered(passed(first, second)))
    assert [line for line in document.splitlines() if line.startswith("## ")] == [
        "## INC-1 Checkout fails",
        "## INC-2 Checkout fails",
    ]


@given(words, words, words, words)
@example("##", "##", "x ##", "#")
def test_whatever_was_typed_is_shown_and_nothing_acts(text: str, signal: str, title: str, why: str) -> None:
    rows = passed(
        board(
            item(text=text, verification=signal, answers=("F1",)),
            item("T2", answers=("F1",)),
            title=title,
            factors=(factor(text=why),),
        )
    )
    document = to_markdown(rows)
    gaps = f"- [ ] T1 {shown(text)} (owner: none, due: none, signal: {shown(signal) if signal else 'none'})"
    assert lines_seen(document) == [
        "Action items",
        shown(f"INC-1 {title}"),
        shown(f"F1 {why}"),
        " ".join(gaps.removeprefix("- ").split()),
        "[ ] T2 set a timeout (owner: none, due: none, signal: none)",
    ]
    assert kinds(document) <= {
        "heading_open",
        "heading_close",
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }


def test_without_items_it_says_so() -> None:
    assert to_markdown(()) == "# Action items\n\nNone.\n"


@settings(max_examples=1)
@given(st.just("*|`<" * 2500))
def test_ten_thousand_signs(text: str) -> None:
    document = to_markdown(passed(board(item(text=text))))
    assert text in seen([token for token in PARSER.parse(document) if token.type == "inline"][-1])
    assert table(to_csv(passed(board(item(text=text)))))[1][8].startswith(text)


@pytest.mark.parametrize("status", ["open", "in_progress", "done", "wont_do"])
def test_what_is_closed_is_ticked(status: str) -> None:
    tick = "x" if status in ("done", "wont_do") else " "
    assert f"- [{tick}] T1 " in to_markdown(passed(board(item(status=status))))
