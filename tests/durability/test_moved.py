"""The file is moved, deleted or replaced while it is open: nothing is acknowledged that nobody would find again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal import opening
from scribe.journal.place import Place
from scribe.journal.store import Journal
from scribe.record.errors import Gone, JournalError
from scribe.ui.screens.recording import Recording
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw
from tests.journeys.live import Live, Scribe


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "j" / "j.db", severity=2)
    desk.type("before", after=1)
    return desk


@pytest.fixture
def scribe(tmp_path: Path) -> Scribe:
    return Scribe(tmp_path)


def texts(path: Path, incident: str) -> list[str]:
    journal = Journal.reading(path, FixedClock(NOON))
    try:
        return [event.text for event in journal.events(incident)][1:]
    finally:
        journal.close()


def another(path: Path) -> None:
    other = path.with_name("other.db")
    Desk(other).journal.close()
    other.rename(path)


def moved_away(path: Path) -> None:
    path.rename(path.with_name("away.db"))


def folder_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def deleted_with_its_log(path: Path) -> None:
    for file in path.parent.iterdir():
        file.unlink()


def copied_over(path: Path) -> None:
    shutil.copy(path, path.with_name("copy.db"))
    path.with_name("copy.db").rename(path)


def emptied(path: Path) -> None:
    with path.open("wb"):
        pass


def log_deleted(path: Path) -> None:
    path.with_name("j.db-wal").unlink()


def log_replaced(path: Path) -> None:
    path.with_name("j.db-wal").unlink()
    path.with_name("j.db-wal").touch()


def shared_memory_deleted(path: Path) -> None:
    path.with_name("j.db-shm").unlink()


AWAY = [moved_away, folder_moved, Path.unlink, deleted_with_its_log]
REPLACED = [another, copied_over, emptied]
PARTS = [log_deleted, log_replaced, shared_memory_deleted]


# ── nothing is written ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("happens", [*AWAY, *REPLACED, *PARTS])
def test_nothing_is_recorded_into_a_file_that_nobody_finds(desk: Desk, happens: Callable[[Path], object]) -> None:
    path = desk.journal.path
    before = desk.journal.events(desk.incident)
    happens(path)
    attempts: list[Callable[[], object]] = [
        lambda: desk.type("lost?"),
        lambda: desk.recorder.keep("capture", "typed", NOON),
        lambda: Desk(desk.journal),
        desk.journal.reindex,
    ]
    for attempt in attempts:
        with pytest.raises(Gone) as caught:
            attempt()
        assert path.name in caught.value.message
        assert caught.value.hint
        assert caught.value.exit_code == 3
    assert isinstance(desk.journal.trouble(), Gone)
    assert desk.journal.events(desk.incident) == before
    assert (desk.journal.connection.in_transaction, desk.journal.incidents()) == (False, [desk.incident])
    desk.journal.close()


def test_a_file_that_sqlite_itself_takes_back_to_nothing_was_emptied_by_nobody(tmp_path: Path) -> None:
    """On a network file system the first transaction of a new file, taken back, leaves it empty."""
    path = tmp_path / "j.db"
    path.write_bytes(b"x" * 4096)
    place = Place(path)
    with path.open("wb"):
        pass
    place.check()
    path.with_name("j.db-wal").touch()
    path.write_bytes(b"x" * 4096)
    place.watch_log()
    place.check()
    with path.open("wb"):
        pass
    with pytest.raises(Gone, match="was emptied"):
        place.check()


@pytest.mark.parametrize("happens", [*AWAY, *REPLACED])
def test_not_even_between_the_write_and_the_commit(desk: Desk, happens: Callable[[Path], object]) -> None:
    path, before = desk.journal.path, desk.journal.events(desk.incident)

    def write() -> None:
        with desk.journal.transaction():
            desk.journal.connection.execute("UPDATE boards SET active_at = 'now'")
            happens(path)

    with pytest.raises(Gone):
        write()
    assert desk.journal.connection.execute("SELECT count(*) FROM boards WHERE active_at = 'now'").fetchone() == (0,)
    assert desk.journal.events(desk.incident) == before
    desk.journal.close()


@pytest.mark.parametrize("times", [2, 9])
def test_replaced_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The file that was looked at and the one that was opened are the same, or it is opened again."""
    path = tmp_path / "j.db"
    Desk(path).journal.close()
    connect, opened = opening.connect, []

    def replacing(place: Path, how: str) -> sqlite3.Connection:
        if how == "mode=rw":
            opened.append(place)
            if len(opened) <= times:
                copied_over(path)
        return connect(place, how)

    monkeypatch.setattr(opening, "connect", replacing)
    if times > 5:
        with pytest.raises(JournalError, match="is being replaced"):
            Journal.writing(path, FixedClock(NOON), wait=0.0)
        return
    desk = Desk(path)
    assert len(opened) == 3
    assert desk.type("x")
    assert desk.journal.trouble() is None
    desk.journal.close()


