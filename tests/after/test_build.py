from __future__ import annotations

from datetime import UTC
from pathlib import Path

from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Person, Source
from scribe.after.sections import LAYERS
from scribe.record.redact import redact
from scribe.record.sections import SECTIONS
from scribe.record.state import Entries, State
from tests.after.records import told, written


def test_moments_are_named_implied_or_unknown(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 /milestone detected 13:50", "05:00 /state identified bad deploy")
    detected, diagnosed = document.moment("detected"), document.moment("diagnosed")
    assert detected.mark is not None
    assert detected.entry is not None
    assert (detected.mark.at[11:16], detected.entry.ref) == ("13:50", "#2")
    assert diagnosed.mark is not None
    assert diagnosed.entry is None
    assert document.moment("resolved").mark is None


def test_the_later_word_on_a_moment_is_the_one_named(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 /milestone started 13:50", "02:00 /milestone started 13:40")
    started = document.moment("started")
    assert started.entry is not None
    assert started.entry.ref == "#3"


def test_a_moment_at_an_unknown_time_is_unknown(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 /milestone started ??:??")
    assert document.moment("started").mark is None
    assert document.measure("Impact").seconds is None


def test_detection_has_its_facts_and_what_came_before(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 13:50 alert fired",
        "01:10 /milestone detected 13:50",
        "02:00 13:22 deploy marker #deploy",
        "03:00 ? 13:22 was it the deploy",
        "04:00 still failing",
    )
    assert document.detection.milestone is not None
    assert [entry.text for entry in document.detection.facts] == ["alert fired"]
    assert [entry.text for entry in document.detection.before] == ["deploy marker #deploy"]


def test_without_a_detection_nothing_came_before_it(tmp_path: Path) -> None:
    detection = written(tmp_path, "02:00 13:22 deploy marker").detection
    assert (detection.milestone, detection.facts, detection.before) == (None, (), ())


def test_sources_name_their_entries_and_lead_to_http_only(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 see https://a.example/1", "02:00 and https://a.example/1 https://a.example/2")
    entries = [replace(entry, sources=(*entry.sources, "javascript:x", "https://")) for entry in state.entries]
    document = build(redact(State(state.board, Entries(entries, len(entries)))), zone=UTC)
    assert document.sources == (Source("https://a.example/1", ("#2", "#3")), Source("https://a.example/2", ("#3",)))


def test_people_in_the_order_of_the_record(tmp_path: Path) -> None:
    document = written(tmp_path, "01:00 @bob on call", "02:00 /role ops @carol", "03:00 @bob looking")
    assert document.people == (
        Person("sam", (), 2, 4),
        Person("bob", (), 2, 0),
        Person("carol", ("ops",), 0, 0),
    )


def test_counts(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 one",
        "02:00 13:50 two",
        "03:00 three",
        "04:00 /retract #4 wrong",
        "05:00 /amend #2 first",
        "06:00 /state resolved",
        "07:00 13:40 found afterwards",
    )
    counts = document.counts
    assert (counts.entries, counts.shown, counts.late, counts.reconstructed, counts.imported, counts.amended) == (
        6,
        5,
        2,
        1,
        0,
        1,
    )
    assert counts.retracted == ("#4",)
    assert counts.late_share == 0.4


def test_an_open_incident_is_always_a_draft(tmp_path: Path) -> None:
    is_open = written(tmp_path / "open", "01:00 failing")
    over = written(tmp_path / "over", "01:00 /state resolved")
    asked = written(tmp_path / "asked", "01:00 /state resolved", draft=True)
    assert (is_open.is_open, is_open.is_draft) == (True, True)
    assert (over.is_open, over.is_draft) == (False, False)
    assert (asked.is_open, asked.is_draft) == (False, True)


def test_what_people_write_is_marked_for_every_section_and_layer(tmp_path: Path) -> None:
    document = written(tmp_path)
    assert set(document.sections) == {section.key for section in SECTIONS}
    assert all(section.guidance and not section.text for section in document.sections.values())
    assert [layer.key for layer in LAYERS] == [
        "technical",
        "operational",
        "detection",
        "change",
        "responsibility",
        "organisational",
    ]
