from __future__ import annotations

import os
from pathlib import Path

import pytest

from scribe.cli import screen
from scribe.cli.backup import copy_at_leaving, makes_copies, rolling_of
from scribe.cli.session import Session
from scribe.journal.store import Journal
from tests.cli.conftest import Cli
from tests.cli.test_verify import tamper

NOTE = "A head noted elsewhere shows later whether anything was cut off: scribe verify --against HEAD"


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--id", "INC-7")
    cli.log("one", "? two", "/amend #2 uno")
    return cli


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "copy.db"


def head_of(cli: Cli) -> str:
    return str(cli("status", "--json").json["head"])


def rolled(home: Path) -> list[Path]:
    return sorted((home / "data" / "scribe" / "backups").glob("*/*.db"))


def test_a_copy_says_what_it_holds_and_is_a_journal(told: Cli, into: Path) -> None:
    head = head_of(told)
    result = told("backup", str(into))
    assert (result.code, result.err, result.lines) == (
        0,
        "",
        [f"written to {into}: 1 incident, 3 entries", f"INC-7 ok  3 entries, head {head}", NOTE],
    )
    assert into.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in into.parent.glob(".*")] == []
    assert told("timeline", "--db", str(into)).out == told("timeline").out
    assert told("verify", "--db", str(into), "--against", head).code == 0
    assert told("log", "--db", str(into), "and on").code == 0


def test_as_json(told: Cli, into: Path) -> None:
    head = head_of(told)
    assert told("backup", str(into), "--json").json == {
        "file": str(into),
        "entries": 3,
        "incidents": [{"incident": "INC-7", "entries": 3, "head": head, "ok": True}],
        "ok": True,
    }


def test_nothing_is_replaced_unless_it_is_said(told: Cli, into: Path) -> None:
    into.write_text("mine")
    result = told("backup", str(into))
    assert (result.code, result.err) == (
        2,
        f"scribe: {into} exists already\ngive another name, or --force to replace it\n",
    )
    assert into.read_text() == "mine"
    assert told("backup", str(into), "--force").code == 0
    assert told("verify", "--db", str(into)).code == 0


def test_no_link_is_followed(told: Cli, into: Path) -> None:
    other = into.with_name("other")
    other.write_text("mine")
    into.symlink_to(other)
    assert told("backup", str(into)).code == 2
    assert told("backup", str(into), "--force").code == 0
    assert other.read_text() == "mine"
    assert not into.is_symlink()


def test_what_is_no_place_for_a_copy(told: Cli, into: Path) -> None:
    before = told.path.read_bytes()
    pipe = into.with_name("pipe")
    os.mkfifo(pipe)
    log = into.with_name("left.db-wal")
    log.write_text("mine")
    for name, said in (
        (told.path, "is the journal itself"),
        (into.parent, "is a folder"),
        (pipe, "is a device or a pipe"),
        (into.with_name("left.db"), "left.db-wal lies there, a part of another journal"),
        (into.parent / "nowhere" / "copy.db", "cannot write"),
    ):
        result = told("backup", str(name), "--force")
        assert (result.code, result.out) == (2, ""), name
        assert said in result.err
    assert (told.path.read_bytes(), log.read_text()) == (before, "mine")


def test_a_broken_record_is_copied_as_it_is_and_said(told: Cli, into: Path) -> None:
    tamper(told.path, "UPDATE events SET text = 'other' WHERE seq = 2")
    result = told("backup", str(into))
    assert result.code == 1
    assert result.lines[1].startswith("INC-7 BROKEN at #2 (")
    assert result.lines[1].endswith("as in the journal: its words were altered")
    assert into.exists()


def test_without_a_journal(cli: Cli, into: Path) -> None:
    assert cli("backup", str(into)).code == 3
    assert not into.exists()


# ── rolling ones ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_file_it_is_a_rolling_one(told: Cli, home: Path) -> None:
    for _ in range(6):
        told.clock.advance(1)
        assert told("backup").code == 0
    told.clock.advance(1)
    result = told("backup")
    assert len(rolled(home)) == 5
    assert result.lines[0] == f"written to {rolled(home)[-1]}: 1 incident, 3 entries"
    assert rolled(home)[-1].parent.name.startswith("journal-")


def test_where_and_how_many_is_the_configs(told: Cli, tmp_path: Path, home: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[backup]\nfolder = "copies"\nkeep = 2\n')
    for _ in range(3):
        told.clock.advance(1)
        assert told("--config", str(config), "backup").code == 0
    assert len(list((tmp_path / "copies").glob("*/*.db"))) == 2
    assert not rolled(home)
    config.write_text("[backup]\nkeep = 0\n")
    result = told("--config", str(config), "backup")
    assert (result.code, result.err) == (
        2,
        "scribe: the config wants no rolling backups: [backup] keep = 0\nname a file: scribe backup FILE\n",
    )


def test_the_screen_makes_one_when_it_is_due_and_one_more_when_it_is_left(told: Cli, home: Path) -> None:
    session = Session(told.clock)
    make = makes_copies(session)
    assert make is not None
    make(lambda: False)
    assert len(rolled(home)) == 1
    told.log("more")
    make(lambda: False)
    assert len(rolled(home)) == 1  # ten minutes have not passed
    journal = Journal.writing(told.path, told.clock, wait=0.0)
    copy_at_leaving(session, journal)
    copy_at_leaving(session, journal)  # nothing was recorded since
    journal.close()
    assert len(rolled(home)) == 2
    assert told("timeline", "--db", str(rolled(home)[-1])).out == told("timeline").out


def test_how_often_the_screen_makes_one_is_the_configs(told: Cli, tmp_path: Path, home: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[backup]\nevery = "2m"\n')
    session = Session(told.clock)
    session.options["config"] = str(config)
    make = makes_copies(session)
    assert make is not None
    for seconds, made in ((0, 1), (60, 1), (30, 2)):
        told.log("more")
        told.clock.advance(seconds)
        make(lambda: False)
        assert len(rolled(home)) == made


def test_leaving_waits_for_no_long_copy_and_for_no_fault(
    told: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(told.clock)
    journal = Journal.writing(told.path, told.clock, wait=0.0)
    with monkeypatch.context() as patch:
        patch.setattr("scribe.cli.backup.LEAVING", -1.0)
        copy_at_leaving(session, journal)
    assert rolled(home) == []
    folder = rolling_of(session)[0].folder
    folder.joinpath(".lock").unlink()
    folder.rmdir()
    folder.write_text("in the way")
    copy_at_leaving(session, journal)
    journal.close()


def test_the_config_may_want_none(told: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[backup]\nkeep = 0\n")
    session = Session(told.clock)
    session.options["config"] = str(config)
    assert makes_copies(session) is None


@pytest.mark.parametrize(("argv", "made"), [(["open"], 1), (["demo"], 0)])
def test_a_demo_makes_none(told: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], made: int) -> None:
    given = []

    def run(*_: object, copies: object = None, **__: object) -> int:
        given.append(copies)
        return 0

    monkeypatch.setattr(screen, "_need_terminal", lambda: None)
    monkeypatch.setattr("scribe.ui.app.run", run)
    assert told(*argv).code == 0
    assert [copies is not None for copies in given] == [bool(made)]
    assert len(rolled(home)) == made
