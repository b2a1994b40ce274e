"""Opening a file: is it a journal, may it be used, and does it have to be made?"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from scribe.journal.faults import APPLICATION_ID, VERSION, spoken
from scribe.record.errors import Corrupt, Newer, ReadOnly

_SMALLEST = 512
"""Bytes of the smallest page, and so of the smallest database."""

_OPENING = 1.0
"""Seconds to wait while another process recovers the file or, as the last to leave, tidies it."""


def make(path: Path) -> None:
    """An empty file (0600) and the folders it lacks (0700), whatever the umask takes away or leaves open."""
    lacking = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(lacking):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def connect(path: Path, how: str) -> sqlite3.Connection:
    """A connection, opened with these parameters of SQLite's URI. Raises Corrupt for a folder, ReadOnly."""
    with spoken(path):
        if path.is_dir():
            raise Corrupt(f"{path} is a folder, not a journal", "name a file with --db or SCRIBE_DB")
        uri = f"file:{quote(str(path.absolute()))}?{how}"
        return sqlite3.connect(uri, uri=True, timeout=_OPENING, isolation_level=None)


def look(path: Path) -> tuple[sqlite3.Connection, int]:
    """A connection that can only read, and the file's version. Raises what version does."""
    try:
        return _looked(path, "mode=ro")
    except ReadOnly:
        # To read, SQLite puts two files beside the journal. Where it may not, and nobody is writing, it need not.
        if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
            raise
        return _looked(path, "immutable=1")


def _looked(path: Path, how: str) -> tuple[sqlite3.Connection, int]:
    connection = connect(path, how)
    try:
        return connection, version(connection, path)
    except BaseException:
        connection.close()
        raise


def version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's schema version, 0 for an empty file. Raises Newer, and Corrupt when it is not a journal."""
    with spoken(path):
        if 0 < path.stat().st_size < _SMALLEST:  # SQLite takes it for an empty file, and would write over it
            raise Corrupt(f"{path} is not a journal", "name another with --db or SCRIBE_DB")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise Newer(f"{path} was written by a newer scribe", "update scribe; the file was not touched")
        marked = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        if not marked and (version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]):
            raise Corrupt(f"{path} is a database, but not a journal", "name another with --db or SCRIBE_DB")
    return version
