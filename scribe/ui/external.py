"""A text through the person's own editor ($VISUAL, $EDITOR), in a file that is theirs alone and goes again."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import FrameType

from scribe.record.errors import Refused
from scribe.record.text import MAX_BYTES, normalise, visible


def command(environment: Mapping[str, str]) -> list[str]:
    """The editor and its arguments. Raises Refused when none is named, or it cannot be read as a command."""
    named = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise Refused(f"$EDITOR cannot be read: {error}", "like: export EDITOR=vim") from error
    if not words:
        raise Refused("no editor is named", "like: export EDITOR=vim")
    return words


def edited(text: str, name: str, editor: list[str]) -> str:
    """The text as the editor left it; it has the terminal meanwhile. Raises Refused when nothing usable came back.

    The folder (0700) and the file (0600) are this process's alone, and both are gone afterwards, whatever the editor
    left in them. Where a signal ended the two, the text is what was saved by then, and what the editor put beside it to
    be recovered from stays.
    """
    folder = Path(mkdtemp(prefix="scribe-"))
    path = folder / f"{name}.md"
    told: list[int] = []
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(f"{text}\n" if text else "")
        try:
            ended = _run([*editor, str(path)], told)
        except OSError as error:
            raise Refused(
                f"{Path(editor[0]).name} could not be started: {error.strerror or error}", "see $EDITOR"
            ) from error
        if ended and not told:
            raise Refused(f"{Path(editor[0]).name} ended with {ended}", "the text stays as it was")
        return _read(path)
    finally:
        _clear(folder, path, keep_others=bool(told))


def _clear(folder: Path, path: Path, *, keep_others: bool) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        others = list(folder.iterdir())
        if not others or not keep_others:
            rmtree(folder, ignore_errors=True)
        else:
            sys.stderr.write(f"scribe: what the editor had not saved may be in {visible(str(others[0]))}\n")


def _run(command: list[str], told: list[int]) -> int:
    """Run the editor; what asks this process to end asks the editor first, which holds the text, and is ``told``."""
    children: list[subprocess.Popen[bytes]] = []

    def passed_on(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # how Python calls it
        told.append(number)
        for child in children:
            child.send_signal(number)

    handlers = {signal.SIGINT: _unheard, signal.SIGTERM: passed_on, signal.SIGHUP: passed_on}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        # The person's own choice of a program, run without a shell.
        children.append(subprocess.Popen(command))  # noqa: S603
        return children[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unheard(number: int, frame: FrameType | None) -> None:
    """^C while an editor has the terminal is the editor's; that a handler is set, unlike "ignore", is not inherited."""


def _read(path: Path) -> str:
    """What stands in the file now, if it still is one: an editor may have put anything in its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused(f"the editor left no text: {error.strerror or error}", "the text stays as it was") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused("the editor left no text but something else", "the text stays as it was")
        stored = file.read(MAX_BYTES + 1)
    if len(stored) > MAX_BYTES:
        raise Refused("a section holds at most 64 KiB", "the text stays as it was")
    try:
        return normalise(stored.decode("utf-8")).strip("\n")
    except UnicodeDecodeError as error:
        raise Refused("the editor left bytes that are no UTF-8 text", "the text stays as it was") from error
