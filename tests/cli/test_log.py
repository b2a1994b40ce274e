from __future__ import annotations

import re

import pytest

from scribe.cli.log import INSTEAD
from scribe.record.text import MAX_BYTES
from tests.cli.conftest import Cli


def test_an_entry_is_acknowledged_with_its_id_and_reference(cli: Cli) -> None:
    cli.new()
    result = cli("log", "checkout 5xx at 12%")
    assert re.fullmatch(r"[a-z0-9]{6}-2\t#2\n", result.out)
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["-12m", "vendor", "confirms"], "vendor confirms"),
        (["-12m", "vendor", "-x", "--json", "says"], "vendor -x --json says"),
        (["-3", "degrees"], "-3 degrees"),
        (["->", "rolled", "back"], "-> rolled back"),
        (["- a dash"], "- a dash"),
        (["-", "two", "words"], "- two words"),
        (["--", "--by", "nobody"], "--by nobody"),
        (["plain", "--by", "nobody"], "plain --by nobody"),
        (["--by", "alice", "-12m", "words"], "words"),
        (["--by=alice", "words", "-i", "x"], "words -i x"),
        (["--tz", "UTC", "words"], "words"),
    ],
)
def test_the_text_begins_at_the_first_word_that_is_no_option(cli: Cli, argv: list[str], text: str) -> None:
    cli.new()
    cli.clock.advance(3600)
    assert cli("log", *argv).code == 0
    assert text in [entry["text"] for entry in cli.entries()]


def test_a_time_before_the_text_is_read_as_one(cli: Cli) -> None:
    cli.new()
    cli("log", "-12m", "vendor", "confirms")
    entry = cli.entries()[0]
    assert (entry["at"], entry["at_raw"], entry["late"]) == ("2026-11-20T13:48:00.000Z", "-12m", True)


@pytest.mark.parametrize("argv", [["--kidn", "fact", "x"], ["-x", "words"], ["--tagg=db", "x"], ["--tag"]])
def test_a_mistyped_option_is_no_text(cli: Cli, argv: list[str]) -> None:
    cli.new()
    result = cli("log", *argv)
    assert (result.code, len(cli.entries())) == (2, 1)
    assert re.match(r"scribe: .*\ntry: scribe log --help\n$", result.err)


def test_the_reference_of_a_correction_is_that_of_the_entry_corrected(cli: Cli) -> None:
    cli.new()
    cli.log("pool exhausted", "? slow query")
    assert cli("log", "/amend", "#2", "pool nearly exhausted").out.endswith("-4\t#2\n")
    assert cli("log", "/link h1 https://x.example/1").out.endswith("-5\tH1\n")
    assert cli("log", "/retract #2 wrong board").out.endswith("-6\t#2\n")


def test_one_line_may_become_several_entries(cli: Cli) -> None:
    cli.new()
    assert [line.split("\t")[1] for line in cli("log", "/solo").lines] == ["#2", "#3", "#4", "#5"]


def test_the_place_that_is_wrong_is_pointed_at(cli: Cli) -> None:
    cli.new()
    result = cli("log", "/sev 9 worse")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "scribe: 9 is not a severity: 1 (critical) to 4 (low)",
        "  /sev 9 worse",
        "       ^",
        "  try: 1, 2, 3, 4",
    ]


def test_the_caret_stands_under_the_place_whatever_the_width_of_what_is_before(cli: Cli) -> None:
    cli.new()
    lines = cli("log", "/decide 롤백할까요? by 25:00").err.splitlines()
    # Five Korean syllables take ten cells: their place in the text is five columns further left.
    assert lines[1] == "  /decide 롤백할까요? by 25:00"
    assert lines[2] == "  " + " " * (len("/decide 롤백할까요? by ") + 5) + "^^^^^"


def test_what_is_pointed_at_cannot_steer_the_terminal(cli: Cli) -> None:
    cli.new()
    result = cli("log", "/sev \x1b]0;x\x07")
    assert "\x1b" not in result.err
    assert "␛]0;x␇" in result.err.splitlines()[1]


