from __future__ import annotations

import random
from datetime import timedelta
from itertools import combinations, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.after.threads import severities, states
from scribe.exporters.lanes import WIDTH, Chart, Mark, chart
from scribe.exporters.placing import called_out
from scribe.exporters.scale import MOST_GAPS, SMALL, epoch, scale, stored, text_width
from scribe.record.redact import redact
from scribe.record.state import Entry, State
from scribe.record.when import Precision, instant, stamp
from tests.after.records import DECLARED, told

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")

LINES = (
    "00:20 /role ic @alice",
    "00:30 /role scribe @sam",
    "01:00 13:30 alert: 5xx over 5 % #alert",
    "01:10 /milestone detected 13:30",
    "02:00 ? @bob slow query",
    "03:00 @alice looks at the dashboards",
    "04:00 /state mitigating",
    "05:00 > @bob roll back",
    "06:00 /sev 1",
    "07:00 /update on it",
    "08:00 /role ic @dan",
    "09:00 ! @alice stay on the bridge",
    "10:00 ! @dan keep it rolled back",
    "10:30 /tick sev1 channel",
    "11:00 /state monitoring",
    "50:00 /state resolved both signals are normal",
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return told(tmp_path_factory.mktemp("lanes"), *LINES)


@pytest.fixture(scope="module")
def document(state: State) -> Postmortem:
    return build(redact(state), zone=SEOUL)


def drawn(document: Postmortem, *changed: Entry) -> Chart:
    """The chart of a document; with other entries when there are any."""
    if changed:
        ordered = sorted(changed, key=lambda entry: entry.key)
        document = replace(document, timeline=tuple(ordered), states=states(ordered), severities=severities(ordered))
    found = chart(document)
    assert found is not None
    return found


def mark_of(found: Chart, ref: str) -> Mark:
    (mark,) = [mark for mark in found.marks if any(entry.ref == ref for entry in mark.entries)]
    return mark


def lane_of(found: Chart, text: str) -> str:
    """The key of the lane in which an entry with that text lies."""
    (mark,) = [mark for mark in found.marks if any(text in entry.text for entry in mark.entries)]
    return found.lanes[mark.lane].key


# ── whatever a record holds ─────────────────────────────────────────────────────────────────────────────────────────

# Entries of one second and of months: whether anything is merged or cut out depends on how they mix.
seconds = st.one_of(
    st.integers(0, 60), st.integers(0, 7200), st.integers(-86400, 5 * 86400), st.integers(0, 200 * 86400)
)
precisions: st.SearchStrategy[Precision] = st.sampled_from(["second", "second", "minute", "hour", "day", "unknown"])
picks = st.lists(
    st.tuples(st.integers(0, 99), seconds, precisions, st.booleans(), st.booleans()), min_size=1, max_size=70
)


def picked(document: Postmortem, picks: list[tuple[int, int, Precision, bool, bool]]) -> list[Entry]:
    known = document.timeline
    return [
        replace(
            known[which % len(known)],
            number=place,
            seq=place + 1000,
            ref=f"#{place}",
            at=stamp(DECLARED + timedelta(seconds=offset)),
            precision=precision,
            late=late,
            starred=starred,
        )
        for place, (which, offset, precision, late, starred) in enumerate(picks)
    ]


@settings(max_examples=60)
@given(picks)
def test_every_record_can_be_drawn(document: Postmortem, picks: list[tuple[int, int, Precision, bool, bool]]) -> None:
    entries = picked(document, picks)
    times = sorted({epoch(entry.at) for entry in entries if entry.precision != "unknown"})
    if not times:
        assert chart(replace(document, timeline=tuple(entries))) is None
        return
    found = drawn(document, *entries)
    every_entry_lies_in_one_mark(found, entries)
    marks_lie_within_their_lanes_and_apart(found)
    gaps_are_what_is_longer_than_the_bound(found, times)
    phases_fill_the_span(found)
    ticks_have_room(found)
    callouts_have_room(found)


def every_entry_lies_in_one_mark(found: Chart, entries: list[Entry]) -> None:
    lying = [entry.ref for mark in found.marks for entry in mark.entries]
    assert sorted(lying) == sorted(entry.ref for entry in entries)


def marks_lie_within_their_lanes_and_apart(found: Chart) -> None:
    for lane, after in pairwise(found.lanes):
        assert lane.top + lane.height == pytest.approx(after.top)
    assert found.foot < found.height
    for mark in found.marks:
        lane = found.lanes[mark.lane]
        assert mark.x - 5 >= 0
        assert mark.x + 5 <= WIDTH
        assert mark.y - mark.height / 2 >= lane.top
        assert mark.y + mark.height / 2 <= lane.top + lane.height
        assert mark.until is None or mark.x <= mark.until <= WIDTH
    for one, other in combinations(found.marks, 2):
        if one.lane == other.lane and abs(one.x - other.x) < 10:
            assert abs(one.y - other.y) >= (one.height + other.height) / 2
    assert all(0 <= bar.left <= bar.right <= WIDTH for bar in found.bars)


def gaps_are_what_is_longer_than_the_bound(found: Chart, times: list[float]) -> None:
    line = found.scale
    long = [(since, until) for since, until in pairwise(times) if until - since > line.bound]
    assert [(gap.since, gap.until) for gap in found.gaps] == long
    assert len(long) <= MOST_GAPS
    places = [line.x(at) for at in times]
    assert places == sorted(places)
    assert all(-0.01 <= x <= WIDTH + 0.01 for x in places)
    for gap in found.gaps:
        assert text_width(gap.text, SMALL) <= gap.right - gap.left
        assert line.x(gap.since) <= gap.left < gap.right <= line.x(gap.until)
    for since, until in line.stretches():  # everything else is true to scale
        assert line.x(until) - line.x(since) == pytest.approx((until - since) * line.density, abs=0.01)


def phases_fill_the_span(found: Chart) -> None:
    for phases in (found.states, found.severities):
        if found.scale.since == found.scale.until:
            continue
        assert phases[0].since == found.scale.since
        assert phases[-1].until == found.scale.until
        assert all(one.until == after.since and one.right == after.left for one, after in pairwise(phases))
        assert all(phase.since < phase.until for phase in phases)


def ticks_have_room(found: Chart) -> None:
    for ticks in (found.clock, found.days, found.since_zero):
        for tick in ticks:
            half = text_width(tick.text, SMALL) / 2
            assert tick.middle - half >= 0
            assert tick.middle + half <= WIDTH
            assert not any(gap.left < tick.x < gap.right for gap in found.gaps)
        for one, after in pairwise(ticks):
            wide = (text_width(one.text, SMALL) + text_width(after.text, SMALL)) / 2
            assert after.middle - one.middle >= wide
    assert found.clock


def callouts_have_room(found: Chart) -> None:
    boxes = []
    for one in found.callouts:
        wide = text_width(one.text, SMALL)
        left = one.x if one.side == "start" else one.x - wide
        assert left >= 0
        assert left + wide <= WIDTH
        assert one.y < one.foot
        boxes.append((one, left, left + wide))
    for (one, left, right), (other, its_left, its_right) in combinations(boxes, 2):
        assert one.y != other.y or right <= its_left or its_right <= left
        for upper, lower, begin, end in ((one, other, its_left, its_right), (other, one, left, right)):
            assert upper.y >= lower.y or not begin < upper.x < end


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=30, unique=True).map(sorted))
@example([0.0, 1e9])
def test_many_places_are_found_as_one_is(times: list[float]) -> None:
    line = scale(times, 20, 900)
    assert list(line.places(times)) == pytest.approx([line.x(at) for at in times])


