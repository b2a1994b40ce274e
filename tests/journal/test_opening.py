"""What the system refuses, in the words of a person; and who has a file open."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal import opening, place
from scribe.journal.faults import refused, spoken
from scribe.journal.place import holders, identity_of, is_held
from scribe.journal.store import Journal
from scribe.record.errors import Busy, Corrupt, Full, Gone, JournalError, ReadOnly
from tests.fakes.desk import NOON, Desk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


@pytest.mark.parametrize(
    ("number", "error", "said"),
    [
        (errno.ENOSPC, Full, "no room left"),
        (errno.EDQUOT, Full, "quota"),
        (errno.EFBIG, Full, "limit for files"),
        (errno.EMFILE, JournalError, "too many files"),
        (errno.ENFILE, JournalError, "too many files"),
        (errno.EROFS, ReadOnly, "read-only"),
        (errno.EIO, JournalError, "reports errors"),
        (errno.EACCES, ReadOnly, "Permission denied"),
        (errno.ELOOP, ReadOnly, "symbolic links"),
        (errno.ENAMETOOLONG, ReadOnly, "name too long"),
    ],
)
def test_what_the_system_says_is_said_in_words(path: Path, number: int, error: type[JournalError], said: str) -> None:
    found = refused(OSError(number, os.strerror(number)), path)
    assert type(found) is error
    assert said in found.message
    assert str(path) in found.message
    assert found.hint
    assert found.exit_code == 3


def raised(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    return error


IOERR_WRITE, IOERR_SHMSIZE, CANTOPEN = 10 | 3 << 8, 10 | 19 << 8, 14


@pytest.mark.parametrize("code", [IOERR_WRITE, IOERR_SHMSIZE, CANTOPEN])
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EDQUOT, "quota"),
        (errno.EFBIG, "limit for files"),
        (errno.EIO, "reports errors"),
        (errno.EROFS, "its file system is read-only"),
        (errno.EMFILE, "too many files"),
    ],
)
def test_sqlite_says_no_more_than_that_it_failed_and_the_system_is_asked(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, number: int, said: str
) -> None:
    path.touch()

    def failing(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(JournalError) as caught, spoken(path):
        raise raised(code)
    assert said in caught.value.message
    assert sorted(path.parent.iterdir()) == [path]


def test_where_the_system_sees_nothing_wrong_sqlite_is_quoted(path: Path) -> None:
    path.touch()
    with pytest.raises(JournalError) as caught, spoken(path):
        raise raised(IOERR_WRITE)
    assert "what SQLite says (SQLITE_IOERR_WRITE)" in caught.value.message
    with pytest.raises(ReadOnly, match="cannot be opened"), spoken(path):
        raise raised(CANTOPEN)
    with pytest.raises(Busy), spoken(path):
        raise raised(sqlite3.SQLITE_BUSY)
    with pytest.raises(Corrupt, match=r"is damaged \(what SQLite says\)"), spoken(path):
        raise raised(sqlite3.SQLITE_CORRUPT)


# ── who has it open ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_it_open_is_seen_without_opening_it(path: Path) -> None:
    if not Path("/proc/locks").exists():
        pytest.skip("only Linux lists its locks")
    desk = Desk(path)
    identity = identity_of(path)
    assert identity is not None
    assert is_held(path)
    assert holders(identity) == {os.getpid()}
    other = path.with_name("other.db")
    other.write_bytes(b"x")
    assert not is_held(other)
    desk.journal.close()
    assert not is_held(path)


def test_where_nobody_lists_locks_shared_memory_tells(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_LOCKS", path.with_name("nowhere"))
    desk = Desk(path)
    assert is_held(path)
    desk.journal.close()
    assert not is_held(path)
    assert holders((1, 2)) == set()


def test_where_nobody_lists_open_files_the_log_stays_where_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_OPEN", path.with_name("nowhere"))
    desk = Desk(path)
    desk.type("x")
    path.rename(path.with_name("away.db"))
    log = path.with_name("j.db-wal").stat().st_size
    with pytest.raises(Gone):
        desk.type("y")
    assert path.with_name("j.db-wal").stat().st_size == log
    path.with_name("away.db").rename(path)
    assert desk.type("z")
    desk.journal.close()


def test_a_path_that_cannot_be_asked_about_is_no_reason_to_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(path)
    before = len(desk.journal.events(desk.incident))

    class Unreachable(type(path)):  # type: ignore[misc]  # whichever class paths have here
        def stat(self, **_: object) -> os.stat_result:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    assert desk.journal._place is not None
    monkeypatch.setattr(desk.journal._place, "path", Unreachable(path))
    with pytest.raises(JournalError, match="cannot be reached") as caught:
        desk.type("x")
    assert not isinstance(caught.value, Gone)
    assert str(desk.journal.trouble()) == str(caught.value)
    monkeypatch.undo()
    desk.type("x")
    assert len(desk.journal.events(desk.incident)) == before + 1
    desk.journal.close()


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", [b"a%20b?c#d&e=f.db", b"caf\xe9.db", "한국 💥.db".encode(), b"file:x?mode=memory", b"%", b"\n"]
)
def test_every_name_that_a_file_can_have_will_do(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    desk = Desk(path)
    desk.type("x")
    assert {os.fsencode(file.name).removeprefix(name) for file in tmp_path.iterdir()} == {b"", b"-wal", b"-shm"}
    desk.journal.close()
    journal = Journal.reading(path, FixedClock(NOON))
    assert journal.incidents() == [desk.incident]
    journal.close()


# ── opened ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("opens", [opening.from_outside, opening.to_read])
def test_what_is_seen_from_outside_leaves_nothing_beside_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, opens: Callable[[Path], opening.Seen]
) -> None:
    Desk(path).journal.close()
    monkeypatch.setattr(opening, "why_not", lambda path: ReadOnly("", ""))
    seen = opens(path)
    assert seen.stamp
    assert seen.connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError):
        seen.connection.execute("DELETE FROM drafts")
    assert [file.name for file in path.parent.iterdir()] == ["j.db"]
    seen.connection.close()


def test_a_disk_without_room_for_shared_memory_is_read_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(path)
    desk.journal.close()
    opened = opening._opened

    def full(place: Path, how: str) -> tuple[sqlite3.Connection, int]:
        if how == "mode=ro":
            raise Full("no room left", "free some")
        return opened(place, how)

    monkeypatch.setattr(opening, "_opened", full)
    journal = Journal.reading(path, FixedClock(NOON))
    assert journal.incidents() == [desk.incident]
    journal.close()


def test_a_journal_that_is_only_read_has_a_reason_to_refuse(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(path)
    desk.journal.close()
    journal = Journal.showing(path, desk.clock, wait=0.0)
    assert (journal.refusal, journal.trouble()) == (None, None)
    journal.close()
    monkeypatch.setattr(opening, "why_not", lambda path: ReadOnly(f"{path} says no", "so it is"))
    journal = Journal.showing(path, desk.clock, wait=0.0)
    trouble = journal.trouble()
    assert isinstance(trouble, ReadOnly)
    assert trouble.message == f"{path} says no"
    with pytest.raises(ReadOnly):
        Desk(journal)
    journal.close()
    with pytest.raises(ReadOnly):
        Journal.writing(path, desk.clock, wait=0.0)
