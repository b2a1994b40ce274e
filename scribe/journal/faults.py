"""What SQLite says when a file cannot be used, in the words of a person."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scribe.journal.place import PARTS, beside
from scribe.record.errors import Busy, Corrupt, Full, JournalError, ReadOnly

ANOTHER = "name another with --db or SCRIBE_DB"

_ROOM = "nothing was written; free some space and try again"
_NO_TEXT = "what should be text is none"
_UNDECODED = "Could not decode to UTF-8"
_TRIED = 64 * 1024
"""Bytes written, into a file without a name, to hear from the system what SQLite does not pass on."""
_LONGEST = 500
"""Bytes of the longest path that SQLite takes, with what it puts behind the name."""


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into the journal's own.

    Raises Busy, ReadOnly, Full, Corrupt, or JournalError for anything else that the file system did.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise fault(error, path) from error
    except UnicodeDecodeError as error:  # SQLite quotes what is no text in its message, and Python cannot read that
        raise damaged(path, _NO_TEXT) from error
    except OSError as error:
        raise refused(error, path) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the lock."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def refused(error: OSError, path: Path) -> JournalError:
    """What the system says, as the journal's own error."""
    return _system(error.errno or 0, path) or ReadOnly(f"cannot use {path}: {error.strerror or error}", ANOTHER)


def blocked(part: Path, path: Path) -> Corrupt:
    """That a folder lies where SQLite has to put a file beside the journal."""
    return Corrupt(f"{part} is a folder, where {path.name} keeps a part of itself", "move the folder away")


def why_not(path: Path) -> ReadOnly | None:
    """Why a file that is there may not be written, as far as that can be known before; None when it may be."""
    log = beside(path, "-wal")
    if os.access(path, os.W_OK) and (os.access(log.parent, os.W_OK) or os.access(log, os.W_OK)):
        return None
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return ReadOnly(f"{path} cannot be written: its file system is read-only", f"remount it, or {ANOTHER}")
    if os.access(path, os.W_OK):
        return ReadOnly(
            f"{path} cannot be written: you may not write its folder, where the log beside it goes",
            f"check the folder's permissions, or {ANOTHER}",
        )
    return ReadOnly(f"{path} cannot be written: you may only read it", f"check its permissions, or {ANOTHER}")


def _code(error: sqlite3.Error) -> int:
    return _extended(error) & 0xFF


def _extended(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)


def fault(error: sqlite3.DatabaseError, path: Path) -> JournalError:
    """What SQLite says, as the journal's own error."""
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"{path} is in use by another process", "nothing was written; try again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return why_not(path) or ReadOnly(f"{path} cannot be written", f"check its permissions, or {ANOTHER}")
        case sqlite3.SQLITE_CANTOPEN:
            return _unopened(path)
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_IOERR:
            return _limited(path) or _system(_asked(path), path) or _failing(error, path)
        case sqlite3.SQLITE_NOTADB:
            hint = f"if it was one, scribe salvage {path} NEW reads what is left of it; else {ANOTHER}"
            return Corrupt(f"{path} is not a journal", hint)
        case sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(error))
        case _ if str(error).startswith(_UNDECODED):  # Python's own words; behind them stands what could not be read
            return Corrupt(f"{path} is damaged ({_NO_TEXT})", f"scribe verify --all names the entry, {_salvage(path)}")
        case sqlite3.SQLITE_ERROR if str(error).startswith("no such table: "):
            return damaged(path, str(error))
        case _:
            return JournalError(f"cannot use {path}: {error}", ANOTHER)


def damaged(path: Path, why: str) -> Corrupt:
    """That the file is damaged, and what can be done about it."""
    return Corrupt(f"{path} is damaged ({why})", f"{_salvage(path)}; the newest backup may hold more")


def _salvage(path: Path) -> str:
    return f"scribe salvage {path} NEW reads what can be read of it"


def _unopened(path: Path) -> JournalError:
    """SQLite says no more than that it cannot open a file; the system knows why."""
    for end in PARTS:
        part = beside(path, end)
        if part.is_dir():
            return blocked(part, path)
    if len(os.fsencode(os.path.realpath(path))) > _LONGEST - len("-journal"):
        return ReadOnly(f"cannot use {path}: the path is longer than {_LONGEST} bytes", ANOTHER)
    return (
        _system(_asked(path), path)
        or why_not(path)
        or ReadOnly(f"{path} cannot be opened", f"check its permissions, or {ANOTHER}")
    )


def _full(path: Path) -> Full:
    return Full(f"no room left for {path}", _ROOM)


def _failing(error: sqlite3.DatabaseError, path: Path) -> JournalError:
    name = getattr(error, "sqlite_errorname", "")
    # What was written and not synced may still reach the disk, and is taken for committed by the next who opens it.
    look = "it may be recorded all the same: look before you type it again. " if "FSYNC" in name else ""
    return JournalError(
        f"the disk did not do what was asked of it for {path}: {error} ({name})",
        f"{look}copy the journal elsewhere with scribe backup; if it does not open any more: scribe salvage {path} NEW",
    )


def _system(number: int, path: Path) -> JournalError | None:
    """The error of that number; None where its own words say enough."""
    match number:
        case errno.ENOSPC:
            return _full(path)
        case errno.EDQUOT:
            return Full(f"no room left for {path}: your quota is used up", _ROOM)
        case errno.EFBIG:
            return _grown(path)
        case errno.EMFILE | errno.ENFILE:
            return JournalError(
                f"{path} cannot be opened: too many files are open",
                "nothing was written; close some programs, or raise the limit with ulimit -n, and try again",
            )
        case errno.EROFS:
            return ReadOnly(f"{path} cannot be written: its file system is read-only", f"remount it, or {ANOTHER}")
        case errno.EIO:
            return JournalError(
                f"the disk of {path} reports errors",
                f"copy the journal elsewhere with scribe backup; if it does not open: scribe salvage {path} NEW",
            )
        case _:
            return None


def _grown(path: Path) -> Full:
    hint = "nothing was written; raise the limit with ulimit -f, and try again"
    return Full(f"no room left for {path}: it has reached the limit for files", hint)


def _limited(path: Path) -> Full | None:
    """Whether this process may not let the file, or its log, grow any more: SQLite calls that a failing disk."""
    import resource

    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if most == resource.RLIM_INFINITY:
        return None
    for end in ("", *PARTS):
        try:
            size = beside(path, end).stat().st_size
        except OSError:
            continue
        if size + _TRIED >= most:
            return _grown(path)
    return None


def _asked(path: Path) -> int:
    """The number of the error with which the system refuses a small new file there; 0 when it takes one.

    The file has no name and goes with its handle; the journal itself is not touched.
    """
    try:
        handle = os.open(beside(path, "").parent, getattr(os, "O_TMPFILE", os.O_RDONLY) | os.O_WRONLY, 0o600)
    except OSError as error:
        return error.errno or 0
    try:
        os.write(handle, bytes(_TRIED))
        os.fsync(handle)
    except OSError as error:
        return error.errno or 0
    finally:
        os.close(handle)
    return 0
