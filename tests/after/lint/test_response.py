"""Rules on the response and the timeline whose records take more than a line."""

from __future__ import annotations

from datetime import timedelta, timezone

from msgspec.structs import replace

from scribe.after.lint.options import Options
from scribe.record.events import Update
from scribe.record.state import Entries, State
from tests.after.lint.complete import found, told
from tests.after.lint.small import record, small
from tests.after.records import DECLARED

NOW = DECLARED + timedelta(hours=11)
_TICKS = [(what, f"{name}-signal") for name in ("user", "health") for what in ("untick", "tick")]


def test_an_update_without_the_time_of_the_next_one() -> None:
    state = record()
    entries = [
        replace(entry, payload=replace(entry.payload, next_at=None), text=entry.text.partition(".")[0])
        if isinstance(entry.payload, Update)
        else entry
        for entry in state.entries
    ]
    bare = State(state.board, Entries(entries, len(entries)), state.sections, state.waivers)
    assert told(found(bare, now=NOW)) == ["next-update-missing@#16", "next-update-missing@#20"]  # the last ended it
    said = [replace(entry, text=f"{entry.text}. Next update at 14:40") for entry in entries]
    assert told(found(State(state.board, Entries(said, len(said)), state.sections), now=NOW)) == []


def test_no_update_at_all() -> None:
    assert told(small(without=("/update", "/cadence"), options=Options(select=("updates",)))) == [
        "update-missing@updates",
        "cadence-missed@#22",
    ]


def test_a_gap_while_users_suffered() -> None:
    quiet = ("? @bob", "! roll", "/state mit", "> @bob", "/done", "/confirm", "/update Rolled", "/milestone mit")
    only = Options(select=("gap",))
    assert told(small(without=(*quiet, "/state mon"), options=only)) == []  # 22 minutes; a SEV-2 may take 30
    assert told(small(without=(*quiet, "/state mon"), severity=1, options=only)) == ["gap@#16"]
    answered = "600:30 /write wrong nobody wrote for a while, all were on one call (#16)"
    assert told(small(answered, without=(*quiet, "/state mon"), severity=1, options=only)) == []
    watched = ("/tick", "/state resolved", "/update Resolved")
    late = ("300:00 /state resolved", "300:10 /update Over")
    assert told(small(*late, without=watched, options=only)) == []  # nobody suffers while it is watched


def test_a_stall_without_another_strategy() -> None:
    only = Options(select=("stalled",))
    still = (
        "? @bob",
        "! roll",
        "/state mit",
        "> @bob",
        "/done",
        "/confirm",
        "/milestone mit",
        "/state mon",
        "/state res",
    )
    after = ("/tick", "/update Res")
    late = ("80:00 /milestone mitigated 15:20", "81:00 /state resolved")
    gone = (*still, *after)
    assert told(small(*late, without=gone, options=only)) == ["stalled@#1"]
    moved = ("29:00 /strategy narrow wallets only", "58:00 = failed over")
    assert told(small(*late, *moved, without=gone, options=only)) == []
    assert told(small(*late, moved[0], without=gone, options=only)) == ["stalled@D1"]
    assert told(small(*late, "40:00 still failing", without=gone, options=only)) == ["stalled@#1"]
    never = (*late, "02:55 /trigger off")
    assert told(small(*never, without=gone, options=only)) == []
    assert told(small(*late, without=(*gone, "/trigger"), severity=3, options=only)) == []  # nothing is proposed there
    assert told(small(*late, without=(*gone, "/trigger"), severity=1, options=only)) == ["stalled@#1"]


def test_a_debate_before_the_mitigation() -> None:
    only = Options(select=("debate",))
    argued = ("03:10 still debating the cause", "03:20 arguing whether it is the database or the network")
    assert told(small(*argued, options=only)) == ["debate@#17"]
    assert told(small(argued[0], options=only)) == []
    assert told(small(*(line.replace("03:", "07:") for line in argued), options=only)) == []  # it had begun by then
    guesses = ("03:10 ? the database", "03:20 ? the network", "04:20 ? the vendor")
    late = ("35:00 ! roll back to 4.17", "36:00 /state mitigating")
    gone = ("! roll", "/state", "> @bob", "/done", "/milestone mit", "/tick", "/update")
    end = "50:00 /state resolved"
    assert told(small(*guesses, *late, end, without=gone, options=only)) == ["debate@H1"]
    assert told(small(*guesses, options=only)) == []


