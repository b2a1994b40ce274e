"""Pieces of a text in the files of a journal, looked for as somebody with a hex editor would: byte by byte."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.raw import raw

WINDOW = 8
"""Bytes in a row that tell of a text."""


def files(path: Path) -> dict[str, bytes]:
    """Every file of a journal: itself, its log, its index, what a roll-back would be made from."""
    return {found.name: found.read_bytes() for found in sorted(path.parent.glob(f"{path.name}*")) if found.is_file()}


def living(path: Path) -> bytes:
    """Every value of every table, one behind the other."""
    with raw(path) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        db.text_factory = bytes
        rows = [row for table in ("sqlite_master", *tables) for row in db.execute(f"SELECT * FROM {table}")]  # noqa: S608
    return b"\0".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


def traces(path: Path, *texts: str, alive: bytes = b"") -> list[str]:
    """Every eight bytes in a row of these texts that are in a file, but for those that ``alive`` holds too.

    They are looked for as they are, and as JSON has them; of a shorter text the whole.
    """
    wanted: set[bytes] = set()
    for text in texts:
        for form in (
            text.encode(),
            json.dumps(text)[1:-1].encode(),
            json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        ):
            wanted |= {form[place : place + WINDOW] for place in range(max(1, len(form) - WINDOW + 1))}
    wanted = {piece for piece in wanted if piece not in alive}
    found = []
    for name, data in files(path).items():
        if any(len(piece) < WINDOW for piece in wanted):
            found += [f"{name}: {piece!r}" for piece in wanted if len(piece) < WINDOW and piece in data]
        here = {data[place : place + WINDOW] for place in range(len(data) - WINDOW + 1)}
        found += [f"{name}: {piece!r}" for piece in wanted & here]
    return found
