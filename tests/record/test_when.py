from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scribe.record import typed_time, when
from scribe.record.typed_time import leading, parse
from scribe.record.when import Unreadable, When, stamp

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MONROVIA = ZoneInfo("Africa/Monrovia")
ZONES: list[tzinfo] = [
    UTC,
    SEOUL,
    BERLIN,
    NEW_YORK,
    LORD_HOWE,
    ZoneInfo("Asia/Tehran"),
    ZoneInfo("Asia/Beirut"),
]

# 14:12:34 in Berlin, 22:12:34 in Seoul.
NOW = datetime(2026, 11, 20, 13, 12, 34, 567000, tzinfo=UTC)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z")


def refused(text: str, now: datetime = NOW, zone: tzinfo = BERLIN) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        leading(text, now=now, zone=zone)
    return caught.value


@functools.cache
def changes(zone: tzinfo) -> list[datetime]:
    """The hours of 2026 after which clocks in the zone changed."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(365 * 24)]
    hour = timedelta(hours=1)
    return [at for at in hours if at.astimezone(zone).utcoffset() != (at + hour).astimezone(zone).utcoffset()]


@st.composite
def clocks(draw: st.DrawFn) -> str:
    """Every form of time, near the edges too, most of them in range."""
    hour, minute = draw(st.integers(0, 24)), draw(st.integers(0, 59))
    day = draw(st.sampled_from(["", "", "", "today ", "yesterday ", "2026-03-29 ", "2026-10-25T", "2026-11-01 "]))
    tail = draw(st.sampled_from([f"{minute:02}", f"{minute:02}:{minute:02}", f"{minute:02}:07.25", "??"]))
    offset = draw(st.sampled_from(["", "", "", "Z", "+0900", "-03:00", "+05:45"]))
    ago = f"-{hour}h{minute}m"
    return draw(st.sampled_from([f"{day}{hour:02}:{tail}{offset}"] * 6 + [ago, f"{day}??:??", "2026-10-25"]))


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[tzinfo, datetime]:
    """A zone and a now within a day and a half of a change of its clocks."""
    zone = draw(st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("Asia/Beirut")]))
    at = draw(st.sampled_from(changes(zone)))
    return zone, at + timedelta(minutes=draw(st.integers(-36 * 60, 36 * 60)), seconds=draw(st.integers(0, 59)))


# --- reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at", "precision", "raw"),
    [
        ("14:02 checkout", "2026-11-20T13:02:00.000Z", "minute", "14:02"),
        ("9:05 checkout", "2026-11-20T08:05:00.000Z", "minute", "9:05"),
        ("14:02:30 checkout", "2026-11-20T13:02:30.000Z", "second", "14:02:30"),
        ("14:02:30.1239 log", "2026-11-20T13:02:30.123Z", "second", "14:02:30.1239"),
        ("13:02Z checkout", "2026-11-20T13:02:00.000Z", "minute", "13:02Z"),
        ("22:02+09:00 checkout", "2026-11-20T13:02:00.000Z", "minute", "22:02+09:00"),
        ("22:02:05+0900 checkout", "2026-11-20T13:02:05.000Z", "second", "22:02:05+0900"),
        ("10:02-03:00 checkout", "2026-11-20T13:02:00.000Z", "minute", "10:02-03:00"),
        ("14:12 this very minute", "2026-11-20T13:12:00.000Z", "minute", "14:12"),
        ("23:50 the evening before", "2026-11-19T22:50:00.000Z", "minute", "23:50"),
        ("23:50Z the evening before", "2026-11-19T23:50:00.000Z", "minute", "23:50Z"),
        ("-12m checkout", "2026-11-20T13:00:34.567Z", "minute", "-12m"),
        ("-1h5m checkout", "2026-11-20T12:07:34.567Z", "minute", "-1h5m"),
        ("-90s checkout", "2026-11-20T13:11:04.567Z", "second", "-90s"),
        ("-1d checkout", "2026-11-19T13:12:34.567Z", "minute", "-1d"),
        ("yesterday 23:50 x", "2026-11-19T22:50:00.000Z", "minute", "yesterday 23:50"),
        ("Yesterday 23:50:10 x", "2026-11-19T22:50:10.000Z", "second", "Yesterday 23:50:10"),
        ("today 14:02 x", "2026-11-20T13:02:00.000Z", "minute", "today 14:02"),
        ("2026-11-20 14:02 x", "2026-11-20T13:02:00.000Z", "minute", "2026-11-20 14:02"),
        ("2026-11-20T14:02:03 x", "2026-11-20T13:02:03.000Z", "second", "2026-11-20T14:02:03"),
        ("2026-11-20 13:02Z x", "2026-11-20T13:02:00.000Z", "minute", "2026-11-20 13:02Z"),
        ("2026-11-20T22:02:00+09:00 x", "2026-11-20T13:02:00.000Z", "second", "2026-11-20T22:02:00+09:00"),
        ("2026-11-20 the outage", "2026-11-19T23:00:00.000Z", "day", "2026-11-20"),
        ("2026-11-20 14:02ish it fell", "2026-11-19T23:00:00.000Z", "day", "2026-11-20"),
        ("11:?? somewhen", "2026-11-20T10:00:00.000Z", "hour", "11:??"),
        ("22:?? last night", "2026-11-19T21:00:00.000Z", "hour", "22:??"),
        ("??:?? no idea", "2026-11-20T13:12:34.567Z", "unknown", "??:??"),
        ("yesterday ??:?? x", "2026-11-18T23:00:00.000Z", "day", "yesterday ??:??"),
        ("2026-11-20 ??:?? x", "2026-11-19T23:00:00.000Z", "day", "2026-11-20 ??:??"),
    ],
)
def test_a_line_begins_with_a_time(text: str, at: str, precision: when.Precision, raw: str) -> None:
    found = leading(text, now=NOW, zone=BERLIN)
    assert found == (When(at, precision, raw), len(raw) + 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "checkout 5xx",
        " 14:02 not at the beginning",
        "14:02ish",
        "14:02, then",
        "10:20:30:40",
        "14:02Zulu",
        "14:2",
        "114:02",
        "-12mb freed",
        "-12 degrees",
        "-m",
        "- 12m",
        "yesterday",
        "yesterday it fell",
        "yesterday 23:50ish",
        "today14:02",
        "2026-11-20x",
        "2026-11-20T14:02ish",
        "??",
        "?? what",
        "?:?? x",
        "??:30 x",
        "١٤:٠٢ in Arabic digits",
        "１４:０２ in wide ones",
        "14:02\x1b[31m",
    ],
)
def test_a_line_does_not_begin_with_a_time(text: str) -> None:
    assert leading(text, now=NOW, zone=BERLIN) is None


def test_the_white_space_behind_a_time_belongs_to_it() -> None:
    for line, length in (("14:02", 5), ("14:02 ", 6), ("14:02 \t x", 8), ("14:02\u3000체크아웃", 6)):
        found = leading(line, now=NOW, zone=BERLIN)
        assert found is not None
        assert found[1] == length
        assert found[0].raw == "14:02"


@pytest.mark.parametrize(
    ("text", "message", "end"),
    [
        ("25:61 foo", "25:61 is not a time of day", 5),
        ("24:00 foo", "24:00 is not a time of day", 5),
        ("12:60 foo", "12:60 is not a time of day", 5),
        ("14:02:61 foo", "14:02:61 is not a time of day", 8),
        ("14:02:60 foo", "leap second", 8),
        ("99:?? foo", "not a time of day", 5),
        ("2026-02-30 foo", "2026-02-30 is not in the calendar", 10),
        ("2026-13-01 14:02 foo", "2026-13-01 is not in the calendar", 16),
        ("0000-01-01 foo", "not in the calendar", 10),
        ("0001-01-01 00:00+14:00 foo", "outside the calendar", 22),
        ("-367d foo", "more than 366 days ago", 5),
        ("-" + "9" * 5000 + "m foo", "more than 366 days ago", 5002),
        ("today 17:32:34 foo", "today 17:32:34 is 3h 20m ahead of 2026-11-20 14:12 CET", 14),
        ("2026-11-20 14:12:35 foo", "2026-11-20 14:12:35 is 1s ahead of 2026-11-20 14:12 CET", 19),
        ("2026-11-22 foo", "2026-11-22 is 1d 9h ahead of 2026-11-20 14:12 CET", 10),
        ("9999-12-31 23:00-10:00 foo", "outside the calendar", 22),
    ],
)
def test_what_looks_like_a_time_and_cannot_be_one_is_refused(text: str, message: str, end: int) -> None:
    error = refused(text)
    assert message in error.message
    assert (error.start, error.end, error.choices) == (0, end, ())
    assert len(error.message) < 120


@pytest.mark.parametrize("text", ["14:02-14:10", "11:00-12:15", "14:02+23:59", "14:02+09:75", "14:02-03:10"])
def test_a_range_is_not_taken_for_an_offset(text: str) -> None:
    error = refused(f"{text} outage")
    assert (error.start, error.end) == (5, 11)
    assert "put a space before it" in error.message


@pytest.mark.parametrize(
    ("text", "now", "choices"),
    [
        ("14:12:40 x", NOW, ("14:12:34", "yesterday 14:12:40")),
        ("14:15 x", NOW, ("14:12", "yesterday 14:15")),
        ("14:22 x", NOW, ("14:12", "yesterday 14:22")),
        ("13:15Z x", NOW, ("13:12Z", "yesterday 13:15Z")),
        ("22:15+09:00 x", NOW, ("22:12+09:00", "yesterday 22:15+09:00")),
        ("15:?? x", utc("2026-11-20T13:55:00"), ("14:??", "yesterday 15:??")),
        # Over midnight: the latest past one is almost a day old, on the same date.
        ("00:02 x", utc("2026-11-20T22:55:00"), ("23:55", "today 00:02")),
        # The second 02:30 is five minutes ahead; the first was 55 minutes ago; 02:25 came twice too.
        ("02:30 x", utc("2026-10-25T01:25:00"), ("02:25+01:00", "02:30+02:00")),
        # Two minutes before clocks jump from 02:00 to 03:00.
        ("02:05 x", utc("2026-03-29T00:58:00"), ("01:58", "yesterday 02:05")),
    ],
)
def test_a_bare_time_just_ahead_is_asked_about(text: str, now: datetime, choices: tuple[str, str]) -> None:
    error = refused(text, now)
    assert error.choices == choices
    assert (error.start, error.end) == (0, len(text) - 2)


def test_a_bare_time_more_than_ten_minutes_ahead_is_yesterday() -> None:
    found = leading("14:23 x", now=NOW, zone=BERLIN)
    assert found is not None
    assert found[0].at == "2026-11-19T13:23:00.000Z"


@pytest.mark.parametrize(
    ("text", "now", "zone", "choices"),
    [
        # Clocks went back: twice.
        ("02:30 x", "2026-10-25T12:00:00", BERLIN, ("02:30+02:00", "02:30+01:00")),
        ("02:?? x", "2026-10-25T12:00:00", BERLIN, ("02:??+02:00", "02:??+01:00")),
        ("2:30:05 x", "2026-10-25T12:00:00", BERLIN, ("02:30:05+02:00", "02:30:05+01:00")),
        (
            "2026-10-25 02:30 x",
            "2026-11-20T12:00:00",
            BERLIN,
            ("2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00"),
        ),
        (
            "today 02:30 x",
            "2026-10-25T12:00:00",
            BERLIN,
            ("2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00"),
        ),
        ("01:30 x", "2026-11-01T12:00:00", NEW_YORK, ("01:30-04:00", "01:30-05:00")),
        ("01:45 x", "2026-04-05T00:00:00", LORD_HOWE, ("01:45+11:00", "01:45+10:30")),
        # Yesterday's, nearly 24 hours ago: bare, the first would be read as today's.
        ("02:30 x", "2026-10-26T01:10:00", BERLIN, ("2026-10-25 02:30+02:00", "02:30+01:00")),
        # ... or, five minutes short of that, be asked about again.
        ("02:30 x", "2026-10-26T00:25:00", BERLIN, ("2026-10-25 02:30+02:00", "02:30+01:00")),
        # Clocks went forward: never.
        ("02:30 x", "2026-03-29T12:00:00", BERLIN, ("01:30+01:00", "03:30+02:00")),
        (
            "2026-03-29 02:30 x",
            "2026-05-01T12:00:00",
            BERLIN,
            ("2026-03-29 01:30+01:00", "2026-03-29 03:30+02:00"),
        ),
        ("02:15 x", "2026-10-04T00:00:00", LORD_HOWE, ("01:45+10:30", "02:45+11:00")),
        # Until 1972 Monrovia kept an offset of -00:44:30, which cannot be typed.
        ("1972-01-07 00:20 x", "2026-11-20T12:00:00", MONROVIA, ("1972-01-07 00:20+00:00", "1972-01-07 01:04+00:00")),
        # 03:30 has not come yet.
        ("02:30 x", "2026-03-29T01:05:00", BERLIN, ("01:30+01:00",)),
    ],
)
def test_a_local_time_that_came_twice_or_never_is_asked_about(
    text: str, now: str, zone: tzinfo, choices: tuple[str, ...]
) -> None:
    error = refused(text, utc(now), zone)
    assert error.choices == choices
    assert "came" in error.message


@pytest.mark.parametrize(
    ("text", "now", "at"),
    [
        # Only the first 02:30 has been.
        ("02:30 x", "2026-10-25T00:40:00", "2026-10-25T00:30:00.000Z"),
        ("2026-10-25 02:30 x", "2026-10-25T00:40:00", "2026-10-25T00:30:00.000Z"),
        # It is 01:30: the hole is still ahead, 02:30 is yesterday's.
        ("02:30 x", "2026-03-29T00:30:00", "2026-03-28T01:30:00.000Z"),
        # At 00:58, 02:05 is more than an hour ahead, whatever the clocks do in between.
        ("02:05 x", "2026-03-28T23:58:00", "2026-03-28T01:05:00.000Z"),
        ("02:30+01:00 x", "2026-10-25T12:00:00", "2026-10-25T01:30:00.000Z"),
    ],
)
def test_what_has_not_come_yet_makes_no_doubt(text: str, now: str, at: str) -> None:
    found = leading(text, now=utc(now), zone=BERLIN)
    assert found is not None
    assert found[0].at == at


def test_a_day_begins_with_its_first_moment() -> None:
    havana = ZoneInfo("America/Havana")  # midnight came twice on 1 November 2026, and never on 8 March
    assert parse("2026-11-01", now=NOW, zone=havana).at == "2026-11-01T04:00:00.000Z"
    assert parse("2026-03-08", now=NOW, zone=havana).at == "2026-03-08T05:00:00.000Z"
    assert "left it out" in refused("2011-12-30 x", zone=ZoneInfo("Pacific/Apia")).message


# --- parse --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("14:02", "2026-11-20T13:02:00.000Z", "minute"),
        (" -12m ", "2026-11-20T13:00:34.567Z", "minute"),
        ("2026-11-20T13:02:00.000Z", "2026-11-20T13:02:00.000Z", "second"),
        ("20261120T130203Z", "2026-11-20T13:02:03.000Z", "second"),
        ("20261120T1402", "2026-11-20T13:02:00.000Z", "minute"),
        ("2026-W47-5T14:02", "2026-11-20T13:02:00.000Z", "minute"),
        ("2026-324T22:02:03.25+09:00", "2026-11-20T13:02:03.250Z", "second"),
        ("2026-11-20T14", "2026-11-20T13:00:00.000Z", "hour"),
    ],
)
def test_parse_takes_a_whole_text(text: str, at: str, precision: when.Precision) -> None:
    assert parse(text, now=NOW, zone=BERLIN) == When(at, precision, text.strip())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("", 0, 0),
        ("soon", 0, 4),
        ("  soon ", 2, 6),
        ("14:02 and more", 6, 14),
        ("2026", 0, 4),
        ("2026-11", 0, 7),
        ("2026-W47-5", 0, 10),
        ("P1D", 0, 3),
        ("2026-11-01T00:00Z/P1D", 0, 21),
        ("  25:61 ", 2, 7),
        ("2026-999T14:02", 0, 14),
        ("2026-W48-5T14:02", 0, 16),
        ("9999-365T23:00-10:00", 0, 20),
    ],
)
def test_parse_says_where_it_stopped(text: str, start: int, end: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text, now=NOW, zone=BERLIN)
    assert (caught.value.start, caught.value.end) == (start, end)


def test_the_rarer_forms_are_asked_about_too() -> None:
    for clock, written in (("0230", "02:30"), ("02", "02:??"), ("023005.25", "02:30:05.250")):
        with pytest.raises(Unreadable) as caught:
            parse(f"20261025T{clock}", now=NOW, zone=BERLIN)
        assert caught.value.choices == (f"2026-10-25 {written}+02:00", f"2026-10-25 {written}+01:00")


@pytest.mark.parametrize(
    ("text", "now", "at"),
    [
        ("14:50", NOW, "2026-11-20T13:50:00.000Z"),
        ("14:15", NOW, "2026-11-20T13:15:00.000Z"),
        ("14:12", NOW, "2026-11-21T13:12:00.000Z"),
        ("09:00", NOW, "2026-11-21T08:00:00.000Z"),
        ("13:50Z", NOW, "2026-11-20T13:50:00.000Z"),
        ("2026-11-22 09:00", NOW, "2026-11-22T08:00:00.000Z"),
        ("2026-11-22", NOW, "2026-11-21T23:00:00.000Z"),
        # Between the two 02:30, and after the one that never came.
        ("02:30", utc("2026-10-25T00:40:00"), "2026-10-25T01:30:00.000Z"),
        ("02:30", utc("2026-03-29T01:05:00"), "2026-03-30T00:30:00.000Z"),
    ],
)
def test_a_time_to_come_is_its_next_occurrence(text: str, now: datetime, at: str) -> None:
    assert parse(text, now=now, zone=BERLIN, future=True).at == at


def test_a_time_to_come_that_comes_twice_or_never_is_asked_about() -> None:
    for now, choices in (
        ("2026-10-24T22:00:00", ("02:30+02:00", "02:30+01:00")),
        ("2026-03-28T22:00:00", ("01:30+01:00", "03:30+02:00")),
        ("2026-03-28T23:10:00", ("01:30+01:00", "03:30+02:00")),
    ):
        with pytest.raises(Unreadable) as caught:
            parse("02:30", now=utc(now), zone=BERLIN, future=True)
        assert caught.value.choices == choices


# --- what holds for every text ------------------------------------------------------------------------


def test_stored_times_are_fixed_width_utc() -> None:
    assert stamp(datetime(2026, 11, 20, 23, 2, tzinfo=SEOUL)) == "2026-11-20T14:02:00.000Z"
    assert stamp(datetime(33, 4, 3, 12, 0, 0, 999999, tzinfo=UTC)) == "0033-04-03T12:00:00.999Z"
    with pytest.raises(ValueError, match="without a zone"):
        stamp(datetime(2026, 11, 20))  # noqa: DTZ001


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_stamps_go_round_and_keep_order(one: datetime, other: datetime) -> None:
    one = one.replace(microsecond=one.microsecond // 1000 * 1000)
    assert when.instant(stamp(one)) == one
    assert len(stamp(one)) == 24
    assert (one < other) is (stamp(one) < stamp(other)) or stamp(one) == stamp(other)
    assert when.seconds_between(stamp(one), stamp(one + timedelta(seconds=0))) == 0


@given(moments, st.integers(-(10**6), 10**6))
def test_shifted_and_seconds_between_undo_each_other(moment: datetime, seconds: int) -> None:
    at = stamp(moment)
    assert when.seconds_between(at, when.shifted(at, seconds)) == seconds


@given(moments, zones)
def test_a_stored_time_pasted_into_a_line_is_itself(moment: datetime, zone: tzinfo) -> None:
    at = stamp(moment)
    assert leading(at, now=moment, zone=zone) == (When(at, "second", at), 24)


@given(
    st.text() | st.from_regex(typed_time._TIME) | st.from_regex(typed_time._AGO) | st.from_regex(typed_time._ISO),
    moments,
    zones,
)
@example("0001-01-01", NOW, SEOUL)
@example("9999-12-31 ??:??", NOW, NEW_YORK)
@example("\ud800", NOW, SEOUL)
def test_no_text_breaks_it_and_nothing_is_later_than_now(text: str, now: datetime, zone: tzinfo) -> None:
    for read in (leading, parse):
        try:
            found = read(text, now=now, zone=zone)
        except Unreadable as error:
            place, when_ = (error.start, error.end), None
        else:
            when_, end = found if isinstance(found, tuple) else (found, len(text))
            place = (0, end)
            assert when_ is None or text[:end].strip() == when_.raw
        assert 0 <= place[0] <= place[1] <= len(text)
        assert when_ is None or when_.at <= stamp(now)


@given(clocks(), near_changes())
@example("02:30", (BERLIN, utc("2026-10-26T01:10:00")))
def test_every_choice_is_accepted(text: str, where: tuple[tzinfo, datetime]) -> None:
    zone, now = where
    try:
        found = leading(text, now=now, zone=zone)
    except Unreadable as error:
        taken = [leading(text[: error.start] + choice, now=now, zone=zone) for choice in error.choices]
        assert None not in taken
        # Two choices that mean the same would be no choice.
        assert len({one[0].at for one in taken if one}) == len(taken)
    else:
        assert found is not None
        assert found[0].at <= stamp(now)


@given(clocks(), near_changes())
def test_every_choice_for_a_time_to_come_is_accepted(text: str, where: tuple[tzinfo, datetime]) -> None:
    zone, now = where
    # Lord Howe's clocks move by half an hour: of an hour without minutes, a choice may have begun already.
    assume("??" not in text)
    try:
        found = parse(text, now=now, zone=zone, future=True)
    except Unreadable as error:
        taken = [parse(choice, now=now, zone=zone, future=True) for choice in error.choices]
    else:
        taken = [found]
    dated = re.match(r"-|today|yesterday|2026", text)
    assert dated or all(one.at > stamp(now) for one in taken)


@given(near_changes(), st.integers(0, 24 * 60 - 1))
def test_a_bare_time_is_less_than_a_day_and_a_change_old(where: tuple[tzinfo, datetime], minute: int) -> None:
    zone, now = where
    text = f"{minute // 60:02}:{minute % 60:02}"
    try:
        found = leading(text, now=now, zone=zone)
    except Unreadable:
        return
    assert found is not None
    assert when.clock_text(found[0].at, "minute", zone) == text
    # No later past occurrence: walk every minute since.
    then = when.instant(found[0].at) + timedelta(minutes=1)
    while then <= now:
        assert f"{then.astimezone(zone):%H:%M}" != text
        then += timedelta(minutes=1)


# --- durations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20m", 1200),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("90s", 90),
        ("2h", 7200),
        ("45", 2700),
        ("1d", 86400),
        (" 1d 2h 3m 4s ", 93784),
        ("20M", 1200),
        ("366d", 366 * 86400),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert typed_time.duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", " ", "m", "0", "0m", "-5m", "20x", "30m1h", "1.5h", "5m5m", "367d", "9" * 5000, "٢٠m", "20m 5"],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        typed_time.duration(f" {text}")
    assert text.strip() == f" {text}"[caught.value.start : caught.value.end]


@given(st.text())
def test_a_duration_is_positive_or_refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert 0 < typed_time.duration(text) <= 366 * 86400


@given(st.integers(1, 59), st.integers(1, 23))
def test_what_is_spelt_can_be_read(small: int, hours: int) -> None:
    for seconds in (small, small * 60, hours * 3600 + small * 60, 86400 * small + 3600 * hours):
        assert typed_time.duration(when.spell(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "spelt", "ticking", "elapsed"),
    [
        (0, "0s", "00:00", "T+00:00:00"),
        (-0.4, "0s", "00:00", "T+00:00:00"),
        (45.9, "45s", "00:45", "T+00:00:45"),
        (279, "4m", "04:39", "T+00:04:39"),
        (360, "6m", "06:00", "T+00:06:00"),
        (-360, "−6m", "06:00", "T−00:06:00"),
        (2530, "42m", "42:10", "T+00:42:10"),
        (3600, "1h", "1:00:00", "T+01:00:00"),
        (3879, "1h 4m", "1:04:39", "T+01:04:39"),
        (4800, "1h 20m", "1:20:00", "T+01:20:00"),
        (86400, "1d", "24:00:00", "T+24:00:00"),
        (2 * 86400 + 3 * 3600, "2d 3h", "51:00:00", "T+51:00:00"),
        (100 * 3600, "4d 4h", "100:00:00", "T+100:00:00"),
    ],
)
def test_lengths_of_time_for_people(seconds: float, spelt: str, ticking: str, elapsed: str) -> None:
    assert when.spell(seconds) == spelt
    assert when.ticking(seconds) == ticking
    assert when.elapsed(seconds) == elapsed


# --- zones --------------------------------------------------------------------------------------------


def test_a_zone_by_name() -> None:
    assert when.zone("Asia/Seoul") == SEOUL


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("Asia/Soul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("salta", "America/Argentina/Salta"),
    ],
)
def test_an_unknown_zone_is_refused_with_its_neighbours(name: str, choice: str) -> None:
    # ZoneInfo finds asia/seoul where file names have no case; the name as listed is what is stored.
    if name == "asia/seoul" and sys.platform == "darwin":
        pytest.skip("this file system takes it")
    with pytest.raises(Unreadable) as caught:
        when.zone(name)
    assert choice == caught.value.choices[0]
    assert (caught.value.start, caught.value.end) == (0, len(name))


@pytest.mark.parametrize(
    "name", ["", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "x" * 9000, "\x1b[2J"]
)
def test_a_strange_zone_name_is_refused(name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        when.zone(name)
    assert len(caught.value.message) < 60
    assert "\x1b" not in caught.value.message


@pytest.fixture
def tz(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("TZ", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("Europe/Berlin", BERLIN),
        (":Asia/Seoul", SEOUL),
        ("/usr/share/zoneinfo/Asia/Seoul", SEOUL),
        ("", UTC),
        ("Nowhere/At_All", UTC),
    ],
)
def test_the_machines_zone_by_environment(tz: pytest.MonkeyPatch, value: str, zone: tzinfo) -> None:
    tz.setenv("TZ", value)
    assert when.zone(None) == zone


@pytest.mark.parametrize("folder", ["zoneinfo", "zoneinfo.default"])
def test_the_machines_zone_by_link(tz: pytest.MonkeyPatch, tmp_path: Path, folder: str) -> None:
    target = tmp_path / folder / "Asia" / "Seoul"
    target.parent.mkdir(parents=True)
    target.touch()
    link = tmp_path / "localtime"
    link.symlink_to(target)
    real = os.path.realpath
    tz.setattr(os.path, "realpath", lambda path: real(link if path == "/etc/localtime" else path))
    assert when.zone(None) == SEOUL


def test_the_machines_zone_by_copy(tz: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib.resources

    copy = tmp_path / "localtime"
    copy.write_bytes((importlib.resources.files("tzdata") / "zoneinfo" / "Asia" / "Seoul").read_bytes())
    tz.setenv("TZ", f":{copy}")
    assert when.zone_name(when.zone(None), NOW) == "KST"
    copy.write_bytes(b"not a zone")
    assert when.zone(None) == UTC
    copy.unlink()
    assert when.zone(None) == UTC


def test_zone_names_are_short() -> None:
    assert when.zone_name(UTC, NOW) == "UTC"
    assert when.zone_name(SEOUL, NOW) == "KST"
    assert when.zone_name(BERLIN, NOW) == "CET"
    assert when.zone_name(BERLIN, NOW - timedelta(days=120)) == "CEST"
    assert when.zone_name(ZoneInfo("Asia/Tehran"), NOW) == "+0330"
    assert when.zone_name(timezone(timedelta(hours=9)), NOW) == "+0900"


def test_stored_times_as_local_clocks_showed_them() -> None:
    at = "2026-11-20T14:02:11.000Z"
    assert when.local(at, SEOUL) == datetime(2026, 11, 20, 23, 2, 11, tzinfo=SEOUL)
    shown = {how: when.clock_text(at, how, SEOUL) for how in ("second", "minute", "hour", "day", "unknown")}
    assert shown == {
        "second": "23:02:11",
        "minute": "23:02",
        "hour": "23:??",
        "day": "??:??",
        "unknown": "??:??",
    }


def test_pendulum_waits_until_it_is_needed() -> None:
    code = (
        "import sys, datetime as d; from scribe.record.typed_time import parse\n"
        "now = d.datetime(2026, 11, 20, 13, tzinfo=d.UTC)\n"
        "parse('2026-11-20T12:02:00.000Z', now=now, zone=d.UTC)\n"
        "assert 'pendulum' not in sys.modules and 'difflib' not in sys.modules\n"
        "parse('2026-324T12:02', now=now, zone=d.UTC)\n"
        "assert 'pendulum' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
