"""Starts scribe where it may not write: without a right to do so, or on a file system that is mounted read-only.

``python -m tests.durability.confined`` carries out commands, one a line of standard input as JSON, in one process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def without_rights() -> list[str]:
    """What goes before a command so that permissions bind it, whoever starts it. Skips where root cannot do that."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may do anything, and there is no setpriv to forgo that")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"]


def mounted_read_only(folder: Path) -> list[str]:
    """What goes before a command so that it finds the folder on a read-only file system. Skips where none may mount."""
    before = ["unshare", "--mount", "sh", "-c", _MOUNT, str(folder)]
    if shutil.which("unshare") is None or subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    return before


def environment(path: Path) -> dict[str, str]:
    """For a process that works on this journal."""
    return {**os.environ, "SCRIBE_DB": str(path), "SCRIBE_ME": "sam", "PYTHONPATH": str(ROOT)}


def carried_out(before: list[str], path: Path, *commands: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of each command, all of them in one process."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.durability.confined"],
        input="\n".join(map(json.dumps, commands)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(path),
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def seen(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file in the folder, with what it holds and when it was changed."""
    return {
        file.name: (sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _main() -> None:
    from scribe.cli.root import run

    for line in sys.stdin.read().splitlines():
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(json.loads(line))
            out.flush()
        assert isinstance(out.buffer, io.BytesIO)
        sys.stdout.write(json.dumps([code, out.buffer.getvalue().decode(), err.getvalue()]) + "\n")


if __name__ == "__main__":
    _main()
