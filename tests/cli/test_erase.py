"""`scribe erase`: it asks, it destroys, it says what went and what it cannot reach."""

from __future__ import annotations

import io
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scribe.cli.erase import OUT_OF_REACH
from scribe.cli.root import run
from tests.cli.conftest import Cli, Process
from tests.fakes.raw import raw
from tests.fakes.traces import traces

SECRET = "Okonkwo-Lindqvist/flat-77b"
WHY = ("--why", "a leaked password")


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7", "--sev", "2")
    cli.log(
        "5xx at 12 %",
        f"the caller is {SECRET}",
        f"/amend #3 the caller was {SECRET}",
        f"bob knows {SECRET}",
        "all quiet",
    )
    return cli


class Terminal(io.StringIO):
    """A terminal at which somebody types an answer."""

    def isatty(self) -> bool:
        return True


def answered(cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: str, *argv: str) -> tuple[int, str]:
    """Run the command at a terminal; returns how it ended and what it asked."""
    asked = Terminal()
    with monkeypatch.context() as terminal:
        terminal.setattr(sys, "stdin", Terminal(answer))
        terminal.setattr(sys, "stderr", asked)
        return run(["erase", *argv], cli.clock), asked.getvalue()


def test_it_destroys_an_entry_and_says_what_went(told: Cli) -> None:
    result = told("erase", "#3", *WHY, "--yes")
    assert result.code == 0
    head = told("status", "--json").json["head"]
    assert result.lines == [
        "INC-7\t#6",
        "erased: #3",
        "with it: an amendment",
        "#4 repeats words of it: erase it too if it must go",
        OUT_OF_REACH,
        f"nothing else of it is left in {told.path}",
        f"head {head}",
    ]
    assert told("verify", "--against", head).code == 0
    assert told("verify", "--json").json["incidents"][0]["erased"] == 2
    assert told("erase", "4", *WHY, "--yes").code == 0  # a bare number is a reference: a shell takes # for a comment
    assert traces(told.path, SECRET) == []


def test_several_are_erased_at_once(told: Cli) -> None:
    result = told("erase", "#3", "#4", *WHY, "--yes")
    assert result.code == 0
    assert result.lines[:2] == ["INC-7\t#6 #7", "erased: #3 and #4"]
    assert traces(told.path, SECRET) == []
    assert [entry["kind"] for entry in told.entries()] == [
        "declared",
        "fact",
        "fact",
        "fact",
        "fact",
        "erased",
        "erased",
    ]


def test_every_view_says_who_erased_it_and_why(told: Cli) -> None:
    told("erase", "#3", "#4", *WHY, "--yes", "--me", "alice")
    words = "(erased by alice: a leaked password)"
    text = told("timeline").out
    assert f"F    #3  {words}\n" in text
    assert "X    #6  a leaked password @alice" in text
    (entry,) = [found for found in told.entries() if found["ref"] == "#3"]
    assert (entry["text"], entry["kind"], entry["by"], entry["revisions"]) == ("", "fact", "", [])
    assert entry["data"]["erased"] == {"why": "a leaked password", "by": "alice", "at": "2026-11-20T14:02:30.000Z"}
    assert words in told("timeline", "--format", "csv").out
    assert f"*{words}*" in told("timeline", "--format", "md").out
    for template in ("layered", "classic", "review"):
        assert words in told("export", "--draft", "--template", template).out
    assert words in told("export", "--draft", "--format", "html").out
    assert told("export", "--draft", "--format", "json").json["entries"][2]["text"] == ""
    assert SECRET not in told("timeline", "--all", "--format", "json").out


@pytest.mark.parametrize("form", ["csv", "md"])
def test_a_table_with_an_erased_entry_is_imported_without_it(told: Cli, tmp_path: Path, form: str) -> None:
    told("erase", "#3", *WHY, "--yes")
    table = tmp_path / f"table.{form}"
    table.write_text(told("timeline", "--format", form).out, encoding="utf-8")
    other = told.new("Another", "--id", "INC-8")
    result = told("import", form.replace("md", "markdown"), str(table), "-i", other)
    assert result.code == 0, result.err
    assert "its words were erased" in result.out + result.err
    assert "erased by" not in str(told.entries("-i", other))


def test_it_asks_and_shows_what_goes(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    code, asked = answered(told, monkeypatch, "\n", "#3", *WHY)
    assert code == 1
    assert asked.splitlines() == [
        f"  #3  fact  20 Nov 14:01  “the caller is {SECRET}”  @sam",
        "  with it: an amendment",
        "  #4 repeats words of it: erase it too if it must go",
        f"  {OUT_OF_REACH}",
        "Erase #3 for ever? [y/N] scribe: nothing was erased",
    ]
    assert told.entries()[2]["text"] == f"the caller was {SECRET}"
    code, asked = answered(told, monkeypatch, "y\n", "#3", "H1", *WHY)
    assert code == 2
    assert "there is no H1 in this incident" in asked
    code, _ = answered(told, monkeypatch, "Yes\n", "#3", *WHY)
    assert code == 0
    assert told.entries()[2]["text"] == ""
    code, asked = answered(told, monkeypatch, "", "#3", *WHY)  # nothing is left to be asked
    assert (code, asked) == (0, "")


def test_without_a_terminal_it_needs_a_yes(told: Cli) -> None:
    result = told("erase", "#3", *WHY)
    assert (result.code, result.out) == (2, "")
    assert result.err == "scribe: erase asks before it destroys anything, and there is no terminal\n--yes: do not ask\n"
    assert told.entries()[2]["text"] == f"the caller was {SECRET}"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("#3",), "missing option '--why'"),
        (WHY, "missing argument 'REF…'"),
        (("#9", *WHY, "--yes"), "there is no #9 in this incident"),
        (("#3", "--why", "", "--yes"), "why it is erased is missing"),
        (("#3", "--why", f"{SECRET} leaked", "--yes"), "the reason repeats the words that are to go"),
    ],
)
def test_what_cannot_be_done_is_said(told: Cli, argv: tuple[str, ...], said: str) -> None:
    result = told("erase", *argv)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert SECRET not in result.err


