"""What can befall the terminal: signals at any moment, none at all, poor ones, any size, a clipboard that hangs."""

from __future__ import annotations

import os
import random
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.ui import clipboard
from tests.durability import terminal_run
from tests.terminal.shell import READY, Shell
from tests.terminal.terminal import ENTER, Pty, Terminal, left_on, scribe

F2, F8, F9 = b"\x1bOQ", b"\x1b[19~", b"\x1b[20~"

HINT = (
    b"scribe: the full screen needs a terminal\n"
    b"without one use scribe status, log or timeline; scribe --help lists all commands\n"
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def declared(shell: Shell) -> Shell:
    shell.declare()
    return shell


# ── signals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signal_before_the_first_frame_leaves_the_terminal_as_it_was(declared: Shell) -> None:
    with Pty(scribe(), env=declared.env(), cwd=declared.home) as pty:
        pty.until(lambda: b"\x1b[?1049h" in pty.raw, "the other screen")
        pty.signal(signal.SIGTERM)
        assert pty.wait() == 143
        assert pty.broken == set()
        assert b"Traceback" not in pty.raw


def test_several_signals_are_one_and_the_first_counts(declared: Shell) -> None:
    with declared.open() as terminal:
        terminal.write("half a")
        terminal.sees("KST half a")
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
            terminal.signal(number)
        assert terminal.wait() in (129, 143)  # of two that are pending at once the system hands out the lower first
        assert terminal.broken == set()
    assert declared.drafts() == ["half a"]


def test_stopped_and_continued_it_goes_on_and_gives_the_terminal_back(shell: Shell) -> None:
    terminal_run.stopped(shell, random.Random(3))  # by itself, and from outside


def test_a_kill_costs_less_than_a_second_of_typing(shell: Shell) -> None:
    losses: list[float] = []
    terminal_run.kill(shell, random.Random(1), losses)
    assert max(losses) <= terminal_run.MOST_LOST


@pytest.mark.torture
def test_the_other_editor_is_asked_to_end_first_and_the_text_is_kept(declared: Shell) -> None:
    editor = declared.home / "editor"
    editor.write_text('#!/bin/sh\ntrap "exit 1" TERM\necho READY\nwhile :; do sleep 0.01; done\n', encoding="utf-8")
    editor.chmod(0o700)
    with declared.open(more={"EDITOR": str(editor)}) as terminal:
        terminal.write(F8)
        terminal.sees("What broke, for whom")
        terminal.write("typed")
        terminal.write(F9)
        terminal.sees("READY")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 143
        assert terminal.broken == set()
    assert any("typed" in text for text in [*declared.drafts(), *declared.texts()])


def test_what_is_left_on_is_told() -> None:
    assert left_on(b"\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[22;2t") == {
        "mode 1049 on",
        "mode 25 off",
        "kitty keyboard",
        "title",
    }
    assert left_on(b"\x1b[?1049h\x1b[?25l\x1b[>25u\x1b[22;2t\x1b[<u\x1b[?1049l\x1b[?25h\x1b[23;2t") == set()


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20))
def test_a_signal_at_any_moment_wherever_somebody_types(shell: Shell, seed: int) -> None:
    terminal_run.ending(shell, random.Random(seed))


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(20))
def test_a_signal_at_any_moment_of_the_start(shell: Shell, seed: int) -> None:
    terminal_run.early(shell, random.Random(seed))


@pytest.mark.torture
@pytest.mark.parametrize("fault", [terminal_run.orphaned, terminal_run.stalled])
def test_the_terminal_goes_or_stands_still(shell: Shell, fault: Callable[[Shell], object]) -> None:
    fault(shell)


@pytest.mark.torture
def test_begun_in_the_background_it_waits_to_be_called(declared: Shell) -> None:
    with Terminal(["bash", "--norc", "-i"], env=declared.env(PS1="$ "), cwd=declared.home) as terminal:
        terminal.sees("$ ")
        terminal.write(f"{shlex.join(scribe())} &\r")
        terminal.sees("[1]")

        def stands_still() -> bool:
            terminal.write("jobs\r")
            terminal.read(0.05)
            return terminal.shows("Stopped")

        terminal.until(stands_still, "it stands still")
        terminal.write("fg\r")
        terminal.sees(READY)
        terminal.write(b"typed" + ENTER)
        terminal.sees("F #2   typed")
        terminal.write(b"\x04")
        terminal.until(lambda: b"\x1b[?1049l" in terminal.raw, "the shell's screen")

        def has_left() -> bool:
            terminal.write("echo left $?\r")
            terminal.read(0.05)
            return terminal.shows("left 0")

        terminal.until(has_left, "the end")


