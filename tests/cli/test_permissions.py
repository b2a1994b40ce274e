"""Whatever is written is its owner's alone from the first moment, whatever the umask takes away or leaves open."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.cli.beside import saves_beside
from tests.cli.conftest import TREE, Cli

UMASKS = (0o000, 0o777)
READS = frozenset({"open", "demo", "list", "status", "timeline", "update", "checkpoint", "verify", "check", "doctor"})
"""Commands that write no file of their own; some of them write into the journal."""


@pytest.fixture(params=UMASKS, ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """What lies in a folder, and who may do what with it."""
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode)) for path in folder.rglob("*")}


def writes(cli: Cli, folder: Path) -> set[str]:
    """Have every command write what it can; the commands that were called."""
    journal = folder / "made" / "deep" / "journal.db"
    elsewhere = folder / "other" / "journal.db"
    called = []

    def call(*argv: str, stdin: bytes = b"", db: Path = journal) -> None:
        result = cli("--db", str(db), *argv, stdin=stdin)
        assert result.code in (0, 1), (argv, result.err)
        called.append(argv[0])

    call("new", "Checkout fails", "--sev", "2", "--id", "INC-1")
    call("log", "5xx at 12 %")
    call("log", "/note something")
    call("write", "summary", "it failed")
    call("factor", "add", "no alarm", "--layer", "detection")
    call("actions", "add", "have an alarm", "--due", "2026-12-01")
    call("checkpoint", "--to", "bob", "--record")
    call("update", "--send", "--next", "20m")
    for form in ("md", "html", "json", "csv"):
        call("export", "--draft", "--format", form, "-o", str(folder / f"out.{form}"))
    for form in ("csv", "md", "ics", "json"):
        call("actions", "--all", "--format", form, "-o", str(folder / f"items.{form}"))
    call("bundle", str(folder / "INC-1.bundle"))
    call("unbundle", str(folder / "INC-1.bundle"), db=elsewhere)
    call("backup", str(folder / "copy.db"))
    call("backup")
    call("salvage", str(folder / "copy.db"), "-o", str(folder / "saved.db"))
    call("import", "scribe", "-", "--id", "INC-2", stdin=(folder / "out.json").read_bytes())
    call("erase", "#2", "--why", "a key", "--yes")
    call("reindex")
    saves_beside(folder)("INC-1-update-1.md", "words")
    return set(called)


def test_files_are_0600_and_folders_0700(cli: Cli, tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "here"
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    called = writes(cli, folder)
    found = modes(folder)
    assert {
        name: mode for name, mode in found.items() if mode != ("0o700" if (folder / name).is_dir() else "0o600")
    } == {}
    assert {
        "made/deep/journal.db",
        "out.md",
        "INC-1.bundle",
        "copy.db",
        "saved.db",
        "INC-1-update-1.md",
    } <= found.keys()
    from scribe.cli.root import COMMANDS

    assert COMMANDS.keys() - called <= READS


def test_what_is_open_beside_the_journal_is_its_owners_too(cli: Cli, path: Path, umask: int) -> None:
    """The write-ahead log and its index, as long as somebody has the journal open."""
    from scribe.journal.store import Journal

    cli.new()
    journal = Journal.writing(path, cli.clock, wait=1.0)
    try:
        cli.log("one")
        beside = modes(path.parent)
        assert {"journal.db", "journal.db-wal", "journal.db-shm"} <= beside.keys()
        assert {mode for name, mode in beside.items() if name.startswith("journal.db")} == {"0o600"}
    finally:
        journal.close()


TRACED = re.compile(
    r"(?:openat\([^,]+, |open\()\"(?P<file>[^\"]+)\", (?P<how>[A-Z_|]*O_CREAT[A-Z_|]*), (?P<mode>0\d+)\) = \d"
    r"|mkdir(?:at\([^,]+, |\()\"(?P<folder>[^\"]+)\", (?P<folder_mode>0\d+)\) = 0"
)


@pytest.mark.torture
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_nothing_is_readable_for_others_for_even_a_moment(tmp_path: Path) -> None:
    """With a umask that takes nothing away: what counts is the mode that a file is made with, not what comes after."""
    folder = tmp_path / "here"
    journal, out = folder / "made" / "journal.db", folder / "out.md"
    folder.mkdir()
    log = tmp_path / "log"
    environ = {**os.environ, "PYTHONPATH": str(TREE), "PYTHONDONTWRITEBYTECODE": "1", "SCRIBE_DB": str(journal)}
    commands = (
        ["new", "Checkout fails", "--sev", "2"],
        ["log", "words"],
        ["export", "--draft", "-o", str(out)],
        ["bundle", str(folder / "bundle")],
        ["backup", str(folder / "copy.db")],
        ["backup"],
        ["salvage", str(folder / "copy.db"), "-o", str(folder / "saved.db")],
    )
    made: dict[str, str] = {}
    for command in commands:
        program = f"import os; os.umask(0); from scribe.cli import main; main({command!r})"
        traced = ["strace", "-f", "-qq", "-e", "trace=open,openat,mkdir,mkdirat", "-o", str(log)]
        argv = [*traced, sys.executable, "-c", program]
        done = subprocess.run(argv, env=environ, capture_output=True, check=False)
        if b"ptrace" in done.stderr:
            pytest.skip("strace may not trace here")
        assert done.returncode in (0, 1), done.stderr
        for found in TRACED.finditer(log.read_text(encoding="utf-8", errors="replace")):
            name, mode = found["file"] or found["folder"], found["mode"] or found["folder_mode"]
            if str(folder) in name:
                made.setdefault(name, mode)  # what is there already keeps its own
    assert len(made) > 6
    assert {name: mode for name, mode in made.items() if int(mode, 8) & 0o077} == {}
