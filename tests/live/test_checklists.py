from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.checklists import NAME, find, known, progress, slug, suggested
from scribe.live.procedures import BUILT_IN, Checklist, Item, Phase
from scribe.record.events import Point
from scribe.record.state import Board, Holder, Mark, OpenItem, Said, ScopeRow, Ticked, TimeboxRow, Track
from scribe.record.written import ActionItem, Done

NOON = "2026-11-20T12:00:00.000Z"
BARE = Board("inc", title="Checkout fails", moments={"declared": Mark(NOON, "second", NOON, False)})
SAM = (Holder("sam", NOON),)
ROW = ScopeRow("user_group", "EU", "affected", "", NOON)
OPEN = OpenItem("k-1", "A1", "roll back", "sam", NOON)
BOX = TimeboxRow("k-2", "B1", "read the logs", "sam", NOON, NOON)
TICK = Ticked("sam", NOON)


def list_of(name: str) -> Checklist:
    found = find(name, ())
    assert found is not None
    return found


def items(checklist: Checklist) -> list[Item]:
    return [item for phase in checklist.phases for item in phase.items]


def own(name: str, *names: str) -> Checklist:
    return Checklist(name, name.title(), (Phase("", "", tuple(Item(item, item) for item in names)),))


def reached(*moments: str) -> Board:
    return replace(BARE, moments={moment: Mark(NOON, "unknown", NOON, True) for moment in moments})


def all_ticked(board: Board, name: str, own: tuple[Checklist, ...] = ()) -> Board:
    checklist = find(name, own)
    assert checklist is not None
    return replace(board, ticks={**board.ticks, **{f"{name}/{item.name}": TICK for item in items(checklist)}})


def names(board: Board, *own: Checklist) -> list[str]:
    return [checklist.name for checklist in suggested(board, own)]


# ── what the lists say ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_built_in_lists() -> None:
    assert [checklist.name for checklist in BUILT_IN] == [
        "sev1",
        "data-exposure",
        "data-loss",
        "declaration",
        "resolution",
        "closing",
    ]


def test_a_sev_1_has_five_phases_with_their_minutes() -> None:
    minutes = [phase.minutes for phase in list_of("sev1").phases]
    assert minutes == ["0-5 min", "5-15 min", "15-30 min", "30-60 min", ""]


@pytest.mark.parametrize("checklist", BUILT_IN, ids=lambda checklist: checklist.name)
def test_every_item_has_a_name_of_its_own_that_is_quickly_typed_and_words_in_one_line(checklist: Checklist) -> None:
    named = [item.name for item in items(checklist)]
    assert [name for name, times in Counter(named).items() if times > 1] == []
    for name in (checklist.name, *named):
        assert re.fullmatch(NAME, name)
        assert name == name.casefold()
        assert len(name) <= 16
    assert all(item.text.isprintable() and item.text == item.text.strip() for item in items(checklist))
    assert all(checklist.item(item.name) is item for item in items(checklist))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("sev1", "ic first-update status-page rollback changes resolved postmortem"),
        ("data-exposure", "security-team data access-logs legal regulator"),
        ("data-loss", "backup range restore integrity"),
        ("declaration", "severity ic roles impact first-update"),
        ("resolution", "user-signal health-signal resolved postmortem"),
        ("closing", "actions recurrence monitoring stakeholder lessons"),
    ],
)
def test_what_must_not_be_missing(name: str, wanted: str) -> None:
    assert set(wanted.split()) <= {item.name for item in items(list_of(name))}


def test_nobody_but_a_person_can_say_that_both_signals_of_recovery_are_back() -> None:
    signals = [list_of("resolution").item(name) for name in ("user-signal", "health-signal")]
    assert [item and item.shown for item in signals] == [None, None]


# ── the lists of a team ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_s_own_list_stands_behind_the_built_in_ones() -> None:
    mine = own("db-failover", "freeze")
    assert known((mine,)) == (*BUILT_IN, mine)
    assert find("db-failover", (mine,)) is mine


def test_an_own_list_of_the_same_name_takes_the_built_in_s_place() -> None:
    mine = own("data-loss", "phone-alice")
    assert [checklist.name for checklist in known((mine,))] == [checklist.name for checklist in BUILT_IN]
    assert find("data-loss", (mine,)) is mine
    assert names(replace(BARE, state="postmortem", sides={"data": Said("an hour of orders", NOON)}), mine) == [
        "data-loss",
        "closing",
    ]


def test_what_nobody_has_is_not_found() -> None:
    assert find("sev2", ()) is None
    assert list_of("sev1").item("coffee") is None


# ── how far a list is ───────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_ticked_or_proposed_of_an_incident_that_was_just_declared() -> None:
    for checklist in BUILT_IN:
        done = progress(checklist, BARE)
        assert (done.ticked, done.proposed) == (0, 0), checklist.name
        assert done.open == done.total == len(items(checklist))
        assert done.next is done.steps[0]


