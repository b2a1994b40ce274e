"""A scribe's first thirty minutes: what is typed, what is asked for, and what the journal holds of it."""

from __future__ import annotations

import pytest

from scribe.record.events import Decision, Escalation, Snoozed, Tick, Timebox, Update
from tests.journeys.live import NOON, Live, Scribe

SIZES = [(120, 40), (80, 24)]


@pytest.fixture
def bells(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("scribe.ui.app.ScribeApp.bell", lambda self: rung.append(scribe.clock.now().strftime("%H:%M")))
    return rung


async def until(live: Live, minute: int) -> None:
    """The clock goes to so many minutes after noon, in steps that a screen would see."""
    while (left := minute * 60 - (live.clock.now() - NOON).total_seconds()) > 0:
        await live.passes(min(60, left))


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_thirty_minutes(scribe: Scribe, bells: list[str], size: tuple[int, int]) -> None:
    async with scribe(size=size) as live:
        # minute 0: a title, the severity, the trigger that is proposed for it
        await live.type("Checkout fails in EU")
        await live.press("up")
        assert "15m" in live.seen
        await live.press("tab")
        assert "✓" in live.seen
        await live.enter("")
        assert (live.board.title, live.board.severity, live.board.trigger) == ("Checkout fails in EU", 1, 900)
        assert bells == ["12:00"]
        await live.enter("5xx at 12 % since 11:50")

        # what is missing is asked for, the most urgent first; one key begins or records the answer
        assert "IC is unassigned" in live.line("attention")
        await live.press("ctrl+g")
        await live.enter("alice")
        assert "escalate to level 3" in live.line("attention")
        await live.press("ctrl+g")
        assert live.box == "/escalate 3 "  # that somebody was called is no one key's to say
        await live.enter("@dana")
        called = live.last.payload
        assert isinstance(called, Escalation)
        assert (called.level, called.who) == (3, "dana")
        for name in ("bob", "erin"):
            await live.press("ctrl+g")
            await live.enter(name)
        assert {role: held[0].who for role, held in live.board.roles.items()} == {
            "ic": "alice",
            "ops": "bob",
            "comms": "erin",
        }
        assert "unassigned" not in live.seen

        # minute 2: impact and scope
        await until(live, 2)
        await live.enter("/milestone acknowledged")
        await live.enter("/impact one order in eight fails")
        await live.enter("/impact users: EU and UK")
        await live.enter("/scope dependency payments affected timeouts")
        await live.enter("/scope group US not-affected")
        assert live.board.impact == "one order in eight fails"
        assert [(row.name, row.verdict) for row in live.board.scope] == [
            ("payments", "affected"),
            ("US", "not_affected"),
        ]
        if size[0] >= 120:
            assert "payments ✗" in live.line("now")

        # minute 4: the first update; nothing of it is typed
        await until(live, 4)
        await live.press("f2", "f2")
        update = live.last.payload
        assert isinstance(update, Update)
        assert update.shape == "declared"
        assert update.fields["impact"].startswith("one order in eight fails")
        assert (update.fields["commander"], update.fields["lead"]) == ("@alice", "@bob")
        assert update.next_at == "2026-11-20T12:19:00.000Z"
        assert live.copied.startswith("## Incident declared: Checkout fails in EU")
        assert live.worksheet == ""

        # minute 6: ticks of what the record shows already
        await until(live, 6)
        await live.press("f7", "enter", "down", "down", "enter", "escape")
        assert sorted(live.board.ticks) == ["sev1/ic", "sev1/verify"]
        assert all(isinstance(entry.payload, Tick) for entry in live.entries[-2:])

        # minute 8: somebody looks into it for five minutes, and the time runs out
        await live.enter("? the pool is exhausted")
        await until(live, 8)
        await live.enter("/timebox 5m @jun take a heap dump")
        (box,) = live.board.timeboxes
        assert (box.ref, box.who, box.until) == ("B1", "jun", "2026-11-20T12:13:00.000Z")
        await until(live, 12)
        assert "time-box" not in live.line("attention")
        rung = len(bells)
        await until(live, 13)
        assert len(bells) == rung + 1
        assert "the time-box B1 of @jun ended" in live.line("attention")
        await live.press("ctrl+g")
        assert live.box == "/done B1 "
        await live.enter("nothing in it")
        assert isinstance(live.last.payload, Timebox)
        assert live.board.timeboxes == ()

        # minute 15: nothing helped so far: another strategy is asked for, and somebody confirms it
        await until(live, 15)
        assert "no progress for 15m" in live.line("attention")
        assert bells[-1] == "12:15"
        await live.press("ctrl+g")
        assert live.box == "/strategy "
        await live.enter("roll-back @alice the diagnosis takes too long")
        decision = live.last.payload
        assert isinstance(decision, Decision)
        assert (decision.strategy, decision.confirmed_by) == ("roll_back", "alice")
        assert "no progress" not in live.line("attention")
        await live.enter("> roll back to 1.41 #checkout")

        # minute 19: the next update is due, and then overdue: it is heard, and left alone no longer than is allowed
        rung = len(bells)
        await until(live, 19)
        assert len(bells) == rung + 1
        assert "the update for stakeholders is overdue" in live.line("attention")
        await live.enter("/snooze 16m")
        assert "at most 30m apart" in live.line("hint")
        assert live.box == "/snooze 16m"
        assert live.board.snoozes == {}
        await live.clear()
        await live.enter("/snooze 5m 2")
        snoozed = live.events[-1]
        assert isinstance(snoozed.payload, Snoozed)
        assert (snoozed.text, snoozed.payload.key, snoozed.payload.over_cap) == (
            "being written now",
            "update-overdue/stakeholders",
            False,
        )
        assert "overdue" not in live.line("attention")
        await live.passes(1)
        assert "OVERDUE" in live.seen  # the countdown itself is not quieter for it

        # minute 24: it comes back by itself
        await until(live, 23)
        await live.passes(59)
        assert "overdue" not in live.line("attention")
        await live.passes(1)
        assert "overdue" in live.line("attention")
        await live.press("ctrl+g")
        assert live.worksheet.startswith(" STATUS UPDATE")
        await live.enter("/set summary rolling back, a third is through")
        await live.enter("/set eta 20 minutes")
        await live.press("f2")
        update = live.last.payload
        assert isinstance(update, Update)
        assert (update.shape, update.number) == ("update", 2)
        assert update.fields["summary"] == "rolling back, a third is through"
        assert "roll back to 1.41" in update.fields["doing"]
        assert update.next_at == "2026-11-20T12:39:00.000Z"
        assert "OVERDUE" not in live.seen

        # minute 28: it helps
        await until(live, 28)
        await live.enter("/done A1 errors fall")
        await live.enter("/state monitoring")
        await live.enter("/impact better: one order in fifty")
        assert live.board.progress == "2026-11-20T12:28:00.000Z"
        await until(live, 30)
        assert "no progress" not in live.line("attention")
        assert live.drafts() == []
        assert all(entry.recorded_by == "sam" for entry in live.entries)


@pytest.mark.parametrize("severity", [1, 2, 3, None])
async def test_the_trigger_is_proposed_by_severity_and_confirmed_with_one_key(
    scribe: Scribe, severity: int | None
) -> None:
    proposed = {1: 900, 2: 1800}.get(severity or 0)
    steps = {1: ["up"], 2: [], 3: ["down"], None: ["down"] * 3}[severity]
    async with scribe() as live:
        await live.type("It burns")
        await live.press(*steps, "tab")
        assert ("without progress" in live.seen) == (proposed is not None)
        await live.enter("")
        assert (live.board.severity, live.board.trigger) == (severity, proposed)


async def test_what_is_not_confirmed_is_not_applied_and_tab_twice_is_no(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("It burns")
        await live.press("tab", "tab")
        await live.enter("")
        assert live.board.trigger is None
        await live.enter("/role ic @sam")
        await live.enter("/role ops @bob")
        await live.enter("/role comms @erin")
        assert "ask for another strategy after 30m without progress?" in live.line("attention")
        await live.passes(3600)
        assert not any("no progress" in row for row in live.rows)


async def test_keys_typed_around_the_tab_are_not_lost(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.burst("It ", "<tab>", "bur", "<up>", "ns\n", "first ", "<f7>", "line\n")
        await live.pilot.pause(0.1)
        assert (live.board.title, live.board.severity, live.board.trigger) == ("It burns", 1, 900)
        assert live.texts[-1] == "first line"


async def test_keys_behind_the_enter_change_nothing_that_was_declared(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.burst("It burns\n", "<up>", "<tab>", "<up>")
        await live.pilot.pause(0.1)
        assert (live.board.title, live.board.severity, live.board.trigger) == ("It burns", 2, None)


async def test_a_snooze_past_the_cap_needs_a_reason_and_is_kept_as_a_finding(scribe: Scribe) -> None:
    scribe.told("/role ic @sam", "/role ops @bob", "/role comms @erin", "/milestone acknowledged", "/trigger off")
    async with scribe(size=(200, 40)) as live:
        await live.passes(16 * 60)
        await live.enter("/snooze 2h update-overdue/stakeholders")
        assert "at most 1h apart" in live.line("hint")
        assert live.board.snoozes == {}
        await live.enter(" the whole team is on the phone")
        snoozed = live.events[-1]
        assert isinstance(snoozed.payload, Snoozed)
        assert snoozed.payload.over_cap
        assert snoozed.text == "the whole team is on the phone"


async def test_escalation_names_the_next_level_as_time_goes_on(scribe: Scribe) -> None:
    scribe.told("/role ic @sam", "/role ops @bob", "/role comms @erin", "/trigger off")
    async with scribe(size=(200, 40)) as live:
        await live.press("f5")
        for minutes, level in ((14, 0), (15, 2), (30, 3), (60, 4)):
            await live.passes(minutes * 60 - (live.clock.now() - NOON).total_seconds())
            named = [number for number in (2, 3, 4) if f"escalate to level {number}" in live.worksheet]
            assert named == ([level] if level else []), minutes
        await to_escalation(live)
        await live.press("enter")
        assert live.box == "/escalate 4 "
        await live.enter("")
        assert live.last.payload == Escalation(level=4)
        assert "escalate to level" not in live.worksheet


async def to_escalation(live: Live) -> None:
    """Choose the row of the escalation."""
    assert live.screen.page is not None
    for _ in live.screen.page.rows:
        if "escalate" in live.row:
            return
        await live.press("down")
    raise AssertionError(live.worksheet)
