"""How a file that was made beside its place gets there: whole, synced, and over no other that was not to go."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scribe.journal.place import PARTS
from scribe.record.errors import JournalError, Refused

_UNSYNCED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES})
"""What a file system says that syncs no folders, and one of a folder that may be written and not be read."""


def move(making: Path, path: Path, *, force: bool = False) -> None:
    """Put the file in its place; without ``force`` only if nobody has put one there in the meantime.

    Raises FileExistsError, and what the system says. ``making`` may still be there, too.
    """
    if force:
        making.replace(path)
        return
    try:
        path.hardlink_to(making)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError from None
        making.rename(path)


def make_folder(path: Path) -> list[Path]:
    """The folder, and those above it that there are not yet, for their owner alone; returns those that were made.

    Whatever the umask takes away or leaves open, they are 0700. Raises OSError.
    """
    lacking = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(lacking):
        folder.mkdir(0o700, exist_ok=True)
        folder.chmod(0o700)
    return lacking


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk, as far as that can be done for a folder there. Raises OSError."""
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _UNSYNCED:
            raise


def has_room(path: Path) -> None:
    """Raises Refused where a part of another database lies, which SQLite would take for the new file's own."""
    for end in PARTS:
        part = path.with_name(f"{path.name}{end}")
        if os.path.lexists(part):
            raise Refused(f"{part} lies there, a part of another journal", "give another name, or move it away")


def tidy(making: Path) -> None:
    """Remove what was made, and what SQLite put beside it."""
    for end in ("", *PARTS):
        making.with_name(f"{making.name}{end}").unlink(missing_ok=True)


@contextmanager
def naming(path: Path, making: Path) -> Iterator[None]:
    """What is said of the file in which something is made names the place that it is for."""
    try:
        yield
    except JournalError as error:
        error.message = error.message.replace(str(making), str(path))
        raise
