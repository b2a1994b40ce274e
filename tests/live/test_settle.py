"""What a line means against the board it meets, through the real grammar, Recorder and journal."""

from dataclasses import replace
from pathlib import Path

import pytest

from scribe.live.policy import DEFAULT, Level
from scribe.live.procedures import Checklist, Item, Phase
from scribe.record.errors import Refused
from scribe.record.events import (
    Decision,
    Declared,
    Draft,
    Impact,
    Note,
    Restricted,
    Scope,
    Security,
    Severity,
    StateChange,
    Timebox,
    Update,
)
from scribe.record.state import Ticked
from tests.fakes.desk import Desk, at

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "j.db", severity=2)


def play(desk: Desk, story: str) -> str | None:
    """Type lines, each ``minute line``, and say when the next update is due."""
    typed = 0.0
    for line in story.strip().split("\n"):
        minute, _, text = line.strip().partition(" ")
        desk.type(text, after=float(minute) - typed)
        typed = float(minute)
    return desk.due


# ── when the next update is due ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("severity", "due"), [(1, "12:15"), (2, "12:15"), (3, None), (4, None), (None, None)])
def test_the_declaration_starts_the_countdown(tmp_path: Path, severity: int | None, due: str | None) -> None:
    assert Desk(tmp_path / "j.db", severity=severity).due == due


@pytest.mark.parametrize(
    ("story", "due"),
    [
        # a change of severity or state may bring it forward, never push it back
        ("5 /state mitigating", "12:15"),
        ("5 /state identified\n6 /update x", "12:36"),
        ("5 /state mitigating\n6 /update x\n7 /sev 1", "12:21"),
        ("5 /state mitigating\n6 /update x\n7 /state investigating", "12:21"),
        ("5 /sev 3", "12:15"),
        ("5 /sev 4\n6 /sev 1", "12:15"),
        ("5 /next 40m\n6 /sev 1", "12:15"),
        ("5 /next 5m\n6 /sev 1", "12:10"),
        # only an update or /next moves it on
        ("5 /update x", "12:20"),
        ("14 a fact\n14 ! a decision\n14 /role ic @al", "12:15"),
        ("5 /next 30m", "12:35"),
        ("5 /next 12:50", "12:50"),
        ("5 /next 30m\n6 /update x", "12:21"),
        ("5 /update x\n10 12:03 /update y", "12:20"),
        # by hand: kept over a state, dropped with a severity
        ("5 /cadence 20m\n6 /update x", "12:26"),
        ("5 /cadence 20m\n6 /state mitigating\n7 /update x", "12:27"),
        ("5 /cadence 5m", "12:05"),
        ("5 /cadence 50m", "12:15"),
        ("5 /cadence 20m\n6 /sev 1\n7 /update x", "12:22"),
        # once it is over nothing is due, and when it comes back it starts anew
        ("5 /state resolved", None),
        ("5 /state verification", None),
        ("5 /state resolved\n6 /update all is well", None),
        ("5 /state resolved\n6 /sev 1", None),
        ("5 /state resolved\n30 /state investigating", "12:45"),
        ("5 /state resolved\n30 /state identified", "13:00"),
        ("5 /state resolved\n30 /state mitigating", "13:00"),
        ("5 /cadence 20m\n6 /state resolved\n30 /state mitigating", "12:50"),
        ("5 /state resolved\n6 /sev 1\n30 /state identified", "12:45"),
        # taken back
        ("5 /update x\n6 /retract #2 not sent", "12:15"),
        ("5 /sev 1\n6 /retract #2 wrong", "12:15"),
        ("5 /state resolved\n6 /retract #2 wrong", "12:15"),
        ("5 /next 40m\n6 /retract #2 wrong", "12:15"),
    ],
)
def test_due(desk: Desk, story: str, due: str | None) -> None:
    assert play(desk, story) == due


def test_without_a_cadence_nothing_counts_until_somebody_sets_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=3)
    assert play(desk, "5 /state mitigating") is None
    assert play(desk, "5 /cadence 2h") == "14:00"
    assert desk.board.cadence == 7200
    assert play(desk, "30 /update x") == "14:40"


