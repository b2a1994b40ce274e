"""`python -m tests.benchmarks`: measure, and write docs/BENCHMARKS.md. With --quick only show what would be written."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import afterwards, measures
from tests.benchmarks.journals import filled
from tests.benchmarks.measures import Place, Row

_MEASURES: dict[str, Callable[[Place], list[Row]]] = {
    "start": measures.starting,
    "typing": measures.typing,
    "others": measures.others,
    "copying": measures.copying,
    "idle": measures.idling,
    "commands": measures.commands,
    "append": measures.appending,
    "coordination": measures.coordinating,
    "afterwards": afterwards.exporting,
}

_PAGE = """# Benchmarks

Measured on {date} by `make bench`. Read the ratios and whether a target is met: the milliseconds are this machine's.

{machine}

| what | found | against | ratio | must reach | met |
|---|---|---|---|---|---|
{rows}

- Every time of the screen is taken outside of it, through a pseudo-terminal of 120 × 40: from the bytes of a key, or
  from the fork, to the bytes of the text that it brings. Nothing answers the questions that Textual asks the terminal,
  for neither side.
- A rival runs in the same run, turn by turn with what it is compared to; times without p50 or p99 are medians of
  {rounds} runs, after one that fills the caches.
- The journal of {entries:,} entries holds facts and some three hundred hypotheses and actions, nearly all of them
  closed again; the typing is measured once every entry is loaded.
- An append is compared to a write and fdatasync of the event's own bytes: the write-ahead log writes whole pages.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and entries; writes no file")
    parser.add_argument("--only", choices=list(_MEASURES), action="append", help="only this; writes no file")
    options = parser.parse_args(argv)
    rounds, entries = (5, 20_000) if options.quick else (21, 100_000)
    rows: list[Row] = []
    with TemporaryDirectory(prefix="scribe-bench-") as name:
        folder = Path(name)
        say(f"writing journals of 0, 10,000 and {entries:,} entries")
        place = Place(
            folder,
            filled(folder / "none.db", 0),
            filled(folder / "some.db", 10_000),
            filled(folder / "many.db", entries),
            rounds,
            entries,
        )
        about = machine(fsync(folder))
        for label, measure in _MEASURES.items():
            if not options.only or label in options.only:
                say(f"measuring {label}")
                found = measure(place)
                rows += found
                for row in found:
                    print("  ", line(row), flush=True)
    page = _PAGE.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=about,
        rows="\n".join(map(line, rows)),
        rounds=rounds,
        entries=entries,
    )
    if options.quick or options.only:
        print(f"\n{page}")
    else:
        Path("docs").mkdir(exist_ok=True)
        Path("docs/BENCHMARKS.md").write_text(page, encoding="utf-8")
        say("written to docs/BENCHMARKS.md")
    return int(any(row.met is False for row in rows))


def line(row: Row) -> str:
    """A row of the table."""
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    return f"| {row.what} | {row.found} | {row.rival} | {row.ratio} | {row.target} | {met} |"


def machine(sync: float) -> str:
    """What it was measured on; nothing that would name it."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Textual {version('textual')}"
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}. {versions}."
        f" A write and fsync of 4 KiB takes {measures.ms(sync)} (median)."
        f" Load average when the measuring began: {os.getloadavg()[0]:.1f}{priority()}."
    )


def priority() -> str:
    """Whether the measuring came before whatever else ran on the machine, for both sides alike."""
    if not hasattr(os, "sched_getscheduler") or os.sched_getscheduler(0) == os.SCHED_OTHER:
        return ""
    return "; both sides ran with real-time priority"


def processor() -> str:
    """The processor's model."""
    try:
        for found in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if found.startswith("model name"):
                return found.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def fsync(folder: Path) -> float:
    """How long this disk takes."""
    found = []
    with (folder / "fsync.bin").open("ab", buffering=0) as file:
        for _ in range(200):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fsync(file.fileno())
            found.append(time.perf_counter() - began)
    return measures.middle(found)


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
