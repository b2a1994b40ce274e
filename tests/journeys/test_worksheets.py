"""Worksheets: they lie open over the lower half while the box keeps the focus, and no key stroke is lost to them."""

from __future__ import annotations

import pytest

from scribe.live.policy import Policy, RoleKind
from scribe.live.procedures import Checklist, Item, Phase
from scribe.record.events import Tick
from scribe.ui.commands import COMMANDS
from tests.journeys.live import Scribe, seldom
from tests.journeys.worksheets import TALE, to_row

PLAIN = "5xx at 12 % again ? [/] /x"
"""What a person could type at any time: letters, digits, signs that elsewhere mean something."""


# ── plain keys always type ──────────────────────────────────────────────────────────────────────────────────────────

KEYS = {command.id: command.key.split(",")[-1] for command in COMMANDS if command.id not in ("leave", "incidents")}
"""Every command that stays with the incident, by one of its keys."""


@pytest.mark.parametrize("size", [seldom((120, 40)), (80, 24), seldom((40, 12))], ids=["wide", "usual", "small"])
@pytest.mark.parametrize("command", sorted(set(KEYS) - {"command_palette", "find", "postmortem"}))
async def test_typing_goes_on_whatever_lies_open(scribe: Scribe, command: str, size: tuple[int, int]) -> None:
    scribe.told(*TALE)
    async with scribe(size=size) as live:
        before = len(live.entries)
        await live.press(KEYS[command])
        await live.type(PLAIN)
        await live.pilot.pause()
        assert live.box == PLAIN
        await live.enter("")
        assert live.box == ""
        assert live.last.text == PLAIN
        assert len(live.entries) == before + 1


@pytest.mark.parametrize("opened", ["/update", "/update public:", "/handoff", "/packets", "/tick", "/impact", "/scope"])
async def test_typing_goes_on_over_every_worksheet_and_each_of_its_rows(scribe: Scribe, opened: str) -> None:
    scribe.told(*TALE, "/handoff @dana", "/ack @dana")
    async with scribe(size=(80, 24)) as live:
        await live.enter(opened)
        before = len(live.entries)
        assert live.screen.page is not None
        rows = len(live.screen.page.rows)
        for number in range(rows):
            await live.burst("<down>", f"line {number} @x #y", "<tab>", "<up>", "<down>", "\n")
        assert [entry.text for entry in live.entries[before:]] == [f"line {number} @x #y" for number in range(rows)]
        assert live.screen.page is not None


@pytest.mark.parametrize("minutes", [0, 6, 16, 31, 61, 241])
async def test_typing_goes_on_whatever_needs_attention(scribe: Scribe, minutes: int) -> None:
    scribe.told(severity=1)
    async with scribe(size=(80, 24)) as live:
        await live.passes(minutes * 60)
        assert live.line("attention")
        for key in ("f5", "down", "pagedown"):
            await live.press(key)
            await live.enter(f"typed behind {key}")
            assert live.last.text == f"typed behind {key}"
        await live.burst("<f5>", "<f5>", "half", "<f5>", " a line", "<escape>", "\n")
        assert live.last.text == "half a line"


