"""A journal that cannot be written is there to be looked at, and nothing is put beside it."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from scribe.clock import FixedClock
from scribe.journal import faults, opening
from scribe.journal.format import VERSION
from scribe.journal.store import Journal
from scribe.record.errors import Full, ReadOnly
from tests.durability.confined import carried_out, environment, mounted_read_only, seen, without_rights
from tests.fakes.desk import NOON, Desk
from tests.fakes.processes import start
from tests.fakes.raw import raw
from tests.journeys import live
from tests.journeys.live import Scribe
from tests.terminal.terminal import ENTER, Terminal

CTRL_D = b"\x04"

READING = [
    ("list",),
    ("status",),
    ("timeline",),
    ("timeline", "--format", "json"),
    ("checkpoint",),
    ("update",),
    ("verify",),
    ("check",),
    ("export", "--draft"),
    ("actions",),
    ("write",),
]
WRITING = [("log", "x"), ("new", "x"), ("reindex",), ("write", "summary", "x"), ("import", "csv", "nowhere.csv")]

Makes = Callable[[Path], None]


def idle(path: Path) -> None:
    """Nobody has it open; its log went when the last one left."""
    desk = Desk(path, severity=2)
    desk.type("a fact that was recorded", after=1)
    desk.journal.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def crashed(path: Path) -> None:
    """Its last writer was killed: what it recorded stands in the log alone."""
    idle(path)
    journal = Journal.reading(path, FixedClock(NOON))
    incident = journal.incidents()[0]
    journal.close()
    worker = start("append", path, incident, 0)
    assert worker.stdout is not None
    assert worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    assert path.with_name(f"{path.name}-wal").stat().st_size
    path.with_name(f"{path.name}-shm").unlink()  # as behind a start of the machine: memory is not shared for ever


def older(path: Path) -> None:
    """As an older version left it: it cannot be brought up to date."""
    idle(path)
    with raw(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION - 1}")
    for part in ("-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "held"
    folder.mkdir()
    yield folder
    folder.chmod(0o700)


def forbidden(folder: Path) -> list[str]:
    before = without_rights()
    for file in folder.iterdir():
        file.chmod(0o400)
    folder.chmod(0o500)
    return before


def file_alone_forbidden(folder: Path) -> list[str]:
    before = without_rights()
    for file in folder.iterdir():
        file.chmod(0o400)
    return before


@pytest.mark.parametrize(
    ("make", "confine"),
    [
        (crashed, mounted_read_only),
        pytest.param(idle, mounted_read_only, marks=pytest.mark.torture),
        pytest.param(older, mounted_read_only, marks=pytest.mark.torture),
        pytest.param(crashed, forbidden, marks=pytest.mark.torture),
        (idle, file_alone_forbidden),
    ],
)
def test_every_command_that_reads_reads_and_every_other_says_why(
    folder: Path, make: Makes, confine: Callable[[Path], list[str]]
) -> None:
    path = folder / "j.db"
    make(path)
    before_it = confine(folder)
    before = seen(folder)
    said = carried_out(before_it, path, *READING, *WRITING)
    for command, (code, out, err) in zip(READING, said[: len(READING)], strict=True):
        assert (code, err) == (1 if command == ("check",) else 0, ""), command
        assert out or command == ("actions",)
    assert "a fact that was recorded" in said[2][1]
    assert ("says 1" in said[2][1]) == (make is crashed)
    why = "its file system is read-only" if confine is mounted_read_only else "you may only read it"
    for command, (code, out, err) in zip(WRITING[:-1], said[len(READING) :], strict=False):
        assert (code, out) == (3, ""), command
        assert err.splitlines()[0] == f"scribe: {path} cannot be written: {why}"
        assert len(err.splitlines()) == 2
    assert seen(folder) == before


def test_a_folder_that_may_not_be_written_is_the_reason(folder: Path) -> None:
    path = folder / "j.db"
    idle(path)
    before = without_rights()
    folder.chmod(0o500)
    ((code, _, err), (read, out, _)) = carried_out(before, path, ("log", "x"), ("timeline",))
    assert (code, read) == (3, 0)
    assert "you may not write its folder" in err
    assert "a fact that was recorded" in out
    assert [file.name for file in folder.iterdir()] == ["j.db"]


def test_a_journal_that_is_not_there_is_not_made(folder: Path) -> None:
    before = mounted_read_only(folder)
    deeper = folder / "new" / "j.db"
    for code, _, err in carried_out(before, folder / "j.db", ("new", "x"), ("--db", str(deeper), "new", "x")):
        assert code == 3
        assert "read-only" in err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("confine", [mounted_read_only, pytest.param(forbidden, marks=pytest.mark.torture)])
def test_the_screen_opens_for_looking(folder: Path, tmp_path: Path, confine: Callable[[Path], list[str]]) -> None:
    path = folder / "j.db"
    idle(path)
    confined = confine(folder)
    before = seen(folder)
    env = {**environment(path), "HOME": str(tmp_path), "TERM": "xterm-256color"}
    with Terminal([*confined, sys.executable, "-m", "scribe"], env=env, cwd=tmp_path) as terminal:
        terminal.sees("read-only: nothing can be recorded here")
        terminal.sees("a fact that was recorded")
        terminal.write("typed")
        terminal.write(ENTER)
        terminal.sees("read-only · not recorded")
        assert terminal.shows("typed")
        terminal.write(CTRL_D)
        terminal.sees("the same key again leaves it")
        terminal.write(CTRL_D)
        assert terminal.wait() == 0
    assert seen(folder) == before
    assert not list(tmp_path.rglob("backups"))


# ── in this process: what it would be where the file may not be written ─────────────────────────────────────────────


def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be written, whoever runs the tests."""
    refusal = ReadOnly("cannot be written: you may only read it", "check its permissions")
    for module in (faults, opening):
        monkeypatch.setattr(module, "why_not", lambda path: refusal)


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scribe:
    """A screen over a journal that nothing can be recorded into; it opens as the command line opens it."""
    scribe = Scribe(tmp_path)
    scribe.told("a fact")
    refused(monkeypatch)
    monkeypatch.setattr(live, "Journal", SimpleNamespace(writing=Journal.showing, reading=Journal.reading))
    return scribe