# ── no terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sh(shell: Shell, command: str, **more: str | None) -> subprocess.CompletedProcess[bytes]:
    """A line of shell in which ``scribe`` is scribe; a variable that is None is not set."""
    env = {name: value for name, value in {**shell.env(), **more}.items() if value is not None}
    line = f'scribe() {{ {shlex.join(scribe())} "$@"; }}\n{command}'
    return subprocess.run(["sh", "-c", line], env=env, cwd=shell.home, capture_output=True, timeout=60)


@pytest.mark.parametrize("command", ["scribe <&-", "echo x | scribe open >/dev/null"])
def test_without_a_terminal_on_either_side_it_says_what_to_use(shell: Shell, command: str) -> None:
    ended = sh(shell, command)
    assert (ended.returncode, ended.stderr) == (2, HINT)
    assert not shell.path.exists()


FULL = b"scribe: cannot write to standard output: no space left on device\n"


def test_an_output_that_takes_nothing_is_said_and_what_was_recorded_stands(declared: Shell) -> None:
    ended = sh(declared, "scribe timeline >/dev/full; echo $?; scribe log 'it burns' >/dev/full; echo $?")
    reading, writing = ended.stderr.split(FULL)[1:]
    assert ended.stdout.split() == [b"3", b"1"]
    assert reading == b"nothing was changed; free some space, or name another file\n"
    assert writing.startswith(b"what was recorded before that stands in the record all the same")
    assert declared.texts() == ["it burns"]


@pytest.mark.torture
@pytest.mark.parametrize("command", ["export --draft", "timeline --format json", "status --json", "--help", "verify"])
def test_whatever_is_written_to_a_full_disk_is_said_in_the_same_words(declared: Shell, command: str) -> None:
    ended = sh(declared, f"scribe {command} >/dev/full")
    assert (ended.returncode, ended.stderr.startswith(FULL)) == (3, True)


@pytest.mark.torture
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("scribe timeline | head -1", 0),
        ("scribe export --draft | head -1", 0),
        ("scribe timeline >&-", 0),
        ("scribe log x >&-", 0),
        ("scribe log - <&-", 0),
        ("scribe log '/nonsense x' 2>&-", 2),
        ("scribe status <&- >&- 2>&-", 0),
        ("scribe timeline >/dev/full 2>/dev/full", 3),
    ],
)
def test_streams_that_are_closed_or_nobody_reads_are_no_fault(declared: Shell, command: str, code: int) -> None:
    ended = sh(declared, command)
    assert ended.returncode == code
    assert b"Traceback" not in ended.stderr
    assert b"scribe:" not in ended.stderr


@pytest.mark.torture
def test_a_folder_that_is_gone_takes_neither_entries_nor_exports_away(declared: Shell) -> None:
    ended = sh(declared, "mkdir d; cd d; rmdir ../d; scribe log y && scribe timeline; scribe export --draft -o x.md")
    assert b"y @sam" in ended.stdout
    assert ended.stderr == b"scribe: cannot write x.md: No such file or directory\nname another file\n"


# ── poor terminals and odd surroundings ─────────────────────────────────────────────────────────────────────────────

