"""A record that two people went on with apart: what the screen makes of it when their copies meet."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import Stored
from scribe.record.sendable import sendable
from scribe.recorder import Recorder, merge
from tests.journeys.live import INCIDENT, NOON, Live, Scribe, typed


def elsewhere(scribe: Scribe, *lines: str, me: str = "bob") -> list[Stored]:
    """The file is copied, and somebody goes on with the copy; its rows, as they may be passed on."""
    path = scribe.folder / "copy.db"
    shutil.copy(scribe.path, path)
    clock = FixedClock(NOON + timedelta(minutes=5))
    journal = Journal.writing(path, clock, wait=1.0)
    recorder = Recorder(journal, INCIDENT, me=me, policy=DEFAULT)
    for line in lines:
        typed(recorder, line, clock.now())
    passed = sendable(recorder.load(), journal.stored(INCIDENT))
    journal.close()
    return list(passed.rows)


def bring(live: Live, rows: list[Stored]) -> None:
    """Another process takes the bundle while the screen is open."""
    journal = Journal.writing(live.path, live.clock, wait=1.0)
    merge(journal, rows, now=live.clock.now(), me="sam")
    journal.close()


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 20)])
async def test_what_somebody_wrote_elsewhere_comes_to_an_open_screen(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told("@dan the pool is exhausted")
    rows = elsewhere(scribe, "@carl vendor confirms", "my own words")
    async with scribe(size=size) as live:
        await live.enter("written here")
        assert "written by" not in live.seen
        bring(live, rows)
        await live.looks()
        assert "vendor confirms" in " ".join(live.seen.split())
        assert [line for line in live.rows if "my own words" in line and "written by" in line] == []
        if size[0] >= 80:
            (row,) = live.rows_with("vendor confirms")
            assert "written by @bob" in row
            tag = rows[-1].header.writer
            assert f"#3·{tag[:2]}" in row
            assert "#3 " in live.rows_with("written here")[0]


async def test_the_sheet_of_an_entry_says_who_wrote_it_where(scribe: Scribe) -> None:
    scribe.told()
    rows = elsewhere(scribe, "@carl vendor confirms")
    async with scribe() as live:
        await live.enter("written here")
        bring(live, rows)
        await live.looks()
        await live.press("ctrl+r")
        await live.press("enter")
        assert f"written by @bob in another copy ({rows[-1].header.writer}-1)" in live.seen
        await live.press("escape")
        await live.press("up", "enter")
        (here,) = [event for event in live.events if event.text == "written here"]
        assert f"written by @sam in this copy ({here.id})" in live.seen


async def test_a_reference_of_both_is_refused_and_the_text_stays_until_one_is_meant(scribe: Scribe) -> None:
    scribe.told()
    rows = elsewhere(scribe, "theirs")
    tag = rows[-1].header.writer
    async with scribe(size=(120, 30)) as live:
        await live.enter("ours")
        bring(live, rows)
        await live.looks()
        await live.enter("/amend #2 better words")
        assert live.box == "/amend #2 better words"
        assert f'#2·{tag[:2]} "theirs"' in live.line("hint")
        assert '"ours"' in live.line("hint")
        await live.clear()
        await live.enter(f"/amend #2.{tag[:2]} better words")
        assert live.box == ""
        assert sorted(live.texts) == ["better words", "ours"]


async def test_tab_offers_references_with_whose_they_are(scribe: Scribe) -> None:
    scribe.told()
    rows = elsewhere(scribe, "theirs", "and more")
    tag = rows[-1].header.writer[:2]
    async with scribe(size=(120, 30)) as live:
        await live.enter("ours")
        bring(live, rows)
        await live.looks()
        await live.type("/amend #2.")
        await live.press("tab")
        assert live.box.rstrip() == f"/amend #2·{tag}"
        await live.clear()
        await live.type("/amend #2")
        await live.press("tab")
        assert live.box.rstrip() == f"/amend #2·{tag}"


async def test_withheld_words_are_a_sign_on_the_screen_and_nothing_can_be_done_with_them(scribe: Scribe) -> None:
    scribe.told("tenant quokka", "/restrict #2 their contract")
    rows = elsewhere(scribe, "theirs")
    scribe.path.unlink()
    for more in ("-wal", "-shm"):
        scribe.path.with_name(scribe.path.name + more).unlink(missing_ok=True)
    journal = Journal.writing(scribe.path, scribe.clock, wait=1.0)
    merge(journal, rows, now=NOON, me="sam")
    journal.close()
    async with scribe(size=(120, 30), first=INCIDENT) as live:
        (row,) = live.rows_with("(withheld)")
        assert row.split("▏")[0].rstrip().endswith("F #2   (withheld)")
        await live.press("ctrl+r")
        await live.press("up", "enter")
        assert "did not come with this copy" in live.seen
        assert "Amend" not in live.seen
        assert "Copy" not in live.seen
        assert "quokka" not in live.seen
