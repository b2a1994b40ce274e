"""Somebody erases an entry in another process: the screen that stands forgets its words."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen

from scribe.journal.store import Journal
from scribe.record.afterwards import Written
from scribe.record.events import Draft
from scribe.record.when import stamp
from scribe.recorder import Recorder, erase
from scribe.ui.screens.incident import IncidentScreen
from scribe.ui.screens.postmortem import PostmortemScreen
from scribe.ui.widgets.editor import SectionEditor
from tests.fakes.traces import traces
from tests.journeys.live import INCIDENT, Live, Scribe

SECRET = "Okonkwo-Lindqvist/flat-77b"


def erased(live: Live, *refs: str) -> None:
    """Another process erases."""
    journal = Journal.writing(live.path, live.clock, wait=1.0)
    try:
        done = erase(journal, INCIDENT, refs, "a name", now=live.clock.now(), me="alice")
        assert done.pending == ""
    finally:
        journal.close()


def held(screen: Screen[Any]) -> list[str]:
    """Whatever a screen's widgets hold that says the words, by the names of their fields."""
    found = []
    for widget in (screen, *screen.query("*")):
        for name, value in vars(widget).items():
            if SECRET in repr(value):
                found.append(f"{type(widget).__name__}.{name}")
    return found


async def test_the_timeline_and_the_board_forget_the_words_at_the_next_look(scribe: Scribe) -> None:
    scribe.told("5xx at 12 %", f"? {SECRET} did it", f"/impact users: {SECRET} cannot pay", f"/amend H1 \\{SECRET}")
    async with scribe(size=(130, 40)) as live:
        assert live.seen.count(SECRET) >= 3
        erased(live, "H1")
        await live.looks()
        assert SECRET not in live.seen
        assert "(erased by alice: a name)" in live.seen
        assert "users affected: (erased)" in live.seen
        assert "no open hypothesis" in live.seen
        assert live.rows_with("a name @alice") or live.rows_with("a name  ")
        assert "an entry was erased; its words are gone from here too" in live.line("attention")
        state = live.screen.state
        assert state is not None
        assert SECRET not in str([*state.entries])
        assert state.board == live.board
        assert held(live.screen) == []


