"""Where an open journal lies, and whether it still lies there: what is written into a file of no name is lost."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from scribe.record.errors import Gone, JournalError

PARTS = ("-wal", "-journal", "-shm")
"""What SQLite keeps beside the file, while it is open or behind a crash."""

_LOCKS = Path("/proc/locks")
_OPEN = Path("/proc/self/fd")

Identity = tuple[int, int]
"""Device and inode."""


class Place:
    """The file that a connection has open, as its path named it then. To be made just behind the connection.

    SQLite says nothing when the file is renamed, deleted or replaced: it goes on writing where nobody looks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        found = path.stat()
        self.identity: Identity = (found.st_dev, found.st_ino)
        self._changed = (found.st_mtime_ns, found.st_size)
        self._beside: dict[Path, Identity] = {}
        self._was_away = False

    def watch_log(self) -> None:
        """The connection has its write-ahead log open from now on: that is part of the journal, too."""
        for end in ("-wal", "-shm"):
            file = beside(self.path, end)
            found = identity_of(file)
            if found is not None:
                self._beside[file] = found

    def check(self) -> None:
        """Whether the path still names the open file; two microseconds a file.

        Raises Gone, and JournalError when that cannot be found out.
        """
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._was_away = True
            raise Gone(
                f"{self.path} was moved or deleted while scribe had it open",
                "put it back, and scribe goes on; or keep what it held: /backup FILE",
                "the journal was moved or deleted. Put it back, or /backup FILE",
            ) from None
        except OSError as error:
            raise JournalError(
                f"{self.path} cannot be reached: {error.strerror or error}",
                "scribe goes on when the file system answers; or keep what it held: /backup FILE",
            ) from error
        if (found.st_dev, found.st_ino) != self.identity:
            self._was_away = True
            raise Gone(
                f"{self.path} is another file now: it was replaced while scribe had it open",
                "leave and open scribe again; what the first one held: /backup FILE",
                "the journal is another file now. Leave and open scribe again",
            )
        changed = (found.st_mtime_ns, found.st_size)
        if self._beside and not found.st_size and self._changed[1]:  # without a log it is SQLite that takes back all
            raise Gone(
                f"{self.path} was emptied by another program while scribe had it open",
                "what it held: /backup FILE, or scribe salvage; then leave, and put a backup back",
                "the journal was emptied by another program. /backup FILE",
            )
        if self._was_away and changed != self._changed:
            raise Gone(
                f"{self.path} is back, but was changed elsewhere meanwhile",
                "leave and open scribe again",
                "the journal was changed elsewhere. Leave and open scribe again",
            )
        self._changed, self._was_away = changed, False
        for name, identity in self._beside.items():
            if identity_of(name) != identity:
                raise Gone(
                    f"{name}, a part of the open journal, was moved, deleted or replaced",
                    "leave and open scribe again: what it held was moved into the journal",
                    f"{name.name} was moved or deleted. Leave and open scribe again",
                )

    def wrote(self) -> None:
        """This process wrote into the file: that is no change by others."""
        with suppress(OSError):
            found = self.path.stat()
            if (found.st_dev, found.st_ino) == self.identity:
                self._changed = (found.st_mtime_ns, found.st_size)

    def is_untouched(self) -> bool:
        """Whether the open file is as it was when its path named it last, and nobody else holds it.

        Then what the write-ahead log still holds may be moved into it, wherever the file is now.
        """
        found = self._open_status()
        same = found is not None and (found.st_mtime_ns, found.st_size) == self._changed
        return same and holders(self.identity) <= {os.getpid()}

    def was_moved_into(self) -> None:
        """What the log held was moved into the file: that is no change by others."""
        found = self._open_status()
        if found is not None:
            self._changed = (found.st_mtime_ns, found.st_size)

    def _open_status(self) -> os.stat_result | None:
        """Of the open file, whatever its name is now; None where the system does not list what is open."""
        with suppress(OSError):
            for file in _OPEN.iterdir():
                with suppress(OSError):  # it was closed meanwhile
                    found = file.stat()
                    if (found.st_dev, found.st_ino) == self.identity:
                        return found
        return None


def beside(path: Path, end: str) -> Path:
    """A file that SQLite keeps beside the journal: where that is a link, beside what it points at."""
    return Path((os.path.realpath(path) if path.is_symlink() else str(path)) + end)


def identity_of(path: Path) -> Identity | None:
    """The device and inode of a file; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def holders(identity: Identity) -> set[int]:
    """The processes that hold a lock on a file, as far as the system says.

    The file is not opened for it: closing it again would take away the locks that SQLite holds in this process.
    """
    try:
        lines = _LOCKS.read_bytes().splitlines()
    except OSError:
        return set()
    ending = b":%d" % identity[1]
    return {int(fields[-4]) for fields in map(bytes.split, lines) if len(fields) > 7 and fields[-3].endswith(ending)}


def is_held(path: Path) -> bool:
    """Whether a process has the journal open; so far as the system says, else whether it looks like it."""
    shared = beside(path, "-shm")
    if not _LOCKS.exists():
        return shared.exists()
    return any(holders(found) for found in (identity_of(path), identity_of(shared)) if found is not None)
