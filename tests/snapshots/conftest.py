"""Fixed names, so that the same story draws the same picture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from scribe.cli.demo import LIVE, tell
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.recorder import Incidents
from scribe.ui.app import ScribeApp
from scribe.ui.zones import Zones

DECLARED = datetime(2026, 11, 20, 14, 2, 11, tzinfo=UTC)

Screen = Callable[..., ScribeApp]


@pytest.fixture(scope="session")
def report() -> str:
    """Return where the plugin keeps what its report shows; every test's own machine forgets the variable."""
    return os.environ["TEXTUAL_SNAPSHOT_TEMPDIR"]


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Callable[[timedelta | None], Path]:
    """Return a journal in which the story is told so far; it is told once, because every entry waits for the disk."""
    folder = tmp_path_factory.mktemp("stories")

    def story(upto: timedelta | None) -> Path:
        path = folder / f"{upto.total_seconds() if upto else 'whole'}.db"
        if not path.exists():
            tags = iter(("k3f2", *(f"tag{number:03}" for number in range(99))))
            with pytest.MonkeyPatch.context() as fixed:
                fixed.setattr("scribe.journal.identity.tag", lambda length: next(tags)[:length])
                journal = Journal.writing(path, FixedClock(DECLARED), wait=1.0)
                tell(journal, DECLARED, upto)
                journal.close()
        return path

    return story


@pytest.fixture
def screen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: str,
    stories: Callable[[timedelta | None], Path],
) -> Iterator[Screen]:
    """Return what makes the app over the sample incident, told so far, at that moment of it."""
    monkeypatch.setenv("TEXTUAL_SNAPSHOT_TEMPDIR", report)
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: True)
    journals: list[Journal] = []

    def make(
        upto: timedelta | None = LIVE,
        *,
        at: timedelta | None = None,
        theme: str = "dark",
        zone: tzinfo = UTC,
        empty: bool = False,
    ) -> ScribeApp:
        path = tmp_path / "journal.db"
        if not empty:
            shutil.copy(stories(upto), path)
        clock = FixedClock(DECLARED + (at if at is not None else upto or timedelta(hours=2, minutes=5)))
        journal = Journal.writing(path, clock, wait=0.02)
        journals.append(journal)
        incidents = Incidents(journal, me="sam", policy=DEFAULT)
        first = "" if empty else incidents.all()[0].incident
        return ScribeApp(incidents, clock, Zones(zone), lambda state: Path("checkout.md"), first=first, theme=theme)

    yield make
    for journal in journals:
        journal.close()


@pytest.fixture
def same(
    snap_compare: Callable[..., bool],
) -> Callable[[ScribeApp, tuple[int, int], Callable[[Pilot[None]], object]], bool]:
    """Return what compares an app after some keys with its picture; an app that crashed draws an empty one."""

    def compare(app: ScribeApp, size: tuple[int, int], keys: Callable[[Pilot[None]], object]) -> bool:
        found = snap_compare(app, terminal_size=size, run_before=keys)
        assert app._exception is None
        assert not app.return_code
        return found

    return compare


@pytest.fixture
def seoul() -> ZoneInfo:
    """Return a zone that is not UTC."""
    return ZoneInfo("Asia/Seoul")
