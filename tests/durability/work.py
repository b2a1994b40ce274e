"""What the short-lived processes do: each opens a journal as scribe does, works, and says what was acknowledged.

"Acknowledged" means that the call came back, which is when the screen shows an entry and the command line prints it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from scribe.cli.beside import write
from scribe.cli.export import Chosen, examined, rendered
from scribe.journal import filesystem
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.record.errors import JournalError
from scribe.record.events import Checkpoint, Draft, Fact
from scribe.record.redact import redact
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare, erase, restore
from scribe.ui.desk import Broken, Desk, Written
from tests.durability.journals import CLOCK, INCIDENT, begun, typed

PAGE = 4096
"""Bytes of a page of the journal."""

PATIENCE = 20.0
"""Seconds that a process waits for the others."""

Work = Callable[..., int | None]


class Say(Protocol):
    """How a process tells what it has done."""

    def __call__(self, kind: str, *words: object) -> None:
        """Tell one thing."""


def opened(folder: Path, wait: float = PATIENCE) -> tuple[Journal, Recorder]:
    """The journal in that folder, as the command line opens it, and the recorder of an incident in it."""
    journal = Journal.writing(folder / "j.db", CLOCK, wait=wait)
    board = journal.board(INCIDENT) or journal.active()
    return journal, Recorder(journal, board.incident if board else INCIDENT, me="sam", policy=DEFAULT)


def warm_up() -> None:
    """Do once what imports when it is needed, so that nothing is imported where the calls are counted."""
    import scribe.cli.log
    import scribe.cli.root  # noqa: F401

    with TemporaryDirectory(prefix="scribe-warm-") as name:
        folder = Path(name)
        new(folder, _unheard)
        begun(folder)
        send(folder, _unheard)
        export(folder, _unheard)


def _unheard(kind: str, *words: object) -> None:
    """Nobody listens."""


def append(folder: Path, say: Say, count: int = 2, size: int = 40, checkpoint: int = 0, place: str = "") -> None:
    """Record so many facts (0: until it is killed)."""
    journal, recorder = opened(folder / place)
    if checkpoint:
        journal.put_off_checkpoints(checkpoint * PAGE)
    number = 0
    while not count or number < count:
        number += 1
        say("recorded", recorder.incident, *typed(recorder, _text(number, size)))
    journal.close()


def shared(folder: Path, say: Say, *, does: str, **asked: object) -> int:
    """Do that where other machines have the file, too, and no log that needs shared memory may be written."""
    real, filesystem.is_shared = filesystem.is_shared, _always
    try:
        return WORK[does](folder, say, **asked) or 0
    finally:
        filesystem.is_shared = real


def _always(path: Path, mounts: Path = filesystem.MOUNTS) -> bool:
    return True


def go_on(folder: Path, say: Say, count: int = 3) -> None:
    """Record so many facts; what is refused is told and typed again, as somebody at a screen would."""
    journal, recorder = opened(folder, wait=0.0)
    for number in range(count):
        for _ in range(2):
            try:
                found = typed(recorder, _text(number, 40))
            except JournalError as error:
                say("refused", type(error).__name__, error.exit_code, error.message, error.hint)
            else:
                say("recorded", INCIDENT, *found)
                break
    with suppress(JournalError):
        journal.close()


def amend(folder: Path, say: Say) -> None:
    """Correct an entry, and take another one back."""
    journal, recorder = opened(folder)
    for line in (f"/amend #5 {_text(1, 900)}", f"/retract #2 {_text(2, 40)}"):
        say("recorded", INCIDENT, *typed(recorder, line))
    journal.close()


def send(folder: Path, say: Say) -> None:
    """Type a line as the screen takes it: kept while it is typed, then Enter."""
    journal, recorder = opened(folder)
    desk = Desk(recorder, UTC)
    for number in range(2):
        _type(desk, say, _text(number, 60))
    journal.close()


def new(folder: Path, say: Say) -> None:
    """Declare an incident in a journal that is not there, in folders that are not there."""
    journal = Journal.writing(folder / "new" / "deeper" / "j.db", CLOCK, wait=PATIENCE)
    _declare(journal, say, f"INC-20261120-N{os.getpid()}")
    journal.close()


def migrate(folder: Path, say: Say) -> None:
    """Open what an older version left, and record into it."""
    journal = Journal.writing(folder / "j.db", CLOCK, wait=PATIENCE)
    say("opened")
    if journal.board(INCIDENT) is None:
        _declare(journal, say, INCIDENT)
    say("recorded", INCIDENT, *typed(Recorder(journal, INCIDENT, me="sam", policy=DEFAULT), _text(1, 40)))
    journal.close()


def checkpoint(folder: Path, say: Say) -> None:
    """Hand over with a packet, and tidy the log."""
    journal, recorder = opened(folder)
    _hand_over(recorder, say)
    journal.tidy()
    journal.close()


def reindex(folder: Path, say: Say) -> None:
    """Fold every board anew."""
    journal, _ = opened(folder)
    say("folded", journal.reindex())
    journal.close()


def bring(folder: Path, say: Say, count: int = 120) -> None:
    """Import an incident: all of it or nothing."""
    journal = Journal.writing(folder / "j.db", CLOCK, wait=PATIENCE)
    source = Recorder(journal, INCIDENT, me="sam", policy=DEFAULT).events()
    first = Draft(source[0].payload, "brought", source[0].at)
    drafts = [first, *(Draft(Fact(), _text(number, 300), source[0].at) for number in range(count - 1))]
    incident = f"INC-20261120-B{os.getpid()}"
    say("bringing", incident, count)
    restore(journal, incident, drafts, now=CLOCK.now(), me="sam", policy=DEFAULT)
    say("brought", incident, count)
    journal.close()


def export(folder: Path, say: Say, force: bool = False) -> None:
    """Write the postmortem into a file."""
    journal = Journal.reading(folder / "j.db", CLOCK)
    passed = redact(Recorder(journal, INCIDENT, me="sam", policy=DEFAULT).load())
    journal.close()
    chosen = Chosen("layered")
    document = examined(passed, DEFAULT, UTC, now=stamp(CLOCK.now()), template=chosen.name, draft=True)
    _export(folder / "postmortem.md", say, rendered(document, passed, chosen, "md"), force=force)


def command(folder: Path, say: Say, *, words: list[str]) -> int:
    """One command of the command line, with what it printed; its exit code. ``{folder}`` stands for the folder."""
    from scribe.cli.root import run

    printed = [os.memfd_create(name) for name in ("out", "err")]
    for number, handle in enumerate(printed, 1):
        os.dup2(handle, number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    words = [word.replace("{folder}", str(folder)) for word in words]
    say("doing", *words)
    code = run(["--db", str(folder / "j.db"), *words])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    say("printed", code, *(os.pread(handle, 10_000, 0).decode(errors="replace") for handle in printed))
    return code


def erase_on(folder: Path, say: Say) -> None:
    """Erase an entry while the journal is open and its page still stands in the log, and go on."""
    journal, recorder = opened(folder)
    for turn in range(2):
        for number in range(3):
            say("recorded", recorder.incident, *typed(recorder, _text(number, 40)))
        if not turn:
            say("doing", "erase")
            gone = erase(journal, recorder.incident, ["#3"], "a name of a customer", now=CLOCK.now(), me="sam")
            say("printed", 0 if not gone.pending else 3, gone.pending, "")
    journal.close()


def type_slowly(folder: Path, say: Say, step: float = 0.05) -> None:
    """Type for ever and send nothing; what is typed is kept as often as the screen does. Says when each was typed."""
    _, recorder = opened(folder)
    desk = Desk(recorder, UTC, f"box-{os.getpid()}")
    text, looked = "", time.monotonic()
    while True:
        text += f"word{len(text)} "
        desk.edit(text, CLOCK.now())
        say("typed", time.monotonic(), text)
        if time.monotonic() - looked >= POLL:
            looked = time.monotonic()
            desk.keep(CLOCK.now())
        time.sleep(step)


POLL = 0.2
"""Seconds between two looks of the screen at what is typed; `scribe.ui.intervals` has the same."""


def come_and_go(folder: Path, say: Say, count: int) -> None:
    """Open, record and close, so many times: the last to close rewrites the file."""
    for number in range(count):
        journal, recorder = opened(folder)
        say("recorded", INCIDENT, *typed(recorder, _text(number, 40)))
        journal.close()


def look(folder: Path, say: Say, count: int) -> None:
    """Open for reading, verify and close, so many times."""
    for _ in range(count):
        journal = Journal.reading(folder / "j.db", CLOCK)
        assert journal.board(INCIDENT)
        assert verify(journal.stored(INCIDENT)).ok
        journal.close()
    say("looked", count)


SHARES = {
    "fact": 8,
    "sent": 6,
    "amend": 4,
    "export": 2,
    **dict.fromkeys(("declare", "hand over", "tidy", "backup", "erase"), 1),
}
"""How often a process does what."""


def anything(folder: Path, say: Say, seed: int) -> None:
    """Work until killed: entries, corrections, drafts, exports, declarations, packets, all in one process."""
    chance = random.Random(seed)
    journal, recorder = opened(folder)
    journal.put_off_checkpoints(chance.choice((1, 10, 1000)) * PAGE)
    desk = Desk(recorder, UTC)
    mine: list[tuple[str, str]] = []
    number = 0
    while True:
        number += 1
        match chance.choices(list(SHARES), list(SHARES.values())):
            case ["sent"]:
                _type(desk, say, _text(number, chance.randrange(20, 4000)))
            case ["amend"] if mine:
                line = f"/amend {chance.choice(mine)[1]} {_text(number, 200)}"
                say("recorded", INCIDENT, *typed(recorder, line))
            case ["export"]:
                lines = "\n".join(_text(number, 500) for _ in range(chance.randrange(5, 300)))
                _export(folder / "timeline.txt", say, lines, force=True)
            case ["declare"]:
                _declare(journal, say, f"INC-20261120-{os.getpid()}N{number}")
            case ["hand over"]:
                _hand_over(recorder, say)
            case ["tidy"]:
                journal.tidy()
            case ["backup"]:
                copy = folder / f"copy-{os.getpid()}-{number}.db"
                recorder.back_up(copy)
                say("copied", copy.name)
            case ["erase"] if mine:
                place, ref = mine.pop(chance.randrange(len(mine)))
                say("erasing", INCIDENT, place)
                erase(journal, INCIDENT, [ref], "a name of a customer", now=CLOCK.now(), me="sam")
                say("erased", INCIDENT, place)
            case _:
                now = CLOCK.now()
                text = _text(number, chance.choice((30, 200, 6000)))
                (event,) = recorder.record([Draft(Fact(), text, stamp(now))], now=now)
                say("recorded", INCIDENT, event.id, event.digest, event.text)
                mine.append((event.id, event.ref))


def _type(desk: Desk, say: Say, text: str) -> None:
    say("keeping", text)
    desk.edit(text[: len(text) // 2], CLOCK.now())
    desk.keep(CLOCK.now())
    desk.edit(text, CLOCK.now())
    if desk.keep(CLOCK.now()):
        say("kept", text)
    outcome = desk.submit(CLOCK.now())
    if isinstance(outcome, Broken):
        raise JournalError(outcome.message, outcome.advice)
    assert isinstance(outcome, Written), outcome
    for event in outcome.events:
        say("recorded", INCIDENT, event.id, event.digest, event.text)
    desk.sent()


def _declare(journal: Journal, say: Say, incident: str) -> None:
    say("declaring", incident)
    declare(journal, "Checkout fails", now=CLOCK.now(), me="sam", policy=DEFAULT, severity=1, incident=incident)
    say("declared", incident)


def _hand_over(recorder: Recorder, say: Say) -> None:
    now = CLOCK.now()
    (event,) = recorder.record([Draft(Checkpoint(role="ic", incoming="bob"), "", stamp(now))], now=now)
    say("recorded", INCIDENT, event.id, event.digest, event.text)


def _export(path: Path, say: Say, text: str, *, force: bool) -> None:
    found = sha256(text.encode()).hexdigest()
    say("exporting", path.name, found)
    write(path, text, force=force)
    say("exported", path.name, found)


def _text(number: int, size: int) -> str:
    words = f"process {os.getpid()} says {number}, at {time.monotonic_ns()} "
    return (words + "and goes on about it " * (size // 21))[: max(size, len(words))].strip()


WORK: dict[str, Work] = {
    work.__name__: work
    for work in (
        append,
        shared,
        go_on,
        amend,
        send,
        new,
        migrate,
        checkpoint,
        reindex,
        bring,
        erase_on,
        export,
        command,
        come_and_go,
        look,
        type_slowly,
        anything,
    )
}
"""By name."""
