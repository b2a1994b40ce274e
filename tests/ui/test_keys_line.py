"""The line of keys by itself: what has room, and what Tab would take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from scribe.live.typed import Hint
from scribe.ui.commands import COMMANDS, POSTMORTEM, Command
from scribe.ui.widgets.keys import KeysLine
from tests.fakes.desk import Desk


def shown(line: KeysLine) -> str:
    (pieces,) = line._lines
    return "".join(text for text, _ in pieces)


def possible(*choices: str) -> Hint:
    """What is said of a line that ends in a word which could be one of these."""
    return Hint("", column=7, end=8, choices=choices)


@pytest.fixture
def line() -> KeysLine:
    return KeysLine(COMMANDS)


@pytest.mark.parametrize("width", [0, 9, 40, 79, 120])
def test_as_many_keys_as_fit_and_always_the_one_that_lists_them_all(line: KeysLine, width: int) -> None:
    line.fit(width)
    assert shown(line).endswith(" ^P all ")
    assert len(shown(line)) <= max(width, len(" ^P all "))


def test_where_there_is_room_every_key_of_the_footer_is_there(line: KeysLine) -> None:
    whole = "".join(f" {key.shown} {key.title} " for key in COMMANDS if key.footer)
    line.fit(len(whole))
    assert shown(line) == whole
    line.fit(len(whole) - 1)
    assert shown(line) != whole


@pytest.mark.parametrize(
    ("commands", "first"), [(COMMANDS, " F1 help  F8 postmortem "), (POSTMORTEM, " F2 take  F4 next ")]
)
def test_once_it_is_over_the_live_screen_names_first_what_is_to_be_done_now(
    tmp_path: Path, commands: Sequence[Command], first: str
) -> None:
    line = KeysLine(commands)
    line.fit(40)
    state = Desk(tmp_path / "j.db", severity=2).recorder.load()
    line.state = replace(state, board=replace(state.board, state="resolved"))
    assert shown(line).startswith(first)


def test_what_would_put_a_refused_line_right_comes_first(tmp_path: Path, line: KeysLine) -> None:
    line.state = Desk(tmp_path / "j.db", severity=2).recorder.load()
    line.offer("/state r", 8, possible("closed"), refused=False)
    assert "resolved" in shown(line)
    line.offer("/state r", 8, possible("closed"), refused=True)
    assert shown(line) == " Tab  closed "


def test_what_tab_would_take_stands_before_what_a_mode_says(line: KeysLine) -> None:
    line.instead_of_keys([(" picking ", "past")])
    assert shown(line) == " picking "
    line.offer("/state x", 8, possible("resolved", "closed"), refused=True)
    assert shown(line) == " Tab  resolved  closed "
    line.withdraw()
    assert shown(line) == " picking "


def test_tab_goes_round_and_begins_anew_where_the_cursor_moved(line: KeysLine) -> None:
    assert line.next() is None
    line.offer("/state x", 8, possible("resolved", "closed"), refused=True)
    taken = [line.next() for _ in range(3)]
    line.restart()
    taken.append(line.next())
    assert [candidate and candidate.text for candidate in taken] == ["resolved", "closed", "resolved", "resolved"]
