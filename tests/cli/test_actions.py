from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from icalendar import Calendar

from scribe.cli import cells
from tests.cli.conftest import Cli, Process
from tests.cli.test_process import LOADED

DAY = 24 * 3600


@pytest.fixture
def told(cli: Cli) -> Cli:
    """Return two incidents with items of every status; it is noon on 20 November 2026."""
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-20261120-K3F2")
    cli.log("/factor no timeout on the pool layer: technical", apart=0)
    for argv in (
        (
            "set a timeout",
            "--owner",
            "@bob",
            "--due",
            "2026-12-01",
            "--verification",
            "alert at 80 %",
            "--factor",
            "f1",
        ),
        ("check the runbook", "--due", "2026-11-01", "--priority", "p1", "--category", "learn", "--factor", "trigger"),
        ("rehearse it", "--owner", "김철수", "--due", "2026-11-10"),
    ):
        assert cli("actions", "add", *argv).code == 0
    cli.new("Search is slow", "--id", "INC-20261121-B9")
    assert cli("actions", "add", "size the pool").code == 0
    return cli


def ids(cli: Cli, *argv: str) -> list[str]:
    return [row["id"] for row in cli("actions", "--json", *argv).json]


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_journal_there_are_none(cli: Cli) -> None:
    for argv, out in ((("actions",), "no action items yet\n"), (("actions", "--json"), "[]\n")):
        result = cli(*argv)
        assert (result.code, result.out, result.err) == (0, out, "")
    assert not cli.path.exists()


def test_the_register_holds_every_incident_the_earliest_due_date_first(told: Cli) -> None:
    result = told("actions")
    assert (result.code, result.err) == (0, "")
    assert result.lines == [
        "ID                    PRI  DUE         LATE       OWNER    STATUS  ACTION",
        "INC-20261120-K3F2/T2  P1   2026-11-01  stale 19d           open    check the runbook",
        "INC-20261120-K3F2/T3       2026-11-10  late 10d   @김철수  open    rehearse it",
        "INC-20261120-K3F2/T1       2026-12-01             @bob     open    set a timeout",
        "INC-20261121-B9/T1                                         open    size the pool",
        "",
        "4 open (2 late, 1 stale), 0 done, 0 of them verified; 0% done",
    ]


def test_the_stale_report_is_one_command(told: Cli) -> None:
    assert ids(told, "--stale") == ["INC-20261120-K3F2/T2"]
    assert ids(told, "--overdue") == ["INC-20261120-K3F2/T2", "INC-20261120-K3F2/T3"]
    told.clock.advance(5 * DAY)
    assert ids(told, "--stale") == ["INC-20261120-K3F2/T2", "INC-20261120-K3F2/T3"]


def test_what_is_late_depends_on_the_day_in_the_zone(told: Cli) -> None:
    told("actions", "set", "B9/T1", "--due", "2026-11-20")
    assert "INC-20261121-B9/T1" not in ids(told, "--overdue")
    assert "INC-20261121-B9/T1" in ids(told, "--overdue", "--tz", "Pacific/Kiritimati")


def test_a_filter_that_nothing_passes_is_a_no(told: Cli) -> None:
    for argv in (("--owner", "zoe"), ("--status", "done"), ("--find", "nothing"), ("--unverified",)):
        assert told("actions", *argv).code == 1
        result = told("actions", *argv, "--json")
        assert (result.code, result.json) == (1, [])
    assert told("actions", "--owner", "@BOB").code == 0
    assert told("actions", "-i", "B9").code == 0


FILTERED: list[tuple[tuple[str, ...], list[str]]] = [
    (("--owner", "@bob"), ["K3F2/T1"]),
    (("--owner", ""), ["K3F2/T2", "B9/T1"]),
    (("--find", "POOL size"), ["B9/T1"]),
    (("--find", "timeout"), ["K3F2/T1"]),
    (("-i", "k3f2", "--sort", "owner"), ["K3F2/T1", "K3F2/T3", "K3F2/T2"]),
    (("--sort", "priority"), ["K3F2/T2", "K3F2/T3", "K3F2/T1", "B9/T1"]),
    (("--sort", "incident"), ["K3F2/T1", "K3F2/T2", "K3F2/T3", "B9/T1"]),
]


def test_filters_and_orders(told: Cli) -> None:
    for argv, expected in FILTERED:
        assert [name.split("-", 2)[2] for name in ids(told, *argv)] == expected, argv