@given(st.lists(st.tuples(st.floats(0, WIDTH), st.text(max_size=80)), max_size=60))
def test_words_over_the_lanes_are_cut_or_left_out_and_never_lie_on_others(marks: list[tuple[float, str]]) -> None:
    marks.sort()
    callouts, rows = called_out(marks, WIDTH)
    assert all(0 <= one.row < rows for one in callouts)
    assert len({one.mark for one in callouts}) == len(callouts)
    for one in callouts:
        assert one.x == marks[one.mark][0]
        assert marks[one.mark][1].startswith(one.text.removesuffix("…"))


# ── lanes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_lies_in_the_lane_of_the_role_that_its_author_held_then(document: Postmortem) -> None:
    found = drawn(document)
    assert lane_of(found, "looks at the dashboards") == "role ic"
    assert lane_of(found, "stay on the bridge") == "others"  # alice has handed over
    assert lane_of(found, "keep it rolled back") == "role ic"
    assert lane_of(found, "slow query") == "others"
    assert lane_of(found, "alert: 5xx") == "others"  # before sam was the scribe


def test_moments_changes_and_updates_have_lanes_of_their_own(document: Postmortem) -> None:
    found = drawn(document)
    kinds = {
        key: {entry.kind for mark in found.marks if found.lanes[mark.lane].key == key for entry in mark.entries}
        for key in ("moments", "updates")
    }
    assert kinds == {"moments": {"declared", "milestone", "severity", "state"}, "updates": {"update"}}


def test_a_change_of_a_role_lies_in_the_lane_of_that_role(document: Postmortem) -> None:
    found = drawn(document)
    lanes = {
        (entry.text, found.lanes[mark.lane].key)
        for mark in found.marks
        for entry in mark.entries
        if entry.kind == "role"
    }
    assert lanes == {("IC → @alice", "role ic"), ("Scribe → @sam", "role scribe"), ("IC: @alice → @dan", "role ic")}


