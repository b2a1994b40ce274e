"""The faults that are provoked thousands of times: where each has its ``run``, and how often it is done."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from msgspec import Struct

from tests.durability import corruptions
from tests.durability.forks import ROOT
from tests.durability.tally import FAILED

SEED = 20261120


class Part(Struct, frozen=True):
    """One fault: its name on the page, where its ``run`` is, and what that is given, in full and for a tenth."""

    name: str
    module: str
    full: Mapping[str, Any]
    quick: Mapping[str, Any]


def _counted(name: str, module: str, count: int) -> Part:
    quick = {"count": max(1, count // 10), "seed": SEED}
    return Part(name, module, {"count": count, "seed": SEED}, quick)


TOGETHER = (
    _counted("kills", "tests.durability.kills", 10_000),
    Part("points", "tests.durability.points", {}, {"every": 10}),
    Part("disks", "tests.durability.disks", {"every": 11}, {"every": 60, "first": 10}),
    _counted("power", "tests.durability.power", 2_000),
    Part("company", "tests.durability.points", {"company": True}, {"company": True, "every": 10}),
    _counted("altered", "tests.durability.altered", 2_000),
    _counted("salvage", "tests.durability.corruptions", 2_000),
    _counted("hostile", "tests.hostile.fuzz", 40),
    _counted("screens", "tests.hostile.screens", 10),
    _counted("restricted", "tests.hostile.exits", 10),
)
"""What may run beside something else."""

ALONE = (
    _counted("bytes", "tests.terminal.walks", 3),
    _counted("unsent", "tests.durability.unsent", 200),
    _counted("crowd", "tests.durability.crowd", 250),
    _counted("terminal", "tests.durability.terminal_run", 50),
)
"""What is timed, and runs by itself."""


def counted(part: Part, *, quick: bool) -> dict[str, int]:
    """Run one part; what it raises is one failure."""
    began = time.monotonic()
    try:
        run = import_module(part.module).run
        counts: dict[str, int] = dict(run(**(part.quick if quick else part.full)))
    except Exception:
        say(f"FAILED: {part.name}\n{traceback.format_exc()}")
        counts = {FAILED: 1}
    if part.name == "salvage":
        counts[FAILED] = counts.get(FAILED, 0) + sum(counts.get(name, 0) for name in corruptions.NEVER)
    say(f"{part.name}: {time.monotonic() - began:.0f} s")
    return counts


def marked(*, quick: bool) -> dict[str, int]:
    """The tests that are too long for every run."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup"]
    command += ["-m", "torture", "tests"]
    if quick:
        command += ["-k", "erase or files or read_only"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed, skipped = (re.search(rf"(\d+) {word}", done.stdout) for word in ("passed", "skipped"))
    if done.returncode:
        say(f"FAILED: pytest -m torture ended with {done.returncode}\n{done.stdout[-5000:]}")
    say(f"marked: {time.monotonic() - began:.0f} s")
    return {
        "tests": int(passed[1]) if passed else 0,
        "skipped": int(skipped[1]) if skipped else 0,
        FAILED: int(done.returncode != 0),
    }


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(text, file=sys.stderr, flush=True)
