from datetime import UTC, datetime

import pytest

from scribe.live.grammar import ParseError, Recorded, Setting, parse
from scribe.record.events import (
    Action,
    Amended,
    Draft,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Payload,
    Point,
    Retracted,
    Role,
    Severity,
    StateChange,
    Update,
)
from scribe.record.terms import MOMENTS, ROLES, STATES

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
HERE = Setting(NOW, NOW, UTC, {"p0": 1, "minor": 4})


def drafts(line: str) -> tuple[Draft, ...]:
    parsed = parse(line, HERE)
    assert isinstance(parsed, Recorded)
    return parsed.drafts


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/sev 1", Severity(level=1), ""),
        ("/sev sev2 worse  than thought", Severity(level=2), "worse  than thought"),
        ("/sev SEV-3", Severity(level=3), ""),
        ("/sev p0", Severity(level=1), ""),
        ("/sev Minor", Severity(level=4), ""),
        ("/state mitigating", StateChange(state="mitigating"), ""),
        ("/state Mitigated rolled back", StateChange(state="mitigating"), "rolled back"),
        ("/state resolve", StateChange(state="resolved"), ""),
        ("/role ic @alice", Role(role="ic", who="alice"), ""),
        ("/role ic alice", Role(role="ic", who="alice"), ""),
        ("/role commander @alice shift", Role(role="ic", who="alice"), "shift"),
        ("/role comms not-needed", Role(role="comms", change="not_needed"), ""),
        ("/role ops released", Role(role="ops", change="released"), ""),
        ("/role sme released @jun done", Role(role="sme", change="released", who="jun"), "done"),
        ("/next 20m", Note(next_at="2026-11-20T14:30:00.000Z"), ""),
        ("/next 14:50 call at three", Note(next_at="2026-11-20T14:50:00.000Z"), "call at three"),
        ("/next 02:00", Note(next_at="2026-11-21T02:00:00.000Z"), ""),
        ("/cadence 2h", Note(cadence=7200), ""),
        ("/update We are on it", Update(audience=""), "We are on it"),
        ("/impact EU only", Impact(), "EU only"),
        ("/note see #db", Note(tags=("db",)), "see #db"),
        ("/done A1", Action(status="done", target="A1"), ""),
        ("/done a12 all pods", Action(status="done", target="A12"), "all pods"),
        ("/done", Action(status="done", target="A"), ""),
        ("/done all pods", Action(status="done", target="A"), "all pods"),
        ("/done A1, all pods", Action(status="done", target="A1"), "all pods"),
        ("/done A1: all pods", Action(status="done", target="A1"), "all pods"),
        ("/failed A1 timeout", Action(status="failed", target="A1"), "timeout"),
        ("/confirm H1 seen", Hypothesis(status="confirmed", target="H1"), "seen"),
        ("/rule-out h2 idle", Hypothesis(status="ruled_out", target="H2"), "idle"),
        ("/retract #12 wrong board", Retracted(target="#12"), "wrong board"),
        ("/retract #12·k7 twice", Retracted(target="#12·k7"), "twice"),
        ("/link #12 https://x.example/1.", Linked(target="#12", sources=("https://x.example/1",)), ""),
        ("/amend H1 it was #net", Amended(target="H1", text="it was #net", tags=("net",)), ""),
        ("/amend #2 @bob said so", Amended(target="#2", text="said so", by="bob"), ""),
        (
            "/amend #2 14:02",
            Amended(target="#2", at="2026-11-20T14:02:00.000Z", precision="minute", at_raw="14:02"),
            "",
        ),
        (
            "/amend #2 -12m late",
            Amended(target="#2", text="late", at="2026-11-20T13:58:00.000Z", precision="minute", at_raw="-12m"),
            "",
        ),
        ("/decide none", Note(point_settled=True), ""),
        ("/decide fail over?", Note(point=Point("fail over?")), "fail over?"),
        (
            "/decide fail over? @alice by 14:50",
            Note(point=Point("fail over?", "alice", "2026-11-20T14:50:00.000Z"), mentions=("alice",)),
            "fail over? @alice by 14:50",
        ),
        ("/decide who goes by train", Note(point=Point("who goes by train")), "who goes by train"),
    ],
)
def test_commands(line: str, payload: Payload, text: str) -> None:
    (draft,) = drafts(line)
    assert (draft.payload, draft.text) == (payload, text)


