"""What a line means against the board it meets, through the real grammar, Recorder and journal."""

from dataclasses import replace
from pathlib import Path

import pytest

from scribe.live.policy import DEFAULT
from scribe.record.errors import Refused
from scribe.record.events import Declared, Draft, Note, Severity, StateChange, Update
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
        ("5 /state closed", None),
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
    assert desk.board.cadence is None
    assert not desk.board.cadence_by_hand


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
