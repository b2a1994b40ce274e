from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.terminal.shell import READY, Shell, recorded
from tests.terminal.terminal import (
    BACKSPACE,
    ENTER,
    TAB,
    Pty,
    Terminal,
    paste,
    plain,
    scribe,
)

RESTORED = {
    b"\x1b[?1049l": "alternate screen left",
    b"\x1b[?25h": "cursor shown",
    b"\x1b[?1000l": "mouse off",
    b"\x1b[?1003l": "mouse motion off",
    b"\x1b[?1006l": "mouse coordinates off",
    b"\x1b[?2004l": "bracketed paste off",
    b"\x1b[?1004l": "focus reports off",
    b"\x1b[?7h": "line wrap on",
}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def declared(shell: Shell) -> Shell:
    shell.declare()
    return shell


def half_a_sentence(terminal: Terminal, shell: Shell) -> None:
    """Type some words, the last of them too late for the saving that happens now and then."""
    terminal.write("half a")
    terminal.until(lambda: shell.drafts() == ["half a"], "the draft on the disk")
    terminal.write(" sentence")
    terminal.sees("KST half a sentence")


def test_from_nothing_to_a_record(shell: Shell) -> None:
    with Terminal(scribe(), env=shell.env(), cwd=shell.home) as terminal:
        terminal.sees("What is going on?")
        terminal.write("Checkout fails in EU")
        terminal.sees("Checkout fails in EU")
        terminal.write(ENTER)
        terminal.sees(READY)
        terminal.write("5xx at 12%")
        terminal.sees("KST 5xx at 12%")
        terminal.write(ENTER)
        terminal.sees("F #2   5xx at 12%")
        terminal.write("? pool exhausted")
        terminal.write(ENTER)
        terminal.sees("? H1   pool exhausted")
        terminal.write(b"\x04")  # ^D
        assert terminal.wait() == 0
    titled, fact, guess = shell.events()
    assert (titled.text, fact.text, guess.text) == ("Checkout fails in EU", "5xx at 12%", "pool exhausted")
    assert [event.kind for event in (titled, fact, guess)] == ["declared", "fact", "hypothesis"]
    assert {event.recorder for event in (titled, fact, guess)} == {"sam"}
    for sequence, meaning in RESTORED.items():
        assert sequence in terminal.raw, meaning


def test_kill_after_enter_and_in_the_middle_of_typing(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(b"this one was sent" + ENTER)
        terminal.sees("F #2   this one was sent")  # what is on the screen is on the disk
        terminal.write("this one was not")
        terminal.until(lambda: declared.drafts() == ["this one was not"], "the draft on the disk", 2.0)
        terminal.signal(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    assert declared.texts() == ["this one was sent"]
    with declared.open() as terminal:
        terminal.sees("KST this one was not")
        terminal.sees("not sent the last time")
        terminal.write(ENTER)
        terminal.sees("F #3   this one was not")
    assert declared.texts() == ["this one was sent", "this one was not"]
    assert declared.drafts() == []


def test_kill_at_the_very_moment_of_enter(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(b"sent or unsent" + ENTER)
        terminal.until(lambda: "sent or unsent" in [*declared.texts(), *declared.drafts()], "somewhere on the disk")
        terminal.signal(signal.SIGKILL)
        terminal.wait()
    # Never lost, never twice.
    assert [*declared.texts(), *declared.drafts()] == ["sent or unsent"]


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGQUIT, 131)],
)
def test_a_signal_saves_the_text_and_restores_the_terminal(
    declared: Shell, number: signal.Signals, status: int
) -> None:
    with declared.open() as terminal:
        half_a_sentence(terminal, declared)
        before = len(terminal.raw)
        terminal.signal(number)
        assert terminal.wait() == status
        for sequence, meaning in RESTORED.items():
            assert sequence in terminal.raw[before:], meaning
        assert terminal.broken == set()
        assert b"Traceback" not in terminal.raw
    assert declared.drafts() == ["half a sentence"]
    assert declared.texts() == []


def test_the_terminal_window_is_closed(declared: Shell) -> None:
    with declared.open() as terminal:
        half_a_sentence(terminal, declared)
        terminal.close()
        assert terminal.wait() == 129
    assert declared.drafts() == ["half a sentence"]