def test_a_long_incident_without_a_checkpoint() -> None:
    only = Options(select=("checkpoint-late",))
    gone = ("/tick", "/state resolved", "/update Resolved")
    assert told(small("239:00 /state resolved", without=gone, options=only)) == []
    assert told(small("250:00 /state resolved", without=gone, options=only)) == ["checkpoint-late@#1"]
    packet = ("120:00 /handoff @dan", "121:00 /ack @dan")
    assert told(small(*packet, "250:00 /state resolved", without=gone, options=only)) == []


def test_a_timeline_that_tells_nothing() -> None:
    gone = ("5xx", "? @bob", "! roll", "> @bob", "/done", "/confirm", "/update")
    only = Options(select=("timeline",))
    assert told(small(without=gone, options=only)) == ["timeline-missing@timeline"]


def test_a_timeline_from_memory_and_without_sources() -> None:
    gone = (
        "5xx",
        "? @bob",
        "! roll",
        "> @bob",
        "/done",
        "/confirm",
        "/milestone",
        "/impact",
        "/scope",
        "/role",
        "/tri",
    )
    facts = [f"{500 + minute}:00 14:{minute:02} it went on" for minute in range(1, 20)]
    only = Options(select=("reconstructed", "no-sources"))
    assert told(small(*facts, without=gone, options=only)) == ["no-sources@timeline", "reconstructed@timeline"]
    one = "530:00 14:21 the log says so https://logs.example.org/1"
    assert told(small(*facts, one, without=gone, options=only)) == ["reconstructed@timeline"]
    assert told(small(*facts[:3], options=only)) == []
    assert told(small(*facts, options=Options(select=("reconstructed",), reconstructed=0.9))) == []


def test_a_timeline_without_times() -> None:
    facts = [f"{500 + number}:00 ??:?? it went on {number}" for number in range(15)]
    only = Options(select=("untimed",))
    assert told(small(*facts, options=only)) == ["untimed@timeline"]
    assert told(small(*facts[:4], options=only)) == []


def test_an_update_left_alone_past_the_cap() -> None:
    only = Options(select=("cap-passed",))
    line = "23:10 /snooze 70m update-overdue/stakeholders the page is being fixed"
    gone = ("/update Rolled", "/state", "/milestone mit", "/tick", "/update Res")
    assert told(small(line, "120:00 /state resolved", without=gone, options=only)) == ["cap-passed@updates"]
    short = "23:10 /snooze 20m update-overdue/stakeholders the page is being fixed"
    assert told(small(short, "120:00 /state resolved", without=gone, options=only)) == []


def test_recovery_that_was_confirmed_before_a_regression_is_not_confirmed() -> None:
    again = ("30:00 /state investigating back again", "50:00 /state resolved")
    only = Options(select=("recovery",))
    assert told(small(*again, options=only)) == [
        "recovery-unconfirmed@user-signal",
        "recovery-unconfirmed@health-signal",
    ]
    ticked = [f"{38 + place}:00 /{what} resolution {name}" for place, (what, name) in enumerate(_TICKS)]
    assert told(small(*again, *ticked, options=only)) == []


def test_a_follow_up_of_a_small_incident_is_due_too() -> None:
    only = Options(select=("deadlines",))
    found = small(severity=4, now=DECLARED + timedelta(days=40), options=only)
    assert told(found) == ["deadline-missed@text", "deadline-missed@follow-up"]


def test_a_finding_tells_the_time_as_the_document_does() -> None:
    state = record("24:00 /update Late. Next update by 14:45 UTC.", without=("/update Rolled",))
    [late] = found(
        state, now=NOW, options=Options(select=("cadence-missed",)), zone=timezone(timedelta(hours=9), "KST")
    )
    assert "due at 23:23 KST was sent late" in late.message


def test_a_meeting_that_is_still_to_come_did_not_come_late() -> None:
    [meeting] = small("39:00 /write meeting 2026-11-25", options=Options(select=("deadlines",)))
    assert meeting.message.endswith("and is set for a later day")
