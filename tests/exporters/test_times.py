from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.exporters.times import UNKNOWN, Times
from scribe.record.when import Precision, local, stamp

ZONES = [UTC, ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")]
# Around the night in which clocks went back in Berlin.
moments = st.integers(0, 3 * 86400).map(
    lambda seconds: stamp(datetime(2026, 10, 24, tzinfo=UTC) + timedelta(seconds=seconds))
)


@given(moments, moments, moments, st.sampled_from(ZONES))
def test_a_time_is_what_clocks_showed_with_its_offset_where_that_changed(
    at: str, first: str, last: str, zone: ZoneInfo
) -> None:
    times = Times(zone, min(first, last), max(first, last))
    there = local(at, zone)
    shown = f"{there:%Y-%m-%d %H:%M:%S %z}" if times.shifts else f"{there:%Y-%m-%d %H:%M:%S}"
    for _ in range(2):  # the second time it is known already
        assert times.full(at) == shown
        assert times.clock(at) == (shown[11:] if times.one_day and not times.shifts else shown)


@pytest.mark.parametrize(
    ("precision", "clock", "full"),
    [
        ("second", "14:02:11", "2026-11-20 14:02:11"),
        ("minute", "14:02", "2026-11-20 14:02"),
        ("hour", "14:??", "2026-11-20 14:??"),
        ("day", "2026-11-20", "2026-11-20"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_a_time_is_as_fine_as_it_is_known(precision: Precision, clock: str, full: str) -> None:
    at = "2026-11-20T14:02:11.000Z"
    times = Times(UTC, at, at)
    assert (times.clock(at, precision), times.full(at, precision)) == (clock, full)


def test_a_time_beside_another_has_its_date_where_that_differs() -> None:
    at, later = "2026-11-20T23:59:00.000Z", "2026-11-21T00:01:00.000Z"
    times = Times(UTC, at, later)
    assert times.beside(at, at) == "23:59:00"
    assert times.beside(later, at) == "2026-11-21 00:01:00"
    assert times.full(None) == times.date(None) == UNKNOWN
