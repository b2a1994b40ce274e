from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scribe.cli import screen
from scribe.cli.demo import LIVE, LONG_AGO, filled, lines, tell
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.record.state import State
from scribe.record.when import stamp
from scribe.recorder import Incidents, Recorder
from tests.cli.conftest import Cli


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal.writing(tmp_path / "j.db", FixedClock(LONG_AGO), wait=1)
    yield found
    found.close()


def state_of(journal: Journal, incident: str) -> State:
    return Recorder(journal, incident, me="sam", policy=DEFAULT).load()


def test_the_whole_story_is_told(journal: Journal) -> None:
    incident = tell(journal, LONG_AGO)
    state = state_of(journal, incident)
    board = state.board
    corrections = [line for line in lines() if line.text.startswith(("/amend", "/retract", "/link"))]
    assert board.events == len(list(lines()))
    assert board.entries == len(state.entries) == board.events - len(corrections)
    assert (board.severity, board.state, board.actions) == (1, "resolved", ())
    assert [item.ref for item in board.hypotheses] == ["H6"]
    assert [holder.who for holder in board.holders("ic")] == ["dan"]
    assert {entry.recorded_by for entry in state.entries} == {"sam", "kim"}
    assert board.moment("started") == stamp(LONG_AGO - timedelta(minutes=14, seconds=30))
    assert verify(journal.stored(incident)).ok


def test_what_the_lines_say_of_other_lines_is_so(journal: Journal) -> None:
    entries = {entry.ref: entry for entry in state_of(journal, tell(journal, LONG_AGO)).entries}
    assert entries["#13"].retracted is not None
    assert entries["#13"].text == "US failing too, at 4 %"
    assert "https://dash.example.org/d/payments-gw" in entries["#15"].sources
    assert entries["#27"].revisions[0].text == "failure rate down to 4 %, then flat"
    assert entries["A5"].text == "find doubled card holds, void the second of each"
    assert entries["H6"].status == "open"


def test_no_brace_is_left_and_people_read_clock_times(journal: Journal) -> None:
    entries = list(state_of(journal, tell(journal, LONG_AGO)).entries)
    assert not [entry.text for entry in entries if "{" in entry.text]
    assert "Next update by 09:38 UTC." in next(entry.text for entry in entries if entry.kind == "update")
    (vague,) = [entry for entry in entries if entry.precision == "hour"]
    assert (vague.at, vague.at_raw) == ("2026-03-12T07:00:00.000Z", "07:??Z")


def test_the_first_42_minutes_burn_now(journal: Journal) -> None:
    now = datetime(2026, 11, 20, 0, 12, 0, tzinfo=UTC)  # the story began yesterday
    board = state_of(journal, tell(journal, now - LIVE, LIVE)).board
    assert board.state == "mitigating"
    assert board.active_at <= stamp(now)
    assert board.due is not None
    assert stamp(now) < board.due.at < stamp(now + timedelta(minutes=15))
    assert board.moment("detected") == stamp(now - LIVE - timedelta(minutes=6, seconds=10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{T-00:06:10} alert", "09:07:55Z alert"),
        ("/milestone started {T-00:14:30}", "/milestone started 08:59:35Z"),
        ("/decide x? @a by {T+00:36:00}", "/decide x? @a by 09:50:05Z"),
        ("/update next by {T+00:24:00}.", "/update next by 09:38 UTC."),
        ("@alice due {T+01:10:00} #x", "@alice due 10:24 UTC #x"),
        ("{T-02:00:00?} notice", "07:??Z notice"),
        ("no time", "no time"),
    ],
)
def test_times_in_braces(text: str, expected: str) -> None:
    assert filled(text, LONG_AGO) == expected


def test_it_is_loaded_quickly(tmp_path: Path) -> None:
    began = time.process_time()
    journal = Journal.writing(tmp_path / "j.db", FixedClock(LONG_AGO), wait=1)
    tell(journal, LONG_AGO)
    journal.close()
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("argv", [["demo"], ["demo", "--live"]])
def test_its_journal_is_temporary(cli: Cli, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    pytest.importorskip("scribe.ui.app")
    seen: list[tuple[Path, int, str]] = []

    def run(incidents: Incidents, *_: object, first: str, theme: str) -> int:
        journal = incidents._journal
        seen.append((journal.path, journal.path.parent.stat().st_mode & 0o777, first))
        assert incidents.open(first).board.title.startswith("Checkout fails")
        assert theme == "dark"
        return 7

    monkeypatch.setattr(screen, "_need_terminal", lambda: None)
    monkeypatch.setattr("scribe.ui.app.run", run)
    assert cli(*argv).code == 7
    ((place, mode, _),) = seen
    assert mode == 0o700
    assert not place.parent.exists()
    assert not cli.path.exists()


def test_the_screen_opens_on_the_incident_that_was_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scribe.ui.app")
    opened: list[str] = []

    def run(*_: object, first: str, **__: object) -> int:
        opened.append(first)
        return 0

    monkeypatch.setattr(screen, "_need_terminal", lambda: None)
    monkeypatch.setattr("scribe.ui.app.run", run)
    cli.new("x", "--id", "INC-1")
    cli.new("y", "--id", "INC-2")
    for argv in ([], ["open"], ["open", "1"], ["-i", "2"], ["open", "-i", "INC-2"]):
        assert cli(*argv).code == 0
    assert opened == ["", "", "INC-1", "INC-2", "INC-2"]
    assert cli("open", "nope").code == 2
