"""Damages journals in every way that a disk, a copy or a hand can, and holds what salvage reads against the truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from msgspec import Struct

from scribe.clock import FixedClock
from scribe.journal.salvage import Result, salvage
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import Stored, verify
from scribe.record.errors import Corrupt
from scribe.record.events import Draft, Erased, Fact
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw

COUNTS = ("damages", "nothing", "whole", "taken", "wordless", "missing", "altered", "revived", "overlooked", "unsaid")
"""What ``run`` counts: files that nothing could be read of, those said to be whole, events taken, those of them without
their words, events missing; and what must never be: events that were altered, erased words that came back, events
overlooked though their pages are whole, and losses that were not said."""

NEVER = ("altered", "revived", "overlooked", "unsaid")
"""The counts that have to be 0."""

Key = tuple[str, str, int]
Damage = Callable[[random.Random, "Files"], None]


class Files(Struct):
    """A journal's bytes: the database and what lies beside it."""

    database: bytearray
    log: bytearray
    size: int

    def put(self, path: Path) -> None:
        """Write them; a log of no bytes is none."""
        path.write_bytes(self.database)
        if self.log:
            path.with_name(f"{path.name}-wal").write_bytes(self.log)


class Truth(Struct):
    """A journal as it was before: its bytes, every event, and the words that were erased."""

    name: str
    database: bytes
    log: bytes
    size: int
    rows: dict[Key, Stored]
    erased: dict[Key, str]

    def files(self) -> Files:
        return Files(bytearray(self.database), bytearray(self.log), self.size)

    def whole(self, files: Files) -> set[Key]:
        """The events all of whose pages are where they were, and as they were."""
        pages = [*_same(self.database, files.database, 0, 0, self.size)]
        pages += _same(self.log, files.log, 32, 24, self.size)
        return {key for key, row in self.rows.items() if all(map(_somewhere(pages), _marks(row, self.size)))}


def _same(before: bytes, after: bytearray, start: int, head: int, size: int) -> Iterator[bytes]:
    for base in range(start, len(before), size + head):
        page = before[base : base + size + head]
        if after[base : base + size + head] == page:
            yield bytes(page[head:])


def _somewhere(pages: Sequence[bytes]) -> Callable[[bytes], bool]:
    return lambda mark: any(mark in page for page in pages)


def _marks(row: Stored, size: int) -> list[bytes]:
    """Bytes that stand nowhere but in this event: one for each page that it lies on."""
    marks = [row.body_digest.encode()]
    if row.body is not None and row.salt is not None and len(row.body.text) > size // 8:
        step = 64 if size <= 1024 else 512
        text = row.body.text.encode()
        marks += [row.salt, *(text[at : at + 40] for at in range(0, len(text) - 40, step))]
    return marks


# ── the journals ────────────────────────────────────────────────────────────────────────────────────────────────────


def truths(folder: Path, seed: int) -> list[Truth]:
    """Journals of several sizes and kinds, made anew."""
    chance = random.Random(seed)
    small = _told(folder / "small.db", chance, 6)
    logged = _told(folder / "logged.db", chance, 40, close=False)
    middling = _told(folder / "middling.db", chance, 120, long=(700, 5000, 60_000))
    other = _told(folder / "other.db", chance, 60, long=(300, 3000), size=1024)
    large = _told(folder / "large.db", chance, 60, long=(9000,), size=16384)
    copied = folder / "copied.db"
    copyfile(folder / "middling.db", copied)
    return [small, logged, middling, other, large, _gone_on(copied, chance)]


def smallest(folder: Path, seed: int) -> Truth:
    """The smallest of them alone."""
    return _told(folder / "small.db", random.Random(seed), 6)


def _told(
    path: Path, chance: random.Random, entries: int, *, long: Sequence[int] = (), size: int = 4096, close: bool = True
) -> Truth:
    desk = Desk(path, severity=2)
    journal = desk.journal
    desk.recorder.keep("capture", "typed and never sent", desk.clock.now())
    if not close:
        desk.journal.put_off_checkpoints()
    for number in range(entries):
        desk.type(_line(chance, number), after=1)
    for length in long:
        desk.type(_noise(chance, length))
    if entries > 6:
        _erase(desk, "#2")
        over = Desk(journal, clock=desk.clock)
        over.type("? and another")
    desk.type("and one more")
    if close:
        journal.close()
        if size != 4096:
            with raw(path) as db:
                db.execute("PRAGMA journal_mode = DELETE")
                db.execute(f"PRAGMA page_size = {size}")
                db.execute("VACUUM")
    truth = _as_it_stands(path, size)
    if not close:
        journal.close()
    return truth


