"""Commands that coordinate, as they are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scribe.live.grammar import OnScreen, ParseError, Recorded, Setting, parse
from scribe.record.events import (
    Checkpoint,
    Draft,
    Escalation,
    Note,
    Payload,
    Role,
    Security,
    Snoozed,
    Tick,
    Timebox,
    Update,
)
from scribe.record.terms import AUDIENCES, ROLES

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=20)
HERE = Setting(NOW, BEGAN, UTC, {}, (*ROLES, "liaison"))
ALL_ROLES = (*ROLES, "liaison")


def clock(time: str) -> str:
    return f"2026-11-20T{time}.000Z"


def read(line: str) -> Draft:
    parsed = parse(line, HERE)
    assert isinstance(parsed, Recorded)
    (draft,) = parsed.drafts
    return draft


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        # roles
        ("/role liaison @al", Role(role="liaison", who="al"), ""),
        ("/role ic @al: shift", Role(role="ic", who="al"), "shift"),
        ("/take ic", Role(role="ic", taken=True), ""),
        ("/take commander @al no answer", Role(role="ic", who="al", taken=True), "no answer"),
        ("/take liaison", Role(role="liaison", taken=True), ""),
        # packets
        ("/handoff @bob", Checkpoint(incoming="bob"), ""),
        ("/handoff bob", Checkpoint(incoming="bob"), ""),
        ("/handoff @bob ops", Checkpoint(role="ops", incoming="bob"), ""),
        ("/handoff @bob Commander end of shift", Checkpoint(role="ic", incoming="bob"), "end of shift"),
        ("/handoff @bob bob is tired", Checkpoint(incoming="bob"), "bob is tired"),
        ("/handoff @bob liaison", Checkpoint(role="liaison", incoming="bob"), ""),
        ("/handoff ops @bob", Checkpoint(role="ops", incoming="bob"), ""),
        ("/handoff ops @bob ic is next", Checkpoint(role="ops", incoming="bob"), "ic is next"),
        ("/handoff @ops", Checkpoint(incoming="ops"), ""),
        ("/handoff @bob asked @al", Checkpoint(incoming="bob", mentions=("al",)), "asked @al"),
        ("/ack", Role(role="", acknowledges="?"), ""),
        ("/ack @bob I have command", Role(role="", who="bob", acknowledges="?"), "I have command"),
        ("/ack I have command", Role(role="", acknowledges="?"), "I have command"),
        # updates
        ("/update public: We know", Update(audience="public"), "We know"),
        ("/update Public: We know", Update(audience="public"), "We know"),
        ("/update public is angry", Update(audience=""), "public is angry"),
        ("/next public: 20m", Note(next_at=clock("14:30:00"), audience="public"), ""),
        ("/next responders: 14:50 call", Note(next_at=clock("14:50:00"), audience="responders"), "call"),
        ("/cadence public: 2h quiet", Note(cadence=7200, audience="public"), "quiet"),
        ("/audience public on", Note(audience="public", switched="on"), ""),
        ("/audience Public: OFF no page", Note(audience="public", switched="off"), "no page"),
        # the rest
        ("/trigger 15m", Note(trigger=900), ""),
        ("/trigger 15m agreed", Note(trigger=900), "agreed"),
        ("/trigger OFF only a drill", Note(trigger=0), "only a drill"),
        ("/trigger never", Note(trigger=0), ""),
        ("/escalate 2", Escalation(level=2), ""),
        ("/escalate 4 @cto all down", Escalation(level=4, who="cto"), "all down"),
        ("/escalate 3 ask @al", Escalation(level=3, mentions=("al",)), "ask @al"),
        ("/snooze 10m", Snoozed(until=clock("14:20:00")), ""),
        ("/snooze 1h waiting", Snoozed(until=clock("15:10:00")), "waiting"),
        ("/tick sev1 page", Tick(list="sev1", item="page"), ""),
        ("/tick SEV1 Page by phone", Tick(list="sev1", item="page"), "by phone"),
        ("/untick sev1 page not yet", Tick(list="sev1", item="page", done=False), "not yet"),
        ("/security", Security(), ""),
        ("/security a token leaked", Security(), "a token leaked"),
        ("/security off", Security(aspect="lifted"), ""),
        ("/security lifted a false alarm", Security(aspect="lifted"), "a false alarm"),
        ("/security offline backups stolen", Security(), "offline backups stolen"),
        ("/security indicator: 203.0.113.9", Security(aspect="indicator"), "203.0.113.9"),
        ("/security Containment: keys rotated", Security(aspect="containment"), "keys rotated"),
        ("/security legal: none yet", Security(aspect="legal"), "none yet"),
        ("/security legal asked", Security(), "legal asked"),
    ],
)
def test_commands(line: str, payload: Payload, text: str) -> None:
    for lead in ("", "  "):
        draft = read(lead + line)
        assert (draft.payload, draft.text) == (payload, text)


@pytest.mark.parametrize(
    ("line", "at", "until"),
    [
        ("/timebox 5m logs", "14:09:40", "14:14:40"),
        ("/timebox 5m @bob logs", "14:09:40", "14:14:40"),
        ("14:02 /timebox 10m @bob logs", "14:02:00", "14:12:00"),
        ("-20m /timebox 5m @bob: logs", "13:50:00", "13:55:00"),
        ("??:?? /timebox 5m logs", "14:10:00", "14:15:00"),
    ],
)
def test_a_time_box_runs_from_when_it_began(line: str, at: str, until: str) -> None:
    draft = read(line)
    assert draft.payload == Timebox(who="bob" if "@bob" in line else "", until=clock(until))
    assert (draft.at, draft.text) == (clock(at), "logs")


@pytest.mark.parametrize(
    ("line", "wrong", "choices"),
    [
        ("/role boss @al", "boss", ALL_ROLES),
        ("/take boss", "boss", ALL_ROLES),
        ("/take  ic @!", "@!", ()),
        ("/handoff @", "@", ()),
        ("/handoff @! ops", "@!", ()),
        ("/handoff ops @!", "@!", ()),
        ("/handoff ops now", "now", ()),
        ("/ack @!", "@!", ()),
        ("/next public: soon", "soon", ()),
        ("/next public: 0m", "0m", ()),
        ("/next press: 20m", "press:", ()),
        ("/cadence public: often", "often", ()),
        ("/audience press on", "press", AUDIENCES),
        ("/audience public maybe", "maybe", ("on", "off")),
        ("/trigger soon", "soon", ()),
        ("/trigger 0m", "0m", ()),
        ("/escalate 5", "5", ("1", "2", "3", "4")),
        ("/escalate level 2", "level", ("1", "2", "3", "4")),
        ("/escalate 2 @!", "@!", ()),
        ("/timebox 0m logs", "0m", ()),
        ("/timebox logs 5m", "logs", ()),
        ("/timebox 5m @! logs", "@!", ()),
        ("/snooze 0m", "0m", ()),
        ("/snooze soon", "soon", ()),
    ],
)
def test_a_wrong_argument_is_pointed_at(line: str, wrong: str, choices: tuple[str, ...]) -> None:
    for lead in ("", "  ", "14:02  "):
        with pytest.raises(ParseError) as caught:
            parse(lead + line, HERE)
        error = caught.value
        assert (lead + line)[error.start : error.end] == wrong
        assert error.choices == choices


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("/take", ALL_ROLES),
        ("/handoff ic", ()),
        ("/handoff ic @", None),
        ("/next public:", ()),
        ("/cadence public: ", ("15m", "30m", "1h", "2h")),
        ("/audience", AUDIENCES),
        ("/audience public", ("on", "off")),
        ("/trigger", ("15m", "30m", "off")),
        ("/escalate ", ("1", "2", "3", "4")),
        ("/timebox", ("5m", "10m", "15m")),
        ("/timebox 5m", ()),
        ("/timebox 5m @bob ", ()),
        ("/snooze", ("5m", "10m", "15m")),
        ("/tick sev1", ()),
        ("/untick sev1 ", ()),
        ("/security indicator:", ()),
    ],
)
def test_a_missing_argument_is_pointed_at_behind_the_line(line: str, choices: tuple[str, ...] | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    assert caught.value.end == len(line)
    if choices is not None:
        assert caught.value.start == len(line)
        assert caught.value.choices == choices


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/update", OnScreen("update", "")),
        ("/update public:", OnScreen("update", "public")),
        ("/update responders:  ", OnScreen("update", "responders")),
        ("/handoff", OnScreen("handoff", "")),
        ("/tick", OnScreen("tick", "")),
        ("/untick", OnScreen("tick", "")),
        ("/set risks a second  failure", OnScreen("set", "risks a second  failure")),
        ("/packets", OnScreen("packets", "")),
    ],
)
def test_what_the_screen_carries_out(line: str, found: OnScreen) -> None:
    assert parse(line, HERE) == found


def test_checking_is_the_screen_s() -> None:
    assert parse("/check", HERE) == OnScreen("check", "")


@pytest.mark.parametrize(("typed", "due"), [("20m", "10:25"), ("10:30", "10:30")])
def test_what_was_promised_in_the_past_counts_from_then(typed: str, due: str) -> None:
    found = read(f"10:05 /next {typed}")
    assert isinstance(found.payload, Note)
    assert found.payload.next_at == f"2026-11-20T{due}:00.000Z"
