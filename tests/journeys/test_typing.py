"""The capture line: errors, completion, recall, paste, and text that was not sent."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from scribe.journal import identity
from scribe.record.errors import Full, ReadOnly
from scribe.recorder import Recorder
from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Live, Scribe

GONE = f"{identity.machine()}:{2**22 + 1}:1"
"""A process of this machine that cannot run: its number is larger than the largest."""


def left_behind(scribe: Scribe, *texts: str) -> None:
    """What a scribe that was killed had in its box."""
    with raw(scribe.path) as connection:
        for number, text in enumerate(texts):
            connection.execute(
                "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)",
                (INCIDENT, "capture", f"{GONE}{number}", text, f"2026-11-20T11:5{number}:00.000Z"),
            )


def arrow(live: Live) -> int:
    """The column that the hint points at."""
    return cell_len(live.line("hint").partition("↑")[0])


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_error_keeps_the_text_points_at_it_and_can_be_put_right(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("/state mitigatin the leak")
        assert live.box == "/state mitigatin the leak"
        assert "mitigatin is not a state" in live.line("hint")
        assert "error" in live.styles("hint")
        assert arrow(live) == live.column("mitigatin the")
        assert live.capture.cursor_position == len("/state ")
        assert live.texts == []
        await live.press(*(["right"] * len("mitigatin")), "g")
        assert live.box == "/state mitigating the leak"
        await live.enter("")
        assert live.last.text == "investigating → mitigating: the leak"
        assert live.box == ""


async def test_the_arrow_stands_under_what_is_wrong(scribe: Scribe) -> None:
    scribe.told("? x", "y")
    async with scribe() as live:
        for line, wrong in (
            ("/sve 1", "/sve"),
            ("/sev 9", "9"),
            ("25:61 x", "25:61"),
            ("/role boss @x", "boss"),
            ("/link #2 no-address", "no-address"),
            ("/done H1", "H1"),
            ("/next soon", "soon"),
            ("/milestone found", "found"),
        ):
            await live.enter(line)
            assert live.box == line
            assert arrow(live) == live.column(wrong), line
            assert len(live.texts) == 2
            await live.clear()


async def test_the_arrow_counts_cells_and_not_characters(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("/decide 장애 조치 여부 by 25:77")
        assert arrow(live) == live.column("25:77")


async def test_what_the_record_refuses_stays_in_the_box_with_its_reason(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        for line in ("/done A9", "/amend #99 x", "/sev 2", "/role ic released", "/retract #1 a mistake"):
            await live.enter(line)
            assert live.box == line
            assert "error" in live.styles("hint")
            said = live.line("hint")
            await live.passes(1)
            assert live.line("hint") == said
            assert live.texts == []
            await live.clear()


async def test_a_refusal_says_what_to_do(scribe: Scribe) -> None:
    scribe.told(severity=3)
    async with scribe(size=(140, 30)) as live:
        await live.enter("/update hello")
        assert "/cadence 2h" in live.line("hint")


async def test_a_line_that_is_too_long_is_refused_and_kept(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste("x" * 70_000)
        await live.enter("")
        assert "64 KiB" in live.line("hint")
        assert len(live.box) == 70_000
        assert live.texts == []


# ── completion and recall ───────────────────────────────────────────────────────────────────────────────────────────


async def test_tab_completes_command_role_and_person(scribe: Scribe) -> None:
    scribe.told("@alice says so")
    async with scribe() as live:
        await live.type("/rol")
        assert "/role" in live.line("keys")
        await live.press("tab")
        assert live.box == "/role "
        await live.type("co")
        await live.press("tab")
        assert live.box == "/role comms "
        await live.type("@al")
        await live.press("tab")
        assert live.box == "/role comms @alice "
        await live.enter("")
        assert live.last.text == "Comms → @alice"


async def test_tab_again_takes_the_next_candidate(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("/state m")
        await live.press("tab")
        assert live.box.strip() == "/state mitigating"
        await live.press("tab")
        assert live.box.strip() == "/state monitoring"
        await live.press("tab")
        assert live.box.strip() == "/state mitigating"
        await live.enter("")
        assert live.board.state == "mitigating"


async def test_tab_completes_references_and_more(scribe: Scribe) -> None:
    scribe.told("> undo", "? pool")
    async with scribe() as live:
        for begun, whole in (
            ("/done ", "/done A1 "),
            ("/confirm ", "/confirm H1 "),
            ("/sev 1", "/sev 1"),
            ("/mil", "/milestone "),
            ("14:02 /no", "14:02 /note "),
            ("/role o", "/role ops "),
            ("/milestone re", "/milestone resolved "),
        ):
            await live.type(begun)
            await live.press("tab")
            assert live.box == whole
            await live.clear()


async def test_tab_puts_a_word_right_that_is_wrong(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        for wrong, right in (("/state mitigatin the leak", "/state mitigating the leak"), ("/sve", "/sev")):
            await live.enter(wrong)
            await live.press("tab")
            assert live.box == right
            await live.clear()


async def test_tab_completes_in_the_middle_of_a_line(scribe: Scribe) -> None:
    scribe.told("@alice says so")
    async with scribe() as live:
        await live.type("asked @al about it")
        for _ in range(len(" about it")):
            await live.press("left")
        await live.press("tab")
        assert live.box == "asked @alice about it"


async def test_the_arrow_up_recalls_and_the_arrow_down_brings_back_what_was_typed(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        for line in ("one", "two"):
            await live.enter(line)
        await live.type("thr")
        await live.press("up")
        assert live.box == "two"
        await live.press("up", "up")
        assert live.box == "one"
        await live.press("down", "down")
        assert live.box == "thr"
        await live.enter("ee")
        assert live.texts == ["one", "two", "three"]


async def test_a_key_that_begins_a_command_keeps_the_line_that_was_being_typed(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("half a line")
        await live.press("f6")
        assert live.box == "/find half a line"
        await live.press("ctrl+g")
        assert live.box == "/role ic @"
        await live.press("up")
        assert live.box == "/find half a line"


# ── unsent ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_a_dead_process_left_is_offered_again(scribe: Scribe) -> None:
    scribe.told()
    left_behind(scribe, "first", "second words")
    async with scribe() as live:
        assert live.box == "second words"
        assert "not sent" in live.line("attention")
        await live.press("up")
        assert live.box == "first"
        await live.press("down")
        await live.enter("")
        assert (live.last.text, live.last.at) == ("second words", "2026-11-20T11:51:00.000Z")
        assert live.drafts() == [(INCIDENT, "first")]
        await live.press("up")
        await live.enter("")
        assert (live.last.text, live.last.at) == ("first", "2026-11-20T11:50:00.000Z")
        assert live.drafts() == []


async def test_what_is_being_typed_stays_saved_while_a_recorded_line_is_looked_at(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.enter("recorded")
        await live.type("half a line")
        await live.press("up")
        await live.looks()
        assert live.box == "recorded"
        assert live.drafts() == [(INCIDENT, "half a line")]
        await live.type(" again")
        await live.looks()
        assert live.drafts() == [(INCIDENT, "recorded again")]


async def test_several_timed_lines_that_were_left_are_still_several(scribe: Scribe) -> None:
    scribe.told()
    left_behind(scribe, "11:40 one\n11:41 two")
    async with scribe() as live:
        assert "2 entries" in live.line("hint").split("Tab")[0]


async def test_what_is_typed_is_kept_while_it_is_typed(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("half a li")
        await live.looks()
        assert live.drafts() == [(INCIDENT, "half a li")]
        await live.enter("ne")
        assert live.drafts() == []
        await live.type("x")
        await live.looks()
        await live.press("backspace")
        await live.looks()
        assert live.drafts() == []


async def test_a_command_for_the_screen_leaves_no_draft(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        for line in ("/help", "/find x", "/export", "/quit"):
            await live.type(line)
            await live.looks()
            await live.enter("")
            if live.has_sheet:
                await live.press("escape")
            await live.pilot.pause(0.25)
            assert live.drafts() == [], line


async def test_ctrl_d_with_text_deletes_and_does_not_leave(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("abc")
        await live.press("home", "ctrl+d")
        assert live.box == "bc"
        await live.press("end", "ctrl+d")
        assert live.box == "bc"
        assert live.app.is_running
        await live.press("home", "ctrl+d", "ctrl+d", "ctrl+d")
        assert not live.app.is_running


async def test_leaving_from_the_palette_keeps_the_text(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("half a line")
        live.screen.action_leave()
        await live.pilot.pause()
        assert not live.app.is_running
        assert live.drafts() == [(INCIDENT, "half a line")]
    async with scribe() as live:
        assert live.box == "half a line"


async def test_a_signal_keeps_the_text_and_names_itself(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("half a line")
        live.app._end(143)
        await live.pilot.pause()
    assert live.app.return_code == 143
    assert live.drafts() == [(INCIDENT, "half a line")]


# ── the journal says no ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_locked_journal_is_waited_for_and_the_line_lands_once(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.enter("it burns")
            await live.enter("")
            assert live.box == "it burns"
            assert "waiting" in live.line("attention")
            other.execute("ROLLBACK")
        for _ in range(10):
            await live.pilot.pause(0.05)
            if not live.box:
                break
        assert live.texts == ["it burns"]
        assert live.box == ""
        assert "waiting" not in live.line("attention")
        await live.pilot.pause(0.25)
        assert live.texts == ["it burns"]


async def test_text_changed_while_waiting_is_not_sent_by_itself(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.enter("it burns!")
            await live.press("backspace")
            other.execute("ROLLBACK")
        await live.pilot.pause(0.3)
        assert live.texts == []
        await live.enter(" and smokes")
        assert live.texts == ["it burns and smokes"]


@pytest.mark.parametrize(
    "error",
    [Full("no room left for j.db", "free some space"), ReadOnly("j.db cannot be written", "check its permissions")],
)
async def test_a_journal_that_cannot_be_written_is_said_and_the_text_stays(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    scribe.told()
    async with scribe() as live:
        with monkeypatch.context() as broken:

            def record(*_: object, **__: object) -> None:
                raise error

            broken.setattr(Recorder, "record", record)
            await live.enter("it burns")
            assert live.box == "it burns"
            assert "not recorded" in live.line("attention")
            assert str(error) in live.line("attention")
            assert "error" in live.styles("attention")
        await live.enter("")
        assert live.texts == ["it burns"]
        assert "not recorded" not in live.line("attention")


# ── paste ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TIMED = "11:40 alert fired\n11:42 @bob restarts\n  still failing\n11:50 quiet"
PLAIN = "Traceback:\n  File x\nValueError"


async def test_timed_lines_become_entries(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste(TIMED)
        assert "3 entries" in live.line("hint").split("Tab")[0]
        await live.enter("")
        assert [(entry.at[11:16], entry.text) for entry in live.entries] == [
            ("11:40", "alert fired"),
            ("11:42", "restarts\n  still failing"),
            ("11:50", "quiet"),
        ]
        assert live.drafts() == []


async def test_timed_lines_as_one_entry(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste(TIMED)
        await live.press("tab")
        assert "one entry" in live.line("hint").split("Tab")[0]
        await live.enter("")
        (entry,) = live.entries
        assert entry.text == "alert fired\n11:42 @bob restarts\n  still failing\n11:50 quiet"


async def test_other_lines_become_one_entry(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste(PLAIN)
        assert "one entry" in live.line("hint").split("Tab")[0]
        await live.enter("")
        assert live.texts == [PLAIN]


async def test_other_lines_as_one_entry_a_line(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste(PLAIN)
        await live.press("tab")
        assert "3 entries" in live.line("hint").split("Tab")[0]
        await live.enter("")
        assert live.texts == ["Traceback:", "File x", "ValueError"]


async def test_a_mistake_in_one_of_several_lines_is_pointed_at_where_it_is(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste("11:40 alert fired\n11:71 restart")
        await live.enter("")
        assert live.texts == []
        assert live.box == "11:40 alert fired\n11:71 restart"
        assert live.capture.cursor_position == len("11:40 alert fired\n")


async def test_a_paste_lands_where_the_cursor_is(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.type("see: (x)")
        await live.press("left", "left", "left")
        await live.paste("https://example.org/1\r\n")
        await live.enter("")
        assert live.texts == ["see: https://example.org/1(x)"]


async def test_control_characters_in_a_paste_are_kept_and_shown_as_signs(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.paste("a\x1b[31mred\x07\u202eb")
        assert "\x1b" not in live.seen
        assert "\u202e" not in live.seen
        await live.enter("")
        assert live.texts == ["a\x1b[31mred\x07\u202eb"]
        assert "\x1b" not in live.seen
        assert "\u202e" not in live.seen
