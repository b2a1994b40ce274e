"""Packed files: what they hold comes out byte for byte, and each limit is named before it costs anything."""

from __future__ import annotations

import bz2
import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import suppress
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.importers.archive import LIMITS, Limits, TooMuch, document, flat_enough, lines, members, read
from scribe.record.errors import ScribeError

SMALL = Limits(packed=10_000, unpacked=2_000, lines=20, line=100, members=3, folders=2)
MIB = 1024 * 1024


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, and counts them."""

    def __init__(self, data: bytes, step: int = 7) -> None:
        self._data = io.BytesIO(data)
        self._step = step
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        found = self._data.read(min(self._step, size) if size > 0 else self._step)
        self.given += len(found)
        return found


def unpacked(data: bytes, limits: Limits = LIMITS) -> bytes:
    return read(io.BytesIO(data), limits)


@settings(max_examples=30)
@given(st.binary(max_size=3000), st.booleans(), st.integers(1, 4000))
@example(b"", True, 1)
def test_what_was_packed_comes_out_as_it_was(content: bytes, packed: bool, step: int) -> None:
    content = b"x" + content  # nothing that looks like another packing
    data = gzip.compress(content) if packed else content
    assert read(Trickle(data, step)) == content  # type: ignore[arg-type]  # it is read from, and nothing else
    assert b"\n".join(lines(Trickle(data, step))) == content.removesuffix(b"\n")  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"", b"\x1f", b"BZhang wrote this", b"P"])
def test_a_short_file_that_begins_as_others_do(content: bytes) -> None:
    assert unpacked(content) == unpacked(gzip.compress(content)) == content


def test_a_long_text_of_one_letter_is_unpacked_and_a_bomb_is_not() -> None:
    assert len(unpacked(gzip.compress(b"a" * MIB))) == MIB
    with pytest.raises(TooMuch, match="unpacks to more than 200 times its size"):
        unpacked(gzip.compress(b"a" * 3 * MIB))


def test_a_bomb_is_not_unpacked_before_it_is_refused() -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = b"".join([*(packer.compress(b"\0" * MIB) for _ in range(50)), packer.flush()])
    stream = Trickle(bomb, 1000)
    with pytest.raises(TooMuch):
        read(stream, replace(LIMITS, ratio=50))  # type: ignore[arg-type]
    assert stream.given < 25_000 < len(bomb)


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (b"x" * 10_001, SMALL, "the file is larger than 10,000 bytes"),
        (b"x" * 2_001, SMALL, "the file is larger than 2,000 bytes"),
        (gzip.compress(b"x" * 2_001), SMALL, "the file unpacks to more than 2,000 bytes"),
        (b"x\n" * 21, SMALL, "the file has more than 20 lines"),
        (b"\n" * 20 + b"x", SMALL, "the file has more than 20 lines"),
        (b"ok\n" + b"x" * 101, SMALL, "line 2 of the file is longer than 100 characters"),
        (b"x" * 101 + b"\n", SMALL, "line 1 of the file is longer than 100 characters"),
        (b"x" * (MIB + 1), replace(LIMITS, packed=MIB), "the file is larger than 1 MiB"),
    ],
    ids=["packed", "plain", "unpacked", "lines", "the last line", "a line in the middle", "the first line", "spelt"],
)
def test_a_limit_that_is_passed_is_named(data: bytes, limits: Limits, message: str) -> None:
    with pytest.raises(TooMuch) as refused:
        list(lines(io.BytesIO(data), limits))
    assert (refused.value.message, refused.value.exit_code) == (message, 2)


ONE = gzip.compress(b"one\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (ONE + ONE, "something stands behind the end"),
        (ONE + b"\0", "something stands behind the end"),
        (ONE[:-1], "it was cut off"),
        (ONE[:12], "it was cut off"),
        (ONE[:10] + b"\xff" * 9, "is damaged"),
        (ONE[:-5] + b"\0" + ONE[-4:], "damaged"),
        (gzip.compress(ONE), "packed twice"),
        (gzip.compress(bz2.compress(b"one")), "packed twice"),
        (bz2.compress(b"one"), "packed with bzip2"),
        (b"PK\x03\x04rest", "packed with zip"),
        (b"\xfd7zXZ\x00rest", "packed with xz"),
    ],
    ids=["two", "a zero", "cut", "cut early", "noise", "one byte", "gzip in gzip", "bzip2 in it", "bzip2", "zip", "xz"],
)
@pytest.mark.parametrize("step", [1, 5, 65536])
def test_what_is_no_single_packed_file_is_refused(data: bytes, message: str, step: int) -> None:
    with pytest.raises(ScribeError, match=message):
        read(Trickle(data, step))  # type: ignore[arg-type]


# ── archives of several files ───────────────────────────────────────────────────────────────────────────────────────


def archive(*entries: tuple[str | ZipInfo, bytes], packing: int = ZIP_DEFLATED) -> io.BytesIO:
    made = io.BytesIO()
    with ZipFile(made, "w", packing) as file:
        for name, content in entries:
            file.writestr(name, content)
    made.seek(0)
    return made


def link(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_the_files_of_an_archive_come_one_by_one() -> None:
    found = list(members(archive(("a.json", b"{}"), ("in/", b""), ("in/b.txt", b"b" * 1000))))
    assert [(member.name, len(member.content)) for member in found] == [("a.json", 2), ("in/b.txt", 1000)]


@pytest.mark.parametrize(
    "packed",
    [
        b"a,b\n1,2\n",
        gzip.compress(b"a,b\n1,2\n"),
        archive(("timeline.csv", b"a,b\n1,2\n")).getvalue(),
        archive(("out/", b""), ("out/timeline.csv", b"a,b\n1,2\n"), ("__MACOSX/out/._timeline.csv", b"x")).getvalue(),
    ],
    ids=["plain", "gzip", "zip", "zip of a folder"],
)
def test_the_one_document_of_a_file_comes_out_however_it_is_packed(packed: bytes) -> None:
    assert document(io.BytesIO(packed)) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (archive(("a.csv", b"1"), ("b.csv", b"2")).getvalue(), "the archive holds 2 files: a.csv, b.csv"),
        (archive(("a\x1b]52;c;x\x07", b"1"), ("b", b"2")).getvalue(), "the archive holds 2 files: a␛]52;c;x␇, b"),
        (archive(("out/", b"")).getvalue(), "the archive holds no file"),
        (b"PK\x03\x04 and no more", "the archive cannot be read"),
        (bz2.compress(b"1,2"), "the file is packed with bzip2"),
        (b"x" * 2_001, "the file is larger than 2,000 bytes"),
        (archive(("a", b"x" * 2_001)).getvalue(), "the archive unpacks to more than 2,000 bytes"),
    ],
    ids=str.split("several named none cut other large bomb"),
)
def test_a_file_of_no_one_document_is_refused(packed: bytes, message: str) -> None:
    with pytest.raises(ScribeError) as refused:
        document(io.BytesIO(packed), SMALL)
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([(f"{n}", b"") for n in range(4)], "the archive has more than 3 files"),
        ([("a/b/c/d.txt", b"")], "the archive has folders more than 2 deep"),
        ([("a", b"x" * 1_500), ("b", b"x" * 501)], "the archive unpacks to more than 2,000 bytes"),
        ([("../a", b"")], "that is no name within it"),
        ([("a/../../b", b"")], "that is no name within it"),
        ([("/etc/passwd", b"")], "that is no name within it"),
        ([("C:\\a", b"")], "that is no name within it"),
        ([("..\\a", b"")], "that is no name within it"),
        ([("a", b""), ("A", b"")], "the archive holds A twice"),
        ([(link("a"), b"/etc/passwd")], "a in the archive is a link or a device"),
        ([("a.gz", gzip.compress(b"one"))], "a.gz in the archive is an archive itself"),
        ([("a.zip", archive(("b", b"")).getvalue())], "a.zip in the archive is an archive itself"),
    ],
    ids=str.split("members folders bytes up out absolute drive backslash twice link gz zip"),
)
def test_what_an_archive_may_not_hold(entries: list[tuple[str | ZipInfo, bytes]], message: str) -> None:
    with pytest.raises(ScribeError) as refused:
        list(members(archive(*entries), SMALL))
    assert message in f"{refused.value.message} {refused.value.hint}"


def test_a_bomb_in_an_archive_is_refused() -> None:
    with pytest.raises(TooMuch, match="200 times"):
        list(members(archive(("a", b"\0" * 3 * MIB))))


def test_an_archive_that_is_encrypted_or_packed_otherwise() -> None:
    data = archive(("a", b"one")).getvalue()
    marked = bytearray(data)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[data.index(sign) + place] |= 1
    with pytest.raises(ScribeError, match="encrypted"):
        list(members(io.BytesIO(marked)))
    with pytest.raises(ScribeError, match="unusual"):
        list(members(archive(("a", b"one" * 100), packing=ZIP_BZIP2)))


@settings(max_examples=60)
@given(st.integers(0, 400), st.integers(1, 255), st.booleans())
def test_a_damaged_archive_is_refused_or_read(place: int, bits: int, cut: bool) -> None:
    data = bytearray(archive(("a", b"one" * 20), ("b/c", b"two")).getvalue())
    data[place % len(data)] ^= bits
    found = bytes(data[: place % len(data)]) if cut else bytes(data)
    with suppress(ScribeError):
        list(members(io.BytesIO(found)))


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("[" * 32 + "]" * 32, True),
        ("[" * 33 + "]" * 33, False),
        ('{"a":' * 33, False),
        ('"' + "[" * 99 + '"', True),
        ('["\\"' + "[" * 99 + '"]', True),
        ("[]" * 99, True),
        ('"\n' + "[" * 99, False),
    ],
)
def test_how_deep_json_may_be(text: str, flat: bool) -> None:
    assert flat_enough(text) is flat


def test_reading_gives_up_what_it_holds() -> None:
    """Whoever stops in the middle of the lines has read no further."""
    stream = Trickle(b"one\n" * 10_000, 64)
    waiting: Iterator[bytes] = lines(stream)  # type: ignore[arg-type]
    assert next(waiting) == b"one"
    assert stream.given <= 128
