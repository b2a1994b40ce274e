from __future__ import annotations

import csv
import io
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from scribe.exporters.timeline import to_csv, to_json
from tests.cli.conftest import Cli

FIELDS = [
    *("id", "ref", "incident", "at", "precision", "at_raw", "recorded_at", "late", "reconstructed", "imported"),
    *("kind", "text", "by", "recorded_by", "tags", "sources", "restricted", "revisions", "retracted", "data"),
]


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log(
        "5xx at 12% #eu https://x.example/1",
        "? @bob pool exhausted, ask @jun",
        "> @carol undo",
        "/done A1 on all pods",
        "-12m vendor page",
        "US fails too",
        "/retract #5 wrong board",
        "/amend #2 13:59 @alice 5xx at 14%",
        "yesterday 23:50 first alert",
        "??:?? somebody restarted it",
    )
    return cli


def test_json_has_the_contracts_fields_in_every_entry(told: Cli) -> None:
    entries = told.entries()
    assert all(list(entry) == FIELDS for entry in entries)
    assert {entry["incident"] for entry in entries} == {"INC-7"}


def test_an_entry_in_full(told: Cli) -> None:
    (entry,) = told.entries("--find", "14%")
    writer = entry["id"].partition("-")[0]
    assert entry == {
        "id": f"{writer}-2",
        "ref": "#2",
        "incident": "INC-7",
        "at": "2026-11-20T13:59:00.000Z",
        "precision": "minute",
        "at_raw": "13:59",
        "recorded_at": "2026-11-20T14:00:30.000Z",
        "late": True,
        "reconstructed": False,
        "imported": False,
        "kind": "fact",
        "text": "5xx at 14%",
        "by": "alice",
        "recorded_by": "sam",
        "tags": [],
        "sources": ["https://x.example/1"],
        "restricted": False,
        "revisions": [
            {
                "text": "5xx at 12% #eu https://x.example/1",
                "at": "2026-11-20T14:00:30.000Z",
                "by": "sam",
                "recorded_at": "2026-11-20T14:04:00.000Z",
                "why": "",
            }
        ],
        "retracted": None,
        "data": {},
    }


def test_the_data_of_a_kind(told: Cli) -> None:
    found = {entry["ref"]: entry for entry in told.entries()}
    assert found["#1"]["data"] == {"severity": 2, "cadence": 900, "postmortem_only": False}
    assert found["H1"]["data"] == {"status": "open", "target": "", "mentions": ["jun"]}
    assert found["A1"]["data"] == {"status": "done", "target": "", "ended_at": "2026-11-20T14:02:00.000Z"}
    assert found["#3"]["data"] == {"status": "done", "target": found["A1"]["id"]}
    assert found["#5"]["retracted"] == {"why": "wrong board", "by": "sam", "at": "2026-11-20T14:03:30.000Z"}


def test_an_unknown_time_is_null(told: Cli) -> None:
    (entry,) = told.entries("--find", "restarted")
    assert (entry["at"], entry["precision"], entry["at_raw"]) == (None, "unknown", "??:??")


def test_text_for_people(told: Cli) -> None:
    assert told("timeline", "--tz", "Europe/Berlin").lines == [
        "INC-7  Checkout fails",
        "times in Europe/Berlin (CET)",
        "Fri 20 Nov 2026",
        "00:50     F    #6  [late 14h 14m] first alert @sam",
        "14:50     F    #4  [late 12m] vendor page @sam",
        "14:59     F    #2  [late 1m, amended] 5xx at 14% @alice",
        "                   source: https://x.example/1",
        "15:00:00  *    #1  Checkout fails @sam",
        "15:01:00  ?    H1  [open] pool exhausted, ask @jun @bob",
        "15:01:30  >    A1  [done] undo @carol",
        "15:02:00  >    #3  A1 done: on all pods @sam",
        "15:03:00  F    #5  [retracted by @sam: wrong board] US fails too @sam",
        "??:??     F    #7  somebody restarted it @sam",
    ]


