"""What was acknowledged is in the journal, whatever happens to the process or the disk."""

import random
import signal
import time
from pathlib import Path

import pytest

from scribe.journal.store import Journal
from tests.fakes.desk import Desk
from tests.fakes.processes import finished, start


@pytest.mark.slow
def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(20261120)
    desk = Desk(tmp_path / "j.db", severity=2)
    acknowledged = 0
    known: set[str] = set()
    for _ in range(15):
        pair = [start("append", tmp_path / "j.db", desk.incident, 0) for _ in range(2)]
        said = []
        for worker in pair:
            assert worker.stdout is not None
            said.append(worker.stdout.readline())
        time.sleep(chance.uniform(0, 0.15))
        for worker, first in zip(pair, said, strict=True):
            worker.send_signal(signal.SIGKILL)
            out, errors = worker.communicate(timeout=30)
            assert worker.returncode == -signal.SIGKILL, errors
            whole = (first + out).rpartition("\n")[0].splitlines()  # a last line that was cut is no acknowledgement
            acknowledged += len(whole)
            known.update(whole)
        stored = {f"{event.id} {event.ref}" for event in desk.journal.events(desk.incident)}
        assert known <= stored
        assert len(known) == acknowledged
    verdict = desk.verify()
    assert verdict.ok
    assert verdict.head == desk.board.head
    assert desk.state().board == desk.board
    assert acknowledged > 30
    desk.journal.close()


@pytest.mark.slow
@pytest.mark.parametrize("more", [0, 40_000, 90_000])
def test_a_full_disk_loses_nothing_it_acknowledged(tmp_path: Path, more: int) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    (said,) = finished(start("fill", tmp_path / "j.db", desk.incident, more))
    *ids, error = said
    assert error in ("Full", "JournalError")
    assert more == 0 or ids
    stored = [event.id for event in desk.journal.events(desk.incident)][1:]
    assert stored == ids
    assert desk.verify().ok
    desk.type("there is room again")
    desk.journal.close()
    again = Journal.writing(tmp_path / "j.db", desk.clock, wait=0.0)
    assert len(again.events(desk.incident)) == len(ids) + 2
    assert again._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again.close()
