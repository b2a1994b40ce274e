from __future__ import annotations

import pytest

from scribe.after.metrics import FORMULAS, exact, measures
from scribe.record.state import Mark
from scribe.record.when import Precision


def mark(clock: str, precision: Precision = "second") -> Mark:
    at = f"2026-11-20T{clock}.000Z"
    return Mark(at, precision, at, True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.4, "0s"),
        (45, "45s"),
        (60, "1m"),
        (6570, "1h 49m 30s"),
        (7440, "2h 4m"),
        (3605, "1h 5s"),
        (2 * 86400 + 3 * 3600, "2d 3h"),
    ],
)
def test_exact(seconds: float, text: str) -> None:
    assert exact(seconds) == text


def test_the_formulas() -> None:
    found = measures(
        {
            "started": mark("13:45:30"),
            "detected": mark("13:53:50"),
            "acknowledged": mark("13:55:40"),
            "mitigated": mark("15:25:00"),
            "resolved": mark("15:49:30"),
        }
    )
    assert {measure.name: measure.seconds for measure in found} == {
        "TTD": 500,
        "TTA": 110,
        "TTM": 5470,
        "TTR": 6940,
        "Impact": 7440,
    }
    assert not any(measure.note for measure in found)


def test_a_missing_end_is_unknown_and_never_zero() -> None:
    assert [measure.seconds for measure in measures({})] == [None] * len(FORMULAS)
    by_name = {measure.name: measure for measure in measures({"detected": mark("14:00:00")})}
    assert by_name["TTD"].note == "started is unknown"
    assert by_name["Impact"].note == "started and resolved are unknown"


def test_declared_does_not_stand_in_for_detected() -> None:
    found = measures({"declared": mark("14:00:00"), "resolved": mark("15:00:00")})
    assert all(measure.seconds is None for measure in found)


def test_a_span_that_runs_backwards_is_unknown_and_says_so() -> None:
    ttd = measures({"started": mark("14:02:00"), "detected": mark("14:00:00")})[0]
    assert (ttd.seconds, ttd.note) == (None, "detected is recorded as 2m before started")


@pytest.mark.parametrize(
    ("precision", "seconds", "note"),
    [
        ("second", 1800.0, ""),
        ("minute", 1800.0, ""),
        ("hour", 1800.0, "started is known to the hour only"),
        ("day", None, "started is known to the day only"),
        ("unknown", None, "started is unknown"),
    ],
)
def test_a_length_is_no_more_exact_than_its_ends(precision: Precision, seconds: float | None, note: str) -> None:
    ttd = measures({"started": mark("14:00:00", precision), "detected": mark("14:30:00")})[0]
    assert (ttd.seconds, ttd.note) == (seconds, note)