def test_closed_ones_stand_only_with_all(told: Cli) -> None:
    told("actions", "done", "K3F2/T1", "--evidence", "it fired")
    told("actions", "drop", "K3F2/T2", "--why", "replaced soon")
    assert ids(told) == ["INC-20261120-K3F2/T3", "INC-20261121-B9/T1"]
    assert len(ids(told, "--all")) == 4
    assert ids(told, "--unverified") == ["INC-20261120-K3F2/T1"]
    assert ids(told, "--status", "wont-do") == ["INC-20261120-K3F2/T2"]
    told("actions", "verify", "K3F2/T1", "--by", "eve")
    assert told("actions", "--all").lines[-1] == (
        "2 open (1 late, 0 stale), 1 done, 1 of them verified, 1 dropped; 33% done"
    )
    assert [word for word in told("actions", "--all").out.split() if word in ("do", "verified", "open")][:4] == [
        "do",
        "open",
        "verified",
        "open",
    ]


def test_json_is_as_the_contract_has_it(told: Cli) -> None:
    told("actions", "done", "K3F2/T1", "--evidence", "it fired")
    told("actions", "verify", "K3F2/T1", "--by", "@eve", "--evidence", "seen")
    found = {row["id"]: row for row in told("actions", "--all", "--json").json}
    at = "2026-11-20T14:00:00.000Z"
    assert found["INC-20261120-K3F2/T1"] == {
        "id": "INC-20261120-K3F2/T1",
        "incident": "INC-20261120-K3F2",
        "title": "set a timeout",
        "owner": "bob",
        "due": "2026-12-01",
        "verification": "alert at 80 %",
        "category": None,
        "priority": None,
        "status": "done",
        "factor": "F1",
        "verified_at": at,
        "verified_by": "eve",
        "created_at": at,
        "closed_at": at,
        "overdue": False,
        "stale": False,
        "answers": ["F1"],
        "evidence": "it fired",
    }
    assert found["INC-20261120-K3F2/T2"]["overdue"] is True
    assert told("actions", "--all", "--format", "json").out == told("actions", "--all", "--json").out


@pytest.mark.parametrize("form", ["csv", "md", "ics"])
def test_what_is_for_its_owner_and_what_is_passed_on_are_not_asked_for_at_once(told: Cli, form: str) -> None:
    result = told("actions", "--format", form, "--json")
    assert (result.code, result.out) == (2, "")
    assert f"--json and --format {form} exclude each other" in result.err
    assert told("actions", "--format", "json", "--json").code == 0


def test_grouped_by_what_is_answered(told: Cli) -> None:
    headings = [line for line in told("actions", "--group", "factor").lines if line.startswith("INC-")]
    assert headings == [
        "INC-20261120-K3F2 F1 no timeout on the pool",
        "INC-20261120-K3F2 answers only the trigger",
        "INC-20261120-K3F2 answers nothing",
        "INC-20261121-B9 answers nothing",
    ]
    headings = [line for line in told("actions", "--group", "incident").lines if line.startswith("INC-")]
    assert headings == ["INC-20261120-K3F2 Checkout fails", "INC-20261121-B9 Search is slow"]


def test_what_was_typed_stays_on_its_line_and_does_nothing(told: Cli) -> None:
    told("actions", "add", "a\n\x1b[31mb \u202ec", "--owner", "x\ny\x1b[2J")
    out = told("actions").out
    assert "a ⏎ ␛[31mb ‹202E›c" in out
    assert "@x ⏎ y␛[2J" in out
    assert "\x1b" not in out


