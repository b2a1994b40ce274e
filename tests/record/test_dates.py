from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.dates import day, moment, today
from scribe.record.when import Unreadable

FRIDAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-12-01", "2026-12-01"),
        (" Today ", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("friday", "2026-11-27"),
        ("mon", "2026-11-23"),
        ("10d", "2026-11-30"),
        ("+2w", "2026-12-04"),
        ("3 days", "2026-11-23"),
        ("1 month", "2026-12-20"),
        ("2months", "2027-01-20"),
    ],
)
def test_a_day_is_read(typed: str, meant: str) -> None:
    assert day(typed, today=FRIDAY) == meant


@pytest.mark.parametrize("typed", ["", "2026-11-31", "2026-13-01", "soon", "mo", "d", "10", "2026-1-1", "١٠d"])
def test_what_is_no_day_is_said(typed: str) -> None:
    with pytest.raises(Unreadable):
        day(typed, today=FRIDAY)


def test_a_month_ends_where_it_ends() -> None:
    assert day("1 month", today=date(2027, 1, 31)) == "2027-02-28"
    assert day("13 months", today=date(2027, 1, 31)) == "2028-02-29"


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_named_day_is_one_of_the_next_seven(start: date, name: str) -> None:
    found = date.fromisoformat(day(name, today=start))
    assert timedelta(0) < found - start <= timedelta(days=7)
    assert f"{found:%a}".lower() == name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-24", "2026-11-24"),
        ("2026-11-24 10:00", "2026-11-24T01:00:00.000Z"),
        ("tomorrow 9:30", "2026-11-21T00:30:00.000Z"),
        ("2026-11-24 10:00Z", "2026-11-24T10:00:00.000Z"),
    ],
)
def test_a_moment_is_read_in_the_zone(typed: str, meant: str) -> None:
    assert moment(typed, now=NOON, zone=SEOUL) == meant


def test_today_is_what_the_calendar_on_the_wall_says() -> None:
    late = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert (today(late, UTC), today(late, SEOUL)) == ("2026-11-20", "2026-11-21")
