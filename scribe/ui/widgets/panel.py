"""A block of lines that is redrawn only when a line of it changed, and laid out only when their number did."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from scribe.ui.lines import Line, strip

PIECES = {
    "label": "bold $accent",
    "past": "$past",
    "words": "$foreground",
    "strong": "bold $foreground",
    "warning": "$warning",
    "error": "bold $error",
    "ok": "$success",
    "rule": "$rule",
    "key": "bold $accent",
    "mark": "italic $past",
    "sign": "bold $past",
    "retracted": "strike $past",
    "picked": "on $picked",
    "kind-hypothesis": "bold $kind-hypothesis",
    "kind-decision": "bold $kind-decision",
    "kind-action": "bold $kind-action",
    "kind-update": "bold $kind-update",
}
"""What a piece of a line can be, in the theme's colours.

Not component classes: a stylesheet matches each of those for each widget at every change of a class, which was half of
the time from the start to the first frame.
"""


class Styled(Widget):
    """A widget that draws lines of named pieces."""

    ALLOW_SELECT = False

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        self._pieces: dict[str, Style] = {}
        super().__init__(id=id, classes=classes)

    def style_of(self, name: str) -> Style:
        """The style of a piece, on this widget's background."""
        style = self._pieces.get(name)
        if style is None:
            style = self.rich_style + self.partial_style(name) if name else self.rich_style
            self._pieces[name] = style
        return style

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region.

        Textual's own road from a line to a strip is for borders, padding and opacity, which these widgets have not;
        at every frame it cost more than all else.
        """
        width = self.size.width
        strips = [self.render_line(y) for y in crop.line_range]
        filters = self.get_line_filters()
        if filters:
            background = self.background_colors[1]
            for line_filter in filters:
                strips = [drawn.apply_filter(line_filter, background) for drawn in strips]
        if crop.column_span != (0, width):
            strips = [drawn.crop(*crop.column_span) for drawn in strips]
        return strips

    def partial_style(self, name: str) -> Style:
        """What a piece's style changes, on whatever background."""
        return self.app.stylesheet.parse_style(PIECES[name]).rich_style

    def notify_style_update(self) -> None:
        """Other colours."""
        super().notify_style_update()
        if self._pieces:
            self._pieces.clear()
            self.refresh()


class Panel(Styled):
    """Lines that somebody sets; those below the last are blank."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._strips: dict[tuple[Line, int], Strip] = {}

    def show(self, lines: list[Line]) -> None:
        """Draw these lines from now on."""
        if lines == self._lines:
            return
        self._strips = {key: drawn for key, drawn in self._strips.items() if key[0] in lines}
        taller = len(lines) != len(self._lines)
        self._lines = lines
        if taller and self.styles.auto_dimensions:
            self._layout_updates += 1  # Textual counts the first change before it is idle, and keeps that one's height
            self.refresh(layout=True)
        else:
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One row."""
        key = (self._lines[y] if y < len(self._lines) else (), self.size.width)
        drawn = self._strips.get(key)
        if drawn is None:
            drawn = self._strips[key] = strip(*key, self.style_of)
        return drawn

    def notify_style_update(self) -> None:
        """Other colours."""
        self._strips.clear()
        super().notify_style_update()