def test_columns_make_room_for_the_words_in_a_narrow_terminal(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    told("actions", "add", "결제 " * 40)
    for columns, gone in ((100, ""), (60, "PRI"), (46, "OWNER"), (12, "LATE")):
        monkeypatch.setattr("scribe.cli.aligned.columns", lambda columns=columns: columns)
        head, *lines = told("actions").lines[:6]
        assert "ID" in head
        assert not gone or gone not in head
        if columns > 40:
            assert all(cells.width(line) <= columns for line in (head, *lines))
            assert lines[-1].endswith("…")


def test_late_ones_are_coloured_in_a_terminal_alone(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in told("actions").out
    monkeypatch.setattr(cells, "coloured", lambda _: True)
    lines = told("actions").lines
    assert [line.startswith(code) for line, code in zip(lines[1:3], ("\x1b[31m", "\x1b[33m"), strict=True)] == [
        True
    ] * 2
    assert "\x1b" not in lines[0] + lines[3]


# ── what becomes of an item ─────────────────────────────────────────────────────────────────────────────────────────


def test_adding_one_prints_its_id(cli: Cli) -> None:
    incident = cli.new()
    result = cli("actions", "add", "set", "a", "timeout", "--priority", "P0", "--category", "prev")
    assert (result.code, result.out) == (0, f"{incident}/T1\n")
    (row,) = cli("actions", "--json").json
    assert (row["title"], row["priority"], row["category"], row["status"]) == ("set a timeout", "P0", "prevent", "open")
    assert (row["created_at"], row["factor"]) == ("2026-11-20T14:00:00.000Z", None)


def test_global_options_stand_right_after_each_name(told: Cli) -> None:
    assert told("actions", "-i", "K3F2", "add", "one").out == "INC-20261120-K3F2/T4\n"
    assert told("actions", "add", "-i", "K3F2", "two", "--me", "zoe").out == "INC-20261120-K3F2/T5\n"
    assert told("actions", "set", "-i", "K3F2", "T1", "--owner", "zoe").code == 0
    assert ids(told, "--db", str(told.path), "--owner", "zoe") == ["INC-20261120-K3F2/T1"]


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("add",), "what is to be done is missing"),
    (("add", " "), "what is to be done is missing"),
    (("add", "x", "--due", "whenever"), "--due: whenever is no day"),
    (("add", "x", "--due", "2026-02-30"), "--due: 2026-02-30 is no day"),
    (("add", "x", "--factor", "F9"), "there is no factor F9"),
    (("add", "x", "--priority", "P7"), "P7 is none of P0, P1, P2"),
    (("add", "x", "--priority", "P"), "P is none of P0, P1, P2"),
    (("add", "x" * 70000), "at most 64 KiB"),
    (("set", "T1", "--owner", "x"), "T1 could be INC-20261120-K3F2/T1, INC-20261121-B9/T1"),
    (("set", "B9/T7", "--owner", "x"), "there is no action item B9/T7"),
    (("set", "B9/T1"), "nothing of T1 is changed"),
    (("set", "B9/T1", "--text", " "), "what is to be done is missing"),
    (("set", "B9/T1", "--status", "done"), "what shows that INC-20261121-B9/T1 is done?"),
    (("set", "B9/T1", "--status", "wont_do"), "why will INC-20261121-B9/T1 not be done?"),
    (("set", "B9/T1", "--status", "open"), "T1 is open already"),
    (("done", "B9/T1", "--evidence", " "), "what shows that INC-20261121-B9/T1 is done?"),
    (("verify", "B9/T1", "--by", "eve"), "INC-20261121-B9/T1 is not done yet"),
    (("verify", "B9/T1", "--by", "@"), "who saw that INC-20261121-B9/T1 works?"),
    (("verify", "B9/T1"), "missing option '--by'"),
    (("drop", "B9/T1"), "missing option '--why'"),
    (("drop", "B9/T1", "--why", ""), "why will INC-20261121-B9/T1 not be done?"),
    (("finish", "B9/T1"), "actions has no finish: there are add, set, done, verify, drop"),
    (("--stale", "add", "x"), "options of the list stand without add"),
    (("-o", "x.txt"), "-o takes a document"),
]


def test_what_cannot_be_recorded_says_why_in_one_line(told: Cli) -> None:
    before = told("actions", "--all", "--json").out
    for argv, message in REFUSED:
        result = told("actions", *argv)
        assert (result.code, result.out) == (2, ""), argv
        assert result.err.startswith("scribe: ")
        assert message in result.err.splitlines()[0]
    assert told("actions", "--all", "--json").out == before


def test_done_without_evidence_names_the_signal_agreed_on(told: Cli) -> None:
    result = told("actions", "done", "K3F2/T1")
    assert result.code == 2
    assert result.err.splitlines() == [
        "scribe: what shows that INC-20261120-K3F2/T1 is done?",
        "the signal agreed on: alert at 80 %",
        'try: scribe actions done INC-20261120-K3F2/T1 --evidence "…"',
    ]
    assert told("actions", "done", "K3F2/T1", "--evidence", "fired").out == "INC-20261120-K3F2/T1\tdone\n"
    assert "T1 is done already" in told("actions", "done", "K3F2/T1").err


def test_each_change_prints_the_id_and_the_status(told: Cli) -> None:
    assert told("actions", "set", "B9/t1", "--status", "in-progress").out == "INC-20261121-B9/T1\tin progress\n"
    assert told("actions", "done", "B9/T1", "--evidence", "x").out == "INC-20261121-B9/T1\tdone\n"
    assert told("actions", "verify", "B9/T1", "--by", "@eve").out == "INC-20261121-B9/T1\tverified\n"
    assert told("actions", "drop", "K3F2/T2", "--why", "x").out == "INC-20261120-K3F2/T2\twon't do\n"


def test_everything_can_be_set_and_taken_away(told: Cli) -> None:
    argv = ("--text", "other words", "--due", "2w", "--owner", "eve", "--verification", "seen", "--priority", "p2")
    assert told("actions", "set", "K3F2/T1", *argv, "--category", "detect", "--factor", "trigger,F1").code == 0
    (row,) = told("actions", "--owner", "eve", "--json").json
    assert (row["title"], row["due"], row["verification"]) == ("other words", "2026-12-04", "seen")
    assert (row["priority"], row["category"], row["answers"]) == ("P2", "detect", ["trigger", "F1"])
    nothing = ("--due", "none", "--owner", "none", "--verification", "", "--factor", "none")
    assert told("actions", "set", "K3F2/T1", *nothing).code == 0
    (row,) = told("actions", "--find", "other words", "--json").json
    assert (row["due"], row["owner"], row["verification"], row["answers"]) == (None, None, None, [])


