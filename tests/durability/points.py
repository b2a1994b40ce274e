"""Killed at every write, sync, rename and their like, for whatever scribe does to a file.

strace kills a process as it makes its call number N of a kind, for N = 1, 2, 3 … until it ends by itself. What was
written before is there and what comes after is not; so between them the places before and behind every call are met.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.recorder import Recorder
from tests.durability.forks import CALLS, REACH, Forks, Outcome, Task
from tests.durability.holds import alone, journal_holds, must
from tests.durability.journals import CLOCK, INCIDENT, begun, typed
from tests.durability.operations import OPERATIONS, Operation
from tests.durability.tally import Tally


def run(operations: Sequence[Operation] = OPERATIONS, *, every: int = 1, company: bool = False) -> dict[str, int]:
    """Kill each operation at each of its calls (with ``every``, at each so-manieth); the kills of each, and in all.

    With ``company`` another process has the journal open all the while and goes on recording: then no log is put in
    order by the next one to open it, and what the dead one left in shared memory counts.
    """
    tally = Tally()
    if company:
        operations = [one for one in operations if one.ready is begun]
    with Forks("signal=KILL") as forks, TemporaryDirectory(prefix="scribe-points-") as name:
        for operation in operations:
            folder = Path(name) / "one"
            _one(operation, folder, forks, tally, every, company=company)
            shutil.rmtree(folder)
    return tally.result()


def _one(operation: Operation, folder: Path, forks: Forks, tally: Tally, every: int, *, company: bool) -> None:
    place = folder / "place"
    template = operation.template(place)
    stood = operation.standing(template)
    for call in CALLS:
        for number in range(1, REACH[call] + 1, every):
            if tally.hopeless:
                return
            shutil.copytree(template, place)
            ended = False
            with tally.trying(f"{operation.name}, killed at {call} {number}"):
                with _company(place / operation.place) if company else nullcontext():
                    outcome = forks.at(call, number, operation.work, place, **operation.asked)
                ended = not outcome.killed
                must(not ended or outcome.code in operation.codes, "it ended otherwise", outcome)
                must(not ended or number < REACH[call], "it makes more calls than are counted")
                _looked_at(operation, place, [stood, outcome], forks)
                if not ended:
                    tally.add(operation.name)
                    tally.add("places")
                    tally.add(f"at {call}")
            shutil.rmtree(place)
            if ended:
                break


@contextmanager
def _company(path: Path) -> Iterator[None]:
    """Have the journal open meanwhile, and record behind what the other one did."""
    journal = Journal.writing(path, CLOCK, wait=1.0)
    try:
        recorder = Recorder(journal, INCIDENT, me="kim", policy=DEFAULT)
        typed(recorder, "somebody else is here")
        yield
        _, digest, _ = typed(recorder, "and goes on")
        must(journal.newest(INCIDENT, 1)[0].digest == digest, "whoever is left cannot go on")
    finally:
        journal.close()


def _looked_at(operation: Operation, folder: Path, said: list[Outcome], forks: Forks) -> None:
    """What was acknowledged is there, the work is done as a whole or not at all, and it can be done again."""
    path = folder / operation.place
    for turn in range(2):
        if path.exists():
            journal_holds(path, said)
        owes = any(outcome.of(kind) for outcome in said for kind in ("declared", "recorded"))
        must(path.exists() or not owes, "the journal is gone")
        for made in folder.rglob("*"):
            mode = made.stat().st_mode & 0o777
            must(mode == (0o700 if made.is_dir() else 0o600), "others may look at it", made.name, oct(mode))
        alone(folder, *operation.leaves)
        operation.check(folder, said)
        if turn:
            break
        (again,) = forks.run(Task(operation.work, str(folder), operation.asked))
        must(again.code in operation.codes or (operation.is_once and again.code == 2), "it cannot be done again", again)
        said.append(again)
