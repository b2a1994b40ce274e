"""The register by its keys: what becomes of an item is in the journal of the incident that it belongs to."""

from __future__ import annotations

import pytest

from scribe.record.errors import JournalError
from scribe.record.written import ActionItem
from scribe.ui.desk import NEWLINE
from scribe.ui.screens.actions import ActionsScreen
from scribe.ui.screens.postmortem import PostmortemScreen
from scribe.ui.widgets.register import RegisterList
from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Live, Scribe

OTHER = "INC-20261119-AAAA"
NO_ITEM = "INC-20261118-BBBB"

TALE = (
    "/factor retries have no limit layer: technical class: technical_debt score: 3",
    "/action limit the retries owner: @bob due: 2026-11-25 verify: the load test stays green priority: P1 for: F1",
    "/action page on pool wait owner: @alice due: 2026-11-10 verify: a game day pages for: trigger",
    "/action ask the vendor",
)
BEFORE = ("/action alert on the age of the index owner: @sam due: 2026-11-01 verify: it fires in staging",)


class Register:
    """The screen that lies over the live one."""

    def __init__(self, live: Live) -> None:
        self.live = live

    @property
    def screen(self) -> ActionsScreen:
        screen = self.live.top
        assert isinstance(screen, ActionsScreen)
        return screen

    @property
    def box(self) -> str:
        return self.screen.box._capture.value.replace(NEWLINE, "\n")

    @property
    def said(self) -> str:
        return self.screen.notice[0]

    @property
    def hint(self) -> str:
        return self._line("hint")

    @property
    def chosen(self) -> str:
        """The chosen row as it is drawn: the one that is pointed at."""
        (row,) = self.live.rows_with("▸")
        return row.partition("▸ ")[2].split()[0]

    @property
    def shown(self) -> list[str]:
        """The rows that are shown, by their ids."""
        return [f"{row.incident[-4:]}/{row.ref}" for row in self.screen.query_one(RegisterList)._listing.rows]

    def _line(self, name: str) -> str:
        return self.screen.query_one(f"#{name}").render_line(0).text.strip()

    async def press(self, *keys: str) -> None:
        await self.live.hit(*keys)

    async def enter(self, text: str) -> None:
        await self.live.enter(text)

    async def exported(self) -> None:
        await self.live.app.workers.wait_for_complete()
        await self.live.pilot.pause()

    def item(self, ref: str, incident: str = INCIDENT) -> ActionItem:
        """The item as the file has it."""
        (found,) = (item for item in self.live.state(incident).board.items if item.ref == ref)
        return found

    def refs(self, incident: str = INCIDENT) -> list[str]:
        return [item.ref for item in self.live.state(incident).board.items]


@pytest.fixture
def told(scribe: Scribe) -> Scribe:
    """Two incidents with items, the second without any."""
    scribe.told(incident=NO_ITEM)
    scribe.told(*BEFORE, incident=OTHER)
    scribe.clock.advance(60)
    scribe.told(*TALE)
    return scribe


async def opened(live: Live) -> Register:
    await live.enter("/actions")
    return Register(live)


