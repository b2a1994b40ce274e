from __future__ import annotations

from pathlib import Path

import pytest

from scribe.record.rules import CODES
from tests.cli.conftest import Cli, Process


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("5xx at 12%", "/write summary It was human error.")
    return cli


def test_findings_as_a_linter_people_know_tells_them(told: Cli) -> None:
    result = told("check")
    assert result.code == 1
    assert result.lines[:3] == [
        "state: error: still-open: the incident is still investigating: only a draft can be exported",
        "    why: What is written while users still suffer is a guess at the end; only a draft may go out.",
        "    fix: /state resolved once both signals show that it is over; until then export a draft",
    ]
    assert 'summary: error: human-error: "human error" is no conclusion' in result.lines
    assert result.lines[-1] == "INC-7: 11 errors, 1 warning"
    assert "\x1b" not in result.out


def test_json_for_programs(told: Cli) -> None:
    shape = told("check", "--format", "json", "--select", "text").json
    assert list(shape) == ["incident", "errors", "warnings", "findings", "waived"]
    assert (shape["incident"], shape["errors"], shape["warnings"], shape["waived"]) == ("INC-7", 1, 0, [])
    (finding,) = shape["findings"]
    assert list(finding) == ["code", "level", "where", "message", "why", "fix"]
    assert (finding["code"], finding["level"], finding["where"]) == ("human-error", "error", "summary")


def test_warnings_alone_are_no_refusal(told: Cli) -> None:
    assert told("check", "--select", "trigger-missing").code == 0
    assert told("check", "--select", "trigger-missing").lines[-1] == "INC-7: 0 errors, 1 warning"
    assert told("check", "--ignore", "all").lines == ["INC-7: nothing to put right"]


def test_what_was_waived_is_said_and_counts_no_more(told: Cli) -> None:
    told.log("/waive human-error@summary a quotation")
    result = told("check", "--select", "text")
    assert (result.code, result.lines) == (
        0,
        ["summary: waived: human-error: a quotation", "INC-7: nothing to put right, 1 waived"],
    )
    (waived,) = told("check", "--select", "text", "--format", "json").json["waived"]
    assert waived["reason"] == "a quotation"


def test_an_unknown_rule_is_refused_with_the_nearest(told: Cli) -> None:
    result = told("check", "--select", "few-factor,nonsens")
    assert (result.code, "nonsens names no rule" in result.err) == (2, True)
    assert "few-factors" in told("check", "--ignore", "few-facters").err
    assert told("check", "--select", " , ").code == 2
    assert told("check", "--template", "clasic").code == 2


def test_the_template_decides_what_is_asked(told: Cli) -> None:
    told.log("/write whys human error", "/factor one layer: technical")
    whole = {finding["code"] for finding in told("check", "--format", "json").json["findings"]}
    lite = {finding["code"] for finding in told("check", "--template", "lite", "--format", "json").json["findings"]}
    assert "few-factors" in whole - lite
    assert "impact-missing" in whole & lite


def test_the_config_chooses_rules_and_levels(told: Cli, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[check]\nselect = ["text", "impact"]\nignore = ["impact-"]\n[check.levels]\nhuman-error = "warning"\n'
    )
    found = told("check", "--config", str(file), "--format", "json").json["findings"]
    assert [(finding["code"], finding["level"]) for finding in found] == [
        ("scope-missing", "error"),
        ("human-error", "warning"),
    ]
    instead = told("check", "--config", str(file), "--select", "few-factors", "--format", "json").json["findings"]
    assert [finding["code"] for finding in instead] == ["few-factors"]
    fewer = told("check", "--config", str(file), "--ignore", "scope-missing", "--format", "json").json["findings"]
    assert [finding["code"] for finding in fewer] == ["human-error"]


def test_restricted_entries_are_seen_when_they_would_be_exported(told: Cli) -> None:
    told.log("/impact one in eight fails", "/restrict #3")
    assert "impact-missing" in told("check").out
    assert "impact-missing" not in told("check", "--include-restricted").out


def test_the_rules_are_listed(cli: Cli) -> None:
    result = cli("check", "--rules")
    assert result.code == 0
    assert [line.partition(":")[0] for line in result.lines if not line.startswith(" ")] != []
    listed = cli("check", "--rules", "--format", "json").json
    assert {rule["code"] for rule in listed} == set(CODES)
    assert {rule["code"] for rule in listed if f"{rule['code']}: " in result.out} == set(CODES)


def test_a_summary_that_steers_the_terminal_stays_text(told: Cli) -> None:
    told.log("/write summary It was \x1b[31mhuman error\x1b[0m.")
    assert "\x1b" not in told("check", "--select", "text").out


def test_recording_loads_no_rule(process: Process) -> None:
    code = "import sys, scribe.cli.log, scribe.config; print([name for name in sys.modules if 'lint' in name])"
    assert process.python(["-c", code]).out.strip() == "[]"


def test_the_environment_may_name_the_incident(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.new("x", "--id", "INC-1", "--sev", "2")
    cli.log("/state resolved")
    assert cli("check").code == 2
    monkeypatch.setenv("SCRIBE_INCIDENT", "INC-1")
    assert "INC-1: " in cli("check").out
    cli.new("y", "--id", "INC-2")
    assert "INC-1: " in cli("check").out
    assert "INC-2: " in cli("-i", "2", "check").out
