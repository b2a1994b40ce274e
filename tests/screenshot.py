"""Draws the README's pictures from the sample incident: ``make screenshot``."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from textual.keys import _character_to_key as events_name

from scribe.cli.demo import LIVE, LONG_AGO, WRITTEN, tell, write
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.when import zone
from scribe.recorder import Incidents
from scribe.ui.app import ScribeApp
from scribe.ui.zones import Zones

NOW = datetime(2026, 3, 12, 9, 56, 5, tzinfo=UTC)
DOCS = Path(__file__).resolve().parent.parent / "docs"
SIZES = {"screen": (120, 36), "narrow": (80, 24)}


PART = 40
"""How many lines of the postmortem are written when its picture is drawn."""

TYPED = "-3m ? @jun stale health checks keep dead pods in rotation #lb"


async def draw(theme: str, size: tuple[int, int], pressed: tuple[str, ...] = (), *, over: bool = False) -> str:
    """The screen in the middle of the sample incident, or once it is over: after some keys, else while one types."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(WRITTEN if over else NOW)
        journal = Journal.writing(Path(folder) / "journal.db", clock, wait=1.0)
        with patch("scribe.recorder.incidents.identity.tag", return_value="K3F2"):
            incident = tell(journal, LONG_AGO) if over else tell(journal, NOW - LIVE, LIVE)
        if over:
            write(journal, incident, PART)
        incidents = Incidents(journal, me="sam", policy=DEFAULT)
        app = ScribeApp(
            incidents, clock, Zones(zone("Europe/Berlin")), lambda _: Path("unused"), first=incident, theme=theme
        )
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*(pressed or map(_key, TYPED)))
            await pilot.app.workers.wait_for_complete()
            await pilot.pause(0.6 if over else None)
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            drawn = app.export_screenshot(title="scribe")
        journal.close()
    return drawn


def _key(character: str) -> str:
    return character if character.isalnum() else events_name(character)


def main() -> None:
    """Write docs/*.svg."""
    DOCS.mkdir(exist_ok=True)
    for name, size in SIZES.items():
        (DOCS / f"{name}.svg").write_text(asyncio.run(draw("dark", size)), encoding="utf-8")
    (DOCS / "update.svg").write_text(asyncio.run(draw("dark", SIZES["screen"], ("f2",))), encoding="utf-8")
    keys = ("f8", *("f4",) * 18)
    (DOCS / "postmortem.svg").write_text(asyncio.run(draw("dark", (120, 40), keys, over=True)), encoding="utf-8")
    (DOCS / "light.svg").write_text(asyncio.run(draw("light", SIZES["screen"])), encoding="utf-8")


if __name__ == "__main__":
    main()
