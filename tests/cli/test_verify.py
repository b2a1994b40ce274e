from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import Stored, Verdict, verify
from scribe.record.events import Draft, Fact, Received
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.cli.conftest import Cli
from tests.fakes.raw import raw

ONLY_NOTED = "A cut-off tail or a rewritten file shows only against a head noted earlier: scribe verify --against HEAD"
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
        ONLY_NOTED,
    ]
    assert told("verify", "--json").json == {
        "incidents": [
            {
                "incident": "INC-7",
                "entries": 3,
                "erased": 0,
                "withheld": 0,
                "ok": True,
                "first_break": None,
                "head": head,
                "summary": None,
            }
        ],
        "triggers": [],
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


def test_a_damaged_summary_is_folded_from_the_record_and_named(told: Cli) -> None:
    before = told("status").out
    tamper(told.path, "UPDATE boards SET board = '{'")
    assert told("status").out == before
    assert told("list").code == told("timeline").code == 0
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
        "incident": "INC-7",
        "fault": None,
        "from_others": 0,
        "erased": [],
        "withheld": 0,
        "lacking": [],
    }


def test_a_cut_off_tail_shows_against_a_noted_head(told: Cli) -> None:
    head = head_of(told)
    tamper(told.path, "DELETE FROM events WHERE seq = 4")
    assert told("reindex").code == 0
    assert told("verify").code == 0  # from inside nothing is to be seen
    result = told("verify", "--against", head)
    assert (result.code, result.lines[-1]) == (1, LOST)
    found = told("verify", "--against", head, "--json").json
    assert found["ok"] is False
    assert (found["against"]["held"], found["against"]["since"], found["against"]["incident"]) == (False, None, None)


def test_what_stood_there_when_a_head_was_noted_has_to_be_as_it_was(told: Cli) -> None:
    head = head_of(told)
    told.log("three", "four")
    tamper(told.path, "UPDATE events SET text = 'something else' WHERE seq = 5")
    result = told("verify", "--against", head)
    assert result.code == 1
    assert result.lines[0].startswith("INC-7 BROKEN at #3 (")
    assert result.lines[-1] == "INC-7 holds what was noted; 2 entries have come since"
    tamper(told.path, "UPDATE events SET text = 'other words' WHERE seq = 2")
    result = told("verify", "--against", head)
    assert result.code == 1
    place = result.lines[-1].partition("(")[2].partition(")")[0]
    assert result.lines[-1] == f"INC-7 does not hold what was noted: #2 ({place}): its words were altered"
    against = told("verify", "--against", head, "--json").json["against"]
    assert against["held"] is False
    assert against["fault"] == {"id": place, "ref": "#2", "why": "its words were altered"}


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM events WHERE seq = 2", "H1 ({}): an entry before it is missing"),
        (
            "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
            " WHERE seq = 3",
            "H1 ({}): its words are missing, and no erasure accounts for them",
        ),
        ("UPDATE events SET ref = 'H9' WHERE seq = 3", "H9 ({}): its header was altered"),
    ],
)
def test_what_is_missing_of_what_was_noted_is_named(told: Cli, statement: str, why: str) -> None:
    head = head_of(told)
    place = next(entry["id"] for entry in told.entries() if entry["ref"] == "H1")
    tamper(told.path, statement)
    result = told("verify", "--against", head)
    assert (result.code, result.lines[-1]) == (1, f"INC-7 does not hold what was noted: {why.format(place)}")


def test_what_was_erased_since_a_head_was_noted_is_said(told: Cli) -> None:
    told.log("the password is correct horse", "harmless")
    head = head_of(told)
    assert told("erase", "#3", "--why", "a leaked password", "--yes").code == 0
    result = told("verify", "--against", head)
    assert (result.code, result.lines[-2:]) == (
        0,
        [
            "INC-7 holds what was noted; 1 entry has come since",
            "since then erased: #3 by @sam: a leaked password",
        ],
    )
    against = told("verify", "--against", head, "--json").json["against"]
    assert [(gone["ref"], gone["by"], gone["why"]) for gone in against["erased"]] == [
        ("#3", "sam", "a leaked password")
    ]
    later = head_of(told)
    assert told("verify", "--against", later).lines[-1] == "INC-7 holds what was noted; nothing has come since"


