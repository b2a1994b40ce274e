from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.backup import Rolling, Stopped, copy, place, replace_rolling, roll, roll_when_due
from scribe.journal.format import VERSION
from scribe.journal.reader import Reader
from scribe.journal.store import Journal
from scribe.record.chain import Stored, verify
from scribe.record.errors import Busy, Corrupt, JournalError, ReadOnly, Refused
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw, unguarded


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "j.db", severity=2)
    for line in ("one", "? two", "long " * 3000):
        desk.type(line, after=1)
    return desk


@pytest.fixture
def rolling(tmp_path: Path) -> Rolling:
    return Rolling(tmp_path / "data" / "backups" / "j", 3)


def copied(desk: Desk, name: str = "copy.db") -> Path:
    into = desk.journal.path.with_name(name)
    into.touch(0o600)
    copy(desk.journal, into)
    return into


def rows_of(path: Path) -> list[Stored]:
    with closing(Journal.reading(path, FixedClock(NOON))) as journal:
        return [row for incident in journal.incidents() for row in journal.stored(incident)]


def names(rolling: Rolling) -> list[str]:
    return [path.name for path in rolling.made()]


# ── one copy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_holds_what_the_journal_holds(desk: Desk) -> None:
    desk.recorder.keep("capture", "typed and not sent", desk.clock.now())
    path = copied(desk)
    assert rows_of(path) == list(desk.journal.stored(desk.incident))
    assert verify(rows_of(path)).head == desk.board.head
    with raw(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("SELECT text FROM drafts").fetchall() == [("typed and not sent",)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)  # it needs nothing beside it to be read
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute("DELETE FROM events")
    assert sorted(file.name for file in path.parent.glob("copy.db*")) == ["copy.db"]


def test_a_copy_is_made_while_another_writes_and_holds_what_was_recorded_until_then(desk: Desk) -> None:
    with raw(desk.journal.path) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO drafts VALUES ('i', 'b', 'p', 'not committed', 'now')")
        path = copied(desk)
        other.execute("COMMIT")
    with raw(path) as db:
        assert db.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
    assert rows_of(path) == list(desk.journal.stored(desk.incident))


def test_nothing_of_what_was_deleted_comes_along(desk: Desk) -> None:
    with raw(desk.journal.path) as db:
        db.execute("PRAGMA secure_delete = OFF")
        for number in range(50):
            db.execute("INSERT INTO drafts VALUES ('i', ?, 'p', ?, 'now')", (str(number), "a secret " * 400))
        db.execute("DELETE FROM drafts")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"a secret" in desk.journal.path.read_bytes()
    path = copied(desk)
    assert b"a secret" not in path.read_bytes()
    with raw(path) as db:
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_a_copy_put_in_the_journals_very_place_becomes_another_writer(desk: Desk) -> None:
    before = desk.board
    path = copied(desk)
    desk.type("behind the copy")
    desk.journal.close()
    with desk.journal.path.open("wb") as place:  # the same file by its number
        place.write(path.read_bytes())
    with closing(Journal.writing(desk.journal.path, desk.clock, wait=0.0)) as journal:
        again = Desk(journal, clock=desk.clock)
        again.type("and on")
        (tag,) = {event.writer for event in journal.events(again.incident)}
        assert tag not in before.tails


def test_a_damaged_journal_is_said_to_be_the_damaged_one(desk: Desk) -> None:
    path = desk.journal.path
    desk.journal.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = os.urandom(4096 * 2)
    path.write_bytes(content)
    into = path.with_name("copy.db")
    into.touch()
    with raw(path) as connection, pytest.raises(Corrupt, match=r"j\.db is damaged"):
        copy(Reader(path, connection), into)


def test_a_copy_that_cannot_be_written_is_said_to_be_the_copy(desk: Desk) -> None:
    into = desk.journal.path.parent / "copy.db"
    into.mkdir()
    with pytest.raises(JournalError, match=r"copy\.db"):
        copy(desk.journal, into)


def test_a_journal_that_is_only_looked_at_is_copied_too(desk: Desk) -> None:
    desk.journal.connection.execute("PRAGMA query_only = ON")
    assert rows_of(copied(desk))
    assert desk.journal.connection.execute("PRAGMA query_only").fetchone() == (1,)


# ── rolling ones ────────────────────────────────────────────────────────────────────────────────────────────────────


def rolled(desk: Desk, rolling: Rolling, every: float = 0.0) -> Path | None:
    return roll(desk.journal, rolling, desk.clock, every=every)


def test_the_newest_stay_and_carry_the_time_of_their_making(desk: Desk, rolling: Rolling) -> None:
    for number in range(5):
        desk.type(f"fact {number}", after=10)
        assert rolled(desk, rolling) is not None
    assert names(rolling) == ["20261120T123300.000Z.db", "20261120T124300.000Z.db", "20261120T125300.000Z.db"]
    assert len(rows_of(rolling.made()[-1])) == 9
    assert rolling.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in rolling.made()} == {0o600}


