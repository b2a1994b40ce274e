"""kill -9 at any moment: several processes at once work on one journal, and each is killed when nobody expects it."""

from __future__ import annotations

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from tests.durability.forks import Forks, Task
from tests.durability.holds import alone, copies_hold, exports_hold, journal_holds
from tests.durability.journals import begun
from tests.durability.tally import Tally

AT_ONCE = 4
"""Processes at a time."""

AGE = 12
"""Rounds after which a journal has become long enough, and a new one is begun."""

KINDS = {"acknowledged": "recorded", "exports": "exported", "erasures": "erased", "declarations": "declared"}
"""What is counted of what the processes had acknowledged when they were killed."""

SHORTEST = 0.04
"""Seconds that the longest life of a process has at least."""


def run(count: int, seed: int) -> dict[str, int]:
    """Kill ``count`` processes, look at the journal after every few, and count what they had acknowledged."""
    chance = random.Random(seed)
    tally = Tally()
    with Forks() as forks, TemporaryDirectory(prefix="scribe-kills-") as name:
        while tally.counts["kills"] < count and not tally.hopeless:
            folder = Path(mkdtemp(dir=name))
            with tally.trying(f"kills, seed {seed}, after {tally.counts['kills']}"):
                _one_journal(folder, forks, chance, tally, count)
    return tally.result()


def _one_journal(folder: Path, forks: Forks, chance: random.Random, tally: Tally, count: int) -> None:
    path = begun(folder)
    longest = _expected(folder, forks)
    said = []
    for _ in range(AGE):
        tasks = [_task(folder, chance, longest) for _ in range(min(AT_ONCE, count - tally.counts["kills"]))]
        if not tasks:
            return
        found = forks.run(*tasks)
        said += found
        tally.add("kills", sum(outcome.killed for outcome in found))
        for name, kind in KINDS.items():
            tally.add(name, sum(len(outcome.of(kind)) for outcome in found))
        journal_holds(path, said)
        exports_hold(folder, said)
        tally.add("copies", copies_hold(folder, found))
        alone(folder, "timeline.txt")
        tally.add("looks")


def _expected(folder: Path, forks: Forks) -> float:
    """How long it takes now, on this machine, to open the journal and record a few entries."""
    beginning = time.perf_counter()
    forks.run(*(Task("append", str(folder), {"count": 5}) for _ in range(AT_ONCE)))
    return max(SHORTEST, 1.5 * (time.perf_counter() - beginning))


def _task(folder: Path, chance: random.Random, longest: float) -> Task:
    # One in five hardly comes to open the journal.
    lives = chance.uniform(0, longest / 10 if chance.random() < 0.2 else longest)
    return Task("anything", str(folder), {"seed": chance.randrange(1 << 30)}, lives)
