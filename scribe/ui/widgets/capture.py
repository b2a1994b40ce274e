"""The capture line: one line and Enter. It always has the focus, and plain keys always type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widgets import Input
from textual.widgets.input import Selection

from scribe.ui.desk import NEWLINE
from scribe.ui.widgets.inorder import ByScreen, InOrder, act, takes_keys
from scribe.ui.widgets.shown import ShownInput

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated


class Typist(Protocol):
    """Who is told of what is typed: at once, before the next key, so that none can overtake an Enter."""

    stuck: bool
    """Whether nothing can be recorded, so that what stands here can only be left behind."""

    def begins(self) -> None:
        """A letter, or a paste, is about to be typed."""

    def edited(self, text: str) -> None:
        """The text in the box changed."""

    def moved(self) -> None:
        """The cursor moved; after a key stroke it has only now come to where it belongs."""

    def entered(self, text: str) -> None:
        """Enter was pressed; whoever takes the text empties the box."""


class CaptureLine(ByScreen, InOrder, ShownInput):
    """An Input of fixed geometry: a key stroke redraws one line and lays nothing out.

    Textual's own sets its virtual size at every key, which lays the whole screen out.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.step(-1)", show=False),
        Binding("down", "screen.step(1)", show=False),
        Binding("pageup", "screen.page(-1)", show=False),  # the class that Input comes from would scroll the box itself
        Binding("pagedown", "screen.page(1)", show=False),
        Binding("tab", "screen.complete", show=False),
        Binding("ctrl+d", "delete_or_leave", show=False),
    ]

    def __init__(self, typist: Typist, id: str | None = None) -> None:
        self._typist = typist
        self._quiet = False
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._history: list[str] = []
        self._place = 0
        self._typed = ""

    def remember(self, text: str) -> None:
        """Offer a line again with the arrow up."""
        if text.strip() and (not self._history or self._history[-1] != text):
            self._history.append(text)
        self._place = len(self._history)

    def put(self, text: str, cursor: int | None = None, *, quiet: bool = False) -> None:
        """Have this text in the box, the cursor behind it or where it is said; ``quiet`` tells nobody."""
        self._quiet = quiet
        try:
            self.value = text
            self.cursor_position = len(text) if cursor is None else cursor
        finally:
            self._quiet = False

    def recall(self, step: int) -> None:
        """Go through the lines recorded before; what was being typed waits below them."""
        if self._place == len(self._history):
            self._typed = self.value
        self._place = max(0, min(len(self._history), self._place + step))
        self.put(self._typed if self._place == len(self._history) else self._history[self._place])

    @property
    def is_below(self) -> bool:
        """Whether the box holds what is being typed, below all lines recorded before."""
        return self._place == len(self._history)

    def forget(self, words: Repeated) -> None:
        """Offer no line again that says any of these; in the box a sign takes their place."""
        from scribe.live.masking import masked

        def without(text: str) -> str:
            stored = masked(text)[0]  # a secret in it was masked when it was recorded
            return words.masked(stored if words.are_in(stored) else text)

        self._history = [line for line in self._history if without(line) == line and not words.are_in(line)]
        self._place = len(self._history)
        self._typed = without(self._typed)
        kept = without(self.value)
        if kept != self.value:
            self.put(kept)

    def cell_of(self, position: int) -> int:
        """The column, counted from the box's left edge, at which a character stands."""
        return self._position_to_cell(position) - self.scroll_offset.x

    def is_left(self, event: events.Key) -> bool:
        """A key that was typed fast behind the one that opened another screen to write in is typed there."""
        there = self.app.screen
        if there is self.screen or not takes_keys(there):
            return False
        there.post_message(events.Key(event.key, event.character))
        return True

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable and self.app.screen is self.screen:
            self._typist.begins()

    async def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key, or on what was pasted."""
        if isinstance(event, events.Key) and event.is_printable:
            self._typist.begins()
        if isinstance(event, events.Paste):
            self._on_paste(event)
        elif event.is_printable or not await act(event, self, self.screen):
            await Input._on_key(self, event)

    async def action_delete_or_leave(self) -> None:
        """Delete to the right as readline does, and leave on an empty line as a shell does.

        Where nothing is left to delete, and nothing can be recorded either, it asks to leave the text behind.
        """
        if self.value and (self.cursor_position < len(self.value) or not self._typist.stuck):
            self.action_delete_right()
        else:
            await self.run_action("screen.leave")

    async def action_submit(self) -> None:
        """Enter."""
        self._typist.entered(self.value.replace(NEWLINE, "\n"))

    def _on_paste(self, event: events.Paste) -> None:
        text = self.pasted(event)
        if text:
            self._typist.begins()
            self.replace(text, *self.selection)

    def _watch_value(self, value: str) -> None:
        self.set_reactive(Input.virtual_size, Size(self.content_width, 1))
        if self._initial_value:
            self.cursor_position = len(value)
            self._initial_value = False
        else:
            self.selection = self.selection  # it must lie within the new value
        if not self._quiet:
            self._typist.edited(value.replace(NEWLINE, "\n"))
        self.refresh()

    def _watch_selection(self, selection: Selection) -> None:
        super()._watch_selection(selection)
        if not self._quiet:
            self._typist.moved()