ODD: list[dict[str, str | None]] = [
    {"LC_ALL": "C", "LANG": None},
    {"LC_ALL": "POSIX"},
    {"LANG": "xx_YY.nonsense"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
    {"TZ": "Nowhere/AtAll"},
    {"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"TZ": "\x1b[31m"},
    {"HOME": None},
    {"HOME": "/dev/null/home"},
    {"COLUMNS": "²", "LINES": "x"},
    {"COLUMNS": "-5", "LINES": "0"},
    {"COLUMNS": "99999999"},
    {"TERM": None},
    {"TERM": "nonsense"},
    {"NO_COLOR": "1"},
]

SAID = "Zürich – 日本 🔥"


@pytest.mark.parametrize("odd", [pytest.param(ODD[0], marks=pytest.mark.torture), ODD[5]], ids=str)
def test_where_the_locale_is_none_words_are_recorded_as_they_are(declared: Shell, odd: dict[str, str | None]) -> None:
    command = f"scribe log '{SAID}'; scribe timeline; scribe timeline --format json"
    ended = sh(declared, command, **odd)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert declared.texts() == [SAID]
    lines = ended.stdout.decode().splitlines()
    # Python takes C for UTF-8, as every terminal since is; told not to, it is ASCII. Documents are UTF-8 always.
    shown = SAID if "PYTHONUTF8" not in odd else "Z?rich ? ?? ?"
    assert any(f"F    #2  {shown} @sam" in line for line in lines)
    assert SAID in lines[-2]


@pytest.mark.torture
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_in_odd_surroundings_the_screen_opens_takes_what_is_typed_and_leaves(
    declared: Shell, odd: dict[str, str | None]
) -> None:
    env = {name: value for name, value in {**declared.env(), **odd}.items() if value is not None}
    with Terminal(scribe(), env=env, cwd=declared.home) as terminal:
        terminal.sees(READY)
        terminal.write(SAID.encode() + ENTER)
        terminal.until(lambda: declared.texts() == [SAID], "the line in the journal")
        terminal.write(b"\x04")
        assert terminal.wait() == 0
        assert terminal.broken == set()
        assert b"Traceback" not in terminal.raw


def test_columns_and_lines_are_not_believed_and_standard_error_is_no_screen(declared: Shell) -> None:
    env = {**declared.env(), "COLUMNS": "99999999", "LINES": "²"}
    with Terminal(["sh", "-c", '"$0" 2>errors', *scribe()], env=env, cwd=declared.home) as terminal:
        terminal.sees(READY)
        terminal.write(b"half a\x11 sentence" + ENTER)  # ^Q is the terminal's own, and ends nothing
        terminal.sees("F #2   half a sentence")
        terminal.resize(80, 24)
        terminal.until(lambda: READY in terminal.lines[23], "the keys in the last row")
        terminal.write(b"\x04")
        assert terminal.wait() == 0
        assert terminal.broken == set()
    assert (declared.home / "errors").read_bytes() == b""


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.torture
def test_after_a_storm_of_sizes_it_looks_as_if_just_started_and_no_line_is_lost(shell: Shell) -> None:
    counts = terminal_run.storm(shell, random.Random(7), sizes=30)
    assert counts["lines"] > 5


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(5))
def test_a_long_storm_of_sizes(shell: Shell, seed: int) -> None:
    terminal_run.storm(shell, random.Random(seed), sizes=400)


# ── the clipboard ───────────────────────────────────────────────────────────────────────────────────────────────────

KEEPS = 'case "$3" in -o) cat "$HOME/clip";; *) cat > "$HOME/clip";; esac'


@pytest.mark.parametrize(
    ("program", "taken"),
    [
        (KEEPS, True),
        ('echo "Error: Can\'t open display: :77" >&2; exit 1', False),  # pyperclip calls that copied
        pytest.param("cat > /dev/null", False, marks=pytest.mark.torture),
        ("sleep 60", False),
        pytest.param(None, False, marks=pytest.mark.torture),
    ],
    ids=["one that works", "no server", "one that forgets", "one that hangs", "none"],
)
def test_copied_is_said_only_of_what_the_clipboard_gives_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], program: str | None, taken: bool
) -> None:
    if sys.platform != "linux":
        pytest.skip("the programs that stand in for a clipboard are those of Linux")
    if program is not None:
        stands_in = tmp_path / "xclip"
        stands_in.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
        stands_in.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.defpath}")
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    patience = 0.3 if program == "sleep 60" else 20.0
    began = time.monotonic()
    assert clipboard.system(f"{SAID}\n\x1b]52;c;AAAA\x07", patience) is taken
    assert time.monotonic() - began < 30  # half of what the one that hangs would take
    assert capfd.readouterr() == ("", "")  # nothing of it reaches the screen


def test_without_an_interpreter_to_ask_nothing_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert clipboard.system("x") is False
    assert clipboard.said(taken=False) == "sent to the terminal's clipboard, which does not say whether it took it"


@pytest.mark.torture
def test_a_clipboard_that_hangs_holds_up_no_key_and_the_text_is_in_a_file(declared: Shell) -> None:
    folder = declared.home / "bin"
    folder.mkdir()
    (folder / "xclip").write_text("#!/bin/sh\necho garbage >&2\nsleep 60\n", encoding="utf-8")
    (folder / "xclip").chmod(0o700)
    with declared.open(more={"PATH": f"{folder}:{os.defpath}", "DISPLAY": ":77"}) as terminal:
        terminal.write(F2)
        terminal.sees("STATUS UPDATE")
        terminal.write(b"/set eta soon" + ENTER + F2)
        terminal.until(lambda: len(declared.texts()) == 1, "the update in the journal")
        terminal.write("typing goes on")
        terminal.sees("KST typing goes on", 1.5)
        terminal.sees("-update-1.md; sent to the terminal's clipboard")
        assert not terminal.shows("garbage")


HANGS = """
import time
from scribe.ui import clipboard
clipboard.system = lambda text: time.sleep(60)
from scribe.cli import main
main()
"""


@pytest.mark.torture
def test_a_thread_that_does_not_end_holds_up_no_end(declared: Shell) -> None:
    with Terminal([sys.executable, "-c", HANGS], env=declared.env(), cwd=declared.home) as terminal:
        terminal.sees(READY)
        terminal.write(F2)
        terminal.sees("STATUS UPDATE")
        terminal.write(F2)
        terminal.until(lambda: len(declared.texts()) == 1, "the update in the journal")
        terminal.write("half a")
        terminal.sees("KST half a")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait(terminal_run.ENDS_WITHIN) == 143
        assert terminal.broken == set()
    assert declared.drafts() == ["half a"]
