"""One process among many: ``python -m tests.fakes.worker COMMAND FILE …`` works on a journal as scribe would."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from scribe.clock import Clock
from scribe.journal import identity
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.record.errors import JournalError
from scribe.record.events import Draft, Fact
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare

CLOCK = Clock()


def say(*words: object) -> None:
    """Tell the test, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def opened(path: str, incident: str) -> Recorder:
    return Recorder(Journal.writing(Path(path), CLOCK, wait=20), incident, me=str(os.getpid()), policy=DEFAULT)


def append(path: str, incident: str, count: str) -> None:
    """Record so many facts and say which event each became; 0 goes on until it is killed."""
    recorder = opened(path, incident)
    number = 0
    while not int(count) or number < int(count):
        number += 1
        now = CLOCK.now()
        (event,) = recorder.record([Draft(Fact(), f"{os.getpid()} says {number}", stamp(now))], now=now)
        say(event.id, event.ref)


def begin(path: str, title: str) -> None:
    """Declare an incident, in a journal that may not be there yet."""
    journal = Journal.writing(Path(path), CLOCK, wait=20)
    say(declare(journal, title, now=CLOCK.now(), me="w", policy=DEFAULT))
    journal.close()


def come_and_go(path: str, incident: str, count: str) -> None:
    """Open, record one fact and close, so many times: the last to close rewrites the file."""
    for _ in range(int(count)):
        recorder = opened(path, incident)
        now = CLOCK.now()
        recorder.record([Draft(Fact(), "x", stamp(now))], now=now)
        recorder._journal.close()


def read(path: str, incident: str, count: str) -> None:
    """Open for reading, read and close, so many times."""
    for _ in range(int(count)):
        journal = Journal.reading(Path(path), CLOCK)
        assert journal.board(incident)
        assert verify(journal.stored(incident)).ok
        journal.close()


def keep(path: str, incident: str, box: str, text: str) -> None:
    """Save an unsent text, and wait for the end."""
    opened(path, incident).keep(box, text, CLOCK.now())
    say("kept")
    sys.stdin.read()


def fill(path: str, incident: str, more: str) -> None:
    """Record until the file may not grow any more."""
    recorder = opened(path, incident)
    most = max(Path(path + end).stat().st_size for end in ("", "-wal")) + int(more)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    for number in range(10_000):
        now = CLOCK.now()
        try:
            (event,) = recorder.record([Draft(Fact(), f"{number} " + "x" * 2000, stamp(now))], now=now)
        except JournalError as error:
            say(type(error).__name__)
            return
        say(event.id)


def without_rights(path: str, incident: str) -> None:
    """Try to read and to write as somebody who may change neither the file nor its folder."""
    identity.process()  # whose imports nobody may not even read, if Python lies in root's home
    if not os.geteuid():  # root may do anything, and so nobody tries
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
    for attempt in (
        lambda: len(Journal.reading(Path(path), CLOCK).events(incident)),
        lambda: opened(path, incident).record([Draft(Fact(), "x", stamp(CLOCK.now()))], now=CLOCK.now()),
        lambda: Journal.writing(Path(path).parent / "new.db", CLOCK, wait=0.0),
        lambda: Journal.writing(Path(path).parent / "new" / "j.db", CLOCK, wait=0.0),
    ):
        try:
            say(attempt())
        except JournalError as error:
            say(type(error).__name__)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
