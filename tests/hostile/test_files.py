"""Commands that write files of their own kind say where, what and whose; none of it acts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.hostile.fields import Record
from tests.hostile.forged import forge
from tests.hostile.values import SHORT
from tests.hostile.views import FILES, harmless, say


def through(folder: Path, seed: int, name: str, *, forged: bool = False) -> None:
    """Every such command over a hostile record, into a file of that name."""
    random = Random(seed)
    record = Record(folder / "journal.db", random)
    if forged:
        forge(record, random)
    file = str(folder / name)
    other = str(folder / "other.db")
    called = set()
    for db, argv in (
        (str(record.path), ["bundle", file]),
        (other, ["unbundle", file]),
        (str(record.path), ["backup", f"{file}.db"]),
        (str(record.path), ["salvage", f"{file}.db", "-o", f"{file}.saved"]),
        (f"{file}.saved", ["verify", "--all"]),
        (str(record.path), ["doctor"]),
        (str(record.path), ["doctor", "--json"]),
    ):
        said = say(["--db", db, "--me", "sam", *argv], record.clock)
        assert "bug in scribe" not in said.err, said.err
        harmless(said.out)
        harmless(said.err)
        called.add(argv[0])
    assert called >= FILES


def test_what_is_said_of_files_acts_nowhere(tmp_path: Path) -> None:
    through(tmp_path, 1, "copy of \x1b[2J\u202eit\n")


def test_nor_of_a_record_that_was_forged(tmp_path: Path) -> None:
    through(tmp_path, 2, "copy", forged=True)


@pytest.mark.torture
def test_nor_of_files_of_any_name(tmp_path: Path) -> None:
    for seed, value in enumerate(SHORT):
        name = value.replace("\0", "").replace("/", "_").encode("utf-8", "replace")
        folder = tmp_path / str(seed)
        folder.mkdir()
        through(folder, seed, name.decode()[:60] or "x", forged=seed % 2 == 1)
