"""The disk says no: full, failing, over a quota, too many open files, a file that may not grow.

strace has call number N of a kind fail, for N = 1, 2, 3 …: that one alone, or every one from there on.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from scribe.journal.store import Journal
from tests.durability.forks import Forks, Outcome, Task
from tests.durability.holds import alone, exports_hold, journal_holds, must
from tests.durability.journals import CLOCK, INCIDENT
from tests.durability.operations import OPERATIONS, Operation
from tests.durability.tally import Tally

ERRORS: Mapping[str, tuple[str, ...]] = {
    "ENOSPC": ("pwrite64", "write", "ftruncate", "open", "mkdir", "link", "rename", "fsync", "fdatasync"),
    "EDQUOT": ("pwrite64", "write", "open", "mkdir"),
    "EIO": ("pwrite64", "write", "fsync", "fdatasync", "ftruncate", "open", "rename", "link", "unlink"),
    "EFBIG": ("pwrite64", "write", "ftruncate"),
    "EMFILE": ("open",),
    "ENFILE": ("open",),
}
"""What a system may answer, and to which calls."""

WORKS = (Operation("append, and try again", "go_on"), *(one for one in OPERATIONS if one.work != "append"))
"""What meets them. The first meets each error at each of its calls, the others at some of theirs."""


def run(
    errors: Sequence[str] = tuple(ERRORS), works: Sequence[Operation] = WORKS, *, every: int = 7, first: int = 1
) -> dict[str, int]:
    """Refuse calls; the first work at each ``first``-th of its calls, the others at each ``every``-th."""
    tally = Tally()
    with TemporaryDirectory(prefix="scribe-disks-") as name:
        subjects = [
            Subject(work, work.template(Path(name) / str(number) / "place"), every if number else first)
            for number, work in enumerate(works)
        ]
        for error in errors:
            for lasting in (False, True):
                with Forks(f"error={error}", ERRORS[error], lasting=lasting) as forks:
                    for subject in subjects:
                        _refuse(subject, forks, tally, error, " from there on" * lasting)
                        if tally.hopeless:
                            return tally.result()
    return tally.result()


class Subject(Struct):
    """Work, what it begins with, and at each how-manieth of its calls; how many it makes is found out once."""

    work: Operation
    template: Path
    step: int
    made: dict[str, int] = {}

    def calls(self, call: str, forks: Forks, folder: Path) -> range:
        """The numbers of the calls of that kind that are refused."""
        if call not in self.made:
            shutil.copytree(self.template, folder)
            self.made[call] = forks.made(call, self.work.work, folder, **self.work.asked)
            shutil.rmtree(folder)
        return range(1, self.made[call] + 1, self.step)


def _refuse(subject: Subject, forks: Forks, tally: Tally, error: str, until: str) -> None:
    work, template = subject.work, subject.template
    stood = work.standing(template)
    folder = template.with_name("place")
    for call in ERRORS[error]:
        for number in subject.calls(call, forks, folder):
            shutil.copytree(template, folder)
            with tally.trying(f"{work.name}: {error}{until} at {call} {number}"):
                outcome = forks.at(call, number, work.work, folder, **work.asked)
                tally.add("refusals")
                tally.add(error)
                tally.add("told", bool(outcome.of("refused") or any(said[0] for said in outcome.of("printed"))))
                _spoken(work, outcome, call)
                there = _look(work, folder, [stood, outcome], forks)
                if work is WORKS[0]:
                    tally.add("refused and there all the same", there)
            shutil.rmtree(folder)


def _spoken(work: Operation, outcome: Outcome, call: str) -> None:
    """Whoever was refused was told so in one line, with a hint, and without a traceback."""
    must(not outcome.of("crashed"), "a process fell over", *outcome.of("crashed"))
    for kind, exit_code, message, hint in outcome.of("refused"):
        must(exit_code == (2 if kind in ("ScribeError", "Refused") else 3), "another exit code", kind, exit_code)
        must("\n" not in message and bool(hint), "no one line with a hint", message, hint)
    for code, out, err in outcome.of("printed"):
        must("Traceback" not in out + err and "bug in scribe" not in err, "it fell over", err)
        must(code in (0, 1, 2, 3), "another exit code", code, err)
        must(code in work.codes or bool(err) or call == "write", "an exit code without a word", code)


def _look(work: Operation, folder: Path, said: list[Outcome], forks: Forks) -> int:
    """Nothing acknowledged is missing, and with room again the work is done; how much is there though refused."""
    path = folder / work.place
    if path.exists():
        journal_holds(path, said, again=False)
        journal = Journal.reading(path, CLOCK)
        acknowledged = {line[2] for outcome in said for line in outcome.of("recorded")}
        there = journal.events(INCIDENT)
        surplus = sum(event.digest not in acknowledged for event in there)
        journal.close()
    else:
        surplus = 0
    (again,) = forks.run(Task(work.work, str(folder), work.asked))
    must(again.code in work.codes or (work.is_once and again.code == 2), "it cannot be done again", again)
    if work.work != "bring":
        journal_holds(path, [*said, again])
    exports_hold(folder, [*said, again])
    alone(folder, *work.leaves)
    return surplus
