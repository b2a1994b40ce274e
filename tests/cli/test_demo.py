from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scribe.cli import screen
from scribe.cli.demo import LIVE, LONG_AGO, WRITTEN, filled, lines, tell, write
from scribe.clock import FixedClock
from scribe.exporters.document import checked, document
from scribe.journal.store import Journal
from scribe.live.checkpoint import handovers, stored
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.record.events import Checkpoint, Decision, Impact
from scribe.record.redact import redact
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
    told = [line.text for line in lines()]
    corrections = [text for text in told if text.startswith(("/amend", "/retract", "/link"))]
    given = [text for text in told if text.startswith("/set ")]
    assert (len(corrections), len(given)) == (3, 4)
    assert board.events == len(told) - len(given)
    assert board.entries == len(state.entries) == board.events - len(corrections)
    assert (board.severity, board.state, board.actions, board.timeboxes) == (1, "resolved", (), ())
    assert [item.ref for item in board.hypotheses] == ["H6"]
    assert (board.handoff, board.unpacketed, board.point) == (None, "", None)
    assert {name: [holder.who for holder in held] for name, held in board.roles.items()} == {
        "ic": ["dan"],
        "ops": ["bob"],
        "comms": ["erin"],
        "scribe": ["kim"],
        "sme": ["jun", "carol"],
    }
    assert {entry.recorded_by for entry in state.entries} == {"sam", "kim"}
    assert board.moment("started") == stamp(LONG_AGO - timedelta(minutes=14, seconds=30))
    assert verify(journal.stored(incident)).ok


def test_what_the_lines_say_of_other_lines_is_so(journal: Journal) -> None:
    entries = {entry.ref: entry for entry in state_of(journal, tell(journal, LONG_AGO)).entries}
    assert [ref for ref, entry in entries.items() if entry.retracted] == ["#15"]
    assert entries["#15"].text == "US failing too, at 4 %"
    assert entries["#17"].text.startswith("payments-gw log: level=error | pool 40/40")
    assert "https://dash.example.org/d/payments-gw" in entries["#17"].sources
    assert [ref for ref, entry in entries.items() if entry.revisions] == ["#34"]
    assert entries["#34"].revisions[0].text == "failure rate down to 4 %, then flat"
    assert entries["A5"].text == "find doubled card holds, void the second of each"
    assert entries["H6"].status == "open"
    assert (entries["B1"].status, entries["B1"].text) == ("done", "is the card vendor in trouble?")


def test_the_shift_changes_with_a_packet_that_says_what_was_filled_in(journal: Journal) -> None:
    state = state_of(journal, tell(journal, LONG_AGO))
    (handed,) = [entry for entry in state.entries if isinstance(entry.payload, Checkpoint)]
    packet, taken = stored(journal.events(state.board.incident), handed.id), handovers(state)[0].acknowledged
    assert (packet.number, packet.ref, packet.outgoing, packet.incoming) == (1, handed.ref, "alice", "dan")
    assert packet.given == {
        "next_decision": "keep wallet-v2 off overnight?",
        "risks": "Quillpay may slow down again; the voids run by hand",
        "exit_criteria": "failure rate at 0.2 % for 20 min, Quillpay back to normal",
        "channels": "#inc-checkout, the bridge",
        "notes": "4.17.3 live, wallet-v2 off; in flight: A5, the voids",
    }
    assert [item.ref for item in packet.in_flight] == ["A5"]
    assert taken is not None
    assert (taken.who, taken.typed_by) == ("dan", "sam")
    assert taken.at == stamp(LONG_AGO + timedelta(minutes=59, seconds=42))


def test_what_is_need_to_know_is_in_the_record_and_in_nothing_that_is_passed_on(journal: Journal) -> None:
    state = state_of(journal, tell(journal, LONG_AGO))
    (entry,) = [entry for entry in state.entries if entry.restricted]
    assert "Nordwind" in entry.text
    passed_on = redact(state)
    packet = stored(journal.events(state.board.incident), handovers(state)[0].packet.id)
    assert (passed_on.withheld, packet.withheld) == ((entry.ref,), (entry.ref,))
    for shown in (passed_on.board, passed_on.entries[:], packet):
        assert "Nordwind" not in repr(shown)