def test_another_process_holds_the_journal(declared: Shell) -> None:
    with declared.open() as terminal:
        with declared.lock():
            typed, began = "", time.monotonic()
            while time.monotonic() < began + 1.0:  # long enough for the saving to meet the lock
                typed += "typed while it is locked "[len(typed) % 25]
                terminal.write(typed[-1])
                wanted = f"KST {typed}".rstrip()
                assert terminal.until(lambda wanted=wanted: terminal.shows(wanted), "the echo") < 1.0  # type: ignore[misc]
                terminal.read(0.02)
            terminal.write(ENTER)
            terminal.sees("another process holds the journal", 2.0)
            assert terminal.shows(f"KST {typed}".rstrip())
        terminal.sees(f"F #2   {typed[:15]}")
        terminal.write(b"and on" + ENTER)
        terminal.sees("F #3   and on")
    assert declared.texts() == [typed.rstrip(), "and on"]


def test_an_entry_of_another_process_appears(declared: Shell) -> None:
    with declared.open() as terminal:
        assert declared.run("--me", "alice", "log", "seen from elsewhere").returncode == 0
        terminal.sees("F #2   seen from elsewhere", 2.0)
        assert terminal.shows("@alice")


PASTED = b"10:02 first line\n10:03 second line\r\n10:04:30 third line\n"


