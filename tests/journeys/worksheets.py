"""An incident with something in every worksheet, and hands that find their way in them."""

from __future__ import annotations

from scribe.record.events import Update
from tests.journeys.live import Live

TALE = (
    "/role ic @alice",
    "/role ops @bob",
    "/role comms @erin",
    "/milestone acknowledged",
    "/trigger off",
    "/impact checkout fails in the EU",
    "/scope dependency payments affected timeouts",
    "? the pool is exhausted",
    "> roll back to 1.41",
    "/decide fail over? @alice by 12:30",
)
"""An incident with something in every worksheet, in which nothing waits for anybody."""


def sent(live: Live) -> list[Update]:
    """The updates that stand in the journal."""
    return [entry.payload for entry in live.entries if isinstance(entry.payload, Update)]


async def to_row(live: Live, label: str) -> None:
    """Choose the row of that label."""
    page, chosen = live.screen.page, live.screen.sheet.row
    assert page is not None
    assert chosen is not None
    (place,) = (place for place, row in enumerate(page.rows) if row.label.startswith(label))
    await live.hit(*["down"] * ((place - page.rows.index(chosen)) % len(page.rows)))
    assert live.screen.sheet.row == page.rows[place]


async def go_to(live: Live, incident: str) -> None:
    """Choose another incident from the list of all."""
    await live.press("f9")
    (place,) = (place for place, row in enumerate(live.rows_with("· active")) if incident in row)
    await live.press(*["down"] * (place + 1), "enter")
    assert incident in live.line("title")
