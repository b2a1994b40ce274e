"""Copies of a record, merged by union."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.afterwards import FactorSaid, ItemSaid
from scribe.record.chain import Stored, verify
from scribe.record.errors import Refused
from scribe.record.events import Amended, Draft, Erased, Update
from scribe.record.state import State
from scribe.recorder import Recorder, erase, going, merge
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.raw import raw

STORY = ["EU fails", "? pool", "/sev 2", "> undo", "/role ic @al"]
NULL_A1 = (
    "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
    " WHERE ref = 'A1'"
)


def rows(journal: Journal, incident: str) -> list[Stored]:
    return list(journal.stored(incident))


def bare(row: Stored) -> Stored:
    return replace(row, body=None, salt=None)


def keys(journal: Journal, incident: str) -> dict[tuple[str, int], str]:
    return {(row.header.writer, row.header.seq): row.digest for row in journal.stored(incident)}


def copied(desk: Desk, path: Path) -> Desk:
    """The same journal as another file, for somebody else."""
    desk.journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(desk.journal.path, path)
    return resumed(path, desk.incident, "eve")


def resumed(path: Path, incident: str, me: str) -> Desk:
    other = Desk.__new__(Desk)
    other.clock = FixedClock(NOON)
    other.clock.advance(3600)
    other.journal = Journal.writing(path, other.clock, wait=0.02)
    other.journal.connection.execute("PRAGMA synchronous = OFF")
    other.incident = incident
    other.recorder = Recorder(other.journal, incident, me=me, policy=DEFAULT)
    return other


def take(desk: Desk, source: Desk, chosen: list[Stored] | None = None) -> object:
    given = rows(source.journal, source.incident) if chosen is None else chosen
    return merge(desk.journal, given, now=desk.clock.now(), me="merger")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=3)
    for line in STORY:
        desk.type(line, after=1)
    yield desk
    desk.journal.close()


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    other = copied(desk, tmp_path / "copy.db")
    yield other
    other.journal.close()


def shown(state: State) -> list[tuple[str, str, str, str, int]]:
    """What a person reads of each entry, without the references that either copy gave out first."""
    return [(one.id, one.text, one.by, one.status, len(one.revisions)) for one in state.entries]


def test_a_copied_file_is_another_writer_and_its_merge_loses_nothing(desk: Desk, copy: Desk) -> None:
    desk.type("ours")
    copy.type("theirs")
    (ours, theirs) = (list(keys(one.journal, desk.incident)) for one in (desk, copy))
    assert ours[-1][0] != theirs[-1][0]
    assert "taken=1" in repr(take(desk, copy))
    assert "taken=1" in repr(take(copy, desk))
    assert set(keys(desk.journal, desk.incident)) == set(ours) | set(theirs)
    assert set(desk.board.heads) == set(copy.board.heads)
    assert shown(desk.state()) == shown(copy.state())
    refs = {one.text: one.ref for one in desk.state().entries}
    assert refs["ours"] == "#5"
    assert refs["theirs"] == f"#5·{theirs[-1][0][:2]}"
    assert desk.verify().ok


def test_merging_twice_changes_nothing(desk: Desk, copy: Desk) -> None:
    copy.type("theirs")
    take(desk, copy)
    before = desk.journal.path.read_bytes(), desk.board, rows(desk.journal, desk.incident)
    merged = take(desk, copy)
    assert getattr(merged, "is_nothing")  # noqa: B009  # an object to whoever only prints it
    assert (desk.journal.path.read_bytes(), desk.board, rows(desk.journal, desk.incident)) == before


def test_what_is_written_after_a_merge_has_seen_both(desk: Desk, copy: Desk) -> None:
    desk.type("ours")
    copy.type("theirs")
    take(desk, copy)
    assert desk.board.head.count("+") == 1
    (event,) = desk.type("both")
    assert desk.board.head == event.digest
    assert event.ref == "#6"
    assert desk.verify().ok
    assert desk.board == desk.journal.fold_board(desk.incident)


def test_a_reference_that_both_gave_out_has_to_be_told_apart(desk: Desk, copy: Desk) -> None:
    desk.type("? ours")
    (theirs,) = copy.type("? theirs")
    take(desk, copy)
    with pytest.raises(Refused, match=r'H2 could be H2·\w+ "ours" or H2·\w+ "theirs"'):
        desk.type("/confirm H2")
    assert [item.ref for item in desk.board.hypotheses] == ["H1", "H2", f"H2·{theirs.writer[:2]}"]
    desk.type(f"/confirm H2·{theirs.writer[:2]}")
    assert [item.text for item in desk.board.hypotheses] == ["pool", "ours"]


def test_a_living_recorder_takes_up_what_a_merge_brought(desk: Desk, copy: Desk) -> None:
    desk.recorder.load()
    desk.type("ours")
    desk.recorder.catch_up()
    copy.type("theirs")
    copy.type("/amend #2 theirs, and first")
    copy.type("/state mitigating")
    desk.type("/amend #2 ours, and later", after=300)
    take(desk, copy)
    state = desk.recorder.catch_up()
    assert isinstance(state, State)
    assert list(state.entries) == list(desk.state().entries)
    assert [one.text for one in state.entries if one.ref == "#2"] == ["ours, and later"]
    assert list(Recorder(desk.journal, desk.incident, me="x", policy=DEFAULT).load_tail().entries) == list(
        state.entries
    )
    desk.type("after it")
    assert shown(desk.recorder.catch_up()) == shown(desk.state())  # type: ignore[arg-type]
    assert desk.board.state == "mitigating"


def test_a_board_that_is_folded_anew_keeps_to_the_order_of_the_writing(desk: Desk, copy: Desk) -> None:
    copy.type("/amend H1 theirs, and first")
    desk.type("/amend H1 ours, and later", after=300)
    take(desk, copy)
    assert [item.text for item in desk.board.hypotheses] == ["ours, and later"]
    desk.type("-350m /state identified")
    assert [item.text for item in desk.board.hypotheses] == ["ours, and later"]


def test_an_action_item_answers_the_factor_that_its_writer_meant(desk: Desk, copy: Desk) -> None:
    desk.record([Draft(FactorSaid(layer="technical"), "ours", at("12:30"))])
    copy.record([Draft(FactorSaid(layer="technical"), "theirs", at("12:30"))])
    (event,) = copy.record([Draft(ItemSaid(answers=("F1",)), "mend theirs", at("12:31"))])
    take(desk, copy)
    take(copy, desk)
    for one, ref in ((desk, f"F1·{event.writer[:2]}"), (copy, "F1")):
        factors = {factor.ref: factor.text for factor in one.board.factors}
        (item,) = one.board.items
        assert item.answers == (ref,)
        assert factors[ref] == "theirs"
    said = desk.board.items[0].answers
    desk.record([Draft(ItemSaid(answers=said), "mend it once more", at("12:40"))])
    take(copy, desk)
    assert [item.answers for item in copy.board.items] == [("F1",), ("F1",)]


def test_a_forged_row_is_refused_and_nothing_of_its_bundle_is_taken(desk: Desk, copy: Desk) -> None:
    copy.type("theirs")
    copy.type("more")
    good = rows(copy.journal, copy.incident)
    assert good[-2].body is not None
    before = desk.journal.path.read_bytes()
    forged = {
        "its words were altered": [*good[:-2], replace(good[-2], body=replace(good[-2].body, text="forged")), good[-1]],
        "its header was altered": [
            *good[:-2],
            replace(good[-2], header=replace(good[-2].header, at=at("09:00"))),
            good[-1],
        ],
        "do not begin at 1": [*good[:-2], good[-1]],
        "is missing before it": [*good[:3], *good[4:]],
        "more than one incident|declaration": [*good, *good],
        "holds no entries": [],
        "does not begin": good[1:],
    }
    for why, chosen in forged.items():
        with pytest.raises(Refused, match=why):
            take(desk, copy, chosen)
    assert desk.journal.path.read_bytes() == before


def test_another_entry_under_the_same_key_is_refused(desk: Desk, tmp_path: Path) -> None:
    copy = copied(desk, tmp_path / "copy.db")
    with raw(copy.journal.path) as connection:  # as a snapshot of a whole machine would: both go on under one name
        connection.execute("UPDATE writers SET machine = (SELECT machine FROM writers), file = ?", (file_of(copy),))
    desk.type("ours")
    copy.type("theirs")
    before = rows(desk.journal, desk.incident)
    with pytest.raises(Refused, match=r"is one entry here and another there"):
        take(desk, copy)
    assert rows(desk.journal, desk.incident) == before
    copy.journal.close()


def file_of(desk: Desk) -> str:
    status = desk.journal.path.stat()
    return f"{status.st_dev:x}:{status.st_ino:x}"


def test_another_record_of_the_same_name_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other.db")
    there = [
        replace(row, header=replace(row.header, incident=desk.incident)) for row in rows(other.journal, other.incident)
    ]
    with pytest.raises(Refused, match="altered or forged"):
        take(desk, other, there)
    other.journal.connection.execute("DROP TRIGGER events_are_not_updated")
    from scribe.record.chain import digest_header

    digest = digest_header(there[0].header, there[0].body_digest)
    with pytest.raises(Refused, match="not the same record"):
        take(desk, other, [replace(there[0], digest=digest)])
    other.journal.close()


def test_what_comes_without_its_words_is_withheld_and_filled_when_they_come(desk: Desk, tmp_path: Path) -> None:
    whole = rows(desk.journal, desk.incident)
    lacking = [bare(row) if row.header.ref in ("#2", "A1") else row for row in whole]
    clock = FixedClock(NOON)
    journal = Journal.writing(tmp_path / "new.db", clock, wait=0.0)
    merged = merge(journal, lacking, now=clock.now(), me="eve")
    assert (merged.taken, merged.withheld, merged.is_new) == (6, 2, True)
    verdict = verify(journal.stored(desk.incident))
    assert verdict.ok
    assert (verdict.events, verdict.withheld) == (7, 2)
    state = Recorder(journal, desk.incident, me="eve", policy=DEFAULT).load()
    assert [one.ref for one in state.entries if one.is_withheld] == ["#2", "A1"]
    assert merge(journal, lacking, now=clock.now(), me="eve").is_nothing
    follower = Recorder(journal, desk.incident, me="eve", policy=DEFAULT)
    follower.load()
    merged = merge(journal, whole, now=clock.now(), me="eve")
    assert (merged.taken, merged.filled, merged.withheld) == (0, 2, 0)
    assert verify(journal.stored(desk.incident)).ok
    told = follower.catch_up()
    assert [one.text for one in told.entries if one.ref in ("#2", "A1")] == ["EU fails", "undo"]
    journal.close()


def test_an_older_copy_that_was_put_back_takes_its_own_entries_without_their_words(desk: Desk, tmp_path: Path) -> None:
    before, there = tmp_path / "before.db", tmp_path / "there.db"
    desk.journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(desk.journal.path, before)
    desk.type("tenant quokka")
    copied(desk, there).journal.close()
    sent = [bare(row) if row.header.ref == "#5" else row for row in rows(desk.journal, desk.incident)]
    desk.journal.close()
    with desk.journal.path.open("wb") as file:  # as `cp` does: the file stays the same one
        file.write(before.read_bytes())
    back = resumed(desk.journal.path, desk.incident, "sam")
    own = back.journal.own()
    merged = merge(back.journal, sent, now=back.clock.now(), me="sam")
    assert (merged.taken, merged.withheld) == (1, 1)
    assert back.verify().ok
    assert back.journal.own() not in ("", own)
    back.journal.close()


def test_a_merge_accounts_for_nothing_that_was_here_and_is_missing(desk: Desk, copy: Desk) -> None:
    copy.type("theirs")
    desk.journal.connection.execute(NULL_A1)
    lacking = [bare(row) if row.header.ref == "A1" else row for row in rows(copy.journal, copy.incident)]
    with pytest.raises(Refused, match="the record here is broken at A1"):
        take(desk, copy, lacking)


def test_a_body_that_is_missing_here_for_no_reason_stops_a_merge(desk: Desk, copy: Desk) -> None:
    copy.type("theirs")
    desk.journal.connection.execute(NULL_A1)
    whole = [row for row in rows(copy.journal, copy.incident) if row.header.ref != "A1"]
    with pytest.raises(Refused, match="is missing before it"):
        take(desk, copy, whole)
    take(desk, copy)  # the other copy has the words: they come back
    assert desk.verify().ok


def test_what_was_erased_in_one_copy_is_gone_in_both_and_never_comes_back(desk: Desk, copy: Desk) -> None:
    copy.type("theirs")
    before = rows(copy.journal, copy.incident)
    target = desk.entry("#2")
    desk.record([Draft(Erased(target=target.id), "a password", at("12:30"))])
    desk.journal.connection.execute(
        "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
        " WHERE ref = '#2'"
    )
    assert desk.verify().ok
    assert "erased=1" in repr(take(copy, desk))
    assert "erased=0" in repr(take(desk, copy, before))
    with_body = [*before[:2], *rows(desk.journal, desk.incident)[2:]]  # the erasure, and yet the words
    third = Journal.writing(desk.journal.path.with_name("third.db"), desk.clock, wait=0.0)
    merge(third, with_body, now=desk.clock.now(), me="x")
    assert [row.body for row in rows(third, desk.incident) if row.header.ref == "#2"] == [None]
    third.close()
    for one in (desk, copy):
        (row,) = [row for row in rows(one.journal, one.incident) if row.header.ref == "#2"]
        assert row.body is None
        assert one.verify().ok


def test_an_erasure_that_comes_in_takes_what_is_being_typed_of_it(desk: Desk, copy: Desk) -> None:
    desk.type("the key is wV9x-2210-kk31")
    take(copy, desk)
    copy.recorder.keep("capture", "as said: the key is wV9x-2210-kk31", copy.clock.now())
    copy.recorder.keep("other", "nothing of the kind", copy.clock.now())
    erase(desk.journal, desk.incident, ["#5"], "leaked", now=desk.clock.now(), me="sam")
    merged = merge(copy.journal, rows(desk.journal, desk.incident), now=copy.clock.now(), me="eve")
    assert (merged.erased, merged.pending) == (1, "")
    assert [text.box for text in copy.recorder.unsent()] == ["other"]
    for file in copy.journal.path.parent.glob("copy.db*"):
        assert b"wV9x-2210" not in file.read_bytes()


def test_what_both_copies_erased_stands_anew_once(desk: Desk, copy: Desk) -> None:
    desk.type("the key is wV9x-2210-kk31")
    desk.record([Draft(Update(fields={}), "We changed it: the key is wV9x-2210-kk31", at("12:10"))])
    desk.type("/impact the key is wV9x-2210-kk31")
    take(copy, desk)
    for one in (desk, copy):
        erase(one.journal, one.incident, ["#5"], "leaked", now=one.clock.now(), me="sam")
    take(copy, desk)
    take(desk, copy)
    doubled = [event for event in desk.recorder.events() if event.kind == "update" and event.text]
    assert len(doubled) == 2
    desk.record([Draft(Amended(target=doubled[1].id, text="We changed it"), "", at("12:40"))])
    take(copy, desk)
    for one in (desk, copy):
        state = one.state()
        found = [entry for entry in state.entries if entry.kind in ("update", "impact") and not entry.erased]
        assert sorted(entry.text for entry in found) == ["(erased)", "We changed it"]
        assert state.board.entries == len(state.entries)
        assert state.board.updates == 1
        assert one.verify().ok
        assert one.board == one.journal.fold_board(one.incident)
    assert shown(desk.state()) == shown(copy.state())
    assert told(desk) == told(copy)
    kept = next(entry for entry in desk.state().entries if entry.text == "We changed it")
    assert doubled[1] in going(desk.journal, desk.incident, [kept.id]).also
    erase(desk.journal, desk.incident, [kept.id], "too", now=desk.clock.now(), me="sam")
    left = [entry for entry in desk.state().entries if entry.kind == "update" and entry.text]
    assert [entry.text for entry in left] == ["(erased)"]


TYPED = """
a fact | ? a guess | /sev 1 | /role ic @al | -9m before | /amend #2 other words | > undo | /done A1 | /retract #2 wrong
/restrict #2 | /impact EU | /state mitigating | /confirm H1 | /factor technical: x | tell #2 | tell #3 | erase #2
erase #3 | erase #5 | /amend #3 still other words
"""
LINES = st.sampled_from([line.strip() for line in TYPED.strip().replace("\n", "|").split("|")])
WRITERS = st.lists(st.tuples(st.sampled_from("ab"), LINES, st.booleans()), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(WRITERS)
def test_copies_that_met_tell_the_same(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, str, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("copies")
    one = Desk(folder / "j.db", severity=3)
    for line in STORY:
        one.type(line, after=1)
    two = copied(one, folder / "copy.db")
    desks = {"a": one, "b": two}
    try:
        for who, line, meets in story:
            desk, other = desks[who], desks["b" if who == "a" else "a"]
            if meets:
                take(desk, other)
            try:
                carry_out(desk, line)
            except Refused:
                continue
        take(one, two)
        take(two, one)
        assert keys(one.journal, one.incident) == keys(two.journal, one.incident)
        assert shown(one.state()) == shown(two.state())
        assert told(one) == told(two)
        for desk in (one, two):
            assert desk.verify().ok
            assert desk.board == desk.journal.fold_board(desk.incident)
    finally:
        one.journal.close()
        two.journal.close()


def carry_out(desk: Desk, line: str) -> None:
    """Type a line, send an update that says what an entry says, or erase one."""
    what, _, ref = line.partition(" #")
    if what == "erase":
        erase(desk.journal, desk.incident, [f"#{ref}"], "leaked", now=desk.clock.now(), me="sam")
    elif what == "tell":
        desk.record([Draft(Update(fields={}), f"We saw: {desk.entry(f'#{ref}').text}", at("12:20"))])
    else:
        desk.type(line, after=1)


def told(desk: Desk) -> object:
    """The board without the references that either copy gave out first."""
    board = desk.board
    return replace(
        board,
        refs={},
        hypotheses=tuple(replace(item, ref="") for item in board.hypotheses),
        actions=tuple(replace(item, ref="") for item in board.actions),
        factors=tuple(replace(factor, ref="") for factor in board.factors),
    )
