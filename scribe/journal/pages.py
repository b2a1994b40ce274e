"""Reads records out of SQLite's pages without SQLite, which refuses a damaged file, or believes it.

It goes by https://www.sqlite.org/fileformat2.html alone: pages (1.3), B-tree pages and chains of overflow pages (1.6,
1.7), records (2.1), the rollback journal (3), the write-ahead log (4.1). Nothing that it finds is to be believed:
whoever asks holds each event against the digests that stand in it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct

from scribe.journal.place import beside
from scribe.journal.rows import as_stored

SIZES: Final = (4096, 1024, 2048, 8192, 16384, 32768, 65536, 512)
"""Sizes that a page may have, the usual one first."""

_MAGIC: Final = b"SQLite format 3\0"

Value = int | str | bytes | float | None
"""A column as it is stored."""

_DIGEST: Final = 2 * 64 + 13
"""The serial type of a text of 64 characters: a digest in hexadecimal."""
_ANCHOR: Final = b"\x81\x0d\x81\x0d"
"""The types of two digests side by side. No text in UTF-8 holds these bytes: nobody can type what looks like a row."""
_EVENT: Final = "NTTIITTTTITTTTTttttts"
"""The columns of the events table: a number that stands elsewhere, texts, whole numbers; small ones may be gone."""
_HEADER: Final = 15
"""Columns before those of the body; the last two of them are the digests."""
_LONGEST: Final = 64
"""Bytes of the header of an event's record, and more: 21 types, hardly any of more than two bytes."""
_TRIES: Final = 64
"""Ways that are tried to put a record together where its pages are there in several versions."""
_BLOCK: Final = 4096
"""Bytes that are given up together where the disk cannot be read."""


