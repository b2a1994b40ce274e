# ruff: noqa: S608  # the columns are this file's own
"""The journal file: what it lets happen to it, and what it says of other files."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.format import APPLICATION_ID, VERSION
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import Body, Header, split
from scribe.record.errors import Busy, Corrupt, Full, JournalError, Missing, Newer, NotFound, ReadOnly, Refused
from scribe.record.events import Draft, Fact, Impact, Retracted
from scribe.recorder import Recorder, declare
from tests.fakes.desk import CLOSING, NOON, Desk, at
from tests.fakes.raw import raw


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    desk = Desk(path, severity=2)
    desk.type("a fact", after=1)
    yield desk
    desk.journal.close()


def everything(path: Path) -> list[tuple[object, ...]]:
    with raw(path) as db:
        return [
            row for table in ("events", "boards", "drafts", "writers") for row in db.execute(f"SELECT * FROM {table}")
        ]


# ── append-only ─────────────────────────────────────────────────────────────────────────────────────────────────────

FORBIDDEN = [
    "UPDATE events SET text = 'x'",
    "UPDATE events SET text = NULL",
    "UPDATE events SET salt = NULL, payload = NULL",
    "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = 'x', payload = NULL, salt = NULL",
    "UPDATE OR REPLACE events SET id = id + 1",
    "UPDATE events SET id = id + 100",
    "DELETE FROM events",
    "DELETE FROM events WHERE id = 2",
    "INSERT OR REPLACE INTO events SELECT * FROM events WHERE id = 2",
    "REPLACE INTO events SELECT * FROM events",
    "INSERT INTO events SELECT id + 9, incident, writer, seq, format, at, precision, recorded_at, kind, is_board, ref,"
    " seen, prev, body_digest, digest, author, recorder, at_raw, text, payload, salt FROM events",
    "INSERT OR REPLACE INTO events SELECT id, 'other', writer, seq, format, at, precision, recorded_at, kind, is_board,"
    " ref, seen, prev, body_digest, digest, author, recorder, at_raw, text, payload, salt FROM events",
    "INSERT INTO events SELECT * FROM events WHERE true ON CONFLICT DO UPDATE SET text = 'x'",
    *(
        f"UPDATE events SET {column} = {column} || 'x'"
        for column in (*Header.__struct_fields__, "body_digest", "digest", *Body.__struct_fields__, "salt")
    ),
]


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("recursive", [False, True])
def test_the_journal_is_append_only(desk: Desk, path: Path, statement: str, recursive: bool) -> None:
    before = everything(path)
    with raw(path) as db:
        db.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
    assert everything(path) == before
    assert desk.verify().ok


def test_a_whole_body_may_be_destroyed(desk: Desk, path: Path) -> None:
    with raw(path) as db:
        db.execute(
            "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
            " WHERE id = 2"
        )
    assert desk.entry("#2").text == "(withheld)"


def test_plain_views_for_other_tools(desk: Desk, path: Path) -> None:
    with raw(path) as db:
        assert db.execute('SELECT ref, kind, text, "by" FROM timeline').fetchall() == [
            ("#1", "declared", "Checkout fails", ""),
            ("#2", "fact", "a fact", ""),
        ]
        assert db.execute("SELECT incident, title, severity, state, entries FROM incidents").fetchall() == [
            (desk.incident, "Checkout fails", 2, "investigating", 2)
        ]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_words_erased_leave_no_trace_in_the_file(path: Path) -> None:
    desk = Desk(Journal.writing(path, FixedClock(NOON), wait=0.02))
    assert desk.journal._db.execute("PRAGMA secure_delete").fetchone() == (1,)
    assert desk.journal._db.execute("PRAGMA synchronous").fetchone() == (2,)
    desk.recorder.keep("capture", "x", NOON)
    assert desk.journal._db.execute("PRAGMA synchronous").fetchone() == (2,)
    desk.journal.close()


# ── two connections ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_locked_journal_is_busy_and_unchanged(desk: Desk, path: Path) -> None:
    before = everything(path)
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        began = desk.clock.monotonic()
        patient: list[Callable[[], object]] = [
            lambda: desk.type("x"),
            desk.journal.reindex,
            lambda: declare(desk.journal, "y", now=NOON, me="al", policy=DEFAULT),
        ]
        for attempt in patient:
            with pytest.raises(Busy):
                attempt()
        waited = desk.clock.monotonic() - began
        assert 3 * 0.02 <= waited < 3 * 0.026
        for attempt in (lambda: desk.recorder.keep("capture", "x", NOON), desk.recorder.unsent):
            with pytest.raises(Busy):  # these two come round again soon, and do not wait
                attempt()
        assert desk.clock.monotonic() - began == waited
        other.execute("ROLLBACK")
    assert everything(path) == before
    assert desk.type("x")[0].ref == "#3"
    assert desk.verify().ok


def test_reading_goes_on_while_another_writes(desk: Desk, path: Path) -> None:
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM boards")
        reader = Journal.reading(path, desk.clock)
        assert len(reader.events(desk.incident)) == 2
        assert reader.board(desk.incident) == desk.board
        reader.close()
        other.execute("ROLLBACK")


def test_a_reader_cannot_write(desk: Desk, path: Path) -> None:
    reader = Journal.reading(path, desk.clock)
    with pytest.raises(ReadOnly):
        Recorder(reader, desk.incident, me="al", policy=DEFAULT).record(desk.drafts("x"), now=NOON)
    reader.close()


def test_the_version_changes_when_another_connection_writes(desk: Desk, path: Path) -> None:
    other = Journal.writing(path, desk.clock, wait=0.0)
    before = desk.journal.version()
    desk.type("mine")
    assert desk.journal.version() == before
    theirs = Recorder(other, desk.incident, me="al", policy=DEFAULT)
    theirs.record(desk.drafts("theirs"), now=NOON)
    assert desk.journal.version() != before
    assert [event.text for event in desk.journal.events(desk.incident, after=3)] == ["theirs"]
    other.close()


def test_a_refused_draft_among_many_leaves_nothing(desk: Desk, path: Path) -> None:
    before = everything(path)
    with pytest.raises(Refused):
        desk.record([*desk.drafts("! one"), *desk.drafts("/role ic @al"), *desk.drafts("/done A9")])
    assert everything(path) == before
    (event,) = desk.type("! one")
    assert (event.ref, event.seq, event.number) == ("D1", 3, 3)


# ── who writes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def writers(path: Path) -> list[str]:
    with raw(path) as db:
        return [row[0] for row in db.execute("SELECT tag FROM writers")]


def test_one_file_has_one_tag(desk: Desk, path: Path) -> None:
    for _ in range(3):
        other = Journal.writing(path, desk.clock, wait=0.0)
        Recorder(other, desk.incident, me="al", policy=DEFAULT).record(desk.drafts("x"), now=NOON)
        other.close()
    assert len(writers(path)) == 1
    assert [event.seq for event in desk.journal.events(desk.incident)] == [1, 2, 3, 4, 5]
    assert {event.writer for event in desk.journal.events(desk.incident)} == set(writers(path))


def test_a_copied_file_goes_on_under_another_tag(desk: Desk, path: Path, tmp_path: Path) -> None:
    head = desk.board.head
    desk.journal.close()
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    journal = Journal.writing(copy, desk.clock, wait=0.0)
    recorder = Recorder(journal, desk.incident, me="al", policy=DEFAULT)
    with pytest.raises(Refused):  # a first line that is refused must not use the tag up
        recorder.record(desk.drafts("/done A9"), now=NOON)
    one, two = (recorder.record(desk.drafts(line), now=NOON)[0] for line in ("one", "two"))
    journal.close()
    assert len(set(writers(copy))) == 2
    assert {one.writer, two.writer} == set(writers(copy)) - set(writers(path))
    genesis = one.prev
    assert (one.seq, one.seen, two.seq, two.seen, two.prev) == (1, head, 2, "", one.digest)
    again = Journal.writing(copy, desk.clock, wait=0.0)
    (three,) = Recorder(again, desk.incident, me="al", policy=DEFAULT).record(desk.drafts("three"), now=NOON)
    assert (three.writer, three.seq) == (one.writer, 3)
    board = again.board(desk.incident)
    assert board is not None
    assert (board.heads, board.genesis) == ((three.digest,), genesis)
    again.close()


def test_tips_that_nobody_has_seen_are_all_the_head(desk: Desk) -> None:
    """Two writers that did not know of each other, as a merge would leave them."""
    from scribe.record.chain import heads_after, verify
    from tests.record.test_chain import insert

    board = desk.board
    fields = [desk.incident, "other", 1, 1, at("12:01"), "second", at("12:01"), "fact", False, "#2", "", board.genesis]
    insert(desk, Header(*fields), '{"kind":"fact"}', "theirs")  # type: ignore[arg-type]
    desk.journal.reindex()
    theirs = desk.journal.events(desk.incident)[-1]
    assert set(desk.board.heads) == {board.head, theirs.digest}
    assert set(split(verify(desk.journal.stored(desk.incident)).head)) == set(desk.board.heads)
    assert set(split(desk.board.head)) == set(heads_after(board.heads, theirs))
    (mine,) = desk.type("mine")
    assert (mine.prev, mine.seen) == (board.head, theirs.digest)
    assert desk.board.head == mine.digest
    assert desk.verify().ok


# ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reindex_folds_the_same_boards(desk: Desk, path: Path) -> None:
    for line in ("/sev 1", "12:00 /role ic @al", "> undo", "/done", "/state resolved", "/retract #2 x", "12:00 late"):
        desk.type(line, after=2)
    second = Desk(desk.journal, severity=4, clock=desk.clock)
    second.type("/impact EU")
    boards = desk.journal.boards()
    with raw(path) as db:
        db.execute(
            'UPDATE boards SET board = \'{"incident":"nonsense"}\', is_open = 1 WHERE incident = ?', (desk.incident,)
        )
        db.execute("DELETE FROM boards WHERE incident = ?", (second.incident,))
    assert desk.journal.reindex() == 2
    assert desk.journal.boards() == boards
    assert [board.incident for board in desk.journal.boards(open_only=True)] == [second.incident]


def test_a_damaged_board_is_folded_from_the_record_instead(desk: Desk, path: Path) -> None:
    board = desk.board
    with raw(path) as db:
        db.execute("UPDATE boards SET board = 'not json'")
    assert desk.journal.board(desk.incident) == board
    assert desk.journal.boards() == [board]
    assert desk.journal.active() == board
    assert desk.journal.named("INC") == board
    assert desk.journal.summary(desk.incident) is None  # which is what a verification tells
    desk.type("x")
    assert desk.journal.summary(desk.incident) == desk.board


def test_the_active_incident_is_the_open_one_that_spoke_last(desk: Desk) -> None:
    second = Desk(desk.journal, clock=desk.clock)
    desk.clock.advance(60)
    assert second.type("x", after=1)
    for incident, line in ((second, "y"), (desk, "z")):
        incident.type(line, after=1)
        active = desk.journal.active()
        assert active is not None
        assert active.incident == incident.incident
    desk.type("/state resolved", after=1)
    active = desk.journal.active()
    assert active is not None
    assert active.incident == second.incident
    for tick in CLOSING:
        second.type(tick)
    second.type("/state closed", after=1)
    assert desk.journal.active() is None
    assert [board.incident for board in desk.journal.boards()] == [second.incident, desk.incident]


@pytest.mark.parametrize("digits", [1, 30, 5000])
def test_an_entry_that_no_journal_can_hold_is_refused(desk: Desk, digits: int) -> None:
    with pytest.raises(Refused):
        desk.recorder.record([Draft(Retracted(target=f"w-{'9' * digits}"), "", at("12:34"))], now=NOON)


def test_an_incident_is_named_by_a_part_of_its_id(path: Path) -> None:
    journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
    for incident in ("INC-1", "INC-12", "ops-7"):
        declare(journal, "t", now=NOON, me="al", policy=DEFAULT, incident=incident)
    assert journal.named("inc-1").incident == "INC-1"
    assert journal.named("12").incident == "INC-12"
    assert journal.named("OPS").incident == "ops-7"
    with pytest.raises(NotFound, match="INC-1"):
        journal.named("inc")
    with pytest.raises(NotFound, match="no incident"):
        journal.named("nine")
    with pytest.raises(Refused, match="already is an incident"):
        declare(journal, "t", now=NOON, me="al", policy=DEFAULT, incident="INC-1")
    with pytest.raises(NotFound):
        Recorder(journal, "INC-9", me="al", policy=DEFAULT)
    assert journal.incidents() == ["INC-1", "INC-12", "ops-7"]
    journal.close()


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o277])
def test_only_its_owner_can_read_a_journal(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "a" / "b" / "j.db"
    before = os.umask(mask)
    try:
        desk = Desk(path)
        desk.type("x")
    finally:
        os.umask(before)
    files = sorted(path.parent.iterdir())
    assert [found.name for found in files] == ["j.db", "j.db-shm", "j.db-wal"]
    assert {mode(found) for found in files} == {0o600}
    assert {mode(path.parent), mode(path.parent.parent)} == {0o700}
    desk.journal.close()


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Desk(tmp_path / "j.db").journal.close()
    assert mode(tmp_path) == 0o755


@pytest.mark.parametrize("name", ["j db.db", "j%20?#.db", "한국.db", "-j.db", "j'\".db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    Desk(tmp_path / name).journal.close()
    assert name in {found.name for found in tmp_path.iterdir()}
    journal = Journal.reading(tmp_path / name, FixedClock(NOON))
    assert journal.active()
    journal.close()


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.touch()
    journal = Journal.reading(path, FixedClock(NOON))
    assert journal.boards() == []
    journal.close()
    Desk(path).journal.close()


def test_nothing_to_read(path: Path) -> None:
    with pytest.raises(Missing):
        Journal.reading(path, FixedClock(NOON))
    assert not path.exists()


def newer(path: Path) -> None:
    Desk(path).journal.close()
    with raw(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def newer_and_emptied(path: Path) -> None:
    with raw(path) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def another_database(path: Path) -> None:
    with raw(path) as db:
        db.execute("CREATE TABLE mine (x)")


def another_versioned_database(path: Path) -> None:
    with raw(path) as db:
        db.execute("PRAGMA user_version = 1")
        db.execute("CREATE TABLE events (x)")


def torn(path: Path) -> None:
    Desk(path).journal.close()
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])


@pytest.mark.parametrize("opening", [Journal.reading, lambda path, clock: Journal.writing(path, clock, wait=0.0)])
@pytest.mark.parametrize(
    ("make", "error"),
    [
        (newer, Newer),
        (newer_and_emptied, Newer),
        (another_database, Corrupt),
        (another_versioned_database, Corrupt),
        (torn, Corrupt),
        (lambda path: path.write_text("x"), Corrupt),
        (lambda path: path.write_text("notes on the incident\n" * 100), Corrupt),
        (lambda path: path.write_bytes(b"SQLite format 3\0"), Corrupt),
        (lambda path: path.mkdir(), Corrupt),
    ],
)
def test_what_is_no_journal_is_refused_and_left_alone(
    path: Path,
    make: Callable[[Path], object],
    error: type[JournalError],
    opening: Callable[[Path, FixedClock], Journal],
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error) as caught:
        opening(path, FixedClock(NOON))
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 3
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_path_through_a_file_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(JournalError):
        Journal.writing(path / "deeper" / "j.db", FixedClock(NOON), wait=0.0)


def test_a_refused_file_is_let_go(path: Path) -> None:
    path.write_text("x" * 2000)
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(5):
        with pytest.raises(Corrupt):
            Journal.reading(path, FixedClock(NOON))
        with pytest.raises(Corrupt):
            Journal.writing(path, FixedClock(NOON), wait=0.0)
    if before:
        assert len(list(Path("/proc/self/fd").iterdir())) <= before


# ── what else stands in the file ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER z BEFORE INSERT ON events WHEN NEW.kind = 'fact' BEGIN SELECT RAISE(IGNORE); END",
        "DROP TRIGGER events_are_not_updated;"
        "CREATE TRIGGER z AFTER INSERT ON events BEGIN UPDATE events SET text = 'nothing' WHERE id = NEW.id; END",
        "DROP TRIGGER events_are_not_updated; UPDATE events SET id = 9223372036854775807 WHERE id = 2",
    ],
    ids=["dropped", "changed", "no number left"],
)
def test_what_is_not_stored_as_it_was_recorded_is_not_acknowledged(desk: Desk, path: Path, statement: str) -> None:
    """Even where it was built into the file while that was open."""
    with raw(path) as connection:
        connection.executescript(statement)
    before = [row.id for row in desk.journal.stored(desk.incident)]
    with pytest.raises(Corrupt, match="an entry was not stored behind the others as it was recorded"):
        desk.type("another")
    assert [row.id for row in desk.journal.stored(desk.incident)] == before


@pytest.mark.parametrize("tag", ["x'ff01'", "CAST(x'ff41' AS TEXT)", "'Q q-1'", "'" + "a" * 40 + "'", "''"])
def test_a_tag_that_nothing_could_be_named_by_is_replaced(desk: Desk, path: Path, tag: str) -> None:
    with raw(path) as connection:
        connection.execute(f"UPDATE writers SET tag = {tag}")
    desk.journal.close()
    desk.journal = desk.recorder._journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
    assert desk.journal.own() == ""
    (event,) = desk.type("another")
    assert (event.seq, event.writer) == (1, desk.journal.own())
    assert len(event.writer) == 6
    assert desk.verify().ok


# ── a full disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_is_said_and_nothing_is_half_written(desk: Desk, path: Path) -> None:
    db = desk.journal._db
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    before = everything(path)
    big = Draft(Fact(), "x" * 60_000, at("12:01"))
    with pytest.raises(Full) as caught:
        desk.record([Draft(Impact(), "EU", at("12:01")), big])
    assert "nothing was written" in caught.value.hint
    assert everything(path) == before
    db.execute("PRAGMA max_page_count = 1000000")
    desk.record([big])
    assert desk.verify().ok


def test_what_utf8_cannot_hold_is_normalised_or_refused(path: Path) -> None:
    """Names come from the environment, where any byte may stand."""
    journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
    incident = declare(journal, "a\udcffb\0", now=NOON, me="s\udce4m", policy=DEFAULT)
    recorder = Recorder(journal, incident, me="s\udce4m", policy=DEFAULT)
    recorder.record([Draft(Fact(), "x\ud800", at("12:00"), author="\udcff", at_raw="\udcff")], now=NOON)
    recorder.keep("capture", "typed \udcff", NOON)
    texts = [(entry.text, entry.recorded_by, entry.by) for entry in recorder.load().entries]
    assert texts == [("a\ufffdb␀", "s\ufffdm", "s\ufffdm"), ("x\ufffd", "s\ufffdm", "\ufffd")]
    journal.close()
