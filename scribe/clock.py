"""The only reader of time.

Everything else takes `now` as an argument or is given a Clock, so that any moment can be tested and replayed.
"""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the wall clock's time: aware, in UTC, cut to the milliseconds that the journal keeps.

        It may jump, backwards too, when somebody or NTP sets the machine's clock.
        """
        return _cut(datetime.now(UTC))

    def monotonic(self) -> float:
        """Return seconds since some unknown start; never goes back, so only differences mean anything."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""
        time.sleep(seconds)


class FixedClock(Clock):
    """A clock that stands still until it is told to move; for tests, drills and replays.

    Args:
        now: the wall clock's first time; must be aware.
        monotonic: the first reading of `monotonic()`, in seconds.

    Raises:
        ValueError: `now` has no zone.
    """

    def __init__(self, now: datetime, monotonic: float = 0.0) -> None:
        self._now = _utc(now)
        self._monotonic = monotonic

    def now(self) -> datetime:
        """Return the time last set, plus what was advanced since: aware, in UTC, in whole milliseconds."""
        return _cut(self._now)

    def monotonic(self) -> float:
        """Return the first reading plus every second advanced; `set` does not touch it."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass: both clocks move by `seconds`.

        Raises:
            ValueError: `seconds` is negative; a wall clock that jumps back is what `set` is for.
        """
        if seconds < 0:
            raise ValueError(f"time does not pass backwards: {seconds} s")
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, now: datetime) -> None:
        """Jump: the wall clock alone shows `now`, as when somebody sets a machine's clock.

        Raises:
            ValueError: `now` has no zone.
        """
        self._now = _utc(now)


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone means nothing: {moment.isoformat()}")
    return moment.astimezone(UTC)


def _cut(moment: datetime) -> datetime:
    # Cut, not rounded: a rounded time could lie ahead of the clock that was just read.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
