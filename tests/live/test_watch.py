from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.policy import DEFAULT, Policy, Thresholds
from scribe.live.watch import ORDER, Attention, attention, bells
from scribe.record.board import rebuild
from scribe.record.events import (
    Action,
    Checkpoint,
    Declared,
    Escalation,
    Event,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Payload,
    Point,
    Role,
    Scope,
    Security,
    Severity,
    Snoozed,
    StateChange,
    Timebox,
    Update,
    is_board,
    kind_of,
)
from scribe.record.state import Board, Handed, Said, Snooze, TimeboxRow, Track, encode_board
from scribe.record.terms import IMPACT_LABELS, MOMENTS, OVER, ROLES, STATES
from tests.fakes.calm import CALM, INSTANT, action, at, mark

TRICKY = "\x1b]52;c;aGk=\x07 a\u202eb\n[/]"


def codes(board: Board, minutes: float, policy: Policy = DEFAULT) -> list[str]:
    return [found.code for found in attention(board, policy, at(minutes))]


# ── boards that nobody would think of, folded from what might have been recorded ────────────────────────────────────

_words = st.sampled_from(("", "roll back", "EU customers", "none", "unknown", "fully down", "312 lost", TRICKY))
_names = st.sampled_from(("alice", "bob"))
_audiences = st.sampled_from(("responders", "stakeholders", "public"))
_minutes = st.integers(-60, 400)
_times = _minutes.map(at)
_paces = st.one_of(st.none(), st.integers(60, 7200))
_tags = st.sampled_from(((), ("db",), ("DB",), ("db", "eu")))

_payloads: st.SearchStrategy[Payload] = st.one_of(
    st.builds(Severity, level=st.integers(1, 4), cadence=_paces),
    st.builds(StateChange, state=st.sampled_from(STATES[:4]), cadence=_paces),
    st.builds(Role, role=st.sampled_from(ROLES), who=_names, solo=st.booleans()),
    st.builds(Role, role=st.sampled_from(ROLES), change=st.sampled_from(("released", "not_needed"))),
    st.builds(Milestone, moment=st.sampled_from(MOMENTS)),
    st.builds(Action, status=st.sampled_from(("in_flight", "done")), tags=_tags),
    st.builds(Hypothesis),
    st.builds(Update, audience=_audiences, next_at=st.one_of(st.none(), _times)),
    st.builds(Note, audience=_audiences, switched=st.sampled_from(("on", "off")), cadence=_paces),
    st.builds(Note, trigger=st.integers(0, 3600)),
    st.builds(Note, point=st.builds(Point, _words, st.sampled_from(("", "alice")), st.one_of(st.none(), _times))),
    st.builds(Impact, field=st.sampled_from(("", *IMPACT_LABELS)), value=_words),
    st.builds(
        Scope,
        row=st.sampled_from(("user_group", "dependency")),
        name=_words,
        verdict=st.sampled_from(("affected", "not_affected", "unknown")),
    ),
    st.builds(Checkpoint, incoming=st.sampled_from(("", "bob"))),
    st.builds(Escalation, level=st.integers(1, 4)),
    st.builds(Timebox, who=_names, until=_times),
    st.builds(Security, aspect=st.sampled_from(("marked", "lifted"))),
    st.builds(Snoozed, key=st.sampled_from(("quiet", "stalled", "role-unassigned/ic")), until=_times),
)
_beginning = st.builds(
    Declared, severity=st.one_of(st.none(), st.integers(1, 4)), cadence=_paces, security=st.booleans()
)


def _event(number: int, minutes: int, text: str, payload: Payload) -> Event:
    kind, when = kind_of(payload), at(minutes)
    ref = {"action": f"A{number}", "timebox": f"B{number}", "hypothesis": f"H{number}"}.get(kind, f"#{number}")
    return Event(
        number=number,
        incident="INC-1",
        writer="w",
        seq=number,
        format=1,
        at=when,
        precision="second",
        recorded_at=when,
        kind=kind,
        is_board=is_board(payload),
        ref=ref,
        seen="",
        prev="",
        body_digest="",
        digest=f"digest {number}",
        author="",
        recorder="sam",
        at_raw="",
        text=text,
        payload=payload,
    )


