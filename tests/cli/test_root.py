from __future__ import annotations

import importlib

import click
import pytest

from scribe import __version__
from scribe.cli import root
from tests.cli.conftest import Cli


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version").out == f"scribe {__version__}\n"
    result = cli("--help")
    assert (result.code, result.err) == (0, "")
    for name in root.COMMANDS:
        assert f"  {name} " in result.out


@pytest.mark.parametrize("name", root.COMMANDS)
def test_every_command_has_its_help_and_the_global_options(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert (result.code, result.err) == (0, "")
    for option in ("--db FILE", "--config FILE", "--me NAME", "--tz ZONE", "-i, --incident ID", "--help"):
        assert option in result.out


@pytest.mark.parametrize("name", root.COMMANDS)
def test_no_command_has_two_options_of_one_name(name: str) -> None:
    module = importlib.import_module(f"scribe.cli.{root.COMMANDS[name][0]}")
    command = getattr(module, f"{name}_command")
    assert isinstance(command, click.Command)
    names = [option for parameter in command.params for option in parameter.opts]
    assert len(names) == len(set(names))
    keys = [parameter.name for parameter in command.params]
    assert len(keys) == len(set(keys))


def test_global_options_stand_before_the_command_or_behind_its_name(cli: Cli, tmp_path: object) -> None:
    cli.new("One", "--id", "INC-1")
    cli.new("Two", "--id", "INC-2")
    cli("-i", "INC-1", "--me", "kim", "log", "before")
    cli("log", "-i", "INC-1", "--me=@lee", "behind")
    cli("-i", "INC-2", "--me", "kim", "log", "--me", "mia", "-iINC-1", "nearer wins")
    found = [(entry["text"], entry["recorded_by"]) for entry in cli.entries("--incident", "1")][1:]
    assert found == [("before", "kim"), ("behind", "lee"), ("nearer wins", "mia")]


def test_another_journal(cli: Cli) -> None:
    other = cli.path.with_name("other.db")
    cli("--db", str(other), "new", "Elsewhere")
    assert (cli.path.exists(), other.exists()) == (False, True)
    assert cli("list", "--db", str(other), "--json").json[0]["title"] == "Elsewhere"


def test_an_incident_by_an_unambiguous_part_of_its_id(cli: Cli) -> None:
    cli.new("One", "--id", "INC-10")
    cli.new("Ten", "--id", "INC-100")
    assert cli("status", "-i", "inc-10", "--json").json["title"] == "One"
    assert cli("status", "-i", "100", "--json").json["title"] == "Ten"
    result = cli("status", "-i", "INC")
    assert (result.code, result.out) == (2, "")
    assert "INC-10" in result.err
    assert cli("status", "-i", "nope").code == 2
    assert cli("status", "-i", " ").code == 2


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["lgo"], "there is no command lgo; did you mean log?"),
        (["frobnicate"], "there is no command frobnicate"),
        (["--frob"], "no such option '--frob'"),
        (["list", "--frob"], "no such option '--frob'"),
        (["list", "extra"], "got unexpected extra argument"),
        (["timeline", "--format"], "option '--format' requires an argument"),
        (["timeline", "--tz", "Europe/Berlim"], "'Europe/Berlim' is no time zone"),
        (["list", "--config", "/no/such/file"], "/no/such/file: cannot be read"),
    ],
)
def test_wrong_usage_is_two_lines_and_exit_code_2(cli: Cli, argv: list[str], message: str) -> None:
    cli.new()
    result = cli(*argv) if argv[0] != "list" or "--config" not in argv else cli("log", *argv[1:], "x")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"scribe: {message}")
    assert len(result.err.splitlines()) <= 2


def test_what_was_typed_cannot_steer_the_terminal(cli: Cli) -> None:
    result = cli("\x1b[31mlog\nx")
    assert result.code == 2
    assert "\x1b" not in result.err
    assert "␛[31mlog ⏎ x" in result.err


@pytest.mark.parametrize("argv", [[], ["open"], ["open", "INC-1"], ["demo"], ["demo", "--live"]])
def test_the_screen_needs_a_terminal(cli: Cli, argv: list[str]) -> None:
    result = cli(*argv)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: the full screen needs a terminal\n")
    assert not cli.path.exists()


def test_an_unexpected_error_is_one_line_without_anybodys_words(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.journal.store import Journal

    def breaks(*_: object) -> None:
        raise KeyError("somebody's secret")

    cli.new()
    monkeypatch.setattr(Journal, "boards", breaks)
    monkeypatch.setattr(Journal, "active", breaks)
    result = cli("status")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("scribe: unexpected KeyError at scribe.")
    assert "secret" not in result.err
    assert "Traceback" not in result.err


def test_what_the_system_refuses_is_said_in_its_own_words(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.journal.store import Journal

    def breaks(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    cli.new()
    monkeypatch.setattr(Journal, "active", breaks)
    result = cli("status")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("scribe: the system refused: Operation not permitted\nwhat was recorded before")


def test_an_interrupt_is_quiet(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.journal.store import Journal

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    cli.new()
    monkeypatch.setattr(Journal, "active", interrupted)
    result = cli("status")
    assert (result.code, result.out, result.err) == (130, "", "")


def test_a_journal_that_stays_locked(cli: Cli) -> None:
    import sqlite3

    cli.new()
    other = sqlite3.connect(cli.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = cli.clock.monotonic()
    result = cli("log", "x")
    other.close()
    assert (result.code, result.out) == (3, "")
    assert result.err == f"scribe: {cli.path} is in use by another process\nnothing was written; try again\n"
    assert 10 <= cli.clock.monotonic() - began < 11
    assert len(cli.entries()) == 1


def test_a_lock_in_the_middle_of_standard_input_says_where(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.record.errors import Busy
    from scribe.recorder import Recorder

    cli.new()
    record = Recorder.record

    def locked(self: Recorder, drafts: object, **more: object) -> object:
        if drafts[0].text == "three":  # type: ignore[index]  # only looked at
            raise Busy("in use")
        return record(self, drafts, **more)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(Recorder, "record", locked)
    result = cli("log", "-", stdin=b"one\ntwo\nthree\nfour\n")
    assert (result.code, len(result.lines)) == (3, 2)
    assert result.err.startswith("scribe: line 3: in use")
