"""What Tab would offer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from scribe.live.completion import MOST, candidates, people
from scribe.live.procedures import BUILT_IN, Checklist, Item, Phase
from scribe.live.slash import COMMANDS, Slash
from scribe.record.events import Fact
from scribe.record.state import Board, Entry, Handed, Holder, OpenItem, ScopeRow, Ticked, TimeboxRow, Track
from scribe.record.terms import MOMENTS, ROLES, STATES
from scribe.record.written import ActionItem, Factor

AT = "2026-11-20T14:02:00.000Z"
BOARD = Board(
    "INC-1",
    roles={"ic": (Holder("alice", AT),)},
    hypotheses=(OpenItem("w-1", "H1", "pool", "sam", AT), OpenItem("w-2", "H3", "disk", "sam", AT)),
    actions=(OpenItem("w-3", "A2", "undo", "bob", AT),),
    tracks=(Track("stakeholders", AT),),
    scope=(
        ScopeRow("user_group", "EU customers", "affected", "", AT),
        ScopeRow("dependency", "DNS", "unknown", "", AT),
        ScopeRow("user_group", "unknown", "not_affected", "", AT),
    ),
    refs={"#": 12, "H": 3, "A": 2},
)
ITEMS = (
    ActionItem("w-6", "T1", "add an alert", "al", AT),
    ActionItem("w-7", "T2", "write a runbook", "al", AT, status="wont_do"),
    ActionItem("w-8", "T3", "add a limit", "al", AT, status="done"),
)
PEOPLE = ("alice", "bob", "Bert", "민수")


def offered(line: str, cursor: int | None = None, board: Board = BOARD) -> list[str]:
    found = candidates(line, len(line) if cursor is None else cursor, board, PEOPLE)
    return [candidate.text for candidate in found]


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("/r", ["/role", "/rule-out", "/restrict", "/retract"]),
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
        # names
        ("/role ic ", [*(f"@{name}" for name in PEOPLE), "not-needed", "released"]),
        ("/role ic n", ["not-needed"]),
        ("/role ic @bob ", []),
        ("/handoff ", [f"@{name}" for name in PEOPLE]),
        ("/handoff @b", ["@bob", "@Bert"]),
        ("/handoff @bob ", list(ROLES)),
        ("/handoff @bob o", ["ops"]),
        ("/ack ", []),
        ("/ack @al", ["@alice"]),
        ("/take i", ["ic"]),
        ("/take ic @a", ["@alice"]),
        ("/solo @a", ["@alice"]),
        ("/escalate ", ["1", "2", "3", "4"]),
        ("/escalate 2 @a", ["@alice"]),
        ("/timebox 5m @a", ["@alice"]),
        ("/strategy con", ["consult", "continue"]),
        ("/strategy continue @a", ["@alice"]),
        ("14:02 /handoff @al", ["@alice"]),
        ("/note asked @al", ["@alice"]),
        # words
        ("/snooze ", ["10m", "15m", "20m", "30m", "1h", "2h"]),
        ("/snooze 10m ", []),
        ("/trigger 1", ["10m", "15m", "1h"]),
        ("/audience p", ["public"]),
        ("/audience public ", ["on", "off"]),
        ("/audience public on ", []),
        ("/impact u", ["users:"]),
        ("/impact users: ", []),
        ("/scope ", ["group", "domain", "dependency", "change"]),
        ("/scope group ", ["EU customers", "unknown"]),
        ("/SCOPE tenant e", ["EU customers"]),
        ("/scope dependency ", ["DNS"]),
        ("/scope change ", []),
        ("/scope planet ", []),
        ("/security ", ["indicator:", "containment:", "legal:"]),
        ("/set ", []),
        # references
        ("/restrict #1", ["#12", "#11", "#10"]),
        ("/unrestrict #12", []),
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


def test_a_checklist_is_offered_then_what_is_left_of_it() -> None:
    own = (Checklist("payments", "Payments", (Phase("", "", (Item("freeze", "stop payouts"), Item("tell", "tell"))),)),)
    board = replace(
        BOARD, severity=1, security=True, ticks={"payments/tell": Ticked("al", AT), "sev1/page": Ticked("al", AT)}
    )

    def texts(line: str) -> list[str]:
        return [candidate.text for candidate in candidates(line, len(line), board, PEOPLE, own=own)]

    assert set(texts("/tick ")) == {*(each.name for each in BUILT_IN), "payments"}
    assert texts("/tick ")[:2] == ["data-exposure", "sev1"]  # what matters now
    assert texts("/tick pay") == ["payments"]
    assert texts("/tick payments ") == ["freeze"]
    assert texts("/untick payments ") == ["tell"]
    assert texts("/untick SEV1 p") == ["page"]
    assert "page" not in texts("/tick sev1 p")
    assert texts("/tick sev1 page ") == texts("/tick none ") == []


def test_whoever_a_packet_waits_for_is_offered() -> None:
    board = replace(BOARD, handoff=Handed("w-9", "#9", AT, 3, "ic", "alice", "민수"))
    (found,) = candidates("/ack ", 5, board, PEOPLE)
    assert (found.text, found.about) == ("@민수", "packet 3")
    assert people(board, []) == ("alice", "민수")


def test_an_audience_is_offered_where_there_are_several() -> None:
    board = replace(BOARD, tracks=(Track("stakeholders", AT), Track("public", AT)))
    assert offered("/update ", board=board) == ["stakeholders:", "public:"]
    assert offered("/next ", board=board)[-2:] == ["stakeholders:", "public:"]
    assert offered("/cadence p", board=board) == ["public:"]
    assert offered("/next public: 1", board=board) == ["10m", "15m", "1h"]
    assert offered("/update public: ", board=board) == []


def test_the_fields_of_what_is_shown_are_the_screens() -> None:
    found = candidates("/set ex", 7, BOARD, PEOPLE, fields=("risks", "exit_criteria"))
    assert [candidate.text for candidate in found] == ["exit_criteria"]
    assert candidates("/set risks ", 11, BOARD, PEOPLE, fields=("risks", "exit_criteria")) == ()


def test_the_roles_of_the_team_are_offered() -> None:
    found = candidates("/role l", 7, BOARD, PEOPLE, (*ROLES, "liaison"))
    assert [(candidate.text, candidate.about) for candidate in found] == [("liaison", "unassigned")]


def test_a_time_box_ends_like_an_action() -> None:
    board = replace(BOARD, timeboxes=(TimeboxRow("w-5", "B2", "logs", "bob", AT, AT),))
    assert offered("/done ", board=board) == ["A2", "B2"]
    assert offered("/failed b", board=board) == ["B2"]


@pytest.mark.parametrize("slash", COMMANDS, ids=lambda slash: slash.name)
def test_every_argument_that_a_command_takes_can_be_offered(slash: Slash) -> None:
    """A kind that nothing stands behind would be offered never."""
    board = replace(
        BOARD, handoff=Handed("w-9", "#9", AT, 3, "ic", "alice", "bob"), ticks={"sev1/page": Ticked("al", AT)}
    )
    board = replace(board, tracks=(Track("stakeholders", AT), Track("public", AT)))
    board = replace(board, factors=(Factor("w-5", "F1", "no alert", "al", AT),), items=ITEMS)
    words = [f"/{slash.name}"]
    for kind in slash.takes.split():
        line = f"{' '.join(words)} "
        found = [one.text for one in candidates(line, len(line), board, PEOPLE, fields=("risks",))]
        assert found, kind
        if kind != "audience:":
            words.append("sev1" if kind == "checklist" else found[0])


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


def test_what_is_still_to_be_done_is_offered_and_what_was_dropped_is_not() -> None:
    board = replace(BOARD, items=ITEMS)
    assert offered("/done ", board=board) == ["A2", "T1"]
    assert offered("/failed ", board=board) == ["A2"]
    assert offered("/drop T", board=board) == ["T1"]
    assert offered("/verified ", board=board) == ["T3"]


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
