from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scribe.exporters.escape import Md, inline
from scribe.exporters.tables import NOTHING, WIDEST, long_table, table
from tests.exporters.reader import tables
from tests.exporters.test_escape import typed

HEADER = ("Ref", "Who", "What")


def test_columns_are_aligned_but_for_the_last() -> None:
    rows = [("#1", "@sam", "pool full"), ("#1000", "", "")]
    assert table(HEADER, [tuple(map(Md, row)) for row in rows]).split("\n") == [
        "| Ref   | Who  | What |",
        "| ----- | ---- | ---- |",
        "| #1    | @sam | pool full |",
        "| #1000 | –    | – |",
    ]


def test_signs_of_two_columns_and_of_none_are_counted_as_a_terminal_shows_them() -> None:
    lines = table(("Who", "What"), [(Md("@김민수"), Md("a")), (Md("@e\u0301va"), Md("b"))]).split("\n")
    assert lines[2] == "| @김민수 | a |"
    assert lines[3] == "| @e\u0301va    | b |"


def test_a_long_cell_does_not_push_the_others_out_of_sight() -> None:
    lines = table(("A", "B"), [(Md("x" * 200), Md("a")), (Md("y"), Md("b"))]).split("\n")
    assert lines[3].index("| b") == 2 + WIDEST + 1


def test_a_table_without_rows_is_its_header() -> None:
    assert table(HEADER, []) == "| Ref | Who | What |\n| --- | --- | ---- |"


def test_paragraphs_stand_above() -> None:
    above = (Md("one"), Md("two"))
    assert long_table(("A", "B"), [[]], [], above) == "one\n\ntwo\n\n| A   | B |\n| --- | --- |"


@given(st.lists(st.tuples(typed, typed, typed), max_size=6))
def test_columns_make_the_same_table_as_rows(typed_rows: list[tuple[str, str, str]]) -> None:
    rows = [tuple(map(inline, row)) for row in typed_rows]
    first, second, last = ([row[place] for row in rows] for place in range(3))
    source = long_table(HEADER, [first, second], iter(last))
    assert source == table(HEADER, rows)
    filled = [[cell or NOTHING for cell in row] for row in rows]
    assert [len(row) for row in tables(source)[0]] == [3] * (len(filled) + 1)
    assert len(source.split("\n")) == len(filled) + 2
