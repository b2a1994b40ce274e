"""The worksheet that lies open: its rows, and what the chosen one is about. It never takes the focus."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events

from scribe.record.text import one_line
from scribe.ui.lines import Line, width_of
from scribe.ui.widgets.panel import Panel
from scribe.ui.worksheets.page import Page, Row
from scribe.ui.wrap import cut, fit, wrap

BESIDE = 64
"""Columns from which on there is room for two columns."""

VALUE = 12
"""Cells that are kept for a value, however long its label is; the whole of it stands beside."""

MOST = 5
"""Lines that the chosen row takes at most; the whole of it stands beside."""


class WorksheetPanel(Panel):
    """Draws a page in as many rows as it is given; the chosen row is always in sight."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: Page | None = None
        self._place = 0
        self._top = 0
        self._scrolled = 0

    @property
    def is_open(self) -> bool:
        """Whether a worksheet lies open."""
        return self._page is not None

    @property
    def page(self) -> Page | None:
        """The page that lies open."""
        return self._page

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        if self._page is None or not self._page.rows:
            return None
        return self._page.rows[min(self._place, len(self._page.rows) - 1)]

    def put(self, page: Page | None, *, fresh: bool = False) -> None:
        """Lay this page open (``fresh``: for the first time), or none any more."""
        before, left, self._page = self.row, self._page, page
        if page is None:
            self.show([])
            return
        if fresh:
            self._place, self._top, self._scrolled = page.first, 0, 0
        else:
            names = [row.name for row in page.rows]
            if before is not None and left is not None:  # what was chosen may be gone: then what came behind it
                behind = [row.name for row in left.rows[left.rows.index(before) :]]
                self._place = next((names.index(name) for name in behind if name in names), self._place)
            self._place = max(0, min(self._place, len(page.rows) - 1))
        self.draw()

    def move(self, step: int) -> None:
        """Choose the row before or after."""
        if self._page is not None and self._page.rows:
            self._place = (self._place + step) % len(self._page.rows)
            self._scrolled = 0
            self.draw()

    def choose(self, name: str) -> None:
        """Choose the row of this name, if there is one."""
        names = [row.name for row in self._page.rows] if self._page is not None else []
        if name in names:
            self._place, self._scrolled = names.index(name), 0
            self.draw()

    def scroll_beside(self, pages: int) -> None:
        """Scroll what stands beside the rows."""
        self._scrolled = max(0, self._scrolled + pages * max(1, self.size.height - 2))
        self.draw()

    def on_resize(self, event: events.Resize) -> None:
        """Other sizes."""
        self.draw()

    def draw(self) -> None:
        """Draw the page."""
        width, height = self.size
        if self._page is None or not width or not height:
            return
        head: Line = (*self._page.heading,)
        self.show([(*head, (" " + "─" * max(0, width - width_of(head) - 2), "rule")), *self._body(width, height - 1)])

    def _body(self, width: int, height: int) -> list[Line]:
        assert self._page is not None
        row = self.row
        if width < BESIDE:
            below = self._page.beside(row, width - 2) if row is not None else []
            rows = self._rows(width, max(3, height // 2) if below else height)
            return [*rows, *(((" ", ""), *line) for line in self._window(below, height - len(rows)))]
        left = min(max(30, width // 2), 56)
        rows = self._rows(left, height)
        beside = self._window(self._page.beside(row, width - left - 3) if row is not None else [], height)
        made: list[Line] = []
        for y in range(height):
            first: Line = rows[y] if y < len(rows) else ()
            gap = " " * max(0, left - width_of(first))
            second: Line = beside[y] if y < len(beside) else ()
            made.append((*first, (gap, ""), ("│ ", "rule"), *second))
        return made

    def _window(self, lines: list[Line], height: int) -> list[Line]:
        self._scrolled = max(0, min(self._scrolled, len(lines) - height))
        shown = lines[self._scrolled : self._scrolled + height]
        hidden = len(lines) - self._scrolled - height
        if hidden > 0 and shown:
            shown[-1] = ((f"… {hidden + 1} more lines: PgDn", "past"),)
        return shown

    def _rows(self, width: int, height: int) -> list[Line]:
        assert self._page is not None
        blocks = [self._block(row, width, place == self._place) for place, row in enumerate(self._page.rows)]
        self._top = max(0, min(self._top, self._place))
        room = height - (self._place + 1 < len(blocks))  # the last line says how many there are more
        while self._top < self._place and sum(map(len, blocks[self._top : self._place + 1])) > room:
            self._top += 1
        lines = [line for block in blocks[self._top :] for line in block]
        if len(lines) > height > 1:
            lines = [*lines[: height - 1], ((f"   … {len(lines) - height + 1} more ↓", "past"),)]
        return lines[:height]

    def _block(self, row: Row, width: int, chosen: bool) -> list[Line]:
        longest = max((cell_len(found.label) for found in self._page.rows), default=0) if self._page else 0
        label = min(longest, max(10, width - 6 - VALUE))
        room = max(8, width - label - 6)
        words = one_line(row.value)
        lines = wrap(words, room) if chosen else [cut(words, room)]
        if len(lines) > MOST:
            lines = [*lines[: MOST - 1], cut(" ".join(lines[MOST - 1 :]), room)]
        head: Line = (
            (" ▸" if chosen else "  ", "key"),
            (f"{row.sign} ", row.style),
            (f"{fit(one_line(row.label), label)}  ", "strong" if chosen else "past"),
        )
        made: list[Line] = [((f"  {cut(one_line(row.above), width - 3)}", "label"),)] if row.above else []
        made.append((*head, (lines[0], row.style)))
        return [*made, *(((" " * (label + 6), ""), (line, row.style)) for line in lines[1:])]