def test_what_the_record_shows_is_proposed_and_not_ticked() -> None:
    board = replace(BARE, roles={"ic": SAM}, updates=1)
    done = progress(list_of("sev1"), board)
    assert [step.item.name for step in done.steps if step.proposed] == ["ic", "first-update"]
    assert (done.ticked, done.proposed, done.open) == (0, 2, done.total - 2)


def test_what_was_ticked_says_by_whom_and_when_and_is_proposed_no_more() -> None:
    board = replace(BARE, roles={"ic": SAM}, ticks={"sev1/ic": TICK, "declaration/severity": TICK, "sev1/gone": TICK})
    done = progress(list_of("sev1"), board)
    assert [(step.item.name, step.ticked) for step in done.steps if step.ticked] == [("ic", TICK)]
    assert (done.ticked, done.proposed, done.open) == (1, 0, done.total - 1)


def test_the_next_step_is_the_first_that_is_open() -> None:
    board = replace(BARE, ticks={"sev1/verify": TICK}, roles={"ic": SAM})
    done = progress(list_of("sev1"), board)
    assert done.next is not None
    assert done.next.item.name == "channel"
    assert progress(list_of("sev1"), all_ticked(BARE, "sev1")).next is None


def test_a_team_s_own_item_is_never_proposed() -> None:
    done = progress(own("sev1", "ic"), replace(BARE, roles={"ic": SAM}))
    assert (done.proposed, done.open) == (0, 1)


SEEN = Done("al", NOON, "it paged")
ITEM = ActionItem("k-9", "T1", "add an alert", "sam", NOON, status="done", closed=SEEN, verified=SEEN)
SHOWN = [
    ("closing/actions", replace(BARE, items=(ITEM,))),
    ("closing/actions", replace(BARE, items=(ITEM, replace(ITEM, ref="T2", status="wont_do", verified=None)))),
    ("sev1/verify", reached("acknowledged")),
    ("sev1/ic", replace(BARE, roles={"ic": SAM})),
    ("sev1/page", reached("assembled")),
    ("sev1/impact", replace(BARE, impact="nobody can pay")),
    ("sev1/scope", replace(BARE, scope=(ROW,))),
    ("sev1/first-update", replace(BARE, updates=1)),
    ("sev1/changes", replace(BARE, scope=(replace(ROW, row="recent_change"),))),
    ("sev1/cause", replace(BARE, hypotheses=(OPEN,))),
    ("sev1/cause", reached("diagnosed")),
    ("sev1/plan", replace(BARE, state="mitigating")),
    ("sev1/plan", replace(BARE, state="resolved")),
    ("sev1/deploy", reached("fix-deployed")),
    ("sev1/users", reached("mitigated")),
    ("sev1/users", replace(BARE, sides={"ended": Said("12:40", NOON)})),
    ("sev1/resolved", replace(BARE, state="resolved")),
    ("data-exposure/mark", replace(BARE, security=True)),
    ("data-exposure/data", replace(BARE, sides={"data": Said("unknown", NOON)})),
    ("data-loss/stated", replace(BARE, sides={"data": Said("unknown", NOON)})),
    ("declaration/severity", replace(BARE, severity=3)),
    ("declaration/impact", replace(BARE, sides={"users": Said("unknown", NOON)})),
    ("declaration/scope", replace(BARE, scope=(ROW,))),
    ("declaration/detected", reached("detected")),
    ("declaration/ic", replace(BARE, roles={"ic": SAM})),
    ("declaration/roles", replace(BARE, roles={"ops": SAM, "comms": SAM})),
    ("declaration/roles", replace(BARE, roles={"ops": SAM}, not_needed=("comms",))),
    ("declaration/point", replace(BARE, point=Point("roll back?"))),
    ("declaration/cadence", replace(BARE, tracks=(Track("stakeholders", NOON, cadence=900),))),
    ("declaration/cadence", replace(BARE, tracks=(Track("stakeholders", NOON, due=NOON),))),
    ("declaration/first-update", replace(BARE, updates=2)),
    ("declaration/trigger", replace(BARE, trigger=0)),
    ("resolution/in-flight", replace(BARE, state="monitoring")),
    ("resolution/resolved", replace(BARE, state="resolved")),
    ("resolution/impact-end", reached("mitigated")),
    ("resolution/moments", reached("started", "detected")),
]


@pytest.mark.parametrize(("place", "board"), SHOWN)
def test_what_the_board_shows_of_an_item(place: str, board: Board) -> None:
    checklist, _, name = place.partition("/")
    proposed = [step.item.name for step in progress(list_of(checklist), board).steps if step.proposed]
    assert name in proposed


def test_every_item_that_the_board_may_show_is_tried() -> None:
    may = {f"{checklist.name}/{item.name}" for checklist in BUILT_IN for item in items(checklist) if item.shown}
    assert {place for place, _ in SHOWN} == may