def test_a_long_line_is_shown_around_the_place_only(cli: Cli) -> None:
    cli.new()
    lines = cli("log", "/amend #2 " + "x" * (MAX_BYTES + 1)).err.splitlines()
    assert "64 KiB" in lines[0]
    assert max(map(len, lines)) < 400


@pytest.mark.parametrize(
    ("text", "message", "instead"),
    [
        ("/find db", "/find needs", "scribe timeline --find WORDS"),
        ("/export", "/export needs", "scribe export"),
        ("/packets", "/packets needs", "scribe checkpoint --list"),
        ("/set risks it comes back", "/set needs", "scribe update or scribe checkpoint, with an option for each field"),
        ("/update", "/update without words needs", "scribe update"),
        ("/Update public:", "/update without words needs", "scribe update"),
        ("13:50 /handoff", "/handoff without words needs", "scribe checkpoint --to NAME"),
        ("/tick", "/tick without words needs", ""),
        ("/scope", "/scope without words needs", ""),
        ("/help", "/help needs", ""),
        ("/quit", "/quit needs", ""),
    ],
)
def test_what_only_a_screen_can_do_is_refused(cli: Cli, text: str, message: str, instead: str) -> None:
    cli.new()
    result = cli("log", text)
    assert (result.code, len(cli.entries())) == (2, 1)
    hint = f"open it with: scribe; or use: {instead}" if instead else "open it with: scribe"
    assert result.err == f"scribe: {message} the screen\n{hint}\n"


@pytest.mark.parametrize("command", sorted(set(INSTEAD.values())))
def test_the_command_that_is_named_instead_exists(cli: Cli, command: str) -> None:
    for named in command.partition(",")[0].split(" or "):
        assert cli(named.split()[1], "--help").code == 0


@pytest.mark.parametrize("argv", [["/update"], [], [""], ["  "], ["--kind", "fact", " "]])
def test_nothing_to_record_is_an_error(cli: Cli, argv: list[str]) -> None:
    cli.new()
    result = cli("log", *argv)
    assert (result.code, len(cli.entries())) == (2, 1)
    assert result.err.startswith("scribe: ")


@pytest.mark.parametrize("kind", ["fact", "hypothesis", "decision", "action", "note"])
def test_with_a_kind_the_text_is_taken_as_it_stands(cli: Cli, kind: str) -> None:
    cli.new()
    text = "/sev 1 ! @alice #db 14:02 https://x.example"
    assert cli("log", "--kind", kind, text).code == 0
    entry = cli.entries()[-1]
    assert (entry["kind"], entry["text"], entry["by"], entry["tags"], entry["sources"]) == (kind, text, "sam", [], [])
    assert cli("status", "--json").json["severity"] == 2


def test_options_describe_the_entry(cli: Cli) -> None:
    cli.new()
    cli(
        "log",
        "--at",
        "13:50",
        "--by",
        "@alice",
        "--tag",
        "#db",
        "--tag",
        "eu",
        "--source",
        "https://x.example/1",
        "? #eu slow",
    )
    (entry,) = cli.entries("--kind", "hypothesis")
    assert entry["at"] == "2026-11-20T13:50:00.000Z"
    assert (entry["precision"], entry["at_raw"], entry["late"]) == ("minute", "13:50", True)
    assert (entry["by"], entry["recorded_by"]) == ("alice", "sam")
    assert (entry["tags"], entry["sources"]) == (["eu", "db"], ["https://x.example/1"])


