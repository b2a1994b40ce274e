from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

LOST = "the record does not hold what was noted: entries were cut off or rewritten"


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7")
    cli.log("one", "? two", "/amend #2 uno")
    return cli


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the file and SQLite can do, triggers notwithstanding."""
    connection = sqlite3.connect(path)
    for name in [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def head_of(cli: Cli) -> str:
    return str(cli("status", "--json").json["head"])


def test_an_intact_record(told: Cli) -> None:
    head = head_of(told)
    result = told("verify")
    assert result.code == 0
    assert result.lines == [
        f"INC-7 ok  3 entries, head {head}",
        "A cut-off tail shows only against a head noted earlier: scribe verify --against HEAD",
    ]
    assert told("verify", "--json").json == {
        "incidents": [
            {
                "incident": "INC-7",
                "entries": 3,
                "erased": 0,
                "ok": True,
                "first_break": None,
                "head": head,
                "summary": None,
            }
        ],
        "ok": True,
    }


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE events SET text = 'something else' WHERE seq = 2", "its words were altered"),
        ("UPDATE events SET at = '2026-11-20T13:00:00.000Z' WHERE seq = 2", "its header was altered"),
        ("UPDATE events SET body_digest = 'x' WHERE seq = 2", "its words were altered"),
        ("UPDATE events SET text = NULL, payload = NULL, salt = NULL WHERE seq = 2", "its words are missing in part"),
        (
            "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
            " WHERE seq = 2",
            "its words are missing, and no erasure accounts for them",
        ),
    ],
)
def test_an_altered_entry_is_named(told: Cli, statement: str, why: str) -> None:
    tamper(told.path, statement)
    result = told("verify")
    assert result.code == 1
    assert result.lines[0].startswith("INC-7 BROKEN at #2 (")
    assert why in result.lines[0]
    found = told("verify", "--json").json
    assert (found["ok"], found["incidents"][0]["ok"]) == (False, False)
    assert found["incidents"][0]["first_break"]["ref"] == "#2"
    assert found["incidents"][0]["first_break"]["id"].endswith("-2")


def test_an_entry_taken_out_of_the_middle(told: Cli) -> None:
    tamper(told.path, "DELETE FROM events WHERE seq = 2")
    assert told("verify").code == 1
    assert "BROKEN at H1" in told("verify").out


def test_a_summary_that_does_not_match_is_reported_and_made_anew(told: Cli) -> None:
    old = sqlite3.connect(told.path)
    (board,) = old.execute("SELECT board FROM boards").fetchone()
    told.log("three")
    old.execute("UPDATE boards SET board = ?", (board,))
    old.commit()
    old.close()
    result = told("verify")
    assert (result.code, result.lines[0]) == (
        1,
        "INC-7 NOT OK: the summary does not match the record: run scribe reindex",
    )
    assert told("reindex").out == "1 incident summarised anew\n"
    assert told("verify").code == 0
    assert told("list", "--json").json[0]["entries"] == 4


def test_a_damaged_summary_is_one_line_and_made_anew(told: Cli) -> None:
    tamper(told.path, "UPDATE boards SET board = '{'")
    for argv in (["status"], ["list"], ["log", "x"], ["timeline"]):
        result = told(*argv)
        assert (result.code, result.out) == (3, "")
        assert result.err == "scribe: the summary of an incident is damaged\nits record is not: run scribe reindex\n"
    result = told("verify", "--all")
    assert (result.code, result.lines[0]) == (1, "INC-7 NOT OK: the summary is missing or damaged: run scribe reindex")
    assert told("reindex").code == 0
    assert told("verify").code == 0


def test_a_cut_off_tail_that_the_summary_still_knows(told: Cli) -> None:
    tamper(told.path, "DELETE FROM events WHERE seq = 4")
    result = told("verify")
    assert result.code == 1
    assert "entries that the record does not hold: they were cut off or rewritten" in result.lines[0]


def test_a_noted_head_is_held_for_ever(told: Cli) -> None:
    head = head_of(told)
    result = told("verify", "--against", head)
    assert (result.code, result.lines[-1]) == (0, "INC-7 holds what was noted; nothing has come since")
    told.log("three")
    assert told("verify", "--against", head).lines[-1] == "INC-7 holds what was noted; 1 entry has come since"
    told.log("four", "/retract #2 no")
    assert told("verify", "--against", head).lines[-1] == "INC-7 holds what was noted; 2 entries have come since"
    assert told("verify", "--against", head.upper(), "--json").json["against"] == {
        "head": head,
        "held": True,
        "since": 2,
    }


def test_a_cut_off_tail_shows_against_a_noted_head(told: Cli) -> None:
    head = head_of(told)
    tamper(told.path, "DELETE FROM events WHERE seq = 4")
    assert told("reindex").code == 0
    assert told("verify").code == 0  # from inside nothing is to be seen
    result = told("verify", "--against", head)
    assert (result.code, result.lines[-1]) == (1, LOST)
    assert told("verify", "--against", head, "--json").json["ok"] is False


def test_a_head_is_found_in_whichever_incident_holds_it(told: Cli) -> None:
    head = head_of(told)
    told.clock.advance(60)
    told.new("Another", "--id", "INC-8")
    assert told("verify", "--against", head).code == 1
    assert told("verify", "--all", "--against", head).lines[-1].startswith("INC-7 holds what was noted")
    assert told("verify", "-i", "7", "--against", head).code == 0


@pytest.mark.parametrize("head", ["", "x", "3f2a", "+", "z" * 64, "a" * 63])
def test_what_is_no_head_is_wrong_usage(told: Cli, head: str) -> None:
    assert told("verify", "--against", head).code == 2


def test_without_an_open_incident_all_are_verified(told: Cli) -> None:
    told.clock.advance(60)
    told.new("Another", "--id", "INC-8")
    assert [line.split()[0] for line in told("verify").lines] == ["INC-8", "A"]
    assert [line.split()[0] for line in told("verify", "--all").lines] == ["INC-7", "INC-8", "A"]
    told.log("/state resolved")
    told("log", "-i", "INC-7", "/state resolved")
    assert [line.split()[0] for line in told("verify").lines] == ["INC-7", "INC-8", "A"]


def test_an_incident_whose_events_are_all_gone(told: Cli) -> None:
    tamper(told.path, "DELETE FROM events")
    assert told("verify").code == 1
    assert told("verify", "--all").code == 1


def test_without_a_journal(cli: Cli) -> None:
    for argv in (["verify"], ["verify", "--all"], ["reindex"]):
        assert cli(*argv).code == 3
    assert not cli.path.exists()
