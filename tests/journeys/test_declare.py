"""From an empty journal to an incident, and from one incident to the next."""

from __future__ import annotations

import pytest

from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Scribe


async def test_a_title_and_enter_and_typing_goes_on(scribe: Scribe) -> None:
    async with scribe() as live:
        assert live.declares
        await live.enter("Checkout fails in EU")
        await live.enter("5xx at 12 %")
        assert live.board.title == "Checkout fails in EU"
        assert live.board.severity == 2
        assert live.texts == ["5xx at 12 %"]
        assert "Checkout fails in EU" in live.line("title")


@pytest.mark.parametrize(
    ("keys", "severity"), [(("up",), 1), (("up",) * 5, 1), (("down",), 3), (("down",) * 3, None), (("down",) * 9, None)]
)
async def test_the_arrows_change_the_severity(scribe: Scribe, keys: tuple[str, ...], severity: int | None) -> None:
    async with scribe() as live:
        await live.type("It burns")
        await live.press(*keys)
        await live.enter("")
        assert live.board.severity == severity


async def test_keys_typed_behind_the_enter_are_not_lost(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("It burns\nthe first line")
        await live.pilot.pause()
        assert live.box == "the first line"


async def test_without_words_nothing_is_declared(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.enter("   ")
        assert live.declares
        assert "a few words first" in live.seen
        assert live.boards() == []
        await live.type("Now there are")
        await live.enter("")
        assert live.board.title == "Now there are"


async def test_enter_twice_declares_once(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("It burns")
        await live.hit("enter", "enter")
        await live.pilot.pause(0.1)
        assert [board.title for board in live.boards()] == ["It burns"]
        await live.enter("it goes on")
        assert live.texts == ["it goes on"]


@pytest.mark.parametrize("key", ["escape", "ctrl+d"])
async def test_leaving_declares_nothing(scribe: Scribe, key: str) -> None:
    async with scribe() as live:
        await live.press(key)
        assert not live.app.is_running
        assert live.app.return_code in (0, None)


async def test_ctrl_d_does_not_leave_over_a_title(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("It burns")
        await live.press("ctrl+d")
        assert live.declares
        await live.enter("")
        assert live.board.title == "It burns"


async def test_a_locked_journal_does_not_cost_the_title(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("It burns")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.enter("")
            other.execute("ROLLBACK")
        assert live.app.is_running
        for _ in range(4):
            await live.pilot.pause(0.1)
        if live.declares:
            await live.enter("")
        assert [board.title for board in live.boards()] == ["It burns"]


async def test_markup_and_escapes_in_a_title_are_shown_harmless(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f9", "enter")
        assert live.declares
        await live.paste("[/] [red]it\x1b[31m \u202eburns")
        await live.enter("")
        assert "\x1b" not in live.seen
        assert "\u202e" not in live.seen
        assert "[/] [red]it" in live.line("title")


# ── from one to the next ────────────────────────────────────────────────────────────────────────────────────────────


async def test_declare_another_and_go_back(scribe: Scribe) -> None:
    scribe.told("the first")
    async with scribe() as live:
        await live.press("f9")
        assert live.has_sheet
        assert INCIDENT in live.seen
        await live.press("enter")
        assert live.declares
        scribe.clock.advance(60)
        await live.enter("Another one")
        assert "Another one" in live.line("title")
        await live.enter("typed in the second")
        await live.press("f9", "down", "down", "enter")
        assert INCIDENT in live.line("title")
        await live.enter("typed in the first")
    titles = {board.incident: board.title for board in live.boards()}
    second = next(incident for incident in titles if incident != INCIDENT)
    assert titles == {INCIDENT: "Checkout fails", second: "Another one"}
    assert [entry.text for entry in live.state(INCIDENT).entries] == [
        "Checkout fails",
        "the first",
        "typed in the first",
    ]
    assert [entry.text for entry in live.state(second).entries] == ["Another one", "typed in the second"]


async def test_escape_in_the_list_goes_back_to_the_incident(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f9", "escape")
        assert INCIDENT in live.line("title")
        await live.press("f9", "enter", "escape")
        assert INCIDENT in live.line("title")


async def test_a_plain_key_in_the_list_never_ends_scribe(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f9")
        await live.type("x")
        assert live.app.is_running
        assert live.box == "x"


async def test_unsent_text_waits_while_another_incident_is_looked_at(scribe: Scribe) -> None:
    scribe.told()
    scribe.told(incident="INC-20261120-AAAA")
    async with scribe(first=INCIDENT) as live:
        await live.type("half a line")
        await live.press("f9", "escape")
        assert live.box == "half a line"
        await live.enter("")
        assert live.state(INCIDENT).entries[-1].text == "half a line"
        assert live.drafts() == []


async def test_unsent_text_is_not_lost_to_a_locked_journal(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("half a line")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.press("f9")
            other.execute("ROLLBACK")
        await live.press("escape")
        assert live.box == "half a line"


async def test_the_open_incident_that_was_active_last_is_shown(scribe: Scribe) -> None:
    scribe.told(incident="INC-20261120-AAAA")
    scribe.clock.advance(60)
    scribe.told(incident="INC-20261120-BBBB")
    scribe.clock.advance(60)
    async with scribe() as live:
        assert "INC-20261120-BBBB" in live.line("title")
    scribe.told("/state resolved", incident="INC-20261120-CCCC")
    async with scribe() as live:
        assert "INC-20261120-BBBB" in live.line("title")


async def test_when_everything_is_over_the_list_is_shown(scribe: Scribe) -> None:
    scribe.told("/state resolved")
    async with scribe() as live:
        assert live.has_sheet
        await live.press("down", "enter")
        assert "RESOLVED" in live.line("title")


async def test_an_unknown_incident_is_said_and_is_exit_2(scribe: Scribe) -> None:
    async with scribe(first="INC-NONE") as live:
        pass
    assert live.app.return_code == 2