@pytest.mark.parametrize("umask", [0, 0o777])
def test_they_are_their_owners_alone_whatever_the_umask(desk: Desk, rolling: Rolling, umask: int) -> None:
    before = os.umask(umask)
    try:
        path = rolled(desk, rolling)
    finally:
        os.umask(before)
    assert path is not None
    assert [file.stat().st_mode & 0o777 for file in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


def test_none_is_made_unless_something_was_recorded(desk: Desk, rolling: Rolling) -> None:
    assert rolled(desk, rolling)
    desk.clock.advance(3600)
    assert rolled(desk, rolling) is None
    desk.type("one more")
    assert rolled(desk, rolling)
    assert len(names(rolling)) == 2


def test_none_is_made_while_the_newest_is_young(desk: Desk, rolling: Rolling) -> None:
    assert rolled(desk, rolling, every=600)
    desk.type("more", after=9)
    assert rolled(desk, rolling, every=600) is None
    desk.type("more", after=1)
    assert rolled(desk, rolling, every=600)


def test_a_clock_that_is_set_back_takes_no_backup_away(desk: Desk, rolling: Rolling) -> None:
    for number in range(4):
        desk.type(f"fact {number}")
        desk.clock.set(NOON - timedelta(hours=number))
        assert rolled(desk, rolling, every=600)
    assert len(rows_of(rolling.made()[-1])) == 8
    assert names(rolling)[-1] == "20261120T120000.003Z.db"


def test_a_damaged_newest_one_counts_for_nothing(desk: Desk, rolling: Rolling) -> None:
    path = rolled(desk, rolling)
    assert path is not None
    path.write_bytes(os.urandom(5000))
    desk.clock.advance(60)
    assert rolled(desk, rolling)


def test_only_what_scribe_made_is_ever_removed(desk: Desk, rolling: Rolling) -> None:
    rolling.folder.mkdir(parents=True)
    kept = ["notes.txt", "20200101T000000.000Z.db.gz", "x20200101T000000.000Z.db", "before-the-upgrade.db"]
    for name in kept:
        (rolling.folder / name).write_text("mine")
    (rolling.folder / "20200101T000000.000Z.db").mkdir()
    elsewhere = rolling.folder.parent / "elsewhere.db"
    elsewhere.write_text("mine")
    (rolling.folder / "20200102T000000.000Z.db").symlink_to(elsewhere)
    for number in range(5):
        desk.type(f"fact {number}", after=1)
        rolled(desk, rolling)
    assert len(names(rolling)) == 3
    left = {path.name for path in rolling.folder.iterdir()} - set(names(rolling)) - {".lock"}
    assert left == {*kept, "20200101T000000.000Z.db", "20200102T000000.000Z.db"}


def test_what_a_killed_process_left_half_made_goes(desk: Desk, rolling: Rolling) -> None:
    rolling.folder.mkdir(parents=True)
    for end in ("", "-journal", "-wal"):
        (rolling.folder / f".making-20261120T110000.000Z.db{end}").write_text("half")
    assert rolled(desk, rolling)
    assert sorted(path.name for path in rolling.folder.iterdir()) == [".lock", "20261120T120300.000Z.db"]


def test_one_process_at_a_time_makes_one(desk: Desk, rolling: Rolling) -> None:
    import fcntl

    rolling.folder.mkdir(parents=True)
    with (rolling.folder / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="another process is making a backup"):
            roll(desk.journal, rolling, desk.clock, wait=2.0)
        # What another process makes is as good, and nothing to be told.
        roll_when_due(desk.journal.path, rolling, desk.clock, every=0, stop=lambda: False)
    assert names(rolling) == []
    roll_when_due(desk.journal.path, rolling, desk.clock, every=0, stop=lambda: False)
    assert len(names(rolling)) == 1


def test_one_that_is_given_up_leaves_nothing(desk: Desk, rolling: Rolling) -> None:
    with pytest.raises(Stopped):
        roll(desk.journal, rolling, desk.clock, stop=lambda: True)
    assert [path.name for path in rolling.folder.iterdir()] == [".lock"]
    roll_when_due(desk.journal.path, rolling, desk.clock, every=0, stop=lambda: True)
    assert names(rolling) == []
    desk.type("nothing of it stays with the connection")
    assert rolled(desk, rolling)


def test_none_at_all_are_made_where_none_are_wanted(desk: Desk, tmp_path: Path) -> None:
    assert rolled(desk, Rolling(tmp_path / "none", 0)) is None
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReadOnly, match="Not a directory"):
        rolled(desk, Rolling(tmp_path / "file" / "backups", 3))


