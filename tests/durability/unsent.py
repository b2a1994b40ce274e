"""How much of what is typed and not yet sent is lost when the process is killed: at most a second's worth."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.recorder import Recorder
from tests.durability.forks import Forks, Outcome, Task
from tests.durability.holds import must
from tests.durability.journals import CLOCK, INCIDENT, begun
from tests.durability.tally import Tally

MOST = 1.0
"""Seconds of typing that may be lost."""

AT_ONCE = 20
"""People who type at the same time, each in a box of their own."""


def run(count: int, seed: int, longest: float = 2.5) -> dict[str, int]:
    """Kill ``count`` processes in which somebody types; the worst loss in milliseconds."""
    chance = random.Random(seed)
    tally = Tally()
    worst = 0.0
    with Forks() as forks, TemporaryDirectory(prefix="scribe-unsent-") as name:
        path = begun(Path(name))
        while tally.counts["kills"] < count and not tally.hopeless:
            lives = [chance.uniform(0.2, longest) for _ in range(min(AT_ONCE, count - tally.counts["kills"]))]
            found = forks.run(*(Task("type_slowly", name, {}, life) for life in lives))
            tally.add("kills", len(found))
            with tally.trying(f"unsent texts, seed {seed}"):
                worst = max(worst, _worst(path, found))
    tally.add("worst loss in ms", round(worst * 1000))
    return tally.result()


def _worst(path: Path, found: list[Outcome]) -> float:
    journal = Journal.writing(path, CLOCK, wait=1.0)
    try:
        left = {unsent.box: unsent.text for unsent in Recorder(journal, INCIDENT, me="s", policy=DEFAULT).unsent()}
        worst = 0.0
        for outcome in found:
            typed = outcome.of("typed")
            restored = left.get(f"box-{outcome.pid}", "")
            must(not restored or restored in {text for _, text in typed}, "what is restored was never typed", restored)
            lost = [when for when, text in typed if len(text) > len(restored)]
            if lost:
                worst = max(worst, outcome.ended - lost[0])
        must(worst <= MOST, "more than a second of typing is lost", worst)
        return worst
    finally:
        journal.close()
