"""Packed files unpacked within limits: never inflated as a whole first, never written anywhere, never a path followed.

Whoever sends a file decides what is in it. A megabyte can unpack to a terabyte, an archive can hold itself, a name can
climb out of its folder: each is refused before it costs anything, with the limit that it passes.
"""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import IO

from msgspec import Struct

from scribe.record.errors import ScribeError
from scribe.record.text import one_line
from scribe.record.when import short

GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ELSE = {
    **{b"BZh%d" % level: "bzip2" for level in range(1, 10)},
    b"\xfd7zXZ\x00": "xz",
    b"(\xb5/\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    **dict.fromkeys(_ZIP, "zip"),
}
_AT_ONCE = 64 * 1024
_MIB = 1024 * 1024
_BESIDE = "__MACOSX/"
"""Where one system puts what it knows of the files besides what is in them."""
_NAMED = 5
"""Names of files that a message lists at most."""
_SIGN = 6
"""Bytes that tell how something is packed."""
_DIRECTORY = b"PK\x01\x02"
"""Stands before each member in the directory of a zip archive."""


class TooMuch(ScribeError):
    """A limit that a file passes; the message names it."""


class Limits(Struct, frozen=True):
    """What a file may have: bytes as it comes and unpacked, how many times as many those are, lines and their length.

    The ``ratio`` counts from the first MiB unpacked on: a short text of one letter packs to nearly nothing. Archives
    of several files have so many ``members``, so deep in ``folders``; JSON is nested no deeper than ``nesting``.
    """

    packed: int = 64 * _MIB
    unpacked: int = 256 * _MIB
    ratio: int = 200
    lines: int = 1_000_000
    line: int = 4 * _MIB
    members: int = 2000
    folders: int = 8
    nesting: int = 32


LIMITS = Limits()
DOCUMENT = Limits(unpacked=64 * _MIB)
"""Of a document, which is read as a whole."""


class Member(Struct, frozen=True):
    """One file of an archive: its name there, with ``/`` between folders, and what is in it."""

    name: str
    content: bytes


def read(source: IO[bytes], limits: Limits = LIMITS) -> bytes:
    """A file's bytes, unpacked if it was packed with gzip. Raises TooMuch, and ScribeError for a damaged one."""
    return b"".join(_unpacked(source, limits))


def document(source: IO[bytes], limits: Limits = DOCUMENT) -> bytes:
    """The one document of a file: as it stands there, unpacked from gzip, or alone in a zip archive.

    Raises as `read` and `members` do, and ScribeError for an archive of none or several.
    """
    from io import BytesIO

    packed = b"".join(_counted(source, limits))
    if not packed.startswith(_ZIP):
        return read(BytesIO(packed), limits)
    found = [member for member in members(BytesIO(packed), limits) if not member.name.startswith(_BESIDE)]
    if len(found) != 1:
        names = ", ".join(short(one_line(member.name)) for member in found[:_NAMED])
        raise ScribeError(
            f"the archive holds {f'{len(found)} files' if found else 'no file'}{f': {names}' if names else ''}",
            "unpack it, and import what is wanted one by one",
        )
    return found[0].content


def lines(source: IO[bytes], limits: Limits = LIMITS) -> Iterator[bytes]:
    """A file's lines without their ends, unpacked as they are asked for. Raises as `read`."""
    count, rest = 0, b""
    for piece in _unpacked(source, limits):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            count += 1
            _hold(count, limits.lines, "the file has more than {} lines")
            _hold(len(line), limits.line, _long(count))
            yield line
        _hold(len(rest), limits.line, _long(count + 1))
    if rest:
        _hold(count + 1, limits.lines, "the file has more than {} lines")
        yield rest


def flat_enough(text: str, limits: Limits = LIMITS) -> bool:
    """Whether JSON is nested no deeper than it may be: a decoder goes down with it, until it falls."""
    if text.count("[") + text.count("{") <= limits.nesting:
        return True
    depth = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", text, flags=re.DOTALL):
        depth += (sign in "[{") - (sign in "]}")
        if depth > limits.nesting:
            return False
    return True


