"""What the register of action items looks like, in the sizes that people have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import pytest
from textual.pilot import Pilot

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.recorder import Incidents
from scribe.ui.app import ScribeApp
from scribe.ui.zones import Zones
from tests.journeys.live import NOON, told
from tests.snapshots.test_snapshots import SIZES, Compare, keys

CHECKOUT = (
    "/factor Retries have no limit, so a slow database is asked more often layer: technical class: technical_debt",
    "/factor Nobody is paged on pool wait layer: detection class: monitoring score: 2",
    "/action Limit the retries of the checkout client to two, with jitter owner: @bob due: 2026-11-02"
    " verify: pool wait stays under 50 ms in the monthly load test category: prevent priority: P1 for: F1",
    "/action Page on pool wait over 200 ms owner: @alice due: 2026-11-18 verify: a game day pages within 5 minutes"
    " category: detect priority: P0 for: F2",
    "/action Write down how to fail over the EU owner: @dan due: 2026-11-22 category: mitigate for: trigger",
    "/action Ask who else retries without a limit",
    "/action Read the old postmortems owner: @carol category: learn",
    "/done T2 PR 812 is live; the rule is in monitoring/pool.yaml",
    "/drop T5 done with the yearly review",
)
SEARCH = (
    "/action Alert on the age of the index owner: @carol due: 2026-12-20 verify: it fires in staging priority: P2",
    "/action Rebuild it each night owner: @dan due: 2026-11-16 status: in_progress verify: no gap for a week",
    "/action Measure how old results are owner: @sam due: 2026-11-10 verify: a graph",
    "/done T3 the graph is up",
    "/verified T3 @erin it shows hours",
)

Make = Callable[..., ScribeApp]


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str) -> Iterator[Make]:
    """Return what makes the app over two incidents with action items."""
    monkeypatch.setenv("TEXTUAL_SNAPSHOT_TEMPDIR", report)
    path = tmp_path / "journal.db"
    clock = FixedClock(NOON)
    told(path, clock, *SEARCH, incident="INC-20261101-Q7RX")
    clock.advance(60)
    told(path, clock, *CHECKOUT, incident="INC-20261102-K3F2")
    journal = Journal.writing(path, clock, wait=0.02)

    def make(theme: str = "dark") -> ScribeApp:
        incidents = Incidents(journal, me="sam", policy=DEFAULT)
        return ScribeApp(incidents, clock, Zones(UTC), lambda state: Path("checkout.md"), theme=theme)

    yield make
    journal.close()


def opened(*pressed: str, text: str = "", then: tuple[str, ...] = ()) -> Callable[[Pilot[None]], object]:
    """The register, then keys."""

    async def run(pilot: Pilot[None]) -> None:
        await keys(text="/actions\n")(pilot)  # type: ignore[misc]
        await keys(*pressed, text=text, then=then)(pilot)  # type: ignore[misc]

    return run


@SIZES
def test_register(same: Compare, register: Make, size: tuple[int, int]) -> None:
    assert same(register(), size, opened("f5", "f5", "f5", "f5", "f4", "down", "down"))


@SIZES
def test_register_asks_for_the_evidence(same: Compare, register: Make, size: tuple[int, int]) -> None:
    assert same(register("light"), size, opened("enter"))


def test_narrow_register(same: Compare, register: Make) -> None:
    assert same(register(), (40, 12), opened("down"))