def test_without_a_journal_nothing_can_be_changed(cli: Cli) -> None:
    for argv in (("add", "x"), ("done", "T1", "--evidence", "x")):
        result = cli("actions", *argv)
        assert (result.code, result.out) == (2, "")
        assert "there is no journal" in result.err
    assert not cli.path.exists()


# ── what is passed on ───────────────────────────────────────────────────────────────────────────────────────────────


def test_every_document_is_read_back_by_its_own_reader(told: Cli) -> None:
    rows = list(csv.reader(io.StringIO(told("actions", "--format", "csv").out, newline=""), strict=True))
    assert [row[0] for row in rows] == ["Summary", "check the runbook", "rehearse it", "set a timeout", "size the pool"]
    events = Calendar.from_ical(told("actions", "--format", "ics").out).walk("VEVENT")
    assert [str(event["summary"]).partition(":")[0] for event in events] == [
        "INC-20261120-K3F2/T2",
        "INC-20261120-K3F2/T3",
        "INC-20261120-K3F2/T1",
    ]
    assert told("actions", "--format", "md").out.count("- [ ] T") == 4


def test_the_calendar_holds_the_reviews_unless_something_is_looked_for(told: Cli) -> None:
    told("write", "-i", "K3F2", "meeting", "2026-11-24")
    told("log", "-i", "B9", "/state resolved")
    out = told("actions", "--format", "ics").out
    assert "Review meeting: INC-20261120-K3F2" in out
    assert "Follow-up review: INC-20261121-B9" in out
    assert "review" not in told("actions", "--format", "ics", "--owner", "bob").out.casefold()


def test_into_a_file_that_is_never_replaced_unasked(told: Cli, tmp_path: Path) -> None:
    place = tmp_path / "due.ics"
    result = told("actions", "--format", "ics", "-o", str(place))
    assert (result.code, result.out) == (0, f"written to {place}\n")
    assert place.read_bytes().decode() == told("actions", "--format", "ics", "-o", "-").out
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert told("actions", "--format", "csv", "-o", str(place)).code == 2
    assert place.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert told("actions", "--format", "csv", "-o", str(place), "--force").code == 0
    assert place.read_bytes().startswith(b"Summary,")


def test_restricted_words_stay_with_the_owner(told: Cli) -> None:
    told.log("/security", "/restrict key 77 is on a paste site")
    told("actions", "add", "rotate: key 77 is on a paste site", "--due", "2026-12-01")
    for form in ("csv", "md", "ics"):
        assert "paste site" not in told("actions", "--format", form).out
        assert "(withheld)" in told("actions", "--format", form).out
        assert "paste site" in told("actions", "--format", form, "--include-restricted").out
        assert "need to know" not in told("actions", "--format", form).out
    assert "paste site" in told("actions").out
    assert "paste site" in told("actions", "--json").out


def test_a_document_with_restricted_words_says_so_and_marks_the_item(told: Cli) -> None:
    told.log("/security", "/restrict key 77 is on a paste site")
    told("actions", "add", "rotate: key 77 is on a paste site", "--due", "2026-12-01")
    told("actions", "add", "rehearse it", "--due", "2026-12-01")

    def asked(form: str) -> str:
        return told("actions", "--format", form, "--include-restricted").out

    lines = asked("md").splitlines()
    assert "not to be passed on**: INC-20261121-B9/T2." in lines[2]
    assert [line[6:8] for line in lines if "*(restricted)*" in line] == ["T2"]
    rows = list(csv.reader(io.StringIO(asked("csv"), newline="")))
    assert [row[7] for row in rows if "restricted" in row] == ["INC-20261121-B9/T2"]
    assert [row[7] for row in rows if "need to know" in row[8]] == ["INC-20261121-B9/T2"]
    found = [event for event in Calendar.from_ical(asked("ics")).subcomponents if "class" in event]
    assert [str(event["summary"])[:18] for event in found] == ["INC-20261121-B9/T2"]


def test_recording_an_entry_loads_no_library_of_the_exports(process: Process) -> None:
    process("new", "x", "--sev", "2")
    loaded = process.python(["-c", LOADED, "log", "hello"])
    assert loaded.code == 0
    assert not {"icalendar", "dateutil", "jinja2"} & set(loaded.err.split())
    listed = process.python(["-c", LOADED, "actions"])
    assert (listed.code, listed.out) == (0, "no action items yet\n")
    assert not {"icalendar", "dateutil", "jinja2", "csv"} & set(listed.err.split())
