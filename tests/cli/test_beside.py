"""Documents as files: what a disk says that takes none, and what is left there then."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from scribe.cli import beside
from scribe.record.errors import ScribeError
from tests.cli.conftest import Cli

REFUSING = [
    (errno.ENOSPC, "free some space, or write to another disk"),
    (errno.EDQUOT, "free some space, or write to another disk"),
    (errno.EFBIG, "raise the limit with ulimit -f, and try again"),
    (errno.EROFS, "remount it, or write to another disk"),
    (errno.EIO, "write to another disk, and look at the system's log: this one may be failing"),
]


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Documents get no further than to being synced."""

    def sync(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", sync)


@pytest.mark.parametrize(("number", "hint"), REFUSING, ids=[errno.errorcode[number] for number, _ in REFUSING])
def test_a_disk_that_takes_nothing_more_is_no_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    there = tmp_path / "there.md"
    there.write_text("mine")
    refuse(monkeypatch, number)
    for path, force in ((tmp_path / "new.md", False), (there, True)):
        with pytest.raises(ScribeError) as refused:
            beside.write(path, "words", force=force)
        assert refused.value.message == f"cannot write {path}: {os.strerror(number)}"
        assert (refused.value.hint, refused.value.exit_code) == (hint, 3)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("there.md", "mine")]


def test_a_name_where_nothing_can_be_written_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(ScribeError) as refused:
        beside.write(tmp_path / "nowhere" / "new.md", "words")
    assert (refused.value.hint, refused.value.exit_code) == ("name another file", 2)


def test_every_command_that_writes_a_file_says_it_alike(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.new()
    refuse(monkeypatch, errno.ENOSPC)
    file = str(cli.path.with_name("x"))
    for argv in (("export", "--draft", "-o", file), ("bundle", file), ("actions", "--format", "csv", "-o", file)):
        result = cli(*argv)
        assert (result.code, result.out) == (3, "")
        assert result.err == (
            f"scribe: cannot write {file}: No space left on device\nfree some space, or write to another disk\n"
        )


def test_where_a_device_is_what_stands_for_standard_output_is_said(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ScribeError) as refused:
        beside.write(pipe, "words", force=True)
    assert (refused.value.hint, refused.value.exit_code) == ("name a file; - is standard output", 2)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_the_search_for_a_free_name_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "lexists", lambda _: True)
    with pytest.raises(ScribeError, match=r"holds a thousand files called INC-7\.md"):
        beside.saves_beside(tmp_path)("INC-7.md", "words")
