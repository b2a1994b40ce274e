import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clock import Clock, FixedClock

START = datetime(2026, 11, 20, 14, 2, 3, 456_789, UTC)


def test_the_wall_clock_is_aware_utc_in_whole_milliseconds_and_now() -> None:
    before = time.time()
    now = Clock().now()
    after = time.time()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert before - 0.001 <= now.timestamp() <= after


def test_the_monotonic_clock_does_not_go_back() -> None:
    clock = Clock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_a_fixed_clock_stands_still() -> None:
    clock = FixedClock(START, monotonic=5.0)
    assert clock.now() == clock.now() == START.replace(microsecond=456_000)
    assert clock.monotonic() == clock.monotonic() == 5.0


def test_a_fixed_clock_answers_in_utc_whatever_zone_it_was_given() -> None:
    clock = FixedClock(START.astimezone(timezone(timedelta(hours=9))))
    assert clock.now().tzinfo is UTC
    assert clock.now() == START.replace(microsecond=456_000)


def test_advance_moves_both_clocks() -> None:
    clock = FixedClock(START)
    clock.advance(90.5)
    assert clock.now() == START.replace(microsecond=456_000) + timedelta(seconds=90.5)
    assert clock.monotonic() == 90.5


def test_sleeping_by_a_fixed_clock_takes_no_time_and_moves_both_clocks() -> None:
    clock = FixedClock(START)
    before = time.monotonic()
    clock.sleep(3600)
    assert time.monotonic() - before < 60
    assert clock.now() == START.replace(microsecond=456_000) + timedelta(hours=1)
    assert clock.monotonic() == 3600


def test_sleeping_by_the_machine_s_clock_waits() -> None:
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.009


def test_set_jumps_the_wall_clock_alone_and_may_go_back() -> None:
    clock = FixedClock(START)
    clock.advance(10)
    clock.set(START - timedelta(days=1))
    assert clock.now() == START.replace(microsecond=456_000) - timedelta(days=1)
    assert clock.monotonic() == 10


def test_time_does_not_pass_backwards() -> None:
    clock = FixedClock(START)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    assert clock.monotonic() == 0


def test_a_time_without_a_zone_is_refused() -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without a zone"):
        FixedClock(naive)
    with pytest.raises(ValueError, match="without a zone"):
        FixedClock(START).set(naive)


@given(st.lists(st.integers(0, 5_000), max_size=20))
def test_many_small_steps_add_up_without_losing_fractions(microseconds: list[int]) -> None:
    clock = FixedClock(START)
    for step in microseconds:
        clock.advance(step / 1_000_000)
    reached = START + timedelta(microseconds=sum(microseconds))
    assert clock.now() == reached.replace(microsecond=reached.microsecond // 1000 * 1000)
