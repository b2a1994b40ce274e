# ruff: noqa: S608  # the columns are this file's own
"""What the chain shows and what it cannot: every column of every row, rows moved, gone, forged and erased."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.board import rebuild
from scribe.record.chain import Body, Header, Verdict, ancestors, digest_body, digest_header, split, verify
from scribe.record.errors import Refused
from scribe.record.events import Draft, Erased
from scribe.record.fold import replay
from scribe.record.state import Board, Entry, State
from scribe.recorder import Recorder
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.raw import unguarded

STORY = ["EU fails #eu https://x.example/1", "? @bob pool", "/sev 1 worse", "11:50 before", "/role ic @al", "> undo"]
STORY += ["/done A1", "/amend #2 EU and UK", "/retract #5 wrong"]
HEADER = [*Header.__struct_fields__, "body_digest", "digest"]
BODY = [*Body.__struct_fields__, "salt"]
ERASED = 3


def tampered(path: Path) -> Journal:
    """A journal without its guards, so that a test can do what a forger would."""
    journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
    with unguarded(path):
        pass
    return journal


def erase(desk: Desk, ref: str) -> None:
    target = desk.entry(ref)
    desk.record([Draft(Erased(target=target.id), "a password", at("12:30"))])
    desk.journal._db.execute(
        f"UPDATE events SET {', '.join(f'{column} = NULL' for column in BODY)} WHERE id = ?", (target.number,)
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A story by two writers, one entry of it erased, in a journal without its guards."""
    path = tmp_path_factory.mktemp("chain") / "j.db"
    desk = Desk(path, severity=2)
    for line in STORY:
        desk.type(line, after=1)
    copied = tmp_path_factory.mktemp("copy") / "j.db"
    desk.journal.close()
    copied.write_bytes(path.read_bytes())
    desk.journal = desk.recorder._journal = tampered(copied)
    for line in ("from the copy", "! go on"):
        desk.type(line, after=1)
    erase(desk, "H1")
    assert desk.verify() == Verdict(13, 1, desk.board.head, None)
    yield desk
    desk.journal.close()


@contextmanager
def change(desk: Desk) -> Iterator[None]:
    """What is done to the file meanwhile is undone at the end."""
    desk.journal._db.execute("BEGIN")
    try:
        yield
    finally:
        desk.journal._db.execute("ROLLBACK")


def flipped(value: object, place: int, bit: int) -> object:
    """A value with one bit, or its one number, or its absence changed."""
    if value is None:
        return "x"
    if isinstance(value, int):
        return value ^ (1 << bit)
    data = bytearray(value if isinstance(value, bytes) else str(value).encode())
    if not data:
        return "x"
    data[place % len(data)] ^= 1 << bit
    return bytes(data)


@settings(max_examples=400)
@given(st.integers(1, 13), st.sampled_from(HEADER + BODY), st.integers(0, 200), st.integers(0, 7))
def test_any_bit_of_any_column_of_any_row(told: Desk, row: int, column: str, place: int, bit: int) -> None:
    _is_caught(told, row, column, place, bit)


@pytest.mark.parametrize("column", HEADER + BODY)
def test_every_column_of_every_row(told: Desk, column: str) -> None:
    for row in range(1, 14):
        for bit in (0, 1, 7):
            _is_caught(told, row, column, 0, bit)


def _is_caught(told: Desk, row: int, column: str, place: int, bit: int) -> None:
    with change(told):
        db = told.journal._db
        value, writer, seq, ref = db.execute(
            f"SELECT {column}, writer, seq, ref FROM events WHERE id = ?", (row,)
        ).fetchone()
        new = flipped(value, place, bit)
        cast = "?" if column == "salt" or isinstance(new, int) else "CAST(? AS TEXT)"
        db.execute(f"UPDATE events SET {column} = {cast} WHERE id = ?", (new, row))
        verdict = told.verify()
        if column == "incident":  # gone from this record, and no beginning of another
            assert not verdict.ok or verdict.head != told.board.head
            return
        broken = verdict.first_break
        assert broken is not None, (column, value, new)
        assert column == "ref" or broken.ref == ref
        assert column in ("writer", "seq") or broken.id == f"{writer}-{seq}"
        assert broken.why