@st.composite
def boards(draw: st.DrawFn) -> Board:
    story = draw(st.lists(st.tuples(st.integers(-60, 90), _words, _payloads), max_size=14))
    events = [_event(1, 0, "Checkout fails", draw(_beginning))]
    events += [_event(number, *told) for number, told in enumerate(story, 2)]
    return rebuild("INC-1", events)


_policies = st.builds(
    Policy,
    ladder=st.sampled_from((DEFAULT.ladder, DEFAULT.ladder[:3], DEFAULT.ladder[1:2], ())),
    thresholds=st.builds(Thresholds, grace=st.integers(0, 1800), quiet=st.integers(1, 7200)),
    audiences=st.just(("stakeholders", "public")),
)
_moments = st.lists(st.integers(-90, 700), min_size=2, max_size=12).map(sorted)

MAY_END = ("update-due", "escalation")
"""What gives way to something more urgent as time passes."""


@given(boards(), _policies, _moments)
@settings(max_examples=150, deadline=None)
def test_nothing_that_is_found_flickers_as_time_passes(board: Board, policy: Policy, moments: list[int]) -> None:
    seen: dict[str, Attention] = {}
    for minutes in moments:
        found = {one.key: one for one in attention(board, policy, at(minutes))}
        assert len(found) == len(attention(board, policy, at(minutes)))
        for key, one in found.items():
            assert one.since <= at(minutes)
            assert key not in seen or seen[key].since == one.since
            seen[key] = one
        gone = [one for key, one in seen.items() if key not in found and key not in board.snoozes]
        assert [one for one in gone if one.code not in MAY_END] == []
        for one in gone:
            if one.code == "update-due":
                assert f"update-overdue/{one.subject}" in found
            else:
                assert any(rung.subject > one.subject for rung in found.values() if rung.code == one.code)


@given(boards(), _policies, _minutes)
@settings(max_examples=80, deadline=None)
def test_the_order_is_fixed_and_every_finding_can_be_shown_and_answered(
    board: Board, policy: Policy, minutes: int
) -> None:
    found = attention(board, policy, at(minutes))
    ranks = [ORDER.index(one.key if one.key in ORDER else one.code) for one in found]
    assert ranks == sorted(ranks)
    for one in found:
        assert one.command.startswith("/")
        assert one.text.isprintable()
        assert one.command.isprintable()
        assert one.ready is not one.command.endswith((" ", "@"))


@given(boards(), _policies, _minutes)
@settings(max_examples=50, deadline=None)
def test_the_same_board_says_the_same_and_stays_as_it_is(board: Board, policy: Policy, minutes: int) -> None:
    before = encode_board(board)
    assert attention(board, policy, at(minutes)) == attention(board, policy, at(minutes))
    assert encode_board(board) == before


@given(boards(), _minutes, st.sampled_from(sorted(OVER)))
@settings(max_examples=50, deadline=None)
def test_nothing_needs_attention_once_it_is_over(board: Board, minutes: int, state: str) -> None:
    assert attention(replace(board, state=state), DEFAULT, at(minutes)) == ()
    assert attention(replace(board, postmortem_only=True), DEFAULT, at(minutes)) == ()