def test_the_scope_is_learnt_row_by_row(journal: Journal) -> None:
    half = state_of(journal, tell(journal, LONG_AGO, timedelta(minutes=30))).board
    whole = state_of(journal, tell(journal, LONG_AGO)).board
    assert {row.name: row.verdict for row in half.scope} == {
        "EU and UK shoppers": "affected",
        "US shoppers": "not_affected",
        "checkout-api 4.18.0": "unknown",
        "card vendor Quillpay": "unknown",
    }
    assert {(row.row, row.name): row.verdict for row in whole.scope} == {
        ("user_group", "EU and UK shoppers"): "affected",
        ("user_group", "US shoppers"): "not_affected",
        ("recent_change", "checkout-api 4.18.0"): "unknown",
        ("dependency", "card vendor Quillpay"): "affected",
        ("recent_change", "wallet-v2 at 50 %"): "affected",
    }
    assert all(row.evidence for row in whole.scope)


def test_how_it_was_led_is_told_too(journal: Journal) -> None:
    state = state_of(journal, tell(journal, LONG_AGO))
    board = state.board
    assert (board.trigger, board.escalated, board.checkpoints, board.updates) == (900, 3, 1, 9)
    assert set(board.ticks) == {"sev1/channel", "resolution/user-signal", "resolution/health-signal"}
    payloads = [entry.payload for entry in state.entries]
    strategies = [one for one in payloads if isinstance(one, Decision) and one.strategy]
    assert [(one.strategy, one.confirmed_by) for one in strategies] == [("narrow", "alice")]
    assert [
        entry.text for entry in state.entries if isinstance(entry.payload, Impact) and entry.payload.trend == "better"
    ] == [
        "0.6 % of orders fail, usual 0.2 %; some cards still held twice",
        "0.4 % of orders fail, wallet off",
    ]
    assert board.sides["users"].value == "three in ten EU and UK orders, some 70 a minute"
    assert board.impact.startswith("Over, as far as known")


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
    assert board.scope
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


@pytest.mark.parametrize("argv", [["demo"], ["demo", "--live"], ["demo", "--written"]])
def test_its_journal_is_temporary(cli: Cli, monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    pytest.importorskip("scribe.ui.app")
    seen: list[tuple[Path, int, str]] = []

    def run(incidents: Incidents, *_: object, first: str, theme: str, **__: object) -> int:
        journal = incidents._journal
        seen.append((journal.path, journal.path.parent.stat().st_mode & 0o777, first))
        assert incidents.open(first).board.title.startswith("Checkout fails")
        assert theme == "dark"
        assert bool(incidents.open(first).board.items) == ("--written" in argv)
        return 7

    monkeypatch.setattr(screen, "_need_terminal", lambda: None)
    monkeypatch.setattr("scribe.ui.app.run", run)
    assert cli(*argv).code == 7
    ((place, mode, _),) = seen
    assert mode == 0o700
    assert not place.parent.exists()
    assert not cli.path.exists()


def test_what_burns_is_not_written_yet(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "_need_terminal", lambda: None)
    assert cli("demo", "--live", "--written").code == 2


def test_its_postmortem_passes_its_own_check(journal: Journal) -> None:
    incident = tell(journal, LONG_AGO)
    write(journal, incident)
    state = state_of(journal, incident)
    assert len(state.board.factors) == 5
    assert all(item.owner and item.due and item.verification for item in state.board.items)
    passed = redact(state)
    found = checked(document(passed, DEFAULT, UTC), passed, now=stamp(WRITTEN), template="layered")
    assert [finding for finding in found.findings if not finding.waived] == []
    assert verify(journal.stored(incident)).ok


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
