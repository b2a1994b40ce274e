"""Documents as files: whole or not at all, never over another, each under a name that is free."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from scribe.record.errors import ScribeError


def saves_beside(folder: Path) -> Callable[[str, str], Path]:
    """Writes a text under a name into that folder; where it is taken, under the next one that is free."""

    def save(name: str, text: str) -> Path:
        wanted = folder / name
        for turn in range(1, 1000):
            path = wanted if turn == 1 else wanted.with_stem(f"{wanted.stem}-{turn}")
            if not os.path.lexists(path):
                write(path, text)
                return path
        raise ScribeError(f"{folder} holds a thousand files called {name}", "move some of them away")

    return save


def write(path: Path, document: str, *, force: bool = False) -> None:
    """Put the document there whole or not at all, readable by its owner alone.

    It is written beside its place and moved there, so that no link is followed and nobody reads half of it.
    Raises ScribeError when there is a file already and it was not said to replace it.
    """
    from secrets import token_hex

    taken = ScribeError(f"{path} exists already", "give another name, or --force to replace it")
    kind = _kind(path)
    if kind and path.is_dir():
        raise ScribeError(f"{path} is a folder", "name a file in it")
    if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
        # Whoever may write to its folder would put a file in the place of a device.
        raise ScribeError(f"{path} is a device or a pipe, and no file", "without -o it goes to standard output")
    if kind and not force:
        raise taken
    beside = path.with_name(f".{path.name[:80]}.{token_hex(4)}")
    try:
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(document.encode())
                file.flush()
                os.fsync(file.fileno())
            _move(beside, path, force=force)
        finally:
            beside.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise ScribeError(f"cannot write {path}: {error.strerror or error}", "name another file with -o") from None


def _kind(path: Path) -> int:
    """What stands there, by `stat.S_IFMT`; 0 for nothing, or for what nothing can be found out of."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return 0


def _move(beside: Path, path: Path, *, force: bool) -> None:
    """Put the file in its place; without ``force`` only if nobody has put one there in the meantime."""
    if force:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError from None
        beside.rename(path)
