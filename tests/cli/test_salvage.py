from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.fakes.raw import unguarded

LAST = "A cut-off tail shows only against a head noted earlier: scribe verify --all --against HEAD"


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7")
    cli.log("one", "? two", "/amend #2 uno", "three")
    return cli


def damaged(told: Cli, *statements: str) -> str:
    """The file, without what these statements take away; returns the writer's tag."""
    with unguarded(told.path) as db:
        (tag,) = db.execute("SELECT tag FROM writers").fetchone()
        for statement in (*statements, "VACUUM"):
            db.execute(statement)
    return str(tag)


def test_a_whole_journal(told: Cli) -> None:
    head = told("status", "--json").json["head"]
    result = told("salvage", str(told.path))
    new = told.path.with_name("journal.salvaged.db")
    assert (result.code, result.lines) == (
        0,
        [
            "INC-7: 4 entries read, nothing is missing",
            f"written to {new}; look at it with scribe --db, then put it in the journal's place",
            LAST,
        ],
    )
    assert sorted(file.name for file in told.path.parent.iterdir() if "salvaged" in file.name) == [new.name]
    assert new.stat().st_mode & 0o777 == 0o600
    assert told("verify", "--db", str(new), "--against", head).code == 0
    assert told("timeline", "--db", str(new)).out == told("timeline").out


def test_what_is_missing_is_said(told: Cli) -> None:
    tag = damaged(told, "DELETE FROM events WHERE seq = 3", "UPDATE events SET text = 'x' WHERE seq = 2")
    new = told.path.with_name("new.db")
    result = told("salvage", str(told.path), str(new))
    assert (result.code, result.lines[:2]) == (
        1,
        [f"INC-7: 3 entries read, 1 missing: {tag}-3", "INC-7: the words of #2 could not be read"],
    )
    again = told("salvage", str(new), "-o", str(told.path.with_name("again.db")), "--json")
    assert again.code == 1
    assert again.json == {
        "file": str(told.path.with_name("again.db")),
        "incidents": [
            {
                "incident": "INC-7",
                "entries": 3,
                "missing": [f"{tag}-3"],
                "without_words": ["#2"],
                "declared": True,
                "counted": True,
                "ok": False,
            }
        ],
        "drafts": 0,
        "blank_pages": 0,
        "ok": False,
    }


def test_a_summary_that_cannot_be_read_is_said(told: Cli) -> None:
    damaged(told, "DELETE FROM events WHERE seq IN (1, 5)", "DELETE FROM boards")
    result = told("salvage", str(told.path))
    assert result.code == 1
    assert "INC-7: its declaration is missing" in result.lines
    assert "INC-7: the summary that counts its entries could not be read: the last ones may be missing too" in (
        result.lines
    )


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM events WHERE kind = 'declared'", "DELETE FROM boards"),
        ("DELETE FROM events WHERE seq IN (2, 4)", "UPDATE events SET payload = 'x' WHERE seq = 3"),
        ("UPDATE events SET text = 'x'",),
        ("DELETE FROM events",),
    ],
)
def test_whatever_is_missing_the_new_journal_can_be_used(told: Cli, statements: tuple[str, ...]) -> None:
    damaged(told, *statements)
    assert told("salvage", str(told.path)).code == 1
    new = ("--db", str(told.path.with_name("journal.salvaged.db")))
    for argv in (["list"], ["verify", "--all"], ["reindex"]):
        assert told(*argv, *new).code in (0, 1)
    if statements == ("DELETE FROM events",):  # nothing but the summary was left
        return
    assert told("verify", "-i", "INC-7", *new).code == 1
    for argv in (["status"], ["timeline"], ["checkpoint"], ["export", "--draft"], ["log", *new, "we go on"]):
        result = told(*argv, *(new if argv[0] != "log" else ()))
        assert (result.code, result.err) == (0, ""), argv
    assert told("update", *new).code in (0, 2)  # of a declaration without words nobody knows whom updates are for


def test_nothing_is_ever_replaced(told: Cli) -> None:
    there = told.path.with_name("there.db")
    there.write_text("mine")
    result = told("salvage", str(told.path), str(there))
    assert (result.code, result.err) == (2, f"scribe: {there} exists already\ngive another name: nothing is replaced\n")
    assert there.read_text() == "mine"
    log = told.path.with_name("other.db-wal")
    log.write_text("mine")
    result = told("salvage", str(told.path), str(told.path.with_name("other.db")))
    assert result.code == 2
    assert "a part of another journal" in result.err
    assert (log.read_text(), told.path.with_name("other.db").exists()) == ("mine", False)


def test_where_nothing_is_the_new_journal_is_made(told: Cli) -> None:
    new = told.path.with_name("saved.db")
    assert told("salvage", str(new)).code == 0
    assert told("list", "--db", str(new), "--json").json[0]["entries"] == 4


def test_a_log_without_its_journal(told: Cli) -> None:
    keeper = sqlite3.connect(told.path)
    keeper.execute("SELECT * FROM events").fetchall()
    told.log("in the log")
    log = told.path.with_name("journal.db-wal").read_bytes()
    keeper.close()
    lost = told.path.with_name("lost.db")
    lost.with_name("lost.db-wal").write_bytes(log)
    result = told("salvage", str(lost), str(told.path.with_name("new.db")))
    assert result.code in (0, 1)
    assert "in the log" in told("timeline", "-i", "INC-7", "--db", str(told.path.with_name("new.db"))).out
    link = told.path.with_name("link.db")
    link.symlink_to(lost)
    assert told("salvage", str(link), str(told.path.with_name("other.db"))).code == result.code


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["nowhere.db", "new.db"], 3, "there is nothing at nowhere.db"),
        (["a-folder"], 3, "a-folder is no file"),
        (["notes.txt"], 3, "nothing of a journal can be read in notes.txt"),
        (["notes.txt", "new.db", "-o", "other.db"], 2, "two names for the new journal"),
    ],
)
def test_what_is_no_journal(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "notes.txt").write_text("notes\n" * 1000)
    before = sorted(tmp_path.iterdir())
    result = cli("salvage", *argv)
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert sorted(tmp_path.iterdir()) == before


def test_without_anything_to_read(cli: Cli, tmp_path: Path) -> None:
    result = cli("salvage", str(tmp_path / "new.db"))
    assert result.code == 3
    assert "there is nothing at" in result.err