def test_a_lane_says_who_held_the_role_and_for_how_long(document: Postmortem) -> None:
    found = drawn(document)
    lane = next(lane for lane in found.lanes if lane.key == "role ic")
    assert (lane.title, lane.who) == ("IC", ("alice", "dan"))
    bars = [(bar.who, bar.left, bar.right) for bar in found.bars if found.lanes[bar.lane] is lane]
    handed_over = found.scale.x(epoch(stamp(DECLARED + timedelta(minutes=8))))
    assert bars == [
        ("alice", found.scale.x(epoch(stamp(DECLARED + timedelta(seconds=20)))), handed_over),
        ("dan", handed_over, found.scale.x(found.scale.until)),
    ]


def test_what_is_hidden_is_not_drawn(document: Postmortem) -> None:
    first, *others = document.timeline
    found = drawn(document, replace(first, hidden=True), *others)
    assert sum(len(mark.entries) for mark in found.marks) == len(others)


# ── marks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_written_as_it_happened_is_hollow(document: Postmortem) -> None:
    entries = [replace(entry, late=False, imported=False) for entry in document.timeline]
    assert not any(mark.hollow for mark in drawn(document, *entries).marks)
    for changes in ({"late": True}, {"late": True, "reconstructed": True}, {"imported": True}):
        marked = [replace(entries[0], **changes), *entries[1:]]
        assert [mark.entries for mark in drawn(document, *marked).marks if mark.hollow] == [(marked[0],)]


def test_a_rough_time_reaches_as_far_as_it_may(document: Postmortem) -> None:
    first, *others = document.timeline
    found = drawn(document, replace(first, at="2026-11-20T13:00:00.000Z", precision="hour"), *others)
    assert mark_of(found, first.ref).until == found.scale.x(epoch("2026-11-20T14:00:00.000Z"))
    assert [mark.until for mark in found.marks].count(None) == len(found.marks) - 1


def test_an_unknown_time_makes_no_gap_and_lies_beside_its_neighbour(document: Postmortem) -> None:
    last = document.timeline[-1]
    lost = replace(last, ref="#99", at="2026-12-24T00:00:00.000Z", precision="unknown", kind="fact")
    found = drawn(document, *document.timeline, lost)
    assert found.scale.until == epoch(last.at)
    mark = mark_of(found, "#99")
    assert (mark.unsure, mark.x) == (True, found.scale.x(found.scale.until))


def test_a_starred_entry_is_called_by_its_words_and_a_moment_by_its_name(document: Postmortem) -> None:
    starred = [
        replace(entry, starred=entry.kind == "decision" or entry.kind == "milestone") for entry in document.timeline
    ]
    found = drawn(document, *starred)
    assert [one.text for one in found.callouts] == ["stay on the bridge", "keep it rolled back"]
    assert [mark.words for mark in found.marks if mark.starred and mark.words] == ["detected"]


def test_starred_entries_without_room_for_words_are_counted(document: Postmortem) -> None:
    base = next(entry for entry in document.timeline if entry.kind == "decision")
    entries = [
        replace(base, ref=f"D{n}", starred=True, at=stamp(DECLARED + timedelta(minutes=n)), text="words " * 20)
        for n in range(40)
    ]
    found = drawn(document, *entries)
    starred = sum(mark.starred for mark in found.marks)
    assert found.uncalled > 0
    assert len(found.callouts) + found.uncalled == starred


def test_a_phase_too_short_for_its_name_is_named_at_its_mark(document: Postmortem) -> None:
    assert not {"mitigating", "monitoring"} & {mark.words for mark in drawn(document).marks}
    mitigating = next(entry for entry in document.timeline if "→ mitigating" in entry.text)
    others = [entry for entry in document.timeline if entry is not mitigating]
    monitoring = next(entry for entry in others if "→ monitoring" in entry.text)
    found = drawn(document, *others, replace(mitigating, at=monitoring.at.replace("11:00", "10:58")))
    assert {phase.name: phase.words for phase in found.states}["mitigating"] == ""
    assert {"mitigating", "monitoring"} & {mark.words for mark in found.marks} == {"mitigating"}


def test_marks_of_a_busy_hour_do_not_touch(document: Postmortem) -> None:
    base = document.timeline
    dice = random.Random(7)
    entries = [
        replace(base[n % len(base)], ref=f"#{n}", seq=n, at=stamp(DECLARED + timedelta(seconds=dice.randrange(3600))))
        for n in range(400)
    ]
    found = drawn(document, *entries)
    every_entry_lies_in_one_mark(found, entries)
    marks_lie_within_their_lanes_and_apart(found)