def test_erased_twice_it_says_by_whom(told: Cli) -> None:
    told("erase", "#3", *WHY, "--yes", "--me", "alice")
    result = told("erase", "#3", "--why", "again", "--yes")
    assert result.code == 0
    assert result.lines[0] == "#3 was already erased by @alice on 20 Nov 2026 14:02: a leaked password"
    assert len(told.entries()) == 6


def test_a_correction_is_erased_by_its_name(told: Cli) -> None:
    told("log", "/amend #2 5xx at 12 %, said Flintlock-Ogilvy")
    told("log", "/star #2")
    with raw(told.path) as db:
        found = db.execute("SELECT writer || '-' || seq FROM events WHERE seq > 6").fetchall()
    assert len(found) == 2
    for (name,) in found:
        result = told("erase", name, *WHY, "--yes")
        assert result.code == 0, result.err
        assert f"erased: {name}" in result.lines
    assert [entry["text"] for entry in told.entries() if entry["ref"] == "#2"] == ["5xx at 12 %"]
    assert traces(told.path, "Flintlock-Ogilvy") == []
    assert told("verify").code == 0


def test_other_incidents_that_say_the_same_are_named(told: Cli) -> None:
    told.new("Another", "--id", "INC-8")
    told("log", "-i", "INC-8", f"also the caller was {SECRET}")
    result = told("erase", "#3", "#4", *WHY, "--yes", "-i", "INC-7")
    assert result.code == 0, result.err
    assert "INC-8 #2 repeats words of it: erase it too if it must go" in result.lines
    assert not any(line.startswith("nothing of it is left") for line in result.lines)
    assert f"nothing else of it is left in {told.path}" in result.lines
    assert told("erase", "#2", *WHY, "--yes", "-i", "INC-8").code == 0
    again = told("erase", "#3", *WHY, "--yes", "-i", "INC-7")
    assert f"{told.path} was written anew, without anything that was deleted before" in again.lines


def test_tables_that_are_not_scribes_are_named(told: Cli) -> None:
    with raw(told.path) as other:
        other.execute("CREATE TABLE keep AS SELECT * FROM events")
        other.execute("CREATE TABLE \"not it\" AS SELECT 1.5 AS size, 'Checkout fails' AS text")
        other.execute("CREATE VIRTUAL TABLE found USING fts5(text)")
        other.execute("INSERT INTO found SELECT text FROM events")
    result = told("erase", "#3", "#4", *WHY, "--yes")
    assert result.code == 0, result.err
    strange = [line.split()[5].rstrip(",") for line in result.lines if line.startswith("it also stands in table")]
    assert strange[:2] == ["keep", "found"]
    assert "not" not in strange
    assert f"nothing else of it is left in {told.path}" in result.lines


def test_a_reader_holds_it_back_and_the_same_command_finishes(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.journal.erasing._PATIENCE", 0.0)
    with closing(sqlite3.connect(told.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        result = told("erase", "#3", "#4", *WHY, "--yes")
        assert result.code == 3
        assert result.err == (
            "scribe: not yet gone: another process is reading the journal\n"
            "the erasure stands, and is finished when the other process lets go, or by the same command again\n"
        )
        assert result.lines[1] == "erased: #3 and #4"
        assert not any(line.startswith("nothing of it is left") for line in result.lines)
        assert told.entries()[2]["text"] == ""
        reader.execute("ROLLBACK")
        assert told("erase", "#3", *WHY, "--yes").code == 0
        assert traces(told.path, SECRET) == []


def test_rolling_backups_are_replaced(told: Cli) -> None:
    told("backup")
    told.clock.advance(1)
    made = told("backup")
    assert made.code == 0, made.err
    folder = Path(made.lines[0].removeprefix("written to ").partition(".db:")[0]).parent
    assert len(list(folder.glob("*.db"))) == 2
    result = told("erase", "#3", "#4", *WHY, "--yes")
    assert result.code == 0
    assert "rolling backups that may have held it: 2 replaced by a new one" in result.lines
    (left,) = folder.glob("*.db")
    assert traces(left, SECRET) == []
    assert told("verify", "--db", str(left)).code == 0


def test_a_process_erases_and_leaves_nothing(told: Cli, process: Process) -> None:
    result = process("erase", "#3", "#4", *WHY, "--yes")
    assert result.code == 0, result.err
    assert traces(told.path, SECRET) == []
    assert process("erase", "#3", *WHY).code == 0  # there is nothing left to ask about
    assert process("erase", "#5", *WHY).code == 2
