"""What a run counts, and what went wrong in it: one failure does not end a run of thousands."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

FAILED = "failed"
"""The count of what went wrong; a run in which it is not 0 broke the promise."""

_SHOWN = 5
_HOPELESS = 20


class Tally:
    """Counts by name."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []

    def add(self, name: str, count: int = 1) -> None:
        """So many more of these."""
        self.counts[name] += count

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Note it as a failure when anything is raised within."""
        try:
            yield
        except Exception:
            self.failures.append(f"{what}\n{traceback.format_exc()}")

    @property
    def hopeless(self) -> bool:
        """Whether so much went wrong that to go on tells nothing more."""
        return len(self.failures) >= _HOPELESS

    def result(self) -> dict[str, int]:
        """The counts, with that of the failures; the first of those are told where errors go."""
        for failure in self.failures[:_SHOWN]:
            sys.stderr.write(f"FAILED: {failure}\n")
        return {**self.counts, FAILED: len(self.failures)}
