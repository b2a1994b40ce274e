"""Rows and the sheet of one entry, for what coordination and the protected track add."""

from __future__ import annotations

from datetime import UTC

import pytest

from scribe.record.events import (
    Checkpoint,
    Decision,
    Escalation,
    Fact,
    Impact,
    Restricted,
    Role,
    Scope,
    Security,
    Timebox,
)
from scribe.record.state import PartialState
from scribe.ui import rows, sheets
from scribe.ui.messages import Chosen
from scribe.ui.zones import Zones
from tests.fakes.desk import at
from tests.fakes.tale import Tale

ZONES = Zones(UTC)


def shown(tale: Tale, ref: str, width: int = 120) -> str:
    """The row of an entry, its spaces squeezed."""
    (found,) = (entry for entry in tale.state().entries if entry.ref == ref)
    text = "".join(piece for line in rows.lines(found, rows.Shape(width, ZONES)) for piece, _ in line)
    return " ".join(text.split())


def choices(tale: Tale, ref: str) -> dict[str, Chosen]:
    """What the sheet of an entry offers, by the first word."""
    (found,) = (entry for entry in tale.state().entries if entry.ref == ref)
    return {label.split()[0]: chosen for label, chosen in sheets.entry(found, ZONES, tale.state())[2]}


def test_rows_of_coordination_say_what_stands_beside_their_words() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Impact(field="users", trend="worse"), "40")
    tale.say(Impact(trend="better"), "few")
    tale.say(Scope(row="user_group", name="EU", verdict="affected", evidence="calls"))
    tale.say(Decision(strategy="roll_back", confirmed_by="al"), "at once")
    tale.say(Timebox(who="bo", until=at("12:30")), "read the log")
    tale.say(Timebox(who="cy", until=at("12:40")), "ask the vendor")
    tale.say(Timebox(status="failed", target="B2"), "no answer")
    tale.say(Timebox(until=at("12:50")), "my own")
    tale.say(Checkpoint(incoming="dan"))
    tale.say(Escalation(level=2, who="erin"))
    assert "I #3 worse · users affected: 40" in shown(tale, "#3")
    assert "I #4 better · few" in shown(tale, "#4")
    assert "I #5 user group EU: affected, calls" in shown(tale, "#5")
    assert "! D1 confirmed by @al · strategy: roll back: at once" in shown(tale, "D1")
    assert "B B1 @bo · until 12:30 · read the log" in shown(tale, "B1")
    assert "B B2 ✗ failed 1m · @cy · ask the vendor" in shown(tale, "B2")
    assert "B B3 until 12:50 · my own" in shown(tale, "B3")
    assert "C #7 packet 1: IC @al → @dan" in shown(tale, "#7")
    assert "E #8 level 2, technical lead @erin" in shown(tale, "#8")


@pytest.mark.parametrize("width", [30, 60, 120])
def test_a_restricted_row_is_marked_before_its_words(width: int) -> None:
    tale = Tale()
    tale.say(Fact(), "a key leaked")
    assert "restricted" not in shown(tale, "#2", width)
    tale.say(Restricted(target="#2"))
    assert "restricted · a key leaked" in shown(tale, "#2", width)
    (found,) = (entry for entry in tale.state().entries if entry.ref == "#2")
    (first, *_) = rows.lines(found, rows.Shape(width, ZONES))
    assert ("restricted · ", "mark") in first
    tale.say(Security(aspect="indicator"), "203.0.113.7")
    assert "restricted · indicator" in shown(tale, "#3", 120)


def test_copying_a_restricted_entry_says_so_by_name() -> None:
    tale = Tale()
    tale.say(Fact(), "a key leaked")

    def labels() -> list[str]:
        (found,) = (entry for entry in tale.state().entries if entry.ref == "#2")
        return [label for label, _ in sheets.entry(found, ZONES, tale.state())[2]]

    def heading() -> str:
        (found,) = (entry for entry in tale.state().entries if entry.ref == "#2")
        return sheets.entry(found, ZONES, tale.state())[0]

    assert "restricted" not in heading()
    assert "Copy     its words" in labels()
    assert choices(tale, "#2")["Restrict"] == Chosen(put="/restrict #2 ")
    assert "Lift" not in choices(tale, "#2")
    tale.say(Restricted(target="#2"))
    assert heading().startswith("#2  fact · restricted")
    assert "Copy     its words (restricted)" in labels()
    assert "Copy     its words" not in labels()
    assert choices(tale, "#2")["Lift"] == Chosen(put="/unrestrict #2 ")
    assert "Restrict" not in choices(tale, "#2")


def test_a_copy_of_an_open_entry_is_without_what_it_repeats_of_restricted_ones() -> None:
    tale = Tale()
    tale.say(Fact(), "blocked 203.0.113.7 at the edge")
    assert choices(tale, "#2")["Copy"] == Chosen(copy="blocked 203.0.113.7 at the edge")
    tale.say(Security(aspect="indicator"), "203.0.113.7")
    tale.say(Fact(), "nothing of the kind")
    assert choices(tale, "#2")["Copy"] == Chosen(copy="blocked (withheld) at the edge")
    assert choices(tale, "#4")["Copy"] == Chosen(copy="nothing of the kind")


def test_nothing_is_copied_before_it_is_known_what_is_restricted() -> None:
    tale = Tale()
    tale.say(Fact(), "blocked 203.0.113.7 at the edge")
    state = tale.state()
    partial = PartialState(state.board, state.entries)
    assert "Copy" not in [label.split()[0] for label, _ in sheets.entry(state.entries[-1], ZONES, partial)[2]]


def test_a_time_box_that_runs_can_be_ended_from_its_sheet() -> None:
    tale = Tale()
    tale.say(Timebox(until=at("12:30")), "read the log")
    assert choices(tale, "B1")["Done"] == Chosen(put="/done B1 ")
    tale.say(Timebox(status="done", target="B1"))
    assert "Done" not in choices(tale, "B1")
