"""Files that nobody wrote by hand: each is refused in a line, or read for what it is, and nothing else changes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from random import Random

import pytest

from tests.cli.conftest import TREE
from tests.hostile.fields import Record
from tests.hostile.views import harmless, say

HEAD = b'{"$schema":"urn:scribe:postmortem:1","format":"scribe-postmortem/1",'
TABLE = b"| time | what |\n|---|---|\n"


def files(size: int) -> dict[str, dict[str, bytes]]:
    """Hostile files by source and name; ``size`` is how often the smallest part of each comes."""
    return {
        "csv": {
            "one long line": b"time,text\n10:00," + b"x" * (size * 20),
            "a quote that never ends": b'time,text\n10:00,"' + b"a\n" * size,
            "columns": b"time,text" + b",c" * size + b"\n10:00,x\n",
            "commas": b"," * size,
            "quotes": b'"' * (2 * size + 1),
            "a NUL": b"time,text\n10:00,\0\n",
            "UTF-16": "time,text\n".encode("utf-16"),
            "Latin-1": b"time,text\n10:00,caf\xe9\n",
            "nothing": b"",
            "spaces": b" " * size,
        },
        "markdown": {
            "quotations": b">" * size,
            "deep lists": b"".join(b" " * (2 * depth) + b"- x\n" for depth in range(size // 400)),
            "brackets": b"[" * size,
            "links": b"[a](" * size,
            "stars": b"**a*" * size,
            "ticks": b"".join(b"`" * length + b" " for length in range(size // 200)),
            "a fence that never ends": b"```\n" + b"x\n" * size,
            "tags": b"<a " * size,
            "entities": b"&" * size,
            "pipes": b"|" * size + b"\n" + b"|-" * (size // 2) + b"|\n",
            "definitions": b"[a]: <b> 'c\n" * (size // 2),
            "addresses": b"<http:" * size,
            "a NUL": TABLE + b"| 10:00 | \0 |\n",
            "dashes": b"-" * size,
        },
        "scribe": {
            "deep lists": b"[" * size,
            "deep objects": b'{"a":' * size,
            "deep entries": HEAD + b'"entries":' + b"[" * size,
            "a long number": HEAD + b'"draft":' + b"9" * size + b"}",
            "a long word": b'"' + b"x" * size + b'"',
            "many keys": b"{" + b",".join(b'"%d":1' % number for number in range(size)) + b"}",
            "a NUL": HEAD + b'"head":"\0"}',
            "a written NUL": HEAD + b'"head":"\\u0000"}',
            "half a character": HEAD + b'"head":"\\ud800"}',
            "half a file": HEAD,
            "no JSON": b"hello",
            "a list": b"[]",
            "no number": b'{"format":NaN}',
        },
    }


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return Record(tmp_path_factory.mktemp("imports") / "journal.db", Random(3))


def refused(record: Record, source: str, data: bytes) -> None:
    before = hashlib.sha256(record.path.read_bytes()).digest()
    said = say(["--db", str(record.path), "-i", record.incident, "import", source, "-"], record.clock, data)
    assert said.code == 2, said
    assert said.out == ""
    first, *hint = said.err.splitlines()
    assert first.startswith("scribe: ")
    assert len(hint) <= 1
    assert len(said.err) < 1000
    harmless(said.err)
    assert hashlib.sha256(record.path.read_bytes()).digest() == before


@pytest.mark.parametrize("source", ["csv", "markdown", "scribe"])
def test_what_is_no_such_file_is_refused_in_a_line_and_nothing_changes(record: Record, source: str) -> None:
    for name, data in files(2000)[source].items():
        if (source, name) != ("csv", "one long line"):  # of 40,000 characters it is an entry
            try:
                refused(record, source, data)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error


@pytest.mark.torture
@pytest.mark.parametrize("source", ["csv", "markdown", "scribe"])
def test_however_large_it_is(record: Record, source: str) -> None:
    for name, data in {**files(400_000)[source], "too large": b"x" * (65 * 1024 * 1024)}.items():
        try:
            refused(record, source, data)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error


@pytest.mark.torture
@pytest.mark.parametrize("source", ["csv", "markdown", "scribe"])
def test_a_line_that_never_ends_is_not_read_to_its_end(record: Record, source: str) -> None:
    """Whoever sends it is told that nobody reads on; a gigabyte is neither kept nor waited for."""
    endless = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    with subprocess.Popen([sys.executable, "-c", endless], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as sender:
        argv = [sys.executable, "-m", "scribe", "--db", str(record.path), "-i", record.incident, "import", source, "-"]
        done = subprocess.run(argv, stdin=sender.stdout, capture_output=True, cwd=TREE, timeout=120, check=False)
        assert sender.stdout is not None
        sender.stdout.close()
        sender.kill()
    assert done.returncode == 2
    assert b"larger than 64 MiB" in done.stderr


@pytest.mark.parametrize(
    ("source", "data", "said"),
    [
        ("csv", b"time,text" + b",c" * 1000 + b"\n", "the table has 1002 columns, and may have 1000"),
        ("markdown", b"x\n" * 200_001, "the document has more than 200000 lines"),
    ],
)
def test_the_limits_are_told(record: Record, source: str, data: bytes, said: str) -> None:
    told = say(["--db", str(record.path), "-i", record.incident, "import", source, "-"], record.clock, data)
    assert (told.code, told.err.splitlines()[0]) == (2, f"scribe: {said}")


def test_a_long_cell_is_skipped_without_being_read_as_markup(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.importers.markdown._cell", None)
    data = TABLE + b"| 2026-11-20 10:00 | " + b"[x](" * 80_000 + b" |\n"
    told = say(["--db", str(record.path), "-i", record.incident, "import", "markdown", "-"], record.clock, data)
    assert "line 3: skipped: an entry holds at most 64 KiB" in told.err
