"""Rows that no scribe wrote, with digests that fit: nothing falls over on them, or they are told for what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scribe.clock import FixedClock
from scribe.journal.rows import INSERT, row_of
from scribe.record.chain import Body, Header, Stored, digest_body, digest_header
from tests.fakes.desk import NOON, Desk, at
from tests.hostile.views import Said, harmless, say

DEEP = '{"kind":"fact","x":' + "[" * 3000 + "]" * 3000 + "}"


def made(path: Path, *, payload: str = '{"kind":"fact"}', **header: Any) -> str:
    """A journal with one entry beside the declaration, made by hand; the incident's id."""
    desk = Desk(path, severity=2)
    (first,) = desk.journal.stored(desk.incident)
    plain = Header(desk.incident, "zz", 1, 1, at("12:01"), "second", at("12:01"), "fact", False, "#2", "", first.digest)
    odd, body, salt = replace(plain, **header), Body("bob", "bob", "", "made by hand", payload), b"0" * 16
    words = digest_body(body, salt)
    row = Stored(0, odd, words, digest_header(odd, words), body, salt)
    with desk.journal.transaction():
        desk.journal.connection.execute(INSERT, row_of(row))
    desk.journal.close()
    return desk.incident


def told(path: Path, *argv: str) -> Said:
    said = say(["--db", str(path), "--me", "sam", *argv], FixedClock(NOON))
    harmless(said.out.replace("\t", ""))
    harmless(said.err)
    assert "bug in scribe" not in said.err, said.err
    return said


@pytest.mark.parametrize(
    "odd",
    [
        {"ref": "#2\x1b]52;c;cm0=\x07"},
        {"ref": f"#{'9' * 5000}"},
        {"ref": "#18446744073709551616"},
        {"ref": "#٣"},
        {"ref": "F1·"},
        {"kind": "fact\x1b[2J"},
        {"writer": "zz\x9b2J"},
        {"payload": DEEP},
        {"payload": '{"kind":"fact","x":NaN}'},
        {"payload": '{"kind":"severity","level":' + "9" * 40 + "}", "kind": "severity", "is_board": True},
    ],
    ids=range(10),
)
def test_a_row_that_no_scribe_wrote_stops_no_command(tmp_path: Path, odd: dict[str, Any]) -> None:
    path = tmp_path / "journal.db"
    made(path, **odd)
    for argv in (["reindex"], ["verify"], ["timeline"], ["status"], ["check"], ["log", "and on"]):
        assert told(path, *argv).code in (0, 1)
    assert told(path, "erase", "#1", "--why", "it is wrong", "--yes").code == 0


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"at": "soon"}, "#2 (zz-1): soon is not a time"),
        ({"at": "soon\x1b[2J"}, "#2 (zz-1): soon␛[2J is not a time"),
    ],
)
def test_what_falls_over_on_a_forged_row_is_no_bug_and_names_it(tmp_path: Path, odd: dict[str, Any], why: str) -> None:
    path = tmp_path / "journal.db"
    incident = made(path, **odd)
    said = told(path, "timeline")
    assert said.code == 3
    assert said.err.splitlines() == [
        f"scribe: {path} is damaged (it holds what scribe never wrote)",
        f"{incident}, {why}; its digests fit, so somebody wrote it with another tool",
    ]