@pytest.mark.parametrize("moment", MOMENTS)
def test_milestones(moment: str) -> None:
    for line in (f"/milestone {moment} 13:58 by pager", f"13:58 /milestone {moment.upper()} by pager"):
        (draft,) = drafts(line)
        assert draft.payload == Milestone(moment=moment)  # type: ignore[arg-type]  # one of MOMENTS
        assert (draft.at, draft.at_raw, draft.text) == ("2026-11-20T13:58:00.000Z", "13:58", "by pager")


def test_solo_takes_four_roles_each_under_its_label() -> None:
    got = [draft.payload for draft in drafts("/solo @kim alone tonight")]
    assert got == [Role(role=role, who="kim", solo=True) for role in ("ic", "ops", "comms", "scribe")]


def test_a_time_before_a_command_is_when_it_happened() -> None:
    (draft,) = drafts("14:02 /state mitigating")
    assert (draft.at, draft.at_raw) == ("2026-11-20T14:02:00.000Z", "14:02")


@pytest.mark.parametrize(
    ("line", "wrong", "choices"),
    [
        ("/sev 5", "5", ("1", "2", "3", "4")),
        ("/sev critical now", "critical", ("1", "2", "3", "4")),
        ("/sev 1!", "1!", ("1", "2", "3", "4")),
        ("14:02  /sev   nine why", "nine", ("1", "2", "3", "4")),
        ("/state mitigate-ing x", "mitigate-ing", ("mitigating",)),
        ("/role boss @alice", "boss", ROLES),
        ("/role ic @", "@", ()),
        ("/role ic @al,ice x", "@al,ice", ()),
        ("/role ic released @!", "@!", ()),
        ("/solo @! x", "@!", ()),
        ("/next soon x", "soon", ()),
        ("/next 0m", "0m", ()),
        ("/next 25:00 x", "25:00", ()),
        ("/cadence often", "often", ()),
        ("/cadence 900d", "900d", ()),
        ("/milestone detcted x", "detcted", ("detected",)),
        ("/milestone detected 25:99 x", "25:99", ()),
        ("/milestone detected 14:15", "14:15", ("14:10",)),
        ("/done H1 x", "H1", ()),
        ("/failed  #3", "#3", ()),
        ("/confirm A1", "A1", ()),
        ("/amend 12 x", "12", ()),
        ("/amend #2 25:99 x", "25:99", ()),
        ("/retract x why", "x", ()),
        ("/link #1  nowhere", "nowhere", ()),
        ("/link  y https://x.example", "y", ()),
        ("/decide x by 25:99", "25:99", ()),
        ("/decide by 14:50", "by 14:50", ()),
        ("/decide @alice", "@alice", ()),
    ],
)
def test_a_wrong_argument_is_pointed_at(line: str, wrong: str, choices: tuple[str, ...]) -> None:
    for lead in ("", "  ", "한 "[1:]):
        with pytest.raises(ParseError) as caught:
            parse(lead + line, HERE)
        error = caught.value
        assert (lead + line)[error.start : error.end] == wrong
        if choices:
            assert error.choices[: len(choices)] == choices


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("/sev", ("1", "2", "3", "4")),
        ("/state ", STATES),
        ("/role", ROLES),
        ("/role ic", ("not-needed", "released")),
        ("/next", ()),
        ("/cadence", ("15m", "30m", "1h", "2h")),
        ("/milestone", MOMENTS),
        ("/impact users:", ()),
        ("/note", ()),
        ("/decide", ()),
        ("/amend", ()),
        ("/amend #2", ()),
        ("/retract", ()),
        ("/retract #2", ()),
        ("/link", ()),
        ("/link #2", ()),
    ],
)
def test_a_missing_argument_is_pointed_at_behind_the_line(line: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    assert caught.value.start == caught.value.end == len(line)
    assert caught.value.choices == choices
