"""The last gate of what is printed: it is there for what was forgotten, and changes nothing that was not."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import scribe.cli
from scribe.cli.cells import styled
from scribe.cli.output import Lost, aside, put_json, put_utf8, say

EVIL = "\x1b]52;c;cm0=\x07\x9b2J\u202e\r"
SHOWN = "␛]52;c;cm0=␇‹009B›2J‹202E›␍"


def test_what_was_forgotten_is_shown_and_does_not_act(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    say(f"{EVIL}\t#2")
    put_utf8(f"{EVIL}\r\nwords\n")
    aside(EVIL, end="")
    said = capsysbinary.readouterr()
    assert said.out.decode() == f"{SHOWN}\t#2\n{SHOWN[:-1]}␍\r\nwords\n"
    assert said.err.decode() == SHOWN


def test_json_passes_as_it_is(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    put_json({"id": f"{EVIL}👩\u200d🚒"})
    escaped = r"\u001b]52;c;cm0=\u0007\u009b2J\u202e\r"
    assert capsysbinary.readouterr().out.decode() == f'{{"id":"{escaped}👩\u200d🚒"}}\n'


@pytest.mark.parametrize("terminal", [True, False])
def test_colours_pass_where_they_are_used_and_nothing_else_of_their_kind_does(
    terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    marked = styled("late", fg="red", bold=True) + styled("gone", dim=True)
    say(f"{marked}\x1b[8m{EVIL}")
    assert capsys.readouterr().out == f"{marked}␛[8m{SHOWN}\n"
    say("\x1b[31mred")
    assert capsys.readouterr().out == ("\x1b[31mred\n" if terminal else "␛[31mred\n")


def test_a_name_that_is_no_utf_8_is_json_all_the_same(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    put_json({"file": "bk\udcff\x07.db", "entries": 2})
    assert capsysbinary.readouterr().out.decode() == '{"file":"bk\ufffd\\u0007.db","entries":2}\n'


@pytest.mark.parametrize("put", [say, put_utf8, put_json])
def test_an_output_that_takes_nothing_is_told_from_other_faults(
    put: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is held back, as with PYTHONUNBUFFERED, the first line is refused already."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(full, write_through=True))
        with pytest.raises(Lost):
            put("x")


def test_nothing_is_printed_past_the_gate() -> None:
    """What is bytes, the last word of a run, and the process that fills a template have ways of their own."""
    ways = re.compile(r"\b(?:click\.s?echo|sys\.std(?:out|err)\.write|print)\(")
    apart = {"output", "root", "isolated"}
    modules = Path(scribe.cli.__path__[0]).glob("*.py")
    found = {path.stem: ways.findall(path.read_text(encoding="utf-8")) for path in modules if path.stem not in apart}
    assert {name: calls for name, calls in found.items() if calls} == {"session": ["click.echo("]}  # help and version