@pytest.mark.parametrize(
    ("column", "value"),
    [("salt", "x" * 16), ("text", b"x"), ("seq", "many"), ("seen", b"x"), ("at", 2.5), ("kind", b"")],
)
def test_a_value_of_another_type(told: Desk, column: str, value: object) -> None:
    with change(told):
        told.journal._db.execute(f"UPDATE events SET {column} = ? WHERE id = 2", (value,))
        broken = told.verify().first_break
        assert broken is not None
        assert broken.ref == "#2"


@pytest.mark.parametrize(("one", "other"), [(2, 3), (4, 9), (1, 2), (11, 12), (5, 12)])
def test_entries_in_another_order(told: Desk, one: int, other: int) -> None:
    with change(told):
        for old, new in ((one, -1), (other, one), (-1, other)):
            told.journal._db.execute("UPDATE events SET id = ? WHERE id = ?", (new, old))
        assert not told.verify().ok


@pytest.mark.parametrize("row", range(1, 13))
def test_an_entry_taken_out(told: Desk, row: int) -> None:
    with change(told):
        told.journal._db.execute("DELETE FROM events WHERE id = ?", (row,))
        verdict = told.verify()
        assert verdict.first_break is not None
        assert verdict.events == 12


@pytest.mark.parametrize("kept", [1, 5, 12])
def test_a_cut_tail_shows_only_against_a_noted_head(told: Desk, kept: int) -> None:
    noted = told.verify().head
    with change(told):
        told.journal._db.execute("DELETE FROM events WHERE id > ?", (kept,))
        verdict = told.verify()
        erased = kept >= ERASED  # the erasure that accounts for it is cut away
        assert verdict.ok != erased
        held = {digest for stored in told.journal.stored(told.incident) for digest in [stored.digest]}
        assert not set(split(noted)) & held


@pytest.mark.parametrize("row", [1, 4, 13])
@pytest.mark.parametrize("resealed", [False, True])
def test_a_forged_entry(told: Desk, row: int, resealed: bool) -> None:
    """Other words, with digests to match: the next entry still names the digest of the words that were there."""
    noted = told.verify().head
    with change(told):
        stored = list(told.journal.stored(told.incident))[row - 1]
        assert stored.body is not None
        assert stored.salt is not None
        body = Body(stored.body.author, stored.body.recorder, "", "it was carol", stored.body.payload)
        words = digest_body(body, stored.salt)
        digest = digest_header(stored.header, words) if resealed else stored.digest
        told.journal._db.execute(
            "UPDATE events SET at_raw = '', text = ?, body_digest = ?, digest = ? WHERE id = ?",
            (body.text, words, digest, row),
        )
        verdict = told.verify()
        if resealed and row == 13:
            assert verdict.head != noted
        else:
            assert not verdict.ok


def test_a_forged_entry_at_the_end_needs_the_right_place(told: Desk) -> None:
    last = list(told.journal.stored(told.incident))[-1].header
    for changes in (
        {"seq": last.seq},
        {"seq": last.seq + 2},
        {"prev": "0" * 64},
        {"seen": "0" * 64},
        {"kind": "declared"},
    ):
        with change(told):
            fields = {name: getattr(last, name) for name in last.__struct_fields__}
            fields |= {"seq": last.seq + 1, "prev": told.board.head, "seen": ""} | changes
            insert(told, Header(**fields), '{"kind":"fact"}', "forged")
            assert not told.verify().ok, changes


def insert(desk: Desk, header: Header, payload: str, text: str) -> None:
    """A row with digests to match, as another version of scribe might have written it."""
    body, salt = Body("", "eve", "", text, payload), b"salt" * 4
    words = digest_body(body, salt)
    values = [getattr(header, name) for name in header.__struct_fields__]
    values += [words, digest_header(header, words), body.author, body.recorder, body.at_raw, body.text, payload, salt]
    columns = ", ".join(HEADER + BODY)
    desk.journal._db.execute(f"INSERT INTO events ({columns}) VALUES ({', '.join('?' * 20)})", values)


