"""What SQLite says when a file cannot be used, in the words of a person; and which files are journals."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scribe.record.errors import Busy, Corrupt, Full, JournalError, ReadOnly

APPLICATION_ID = 0x73637262
"""``scrb``: marks the file as a journal for file(1) and for scribe itself."""

VERSION = 3
"""The schema that this scribe writes, in SQLite's user_version. 2: boards hold coordination."""

_ANOTHER = "name another with --db or SCRIBE_DB"


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into the journal's own.

    Raises Busy, ReadOnly, Full, Corrupt, or JournalError for anything else that the file system did.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _fault(error, path) from error
    except OSError as error:
        raise ReadOnly(f"cannot use {path}: {error.strerror or error}", _ANOTHER) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process holds the lock."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _fault(error: sqlite3.DatabaseError, path: Path) -> JournalError:
    match _code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"{path} is in use by another process", "nothing was written; try again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return ReadOnly(f"{path} cannot be written", f"check its permissions, or {_ANOTHER}")
        case sqlite3.SQLITE_CANTOPEN:
            return ReadOnly(f"{path} cannot be opened", f"check its permissions, or {_ANOTHER}")
        case sqlite3.SQLITE_FULL:
            return Full(f"no room left for {path}", "nothing was written; free some space and try again")
        case sqlite3.SQLITE_NOTADB:
            return Corrupt(f"{path} is not a journal", _ANOTHER)
        case sqlite3.SQLITE_CORRUPT:
            return Corrupt(f"{path} is damaged ({error})", f"restore a copy of it, or {_ANOTHER}")
        case _:
            return JournalError(f"cannot use {path}: {error}", _ANOTHER)
