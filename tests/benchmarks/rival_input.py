"""Textual's own Input, and nothing around it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input


class Typing(App[None]):
    """One Input, ready to be typed into."""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="here one can type")


if __name__ == "__main__":
    Typing().run()