async def test_a_burst_with_every_worksheets_key_in_between_loses_no_key_stroke(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe() as live:
        await live.burst("alpha", "<f7>", "beta", "<f5>", "gamma\n", "<f7>", "<escape>", "delta", "<f2>", "epsilon\nz")
        await live.burst("<f7>", "<down>", "<f5>", "<up>", "eta\n")
        assert live.texts[-3:] == ["alphabetagamma", "deltaepsilon", "zeta"]
        assert live.board.updates == 0


async def test_an_enter_acts_on_the_row_that_was_chosen_when_it_was_pressed(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe() as live:
        await live.burst("<f7>", "<down>", "\n", "<down>", "<down>", "a fact in between\n", "\n", "<down>")
        page = live.screen.page
        assert page is not None
        assert page.first == 0
        assert [
            entry.payload.item if isinstance(entry.payload, Tick) else entry.text for entry in live.entries[-3:]
        ] == [
            page.rows[1].name,
            "a fact in between",
            page.rows[3].name,
        ]


async def test_what_is_typed_behind_an_enter_on_a_row_stands_behind_what_it_put_there(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe() as live:
        await live.burst("<f2>", "<down>", "\n", "<ctrl+u>", "/set summary all of it\n")
        assert "all of it" in live.worksheet
        await live.burst("<escape>", "<f3>", "\n", "the vendor answers\n")
        assert "the vendor answers" in live.worksheet


async def test_a_field_that_was_set_just_before_is_in_what_is_sent(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe() as live:
        await live.burst("<f2>", "/set summary nobody can pay\n", "<f2>", "and on it goes\n")
        assert live.board.updates == 1
        (update,) = [entry for entry in live.entries if entry.kind == "update"]
        assert "nobody can pay" in update.text
        assert live.last.text == "and on it goes"


async def test_a_tab_comes_in_its_turn(scribe: Scribe) -> None:
    scribe.told(*TALE, "/audience public on")
    async with scribe() as live:
        await live.burst("<f2>", "/set summary for those in the house\n", "<tab>")
        assert "to public" in live.worksheet
        assert "for those in the house" not in live.worksheet
        await live.burst("/set su", "<tab>", "for everybody\n", "<tab>")
        assert "to stakeholders" in live.worksheet or "to responders" in live.worksheet
        await live.enter("/update public:")
        assert "for everybody" in live.worksheet
        await live.enter("/update stakeholders:")
        assert "for those in the house" in live.worksheet


# ── attention, checklists, impact ───────────────────────────────────────────────────────────────────────────────────


async def test_attention_lists_everything_and_enter_deals_with_it(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.passes(60)
        await live.press("f5")
        assert live.worksheet.startswith(" ATTENTION  4 open")
        assert "IC is unassigned" in live.row
        await live.press("enter")
        assert live.box == "/role ic @"
        await live.enter("alice")
        assert live.board.holders("ic")[0].who == "alice"
        assert live.worksheet.startswith(" ATTENTION  3 open")
        await live.press("down", "down")
        assert "ask for another strategy" in live.row
        await live.press("enter")
        assert live.board.trigger == 1800
        assert live.box == ""
        assert live.worksheet.startswith(" ATTENTION  2 open")
        await live.press("f5")
        assert live.worksheet == ""


async def test_tab_leaves_it_alone_with_a_reason_by_its_number(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f5", "tab")
        assert live.box == "/snooze 10m role-unassigned/ic "
        await live.enter("4")
        assert live.board.snoozes["role-unassigned/ic"].reason == "agreed with the commander"
        assert "IC is unassigned" not in live.worksheet


async def test_ctrl_g_deals_with_what_comes_first_and_keeps_what_is_typed(scribe: Scribe) -> None:
    scribe.told("/role ic @alice", "/role ops @bob", "/role comms @erin", "/milestone acknowledged")
    async with scribe() as live:
        await live.type("half a line")
        await live.press("ctrl+g")
        assert live.board.trigger == 1800
        assert live.box == "half a line"
        await live.press("ctrl+g")
        assert "nothing needs attention" in live.line("attention")
        await live.passes(901)
        await live.press("ctrl+g")
        assert live.worksheet.startswith(" STATUS UPDATE")
        await live.press("ctrl+g")
        assert live.board.updates == 0  # only its own key sends
        assert live.box == "half a line"


async def test_checklists_are_ticked_by_people_and_a_tick_is_taken_away_with_a_reason(scribe: Scribe) -> None:
    scribe.told(*TALE, severity=1)
    async with scribe(size=(120, 40)) as live:
        await live.press("f7")
        assert "SEV-1 response  0 of" in live.worksheet
        assert live.board.ticks == {}
        await live.press("enter", "down", "enter")
        assert sorted(live.board.ticks) == ["sev1/channel", "sev1/verify"]
        assert "2 of" in live.worksheet
        assert "✓ channel" in live.row
        await live.press("enter")
        assert live.box == "/untick sev1 channel "
        await live.enter("it was the wrong one")
        assert sorted(live.board.ticks) == ["sev1/verify"]
        assert "it was the wrong one" in live.last.text
        await live.press("tab")
        assert "SEV-1 response" not in live.worksheet
        await live.press("f7")
        assert live.worksheet == ""


async def test_impact_and_scope_are_said_anew_with_what_was_said_before_beside(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.enter("/impact users: 12 % of carts")
        await live.enter("/impact")
        await to_row(live, "users affected")
        await live.press("enter")
        assert live.box == "/impact users: 12 % of carts"
        await live.clear()
        await live.enter("/impact users: 30 % of carts")
        assert "30 % of carts" in live.row
        assert "12 % of carts" in live.worksheet
        await to_row(live, "payments")
        await live.press("enter")
        assert live.box == "/scope dependency payments affected timeouts "
        await live.clear()
        await live.enter("/scope dependency payments unknown")
        assert "? payments" in live.row
        await to_row(live, "+ user group")
        await live.press("enter")
        assert live.box == "/scope group "
        assert [row.verdict for row in live.board.scope] == ["unknown"]


async def test_the_board_leads_to_impact_and_scope(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        for _ in range(2):
            await live.press("f4", "enter")
            assert live.worksheet.startswith(" IMPACT AND SCOPE")


async def test_a_teams_own_roles_and_checklists_are_offered(scribe: Scribe) -> None:
    scribe.policy = Policy(
        own_roles=(RoleKind("legal", "Legal", "Legal counsel", ("speaks to the regulator",)),),
        checklists=(Checklist("plant", "Plant", (Phase("first", "", (Item("valve", "close the valve"),)),)),),
    )
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.type("/role le")
        await live.press("tab")
        assert live.box == "/role legal "
        await live.enter("@lou")
        assert live.board.holders("legal")[0].who == "lou"
        assert "Legal" in live.line("roles")
        await live.type("/tick pl")
        await live.press("tab")
        await live.type("va")
        await live.press("tab")
        assert live.box == "/tick plant valve "
        await live.enter("")
        assert list(live.board.ticks) == ["plant/valve"]
        await live.press("f4")
        assert "speaks to the regulator" in live.seen or "Legal" in live.seen


# ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────────

OPENED = ("/update", "/handoff", "/tick", "/impact")


@pytest.mark.parametrize("opened", OPENED)
async def test_wide_enough_it_has_two_columns(scribe: Scribe, opened: str) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.enter(opened)
        body = live.worksheet.splitlines()[1:]
        assert {line.find("│") for line in body} == {56}
        assert sum(bool(line.partition("│")[2].strip()) for line in body) > 1
        page = live.screen.page
        assert page is not None
        assert all(row.label in live.worksheet for row in page.rows[:8])
        assert "NEXT UPDATE" in live.line("countdown")
        assert live.line("timeline")


@pytest.mark.parametrize(
    "size", [(80, 24), seldom((63, 24)), (40, 12), *map(seldom, [(40, 16), (20, 9), (10, 5)]), (1, 1)], ids=str
)
async def test_at_every_size_every_worksheet_opens_turns_and_closes(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told(*TALE, "/handoff @dana", "/ack @dana", severity=1)
    async with scribe(size=size) as live:
        for opened in ("/update", "/handoff", "/packets", "/tick", "/impact"):
            await live.enter(opened)
            assert live.screen.page is not None
            await live.hit("down", "up", "up", "tab", "pagedown", "pagedown", "pageup")
            await live.enter(f"typed over {opened[1:]}")
            assert live.last.text == f"typed over {opened[1:]}"
            await live.press("escape")
            assert live.screen.page is None
        await live.press("f5", "down", "f7", "down", "f2", "f2")
        assert live.board.updates == 1


async def test_narrow_the_chosen_row_and_what_it_says_stand_below_one_another(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(60, 24)) as live:
        await live.press("f2")
        assert "│" not in live.worksheet
        assert "▸" in live.worksheet
        assert "## Incident declared" in live.worksheet


async def test_usual_the_labels_stand_whole_and_the_keys_too(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(80, 24)) as live:
        for key in ("f2", "f3", "f5", "f7"):
            await live.press(key)
            assert live.line("keys").endswith("Esc closes"), key
        await live.press("f3")
        assert "▸✎ next decision point" in live.worksheet


@pytest.mark.parametrize("size", [seldom((80, 24)), (40, 12)], ids=str)
@pytest.mark.parametrize("opened", OPENED)
async def test_the_chosen_row_is_always_in_sight_and_the_rest_is_counted(
    scribe: Scribe, opened: str, size: tuple[int, int]
) -> None:
    scribe.told(*TALE)
    async with scribe(size=size) as live:
        await live.enter(opened)
        page = live.screen.page
        assert page is not None
        for _ in page.rows:
            chosen = live.screen.sheet.row
            assert chosen is not None
            assert chosen.label[:10] in live.row
            await live.hit("down")
        assert live.screen.sheet.row == page.rows[page.first]
        while live.screen.sheet.row != page.rows[0]:
            await live.hit("down")
        assert "more ↓" in live.worksheet


async def test_the_right_side_scrolls_to_its_end(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(80, 24)) as live:
        await live.press("f2")
        assert "more lines: PgDn" in live.worksheet
        assert "Next update by" not in live.worksheet
        for _ in range(9):
            await live.press("pagedown")
        assert "Next update by" in live.worksheet
        assert "more lines" not in live.worksheet
        await live.press(*["pageup"] * 9)
        assert "## Incident declared" in live.worksheet


async def test_it_follows_the_record_and_the_clock(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await to_row(live, "Impact")
        live.elsewhere("/impact all of Europe")
        await live.looks()
        assert "Impact" in live.row
        assert "all of Europe" in live.row
        assert "due in 15m" in live.worksheet
        await live.passes(60)
        assert "due in 14m" in live.worksheet
        await live.pilot.resize_terminal(80, 24)
        await live.pilot.pause()
        assert "Impact" in live.row


async def test_picking_goes_before_the_worksheet_and_back_to_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f7", "ctrl+r", "up", "enter")
        assert live.has_sheet
        await live.press("escape", "escape")
        assert live.worksheet.startswith(" CHECKLIST")
        assert "ticks" in live.line("keys")
        await live.press("escape")
        assert live.worksheet == ""
        assert "F1" in live.line("keys")