def members(source: IO[bytes], limits: Limits = LIMITS) -> Iterator[Member]:
    """The files of a zip archive, one after the other, folders left out. Nothing is written to the disk.

    Raises TooMuch, and ScribeError for a damaged archive, a name that is a path out of it, two of one name, a link,
    an archive within it, and what is encrypted.
    """
    import io
    from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

    packed = b"".join(_counted(source, limits))
    _hold(packed.count(_DIRECTORY), limits.members, "the archive has more than {} files")
    try:
        with ZipFile(io.BytesIO(packed)) as archive:
            names: set[str] = set()
            total = 0
            for info in archive.infolist():
                name = _name(info.filename, limits)
                if name.casefold() in names:
                    raise ScribeError(f"the archive holds {short(one_line(name))} twice")
                names.add(name.casefold())
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise ScribeError(f"{short(one_line(name))} in the archive is a link or a device, and no file")
                if info.flag_bits & 1:
                    raise ScribeError(f"{short(one_line(name))} in the archive is encrypted", "unpack it first")
                if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others inflate without measure
                    raise ScribeError(
                        f"{short(one_line(name))} in the archive is packed in an unusual way", "unpack it first"
                    )
                if info.is_dir():
                    continue
                with archive.open(info) as file:
                    content = _member(file, name, total, len(packed), limits)
                total += len(content)
                yield Member(name, content)
    except (BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError, OverflowError) as error:
        raise ScribeError(f"the archive cannot be read: {one_line(str(error)) or type(error).__name__}") from None


def _member(file: IO[bytes], name: str, before: int, packed: int, limits: Limits) -> bytes:
    """One member's bytes, which stand behind ``before`` others; what the directory says of its size counts nothing."""
    content = bytearray()
    while piece := file.read(_AT_ONCE):
        content += piece
        _hold(before + len(content), limits.unpacked, "the archive unpacks to more than {}", size=True)
        _hold_ratio(before + len(content), packed, limits)
    if _packing(bytes(content[:_SIGN])):
        raise ScribeError(f"{short(one_line(name))} in the archive is an archive itself", "unpack it first")
    return bytes(content)


def _name(name: str, limits: Limits) -> str:
    """A member's name, which goes down from the archive's own folder. Raises ScribeError for any other."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = path.parts
    if not parts or path.is_absolute() or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ScribeError(
            f"the archive holds a file of the name {short(one_line(name)) or '(none)'}", "that is no name within it"
        )
    _hold(len(parts) - 1, limits.folders, "the archive has folders more than {} deep")
    return "/".join(parts)


def _unpacked(source: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """The bytes of a file, piece by piece."""
    pieces = _counted(source, limits)
    first = next(pieces, b"")
    while 0 < len(first) < _SIGN and (more := next(pieces, b"")):
        first += more
    if not first.startswith(GZIP):
        _refuse_others(first)
        unpacked = 0
        while first:
            unpacked += len(first)
            _hold(unpacked, limits.unpacked, "the file is larger than {}", size=True)
            yield first
            first = next(pieces, b"")
        return
    yield from _inflated(first, pieces, limits)


def _inflated(first: bytes, pieces: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    inflate = zlib.decompressobj(wbits=31)
    taken, given, begin = 0, 0, b""
    for piece in chain((first,), pieces):
        taken += len(piece)
        waiting, out = piece, b""
        while waiting or len(out) == _AT_ONCE:
            if inflate.eof:
                raise ScribeError("something stands behind the end of what is packed in the file")
            try:
                out = inflate.decompress(waiting, _AT_ONCE)
            except zlib.error:
                raise ScribeError("the file is damaged: it cannot be unpacked") from None
            waiting = inflate.unconsumed_tail or inflate.unused_data
            given += len(out)
            _hold(given, limits.unpacked, "the file unpacks to more than {}", size=True)
            _hold_ratio(given, taken, limits)
            if len(begin) < _SIGN:
                begin += out[:_SIGN]
                if _packing(begin):
                    raise ScribeError("the file is packed twice", "unpack it once first")
            if out:
                yield out
            if inflate.eof and not waiting:
                break
    if not inflate.eof:
        raise ScribeError("the file ends in the middle: it was cut off")


def _counted(source: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """The bytes of a file as they come, never more than one may have."""
    taken = 0
    while piece := source.read(_AT_ONCE):
        taken += len(piece)
        _hold(taken, limits.packed, "the file is larger than {}", size=True)
        yield piece


def _packing(begin: bytes) -> str:
    """How something is packed that begins so; empty where it is not."""
    if begin.startswith(GZIP):
        return "gzip"
    return next((name for sign, name in _ELSE.items() if begin.startswith(sign)), "")


def _refuse_others(begin: bytes) -> None:
    packing = _packing(begin)
    if packing:
        raise ScribeError(f"the file is packed with {packing}", "unpack it first")


def _hold_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > _MIB and unpacked > limits.ratio * max(1, packed):
        raise TooMuch(
            f"the file unpacks to more than {limits.ratio} times its size",
            "nothing that was written down packs so well",
        )


def _hold(count: int, most: int, message: str, *, size: bool = False) -> None:
    """Raise TooMuch when ``count`` passes the limit, which the message names."""
    if count > most:
        raise TooMuch(message.format(spelt(most) if size else f"{most:,}"))


def _long(line: int) -> str:
    return f"line {line} of the file is longer than {{}} characters"


def spelt(size: int) -> str:
    """So many bytes, for people."""
    return f"{size // _MIB} MiB" if size >= _MIB and not size % _MIB else f"{size:,} bytes"
