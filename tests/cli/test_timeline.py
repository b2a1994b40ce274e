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
    assert found["#1"]["data"] == {
        "severity": 2,
        "cadence": 900,
        "cadences": None,
        "postmortem_only": False,
        "security": False,
    }
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


# ── restricted entries ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(cli: Cli) -> Cli:
    cli.new("Keys on a paste site", "--sev", "2", "--id", "INC-7")
    cli.log("/security", "/security indicator: 203.0.113.7", "? 203.0.113.7 is a proxy", "> revoke key", "/restrict A1")
    return cli


def test_the_owner_sees_restricted_entries_marked(guarded: Cli) -> None:
    lines = guarded("timeline").lines
    assert any(line.endswith("[restricted] indicator of compromise: 203.0.113.7 @sam") for line in lines)
    assert any(line.endswith("[in flight, restricted] revoke key @sam") for line in lines)
    assert {entry["ref"]: entry["restricted"] for entry in guarded.entries()} == {
        "#1": False,
        "#2": False,
        "#3": True,
        "H1": False,
        "A1": True,
    }
    assert "restricted" not in guarded.entries("--kind", "security")[1]["data"]


def test_markdown_withholds_them_and_says_so(guarded: Cli) -> None:
    out = guarded("timeline", "--format", "md").out
    assert out.startswith("2 restricted entries withheld: #3, A1.\n\nTimes are UTC, all on 2026-11-20.\n\n| Time")
    assert "revoke" not in out
    assert "203.0.113.7" not in out
    assert "(withheld) is a proxy" in out


def test_csv_withholds_them_and_says_so_beside_the_table(guarded: Cli) -> None:
    result = guarded("timeline", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.out, newline="")))
    assert [(row["ref"], row["restricted"]) for row in rows] == [("#1", "no"), ("#2", "no"), ("H1", "no")]
    assert "203.0.113.7" not in result.out
    assert result.err == "scribe: 2 restricted entries withheld: #3, A1; --include-restricted adds them\n"
    assert result.code == 0


@pytest.mark.parametrize("form", ["md", "csv"])
def test_asked_for_by_name_they_are_passed_on_marked(guarded: Cli, form: str) -> None:
    result = guarded("timeline", "--format", form, "--include-restricted")
    assert (result.code, result.err) == (0, "")
    assert result.out.count("203.0.113.7") == 2
    assert "revoke key" in result.out
    if form == "md":
        assert result.out.startswith("**Contains restricted entries**")
        assert result.out.count("*(restricted)*") == 2
    else:
        assert result.out.count(f",yes,{guarded('status', '--json').json['head']}\r\n") == 2


def test_a_search_does_not_tell_what_is_withheld(guarded: Cli) -> None:
    found, missed = (guarded("timeline", "--format", "md", "--find", word) for word in ("revoke", "nowhere"))
    assert (found.code, found.out) == (missed.code, missed.out) == (1, missed.out)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_for_the_owner_takes_the_option_too(guarded: Cli, form: str) -> None:
    plain = guarded("timeline", "--format", form)
    assert guarded("timeline", "--format", form, "--include-restricted").out == plain.out


# ── what is no entry ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def snoozed(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("/scope group Nordwind unknown", "/role ic @al", "/role ops @bo", "/role comms not-needed", "/trigger 15m")
    cli.clock.advance(600)
    cli.log("/snooze 10m impact-unknown being asked", apart=0)
    cli.clock.advance(300)
    cli.log("/snooze 10m scope-unknown/Nordwind", "still failing", apart=0)
    return cli


def test_what_was_left_alone_is_no_entry_and_is_added_when_asked_for(snoozed: Cli) -> None:
    entries, everything = snoozed.entries(), snoozed.entries("--all")
    assert len(entries) == snoozed("status", "--json").json["entries"] == 7
    (first, second) = [entry for entry in everything if entry not in entries]
    assert list(first) == FIELDS
    assert (first["kind"], first["ref"], first["text"], first["by"]) == ("snoozed", "", "being asked", "sam")
    assert first["data"] == {"key": "impact-unknown", "until": "2026-11-20T14:22:30.000Z", "over_cap": False}
    assert second["text"] == ""
    assert [entry["recorded_at"] for entry in everything] == sorted(entry["recorded_at"] for entry in everything)
    assert everything[-1]["text"] == "still failing"
    assert snoozed.entries("--all", "--sort", "recorded") == everything
    assert snoozed.entries("--all", "--kind", "fact") == everything[-1:]


def test_what_was_left_alone_stands_where_it_happened(snoozed: Cli) -> None:
    snoozed.log("14:13 support has calls")
    assert [entry["text"] for entry in snoozed.entries("--all")][-4:] == [
        "being asked",
        "support has calls",
        "",
        "still failing",
    ]


def test_text_says_what_was_left_alone_until_when_and_why(snoozed: Cli) -> None:
    assert "left alone" not in snoozed("timeline").out
    lines = snoozed("timeline", "--all", "--tz", "Europe/Berlin").lines
    assert "15:12:30  ~        impact-unknown left alone until 15:22: being asked @sam" in lines
    assert "15:17:30  ~        scope-unknown/Nordwind left alone until 15:27 @sam" in lines
    assert len(snoozed("timeline", "--all", "--find", "left alone").lines) == 3 + 2


@pytest.mark.parametrize("form", ["md", "csv"])
def test_what_is_passed_on_has_no_reason_and_nothing_that_was_typed(snoozed: Cli, form: str) -> None:
    snoozed.log("/restrict #2")
    out = snoozed("timeline", "--all", "--format", form).out
    assert "impact-unknown left alone until 14:22" in out
    assert "scope-unknown left alone until 14:27" in out
    assert "being asked" not in out
    assert "Nordwind" not in out
    asked = snoozed("timeline", "--all", "--format", form, "--include-restricted").out
    assert "impact-unknown left alone until 14:22: being asked" in asked
    assert "scope-unknown/Nordwind left alone until 14:27" in asked


def test_corrections_show_in_their_entry_and_nowhere_else(told: Cli) -> None:
    assert told.entries("--all") == told.entries()


def test_an_empty_line_of_an_entry_is_empty(cli: Cli) -> None:
    cli.new()
    cli("log", "--kind", "note", "first\n\nthird")
    assert cli("timeline").lines[-3:] == ["14:00:00  N    #2  first", "", "                   third @sam"]


def test_what_stands_beside_the_words_of_coordination(cli: Cli) -> None:
    cli.new()
    cli.log("/impact worse: 40 % fail", "/timebox 5m @bo read the log", "/strategy roll_back @al at once")
    lines = cli("timeline").lines
    assert any("[worse] 40 % fail" in line for line in lines)
    assert any("[running, @bo until 14:06] read the log" in line for line in lines)
    assert any("[confirmed by @al] strategy: roll back: at once" in line for line in lines)
    data = {entry["kind"]: entry["data"] for entry in cli.entries()}
    assert (data["impact"]["field"], data["impact"]["trend"]) == ("", "worse")
    assert (data["timebox"]["who"], data["timebox"]["status"]) == ("bo", "running")
    assert data["decision"]["strategy"] == "roll_back"
