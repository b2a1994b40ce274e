"""A sheet over the incident: shows something, offers a few choices, and never swallows what is typed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from scribe.ui.messages import Choice, Chosen


class Sheet(ModalScreen[Chosen | None]):
    """Text above, choices below. A plain key closes it and is typed into the box, where plain keys belong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("pageup", "scroll(-1)", show=False, priority=True),
        Binding("pagedown", "scroll(1)", show=False, priority=True),
    ]

    def __init__(self, heading: str, body: Text, choices: list[Choice], foot: str = "") -> None:
        super().__init__()
        self._heading = heading
        self._body = body
        self._choices = choices
        self._foot = foot or ("↑ ↓ Enter choose · Esc closes" if choices else "PgUp PgDn scroll · Esc closes")

    def compose(self) -> ComposeResult:
        """Heading, text, choices, the keys."""
        with Vertical(id="sheet"):
            yield Static(Text(self._heading, no_wrap=True, overflow="ellipsis"), id="heading")
            with VerticalScroll(id="body", can_focus=False):
                yield Static(self._body)
            if self._choices:
                yield OptionList(*(Option(Text(label)) for label, _ in self._choices), id="choices", markup=False)
            yield Static(Text(self._foot), id="foot")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        self.dismiss(self._choices[event.option_index][1])

    def on_key(self, event: events.Key) -> None:
        """A plain key always types."""
        if event.is_printable and event.character and event.character != " ":
            event.stop()
            self.dismiss(Chosen(typed=event.character))

    def action_close(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)

    def action_scroll(self, pages: int) -> None:
        """Scroll the text."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)
