from __future__ import annotations

from pathlib import Path

import pytest

from scribe.config import Config, ConfigError, load
from scribe.config.backup import Backups, folder_of


def read(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_table_is_read(tmp_path: Path, home: Path) -> None:
    assert read(tmp_path, '[backup]\nfolder = "/mnt/b"\nkeep = 9\nevery = "1h"\n').backup == Backups(
        Path("/mnt/b"), 9, 3600
    )
    assert read(tmp_path, "[backup]\nkeep = 0\n").backup == Backups(None, 0, 600)
    relative = read(tmp_path, '[backup]\nfolder = "copies"\n').backup
    at_home = read(tmp_path, '[backup]\nfolder = "~/copies"\n').backup
    assert relative is not None
    assert relative.folder == tmp_path / "copies"  # beside the file that says so
    assert at_home is not None
    assert at_home.folder == home / "copies"


def test_the_defaults_are_no_table_of_ones_own(tmp_path: Path) -> None:
    assert read(tmp_path, "").backup is None
    assert read(tmp_path, '[backup]\nkeep = 5\nevery = "10m"\n').backup is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[backup]\nkept = 3\n", "backup.kept: unknown key; did you mean keep?"),
        ("backup = 3\n", "backup: wants a table, not a number"),
        ("[backup]\nkeep = -1\n", "backup.keep: -1 is no such number; from 0 (none are made) to 1000"),
        ("[backup]\nkeep = true\n", "backup.keep: True is no such number"),
        ('[backup]\nkeep = "all"\n', "backup.keep: 'all' is no such number"),
        ('[backup]\nevery = "soon"\n', "backup.every: 'soon' is no duration"),
        ("[backup]\nevery = 0\n", "backup.every: 0 is out of bounds"),
        ("[backup]\nfolder = 3\n", "backup.folder: wants text, not a number"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, text)
    assert said in f"{error.value.message}; {error.value.hint}"


def test_each_journal_has_a_folder_of_its_own(tmp_path: Path, home: Path) -> None:
    one, other = tmp_path / "one" / "journal.db", tmp_path / "other" / "journal.db"
    folders = {folder_of(Backups(), path) for path in (one, other)}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {home / "data" / "scribe" / "backups"}
    assert all(folder.name.startswith("journal-") for folder in folders)
    assert folder_of(Backups(folder=tmp_path), one).parent == tmp_path
    one.parent.mkdir()
    for name in ("journal.db", "another name.db"):
        link = tmp_path / name
        link.symlink_to(one)
        assert folder_of(Backups(), link) == folder_of(Backups(), one)
