"""A screen that records into one incident: what becomes of a line, sheets over it, what leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.text import Text
from textual import events
from textual.screen import Screen

from scribe.record.errors import ScribeError
from scribe.record.events import Event
from scribe.record.state import AnyState, State
from scribe.recorder import Recorder
from scribe.ui.commands import COMMANDS, Command
from scribe.ui.desk import Broken, Desk, Outcome, Unwritten, Waiting, Wanted, Written
from scribe.ui.messages import Choice, Chosen, Noticed
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.zones import Zones

Export = Callable[..., Path]
"""Writes the postmortem of a record (a State) into a new file, and says where. Raises ScribeError, OSError.

It may be told a ``template`` and a ``form`` by these names; while errors stand it writes a draft that lists them.
"""

Save = Callable[[str, str], Path]
"""Writes a text into a new file of about this name, and says where. Raises ScribeError, OSError."""


class Recording(Screen[str]):
    """Records lines that were not typed into its box, lays sheets over itself, copies and exports."""

    commands: tuple[Command, ...] = COMMANDS

    def __init__(self, recorder: Recorder, ticker: Ticker, desk: Desk, export: Export, save: Save | None) -> None:
        super().__init__()
        self._recorder = recorder
        self._ticker = ticker
        self._desk = desk
        self._export = export
        self._save = save

    # ── what whoever inherits from this provides ────────────────────────────────────────────────────────────────────

    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The state, the clocks and the time that the screen shows."""
        raise NotImplementedError

    def say(self, text: str, level: str = "") -> None:
        """Say something in the attention line."""
        raise NotImplementedError

    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk: show them."""
        raise NotImplementedError

    def ask(self, command: str, argument: str) -> None:
        """Carry out a command that only a screen can."""
        raise NotImplementedError

    def sent(self) -> None:
        """What was chosen to be recorded without having been typed is on the disk."""

    def keep_draft(self) -> None:
        """Save the unsent text now: the process is about to end."""
        raise NotImplementedError

    def press(self, event: events.Key) -> None:
        """Take a key that went elsewhere, behind those that came before it."""
        self.box.press(event)

    @property
    def box(self) -> EntryBox:
        """Where the scribe types."""
        return self.query_one(EntryBox)

    # ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────────

    def carry(self, chosen: Chosen) -> None:
        """Carry out what was chosen."""
        if chosen.said:
            self.say(chosen.said, "warning")
        if chosen.record:
            self._settle(self._desk.record_line(chosen.record, self._ticker.wall()), chosen.record)
        if chosen.drafts:
            if not self._settle(self._desk.record(chosen.drafts, self._ticker.wall()), ""):
                return
            self.sent()
        if chosen.copy:
            self._copy(chosen)
        if chosen.put:
            self.box.begin(chosen.put)

    def _settle(self, outcome: Outcome, line: str) -> bool:
        """Say what became of something that was recorded without the box; a line that was refused waits there."""
        match outcome:
            case Written(events=events):
                self.recorded(events)
                return True
            case Wanted(command=command, argument=argument):
                self.ask(command, argument)
            case Unwritten(hint=hint):
                self.say(hint.text, "warning")
                if line:
                    self.box.begin(f"{line} ")
            case Waiting():
                self.say("another process holds the journal; nothing was recorded, try again", "warning")
            case Broken(message=message, advice=advice):
                self.say(f"not recorded: {message}. {advice}", "error")
            case None:
                pass
        return False

    def _copy(self, chosen: Chosen) -> None:
        """To the clipboard; and into a file where none can be trusted to have it."""
        from scribe.ui import clipboard

        said, trusted = clipboard.copy(self.app, chosen.copy)
        if chosen.beside and not trusted and self._save is not None:
            try:
                said = f"written to {self._save(chosen.beside, chosen.copy).name}; {said}"
            except (ScribeError, OSError) as error:
                self.say(f"{said}; no file beside it: {error}", "warning")
                return
        self.say(said)

    # ── sheets, and what leaves ─────────────────────────────────────────────────────────────────────────────────────

    def _show(self, heading: str, body: Text, choices: list[Choice]) -> None:
        """Lay a sheet over the screen, unless one lies there."""
        from scribe.ui.screens.sheet import Sheet

        if self.is_current:
            self.app.push_screen(Sheet(heading, body, choices, behind=self.press), self._take)

    def _take(self, chosen: Chosen | None) -> None:
        """A sheet was left."""
        if chosen is not None:
            self.carry(chosen)

    def action_zones(self) -> None:
        """Other clocks."""
        raise NotImplementedError

    def action_stamp_now(self) -> None:
        """The line happened now."""
        self._desk.stamp(self._ticker.wall())
        self.box.tell()

    def action_command_palette(self) -> None:
        """Every action by name."""
        self.app.action_command_palette()

    def action_export(self) -> None:
        """Write the postmortem out."""
        self.write_out()

    def write_out(self, **asked: object) -> None:
        """Write the document beside where scribe was started; a thread does it, the keys go on."""
        state = self.standing()[0]
        if not isinstance(state, State):
            self.say("older entries are still being read; try again in a moment", "warning")
            return
        self.say("writing the postmortem")
        self.run_worker(partial(self._write_out, state, asked), thread=True, group="export", exclusive=True)

    def _write_out(self, state: State, asked: dict[str, object]) -> None:
        try:
            self.post_message(Noticed(f"written to {self._export(state, **asked)}"))
        except ScribeError as error:
            self.post_message(Noticed(f"not exported: {error.message}. {error.hint}", "error"))
        except OSError as error:
            self.post_message(Noticed(f"not exported: {error.strerror or error}", "error"))
