"""The timeline by itself: following, scrolling, picking, and entries that come from elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from scribe.record.events import Draft, Fact
from scribe.record.timeline import Filter, asked
from scribe.record.when import shifted
from scribe.ui.themes import tokens
from scribe.ui.widgets.timeline import Timeline
from scribe.ui.zones import Zones
from tests.fakes.desk import Desk

PICKED = tokens(dark=True)["picked"]
START = "2026-11-20T12:00:00.000Z"


class Bare(App[None]):
    """Nothing but the timeline."""

    CSS = """
    Timeline { width: 100%; height: 100%; }
    """

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return tokens(dark=True)

    def compose(self) -> ComposeResult:
        yield Timeline()


class Shown:
    """A timeline on a screen, and the incident that it shows."""

    def __init__(self, timeline: Timeline, desk: Desk, pilot: Pilot[None]) -> None:
        self.timeline = timeline
        self.desk = desk
        self.pilot = pilot

    async def record(self, *texts: str, minute: float = 0) -> None:
        """Entries that happened so many minutes after noon."""
        self.desk.record([Draft(Fact(), text, shifted(START, minute * 60)) for text in texts])
        await self.update()

    async def type(self, line: str) -> None:
        self.desk.type(line)
        await self.update()

    async def update(self) -> None:
        self.timeline.state = self.desk.recorder.catch_up()
        await self.pilot.pause()

    @property
    def seen(self) -> list[str]:
        """The words in sight, without times and names."""
        rows = [self.timeline.render_line(y).text for y in range(self.timeline.size.height)]
        return [row[18:].split("@")[0].strip(" ┃") for row in rows if row.strip() and "──" not in row]

    @property
    def marked(self) -> list[str]:
        """The rows that are drawn as picked."""
        found = []
        for y in range(self.timeline.size.height):
            strip = self.timeline.render_line(y)
            if any(s.style and s.style.bgcolor and s.style.bgcolor.get_truecolor().hex == PICKED for s in strip):
                found.append(strip.text[18:].split("@")[0].strip(" ┃"))
        return found


@asynccontextmanager
async def shown(path: Path, count: int, size: tuple[int, int] = (80, 12)) -> AsyncIterator[Shown]:
    desk = Desk(path / "journal.db")
    desk.record([Draft(Fact(), f"line {number}", shifted(START, number)) for number in range(1, count + 1)])
    app = Bare()
    async with app.run_test(size=size) as pilot:
        timeline = app.query_one(Timeline)
        timeline.zones = Zones(UTC)
        timeline.state = desk.recorder.load()
        await pilot.pause()
        yield Shown(timeline, desk, pilot)
    desk.journal.close()


async def test_it_follows_the_newest(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        assert found.seen[-1] == "line 50"
        assert found.timeline.below == 0
        await found.record("news", minute=5)
        assert found.seen[-1] == "news"
        assert found.timeline.following


async def test_scrolled_back_it_stays_where_it_is_while_entries_arrive(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.page(-1)
        seen = found.seen[:-1]
        below = found.timeline.below
        assert below > 0
        for number in range(5):
            await found.record(f"news {number}", minute=5)
            assert found.seen[:-1] == seen
            assert found.timeline.below == below + number + 1
        assert f"↓ {below + 5} below" in found.seen[-1]
        found.timeline.follow()
        assert found.seen[-1] == "news 4"
        assert found.timeline.below == 0


async def test_nothing_is_skipped_and_nothing_out_of_reach(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        met = set(found.seen)
        for _ in range(20):
            found.timeline.page(-1)
            met |= set(found.seen)
        assert found.seen[0] == "Checkout fails"
        back = set(found.seen)
        for _ in range(20):
            found.timeline.page(1)
            back |= set(found.seen)
        assert found.timeline.following
        for every in (met, back):
            assert {f"line {number}" for number in range(1, 51)} <= every


async def test_line_by_line_the_view_moves_by_one(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        for _ in range(60):
            before = found.seen
            found.timeline.scroll_lines(-1)
            assert before[0] in found.seen[:2]
        assert found.seen[0] == "Checkout fails"


async def test_a_late_entry_above_moves_nothing(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.page(-1)
        seen = found.seen
        await found.type("11:30 long before")
        assert found.seen == seen
        found.timeline.to_start()
        assert found.seen[0] == "late 30m · long before"


async def test_a_late_entry_below_moves_nothing_and_is_counted(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.to_start()
        seen, below = found.seen[:-1], found.timeline.below
        await found.record("in between", minute=0.8)
        assert found.seen[:-1] == seen
        assert found.timeline.below == below + 1


async def test_what_fits_on_the_screen_is_always_followed(tmp_path: Path) -> None:
    async with shown(tmp_path, 3) as found:
        for step in (-1, -5, 1, 30):
            found.timeline.page(step)
            assert found.timeline.following
            assert found.seen[0] == "Checkout fails"


async def test_a_filter_shows_what_passes_and_takes_in_what_comes(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.wanted = asked("line")
        assert found.timeline.shown == 50
        await found.record("line again", "something else", minute=5)
        assert found.timeline.shown == 51
        assert found.seen[-1] == "line again"
        await found.type("11:00 late line")
        assert found.timeline.shown == 52
        found.timeline.wanted = asked("no such thing")
        assert "nothing here passes the filter" in found.timeline.render_line(0).text
        found.timeline.wanted = Filter()
        assert found.timeline.shown == 54
        assert found.timeline.following


async def test_picking_goes_up_and_down_and_the_picked_entry_is_in_sight(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.pick(0)
        assert found.marked == ["line 50"]
        for number in range(49, 0, -1):
            found.timeline.pick(-1)
            assert found.marked == [f"line {number}"]
        for number in range(2, 51):
            found.timeline.pick(1)
            assert found.marked == [f"line {number}"], f"line {number} is hidden: {found.seen}"
        found.timeline.pick(1)
        assert found.marked == ["line 50"]
        found.timeline.unpick()
        assert found.marked == []


async def test_what_is_picked_is_found_again_after_it_was_amended(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.pick(0)
        found.timeline.pick(-1)
        await found.type("/amend #50 other words")
        assert found.timeline.picked is not None
        assert found.timeline.picked.text == "other words"
        assert found.marked == ["amended · other words"]
        await found.type("/amend #50 11:00")
        assert found.timeline.picked.at == "2026-11-20T11:00:00.000Z"
        assert found.timeline.picked.ref == "#50"


async def test_a_picked_entry_stays_picked_while_others_arrive(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.pick(0)
        await found.record("news", minute=5)
        await found.type("11:00 late")
        assert found.marked == ["line 50"]


async def test_another_width_wraps_anew(tmp_path: Path) -> None:
    async with shown(tmp_path, 5) as found:
        await found.record("word " * 40, minute=5)
        wide = len([row for row in found.seen if row.startswith("word")])
        await found.pilot.resize_terminal(60, 20)
        await found.pilot.pause()
        narrow = len([row for row in found.seen if "word" in row])
        assert narrow > wide
        for size in ((1, 1), (2, 2), (9, 30), (200, 3), (80, 12)):
            await found.pilot.resize_terminal(*size)
            await found.pilot.pause()
            for y in range(size[1]):
                assert found.timeline.render_line(y).cell_length == size[0]
        assert len([row for row in found.seen if row.startswith("word")]) == wide


async def test_a_view_that_was_scrolled_back_keeps_its_place_at_another_width(tmp_path: Path) -> None:
    async with shown(tmp_path, 50) as found:
        found.timeline.page(-2)
        first = found.seen[0]
        await found.pilot.resize_terminal(100, 14)
        await found.pilot.pause()
        assert found.seen[0] == first


async def test_an_entry_that_is_taller_than_the_screen_can_be_read_to_its_end(tmp_path: Path) -> None:
    async with shown(tmp_path, 3, size=(80, 6)) as found:
        await found.record("\n".join(f"part {number}" for number in range(11)), minute=5)
        met: list[str] = []
        found.timeline.to_start()
        for _ in range(40):
            met += found.seen
            found.timeline.scroll_lines(1)
        met += found.seen
        assert {f"part {number}" for number in range(11)} <= set(met)
        assert found.timeline.following


async def test_five_thousand(tmp_path: Path) -> None:
    async with shown(tmp_path, 5000) as found:
        assert found.seen[-1] == "line 5000"
        found.timeline.to_start()
        assert found.seen[0] == "Checkout fails"
        assert found.timeline.below > 4980
        found.timeline.scroll_lines(2500)
        assert found.seen[1].startswith("line 2")
        await found.record("news", minute=1000)
        assert found.seen[1].startswith("line 2")
        assert len(found.timeline._blocks) <= 1100


async def test_two_days_are_told_apart(tmp_path: Path) -> None:
    async with shown(tmp_path, 1) as found:
        await found.type("yesterday 23:50 before midnight")
        rows = [found.timeline.render_line(y).text for y in range(5)]
        assert "Thu 19 Nov 2026" in rows[0]
        assert "before midnight" in rows[1]
        assert "Fri 20 Nov 2026" in rows[2]