@pytest.mark.parametrize(
    ("place", "board"),
    [
        ("sev1/changes", replace(BARE, scope=(ROW,))),
        ("closing/actions", replace(BARE, items=(ITEM, replace(ITEM, ref="T2", verified=None)))),
        ("sev1/deploy", replace(BARE, state="mitigating")),
        ("sev1/resolved", replace(BARE, state="monitoring")),
        ("declaration/roles", replace(BARE, roles={"ops": SAM, "comms": ()})),
        ("declaration/cadence", replace(BARE, tracks=(Track("stakeholders", NOON),))),
        ("resolution/in-flight", replace(BARE, state="monitoring", actions=(OPEN,))),
        ("resolution/in-flight", replace(BARE, state="resolved", timeboxes=(BOX,))),
        ("resolution/in-flight", replace(BARE, state="mitigating")),
        ("resolution/moments", reached("detected")),
    ],
)
def test_what_the_board_does_not_show_stays_open(place: str, board: Board) -> None:
    checklist, _, name = place.partition("/")
    (step,) = (step for step in progress(list_of(checklist), board).steps if step.item.name == name)
    assert step.open


# ── which lists matter now ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_incident_wants_to_be_declared_in_full() -> None:
    assert names(BARE) == ["declaration"]


def test_a_sev_1_has_its_procedure_until_it_is_over() -> None:
    board = replace(BARE, severity=1)
    assert names(board) == ["sev1", "declaration"]
    assert names(replace(board, state="monitoring")) == ["resolution", "sev1", "declaration"]
    assert names(replace(board, state="resolved")) == ["resolution"]
    assert names(replace(board, state="postmortem")) == ["closing"]


def test_what_protects_people_and_data_comes_first() -> None:
    board = replace(BARE, severity=1, security=True, sides={"data": Said("orders of an hour", NOON)})
    assert names(board) == ["data-exposure", "data-loss", "sev1", "declaration"]
    assert names(replace(board, state="verification")) == ["data-exposure", "data-loss", "closing"]
    assert names(replace(board, state="closed")) == []


@pytest.mark.parametrize(
    "said",
    ["no", "None", "nothing", " No. ", "no data loss", "none so far", "nothing lost", "no loss or corruption", "0"],
)
def test_who_says_that_no_data_is_lost_is_believed(said: str) -> None:
    assert "data-loss" not in names(replace(BARE, sides={"data": Said(said, NOON)}))


@pytest.mark.parametrize(
    "said",
    [
        "unknown",
        "yes",
        "no backups, all of it",
        "nothing known yet",
        "none of it can be read",
        "no longer",
        "orders",
        "07",
    ],
)
def test_any_other_word_of_data_may_mean_a_loss(said: str) -> None:
    assert "data-loss" in names(replace(BARE, sides={"data": Said(said, NOON)}))


def test_the_declaration_is_done_once_the_record_shows_all_of_it() -> None:
    board = replace(
        reached("detected"),
        severity=2,
        impact="nobody can pay",
        scope=(ROW,),
        roles={"ic": SAM, "ops": SAM, "comms": SAM},
        point=Point("roll back?"),
        tracks=(Track("stakeholders", NOON, cadence=900),),
        updates=1,
        trigger=0,
        ticks={"declaration/channel": TICK},
    )
    assert names(board) == ["declaration"]
    assert names(replace(board, ticks={**board.ticks, "declaration/security": TICK})) == []


def test_a_list_that_is_ticked_off_matters_no_more() -> None:
    board = replace(BARE, severity=1, security=True)
    assert names(all_ticked(board, "sev1")) == ["data-exposure", "declaration"]
    assert names(all_ticked(board, "data-exposure")) == ["sev1", "declaration"]


def test_what_is_only_proposed_still_waits_for_somebody() -> None:
    mine = Checklist("sev1", "SEV-1", (Phase("", "", (Item("ic", "command", lambda _: True),)),))
    assert names(replace(BARE, severity=1), mine) == ["sev1", "declaration"]


# ── names for items that were given none ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "taken", "name"),
    [
        ("Stop deployments", (), "stop-deployments"),
        ("See that the replica is up to date", (), "see-that-the-replica-is"),
        ("stop!", ("stop", "stop-2"), "stop-3"),
        ("???", (), "item"),
        ("복제본 확인", (), "복제본-확인"),
        ("a_b/c", (), "a-b-c"),
        ("x" * 60, (), "x" * 24),
    ],
)
def test_a_name_is_made_of_the_first_words(text: str, taken: tuple[str, ...], name: str) -> None:
    assert slug(text, taken) == name


@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_words_make_names_that_can_be_typed_each_of_its_own(texts: list[str]) -> None:
    taken: list[str] = []
    for text in texts:
        name = slug(text, taken)
        assert re.fullmatch(NAME, name)
        assert name == name.casefold()
        assert name not in taken
        taken.append(name)
