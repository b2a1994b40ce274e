"""What the terminal itself gets to read: a hostile record looked through from end to end, and pastes of megabytes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.terminal import walks
from tests.terminal.shell import Shell, recorded
from tests.terminal.terminal import ENTER, paste
from tests.terminal.walks import shapes, titles, unharmed


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.torture
def test_a_hostile_record_gives_the_terminal_nothing_that_another_does_not() -> None:
    """Only the words differ from those of a plain record; no sequence may be there for their sake."""
    assert walks.run(4, seed=120)["records"] == 4


@pytest.mark.parametrize(
    "got",
    [b"\x1b]8;;https://a.example\x1b\\", b"\x1b]52;c;cm0=\x07", b"\x07" * 7, b"\x1b]2;a\xe2\x80\xae\x07", b"\xc2\x9b"],
)
def test_what_acts_is_seen(got: bytes) -> None:
    with pytest.raises(AssertionError):
        unharmed(b"\x1b[31mred" + got)


def test_what_acts_is_told_from_what_is_drawn() -> None:
    raw = b"\x1b[31mred\x1b[0m\x1b[2;5Hx\x1b[?2004h\x1b]2;title\x07\x1b]8;;https://a.example\x1b\\\x07\x1b(0\r\n"
    assert shapes(raw) == {
        "CSI  m",
        "CSI  H",
        "CSI ?2004 h",
        "OSC 2",
        "OSC 8",
        "control 07",
        "ESC (0",
        "control 0d",
        "control 0a",
    }
    assert titles(raw) == ["title"]


# ── pastes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

INSIDE = b"\x1b[200~\r\x04\x03\x1b[A\x15\x1b[21~/quit\r"
"""The beginning of a paste, Enter, ^D, ^C, an arrow, ^U, F10, a command."""


@pytest.mark.torture
@pytest.mark.parametrize("size", [10, 1_000, 60_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize("lines", [False, True])
def test_the_screen_stays_alive_under_a_paste_of_any_size(shell: Shell, size: int, lines: bool) -> None:
    shell.declare()
    piece = b"a line of a log\r\n" if lines else b"x"
    body = (piece * (size // len(piece) + 1))[:size]
    text = body[: size // 2] + INSIDE + body[size // 2 :]
    with shell.open() as terminal:
        began = time.monotonic()
        sent = paste(text)
        for start in range(0, len(sent), 200_000):
            terminal.write(sent[start : start + 200_000])
        if size > 262_144:
            terminal.sees("not pasted: the box takes 256 KiB", 60.0)
        else:
            terminal.write(b"\x05")
            terminal.write(b"<end>")
            terminal.sees("<end>", 60.0)
        took = time.monotonic() - began
        assert terminal.is_running()
        assert shell.texts() == []
        for _ in range(3 if size <= 262_144 else 0):
            terminal.write(b"\x15")  # ^U, as often as there were parts
        terminal.until(lambda: not terminal.shows("<end>"), "an empty box", 30.0)
        terminal.write(b"alive" + ENTER)
        assert recorded(terminal, shell, 1) == ["alive"]
        assert took < 60


@pytest.mark.torture
def test_an_end_of_a_paste_within_a_paste_ends_it_as_terminals_do(shell: Shell) -> None:
    """Terminals take the sign out of what they paste; what stands behind one that does not is typed, and is no key."""
    shell.declare()
    with shell.open() as terminal:
        terminal.write(paste(b"one \x1b[201~ two"))
        terminal.sees("two")
        assert shell.texts() == []
        terminal.write(ENTER)
        (found,) = recorded(terminal, shell, 1)
        assert found.startswith("one")
        assert "two" in found