# ── what was acknowledged is found ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("way", "poll"), [("f8", "poll"), ("/actions", "_poll")])
async def test_the_screens_over_it_say_that_nothing_can_be_recorded_too(scribe: Scribe, way: str, poll: str) -> None:
    scribe.told("it burns")
    async with scribe(size=(120, 40)) as live:
        if way.startswith("/"):
            await live.enter(way)
        else:
            await live.press(way)
        assert isinstance(live.top, Recording)
        moved_away(live.path)
        getattr(live.top, poll)()
        assert live.top.notice[0].startswith("nothing can be recorded")
        live.path.with_name("away.db").rename(live.path)
        getattr(live.top, poll)()
        assert live.top.notice[0] == "the journal is there again"


def test_a_file_that_was_moved_alone_holds_all_that_was_acknowledged(desk: Desk) -> None:
    path, away = desk.journal.path, desk.journal.path.with_name("away.db")
    assert path.with_name("j.db-wal").stat().st_size
    path.rename(away)
    assert isinstance(desk.journal.trouble(), Gone)
    alone = away.with_name("alone.db")
    shutil.copy(away, alone)
    assert texts(alone, desk.incident) == ["before"]
    assert not path.with_name("j.db-wal").stat().st_size
    desk.journal.close()
    assert texts(away, desk.incident) == ["before"]


def test_a_log_that_was_deleted_takes_nothing_with_it(desk: Desk) -> None:
    log_deleted(desk.journal.path)
    assert isinstance(desk.journal.trouble(), Gone)
    alone = desk.journal.path.with_name("alone.db")
    shutil.copy(desk.journal.path, alone)
    assert texts(alone, desk.incident) == ["before"]
    desk.journal.close()


