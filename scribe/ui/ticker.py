"""The time that the screen counts with: the wall clock, carried on by the monotonic one, and watched for jumps."""

from __future__ import annotations

from datetime import datetime, timedelta

from scribe.clock import Clock

JUMP = 2.0
"""Seconds by which the wall clock may stray from the monotonic one before it is called a jump."""


class Ticker:
    """Seconds pass as the monotonic clock has them, so a countdown never stutters.

    When the wall clock was set, or the machine slept, the two disagree: ``tick`` says by how much, once, and goes
    on from the wall clock, because due times are kept in it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.now()
        self._steady = clock.monotonic()
        self.now = self._wall

    def tick(self) -> float:
        """Move on; returns the seconds by which the wall clock jumped (negative: back), 0 when it did not."""
        wall, steady = self._clock.now(), self._clock.monotonic()
        passed = steady - self._steady
        strayed = (wall - self._wall).total_seconds() - passed
        jumped = abs(strayed) > JUMP
        # The next tick is measured from this one: a clock that is slowly drawn straight never adds up to a jump.
        self.now = wall if jumped else wall - timedelta(seconds=strayed)
        self._wall, self._steady = wall, steady
        return strayed if jumped else 0.0

    def steady(self) -> float:
        """Seconds that nobody sets, for how long something takes."""
        return self._clock.monotonic()

    def wall(self) -> datetime:
        """The wall clock, for what is written into the record."""
        return self._clock.now()