def test_a_severity_drops_the_cadence_set_by_hand(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", severity=3)
    play(desk, "5 /cadence 2h\n6 /sev 4\n7 a fact")
    track = desk.board.track("stakeholders")
    assert track is not None
    assert (track.cadence, track.by_hand) == (None, False)


@pytest.mark.parametrize(
    ("severity", "story", "refused", "why"),
    [
        (1, "5 /next 25m", None, None),
        (1, "5 /next 26m", "at most 30m apart", "/next 26m vendor call"),
        (2, "5 /next 55m", None, None),
        (2, "5 /next 56m", "at most 1h apart", "/next 56m vendor call"),
        (1, "5 /cadence 31m", "at most 30m apart", "/cadence 31m quiet"),
        (3, "5 /next 9h", None, None),
        (None, "5 /cadence 9h", None, None),
    ],
)
def test_a_cap_needs_a_reason(
    tmp_path: Path, severity: int | None, story: str, refused: str | None, why: str | None
) -> None:
    desk = Desk(tmp_path / "j.db", severity=severity)
    if refused is None:
        play(desk, story)
        payload = desk.state().entries[-1].payload
        assert isinstance(payload, Note)
        assert not payload.over_cap
        return
    with pytest.raises(Refused, match=refused):
        play(desk, story)
    assert desk.board.entries == 1
    assert why is not None
    (event,) = desk.type(why)
    assert isinstance(event.payload, Note)
    assert event.payload.over_cap
    assert event.text.endswith(why.split(maxsplit=2)[2])


@pytest.mark.parametrize("line", ["/next 20m", "/cadence 20m"])
def test_nothing_is_paced_once_it_is_over(desk: Desk, line: str) -> None:
    desk.type("/state resolved")
    with pytest.raises(Refused, match="no update is due"):
        desk.type(line)


def test_the_policy_decides(tmp_path: Path) -> None:
    policy = replace(DEFAULT, cadences={3: {"": 600, "monitoring": 1200}}, caps={3: 1500})
    desk = Desk(tmp_path / "j.db", severity=3, policy=policy)
    assert desk.due == "12:10"
    assert play(desk, "1 /state monitoring\n2 /update x") == "12:22"
    with pytest.raises(Refused, match="at most 25m"):
        desk.type("/next 26m")


@pytest.mark.parametrize("severity", [3, 4, None])
def test_an_update_needs_a_next_time(tmp_path: Path, severity: int | None) -> None:
    desk = Desk(tmp_path / "j.db", severity=severity)
    with pytest.raises(Refused, match="when the next one is due"):
        desk.type("/update x")
    desk.type("/next 2h", after=5)
    desk.type("/update x", after=5)
    assert desk.due == "14:05"
    with pytest.raises(Refused, match="when the next one is due"):
        desk.type("/update x", after=180)
    desk.type("/state resolved")
    desk.type("/update all is well")
    assert desk.due is None


@pytest.mark.parametrize(("severity", "cap"), [(1, "12:30"), (2, "13:00"), (3, None)])
def test_an_update_may_promise_its_next_time_up_to_the_cap(tmp_path: Path, severity: int, cap: str | None) -> None:
    desk = Desk(tmp_path / "j.db", severity=severity)
    promised = at(cap or "20:00")
    desk.record([Draft(Update(next_at=promised), "x", at("12:00"))])
    assert desk.board.due is not None
    assert desk.board.due.at == promised
    if cap:
        with pytest.raises(Refused, match="apart"):
            desk.record([Draft(Update(next_at=promised.replace(":00.000Z", ":01.000Z")), "x", at("12:00"))])


def test_updates_are_numbered_and_carry_their_next_time(desk: Desk) -> None:
    (first,) = desk.type("/update one", after=5)
    (second,) = desk.type("/update two", after=5)
    assert [first.payload, second.payload] == [
        Update(number=1, next_at=at("12:20")),
        Update(number=2, next_at=at("12:25")),
    ]


# ── what is written down of the change ──────────────────────────────────────────────────────────────────────────────


def test_the_declaration_keeps_the_cadence_of_its_day(desk: Desk) -> None:
    assert desk.state().entries[0].payload == Declared(severity=2, cadence=900)


def test_a_severity_keeps_what_it_was(desk: Desk) -> None:
    (event,) = desk.type("/sev 1 worse")
    assert event.payload == Severity(level=1, previous=2, cadence=900)
    assert event.text == "SEV-2 → SEV-1: worse"
    with pytest.raises(Refused, match="already is SEV-1"):
        desk.type("/sev 1")


def test_a_state_keeps_what_it_was(desk: Desk) -> None:
    (event,) = desk.type("/state mitigating rolling back")
    assert event.payload == StateChange(state="mitigating", previous="investigating", cadence=1800)
    assert event.text == "investigating → mitigating: rolling back"


@pytest.mark.parametrize(
    ("lines", "sentence", "holders"),
    [
        (["/role ic @alice"], "IC → @alice", {"ic": ["alice"]}),
        (["/role ic @alice", "/role ic @bob shift"], "IC: @alice → @bob: shift", {"ic": ["bob"]}),
        (["/role ic @alice", "/role ic @alice"], "IC → @alice", {"ic": ["alice"]}),
        (["/role sme @jun db", "/role sme @carol"], "SME → @carol", {"sme": ["jun", "carol"]}),
        (
            ["/role sme @jun", "/role sme @carol", "/role sme released @jun"],
            "SME released by @jun",
            {"sme": ["carol"]},
        ),
        (["/role sme @jun", "/role sme @carol", "/role sme released"], "SME released by @jun, @carol", {"sme": []}),
        (["/role ops @al", "/role ops not-needed"], "Ops not needed (was @al)", {"ops": []}),
        (["/role comms not-needed", "/role comms @erin"], "Comms → @erin", {"comms": ["erin"]}),
        (["/role scribe @erin", "/role scribe released bye"], "Scribe released by @erin: bye", {"scribe": []}),
    ],
)
def test_roles(desk: Desk, lines: list[str], sentence: str, holders: dict[str, list[str]]) -> None:
    said = [desk.type(line, after=1)[0].text for line in lines]
    assert said[-1] == sentence
    for role, names in holders.items():
        assert [holder.who for holder in desk.board.holders(role)] == names
        assert (role in desk.board.not_needed) == lines[-1].endswith("not-needed")


@pytest.mark.parametrize("line", ["/role ic released", "/role ic released @bob"])
def test_only_a_holder_is_released(desk: Desk, line: str) -> None:
    with pytest.raises(Refused, match=r"holds IC|hold IC"):
        desk.type(line)
    desk.type("/role ic @alice")
    with pytest.raises(Refused, match="@bob does not hold IC"):
        desk.type("/role ic released @bob")


def test_solo_is_whoever_types(desk: Desk) -> None:
    events = desk.type("/solo")
    assert [event.text for event in events] == [f"{role} → @sam (solo)" for role in ("IC", "Ops", "Comms", "Scribe")]
    assert desk.board.solo
    desk.type("/role comms @erin")
    assert not desk.board.solo


def test_impact_keeps_what_was_said(desk: Desk) -> None:
    desk.type("/impact EU")
    (event,) = desk.type("/impact EU and US")
    assert event.payload.previous == "EU"  # type: ignore[attr-defined]
    assert desk.board.impact == "EU and US"


def test_the_decision_point_comes_and_goes(desk: Desk) -> None:
    (asked,) = desk.type("/decide fail over? @alice by 12:50")
    assert asked.text == "to decide: fail over? @alice by 12:50"
    point = desk.board.point
    assert point is not None
    assert (point.what, point.who, point.by) == ("fail over?", "alice", at("12:50"))
    (settled,) = desk.type("/decide none")
    assert settled.text == "decision point settled: fail over?"
    assert desk.board.point is None


# ── references ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_kind_counts_for_itself(desk: Desk) -> None:
    lines = ["a fact", "? a", "> a", "! a", "= a", "? b", "/done A1", "/note n", "/amend #2 b", "b", "! b"]
    assert [desk.type(line)[0].ref for line in lines] == [
        "#2",
        "H1",
        "A1",
        "D1",
        "A2",
        "H2",
        "#3",
        "#4",
        "",
        "#5",
        "D2",
    ]


@pytest.mark.parametrize(
    ("before", "line", "text"),
    [
        ("> undo", "/done A1 fine", "A1 done: fine"),
        ("> undo", "/done", "A1 done"),
        ("> undo", "/failed timeout", "A1 failed: timeout"),
        ("? pool", "/confirm H1", "H1 confirmed"),
        ("? pool", "/rule-out idle", "H1 ruled out: idle"),
    ],
)
def test_closing(desk: Desk, before: str, line: str, text: str) -> None:
    (opened,) = desk.type(before)
    (closing,) = desk.type(line, after=1)
    assert closing.text == text
    assert closing.payload.target == opened.id  # type: ignore[attr-defined]
    assert not desk.board.actions
    assert not desk.board.hypotheses
    with pytest.raises(Refused, match=r"not open any more|no \w+ is open"):
        desk.type(line)
    assert desk.entry(opened.ref).ended_at == at("12:01")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/done", "which action.*A1, A2"),
        ("/confirm", "no hypothesis is open"),
        ("/done A9", "there is no A9"),
        ("/confirm H1", "there is no H1"),
        ("/done A3", "A3 is not open any more"),
        ("/amend #99 x", "there is no #99"),
        ("/retract H7 x", "there is no H7"),
        ("/link #99 https://x.example", "there is no #99"),
        ("/retract #1 why", "cannot be taken back"),
    ],
)
def test_refused(desk: Desk, line: str, message: str) -> None:
    for before in ("> one", "> two", "= three", "a fact", "/retract #2 wrong"):
        desk.type(before)
    head = desk.board.head
    with pytest.raises(Refused, match=message):
        desk.type(line)
    assert desk.board.head == head


