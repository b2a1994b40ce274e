"""Documents and copies as files: whole or not at all, never over another, each under a name that is free."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scribe.journal import placing as places
from scribe.record.errors import ScribeError
from scribe.record.naming import file_name

_HINTS = (
    "give another name, or --force to replace it",
    "name a file; - is standard output",
    "name another file",
)

_NO_ROOM = "free some space, or write to another disk"
_FAILING = "write to another disk, and look at the system's log: this one may be failing"
_DISK = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: "raise the limit with ulimit -f, and try again",
    errno.EROFS: "remount it, or write to another disk",
    errno.EIO: _FAILING,
}
"""What to do where the disk refuses, and not the name: another name there would help nobody."""


class Unwritable(ScribeError):
    """The disk takes no document: it is full, fails, or may only be read."""

    exit_code = 3


def saves_beside(folder: Path) -> Callable[[str, str], Path]:
    """Writes a text under a name into that folder; where it is taken, under the next one that is free.

    The name may hold what people typed: it becomes one that is safe, and never leads out of the folder.
    """

    def save(name: str, text: str) -> Path:
        stem, dot, ending = name.rpartition(".")
        wanted = folder / (file_name(stem, dot + ending) if dot else file_name(name))
        for turn in range(1, 1000):
            path = wanted if turn == 1 else wanted.with_stem(f"{wanted.stem}-{turn}")
            if not os.path.lexists(path):
                write(path, text)
                return path
        raise ScribeError(f"{folder} holds a thousand files called {name}", "move some of them away")

    return save


def write(path: Path, document: str | bytes, *, force: bool = False) -> None:
    """Put the document there whole or not at all, readable by its owner alone; raises what `placing` does."""
    with placing(path, force=force) as beside:
        beside.write_bytes(document.encode() if isinstance(document, str) else document)


@contextmanager
def placing(
    path: Path,
    *,
    force: bool = False,
    hints: tuple[str, str, str] = _HINTS,
) -> Iterator[Path]:
    """An empty file for its owner alone, beside that place and moved there, whole and synced, behind the block.

    No link is followed, and nobody reads half of it. Raises Unwritable where the disk refuses, ScribeError when there
    is a file already and it was not said to replace it, and where no file can be; ``hints`` say what to do about one
    that is there, about a device, and about all the rest.
    """
    from secrets import token_hex

    taken = ScribeError(f"{path} exists already", hints[0])
    kind = _kind(path)
    if kind and path.is_dir():
        raise ScribeError(f"{path} is a folder", "name a file in it")
    if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
        # Whoever may write to its folder would put a file in the place of a device.
        raise ScribeError(f"{path} is a device or a pipe, and no file", hints[1])
    if kind and not force:
        raise taken
    beside = path.with_name(f".{file_name(path.name)}.{token_hex(4)}")
    try:
        # Open before anything is written: a fault that the system finds while writing is told when it is synced here.
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.fchmod(handle, 0o600)
            yield beside
            os.fsync(handle)
            places.move(beside, path, force=force)
        finally:
            os.close(handle)
            beside.unlink(missing_ok=True)
        places.sync(path.parent)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        if error.errno in _DISK:
            raise Unwritable(f"cannot write {path}: {error.strerror}", _DISK[error.errno]) from None
        raise ScribeError(f"cannot write {path}: {error.strerror or error}", hints[2]) from None


@contextmanager
def placing_journal(path: Path, *, force: bool | None = None) -> Iterator[Path]:
    """As `placing`, for a database: nothing of another one may lie beside it, and nothing of its making stays.

    ``force`` is None where there is nothing to be said that replaces a file.
    """
    if not path.name:  # "", "." or "/": nothing can lie beside it
        raise ScribeError(f"{path} is a folder", "name a file in it")
    places.has_room(path)
    taken = _HINTS[0] if force is not None else "give another name: nothing is replaced"
    with placing(path, force=bool(force), hints=(taken, "name a file", "name another file")) as making:
        try:
            with places.naming(path, making):
                yield making
        except BaseException:
            places.tidy(making)
            raise


def _kind(path: Path) -> int:
    """What stands there, by `stat.S_IFMT`; 0 for nothing, or for what nothing can be found out of."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return 0