@pytest.mark.parametrize(
    "argv",
    [
        ["--at", "13:50", "13:40 twice"],
        ["--by", "bob", "@alice twice"],
        ["--by", "not a name", "x"],
        ["--tag", "12", "x"],
        ["--tag", "", "x"],
        ["--source", "ftp://x.example", "x"],
        ["--source", "javascript:alert(1)", "x"],
        ["--at", "noonish", "x"],
        ["--at", "13:50", "/retract #1 no"],
        ["--tag", "db", "/amend #1 y"],
        ["--restricted", "/restrict #1 need to know"],
        ["--restricted", "/snooze 10m later"],
        ["--kind", "update", "x"],
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_recorded(cli: Cli, argv: list[str]) -> None:
    cli.new()
    result = cli("log", *argv)
    assert (result.code, result.out) == (2, "")
    assert cli("status", "--json").json["head"] == cli("verify", "--json").json["incidents"][0]["head"]
    assert len(cli.entries()) == 1
    assert cli.entries()[0]["text"] == "Checkout fails"


def test_json_prints_the_entry_as_the_timeline_does(cli: Cli) -> None:
    incident = cli.new()
    for line in ("-12m first @bob #db", "? guess", "> act", "/done A1 fine", "/state resolved", "-5m after"):
        cli.clock.advance(90)
        logged = cli("log", "-i", incident, "--json", line).json
        assert logged == next(entry for entry in cli.entries("-i", incident) if entry["id"] == logged["id"])
    assert cli.entries("-i", incident, "--find", "after")[0]["reconstructed"]
    corrected = cli("log", "-i", incident, "--json", "/amend #2 better").json
    assert [corrected] == cli.entries("-i", incident, "--find", "better")
    assert len(cli("log", "-i", incident, "--json", "/solo").lines) == 4


def test_every_correction_prints_the_entry_as_it_stands_after_it(cli: Cli) -> None:
    cli.new()
    cli.log("key 77 is on a paste site")
    for line, field, value in (
        ("/restrict #2 need to know", "restricted", True),
        ("/unrestrict #2 it is revoked", "restricted", False),
        ("/link #2 https://x.example/1", "sources", ["https://x.example/1"]),
        ("/amend #2 key 78 is on a paste site", "text", "key 78 is on a paste site"),
        ("/retract #2 not ours", "retracted", {"why": "not ours", "by": "sam", "at": "2026-11-20T14:00:30.000Z"}),
    ):
        result = cli("log", "--json", line)
        assert (result.code, result.json["ref"]) == (0, "#2")
        assert result.json[field] == value
        assert [result.json] == cli.entries("--find", "paste")


def test_what_is_recorded_as_need_to_know_is_withheld_from_what_is_passed_on(cli: Cli) -> None:
    cli.new()
    assert cli("log", "--restricted", "? key 77 was used by a bot").out.endswith("\tH1\n")
    assert cli("log", "--restricted", "--kind", "action", "--by", "bob", "revoke key 77").code == 0
    assert cli("log", "--restricted", "-", stdin=b"one\ntwo\n").code == 0
    cli.log("/restrict customer 5 is hit", "rolled back")
    assert {entry["ref"]: entry["restricted"] for entry in cli.entries()} == {
        "#1": False,
        "H1": True,
        "A1": True,
        "#2": True,
        "#3": True,
        "#4": True,
        "#5": False,
    }
    passed_on = cli("timeline", "--format", "md").out
    assert "key 77" not in passed_on
    assert "rolled back" in passed_on


def test_a_correction_that_restricts_is_acknowledged_with_the_entry_that_it_restricts(cli: Cli) -> None:
    cli.new()
    cli.log("? key 77 was used")
    assert cli("log", "/restrict h1 need to know").out.endswith("-3\tH1\n")
    assert cli("log", "/unrestrict H1").out.endswith("-4\tH1\n")
    assert cli.entries()[-1]["restricted"] is False


def test_a_snooze_says_what_is_left_alone(cli: Cli) -> None:
    cli.new()
    assert re.fullmatch(r"[a-z0-9]{6}-2\trole-unassigned/ic\n", cli("log", "/snooze 10m being written").out)
    assert re.fullmatch(r"[a-z0-9]{6}-3\trole-unassigned/comms\n", cli("log", "/snooze 5m role-unassigned/comms").out)
    shown = cli("log", "--json", "/snooze 15m trigger-unset 1").json
    assert (shown["kind"], shown["ref"], shown["text"]) == ("snoozed", "", "nothing new to say yet")
    assert shown["data"] == {"key": "trigger-unset", "until": "2026-11-20T14:15:00.000Z", "over_cap": False}
    assert len(cli.entries()) == 1
    assert [one["text"] for one in cli("status", "--json").json["attention"]] == ["Ops is unassigned"]


def test_standard_input_is_one_entry_a_line(cli: Cli) -> None:
    cli.new()
    result = cli("log", "-", stdin=b"one\n\n  \n? two\r\n-5m three")
    assert [line.split("\t")[1] for line in result.lines] == ["#2", "H1", "#3"]
    assert (result.code, result.err) == (0, "")
    assert [entry["text"] for entry in cli.entries("--sort", "recorded")][1:] == ["one", "two", "three"]


def test_lines_that_cannot_be_read_are_named_and_the_rest_recorded(cli: Cli) -> None:
    cli.new()
    result = cli("log", "-", stdin=b"one\n/sev 9\n\n/find x\ntwo\n/done A7\nthree\n")
    assert result.code == 2
    assert len(result.lines) == 3
    assert [line for line in result.err.splitlines() if line.startswith("scribe:")] == [
        "scribe: line 2: 9 is not a severity: 1 (critical) to 4 (low)",
        "scribe: line 4: /find needs the screen",
        "scribe: line 6: there is no A7 in this incident",
    ]


def test_bytes_that_are_no_text_and_lines_that_no_entry_holds(cli: Cli) -> None:
    cli.new()
    long = b"x" * (MAX_BYTES + 10)
    result = cli("log", "-", stdin=b"\xef\xbb\xbfbom\n\xff\xfe bad\nnul\0\n" + long + b"\n" + long * 3 + b"\nlast\n")
    assert [entry["text"] for entry in cli.entries()][1:] == ["bom", "\ufffd\ufffd bad", "nul␀", "last"]
    assert re.findall(r"line (\d+): an entry holds at most 64 KiB", result.err) == ["4", "5"]
    assert result.code == 2


def test_the_largest_entry_fits(cli: Cli) -> None:
    cli.new()
    assert cli("log", "-", stdin=b"y" * MAX_BYTES + b"\n").code == 0
    assert len(cli.entries()[-1]["text"]) == MAX_BYTES


def test_options_hold_for_every_line_of_standard_input(cli: Cli) -> None:
    cli.new()
    cli("log", "--kind", "note", "--tag", "import", "-", stdin=b"/sev 1\n? what\n")
    assert [(entry["kind"], entry["text"], entry["tags"]) for entry in cli.entries()][1:] == [
        ("note", "/sev 1", ["import"]),
        ("note", "? what", ["import"]),
    ]


def test_undecodable_arguments_do_not_crash(cli: Cli) -> None:
    cli.new()
    assert cli("log", "bad \udcff byte").code == 0
    assert cli.entries()[-1]["text"] == "bad \ufffd byte"


def test_severity_aliases_come_from_the_config(cli: Cli, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    config = cli.path.parent.parent / "scribe.toml"
    config.write_text("[severity.aliases]\nP0 = 1\n")
    cli.new()
    assert cli("log", "--config", str(config), "/sev p0").code == 0
    assert cli("log", "/sev p0").code == 2


def test_without_an_open_incident_it_says_how_to_declare_one(cli: Cli) -> None:
    result = cli("log", "hello")
    assert (result.code, cli.path.exists()) == (2, False)
    assert result.err.endswith("declare one with: scribe new TITLE\n")
    incident = cli.new()
    cli.log("/state resolved")
    result = cli("log", "hello")
    assert result.code == 2
    assert result.err == (
        "scribe: no incident is open\ndeclare one with: scribe new TITLE; "
        f"or name the latest: -i {incident}, or export SCRIBE_INCIDENT={incident}\n"
    )
    assert cli("log", "-i", incident, "hello").code == 0
