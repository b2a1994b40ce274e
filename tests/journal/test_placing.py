from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal.placing import make_folder, sync
from scribe.journal.store import Journal
from tests.fakes.desk import NOON


def faulty(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Folders are synced no more, for that reason."""
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF])
def test_a_file_system_that_syncs_no_folders_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    faulty(monkeypatch, number)
    sync(tmp_path)
    Journal.writing(tmp_path / "j.db", FixedClock(NOON), wait=0.0).close()


def test_a_disk_that_fails_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        sync(tmp_path)


def test_a_folder_that_may_not_be_read_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, flags: int) -> int:
        raise PermissionError(errno.EACCES, f"Permission denied: {path} {flags}")

    monkeypatch.setattr(os, "open", refused)
    sync(tmp_path)


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_folders_that_are_made_are_their_owners_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        made = make_folder(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert made == [tmp_path / "a" / "b", tmp_path / "a"]
    assert {folder.stat().st_mode & 0o777 for folder in made} == {0o700}
    assert make_folder(tmp_path / "a" / "b") == []
