"""Whoever has the journal open keeps SQLite's locks on it, whatever else its process does with the file.

A process that opens the file a second time and closes it again loses every lock it holds on it (POSIX). The next one
to leave would then take itself for the last, and take the log away from under whoever is still there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scribe.journal import backup, salvage
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.recorder import Recorder, erase
from tests.durability.forks import Forks, Task
from tests.durability.journals import CLOCK, INCIDENT, begun, typed
from tests.durability.operations import said_to


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


def read_it(journal: Journal) -> None:
    Journal.reading(journal.path, CLOCK).close()


def write_it(journal: Journal) -> None:
    Journal.writing(journal.path, CLOCK, wait=1.0).close()


def verify_it(journal: Journal) -> None:
    said_to(journal.path, "verify")


def copy_it(journal: Journal) -> None:
    backup.place(journal, journal.path.with_name("copy.db"))


def roll_it(journal: Journal) -> None:
    rolling = backup.Rolling(journal.path.with_name("rolling"), 2)
    backup.roll_when_due(journal.path, rolling, CLOCK, every=0.0, stop=lambda: False)


def erase_from_it(journal: Journal) -> None:
    erase(journal, INCIDENT, ["#3"], "a name of a customer", now=CLOCK.now(), me="sam")


def examine_it(journal: Journal) -> None:
    said_to(journal.path, "doctor")


def salvage_it(journal: Journal) -> None:
    salvage.salvage(journal.path, journal.path.with_name("salvaged.db"), CLOCK)


@pytest.mark.parametrize(
    "looks", [read_it, write_it, verify_it, copy_it, roll_it, erase_from_it, examine_it], ids=lambda one: one.__name__
)
def test_a_second_look_in_one_process_lets_no_lock_go(
    tmp_path: Path, forks: Forks, looks: Callable[[Journal], None]
) -> None:
    path = begun(tmp_path)
    journal = Journal.writing(path, CLOCK, wait=1.0)
    recorder = Recorder(journal, INCIDENT, me="sam", policy=DEFAULT)
    typed(recorder, "before")
    looks(journal)
    (other,) = forks.run(Task("append", str(tmp_path), {"count": 1}))
    assert other.code == 0, other.said
    assert path.with_name("j.db-wal").exists()  # the other one has left, and was not the last
    _, digest, _ = typed(recorder, "behind")
    fresh = Journal.reading(path, CLOCK)
    assert fresh.newest(INCIDENT, 1)[0].digest == digest
    fresh.close()
    journal.close()