@given(boards(), _minutes, st.data())
@settings(max_examples=80, deadline=None)
def test_what_was_snoozed_is_hidden_until_then_and_comes_back(board: Board, minutes: int, data: st.DataObject) -> None:
    board = replace(board, snoozes={})
    found = attention(board, DEFAULT, at(minutes))
    if not found:
        return
    one = data.draw(st.sampled_from(found))
    until = data.draw(st.integers(minutes + 1, minutes + 90))
    left_alone = replace(board, snoozes={one.key: Snooze(at(until), at(minutes), "being written now")})
    others = tuple(other for other in found if other is not one)
    assert attention(left_alone, DEFAULT, at(minutes)) == others
    for later in (until - INSTANT, until, until + 9):
        everything = attention(board, DEFAULT, at(later))
        hidden = {one.key} if later < until else set()
        expected = tuple(other for other in everything if other.key not in hidden)
        assert attention(left_alone, DEFAULT, at(later)) == expected


# ── examples ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_when_all_is_well() -> None:
    assert attention(CALM, DEFAULT, at(1)) == ()


def test_the_order_of_what_is_most_urgent() -> None:
    board = replace(
        CALM,
        severity=1,
        roles={},
        moments={"declared": CALM.moments["declared"]},
        trigger=600,
        escalated=0,
        sides={"service": Said("down", at(0))},
        actions=(action("A1", 0, "drain", "db"), action("A2", 0, "restart", "db")),
        handoff=Handed("w-9", "#9", at(0), 1, "ic", "alice", "bob"),
        point=Point("fail over?"),
        timeboxes=(TimeboxRow("w-3", "B1", "the cache", "bob", at(0), at(5)),),
        hypotheses=(action("H1", 0), action("H2", 0)),
    )
    assert list(dict.fromkeys(found.key for found in attention(board, DEFAULT, at(16)))) == [
        "update-overdue/stakeholders",
        "role-unassigned/ic",
        "stalled",
        "escalation/3",
        "rollback-advised",
        "mitigations-collide/A1+A2",
        "role-unassigned/ops",
        "role-unassigned/comms",
        "handoff-pending",
        "authority-unclear",
        "timebox-over/B1",
        "milestone-missed/assembled",
        "milestone-missed/acknowledged",
        "quiet",
    ]


def test_every_code_has_its_rank_once() -> None:
    assert len(set(ORDER)) == len(ORDER)
    assert ORDER[:4] == ("update-overdue", "role-unassigned/ic", "stalled", "escalation")


def test_in_the_first_minutes_of_a_critical_incident_only_what_concerns_safety_is_said() -> None:
    bare = replace(CALM, severity=1, impact="", scope=(), solo=True, roles={}, trigger=None)
    early, later = attention(bare, DEFAULT, at(15 - INSTANT)), attention(bare, DEFAULT, at(15))
    assert {one.safety for one in early} == {True}
    assert "role-unassigned" in [one.code for one in early]
    assert "trigger-unset" in [one.code for one in early]
    said_late = {"impact-unknown", "scope-unknown", "duty-commander", "duty-ops", "quiet"}
    assert {one.code for one in later} - {one.code for one in early} == said_late | {"update-overdue"}
    assert "impact-unknown" in codes(replace(bare, severity=2), 10)
    assert "impact-unknown" in codes(bare, 10, Policy(thresholds=Thresholds(grace=300)))


def test_an_update_stays_loud_where_the_declaration_cannot_be_read() -> None:
    unread = replace(CALM, moments={}, severity=1, trigger=600, progress="", active_at="", impact="")
    assert codes(unread, 16) == ["update-overdue"]
    assert attention(replace(unread, roles={}), DEFAULT, at(16))[1].since == ""


def test_what_people_wrote_is_made_safe_to_show_and_to_type() -> None:
    board = replace(CALM, point=Point(TRICKY), tracks=(Track(TRICKY, at(0), due=at(1)),))
    update, point = attention(board, DEFAULT, at(2))
    for shown in (update.text, point.text, point.command):
        assert shown.isprintable()
        assert "‹202E›" in shown
        assert "␛]52" in shown