def _gone_on(path: Path, chance: random.Random) -> Truth:
    """A copy that another writer went on with, its log left beside it."""
    clock = FixedClock(NOON + timedelta(days=1))
    journal = Journal.writing(path, clock, wait=1.0)
    incident = journal.boards()[0].incident
    journal.put_off_checkpoints()
    desk = Recorder(journal, incident, me="bob", policy=DEFAULT)
    for number in range(30):
        clock.advance(20)
        desk.record([_draft(_noise(chance, 60 + 40 * number), clock)], now=clock.now())
    truth = _as_it_stands(path, 4096)
    journal.close()
    return truth


def _draft(text: str, clock: FixedClock) -> Draft:
    return Draft(Fact(), text, stamp(clock.now()))


def _line(chance: random.Random, number: int) -> str:
    kind = chance.choice(("", "", "", "? ", "! ", "> ", "/impact users: ", "결제 오류 "))
    return f"{kind}{number} {_noise(chance, chance.randrange(5, 120))}"


def _noise(chance: random.Random, length: int) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def _erase(desk: Desk, ref: str) -> None:
    """As an erasure leaves it: the words are gone, and an event says why."""
    entry = desk.entry(ref)
    draft = Draft(Erased(target=entry.id), "a password", stamp(desk.clock.now()))
    with desk.journal.transaction():
        desk.journal.connection.execute(
            "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
            " WHERE incident = ? AND writer = ? AND seq = ?",
            (desk.incident, entry.writer, entry.seq),
        )
        desk.journal.note(desk.incident, draft, "sam", draft.at)
    desk.journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _ERASED[desk.incident, entry.writer, entry.seq] = entry.text


_ERASED: dict[Key, str] = {}


def _as_it_stands(path: Path, size: int) -> Truth:
    with closing(Journal.reading(path, FixedClock(NOON))) as journal:
        rows = {_key(row): row for incident in journal.incidents() for row in journal.stored(incident)}
    log = path.with_name(f"{path.name}-wal")
    erased = {key: text for key, text in _ERASED.items() if key in rows}
    return Truth(path.stem, path.read_bytes(), log.read_bytes() if log.exists() else b"", size, rows, erased)


def _key(row: Stored) -> Key:
    return (row.header.incident, row.header.writer, row.header.seq)


# ── the damages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def header_noise(chance: random.Random, files: Files) -> None:
    """The database's header is noise."""
    files.database[:100] = chance.randbytes(100)


def page_noise(chance: random.Random, files: Files) -> None:
    """A few pages are noise."""
    for _ in range(chance.randint(1, 3)):
        files.database[_page(chance, files)] = chance.randbytes(files.size)


def sector_noise(chance: random.Random, files: Files) -> None:
    """Some bytes of a page are noise: a torn write."""
    at = chance.randrange(0, len(files.database), 512)
    files.database[at : at + 512] = chance.randbytes(512)


def zeroed_pages(chance: random.Random, files: Files) -> None:
    """A few pages are zeros."""
    for _ in range(chance.randint(1, 4)):
        files.database[_page(chance, files)] = bytes(files.size)


def swapped_pages(chance: random.Random, files: Files) -> None:
    """Two pages lie in each other's place."""
    one, other = _page(chance, files), _page(chance, files)
    files.database[one], files.database[other] = files.database[other], files.database[one]


def truncated(chance: random.Random, files: Files) -> None:
    """The end is cut off, anywhere."""
    del files.database[chance.randrange(len(files.database)) :]


def cut_out(chance: random.Random, files: Files) -> None:
    """Some bytes are gone, and the rest moved up."""
    at = chance.randrange(len(files.database))
    del files.database[at : at + chance.choice((1, 512, files.size, 3 * files.size))]


def flipped(chance: random.Random, files: Files) -> None:
    """Single bits are flipped anywhere, also in the log."""
    for _ in range(chance.choice((1, 3, 30, 300))):
        part = files.log if files.log and chance.random() < 0.5 else files.database
        part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)


def log_noise(chance: random.Random, files: Files) -> None:
    """A piece of the log is noise, or its header."""
    if files.log:
        at = chance.choice((0, chance.randrange(len(files.log))))
        length = min(chance.choice((32, 512, files.size)), len(files.log) - at)
        files.log[at : at + length] = chance.randbytes(length)


def log_cut(chance: random.Random, files: Files) -> None:
    """The log is cut off, anywhere, or gone."""
    del files.log[chance.choice((0, chance.randrange(len(files.log) + 1))) :]


def log_alone(chance: random.Random, files: Files) -> None:
    """Only the log is left of it."""
    files.database[:] = chance.randbytes(len(files.database))