def test_what_other_copies_brought_since_is_counted_apart(told: Cli, tmp_path: Path) -> None:
    head = head_of(told)
    other, file = tmp_path / "other.db", str(tmp_path / "bundle")
    shutil.copy(told.path, other)
    told("--db", str(other), "log", "theirs")
    noted = str(told("--db", str(other), "status", "--json").json["head"])
    told("--db", str(other), "bundle", file)
    told.log("ours", "and more")
    ours = head_of(told)
    assert told("unbundle", file).code == 0
    assert told("verify", "--against", head).lines[-1] == (
        "INC-7 holds what was noted; 3 entries have come since, 1 of them from other copies"
    )
    assert told("verify", "--against", ours).lines[-1] == (
        "INC-7 holds what was noted; 1 entry has come since, from another copy"
    )
    assert told("verify", "--against", noted).lines[-1] == "INC-7 holds what was noted; 2 entries have come since"
    assert told("verify", "--against", f"{noted}+{ours}").lines[-1].endswith("; nothing has come since")
    assert told("verify", "--against", head_of(told)).code == 0
    assert told("verify", "--against", head, "--json").json["against"]["from_others"] == 1


def test_what_was_withheld_from_this_copy_is_said(told: Cli, tmp_path: Path) -> None:
    told.log("tenant quokka", "/restrict #3")
    head, file = head_of(told), str(tmp_path / "bundle")
    told("bundle", file)
    other = ("--db", str(tmp_path / "other.db"))
    assert told(*other, "unbundle", file).code == 0
    result = told(*other, "verify", "--against", head)
    assert result.code == 0
    (lacking,) = told(*other, "verify", "--against", head, "--json").json["against"]["lacking"]
    assert result.lines[-2:] == [
        "the words of 1 of what was noted are withheld from this copy",
        f"that the words of #3 never came here says {lacking['noted']}, by @sam at {lacking['at']}",
    ]
    assert (lacking["ref"], lacking["by"]) == ("#3", "sam")
    assert told(*other, "verify", "--json").json["incidents"][0]["withheld"] == 1


@pytest.mark.parametrize("is_renamed", [False, True])
def test_words_that_never_came_were_not_written_here(told: Cli, is_renamed: bool) -> None:
    """What nobody can hide from a noted head: words that were destroyed, and an event that says they never came."""
    head, now = head_of(told), stamp(told.clock.now())
    tamper(
        told.path,
        "UPDATE events SET author = NULL, recorder = NULL, at_raw = NULL, text = NULL, payload = NULL, salt = NULL"
        " WHERE ref = '#2'",
    )
    journal = Journal.writing(told.path, told.clock, wait=1.0)
    (place,) = [row.id for row in journal.stored("INC-7") if row.header.ref == "#2"]
    with journal.transaction():
        if is_renamed:
            journal.be_another()
        event = journal.note("INC-7", Draft(Received(withheld=(place,)), "", now), "eve", now)
    journal.close()
    result = told("verify", "--against", head)
    if is_renamed:
        assert result.code == 0
        assert result.lines[-1] == f"that the words of #2 never came here says {event.id}, by @eve at {now}"
        return
    assert result.code == 1
    why = f"#2 ({place}): its words are missing, and no erasure accounts for them"
    assert (result.lines[0], result.lines[-1]) == (
        f"INC-7 BROKEN at {why}",
        f"INC-7 does not hold what was noted: {why}",
    )


BOARDS = {
    "a severity": """UPDATE boards SET board = replace(board, '"severity":2', '"severity":3')""",
    "a name": """UPDATE boards SET board = replace(board, '"who":"alice"', '"who":"mallory"')""",
    "a hypothesis's words": """UPDATE boards SET board = replace(board, '"text":"two"', '"text":"deux"')""",
    "a title": """UPDATE boards SET board = replace(board, 'Checkout fails', 'Nothing fails')""",
    "an unknown key": "UPDATE boards SET board = json_set(board, '$.zzz', 'hello')",
    "a doubled key": """UPDATE boards SET board = '{"title":"x",' || substr(board, 2)""",
    "whether it is open": "UPDATE boards SET is_open = 0",
    "whether it is open, as no number": "UPDATE boards SET is_open = x'01'",
    "when it was active": "UPDATE boards SET active_at = '1999'",
    "a count": """UPDATE boards SET board = replace(board, '"entries":5', '"entries":4')""",
}


@pytest.mark.parametrize("statement", BOARDS.values(), ids=BOARDS)
def test_a_summary_that_another_tool_changed_is_named(told: Cli, statement: str) -> None:
    told.log("/sev 2", "/role ic @alice")
    assert told("verify").code == 0
    tamper(told.path, statement)
    result = told("verify")
    assert (result.code, result.lines[0]) == (
        1,
        "INC-7 NOT OK: the summary says other than the record: run scribe reindex",
    )
    assert told("reindex").code == 0
    assert told("verify").code == 0