async def test_an_empty_box_is_left_at_once(scribe: Scribe) -> None:
    before = seen(scribe.folder)
    async with scribe(size=(120, 30)) as screen:
        assert "read-only: nothing can be recorded here" in screen.line("attention")
        await screen.press("ctrl+o")
        assert screen.line("attention").startswith(" ● read-only · ")
        await screen.type("x")
        assert "read-only: nothing can be recorded here" in screen.line("attention")
        await screen.press("backspace", "ctrl+d")
        assert not screen.app.is_running
    assert seen(scribe.folder) == before


async def test_the_next_text_is_asked_about_again(scribe: Scribe) -> None:
    async with scribe(size=(120, 30)) as screen:
        await screen.type("one")
        await screen.press("f9")
        assert "the same key again leaves it" in screen.line("attention")
        await screen.type(" more")
        await screen.press("f9")
        assert not screen.has_sheet
        await screen.press("f9")
        assert screen.has_sheet


async def test_what_goes_elsewhere_goes(scribe: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    async with scribe(size=(120, 30)) as screen:
        await screen.enter("/export")
        await screen.enter("/backup copy.db")
        assert "was copied to" in screen.line("attention")
        incident = screen.board.incident
    assert (scribe.folder / f"{incident}.md").exists()
    copied = Journal.reading(here / "copy.db", scribe.clock)
    assert copied.incidents() == [incident]
    copied.close()


def test_what_is_written_elsewhere_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from outside, SQLite would never look at the file again."""
    path = tmp_path / "j.db"
    Desk(path).journal.close()
    refused(monkeypatch)
    looking = Journal.showing(path, FixedClock(NOON), wait=0.0)
    assert isinstance(looking.trouble(), ReadOnly)
    before = looking.version()
    assert looking.version() == before
    with monkeypatch.context() as free:
        free.setattr(opening, "why_not", lambda path: None)
        other = Desk(Journal.writing(path, FixedClock(NOON), wait=0.0))
        assert looking.version() != before
        assert len(looking.incidents()) == 2
        between = looking.version()
        other.type("more", after=1)
        assert looking.version() != between
        assert [event.text for event in looking.events(other.incident)][1:] == ["more"]
        other.journal.close()
    assert [event.text for event in looking.events(other.incident)][1:] == ["more"]
    looking.close()


def test_a_full_disk_shows_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j.db"
    Desk(path).journal.close()
    monkeypatch.setattr(opening, "to_write", lambda path: (_ for _ in ()).throw(Full("no room left", "free some")))
    journal = Journal.showing(path, FixedClock(NOON), wait=0.0)
    assert isinstance(journal.trouble(), Full)
    assert journal.active()
    journal.close()
    with pytest.raises(Full):
        Journal.showing(tmp_path / "none.db", FixedClock(NOON), wait=0.0)


def test_what_a_dead_process_left_half_written_is_put_in_order_first(folder: Path) -> None:
    """A rollback journal, as there is one where no write-ahead log can be."""
    path = folder / "j.db"
    idle(path)
    with raw(path) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        for number in range(50):
            db.execute("INSERT INTO drafts VALUES ('i', ?, 'p', ?, '')", (str(number), "x" * 3000))
        for file in list(folder.iterdir()):
            shutil.copy(file, folder / f"left{file.name.removeprefix('j')}")
        db.execute("ROLLBACK")
    left = folder / "left.db"
    assert (folder / "left.db-journal").stat().st_size
    before = seen(folder)
    confined = forbidden(folder)
    ((code, _, err),) = carried_out(confined, left, ("timeline",))
    assert code == 3
    assert "has to be put in order first" in err
    assert seen(folder) == before
    folder.chmod(0o700)
    for file in folder.iterdir():
        file.chmod(0o600)
    ((code, out, err),) = carried_out(confined, left, ("timeline",))
    assert (code, err) == (0, "")
    assert "a fact that was recorded" in out
    with raw(left) as db:
        assert db.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