def test_days_are_those_of_the_zone_shown(told: Cli) -> None:
    days = [line for line in told("timeline", "--tz", "UTC").lines if line.endswith("2026")]
    assert days == ["Thu 19 Nov 2026", "Fri 20 Nov 2026"]
    assert told("timeline", "--tz", "UTC").lines[1] == "times in UTC"


def test_more_lines_of_one_entry_are_indented(cli: Cli) -> None:
    cli.new()
    cli("log", "--kind", "note", "first\nsecond\x1b[2J\nthird")
    assert cli("timeline").lines[-3:] == [
        "14:00:00  N    #2  first",
        "                   second␛[2J",
        "                   third @sam",
    ]


def test_reconstructed_entries_are_marked(cli: Cli) -> None:
    incident = cli.new("x", "--postmortem-only")
    cli("log", "-i", incident, "-2h it began")
    assert "[late 2h, reconstructed] it began" in cli("timeline", "-i", incident).out


@pytest.mark.parametrize(
    ("argv", "refs"),
    [
        (["--kind", "hypothesis"], ["H1"]),
        (["--kind", "hypothesis", "--kind", "action"], ["H1", "A1", "#3"]),
        (["--find", "VENDOR"], ["#4"]),
        (["--find", "@jun"], ["H1"]),
        (["--find", "actions pods"], ["#3"]),
        (["--since", "14:01:30"], ["A1", "#3", "#5", "#7"]),
        (["--until", "13:59"], ["#6", "#4", "#2"]),
        (["--until", "13:58"], ["#6", "#4"]),
        (["--until", "2026-11-19"], ["#6"]),
        (["--since", "2026-11-20", "--until", "13:50"], ["#4"]),
        (["--since", "14:00", "--until", "2026-11-21 10:00", "--kind", "declared"], ["#1"]),
    ],
)
def test_filters(told: Cli, argv: list[str], refs: list[str]) -> None:
    assert [entry["ref"] for entry in told.entries(*argv)] == refs


def test_the_order_in_which_it_was_written(told: Cli) -> None:
    recorded = [entry["recorded_at"] for entry in told.entries("--sort", "recorded")]
    assert recorded == sorted(recorded)
    assert recorded != [entry["recorded_at"] for entry in told.entries()]


def test_nothing_that_passes_is_a_no(told: Cli) -> None:
    result = told("timeline", "--format", "json", "--find", "nowhere")
    assert (result.code, result.json) == (1, [])
    assert told("timeline", "--find", "nowhere").code == 1
    assert told("timeline", "--since", "13:00").code == 0


@pytest.mark.parametrize("argv", [["--kind", "guess"], ["--since", "someday"], ["--sort", "size"], ["--format", "xml"]])
def test_wrong_usage(told: Cli, argv: list[str]) -> None:
    result = told("timeline", *argv)
    assert (result.code, result.out) == (2, "")


def test_csv_is_read_back_as_it_was_and_holds_no_formula(told: Cli) -> None:
    texts = ["=1+1", "+1", "-1 x", "@sum(a)", 'a "quoted", text', "two\nlines", "plain"]
    for text in texts:
        assert told("log", "--kind", "fact", text).code == 0
    out = told("timeline", "--format", "csv", "--tz", "Europe/Berlin").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    by_ref = {row["ref"]: row for row in rows}
    assert by_ref["#2"]["at"] == "2026-11-20T14:59:00+01:00"
    assert by_ref["#7"]["at"] == ""
    assert by_ref["#5"]["retracted"] == "wrong board"
    assert by_ref["A1"]["status"] == "done"
    assert [row["text"] for row in rows][-7:] == ["'=1+1", "'+1", "'-1 x", "'@sum(a)", *texts[4:]]
    assert out.count("\r\n") == len(rows) + 1


def test_nothing_at_all_still_has_its_form() -> None:
    assert to_json([], "INC-7") == "[]\n"
    assert to_csv([], UTC).startswith("ref,at,")
    assert to_csv([], ZoneInfo("Asia/Seoul")).count("\r\n") == 1


def test_markdown_is_the_exporters_table(told: Cli) -> None:
    pytest.importorskip("scribe.exporters.markdown")
    out = told("timeline", "--format", "md").out
    assert "| #2" in out
    assert "pool exhausted, ask @jun" in out
