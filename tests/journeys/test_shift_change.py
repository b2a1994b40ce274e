"""A shift change between two terminals: a packet, both names, and the role that moves on the incoming person's word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scribe.record.events import Checkpoint, Role
from tests.journeys.live import Live, Scribe

TALE = (
    "/role ic @alice",
    "/role ops @carol",
    "/role comms @erin",
    "/milestone acknowledged",
    "/trigger off",
    "/impact checkout fails in the EU",
    "? the pool is exhausted",
    "? a slow vendor",
    "/rule-out H2 200s everywhere",
    "> roll back to 1.41",
    "/decide fail over? @alice by 12:30",
)


@asynccontextmanager
async def terminals(scribe: Scribe, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[Live, Live]]:
    """Two people at the same incident, each at a screen of their own."""
    async with scribe(size=size, me="alice") as first:
        # Textual keeps the running app in a context variable: each has to have a context of its own.
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        over = asyncio.Event()
        there: list[Live] = []

        async def second() -> None:
            async with scribe(size=size, me="bob") as live:
                there.append(live)
                ready.set_result(None)
                await over.wait()

        task = asyncio.create_task(second())
        try:
            await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
            yield first, there[0]
        finally:
            over.set()
            await task


def held(live: Live) -> str:
    """Who has command, as the file has it."""
    return live.board.holders("ic")[0].who


def packets(live: Live) -> list[Checkpoint]:
    """The packets in the journal."""
    return [entry.payload for entry in live.entries if isinstance(entry.payload, Checkpoint)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_packet_is_filled_handed_over_and_acknowledged_in_the_other_terminal(
    scribe: Scribe, size: tuple[int, int]
) -> None:
    scribe.told(*TALE)
    board = "roles" if size[0] >= 120 else "brief"
    async with terminals(scribe, size) as (outgoing, incoming):
        # the outgoing person reads what the record filled in, and adds what it cannot know
        await outgoing.press("f3")
        assert "HANDOFF  packet 1" in outgoing.worksheet
        assert "blanks never block" in outgoing.worksheet
        assert "next decision point" in outgoing.row
        await outgoing.press("enter")
        await outgoing.enter("fail over or not, by 12:30")
        await outgoing.enter("/set risks the cache is cold")
        await outgoing.enter("/set questions why only the EU?")
        assert "✎ risks of the next hour" in outgoing.worksheet or size[0] < 120

        # handed over: both names stand on the board, and nothing has moved
        await outgoing.press("f3")
        assert outgoing.box == "/handoff @"
        await outgoing.enter("bob")
        (packet,) = packets(outgoing)
        assert (packet.role, packet.outgoing, packet.incoming, packet.number) == ("ic", "alice", "bob", 1)
        assert packet.given == {
            "next_decision": "fail over or not, by 12:30",
            "risks": "the cache is cold",
            "questions": "why only the EU?",
        }
        assert held(outgoing) == "alice"
        await outgoing.press("escape")
        await incoming.looks()
        for live in (outgoing, incoming):
            assert "@alice" in live.line(board)
            assert "→ @bob" in live.line(board) or "→@bob" in live.line(board)
            assert "@bob has not acknowledged the IC packet" in live.line("attention")

        # the incoming person reads it, and takes command
        await incoming.enter("/packets")
        assert "1  12:00" in incoming.row
        for _ in range(12):
            if "the cache" in incoming.worksheet:
                break
            await incoming.press("pagedown")
        assert "the cache" in incoming.worksheet
        await incoming.press("escape")
        assert held(incoming) == "alice"
        await incoming.enter("/ack")
        assert held(incoming) == "bob"
        assert incoming.board.handoff is None
        acknowledged = incoming.last
        assert isinstance(acknowledged.payload, Role)
        assert (acknowledged.by, acknowledged.payload.previous) == ("bob", ("alice",))

        # the first terminal sees it
        await outgoing.looks()
        assert "@bob" in outgoing.line(board)
        assert "@alice" not in outgoing.line(board)
        assert "has not acknowledged" not in outgoing.line("attention")
        assert outgoing.board.unpacketed == ""


async def test_what_was_handed_over_is_not_typed_again(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with terminals(scribe) as (outgoing, incoming):
        await outgoing.enter("/handoff")
        await outgoing.enter("/set risks the cache is cold")
        await outgoing.enter("/handoff @bob")
        await incoming.looks()
        await incoming.enter("/ack")
        await incoming.enter("/handoff")
        assert "the cache is cold" in incoming.worksheet  # what the packet before said stands until it is said anew
        await incoming.enter("/set risks the cache is warm")
        await incoming.enter("/handoff @alice")
        await outgoing.looks()
        assert "the cache is warm" in outgoing.worksheet
        await outgoing.enter("/ack")
        await outgoing.enter("/handoff @bob")
        assert [packet.given.get("risks") for packet in packets(outgoing)] == [
            "the cache is cold",
            "the cache is warm",
            "the cache is warm",
        ]
        for live in (outgoing, incoming):
            await live.looks()
            assert live.drafts() == []


async def test_packets_are_listed_the_newest_first_and_two_are_compared(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), me="alice") as live:
        await live.enter("/handoff @bob")
        await live.enter("/ack @bob")
        await live.passes(600)
        await live.enter("/impact all of Europe")
        await live.enter("/done A1 it did not help")
        await live.enter("/handoff @alice")
        await live.enter("/packets")
        page = live.screen.page
        assert page is not None
        assert [row.label for row in page.rows] == ["2  12:10", "1  12:00"]
        assert "acknowledged 12:00" in page.rows[1].value
        assert "waits" in page.rows[0].value
        assert "packet 2" in live.worksheet
        await live.press("enter")
        assert "all of Europe" in live.copied
        await live.press("tab", "down")
        assert "packet 1 → packet 2" in live.worksheet
        assert "+ all of Europe" in live.worksheet
        assert "− checkout fails in the EU" in live.worksheet
        await live.press("enter")
        assert "all of Europe" in live.copied
        assert "checkout fails in the EU" in live.copied
        await live.press("up", "tab", "down")
        assert "packet 1 → packet 2" not in live.worksheet
        await live.press("enter")
        assert "all of Europe" not in live.copied  # it says what was known then
        assert "checkout fails in the EU" in live.copied


async def test_blanks_never_block(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(me="alice") as live:
        await live.burst("<f3>", "<f3>", "bob\n")
        assert packets(live)[0].incoming == "bob"
        assert live.board.handoff is not None
        await live.enter("/ack @bob")
        assert held(live) == "bob"


@pytest.mark.parametrize("line", ["/take ic", "/role ic @alice"])
async def test_a_commander_without_a_packet_is_flagged_until_there_is_one(scribe: Scribe, line: str) -> None:
    scribe.told("/role ic @dana", *TALE[1:])
    async with scribe(size=(120, 40), me="alice") as live:
        await live.enter(line)
        assert held(live) == "alice"
        await live.press("f5")
        assert any("the commander changed without a packet" in row for row in live.rows)
        while "without a packet" not in live.row:
            await live.press("down")
        await live.press("enter")
        assert live.worksheet.startswith(" HANDOFF")
        await live.press("f3")
        await live.enter("bob")
        await live.enter("/ack @bob")
        await live.press("f5")
        assert "without a packet" not in live.worksheet
        assert live.board.unpacketed == ""


async def test_only_whom_it_was_handed_to_acknowledges_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with terminals(scribe) as (outgoing, incoming):
        await outgoing.enter("/handoff @bob")
        await incoming.looks()
        await incoming.enter("/ack @carol")
        assert "handed to @bob" in incoming.line("hint")
        assert incoming.box == "/ack @carol"
        assert held(incoming) == "alice"
        await incoming.clear()
        await incoming.enter("/take ic @carol")
        assert held(incoming) == "carol"


async def test_two_terminals_type_at_once_and_neither_loses_anything(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with terminals(scribe) as (first, second):
        for number in range(5):
            await first.type(f"alice {number}")
            await second.type(f"bob {number}")
            await first.press("f2" if number % 2 else "f3")
            await second.enter("")
            await first.looks()
            assert first.box == f"alice {number}"
            await first.enter("")
            await second.looks()
        spoken = [entry.text for entry in first.entries if entry.text.startswith(("alice ", "bob "))]
        assert spoken == [f"{who} {number}" for number in range(5) for who in ("bob", "alice")]
        assert {entry.text: entry.recorded_by for entry in first.entries[-2:]} == {"bob 4": "bob", "alice 4": "alice"}


async def test_the_packet_is_copied_as_it_would_be_handed_over(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), me="alice") as live:
        await live.press("f3")
        await live.enter("/set risks the cache is cold")
        await live.press("tab")
        assert "the cache is cold" in live.copied
        assert "the pool is exhausted" in live.copied
        assert "a slow vendor" in live.copied  # ruled out, and said to be
        assert packets(live) == []
