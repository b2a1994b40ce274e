"""The command line, called in this process with a clock that stands still, and as a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scribe.cli.root import run
from scribe.clock import FixedClock

TREE = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 20, 14, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """Standard output by lines."""
        return self.out.splitlines()


class Cli:
    """Calls the command line in this process; the clock moves only when a test moves it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.clock = FixedClock(NOON)
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *argv: str, stdin: bytes = b"") -> Result:
        """Carry out one command."""
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capsys.readouterr()
        code = run(argv, self.clock)
        found = self._capsys.readouterr()
        return Result(code, found.out.decode(), found.err.decode())

    def new(self, *argv: str) -> str:
        """Declare an incident; returns its id."""
        result = self("new", *(argv or ("Checkout fails", "--sev", "2")))
        assert result.code == 0, result.err
        return result.out.strip()

    def log(self, *lines: str, apart: float = 30) -> None:
        """Record lines, each some seconds after the one before."""
        for line in lines:
            self.clock.advance(apart)
            result = self("log", line)
            assert result.code == 0, result.err

    def entries(self, *argv: str) -> list[Any]:
        """The timeline as JSON."""
        return list(self("timeline", "--format", "json", *argv).json)


class Process:
    """Starts the command line as a process of its own."""

    def __init__(self, path: Path) -> None:
        self.environ = {**os.environ, "SCRIBE_DB": str(path), "PYTHONPATH": str(TREE)}
        self.environ.pop("PYTHONUNBUFFERED", None)  # it would hide that an answer was not flushed

    def argv(self, *argv: str) -> list[str]:
        """The command as the system starts it."""
        return [sys.executable, "-m", "scribe", *argv]

    def __call__(self, *argv: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None, **more: Any) -> Result:
        """Carry out one command."""
        return self.python(self.argv(*argv)[1:], stdin=stdin, environ=environ, **more)

    def python(
        self, argv: Sequence[str], *, stdin: bytes = b"", environ: Mapping[str, str] | None = None, **more: Any
    ) -> Result:
        """Start Python with these arguments."""
        done = subprocess.run(
            [sys.executable, *argv],
            input=stdin,
            capture_output=True,
            env={**self.environ, **(environ or {})},
            timeout=60,
            check=False,
            **more,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the test's journal lies; nothing is there yet."""
    place = tmp_path / "data" / "journal.db"
    monkeypatch.setenv("SCRIBE_DB", str(place))
    monkeypatch.setenv("SCRIBE_ME", "sam")
    return place


@pytest.fixture
def cli(path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return the command line in this process."""
    return Cli(path, capsysbinary, monkeypatch)


@pytest.fixture
def process(path: Path) -> Process:
    """Return the command line as a process."""
    return Process(path)
