"""What the terminal itself gets to read: a hostile record looked through from end to end, and pastes of megabytes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.hostile import fields
from tests.hostile.fields import Record
from tests.hostile.values import escapes
from tests.terminal.shell import READY, Shell, recorded
from tests.terminal.terminal import ENTER, Pty, Terminal, paste, scribe

SEQUENCES = re.compile(
    rb"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b(?P<other>[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])"
    rb"|(?P<control>[\x00-\x1f\x7f])"
)
BELL = "control 07"

KEYS: dict[str, bytes] = {
    "update": b"\x1bOQ",
    "turned": b"\t",
    "away": b"\x1b",
    "handoff": b"\x1bOR",
    "away again": b"\x1b",
    "board": b"\x1bOS",
    "off the board": b"\x1b",
    "attention": b"\x1b[15~",
    "off it": b"\x1b",
    "checklists": b"\x1b[18~",
    "off them": b"\x1b",
    "up": b"\x1b[5~",
    "down": b"\x1b[6~",
    "pick": b"\x12",
    "another": b"\x1b[A",
    "entry": b"\r",
    "off the entry": b"\x1b",
    "off the picking": b"\x1b",
    "postmortem": b"\x1b[19~",
    "its next section": b"\x1b[6~",
    "taken over": b"\x1bOQ",
    "off the postmortem": b"\x1b",
    "incidents": b"\x1b[20~",
    "off the incidents": b"\x1b",
}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def walked(shell: Shell, size: tuple[int, int]) -> bytes:
    """All that the terminal was given while somebody looked at everything."""
    with Terminal([*scribe(), "open", "INC-1"], env=shell.env(), size=size, cwd=shell.home) as terminal:
        terminal.sees(READY)
        for name, key in KEYS.items():
            terminal.write(key)
            _quiet(terminal)
            assert terminal.is_running(), name
        terminal.write(b"\x1b\x1b")
        _quiet(terminal)
        return bytes(terminal.raw)


def _quiet(terminal: Pty) -> None:
    """Read on until nothing comes for a moment; a countdown says something once a second."""
    until = time.monotonic() + 3
    while terminal.read(0.25) and time.monotonic() < until:
        pass


def shapes(raw: bytes) -> set[str]:
    """The kinds of sequences and controls that stand in what was written."""
    return set(_shapes(raw))


def _shapes(raw: bytes) -> Iterator[str]:
    for found in SEQUENCES.finditer(raw):
        if (csi := found["csi"]) is not None:
            body = csi[:-1] if re.search(rb"[hlu]$|^[<>?]", csi) else re.sub(rb"[0-9;]+", b"", csi[:-1])
            yield f"CSI {body.decode()} {csi[-1:].decode()}"
        elif (osc := found["osc"]) is not None:
            yield f"OSC {osc.partition(b';')[0].decode()}"
        elif (other := found["other"]) is not None:
            yield f"ESC {other[:2].decode('latin-1')}"
        else:
            yield f"control {found['control'][0]:02x}"


def titles(raw: bytes) -> list[str]:
    """What the terminal's title was to be."""
    return [
        found["osc"].partition(b";")[2].decode()
        for found in SEQUENCES.finditer(raw)
        if found["osc"] is not None and found["osc"].startswith((b"0;", b"1;", b"2;"))
    ]


@pytest.mark.torture
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (50, 16)])
def test_a_hostile_record_gives_the_terminal_nothing_that_another_does_not(
    shell: Shell, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs over records of the same kinds; only the words differ, and no sequence may be there for their sake."""
    seeds = (size[0],)
    with monkeypatch.context() as patch:
        patch.setattr(fields, "mixed", lambda random: f"plain words {random.randint(0, 99)}")
        for seed in seeds:
            Record(shell.path.with_name(f"plain-{seed}.db"), Random(seed), rounds=2)
    hostile: set[str] = set()
    plain: set[str] = set()
    for seed in seeds:
        shell.path.with_name(f"plain-{seed}.db").replace(shell.path)
        plain |= shapes(walked(shell, size))
        for left in shell.home.glob("journal.db*"):
            left.unlink()
        Record(shell.path, Random(seed), rounds=2)
        raw = walked(shell, size)
        for left in shell.home.glob("journal.db*"):
            left.unlink()
        hostile |= shapes(raw)
        assert [title for title in titles(raw) if escapes(title)] == []
        assert list(_shapes(raw)).count(BELL) <= 2  # it rings once when an update is overdue
        assert escapes(SEQUENCES.sub(b"", raw).decode()) == []
    assert hostile - plain <= {BELL}
    assert "OSC 2" in plain
    assert not {"OSC 8", "OSC 52"} & hostile


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
