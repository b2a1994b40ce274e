"""Many processes on one journal."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.record.chain import verify
from tests.fakes.desk import NOON, Desk
from tests.fakes.processes import finished, start
from tests.fakes.raw import raw

MANY = 8


@pytest.mark.slow
def test_many_writers_lose_and_double_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    workers = [start("append", tmp_path / "j.db", desk.incident, 40) for _ in range(MANY)]
    said = [line for lines in finished(*workers) for line in lines]
    events = desk.journal.events(desk.incident)
    assert len(said) == MANY * 40
    assert Counter(said) == Counter(f"{event.id} {event.ref}" for event in events[1:])
    assert len({event.ref for event in events}) == len(events)
    texts = Counter(event.text for event in events[1:])
    assert set(texts.values()) == {1}
    assert texts.keys() == {f"{worker.pid} says {number}" for worker in workers for number in range(1, 41)}
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert desk.verify().ok
    assert desk.state().board == desk.board
    desk.journal.close()


@pytest.mark.slow
def test_many_first_starts_make_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "new" / "j.db"
    said = finished(*(start("begin", path, f"incident {number}") for number in range(MANY)))
    journal = Journal.reading(path, FixedClock(NOON))
    assert {line for (line,) in said} == {board.incident for board in journal.boards()}
    assert len(journal.boards()) == MANY
    assert all(verify(journal.stored(incident)).ok for incident in journal.incidents())
    with raw(path) as db:
        assert db.execute("SELECT count(*) FROM writers").fetchone() == (1,)
    journal.close()


@pytest.mark.slow
def test_readers_are_never_turned_away(tmp_path: Path) -> None:
    """The last process to close rewrites the file under an exclusive lock; the first to open recovers it."""
    desk = Desk(tmp_path / "j.db", severity=2)
    desk.journal.close()
    workers = [start("come_and_go", tmp_path / "j.db", desk.incident, 60) for _ in range(2)]
    workers += [start("read", tmp_path / "j.db", desk.incident, 150) for _ in range(3)]
    finished(*workers)
    journal = Journal.reading(tmp_path / "j.db", desk.clock)
    assert len(journal.events(desk.incident)) == 121
    journal.close()


@pytest.mark.parametrize("running", [False, True])
def test_a_journal_that_may_not_be_changed_can_be_read(running: bool) -> None:
    # Not tmp_path: pytest's folders are closed to everybody else.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = Desk(folder / "j.db", severity=2)
        desk.type("a fact")
        if not running:
            desk.journal.close()
        before = (folder / "j.db").read_bytes() if not running else b""
        for found in folder.iterdir():
            found.chmod(0o444)
        folder.chmod(0o555)
        try:
            (said,) = finished(start("without_rights", folder / "j.db", desk.incident))
        finally:
            folder.chmod(0o755)
        assert said == ["2", "ReadOnly", "ReadOnly", "ReadOnly"]
        if running:
            desk.type("goes on")
            desk.journal.close()
        else:
            assert (folder / "j.db").read_bytes() == before
        assert {found.name for found in folder.iterdir()} == {"j.db"}
