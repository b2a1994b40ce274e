from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Cli


def test_it_prints_the_id_alone(cli: Cli) -> None:
    result = cli("new", "Checkout fails", "--sev", "2")
    assert re.fullmatch(r"INC-20261120-[0-9A-Z]{4}\n", result.out)
    assert (result.code, result.err) == (0, "")
    assert cli("status", "--json").json["severity"] == 2


def test_json_prints_it_in_an_object(cli: Cli) -> None:
    result = cli("new", "--json", "--id", "INC-1", "Checkout fails")
    assert result.json == {"incident": "INC-1"}


@pytest.mark.parametrize(("typed", "level"), [("1", 1), ("sev3", 3), ("SEV-4", 4), ("p0", 1)])
def test_a_severity_by_any_of_its_names(cli: Cli, typed: str, level: int) -> None:
    config = cli.path.parent.parent / "scribe.toml"
    config.write_text("[severity.aliases]\nP0 = 1\n")
    cli("--config", str(config), "new", "x", "--sev", typed)
    assert cli("status", "--json").json["severity"] == level


def test_without_a_severity_it_is_unset_and_asks_for_attention(cli: Cli) -> None:
    cli.new("x")
    found = cli("status", "--json").json
    assert found["severity"] is None
    assert "severity-unset" in [one["code"] for one in found["attention"]]


@pytest.mark.parametrize(
    "argv",
    [
        ["x", "--sev", "5"],
        ["x", "--sev", "high"],
        ["x", "--id", "../x"],
        ["x", "--id", "-x"],
        ["x", "--id", "a" * 65],
        ["x", "--id", "a\n"],
        ["x", "--at", "tomorrow"],
        ["x", "--at", "2026-11-21"],
        ["x" * 70000],
        [" \t "],
        [],
    ],
)
def test_what_cannot_be_is_refused_and_no_file_made(cli: Cli, argv: list[str]) -> None:
    result = cli("new", *argv)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: ")
    assert not cli.path.exists()


def test_an_id_that_is_taken_is_refused(cli: Cli) -> None:
    cli.new("--id", "INC-1", "x")
    result = cli("new", "--id", "INC-1", "y")
    assert (result.code, result.out) == (2, "")
    assert "give another with --id" in result.err


def test_it_may_have_been_declared_earlier(cli: Cli) -> None:
    cli.new("x", "--at", "13:30")
    assert cli("status", "--json").json["declared_at"] == "2026-11-20T13:30:00.000Z"


def test_one_person_may_take_every_role(cli: Cli) -> None:
    cli.new("x", "--solo", "--sev", "1")
    found = cli("status", "--json").json
    assert found["solo"]
    assert found["unassigned"] == []
    assert found["roles"]["ic"] == [{"who": "sam", "since": "2026-11-20T14:00:00.000Z"}]


def test_a_security_incident_begins_on_the_protected_track(cli: Cli) -> None:
    cli.new("Keys on a paste site", "--security", "--sev", "2", "--id", "INC-7")
    found = cli("status", "--json").json
    assert found["security"] is True
    assert ("escalation", "escalate to level 4, executive: a security incident") in [
        (one["code"], one["text"]) for one in found["attention"]
    ]
    (declared,) = cli.entries()
    assert (declared["text"], declared["data"]["security"]) == ("Keys on a paste site", True)
    assert cli("status").lines[1].startswith("protected: security incident · SEV-2 · investigating")
    assert "paste site" not in cli("update", "--for", "public").out
    assert "already" in cli("log", "/security").err


def test_no_incident_is_one_of_security_unless_it_is_said_to_be(cli: Cli) -> None:
    cli.new()
    assert cli("status", "--json").json["security"] is False
    assert "protected" not in cli("status").out


def test_what_is_told_afterwards_is_over_and_reconstructed(cli: Cli) -> None:
    incident = cli.new("x", "--postmortem-only", "--at", "2026-11-19 10:00")
    assert cli("status", "--short").code == 1
    cli("log", "-i", incident, "2026-11-19 10:05 it began")
    assert cli("status", "--json", "-i", incident).json["state"] == "resolved"
    assert cli.entries("-i", incident, "--find", "began")[0]["reconstructed"]


def test_control_characters_of_a_title_are_kept_and_shown_as_signs(cli: Cli) -> None:
    cli.new("evil\x1b[31m\u202etitle")
    assert cli.entries()[0]["text"] == "evil\x1b[31m\u202etitle"
    for argv in (["list"], ["status"], ["status", "--short"], ["timeline"]):
        out = cli(*argv).out
        assert "evil␛[31m‹202E›" in out
        assert "\x1b" not in out
        assert "\u202e" not in out