class Found(Struct, frozen=True):
    """A record that may be an event's: its number (0: cannot be read) and its columns, so far as they are there.

    ``size`` is that of the pages which it was put together from.
    """

    values: tuple[Value, ...]
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether every column is there."""
        return len(self.values) == len(_EVENT)


class _File(Struct, frozen=True, eq=False):
    """A file of pages: where the first begins, the bytes between two, and how far before each its number stands.

    ``number`` is 0 where a page's place is its number.
    """

    data: bytes
    start: int = 0
    gap: int = 0
    number: int = 0

    def pages(self, size: int) -> Iterator[tuple[int, int]]:
        """The number of each page, and where it begins; the last may be cut off."""
        for index, base in enumerate(range(self.start, len(self.data), size + self.gap)):
            yield self._at(base - self.number) if self.number else index + 1, base

    def _at(self, place: int) -> int:
        return int.from_bytes(self.data[place : place + 4])


class Pages:
    """The pages of a database file, its write-ahead log and its rollback journal, in all the versions that are there.

    It looks for events by what no other bytes look like, and needs neither a table's root nor a page's own header.
    """

    def __init__(self, database: bytes, log: bytes = b"", rollback: bytes = b"") -> None:
        sector = int.from_bytes(rollback[20:24])
        self._database = _File(database)
        self._log = _File(log, 32 + 24, 24, 24)
        self._files = (self._database, self._log, _File(rollback, (sector if sector in SIZES else 512) + 4, 8, 4))
        said = [_size(database[16:18]), _size(log[8:12]), _size(rollback[24:28])]
        self._sizes = list(dict.fromkeys((*(size for size in said if size in SIZES), *SIZES)))
        self._versions: dict[int, dict[int, list[tuple[_File, int]]]] = {}
        self._length = len(database) + len(log) + len(rollback)

    @classmethod
    def of(cls, path: Path) -> Pages:
        """The pages of a file and of those beside it, which are read and nothing else. Raises OSError."""
        # The log first: what is moved out of it meanwhile is then found in the database.
        log, rollback = (beside(path, end) for end in ("-wal", "-journal"))
        return cls(log=_read(log), rollback=_read(rollback), database=_read(path))

    @property
    def lacking(self) -> int:
        """How many pages were cut off the end, as far as the file itself tells."""
        head = self._database.data[:100]
        size, said = _size(head[16:18]), int.from_bytes(head[28:32])
        if not head.startswith(_MAGIC) or size not in SIZES or head[24:28] != head[92:96]:
            return 0
        logged = {number for number, _ in self._log.pages(size)}
        return 0 if said in logged else max(0, said - len(self._database.data) // size)

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def events(self) -> Iterator[Iterator[Found]]:
        """Each record of an event's shape, wherever it lies: in the table, in the log, on a free page, on half a page.

        It comes in the ways in which it can be put together, the likeliest first.
        """
        for file in self._files:
            place = file.data.find(_ANCHOR)
            while place >= 0:
                starts = list(_starts(file.data, place))
                yield islice((found for start in starts for found in self._ways(file, start)), _TRIES)
                place = file.data.find(_ANCHOR, max((start + file.data[start] for start in starts), default=place + 1))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes that the pages may have, the likeliest first."""
        return tuple(self._sizes)

    def believe(self, size: int) -> None:
        """A record came out right with this size of pages: it is tried first from now on."""
        self._sizes.remove(size)
        self._sizes.insert(0, size)

    def _ways(self, file: _File, start: int) -> Iterator[Found]:
        types = _types(file.data, start, len(_EVENT))
        length = file.data[start] + sum(map(_width, types))
        number = _number(file.data, start, length)
        for size in self.sizes:
            for payload in self._payloads(file, start, length, size, size - 35):
                columns = _columns(payload, types)
                if len(columns) >= _HEADER:
                    yield Found((number, *columns[1:]), size)

    # ── other tables ────────────────────────────────────────────────────────────────────────────────────────────────

    def rows(self, columns: int, size: int, *, current: bool) -> Iterator[tuple[Value, ...]]:
        """Rows of so many columns from tables WITHOUT ROWID and from indexes, whose pages are alike; as far as they go.

        ``current``: of each page its newest version alone, because nothing in such a row tells what still holds.
        """
        for file, base in (page for _, page in self._newest(size)) if current else self._every(size):
            yield from self._keyed(file, base, size, columns)

    def blank(self, size: int) -> int:
        """How many pages hold nothing at all, though the file does not count them as free."""
        pages = dict(self._newest(size))
        first, at = pages.get(1, (self._database, 0))
        if first.data[at : at + len(_MAGIC)] != _MAGIC:
            return 0
        count = int.from_bytes(first.data[at + 28 : at + 32])
        free = self._free(pages, int.from_bytes(first.data[at + 32 : at + 36]), size)
        locked = 2**30 // size + 1  # SQLite locks the file there, and writes nothing
        return sum(
            not any(file.data[base : base + size])
            for number, (file, base) in pages.items()
            if number <= count and number != locked and number not in free
        )

    def _free(self, pages: dict[int, tuple[_File, int]], trunk: int, size: int) -> set[int]:
        """The numbers of the pages that the file's list of free ones names."""
        free: set[int] = set()
        while trunk in pages and trunk not in free:
            file, base = pages[trunk]
            numbers = [int.from_bytes(file.data[place : place + 4]) for place in range(base, base + size, 4)]
            free |= {trunk, *numbers[2 : 2 + numbers[1]]}
            trunk = numbers[0]
        return free

    def _every(self, size: int) -> Iterator[tuple[_File, int]]:
        for file in self._files:
            yield from ((file, base) for _, base in file.pages(size))

    def _newest(self, size: int) -> Iterator[tuple[int, tuple[_File, int]]]:
        newest = {number: (self._database, base) for number, base in self._database.pages(size)}
        # Behind what was written since the log was last begun lie older frames, with other salts.
        log = self._log.data
        newest |= {
            number: (self._log, base)
            for number, base in self._log.pages(size)
            if log[base - 16 : base - 8] == log[16:24]
        }
        return iter(newest.items())

    def _keyed(self, file: _File, base: int, size: int, columns: int) -> Iterator[tuple[Value, ...]]:
        if file.data[base : base + 1] not in (b"\x0a", b"\x02"):  # a leaf, or a page above leaves, which holds rows too
            return
        page = file.data[base : base + size]
        first, child = (8, 0) if page[0] == 0x0A else (12, 4)
        end = first + 2 * int.from_bytes(page[3:5])
        for pointer in range(first, end if end <= size else first, 2):
            cell = base + int.from_bytes(page[pointer : pointer + 2]) + child
            length, start = _varint(file.data, cell)
            types = _types(file.data, start, columns)
            if types and length == file.data[start] + sum(map(_width, types)):
                row: tuple[Value, ...] = ()
                for payload in self._payloads(file, start, length, size, (size - 12) * 64 // 255 - 23):
                    row = _columns(payload, types)
                    if len(row) == columns:
                        break
                yield row

    # ── long records ────────────────────────────────────────────────────────────────────────────────────────────────

    def _payloads(self, file: _File, start: int, length: int, size: int, most: int) -> Iterator[bytes]:
        """A record's bytes, of which no more than ``most`` lie on its own page; what cannot be read is left off."""
        if length <= most:
            yield file.data[start : start + length]
            return
        least = (size - 12) * 32 // 255 - 23
        local = least + (length - least) % (size - 4)
        here = start + (local if local <= most else least)
        if length <= self._length:
            for rest in self._chains(int.from_bytes(file.data[here : here + 4]), length - (here - start), size):
                yield file.data[start:here] + rest
        yield file.data[start:here]

    def _chains(self, first: int, wanted: int, size: int) -> Iterator[bytes]:
        """What a chain of overflow pages holds: each begins with the number of the next."""
        versions = self._numbered(size)
        waiting: list[tuple[int, int, tuple[bytes, ...]]] = [(first, wanted, ())]
        for _ in range(2 * (wanted // (size - 4)) + _TRIES):
            if not waiting:
                return
            number, left, parts = waiting.pop()
            if not left:
                yield b"".join(parts)
            for file, base in versions.get(number, ()) if left else ():
                part = file.data[base + 4 : base + min(size, left + 4)]
                if len(part) == min(size - 4, left):
                    following = int.from_bytes(file.data[base : base + 4])
                    waiting.append((following, left - len(part), (*parts, part)))

    def _numbered(self, size: int) -> dict[int, list[tuple[_File, int]]]:
        """The versions of each page by its number, the newest last: that is tried first."""
        if size not in self._versions:
            found: dict[int, list[tuple[_File, int]]] = {}
            for file in reversed(self._files):
                for number, base in file.pages(size):
                    page = file.data[base : base + size]
                    versions = found.setdefault(number, [])
                    if not any(page == other.data[at : at + size] for other, at in versions[-4:]):
                        versions.append((file, base))
            self._versions[size] = found
        return self._versions[size]


def _read(path: Path) -> bytes:
    """The bytes of a file, nothing for none; zeros where the disk cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            try:
                return file.readall()
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
            return b"".join(_block(file.fileno(), place) for place in range(0, path.stat().st_size, _BLOCK))
    except FileNotFoundError:
        return b""


def _block(handle: int, place: int) -> bytes:
    try:
        return os.pread(handle, _BLOCK, place)
    except OSError:
        return bytes(_BLOCK)


def _size(field: bytes) -> int:
    """A page's size as headers have it."""
    said = int.from_bytes(field)
    return 65536 if said == 1 else said


def _starts(data: bytes, place: int) -> Iterator[int]:
    """Where a record may begin whose header holds two digests' types at this place."""
    for start in range(max(0, place - _LONGEST), place):
        # The header's length, then the type of the number, which stands before the record.
        if data[start + 1] == 0 and place - start < data[start] <= _LONGEST:
            types = _types(data, start, len(_EVENT))
            if types[_HEADER - 2 : _HEADER] == [_DIGEST, _DIGEST] and all(map(_is_of, types, _EVENT)):
                yield start


def _is_of(found: int, column: str) -> bool:
    """Whether a type is that of a column in _EVENT."""
    match column:
        case "N":
            return found == 0
        case "I":
            return 1 <= found <= 9 and found != 7
        case "s":
            return found == 0 or (found >= 12 and not found % 2)
        case _:
            return (found >= 13 and found % 2 == 1) or (column == "t" and found == 0)


def _types(data: bytes, start: int, columns: int) -> list[int]:
    """The types in the header of a record of so many columns; none where that is no such header."""
    if start >= len(data) or not columns < data[start] <= _LONGEST:
        return []
    types: list[int] = []
    end, place = start + data[start], start + 1
    while place < end and len(types) < columns:
        found, place = _varint(data, place)
        types.append(found)
    return types if (place, len(types)) == (end, columns) and not {10, 11} & set(types) else []


def _columns(payload: bytes, types: list[int]) -> tuple[Value, ...]:
    """The columns of a record, as far as its bytes go."""
    found: list[Value] = []
    place = payload[0]
    for kind in types:
        part = payload[place : place + _width(kind)]
        place += _width(kind)
        if place > len(payload):
            break
        if kind >= 12:
            found.append(as_stored(part) if kind % 2 else part)
        else:
            found.append(_plain(part, kind))
    return tuple(found)


def _plain(part: bytes, kind: int) -> Value:
    if kind in (0, 7):  # nothing; or a fraction, which no column of scribe's holds
        return None
    return kind - 8 if kind in (8, 9) else int.from_bytes(part, signed=True)


def _width(kind: int) -> int:
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    found = 0
    for byte in data[place : place + 8]:
        place += 1
        found = found << 7 | byte & 0x7F
        if byte < 0x80:
            return found, place
    return found << 8 | int.from_bytes(data[place : place + 1]), place + 1


def _number(data: bytes, start: int, length: int) -> int:
    """The number (rowid) of the row that begins here, read backwards; 0 where its bytes are not what they should be."""
    place = start - 1
    while place > 0 and start - place < 9 and data[place - 1] >= 0x80:
        place -= 1
    before = b""
    rest = length
    while rest or not before:
        before = bytes([rest & 0x7F | (0x80 if before else 0)]) + before
        rest >>= 7
    number, end = _varint(data, max(place, 0))
    return number if end == start and data[max(0, place - len(before)) : place] == before else 0
