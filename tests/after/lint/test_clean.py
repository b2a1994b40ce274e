"""On a complete postmortem the check is silent; what is missing in one is found."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.after.lint import Options
from scribe.cli.demo import WRITTEN
from scribe.record.events import Fact
from scribe.record.state import Entries, State
from scribe.record.text import normalise
from scribe.record.when import shifted, stamp
from scribe.record.written import Words
from tests.after.lint.complete import TEMPLATES, found, sample, told
from tests.after.lint.small import BASE, record, small
from tests.after.records import DECLARED

WRITTEN_AT = stamp(DECLARED + timedelta(hours=10))


@pytest.mark.parametrize("template", [*TEMPLATES, "our own.md.j2"])
def test_the_complete_sample_is_silent(template: str) -> None:
    assert found(sample(), template=template) == ()
    assert found(sample(), template=template, restricted=True) == ()


def test_the_sample_as_it_was_recorded_wants_a_postmortem() -> None:
    assert told(found(sample(without=("/", "2026")))) == [
        "few-factors@factors",
        "no-actions@actions",
        "scope-rows@scope",
        "unsourced@#91",
        "cadence-missed@#54",
        "summary-missing@summary",
        "trigger-missing@trigger",
    ]


def test_what_is_owed_later_is_said_later() -> None:
    late = found(sample(), now=WRITTEN + timedelta(days=60))
    assert told(late) == ["deadline-missed@text", "deadline-missed@follow-up"]
    assert {finding.level for finding in late} == {"warning"}


def test_entries_are_read_for_blame_and_only_warned_of() -> None:
    (finding,) = small("12:30 Alice forgot to drain eu-2", options=Options(select=("text",)))
    assert (finding.code, finding.where, finding.level) == ("blame", "#19", "warning")
    assert small("12:30 Alice forgot to drain eu-2", "600:30 /hide #19") == ()


def test_of_a_very_long_timeline_the_starred_entries_are_read() -> None:
    many = [f"{40 + place // 60}:{place % 60:02} pod {place} is back" for place in range(500)]
    said = "12:30 Alice forgot to drain eu-2"
    assert small(said, *many) == ()
    assert [finding.where for finding in small(said, *many, "600:30 /star #19")] == ["#19"]


def test_findings_are_the_same_for_the_same_record() -> None:
    bare = sample(without=("/", "2026"))
    assert found(bare) == found(bare)


def test_ten_thousand_entries_change_nothing_that_is_found() -> None:
    state = sample()
    like = next(entry for entry in state.entries if entry.ref == "#27")
    more = [
        replace(like, number=1000 + place, seq=1000 + place, ref=f"#{1000 + place}", payload=Fact(),
                text=f"worker {place}: token refreshed, pool {place % 40}/40", at=shifted(like.at, place / 10))
        for place in range(10_000)
    ]  # fmt: skip
    entries = sorted((*state.entries, *more), key=lambda entry: entry.key)
    grown = State(state.board, Entries(entries, len(entries)), state.sections, state.waivers)
    assert found(grown) == ()


def test_of_sentences_from_real_postmortems_fewer_than_one_in_a_hundred_raises_an_alarm() -> None:
    sentences = [
        " ".join(sentence.split())
        for file in sorted((Path(__file__).parent.parent / "prose").glob("*.toml"))
        for sentence in _clean(tomllib.loads(file.read_text(encoding="utf-8")))
    ]
    written = "600:30 /write lessons " + "\n".join(sentences)
    alarms = small(written, options=Options(select=("text",)))
    assert len(sentences) > 400
    assert len(alarms) < len(sentences) / 100


def _clean(table: dict[str, Any]) -> Iterator[str]:
    """Every sentence that the lists of prose hold to be without fault."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _clean(value)
        elif key == "clean":
            yield from value


NEEDED = ("/state", "? @bob", "> @bob", "/factor", "/cadence")
"""Lines that others of the small incident refer to."""


def test_whatever_is_left_out_each_finding_says_why_and_how() -> None:
    for line in BASE:
        words = line.partition(" ")[2]
        if not words.startswith(NEEDED):
            assert all(map(_is_whole, small(without=(words,))))


def _is_whole(finding: Finding) -> bool:
    return bool(finding.message and finding.why and finding.fix) and " " not in finding.where


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=200), st.sampled_from(["summary", "whys", "revenue", "luck"]))
def test_any_text_can_be_checked_and_marks_lie_within_it(text: str, section: str) -> None:
    assume(normalise(text).strip())
    state = record(without=(f"/write {section}",))
    words = Words(normalise(text), "sam", WRITTEN_AT, WRITTEN_AT)
    given = State(state.board, state.entries, {**state.sections, section: words}, state.waivers)
    for finding in found(given, now=DECLARED + timedelta(hours=11)):
        assert 0 <= finding.start <= finding.end <= len(words.text)
        assert " " not in finding.where
