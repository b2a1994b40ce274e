"""The composer of status updates: filled, edited, sent, copied; and what was typed into worksheets and not sent."""

from __future__ import annotations

import pytest

from scribe.recorder import Recorder
from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Scribe
from tests.journeys.test_typing import GONE
from tests.journeys.worksheets import TALE, go_to, sent, to_row


async def test_f2_shows_what_would_be_sent_and_f2_sends_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.passes(600)
        await live.press("f2")
        assert live.worksheet.startswith(" STATUS UPDATE  to stakeholders  F2 sends it")
        assert "checkout fails in the EU" in live.worksheet
        assert live.board.updates == 0
        await live.press("f2")
        (update,) = sent(live)
        assert update.shape == "declared"
        assert update.fields["impact"] == "checkout fails in the EU (as of 12:00 UTC)"
        assert update.next_at == "2026-11-20T12:25:00.000Z"
        assert live.copied.startswith("## Incident declared: Checkout fails")
        assert "**Impact:** checkout fails in the EU (as of 12:00 UTC)" in live.copied
        assert live.board.due is not None
        assert live.board.due.at == "2026-11-20T12:25:00.000Z"
        assert live.worksheet == ""
        assert live.box == ""
        assert "copied" in live.line("attention")


async def test_a_field_is_edited_in_the_box_and_an_empty_one_is_the_records_again(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await to_row(live, "Impact")
        await live.press("enter")
        assert live.box == "/set impact checkout fails in the EU (as of 12:00 UTC)"
        await live.enter(", and in the UK")
        assert "✎ Impact" in live.row
        assert "and in the UK" in live.worksheet
        assert live.entries[-1].kind != "update"
        await live.enter("/set impact")
        assert "and in the UK" not in live.worksheet
        await live.enter("/set impact only cards")
        await live.press("f2")
        assert sent(live)[0].fields["impact"] == "only cards"
        assert live.board.impact == "checkout fails in the EU"  # what is told to people is no entry about the impact


async def test_a_field_that_is_taken_into_the_box_and_entered_says_the_same(scribe: Scribe) -> None:
    scribe.told(*TALE, "> drain the pool", "11:58 the vendor answers", "? why?", "@bob where is it slow?")
    async with scribe(size=(120, 40)) as live:
        await live.passes(120)
        await live.enter("/update told already")
        await live.enter("> restart the pods")
        await live.enter("/state mitigating")
        for opened in ("/update", "/update responders:", "/handoff"):
            await live.enter(opened)
            page = live.screen.page
            assert page is not None
            assert any("\n" in row.value for row in page.rows) or opened == "/handoff"
            for row in page.rows:
                if row.name in ("to", "as", "next"):
                    continue
                await to_row(live, row.label.rstrip(" *"))
                await live.hit("enter")
                if live.box.startswith("/set "):
                    assert "entries" not in live.line("hint")
                    await live.hit("tab")
                    assert "entries" not in live.line("hint")
                    await live.enter("")
                    assert live.box == ""
                else:
                    await live.hit("end", "ctrl+u")
                now = live.screen.page
                assert now is not None
                assert [(found.name, found.value) for found in now.rows] == [
                    (found.name, found.value) for found in page.rows
                ]


async def test_completion_knows_the_fields_of_what_lies_open(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe() as live:
        await live.press("f2")
        await live.type("/set su")
        await live.press("tab")
        assert live.box == "/set summary "
        await live.clear()
        await live.press("f3")
        await live.type("/set ri")
        await live.press("tab")
        assert live.box == "/set risks "


async def test_an_unknown_field_is_said(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(200, 30)) as live:
        await live.press("f2")
        await live.enter("/set weather fine")
        assert "no field weather" in live.line("attention")
        await live.press("f3")
        await live.enter("/set weather fine")
        assert "no field of a packet" in live.line("attention")


async def test_tab_turns_to_the_next_audience_and_each_keeps_what_was_typed_for_it(scribe: Scribe) -> None:
    scribe.told(*TALE, "/audience public on")
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary for those in the house")
        await live.press("tab")
        assert "to public" in live.worksheet
        assert "for those in the house" not in live.worksheet
        assert "alice" not in live.worksheet
        await live.enter("/set summary for everybody")
        await live.press("tab", "tab")
        assert "to stakeholders" in live.worksheet
        assert "for those in the house" in live.worksheet
        await live.press("f2")
        await live.enter("/update public:")
        assert "for everybody" in live.worksheet
        await live.press("f2")
        told = {update.audience: update.fields["summary"] for update in sent(live)}
        assert told == {"stakeholders": "for those in the house", "public": "for everybody"}


async def test_the_format_is_chosen_and_stays(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await to_row(live, "as")
        await live.press("enter")
        assert "slack" in live.row
        await live.press("f2")
        assert live.copied.startswith("*Incident declared: Checkout fails*")
        await live.press("f2", "f2")
        assert live.copied.startswith("*Status update")


async def test_without_a_next_time_it_is_not_sent_and_the_row_says_so(scribe: Scribe) -> None:
    scribe.told("/role ic @alice", severity=3)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        assert "when the next one is due" in live.worksheet
        await live.enter("/set summary it is slow")
        await live.press("f2")
        assert "not sent" in live.line("attention")
        assert sent(live) == []
        assert "it is slow" in live.worksheet
        await live.enter("/set next soon")
        assert "no time for the next update" in live.line("attention")
        await live.enter("/set next 30m")
        assert "12:30, in 30m" in live.worksheet
        await live.press("f2")
        assert [(update.next_at, update.fields["summary"]) for update in sent(live)] == [
            ("2026-11-20T12:30:00.000Z", "it is slow")
        ]


async def test_past_the_cap_it_is_refused_and_nothing_is_lost(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        await live.enter("/set next 3h")
        await live.press("f2")
        assert "at most 1h apart" in live.line("attention")
        assert sent(live) == []
        assert live.copied == ""
        assert "it is slow" in live.worksheet
        await live.enter("/set next 40m")
        await live.press("f2")
        assert [update.fields["summary"] for update in sent(live)] == ["it is slow"]


async def test_while_another_process_holds_the_journal_nothing_is_lost(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.press("f2")
            assert "waiting, it is recorded as soon as that ends" in live.line("attention")
            assert "it is slow" in live.worksheet
            assert live.copied == ""
            other.execute("ROLLBACK")
        for _ in range(20):
            await live.pilot.pause(0.05)
            if sent(live):
                break
        assert [update.fields["summary"] for update in sent(live)] == ["it is slow"]


async def test_without_a_clipboard_it_is_written_beside(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told(*TALE)
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: False)
    async with scribe(size=(240, 40)) as live:
        await live.press("f2", "f2")
        file = scribe.folder / f"{INCIDENT}-update-1.md"
        assert file.read_text() == live.copied
        assert "does not say whether it took it" in live.line("attention")
        assert file.name in live.line("attention")
        live.screen._save = None
        await live.press("f2", "f2")
        assert live.board.updates == 2
        assert "does not say" in live.line("attention")


async def test_a_copy_beside_that_cannot_be_written_is_said(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, text: str) -> None:
        raise OSError(28, "No space left on device")

    scribe.told(*TALE)
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: False)
    async with scribe(size=(240, 40)) as live:
        monkeypatch.setattr(live.screen, "_save", full)
        await live.press("f2", "f2")
        assert live.board.updates == 1
        assert "No space left" in live.line("attention")


async def test_after_resolution_it_says_so_and_needs_no_next_time(scribe: Scribe) -> None:
    scribe.told(*TALE, "/state resolved")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        await live.press("f2")
        assert "next update" not in live.worksheet
        await live.press("f2")
        assert [(update.shape, update.next_at) for update in sent(live)] == [("resolved", None)]


# ── what was typed stays ────────────────────────────────────────────────────────────────────────────────────────────


async def test_esc_closes_and_what_was_typed_is_there_again(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        await live.press("escape")
        assert live.worksheet == ""
        await live.press("f5", "f2")
        assert "it is slow" in live.worksheet


@pytest.mark.parametrize(("key", "field", "sends"), [("f2", "summary", "<f2>"), ("f3", "risks", "/handoff @dana\n")])
async def test_what_was_sent_is_unsent_no_more_from_that_moment_on(
    scribe: Scribe, key: str, field: str, sends: str
) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press(key)
        await live.enter(f"/set {field} the cache is cold")
        await live.looks()
        assert any("the cache is cold" in text for _, text in live.drafts())
        for timer in live.screen._timers:  # it is killed before it saves again
            timer.pause()
        await live.burst(sends)
        assert live.drafts() == []


async def test_what_a_killed_process_had_in_its_worksheets_is_offered_again(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        await live.press("f3")
        await live.enter("/set risks the cache is cold")
        await live.looks()
        with raw(live.path) as other:  # it is killed: all that is left of it is what stands in the file
            kept = other.execute("SELECT incident, box, text, began FROM drafts").fetchall()
    with raw(scribe.path) as other:
        other.execute("DELETE FROM drafts")
        for incident, box, text, began in kept:
            other.execute(
                "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)",
                (incident, box, f"{GONE}0", text, began),
            )
    async with scribe(size=(120, 40)) as live:
        assert "not sent the last time: F2 update, F3 handoff" in live.line("attention")
        await live.press("f3")
        assert "the cache is cold" in live.worksheet
        await live.press("f2")
        assert "it is slow" in live.worksheet
        await live.press("f2")
        assert [update.fields["summary"] for update in sent(live)] == ["it is slow"]
        await live.enter("/handoff @dana")
        await live.looks()
        assert live.drafts() == []


async def test_what_is_typed_into_a_worksheet_waits_while_another_incident_is_looked_at(scribe: Scribe) -> None:
    scribe.told(*TALE)
    scribe.told(incident="INC-20261120-AAAA")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        await go_to(live, "INC-20261120-AAAA")
        await live.press("f2")
        assert "it is slow" not in live.worksheet
        await go_to(live, INCIDENT)
        await live.press("f2")
        assert "it is slow" in live.worksheet


async def test_a_worksheet_that_cannot_be_kept_keeps_scribe_from_leaving(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.type("/set summary it is slow")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.press("enter")
            await live.press("ctrl+d")
            assert live.app.is_running
            assert "so scribe stays" in live.line("attention")
            other.execute("ROLLBACK")
        await live.press("ctrl+d")
        assert not live.app.is_running
    assert any("it is slow" in text for _, text in live.drafts())


async def test_drafts_of_another_version_are_no_crash(scribe: Scribe) -> None:
    scribe.told(*TALE)
    with raw(scribe.path) as other:
        for number, text in enumerate(('{"update": 3}', "[", '{"later": {"x": {"y": "z"}}}')):
            other.execute(
                "INSERT INTO drafts (incident, box, process, text, began) VALUES (?, ?, ?, ?, ?)",
                (INCIDENT, "worksheets", f"{GONE}{number}", text, f"2026-11-20T11:5{number}:00.000Z"),
            )
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        assert live.worksheet.startswith(" STATUS UPDATE")
        await live.enter("/set summary it is slow")
        await live.looks()
        assert [text for _, text in live.drafts() if "later" in text and "it is slow" in text]


async def test_what_quotes_the_record_waits_until_all_of_it_is_loaded(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.told(*TALE, *(f"line {number}" for number in range(200)))
    loaded: list[bool] = []
    more = Recorder.load_more
    monkeypatch.setattr(Recorder, "load_more", lambda self: more(self) if loaded else self._fold.partial())
    async with scribe(size=(120, 40)) as live:
        for key, name in (("f5", "ATTENTION"), ("f7", "CHECKLIST")):
            await live.press(key)
            assert live.worksheet.startswith(f" {name}")
        await live.press("f2")
        assert "still being read" in live.line("attention")
        assert live.worksheet.startswith(" CHECKLIST")
        await live.enter("typed meanwhile")
        loaded.append(True)
        for _ in range(100):
            if live.worksheet.startswith(" STATUS UPDATE"):
                break
            await live.pilot.pause(0.02)
        assert "checkout fails in the EU" in live.worksheet
        assert live.last.text == "typed meanwhile"
