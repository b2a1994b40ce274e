"""What only a real process shows: what it loads, pipes, locks, limits, and the files that it makes or leaves alone."""

from __future__ import annotations

import hashlib
import os
import resource
import select
import signal
import sqlite3
import stat
import subprocess
from pathlib import Path

import pytest

from scribe.journal.format import APPLICATION_ID
from tests.cli.conftest import TREE, Process

HEAVY = {"textual", "rich", "sqlite_utils", "pendulum", "jinja2", "asyncio", "tomllib", "locale", "pydoc", "email"}

LOADED = """
import sys
from scribe.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("argv", [["log", "-12m", "hello @bob #db"], ["log", "? guess"], ["status", "--short"]])
def test_short_commands_load_nothing_heavy(process: Process, argv: list[str]) -> None:
    process("new", "x", "--sev", "2")
    result = process.python(["-c", LOADED, *argv])
    assert result.code == 0
    assert not HEAVY & set(result.err.split())


def test_the_help_loads_no_command(process: Process) -> None:
    result = process.python(["-c", LOADED.replace('name.partition(".")[0]', "name"), "--help"])
    loaded = set(result.err.split())
    assert "scribe.cli.root" in loaded
    assert not loaded & {"scribe.cli.log", "scribe.cli.timeline", "scribe.recorder", "scribe.ui"}


def test_eight_processes_at_once_lose_nothing(process: Process, path: Path) -> None:
    process("new", "x", "--id", "INC-1")
    writers = [
        subprocess.Popen(
            process.argv("log", "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=process.environ,
        )
        for _ in range(8)
    ]
    answers = []
    for number, writer in enumerate(writers):
        assert writer.stdin is not None
        writer.stdin.write(b"".join(b"? %d of %d\n" % (line, number) for line in range(25)))
        writer.stdin.close()
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stderr is not None
        answers += writer.stdout.read().decode().splitlines()
        assert writer.stderr.read() == b""
        assert writer.wait() == 0
        writer.stdout.close()
        writer.stderr.close()
    assert sorted(answers, key=lambda line: int(line.rpartition("H")[2])) == [
        f"{answers[0].partition('-')[0]}-{number + 1}\tH{number}" for number in range(1, 201)
    ]
    verdict = process("verify", "--json").json
    assert (verdict["ok"], verdict["incidents"][0]["entries"]) == (True, 201)


def test_eight_first_starts_at_once(process: Process, path: Path) -> None:
    starts = [
        subprocess.Popen(
            process.argv("new", f"x{number}"), env=process.environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(8)
    ]
    for start in starts:
        _, err = start.communicate()
        assert (start.returncode, err) == (0, b"")
    assert len(process("list", "--json").json) == 8


def test_a_line_is_acknowledged_before_the_next_one_is_sent(process: Process) -> None:
    process("new", "x")
    with subprocess.Popen(
        process.argv("log", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=process.environ, bufsize=0
    ) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        for number in (2, 3, 4):
            talk.stdin.write(b"line\n")
            assert select.select([talk.stdout], [], [], 20)[0], "no answer"
            assert talk.stdout.readline().endswith(b"\t#%d\n" % number)
        talk.send_signal(signal.SIGINT)
        assert talk.wait() == 130
    assert len(process("timeline", "--format", "json").json) == 4


def test_nobody_reads_on(process: Process) -> None:
    process("new", "x")
    process("log", "-", stdin=b"line\n" * 3000)
    with subprocess.Popen(
        process.argv("timeline"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=process.environ
    ) as talk:
        assert talk.stdout is not None
        assert talk.stderr is not None
        talk.stdout.readline()
        talk.stdout.close()
        assert talk.stderr.read() == b""
        assert talk.wait() == 141


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277, 0o777])
def test_what_is_made_is_for_its_owner_alone_whatever_the_umask(process: Process, tmp_path: Path, umask: int) -> None:
    place = tmp_path / "one" / "two" / "journal.db"
    assert process("--db", str(place), "new", "x", umask=umask).code == 0
    assert process("--db", str(place), "log", "x", umask=umask).code == 0
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place.parent.parent, place.parent)] == [0o700, 0o700]
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.parent.iterdir()} == {0o600}


def make_text(place: Path) -> None:
    place.write_bytes(b"this is a text and no database " * 99)


def make_newer(place: Path) -> None:
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA user_version = 99")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("CREATE TABLE events (id INTEGER)")
    connection.close()


def make_other(place: Path) -> None:
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE t (id INTEGER)")
    connection.close()


def make_cut(place: Path) -> None:
    make_newer(place)
    place.write_bytes(place.read_bytes()[:50])


MAKERS = {
    "text": (make_text, "is not a journal"),
    "newer": (make_newer, "was written by a newer scribe"),
    "other": (make_other, "is a database, but not a journal"),
    "cut": (make_cut, "is not a journal"),
    "folder": (lambda place: place.mkdir(), "is a folder, not a journal"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_no_journal_of_ours_is_left_as_it_is(process: Process, tmp_path: Path, name: str) -> None:
    make, message = MAKERS[name]
    place = tmp_path / "file.db"
    make(place)
    before = digest(place)
    for argv in (["new", "x"], ["log", "x"], ["list"], ["verify"], ["reindex"]):
        result = process("--db", str(place), *argv)
        assert (result.code, result.out) == (3, "")
        first, second = result.err.splitlines()
        assert first.startswith("scribe: ")
        assert message in first
        assert second
        assert digest(place) == before
    assert [path.name for path in tmp_path.iterdir() if path != place] == []


def digest(place: Path) -> str:
    return "folder" if place.is_dir() else hashlib.sha256(place.read_bytes()).hexdigest()


def test_no_room_left(process: Process, path: Path) -> None:
    process("new", "x", "--id", "INC-1")
    before = digest(path)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    result = process("log", "x" * 60000, preexec_fn=limited, environ={"PYTHONDONTWRITEBYTECODE": "1"})
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("scribe: ")
    assert "Traceback" not in result.err
    assert digest(path) == before
    assert process("verify").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_journal(process: Process, path: Path) -> None:
    process("new", "x")
    before = digest(path)
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        result = process("log", "x")
        assert (result.code, result.out) == (3, "")
        assert result.err.startswith(f"scribe: {path} ")
        assert digest(path) == before
    finally:
        path.parent.chmod(0o700)
        path.chmod(0o600)


def test_a_terminal_that_knows_ascii_only(process: Process) -> None:
    process("new", "결제 실패")
    environ = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    for argv in (["list"], ["status"], ["timeline"]):
        result = process(*argv, environ=environ)
        assert (result.code, result.err) == (0, "")
    assert process("timeline", "--format", "json", environ=environ).json[0]["text"] == "결제 실패"
    assert "결제" in process("timeline", "--format", "csv", environ=environ).out


def test_no_colour_where_nobody_sees_it(process: Process) -> None:
    process("new", "x")
    process("log", "/retract #1 x")
    for argv in (["status"], ["timeline"], ["--help"]):
        assert "\x1b" not in process(*argv, environ={"FORCE_COLOR": "1"}).out


def test_the_module_is_the_command(process: Process) -> None:
    assert process("--version").out.startswith("scribe ")
    assert (TREE / "scribe" / "__main__.py").exists()