def test_what_others_wrote_into_a_moved_file_is_not_written_over(desk: Desk) -> None:
    path, away = desk.journal.path, desk.journal.path.with_name("away.db")
    path.rename(away)
    path.with_name("j.db-wal").rename(path.with_name("away.db-wal"))
    path.with_name("j.db-shm").unlink()
    with raw(away) as other:  # another program, which knows nothing of the one that has it open
        other.execute("CREATE TABLE theirs (x)")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = away.stat().st_size
    assert isinstance(desk.journal.trouble(), Gone)
    assert away.stat().st_size == size
    away.rename(path)
    trouble = desk.journal.trouble()
    assert isinstance(trouble, Gone)
    assert "changed elsewhere" in trouble.message
    desk.journal.close()
    with raw(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_who_leaves_takes_nothing_away_from_a_journal_that_came_in_its_place(desk: Desk) -> None:
    path = desk.journal.path
    for file in (path, path.with_name("j.db-wal"), path.with_name("j.db-shm")):
        file.rename(file.with_name(f"old-{file.name}"))
    second = Desk(path)
    second.type("of the second")
    assert isinstance(desk.journal.trouble(), Gone)
    desk.journal.close()
    assert path.with_name("j.db-wal").stat().st_size
    assert second.journal.trouble() is None
    second.type("and more")
    second.journal.close()
    assert texts(path, second.incident) == ["of the second", "and more"]
    assert texts(path.with_name("old-j.db"), desk.incident) == ["before"]


def test_it_goes_on_when_the_same_file_comes_back(desk: Desk) -> None:
    path = desk.journal.path
    moved_away(path)
    with pytest.raises(Gone):
        desk.type("not yet")
    path.with_name("away.db").rename(path)
    assert desk.journal.trouble() is None
    desk.type("again")
    desk.journal.close()
    assert texts(path, desk.incident) == ["before", "again"]


def test_a_link_that_leads_elsewhere_is_another_file(tmp_path: Path) -> None:
    first, second, link = tmp_path / "1.db", tmp_path / "2.db", tmp_path / "j.db"
    Desk(second).journal.close()
    link.symlink_to(first.name)
    first.touch(0o600)
    desk = Desk(link)
    desk.type("x")
    link.unlink()
    link.symlink_to(second.name)
    with pytest.raises(Gone, match="another file"):
        desk.type("y")
    link.unlink()
    link.symlink_to(first.name)
    desk.type("z")
    desk.journal.close()
    assert texts(first, desk.incident) == ["x", "z"]


# ── the copy that is the way out ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("happens", [*AWAY, *REPLACED])
def test_a_copy_can_be_made_of_what_is_gone(desk: Desk, tmp_path: Path, happens: Callable[[Path], object]) -> None:
    happens(desk.journal.path)
    copy = tmp_path / "copy.db"
    desk.recorder.back_up(copy)
    assert texts(copy, desk.incident) == ["before"]
    assert copy.stat().st_mode & 0o777 == 0o600
    desk.journal.close()


# ── the screen ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def look(live: Live) -> None:
    """The screen looks at the file, as it does five times a second."""
    live.screen._poll()
    await live.pilot.pause()


@pytest.mark.parametrize("happens", [moved_away, Path.unlink, another])
async def test_the_screen_says_so_as_long_as_it_is_so(scribe: Scribe, happens: Callable[[Path], object]) -> None:
    scribe.told("a fact")
    async with scribe(size=(120, 30)) as live:
        happens(scribe.path)
        await look(live)
        steady = live.line("attention")
        assert "nothing can be recorded" in steady
        assert ("another file" if happens is another else "moved or deleted") in steady
        await live.type("kept")
        assert live.line("attention") == steady
        await live.press("enter")
        assert live.box == "kept"
        assert "not recording · not recorded" in live.line("attention")
        await live.press("space", "backspace")
        assert live.line("attention") == steady
        await live.clear()
        await live.press("ctrl+d")
        assert not live.app.is_running


async def test_a_line_lands_when_the_file_comes_back(scribe: Scribe) -> None:
    scribe.told("a fact")
    async with scribe(size=(120, 30)) as live:
        moved_away(scribe.path)
        await live.enter("waits for the file")
        assert live.box == "waits for the file"
        await look(live)
        assert live.box == "waits for the file"
        scribe.path.with_name("away.db").rename(scribe.path)
        await look(live)
        assert live.box == ""
        assert live.texts == ["a fact", "waits for the file"]
        assert "nothing can be recorded" not in live.seen


async def test_a_line_that_was_not_entered_does_not_land(scribe: Scribe) -> None:
    scribe.told("a fact")
    async with scribe() as live:
        moved_away(scribe.path)
        await live.enter("entered")
        await live.type(" and changed")
        await look(live)
        scribe.path.with_name("away.db").rename(scribe.path)
        await look(live)
        assert live.box == "entered and changed"
        assert live.texts == ["a fact"]
        assert "there again" in live.line("attention")
        assert live.drafts() == [(live.board.incident, "entered and changed")]


async def test_leaving_over_text_takes_two_keys(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 30)) as live:
        await live.type("typed before")
        await look(live)
        scribe.path.unlink()
        await look(live)
        await live.type(" and after")
        await live.press("ctrl+d")
        assert live.app.is_running
        assert live.box == "typed before and after"
        assert "the same key again leaves it" in live.line("attention")
        await live.type("!")
        await live.press("ctrl+d")
        assert live.app.is_running  # that was another text
        await live.press("ctrl+d")
        assert not live.app.is_running


async def test_in_the_middle_of_a_line_the_key_deletes(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        scribe.path.unlink()
        await look(live)
        await live.type("ab")
        await live.press("home", "ctrl+d")
        assert (live.box, live.app.is_running) == ("b", True)


async def test_the_backup_command_keeps_what_the_file_held(
    scribe: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.told("a fact")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    async with scribe(size=(120, 30)) as live:
        incident = live.board.incident
        scribe.path.unlink()
        await live.enter("/backup")
        assert "was copied to" in live.line("attention")
        await live.enter("/backup saved.db")
        await live.enter("/backup saved.db")
        assert "exists already" in live.line("attention")
    copies = sorted(here.iterdir())
    assert [copy.name for copy in copies] == ["journal-20261120-120000.db", "saved.db"]
    for copy in copies:
        assert texts(copy, incident) == ["a fact"]


async def test_the_postmortem_is_left_by_who_was_told(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f8")
        postmortem = live.top
        scribe.path.unlink()
        await live.type("what it was all about")
        await live.press("escape")
        assert live.top is postmortem
        assert "the same key again leaves it" in live.seen
        await live.press("escape")
        assert live.top is live.screen
        assert live.app.is_running


@pytest.mark.torture
async def test_the_register_is_left_by_who_was_told(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.enter("/actions")
        register = live.top
        assert register is not live.screen
        scribe.path.unlink()
        await live.type("/action mend it")
        await live.press("escape")
        assert live.top is register
        assert "the same key again leaves it" in live.seen
        await live.press("escape")
        assert live.top is live.screen
