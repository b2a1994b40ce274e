"""The write-ahead log: when it is moved into the journal, and that nobody writes meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from scribe.journal.log import Log
from scribe.record.errors import Gone
from tests.fakes.desk import Desk

PAGES = 10 * 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    desk = Desk(path, severity=2)
    yield desk
    desk.journal.close()


def is_moved(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()


def may_write(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        other.execute("ROLLBACK")
        return True


def test_a_commit_leaves_it_and_tidying_moves_it(desk: Desk, path: Path) -> None:
    desk.type("the pool is exhausted")
    assert not is_moved(path, "the pool is exhausted")
    desk.journal.tidy()
    assert is_moved(path, "the pool is exhausted")


def test_it_is_not_moved_beside_somebody_who_writes(desk: Desk, path: Path) -> None:
    desk.type("the pool is exhausted")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        desk.journal.tidy()
        assert not is_moved(path, "the pool is exhausted")
        other.execute("ROLLBACK")
    desk.journal.tidy()
    assert is_moved(path, "the pool is exhausted")


@pytest.mark.parametrize("by", ["a commit", "tidying"])
def test_nobody_may_write_while_it_is_moved(desk: Desk, path: Path, by: str) -> None:
    might: list[bool] = []

    def look(statement: str) -> None:
        if "wal_checkpoint" in statement:
            might.append(may_write(path))

    desk.journal.put_off_checkpoints(1)
    desk.type("the pool is exhausted")
    assert is_moved(path, "the pool is exhausted")
    assert may_write(path)
    desk.journal.connection.set_trace_callback(look)
    if by == "tidying":
        desk.journal.tidy()
    else:
        desk.type("it holds")
        assert is_moved(path, "it holds")
    assert might == [False]


def test_a_log_that_has_grown_long_is_moved_by_whoever_commits(desk: Desk, path: Path) -> None:
    desk.journal.put_off_checkpoints(PAGES)
    log = path.with_name("j.db-wal")
    sizes = []
    for number in range(100):
        desk.type(f"fact {number} {'x' * 2000}")
        sizes.append(log.stat().st_size)
    assert max(sizes) < 3 * PAGES
    assert sum(after < before for before, after in pairwise(sizes)) > 5
    assert is_moved(path, "fact 50 ")


@pytest.mark.parametrize("fails", [sqlite3.OperationalError("disk I/O error"), Gone("moved", "put it back", "moved")])
def test_what_was_committed_stands_though_it_cannot_be_moved(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch, fails: Exception
) -> None:
    def fail(log: Log) -> bool:
        raise fails

    monkeypatch.setattr(Log, "move", fail)
    desk.journal.put_off_checkpoints(1)
    desk.type("the pool is exhausted")
    assert desk.state().entries[-1].text == "the pool is exhausted"
    assert desk.verify().ok


def test_a_file_that_was_moved_away_is_not_made_again_by_tidying(desk: Desk, path: Path) -> None:
    desk.type("the pool is exhausted")
    path.rename(path.with_name("away.db"))
    with pytest.raises(Gone):
        desk.journal.tidy()
    assert not path.exists()