SWALLOWS = "CREATE TRIGGER z BEFORE INSERT ON events WHEN NEW.kind = 'fact' BEGIN SELECT RAISE(IGNORE); END"
CHANGES = "CREATE TRIGGER z AFTER INSERT ON events BEGIN UPDATE events SET text = 'nothing' WHERE id = NEW.id; END"


@pytest.mark.parametrize("statement", [SWALLOWS, CHANGES, SWALLOWS.replace("z", "events_are_not_replaced", 1)])
def test_a_trigger_that_scribe_did_not_make_is_named_and_nothing_is_written(told: Cli, statement: str) -> None:
    tamper(told.path, statement)
    name = statement.split()[2]
    result = told("log", "three")
    assert (result.code, result.out) == (3, "")
    assert f"{told.path} has triggers that scribe did not make ({name}): " in result.err
    assert f'DROP TRIGGER "{name}"' in result.err
    result = told("verify")
    assert (result.code, result.lines[-1]) == (1, f"NOT OK: the file has triggers that scribe did not make: {name}")
    assert told("verify", "--json").json["triggers"] == [name]
    assert f"problem  triggers     scribe did not make {name}" in told("doctor").out
    with raw(told.path) as connection:
        connection.execute(f"DROP TRIGGER {name}")
    told.log("three")
    assert told("verify").code == 0


def test_guards_that_were_taken_away_are_put_back(told: Cli) -> None:
    tamper(told.path)
    assert "warning  triggers     somebody took away events_are_not_updated" in told("doctor").out
    told.log("three")
    assert "triggers" not in told("doctor").out
    with raw(told.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE events SET text = 'x'")


@pytest.mark.parametrize("column", ["text", "salt", "payload"])
def test_text_that_is_none_is_damage_and_the_entry_is_named(told: Cli, column: str) -> None:
    tamper(told.path, "UPDATE events SET text = CAST(x'ff41' AS TEXT) WHERE ref = '#2'".replace("text", column, 1))
    result = told("timeline")
    assert (result.code, result.err.splitlines()[0]) == (
        3,
        f"scribe: {told.path} is damaged (what should be text is none)",
    )
    assert "scribe verify --all names the entry" in result.err
    assert "BROKEN at #2 (" in told("verify", "--all").lines[0]


@pytest.mark.parametrize("table", ["boards", "writers", "events"])
def test_a_table_that_is_gone_is_damage(told: Cli, table: str) -> None:
    tamper(told.path, f"DROP TABLE {table}")
    result = told("log", "three")
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"scribe: {told.path} is damaged (no such table: ")
    assert "scribe salvage" in result.err


def test_what_people_add_to_the_file_is_their_own(told: Cli) -> None:
    with raw(told.path) as connection:
        connection.executescript(
            "CREATE TABLE mine (x); CREATE TRIGGER mine_too AFTER INSERT ON mine BEGIN SELECT 1; END;"
            "CREATE VIEW facts AS SELECT * FROM events; CREATE INDEX by_text ON events (text);"
            "CREATE TRIGGER seen INSTEAD OF INSERT ON facts BEGIN SELECT 1; END"
        )
    told.log("three")
    assert told("verify").code == 0
    assert "triggers" not in told("doctor").out


def test_a_summary_of_an_older_version_is_no_false_alarm(told: Cli) -> None:
    """One that lacks what this version adds to it says nothing else for that."""
    tamper(told.path, "UPDATE boards SET board = json_remove(board, '$.merged', '$.sides', '$.ticks')")
    assert told("verify").code == 0


def test_whoever_writes_meanwhile_is_no_false_alarm(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Verdict] = []

    def meanwhile(rows: Iterable[Stored]) -> Verdict:
        found = verify(rows)
        looks.append(found)
        if len(looks) == 1:
            journal = Journal.writing(told.path, told.clock, wait=1.0)
            now = told.clock.now()
            Recorder(journal, "INC-7", me="bob", policy=DEFAULT).record([Draft(Fact(), "x", stamp(now))], now=now)
            journal.close()
        return found

    monkeypatch.setattr("scribe.cli.verify.verify", meanwhile)
    result = told("verify")
    assert (result.code, result.lines[0][:21]) == (0, "INC-7 ok  4 entries, ")
    assert len(looks) == 2


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
