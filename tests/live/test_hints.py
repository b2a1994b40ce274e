"""What is said under the line before Enter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from scribe.live.grammar import ParseError, Setting, parse
from scribe.live.hints import Hint, failed, hint
from scribe.live.slash import COMMANDS
from scribe.record.state import Board, Handed
from scribe.record.terms import ROLES

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=20)
HERE = Setting(NOW, BEGAN, UTC, {"p0": 1})
BOARD = Board("INC-1", refs={"#": 11, "H": 2, "D": 0, "A": 4})


def said(line: str, setting: Setting = HERE) -> Hint:
    return hint(line, setting, BOARD, "sam")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("it burns", "fact · 14:09:40 UTC · by @sam"),
        ("@bob it burns", "fact · 14:09:40 UTC · by @bob"),
        ("? pool", "hypothesis H3 · 14:09:40 UTC · by @sam"),
        ("! roll back", "decision D1 · 14:09:40 UTC · by @sam"),
        ("> undo", "action A5 in flight · 14:09:40 UTC · by @sam"),
        ("= undone", "action A5 done · 14:09:40 UTC · by @sam"),
        ("x #db #eu https://e.example/1", "fact · 14:09:40 UTC · by @sam · #db · #eu · 1 link"),
        ("x https://e.example/1 https://e.example/2", "fact · 14:09:40 UTC · by @sam · 2 links"),
        ("\\/sev 1", "fact · 14:09:40 UTC · by @sam"),
        ("/sev 1", "severity SEV-1 · 14:09:40 UTC · by @sam"),
        ("/sev p0", "severity SEV-1 · 14:09:40 UTC · by @sam"),
        ("/state mitigate", "state mitigating · 14:09:40 UTC · by @sam"),
        ("/role ic @al", "IC → @al · 14:09:40 UTC · by @sam"),
        ("/role ic not-needed", "IC not needed · 14:09:40 UTC · by @sam"),
        ("/milestone detected", "milestone detected · 14:09:40 UTC · by @sam"),
        ("/done A4 x", "A4: done · 14:09:40 UTC · by @sam"),
        ("/done", "the open one: done · 14:09:40 UTC · by @sam"),
        ("/rule-out H1", "H1: ruled out · 14:09:40 UTC · by @sam"),
        ("/update x", "update · 14:09:40 UTC · by @sam"),
        ("/next 20m", "next status update · 14:09:40 UTC · by @sam"),
        ("/cadence 2h", "cadence of status updates · 14:09:40 UTC · by @sam"),
        ("/decide x", "decision point · 14:09:40 UTC · by @sam"),
        ("/amend #3 x", "corrects #3; the earlier words stay readable"),
        ("/amend #3 14:02", "corrects the time of #3; the earlier words stay readable"),
        ("/retract #3 x", "takes #3 back; it stays in the record, with the reason"),
        ("/link #3 https://e.example", "adds 1 link to #3"),
        ("/ack", "no packet waits to be acknowledged · 14:09:40 UTC · by @sam"),
        ("/handoff @bob", "packet 1, IC for @bob: it moves once acknowledged · 14:09:40 UTC · by @sam"),
        ("/handoff @bob ops", "packet 1, Ops for @bob: it moves once acknowledged · 14:09:40 UTC · by @sam"),
        ("/take ic", "IC → @sam · 14:09:40 UTC · by @sam"),
        ("/take ic @al", "IC → @al · 14:09:40 UTC · by @sam"),
        ("/update public: x", "update for public · 14:09:40 UTC · by @sam"),
        ("/next public: 20m", "next status update for public · 14:09:40 UTC · by @sam"),
        ("/cadence public: 2h", "cadence of status updates for public · 14:09:40 UTC · by @sam"),
        ("/audience public on", "updates for public: on · 14:09:40 UTC · by @sam"),
        ("/decide none", "decision point settled · 14:09:40 UTC · by @sam"),
        ("/impact EU", "impact · 14:09:40 UTC · by @sam"),
        ("/impact users: 12 %", "impact, users affected · 14:09:40 UTC · by @sam"),
        ("/impact better: falling", "impact, better · 14:09:40 UTC · by @sam"),
        ("/scope group EU not affected", "user group EU: not affected · 14:09:40 UTC · by @sam"),
        ("/scope dependency DNS", "dependency DNS: unknown · 14:09:40 UTC · by @sam"),
        ("/strategy roll-back", "decision D1, the strategy changes: roll back · 14:09:40 UTC · by @sam"),
        ("/trigger 15m", "another strategy asked for after 15m · 14:09:40 UTC · by @sam"),
        ("/trigger off", "strategy-change trigger: off · 14:09:40 UTC · by @sam"),
        ("/escalate 2 @bob", "escalation to level 2 · 14:09:40 UTC · by @sam"),
        ("/timebox 5m @bob logs", "time-box B1, over in 4m · 14:09:40 UTC · by @sam"),
        (
            "14:02 /timebox 5m @bob logs",
            "time-box B1, over 3m ago · Fri 20 Nov 14:02:00 UTC (8m ago, late) · by @sam",
        ),
        ("/done B1", "B1: done · 14:09:40 UTC · by @sam"),
        ("/snooze 10m", "leaves alone, for so long, what needs attention most; the reason is kept"),
        ("/tick sev1 page", "ticks sev1 page · 14:09:40 UTC · by @sam"),
        ("/untick sev1 page", "takes back the tick of sev1 page · 14:09:40 UTC · by @sam"),
        ("/security", "security incident: protected · 14:09:40 UTC · by @sam"),
        ("/security off", "no security incident any more · 14:09:40 UTC · by @sam"),
        ("/security indicator: 203.0.113.9", "security, indicator · 14:09:40 UTC · by @sam"),
        ("/restrict #3", "#3 is need-to-know from now on"),
        ("/restrict #3 a password", "#3 is need-to-know from now on"),
        ("/unrestrict #3", "#3 is need-to-know no longer"),
        ("/restrict > rotate the key", "action A5 in flight · restricted · 14:09:40 UTC · by @sam"),
        ("/set risks none", "a field of the update or packet that is shown"),
        ("/packets", "every packet handed over; compare two"),
        ("/find", "/find WORDS   show the entries that hold these words, kinds, @names or #tags"),
        ("/help", "keys and commands"),
        ("/find x", "show the entries that hold these words, kinds, @names or #tags"),
    ],
)
def test_how_a_line_will_be_read(line: str, text: str) -> None:
    assert (said(line).text, said(line).level, said(line).column) == (text, "plain", None)


def test_an_acknowledgement_names_the_packet_that_waits() -> None:
    waiting = Handed("w-1", "#1", "2026-11-20T14:00:00.000Z", 3, "comms", "al", "민수")
    board = replace(BOARD, handoff=waiting)
    for line in ("/ack", "/ack @민수 I have it"):
        assert hint(line, HERE, board, "sam").text.startswith("@민수 has Comms: packet 3 acknowledged · ")


def test_a_role_of_the_team_is_called_by_its_name() -> None:
    own = Setting(NOW, BEGAN, UTC, {}, (*ROLES, "liaison"))
    assert said("/role liaison @al", own).text.startswith("liaison → @al · ")
    assert said("/role liaison @al").level == "error"


def test_several_entries_are_counted_and_named() -> None:
    assert said("/solo").text.startswith("4 entries: IC")


@pytest.mark.parametrize("line", ["", "  ", "/", " / ", "/s", "/sta", "/rule", "14:02 /no", "-5m /sev"])
def test_what_is_only_begun_is_not_called_wrong(line: str) -> None:
    assert said(line).level == "plain"
    assert said(line).column is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/role ic", "/role ROLE @name   assign a role (or: not-needed, released)"),
        ("/role ic @", "/role ROLE @name   assign a role (or: not-needed, released)"),
        ("14:02 /role ic @", "/role ROLE @name   assign a role (or: not-needed, released)"),
        ("/ROLE ic ", "/role ROLE @name   assign a role (or: not-needed, released)"),
        ("/sev ", "/sev 1-4 [why]   set the severity"),
        ("/update ", "/update [AUDIENCE:] [TEXT]   a status update as it was sent; alone it composes one"),
        ("/update public:", "a status update as it was sent; alone it composes one"),
        ("/handoff", "/handoff [@name [ROLE]]   hand over with a packet; alone it shows the packet"),
        ("/handoff @", "/handoff [@name [ROLE]]   hand over with a packet; alone it shows the packet"),
        ("/take ", "/take ROLE [@name]   take a role whose holder is gone"),
        ("/next public:", "/next [AUDIENCE:] 20m [why]   when the next status update is due"),
        ("/cadence ", "/cadence [AUDIENCE:] 2h [why]   how often status updates are sent"),
        ("/audience public", "/audience AUDIENCE on or off   count down for an audience, or no longer"),
        ("/set", "/set FIELD TEXT   a field of the update or packet that is shown"),
        ("/impact ", "/impact [SIDE:] TEXT   what users suffer (better: worse: users: data: …)"),
        ("/impact users: ", "/impact [SIDE:] TEXT   what users suffer (better: worse: users: data: …)"),
        ("/scope ", "/scope ROW NAME VERDICT [evidence]   is it affected, not affected, unknown"),
        ("/scope group ", "/scope ROW NAME VERDICT [evidence]   is it affected, not affected, unknown"),
        ("/strategy ", "/strategy STRATEGY [@who] [why]   the strategy changes"),
        ("/trigger ", "/trigger 15m   no progress for so long asks for another strategy (or: off)"),
        ("/escalate ", "/escalate 1-4 [@name] [why]   a level of the ladder is called"),
        ("/escalate 2 @", "/escalate 1-4 [@name] [why]   a level of the ladder is called"),
        ("/timebox 5m @bob", "/timebox 5m [@name] TEXT   somebody looks into it for so long"),
        ("/snooze ", "/snooze 10m [why]   leave what needs attention alone for so long"),
        ("/tick ", "/tick [LIST ITEM] [how]   an item of a checklist is done; alone it shows them"),
        ("/tick sev1 ", "/tick [LIST ITEM] [how]   an item of a checklist is done; alone it shows them"),
        ("/untick sev1", "/untick LIST ITEM [why]   an item is not done after all"),
        (
            "/security legal:",
            "/security [indicator: containment: legal:] TEXT   a security incident (off: none); its fields",
        ),
        ("/restrict ", "/restrict #12 [why] or TEXT   need-to-know: an entry, or TEXT as a new one"),
        ("/unrestrict #", "/unrestrict #12 [why]   need-to-know no longer"),
        ("/amend #", "/amend #12 [time] [TEXT]   correct an entry; the earlier words stay readable"),
        ("/amend #3", "/amend #12 [time] [TEXT]   correct an entry; the earlier words stay readable"),
    ],
)
def test_an_unfinished_command_shows_how_it_is_written(line: str, text: str) -> None:
    assert said(line) == Hint(text)


def test_every_command_is_explained_from_its_name_on() -> None:
    for slash in COMMANDS:
        for length in range(1, len(slash.usage.split()[0]) + 1):
            assert said(slash.usage[:length]).level == "plain"
        assert said(f"/{slash.name} ").text


@pytest.mark.parametrize(
    ("line", "column", "wrong"),
    [
        ("/sve 1", 0, "/sve"),
        ("  /sve 1", 2, "/sve"),
        ("/state mitigatin x", 7, "mitigatin"),
        ("/sev 9 x", 5, "9"),
        ("25:00 x", 0, "25:00"),
        ("  25:00 x", 2, "25:00"),
        ("14:15 x", 0, "14:15"),
        ("14:02 /sev 9 x", 11, "9"),
        ("/link #2 nothing x", 9, "nothing"),
    ],
)
def test_what_is_wrong_is_pointed_at(line: str, column: int, wrong: str) -> None:
    found = said(line)
    assert (found.level, found.column) == ("error", column)
    assert line[column:].startswith(wrong)
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    assert failed(caught.value) == found


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("14:02 x", "fact · Fri 20 Nov 14:02:00 UTC (8m ago, late) · by @sam"),
        ("-30s x", "fact · Fri 20 Nov 14:09:30 UTC (30s ago) · by @sam"),
        ("23:50 x", "fact · Thu 19 Nov 23:50:00 UTC (14h 20m ago, late) · by @sam"),
        ("yesterday 23:50 x", "fact · Thu 19 Nov 23:50:00 UTC (14h 20m ago, late) · by @sam"),
        ("??:?? x", "fact · time unknown · by @sam"),
    ],
)
def test_a_typed_time_is_shown_with_its_date_and_distance(line: str, text: str) -> None:
    assert said(line).text == text


def test_the_hint_is_in_the_zone_of_typed_times() -> None:
    seoul = Setting(NOW, BEGAN, ZoneInfo("Asia/Seoul"))
    assert said("it burns", seoul).text == "fact · 23:09:40 KST · by @sam"
    assert said("23:02 x", seoul).text == "fact · Fri 20 Nov 23:02:00 KST (8m ago, late) · by @sam"
    midnight = Setting(NOW + timedelta(hours=1), NOW + timedelta(minutes=49), ZoneInfo("Asia/Seoul"))
    assert "Fri 20 Nov 23:59:00 KST" in said("it burns", midnight).text


@pytest.mark.parametrize(("seconds", "level"), [(0, "plain"), (300, "plain"), (301, "warning")])
def test_an_old_first_key_stroke_is_a_warning(seconds: int, level: str) -> None:
    old = Setting(NOW, NOW - timedelta(seconds=seconds), UTC)
    assert said("it burns", old).level == level
    assert ("^T" in said("it burns", old).text) == (level == "warning")
    assert said("14:02 it burns", old).level == "plain"


def test_a_secret_is_said_before_enter_and_how_to_keep_it() -> None:
    secret = "password=" + "hunter2hunter"
    assert said(f"it was {secret}") == Hint(
        "a password: will be masked; /keep in front records it as it is · fact · 14:09:40 UTC · by @sam", "warning"
    )
    assert said(f"/keep it was {secret}").text.startswith("a password: recorded as it is · fact · ")
    assert said(f"/amend #3 {secret}").text.startswith("a password: will be masked; ")
    assert said("/keep it was nothing").text == "fact · 14:09:40 UTC · by @sam"
    assert said("/keep").text.startswith("/keep LINE")
