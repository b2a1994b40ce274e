"""ICRE as JSON, held against the schema that the framework publishes."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scribe.after.findings import Finding
from scribe.exporters.icre import to_json
from scribe.record.afterwards import FactorSaid, ItemSaid, Written
from scribe.record.events import Action, Fact, Milestone, Severity, StateChange
from tests.exporters.full import full, made, word
from tests.fakes.tale import Tale

SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("icre.schema.json").read_text(encoding="utf-8")))


def exported(tale: Tale, *, final: bool = True, **more: Any) -> dict[str, Any]:
    shape: dict[str, Any] = json.loads(to_json(made(tale, **more), final=final))
    SCHEMA.validate(shape)
    return shape


def nulls(value: Any, place: str = "$") -> list[str]:
    if isinstance(value, dict):
        return [found for name, held in value.items() for found in nulls(held, f"{place}.{name}")]
    if isinstance(value, list):
        return [found for turn, held in enumerate(value) for found in nulls(held, f"{place}[{turn}]")]
    return [place] if value is None else []


def over(tale: Tale) -> Tale:
    tale.say(StateChange(state="resolved"))
    return tale


def test_the_four_parts_hold_what_the_record_holds() -> None:
    shape = exported(full(root_cause="", containment=""))
    issue = shape["issue"]
    assert issue["symptom"] == f"{word('observed')} (normal {word('normal')})"
    assert (issue["observed"], issue["normal"]) == (word("observed"), word("normal"))
    assert (issue["impact"], issue["severity"]) == (word("impact"), "SEV-2")
    assert issue["detected_at"].startswith("2026-11-20T")
    assert issue["detected_at"] < issue["resolved_at"]
    assert shape["cause"]["five_whys"] == [word("whys")]
    assert shape["cause"]["root_cause"] == (
        f"{word('trigger')}\nContributing factors: words of the first factor; words of the third factor"
    )
    assert [
        (found["id"], found["layer"], found["class"], found["score"]) for found in shape["cause"]["contributing"]
    ] == [
        ("F1", "technical", "capacity", 3),
        ("F2", "detection", "monitoring", 0),
        ("F3", "change", "unknown", 2),
    ]
    assert [found["standing"] for found in shape["cause"]["contributing"]] == ["fact", "candidate", "fact"]
    (step,) = shape["resolution"]
    assert (step["action"], step["refs"]) == ("words of an action: words of its outcome", ["A1"])
    assert step["at"].endswith("Z")
    done, bare = shape["enhancement"]
    assert (done["id"], done["title"], done["owner"], done["due"]) == (
        "INC-1/T1",
        "words of an item",
        "owner-of-it",
        "2027-02-03",
    )
    assert (done["priority"], done["category"], done["status"], done["verified_by"]) == (
        "P1",
        "prevent",
        "done",
        "checker",
    )
    assert (bare["owner"], bare["due"], "closed_at" in bare) == ("unknown", "unknown", False)


def test_the_root_cause_that_was_written_stands_as_it_is() -> None:
    assert exported(full())["cause"]["root_cause"] == word("root-cause")


def test_containment_that_was_written_comes_before_actions_and_takes_their_times() -> None:
    tale = over(Tale())
    tale.say(Fact(), "index built", ago=600)  # #3
    tale.say(Action(), "raise the pool")  # A1
    tale.say(Action(status="done", target="A1"))
    done = tale.state().entries[-1]
    tale.say(Written(section="containment"), "Pool raised (A1)\nIndex built by hand (#3)\nTraffic moved\nSeen (#33)")
    steps = exported(tale)["resolution"]
    assert [(step["action"], step["at"]) for step in steps] == [
        ("Index built by hand (#3)", "2026-11-20T11:52:00.000Z"),
        ("Pool raised (A1)", done.at),
        ("Traffic moved", "unknown"),
        ("Seen (#33)", "unknown"),
    ]


def test_a_final_one_holds_no_null_whatever_is_missing() -> None:
    empty = exported(over(Tale()))
    assert nulls(empty) == []
    assert (empty["issue"]["symptom"], empty["issue"]["impact"]) == ("Checkout fails", "unknown")
    assert (empty["issue"]["detected_at"], empty["cause"]["root_cause"]) == ("unknown", "unknown")
    assert empty["cause"]["five_whys"] == empty["cause"]["contributing"] == empty["resolution"] == []
    assert nulls(exported(full(security=True))) == []


def test_a_draft_says_null_for_what_is_unknown_and_lists_the_findings() -> None:
    finding = Finding("few-factors", "error", "factors", "one factor", "why", "fix")
    accepted = Finding("no-luck", "error", "luck", "nothing", "why", "fix", waived="small")
    draft = exported(Tale(), final=False, findings=(finding, accepted))
    assert "$.issue.detected_at" in nulls(draft)
    assert [found["code"] for found in draft["findings"]] == ["few-factors"]
    assert draft["draft"] is True
    assert "findings" not in exported(Tale())


def test_a_near_miss_has_an_issue_and_a_cause_and_what_shall_be_better() -> None:
    tale = Tale()
    tale.say(Action(status="done"), "lifted the block")
    tale.say(ItemSaid(), "lock the table first")
    assert [step["action"] for step in exported(tale)["resolution"]] == ["lifted the block"]
    tale.say(Written(section="near-miss"), "yes")
    shape = exported(tale)
    assert (shape["near_miss"], shape["resolution"]) == (True, [])
    assert [item["title"] for item in shape["enhancement"]] == ["lock the table first"]


@pytest.mark.parametrize("level", [3, 4])
def test_a_small_one_may_leave_the_resolution_to_its_ticket(level: int) -> None:
    tale = Tale()
    tale.say(Severity(level=level))
    assert exported(over(tale))["resolution"] == []


def test_a_time_that_nobody_knows_is_unknown() -> None:
    tale = Tale()
    tale.say(Milestone(moment="detected"))
    tale.say(FactorSaid(), "no index")
    shape = exported(tale)
    assert shape["issue"]["detected_at"] == "2026-11-20T12:01:00.000Z"
    assert shape["issue"]["resolved_at"] == "unknown"
    assert shape["cause"]["root_cause"] == "Contributing factors: no index"


def test_a_security_incident_has_its_own_part_without_what_is_withheld() -> None:
    shape = exported(full(security=True))
    assert [found["text"] for found in shape["security_response"]["containment"]] == [
        "containment: words of the protected track"
    ]
    assert shape["withheld"]
    assert shape["restricted"] == []
    assert "words that are withheld" not in json.dumps(shape)
    asked = exported(full(security=True), include_restricted=True)
    assert (asked["withheld"], asked["restricted"]) == ([], shape["withheld"])
    assert "security_response" not in exported(full())