def test_a_correction_is_no_entry_to_be_corrected(desk: Desk) -> None:
    desk.type("a fact")
    (amended,) = desk.type("/amend #2 another")
    from scribe.record.events import Retracted

    for target in (amended.id, "", "-", "x-1", amended.id + "9"):
        with pytest.raises(Refused, match="there is no"):
            desk.record([Draft(Retracted(target=target), "why", at("12:00"))])


def test_an_action_closed_elsewhere_in_the_meantime_is_refused(desk: Desk) -> None:
    from scribe.recorder import Recorder

    desk.type("> undo")
    drafts = desk.drafts("/done A1 ok")
    other = Recorder(desk.journal, desk.incident, me="eve", policy=DEFAULT)
    other.record(desk.drafts("/failed A1 no"), now=desk.clock.now())
    with pytest.raises(Refused, match="not open any more"):
        desk.record(drafts)


# ── strategy, impact, scope ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_of_strategy_is_a_decision(desk: Desk) -> None:
    (event,) = desk.type("/strategy roll-back @alice the diagnosis takes too long")
    assert (event.ref, event.kind) == ("D1", "decision")
    assert event.text == "strategy: roll back: the diagnosis takes too long"
    assert event.payload == Decision(strategy="roll_back", confirmed_by="alice")
    assert desk.type("/strategy consult")[0].text == "strategy: read the documentation, or the dependency's status"


