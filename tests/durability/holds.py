"""What must hold of a journal after any fault, whoever died in the middle of whatever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.board import rebuild
from scribe.record.chain import verify
from scribe.recorder import Recorder
from tests.durability.forks import Outcome
from tests.durability.journals import CLOCK, INCIDENT, typed

BESIDE = ("", "-wal", "-shm")
"""What a journal consists of while it is open; of one that was closed the first alone is there."""


class Violation(AssertionError):
    """The promise was broken, and how."""


def must(holds: bool, words: str, *about: object) -> None:
    """Raise Violation unless it holds."""
    if not holds:
        raise Violation(f"{words}: {', '.join(map(str, about))}" if about else words)


def journal_holds(path: Path, said: Iterable[Outcome], *, again: bool = True) -> int:
    """Open the journal as the next scribe would; raise Violation where anything acknowledged is not as it was.

    Acknowledged entries are there once, with their digests; every chain verifies; every board is what its record folds
    to; SQLite finds no fault; a draft whose entry was recorded is not offered; and (``again``) the work goes on.
    Returns how many acknowledged entries there were.
    """
    said = list(said)
    for outcome in said:
        must(not outcome.of("crashed"), "a process fell over", *outcome.of("crashed"))
    journal = Journal.writing(path, CLOCK, wait=1.0)
    try:
        acknowledged = _recorded(journal, said)
        for incident in journal.incidents():
            verdict = verify(journal.stored(incident))
            must(verdict.ok, "the chain is broken", incident, verdict.first_break)
            must(rebuild(incident, journal.record(incident)) == journal.board(incident), "the board differs", incident)
        _whole(journal, said)
        found = journal.connection.execute("PRAGMA integrity_check").fetchone()
        must(found == ("ok",), "SQLite finds a fault", found)
        if again and journal.board(INCIDENT) is not None:
            recorder = Recorder(journal, INCIDENT, me="after", policy=DEFAULT)
            _offered(recorder, {event.text for event in journal.events(INCIDENT)}, said)
            event, _, text = typed(recorder, "and on we go")
            must(journal.newest(INCIDENT, 1)[0].text == text, "nothing can be recorded any more", event)
    finally:
        journal.close()
    return acknowledged


def alone(folder: Path, *others: str) -> None:
    """Raise Violation unless the folder holds the journal, those named, and at most hidden files beside them."""
    names = {found.name for found in folder.iterdir() if not found.name.startswith(".")}
    must(names <= {"j.db", *others}, "a file was left behind", sorted(names))


def copies_hold(folder: Path, said: Iterable[Outcome]) -> int:
    """Every copy that was acknowledged is there and whole, and no other one is there in part; how many are there."""
    for outcome in said:
        for (name,) in outcome.of("copied"):
            must((folder / name).exists(), "a copy is gone", name)
    found = sorted(folder.glob("copy-*.db"))
    for path in found:
        must(path.stat().st_mode & 0o777 == 0o600, "a copy is readable by others", path.name)
        journal = Journal.reading(path, CLOCK)
        try:
            must(verify(journal.stored(INCIDENT)).ok, "a copy is not whole", path.name)
        finally:
            journal.close()
        path.unlink()
    return len(found)


def exports_hold(folder: Path, said: Iterable[Outcome], *, newest: bool = False) -> int:
    """Every file that somebody exported is whole or not there; the number that are there.

    ``newest``: one process wrote them, so that no older one may stand where a newer one was acknowledged.
    """
    begun: dict[str, set[str]] = {}
    done: set[str] = set()
    for outcome in said:
        for kind, name, digest in (line for line in outcome.said if line[0] in ("exporting", "exported")):
            if kind == "exporting":
                begun.setdefault(name, set()).add(digest)
            else:
                done.add(name)
                if newest:
                    begun[name] = {digest}
    found = 0
    for name, digests in begun.items():
        path = folder / name
        if path.exists():
            found += 1
            must(sha256(path.read_bytes()).hexdigest() in digests, "an export is not whole", name)
            must(path.stat().st_mode & 0o777 == 0o600, "an export is readable by others", name)
        else:
            must(name not in done, "an export is gone", name)
    return found


def _recorded(journal: Journal, said: Sequence[Outcome]) -> int:
    acknowledged = [line for outcome in said for line in outcome.of("recorded")]
    events = {incident: journal.events(incident) for incident in journal.incidents()}
    erases = any("erase" in words for outcome in said for words in outcome.of("doing"))
    going, gone = ({tuple(line) for outcome in said for line in outcome.of(kind)} for kind in ("erasing", "erased"))
    there = {(incident, event.id): event for incident, found in events.items() for event in found}
    for incident, place, digest, text in acknowledged:
        event = there.get((incident, place))
        must(event is not None, "an acknowledged entry is lost", place, text[:60])
        assert event is not None
        may_go = erases or (incident, place) in going or event.kind in ("amended", "retracted")
        is_same = event.digest == digest and (event.text == text or (may_go and not event.text))
        must(is_same, "an acknowledged entry is another", place, text[:60])
        must((incident, place) not in gone or not event.text, "what was erased is back", place, text[:60])
    must(len({line[1] for line in acknowledged}) == len(acknowledged), "two entries were acknowledged under one name")
    for incident, found in events.items():
        texts = Counter(event.text for event in found if event.text.startswith("process "))
        must(not texts or max(texts.values()) == 1, "an entry is there twice", incident, texts.most_common(1))
        must(len({event.id for event in found}) == len(found), "two entries have one name", incident)
    return len(acknowledged)


def _whole(journal: Journal, said: Sequence[Outcome]) -> None:
    """What is done in one transaction is there as a whole or not at all."""
    there = set(journal.incidents())
    for outcome in said:
        for (incident,) in outcome.of("declared"):
            must(incident in there, "a declared incident is lost", incident)
        for incident, _ in outcome.of("brought"):
            must(incident in there, "an imported incident is lost", incident)
        for incident, count in outcome.of("bringing"):
            must(
                incident not in there or len(journal.events(incident)) == count,
                "an imported incident is there in part",
                incident,
            )
    must({board.incident for board in journal.boards()} == there, "boards and records differ")


def _offered(recorder: Recorder, recorded: set[str], said: Sequence[Outcome]) -> None:
    known = {text for outcome in said for kind in ("keeping", "kept") for (text,) in outcome.of(kind)}
    for unsent in recorder.unsent():
        must(unsent.text not in recorded, "a recorded line is offered again", unsent.text[:60])
        halves = any(text.startswith(unsent.text) for text in known)
        must(halves or not known, "an unsent text is offered that nobody typed", unsent.text[:60])
