"""What Tab would offer."""

from __future__ import annotations

import pytest

from scribe.live.completion import MOST, candidates, people
from scribe.live.slash import COMMANDS
from scribe.record.events import MOMENTS, ROLES, STATES, Fact
from scribe.record.state import Board, Entry, Holder, OpenItem

AT = "2026-11-20T14:02:00.000Z"
BOARD = Board(
    "INC-1",
    roles={"ic": (Holder("alice", AT),)},
    hypotheses=(OpenItem("w-1", "H1", "pool", "sam", AT), OpenItem("w-2", "H3", "disk", "sam", AT)),
    actions=(OpenItem("w-3", "A2", "undo", "bob", AT),),
    refs={"#": 12, "H": 3, "A": 2},
)
PEOPLE = ("alice", "bob", "Bert", "민수")


def offered(line: str, cursor: int | None = None, board: Board = BOARD) -> list[str]:
    found = candidates(line, len(line) if cursor is None else cursor, board, PEOPLE)
    return [candidate.text for candidate in found]


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("/r", ["/role", "/rule-out", "/retract"]),
        ("/rol", ["/role"]),
        ("/ROL", ["/role"]),
        ("  /rol", ["/role"]),
        ("/role", []),
        ("/zzz", []),
        ("14:02 /no", ["/note"]),
        ("-12m /no", ["/note"]),
        ("yesterday 23:50 /no", ["/note"]),
        ("2026-11-20 14:02 /no", ["/note"]),
        ("see /no", []),
        ("/role /no", []),
        ("@b", ["@bob", "@Bert"]),
        ("@B", ["@bob", "@Bert"]),
        ("asked @al", ["@alice"]),
        ("/role ic @bo", ["@bob"]),
        ("@민", ["@민수"]),
        ("@bob", []),
        ("bob", []),
        ("x@al", []),
        ("/sev ", ["1", "2", "3", "4"]),
        ("/sev 1", []),
        ("/state m", ["mitigating", "monitoring"]),
        ("/state MIT", ["mitigating"]),
        ("14:02 /state mit", ["mitigating"]),
        ("/role ", list(ROLES)),
        ("/role co", ["comms"]),
        ("/milestone mit", ["mitigated"]),
        ("/done ", ["A2"]),
        ("/failed a", ["A2"]),
        ("/confirm ", ["H3", "H1"]),
        ("/rule-out H1", []),
        ("/next 1", ["10m", "15m", "1h"]),
        ("/amend #1", ["#12", "#11", "#10"]),
        ("/retract ", [f"#{number}" for number in range(12, 3, -1)]),
        ("/done A2 ", []),
        ("/update ", []),
        ("/unknown ", []),
        ("plain words", []),
        ("", []),
    ],
)
def test_what_is_offered(line: str, texts: list[str]) -> None:
    assert offered(line) == texts


def test_everything_of_a_kind_is_offered_at_its_beginning() -> None:
    assert offered("/") == [f"/{slash.name}" for slash in COMMANDS]
    assert offered("@") == [f"@{name}" for name in PEOPLE]
    assert offered("/state ") == list(STATES)
    assert offered("/milestone ") == list(MOMENTS)


def test_the_place_of_a_candidate_is_the_word_before_the_cursor() -> None:
    line = "asked @al about it"
    (found,) = candidates(line, len("asked @al"), BOARD, PEOPLE)
    assert (found.text, found.start, found.end) == ("@alice", len("asked "), len("asked @al"))
    assert candidates(line, len(line), BOARD, PEOPLE) == ()
    assert candidates(line, 0, BOARD, PEOPLE) == ()


def test_a_candidate_says_what_it_is() -> None:
    def about(line: str) -> list[str]:
        return [candidate.about for candidate in candidates(line, len(line), BOARD, PEOPLE)]

    assert about("/done ") == ["undo"]
    assert about("/role ic") == []
    assert about("/role i") == ["@alice"]
    assert about("/role o") == ["unassigned"]
    assert about("/sev ")[0] == "critical"


def test_nothing_is_offered_where_nothing_is_open() -> None:
    empty = Board("INC-1")
    assert offered("/done ", board=empty) == []
    assert offered("/confirm ", board=empty) == []
    assert offered("/amend ", board=empty) == []


def test_there_are_never_too_many() -> None:
    crowd = [f"p{number}" for number in range(500)]
    assert len(candidates("@", 1, BOARD, crowd)) == MOST


def test_whoever_holds_a_role_comes_first_then_who_was_heard_of_last() -> None:
    def entry(number: int, by: str, *mentions: str) -> Entry:
        payload = Fact(mentions=mentions)
        return Entry(number, "w", number, f"#{number}", AT, "second", "", AT, "fact", "x", by, "sam", payload)

    entries = [entry(1, "carol"), entry(2, "bob", "dan"), entry(3, "alice"), entry(4, "bob", "eve")]
    assert people(BOARD, entries) == ("alice", "bob", "eve", "dan", "carol")
    assert people(Board("INC-1"), []) == ()
    many = [entry(number, f"p{number}") for number in range(1000)]
    assert len(people(Board("INC-1"), many)) < 400