def test_to_continue_needs_a_reason(desk: Desk) -> None:
    for line in ("/strategy continue", "/strategy continue @alice"):
        with pytest.raises(Refused, match="needs a reason") as caught:
            desk.type(line)
        assert caught.value.hint
    assert desk.type("/strategy continue the fix lands")[0].text == "strategy: continue: the fix lands"


def test_a_side_of_the_impact_keeps_what_was_said_of_it(desk: Desk) -> None:
    assert desk.type("/impact users: 5 % of orders", after=1)[0].payload == Impact(field="users", value="5 % of orders")
    desk.type("/impact data: none", after=1)
    (event,) = desk.type("/impact users: 12 %", after=1)
    assert event.text == "users affected: 12 %"
    assert event.payload == Impact(field="users", value="12 %", previous="5 % of orders")
    (early,) = desk.type("12:00 /impact users: 1 %")  # before anything was said
    assert early.payload == Impact(field="users", value="1 %")
    assert {field: said.value for field, said in desk.board.sides.items()} == {"users": "12 %", "data": "none"}
    assert desk.board.impact == ""


def test_a_trend_is_a_statement_of_the_impact(desk: Desk) -> None:
    desk.type("/impact EU and US fail")
    (event,) = desk.type("/impact better: only US fails", after=1)
    assert event.payload == Impact(trend="better", previous="EU and US fail")
    assert (event.text, desk.board.impact) == ("only US fails", "only US fails")


@pytest.mark.parametrize("words", ["13 %", "users affected: 13 %"])
def test_an_amended_side_keeps_its_label(desk: Desk, words: str) -> None:
    (event,) = desk.type("/impact users: 12 %", after=1)
    desk.type(f"/amend {event.ref} {words}", after=1)
    desk.type(f"/amend {event.ref} 12:00:30")
    entry = desk.entry(event.ref)
    assert entry.text == "users affected: 13 %"
    assert isinstance(entry.payload, Impact)
    assert entry.payload.value == desk.board.sides["users"].value == "13 %"