# ── erasure ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_erased_entry_needs_an_erasure(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db")
    desk.type("the password is hunter2")
    desk.type("b")
    everything = ", ".join(f"{column} = NULL" for column in BODY)
    desk.journal._db.execute(f"UPDATE events SET {everything} WHERE ref = '#2'")
    broken = desk.verify().first_break
    assert broken is not None
    assert (broken.ref, broken.id) == ("#2", desk.entry("#2").id)
    desk.record([Draft(Erased(target=desk.entry("#3").id), "not this one", at("12:00"))])
    assert not desk.verify().ok
    desk.record([Draft(Erased(target=desk.entry("#2").id), "a password", at("12:00"))])
    verdict = desk.verify()
    assert (verdict.ok, verdict.erased, verdict.events) == (True, 1, 5)
    assert desk.entry("#2").text == ""
    assert desk.state().board == desk.board


def test_an_erased_entry_does_not_hide_an_altered_one(told: Desk) -> None:
    with change(told):
        told.journal._db.execute("UPDATE events SET text = 'x' WHERE id = 9")
        broken = told.verify().first_break
        assert broken is not None
        assert broken.why == "its words were altered"


# ── what a newer version wrote ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("ritual", '{"kind":"ritual","candles":[1,2],"on_board":true}'),
        ("fact", '{"kind":"fact","mood":"grim","tags":["db"]}'),
        ("role", '{"kind":"role","role":"liaison","who":"al"}'),
    ],
)
@pytest.mark.parametrize("on_board", [False, True])
def test_what_a_newer_version_wrote_survives(tmp_path: Path, kind: str, payload: str, on_board: bool) -> None:
    desk = Desk(tmp_path / "j.db", severity=2)
    board = desk.board
    tail = next(iter(board.tails))
    header = Header(desk.incident, tail, 2, 2, at("12:01"), "second", at("12:01"), kind, on_board, "#2", "", board.head)
    insert(desk, header, payload, "from the future")
    desk.journal.reindex()
    desk.type("/sev 1", after=5)
    desk.type("12:00:30 /impact i")
    assert desk.verify().ok
    assert [stored.body.payload for stored in desk.journal.stored(desk.incident) if stored.body][1] == payload
    entry = desk.entry("#2")
    assert (entry.kind, entry.text) == (kind, "from the future")
    assert entry.tags == (("db",) if kind == "fact" else ())
    assert desk.board.severity == 1


# ── the links themselves ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_record_has_no_head() -> None:
    assert verify([]) == Verdict(0, 0, "", None)


def test_a_copy_that_went_on_has_seen_what_was_there(told: Desk) -> None:
    stored = list(told.journal.stored(told.incident))
    first, second = stored[10], stored[11]
    assert first.header.writer != stored[9].header.writer
    assert (first.header.seq, first.header.prev) == (1, stored[0].digest)
    assert first.header.seen == stored[9].digest
    assert (second.header.seq, second.header.prev, second.header.seen) == (2, first.digest, "")


def test_digests_are_what_other_versions_compute() -> None:
    """Golden: sha256 over these bytes, for ever."""
    body = Body("al", "sam", "", "x é", '{"kind":"fact"}')
    words = digest_body(body, b"\0" * 16)
    assert words == "d66f93747061ff49faf178929c946cd73b0e8da60d8742495b0aaab204638a13"
    header = Header("INC-1", "w", 1, 1, at("12:00"), "second", at("12:00"), "fact", False, "#1", "", "p")
    assert digest_header(header, words) == "76ede3b9a683f9167b3733e07dee7802d7129f1a1ef89cfa7a78c6499a50d0fb"


# ── what the record held ────────────────────────────────────────────────────────────────────────────────────────────

TYPED = """
a fact | ? a guess | -5m /sev 1 | /sev 3 | /role ic @al | -9m before | /amend #2 other words | > undo
/done | /retract #2 wrong | /restrict #2 | /impact EU | /handoff @bob | /ack | /state mitigating
"""
LINES = st.sampled_from([line.strip() for line in TYPED.strip().replace("\n", "|").split("|")])


