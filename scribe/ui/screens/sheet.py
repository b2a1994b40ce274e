"""A sheet over the incident: shows something, offers a few choices, and never swallows what is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from scribe.record.text import one_line, visible
from scribe.ui.messages import Choice, Chosen
from scribe.ui.styles import stylesheet
from scribe.ui.widgets.inorder import act
from scribe.ui.wrap import cut

Behind = Callable[[events.Key], None]
"""Where a key goes that is not for the sheet: the box, where plain keys belong."""


ROOMY = 20
"""Rows from which on there is room for blank lines between the parts."""


class Sheet(ModalScreen[Chosen | None]):
    """Text above, choices below. A plain key closes it and is typed into the box, and so is every key after it.

    Nothing in it has the focus, so that keys come to the sheet itself, in the order in which they were pressed.
    Whoever made the words had them shown already; what is composed here is the last gate, for what was forgotten.
    """

    CSS_PATH = stylesheet("sheet")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (ROOMY, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("enter", "choose", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    def __init__(self, heading: str, body: Text, choices: list[Choice], *, behind: Behind | None) -> None:
        super().__init__()
        self._heading = heading
        self._body = body
        self._choices = choices
        self._behind = behind
        self._left = False
        self._typing = False

    def compose(self) -> ComposeResult:
        """Heading, text, choices, the keys."""
        keys = f"Esc closes · ↑ ↓ {'Enter choose · ' if self._choices else ''}PgUp PgDn scroll"
        width = min(100, self.app.size.width * 92 // 100) - 6
        with Vertical(id="sheet"):
            yield Static(_line(self._heading), id="heading")
            with VerticalScroll(id="body", can_focus=False):
                yield Static(_shown(self._body))
            if self._choices:
                choices = OptionList(
                    *(Option(_line(label, width)) for label, _ in self._choices), id="choices", markup=False
                )
                choices.can_focus = False
                yield choices
            yield Static(_line(keys), id="foot")

    def on_mount(self) -> None:
        """The first choice is the likeliest."""
        if self._choices:
            self.query_one(OptionList).highlighted = 0

    def on_resize(self, event: events.Resize) -> None:
        """The choices and the keys come first; the text gets the rest, and scrolls."""
        height = event.size.height
        gaps = 3 if height >= ROOMY else 0
        room = height * 92 // 100 - 2 - 2 - gaps
        choices = min(len(self._choices), max(1, room - 1))
        if self._choices:
            self.query_one("#choices").styles.max_height = choices
        self.query_one("#body").styles.max_height = max(1, room - choices)

    async def _on_key(self, event: events.Key) -> None:
        if self._left or (event.is_printable and self._behind is not None):
            event.stop()
            event.prevent_default()
            self._typing = self._typing or event.is_printable
            if self._behind is not None and self._typing:  # an Enter hit twice is meant once
                self._behind(event)
            self._leave(None)
        else:
            await act(event, self)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self._leave(self._choices[event.option_index][1])

    def action_choose(self) -> None:
        """Enter."""
        if self._choices:
            self._leave(self._choices[self.query_one(OptionList).highlighted or 0][1])
        else:
            self._leave(None)

    def action_move(self, step: int) -> None:
        """The next choice; without any, the text scrolls."""
        if not self._choices:
            self.query_one("#body", VerticalScroll).scroll_relative(y=step, animate=False)
            return
        choices = self.query_one(OptionList)
        choices.highlighted = ((choices.highlighted or 0) + step) % len(self._choices)

    def action_close(self) -> None:
        """Leave without a choice."""
        self._leave(None)

    def action_scroll(self, pages: int) -> None:
        """Scroll the text."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=pages * max(1, body.size.height - 1), animate=False)

    def _leave(self, chosen: Chosen | None) -> None:
        """Leave once, however often a key is hit."""
        if not self._left:
            self._left = True
            self.dismiss(chosen)


def _line(text: str, width: int | None = None) -> Text:
    text = one_line(text)
    return Text(text if width is None else cut(text, width), no_wrap=True, overflow="ellipsis")


def _shown(body: Text) -> Text:
    """The text as it is, or in one style where something in it acts."""
    shown = visible(body.plain)
    return body if shown == body.plain else Text(shown)
