"""The least that a full screen made with Textual can be: one text."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Least(App[None]):
    """One Static."""

    def compose(self) -> ComposeResult:
        yield Static("here is one static text")


if __name__ == "__main__":
    Least().run()