def test_a_paste_of_timed_lines_becomes_entries(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(paste(PASTED))
        terminal.sees("Enter: 3 entries, one a time")
        terminal.write(ENTER)
        assert recorded(terminal, declared, 3) == ["first line", "second line", "third line"]
        times = [event.at[11:19] for event in declared.events()[1:]]
        assert times == ["01:02:00", "01:03:00", "01:04:30"]  # typed in Seoul


def test_tab_makes_one_entry_of_a_paste(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(paste(PASTED))
        terminal.sees("Enter: 3 entries, one a time")
        terminal.write(TAB)
        terminal.sees("Enter: one entry")
        terminal.write(ENTER)
        assert recorded(terminal, declared, 1) == ["first line\n10:03 second line\n10:04:30 third line"]


HOSTILE = (
    b"\x1b]52;c;AAAA\x07",
    b"\x1b]0;owned\x07",
    b"\x1b[2J",
    b"\x1b[31;47m",
    b"\x9b2J",
    b"\x07",
    b"\x00",
    "\u202e".encode(),
    "\u2066".encode(),
)
"""None of these may come back to the terminal when it was part of a text."""

MARKUP = "[/ [@click=app.quit]x[/] [bold]"


def came_back(raw: bytes) -> list[bytes]:
    return [sequence for sequence in HOSTILE if sequence in raw and sequence not in (b"\x07", b"\x1b[31;47m")]


def test_hostile_text_from_another_process(declared: Shell) -> None:
    with declared.open() as terminal:
        before = len(terminal.raw)
        evil = b"A" + b" ".join(HOSTILE).replace(b"\x00", b"") + MARKUP.encode() + b" Z"
        assert declared.run("log", "-", stdin=evil + b"\n").returncode == 0
        terminal.until(lambda: b" Z" in plain(bytes(terminal.raw[before:])), "the entry")
        terminal.sees("[@click=app.quit]x[/]")
        terminal.write(b"alive" + ENTER)
        terminal.sees("alive")
        assert came_back(bytes(terminal.raw[before:])) == []
    (first, *_) = declared.texts()
    assert MARKUP in first


def test_hostile_text_pasted(declared: Shell) -> None:
    with declared.open() as terminal:
        before = len(terminal.raw)
        terminal.write(paste(b"A " + b" ".join(HOSTILE[-3:]) + f" {MARKUP} Z".encode()))
        terminal.sees(f"{MARKUP} Z")
        terminal.write(ENTER)
        (found,) = recorded(terminal, declared, 1)
        assert found.startswith("A ")
        assert found.endswith(f" {MARKUP} Z")
        terminal.sees("F #2")
        assert came_back(bytes(terminal.raw[before:])) == []


def test_escape_sequences_pasted(declared: Shell) -> None:
    """Most terminals take them out of a paste; where one does not, they must not reach the terminal again."""
    with declared.open() as terminal:
        before = len(terminal.raw)
        terminal.write(paste(b"A " + b" ".join(HOSTILE[:4]) + b" Z"))
        terminal.sees(" Z")
        terminal.write(ENTER)
        recorded(terminal, declared, 1)
        terminal.sees("F #2")
        assert came_back(bytes(terminal.raw[before:])) == []


def test_escape_sequences_stay_where_they_were_pasted(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(paste(b"A \x1b[2J B \x1b]52;c;AAAA\x07 C"))
        terminal.sees(" C")
        terminal.write(ENTER)
        (found,) = recorded(terminal, declared, 1)
        assert [found.index(letter) for letter in "ABC"] == sorted(found.index(letter) for letter in "ABC")
        assert "^" not in found


def test_bytes_that_are_no_text(declared: Shell) -> None:
    """A Latin-1 paste, a lone surrogate: the bytes are shown as unreadable, and the screen goes on."""
    with declared.open() as terminal:
        terminal.write(paste(b"caf\xe9 \xed\xa0\x80 ok"))
        terminal.sees("ok", 3.0)
        terminal.write(ENTER)
        (found,) = recorded(terminal, declared, 1)
        assert found.startswith("caf")
        assert found.endswith("ok")
        terminal.write(b"goes on" + ENTER)
        terminal.sees("goes on")


def test_unsent_text_survives_bytes_that_are_no_text(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write(b"half a sentence")
        terminal.sees("KST half a sentence")
        terminal.write(b"\xed\xa0\x80")
        terminal.until(lambda: "half a sentence" in "".join(declared.drafts()), "the draft", 3.0)


@pytest.mark.parametrize("words", [(), ("open",), ("demo",)])
def test_without_a_terminal(shell: Shell, words: tuple[str, ...]) -> None:
    ended = shell.run(*words)
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"scribe: the full screen needs a terminal\n")
    assert b"scribe status, log or timeline" in ended.stderr
    assert not shell.path.exists()


def test_output_to_a_file_is_no_terminal(shell: Shell) -> None:
    with Pty(["sh", "-c", '"$0" "$@" >out', *scribe()], env=shell.env(), cwd=shell.home) as pty:
        assert pty.wait() == 2
        assert b"needs a terminal" in pty.raw


def test_type_ahead_in_one_burst(declared: Shell) -> None:
    wanted = [f"line {number} of thirty, typed blind" for number in range(30)]
    burst = b"".join(
        b"oops" + BACKSPACE * 4 + text[:-3].encode() + b"xy" + BACKSPACE * 2 + text[-3:].encode() + ENTER
        for text in wanted
    )
    with declared.open() as terminal:
        terminal.write(burst)
        assert recorded(terminal, declared, 30) == wanted


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60)])
def test_sizes(declared: Shell, size: tuple[int, int]) -> None:
    with declared.open(size) as terminal:
        terminal.write(b"fits" + ENTER)
        terminal.sees("fits")
        recorded(terminal, declared, 1)
        assert len(terminal.lines) == size[1]


def test_one_cell_and_a_storm_of_sizes(declared: Shell) -> None:
    with Terminal(scribe(), env=declared.env(), size=(1, 1), cwd=declared.home) as terminal:
        terminal.until(lambda: b"\x1b[?2004h" in terminal.raw, "the start")
        terminal.write(b"typed unseen" + ENTER)
        assert recorded(terminal, declared, 1) == ["typed unseen"]
        for columns, rows in [(200, 60), (1, 60), (300, 1), (40, 12), (2, 2), (80, 24), (1, 1), (119, 3)] * 6:
            terminal.resize(columns, rows)
            terminal.read(0.01)
        terminal.resize(120, 40)
        terminal.sees(READY)
        terminal.sees("typed unseen")
        terminal.write(b"still here" + ENTER)
        terminal.sees("still here")
        terminal.write(b"\x04")
        assert terminal.wait() == 0


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "vt100", "LANG": "C"}])
def test_poor_terminals(declared: Shell, more: dict[str, str]) -> None:
    with declared.open(more=more) as terminal:
        terminal.write(b"in plain" + ENTER)
        terminal.sees("in plain")
        if "NO_COLOR" in more:
            assert b"\x1b[38;2;240;98;93" not in terminal.raw  # the theme's red
        recorded(terminal, declared, 1)
