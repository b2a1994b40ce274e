from __future__ import annotations

import pytest

from scribe.record.sections import SECTIONS
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7")
    return cli


def test_a_section_is_set_printed_and_taken_away(told: Cli) -> None:
    assert told("write", "summary", "It", "broke.").out == "INC-7\tsummary\n"
    assert told("write", "summary").out == "It broke.\n"
    assert told("write", "summary", "It broke, twice.").code == 0
    assert told("write", "Summary").out == "It broke, twice.\n"
    assert told("write", "summary", "").code == 0
    assert told("write", "summary").code == 1


def test_one_that_nobody_wrote_says_what_belongs_there(told: Cli) -> None:
    result = told("write", "near-miss")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        "scribe: near-miss is not written yet",
        "Whether nobody was harmed: then cause and lesson count. One of yes, no.",
    ]


def test_more_goes_behind_what_stands_there(told: Cli) -> None:
    told("write", "well", "- rolled back quickly")
    told("write", "--add", "well", "* called early")
    told("write", "well", "--add", "the runbook was right")
    assert told("write", "well").lines == ["rolled back quickly", "called early", "the runbook was right"]


def test_standard_input_has_one_item_a_line(told: Cli) -> None:
    assert told("write", "whys", "-", stdin="\ufeff1. why?\n\n2. 왜?\n".encode()).code == 0
    assert told("write", "whys").lines == ["why?", "왜?"]


@pytest.mark.parametrize("stdin", [b"", b" \n\n"])
def test_an_empty_standard_input_takes_nothing_away(told: Cli, stdin: bytes) -> None:
    told("write", "summary", "It broke.")
    result = told("write", "summary", "-", stdin=stdin)
    assert (result.code, told("write", "summary").out) == (2, "It broke.\n")
    assert "there is nothing on standard input" in result.err


def test_an_entry_is_quoted_with_its_reference(told: Cli) -> None:
    told.log("5xx at 12%", "errors fall")
    told("write", "impact", "Nobody could pay.")
    assert told("write", "impact", "--entry", "#2", "--entry", "#3").code == 0
    assert told("write", "impact").lines == ["Nobody could pay.", "5xx at 12% (#2)", "errors fall (#3)"]


def test_a_meeting_is_read_in_the_sessions_zone(told: Cli) -> None:
    told("write", "meeting", "--tz", "Asia/Seoul", "tomorrow 10:00")
    assert told("write", "meeting").out == "2026-11-21T01:00:00.000Z\n"
    told("write", "meeting", "tuesday")
    assert told("write", "meeting").out == "2026-11-24\n"
    assert told("write", "meeting", "").code == 0
    assert told("write", "meeting").code == 1


def test_alone_it_lists_every_section_with_what_it_says_or_should_say(told: Cli) -> None:
    told("write", "summary", "It\x1b[31m broke.\nBadly.")
    head, *lines = told("write").lines
    assert head.split() == ["SECTION", "WRITTEN", "WHAT", "IT", "SAYS,", "OR", "WHAT", "BELONGS", "THERE"]
    assert [line.split()[0] for line in lines] == [section.key for section in SECTIONS]
    assert lines[0].split(None, 2)[1:] == ["@sam", "It␛[31m broke. ⏎ Badly."]
    assert lines[1].split(None, 2)[1] == "-"
    assert lines[1].endswith(f"({SECTIONS[1].guidance})")


def test_for_programs(told: Cli) -> None:
    told("write", "cost-churn", "2 %")
    found = {shape["section"]: shape for shape in told("write", "--json").json}
    assert list(found) == [section.key for section in SECTIONS]
    assert found["cost-churn"] == {
        "section": "cost-churn",
        "title": "Probability of leaving",
        "form": "amount",
        "guidance": "Between 0 and 1, or in per cent: 2 %.",
        "choices": [],
        "written": True,
        "text": "0.02",
        "by": "sam",
        "at": "2026-11-20T14:00:00.000Z",
    }
    assert found["near-miss"]["choices"] == ["yes", "no"]
    assert told("write", "luck", "--json").json["written"] is False
    assert told("write", "luck", "--json", "nobody noticed").json["text"] == "nobody noticed"


def test_the_text_begins_behind_the_section(told: Cli) -> None:
    assert told("write", "-i", "INC-7", "summary", "-12m is", "->", "not -x an option").code == 0
    assert told("write", "summary").out == "-12m is -> not -x an option\n"
    assert told("write", "summary", "--", "--add", "is a flag").code == 0
    assert told("write", "summary").out == "--add is a flag\n"


@pytest.mark.parametrize("word", ["--add", "--tz", "-i", "--entry=#1", "--json"])
def test_an_option_behind_the_text_does_not_become_part_of_it(told: Cli, word: str) -> None:
    result = told("write", "summary", "It broke.", word, "x")
    assert result.code == 2
    assert f"{word} stands behind the text" in result.err
    assert told("write", "summary").code == 1


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("sumary", "x"), "the postmortem has no section sumary"),
    (("--add",), "which section?"),
    (("summary", "--add"), "there is nothing to add"),
    (("summary", "--add", " "), "there is nothing to add"),
    (("summary", "--entry", "#1", "x"), "either words or entries"),
    (("summary", "--entry", "#9"), "there is no entry #9"),
    (("author", "--entry", "#1"), "author takes no entries"),
    (("near-miss", "perhaps"), "perhaps is none of yes, no"),
    (("meeting", "whenever"), "whenever is no day"),
    (("cost-hours", "many"), "many is no number"),
    (("summary", "x" * 70000), "at most 64 KiB"),
]


def test_what_cannot_be_recorded_says_why(told: Cli) -> None:
    for argv, message in REFUSED:
        result = told("write", *argv)
        assert (result.code, result.out) == (2, ""), argv
        assert message in result.err.splitlines()[0]


def test_a_long_standard_input_is_refused(told: Cli) -> None:
    result = told("write", "summary", "-", stdin=b"x" * 300_000)
    assert result.code == 2
    assert "at most 64 KiB" in result.err


def test_it_is_an_event_and_no_entry_of_the_timeline(told: Cli) -> None:
    told("write", "summary", "It broke.")
    assert len(told.entries()) == 1
    assert told("verify").code == 0
