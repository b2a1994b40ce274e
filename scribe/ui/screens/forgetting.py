"""Words that somebody erased, forgotten by every screen that stands: what was drawn, typed, sent and undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from scribe.record.repeated import Repeated
from scribe.ui.screens.recording import Recording
from scribe.ui.screens.sheet import Sheet
from scribe.ui.worksheets.leaving import leaving


def forget(screens: Sequence[Screen[Any]], words: Repeated) -> None:
    """Have none of these screens show, offer or save the words any more.

    What is being typed keeps standing, with a sign in their place. A sheet may show them, and is closed.
    """
    leaving.cache_clear()
    for screen in screens:
        if isinstance(screen, Recording):
            screen.forget(words)
    if screens and isinstance(screens[-1], Sheet):
        screens[-1].action_close()
