"""Any text whatever is a search, and never an error: in the box, in the register, on the command line."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scribe.live.grammar import OnScreen, Setting, parse
from scribe.record.state import Entry
from scribe.record.text import normalise
from scribe.record.timeline import Filter, asked, chosen
from scribe.ui.register.routing import route
from tests.fakes.desk import NOON, Desk
from tests.hostile.fields import Record
from tests.hostile.values import HOSTILE, hostile
from tests.hostile.views import harmless, say

SETTING = Setting(NOON, NOON, UTC)
searches = (
    hostile | st.text(st.sampled_from("@#.*+?[](){}|\\/^$\"'- aT1\n\t漢"), max_size=30) | st.sampled_from(HOSTILE)
)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    desk = Desk(tmp_path_factory.mktemp("search") / "journal.db", severity=2)
    for line in ("5xx at 12 % #eu", "? @bob pool (full) [x]", "결제가 느려요", "> roll back https://a.example/x?y=1"):
        desk.type(line)
    found = list(desk.state().entries)
    desk.journal.close()
    return found


@given(searches)
@example("[")
@example("\\")
@example("@")
@example("#")
@example("/find /find")
def test_whatever_is_looked_for_finds_what_holds_it(entries: list[Entry], text: str) -> None:
    wanted = asked(text)
    found = chosen(entries, wanted)
    words = text.casefold().split()
    if wanted.words == tuple(words):
        held = [f"{entry.text} {entry.ref} {entry.by} {' '.join(entry.sources)}".casefold() for entry in entries]
        assert found == [
            entry for entry, all_of in zip(entries, held, strict=True) if all(word in all_of for word in words)
        ]
    if not text.split():
        assert wanted == Filter()
        assert found == entries


@given(searches)
@example("x" * 70_000)
@example("14:02 ! @bob /sev 1")
def test_the_box_takes_it_for_a_search(text: str) -> None:
    line = f"/find {text}"
    found = parse(line, SETTING)
    assert isinstance(found, OnScreen)
    assert found.command == "find"
    assert found.argument == normalise(line)[6:].strip()


@given(searches)
@example("x" * 70_000)
def test_so_does_the_register(text: str) -> None:
    assert route(f"/find {text}", "INC-1", (), ("INC-1",)) == OnScreen("find", text.strip())


def test_so_does_the_command_line(tmp_path: Path) -> None:
    record = Record(tmp_path / "journal.db", Random(7))
    for value in (text.replace("\0", "") for text in HOSTILE[::25] if len(text) < 400):
        given = value.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
        said = say(["--db", str(record.path), "-i", "INC-1", "timeline", f"--find={given}"], record.clock)
        assert said.code in (0, 1), said.err
        assert said.err == ""
        harmless(said.out)
