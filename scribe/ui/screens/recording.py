"""A screen that records into one incident: what becomes of a line, sheets over it, what leaves."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec.structs import replace
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.screen import Screen

from scribe.config.path import path_of
from scribe.record.errors import Busy, ScribeError
from scribe.record.events import Event
from scribe.record.state import AnyState, State
from scribe.record.text import one_line
from scribe.recorder import Recorder
from scribe.ui.commands import COMMANDS, Command
from scribe.ui.desk import Broken, Desk, Outcome, Unwritten, Waiting, Wanted, Written
from scribe.ui.intervals import RETRY
from scribe.ui.messages import Choice, Chosen, Noticed
from scribe.ui.ticker import Ticker
from scribe.ui.trouble import shown
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.zones import Zones

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated

Export = Callable[..., Path]
"""Writes the postmortem of a record (a State) into a new file, and says where. Raises ScribeError, OSError.

It may be told a ``template`` and a ``form`` by these names; while errors stand it writes a draft that lists them.
"""

Save = Callable[[str, str], Path]
"""Writes a text into a new file of about this name, and says where. Raises ScribeError, OSError."""


@runtime_checkable
class Keeper(Protocol):
    """A screen in which text may stand that is not sent yet."""

    def keep_draft(self) -> bool:
        """Save it now: the process is about to end. False while it cannot be saved."""

    def unkept(self) -> list[str]:
        """What could not be saved."""


class Recording(Screen[str]):
    """Records lines that were not typed into its box, lays sheets over itself, copies and exports."""

    commands: tuple[Command, ...] = COMMANDS
    notice: reactive[tuple[str, str]] = reactive(("", ""), init=False, repaint=False)

    def __init__(self, recorder: Recorder, ticker: Ticker, desk: Desk, export: Export, save: Save | None) -> None:
        super().__init__()
        self._recorder = recorder
        self._ticker = ticker
        self._desk = desk
        self._export = export
        self._save = save
        self.awaited: tuple[Chosen, str] | None = None
        self._warned: list[str] = []
        self._trouble = ("", "")

    # ── what whoever inherits from this provides ────────────────────────────────────────────────────────────────────

    @abstractmethod
    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The state, the clocks and the time that the screen shows."""

    @abstractmethod
    def say(self, text: str, level: str = "") -> None:
        """Say something in the attention line."""

    @abstractmethod
    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk: show them."""

    @abstractmethod
    def ask(self, command: str, argument: str) -> None:
        """Carry out a command that only a screen can."""

    def sent(self) -> None:
        """What was chosen to be recorded without having been typed is on the disk."""

    @property
    def laid(self) -> str:
        """What lies open, with what was typed into it."""
        return ""

    @abstractmethod
    def keep_draft(self) -> bool:
        """Save the unsent text now: the process is about to end. False while it cannot be saved."""

    def unkept(self) -> list[str]:
        """What is typed and could not be saved."""
        return self._desk.typed if self._desk.unsaved else []

    def validate_notice(self, notice: tuple[str, str]) -> tuple[str, str]:
        """Whatever is said, and when nothing is: that nothing can be recorded stands there as long as it is so."""
        text, level = notice
        short, whole = self._trouble
        if not short:
            return notice
        return (f"{short} · {text}", level or "warning") if text else (whole, "error")

    def watch_journal(self) -> None:
        """Whether anything can be recorded; once it can be again, a line that was entered meanwhile is."""
        trouble = self._recorder.trouble()
        found = shown(trouble)
        if found == self._trouble:
            return
        self._trouble = found
        self.box.stuck = trouble is not None
        self.notice = ("", "") if trouble is not None else ("the journal is there again", "")
        if trouble is None:
            self.box.go_on()

    def lets_go(self, *, kept: bool) -> bool:
        """Whether the screen may be left: not over text that could not be kept, or only by somebody who was told."""
        unkept = [text for text in self.unkept() if text.strip()]
        lasting = self.lasting
        if kept or (lasting is not None and unkept in ([], self._warned)):
            return True
        if lasting is None:
            self.say("another process holds the journal; the unsent text could not be kept, so scribe stays", "error")
        else:
            self._warned = unkept
            told = "what is typed here is not recorded and cannot be kept; the same key again leaves it"
            seen = self._recorder.trouble() is not None  # the title says so all the time
            self.say(told if seen else f"{told}: {lasting.message}. {lasting.hint}", "error")
        return False

    @property
    def lasting(self) -> ScribeError | None:
        """Why what is typed cannot be kept, where to wait does not help."""
        barred = self._desk.barred
        return self._recorder.trouble() or (None if isinstance(barred, Busy) else barred)

    def back_up(self, argument: str) -> None:
        """Copy the whole journal to a file of that name, else to a new one where scribe was started."""
        path = path_of(argument.strip())
        if path.is_dir():
            path /= f"journal-{self._ticker.wall():%Y%m%d-%H%M%S}.db"
        try:
            self._recorder.back_up(path)
        except ScribeError as error:
            self.say(f"not copied: {error.message}. {error.hint}", "error")
        except OSError as error:
            self.say(f"not copied: {error.strerror or error}", "error")
        else:
            self.say(f"the whole journal was copied to {one_line(str(path))}")

    def press(self, event: events.Key) -> None:
        """Take a key that went elsewhere, behind those that came before it."""
        self.box.press(event)

    def forget(self, words: Repeated) -> None:
        """Somebody erased these words: keep none of them."""
        self._desk.forget(words)
        self.box.forget(words)

    @property
    def box(self) -> EntryBox:
        """Where the scribe types."""
        return self.query_one(EntryBox)

    # ── what is chosen ──────────────────────────────────────────────────────────────────────────────────────────────

    def carry(self, chosen: Chosen) -> None:
        """Carry out what was chosen."""
        if chosen.said:
            self.say(chosen.said, "warning")
            chosen = replace(chosen, said="")
        self.awaited = None
        if chosen.record:
            outcome = self._desk.record_line(chosen.record, self._ticker.wall())
            if isinstance(outcome, Waiting):
                self._wait(replace(chosen, said=""))
                return
            self._settle(outcome, chosen.record)
        if chosen.drafts:
            outcome = self._desk.record(chosen.drafts, self._ticker.wall())
            if isinstance(outcome, Waiting):
                self._wait(replace(chosen, said="", record=""))
                return
            if not self._settle(outcome, ""):
                return
            self.sent()
            chosen = _as_masked(chosen, outcome)
        if chosen.copy:
            self._copy(chosen)
        if chosen.put:
            self.box.begin(chosen.put)

    def _settle(self, outcome: Outcome, line: str) -> bool:
        """Say what became of something that was recorded without the box; a line that was refused waits there."""
        match outcome:
            case Written(events=events, masked=masked):
                self.recorded(events)
                if masked:
                    self.say(masked, "warning")
                return True
            case Wanted(command=command, argument=argument):
                self.ask(command, argument)
            case Unwritten(hint=hint):
                self.say(hint.text, "warning")
                if line:
                    self.box.begin(f"{line} ")
            case Broken(message=message, advice=advice):
                self.say(f"not recorded: {message}. {advice}", "error")
            case _:
                pass
        return False

    def _wait(self, chosen: Chosen) -> None:
        """It is recorded once the journal is free, unless what lies open is changed or put away meanwhile."""
        self.awaited = (chosen, self.laid)
        self.say("another process holds the journal; waiting, it is recorded as soon as that ends", "warning")
        self.set_timer(RETRY, self._carry_awaited)

    def _carry_awaited(self) -> None:
        if self.awaited is None:
            return
        chosen, laid = self.awaited
        if laid == self.laid:
            self.say("")
            Recording.carry(self, chosen)
        else:
            self.awaited = None
            self.say("not recorded: it was changed while another process held the journal", "warning")

    def _copy(self, chosen: Chosen) -> None:
        """To the terminal's clipboard, and by a thread to the system's: one that hangs must not hold up the keys."""
        self.app.copy_to_clipboard(chosen.copy)
        self.run_worker(partial(self._copy_out, chosen), thread=True, group="copy")

    def _copy_out(self, chosen: Chosen) -> None:
        """To the system's clipboard; and into a file where none can be trusted to have it."""
        from scribe.ui import clipboard

        taken = clipboard.system(chosen.copy)
        said, level = clipboard.said(taken), ""
        if chosen.said:
            said, level = f"{said}; {chosen.said}", "warning"
        if chosen.beside and not taken and self._save is not None:
            try:
                said = f"written to {self._save(chosen.beside, chosen.copy).name}; {said}"
            except (ScribeError, OSError) as error:
                said, level = f"{said}; no file beside it: {error}", "warning"
        self.post_message(Noticed(said, level))

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


def _as_masked(chosen: Chosen, outcome: Outcome) -> Chosen:
    """What goes to the clipboard beside what was recorded: masked as that was, and with the notice of it."""
    if not (isinstance(outcome, Written) and outcome.masked and chosen.copy):
        return chosen
    from scribe.live.masking import masked

    return replace(chosen, said=outcome.masked, copy=masked(chosen.copy)[0])
