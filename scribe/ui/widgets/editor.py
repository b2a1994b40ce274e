"""Where a section of the postmortem is written: an editor of many lines, or of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.document._document import Selection
from textual.strip import Strip
from textual.widgets import TextArea

from scribe.record.text import normalise
from scribe.ui.driver import LARGEST_PASTE, restored
from scribe.ui.messages import Noticed
from scribe.ui.postmortem.middle import Span
from scribe.ui.postmortem.writing import editable
from scribe.ui.widgets.inorder import ByScreen, act
from scribe.ui.widgets.shown import TOO_LARGE

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated

_GRAVE = {"error": "$error", "warning": "$warning"}


class Writer(Protocol):
    """Who is told of what is written: at once, before the next key."""

    def wrote(self, text: str) -> None:
        """The editor holds this text now."""

    def ended(self) -> None:
        """Enter in a section of one line."""


class SectionEditor(ByScreen, TextArea):
    """Textual's editor, with the screen's keys before its own, and the words that findings speak of underlined.

    Nothing that comes into it may move the cursor or hide: what would is turned into a sign that can be deleted.
    """

    def __init__(self, writer: Writer, id: str | None = None) -> None:
        self._writer = writer
        self._spans: tuple[Span, ...] = ()
        super().__init__(id=id, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.is_line = False

    # ── what stands in it ───────────────────────────────────────────────────────────────────────────────────────────

    def lay(self, text: str, *, is_line: bool, proposed: str) -> None:
        """Begin a section: its text, the cursor behind it, and what stands dim in its place while there is none."""
        self.is_line = is_line
        self._spans = ()
        self.propose(proposed)
        self.load_text(editable(text))
        self.move_cursor(self.document.end)

    def propose(self, proposed: str) -> None:
        """What stands dim in the place of a text while there is none."""
        self.placeholder = Content(editable(proposed))

    def exchange(self, text: str) -> None:
        """Have another text, in a way that one key undoes."""
        text = editable(text)
        if text != self.text:
            self.history.checkpoint()
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            self.history.checkpoint()
            self.move_cursor(self.document.end)

    def forget(self, words: Repeated) -> None:
        """Keep none of these words, and nothing that one key brings back: what was undone may hold them."""
        kept = words.masked(self.text)
        self.history.clear()
        if kept != self.text:
            self.load_text(kept)

    def mark(self, spans: Sequence[Span]) -> None:
        """Underline these words."""
        if tuple(spans) != self._spans:
            self._spans = tuple(spans)
            self._line_cache.clear()
            self.refresh()

    def go_to(self, start: int, end: int) -> None:
        """Select the characters from ``start`` to ``end``; without an end the cursor goes there."""
        if 0 <= start <= len(self.text):
            at = self._location(start)
            upto = self._location(min(end, len(self.text))) if end > start else at
            self.selection = Selection(at, upto)
            self.scroll_cursor_visible(center=True, animate=False)

    def render_line(self, y: int) -> Strip:
        """One row; for a moment a resize may leave no column, and Textual's placeholder cannot be wrapped into none."""
        return super().render_line(y) if self.content_size.width > 0 else Strip.blank(0)

    def get_line(self, line_index: int) -> Text:
        """A line, with what findings speak of underlined."""
        line = super().get_line(line_index)
        if self._spans:
            begins = sum(len(each) + 1 for each in self.document.lines[:line_index])
            for start, end, level in self._spans:
                first, last = max(0, start - begins), min(len(line), end - begins)
                if first < last:
                    line.stylize(self._underline(level), first, last)
        return line

    def _location(self, index: int) -> tuple[int, int]:
        before = self.text[:index]
        return before.count("\n"), len(before) - before.rfind("\n") - 1

    def _underline(self, level: str) -> Style:
        return self.app.stylesheet.parse_style(f"underline {_GRAVE[level]}").rich_style

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key, or on what was pasted; the screen's keys come before the editor's own."""
        if isinstance(event, events.Paste):
            self._paste(event.text)
        elif event.key == "enter" and self.is_line:
            self._writer.ended()
        elif event.is_printable or not await act(event, self.screen, self):
            await self._on_key(event)

    def _paste(self, pasted: str) -> None:
        if len(pasted) + len(self.text) > LARGEST_PASTE:
            self.post_message(Noticed(TOO_LARGE, "warning"))
            return
        text = editable(normalise(restored(pasted)).replace("\r", "\n"))
        if self.is_line and "\n" in text:
            text = " ".join(text.split())
        done = self._replace_via_keyboard(text, *self.selection)
        if done is not None:
            self.move_cursor(done.end_location)

    def update_suggestion(self) -> None:
        """The text changed: Textual calls this at every edit, undo and redo, before the next key."""
        self._writer.wrote(self.text)
