from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from scribe.cli.beside import saves_beside, write
from scribe.cli.export import writes_beside
from scribe.live.policy import DEFAULT
from scribe.record.errors import ScribeError
from scribe.recorder import Recorder
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("5xx at 12%", "! roll back")
    return cli


def test_to_standard_output(told: Cli) -> None:
    result = told("export")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# ")
    assert "Checkout fails" in result.out
    assert "DRAFT" in result.out
    assert told("export", "-o", "-").out == result.out


def test_one_that_is_over_is_a_draft_only_when_asked(told: Cli) -> None:
    told.log("/state resolved")
    assert "DRAFT" not in told("export", "-i", "INC-7").out
    assert "DRAFT" in told("export", "-i", "INC-7", "--draft").out.upper()


def test_templates_differ(told: Cli) -> None:
    assert told("export", "--template", "classic").out != told("export", "--template", "layered").out
    assert told("export", "--template", "grand").code == 2


def test_into_a_file_for_its_owner_alone(told: Cli, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        result = told("export", "-o", str(tmp_path / "pm.md"))
    finally:
        os.umask(before)
    assert (result.code, result.out) == (0, f"written to {tmp_path / 'pm.md'}\n")
    assert (tmp_path / "pm.md").read_text() == told("export").out
    assert stat.S_IMODE((tmp_path / "pm.md").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pm.md"]


def test_nothing_is_replaced_unless_asked(told: Cli, tmp_path: Path) -> None:
    place = tmp_path / "pm.md"
    place.write_text("mine")
    result = told("export", "-o", str(place))
    assert (result.code, place.read_text()) == (2, "mine")
    assert result.err.endswith("give another name, or --force to replace it\n")
    assert told("export", "-o", str(place), "--force").code == 0
    assert place.read_text().startswith("# ")


def test_no_link_is_followed(told: Cli, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link.md"
    target.write_text("mine")
    link.symlink_to(target)
    assert told("export", "-o", str(link)).code == 2
    assert told("export", "-o", str(link), "--force").code == 0
    assert target.read_text() == "mine"
    assert not link.is_symlink()
    dangling = tmp_path / "dangling.md"
    dangling.symlink_to(tmp_path / "nowhere")
    assert told("export", "-o", str(dangling)).code == 2
    assert not (tmp_path / "nowhere").exists()


def test_a_place_that_cannot_be_written(told: Cli, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "folder.md", Path("/proc/version/x.md")):
        result = told("export", "-o", str(place))
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("scribe: ")


def test_two_that_write_the_same_name_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "pm.md"
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        place.write_text("the other's")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(ScribeError, match="exists already"):
        write(place, "ours")
    assert place.read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["pm.md"]


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write(tmp_path / "pm.md", "ours")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("pm.md", "ours")]
    with pytest.raises(ScribeError, match="exists already"):
        write(tmp_path / "pm.md", "again")


def test_the_screen_never_writes_over_a_file(told: Cli, tmp_path: Path) -> None:
    from datetime import UTC

    from scribe.journal.store import Journal

    journal = Journal.reading(told.path, told.clock)
    state = Recorder(journal, "INC-7", me="sam", policy=DEFAULT).load()
    journal.close()
    export = writes_beside(saves_beside(tmp_path), UTC, DEFAULT)
    assert [export(state).name for _ in range(3)] == ["INC-7.md", "INC-7-2.md", "INC-7-3.md"]


# ── restricted entries ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(told: Cli) -> Cli:
    told.log("/security", "/security legal: the regulator has to be told", "/restrict key 77 is on a paste site")
    return told


@pytest.mark.parametrize("template", ["layered", "classic"])
def test_restricted_entries_are_withheld_and_named(guarded: Cli, template: str) -> None:
    out = guarded("export", "--template", template).out
    assert "> 2 restricted entries withheld: #4, #5." in out
    assert "> **Security incident**" in out
    assert "regulator" not in out
    assert "key 77" not in out


@pytest.mark.parametrize("template", ["layered", "classic"])
def test_asked_for_by_name_they_are_in_it_and_it_says_so(guarded: Cli, template: str) -> None:
    out = guarded("export", "--template", template, "--include-restricted").out
    assert "> **Contains restricted entries** – need to know, not to be passed on: #4, #5." in out
    assert "legal conclusion: the regulator has to be told *(restricted)*" in out
    assert "key 77 is on a paste site *(restricted)*" in out


def test_what_was_written_to_a_file_is_said_with_what_it_withholds(guarded: Cli, tmp_path: Path) -> None:
    place = str(tmp_path / "pm.md")
    assert guarded("export", "-o", place).out == f"written to {place}; 2 restricted entries withheld: #4, #5\n"
    assert guarded("export", "-o", place, "--force", "--include-restricted").out == f"written to {place}\n"


def test_the_screen_exports_without_them(guarded: Cli, tmp_path: Path) -> None:
    from datetime import UTC

    from scribe.journal.store import Journal

    journal = Journal.reading(guarded.path, guarded.clock)
    state = Recorder(journal, "INC-7", me="sam", policy=DEFAULT).load()
    journal.close()
    written = writes_beside(saves_beside(tmp_path), UTC, DEFAULT)(state).read_text()
    assert "key 77" not in written
    assert "2 restricted entries withheld" in written


def test_a_role_of_the_teams_own_has_its_title(told: Cli, home: Path) -> None:
    place = home / "config" / "scribe" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[roles.own.support]\nlabel = "Support"\ntitle = "Customer support"\n')
    told.log("/role support @zoe")
    assert "| Customer support " in told("export").out
