"""What the record folds to: by tables, and by stories that nobody would think of."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

import scribe.recorder.recorder
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import ParseError
from scribe.live.policy import DEFAULT
from scribe.record.board import rebuild
from scribe.record.chain import ancestors
from scribe.record.codec import decode_payload
from scribe.record.errors import Refused
from scribe.record.events import Action, Checkpoint, Draft, Role
from scribe.record.fold import replay
from scribe.record.state import AnyState, Board, Entry, PartialState, State
from scribe.recorder import Recorder
from tests.fakes.desk import CLOSING, NOON, Desk, at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=2)
    yield desk
    desk.journal.close()


def texts(desk: Desk) -> list[str]:
    return [entry.text for entry in desk.state().entries]


# ── order and corrections ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_timeline_is_in_the_order_in_which_things_happened(desk: Desk) -> None:
    desk.clock.advance(600)
    for line in ("12:04 four", "11:58 before", "twelve", "12:02 two", "12:02 two again"):
        desk.type(line, after=1)
    assert texts(desk) == ["before", "Checkout fails", "two", "two again", "four", "twelve"]


def test_an_amended_entry_keeps_what_it_said(desk: Desk) -> None:
    desk.type("EU fails #eu https://x.example/1", after=5)
    desk.type("/amend #2 EU and US fail #us https://x.example/2", after=1)
    desk.type("/amend #2 12:01 @bob EU and UK fail", after=1)
    entry = desk.entry("#2")
    assert (entry.text, entry.by, entry.at, entry.at_raw) == ("EU and UK fail", "bob", at("12:01"), "12:01")
    assert entry.tags == ()
    assert entry.sources == ("https://x.example/1", "https://x.example/2")
    assert [(was.text, was.at, was.by, was.recorded_at) for was in entry.revisions] == [
        ("EU fails #eu https://x.example/1", at("12:05"), "sam", at("12:06")),
        ("EU and US fail #us https://x.example/2", at("12:05"), "sam", at("12:07")),
    ]


def test_an_amended_time_moves_the_entry(desk: Desk) -> None:
    for line in ("one", "two", "three"):
        desk.type(line, after=1)
    desk.type("/amend #4 11:59", after=1)
    assert texts(desk) == ["three", "Checkout fails", "one", "two"]
    desk.type("/amend #4 12:01:30")
    assert texts(desk) == ["Checkout fails", "one", "three", "two"]


def test_a_retracted_entry_stays_with_its_reason(desk: Desk) -> None:
    desk.type("US fails")
    desk.type("/retract #2 wrong board", after=1)
    desk.type("/retract #2 another reason", after=1)
    gone = desk.entry("#2").retracted
    assert gone is not None
    assert (gone.why, gone.by, gone.at) == ("wrong board", "sam", at("12:01"))
    assert desk.board.entries == 2


def test_links_are_added_to_an_entry(desk: Desk) -> None:
    desk.type("see https://x.example/1")
    desk.type("/link #2 https://x.example/1 https://x.example/2")
    assert desk.entry("#2").sources == ("https://x.example/1", "https://x.example/2")


@pytest.mark.parametrize(
    ("opening", "closing", "opened", "closed"),
    [
        ("> undo", "/done A1", "in_flight", "done"),
        ("> undo", "/failed A1", "in_flight", "failed"),
        ("? pool", "/confirm H1", "open", "confirmed"),
        ("? pool", "/rule-out H1", "open", "ruled_out"),
    ],
)
def test_what_is_closed_opens_again_when_the_closing_is_retracted(
    desk: Desk, opening: str, closing: str, opened: str, closed: str
) -> None:
    def stands() -> tuple[str, str, list[str]]:
        entry = desk.entry(ref)
        items = (*desk.board.actions, *desk.board.hypotheses)
        return entry.status, entry.ended_at, [item.ref for item in items]

    ref = desk.type(opening)[0].ref
    assert stands() == (opened, "", [ref])
    shut = desk.type(closing, after=1)[0].ref
    assert stands() == (closed, at("12:01"), [])
    desk.type(f"/amend {shut} 12:00:30")
    assert stands() == (closed, "2026-11-20T12:00:30.000Z", [])
    desk.type(f"/retract {shut} too early")
    assert stands() == (opened, "", [ref])
    desk.type(closing, after=1)
    assert stands() == (closed, at("12:02"), [])
    desk.type(f"/retract {shut} twice")  # closed again in the meantime, by another entry
    assert stands() == (closed, at("12:02"), [])


def test_an_action_done_at_once_ended_when_it_happened(desk: Desk) -> None:
    desk.type("12:00 = undone", after=3)
    assert (desk.entry("A1").status, desk.entry("A1").ended_at) == ("done", at("12:00"))
    desk.type("/amend A1 12:02")
    assert desk.entry("A1").ended_at == at("12:02")
    assert not desk.board.actions


def test_a_retracted_hypothesis_is_not_open(desk: Desk) -> None:
    desk.type("? pool")
    desk.type("/retract H1 a misreading")
    assert not desk.board.hypotheses
    with pytest.raises(Refused):
        desk.type("/confirm H1")


def test_a_correction_counts_though_the_clock_was_set_back(desk: Desk) -> None:
    desk.type("? pool", after=5)
    desk.type("/role ic @alice")
    desk.clock.set(NOON + timedelta(minutes=1))
    desk.type("/retract H1 wrong")
    desk.type("/amend #2 11:59")
    assert not desk.board.hypotheses
    assert desk.board.holders("ic")[0].since == at("11:59")


# ── backdated board events ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_backdated_severity_lands_in_its_place(desk: Desk) -> None:
    desk.type("/sev 1", after=20)
    desk.type("12:10 /sev 3", after=1)
    assert desk.board.severity == 1
    desk.type("12:20:30 /sev 4")
    assert desk.board.severity == 4
    assert [entry.payload.level for entry in desk.state().entries if entry.kind == "severity"] == [3, 1, 4]  # type: ignore[attr-defined]


def test_a_backdated_state_and_role_do_not_undo_later_ones(desk: Desk) -> None:
    for line in ("/state monitoring", "/role ic @bob", "/impact none"):
        desk.type(line, after=10)
    for line in ("12:05 /state mitigating", "12:06 /role ic @alice", "12:07 /impact EU"):
        desk.type(line)
    board = desk.board
    assert (board.state, board.holders("ic")[0].who, board.impact) == ("monitoring", "bob", "none")


def test_what_is_dated_before_the_declaration_still_counts(desk: Desk) -> None:
    desk.type("11:50 /sev 1", after=1)
    desk.type("11:55 /state mitigating")
    desk.type("11:56 /role ic @al")
    board = desk.board
    assert (board.severity, board.state, board.holders("ic")[0].since) == (1, "mitigating", at("11:56"))
    assert desk.due == "12:15"
    assert board.title == "Checkout fails"


def test_an_action_may_end_before_it_was_written_to_begin(desk: Desk) -> None:
    desk.type("> undo", after=10)
    desk.type("12:05 /done A1")
    assert desk.entry("A1").status == "done"
    assert not desk.board.actions


def test_a_backdated_resolution_stops_the_countdown(desk: Desk) -> None:
    desk.type("12:10 /state resolved", after=30)
    assert desk.board.due is None
    assert desk.board.moment("resolved") == at("12:10")


# ── moments ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("story", "moments"),
    [
        ([], {"declared": "12:00"}),
        (["12:02 /milestone detected"], {"declared": "12:00", "detected": "12:02"}),
        (["/state identified"], {"declared": "12:00", "diagnosed": "12:10"}),
        (["/state resolved"], {"declared": "12:00", "resolved": "12:10"}),
        (["/state closed"], {"declared": "12:00", "closed": "12:10"}),
        # said by name wins over implied, the later word over the earlier
        (["12:05 /milestone resolved", "/state resolved"], {"declared": "12:00", "resolved": "12:05"}),
        (["/state resolved", "12:05 /milestone resolved"], {"declared": "12:00", "resolved": "12:05"}),
        (
            ["12:05 /milestone detected", "12:03 /milestone detected"],
            {"declared": "12:00", "detected": "12:03"},
        ),
        (
            ["12:03 /milestone detected", "12:05 /milestone detected"],
            {"declared": "12:00", "detected": "12:05"},
        ),
        (["/milestone declared 11:50"], {"declared": "11:50"}),
        # a regression takes back what a state implied, not what was said by name
        (["/state resolved", "/state investigating"], {"declared": "12:00"}),
        (["/state resolved", "/state identified"], {"declared": "12:00", "diagnosed": "12:20"}),
        (["/state closed", "/state mitigating"], {"declared": "12:00"}),
        (["/state closed", "/state verification"], {"declared": "12:00"}),
        (["/state resolved", "/state postmortem"], {"declared": "12:00", "resolved": "12:10"}),
        (["/milestone resolved", "/state resolved", "/state mitigating"], {"declared": "12:00", "resolved": "12:10"}),
        (
            ["/state resolved", "/state mitigating", "/state resolved"],
            {"declared": "12:00", "resolved": "12:30"},
        ),
        # corrected
        (["/milestone detected", "/amend #2 12:01"], {"declared": "12:00", "detected": "12:01"}),
        (["/milestone detected", "/retract #2 no"], {"declared": "12:00"}),
        (["/state resolved", "/retract #2 no"], {"declared": "12:00"}),
        (["/milestone detected 12:??", "x"], {"declared": "12:00", "detected": "12:00"}),
        (["/milestone detected ??:??"], {"declared": "12:00", "detected": None}),
    ],
)
def test_moments(desk: Desk, story: list[str], moments: dict[str, str | None]) -> None:
    for line in story:
        desk.clock.advance(600)
        for typed in (*(CLOSING if line == "/state closed" else ()), line):
            desk.type(typed)
    board = desk.board
    assert {name: board.moment(name) for name in board.moments} == {
        name: at(clock) if clock else None for name, clock in moments.items()
    }


def test_zero_is_the_detection_or_else_the_declaration(desk: Desk) -> None:
    assert desk.board.zero == at("12:00")
    desk.type("/milestone detected 11:54")
    assert desk.board.zero == at("11:54")


# ── late, reconstructed ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "line", "late", "reconstructed"),
    [
        ([], "no time typed", False, False),
        ([], "12:29:01 x", False, False),
        ([], "12:29 x", True, False),
        ([], "-60s x", True, False),
        ([], "-59s x", False, False),
        ([], "??:?? x", False, False),
        (["/state resolved"], "no time typed", False, False),
        (["/state resolved"], "12:29:30 x", False, False),
        (["/state resolved"], "12:05 x", True, True),
        (["12:02 /state resolved"], "12:05 x", True, True),
        (["/state mitigating"], "12:05 x", True, False),
        # what the record said when it was written counts, not what it says now
        (["/state resolved", "/state mitigating"], "12:05 x", True, False),
        (["/state resolved", "/retract #2 wrong"], "12:05 x", True, True),
        (["/state resolved", "/state mitigating", "/retract #3 wrong"], "12:05 x", True, False),
    ],
)
def test_late_and_reconstructed(desk: Desk, before: list[str], line: str, late: bool, reconstructed: bool) -> None:
    for one in before:
        desk.type(one, after=5)
    desk.clock.set(NOON + timedelta(minutes=30))
    (event,) = desk.type(line)
    entry = desk.entry(event.ref)
    assert (entry.late, entry.reconstructed) == (late, reconstructed)
    for tick in CLOSING:
        desk.type(tick)
    desk.type("/state closed", after=1)
    assert desk.entry(event.ref).reconstructed == reconstructed


def test_the_entry_that_resolves_is_not_reconstructed_itself(desk: Desk) -> None:
    (event,) = desk.type("12:05 /state resolved", after=30)
    entry = desk.entry(event.ref)
    assert (entry.late, entry.reconstructed) == (True, False)


@pytest.mark.parametrize("over", [False, True])
def test_an_amended_time_makes_late(desk: Desk, over: bool) -> None:
    if over:
        desk.type("/state resolved", after=10)
    (event,) = desk.type("x", after=10)
    desk.type(f"/amend {event.ref} 12:05", after=10)
    entry = desk.entry(event.ref)
    assert (entry.late, entry.reconstructed) == (True, over)


def test_everything_typed_late_is_reconstructed_in_a_postmortem_only_record(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", postmortem_only=True)
    assert (desk.board.state, desk.board.due) == ("resolved", None)
    desk.type("11:00 it began", after=1)
    desk.type("now")
    assert [entry.reconstructed for entry in desk.state().entries] == [True, False, False]


# ── any story ───────────────────────────────────────────────────────────────────────────────────────────────────────

TYPED = """
plain | @bob said #db | ? a guess | ! decided | > doing | = did | 12:00 early | 11:30 earlier
-2m late | /sev 1 | /sev 3 | 12:01 /sev 2 | /state mitigating | /state resolved
12:01 /state resolved | /state closed | /state identified | -3m /state investigating | /role ic @al
-5m /role ic @bo | /role sme @jun | /solo | /role sme released | /role ops not-needed | /update u
-1m /update v | /next 20m x | /cadence 25m x | /cadence 2m | /done | /done A1 | /failed A2
/confirm H1 | /rule-out H2 | -4m /done A1 | /impact i | /impact j | /milestone detected
/milestone resolved 12:00 | /milestone mitigated | /decide x? @al | /decide none | /amend #1 title
/amend #2 11:40 | /amend #2 x | /amend #3 12:00 y | /amend #4 -1m | /amend H1 11:45 z | /amend A1 q
/amend #5 -9m | /amend #6 11:00 | /retract #2 r | /retract #3 r | /retract #4 r | /retract #5 r
/retract #6 r | /retract #7 r | /retract H1 r | /retract A1 r | /link #2 https://x.example/1
/note n | /link H1 https://x.example/2
/handoff @bo | /handoff @al ops | -2m /handoff @cy | /handoff @jun sme | /ack | -1m /ack | /take ic | -4m /take ops @di
/role ic released | /role ic @AL | /role sme @Jun | /audience public on | -3m /audience public off
/audience stakeholders off | -6m /audience responders on | /update public: p | -2m /update responders: r
/next public: 3m x | /cadence public: 4m x | /impact users: 1 % | -3m /impact users: 2 % | /impact better: b
-2m /impact data: none | /scope group EU affected | -3m /scope group eu not affected e | /scope change x unknown
/strategy roll-back | -2m /strategy narrow @al | /trigger 15m | -1m /trigger off | /escalate 2 @al | -5m /escalate 4
/timebox 5m @al look | -3m /timebox 2m look | /done B1 | -9m /failed B1 | /done B2 x | /tick sev1 page
-2m /tick sev1 page | /untick sev1 page | -1m /tick data-loss backup | /security | /security off | -2m /security
/security indicator: i | /snooze 5m | -2m /snooze 9m why | /restrict #2 | /unrestrict #2 | /restrict H1
/restrict a secret | /amend B1 11:50 b | /amend D1 -7m | /retract B1 r | /retract D1 r | /retract #8 r | /retract #9 r
/amend #7 11:55 q | /amend #8 -3m | /amend #9 r | /retract #10 r | /retract #11 r
"""
LINES = st.sampled_from([line.strip() for line in TYPED.replace("\n", "|").split("|") if line.strip()])
STEPS = st.tuples(
    st.sampled_from([0, 0, 0.001, 1, 45, 60, 300, 1500, -90]),  # seconds that pass; the clock may be set back
    st.one_of(LINES.map(lambda line: [line]), st.lists(LINES, min_size=1, max_size=3)),  # recorded all or none
    st.booleans(),  # whether the reader looks
)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = Journal.writing(tmp_path_factory.mktemp("fold") / "j.db", FixedClock(NOON), wait=0.0)
    journal._db.execute("PRAGMA synchronous = OFF")  # hundreds of stories; nobody pulls the plug on this one
    yield journal
    journal.close()


def look(state: AnyState, *, jumped: bool = False) -> tuple[Board, list[Entry]]:
    if jumped:  # whether something was written after the resolution is anybody's guess then
        return state.board, [changed(entry, reconstructed=False) for entry in state.entries]
    return state.board, list(state.entries)


@settings(max_examples=200)
@given(st.lists(STEPS, min_size=4, max_size=40), st.integers(1, 6), st.integers(1, 6))
def test_any_story(journal: Journal, story: list[tuple[float, list[str], bool]], tail: int, slice_: int) -> None:
    desk = Desk(journal, severity=2, clock=FixedClock(NOON))
    reader = Recorder(journal, desk.incident, me="reader", policy=DEFAULT)
    view: AnyState = reader.load()
    handed = [(view, look(view))]
    jumped = any(seconds < 0 for seconds, *_ in story)
    partial = Recorder(journal, desk.incident, me="partial", policy=DEFAULT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scribe.recorder.recorder, "TAIL", tail)
        patch.setattr(scribe.recorder.recorder, "SLICE", slice_)
        for step, (seconds, lines, looks) in enumerate(story):
            desk.clock.set(desk.clock.now() + timedelta(seconds=seconds))
            before = desk.board
            try:
                desk.record([draft for line in lines for draft in desk.drafts(line)])
            except (Refused, ParseError):
                assert desk.board == before
            if looks:
                view = reader.catch_up()
                handed.append((view, look(view)))
                if step == len(story) // 2:
                    partial.load_tail()
                elif step > len(story) // 2:
                    partial.load_more()
                    partial.catch_up()
        final = reader.catch_up()

        events = journal.events(desk.incident)
        again = replay(desk.incident, events)
        assert look(final, jumped=jumped) == look(again, jumped=jumped)
        assert desk.board == again.board == rebuild(desk.incident, events)
        entries = list(final.entries)
        assert [entry.key for entry in entries] == sorted(entry.key for entry in entries)
        assert len(entries) == desk.board.entries
        assert len(events) == desk.board.events
        refs = [entry.ref for entry in entries]
        assert len(set(refs)) == len(refs)
        for view, as_handed in handed:
            assert look(view) == as_handed
        board = again.board
        open_items = {item.id for item in (*board.actions, *board.hypotheses)} | {box.id for box in board.timeboxes}
        assert open_items == {
            entry.id for entry in entries if entry.status in ("open", "in_flight", "running") and not entry.retracted
        }
        assert board.tracks
        waiting = board.handoff
        assert waiting is None or waiting.id not in {
            entry.payload.acknowledges
            for entry in entries
            if isinstance(entry.payload, Role) and entry.retracted is None
        }
        # every packet still finds what the record held when it was handed over
        for event in events:
            if isinstance(event.payload, Checkpoint):
                held = [found for found in events if found.number < event.number]
                assert ancestors(events, event.payload.head) == held
                assert rebuild(desk.incident, held).entries == event.payload.entries
        assert (again.board.due is None) or not again.board.over
        assert desk.verify().ok
        assert desk.verify().head == desk.board.head

        # tail first, the rest behind it
        for recorder in (partial, Recorder(journal, desk.incident, me="x", policy=DEFAULT)):
            loaded = recorder.load_tail() if recorder is not partial else recorder.catch_up()
            for _ in range(len(events) + 2):
                if recorder.is_whole:
                    break
                assert isinstance(loaded, PartialState)
                loaded = recorder.load_more()
            assert isinstance(recorder.load_more(), State)
            assert look(recorder.catch_up(), jumped=jumped) == look(again, jumped=jumped)


def test_an_entry_of_a_kind_from_the_future_is_kept(desk: Desk) -> None:
    (event,) = desk.record([Draft(Action(target=""), "x", at("12:00"))])
    newer = changed(event, kind="ritual", payload=decode_payload('{"kind":"ritual","with":3}'))
    state = replay(desk.incident, [*desk.journal.events(desk.incident)[:-1], newer])
    assert (state.entries[-1].kind, state.entries[-1].text) == ("ritual", "x")
    assert state.board.entries == 2
