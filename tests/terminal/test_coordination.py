"""Updates and packets through a real terminal: what the keys do, what is recorded, what the terminal is sent."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from scribe.record.events import Checkpoint, Update
from tests.terminal.shell import READY, Shell, recorded
from tests.terminal.terminal import ENTER, ESCAPE, TAB, Terminal

F2, F3, F5, F7 = b"\x1bOQ", b"\x1bOR", b"\x1b[15~", b"\x1b[18~"

SECRET = "203.0.113.66"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return somebody's home, with an incident in it."""
    shell = Shell(tmp_path)
    shell.declare()
    for line in ("/role ic @alice", "/impact one order in eight fails", f"/security indicator: {SECRET}"):
        assert shell.run("log", line).returncode == 0
    return shell


def copied(terminal: Terminal) -> list[str]:
    """What the terminal was asked to put on its clipboard."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", bytes(terminal.raw))
    return [base64.b64decode(text).decode() for text in found]


def titles(terminal: Terminal) -> list[str]:
    """What the terminal's title was to say."""
    return [found.decode() for found in re.findall(rb"\x1b\]2;([^\x07]*)\x07", bytes(terminal.raw))]


def test_f2_composes_and_f2_sends_and_the_terminals_clipboard_has_it(shell: Shell) -> None:
    with shell.open() as terminal:
        terminal.write(F2)
        terminal.sees("STATUS UPDATE")
        terminal.sees("F2 sends it")
        terminal.write("/set eta half an hour")
        terminal.write(ENTER + F2)
        assert recorded(terminal, shell, 4)[3].startswith("Incident declared: Checkout fails in EU")
        terminal.until(lambda: bool(copied(terminal)), "the text in an OSC 52 sequence")
        terminal.until(lambda: terminal.shows("✓ copied") or terminal.shows("-update-1.md"), "where it went")
        terminal.sees(READY)
        terminal.write("typing goes on")
        terminal.write(ENTER)
        assert recorded(terminal, shell, 5)[4] == "typing goes on"
        terminal.write(b"\x04")
        assert terminal.wait() == 0
    update = shell.events()[4].payload
    assert isinstance(update, Update)
    assert update.fields["eta"] == "half an hour"
    assert update.next_at is not None
    (text,) = copied(terminal)
    assert "one order in eight fails" in text
    assert "half an hour" in text
    assert SECRET not in text
    assert titles(terminal)
    assert not any(SECRET in title for title in titles(terminal))
    beside = list(shell.home.glob("*-update-1.md"))
    assert [file.read_text() for file in beside] in ([text], [])  # none where the system's clipboard took it


def test_f3_hands_over_and_another_window_acknowledges(shell: Shell) -> None:
    with shell.open(size=(80, 24)) as terminal:
        terminal.write(F3)
        terminal.sees("HANDOFF")
        terminal.write("/set risks the cache is cold")
        terminal.write(ENTER + TAB)
        terminal.until(lambda: bool(copied(terminal)), "the packet in an OSC 52 sequence")
        terminal.write(F3)
        terminal.sees("/handoff @")
        terminal.write("bob")
        terminal.write(ENTER)
        recorded(terminal, shell, 4)
        terminal.sees("/ack moves the role")
        terminal.write(ESCAPE)
        assert shell.run("checkpoint", "--ack", "bob").returncode == 0
        terminal.sees("IC @bob")
    packet = shell.events()[4].payload
    assert isinstance(packet, Checkpoint)
    assert (packet.outgoing, packet.incoming, packet.given) == ("alice", "bob", {"risks": "the cache is cold"})
    (text,) = copied(terminal)
    assert "the cache is cold" in text
    assert SECRET not in text


def test_keys_of_worksheets_in_the_middle_of_a_burst_cost_no_letter(shell: Shell) -> None:
    with shell.open() as terminal:
        terminal.write(b"one " + F7 + b"line " + F5 + b"of " + F3 + b"text" + ENTER + F2 + b"and another" + ENTER)
        assert recorded(terminal, shell, 5)[3:] == ["one line of text", "and another"]


def test_worksheet_fields_survive_a_kill(shell: Shell) -> None:
    with shell.open() as terminal:
        terminal.write(F2)
        terminal.sees("STATUS UPDATE")
        terminal.write("/set summary half of it is back")
        terminal.write(ENTER)
        # The line that was typed is kept too, until Enter made it a field.
        kept = '"half of it is back"'
        terminal.until(lambda: [kept in text for text in shell.drafts()] == [True], "the fields on the disk")
        terminal.end()
    with shell.open() as terminal:
        terminal.sees("not sent the last time: F2 update")
        terminal.write(F2)
        terminal.sees("half of it is back")
        terminal.write(F2)
        assert "half of it is back" in recorded(terminal, shell, 4)[3]
        terminal.until(lambda: shell.drafts() == [], "no draft any more")