def test_a_snooze_is_for_one_subject_and_not_for_its_code() -> None:
    board = replace(CALM, roles={}, snoozes={"role-unassigned/ops": Snooze(at(9), at(1), "")})
    assert [found.subject for found in attention(board, DEFAULT, at(2))] == ["ic", "comms"]
    level_three = replace(CALM, escalated=0, snoozes={"escalation/3": Snooze(at(99), at(31), "")})
    assert "escalation" not in codes(level_three, 59)
    assert "escalation" in codes(level_three, 60)


SAFE = {
    *("update-overdue", "update-due", "cadence-unset", "severity-unset", "role-unassigned", "trigger-unset", "stalled"),
    *("authority-unclear", "escalation", "rollback-advised", "mitigations-collide", "handoff-pending"),
    *("timebox-over", "milestone-missed"),
}
OPENS = {"update-overdue", "update-due", "checkpoint-due", "checkpoint-missing"}
"""What is answered on a screen of its own, so that one key is enough."""
RECORDS = {"trigger-unset"}
"""What one key records: never that somebody was called, or has command."""


@given(boards(), _policies, _minutes)
@settings(max_examples=80, deadline=None)
def test_each_code_is_always_of_one_kind(board: Board, policy: Policy, minutes: int) -> None:
    for one in attention(board, policy, at(minutes)):
        assert one.safety is (one.code in SAFE)
        if one.code != "cadence-unset":  # only where the policy proposes one
            assert one.ready is (one.code in OPENS | RECORDS)


def test_what_waits_since_the_declaration_is_not_counted_from_detection() -> None:
    early = {"declared": mark(0), "acknowledged": mark(0), "diagnosed": mark(0), "detected": mark(-40)}
    board = replace(
        CALM,
        moments=early,
        progress="",
        trigger=600,
        escalated=0,
        security=True,
        roles={},
        impact="",
        scope=(),
        solo=True,
        tracks=(Track("public", at(0)),),
    )
    found = {one.code: one.since for one in attention(board, DEFAULT, at(300)) if one.code != "milestone-missed"}
    assert found == {
        "role-unassigned": at(0),
        "stalled": at(10),
        "escalation": at(0),
        "cadence-unset": at(0),
        "duty-commander": at(5),
        "duty-ops": at(5),
        "impact-unknown": at(10),
        "scope-unknown": at(15),
        "checkpoint-due": at(240),
        "quiet": at(15),
    }
    unset = replace(board, severity=None, security=False, escalated=4, trigger=None)
    assert [one.since for one in attention(unset, DEFAULT, at(1)) if one.code == "severity-unset"] == [at(0)]
    proposed = attention(replace(unset, severity=2, point=Point("fail over?")), DEFAULT, at(1))
    asked = ("trigger-unset", "authority-unclear")
    assert [one.since for one in proposed if one.code in asked] == [at(0), at(0)]
    # The first minutes of a SEV-1 count from the declaration, too.
    assert "impact-unknown" not in codes(replace(board, severity=1), 14)


@pytest.mark.parametrize("threshold", ["update_soon", "quiet", "impact_unknown", "scope_unknown", "checkpoint_due"])
def test_every_threshold_is_the_teams_own(threshold: str) -> None:
    board = replace(CALM, impact="", scope=(), tracks=(Track("stakeholders", at(0), due=at(600)),))
    code = {"update_soon": "update-due"}.get(threshold, threshold.replace("_", "-"))
    policy = Policy(thresholds=replace(Thresholds(), **{threshold: 7 * 60}))
    first = 593 if threshold == "update_soon" else 7
    assert code not in codes(board, first - INSTANT, policy)
    assert code in codes(board, first, policy)


# ── bells ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def loud(code: str, since: float, subject: str = "", *, safety: bool = True) -> Attention:
    return Attention(code, "words", at(since), "/note ", subject, safety=safety)


def test_one_bell_for_one_item_however_long_it_waits() -> None:
    waiting = (loud("stalled", 0),)
    rings, rung = bells(waiting, {}, at(1), DEFAULT)
    assert rings
    for minutes in (1, 2, 60, 600):
        rings, rung = bells(waiting, rung, at(minutes), DEFAULT)
        assert not rings


