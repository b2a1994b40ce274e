"""A title that is typed and not declared: kept, masked, or said not to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.journal import identity
from scribe.record import secrets
from scribe.recorder import Incidents
from scribe.ui.titles import KeptTitles
from tests.fakes.desk import Desk
from tests.fakes.raw import raw
from tests.fakes.secrets import pasted, unseen

TOKEN = next(one.secret for one in pasted() if one.kind == "a GitHub token")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal.db")


@pytest.fixture
def titles(desk: Desk) -> KeptTitles:
    return KeptTitles(Incidents(desk.journal, me="sam", policy=desk.recorder.policy), desk.clock)


def kept(desk: Desk) -> list[str]:
    with raw(desk.journal.path) as other:
        return [text for (text,) in other.execute("SELECT text FROM drafts")]


def test_a_secret_in_a_title_is_masked_before_it_is_kept(titles: KeptTitles, desk: Desk) -> None:
    assert titles.keep(f"{TOKEN} leaked")
    assert kept(desk) == ["‹GitHub-token-masked› leaked"]


def test_a_title_that_may_hold_a_secret_is_not_said_to_be_kept_while_nothing_can_tell(
    titles: KeptTitles, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_plugins", unseen)
    assert not titles.keep(f"{TOKEN} leaked")
    assert kept(desk) == []
    assert titles.keep("a token leaked")


def test_a_title_waits_for_a_locked_journal(titles: KeptTitles, desk: Desk) -> None:
    with raw(desk.journal.path) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not titles.keep("checkout fails")
        assert titles.left() is None
        other.execute("ROLLBACK")
    assert titles.keep("checkout fails")
    assert titles.left() == ""


def test_an_older_title_waits_in_the_file_until_the_newer_is_done_with(titles: KeptTitles, desk: Desk) -> None:
    with raw(desk.journal.path) as other:
        for number, title in enumerate(("Title of one", "Title of two")):
            process, began = f"{identity.machine()}:99999999{number}:1", f"2026-11-20T11:0{number}:00.000Z"
            other.execute("INSERT INTO drafts VALUES ('', 'declare', ?, ?, ?)", (process, title, began))
    assert titles.left() == "Title of two"
    assert sorted(kept(desk)) == ["Title of one", "Title of two"]
    titles.keep("")
    again = KeptTitles(Incidents(desk.journal, me="sam", policy=desk.recorder.policy), desk.clock)
    assert again.left() == "Title of one"
