"""The register's desk: what is typed goes to the incident that the line names, else to that of the chosen row."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, tzinfo

from msgspec.structs import replace

from scribe.after.actions import Row
from scribe.live.hints import hint as reads
from scribe.live.slash import BY_NAME
from scribe.live.typed import Hint, OnScreen
from scribe.record.errors import ScribeError
from scribe.record.text import one_line
from scribe.recorder import Incidents, Recorder
from scribe.ui.desk import Aside, Broken, Desk, Outcome, Unwritten, Wanted
from scribe.ui.register.routing import ON_SCREEN, RECORDED, Routed, route
from scribe.ui.register.view import Known

BOX = "actions"
"""The name of the register's box, under which unsent text is kept."""


class RegisterDesk(Desk):
    """One box for many incidents.

    Whom a line is for is settled at its first key stroke: rows may move while somebody types. What is unsent is kept
    with ``home``, the incident that the register was opened from, with the one that it is for before it.
    """

    def __init__(self, incidents: Incidents, home: str, zone: tzinfo, turned: Callable[[str], None]) -> None:
        super().__init__(incidents.open(home), zone, BOX)
        self._incidents = incidents
        self._turned = turned
        self._opened: dict[str, Recorder] = {}
        self._chosen = self._bound = home
        self._known = Known()

    def know(self, known: Known) -> None:
        """This is how everything stands; what was known before is old."""
        self._known = known
        self._opened.clear()

    def choose(self, incident: str) -> None:
        """The row of this incident is chosen: a line that begins now is for it."""
        self._chosen = incident
        if not self.text:
            self._bound = incident

    @property
    def incident(self) -> str:
        """Whom the line is for, unless it names another."""
        return self._bound

    @property
    def lines(self) -> int:
        """A text of several lines is one all the same: no timeline is pasted here."""
        return 1

    def edit(self, text: str, now: datetime) -> None:
        """The box holds this text now."""
        if not self.text:
            self._bound = self._chosen
        super().edit(text, now)
        self.many = False
        if not text:
            self._bound = self._chosen
        found = self._routed() if text else None
        self._turned(found.incident if isinstance(found, Routed) else self._bound)

    def hint(self, now: datetime) -> Hint:
        """What Enter would do, and in which incident."""
        found = self._routed()
        match found:
            case Hint():
                return self._not_yet(found)
            case OnScreen(command="find"):
                return Hint("only the items with these words; @name: of that owner, @none: of nobody")
            case OnScreen(command=command):
                return Hint(BY_NAME[command].help)
            case Routed():
                try:
                    recorder = self._recorder_of(found.incident)
                except ScribeError as error:
                    return Hint(error.message, "error")
                said = self._placed(reads(found.line, self._setting(now), recorder.board, recorder.me), found)
                return self._asking(said, found)

    def submit(self, now: datetime) -> Outcome:
        """Record the line in the incident that it is for."""
        found = self._routed()
        match found:
            case Hint():
                return Unwritten(found)
            case OnScreen(command=command, argument=argument):
                return Wanted(command, argument)
            case Routed():
                try:
                    self._recorder = self._recorder_of(found.incident)
                except ScribeError as error:
                    return Broken(error.message, error.hint)
                outcome = self.record_line(found.line, now)
                if isinstance(outcome, Unwritten):
                    return Unwritten(self._placed(outcome.hint, found))
                return outcome

    def sent(self) -> None:
        """The text was recorded; its draft, which is kept with another incident, is to go."""
        super().sent()
        self.unsaved = True

    def kept(self) -> str:
        """The unsent text as it is kept: whom it is for, and the text."""
        bound = self.aside[0].bound if self.aside else self._bound
        return "\n".join([bound, *self.typed]) if self.typed else ""

    def take_up(self, kept: str, now: datetime) -> str:
        """Go on with a text that was kept; returns the line for the box."""
        incident, _, line = kept.partition("\n")
        if incident in self._known.boards:
            self._bound = incident
        self.restore(line, now)
        self.many = False
        return line

    def _kept(self) -> list[str]:
        return [self.kept()]

    def _held(self) -> Aside:
        return replace(super()._held(), bound=self._bound)

    def _hold(self, held: Aside) -> None:
        super()._hold(held)
        self._bound = held.bound or self._chosen

    # ── whom it is for ──────────────────────────────────────────────────────────────────────────────────────────────

    def _routed(self) -> Routed | OnScreen | Hint:
        return route(self.text, self._bound, self._known.rows, tuple(self._known.boards))

    def _recorder_of(self, incident: str) -> Recorder:
        """The recorder of an incident, with its board as it stood at the last look."""
        recorder = self._opened.get(incident)
        if recorder is None:
            recorder = self._opened[incident] = self._incidents.open(incident)
        return recorder

    def _not_yet(self, wrong: Hint) -> Hint:
        """While it is typed, what is only not finished is no mistake."""
        text = self.text.strip()
        begun = text.removeprefix("/").lower()
        if any(name.startswith(begun) for name in (*RECORDED, *ON_SCREEN)):
            return Hint(BY_NAME[begun].help) if begun in BY_NAME else Hint("")
        return replace(wrong, level="plain") if wrong.column is None else wrong

    def _placed(self, said: Hint, found: Routed) -> Hint:
        if said.column is None:
            return said
        return replace(said, column=found.column(said.column), end=found.column(said.end))

    def _asking(self, said: Hint, found: Routed) -> Hint:
        """Name the incident, and where something is asked for, the signal that was agreed on."""
        if said.column is not None or not said.text:
            return said
        command = BY_NAME.get(found.line.strip().removeprefix("/"))
        text = f"{command.usage}   {command.help}" if command is not None else said.text
        asked = re.match(r"\s*/(done|verified)\s+([Tt][0-9]+)\s*@?\s*$", found.line)
        row = self._row(found.incident, asked[2].upper()) if asked else None
        if asked and row is not None:
            signal = one_line(row.item.verification)
            what = "what shows that it is done?" if asked[1] == "done" else "who saw that it works, like @alice?"
            text = f"{row.ref} {what}{f' agreed on: {signal}' if signal else ''}"
        return replace(said, text=f"{one_line(self._known.names.get(found.incident, found.incident))}: {text}")

    def _row(self, incident: str, ref: str) -> Row | None:
        return next((row for row in self._known.rows if row.incident == incident and row.ref == ref), None)
