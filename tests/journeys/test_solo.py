"""One person in every role: each hat is reminded of its duty by name, and none of them takes a key."""

from __future__ import annotations

import pytest

from tests.journeys.live import Live, Scribe


def waits(live: Live) -> list[str]:
    """Everything that needs attention, as the worksheet has it."""
    assert live.screen.page is not None
    return [row.value for row in live.screen.page.rows]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_each_hat_is_reminded_of_its_duty_by_name(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told()
    async with scribe(size=size) as live:
        await live.enter("/solo")
        await live.enter("/milestone acknowledged")
        await live.enter("/trigger off")
        await live.press("f5")
        assert not any(text.startswith("as ") for text in waits(live))
        await live.passes(5 * 60)
        assert "as commander: what is decided next, and by when?" in waits(live)
        assert "as ops: nothing is in flight; what would help users now?" in waits(live)
        await live.passes(5 * 60)
        assert "as comms: the update for stakeholders is due in 5m" in waits(live)
        await live.passes(5 * 60)
        assert "as scribe: nothing was written down for 15m" in waits(live)
        assert any(text.startswith("as comms: the update for stakeholders is overdue") for text in waits(live))


async def test_a_reminder_steals_no_key(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(80, 24)) as live:
        await live.enter("/solo")
        words = "what is typed while reminders come and go stays as it was typed"
        for word in words.split():
            await live.type(f"{word} ")
            await live.passes(150)
            assert live.app.focused is live.capture
        assert live.box == f"{words} "
        await live.enter("")
        assert live.last.text == words


async def test_what_is_done_ends_the_reminder(scribe: Scribe) -> None:
    scribe.told("/solo", "/milestone acknowledged", "/trigger off")
    async with scribe(size=(120, 40)) as live:
        await live.passes(6 * 60)
        await live.press("f5")
        assert [text.split(":")[0] for text in waits(live)] == ["as commander", "as ops"]
        await live.press("enter")
        assert live.box == "/decide "
        await live.enter("roll back? @sam by 12:20")
        assert live.board.point is not None
        assert live.board.point.who == "sam"
        assert [text.split(":")[0] for text in waits(live)] == ["as ops"]
        await live.enter("> roll back to 1.41")
        assert waits(live) == []
        await live.enter("/done A1")
        assert waits(live) == []  # progress was just made; the hats are left alone for a while
        await live.passes(6 * 60)
        assert "as ops: nothing is in flight; what would help users now?" in waits(live)


async def test_the_labels_stay_and_a_role_can_be_given_away(scribe: Scribe) -> None:
    scribe.told("/solo")
    async with scribe(size=(120, 40)) as live:
        for label in ("IC", "Ops", "Comms", "Scribe"):
            assert any(row.split()[:2] == [label, "@sam"] for row in live.line("roles").splitlines()), label
        assert "solo" in live.line("roles")
        await live.enter("/role comms @erin")
        assert live.board.holders("comms")[0].who == "erin"
        assert not live.board.solo
        await live.passes(16 * 60)
        await live.press("f5")
        assert not any(text.startswith("as ") for text in waits(live))


async def test_alone_one_hands_over_too(scribe: Scribe) -> None:
    scribe.told("/solo")
    async with scribe(size=(120, 40)) as live:
        await live.press("f3", "f3")
        await live.enter("bob")
        assert live.board.holders("ic")[0].who == "sam"
        await live.enter("/ack")
        assert live.board.holders("ic")[0].who == "bob"
        assert live.board.unpacketed == ""
