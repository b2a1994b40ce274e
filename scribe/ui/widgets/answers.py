"""A section that has a few answers: a number chooses one, and so does Enter. Other keys are typed into the box."""

from __future__ import annotations

from typing import Protocol

from textual import events

from scribe.ui.postmortem.middle import choice_lines
from scribe.ui.postmortem.places import Place
from scribe.ui.widgets.inorder import ByScreen, act
from scribe.ui.widgets.panel import Panel


class Chooser(Protocol):
    """Who is told of what was chosen."""

    def answered(self, choice: str) -> None:
        """This is the answer; empty: there is none any more."""

    async def typed_elsewhere(self, event: events.Key | events.Paste) -> None:
        """A key that is no answer: it belongs into the box."""


class Answers(ByScreen, Panel, can_focus=True):
    """The answers of one section, one of them under the cursor."""

    def __init__(self, chooser: Chooser, id: str | None = None) -> None:
        super().__init__(id=id)
        self._chooser = chooser
        self._place: Place | None = None
        self._chosen = ""
        self._proposed = ""
        self._cursor = 0

    def lay(self, place: Place, chosen: str, proposed: str) -> None:
        """Show a section's answers; the cursor stands on the one that was given, else on what the record suggests."""
        if self._place is not place or chosen != self._chosen:
            wanted = chosen or proposed
            self._cursor = place.choices.index(wanted) if wanted in place.choices else 0
        self._place, self._chosen, self._proposed = place, chosen, proposed
        self._draw()

    def on_resize(self) -> None:
        """Another width."""
        self._draw()

    def _draw(self) -> None:
        if self._place is not None and self.size.width:
            self.show(choice_lines(self._place, self._chosen, self._cursor, self._proposed, self.size.width))

    async def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key."""
        choices = self._place.choices if self._place is not None else ()
        if isinstance(event, events.Paste) or not choices:
            await self._chooser.typed_elsewhere(event)
            return
        match event.key:
            case "up" | "down":
                self._cursor = (self._cursor + (1 if event.key == "down" else -1)) % len(choices)
                self._draw()
            case "enter" | "space":
                self._chooser.answered(choices[self._cursor])
            case "delete" | "backspace":
                self._chooser.answered("")
            case digit if digit.isdigit() and 0 < int(digit) <= len(choices):
                self._chooser.answered(choices[int(digit) - 1])
            case _ if event.is_printable:
                await self._chooser.typed_elsewhere(event)
            case _:
                await act(event, self.screen)
