"""Copies while others write, and where there is no room for them."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.backup import Rolling, roll
from scribe.journal.opening import connect
from scribe.journal.reader import Reader
from scribe.journal.store import Journal
from scribe.record.chain import verify
from tests.fakes.desk import NOON, Desk
from tests.fakes.processes import start

_SMALL = """
import resource, signal, sys
from scribe.cli.root import run
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.slow
def test_every_copy_that_is_made_while_others_write_holds_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    desk = Desk(path, severity=2)
    rolling = Rolling(tmp_path / "backups", 100)
    acknowledged: set[str] = set()
    workers = [start("append", path, desk.incident, 0) for _ in range(2)]
    try:
        for number in range(8):
            for worker in workers:
                assert worker.stdout is not None
                acknowledged |= {worker.stdout.readline().strip() for _ in range(10)}
            before = set(acknowledged)
            desk.clock.advance(1)
            with closing(connect(path, "mode=ro")) as connection:
                made = roll(Reader(path, connection), rolling, desk.clock)
            assert made is not None
            with closing(Journal.reading(made, FixedClock(NOON))) as copied:
                assert verify(copied.stored(desk.incident)).ok
                board = copied.board(desk.incident)
                held = copied.events(desk.incident)
            assert board is not None
            assert board.events == len(held)
            assert before <= {f"{event.id} {event.ref}" for event in held}, number
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate(timeout=30)
    desk.journal.close()


@pytest.mark.slow
@pytest.mark.parametrize("file", [True, False])
def test_where_there_is_no_room_nothing_is_left_and_it_is_said(tmp_path: Path, home: Path, file: bool) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    for _ in range(40):
        desk.type("long " * 300)
    into = tmp_path / "copy" / "copy.db"
    into.parent.mkdir()
    desk.journal.close()
    before = (tmp_path / "j.db").read_bytes()
    argv = ["--db", str(tmp_path / "j.db"), "backup", *([str(into)] if file else [])]
    done = subprocess.run([sys.executable, "-c", _SMALL, *argv], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, "")
    named = str(into) if file else str(home / "data" / "scribe" / "backups" / "j-")
    assert done.stderr.startswith(f"scribe: no room left for {named}")
    assert list(into.parent.iterdir()) == []
    assert [path.name for path in home.rglob("*") if path.is_file()] == ([] if file else [".lock"])
    assert (tmp_path / "j.db").read_bytes() == before
