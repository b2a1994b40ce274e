"""A title that is typed and not declared yet is kept, and offered again once its process is gone."""

from __future__ import annotations

from scribe.clock import Clock
from scribe.record.errors import JournalError, ScribeError
from scribe.recorder import Incidents

BOX = "declare"
"""The name of the box under which the title is kept."""


class KeptTitles:
    """The title that is typed for an incident which is not declared yet, kept as a draft of no incident."""

    def __init__(self, incidents: Incidents, clock: Clock) -> None:
        self._incidents = incidents
        self._clock = clock
        self._left: str | None = None

    def keep(self, title: str) -> bool:
        """Save it; False while it cannot be: the journal is locked, or it cannot be seen whether it holds a secret."""
        try:
            self._incidents.keep(BOX, title, self._clock.now())
        except ScribeError:
            return False
        self._left = ""
        return True

    def left(self) -> str | None:
        """The title that a process which is gone left; None while the journal is locked and cannot be asked."""
        if self._left is None:
            try:
                self._left = "".join(text.text for text in self._incidents.unsent() if text.box == BOX)
            except JournalError:
                return None
        return self._left
