"""The timeline, drawn line by line.

It has its own offset and scrollbar, and wraps a row when it is first seen: an append to a hundred thousand entries
lays nothing out, and costs one wrapped row and one redraw.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from rich.style import Style
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from scribe.record.state import AnyState, Entry
from scribe.record.timeline import Filter, chosen, matches
from scribe.ui import rows
from scribe.ui.lines import Line, strip, width_of
from scribe.ui.messages import Picked
from scribe.ui.widgets.panel import Styled
from scribe.ui.zones import Zones

CACHED = 1024
"""Wrapped entries that are kept; a screen shows some forty."""


class Timeline(Styled):
    """Entries, newest last; it follows the newest until somebody scrolls."""

    state: reactive[AnyState | None] = reactive(None, init=False)
    zones: reactive[Zones | None] = reactive(None, init=False)
    wanted: reactive[Filter] = reactive(Filter(), init=False)

    def __init__(self, id: str | None = None, *, writer: Callable[[], str] = str) -> None:
        super().__init__(id=id)
        self._writer = writer
        self._own: str | None = None
        self.following = True
        self.picked: Entry | None = None
        self._rows: Sequence[Entry] = ()
        self._anchor: tuple[str, str, str, int] = ("", "", "", 0)
        self._offset = 0
        self._reference = rows.REFERENCE
        self._window: list[tuple[int, Line]] | None = None
        self._blocks: dict[int, tuple[Entry, str, list[Line]]] = {}
        self._strips: dict[tuple[Line, str, bool], Strip] = {}

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    def watch_state(self, old: AnyState | None, new: AnyState | None) -> None:
        """Take what is new; only a filter has to look at every entry again."""
        if new is None:
            return
        reference = max(rows.REFERENCE, len(str(new.board.refs.get("#", 0))) + 1)
        own = self._own
        if new.board.merged:
            known = len(old.entries) if old is not None and new.entries.extends(old.entries) else 0
            apart = max((len(entry.ref) for entry in new.entries[known:]), default=0)
            reference = max(reference, apart, self._reference if known else 0)
            own = self._writer()
        if (reference, own) != (self._reference, self._own):  # every row is wrapped anew when it is seen again
            self._reference, self._own = reference, own
            self._blocks.clear()
        if self.wanted.is_empty:
            self._rows = new.entries
        elif old is not None and new.entries.extends(old.entries) and isinstance(self._rows, list):
            self._rows += [entry for entry in new.entries[len(old.entries) :] if matches(entry, self.wanted)]
        else:
            self._rows = chosen(new.entries, self.wanted)
        if self.picked is not None:
            self.picked = self._found(self.picked)
        self._redraw()

    def forget(self) -> None:
        """Keep no line that was drawn before."""
        self._blocks.clear()
        self._strips.clear()
        self._redraw()

    def watch_wanted(self) -> None:
        """Show only what passes."""
        if self.state is not None:
            self._rows = self.state.entries if self.wanted.is_empty else chosen(self.state.entries, self.wanted)
        self.follow()

    def watch_zones(self) -> None:
        """Show other clocks."""
        self._blocks.clear()
        self._redraw()

    @property
    def shown(self) -> int:
        """How many entries pass the filter."""
        return len(self._rows)

    @property
    def below(self) -> int:
        """How many entries are newer than the last one in sight."""
        window = self._lines()
        return len(self._rows) - 1 - window[-1][0] if window else 0

    # ── scrolling ───────────────────────────────────────────────────────────────────────────────────────────────────

    def follow(self) -> None:
        """Back to the newest entry, and stay with it."""
        self.following = True
        self._redraw()

    def to_start(self) -> None:
        """To the oldest entry."""
        if self._rows:
            self.following, self._anchor, self._offset = False, self._rows[0].key, 0
            self._redraw()

    def scroll_lines(self, count: int) -> None:
        """Scroll by so many lines; down to the end means following again."""
        window = self._lines()
        if not window:
            return
        if self.following:
            top = window[0][0]
            self._anchor, self._offset = self._rows[top].key, self._hidden_above(window)
            self.following = False
        place = self._place()
        offset = self._offset + count
        while offset < 0 and place > 0:
            place -= 1
            offset += len(self._block(place))
        while place < len(self._rows) - 1 and offset >= len(self._block(place)):
            offset -= len(self._block(place))
            place += 1
        self._anchor, self._offset = self._rows[place].key, max(0, offset)
        self._redraw()
        if (count > 0 and len(self._lines()) < self.size.height) or self._ends():
            self.follow()

    def page(self, pages: int) -> None:
        """Scroll by screens, keeping two lines in sight."""
        self.scroll_lines(pages * max(1, self.size.height - 2))

    # ── picking ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def pick(self, step: int) -> None:
        """Pick the newest entry in sight, or the one so many further down."""
        if not self._rows:
            return
        if self.picked is None:
            window = self._lines()
            place = window[-1][0] if window else len(self._rows) - 1
        else:
            place = self._index(self.picked.key) + step
        self._pick(max(0, min(len(self._rows) - 1, place)))

    def unpick(self) -> None:
        """Pick nothing."""
        self.picked = None
        self._redraw()

    def _pick(self, place: int) -> None:
        self.picked = self._rows[place]
        wanted = min(len(self._block(place)), max(1, self.size.height - 1))
        seen = self._in_sight()
        if seen and place <= seen[0] and seen.count(place) < wanted:
            self.following, self._anchor, self._offset = False, self._rows[place].key, 0
        while seen and not self.following and place >= seen[-1] and seen.count(place) < wanted:
            self.scroll_lines(1)
            seen = self._in_sight()
        self._redraw()

    def _in_sight(self) -> list[int]:
        """The places of the entries whose lines can be read; the last line may say how many are below."""
        places = [number for number, _ in self._lines()]
        return places[:-1] if not self.following and self.below and len(places) == self.size.height else places

    # ── the window ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _redraw(self) -> None:
        self._window = None
        self.refresh()

    def _lines(self) -> list[tuple[int, Line]]:
        """The lines in sight, each with the place of its entry."""
        if self._window is None:
            self._window = self._tail() if self.following else self._from_anchor()
        return self._window

    def _tail(self) -> list[tuple[int, Line]]:
        height = self.size.height
        window: list[tuple[int, Line]] = []
        place = len(self._rows) - 1
        while place >= 0 and len(window) < height:
            window[:0] = [(place, line) for line in self._block(place)]
            place -= 1
        return window[-height:] if height else []

    def _from_anchor(self) -> list[tuple[int, Line]]:
        height = self.size.height
        window: list[tuple[int, Line]] = []
        place, skip = self._place(), self._offset
        while place < len(self._rows) and len(window) < height:
            block = self._block(place)
            window += [(place, line) for line in block[min(skip, len(block) - 1) :]]
            skip = 0
            place += 1
        return window[:height]

    def _hidden_above(self, window: list[tuple[int, Line]]) -> int:
        top = window[0][0]
        return len(self._block(top)) - sum(1 for place, _ in window if place == top)

    def _ends(self) -> bool:
        """Whether the last line of the last entry is in sight."""
        window = self._lines()
        last = len(self._rows) - 1
        return bool(window) and window[-1][0] == last and self._block(last)[-1] is window[-1][1]

    def _place(self) -> int:
        return min(self._index(self._anchor), max(0, len(self._rows) - 1))

    def _index(self, key: tuple[str, str, str, int]) -> int:
        return bisect_left(self._rows, key, key=lambda entry: entry.key)

    def _found(self, entry: Entry) -> Entry | None:
        """The entry as it stands now, wherever an amended time has put it."""
        place = self._index(entry.key)
        if place < len(self._rows) and self._rows[place].number == entry.number:
            return self._rows[place]
        return next((row for row in self._rows if row.number == entry.number), None)

    def _block(self, place: int) -> list[Line]:
        """An entry's lines, with the day above it where one begins."""
        entry = self._rows[place]
        zones = self.zones
        assert zones is not None
        before = rows.day(self._rows[place - 1], zones) if place else ""
        known = self._blocks.get(entry.number)
        if known is not None and known[0] is entry and known[1] == before:
            return known[2]
        shape = rows.Shape(max(1, self.size.width - 1), zones, self._reference, self._own)
        made = rows.lines(entry, shape)
        if rows.day(entry, zones) != before:
            made.insert(0, rows.separator(entry, shape))
        if len(self._blocks) > CACHED:
            self._blocks.clear()
        self._blocks[entry.number] = (entry, before, made)
        return made

    # ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def on_resize(self) -> None:
        """Wrap anew when the width changed."""
        self._blocks.clear()
        self._strips.clear()
        self._redraw()

    def notify_style_update(self) -> None:
        """A theme was chosen."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """One row, with the scrollbar at its end."""
        width, height = self.size
        if self.zones is None or width < 2:
            return Strip.blank(width, self.style_of(""))
        window = self._lines()
        picked = False
        if not self._rows and y == 0:
            said = " nothing here passes the filter" if self.state and len(self.state.entries) else ""
            line: Line = ((said, "past"),)
        elif y == height - 1 and not self.following and self.below:
            below: Line = ((f"↓ {self.below} below · Esc ", "label"),)
            line = ((" " * max(0, width - 1 - width_of(below)), ""), *below)
        elif y >= len(window):
            line = ()
        else:
            place, line = window[y]
            picked = self.picked is not None and self._rows[place] is self.picked
        return self._strip(line, self._bar(y), picked)

    def _strip(self, line: Line, bar: str, picked: bool) -> Strip:
        """A line and its place of the scrollbar; a strip that was drawn before knows what it looks like on the wire."""
        drawn = self._strips.get((line, bar, picked))
        if drawn is None:
            width = self.size.width - 1
            style = self._picked_style_of if picked else self.style_of
            drawn = Strip([*strip(line, width, style), *strip(((bar, "rule"),), 1, self.style_of)], width + 1)
            if len(self._strips) > CACHED:
                self._strips.clear()
            self._strips[line, bar, picked] = drawn
        return drawn

    def _picked_style_of(self, name: str) -> Style:
        return self.style_of(name) + self.partial_style("picked")

    def _bar(self, y: int) -> str:
        """The scrollbar: a thumb where the window stands among all entries."""
        window, total, height = self._lines(), len(self._rows), self.size.height
        if not window or (window[0][0] == 0 and self._ends()):
            return " "
        shown = window[-1][0] - window[0][0] + 1
        thumb = max(1, round(height * shown / total))
        hidden = max(1, total - shown)
        start = (height - thumb) if self.following else round((height - thumb) * window[0][0] / hidden)
        return "┃" if start <= y < start + thumb else " "

    # ── the mouse ───────────────────────────────────────────────────────────────────────────────────────────────────

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three lines back."""
        event.stop()
        self.scroll_lines(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three lines on."""
        event.stop()
        self.scroll_lines(3)

    def on_click(self, event: events.Click) -> None:
        """Pick the entry that was clicked; a click on the scrollbar jumps there."""
        event.stop()
        if event.x >= self.size.width - 1 and self._rows:
            place = round((len(self._rows) - 1) * event.y / max(1, self.size.height - 1))
            self.following, self._anchor, self._offset = False, self._rows[place].key, 0
            self._redraw()
            if self._ends():
                self.follow()
            return
        window = self._lines()
        if event.y < len(window):
            self.picked = self._rows[window[event.y][0]]
            self._redraw()
            self.post_message(Picked())
