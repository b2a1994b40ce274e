"""The list of action items, drawn line by line: a thousand of them cost what is in sight. And the chosen one whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.style import Style
from textual import events
from textual.strip import Strip

from scribe.after.actions import Row
from scribe.ui.lines import Line, strip
from scribe.ui.messages import Picked
from scribe.ui.register.rows import Shape, columns_line, heading_line, row_line, shape
from scribe.ui.register.view import Heading, Listing
from scribe.ui.widgets.panel import Panel, Styled

ROOMY = 7
"""Rows from which on the first one names the columns."""

_EMPTY = Listing((), ())


class RegisterList(Styled):
    """Rows under headings; one row is chosen and always in sight."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listing = _EMPTY
        self._names: Mapping[str, str] = {}
        self._instead: list[Line] = []
        self._place = 0
        self._top = 0
        self._shape: Shape | None = None
        self._line_of: list[int] = []

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        rows = self._listing.rows
        return rows[self._place] if self._place < len(rows) else None

    @property
    def shown(self) -> int:
        """How many rows there are."""
        return len(self._listing.rows)

    def put(self, found: Listing, names: Mapping[str, str], instead: list[Line]) -> None:
        """Draw these rows from now on, ``instead`` where there are none; the chosen one stays chosen."""
        before = self.row.id if self.row is not None else ""
        self._listing, self._names, self._instead = found, names, instead
        self._line_of = [number for number, line in enumerate(found.lines) if isinstance(line, int)]
        kept = next((place for place, row in enumerate(found.rows) if row.id == before), self._place)
        self._place = max(0, min(kept, len(found.rows) - 1))
        self._shape = None
        self._show()

    def choose(self, id: str) -> bool:
        """Choose the row of that id; False where it is not among those shown."""
        place = next((place for place, row in enumerate(self._listing.rows) if row.id == id), None)
        if place is not None:
            self._choose(place)
        return place is not None

    def to_first(self) -> None:
        """Choose the first row."""
        self._choose(0)

    def move(self, step: int) -> None:
        """Choose the row so many further down; it stops at either end."""
        self._choose(self._place + step)

    def page(self, pages: int) -> None:
        """Choose a row a screen further."""
        self.move(pages * max(1, self._height - 1))

    def _choose(self, place: int) -> None:
        self._place = max(0, min(place, len(self._listing.rows) - 1))
        self._show()

    @property
    def _height(self) -> int:
        """How many lines of the list are in sight."""
        return self.size.height - self._is_headed

    @property
    def _is_headed(self) -> bool:
        return self.size.height >= ROOMY

    def _show(self) -> None:
        """Bring the chosen row into sight, with the headings right above it where there is room."""
        height, lines = self._height, self._listing.lines
        if self._line_of and height:
            last = first = self._line_of[self._place]
            while first > 0 and isinstance(lines[first - 1], Heading) and last - first + 1 < height:
                first -= 1
            self._top = min(self._top, first)
            self._top = max(self._top, last - height + 1)
        self._top = max(0, min(self._top, len(lines) - height))
        self.refresh()

    # ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def on_resize(self) -> None:
        """Other columns fit."""
        self._shape = None
        self._show()

    def render_line(self, y: int) -> Strip:
        """One row, with the scrollbar at its end."""
        width = self.size.width
        if width < 2:
            return Strip.blank(width, self.style_of(""))
        if not self._listing.lines:
            return strip(self._instead[y] if y < len(self._instead) else (), width, self.style_of)
        if not y and self._is_headed:
            return strip(columns_line(self._columns(width - 1)), width, self.style_of)
        y -= self._is_headed
        number = self._top + y
        if number >= len(self._listing.lines):
            return Strip.blank(width, self.style_of(""))
        line = self._listing.lines[number]
        if isinstance(line, Heading):
            drawn, picked = heading_line(line, width - 1), False
        else:
            picked = line == self._place
            drawn = row_line(self._listing.rows[line], self._columns(width - 1), self._names, picked=picked)
        style = self._picked_style_of if picked else self.style_of
        return Strip([*strip(drawn, width - 1, style), *strip(((self._bar(y), "rule"),), 1, self.style_of)], width)

    def _columns(self, width: int) -> Shape:
        if self._shape is None:
            self._shape = shape(self._listing.rows, self._names, width)
        return self._shape

    def _picked_style_of(self, name: str) -> Style:
        return self.style_of(name) + self.partial_style("picked")

    def _bar(self, y: int) -> str:
        """The scrollbar: a thumb where the window stands among all lines."""
        height, total = self._height, len(self._listing.lines)
        if total <= height:
            return " "
        thumb = max(1, round(height * height / total))
        start = round((height - thumb) * self._top / (total - height))
        return "┃" if start <= y < start + thumb else " "

    # ── the mouse ───────────────────────────────────────────────────────────────────────────────────────────────────

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows back."""
        event.stop()
        self.move(-3)
        self.post_message(Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows on."""
        event.stop()
        self.move(3)
        self.post_message(Picked())

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        event.stop()
        number = self._top + event.y - self._is_headed
        line = self._listing.lines[number] if 0 <= number < len(self._listing.lines) else None
        if isinstance(line, int):
            self._choose(line)
            self.post_message(Picked())


class ItemPanel(Panel):
    """What is known of the chosen item; more than there is room for is scrolled."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._made: Callable[[int], list[Line]] = lambda _: []
        self._more = ""
        self._scrolled = 0

    def put(self, made: Callable[[int], list[Line]], more: str, *, fresh: bool) -> None:
        """Draw what this makes of so many cells; ``more`` is the key that shows what is hidden."""
        self._made, self._more = made, more
        self._scrolled = 0 if fresh else self._scrolled
        self._draw()

    def page(self, pages: int) -> None:
        """Scroll by screens."""
        self._scrolled += pages * max(1, self.size.height - 1)
        self._draw()

    def on_resize(self) -> None:
        """Other sizes."""
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        if not width or not height:
            return
        lines = self._made(width)
        self._scrolled = max(0, min(self._scrolled, len(lines) - height))
        shown = lines[self._scrolled : self._scrolled + height]
        hidden = len(lines) - self._scrolled - height
        if hidden > 0:
            shown[-1] = ((f"… {hidden + 1} more lines: ", "past"), (self._more, "key"))
        self.show(shown)