def nothing_left(chance: random.Random, files: Files) -> None:
    """All of it is noise, or nothing."""
    files.database[:] = chance.randbytes(chance.choice((0, 1, 511, 4096, 20_000)))
    files.log.clear()


def _page(chance: random.Random, files: Files) -> slice:
    at = chance.randrange(0, len(files.database), files.size)
    return slice(at, at + files.size)


DAMAGES: tuple[Damage, ...] = (
    header_noise,
    page_noise,
    sector_noise,
    zeroed_pages,
    swapped_pages,
    truncated,
    cut_out,
    flipped,
    log_noise,
    log_cut,
    log_alone,
    nothing_left,
)


# ── what comes of it ────────────────────────────────────────────────────────────────────────────────────────────────


def run(count: int, seed: int) -> dict[str, int]:
    """Damage journals so many times; what came of it, by COUNTS. Every NEVER is 0, or salvage cannot be trusted.

    It raises what salvage raises, but for the Corrupt that says that nothing can be read; the same seed does the same.
    """
    chance = random.Random(seed)
    counts = dict.fromkeys(COUNTS, 0)
    with TemporaryDirectory(prefix="scribe-corruptions-") as name:
        folder = Path(name)
        known = truths(folder, seed)
        for number in range(count):
            damage = DAMAGES[number % len(DAMAGES)]
            truth = chance.choice(known)
            files = truth.files()
            damage(chance, files)
            if chance.random() < 0.3 and damage is not nothing_left:
                chance.choice(DAMAGES[:-1])(chance, files)
            for key, found in examine(truth, files, folder / f"{number}.db").items():
                counts[key] += found
    return counts


def examine(truth: Truth, files: Files, path: Path) -> dict[str, int]:
    """Salvage what these files hold; what came of it, by COUNTS."""
    files.put(path)
    before = [(file, file.read_bytes()) for file in _beside(path)]
    new = path.with_suffix(".new")
    counts = dict.fromkeys(COUNTS, 0)
    counts["damages"] = 1
    try:
        result = salvage(path, new, FixedClock(NOON))
    except Corrupt:
        counts["nothing"] = 1
        counts["overlooked"] = len(truth.whole(files))
    else:
        _compare(truth, files, new, result, counts)
    assert [(file, file.read_bytes()) for file in _beside(path)] == before, "the damaged file itself was changed"
    for file in path.parent.glob(f"{path.stem}.*"):
        file.unlink()
    return counts


def _beside(path: Path) -> list[Path]:
    return sorted(file for file in path.parent.glob(f"{path.name}*") if file.suffix != ".new")


def _compare(truth: Truth, files: Files, new: Path, result: Result, counts: dict[str, int]) -> None:
    found: dict[Key, Stored] = {}
    with closing(Journal.reading(new, FixedClock(NOON))) as journal:
        for incident in journal.incidents():
            rows = list(journal.stored(incident))
            found |= {_key(row): row for row in rows}
            verify(rows)
            Recorder(journal, incident, me="reader", policy=DEFAULT).load()
        assert journal.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for key, row in found.items():
        was = truth.rows.get(key)
        if was is None or (row.header, row.body_digest, row.digest) != (was.header, was.body_digest, was.digest):
            counts["altered"] += 1
        elif row.body is not None and key in truth.erased:
            counts["revived"] += 1
        elif row.body is not None and (row.body, row.salt) != (was.body, was.salt):
            counts["altered"] += 1
    lost = {key for key, row in found.items() if row.body is None and key not in truth.erased}
    missing = set(truth.rows) - set(found)
    whole = truth.whole(files)
    counts["overlooked"] += len(whole & (missing | lost))
    counts["taken"] += len(found)
    counts["wordless"] += len(lost)
    counts["missing"] += len(missing)
    counts["whole"] += result.is_whole
    counts["unsaid"] += sum(not _is_said(key, result, found) for key in missing)
    for told in result.incidents:
        mute = {found[key].header.ref or f"{key[1]}-{key[2]}" for key in lost if key[0] == told.incident}
        counts["unsaid"] += not mute <= set(told.wordless)


def _is_said(key: Key, result: Result, found: dict[Key, Stored]) -> bool:
    """Whether it is told that this event is missing; where the newest page of all is lost, nothing can tell that."""
    incident, writer, seq = key
    for told in result.incidents:
        if told.incident == incident:
            named = any(gap.writer == writer and gap.first <= seq <= gap.last for gap in told.gaps)
            last = max((turn for name, whose, turn in found if (name, whose) == (incident, writer)), default=0)
            return named or not told.counted or not told.is_declared or seq > last
    return True
