from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given

from scribe.record.cells import cell, typed
from scribe.record.text import visible
from tests.hostile.values import FORMULAS, hostile


@given(hostile)
@example("\u00a0=1")
@example("\n=1")
@example("' '=1")
def test_no_cell_begins_with_what_a_spreadsheet_works_out(text: str) -> None:
    table = io.StringIO(newline="")
    csv.writer(table).writerow([cell(text), "end"])
    ((read, end),) = csv.reader(io.StringIO(table.getvalue(), newline=""), strict=True)
    assert end == "end"
    assert not read.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not read.startswith(("\t", "\r"))
    assert typed(read) == visible(text)


@pytest.mark.parametrize("text", [text for text in FORMULAS if visible(text).strip()[:1] in tuple("=+-@＝＋－＠")])
def test_what_would_be_worked_out_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{visible(text)}"


@pytest.mark.parametrize("text", ["a=1", "5 - 3", "'tis", "", " ", "\tword", "50 %", ";=1"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert cell(text) == visible(text)
