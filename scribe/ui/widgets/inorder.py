"""Keys in the order in which they were pressed."""

from __future__ import annotations

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


async def act(event: events.Key, *nodes: Widget | Screen[object]) -> bool:
    """Carry out what the first of these nodes has bound to the key; whether one had."""
    for node in nodes:
        bound = node._bindings.key_to_bindings.get(event.key)
        if bound:
            event.stop()
            event.prevent_default()
            await node.run_action(bound[0].action)
            return True
    return False
