"""The person's own editor: whatever goes wrong with it is said, and no file of it is left."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from scribe.record.errors import Refused
from scribe.ui import external


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "sh ended with 3"),
        ('rm "$1"', "the editor left no text: No such file or directory"),
        ('rm "$1"; ln -s /etc/hostname "$1"', "the editor left no text: Too many levels of symbolic links"),
        ('rm "$1"; mkfifo "$1"', "the editor left no text but something else"),
        (r"""printf '\377' > "$1" """, "the editor left bytes that are no UTF-8 text"),
    ],
)
def test_what_an_editor_leaves_that_is_no_text_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Refused) as refused:
        external.edited("It broke.", "summary", ["sh", "-c", script, "sh"])
    assert (refused.value.message, refused.value.hint) == (message, "the text stays as it was")
    assert list(tmp_path.iterdir()) == []


def test_an_editor_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Refused) as refused:
        external.edited("It broke.", "summary", ["/nowhere/vim"])
    assert refused.value.message == "vim could not be started: No such file or directory"
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_an_editor_that_is_no_command_is_said() -> None:
    with pytest.raises(Refused, match=r"\$EDITOR cannot be read: No closing quotation"):
        external.command({"EDITOR": "vim 'x"})