def test_what_comes_up_again_rings_again_once_the_code_has_cooled_down() -> None:
    _, rung = bells((loud("stalled", 0),), {}, at(1), DEFAULT)
    assert not bells((loud("stalled", 3),), rung, at(6 - INSTANT), DEFAULT)[0]
    assert bells((loud("stalled", 3),), rung, at(6), DEFAULT)[0]
    hasty = Policy(thresholds=Thresholds(cooldown=60))
    assert bells((loud("stalled", 3),), rung, at(3), hasty)[0]


def test_another_code_does_not_wait_for_the_cool_down() -> None:
    _, rung = bells((loud("stalled", 0),), {}, at(1), DEFAULT)
    assert bells((loud("stalled", 0), loud("update-overdue", 1, "public")), rung, at(1), DEFAULT)[0]


def test_several_items_of_one_code_are_one_bell() -> None:
    waiting = tuple(loud("role-unassigned", 0, role) for role in ("ic", "ops"))
    rings, rung = bells(waiting, {}, at(0), DEFAULT)
    assert rings
    assert not bells(waiting, rung, at(99), DEFAULT)[0]


def test_what_comes_up_while_the_code_is_silent_rings_behind_it() -> None:
    first, second = loud("timebox-over", 0, "B1"), loud("timebox-over", 2, "B2")
    _, rung = bells((first,), {}, at(0), DEFAULT)
    rings, rung = bells((first, second), rung, at(2), DEFAULT)
    assert not rings
    rings, rung = bells((first, second), rung, at(5), DEFAULT)
    assert rings
    assert not bells((first, second), rung, at(99), DEFAULT)[0]


def test_neither_a_reminder_nor_a_question_nor_an_update_that_is_only_due_rings() -> None:
    assert bells((loud("quiet", 0, safety=False),), {}, at(1), DEFAULT) == (False, {})
    asked = attention(replace(CALM, trigger=None), DEFAULT, at(11))
    assert [one.code for one in asked] == ["update-due", "trigger-unset"]
    assert bells(asked, {}, at(11), DEFAULT) == (False, {})
    assert bells((loud("cadence-unset", 0),), {}, at(11), DEFAULT) == (False, {})


def test_what_was_rung_for_is_not_changed_in_place() -> None:
    rung: dict[str, str] = {}
    _, known = bells((loud("stalled", 0),), rung, at(1), DEFAULT)
    assert rung == {}
    assert known


@given(boards(), _moments)
@settings(max_examples=50, deadline=None)
def test_bells_of_one_code_are_never_closer_than_the_cool_down(board: Board, moments: list[int]) -> None:
    rung: dict[str, str] = {}
    for minutes in moments:
        before = dict(rung)
        found = attention(board, DEFAULT, at(minutes))
        rings, rung = bells(found, rung, at(minutes), DEFAULT)
        rang = {code for code in ORDER if rung.get(code, "") != before.get(code, "")} | (
            {"role-unassigned"} if rung.get("role-unassigned") != before.get("role-unassigned") else set()
        )
        assert rings == bool(rang)
        for code in rang:
            assert code not in before or before[code] <= at(minutes - 5)


def test_a_snooze_does_not_hide_what_came_up_behind_it() -> None:
    late = replace(CALM, tracks=(Track("stakeholders", at(0), due=at(10)),))
    snoozed = replace(late, snoozes={"update-overdue/stakeholders": Snooze(at(60), at(12), "being written")})
    assert "update-overdue" not in {one.code for one in attention(snoozed, DEFAULT, at(13))}
    again = replace(snoozed, tracks=(Track("stakeholders", at(14), due=at(30)),))
    assert "update-overdue" in {one.code for one in attention(again, DEFAULT, at(31))}