def test_a_row_of_the_scope_keeps_what_was_said_of_it(desk: Desk) -> None:
    (first,) = desk.type("/scope group EU customers affected 12 % fail", after=1)
    assert first.text == "user group EU customers: affected, 12 % fail"
    assert first.payload == Scope(row="user_group", name="EU customers", verdict="affected", evidence="12 % fail")
    (second,) = desk.type("/scope tenant eu  CUSTOMERS not affected", after=1)
    assert second.payload == Scope(
        row="user_group",
        name="EU customers",
        verdict="not_affected",
        previous="affected",
        previous_evidence="12 % fail",
    )
    desk.type("/scope domain EU customers unknown")
    (early,) = desk.type("12:00 /scope group EU customers unknown")
    assert early.payload == Scope(row="user_group", name="EU customers")
    rows = [(row.row, row.name, row.verdict) for row in desk.board.scope]
    assert set(rows) == {
        ("user_group", "EU customers", "not_affected"),
        ("fault_domain", "EU customers", "unknown"),
    }


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("/scope group EU affected", "is changed by saying it anew"),
        ("/tick sev1 page", "is changed by saying it anew"),
        ("/handoff @bob", "a packet that was handed over is not changed"),
    ],
)
def test_what_is_said_anew_is_not_amended(desk: Desk, said: str, message: str) -> None:
    (event,) = desk.type(said, after=5)
    with pytest.raises(Refused, match=message):
        desk.type(f"/amend {event.ref} other words")
    desk.type(f"/amend {event.ref} 12:01")  # its time is
    assert desk.entry(event.ref).at == at("12:01")


# ── checklists ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ticks(desk: Desk) -> None:
    (tick,) = desk.type("/tick sev1 PAGE by phone", after=1)
    assert tick.text == "SEV-1 response ✓ call the responders in: by phone"
    assert (tick.kind, tick.ref) == ("checklist", "#2")
    assert desk.board.ticks == {"sev1/page": Ticked("sam", at("12:01"))}
    with pytest.raises(Refused, match="sev1 page is ticked already"):
        desk.type("/tick sev1 page")
    (gone,) = desk.type("/untick sev1 page nobody answered")
    assert gone.text == "SEV-1 response not done: call the responders in: nobody answered"
    assert desk.board.ticks == {}
    with pytest.raises(Refused, match="sev1 page is not ticked"):
        desk.type("/untick sev1 page")


def test_a_checklist_or_item_that_there_is_not_names_those_there_are(desk: Desk) -> None:
    with pytest.raises(Refused, match="there is no checklist sev9") as caught:
        desk.type("/tick sev9 page")
    assert "sev1, " in caught.value.hint
    with pytest.raises(Refused, match="data-loss has no item page") as caught:
        desk.type("/tick data-loss page")
    assert "stop-writes, " in caught.value.hint


def test_the_checklists_of_the_team(tmp_path: Path) -> None:
    own = Checklist("payments", "Payments", (Phase("", "", (Item("freeze", "stop payouts"),)),))
    desk = Desk(tmp_path / "j.db", policy=replace(DEFAULT, checklists=(own,)))
    assert desk.type("/tick payments freeze")[0].text == "Payments ✓ stop payouts"


# ── the protected track ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_incident_becomes_a_security_incident_and_no_longer(desk: Desk) -> None:
    with pytest.raises(Refused, match="no security incident"):
        desk.type("/security off")
    (marked,) = desk.type("/security a token in the log")
    assert marked.text == "security incident: protected from here on: a token in the log"
    assert (marked.payload, desk.board.security) == (Security(), True)
    with pytest.raises(Refused, match="already is a security incident"):
        desk.type("/security")
    (lifted,) = desk.type("/security off a test key")
    assert lifted.text == "no security incident any more: a test key"
    assert not desk.board.security


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/security indicator: 203.0.113.9", "indicator of compromise: 203.0.113.9"),
        ("/security containment: keys rotated", "containment: keys rotated"),
        ("/security legal: ask counsel", "legal conclusion: ask counsel"),
    ],
)
def test_the_fields_of_the_track_are_need_to_know_from_the_start(desk: Desk, line: str, text: str) -> None:
    for _ in range(2):  # whether or not it was marked before
        (event,) = desk.type(line)
        assert (event.text, event.payload.restricted) == (text, True)
        assert desk.entry(event.ref).restricted
        desk.type(f"/amend {event.ref} other words")
        assert desk.entry(event.ref).text == f"{text.partition(': ')[0]}: other words"
        assert desk.entry(event.ref).restricted
        if not desk.board.security:
            (marked,) = desk.type("/security")
            assert not marked.payload.restricted


