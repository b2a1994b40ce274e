from __future__ import annotations

import sys

import pytest

from scribe.cli import incidents
from scribe.cli.cells import coloured, columns, cut, padded, styled, width
from tests.cli.conftest import Cli


def test_before_the_first_incident(cli: Cli) -> None:
    assert cli("list").out == "no incidents yet\n"
    assert cli("list", "--json").json == []
    assert cli("list").code == 0
    assert not cli.path.exists()


def test_json_has_the_contracts_fields(cli: Cli) -> None:
    cli.new("One", "--id", "INC-1", "--sev", "1")
    cli.log("/milestone started 13:00", "/state resolved")
    cli.clock.advance(60)
    cli.new("Two", "--id", "INC-2")
    assert cli("list", "--json").json == [
        {
            "id": "INC-2",
            "title": "Two",
            "severity": None,
            "state": "investigating",
            "started_at": None,
            "resolved_at": None,
            "entries": 1,
        },
        {
            "id": "INC-1",
            "title": "One",
            "severity": 1,
            "state": "resolved",
            "started_at": "2026-11-20T13:00:00.000Z",
            "resolved_at": "2026-11-20T14:01:00.000Z",
            "entries": 3,
        },
    ]
    assert [one["id"] for one in cli("list", "--open", "--json").json] == ["INC-2"]


def test_text_is_a_table(cli: Cli) -> None:
    cli.new("결제 실패", "--id", "INC-1", "--sev", "1")
    cli.log("/milestone started 13:00", "/state resolved")
    cli.clock.advance(60)
    cli.new("Two\nlines", "--id", "INC-20")
    assert cli("list", "--tz", "UTC").lines == [
        "ID      SEV    STATE          STARTED       RESOLVED      ENTRIES  TITLE",
        "INC-20  unset  investigating  unknown                     1        Two ⏎ lines",
        "INC-1   1      resolved       20 Nov 13:00  20 Nov 14:01  3        결제 실패",
    ]


def test_none_open(cli: Cli) -> None:
    cli.new("x")
    cli.log("/state resolved")
    assert cli("list", "--open").out == "no incident is open\n"


@pytest.mark.parametrize("room", [20, 40, 60, 80, 100])
def test_a_table_fits_the_terminal_by_cells(cli: Cli, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.new("결제가 실패합니다 아주 긴 제목 " * 4, "--id", "INC-1")
    monkeypatch.setattr(incidents, "columns", lambda: room)
    for line in cli("list").lines:
        assert width(line) <= room
    assert "결" in cli("list").out or room < 40


def test_cells() -> None:
    assert [width("ab"), width("결제"), width("e\u0301"), width("")] == [2, 4, 1, 0]
    assert [cut("결제 실패", 5), cut("결제", 4), cut("abc", 1), cut("abc", 0)] == ["결제…", "결제", "…", ""]
    assert padded("결", 4) == "결  "


def test_nothing_is_cut_when_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert columns() is None
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "33")
    assert columns() == 33


@pytest.mark.parametrize(
    ("environ", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_alone_and_not_against_ones_will(
    environ: dict[str, str], terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert coloured(sys.stdout) is expected
    assert (styled("x", fg="red") == "x") is not expected
