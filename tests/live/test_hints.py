"""What is said under the line before Enter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scribe.live.grammar import ParseError, Setting, parse
from scribe.live.hints import Hint, failed, hint
from scribe.live.slash import COMMANDS
from scribe.record.state import Board

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
        ("/help", "keys and commands"),
        ("/find x", "show the entries that hold these words, kinds, @names or #tags"),
    ],
)
def test_how_a_line_will_be_read(line: str, text: str) -> None:
    assert (said(line).text, said(line).level, said(line).column) == (text, "plain", None)


def test_several_entries_are_counted_and_named() -> None:
    assert said("/solo").text.startswith("4 entries: IC")


@pytest.mark.parametrize("line", ["", "  ", "/", " / ", "/s", "/sta", "/rule", "14:02 /no", "-5m /sev"])
def test_what_is_only_begun_is_not_called_wrong(line: str) -> None:
    assert said(line).level == "plain"
    assert said(line).column is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/role ic", "/role ROLE @name   assign or hand over a role (or: not-needed, released)"),
        ("/role ic @", "/role ROLE @name   assign or hand over a role (or: not-needed, released)"),
        ("/sev ", "/sev 1-4 [why]   set the severity"),
        ("/update ", "/update TEXT   a status update, as it was sent"),
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