def test_the_kinds_that_the_team_names_are_protected_in_a_security_incident(tmp_path: Path) -> None:
    policy = replace(DEFAULT, restricted_kinds=frozenset({"hypothesis", "linked"}))
    desk = Desk(tmp_path / "j.db", policy=policy)
    (before,) = desk.type("? an insider")
    desk.type("/security")
    (after,) = desk.type("? an outsider")
    (fact,) = desk.type("a fact")
    (link,) = desk.type(f"/link {fact.ref} https://x.example")
    (field,) = desk.type("/security legal: none")
    found = [event.payload.restricted for event in (before, after, fact, link, field)]
    assert found == [False, True, False, False, False]


def test_an_entry_is_restricted_and_no_longer(desk: Desk) -> None:
    (event,) = desk.type("the key was in the log")
    (restricting,) = desk.type("/restrict #2 a key")
    assert (restricting.ref, restricting.payload) == ("", Restricted(target=event.id))
    assert desk.entry("#2").restricted
    desk.type("/unrestrict #2 revoked")
    assert not desk.entry("#2").restricted
    (born,) = desk.type("/restrict ? @bob an insider")
    assert (born.ref, born.author, desk.entry("H1").restricted) == ("H1", "bob", True)
    desk.type("/unrestrict H1")
    assert not desk.entry("H1").restricted
    assert desk.board.entries == 3
    for line in ("/restrict #99", "/unrestrict H9"):
        with pytest.raises(Refused, match="there is no"):
            desk.type(line)
    with pytest.raises(Refused, match="there is no"):
        desk.record([Draft(Restricted(target=restricting.id), "", at("12:00"))])


# ── triggers, escalation, time-boxes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "text", "seconds"),
    [
        ("/trigger 15m", "another strategy is asked for after 15m without progress", 900),
        ("/trigger 1h30m agreed", "another strategy is asked for after 1h 30m without progress: agreed", 5400),
        ("/trigger off a drill", "another strategy is not asked for when mitigation stalls: a drill", 0),
    ],
)
def test_triggers(desk: Desk, line: str, text: str, seconds: int) -> None:
    assert desk.board.trigger is None
    assert desk.type(line)[0].text == text
    assert desk.board.trigger == seconds


def test_escalation_goes_by_the_ladder(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db", policy=replace(DEFAULT, ladder=(Level(1, "duty"), Level(3, "head"))))
    assert desk.type("/escalate 3 @kim all down")[0].text == "level 3, head @kim: all down"
    assert desk.type("/escalate 1")[0].text == "level 1, duty"
    assert desk.board.escalated == 3
    with pytest.raises(Refused, match="there is no level 2: 1, 3"):
        desk.type("/escalate 2")


@pytest.mark.parametrize(
    ("closing", "text", "status"),
    [
        ("/done B1 it was DNS", "B1 done: it was DNS", "done"),
        ("/failed b1 nothing", "B1 failed: nothing", "failed"),
    ],
)
def test_a_time_box_opens_and_ends(desk: Desk, closing: str, text: str, status: str) -> None:
    (opened,) = desk.type("/timebox 5m @bob the resolver", after=1)
    assert (opened.ref, opened.text) == ("B1", "the resolver")
    assert opened.payload == Timebox(who="bob", until=at("12:06"))
    desk.type("/timebox 10m logs")
    assert [(box.ref, box.who, box.until) for box in desk.board.timeboxes] == [
        ("B1", "bob", at("12:06")),
        ("B2", "", at("12:11")),  # who looks into it was not said
    ]
    assert desk.entry("B1").status == "running"
    (closed,) = desk.type(closing, after=1)
    assert (closed.ref, closed.text) == ("#2", text)
    assert closed.payload == Timebox(status=status, target=opened.id)  # type: ignore[arg-type]  # one of both
    assert [box.ref for box in desk.board.timeboxes] == ["B2"]
    assert (desk.entry("B1").status, desk.entry("B1").ended_at) == (status, at("12:02"))
    with pytest.raises(Refused, match="B1 is not open any more"):
        desk.type(closing)
    with pytest.raises(Refused, match="there is no B9"):
        desk.type("/done B9")


def test_an_action_is_not_mistaken_for_a_time_box(desk: Desk) -> None:
    desk.type("/timebox 5m logs")
    desk.type("> restore")
    assert desk.type("/done backups restored")[0].text == "A1 done: backups restored"
    assert [box.ref for box in desk.board.timeboxes] == ["B1"]