async def test_all_items_of_all_incidents_the_latest_first(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        assert register.shown == ["AAAA/T1", "K3F2/T2", "K3F2/T1", "K3F2/T3"]
        assert "4 open · 2 late (1 stale)" in live.seen
        (first,) = live.rows_with("▸")
        assert all(words in first for words in ("AAAA/T1", "○ open", "stale 19 d", "@sam", "alert on the age"))
        assert "10 d late" in live.seen
        assert "due in 5 d" in live.seen
        assert "no date" in live.seen
        await live.pilot.click(RegisterList, offset=(20, 3))
        assert register.chosen == "K3F2/T1"
        await live.pilot.click(RegisterList, offset=(20, 0))
        assert register.chosen == "K3F2/T1", "that is the line above them"
        await live.enter("/help")
        assert "Words alone show only" in live.seen
        await live.press("escape", "escape")
        assert live.line("title").count(INCIDENT), "back where one came from"


async def test_done_asks_for_the_evidence_and_says_which_signal_was_agreed_on(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        await register.press("down", "down")
        assert register.chosen == "K3F2/T1"
        await register.press("enter")
        assert register.box == "/done K3F2/T1 "
        assert "agreed on: the load test stays green" in register.hint
        await register.press("enter")
        assert "what shows that T1 is done?" in register.hint
        assert register.item("T1").status == "open"
        await register.enter("PR 812, load test of Tuesday")
        assert register.box == ""
        closed = register.item("T1").closed
        assert closed is not None
        assert (register.item("T1").status, closed.words) == ("done", "PR 812, load test of Tuesday")
        assert "K3F2/T1: done, not verified yet" in register.said
        assert register.shown == ["AAAA/T1", "K3F2/T2", "K3F2/T3"]
        assert "1 unverified" in live.seen


async def test_verified_asks_for_who_and_dropped_for_why(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        live.elsewhere("/done T1 PR 812", incident=INCIDENT)
        register = await opened(live)
        await register.press("f5", "f5", "f5")
        assert register.shown == ["K3F2/T1"]
        await register.press("enter")
        assert register.box == "/verified K3F2/T1 @"
        await register.press("enter")
        assert register.item("T1").verified is None
        await register.enter("al saw the load test")
        verified = register.item("T1").verified
        assert verified is not None
        assert (verified.by, verified.words) == ("al", "saw the load test")
        await register.press("f5")
        await register.enter("/drop K3F2/T3")
        assert register.item("T3").status == "open"
        await register.enter(" the vendor is gone")
        closed = register.item("T3").closed
        assert closed is not None
        assert (register.item("T3").status, closed.words) == ("wont_do", "the vendor is gone")
        assert register.said == "K3F2/T3: won't do"
        await register.press("enter")
        assert register.box == ""
        assert "nothing is left to do" in register.said


async def test_the_line_goes_to_the_incident_that_it_names_else_to_that_of_the_chosen_row(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        assert register.chosen == "AAAA/T1"
        await live.type("/action T1 due: 2026-12-24")
        assert register.hint.startswith("AAAA: T1")
        await register.press("enter")
        assert register.item("T1", OTHER).due == "2026-12-24"
        assert register.item("T1").due == "2026-11-25"
        await live.type("/action K3F2/T1 due: 2026-12-25 owner: @carol")
        assert register.hint.startswith("K3F2: T1")
        await register.press("enter")
        assert (register.item("T1").due, register.item("T1").owner) == ("2026-12-25", "carol")
        assert register.item("T1", OTHER).due == "2026-12-24"
        await register.enter("/action BBBB/ write it down owner: @dan")
        assert register.item("T1", NO_ITEM).text == "write it down"
        assert register.chosen == "BBBB/T1", "what was added is chosen"


async def test_whom_a_line_is_for_is_settled_when_it_begins_whatever_others_do_meanwhile(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        assert register.chosen == "AAAA/T1"
        await live.type("/done T1 it fi")
        live.elsewhere("/action T1 due: 2027-03-01", "/done T1 by somebody else", incident=OTHER)
        register.screen._poll()
        await live.pilot.pause()
        assert register.chosen != "AAAA/T1", "it left the list"
        await live.type("red\n")
        assert "T1 is done already" in register.hint
        assert register.item("T1").status == "open", "never the other incident's T1"


def _unreadable() -> None:
    raise JournalError("the disk is gone", "look after it")


async def test_what_others_record_is_seen(told: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        await register.press("down")
        assert register.chosen == "K3F2/T2"
        live.elsewhere("/action T3 due: 2026-10-01", incident=INCIDENT)
        register.screen._poll()
        await live.pilot.pause()
        assert register.shown[0] == "K3F2/T3"
        assert register.chosen == "K3F2/T2", "the chosen one stays chosen"
        told.clock.advance(86400 * 9)
        register.screen._poll()
        await live.pilot.pause()
        assert "19 d" in live.rows_with("▸")[0], "another day began"
        with monkeypatch.context() as broken:
            broken.setattr(register.screen._incidents, "all", _unreadable)
            live.elsewhere("/drop T3 too dear", incident=INCIDENT)
            register.screen._poll()
            assert "the disk is gone" in register.said
        register.screen._poll()
        assert "K3F2/T3" not in register.shown, "it is read once it can be"


async def test_words_alone_filter_and_escape_brings_the_others_back(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        await register.enter("POOL wait")
        assert register.shown == ["K3F2/T2"]
        assert "Esc shows the others" in live.seen
        await register.press("f6")
        assert register.box == "/find "
        await register.enter("@bob")
        assert register.shown == ["K3F2/T1"]
        await register.enter("nobody said this")
        assert register.shown == []
        assert "no item here passes" in live.seen
        await register.press("escape")
        assert len(register.shown) == 4
        await register.press("f7")
        assert register.shown == ["AAAA/T1"], "sam's own"
        await register.press("f7")
        assert len(register.shown) == 4
        assert len(live.state(INCIDENT).entries) == 1, "nothing of it was recorded"


async def test_one_key_each_goes_through_orders_headings_and_what_is_shown(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        orders = []
        for _ in range(5):
            orders.append(register.shown)
            await register.press("f3")
        assert orders[1][0] == "K3F2/T1", "by priority"
        assert orders[2][0] == "K3F2/T2", "by owner: alice"
        assert orders[3] == ["AAAA/T1", "K3F2/T1", "K3F2/T2", "K3F2/T3"], "by incident"
        assert register.shown == orders[0]
        await register.press("f4")
        assert live.rows_with("F1 retries have no limit")
        assert live.rows_with("answers only the trigger")
        await register.press("f4")
        assert not live.rows_with("answers only the trigger  ")
        assert live.rows_with("AAAA  Checkout fails ─")
        await register.press("f4")
        assert not live.rows_with("AAAA  Checkout fails ─")
        counts = []
        for _ in range(5):
            counts.append(len(register.shown))
            await register.press("f5")
        assert counts == [4, 2, 1, 0, 4]


async def test_new_and_change_begin_a_line_and_an_empty_label_is_no_change(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        await register.press("down", "f2")
        assert register.box == "/action K3F2/ "
        assert "/action [T1] TEXT" in register.hint
        await register.enter("count the retries")
        assert register.item("T4").text == "count the retries"
        assert register.said == "K3F2/T4 added"
        await register.press("enter")
        assert register.box == "/action K3F2/T4 owner: @"
        events = len(live.events)
        await register.press("enter")
        assert "owner: is still empty" in register.hint
        assert len(live.events) == events
        await live.type("er")
        await register.press("tab")
        assert register.box == "/action K3F2/T4 owner: @er", "nobody is called that yet"
        await live.type("in")
        await register.press("enter", "f9")
        assert register.item("T4").owner == "erin"
        assert register.box == "/action K3F2/T4 "
        await live.type("owner: @ali")
        await register.press("tab")
        assert register.box.startswith("/action K3F2/T4 owner: @alice"), "owners anywhere are offered"


async def test_other_commands_are_refused_with_the_text_kept(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        for line, why in (
            ("/sev 1", "own screen"),
            ("/done A1 x", "which action item"),
            ("/done T9 x", "no action item"),
        ):
            await register.enter(line)
            assert why in register.hint
            assert register.box == line
            await register.press("end", "ctrl+u")
        assert live.state(INCIDENT).board.severity == 2
        await register.press("f2")
        await live.type("due: nodday")
        assert "no day" in register.hint
        assert live.rows_with("↑ nodday is no day")[0].index("↑") == len(" UTC /action AAAA/ due: ")


async def test_what_is_shown_is_passed_on_without_what_is_restricted(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        live.elsewhere("/security", "/restrict key 77 is on a paste site", incident=INCIDENT)
        live.elsewhere("/action rotate: key 77 is on a paste site owner: @bob due: 2026-12-01", incident=INCIDENT)
        register = await opened(live)
        await register.enter("@bob")
        for form in ("csv", "md", "ics"):
            await register.press("f8", *["down"] * ("csv", "md", "ics").index(form), "enter")
            await register.exported()
            assert f"written to action-items.{form}: 2 of 5" in register.said
            text = (told.folder / f"action-items.{form}").read_text(encoding="utf-8")
            assert "limit the retries" in text
            assert "alert on the age" not in text
            assert "(withheld)" in text
            assert "paste site" not in text
        await register.press("escape")
        told.folder.rename(told.folder.with_name("gone"))
        await register.press("f8", "enter")
        await register.exported()
        assert "not passed on" in register.said


async def test_the_whole_stands_in_the_place_of_the_list_where_there_is_no_room(told: Scribe) -> None:
    async with told(size=(40, 12)) as live:
        register = await opened(live)
        assert not live.rows_with("works when")
        await register.press("ctrl+r")
        await register.press("pagedown")
        assert live.rows_with("works when")
        await register.press("down")
        assert live.rows_with("page on pool wait"), "the arrows still choose"
        await register.press("escape")
        assert register.chosen == "K3F2/T2"


@pytest.mark.parametrize("size", [(20, 6), (1, 1)])
async def test_no_size_is_too_small(told: Scribe, size: tuple[int, int]) -> None:
    async with told(size=size) as live:
        register = await opened(live)
        await register.press("down", "f4", "ctrl+r", "pagedown", "ctrl+r", "f8", "escape", "end")
        await register.enter("/done K3F2/T2 seen")
        assert register.item("T2").status == "done"


async def test_unsent_text_waits_with_whom_it_is_for(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        assert register.chosen == "AAAA/T1"
        await live.type("/done T1 half the ev")
        register.screen._poll()
        assert any("half the ev" in text for _, text in live.drafts())
        await register.press("escape")
        await live.enter("a fact")
        await live.enter("/actions")
        register = Register(live)
        assert register.box == "/done T1 half the ev"
        await register.press("down")
        await live.type("idence\n")
        closed = register.item("T1", OTHER).closed
        assert closed is not None
        assert closed.words == "half the evidence"
        assert register.item("T1").status == "open"
        register.screen._poll()
        assert live.drafts() == []


async def test_keys_that_come_fast_go_where_they_belong(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        await live.burst(
            "/actions\n", "<down>", "<enter>", "a game day paged\n", "<escape>", "a fact of the live screen\n"
        )
        assert live.state(INCIDENT).board.items[1].status == "done"
        assert live.state(INCIDENT).entries[-1].text == "a fact of the live screen"


async def test_a_locked_journal_keeps_the_text_and_tries_again(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        register = await opened(live)
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await register.enter("/drop T1 too dear")
            assert "waiting, the text is kept" in register.said
            assert register.box == "/drop T1 too dear"
            other.execute("ROLLBACK")
        register.screen.box._try_again()
        await live.pilot.pause()
        assert register.item("T1", OTHER).status == "wont_do"
        assert register.box == ""


async def test_the_live_screen_and_the_postmortem_below_know_of_what_was_recorded(told: Scribe) -> None:
    async with told(size=(120, 30), first=INCIDENT) as live:
        await live.press("f8")
        await live.app.workers.wait_for_complete()
        await live.press("ctrl+l")
        await live.enter("/actions")
        register = Register(live)
        await register.enter("/done K3F2/T2 paged")
        await register.press("escape")
        assert isinstance(live.top, PostmortemScreen)
        assert live.screen.state is not None
        assert live.screen.state.board.items[1].status == "done"


async def test_the_list_of_incidents_leads_to_it_and_back(told: Scribe) -> None:
    async with told(size=(120, 30)) as live:
        await live.press("f9", "up", "enter")
        register = Register(live)
        assert len(register.shown) == 4
        await register.enter("/done AAAA/T1 it fired")
        assert register.item("T1", OTHER).status == "done"
        await register.press("escape")
        assert live.has_sheet
        await live.press("escape")
        assert INCIDENT in live.line("title")


async def test_without_an_item_one_is_begun(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(80, 24)) as live:
        register = await opened(live)
        assert "no action items yet" in live.seen
        await register.press("down", "f3", "f9", "enter")
        assert register.box == "/action "
        await register.enter("limit the retries")
        assert register.refs() == ["T1"]
        await register.press("enter")
        assert register.box == "/action T1 owner: @", "there is no other incident to tell it from"
