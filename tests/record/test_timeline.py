import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.events import Fact, Payload, Role
from scribe.record.state import Entry
from scribe.record.timeline import KINDS, LETTERS, Filter, as_recorded, asked, chosen, matches
from tests.fakes.desk import at


def entry(text: str, kind: str = "fact", by: str = "sam", payload: Payload | None = None, ref: str = "#1") -> Entry:
    payload = payload or Fact()
    return Entry(
        1, "w", 1, ref, at("12:00"), "second", "", at("12:00"), kind, text, by, "sam", payload, payload.sources
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Filter()),
        ("  ", Filter()),
        ("actions", Filter(kinds=frozenset({"action"}))),
        ("Hypotheses DECISION", Filter(kinds=frozenset({"hypothesis", "decision"}))),
        ("@Alice #DB Pool", Filter(frozenset(), frozenset({"alice"}), frozenset({"db"}), ("pool",))),
        ("#12", Filter(words=("#12",))),
        ("@ #", Filter(words=("@", "#"))),
    ],
)
def test_asked(text: str, wanted: Filter) -> None:
    assert asked(text) == wanted


ROLE = entry("IC → @Bob", "role", payload=Role(role="ic", who="Bob"))
TAGGED = entry("pool #db", payload=Fact(tags=("DB", "net"), mentions=("Carol",), sources=("https://x.example/Q",)))


@pytest.mark.parametrize(
    ("found", "search", "hit"),
    [
        (entry("Pool exhausted"), "", True),
        (entry("Pool exhausted"), "pOOL haus", True),
        (entry("Pool exhausted"), "pool empty", False),
        (entry("복제 지연 0.2초"), "제 지연"[0], True),
        (entry("复制延迟"), "制延", True),
        (entry("Straße"), "STRASSE", True),
        (entry("x", by="Alice"), "@alice", True),
        (entry("x", by="Alice"), "alice", True),
        (entry("x", by="Alice"), "@ali", False),
        (ROLE, "@bob", True),
        (ROLE, "roles @bob", True),
        (ROLE, "facts @bob", False),
        (ROLE, "facts roles", True),
        (TAGGED, "@carol", True),
        (TAGGED, "@sam @nobody", True),
        (TAGGED, "#db", True),
        (TAGGED, "#DB #net", True),
        (TAGGED, "#db #eu", False),
        (TAGGED, "example/q", True),
        (entry("x", ref="#12"), "#12", True),
    ],
)
def test_matches(found: Entry, search: str, hit: bool) -> None:
    assert matches(found, asked(search)) is hit
    assert chosen([found, found], asked(search)) == ([found, found] if hit else [])


@given(st.text())
def test_any_text_is_a_search(text: str) -> None:
    wanted = asked(text)
    assert wanted.is_empty == (not text.split())
    assert matches(entry(text), Filter(words=wanted.words))


def test_no_kind_is_told_by_colour_alone() -> None:
    assert set(LETTERS) == set(KINDS)
    assert all(len(letter) == 1 for letter in LETTERS.values())


def test_as_recorded() -> None:
    from msgspec.structs import replace

    one, two, three = (
        replace(entry("x"), number=n, recorded_at=at(t)) for n, t in ((3, "12:01"), (2, "12:00"), (1, "12:01"))
    )
    assert as_recorded([one, two, three]) == [two, three, one]
