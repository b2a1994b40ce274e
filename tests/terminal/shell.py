"""Somebody's home with a journal in it, and what a person does with it: the screen, and commands in another window."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from scribe.clock import Clock
from scribe.journal.store import Journal
from scribe.record.chain import verify
from scribe.record.events import Event
from tests.terminal.terminal import Terminal, environment, scribe

READY = "F1 help"
"""The last line of the incident's screen."""


class Shell:
    """A home with a journal, and the ways of a person with it: the screen, and commands in another window."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "journal.db"

    def env(self, **more: str) -> dict[str, str]:
        return environment(self.home, **more)

    def run(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*scribe(), *words], env=self.env(), input=stdin, capture_output=True, timeout=20)

    def declare(self) -> None:
        assert self.run("new", "Checkout fails in EU", "--sev", "2").returncode == 0

    def open(self, size: tuple[int, int] = (120, 40), more: dict[str, str] | None = None) -> Terminal:
        terminal = Terminal(scribe(), env=self.env(**(more or {})), size=size, cwd=self.home)
        try:
            terminal.sees(READY)
        except AssertionError:
            terminal.end()
            raise
        return terminal

    def texts(self) -> list[str]:
        """What the journal holds, the declaration left out; its chain must be whole."""
        return [event.text for event in self.events()[1:]]

    def events(self) -> list[Event]:
        with closing(Journal.reading(self.path, Clock())) as journal:
            (incident,) = journal.incidents()
            assert verify(journal.stored(incident)).ok
            return journal.events(incident)

    def drafts(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            return [row[0] for row in connection.execute("SELECT text FROM drafts")]

    @contextmanager
    def lock(self, *, alone: bool = False) -> Iterator[sqlite3.Connection]:
        """Hold the journal's write lock; ``alone``: nobody can read either."""
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=5)) as connection:
            if alone:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def recorded(terminal: Terminal, shell: Shell, count: int) -> list[str]:
    """Wait until the journal holds so many entries behind the declaration."""
    terminal.until(lambda: len(shell.texts()) >= count, f"{count} entries")
    return shell.texts()
