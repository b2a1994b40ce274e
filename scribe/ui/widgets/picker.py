"""The timeline to pick from: Enter sends the entry to the section, s stars it, h hides it."""

from __future__ import annotations

from typing import Protocol

from textual import events

from scribe.record.state import Entry
from scribe.ui.widgets.inorder import ByScreen, act
from scribe.ui.widgets.timeline import Timeline

_STEPS = ("up", "down", "pageup", "pagedown", "home", "end", "ctrl+home", "ctrl+end")


class Curator(Protocol):
    """Who carries out what is done with the entry that is picked."""

    def send(self, entry: Entry) -> None:
        """Its words go into the section."""

    def star(self, entry: Entry) -> None:
        """Documents point it out, or no longer."""

    def hide(self, entry: Entry) -> None:
        """Documents leave it out, or no longer."""

    def whole(self, entry: Entry) -> None:
        """Show it whole."""

    async def typed_elsewhere(self, event: events.Key | events.Paste) -> None:
        """A key that is none of these: it belongs into the box."""


class EntryPicker(ByScreen, Timeline, can_focus=True):
    """A timeline that has the focus while entries are picked; which letters do what stands in the footer."""

    def __init__(self, curator: Curator, id: str | None = None) -> None:
        super().__init__(id=id)
        self._curator = curator

    def go_to(self, ref: str) -> None:
        """Pick the entry of this reference; the newest in sight where there is none."""
        place = next((place for place, entry in enumerate(self._rows) if entry.ref == ref), None) if ref else None
        if place is None:
            self.pick(0)
        else:
            self._pick(place)

    async def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key."""
        picked = self.picked
        if isinstance(event, events.Paste):
            await self._curator.typed_elsewhere(event)
        elif event.key in _STEPS:
            self._step(event.key)
        elif picked is not None and event.key == "enter":
            self._curator.send(picked)
        elif picked is not None and event.key == "s":
            self._curator.star(picked)
        elif picked is not None and event.key == "h":
            self._curator.hide(picked)
        elif picked is not None and event.key == "space":
            self._curator.whole(picked)
        elif event.is_printable:
            await self._curator.typed_elsewhere(event)
        else:
            await act(event, self.screen)

    def _step(self, key: str) -> None:
        page = max(1, self.size.height - 2)
        ends = len(self._rows)
        steps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -ends, "end": ends}
        self.pick(steps[key.removeprefix("ctrl+")])
