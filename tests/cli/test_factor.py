from __future__ import annotations

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7")
    return cli


def test_adding_one_prints_its_reference(told: Cli) -> None:
    argv = ("no timeout", "on the pool", "--layer", "Technical", "--class", "technical-debt", "--score", "3")
    assert told("factor", "add", *argv).out == "F1\n"
    assert told("factor", "add", "nobody was paged", "--layer", "detection", "--candidate").out == "F2\n"
    first, second = told("factor", "list", "--json").json
    assert first == {
        "ref": "F1",
        "incident": "INC-7",
        "text": "no timeout on the pool",
        "layer": "technical",
        "class": "technical_debt",
        "score": 3,
        "standing": "fact",
        "remark": None,
        "by": "sam",
        "created_at": "2026-11-20T14:00:00.000Z",
        "answered_by": [],
    }
    assert (second["standing"], second["score"], second["class"]) == ("candidate", None, None)


def test_zero_is_a_score_too(told: Cli) -> None:
    told("factor", "add", "traffic", "--layer", "operational", "--score", "0")
    assert told("factor", "list", "--json").json[0]["score"] == 0


def test_the_list_says_what_answers_each(told: Cli) -> None:
    assert told("factor").lines == ["no contributing factors yet"]
    told("factor", "add", "no\x1btimeout", "--layer", "technical")
    told("factor", "add", "nobody was paged", "--layer", "detection", "--score", "2")
    told("actions", "add", "alert", "--factor", "F2")
    told("actions", "add", "page", "--factor", "F2")
    expected = [
        "REF  LAYER      SCORE  STANDING  ANSWERED  FACTOR",
        "F1   technical         fact                no␛timeout",
        "F2   detection  2      fact      T1 T2     nobody was paged",
    ]
    assert told("factor").lines == told("factor", "list").lines == expected


def test_it_can_be_changed_and_dropped(told: Cli) -> None:
    told("factor", "add", "no timeout", "--layer", "technical", "--candidate")
    argv = ("--fact", "--score", "1", "--remark", "seen in the trace", "--text", "no timeout at all")
    assert told("factor", "set", "f1", *argv).out == "F1\n"
    (found,) = told("factor", "list", "--json").json
    assert (found["standing"], found["score"], found["remark"]) == ("fact", 1, "seen in the trace")
    assert (found["text"], found["layer"]) == ("no timeout at all", "technical")
    assert told("factor", "set", "F1", "--candidate", "--class", "testing", "--layer", "change").code == 0
    (found,) = told("factor", "list", "--json").json
    assert (found["standing"], found["class"], found["layer"]) == ("candidate", "testing", "change")
    assert told("factor", "drop", "F1", "--why", "the pool was never full").out == "F1\n"
    assert told("factor", "list", "--json").json == []


def test_one_that_is_answered_cannot_be_dropped(told: Cli) -> None:
    told("factor", "add", "no timeout", "--layer", "technical")
    told("actions", "add", "set one", "--factor", "F1")
    result = told("factor", "drop", "F1", "--why", "x")
    assert (result.code, result.err) == (
        2,
        "scribe: T1 answer F1\nfirst: scribe actions set INC-7/T1 --factor …\n",
    )


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("add", "x"), "missing option '--layer'"),
    (("add", "--layer", "technical"), "the factor itself is missing"),
    (("add", "x", "--layer", "human"), "human is none of technical, operational, detection"),
    (("add", "x", "--layer", "technical", "--class", "te"), "te is none of monitoring"),
    (("add", "x", "--layer", "technical", "--score", "4"), "4 is not in the range"),
    (("set", "F1"), "there is no factor F1"),
    (("set", "H1", "--score", "1"), "H1 is not a factor like F1"),
    (("set", "F1", "--text", ""), "the factor itself is missing"),
    (("drop", "F1"), "missing option '--why'"),
    (("remove", "F1"), "factor has no remove: there are list, add, set, drop"),
]


def test_what_cannot_be_recorded_says_why(told: Cli) -> None:
    for argv, message in REFUSED:
        result = told("factor", *argv)
        assert (result.code, result.out) == (2, ""), argv
        assert message in result.err.splitlines()[0]


def test_without_an_open_incident_one_has_to_be_named(told: Cli) -> None:
    told.log("/state resolved")
    assert told("factor", "add", "x", "--layer", "change").code == 2
    assert told("factor", "add", "-i", "INC-7", "x", "--layer", "change").out == "F1\n"
