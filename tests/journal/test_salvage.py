"""What is read of a damaged journal. Every kind of damage, thousands of times: tests.durability.corruptions."""

from __future__ import annotations

import errno
import os
import random
import re
from collections.abc import Callable
from contextlib import closing
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.clock import FixedClock
from scribe.journal.pages import SIZES
from scribe.journal.salvage import Gap, Result, salvage
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import Stored, digest_header, verify
from scribe.record.errors import Corrupt
from scribe.record.events import Draft, Erased, Received
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.durability import corruptions
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw, unguarded

NULLED = (
    "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
    " WHERE ref = ?"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "j.db"


def told(path: Path, *lines: str) -> Desk:
    """An incident with these entries; the journal stays open."""
    desk = Desk(path, severity=2)
    for line in lines or ("one", "? two", "three"):
        desk.type(line, after=1)
    return desk


def salvaged(path: Path) -> tuple[Result, list[Stored]]:
    """What salvage says, and every row of the new journal."""
    new = path.with_name("new.db")
    for end in ("", "-wal", "-shm"):
        new.with_name(f"new.db{end}").unlink(missing_ok=True)
    result = salvage(path, new, FixedClock(NOON))
    with closing(Journal.reading(new, FixedClock(NOON))) as journal:
        return result, [row for incident in journal.incidents() for row in journal.stored(incident)]


def rows_of(path: Path) -> list[Stored]:
    with closing(Journal.reading(path, FixedClock(NOON))) as journal:
        return [row for incident in journal.incidents() for row in journal.stored(incident)]


def texts(rows: list[Stored]) -> list[str | None]:
    return [row.body.text if row.body else None for row in rows]


def test_a_journal_that_is_whole_comes_out_as_it_was(path: Path) -> None:
    desk = told(path, "one", "? two", "x" * 60_000, "결제 오류")
    desk.recorder.keep("capture", "typed and not sent", desk.clock.now())
    again = Desk(desk.journal, clock=desk.clock)
    again.type("of another incident")
    boards, before = desk.journal.boards(), rows_of(path)
    desk.journal.close()
    result, rows = salvaged(path)
    assert result.is_whole
    assert (result.drafts, result.lacking) == (1, 0)
    assert sorted((one.entries, one.gaps, one.wordless) for one in result.incidents) == [(2, (), ()), (5, (), ())]
    assert rows == before
    with closing(Journal.reading(path.with_name("new.db"), desk.clock)) as new:
        assert new.boards() == boards
        assert new.connection.execute("SELECT count(*) FROM writers").fetchone() == (0,)
        unsent = new.connection.execute("SELECT incident, box, text FROM drafts").fetchall()
    assert unsent == [(desk.incident, "capture", "typed and not sent")]


def test_an_unsent_text_of_no_time_that_there_is_stays_behind(path: Path) -> None:
    desk = told(path, "one")
    desk.recorder.keep("capture", "typed and not sent", desk.clock.now())
    desk.journal.close()
    with raw(path) as db:
        row = (desk.incident, "note", f"{'0' * 16}:1:1", "x", "2026-13-45T99:99:99.999Z")
        db.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, ?)", row)
    assert salvaged(path)[0].drafts == 1


def test_nothing_altered_is_taken_and_nothing_whole_is_overlooked() -> None:
    counts = corruptions.run(len(corruptions.DAMAGES), seed=20261120)
    assert {name: counts[name] for name in corruptions.NEVER} == dict.fromkeys(corruptions.NEVER, 0)
    assert counts["taken"] > 100
    assert counts["nothing"] > 0


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> corruptions.Truth:
    return corruptions.smallest(tmp_path_factory.mktemp("truths"), seed=2)


@settings(max_examples=25)
@given(places=st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 7)), min_size=1, max_size=40))
def test_flipped_bits_anywhere(
    tmp_path_factory: pytest.TempPathFactory, truth: corruptions.Truth, places: list[tuple[int, int]]
) -> None:
    files = truth.files()
    for place, bit in places:
        files.database[place % len(files.database)] ^= 1 << bit
    counts = corruptions.examine(truth, files, tmp_path_factory.mktemp("flipped") / "j.db")
    assert not any(counts[name] for name in corruptions.NEVER)


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_every_size_also_without_a_header(path: Path, size: int) -> None:
    told(path, "one", "? two", "long " * 5000, "x" * 300).journal.close()
    with raw(path) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute(f"PRAGMA page_size = {size}")
        db.execute("VACUUM")
    before = rows_of(path)
    content = path.read_bytes()
    path.write_bytes(os.urandom(100) + content[100:])
    result, rows = salvaged(path)
    assert rows == before
    assert result.is_whole


