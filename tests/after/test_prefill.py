"""What the record holds for the sections that people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.after.prefill import Found, as_text, prefill
from scribe.record.sections import BY_KEY
from tests.after.records import written

STORY = (
    "00:10 /milestone started 13:50",
    "01:00 13:55 replica lag grows https://g.example.org/d/1",
    "02:00 14:01 /milestone detected SLO burn alert on checkout",
    "03:00 ? pool exhausted by a slow query",
    "04:00 /scope change release 1.42 affected rolled out at 13:48",
    "05:00 /impact 12 % of checkouts fail",
    "06:00 /impact revenue: about 48k",
    "07:00 > kubectl rollout undo",
    "08:00 > restart the pool",
    "09:00 /failed A2 it filled again",
    "10:00 /done A1 5xx falls",
    "11:00 /confirm H1 slow log shows it",
    "12:00 ? replica lag starves it",
    "13:00 /state monitoring",
    "14:00 /state mitigating it came back",
    "20:00 /role scribe @sam",
    "50:00 /state resolved",
)


def found(folder: Path) -> dict[str, tuple[Found, ...]]:
    return prefill(written(folder, *STORY))


def test_every_key_is_a_section_or_a_register(tmp_path: Path) -> None:
    assert set(found(tmp_path)) <= {*BY_KEY, "factors", "actions"}


@pytest.mark.parametrize(
    ("key", "text", "refs"),
    [
        ("impact", "12 % of checkouts fail", ("#6",)),
        ("revenue", "about 48k", ("#7",)),
        ("detected-by", "monitoring", ("#4",)),
        ("signals", "replica lag grows https://g.example.org/d/1", ("#3",)),
        ("trigger", "release 1.42: rolled out at 13:48", ("#5",)),
        ("root-cause", "pool exhausted by a slow query: slow log shows it", ("H1", "#10")),
        ("factors", "pool exhausted by a slow query: slow log shows it", ("H1", "#10")),
        ("containment", "kubectl rollout undo: 5xx falls", ("A1", "#9")),
        ("links", "https://g.example.org/d/1", ("#3",)),
        ("author", "@sam", ("#13",)),
        ("actions", "replica lag starves it", ("H2",)),
    ],
)
def test_each_section_has_what_the_record_holds_for_it(
    tmp_path: Path, key: str, text: str, refs: tuple[str, ...]
) -> None:
    assert found(tmp_path)[key][0] == Found(text, refs)


def test_the_summary_begins_with_what_broke_and_ends_with_what_ended_it(tmp_path: Path) -> None:
    lines = [one.text for one in found(tmp_path)["summary"]]
    assert lines[0] == "Checkout fails (SEV-2, lasted 1h)."
    assert lines[-1] == "kubectl rollout undo: 5xx falls"


def test_what_went_wrong_is_what_the_record_shows(tmp_path: Path) -> None:
    told = [one.text for one in found(tmp_path)["wrong"]]
    assert "It failed: restart the pool: it filled again" in told
    assert "It went back from monitoring to mitigating" in told
    assert any(text.startswith("The update due for stakeholders") for text in told)


def test_nothing_is_proposed_where_the_record_holds_nothing(tmp_path: Path) -> None:
    assert set(prefill(written(tmp_path))) == {"summary"}


def test_a_section_is_filled_with_its_references(tmp_path: Path) -> None:
    lines = (Found("one\nline", ("#2", "H1")), Found("as #3 says", ("#3",)))
    assert as_text(lines, "list") == "one line (#2, H1)\nas #3 says"
    assert as_text(lines, "line") == "one line (#2, H1); as #3 says"
    assert as_text(lines[:1], "choice") == "one\nline"
    assert as_text((), "choice") == ""


def test_what_was_over_before_anybody_noticed_contained_nothing(tmp_path: Path) -> None:
    document = written(
        tmp_path,
        "01:00 13:40 = deploy 7.3",
        "02:00 13:50 /milestone detected",
        "03:00 = roll back",
        "04:00 ??:?? = wait",
    )
    assert [thread.entry.text for thread in document.containment] == ["roll back", "wait"]
    assert len(document.actions) == 3
