"""The clock that the screen counts with, and the clocks that it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from scribe.clock import FixedClock
from scribe.record.when import Precision
from scribe.ui.ticker import Ticker
from scribe.ui.zones import Shown, Zones

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


def test_seconds_pass() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    for second in range(1, 100):
        clock.advance(1)
        assert ticker.tick() == 0
        assert ticker.now == NOON + timedelta(seconds=second)


@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(days=365), timedelta(seconds=3), timedelta(hours=8)])
def test_a_jump_is_told_once_and_followed(away: timedelta) -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    clock.advance(10)
    clock.set(clock.now() + away)
    assert ticker.tick() == away.total_seconds()
    assert ticker.now == clock.now()
    clock.advance(1)
    assert ticker.tick() == 0
    assert ticker.now == clock.now()


def test_a_machine_that_slept_has_jumped() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    clock.set(NOON + timedelta(minutes=40))
    assert ticker.tick() == 2400


def test_a_clock_that_is_nudged_does_not_make_the_countdown_stutter() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    clock.advance(1)
    clock.set(clock.now() - timedelta(seconds=1.5))
    assert ticker.tick() == 0
    assert ticker.now == NOON + timedelta(seconds=1)
    assert ticker.wall() == NOON - timedelta(seconds=0.5)


def test_a_clock_that_is_slowly_drawn_straight_never_jumps() -> None:
    clock = FixedClock(NOON)
    ticker = Ticker(clock)
    for _ in range(3600):
        clock.advance(10)
        clock.set(clock.now() + timedelta(milliseconds=5))  # 500 ppm, the most that NTP slews
        assert ticker.tick() == 0


def test_the_zones_go_round() -> None:
    zones = Zones(SEOUL)
    assert [zones.shown, zones.next().shown, zones.next().next().shown] == ["local", "utc", "both"]
    assert zones.next().next().next() == zones


@pytest.mark.parametrize(
    ("shown", "row", "clock"),
    [
        ("local", "21:00:00", "21:00:00 KST"),
        ("utc", "12:00:00", "12:00:00 UTC"),
        ("both", "21:00:00 12:00:00", "21:00:00 KST  12:00:00 UTC"),
    ],
)
def test_which_clocks(shown: Shown, row: str, clock: str) -> None:
    zones = Zones(SEOUL, shown)
    at = "2026-11-20T12:00:00.000Z"
    assert zones.row(at, "second") == row
    assert zones.clock(at) == clock
    assert {len(zones.row(at, precision)) for precision in get_args(Precision)} == {zones.width}


def test_two_clocks_that_are_one_are_shown_once() -> None:
    zones = Zones(UTC, "both")
    assert not zones.both
    assert zones.row("2026-11-20T12:00:00.000Z", "second") == "12:00:00"
