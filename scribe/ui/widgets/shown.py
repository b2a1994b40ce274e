"""A box of one line that shows what stands in it and obeys none of it, however long it is."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.strip import Strip
from textual.widgets import Input

from scribe.record.text import normalise, visible
from scribe.ui.desk import NEWLINE
from scribe.ui.driver import LARGEST_PASTE, restored
from scribe.ui.messages import Noticed

_LONG = 2048
"""Characters from which on only the part of a text that is seen is drawn."""

_SPACES = "\u00a0\u2007\u202f\u3000"
"""Spaces that people type, and that Python calls unprintable."""

_SIGNS = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}


class ShownInput(Input):
    """An Input with one visible sign for every character, so that the cursor stays where it belongs."""

    _measured: tuple[str, str, list[int]] = ("", "", [])

    def pasted(self, event: events.Paste) -> str:
        """What was pasted, as it may stand in the box; empty, and told, where it is larger than the box takes."""
        event.prevent_default()  # Input's own handler drops everything behind the first line
        event.stop()
        if len(event.text) <= LARGEST_PASTE:  # of a longer one the end is not here
            text = normalise(restored(event.text)).strip("\n").replace("\r", "\n").replace("\n", NEWLINE)
            if len(text) + len(self.value) <= LARGEST_PASTE:
                return text
        self.post_message(Noticed(TOO_LARGE, "warning"))
        return ""

    @property
    def content_width(self) -> int:
        """Cells of what stands in the box, and of the cursor behind it."""
        if len(self.value) <= _LONG:
            return super().content_width
        _, ends = self._measure()
        return ends[-1] + 1

    def render_line(self, y: int) -> Strip:
        """The row; of a long text the part that is seen, because laying out all of it would take a second a key."""
        if y or len(self.value) <= _LONG:
            return super().render_line(y)
        shown, ends = self._measure()
        left, width = self.scroll_offset.x, self.scrollable_content_region.width + 1
        first, last = bisect_right(ends, left), bisect_right(ends, left + width) + 1
        text = Text(f"{shown[first:last]} ", no_wrap=True, overflow="ignore", end="")
        if self.has_focus:
            if not self.selection.is_empty:
                start, end = (max(0, place - first) for place in sorted(self.selection))
                text.stylize_before(self.get_component_rich_style("input--selection"), start, end)
            if self._cursor_visible and self.cursor_position >= first:
                cursor = self.cursor_position - first
                text.stylize(self.get_component_rich_style("input--cursor"), cursor, cursor + 1)
        room = self.app.console_options.update_width(text.cell_len + 1)
        strip = Strip(self.app.console.render(text, room))
        begin = left - (ends[first - 1] if first else 0)
        return strip.crop(begin, begin + width).extend_cell_length(width).apply_style(self.rich_style)

    def _measure(self) -> tuple[str, list[int]]:
        """What is shown of the value, and the cell that each character of it ends before."""
        value, shown, ends = self._measured
        if value is not self.value:
            value, shown = self.value, shown_text(self.value)
            widths = {char: cell_len(char) for char in set(shown)}
            ends = list(accumulate(map(widths.__getitem__, shown)))
            self._measured = (value, shown, ends)
        return shown, ends

    @property
    def _value(self) -> Text:
        return Text(shown_text(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        if len(self.value) > _LONG:
            _, ends = self._measure()
            return ends[min(position, len(ends)) - 1] if position > 0 else 0
        return Text(shown_text(self.value[:position]), end="").cell_len


TOO_LARGE = (
    f"not pasted: the box takes {LARGEST_PASTE // 1024} KiB, and an entry holds at most 64 KiB; "
    "what stood here is kept; scribe log - reads lines, scribe import whole files"
)
"""What is said of a paste that is not taken; whoever pasted it still has it."""


def shown_text(text: str) -> str:
    """One visible sign for every character."""
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_SIGNS)
    hidden = {ord(char): "�" for char in set(text) if not _is_shown(char)}
    return text.translate(hidden) if hidden else text


def _is_shown(char: str) -> bool:
    return char in _SPACES or (char.isprintable() and visible(char) == char)
