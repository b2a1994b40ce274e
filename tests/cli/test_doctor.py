"""`scribe doctor`: it tells how things stand, and changes none of them."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scribe.journal import filesystem, health
from tests.cli.conftest import TREE, Cli, Process
from tests.durability.confined import seen
from tests.fakes.processes import start
from tests.fakes.raw import raw, unguarded


def found(cli: Cli, *argv: str) -> dict[str, list[dict[str, Any]]]:
    """What it found, by what was looked at."""
    things: dict[str, list[dict[str, Any]]] = {}
    for thing in cli(*argv, "doctor", "--json").json:
        assert set(thing) == {"what", "level", "value", "hint"}
        assert thing["level"] in ("ok", "warning", "problem")
        assert thing["value"]
        things.setdefault(thing["what"], []).append(thing)
    return things


def one(cli: Cli, what: str) -> tuple[str, str, str]:
    (thing,) = found(cli)[what]
    return thing["level"], thing["value"], thing["hint"]


def test_without_a_journal_it_makes_none(cli: Cli, path: Path, home: Path) -> None:
    result = cli("doctor")
    assert result.code == 0, result.out
    assert not path.parent.exists()
    assert list(home.iterdir()) == []
    assert "none yet" in one(cli, "journal")[1]
    assert {"scribe", "python", "sqlite", "config", "zone", "who", "login", "free space", "clipboard"} <= set(
        found(cli)
    )
    assert "content" not in found(cli)


def test_a_journal_that_is_well(cli: Cli, path: Path) -> None:
    cli.new()
    cli.log("a fact")
    before = seen(path.parent)
    assert list(before) == [path.name]
    result = cli("doctor")
    assert (result.code, result.err) == (0, "")
    assert seen(path.parent) == before
    things = found(cli)
    assert things["content"][0]["value"] == "1 incident, 2 events, the file is sound"
    assert things["written"][0]["value"] == "with a write-ahead log"
    assert [thing["level"] for what in ("chain", "written", "owner", "rights") for thing in things[what]][:4] == [
        "ok"
    ] * 4
    assert "0600 journal.db" in [thing["value"] for thing in things["rights"]]
    assert things["backups"][0]["level"] == "warning"
    assert cli("backup").code == 0
    assert one(cli, "backups")[1].startswith("1 of 5, the newest ")


def test_its_lines_are_aligned_and_its_hints_below_them(cli: Cli, path: Path) -> None:
    cli.new()
    path.chmod(0o644)
    lines = cli("doctor").lines
    at = next(index for index, line in enumerate(lines) if line.startswith("problem  rights       others may use "))
    assert lines[at + 1] == f"{'':22}chmod 600 {path}"
    for line in lines:
        assert line[:8].rstrip() in ("ok", "warning", "problem", "")
        assert (line[8], line[21]) == (" ", " ")
        assert "\x1b" not in line


def test_what_others_may_do_is_a_problem(cli: Cli, path: Path) -> None:
    cli.new()
    path.chmod(0o640)
    path.parent.chmod(0o777)
    result = cli("doctor")
    assert result.code == 1
    problems = [thing for thing in found(cli)["rights"] if thing["level"] == "problem"]
    assert [problem["hint"] for problem in problems] == [f"chmod 600 {path}", f"chmod 700 {path.parent}"]
    path.parent.chmod(0o1777)
    path.chmod(0o600)
    assert cli("doctor").code == 0
    os.link(path, path.with_name("other name.db"))
    assert any("2 names" in thing["value"] for thing in found(cli)["rights"])


def test_a_damaged_journal_is_a_problem_that_it_survives(cli: Cli, path: Path) -> None:
    cli.new()
    content = path.read_bytes()
    for damaged, said in (
        (content[:8192] + bytes(range(256)) * 32 + content[16384:], "damaged"),
        (bytes(100) + content[100:], "is not a journal"),
        (b"text" * 1000, "is not a journal"),
        (b"x", "is not a journal"),
    ):
        path.write_bytes(damaged)
        result = cli("doctor")
        assert (result.code, result.err) == (1, "")
        assert said in one(cli, "content")[1]
        assert path.read_bytes() == damaged
    path.unlink()
    path.mkdir()
    assert one(cli, "journal")[:2] == ("problem", f"{path} is a folder, not a journal")


def test_a_broken_chain_is_a_problem(cli: Cli, path: Path) -> None:
    incident = cli.new()
    cli.log("true")
    with unguarded(path) as db:
        db.execute("UPDATE events SET text = 'false' WHERE id = 2")
    assert cli("doctor").code == 1
    level, value, hint = one(cli, "chain")
    assert (level, hint) == ("problem", f"scribe verify -i {incident} names the place")
    assert value.startswith(f"{incident}: ")


def test_a_newer_and_an_older_journal(cli: Cli, path: Path) -> None:
    cli.new()
    with raw(path) as db:
        db.execute("PRAGMA user_version = 2")
    assert "of an older version" in one(cli, "content")[1]
    with raw(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        db.execute("PRAGMA user_version = 99")
    assert one(cli, "content")[0] == "problem"


def test_a_text_that_nobody_sent_is_counted(cli: Cli, path: Path) -> None:
    incident = cli.new()
    worker = start("keep", path, incident, "capture", "half a sentence")
    assert worker.stdout is not None
    worker.stdout.readline()
    assert one(cli, "written")[1].endswith("a process has it open now")
    assert "drafts" not in found(cli)  # its process is there
    worker.kill()
    worker.communicate()
    assert "1 text typed and never sent" in one(cli, "drafts")[1]


def test_a_config_that_cannot_be_read_is_a_problem(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("nonsense = [")
    result = cli("--config", str(config), "doctor")
    assert (result.code, result.err) == (1, "")
    assert "problem  config" in result.out
    assert "who          sam" in result.out
    result = cli("--tz", "Mars/Olympus", "doctor")
    assert result.code == 1
    assert "problem  zone" in result.out


def test_the_config_may_want_no_backups(cli: Cli, tmp_path: Path) -> None:
    cli.new()
    config = tmp_path / "c.toml"
    config.write_text("[backup]\nkeep = 0\n")
    (thing,) = found(cli, "--config", str(config))["backups"]
    assert (thing["level"], "keep = 0" in thing["value"]) == ("warning", True)


def test_a_network_file_system_is_a_warning(cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.new()
    mount = filesystem.Mount(str(path.parent), "nfs4", "server:/share")
    monkeypatch.setattr(filesystem, "is_shared", lambda _: True)
    monkeypatch.setattr(filesystem, "mounted", lambda _: mount)
    things = found(cli)
    assert things["file system"][0]["level"] == "warning"
    assert "nfs4" in things["file system"][0]["value"]
    assert things["written"][0]["level"] == "warning"
    assert cli("doctor").code == 0


def test_little_room_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(Path())
    for free, level in ((1 << 20, "problem"), (100 << 20, "warning"), (1 << 40, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        assert one(cli, "free space")[0] == level


@pytest.mark.parametrize(
    ("version", "can"),
    [
        ("3.6.23", False),
        ("3.40.1", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.45.0", True),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.52.0", False),
        ("3.53.1", False),
    ],
)
def test_which_sqlite_has_the_bug(version: str, can: bool) -> None:
    assert health.can_lose_a_reset(version) is can


def test_every_output_is_told_without_a_terminal(process: Process) -> None:
    result = process("doctor", environ={"TERM": "", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert (result.code, result.err) == (0, "")
    assert "neither input nor output is one" in result.out
    assert "warning  characters" in result.out


def on_a_terminal(path: Path, **environ: str) -> str:
    ours, theirs = pty.openpty()
    env = {**os.environ, "SCRIBE_DB": str(path), "SCRIBE_ME": "sam", "PYTHONPATH": str(TREE), **environ}
    argv = [sys.executable, "-m", "scribe", "doctor"]
    with subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as running:
        os.close(theirs)
        got = b""
        try:
            while select.select([ours], [], [], 30)[0]:
                part = os.read(ours, 65536)
                if not part:
                    break
                got += part
        except OSError:  # the other side was closed
            pass
        assert running.wait(30) == 0, got
    os.close(ours)
    return got.decode()


def test_on_a_terminal_it_has_colours_unless_nobody_wants_them(path: Path) -> None:
    shown = on_a_terminal(path, TMUX="yes")
    assert "\x1b[32mok" in shown
    assert "in tmux" in shown
    plain = on_a_terminal(path, NO_COLOR="1", TERM="dumb")
    assert "\x1b" not in plain
    assert "TERM is dumb" in plain
