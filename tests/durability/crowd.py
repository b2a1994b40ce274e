"""Eight write and two read at once: nobody is turned away, nothing is lost, nothing is there twice."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from scribe.journal.store import Journal
from tests.durability.forks import Forks, Task
from tests.durability.holds import journal_holds, must
from tests.durability.journals import CLOCK, begun
from tests.durability.tally import Tally

WRITERS, READERS = 8, 2


def run(count: int, seed: int = 0) -> dict[str, int]:
    """Each writer records ``count`` entries; half of them open the journal for each anew. Readers read meanwhile."""
    tally = Tally()
    with Forks() as forks, TemporaryDirectory(prefix="scribe-crowd-") as name, tally.trying("eight writers"):
        path = begun(Path(name))
        before = _entries(path)
        tasks = [Task("append", name, {"count": count}) for _ in range(WRITERS // 2)]
        tasks += [Task("come_and_go", name, {"count": count}) for _ in range(WRITERS // 2)]
        tasks += [Task("look", name, {"count": count}) for _ in range(READERS)]
        found = forks.run(*tasks)
        for outcome in found:
            must(outcome.code == 0, "somebody was turned away", outcome.said[-1:], outcome.code)
        acknowledged = journal_holds(path, found, again=False)
        must(acknowledged == WRITERS * count == _entries(path) - before, "not every entry is there once", acknowledged)
        tally.add("writers", WRITERS)
        tally.add("readers", READERS)
        tally.add("acknowledged", acknowledged)
        tally.add("looks", sum(line[0] for outcome in found for line in outcome.of("looked")))
    return tally.result()


def _entries(path: Path) -> int:
    journal = Journal.reading(path, CLOCK)
    try:
        return sum(len(journal.events(incident)) for incident in journal.incidents())
    finally:
        journal.close()
