"""Has a copy of the journal made now and then, in a thread, while nobody types."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from textual.app import App
from textual.message import Message
from textual.widgets import Input, TextArea

from scribe.record.errors import ScribeError
from scribe.record.text import one_line

LOOK: Final = 15.0
"""Seconds between two looks whether it is a good moment; whoever makes the copy knows whether one is due."""

_GRACE: Final = 0.5
"""Seconds that a copy has to give up when the screen is left."""

Make = Callable[[Callable[[], bool]], None]
"""Makes a copy if one is due; is given what says whether to give up. Raises ScribeError, OSError."""


class Unsafe(Message):
    """No copy could be made: what there is to say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Safekeeping:
    """One copy at a time; while what stands in the boxes changes, somebody types, and none is begun."""

    def __init__(self, app: App[None], make: Make) -> None:
        self._app = app
        self._make = make
        self._typed: list[str] | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_told = False

    def look(self) -> None:
        """Have a copy made if nobody is typing, and none is being made."""
        before, self._typed = self._typed, self._texts()
        is_making = self._thread is not None and self._thread.is_alive()
        if self._typed == before and not is_making and not self._stopped.is_set():
            # A daemon: whoever leaves waits for it to give up, but not for ever.
            self._thread = threading.Thread(target=self._go, name="backup", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """The screen is being left: a copy that is not done is given up."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_GRACE)

    def _texts(self) -> list[str]:
        screens = self._app.screen_stack
        lines = [box.value for screen in screens for box in screen.query(Input)]
        return [*lines, *(box.text for screen in screens for box in screen.query(TextArea))]

    def _go(self) -> None:
        try:
            self._make(self._stopped.is_set)
        except Exception as error:  # whatever it is, it stops nobody from writing
            self._tell(error)
        else:
            self._is_told = False

    def _tell(self, error: Exception) -> None:
        """Say it once, until one was made again."""
        if self._is_told or self._stopped.is_set():
            return
        self._is_told = True
        if isinstance(error, ScribeError):
            why = error.message
        else:
            why = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
        self._app.post_message(
            Unsafe(f"no backup could be made: {one_line(why)}; what you type is recorded all the same")
        )
