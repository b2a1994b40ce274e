"""Secrets at the shell: masked, said on standard error, and recorded as they are for whoever asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Process
from tests.fakes.secrets import pasted

TOKEN = next(one for one in pasted() if one.kind == "a GitHub token")
ADDRESS = next(one for one in pasted() if one.kind == "a password in an address")
BLOCK = next(one for one in pasted() if "OPENSSH" in one.line)
SIGN = "‹GitHub-token-masked›"

LOADED = """
import sys
from scribe.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def in_the_files(path: Path, secret: str = TOKEN.secret) -> bool:
    return any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_a_secret_is_masked_and_said_while_the_answer_stays_as_it_is(cli: Cli) -> None:
    cli.new()
    plain = cli("log", "checkout 5xx")
    result = cli("log", TOKEN.line)
    assert result.code == 0
    assert result.out.split("\t")[1] == "#3\n"
    assert len(result.out.split()) == len(plain.out.split())
    assert result.err == "scribe: masked a GitHub token in #3; to record it as it is: scribe log --keep …\n"
    assert cli.entries()[-1]["text"] == TOKEN.line.replace(TOKEN.secret, SIGN)
    assert not in_the_files(cli.path)


@pytest.mark.parametrize("argv", [["log", "--keep", TOKEN.line], ["log", f"/keep {TOKEN.line}"]])
def test_what_is_to_be_kept_is_recorded_as_it_is(cli: Cli, argv: list[str]) -> None:
    cli.new()
    result = cli(*argv)
    assert (result.code, result.err) == (0, "")
    assert cli.entries()[-1]["text"] == TOKEN.line
    assert in_the_files(cli.path)


def test_what_was_kept_is_told_by_the_check(cli: Cli) -> None:
    cli.new()
    cli("log", "--keep", TOKEN.line)
    cli("log", ADDRESS.line)
    found = cli("check", "--select", "secret", "--format", "json").json["findings"]
    assert [(one["code"], one["where"]) for one in found] == [("secret", "#2")]


def test_options_are_masked_like_the_text(cli: Cli) -> None:
    cli.new()
    source = f"https://a.example/x?access_token={TOKEN.secret}"
    result = cli("log", "--source", source, "--kind", "note", "see the job")
    assert result.code == 0
    assert cli.entries()[-1]["sources"] == [f"https://a.example/x?access_token={SIGN}"]
    assert not in_the_files(cli.path)


def test_standard_input_is_masked_line_by_line_and_a_key_is_followed(cli: Cli) -> None:
    cli.new()
    result = cli("log", "-", stdin=f"one\n{TOKEN.line}\n{BLOCK.line}\ntwo\n".encode())
    assert result.code == 0
    assert "masked a GitHub token in #3" in result.err
    texts = [entry["text"] for entry in cli.entries()[1:]]
    assert [text for text in texts if "masked" not in text] == ["one", "found in the image:", "removed", "two"]
    assert not any(in_the_files(cli.path, line) for line in BLOCK.secret.split("\n")[1:-1])


def test_a_section_is_masked_unless_it_is_kept(cli: Cli) -> None:
    cli.new()
    result = cli("write", "luck", TOKEN.line)
    assert result.code == 0
    assert result.err == "scribe: masked a GitHub token in luck; to record it as it is: scribe write --keep …\n"
    assert SIGN in cli("write", "luck").out
    assert cli("write", "--keep", "luck", TOKEN.line).err == ""
    assert TOKEN.secret in cli("write", "luck").out


def test_factors_and_action_items_are_masked(cli: Cli) -> None:
    cli.new()
    factor = cli("factor", "add", TOKEN.line, "--layer", "technical")
    assert "masked a GitHub token in F1" in factor.err
    item = cli("actions", "add", TOKEN.line)
    assert "masked a GitHub token in T1" in item.err
    assert not in_the_files(cli.path)


