"""What people wrote, in the document model: sections, cost, causes, targets, deadlines, blocks of the timeline."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.after.build import build
from scribe.after.causes import Cause, causes
from scribe.after.cost import cost
from scribe.after.sections import Part
from scribe.after.spans import blocks
from scribe.after.targets import Deadline
from scribe.record.events import Fact
from scribe.record.redact import redact
from scribe.record.sections import BY_KEY
from scribe.record.state import Entry
from scribe.record.written import Words
from tests.after.records import told, written
from tests.fakes.desk import CLOSING

RESOLVED = "30:00 /state resolved"


def test_a_part_knows_its_lines_its_number_and_what_it_points_at() -> None:
    part = Part(BY_KEY["whys"], Words("no alert (#12, H3)\n\nsee T1, not F1x or &#39; or a#3", "al", "", ""))
    assert part.lines == ("no alert (#12, H3)", "see T1, not F1x or &#39; or a#3")
    assert part.refs == ("#12", "H3", "T1")
    assert Part(BY_KEY["cost-hours"], Words("12.5", "al", "", "")).amount == 12.5
    assert Part(BY_KEY["cost-hours"]).amount is None


def test_what_was_emptied_counts_as_never_written(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 /write summary x", "02:00 /write users 5")
    assert document.sections["summary"].words is not None
    assert document.sections["lessons"].words is None


def test_hidden_entries_stand_in_no_timeline_and_starred_ones_are_known(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 a", "02:00 b", "03:00 /hide #2", "04:00 /star #3 #2")
    assert [entry.ref for entry in document.timeline] == ["#1", "#3"]
    assert [entry.ref for entry in document.starred] == ["#3"]
    assert (document.counts.hidden, document.counts.shown, document.counts.apart) == (1, 2, 0)


def test_the_ten_classes_have_their_highest_score_and_zero_is_one(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 /factor a class: testing score: 1",
        "02:00 /factor b class: testing score: 3",
        "03:00 /factor c class: capacity score: 0",
        "04:00 /factor d class: process",
    )
    scores = {found.factor_class: found.score for found in document.classes}
    assert len(scores) == 10
    assert (scores["testing"], scores["capacity"], scores["process"], scores["monitoring"]) == (3, 0, None, None)


# ── cost ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_cost_is_what_is_known_of_it(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "00:10 /milestone started 14:00",
        "01:00 /write cost-revenue 3000",
        "02:00 /write cost-hours 10",
        "03:00 /write cost-rate 100",
        "04:00 /write cost-users 1000",
        "05:00 /write cost-churn 2 %",
        "06:00 /write currency EUR",
        RESOLVED,
    )
    found = cost(document)
    assert (found.currency, found.total) == ("EUR", 4000)
    assert found.per_minute == pytest.approx(4000 / 30)
    assert dict(found.indirect)["customers who may leave"] is None
    assert found.unknown == ("SLA credits", "vendors", "customers who may leave", "reputation")


def test_no_number_makes_no_cost(tmp_path: Path) -> None:
    found = cost(written(tmp_path, RESOLVED))
    assert (found.total, found.per_minute) == (None, None)
    assert cost(written(tmp_path / "..", "01:00 /write cost-revenue 0")).total == 0


# ── causes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_hangs_the_whys_below_the_trigger_and_the_factors_below_their_layers(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 /write observed 5xx at 12 %",
        "02:00 /write trigger release 1.42 (#1)",
        "03:00 /write whys the pool ran dry\nno limit\nnobody owns limits",
        "04:00 /factor no alert layer: detection",
        "05:00 /factor no owner layer: responsibility standing: candidate",
        "06:00 /factor not this layer: change score: 0",
        "07:00 /factor anywhere",
    )
    tree = causes(document)
    assert tree is not None
    assert (tree.label, tree.kind) == ("5xx at 12 %", "symptom")
    assert [(child.label, child.kind) for child in tree.children] == [
        ("release 1.42 (#1)", "trigger"),
        ("Detection", "layer"),
        ("Responsibility", "layer"),
        ("anywhere", "factor"),
    ]
    trigger = tree.children[0]
    assert trigger.refs == ("#1",)
    assert chain(trigger) == ["release 1.42 (#1)", "the pool ran dry", "no limit", "nobody owns limits"]
    assert tree.children[2].children == (Cause("no owner", "candidate", ("F2",)),)


def chain(cause: Cause) -> list[str]:
    return [cause.label, *(label for child in cause.children for label in chain(child))]


def test_a_symptom_alone_is_no_tree(tmp_path: Path) -> None:
    assert causes(written(tmp_path, "01:00 /write observed 5xx")) is None


# ── targets and deadlines ───────────────────────────────────────────────────────────────────────────────────────────


def test_milestones_are_set_against_what_was_agreed_on(tmp_path: Path) -> None:
    state = told(tmp_path, "00:10 /milestone detected 14:00", "06:00 /milestone acknowledged", RESOLVED)
    document = build(redact(state), zone=UTC, wanted={"acknowledged": 300, "resolved": 3600, "diagnosed": 60})
    assert [(target.moment, target.actual, target.met) for target in document.targets] == [
        ("acknowledged", 360, False),
        ("resolved", 1800, True),
        ("diagnosed", None, None),
    ]


def test_what_the_postmortem_owes_counts_from_the_end(tmp_path: Path) -> None:
    document = written(tmp_path, RESOLVED, "40:00 /write summary it broke", "50:00 /write meeting 2026-11-23")
    due = {deadline.name: (deadline.due, deadline.done) for deadline in document.deadlines}
    assert due["summary"] == ("2026-11-21T14:30:00.000Z", "2026-11-20T14:40:00.000Z")
    assert due["meeting"] == ("2026-11-22T14:30:00.000Z", "2026-11-23")
    assert due["text"] == ("2026-11-23T14:30:00.000Z", None)
    assert due["follow-up"] == ("2026-12-20", None)
    late = {deadline.name for deadline in document.deadlines if deadline.is_missed("2026-11-23T14:31:00.000Z")}
    assert late == {"meeting", "text"}


def test_a_sev_3_has_no_meeting_within_two_days_and_an_open_incident_owes_nothing(tmp_path: Path) -> None:
    assert "meeting" not in [each.name for each in written(tmp_path, RESOLVED, severity=3).deadlines]
    (tmp_path / "open").mkdir()
    assert written(tmp_path / "open", "01:00 x").deadlines == ()


def test_the_text_is_done_when_it_moves_on_to_verification(tmp_path: Path) -> None:
    ticks = (f"50:00 {tick}" for tick in CLOSING)
    document = written(tmp_path, RESOLVED, "40:00 /state verification", *ticks, "55:00 /state closed")
    done = {deadline.name: deadline.done for deadline in document.deadlines}
    assert (done["text"], done["follow-up"]) == ("2026-11-20T14:40:00.000Z", "2026-11-20T14:55:00.000Z")
    assert set(document.closing) == {"actions", "recurrence", "monitoring", "stakeholder", "lessons"}


@pytest.mark.parametrize(
    ("due", "done", "now", "missed"),
    [
        ("2026-11-21T14:30:00.000Z", None, "2026-11-21T14:30:00.000Z", False),
        ("2026-11-21T14:30:00.000Z", None, "2026-11-21T14:30:00.001Z", True),
        ("2026-11-21T14:30:00.000Z", "2026-11-21", "2026-11-30T00:00:00.000Z", False),
        ("2026-11-21T14:30:00.000Z", "2026-11-22", "2026-11-21T00:00:00.000Z", True),
        ("2026-12-20", None, "2026-12-20T23:59:59.999Z", False),
        ("2026-12-20", None, "2026-12-21T00:00:00.000Z", True),
    ],
)
def test_a_day_lasts_until_it_is_over(due: str, done: str | None, now: str, missed: bool) -> None:
    assert Deadline("x", "x", due, done).is_missed(now) is missed


def test_recovery_has_two_signals(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 /tick resolution user-signal 5xx at 0.04 %",
        "02:00 /tick resolution health-signal",
        "03:00 /tick resolution in-flight",
    )
    assert {name: tick.who for name, tick in document.recovery.items()} == {
        "user-signal": "sam",
        "health-signal": "sam",
    }


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_timeline_falls_into_quarters_of_an_hour(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 a", "14:59 b", "15:00 c", "16:00 ??:?? d", "50:00 e")
    found = [
        (block.start[11:16], block.end[11:16], [e.text for e in block.entries]) for block in blocks(document.timeline)
    ]
    assert found == [
        ("14:00", "14:15", ["Checkout fails", "a", "b"]),
        ("14:15", "14:30", ["c", "d"]),
        ("14:45", "15:00", ["e"]),
    ]


@given(st.lists(st.integers(0, 59), max_size=12), st.sampled_from([5, 10, 15, 30]))
def test_every_entry_stands_in_one_block_in_its_order(minutes: list[int], length: int) -> None:
    entries = [
        Entry(n, "w", n, f"#{n}", f"2026-11-20T14:{minute:02}:00.000Z", "minute", "", "", "fact", "", "", "", Fact())
        for n, minute in enumerate(sorted(minutes))
    ]
    found = blocks(entries, length)
    assert [entry for block in found for entry in block.entries] == entries
    assert all(block.start <= entry.at < block.end for block in found for entry in block.entries)
    assert len({block.start for block in found}) == len(found)
