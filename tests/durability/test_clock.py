"""The machine's clock is set, sleeps, or says what cannot be: every entry is taken, and takes effect as typed."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import ParseError, Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.live.watch import attention
from scribe.record.afterwards import Written
from scribe.record.board import rebuild
from scribe.record.chain import verify
from scribe.record.errors import Refused
from scribe.record.events import Draft
from scribe.record.when import stamp
from scribe.record.when import zone as machines_zone
from scribe.ui.postmortem.writing import PAUSE
from scribe.ui.ticker import Ticker
from tests.fakes.desk import NOON, Desk
from tests.journeys.live import Live, Scribe

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")

BACK, AHEAD = timedelta(hours=-2), timedelta(days=365)


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scribe:
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: True)
    return Scribe(tmp_path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "j.db", severity=2)


async def jump(live: Live, by: timedelta) -> None:
    """Somebody sets the clock, and a second later the screen looks."""
    live.clock.set(live.clock.now() + by)
    await live.passes(1)


def holds(live: Live) -> None:
    """The record verifies, was only appended to, and its board is what it folds to."""
    journal = Journal.reading(live.path, live.clock)
    try:
        (incident,) = journal.incidents()
        assert verify(journal.stored(incident)).ok
        assert [event.seq for event in journal.events(incident)] == list(range(1, len(journal.events(incident)) + 1))
        assert rebuild(incident, journal.record(incident)) == journal.board(incident)
    finally:
        journal.close()


# ── set back, set ahead ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [BACK, AHEAD])
async def test_whatever_the_clock_does_every_line_is_recorded_when_the_clock_says_and_takes_effect(
    scribe: Scribe, by: timedelta
) -> None:
    scribe.told("before", "/state identified", "/role ic @alice", "? the pool")
    async with scribe(size=(120, 40)) as live:
        await live.passes(60)
        await jump(live, by)
        assert "clock jumped" in live.line("attention")
        for line in (
            "after",
            "/state mitigating",
            "/sev 1",
            "/role ic @bob",
            "/confirm H1",
            "> undo",
            "/done A1",
            "/next 10m the clock jumped",
        ):
            await live.enter(line)
            assert live.box == "", (line, live.line("hint"))
        board, state = live.board, live.state()
        assert (board.state, board.severity, board.roles["ic"][0].who) == ("mitigating", 1, "bob")
        assert (board.hypotheses, board.actions) == ((), ())
        assert board.due is not None
        assert board.due.at == stamp(live.clock.now() + timedelta(minutes=10))
        assert "MITIGATING" in live.rows[0]
        (after,) = (entry for entry in state.entries if entry.text == "after")
        assert after.at == after.recorded_at == stamp(live.clock.now())
        assert (after.late, after.reconstructed) == (False, False)
        holds(live)


def test_set_ahead_and_righted_again_nothing_stays_behind(desk: Desk) -> None:
    desk.type("/state identified")
    desk.clock.set(NOON + AHEAD)
    desk.type("/state mitigating")
    desk.type("/handoff @bob")
    desk.clock.set(NOON + timedelta(minutes=5))
    desk.type("/state monitoring")
    desk.type("/ack @bob")
    assert (desk.board.state, desk.board.handoff) == ("monitoring", None)
    assert desk.board.roles["ic"][0].who == "bob"
    desk.type("/state resolved")
    assert desk.board.over
    assert desk.board == desk.state().board


async def test_after_a_jump_back_it_is_said_where_new_entries_stand(scribe: Scribe) -> None:
    scribe.told("before")
    async with scribe(size=(160, 40)) as live:
        await jump(live, BACK)
        assert (
            "the machine's clock jumped 2h back; times follow it, and what is recorded now stands above what was"
            " recorded before" in live.line("attention")
        )
        await live.enter("after")
        assert [entry.text for entry in live.state().entries if entry.kind == "fact"] == ["after", "before"]


def test_words_of_the_postmortem_that_were_written_last_count_whatever_the_clock_said(desk: Desk) -> None:
    def write(text: str) -> None:
        desk.record([Draft(Written(section="summary"), text, stamp(desk.clock.now()))])

    write("first")
    desk.type("/action mend it @bob")
    desk.clock.set(NOON + BACK)
    write("second")
    desk.type("/action T1 @alice")
    assert desk.state().sections["summary"].text == "second"
    assert [item.owner for item in desk.board.items] == ["alice"]
    assert desk.state().board == desk.board


def test_what_is_dated_by_hand_keeps_its_place_under_a_clock_that_is_behind(desk: Desk) -> None:
    desk.type("/state identified", after=10)
    desk.clock.set(NOON + timedelta(hours=-1))
    desk.type("2026-11-20 10:30 /sev 3")
    desk.type("/sev 1")
    desk.type("2026-11-20 10:40 /sev 4")
    assert desk.board.severity == 1
    assert desk.state().board == desk.board


def test_a_first_key_struck_before_somebody_elses_entry_still_counts_as_the_earlier(desk: Desk) -> None:
    desk.type("/sev 3", after=1)
    early = stamp(NOON + timedelta(seconds=30))
    desk.clock.advance(30)
    (draft,) = desk.drafts("/sev 4")
    desk.record([Draft(draft.payload, draft.text, early)])
    assert desk.board.severity == 3


async def test_a_line_begun_before_the_jump_keeps_its_first_key_stroke(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.type("it bu")
        await jump(live, BACK)
        await live.type("rns\n")
        assert (live.last.at, live.last.recorded_at) == (stamp(NOON), stamp(NOON + BACK + timedelta(seconds=1)))
        assert live.box == ""


async def test_a_section_is_recorded_after_its_pause_by_a_clock_that_nobody_sets(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f8")
        await live.type("one order in eight")
        live.clock.set(NOON + BACK)
        live.clock.advance(PAUSE + 1)
        live.top.poll()  # type: ignore[attr-defined]  # the postmortem
        await live.pilot.pause()
        assert live.events[-1].text == "one order in eight"


async def test_bells_ring_again_after_the_clock_was_set_back(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told("/role ic @alice", "/role ops @alice", "/role comms @alice")
    rings: list[int] = []
    async with scribe() as live:
        monkeypatch.setattr(live.app, "bell", lambda: rings.append(1))
        await jump(live, AHEAD)
        assert rings
        await live.enter("/update")
        await live.press("f2")
        await jump(live, -AHEAD)
        rings.clear()
        for _ in range(8):
            await live.passes(900)
        assert rings


async def test_a_snooze_and_a_timebox_end_when_the_clock_says(scribe: Scribe) -> None:
    scribe.told("/role ops @bob", "/role comms @bob")
    async with scribe(size=(120, 40)) as live:
        await live.passes(1)
        await live.enter("/snooze 10m")
        await live.enter("/timebox 5m @bob look")
        assert "IC is unassigned" not in live.line("attention")
        await jump(live, timedelta(hours=1))
        found = {one.code for one in attention(live.board, DEFAULT, stamp(live.clock.now()))}
        assert {"role-unassigned", "timebox-over", "update-overdue"} <= found


# ── asleep ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_the_machine_sleeps_the_steady_clock_stands_and_the_wall_goes_on() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    clock.advance(1)
    assert ticker.tick() == 0
    clock.set(clock.now() + timedelta(hours=8))
    assert ticker.tick() == 8 * 3600
    assert ticker.now == clock.now()


def test_where_the_wall_stands_and_the_steady_clock_goes_on_the_wall_counts() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    clock.advance(600)
    clock.set(NOON)
    assert ticker.tick() == -600
    assert ticker.now == NOON
    for _ in range(100):  # a second each, in which the wall clock does not move
        clock.advance(1)
        clock.set(NOON)
        assert ticker.tick() == 0
        assert abs(ticker.now - NOON) <= timedelta(seconds=1)


def test_a_second_that_is_told_twice_or_left_out_is_no_jump() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    for away in (-1.0, 1.0, 1.5, -1.5):
        clock.advance(1)
        clock.set(clock.now() + timedelta(seconds=away))
        assert ticker.tick() == 0


@pytest.mark.parametrize(
    "when",
    [
        datetime(9999, 12, 31, 23, 59, 58, tzinfo=UTC),
        pytest.param(datetime(1970, 1, 1, tzinfo=UTC), marks=pytest.mark.torture),
        pytest.param(datetime(1, 1, 1, 0, 0, 5, tzinfo=UTC), marks=pytest.mark.torture),
    ],
    ids=lambda when: str(when.year),
)
async def test_in_any_year_lines_are_taken_and_the_screen_stands(scribe: Scribe, when: datetime) -> None:
    scribe.clock.set(when)
    scribe.told("begin")
    async with scribe(size=(120, 40), zone=ZoneInfo("Asia/Seoul")) as live:
        for line in (
            "one",
            "/next 20m",
            "/timebox 5m @bob look",
            "/state mitigating",
            "/role ic @a",
            "? h",
            "/confirm H1",
        ):
            await live.enter(line)
            assert live.box == "", (line, live.line("hint"))
            live.clock._monotonic += 1
            live.screen._tick()
            await live.pilot.pause()
        for keys in (("f2",), ("f3",), ("f5",), ("f8",), ("escape",)):
            await live.press(*keys)
        await live.type("-12m more")  # in the year 1 that is no day any more, and said so
        assert live.app.is_running
        assert len(live.events) == 9
        holds(live)


# ── summer and winter ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "now", "typed", "at"),
    [
        # 29 March 2026, 02:00 → 03:00: 02:30 was never shown, 01:59 and 03:00 were, a minute apart.
        (BERLIN, "2026-03-29T01:30:00Z", "01:59", "2026-03-29T00:59:00.000Z"),
        (BERLIN, "2026-03-29T01:30:00Z", "03:00", "2026-03-29T01:00:00.000Z"),
        # 25 October 2026, 03:00 → 02:00: the second 02:30 is not there yet.
        (BERLIN, "2026-10-25T00:40:00Z", "02:30", "2026-10-25T00:30:00.000Z"),
        (BERLIN, "2026-10-25T01:40:00Z", "-1h10m", "2026-10-25T00:30:00.000Z"),
        (NEW_YORK, "2026-03-08T07:30:00Z", "01:59", "2026-03-08T06:59:00.000Z"),
        (NEW_YORK, "2026-03-08T07:30:00Z", "03:00", "2026-03-08T07:00:00.000Z"),
        (NEW_YORK, "2026-11-01T05:40:00Z", "01:30", "2026-11-01T05:30:00.000Z"),
    ],
)
def test_times_typed_where_the_hour_is_doubled_or_left_out(zone: ZoneInfo, now: str, typed: str, at: str) -> None:
    moment = datetime.fromisoformat(now)
    found = parse(f"{typed} it burns", Setting(moment, moment, zone))
    assert isinstance(found, Recorded)
    assert found.drafts[0].at == at


@pytest.mark.parametrize(
    ("zone", "now", "typed", "why", "offered", "at"),
    [
        (BERLIN, "2026-10-25T01:40:00Z", "02:30", "came twice", "02:30+02:00", "2026-10-25T00:30:00.000Z"),
        (BERLIN, "2026-03-29T01:30:00Z", "02:30", "never came", "01:30+01:00", "2026-03-29T00:30:00.000Z"),
        (NEW_YORK, "2026-11-01T06:40:00Z", "01:30", "came twice", "01:30-04:00", "2026-11-01T05:30:00.000Z"),
        (NEW_YORK, "2026-03-08T07:30:00Z", "02:30", "never came", "01:30-05:00", "2026-03-08T06:30:00.000Z"),
    ],
)
def test_an_hour_that_came_twice_or_never_is_asked_about(
    zone: ZoneInfo, now: str, typed: str, why: str, offered: str, at: str
) -> None:
    moment = datetime.fromisoformat(now)
    setting = Setting(moment, moment, zone)
    with pytest.raises(ParseError, match=why) as asked:
        parse(f"{typed} it burns", setting)
    assert asked.value.choices[0] == offered
    answered = parse(f"{offered} it burns", setting)
    assert isinstance(answered, Recorded)
    assert answered.drafts[0].at == at


async def test_one_key_answers_which_of_two_hours_is_meant(scribe: Scribe) -> None:
    scribe.clock.set(datetime.fromisoformat("2026-10-25T01:40:00Z"))
    scribe.told()
    async with scribe(zone=BERLIN) as live:
        await live.enter("02:30 it burns")
        assert live.box == "02:30 it burns"
        assert "came twice" in live.line("hint")
        await live.press("tab")
        await live.enter("")
        assert live.last.at == "2026-10-25T00:30:00.000Z"


def test_a_leap_second_is_said_to_be_none_and_stays_where_it_is_only_told_of(desk: Desk) -> None:
    with pytest.raises(ParseError, match="leap seconds are not kept; write second 59"):
        desk.drafts("23:59:60 it burns")
    (event,) = desk.type("clocks showed 23:59:60Z")
    assert event.text == "clocks showed 23:59:60Z"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (BERLIN, "2026-10-25"),
        *(
            pytest.param(*each, marks=pytest.mark.torture)
            for each in ((BERLIN, "2026-03-29"), (NEW_YORK, "2026-03-08"))
        ),
        pytest.param(NEW_YORK, "2026-11-01", marks=pytest.mark.torture),
    ],
)
async def test_countdowns_and_order_do_not_notice_summer_time(scribe: Scribe, zone: ZoneInfo, day: str) -> None:
    scribe.clock.set(datetime.fromisoformat(f"{day}T00:00:00Z"))
    scribe.told()
    async with scribe(size=(120, 40), zone=zone) as live:
        for number in range(3):
            await live.enter(f"line {number}")
            await live.passes(3 * 3600)
            assert "jumped" not in live.line("attention")
        assert live.texts == [f"line {number}" for number in range(3)]
        assert "T+09:00:0" in live.rows[0]


def test_ten_hours_of_any_clock_fold_to_one_board(tmp_path: Path) -> None:
    """A clock that is set to and fro at every line: what was folded line by line is what the whole record folds to."""
    chance = random.Random(11)
    for number in range(8):
        desk = Desk(tmp_path / f"{number}.db", severity=2)
        lines = [
            "/sev 1",
            "/sev 3",
            "/state mitigating",
            "/state identified",
            "/role ic @a",
            "/role ic @b",
            "fact",
            "/impact x",
        ]
        for _ in range(25):
            desk.clock.set(NOON + timedelta(minutes=chance.randint(-300, 300)))
            with suppress(Refused):  # what is so already
                desk.type(chance.choice(lines))
        assert desk.board == rebuild(desk.incident, desk.journal.record(desk.incident)) == desk.state().board
        assert desk.verify().ok
        desk.journal.close()


def test_a_zone_that_the_machine_gives_as_a_rule_is_that_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    found = machines_zone(None)
    for now in ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z"):
        moment = datetime.fromisoformat(now)
        assert moment.astimezone(found).utcoffset() == moment.astimezone(BERLIN).utcoffset()
    monkeypatch.setenv("TZ", "<+0330>-3:30")
    assert NOON.astimezone(machines_zone(None)).utcoffset() == timedelta(hours=3, minutes=30)
    for nonsense in ("Nowhere/AtAll", "UTC+25", "\x1b[31m", "1", ",", "CET-1CEST,nonsense"):
        monkeypatch.setenv("TZ", nonsense)
        assert machines_zone(None) == UTC
