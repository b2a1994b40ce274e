"""An erasure killed on its way: nothing is half erased, the chain verifies, and the same command finishes it."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.drafts import Drafts
from scribe.journal.store import Journal
from scribe.record.chain import verify
from scribe.record.events import Draft, Fact, Update
from scribe.record.when import stamp
from scribe.recorder import erase
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.traces import traces

SECRET = "Okonkwo-Lindqvist/flat-77b"
LONG = "".join(random.Random(20261120).choices('abcdefghijklmnopqrstuvwxyz0123456789가나다라마\n"\\', k=6_000))


def begun(folder: Path, secret: str) -> tuple[Path, str]:
    """A journal in which one entry, an amendment, an update and a draft hold the words; its incident."""
    desk = Desk(folder / "j.db", severity=2)
    now = stamp(desk.clock.now())
    desk.type("before it")
    desk.record([Draft(Fact(), secret, now)])
    desk.type(f"/amend #3 \\{SECRET} again")
    desk.record([Draft(Update(next_at=at("13:00")), f"Impact: {secret}"[:60_000], now)])
    Drafts(desk.journal, desk.incident).save("capture", f"{SECRET} once more", now)
    desk.type("behind it")
    desk.journal.close()
    return desk.journal.path, desk.incident


def destroy(path: Path, incident: str, watch: Callable[[str], None] = lambda statement: None) -> str:
    """Erase as the command line does; ``watch`` hears every statement before it is carried out."""
    journal = Journal.writing(path, FixedClock(NOON), wait=0.5)
    journal.connection.set_trace_callback(watch)
    done = erase(journal, incident, ["#3"], "a name", now=NOON, me="alice")
    journal.connection.set_trace_callback(None)
    journal.close()
    return done.pending


def killed(path: Path, incident: str, at_statement: int) -> bool:
    """Whether a process of its own was killed before it carried out that statement of the erasure."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
        return os.WIFSIGNALED(status)
    count = 0

    def watch(statement: str) -> None:
        nonlocal count
        count += 1
        if count == at_statement:
            os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        destroy(path, incident, watch)
        code = 0
    finally:
        os._exit(code)


def looks(path: Path, incident: str) -> tuple[bool, list[str]]:
    """Whether the entry is erased, and the texts of what stands around it. The chain holds, whatever happened."""
    journal = Journal.writing(path, FixedClock(NOON), wait=0.5)
    verdict = verify(journal.stored(incident))
    assert verdict.ok, verdict.first_break
    events = journal.events(incident)
    board = journal.board(incident)
    assert board is not None
    assert board.head == verdict.head
    assert verdict.erased in (0, 3)
    assert verdict.withheld == 0
    journal.close()
    return bool(verdict.erased), [event.text for event in events if event.kind == "fact" and event.seq != 3]


def survives(folder: Path, secret: str, at_statement: int) -> bool:
    """Kill an erasure there and finish it; whether it came so far as to be killed."""
    path, incident = begun(folder, secret)
    was_killed = killed(path, incident, at_statement)
    _, others = looks(path, incident)
    assert others == ["before it", "behind it"]
    assert destroy(path, incident) == ""
    assert traces(path, secret, SECRET) == []
    assert looks(path, incident) == (True, ["before it", "behind it"])
    return was_killed


@pytest.mark.parametrize("begins", ["UPDATE events SET author", "INSERT INTO events", "DELETE FROM drafts", "COMMIT"])
@pytest.mark.parametrize("secret", [SECRET, LONG], ids=["short", "long"])
def test_killed_before_a_step_nothing_is_half_erased(tmp_path: Path, begins: str, secret: str) -> None:
    path, incident = begun(tmp_path / "trial", secret)
    seen: list[str] = []
    assert destroy(path, incident, seen.append) == ""
    place = next(place for place, statement in enumerate(seen, 1) if statement.startswith(begins))
    assert survives(tmp_path, secret, place)


@pytest.mark.parametrize("begins", ["PRAGMA wal_checkpoint", "SELECT name FROM sqlite_master"])
def test_killed_before_the_file_is_wiped_the_same_command_finishes_it(tmp_path: Path, begins: str) -> None:
    path, incident = begun(tmp_path / "trial", LONG)
    seen: list[str] = []
    assert destroy(path, incident, seen.append) == ""
    commit = seen.index("COMMIT")
    place = next((place for place, said in enumerate(seen[commit:], commit + 1) if said.startswith(begins)), 0)
    if not place:
        pytest.skip("nothing was found in the file, so nothing more had to be done")
    path, incident = begun(tmp_path, LONG)
    assert killed(path, incident, place)
    assert looks(path, incident)[0]
    assert destroy(path, incident) == ""
    assert traces(path, LONG, SECRET) == []


@pytest.mark.torture
@pytest.mark.parametrize("secret", [SECRET, LONG, LONG * 10], ids=["short", "long", "longer"])
def test_killed_before_any_statement_the_same_command_finishes_it(tmp_path: Path, secret: str) -> None:
    place = 1
    while survives(tmp_path / str(place), secret, place):
        place += 1
    assert place > 20