def test_a_title_is_masked_unless_it_is_kept(cli: Cli) -> None:
    result = cli("new", f"lost {TOKEN.secret}", "--id", "INC-1")
    assert (result.code, result.out) == (0, "INC-1\n")
    assert result.err == "scribe: masked a GitHub token in the title; to record it as it is: scribe new --keep …\n"
    assert not in_the_files(cli.path)
    assert cli("new", "--keep", f"lost {TOKEN.secret}", "--id", "INC-2").err == ""
    assert in_the_files(cli.path)


def test_a_sent_update_is_masked_in_the_record(cli: Cli) -> None:
    cli.new()
    cli.log("/role ic @sam", "/cadence 20m")
    result = cli("update", "--for", "stakeholders", "--impact", f"lost {TOKEN.secret}", "--send", "--next", "20m")
    assert result.code == 0, result.err
    assert "scribe: masked a GitHub token in --impact" in result.err
    assert f"lost {SIGN}" in result.out  # what is posted somewhere says what the record says
    assert TOKEN.secret not in result.out
    assert not in_the_files(cli.path)


@pytest.mark.parametrize("source", ["csv", "markdown"])
def test_an_imported_timeline_is_masked_unless_it_is_kept(cli: Cli, tmp_path: Path, source: str) -> None:
    rows = {
        "csv": f"time,text\n2026-11-20T13:00:00Z,checkout 5xx\n2026-11-20T13:05:00Z,lost {TOKEN.secret}\n",
        "markdown": f"| time | text |\n|---|---|\n| 2026-11-20T13:05:00Z | lost {TOKEN.secret} |\n",
    }
    file = tmp_path / "timeline"
    file.write_text(rows[source])
    cli.new()
    result = cli("import", source, str(file))
    assert result.code == 0, result.err
    assert "scribe: masked a GitHub token in #" in result.err
    assert result.err.endswith("to record it as it is: scribe import --keep …\n")
    assert cli.entries()[-2 if source == "csv" else 0]["text"]
    assert not in_the_files(cli.path)
    cli.new("another", "--sev", "3")
    assert cli("import", "--keep", source, str(file)).code == 0
    assert in_the_files(cli.path)


def test_a_whole_incident_of_somewhere_else_is_masked_unless_it_is_kept(cli: Cli, tmp_path: Path) -> None:
    cli.new()
    cli("log", "--keep", TOKEN.line)
    whole = cli("export", "--format", "json", "--draft").out
    assert TOKEN.secret in whole
    file = tmp_path / "whole.json"
    file.write_text(whole)
    result = cli("import", "--id", "INC-2", "scribe", str(file))
    assert result.code == 0, result.err
    assert "masked a GitHub token in #2; to record it as it is: scribe import --keep …" in result.err
    assert SIGN in cli("-i", "INC-2", "timeline").out
    assert TOKEN.secret not in cli("-i", "INC-2", "timeline").out
    cli("import", "--keep", "--id", "INC-3", "scribe", str(file))
    assert TOKEN.secret in cli("-i", "INC-3", "timeline").out


@pytest.mark.parametrize("line", ["checkout 5xx at 12% on db-7", "password reset emails fail", f"commit {'9f' * 20}"])
def test_an_ordinary_line_loads_no_library_that_looks_for_secrets(process: Process, line: str) -> None:
    process("new", "x", "--sev", "2")
    result = process.python(["-c", LOADED, "log", line])
    assert result.code == 0
    assert not {"detect_secrets", "requests", "urllib3", "yaml", "multiprocessing"} & set(result.err.split())


def test_a_secret_in_a_process_of_its_own_is_masked_and_nothing_else_is_said(process: Process, path: Path) -> None:
    process("new", "x", "--sev", "2")
    result = process("log", TOKEN.line)
    assert result.err == "scribe: masked a GitHub token in #2; to record it as it is: scribe log --keep …\n"
    assert not in_the_files(path)