def test_ten_thousand_entries_become_marks_that_a_page_can_hold(document: Postmortem) -> None:
    base = document.timeline
    entries = [
        replace(base[n % len(base)], ref=f"#{n}", seq=n, at=stamp(DECLARED + timedelta(seconds=n)))
        for n in range(10_000)
    ]
    found = drawn(document, *entries)
    assert sum(len(mark.entries) for mark in found.marks) == 10_000
    assert len(found.marks) < len(found.lanes) * WIDTH / 11 * 4
    piles = [mark for mark in found.marks if mark.kind == "several"]
    assert max(mark.height for mark in piles) > min(mark.height for mark in piles)


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_silence_is_cut_short_and_says_how_long_it_was(document: Postmortem) -> None:
    found = drawn(document)
    # From the alert to the declaration half an hour, and 39 minutes before the end.
    assert [(gap.text, gap.seconds) for gap in found.gaps] == [("30m", 1800), ("39m", 2340)]
    (before, after) = found.gaps
    assert after.right - after.left < before.right - before.left + 20
    assert found.scale.bound == 900


@pytest.mark.parametrize(
    ("minutes", "bound", "gaps"),
    [
        ([0, 15, 30], 900, 0),
        ([0, 15, 30.1], 900, 1),
        ([0, *range(100, 121)], 900, 1),
        ([40 * n for n in range(20)], 3600, 0),
        ([*(40 * n for n in range(20)), 5000], 3600, 1),
        ([14400 * 5 * n for n in range(20)], 14400 * 5 * 60, 0),
    ],
)
def test_what_counts_as_a_gap_goes_by_the_pace_of_the_record(minutes: list[float], bound: int, gaps: int) -> None:
    line = scale([60.0 * minute for minute in minutes], 0, 900)
    assert (line.bound, len(line.gaps)) == (bound, gaps)


def test_a_record_of_one_moment_lies_in_the_middle(document: Postmortem) -> None:
    found = drawn(document, document.timeline[0])
    assert [mark.x for mark in found.marks] == [WIDTH / 2]
    assert not found.gaps


@pytest.mark.parametrize(
    ("at", "zone", "words"),
    [
        ("2026-11-20T14:02:00.000Z", SEOUL, "23:02"),
        ("2026-11-20T14:02:00.000Z", BERLIN, "15:02"),
    ],
)
def test_the_axis_is_in_the_zone_of_the_document(document: Postmortem, at: str, zone: ZoneInfo, words: str) -> None:
    found = drawn(replace(document, zone=zone))
    ticks = {tick.text: tick.x for tick in found.clock}
    assert ticks[words] == pytest.approx(found.scale.x(epoch(at)))


def test_days_are_named_where_there_are_several(document: Postmortem) -> None:
    assert drawn(replace(document, zone=ZoneInfo("UTC"))).days == ()
    first, *others = document.timeline
    found = drawn(document, replace(first, at="2026-11-18T14:00:00.000Z"), *others)
    assert [tick.text for tick in found.days] == ["2026-11-18", "2026-11-20"]


def test_ticks_count_from_zero_on(document: Postmortem) -> None:
    found = drawn(document)
    assert document.zero is not None
    assert {tick.text: tick.x for tick in found.since_zero}["T+0"] == found.zero == found.scale.x(epoch(document.zero))
    assert drawn(replace(document, zero=None)).since_zero == ()


def test_moments_that_nobody_recorded_are_named(document: Postmortem) -> None:
    assert drawn(document).unknown == (
        *("started", "first-alert", "acknowledged", "assembled", "diagnosed", "fix-deployed", "mitigated", "closed"),
    )


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_seconds_of_the_epoch_and_stored_times_are_one(milliseconds: int) -> None:
    text = stored(milliseconds / 1000)
    assert instant(text).timestamp() == pytest.approx(milliseconds / 1000, abs=0.0011)
    assert epoch(text) == pytest.approx(milliseconds / 1000, abs=0.0011)


def test_the_ends_of_the_calendar_can_be_drawn(document: Postmortem) -> None:
    first, second, *others = document.timeline
    ends = (
        replace(first, at="0001-01-01T00:00:00.000Z"),
        replace(second, at="9999-12-31T23:59:59.999Z", precision="day"),
    )
    for zone in (SEOUL, ZoneInfo("America/New_York")):
        for entries in (ends[:1], ends[1:], (*ends, *others)):
            marks = drawn(replace(document, zone=zone), *entries).marks
            assert sum(len(mark.entries) for mark in marks) == len(entries)


def test_a_document_without_known_times_has_no_drawing(tmp_path: Path) -> None:
    document = build(redact(told(tmp_path)), zone=SEOUL)
    lost = tuple(replace(entry, precision="unknown") for entry in document.timeline)
    assert chart(replace(document, timeline=lost)) is None
    assert chart(replace(document, timeline=())) is None
