"""Every command is typed once, on the screen, and stands in the journal."""

from __future__ import annotations

import pytest

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
    ("/keep buy coffee: password=hunter22", "fact", "buy coffee: password=hunter22", {}),
    ("/handoff @bob", "checkpoint", "packet 1: IC @alice → @bob", {"outgoing": "alice", "incoming": "bob"}),
    ("/ack @bob", "role", "IC: @alice → @bob, acknowledged packet 1", {"role": "ic", "who": "bob"}),
    ("/take ic they left", "role", "IC: @bob → @sam (taken): they left", {"role": "ic", "taken": True}),
    ("/audience public on", "note", "updates for public are on, every 15m", {"switched": "on", "cadence": 900}),
    (
        "/scope dependency payments not-affected 200s",
        "scope",
        "dependency payments: not affected, 200s",
        {"row": "dependency", "name": "payments", "verdict": "not_affected", "evidence": "200s"},
    ),
    ("/impact users: 12 %", "impact", "users affected: 12 %", {"field": "users", "value": "12 %"}),
    (
        "/strategy roll-back @alice safest",
        "decision",
        "strategy: roll back: safest",
        {"strategy": "roll_back", "confirmed_by": "alice"},
    ),
    ("/trigger 20m", "note", "another strategy is asked for after 20m without progress", {"trigger": 1200}),
    ("/escalate 3 @dana", "escalation", "level 3, engineering manager @dana", {"level": 3, "who": "dana"}),
    ("/timebox 5m @jun heap dump", "timebox", "heap dump", {"who": "jun", "until": "2026-11-20T12:05:00.000Z"}),
    ("/done B1 nothing in it", "timebox", "B1 done: nothing in it", {"status": "done"}),
    (
        "/tick sev1 verify",
        "checklist",
        "SEV-1 response ✓ look at the alert and see that the problem is real",
        {"list": "sev1", "item": "verify", "done": True},
    ),
    (
        "/untick sev1 verify it was another",
        "checklist",
        "SEV-1 response not done: look at the alert and see that the problem is real: it was another",
        {"list": "sev1", "item": "verify", "done": False},
    ),
    ("/security", "security", "security incident: protected from here on", {"aspect": "marked"}),
    ("/security legal: reportable", "security", "legal conclusion: reportable", {"restricted": True}),
    ("/restrict the key was AKIA", "fact", "the key was AKIA", {"restricted": True}),
)


AFTERWARDS: tuple[tuple[str, str], ...] = (
    ("/write summary the pool ran dry", "written"),
    ("/write +well the alert came first", "written"),
    ("/send #2 luck", "written"),
    ("/factor retries without a cap layer: technical score: 3", "factor"),
    ("/action cap the retries owner: @bob due: 2026-12-01 for: F1", "action_item"),
    ("/done T1 the dashboard shows it", "action_item"),
    ("/verified T1 @alice saw it", "action_item"),
    ("/action buy more disks", "action_item"),
    ("/drop T2 the disks are not full", "action_item"),
    ("/star #2", "curated"),
    ("/unstar #2", "curated"),
    ("/hide #2", "curated"),
    ("/unhide #2", "curated"),
    ("/waive few-factors a drill", "waived"),
    ("/unwaive few-factors", "waived"),
)
"""What is written afterwards is no entry of the timeline."""


async def test_every_line_becomes_its_entry(scribe: Scribe) -> None:
    scribe.told(*SEEDS)
    async with scribe(size=(200, 50)) as live:
        for count, (line, kind, text, fields) in enumerate(TYPED, len(SEEDS) + 1):
            await live.enter(line)
            assert live.box == "", line
            assert (live.last.kind, live.last.text) == (kind, text)
            found = {name: getattr(live.last.payload, name) for name in fields}
            assert found == fields, line
            assert text in live.seen
            assert len(live.entries) == count


async def test_what_is_written_afterwards_is_an_event_and_no_entry(scribe: Scribe) -> None:
    scribe.told(*SEEDS)
    async with scribe(size=(200, 50)) as live:
        entries = len(live.entries)
        for line, kind in AFTERWARDS:
            await live.enter(line)
            assert live.box == "", line
            assert live.events[-1].kind == kind, line
        assert len(live.entries) == entries
        assert {key: words.text for key, words in live.state().sections.items()} == {
            "summary": "the pool ran dry",
            "well": "the alert came first",
            "luck": "a plain fact (#2)",
        }
        assert [item.status for item in live.board.items] == ["done", "wont_do"]


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


async def test_an_entry_is_restricted_and_no_longer(scribe: Scribe) -> None:
    scribe.told("a plain fact")
    async with scribe() as live:
        await live.enter("/restrict #2 names a customer")
        assert live.last.restricted
        assert "restricted · a plain fact" in live.line("timeline")
        await live.enter("/unrestrict #2")
        assert not live.last.restricted
        assert "restricted" not in live.line("timeline")


async def test_what_needs_attention_is_left_alone_for_a_while(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        assert "IC is unassigned" in live.line("attention")
        await live.enter("/snooze 10m role-unassigned/ic he is on his way")
        assert live.board.snoozes["role-unassigned/ic"].reason == "he is on his way"
        assert "IC is unassigned" not in live.line("attention")
        await live.passes(601)
        assert "IC is unassigned" in live.line("attention")


async def test_commands_without_arguments_open_their_worksheets(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        for command, heading in (
            ("/update", "STATUS UPDATE"),
            ("/handoff", "HANDOFF"),
            ("/tick", "CHECKLIST"),
            ("/impact", "IMPACT AND SCOPE"),
            ("/scope", "IMPACT AND SCOPE"),
            ("/packets", "PACKETS"),
        ):
            await live.enter(command)
            assert live.worksheet.startswith(f" {heading}"), command
            await live.enter(command)
            assert live.worksheet.startswith(f" {heading}"), f"{command} once more"
            assert live.box == ""
        assert live.entries == []


async def test_set_without_a_worksheet_says_what_to_do(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("/set summary all is well")
        assert "open one first" in live.line("attention")
        await live.enter("/update")
        await live.enter("/set summary all is well")
        assert "all is well" in live.worksheet
        assert live.entries == []


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
        await live.enter("/export")
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
    others = {"solo", "amend", "retract", "link", "export", "backup", "help", "quit", "find"}
    after = {line.split()[0][1:] for line, _ in AFTERWARDS} | {"check", "actions"}
    more = after | {"restrict", "unrestrict", "snooze", "set", "packets"}
    assert here | others | more == {c.name for c in COMMANDS}


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