def test_an_older_one_that_cannot_be_removed_is_said(
    desk: Desk, rolling: Rolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(path: Path, *, missing_ok: bool = False) -> None:
        if path in rolling.made():
            raise PermissionError(errno.EPERM, "Operation not permitted")
        unlink(path, missing_ok=missing_ok)

    unlink = Path.unlink
    rolled(desk, rolling)
    desk.type("four")
    monkeypatch.setattr(Path, "unlink", kept)
    with pytest.raises(ReadOnly, match="Operation not permitted"):
        rolled(desk, Rolling(rolling.folder, 1))


# ── behind an erasure ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("keep", [3, 0])
def test_behind_an_erasure_no_older_one_is_left(desk: Desk, rolling: Rolling, keep: int) -> None:
    for number in range(3):
        desk.type(f"a secret {number}", after=1)
        rolled(desk, rolling)
    with unguarded(desk.journal.path) as db:
        db.execute("UPDATE events SET text = 'gone' WHERE text LIKE 'a secret%'")
    replaced = replace_rolling(desk.journal, Rolling(rolling.folder, keep), desk.clock)
    assert replaced == 3
    assert len(names(rolling)) == (1 if keep else 0)
    assert not any(b"a secret" in path.read_bytes() for path in rolling.folder.iterdir())


def test_where_none_was_made_an_erasure_makes_none(desk: Desk, rolling: Rolling) -> None:
    assert replace_rolling(desk.journal, rolling, desk.clock) == 0
    assert not rolling.folder.exists()


def test_the_older_ones_stay_where_no_new_one_can_be_made(desk: Desk, rolling: Rolling) -> None:
    rolled(desk, rolling)
    with closing(sqlite3.connect(":memory:")) as broken, pytest.raises(JournalError):
        replace_rolling(Reader(desk.journal.path, broken), rolling, desk.clock)
    assert len(names(rolling)) == 1


# ── a copy from the screen ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_copy_of_a_journal_that_was_deleted_is_whole(desk: Desk, tmp_path: Path) -> None:
    before = list(desk.journal.stored(desk.incident))
    for end in ("", "-wal", "-shm"):
        desk.journal.path.with_name(f"j.db{end}").unlink()
    place(desk.journal, tmp_path / "kept.db")
    assert rows_of(tmp_path / "kept.db") == before
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("name", ["kept.db", "kept.db-wal"])
def test_a_copy_takes_no_place_where_something_is(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(Refused, match=name):
        place(desk.journal, tmp_path / "kept.db")
    assert (tmp_path / name).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == [name]


def test_a_file_that_comes_to_be_meanwhile_stays(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copied(*_: object, **__: object) -> None:
        (tmp_path / "kept.db").write_text("mine")

    monkeypatch.setattr("scribe.journal.backup.copy", copied)
    with pytest.raises(Refused, match="exists already"):
        place(desk.journal, tmp_path / "kept.db")
    assert (tmp_path / "kept.db").read_text() == "mine"
