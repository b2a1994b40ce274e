"""Where one can be in the postmortem, and which finding comes next."""

from __future__ import annotations

import pytest

from scribe.after.findings import Finding
from scribe.record.sections import SECTIONS
from scribe.ui.postmortem.places import GROUPS, PLACES, counted, line_of, named, next_finding, place, place_of, standing


def finding(where: str, level: str = "warning", *, waived: str = "", start: int = 0) -> Finding:
    return Finding(f"code-{where}", level, where, "message", "why", "fix", start, start + 1, waived)  # type: ignore[arg-type]


def test_every_section_has_its_place_once() -> None:
    keys = [key for _, group in GROUPS for key in group]
    assert len(keys) == len(set(keys))
    assert {section.key for section in SECTIONS} | {"timeline", "factors", "actions", "record"} == set(keys)
    assert [each.key for each in PLACES] == keys
    assert place("no such").key == "summary"


@pytest.mark.parametrize(
    ("word", "key"),
    [("trigger", "trigger"), ("Root_Cause", "root-cause"), ("act", "actions"), ("well", "well"), ("", ""), ("x", "")],
)
def test_a_place_is_named_by_its_beginning(word: str, key: str) -> None:
    assert named(word) == key


@pytest.mark.parametrize(
    ("where", "key"),
    [
        ("summary", "summary"),
        ("whys:3", "whys"),
        ("F2", "factors"),
        ("T1", "actions"),
        ("#12", "timeline"),
        ("H3", "timeline"),
        ("A1·k7", "timeline"),
        ("roles", "record"),
        ("", "record"),
        ("factors", "factors"),
    ],
)
def test_a_finding_is_put_right_where_it_belongs(where: str, key: str) -> None:
    assert place_of(finding(where)) == key


def test_findings_of_a_place_stand_in_the_order_of_its_text_and_waived_ones_behind() -> None:
    found = (finding("whys:3"), finding("whys:1", waived="why not"), finding("whys:2", start=4), finding("trigger"))
    assert [each.where for each in standing(found, "whys")] == ["whys:2", "whys:3", "whys:1"]
    assert [line_of(each) for each in found] == [3, 1, 2, 0]
    assert [each.where for each in counted(found)] == ["trigger", "whys:2", "whys:3"]


def test_the_next_finding_goes_round() -> None:
    found = (finding("lessons"), finding("impact"), finding("whys:2"), finding("well", waived="yes"))
    first = next_finding(found, "summary", None)
    assert first is not None
    assert first.where == "impact"
    second = next_finding(found, "impact", first)
    assert second is not None
    assert second.where == "whys:2"
    assert next_finding(found, "lessons", found[0]) == first, "behind the last comes the first"
    assert next_finding(found, "luck", second) == found[0], "one went on by oneself"
    assert next_finding((found[3],), "summary", None) is None
