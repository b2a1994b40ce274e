"""Time, other processes, the timeline, the sheets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.live import INCIDENT, NOON, Live, Scribe, seldom

CALM = ("/role ic @sam", "/role ops @bob", "/role comms @erin", "/milestone acknowledged", "/trigger off")
"""What keeps everything quiet but the updates, for half an hour."""

# ── the countdown ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bells(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("scribe.ui.app.ScribeApp.bell", lambda self: rung.append(str(scribe.clock.now())))
    return rung


async def test_the_countdown_turns_amber_then_red_rings_once_and_an_update_moves_it_on(
    scribe: Scribe, bells: list[str]
) -> None:
    scribe.told(*CALM)
    async with scribe(size=(120, 40)) as live:
        assert live.styles("countdown") == {"label", "past", "strong"}
        await live.passes(9 * 60 + 59)
        assert "warning" not in live.styles("countdown")
        await live.passes(1)
        assert "warning" in live.styles("countdown")
        assert "due in 5m" in live.line("attention")
        await live.passes(299)
        assert bells == []
        await live.passes(2)
        assert "error" in live.styles("countdown")
        assert "OVERDUE" in live.line("countdown")
        assert len(bells) == 1
        await live.passes(60)
        assert "overdue by" in live.line("attention")
        assert "/update" in live.line("attention")
        assert len(bells) == 1
        await live.enter("/update Still down, rolling back")
        assert live.board.updates == 1
        assert live.board.due is not None
        assert live.board.due.at == "2026-11-20T12:31:01.000Z"
        assert "OVERDUE" not in live.line("countdown")
        await live.passes(16 * 60)
        assert len(bells) == 2


async def test_the_narrow_countdown_says_the_same(scribe: Scribe, bells: list[str]) -> None:
    scribe.told()
    async with scribe(size=(80, 24)) as live:
        assert "next 15:00" in live.line("brief")
        await live.passes(11 * 60)
        assert "next 04:00" in live.line("brief")
        assert "warning" in live.styles("brief")
        await live.passes(5 * 60)
        assert "OVERDUE +01:00" in live.line("brief")


async def test_a_worse_severity_brings_the_update_forward_and_a_milder_one_does_not_move_it(scribe: Scribe) -> None:
    scribe.told(severity=3)
    async with scribe(size=(120, 40)) as live:
        assert live.board.due is None
        assert "how often are updates sent?" in live.line("attention") or "+" in live.line("attention")
        await live.enter("/cadence 2h")
        assert live.board.due is not None
        assert live.board.due.at == "2026-11-20T14:00:00.000Z"
        await live.passes(60)
        await live.enter("/sev 1")
        due = live.board.due
        assert due is not None
        assert due.at <= "2026-11-20T12:16:00.000Z"
        await live.enter("/sev 3")
        assert live.board.due is not None
        assert live.board.due.at == due.at


async def test_a_severity_without_a_cadence_asks_for_one(scribe: Scribe) -> None:
    scribe.told("/role ic @sam", severity=3)
    async with scribe(size=(120, 40)) as live:
        assert "how often are updates sent?" in live.line("attention")
        assert "/cadence 2h" in live.line("attention")
        await live.enter("/cadence 2h")
        assert live.board.cadence == 7200
        assert "how often" not in live.line("attention")
        assert live.line("countdown")


async def test_nothing_counts_down_when_it_is_over(scribe: Scribe, bells: list[str]) -> None:
    scribe.told(*CALM)
    async with scribe(size=(120, 40)) as live:
        await live.enter("/state resolved")
        await live.passes(3600)
        assert bells == []
        assert "no update is due" in live.line("countdown")
        assert live.line("attention") == ""


# ── clocks that jump ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("jump", "said"),
    [(timedelta(hours=-2), "2h back"), (timedelta(days=366), "ahead"), (timedelta(hours=3), "3h ahead")],
)
async def test_a_clock_that_jumps_is_said_once(scribe: Scribe, jump: timedelta, said: str) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        scribe.clock.set(NOON + jump)
        await live.passes(1)
        assert "jumped" in live.line("attention")
        assert said in live.line("attention")
        await live.enter("after the jump")
        assert live.last.recorded_at == (NOON + jump + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        assert "jumped" not in live.line("attention")
        await live.passes(1)
        assert "jumped" not in live.line("attention")


# ── other processes ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_another_process_records_appears(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.type("being typ")
        live.elsewhere("@bob sees it too", "/role ic @alice")
        await live.looks()
        assert "sees it too" in live.seen
        assert "@alice" in live.line("roles")
        assert live.box == "being typ"
        await live.enter("ed")
        assert live.last.text == "being typed"


async def test_a_late_entry_of_another_process_takes_its_place(scribe: Scribe) -> None:
    scribe.told("one")
    async with scribe() as live:
        live.elsewhere("11:30 long before")
        await live.looks()
        shown = live.line("timeline")
        assert shown.index("long before") < shown.index("one")
        assert "late 30m" in shown


async def test_what_another_process_resolved_is_over_here(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        live.elsewhere("/state resolved")
        await live.looks()
        assert "RESOLVED" in live.line("title")


# ── finding and picking ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_find_and_escape(scribe: Scribe) -> None:
    scribe.told("pool is full", "? the pool is too small", "복제 지연", "@bob restarts")
    async with scribe() as live:
        await live.press("f6")
        assert live.box == "/find "
        await live.enter("pool")
        assert live.timeline.shown == 2
        assert "2 entries found" in live.line("keys")
        await live.enter("another pool")
        assert live.timeline.shown == 3
        await live.enter("/find 제 지")
        assert "복제 지연" in live.line("timeline")
        assert live.timeline.shown == 1
        await live.enter("/find @bob")
        assert live.timeline.shown == 1
        await live.enter("/find nobody said this")
        assert "nothing here passes" in live.line("timeline")
        assert "0 entries found" in live.line("keys")
        await live.press("escape")
        assert live.timeline.shown == 6
        assert "F1" in live.line("keys")


async def opened(live: Live, up: int = 0) -> None:
    """The entry that stands so many above the newest, whole."""
    await live.press("ctrl+r", *(["up"] * up), "enter")
    assert live.has_sheet


async def choose(live: Live, label: str) -> None:
    """A choice of the sheet, by the word that it begins with."""
    labels = [text for text, _ in live.top._choices]  # type: ignore[attr-defined]
    place = next(number for number, text in enumerate(labels) if text.startswith(label))
    await live.press(*(["down"] * place), "enter")
    assert not live.has_sheet


async def test_pick_and_amend(scribe: Scribe) -> None:
    scribe.told("first", "secnd", "third")
    async with scribe() as live:
        await opened(live, 1)
        assert "secnd" in live.seen
        await choose(live, "Amend")
        assert live.box == "/amend #3 secnd"
        await live.press("backspace", "backspace")
        await live.enter("ond")
        entry = live.entries[1]
        assert (entry.text, entry.revisions[0].text) == ("second", "secnd")
        await opened(live, 1)
        assert "it said" in live.seen
        assert "secnd" in live.seen


async def test_pick_and_retract(scribe: Scribe) -> None:
    scribe.told("first", "second")
    async with scribe() as live:
        await opened(live)
        await choose(live, "Retract")
        assert live.box == "/retract #3 "
        await live.enter("wrong incident")
        assert live.entries[1].retracted is not None
        await opened(live)
        assert "retracted by @sam: wrong incident" in live.seen


async def test_pick_and_link(scribe: Scribe) -> None:
    scribe.told("first")
    async with scribe() as live:
        await opened(live)
        await choose(live, "Link")
        await live.enter("example.org/a")
        assert live.entries[0].sources == ("https://example.org/a",)


async def test_pick_and_copy(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    def system(text: str) -> bool:
        copied.append(text)
        return True

    monkeypatch.setattr("scribe.ui.clipboard.system", system)
    scribe.told("first\nline \u202e two")
    async with scribe() as live:
        await opened(live)
        assert "\u202e" not in live.seen
        await choose(live, "Copy")
        assert copied == ["first\nline \u202e two"]
        assert live.app.clipboard == "first\nline \u202e two"
        assert "copied" in live.line("attention")


async def test_a_clipboard_that_is_not_there_is_said_honestly(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: False)
    scribe.told("first")
    async with scribe() as live:
        await opened(live)
        await choose(live, "Copy")
        assert "does not say whether it took it" in live.line("attention")


async def test_an_open_action_is_closed_from_its_sheet(scribe: Scribe) -> None:
    scribe.told("> undo")
    async with scribe() as live:
        await opened(live)
        await choose(live, "Done")
        assert live.box == "/done A1 "
        await live.enter("")
        assert live.entries[0].status == "done"


async def test_amending_from_the_sheet_changes_nothing_that_was_not_changed(scribe: Scribe) -> None:
    scribe.told("\\@bob 11:30 was when it broke", "\\11:30 it broke")
    async with scribe() as live:
        before = live.entries
        for up in (1, 0):
            await opened(live, up)
            await choose(live, "Amend")
            await live.enter("")
            await live.press("escape")
        for old, new in zip(before, live.entries, strict=True):
            assert (new.text, new.by, new.at) == (old.text, old.by, old.at)


async def test_escape_and_plain_keys_leave_a_sheet(scribe: Scribe) -> None:
    scribe.told("first")
    async with scribe() as live:
        await live.press("f1")
        assert live.has_sheet
        await live.press("escape")
        assert not live.has_sheet
        await live.press("f1")
        await live.type("x")
        assert not live.has_sheet
        assert live.box == "x"
        await live.press("f4")
        await live.type("yz")
        assert not live.has_sheet
        assert live.box == "xyz"
        await live.enter("")
        assert live.texts == ["first", "xyz"]


async def test_a_key_hit_twice_leaves_one_sheet_and_no_more(scribe: Scribe) -> None:
    scribe.told("first")
    async with scribe() as live:
        for open_it in ("f1", "f4"):
            await live.press(open_it)
            await live.hit("escape", "escape")
            assert live.top is live.screen
        await live.press("ctrl+r", "enter")
        await live.hit("enter", "enter")
        assert live.top is live.screen
        assert live.box == "/amend #2 first"


async def test_a_whole_line_typed_over_a_sheet_is_recorded(scribe: Scribe) -> None:
    scribe.told("first")
    async with scribe() as live:
        await live.press("f1")
        await live.type("it burns again\n")
        await live.pilot.pause()
        assert live.texts == ["first", "it burns again"]


async def test_a_role_is_given_from_the_board(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f4")
        await choose(live, "IC")
        assert live.box == "/role ic @"
        await live.enter("alice")
        assert live.board.holders("ic")[0].who == "alice"


async def test_a_click_picks_and_the_wheel_scrolls(scribe: Scribe) -> None:
    scribe.told(*(f"line {number}" for number in range(60)))
    async with scribe() as live:
        await live.pilot.click("#timeline", offset=(20, 3))
        assert live.timeline.picked is not None
        assert "amend" in live.line("keys")
        await live.enter("")
        assert live.has_sheet
        await live.press("escape", "escape")
        await live.press("pageup")
        assert not live.timeline.following
        await live.press("ctrl+home")
        assert "line 0" in live.line("timeline")
        await live.press("ctrl+end")
        assert live.timeline.following
        await live.press("pageup")
        await live.enter("news")
        assert live.timeline.following
        assert "news" in live.line("timeline")


# ── the rest ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [(80, 24), *map(seldom, [(40, 12), (120, 40), (10, 3)]), (1, 1)], ids=str)
async def test_every_size_mounts_types_and_records(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told("first", "? why", "> undo", "/role ic @alice")
    async with scribe(size=size) as live:
        await live.enter("it burns")
        assert live.last.text == "it burns"
        await live.press("ctrl+r", "up", "escape", "f1", "escape", "f4", "escape", "pageup", "pagedown", "ctrl+o")
        await live.passes(3600)
        await live.enter("and again")
        assert live.last.text == "and again"
        assert max(len(row) for row in live.rows) <= size[0]


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_every_sheet_shows_its_choices_and_its_keys(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told("? why", "> undo", "/impact a lot of orders", "/decide fail over? @sam by 12:30")
    async with scribe(size=size) as live:
        for keys, choice in ((("f4",), "IC "), (("f1",), ""), (("ctrl+r", "enter"), "Amend"), (("f9",), "declare")):
            await live.press(*keys)
            assert live.has_sheet
            assert choice in live.seen, keys
            assert "Esc" in "\n".join(live.rows[:-1]), keys
            await live.press("escape", "escape")


async def test_the_size_changes_while_it_runs(scribe: Scribe) -> None:
    scribe.told(*(f"a somewhat longer line that has to be wrapped, number {number}" for number in range(30)))
    async with scribe(size=(120, 40)) as live:
        for size in ((40, 12), (1, 1), (80, 24), (7, 30), (200, 5), (120, 40)):
            await live.pilot.resize_terminal(*size)
            await live.pilot.pause()
        assert "number 29" in live.line("timeline")
        await live.enter("still here")
        assert live.last.text == "still here"


async def test_light_and_dark(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(theme="light") as live:
        assert not live.app.current_theme.dark
        light = live.app.theme_variables["past"]
        live.app.action_theme()
        await live.pilot.pause()
        assert live.app.current_theme.dark
        assert live.app.theme_variables["past"] != light
        live.app.action_theme()
        await live.pilot.pause()
        assert live.app.theme_variables["past"] == light
        await live.enter("still here")
        assert live.last.text == "still here"


async def test_one_bell_for_what_comes_up_together_and_none_for_a_question(scribe: Scribe, bells: list[str]) -> None:
    scribe.told()
    async with scribe() as live:
        assert len(bells) == 1  # three roles are held by nobody
        await live.enter("/role ic @sam")
        await live.enter("/role ops @bob")
        await live.enter("/role comms @erin")
        await live.enter("/milestone acknowledged")
        assert "ask for another strategy" in live.line("attention")
        await live.passes(14 * 60)
        assert len(bells) == 1


async def test_the_palette_runs_an_action(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("ctrl+p")
        await live.type("update")
        await live.pilot.pause(0.5)
        await live.press("enter")
        await live.pilot.pause(0.2)
        if live.top is not live.screen:
            await live.press("enter")
        await live.pilot.pause(0.2)
        assert live.top is live.screen
        assert live.worksheet.startswith(" STATUS UPDATE")


async def test_five_thousand_entries(scribe: Scribe) -> None:
    scribe.told()
    from scribe.clock import FixedClock
    from scribe.journal.store import Journal
    from scribe.live.policy import DEFAULT
    from scribe.record.events import Draft, Fact
    from scribe.record.when import shifted
    from scribe.recorder import Recorder

    journal = Journal.writing(scribe.path, FixedClock(NOON), wait=1.0)
    recorder = Recorder(journal, INCIDENT, me="sam", policy=DEFAULT)
    drafts = [
        Draft(Fact(), f"line {number}", shifted("2026-11-20T12:00:00.000Z", number / 100)) for number in range(5000)
    ]
    recorder.record(drafts, now=NOON)
    journal.close()
    async with scribe() as live:
        assert "line 4999" in live.line("timeline")
        await live.enter("typed while it loads")
        for _ in range(50):
            if live.screen._recorder.is_whole:
                break
            await live.pilot.pause(0.05)
        await live.pilot.pause(0.05)
        assert live.timeline.shown == 5002
        await live.press("ctrl+home")
        assert "Checkout fails" in live.line("timeline")
        assert live.timeline.below > 4900
        assert len(live.entries) == 5001
