"""A file with a transaction in it that was neither finished nor taken back: what its headers alone tell of it.

Its tables may be of two minds until SQLite, when it opens the file to write, puts back what the rollback journal beside
it holds: until then nothing else of it can be believed. https://www.sqlite.org/fileformat2.html#rollbackjournal
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from scribe.journal.faults import ANOTHER
from scribe.journal.format import APPLICATION_ID, VERSION
from scribe.journal.place import beside
from scribe.record.errors import Corrupt, Newer

_MAGIC: Final = bytes.fromhex("d9d505f920a163d7")
_PAGES: Final = slice(16, 20)
"""Of the rollback journal's header: how many pages the file had before."""
_VERSION: Final = slice(60, 64)
_MARK: Final = slice(68, 72)


def is_unfinished(path: Path) -> bool:
    """Whether a rollback journal beside the file has begun."""
    return _head(beside(path, "-journal"))[: len(_MAGIC)] == _MAGIC


def version(path: Path) -> int:
    """The schema version that its header names; 0 for a file that was empty before. Raises Newer, Corrupt."""
    head = _head(path)
    found = int.from_bytes(head[_VERSION])
    if int.from_bytes(head[_MARK]) == APPLICATION_ID:
        if found > VERSION:
            raise Newer(f"{path} was written by a newer scribe", "update scribe; the file was not touched")
        return found
    if any(_head(beside(path, "-journal"))[_PAGES]):
        raise Corrupt(f"{path} is a database, but not a journal", ANOTHER)
    return 0


def _head(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.pread(handle, 100, 0)
    finally:
        os.close(handle)
