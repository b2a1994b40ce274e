"""What is erased is gone from every file of the journal, and the chain verifies."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribe.clock import FixedClock
from scribe.journal.drafts import Drafts
from scribe.journal.erasing import Destroyed, Fragments, wipe
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.afterwards import FactorSaid, ItemSaid, Waived, Written
from scribe.record.errors import Busy, Refused
from scribe.record.events import Checkpoint, Draft, Erased, Fact, Snoozed, Update
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare, erase
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.raw import raw, unguarded
from tests.fakes.traces import files, living, traces

SECRET = "Okonkwo-Lindqvist/flat-77b"
KOREAN = "비밀번호는 호랑이둘셋넷 이다"
ESCAPED = 'pass"word\\with\tescapes\nand a second line ☠'
LONG = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyzäöü0123456789\n ", k=20_000))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "j.db", severity=2)
    yield made
    made.journal.close()


def gone(desk: Desk, *names: str, why: str = "leaked") -> Destroyed:
    desk.clock.advance(60)
    return erase(desk.journal, desk.incident, names, why, now=desk.clock.now(), me="alice")


def say(desk: Desk, text: str) -> str:
    (event,) = desk.record([Draft(Fact(), text, stamp(desk.clock.now()))])
    return event.ref


# ── what goes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "secret", ["s3cr", SECRET, KOREAN, ESCAPED, LONG], ids=["short", "plain", "korean", "json", "long"]
)
def test_an_erased_entry_is_in_no_file_and_the_chain_verifies(desk: Desk, secret: str) -> None:
    desk.type("before it")
    ref = say(desk, secret)
    desk.type("behind it")
    others = [entry for entry in desk.state().entries if entry.ref != ref]
    assert traces(desk.journal.path, secret) != []
    done = gone(desk, ref)
    assert done.pending == ""
    assert traces(desk.journal.path, secret) == []
    verdict = desk.verify()
    assert (verdict.ok, verdict.erased, verdict.withheld) == (True, 1, 0)
    entry = desk.entry(ref)
    assert (entry.text, entry.by, entry.kind, entry.restricted) == ("", "", "fact", False)
    assert entry.erased is not None
    assert (entry.erased.why, entry.erased.by, entry.erased.at) == ("leaked", "alice", stamp(desk.clock.now()))
    state = desk.state()
    assert [found for found in state.entries if found.ref not in (ref, done.recorded[0].ref)] == others
    last = state.entries[-1]
    assert (last.kind, last.text, last.by, last.ref) == ("erased", "leaked", "alice", done.recorded[0].ref)
    assert done.head == desk.board.head == verdict.head


def test_what_the_journal_wrote_elsewhere_of_it_goes_too(desk: Desk) -> None:
    ref = say(desk, f"the caller is {SECRET}")
    desk.type(f"/amend {ref} the caller was {SECRET}, and is revoked")
    desk.type(f"/link {ref} https://vault.example/{SECRET}")
    desk.type(f"/restrict {ref} {SECRET}")
    desk.type(f"/retract {ref} because {SECRET} leaked")
    drafts = Drafts(desk.journal, desk.incident)
    drafts.save("capture", f"/amend {ref} the caller is {SECRET}", at("12:30"))
    drafts.save(
        "worksheets", '{"update": {"public": {"impact": "the caller is Okonkwo-Lindqvist/flat-77b"}}}', at("12:30")
    )
    drafts.save("postmortem:summary", '{"text": "something else", "before": ""}', at("12:30"))
    done = gone(desk, ref)
    assert done.unsent == 2
    assert [event.kind for event in done.going.also] == ["amended", "linked", "restricted", "retracted"]
    assert traces(desk.journal.path, SECRET) == []
    entry = desk.entry(ref)
    assert (entry.text, entry.revisions, entry.sources, entry.tags, entry.retracted) == ("", (), (), (), None)
    assert entry.restricted
    assert desk.state().entries[-1].restricted  # the reason may tell of it
    assert desk.verify().ok
    assert [unsent.box for unsent in drafts.adopt()] == ["postmortem:summary"]


def test_what_another_tool_put_among_the_unsent_texts_does_not_stop_an_erasure(desk: Desk) -> None:
    ref = say(desk, SECRET)
    with raw(desk.journal.path) as other:
        rows = [("a", b"\xff", SECRET.encode()), ("b", "p", b"something else \xff"), (b"\xfe", "p", SECRET)]
        for box, process, text in rows:
            other.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, 'notatime')", (desk.incident, box, process, text))
        other.execute("INSERT INTO drafts VALUES ('', 'c', 'p', CAST(? AS TEXT), '')", (b"\xff " + SECRET.encode(),))
    assert gone(desk, ref).unsent == 3
    with raw(desk.journal.path) as other:
        assert other.execute("SELECT box FROM drafts").fetchall() == [("b",)]


def test_what_scribe_composed_of_it_goes_along_and_stands_anew_without_it(desk: Desk) -> None:
    ref = say(desk, f"the caller is {SECRET}")
    desk.record(
        [
            Draft(
                Update(
                    audience="stakeholders", number=1, next_at=at("12:45"), fields={"impact": f"the caller is {SECRET}"}
                ),
                f"Impact: the caller is {SECRET}\nNext update by 12:45",
                at("12:10"),
            )
        ]
    )
    given = {"risks": f"the caller is {SECRET}", "notes": "call bob"}
    desk.record([Draft(Checkpoint(outgoing="sam", incoming="bob", given=given), "", at("12:11"))])
    desk.type(f"/impact users: the caller is {SECRET}")
    desk.type("/impact users: EU only")
    desk.type(f"/scope dependency vault affected the caller is {SECRET}")
    desk.type("/scope dependency vault not-affected it was rotated")
    desk.record([Draft(Written(section="summary"), f"It broke. the caller is {SECRET}. It was fixed.", at("12:12"))])
    desk.record([Draft(Written(section="trigger", entry=ref), "", at("12:13"))])
    snooze = Draft(Snoozed(key="impact", until=at("13:00")), f"the caller is {SECRET}", at("12:14"))
    desk.journal.append(
        desk.incident, [snooze], lambda draft, board, lookup: draft, recorder="sam", recorded_at=at("12:14")
    )
    desk.record([Draft(Waived(code="few-factors"), f"the caller is {SECRET}", at("12:14"))])
    before = desk.board
    done = gone(desk, ref)
    assert done.pending == ""
    assert traces(desk.journal.path, SECRET) == []
    assert desk.verify().ok
    state = desk.state()
    assert state.sections["summary"].text == "It broke. (erased). It was fixed."
    assert state.sections["summary"].by == "sam"
    assert state.sections["trigger"].text == ""
    told = {entry.ref: entry for entry in state.entries}
    anew = [told[event.ref] for event in done.recorded if event.ref and event.kind != "erased"]
    assert [entry.kind for entry in anew] == ["update", "checkpoint", "impact", "impact", "scope", "scope"]
    update, packet, first, second, worse, better = anew
    assert update.text == "Impact: (erased)\nNext update by 12:45"
    assert isinstance(packet.payload, Checkpoint)
    assert packet.payload.given == {"risks": "(erased)", "notes": "call bob"}
    assert [first.text, second.text] == ["users affected: (erased)", "users affected: EU only"]
    assert [worse.text, better.text] == [
        "dependency vault: affected, (erased)",
        "dependency vault: not affected, it was rotated",
    ]
    # The board says what it said before, without the words.
    now = desk.board
    assert now.due == before.due
    assert now.updates == before.updates
    assert now.sides["users"].value == "EU only"
    assert now.scope == before.scope
    assert now.handoff is not None
    assert before.handoff is not None
    assert now.handoff.incoming == before.handoff.incoming
    assert {key: snooze.until for key, snooze in now.snoozes.items()} == {"impact": at("13:00")}
    assert SECRET not in str(state)
    assert [(waiver.code, waiver.why) for waiver in state.waivers] == [("few-factors", "(erased)")]


def test_what_a_person_typed_that_says_the_same_stays_and_is_named(desk: Desk) -> None:
    ref = say(desk, f"the caller is {SECRET}")
    other = say(desk, f"bob read {SECRET} aloud")
    third = say(desk, "nothing of it")
    desk.type(f"/amend {third} and yet, the caller is {SECRET}")
    done = gone(desk, ref)
    assert done.going.repeating == (other, third)
    assert done.pending == ""
    assert desk.entry(other).text == f"bob read {SECRET} aloud"
    again = gone(desk, other, third)
    assert again.going.repeating == ()
    assert traces(desk.journal.path, SECRET) == []
    assert desk.verify().ok


@pytest.mark.parametrize(
    "line",
    [
        "/sev 1 {}",
        "/state resolved {}",
        "/milestone detected {}",
        "/done A1 {}",
        "/rule-out H1 {}",
        "/done B1 {}",
        "/escalate 2 {}",
        "/next 40m {}",
        "/security {}",
        "/update {}",
        "/strategy roll_back {}",
    ],
)
def test_what_an_entry_did_stays_done_when_its_words_go(desk: Desk, line: str) -> None:
    for earlier in ("> undo", "? pool", "/timebox 5m look into it", "/milestone acknowledged"):
        desk.type(earlier, after=1)
    (event,) = desk.type(line.format(SECRET), after=1)
    before = desk.board
    done = gone(desk, event.ref)
    assert done.pending == ""
    assert traces(desk.journal.path, SECRET) == []
    after = desk.board
    names = set(before.__struct_fields__) - {"entries", "events", "refs", "tails", "heads", "active_at", "key"}
    assert {name: getattr(after, name) for name in names} == {name: getattr(before, name) for name in names}
    assert desk.state().board == after
    assert desk.verify().ok


@pytest.mark.parametrize("more", ["", "security", "postmortem only"])
def test_an_incident_whose_title_is_erased_goes_on_without_one(tmp_path: Path, more: str) -> None:
    journal = Journal.writing(tmp_path / "j.db", FixedClock(NOON), wait=0.02)
    incident = declare(
        journal,
        f"{SECRET} leaked",
        now=NOON,
        me="sam",
        policy=DEFAULT,
        severity=2,
        security=more == "security",
        postmortem_only=more == "postmortem only",
    )
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    before = recorder.board
    done = erase(journal, incident, ["#1"], "a password", now=NOON, me="alice")
    assert done.pending == ""
    assert traces(journal.path, SECRET) == []
    board = journal.board(incident)
    assert board is not None
    assert board.title == "(erased)"
    assert (board.severity, board.over, board.security) == (before.severity, before.over, before.security)
    assert board.spans[-1].recorded_at == before.spans[-1].recorded_at
    assert board.tracks == before.tracks
    assert board.moments == before.moments
    assert board.zero == before.zero
    assert recorder.load().board == board
    journal.close()


def test_a_hypothesis_and_an_action_leave_the_board_and_what_closed_them_stays(desk: Desk) -> None:
    desk.type(f"? {SECRET}")
    desk.type(f"> curl -u {SECRET}")
    gone(desk, "H1", "A1")
    assert (desk.board.hypotheses, desk.board.actions) == ((), ())
    assert traces(desk.journal.path, SECRET) == []
    with pytest.raises(Refused, match="H1 is not open any more"):
        desk.type("/confirm H1")


def test_a_factor_an_action_item_and_a_section_can_be_erased(desk: Desk) -> None:
    desk.record([Draft(FactorSaid(layer="technical"), f"{SECRET} in the repository", at("12:01"))])
    desk.record([Draft(ItemSaid(owner="bob"), "rotate it", at("12:02"))])
    desk.record([Draft(ItemSaid(target="T1", words=f"rotate {SECRET}"), "", at("12:02"))])
    desk.record([Draft(Written(section="summary"), f"{SECRET} leaked", at("12:03"))])
    desk.record([Draft(Written(section="summary"), "it leaked", at("12:04"))])
    done = gone(desk, "F1", "T1", "summary")
    assert done.pending == ""
    assert traces(desk.journal.path, SECRET) == []
    state = desk.state()
    assert (state.board.factors, state.board.items) == ((), ())
    assert "summary" not in state.sections
    assert desk.verify().ok


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_more_is_said_of_an_erased_entry(desk: Desk) -> None:
    ref = say(desk, SECRET)
    gone(desk, ref)
    for line in (f"/amend {ref} x", f"/retract {ref} x", f"/link {ref} https://x.example", f"/restrict {ref}"):
        with pytest.raises(Refused, match=f"the words of {ref} are not here any more"):
            desk.type(line)
    with pytest.raises(Refused, match=f"the words of {ref} are not here any more"):
        desk.record([Draft(Written(section="summary", entry=ref), "", at("12:30"))])


def test_what_cannot_be_erased_is_refused_and_nothing_is_changed(desk: Desk) -> None:
    ref = say(desk, SECRET)
    other = say(desk, "another")
    erasure = gone(desk, other).recorded[0].ref
    before = list(desk.journal.stored(desk.incident))
    for names, why, said in (
        ((ref, "#99"), "x", "there is no #99"),
        ((erasure,), "x", "accounts for words that are missing"),
        (("lessons",), "x", "lessons is not written"),
        ((ref,), " ", "why it is erased is missing"),
        ((ref,), f"because {SECRET} leaked", "repeats the words"),
    ):
        with pytest.raises(Refused, match=said):
            gone(desk, *names, why=why)
    assert list(desk.journal.stored(desk.incident)) == before


def test_what_is_erased_twice_is_said_and_only_wiped_again(desk: Desk) -> None:
    ref = say(desk, SECRET)
    gone(desk, ref)
    before = list(desk.journal.stored(desk.incident))
    again = gone(desk, ref)
    ((said, erasure),) = again.going.already
    assert (said, erasure.by, erasure.why) == (ref, "alice", "leaked")
    assert (again.recorded, again.pending) == ((), "")
    assert list(desk.journal.stored(desk.incident)) == before


def test_a_body_that_somebody_nulls_is_no_erasure(desk: Desk) -> None:
    ref = say(desk, SECRET)
    other = say(desk, "another")
    gone(desk, other)
    number = desk.entry(ref).number
    with unguarded(desk.journal.path) as db:
        columns = ("author", "recorder", "at_raw", "text", "payload", "salt")
        nulled = ", ".join(f"{column} = NULL" for column in columns)
        db.execute(f"UPDATE events SET {nulled} WHERE id = ?", (number,))  # noqa: S608  # names of columns
    verdict = desk.verify()
    assert verdict.first_break is not None
    assert verdict.first_break.ref == ref
    with pytest.raises(Refused, match="not in this copy"):
        gone(desk, ref)


# ── other connections ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_idle_connection_holds_nothing_back(desk: Desk) -> None:
    ref = say(desk, SECRET)
    other = Journal.writing(desk.journal.path, desk.clock, wait=0.0)
    assert other.events(desk.incident)
    assert gone(desk, ref).pending == ""
    assert traces(desk.journal.path, SECRET) == []
    other.close()


def test_a_reader_holds_the_file_back_and_whoever_is_open_finishes(desk: Desk) -> None:
    ref = say(desk, SECRET)
    screen = Recorder(Journal.writing(desk.journal.path, desk.clock, wait=0.0), desk.incident, me="bob", policy=DEFAULT)
    screen.load()
    with raw(desk.journal.path) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM events").fetchone()
        done = gone(desk, ref)
        assert done.pending == "another process is reading the journal"
        assert desk.entry(ref).erased is not None
        assert desk.verify().ok
        assert traces(desk.journal.path, SECRET) != []
        screen.catch_up()
        screen.tidy()
        assert traces(desk.journal.path, SECRET) != []
        assert gone(desk, ref).pending == "another process is reading the journal"
        reader.execute("ROLLBACK")
    screen.tidy()
    assert traces(desk.journal.path, SECRET) == []
    screen._journal.close()


def test_whoever_follows_the_file_has_what_a_whole_reading_has(desk: Desk) -> None:
    desk.type("22:?? somebody saw it", after=1)
    desk.type(f"/amend #2 11:30 {SECRET} saw it", after=1)
    desk.type(f"! fail over to {SECRET}", after=1)
    desk.record([Draft(Waived(code="few-factors"), f"{SECRET} saw it", at("12:14"))])
    other = Recorder(Journal.writing(desk.journal.path, desk.clock, wait=0.0), desk.incident, me="bob", policy=DEFAULT)
    other.load()
    assert other.forgotten() is None
    gone(desk, "#2", "D1")
    followed, read = other.catch_up(), desk.state()
    assert [*followed.entries] == [*read.entries]
    assert (followed.board, getattr(followed, "waivers", ())) == (read.board, read.waivers)
    words = other.forgotten()
    assert words is not None
    assert words.masked(f"it was {SECRET} saw it") == "it was (erased)"
    assert other.forgotten() is None
    other._journal.close()


def test_the_same_command_finishes_what_a_reader_held_back(desk: Desk) -> None:
    ref = say(desk, LONG)
    with raw(desk.journal.path) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM events").fetchone()
        assert gone(desk, ref).pending
        reader.execute("ROLLBACK")
    assert gone(desk, ref).pending == ""
    assert traces(desk.journal.path, LONG) == []


def test_the_last_to_close_the_file_finishes_it(desk: Desk) -> None:
    ref = say(desk, SECRET)
    with raw(desk.journal.path) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM events").fetchone()
        assert gone(desk, ref).pending
        desk.journal.close()
        reader.execute("ROLLBACK")
    assert traces(desk.journal.path, SECRET) == []


def test_a_locked_journal_is_busy_and_nothing_is_erased(desk: Desk) -> None:
    ref = say(desk, SECRET)
    with raw(desk.journal.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            gone(desk, ref)
        other.execute("ROLLBACK")
    assert desk.entry(ref).text == SECRET


# ── what lies in free space ─────────────────────────────────────────────────────────────────────────────────────────


def test_copies_in_free_space_are_found_and_the_file_is_written_anew(desk: Desk) -> None:
    """Another tool, without secure_delete, had deleted a row that held the words."""
    ref = say(desk, f"the caller is {SECRET}")
    desk.journal.tidy()
    with closing(sqlite3.connect(desk.journal.path, isolation_level=None)) as other:
        other.execute("PRAGMA secure_delete = OFF")
        other.execute("CREATE TABLE elsewhere (text TEXT)")
        other.executemany(
            "INSERT INTO elsewhere VALUES (?)", [(f"the caller is {SECRET} {number}",) for number in range(500)]
        )
        other.execute("DROP TABLE elsewhere")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sum(data.count(SECRET.encode()) for data in files(desk.journal.path).values()) > 100
    assert gone(desk, ref).pending == ""
    assert traces(desk.journal.path, SECRET) == []


def test_a_table_of_somebody_elses_that_holds_the_words_is_living(desk: Desk) -> None:
    ref = say(desk, SECRET)
    with raw(desk.journal.path) as other:
        other.execute("CREATE TABLE elsewhere (text TEXT)")
        other.execute("INSERT INTO elsewhere VALUES (?)", (SECRET,))
    assert gone(desk, ref).pending == ""
    assert traces(desk.journal.path, SECRET) != []


def test_pieces_are_found_as_they_are_as_json_and_at_any_place() -> None:
    pieces = Fragments([ESCAPED, "s3cret"])
    for place in range(9):
        before = b"." * place
        assert pieces.found(before + ESCAPED.encode()[3:12])
        assert pieces.found(before + json.dumps(ESCAPED).encode()[1:30])
        assert pieces.found(before + json.dumps(ESCAPED, ensure_ascii=False).encode()[25:40])
        assert pieces.found(before + b"s3cret")
        assert not pieces.found(before + b"s3cre")
        assert not pieces.found(before + ESCAPED.encode()[3:10])


def test_a_journal_without_a_log_is_wiped_too(desk: Desk) -> None:
    """Where a file system cannot share a log there is none."""
    ref = say(desk, LONG)
    desk.journal.close()
    with raw(desk.journal.path) as other:
        assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    desk.journal = Journal.writing(desk.journal.path, desk.clock, wait=0.02)
    assert gone(desk, ref).pending == ""
    assert traces(desk.journal.path, LONG) == []
    assert desk.verify().ok


def test_wiping_twice_changes_nothing(desk: Desk) -> None:
    say(desk, "x")
    assert wipe(desk.journal) == ""
    before = files(desk.journal.path)["j.db"]
    rows = list(desk.journal.stored(desk.incident))
    assert wipe(desk.journal) == ""
    assert list(desk.journal.stored(desk.incident)) == rows
    assert len(files(desk.journal.path)["j.db"]) == len(before)


# ── whatever was recorded ───────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60).filter(
    lambda text: len(text.strip()) > 0
)


@given(
    st.lists(WORDS, min_size=2, max_size=6),
    st.lists(st.tuples(st.sampled_from(["amend", "retract", "link", "draft", "update"]), WORDS), max_size=5),
    st.data(),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_recorded_one_entry_can_be_erased(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], more: list[tuple[str, str]], data: st.DataObject
) -> None:
    desk = Desk(tmp_path_factory.mktemp("erased") / "j.db", severity=2)
    try:
        refs = [say(desk, text) for text in texts]
        target = data.draw(st.sampled_from(refs))
        words = [desk.entry(target).text]
        for what, text in more:
            text = text.replace("\n", " ").replace("\r", " ")
            if what == "amend":
                words.append(desk.type(f"/amend {target} \\{text}")[0].payload.text)  # type: ignore[attr-defined]
            elif what == "retract" and text.strip() and desk.entry(target).retracted is None:
                desk.type(f"/retract {target} {text}")
            elif what == "draft":
                Drafts(desk.journal, desk.incident).save("capture", f"{text} {words[0]}", at("12:30"))
            elif what == "update":
                desk.record([Draft(Update(next_at=at("13:00")), f"{text}\n{words[0]}", at("12:10"))])
        before = {entry.ref: entry for entry in desk.state().entries}
        done = gone(desk, target, why="x")
        assert done.pending == ""
        assert desk.verify().ok
        assert {event.ref for event in done.going.also if event.ref} <= {
            ref for ref, entry in before.items() if entry.kind == "update"
        }
        after = {entry.ref: entry for entry in desk.state().entries}
        lost = {event.ref for event in done.going.gone}
        assert {ref: entry for ref, entry in after.items() if ref in before and ref not in lost} == {
            ref: entry for ref, entry in before.items() if ref not in lost
        }
        alive = living(desk.journal.path)
        long = [text for text in words if len(text.encode()) >= 8]
        assert traces(desk.journal.path, *long, alive=alive) == []
        assert desk.state().board == desk.board
    finally:
        desk.journal.close()


def test_the_event_says_who_what_and_why(desk: Desk) -> None:
    ref = say(desk, SECRET)
    desk.type(f"/amend {ref} {SECRET} 2")
    (event,) = gone(desk, ref).recorded
    target = desk.entry(ref)
    assert isinstance(event.payload, Erased)
    assert event.payload.target == target.id
    assert len(event.payload.also) == 1
    assert (event.text, event.recorder, event.kind) == ("leaked", "alice", "erased")
