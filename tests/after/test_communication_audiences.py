from __future__ import annotations

from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.after.communication import Communication, Missed, communication
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.record.errors import Refused
from scribe.record.events import Declared, Note, Payload, Severity, StateChange, Update
from scribe.record.state import Entry
from scribe.record.when import shifted
from scribe.recorder import Recorder, declare
from tests.after.records import DECLARED, written

START = "2026-11-20T14:00:00.000Z"
BOTH: dict[str, int | None] = {"stakeholders": 900, "public": 1800}


def summed(missed: Missed) -> tuple[str, str, str, float]:
    return (missed.audience, missed.due[11:19], missed.end, missed.overdue)


def told_of(folder: Path, *lines: str) -> Communication:
    return written(folder, *lines).communication


def test_each_audience_has_its_own_due_time(tmp_path: Path) -> None:
    found = told_of(
        tmp_path,
        "00:00 /audience public on",
        "14:00 /update one",
        "18:00 /update public: looking into it",
        "20:00 /state resolved",
    )
    assert [summed(missed) for missed in found.missed] == [("public", "14:15:00", "sent late", 180)]
    assert [(sent.number, sent.audience, sent.overdue) for sent in found.sent] == [
        (1, "stakeholders", 0),
        (2, "public", 180),
    ]
    assert found.audiences == ("stakeholders", "public")


def test_the_next_due_time_is_the_earliest(tmp_path: Path) -> None:
    found = told_of(tmp_path, "00:00 /audience public on", "05:00 /next public: 40m late is agreed", "06:00 quiet")
    assert found.next_due == "2026-11-20T14:15:00.000Z"


def test_moving_one_audience_excuses_no_other(tmp_path: Path) -> None:
    found = told_of(tmp_path, "00:00 /audience public on", "10:00 /next public: 20m", "16:00 still failing")
    assert [summed(missed) for missed in found.missed] == [("stakeholders", "14:15:00", "open", 60)]


def test_switching_an_audience_off_does_not_undo_a_time_that_has_passed(tmp_path: Path) -> None:
    lines = ("00:00 /audience public on", "14:00 /update one", "17:00 /audience public off", "20:00 /state resolved")
    found = told_of(tmp_path, *lines)
    assert [summed(missed) for missed in found.missed] == [
        ("public", "14:15:00", "switched off after it had passed", 120)
    ]


def test_an_audience_that_is_off_is_never_late(tmp_path: Path) -> None:
    found = told_of(tmp_path, "10:00 /update one", "40:00 /update public: one", "41:00 /state resolved")
    assert [summed(missed) for missed in found.missed] == [
        ("stakeholders", "14:25:00", "over before one was sent", 960)
    ]
    assert found.sent[1].due is None


def test_the_end_misses_every_audience_that_was_due(tmp_path: Path) -> None:
    found = told_of(tmp_path, "00:00 /audience public on", "25:00 /state resolved")
    assert [(missed.audience, missed.end) for missed in found.missed] == [
        ("stakeholders", "over before one was sent"),
        ("public", "over before one was sent"),
    ]


def entry(place: int, minutes: int, payload: Payload, kind: str) -> Entry:
    at = shifted(START, minutes * 60)
    return Entry(place, "w", place, f"#{place}", at, "second", "", at, kind, "", "sam", "sam", payload)


def test_paces_of_several_audiences_in_one_event() -> None:
    entries = [
        entry(1, 0, Declared(severity=2, cadences=BOTH), "declared"),
        entry(2, 20, Severity(level=1, cadences={"stakeholders": 900, "public": 600}), "severity"),
        entry(3, 21, Update(audience="public", next_at=shifted(START, 31 * 60)), "update"),
    ]
    found = communication(entries, zero=None, last=shifted(START, 22 * 60))
    # Ten minutes after the declaration had gone by already: it is due from the change on.
    assert [summed(missed) for missed in found.missed] == [
        ("public", "14:20:00", "sent late", 60),
        ("stakeholders", "14:15:00", "open", 420),
    ]
    assert found.next_due == shifted(START, 15 * 60)


@pytest.mark.parametrize("kind", ["update", "note"])
def test_what_one_audience_hears_changes_nothing_for_another(kind: str) -> None:
    due = shifted(START, 50 * 60)
    payload = Update(audience="public", next_at=due) if kind == "update" else Note(audience="public", next_at=due)
    base = [entry(1, 0, Declared(severity=2, cadences=BOTH), "declared")]
    without = communication(base, zero=None, last=shifted(START, 90 * 60))
    with_it = communication([*base, entry(2, 5, payload, kind)], zero=None, last=shifted(START, 90 * 60))
    assert _of(without, "stakeholders") == _of(with_it, "stakeholders")
    assert [missed.due for missed in with_it.missed if missed.audience == "public"] == [due]


def _of(found: Communication, audience: str) -> list[Missed]:
    return [missed for missed in found.missed if missed.audience == audience]


_AUDIENCES = st.sampled_from(["stakeholders", "public", "responders"])
_STEPS = st.lists(
    st.one_of(
        st.builds("/update {}: words".format, _AUDIENCES),
        st.builds("/next {}: {}m agreed".format, _AUDIENCES, st.integers(1, 60)),
        st.builds("/cadence {}: {}m agreed".format, _AUDIENCES, st.integers(1, 60)),
        st.builds("/audience {} {}".format, _AUDIENCES, st.sampled_from(["on", "off"])),
        st.builds("/sev {}".format, st.integers(1, 2)),
        st.builds("/state {}".format, st.sampled_from(["identified", "monitoring", "resolved", "investigating"])),
    ),
    max_size=10,
)


@given(_STEPS)
def test_the_walk_counts_down_where_the_board_does(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    journal = Journal.writing(tmp_path_factory.mktemp("walk") / "journal.db", FixedClock(DECLARED), wait=1)
    incident = declare(journal, "Checkout fails", now=DECLARED, me="sam", policy=DEFAULT, severity=2)
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    for place, step in enumerate(steps, 1):
        now = DECLARED + timedelta(minutes=place * 3)
        parsed = parse(step, Setting(now, now, UTC))
        assert isinstance(parsed, Recorded)
        with suppress(Refused):
            recorder.record(parsed.drafts, now=now)
    state = recorder.load()
    journal.close()
    found = communication(state.entries, zero=None, last=state.board.active_at)
    due = state.board.due
    assert (found.next_due is None) == (due is None)
    assert due is None or found.next_due is None or found.next_due >= due.at
    late = {missed.audience for missed in found.missed if missed.end == "open"}
    assert all(missed.overdue >= 1 for missed in found.missed)
    assert late <= {track.audience for track in state.board.tracks if track.due}


def test_a_state_change_that_names_no_pace_keeps_what_was_due() -> None:
    entries = [
        entry(1, 0, Declared(severity=2, cadences=BOTH), "declared"),
        entry(2, 5, StateChange(state="identified", cadences={}), "state"),
    ]
    assert communication(entries, zero=None, last=shifted(START, 60)).next_due == shifted(START, 900)
