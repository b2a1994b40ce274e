"""What was acknowledged is in the journal, whatever happens to the process or the disk.

A few of each fault; ``make torture`` provokes thousands with the same code.
"""

from pathlib import Path

import pytest

from scribe.journal.store import Journal
from tests.durability import kills, points, unsent, work
from tests.durability.forks import can_inject
from tests.durability.operations import OPERATIONS, Operation
from tests.durability.tally import FAILED
from tests.fakes.desk import Desk
from tests.fakes.processes import finished, start


def named(*names: str) -> list[Operation]:
    """Some of the operations."""
    found = [operation for operation in OPERATIONS if operation.name in names]
    assert len(found) == len(names)
    return found


@pytest.mark.slow
def test_a_killed_process_loses_nothing_it_acknowledged() -> None:
    found = kills.run(20, seed=20261120)
    assert (found[FAILED], found["kills"]) == (0, 20)
    assert found["acknowledged"]


@pytest.mark.slow
@pytest.mark.parametrize(("names", "company"), [(("append", "erase"), False), (("append",), True)])
def test_killed_as_it_writes_it_is_done_as_a_whole_or_not_at_all(names: tuple[str, ...], company: bool) -> None:
    if not can_inject():
        pytest.skip("there is no strace here, or it may not trace")
    found = points.run(named(*names), every=25, company=company)
    assert found[FAILED] == 0
    assert all(found[name] > 3 for name in names)


@pytest.mark.slow
def test_a_kill_loses_less_than_a_second_of_typing() -> None:
    found = unsent.run(8, seed=1, longest=1.0)
    assert (found[FAILED], found["kills"]) == (0, 8)
    assert found["worst loss in ms"] <= 1000 * unsent.MOST


def test_typing_is_kept_here_as_often_as_on_the_screen() -> None:
    from scribe.ui import intervals

    assert work.POLL == intervals.POLL


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
