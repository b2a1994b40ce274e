"""A journal that somebody, or a failing disk, changed: is anything ever taken for the record that is not?

Each change is made to a fresh copy of one journal. Then ``scribe verify`` either names what is wrong, or the record
that is read is to the letter the true one. What is cut off its end, or written anew as a whole, only a head that was
noted earlier can show: for those ``verify --against`` has to say so.
"""

from __future__ import annotations

import io
import json
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from scribe.cli.root import run as command
from scribe.clock import FixedClock
from scribe.journal.rows import COLUMNS, event_from, stored_from
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.board import rebuild
from scribe.record.chain import digest_body, digest_header
from scribe.record.state import encode_board
from scribe.recorder import Recorder
from tests.durability.holds import must
from tests.durability.tally import Tally
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import unguarded

ENTRIES = 60
_NUMBER = re.compile(r"\bnumber=\d+")
LINES = (
    "checkout 5xx at {} %",
    "? pool {} is exhausted",
    "! roll back to 1.{}",
    "> undo {}",
    "/impact users: {} %",
    "@bob says {} " + "and more of it " * 120,
    "/amend #1 put right {}",
    "note {} #db https://example.org/{}",
)


class Truth(Struct):
    """A journal as it is: its file, a log beside it with the newest entries, and what is read of it."""

    database: bytes
    log: bytes
    heads: dict[str, str]
    events: dict[str, list[tuple[Any, ...]]]
    states: dict[str, str]
    page: int


class Change(Struct, frozen=True):
    """One kind of change. ``hidden``: an end that is missing, which nothing inside the file can show."""

    name: str
    make: Callable[[Path, random.Random, Truth], object]
    hidden: bool = False


