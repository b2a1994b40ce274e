"""Which clock the timeline shows: UTC, the zone that times are typed in, or both side by side."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Literal

from msgspec import Struct

from scribe.record.when import Precision, clock_text, instant, zone_name

Shown = Literal["local", "utc", "both"]


class Zones(Struct, frozen=True):
    """The zone of typed times, and which clocks are shown."""

    typed: tzinfo
    shown: Shown = "local"

    @property
    def is_utc(self) -> bool:
        """Whether the typed zone is UTC, so that there is only one clock to show."""
        return str(self.typed) in ("UTC", "Etc/UTC")

    def next(self) -> Zones:
        """The next of: local, UTC, both."""
        order: tuple[Shown, ...] = ("local", "utc", "both")
        return Zones(self.typed, order[(order.index(self.shown) + 1) % 3])

    @property
    def main(self) -> tzinfo:
        """The zone of the first column, by which days begin."""
        return UTC if self.shown == "utc" else self.typed

    @property
    def both(self) -> bool:
        """Whether two clocks stand side by side."""
        return self.shown == "both" and not self.is_utc

    @property
    def width(self) -> int:
        """Cells that a row's time takes."""
        return 17 if self.both else 8

    def row(self, at: str, precision: Precision) -> str:
        """A row's time, as wide as ``width``."""
        first = f"{clock_text(at, precision, self.main):8}"
        return f"{first} {clock_text(at, precision, UTC):8}" if self.both else first

    def clock(self, now: str) -> str:
        """The time of day for the title bar, with the zone's name."""
        zones = [self.typed, UTC] if self.both else [self.main]
        return "  ".join(f"{clock_text(now, 'second', zone)} {zone_name(zone, instant(now))}" for zone in zones)
