"""Workers as real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(*arguments: object) -> subprocess.Popen[str]:
    """A worker that runs; see tests.fakes.worker."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.worker", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(*workers: subprocess.Popen[str]) -> list[list[str]]:
    """The lines that each worker said; an error of any is an error of the test."""
    said = []
    for worker in workers:
        out, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
        said.append(out.splitlines())
    return said
