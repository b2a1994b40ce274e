"""Every command is typed once, on the screen, and stands in the journal."""

from __future__ import annotations

import pytest
from msgspec import to_builtins

from scribe.live.slash import COMMANDS
from tests.journeys.live import Scribe

SEEDS = ("? pool exhausted", "> undo the deploy", "a plain fact")
"""What references point at: H1, A1 and #2."""

TYPED: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("5xx at 12 %", "fact", "5xx at 12 %", {}),
    ("? slow query", "hypothesis", "slow query", {}),
    ("! roll back", "decision", "roll back", {}),
    ("> rollout undo", "action", "rollout undo", {}),
    ("= failed over", "action", "failed over", {"status": "done"}),
    ("\\/sev 1", "fact", "/sev 1", {}),
    ("/var is full", "fact", "/var is full", {}),
    ("[/] [bold]x[/bold] [red", "fact", "[/] [bold]x[/bold] [red", {}),
    ("복제 지연 0.2초 🎉", "fact", "복제 지연 0.2초 🎉", {}),
    ("/sev 1 all regions", "severity", "SEV-2 → SEV-1: all regions", {"level": 1, "previous": 2}),
    ("/state mitigating", "state", "investigating → mitigating", {"state": "mitigating"}),
    ("/role ic @alice", "role", "IC → @alice", {"role": "ic", "who": "alice"}),
    ("/update Still down", "update", "Still down", {"number": 1, "next_at": "2026-11-20T12:15:00.000Z"}),
    ("/next 10m", "note", "next update due in 10m", {"next_at": "2026-11-20T12:10:00.000Z"}),
    ("/cadence 20m", "note", "updates every 20m", {"cadence": 1200}),
    ("/impact 12 % of orders", "impact", "12 % of orders", {}),
    ("/decide fail over? @alice by 12:30", "note", "to decide: fail over? @alice by 12:30", {}),
    ("/done A1 rolled back", "action", "A1 done: rolled back", {"status": "done"}),
    ("/failed A2", "action", "A2 failed", {"status": "failed"}),
    ("/confirm H1 seen in traces", "hypothesis", "H1 confirmed: seen in traces", {"status": "confirmed"}),
    ("/rule-out H2", "hypothesis", "H2 ruled out", {"status": "ruled_out"}),
    ("/milestone detected 11:50", "milestone", "detected", {"moment": "detected"}),
    ("/note buy coffee", "note", "buy coffee", {}),
)


async def test_every_line_becomes_its_entry(scribe: Scribe) -> None:
    scribe.told(*SEEDS)
    async with scribe(size=(120, 50)) as live:
        for count, (line, kind, text, fields) in enumerate(TYPED, len(SEEDS) + 1):
            await live.enter(line)
            assert live.box == "", line
            assert (live.last.kind, live.last.text) == (kind, text)
            assert fields.items() <= to_builtins(live.last.payload).items(), line
            assert text in live.seen
            assert len(live.entries) == count


async def test_solo_takes_every_role(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("/solo")
        assert {role: held[0].who for role, held in live.board.roles.items()} == dict.fromkeys(
            ("ic", "ops", "comms", "scribe"), "sam"
        )
        assert live.board.solo
        assert "unassigned" not in live.seen


async def test_amend_retract_link(scribe: Scribe) -> None:
    scribe.told("first", "second", "third")
    async with scribe() as live:
        await live.enter("/amend #2 11:50 first, corrected")
        await live.enter("/retract #3 staging, not live")
        await live.enter("/link #4 https://example.org/x")
        first, second, third = live.entries
        assert (first.text, first.at, first.revisions[0].text) == (
            "first, corrected",
            "2026-11-20T11:50:00.000Z",
            "first",
        )
        assert second.retracted is not None
        assert second.retracted.why == "staging, not live"
        assert third.sources == ("https://example.org/x",)
        assert "amended" in live.seen
        assert "retracted: staging, not live" in live.seen
        assert "↗1" in live.seen


async def test_export_says_where(scribe: Scribe) -> None:
    scribe.told("one")
    async with scribe(size=(160, 30)) as live:
        await live.enter("/export")
        assert "written to" in live.line("attention")
        assert len(list(scribe.folder.glob("*.md"))) == 1


async def test_an_export_that_fails_is_said(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told("one")
    async with scribe() as live:

        def full(state: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(live.screen, "_export", full)
        await live.press("f8")
        assert "not exported" in live.line("attention")
        assert "No space left" in live.line("attention")


async def test_help_and_quit(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(100, 60)) as live:
        await live.enter("/help")
        assert live.has_sheet
        for command in COMMANDS:
            assert f"/{command.name}" in str(live.top.query_one("#body Static").render())
        await live.press("escape")
        await live.enter("/quit")
        assert not live.app.is_running
        assert live.drafts() == []


def test_every_command_is_typed_somewhere_here() -> None:
    here = {line.split()[0][1:] for line, *_ in TYPED if line.startswith("/")} - {"var"}
    assert here | {"solo", "amend", "retract", "link", "export", "help", "quit", "find"} == {c.name for c in COMMANDS}


async def test_times_are_read_in_the_zone_beside_the_box(scribe: Scribe) -> None:
    from zoneinfo import ZoneInfo

    scribe.told()
    async with scribe(zone=ZoneInfo("Asia/Seoul")) as live:
        assert live.screen.query_one("#zone").render_line(0).text.strip() == "KST"
        await live.enter("20:50 it began")
        assert live.last.at == "2026-11-20T11:50:00.000Z"
        assert "20:50" in live.seen
        await live.press("ctrl+o")
        assert "11:50" in live.seen
        assert "20:50" not in live.seen
        await live.enter("20:51 typed times stay where they were")
        assert live.last.at == "2026-11-20T11:51:00.000Z"
        await live.press("ctrl+o")
        assert "20:50    11:50" in live.seen
        await live.press("ctrl+o")
        assert "20:50" in live.seen
        assert "11:50" not in live.seen


async def test_the_time_is_that_of_the_first_key_stroke(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("it b")
        await live.passes(90)
        await live.enter("urns")
        assert live.last.at == "2026-11-20T12:00:00.000Z"
        assert live.last.recorded_at == "2026-11-20T12:01:30.000Z"
        await live.passes(60)
        await live.enter("and the next line has its own")
        assert live.last.at == "2026-11-20T12:02:30.000Z"
        await live.passes(60)
        await live.enter("/find burns")
        await live.passes(60)
        await live.enter("so has what follows a search")
        assert live.last.at == "2026-11-20T12:04:30.000Z"


async def test_after_five_minutes_the_hint_is_amber_and_one_key_means_now(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("it burns")
        await live.passes(299)
        assert "warning" not in live.styles("hint")
        await live.passes(2)
        assert "warning" in live.styles("hint")
        assert "^T" in live.line("hint")
        await live.press("ctrl+t")
        assert "warning" not in live.styles("hint")
        await live.enter("")
        assert live.last.at == "2026-11-20T12:05:01.000Z"