async def test_lines_recorded_before_are_forgotten_and_others_are_not(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("one")
        await live.enter(f"it was {SECRET}")
        await live.enter("two")
        erased(live, "#3")
        await live.looks()
        await live.press("up")
        assert live.box == "two"
        await live.press("up")
        assert live.box == "one"
        await live.press("up")
        assert live.box == "one"
        assert held(live.screen) == []


async def test_a_line_whose_secret_was_masked_is_forgotten_as_it_was_typed(scribe: Scribe) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    scribe.told()
    async with scribe() as live:
        await live.enter(f"leaked {token} by hand")
        await live.enter("after it")
        erased(live, "#2")
        await live.looks()
        await live.press("up")
        assert live.box == "after it"
        await live.press("up")
        assert live.box == "after it"
        assert not any(token in str(vars(widget)) for widget in live.screen.query("*"))


async def test_what_is_being_typed_stays_without_the_words(scribe: Scribe) -> None:
    scribe.told(f"it was {SECRET}")
    async with scribe() as live:
        await live.type(f"@bob says it was {SECRET} again")
        await live.looks()
        assert live.drafts() != []
        erased(live, "#2")
        assert live.drafts() == []
        await live.looks()
        assert live.box == "@bob says (erased) again"
        assert live.drafts() == [(INCIDENT, "@bob says (erased) again")]
        await live.type("\n")
        assert live.last.text == "says (erased) again"
        assert held(live.screen) == []
    assert traces(live.path, SECRET) == []


@pytest.mark.parametrize("typed", [f"it was {SECRET[:14]}", "the first ones called the hotline an"])
async def test_what_is_being_typed_may_still_have_some_of_the_words_and_then_it_is_said(
    scribe: Scribe, typed: str
) -> None:
    scribe.told(f"it was {SECRET}; the first ones called the hotline and waited")
    async with scribe(size=(130, 40)) as live:
        await live.type(typed)
        await live.looks()
        erased(live, "#2")
        await live.looks()
        assert live.box == typed
        assert "an entry was erased; what you are typing still has some of its words" in live.line("attention")


async def test_a_worksheet_keeps_what_was_typed_but_for_the_words(scribe: Scribe) -> None:
    scribe.told(f"it was {SECRET}")
    async with scribe(size=(120, 40)) as live:
        await live.press("f3")
        await live.enter(f"/set risks it was {SECRET}")
        await live.enter("/set notes call erin")
        await live.looks()
        erased(live, "#2")
        await live.looks()
        assert SECRET not in live.seen
        assert "(erased)" in live.worksheet
        assert "call erin" in live.screen._bench.kept()
        assert held(live.screen) == []
        ((_, kept),) = live.drafts()
        assert SECRET not in kept
        assert "call erin" in kept
    assert traces(live.path, SECRET) == []


async def test_a_sheet_that_shows_the_words_is_closed(scribe: Scribe) -> None:
    scribe.told(f"it was {SECRET}")
    async with scribe() as live:
        await live.press("ctrl+r", "enter")
        assert live.has_sheet
        assert SECRET in live.seen
        erased(live, "#2")
        await live.looks()
        await live.pilot.pause()
        assert not live.has_sheet
        assert SECRET not in live.seen
        await live.press("enter")
        assert live.has_sheet
        assert "(erased by alice: a name)" in live.seen
        assert "Its words were destroyed" in live.seen
        assert "Amend" not in live.seen


@pytest.mark.parametrize("changed", [False, True])
async def test_the_section_in_the_editor_and_its_undo_forget_the_words(scribe: Scribe, changed: bool) -> None:
    scribe.told(f"it was {SECRET}", "/state resolved")
    journal = Journal.writing(scribe.path, scribe.clock, wait=1.0)
    recorder = Recorder(journal, INCIDENT, me="sam", policy=scribe.policy)
    said = Draft(Written(section="summary"), f"It broke. it was {SECRET}", stamp(scribe.clock.now()))
    recorder.record([said], now=scribe.clock.now())
    journal.close()
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        await live.enter("/write summary")
        await live.pilot.pause()
        screen = live.top
        assert isinstance(screen, PostmortemScreen)
        editor = screen.query_one(SectionEditor)
        assert SECRET in editor.text
        if changed:
            await live.type(" Then it was fixed.")
        erased(live, "#2")
        await live.looks()
        await live.pilot.pause()
        screen.poll()
        await live.pilot.pause()
        assert SECRET not in editor.text
        assert editor.text.startswith("It broke. (erased)")
        assert ("Then it was fixed." in editor.text) == changed
        editor.undo()
        assert SECRET not in editor.text
        screen.look_now()  # the document is built anew behind the keys
        await live.app.workers.wait_for_complete()
        await live.pilot.pause()
        assert held(screen) == []
        assert isinstance(live.screen, IncidentScreen)
    assert traces(live.path, SECRET) == []


async def test_a_section_that_is_erased_itself_stands_in_no_editor_and_is_not_recorded_again(scribe: Scribe) -> None:
    scribe.told("/state resolved", f"/write summary {SECRET} cannot pay since noon")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        await live.enter("/write summary")
        await live.pilot.pause()
        screen = live.top
        assert isinstance(screen, PostmortemScreen)
        editor = screen.query_one(SectionEditor)
        assert SECRET in editor.text
        await live.type(" and it was fixed.")
        erased(live, "summary")
        await live.looks()
        await live.pilot.pause()
        screen.poll()
        await live.pilot.pause()
        assert SECRET not in editor.text
        assert "and it was fixed." in editor.text
        editor.undo()
        assert SECRET not in editor.text
        assert SECRET not in str(live.drafts())
        screen.look_now()  # the document is built anew behind the keys
        await live.app.workers.wait_for_complete()
        await live.pilot.pause()
        assert held(screen) == []
        await live.press("escape")
        assert SECRET not in str(live.state().sections)
    assert traces(live.path, SECRET) == []


async def test_an_action_item_and_a_factor_that_are_erased_are_forgotten_in_what_is_typed(scribe: Scribe) -> None:
    told = "the dashboard of the northern branch hides the pool"
    scribe.told("/state resolved", f"/action {told}", f"/factor {SECRET} was wide open")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        await live.type(f"@bob says {told}")
        erased(live, "T1")
        await live.looks()
        assert live.box == "@bob says (erased)"
        await live.clear()
        await live.type(f"@bob says {SECRET} was wide open")
        erased(live, "F1")
        await live.looks()
        assert SECRET not in live.box