def test_an_incident_of_which_nothing_is_left_is_named(path: Path) -> None:
    """An index still names it, or what lies beside its summary; and pages that hold nothing are no good sign."""
    told(path, "one").journal.close()
    with raw(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("CREATE INDEX mine ON events (kind, author, seq)")  # of the same shape, and of no incident
        ours = rows_of(path)
    desk = Desk(path, severity=2)
    for number in range(20):
        desk.type(f"{number} {'x' * 300}", after=1)
    writer, name = desk.journal.own(), desk.incident.encode()
    desk.journal.close()
    with raw(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    for found in list(re.finditer(b"\x81\x0d\x81\x0d", data)):
        if name in data[found.end() : found.end() + 60]:
            data[found.start() : found.end()] = bytes(4)
    data = data.replace(b'{"incident":"' + name, b"x" * 13 + name)
    path.write_bytes(data + bytes(4096))
    with path.open("r+b") as file:  # one page more than there is
        file.seek(28)
        file.write((len(data) // 4096 + 1).to_bytes(4))
    result, rows = salvaged(path)
    assert [row.digest for row in rows] == [row.digest for row in ours]
    gone = next(one for one in result.incidents if one.incident == desk.incident)
    assert [str(gap) for gap in gone.gaps] == [f"{writer}-1 to {writer}-21"]
    assert (gone.entries, gone.is_whole, result.is_whole) == (0, False, False)
    assert result.blank == 1
    assert len(result.incidents) == 2


@pytest.mark.parametrize("is_free", [True, False])
def test_a_blank_page_is_no_loss_where_it_is_free(path: Path, is_free: bool) -> None:
    told(path, "one").journal.close()
    with raw(path) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("CREATE TABLE mine (x)")
        db.execute("INSERT INTO mine VALUES (zeroblob(20000))")
        db.execute("DROP TABLE mine")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[32:36] = data[32:36] if is_free else bytes(4)
    path.write_bytes(data)
    result, _ = salvaged(path)
    assert (result.is_whole, result.blank > 0) == (is_free, not is_free)


def test_what_is_missing_is_named(path: Path) -> None:
    desk = told(path, "one", "? two", "three", "four")
    writer = rows_of(path)[0].header.writer
    desk.journal.close()
    with unguarded(path) as db:
        db.execute("DELETE FROM events WHERE seq IN (3, 4)")
        db.execute("UPDATE events SET text = 'altered' WHERE seq = 2")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
    result, rows = salvaged(path)
    (found,) = result.incidents
    assert found.gaps == (Gap(writer, 3, 4),)
    assert [str(gap) for gap in found.gaps] == [f"{writer}-3 to {writer}-4"]
    assert found.wordless == ("#2",)
    assert (found.entries, found.is_declared, found.counted, found.is_whole) == (3, True, True, False)
    assert texts(rows) == ["Checkout fails", None, "four"]


def test_a_cut_off_tail_shows_as_far_as_the_summary_knows_it(path: Path) -> None:
    desk = told(path)
    writer = rows_of(path)[0].header.writer
    desk.journal.close()
    with unguarded(path) as db:
        db.execute("DELETE FROM events WHERE seq > 2")
        db.execute("VACUUM")
    assert salvaged(path)[0].incidents[0].gaps == (Gap(writer, 3, 4),)
    with raw(path) as db:
        db.execute("DELETE FROM boards")
        db.execute("VACUUM")
    (found,) = salvaged(path)[0].incidents
    assert (found.gaps, found.counted, found.is_whole) == ((), False, False)


def test_a_summary_that_cannot_be_right_counts_nothing(path: Path) -> None:
    told(path).journal.close()
    with unguarded(path) as db:
        db.execute("""UPDATE boards SET board = replace(board, '"seq":4', '"seq":94')""")
    (found,) = salvaged(path)[0].incidents
    assert (found.gaps, found.counted) == ((), False)


def test_an_incident_of_which_the_summary_alone_is_left(path: Path) -> None:
    desk = told(path)
    writer = rows_of(path)[0].header.writer
    desk.journal.close()
    with unguarded(path) as db:
        db.execute("DELETE FROM events")
        db.execute("VACUUM")
    (found,) = salvaged(path)[0].incidents
    assert (found.incident, found.entries, found.gaps) == (desk.incident, 0, (Gap(writer, 1, 4),))


def test_without_its_declaration_a_record_still_opens(path: Path) -> None:
    told(path).journal.close()
    with unguarded(path) as db:
        db.execute("DELETE FROM events WHERE kind = 'declared'")
        db.execute("DELETE FROM boards")
        db.execute("VACUUM")
    result, rows = salvaged(path)
    (found,) = result.incidents
    assert (found.is_declared, found.counted, found.is_whole) == (False, False, False)
    verdict = verify(rows)
    assert verdict.first_break is not None
    with closing(Journal.writing(path.with_name("new.db"), FixedClock(NOON), wait=0.0)) as journal:
        recorder = Recorder(journal, found.incident, me="sam", policy=DEFAULT)
        assert [entry.text for entry in recorder.load().entries] == ["one", "two", "three"]
        draft = Draft(Received(withheld=()), "", stamp(NOON))
        (event,) = recorder.record([draft], now=NOON)
        assert event.writer != rows[0].header.writer


# ── what was erased, what was withheld ──────────────────────────────────────────────────────────────────────────────


def older_page(path: Path, make: Callable[[Desk], None], salt: int = 0) -> None:
    """A journal in whose log an older version of its pages is left, from before ``make``."""
    desk = told(path)
    desk.recorder.keep("capture", "half a line", desk.clock.now())
    desk.journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    older = path.read_bytes()
    make(desk)
    desk.journal.close()
    frames = b"".join(
        number.to_bytes(4) + bytes(4) + salt.to_bytes(8) + bytes(8) + older[base : base + 4096]
        for number, base in enumerate(range(0, len(older), 4096), 1)
    )
    path.with_name(f"{path.name}-wal").write_bytes(bytes(32) + frames)


def gone(desk: Desk, *, said: bool) -> None:
    (entry,) = (entry for entry in desk.state().entries if entry.ref == "#2")
    with desk.journal.transaction():
        desk.journal.connection.execute(NULLED, ("#2",))
        if said:
            draft = Draft(Erased(target=entry.id), "a password", stamp(desk.clock.now()))
            desk.journal.note(desk.incident, draft, "sam", draft.at)


@pytest.mark.parametrize("said", [True, False])
def test_erased_words_never_come_back_from_an_older_page(path: Path, said: bool) -> None:
    older_page(path, lambda desk: gone(desk, said=said))
    result, rows = salvaged(path)
    assert texts(rows)[:4] == ["Checkout fails", None, "two", "three"]
    assert result.incidents[0].wordless == (() if said else ("#2",))  # the event that says so may be lost, too


def test_erased_words_do_not_come_back_though_no_row_without_them_is_left(path: Path) -> None:
    desk = told(path)
    (entry,) = (entry for entry in desk.state().entries if entry.ref == "#2")
    draft = Draft(Erased(target=entry.id), "a password", stamp(desk.clock.now()))
    with desk.journal.transaction():
        desk.journal.note(desk.incident, draft, "sam", draft.at)
    desk.journal.close()
    result, rows = salvaged(path)
    assert texts(rows)[1] is None
    assert result.is_whole


def test_words_that_were_withheld_and_came_later_are_kept(path: Path) -> None:
    def withheld(desk: Desk) -> None:
        (row,) = (row for row in desk.journal.stored(desk.incident) if row.header.ref == "#2")
        with desk.journal.transaction():
            desk.journal.connection.execute(NULLED, ("#2",))
            desk.journal.be_another()  # of what it wrote itself no copy can say that it did not come
            note = Draft(Received(withheld=(row.id,)), "", stamp(desk.clock.now()))
            desk.journal.note(desk.incident, note, "sam", note.at)

    older_page(path, withheld)
    result, rows = salvaged(path)
    assert texts(rows)[1] == "one"
    assert result.is_whole


@pytest.mark.parametrize(("salt", "kept"), [(0, 1), (7, 0)])
def test_unsent_text_is_that_of_the_newest_page(path: Path, salt: int, kept: int) -> None:
    older_page(path, lambda desk: desk.recorder.keep("capture", "", desk.clock.now()), salt)
    assert salvaged(path)[0].drafts == kept  # frames of another salt were left over when the log was begun anew


# ── which of two, and in which order ────────────────────────────────────────────────────────────────────────────────


def put(path: Path, row: Stored, number: int) -> None:
    """A row put in by somebody with another tool."""
    assert row.body is not None
    with unguarded(path) as db:
        db.execute("DROP INDEX IF EXISTS events_identity")
        fields = [getattr(row.header, name) for name in row.header.__struct_fields__]
        body = [getattr(row.body, name) for name in row.body.__struct_fields__]
        values = (number, *fields, row.body_digest, row.digest, *body, row.salt)
        db.execute("INSERT INTO events VALUES (?" + ", ?" * 20 + ")", values)
        db.execute("VACUUM")  # in the order of the numbers


@pytest.mark.parametrize("number", [1000, -5])
def test_of_two_events_in_one_place_the_one_is_taken_that_others_follow(path: Path, number: int) -> None:
    told(path).journal.close()
    before = rows_of(path)
    header = replace(before[1].header, at="2026-11-20T11:00:00.000Z")
    put(path, replace(before[1], header=header, digest=digest_header(header, before[1].body_digest)), number)
    result, rows = salvaged(path)
    assert [row.digest for row in rows] == [row.digest for row in before]
    assert result.is_whole


def test_the_order_is_that_of_the_links_whatever_the_numbers_say(path: Path) -> None:
    told(path).journal.close()
    before = rows_of(path)
    with unguarded(path) as db:
        db.execute("UPDATE events SET id = 100 - id")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _, rows = salvaged(path)
    assert [row.digest for row in rows] == [row.digest for row in before]
    assert verify(rows).ok


def test_the_order_of_a_writer_holds_across_a_gap(path: Path) -> None:
    told(path, "one", "two", "three", "four").journal.close()
    before = rows_of(path)
    with unguarded(path) as db:
        db.execute("DELETE FROM events WHERE seq IN (2, 4)")
        db.execute("UPDATE events SET id = 100 - id")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _, rows = salvaged(path)
    assert [row.header.seq for row in rows] == [1, 3, 5]
    assert {row.digest for row in rows} < {row.digest for row in before}


def test_links_that_go_round_are_somebodys_forgery_and_no_endless_loop(path: Path) -> None:
    told(path, "one", "two").journal.close()
    before = rows_of(path)
    header = replace(before[0].header, prev="f" * 64, kind="fact", writer="222222", seq=2)
    forged = replace(before[0], header=header, digest=digest_header(header, before[0].body_digest))
    header = replace(header, seq=1, prev=forged.digest)
    other = replace(forged, header=header, digest=digest_header(header, forged.body_digest))
    put(path, forged, 50)
    put(path, other, 51)
    result, rows = salvaged(path)
    assert len(rows) == 5
    assert not verify(rows).ok
    assert not result.is_whole


# ── files that are none ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"notes\n" * 400, bytes(20_000), b"SQLite format 3\0" + bytes(4096), random.Random(7).randbytes(9000)],
    ids=["empty", "a zero", "text", "zeros", "a header alone", "noise"],
)
def test_where_nothing_can_be_read_nothing_is_made(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Corrupt, match="nothing of a journal can be read"):
        salvage(path, path.with_name("new.db"), FixedClock(NOON))
    assert not path.with_name("new.db").exists()


def test_a_log_alone_is_read(path: Path) -> None:
    desk = told(path)
    log = path.with_name("j.db-wal").read_bytes()
    before = rows_of(path)
    desk.journal.close()
    path.unlink()
    path.with_name("j.db-wal").write_bytes(log)
    assert salvaged(path)[1] == before


def test_where_the_journal_is_a_link_its_log_lies_beside_what_it_points_at(path: Path) -> None:
    desk = told(path)
    desk.journal.tidy()
    desk.type("in the log alone")
    link = path.parent / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    found = salvaged(link)
    assert texts(found[1])[-1] == "in the log alone"
    assert found == salvaged(path)
    desk.journal.close()


def test_a_rollback_journal_is_read_too(path: Path) -> None:
    told(path).journal.close()
    before = rows_of(path)
    content = path.read_bytes()
    pages = [content[base : base + 4096] for base in range(0, len(content), 4096)]
    journal = bytes(512) + b"".join(number.to_bytes(4) + page + bytes(4) for number, page in enumerate(pages, 1))
    path.write_bytes(os.urandom(len(content)))
    path.with_name("j.db-journal").write_bytes(journal)
    assert salvaged(path)[1] == before


def test_what_the_disk_cannot_read_is_taken_for_zeros(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(path, *(f"{number} {'x' * 300}" for number in range(60))).journal.close()
    before = rows_of(path)
    bad = path.read_bytes().index(b"30 xxx") // 4096 * 4096
    read = os.pread

    def failing(self: FileIO) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    def torn(handle: int, count: int, place: int) -> bytes:
        if place == bad:
            raise OSError(errno.EIO, "Input/output error")
        return read(handle, count, place)

    class Torn(FileIO):
        readall = failing

    def opened(self: Path, mode: str = "r", **_: Any) -> FileIO:
        return Torn(self, mode)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", torn)
        patch.setattr(Path, "open", opened)
        result = salvage(path, path.with_name("new.db"), FixedClock(NOON))
    rows = rows_of(path.with_name("new.db"))
    assert 0 < len(rows) < len(before)
    assert set(texts(rows)) < set(texts(before))
    assert result.incidents[0].gaps


def test_the_damaged_file_is_only_read(path: Path) -> None:
    desk = told(path)
    content, log = path.read_bytes(), path.with_name("j.db-wal").read_bytes()
    desk.journal.close()
    for name, found in (("j.db", content), ("j.db-wal", log)):
        path.with_name(name).write_bytes(found)
        path.with_name(name).chmod(0o400)
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in path.parent.iterdir()}
    result, _ = salvaged(path)
    after = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in path.parent.iterdir()}
    assert {name: found for name, found in after.items() if not name.startswith("new.db")} == before
    assert result.is_whole