def truth(folder: Path) -> Truth:
    """Two incidents, amended, with entries of several pages, the newest of them still in the log."""
    path = folder / "true.db"
    clock = FixedClock(NOON)
    desks = [Desk(path, severity=2, clock=clock)]
    desks.append(Desk(desks[0].journal, severity=1, clock=clock))
    database = b""
    for number in range(ENTRIES):
        clock.set(clock.now() + timedelta(seconds=30))
        desks[number % 3 == 0].type(LINES[number % len(LINES)].format(*(number // 2 + 1 for _ in range(2))))
        if number == ENTRIES * 2 // 3:
            desks[0].journal.tidy()
            database = path.read_bytes()
    log = path.with_name("true.db-wal").read_bytes()
    page = int(desks[0].journal.connection.execute("PRAGMA page_size").fetchone()[0])
    desks[0].journal.close()
    assert len(log) > 100 * page
    true = Truth(path.read_bytes(), b"", {}, {}, {}, page)
    true.heads, true.events, true.states = read(path)
    return msgspec.structs.replace(true, database=database, log=log)


def read(path: Path) -> tuple[dict[str, str], dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """Of each incident its head, its events, and what the screen is drawn from."""
    journal = Journal.reading(path, FixedClock(NOON))
    heads, events, states = {}, {}, {}
    try:
        for board in sorted(journal.boards(), key=lambda board: board.incident):
            state = Recorder(journal, board.incident, me="reader", policy=DEFAULT).load()
            heads[board.incident] = board.head
            # Without their number: the order of arrival between incidents says nothing of either.
            events[board.incident] = [msgspec.structs.astuple(event)[1:] for event in journal.record(board.incident)]
            states[board.incident] = _NUMBER.sub("", repr((state.board, list(state.entries))))
    finally:
        journal.close()
    return heads, events, states


# ── the changes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of(path: Path, chance: random.Random) -> Path:
    """The file, or the log beside it."""
    log = path.with_name(f"{path.name}-wal")
    return log if log.exists() and chance.random() < 0.5 else path


def _spoiled(size: Callable[[random.Random, Truth], int], make: Callable[[random.Random, bytes], bytes]) -> Any:
    def change(path: Path, chance: random.Random, true: Truth) -> None:
        file = _of(path, chance)
        data = bytearray(file.read_bytes())
        length = min(size(chance, true), len(data))
        start = chance.randrange(len(data) - length + 1)
        if length == true.page and file == path:
            start -= start % length
        data[start : start + length] = make(chance, bytes(data[start : start + length]))
        file.write_bytes(data)

    return change


def _flipped(chance: random.Random, old: bytes) -> bytes:
    return bytes([old[0] ^ 1 << chance.randrange(8)])


def _noise(chance: random.Random, old: bytes) -> bytes:
    return chance.randbytes(len(old))


def _swapped(path: Path, chance: random.Random, true: Truth) -> None:
    """Two pages change places, or one takes the place of another."""
    data = bytearray(path.read_bytes())
    pages = len(data) // true.page
    one, two = (number * true.page for number in chance.sample(range(1, pages), 2))
    first, second = (bytes(data[start : start + true.page]) for start in (one, two))
    data[one : one + true.page] = second
    if chance.random() < 0.5:
        data[two : two + true.page] = first
    path.write_bytes(data)


def _shortened(path: Path, chance: random.Random, true: Truth) -> None:
    file = _of(path, chance)
    data = file.read_bytes()
    file.write_bytes(data[: chance.randrange(len(data))])


def _lengthened(path: Path, chance: random.Random, true: Truth) -> None:
    file = _of(path, chance)
    with file.open("ab") as writing:
        writing.write(chance.randbytes(chance.randrange(1, 3 * true.page)))


def _without_log(path: Path, chance: random.Random, true: Truth) -> None:
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)


def _by_sql(statement: Callable[[random.Random, sqlite3.Connection], None]) -> Any:
    def change(path: Path, chance: random.Random, true: Truth) -> None:
        with unguarded(path) as db:
            statement(chance, db)

    return change


def _row(chance: random.Random, db: sqlite3.Connection, where: str = "1") -> int:
    numbers = [row[0] for row in db.execute(f"SELECT id FROM events WHERE {where}")]
    return int(chance.choice(numbers))


def _column(chance: random.Random, db: sqlite3.Connection) -> None:
    """One value of one row: another one of its kind, or anything."""
    name = chance.choice([name for name in COLUMNS.split(", ") if name != "id"])
    row = _row(chance, db)
    (old,) = db.execute(f"SELECT {name} FROM events WHERE id = ?", (row,)).fetchone()
    (other,) = db.execute(f"SELECT {name} FROM events WHERE id = ?", (_row(chance, db),)).fetchone()
    for new in (other, chance.choice(("", "x", "1", 0, 7, b"x", f"{old}.", str(old).upper())), f"{old}?"):
        if new != old:
            db.execute(f"UPDATE events SET {name} = ? WHERE id = ?", (new, row))
            return


def _words(chance: random.Random, db: sqlite3.Connection) -> None:
    row = _row(chance, db, "text <> ''")
    db.execute("UPDATE events SET text = replace(text, substr(text, 1, 3), 'not') WHERE id = ?", (row,))


def _nulled(chance: random.Random, db: sqlite3.Connection) -> None:
    names = ["author", "recorder", "at_raw", "text", "payload", "salt"]
    gone = names if chance.random() < 0.6 else chance.sample(names, chance.randrange(1, 6))
    db.execute(f"UPDATE events SET {', '.join(f'{name} = NULL' for name in gone)} WHERE id = ?", (_row(chance, db),))


def _deleted(chance: random.Random, db: sqlite3.Connection) -> None:
    """Rows are gone, from the middle, the beginning or the end."""
    for _ in range(chance.randrange(1, 4)):
        db.execute("DELETE FROM events WHERE id = ?", (_row(chance, db),))


def _reordered(chance: random.Random, db: sqlite3.Connection) -> None:
    one = _row(chance, db)
    two = _row(chance, db, f"id <> {one}")
    for before, after in ((one, -1), (two, one), (-1, two)):
        db.execute("UPDATE events SET id = ? WHERE id = ?", (after, before))


def _inserted(chance: random.Random, db: sqlite3.Connection) -> None:
    """A row of somebody else's making, where one is already or behind all."""
    row = list(db.execute(f"SELECT {COLUMNS} FROM events WHERE id = ?", (_row(chance, db),)).fetchone())
    row[0] = None
    row[18] = "nobody ever wrote this"
    if chance.random() < 0.5:
        row[3] += 1000
    if chance.random() < 0.5:
        row[2] = "forged"
        row[3] = 1
    if chance.random() < 0.7:
        row[13], row[14] = _digests(tuple(row))
    db.execute(f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join('?' * 21)})", row)


def _digests(row: tuple[Any, ...]) -> tuple[str, str]:
    stored = stored_from(row)
    assert stored.body is not None
    assert stored.salt is not None
    body = digest_body(stored.body, stored.salt)
    return body, digest_header(stored.header, body)


def _rewritten(chance: random.Random, db: sqlite3.Connection) -> None:
    """The words of one entry, with digests that are right for them."""
    row = list(db.execute(f"SELECT {COLUMNS} FROM events WHERE id = ?", (_row(chance, db, "text <> ''"),)).fetchone())
    row[18] += ", or so they say"
    row[13], row[14] = _digests(tuple(row))
    db.execute("UPDATE events SET text = ?, body_digest = ?, digest = ? WHERE id = ?", (row[18], *row[13:15], row[0]))


def _linked(chance: random.Random, db: sqlite3.Connection) -> None:
    """prev, seen or digest of one row is that of another."""
    name = chance.choice(("prev", "seen", "digest", "body_digest"))
    (other,) = db.execute("SELECT digest FROM events WHERE id = ?", (_row(chance, db),)).fetchone()
    db.execute(f"UPDATE events SET {name} = ? WHERE id = ?", (other, _row(chance, db, f"{name} <> '{other}'")))


def _board(chance: random.Random, db: sqlite3.Connection) -> None:
    """One value of a board, or all of it."""
    incident, stored = chance.choice(db.execute("SELECT incident, board FROM boards").fetchall())
    board = json.loads(stored)
    name = chance.choice(sorted(board))
    match board[name]:
        case int(number):
            board[name] = number + 1
        case str(text):
            board[name] = f"{text}0"
        case _:
            del board[name]
    new = chance.choice((json.dumps(board), json.dumps(board), "{}", "", stored[:-9]))
    db.execute("UPDATE boards SET board = ? WHERE incident = ?", (new, incident))


def _gone(chance: random.Random, db: sqlite3.Connection) -> None:
    """An incident's board, or its events, or both."""
    incident = chance.choice(db.execute("SELECT incident FROM boards").fetchall())
    for table in chance.choice((("boards",), ("events",), ("boards", "events"))):
        db.execute(f"DELETE FROM {table} WHERE incident = ?", incident)


def _cut_off(chance: random.Random, db: sqlite3.Connection) -> None:
    """The newest entries of an incident go, and its board with them: nothing inside the file can show that."""
    incident = chance.choice(db.execute("SELECT incident FROM boards").fetchall())[0]
    rows = [row[0] for row in db.execute("SELECT id FROM events WHERE incident = ? ORDER BY id", (incident,))]
    db.execute("DELETE FROM events WHERE incident = ? AND id >= ?", (incident, chance.choice(rows[3:])))
    _fold(db, incident)


def _anew(chance: random.Random, db: sqlite3.Connection) -> None:
    """Everything from one entry on is written anew, every digest right: nothing inside the file can show that."""
    incident = chance.choice(db.execute("SELECT incident FROM boards").fetchall())[0]
    rows = db.execute(f"SELECT {COLUMNS} FROM events WHERE incident = ? ORDER BY id", (incident,)).fetchall()
    first = chance.randrange(1, len(rows))
    became: dict[str, str] = {}
    for number, found in enumerate(rows):
        row = list(found)
        if number == first:
            row[18] += ", or so they say"
        row[12] = became.get(row[12], row[12])
        row[11] = "+".join(became.get(tip, tip) for tip in row[11].split("+"))
        old = row[14]
        row[13], row[14] = _digests(tuple(row))
        if number >= first:
            became[old] = row[14]
        assignment = ", ".join(f"{name} = ?" for name in COLUMNS.split(", "))
        db.execute(f"UPDATE events SET {assignment} WHERE id = ?", (*row, row[0]))
    _fold(db, incident)


def _fold(db: sqlite3.Connection, incident: str) -> None:
    rows = db.execute(f"SELECT {COLUMNS} FROM events WHERE incident = ? ORDER BY id", (incident,)).fetchall()
    board = rebuild(incident, [event_from(row) for row in rows])
    db.execute("UPDATE boards SET board = ? WHERE incident = ?", (encode_board(board).decode(), incident))


CHANGES = (
    Change("a bit turned over", _spoiled(lambda _c, _t: 1, _flipped), hidden=True),
    Change(
        "a run of bytes", _spoiled(lambda c, _t: c.randrange(1, 65), lambda c, old: c.randbytes(len(old))), hidden=True
    ),
    Change("zeros", _spoiled(lambda c, _t: c.randrange(64, 2048), lambda _c, old: bytes(len(old))), hidden=True),
    Change("a page of noise", _spoiled(lambda _c, t: t.page, _noise), hidden=True),
    Change("pages in each other's place", _swapped),
    Change("cut short", _shortened, hidden=True),
    Change("made longer", _lengthened),
    Change("the log taken away", _without_log, hidden=True),
    Change("a value of a row", _by_sql(_column)),
    Change("words of a row", _by_sql(_words)),
    Change("words taken out", _by_sql(_nulled)),
    Change("rows deleted", _by_sql(_deleted)),
    Change("rows in another order", _by_sql(_reordered)),
    Change("a row put in", _by_sql(_inserted)),
    Change("a row rewritten with its digests", _by_sql(_rewritten)),
    Change("links and digests", _by_sql(_linked)),
    Change("the summary", _by_sql(_board)),
    Change("an incident taken out", _by_sql(_gone), hidden=True),
    Change("the end cut off, the summary with it", _by_sql(_cut_off), hidden=True),
    Change("written anew from an entry on", _by_sql(_anew), hidden=True),
)


# ── what scribe says ────────────────────────────────────────────────────────────────────────────────────────────────


def run(count: int, seed: int) -> dict[str, int]:
    """Make ``count`` changes, each kind in turn."""
    tally = Tally()
    with TemporaryDirectory(prefix="scribe-altered-") as name:
        folder = Path(name)
        true = truth(folder)
        for number in range(count):
            if tally.hopeless:
                break
            change = CHANGES[number % len(CHANGES)]
            chance = random.Random(f"{seed} {number}")
            path = folder / f"{number}.db"
            path.write_bytes(true.database)
            path.with_name(f"{path.name}-wal").write_bytes(true.log)
            if chance.random() < 0.5 and change.make is not _without_log:
                with closing(sqlite3.connect(path)) as db:  # tidied: all of it in one file
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with tally.trying(f"{change.name}: change {number} of seed {seed}"):
                change.make(path, chance, true)
                tally.add(judged(path, true, change, is_shown=number % 5 == 0))
                tally.add("changes")
            for file in folder.glob(f"{number}.db*"):
                file.unlink()
    return tally.result()


def judged(path: Path, true: Truth, change: Change, *, is_shown: bool) -> str:
    """What became of a change: refused, told, seen against the noted head, or without consequence."""
    if is_shown:
        for words in (("timeline", "--all"), ("status",), ("list",)):
            code, _, err = _said(path, *words)
            must(code in (0, 1, 2, 3) and "bug in scribe" not in err, "a command fell over", *words, err)
    code, out, err = _said(path, "verify", "--all")
    must("bug in scribe" not in err, "verify fell over", err)
    if code:
        must(bool(err if code == 3 else out), "an exit code without a word", code)
        return "refused" if code == 3 else "told"
    heads, events, states = read(path)
    if (heads, events, states) == (true.heads, true.events, true.states):
        return "of no consequence"
    for incident, head in true.heads.items():
        if events.get(incident) != true.events[incident]:
            must(change.hidden, "an altered record is taken for the true one", incident)
            code, out, err = _said(path, "-i", incident, "verify", "--against", head)
            must(code != 0, "not even the noted head shows it", incident, out)
    must(
        all(
            states.get(incident) == true.states[incident]
            for incident in states
            if events[incident] == true.events[incident]
        ),
        "the true record is shown as another",
    )
    return "shown by the noted head"


def _said(path: Path, *words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = command(["--db", str(path), *words], FixedClock(NOON))
    return code, out.getvalue(), err.getvalue()
