"""`python -m tests.durability`: provoke every fault thousands of times, and write docs/DURABILITY.md from the counts.

With TORTURE=quick, or --quick, a tenth of it, and only shown.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import msgspec

from scribe.journal.filesystem import mounted
from tests.benchmarks.__main__ import processor
from tests.durability.forks import can_inject
from tests.durability.operations import OPERATIONS
from tests.durability.page import page
from tests.durability.parts import ALONE, TOGETHER, counted, marked, say
from tests.durability.tally import FAILED

COUNTED = Path("build/torture.json")
"""What was counted last, so that a part can be run again once what it found is mended."""


class Counted(msgspec.Struct, frozen=True):
    """The counts of each part, the seconds that all of it took, and which parts were run again."""

    counts: dict[str, dict[str, int]]
    seconds: float
    again: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Provoke it all; 1 when anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability", description=__doc__)
    parser.add_argument("--quick", action="store_true", default=os.environ.get("TORTURE") == "quick")
    names = [part.name for part in (*TOGETHER, *ALONE)] + ["marked"]
    parser.add_argument("--only", choices=names, action="append", help="only this; writes no file")
    parser.add_argument(
        "--again", choices=names, action="append", help="only this, the rest as it was counted last; writes the page"
    )
    options = parser.parse_args(argv)
    if not can_inject():
        say("strace is missing, or may not trace: the faults cannot be put in")
        return 1
    wanted = options.only or options.again or names
    began = time.monotonic()
    before = msgspec.json.decode(COUNTED.read_bytes(), type=Counted) if options.again else Counted({}, 0, ())
    found = dict(before.counts)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        waiting: dict[str, Future[dict[str, int]]] = {}
        for part in TOGETHER:
            if part.name in wanted:
                waiting[part.name] = pool.submit(counted, part, quick=options.quick)
        for name, future in waiting.items():
            found[name] = future.result()
    for part in ALONE:
        if part.name in wanted:
            found[part.name] = counted(part, quick=options.quick)
    if "marked" in wanted:
        found["marked"] = marked(quick=options.quick)
    took = time.monotonic() - began + before.seconds
    for name, counts in found.items():
        say(f"{name}: {', '.join(f'{key} {count:,}' for key, count in counts.items())}")
    failed = sum(counts.get(FAILED, 0) for counts in found.values())
    say(f"{failed} failed, after {took / 60:.1f} minutes")
    if not options.only:
        again = tuple(dict.fromkeys((*before.again, *(options.again or ()))))
        COUNTED.parent.mkdir(exist_ok=True)
        COUNTED.write_bytes(msgspec.json.encode(Counted(found, took, again)))
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        text = page(found, machine=machine(), date=today, minutes=round(took / 60), again=again)
        if options.quick:
            sys.stdout.write(text)
        else:
            Path("docs/DURABILITY.md").write_text(text, encoding="utf-8")
            say("written to docs/DURABILITY.md")
    return int(failed > 0)


def machine() -> str:
    """What it was run on; nothing that would name it."""
    place = mounted(Path(tempfile.gettempdir()))
    return (
        f"{processor()}, {os.cpu_count()} cores; Linux {platform.release().split('-')[0]}, "
        f"{place.kind if place else 'an unknown file system'}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; {len(OPERATIONS)} kinds of work."
    )


if __name__ == "__main__":
    sys.exit(main())
