"""A journal that a dead process left, put together in memory: nothing is written, locked or opened for writing.

Opening it with SQLite alone would already be too late for a write-ahead log that belongs to another database: SQLite
writes any log that is sound in itself into the file beside it. https://www.sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from scribe.journal.place import beside, is_held
from scribe.journal.rows import COLUMNS, as_stored, stored_from
from scribe.record.chain import header_holds
from scribe.record.errors import Corrupt

_HEADER, _FRAME = 32, 24
_MAGIC: Final = {0x377F0682: "<", 0x377F0683: ">"}
"""How the log begins, and the byte order of its checksums."""
_FORMAT: Final = 3007000
LARGEST: Final = 512 * 1024 * 1024
"""Bytes of the largest journal that is put together in memory."""


class Torn(Exception):
    """The file changed while it was read: somebody has it open after all."""


def check(path: Path) -> sqlite3.Connection:
    """A journal whose log nobody holds, in memory and not to be written, once it is clear that the two fit each other.

    Raises Corrupt when they do not, or one of them is damaged; Torn; OSError.
    """
    before = _stamps(path)
    alone, log = _read(path), _read(beside(path, "-wal"))
    try:
        whole = bytearray(alone)
        _apply(whole, log, path)
        if not _fit(bytes(whole), _last(alone)):
            raise foreign(path)
    except Corrupt as error:
        if is_held(path) or _stamps(path) != before:  # somebody opened it in the meantime, and found nothing wrong
            raise Torn from error
        raise
    if _stamps(path) != before:
        raise Torn
    return _opened(bytes(whole))


def foreign(path: Path) -> Corrupt:
    """That the log beside the journal is not its own."""
    return Corrupt(
        f"{beside(path, '-wal')} does not fit {path}: it belongs to another file, or one of the two is damaged",
        f"nothing was touched. What both hold: scribe salvage {path} NEW; moved away, {path.name} opens without it",
    )


def _last(alone: bytes) -> tuple[int, str] | None:
    """The last whole event of the file without its log: nothing that was recorded ever goes away again.

    Whole, because the power may have gone while its page was being tidied: the log has that page.
    """
    with closing(_opened(alone)) as connection, suppress(sqlite3.DatabaseError):
        # That is said where there are no events yet, and of a file whose log was being moved into it: both are one.
        connection.text_factory = as_stored
        for found in connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY id DESC"):
            row = stored_from(found)
            if header_holds(row):
                return row.number, row.digest
    return None


def _fit(whole: bytes, last: tuple[int, str] | None) -> bool:
    """Whether a database is sound, and holds that event."""
    with closing(_opened(whole)) as connection, suppress(sqlite3.DatabaseError):
        if connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",):
            asked = "SELECT digest FROM events WHERE id = ?"
            return last is None or bool(connection.execute(asked, last[:1]).fetchone() == last[1:])
    return False


def _opened(image: bytes) -> sqlite3.Connection:
    """A connection to a database in memory, which cannot be written."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    # Without a log, as the memory has none: two bytes of the header say so.
    connection.deserialize(image[:18] + b"\1\1" + image[20:])
    connection.execute("PRAGMA query_only = ON")
    return connection


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the last to leave took it away
        raise Torn from None


def _stamps(path: Path) -> list[tuple[int, int, int]]:
    found = []
    for file in (path, beside(path, "-wal")):
        try:
            status = file.stat()
        except FileNotFoundError:
            raise Torn from None
        found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return found


def _apply(image: bytearray, log: bytes, path: Path) -> None:
    """Write what the log committed into the image, as SQLite would. Raises Corrupt for what is no log of this file."""
    if len(log) <= _HEADER or not any(log):  # begun, and not yet written
        return
    magic, version, size, _, *salts, first, second = struct.unpack(">8I", log[:_HEADER])
    order = _MAGIC.get(magic)
    own = int.from_bytes(image[16:18])
    if order is None or version != _FORMAT or size != (65536 if own == 1 else own):
        raise foreign(path)
    sums = _sum(order, log[:24], (0, 0))
    if sums != (first, second):  # its beginning was being written when the power went: nothing in it counts
        return
    pages: dict[int, int] = {}
    waiting: dict[int, int] = {}
    length = 0
    for start in range(_HEADER, len(log) - _FRAME - size + 1, _FRAME + size):
        number, after, *rest = struct.unpack(">6I", log[start : start + _FRAME])
        sums = _sum(order, log[start : start + 8], sums)
        sums = _sum(order, log[start + _FRAME : start + _FRAME + size], sums)
        if rest != [*salts, *sums] or not number:
            break
        waiting[number] = start + _FRAME
        if after:  # a commit, and how many pages there are then
            pages |= waiting
            waiting, length = {}, after
    if length:
        image.extend(bytes(max(0, length * size - len(image))))
        for number, start in pages.items():
            image[(number - 1) * size : number * size] = log[start : start + size]
        del image[length * size :]


def _sum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    """SQLite's checksum, going on from the one before."""
    one, two = sums
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for first, second in zip(words, words, strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two