def shape(state: State) -> tuple[Board, list[Entry]]:
    return state.board, list(state.entries)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Journal, Journal]]:
    """Two copies of a journal, for two writers who know nothing of each other."""
    journals = [
        Journal.writing(tmp_path_factory.mktemp(name) / "j.db", FixedClock(NOON), wait=0.0) for name in ("one", "two")
    ]
    for journal in journals:
        journal._db.execute("PRAGMA synchronous = OFF")
    yield journals[0], journals[1]
    for journal in journals:
        journal.close()


@settings(max_examples=60)
@given(st.lists(LINES, max_size=12))
def test_a_noted_head_gives_back_what_the_record_held_then(two: tuple[Journal, Journal], story: list[str]) -> None:
    desk = Desk(two[0], severity=2, clock=FixedClock(NOON))
    noted = [(desk.board.head, shape(desk.state()))]
    for line in story:
        try:
            desk.type(line, after=1)
        except Refused:
            continue
        noted.append((desk.board.head, shape(desk.state())))
    events = desk.journal.events(desk.incident)
    assert len(noted) == len(events)
    for place, (head, held) in enumerate(noted, 1):
        assert ancestors(events, head) == events[:place]
        assert shape(replay(desk.incident, ancestors(events, head))) == held


WRITERS = st.lists(st.tuples(st.sampled_from("ab"), LINES, st.booleans()), min_size=1, max_size=14)


@settings(max_examples=60)
@given(WRITERS)
def test_a_noted_head_gives_back_what_was_held_among_two_writers(
    two: tuple[Journal, Journal], story: list[tuple[str, str, bool]]
) -> None:
    """Each goes on from the common beginning; now and then one takes over what the other wrote, as a merge does."""
    first = Desk(two[0], severity=2, clock=FixedClock(NOON))
    incident = first.incident
    second = Desk(two[1], severity=2, clock=FixedClock(NOON))
    second.incident = incident
    merge(first.journal, second.journal, incident)
    second.recorder = Recorder(second.journal, incident, me="eve", policy=DEFAULT)
    desks = {"a": first, "b": second}
    noted: list[tuple[str, set[str]]] = []
    for who, line, meets in story:
        desk, other = desks[who], desks["b" if who == "a" else "a"]
        if meets:
            merge(other.journal, desk.journal, incident)
        try:
            desk.type(line, after=1)
        except Refused:
            continue
        finally:
            noted.append((desk.board.head, {event.digest for event in desk.journal.events(incident)}))
    merge(first.journal, second.journal, incident)
    merge(second.journal, first.journal, incident)
    for desk in (first, second):
        events = desk.journal.events(incident)
        assert desk.verify().ok
        for head, held in noted:
            found = ancestors(events, head)
            assert {event.digest for event in found} == held
            assert set(split(replay(incident, found).board.head)) == set(split(head))
            assert [event.number for event in found] == sorted(event.number for event in found)


def merge(source: Journal, target: Journal, incident: str) -> None:
    """The events that ``target`` lacks, row by row, and its board folded anew."""
    columns = ", ".join(HEADER + BODY)
    held = {event.digest for event in target.events(incident)}
    rows = source._db.execute(f"SELECT {columns} FROM events WHERE incident = ? ORDER BY id", (incident,)).fetchall()
    for row in rows:
        if row[HEADER.index("digest")] not in held:
            target._db.execute(f"INSERT INTO events ({columns}) VALUES ({', '.join('?' * len(row))})", row)
    target._write_board(rebuild(incident, target.events(incident)))


def test_the_head_of_another_record_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db")
    desk.type("a fact")
    events = desk.journal.events(desk.incident)
    noted = desk.board.head
    assert ancestors(events, noted) == events
    assert ancestors(events, "") == []
    for head in (noted[:-1], f"{noted}+{'0' * 64}", "x"):
        with pytest.raises(Refused, match=f"the digest {split(head)[-1][:12]}"):
            ancestors(events, head)
    with pytest.raises(Refused, match="holds no entry"):
        ancestors(events[1:], noted)  # its beginning was cut off
    with pytest.raises(Refused, match="holds no entry"):
        ancestors(events[:1], noted)
