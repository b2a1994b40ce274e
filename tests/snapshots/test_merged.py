"""What the screen looks like where diverged copies of a record were merged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scribe.cli.demo import LIVE
from scribe.clock import FixedClock
from scribe.journal import identity
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.recorder import Incidents, Recorder, merge
from scribe.ui.app import ScribeApp
from scribe.ui.zones import Zones
from tests.fakes.raw import raw
from tests.snapshots.conftest import DECLARED
from tests.snapshots.test_snapshots import SIZES, Compare, keys

OURS = ("vendor opens a ticket for us #eu", "? the vendor throttles us by tenant")
THEIRS = ("@carl vendor says: certificate rotated at 13:55", "? an old pin in the client", "@frank the old pin is gone")
LATER = timedelta(minutes=44)


def _write(path: Path, me: str, *lines: str, tag: str) -> None:
    with pytest.MonkeyPatch.context() as fixed:
        fixed.setattr("scribe.journal.identity.tag", lambda length: tag)
        clock = FixedClock(DECLARED + LIVE + timedelta(seconds=40))
        journal = Journal.writing(path, clock, wait=1.0)
        recorder = Recorder(journal, journal.boards()[0].incident, me=me, policy=DEFAULT)
        for line in lines:
            now = _soon(clock)
            parsed = parse(line, Setting(now, now, UTC))
            assert isinstance(parsed, Recorded)
            recorder.record(parsed.drafts, now=now)
        journal.close()


def _soon(clock: FixedClock) -> datetime:
    clock.advance(10)
    return clock.now()


@pytest.fixture
def merged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: str,
    stories: Callable[[timedelta | None], Path],
) -> Iterator[ScribeApp]:
    """Return the app over a record that somebody else has gone on with on another machine."""
    monkeypatch.setenv("TEXTUAL_SNAPSHOT_TEMPDIR", report)
    ours, theirs = tmp_path / "journal.db", tmp_path / "theirs.db"
    for path in (ours, theirs):
        shutil.copy(stories(LIVE), path)
    with raw(ours) as file:  # this is the file in which the story was told
        file.execute("UPDATE writers SET machine = ?, file = ?", (identity.machine(), identity.file(ours)))
    _write(ours, "sam", *OURS, tag="")
    _write(theirs, "bob", *THEIRS, tag="x9wqhe")
    clock = FixedClock(DECLARED + LATER)
    other = Journal.reading(theirs, clock)
    rows = list(other.stored(other.boards()[0].incident))
    other.close()
    journal = Journal.writing(ours, clock, wait=0.02)
    merge(journal, rows, now=clock.now(), me="sam")
    incidents = Incidents(journal, me="sam", policy=DEFAULT)
    first = incidents.all()[0].incident
    yield ScribeApp(incidents, clock, Zones(UTC), lambda state: Path("checkout.md"), first=first, theme="dark")
    journal.close()


@SIZES
def test_who_wrote_what(same: Compare, merged: ScribeApp, size: tuple[int, int]) -> None:
    assert same(merged, size, keys())


@SIZES
def test_an_entry_of_another_copy(same: Compare, merged: ScribeApp, size: tuple[int, int]) -> None:
    assert same(merged, size, keys("f6", text="rotated at", then=("enter", "ctrl+r", "enter")))


@SIZES
def test_a_reference_of_both_copies(same: Compare, merged: ScribeApp, size: tuple[int, int]) -> None:
    assert same(merged, size, keys(text="/confirm H6 it was", then=("enter",)))
