"""Keys in the order in which they were pressed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from textual import events
from textual.screen import Screen
from textual.widget import Widget


class InOrder:
    """Mixed into a widget that has the focus: it acts on its own and its screen's bound keys at once.

    In Textual a key with a binding bubbles up to the app before it acts, while a plain key is taken where the focus
    is: text that is typed fast behind an Enter or a Backspace comes before it.
    """

    async def _on_key(self, event: events.Key) -> None:
        assert isinstance(self, Widget)
        if self.is_left(event):
            event.stop()
            event.prevent_default()
        elif not event.is_printable:
            await act(event, self, self.screen)

    def is_left(self, event: events.Key) -> bool:
        """Whether the screen has been left already, and the key went to whatever comes behind it."""
        return False


if TYPE_CHECKING:
    _Mixed = Widget
else:
    _Mixed = object  # a widget among the bases would hide the styles of the one that it is mixed into


class ByScreen(_Mixed):
    """Mixed into a widget that can have the focus on a screen with several: each key goes to the screen first.

    The screen hands it to whoever has the focus *by then*. In Textual a key waits in the queue of the widget that had
    the focus when it was pressed: of text that is typed fast behind a key that moves the focus, the beginning would
    stay behind.
    """

    def _forward_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and takes_keys(self.screen):
            event._set_forwarded()
            self.screen.post_message(event)
        else:
            super()._forward_event(event)

    @abstractmethod
    async def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key, or on what was pasted."""


def takes_keys(screen: Screen[Any]) -> bool:
    """Whether every key comes to the screen itself first."""
    return bool(getattr(screen, "hands_out_keys", False))


async def act(event: events.Key, *nodes: Widget) -> bool:
    """Carry out what the first of these nodes has bound to the key; whether one had."""
    for node in nodes:
        bound = node._bindings.key_to_bindings.get(event.key)
        if bound:
            event.stop()
            event.prevent_default()
            await node.run_action(bound[0].action)
            return True
    return False
