"""Where the scribe types: the zone of typed times, the box, the hint under it; what becomes of a line at Enter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from scribe.live.typed import Hint
from scribe.record.errors import ScribeError
from scribe.record.events import Event
from scribe.record.state import AnyState
from scribe.record.text import one_line
from scribe.record.when import instant, zone_name
from scribe.ui.commands import COMMANDS, Command
from scribe.ui.desk import NEWLINE, Broken, Desk, Unwritten, Waiting, Wanted, Written
from scribe.ui.intervals import RETRY
from scribe.ui.lines import Line
from scribe.ui.widgets.capture import CaptureLine
from scribe.ui.widgets.keys import KeysLine
from scribe.ui.widgets.panel import Panel
from scribe.ui.zones import Zones

if TYPE_CHECKING:
    from scribe.live.completion import Candidate
    from scribe.record.repeated import Repeated

_LEVELS = {"plain": "past", "warning": "warning", "error": "error"}


class Behind(Protocol):
    """Who carries out what was entered: at once, not by message, so that no key behind an Enter can overtake it."""

    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk; the box is emptied and the entry drawn in one frame."""

    def ask(self, command: str, argument: str) -> None:
        """A command that only a screen can carry out."""

    def choose(self) -> None:
        """Enter in an empty box."""

    def say(self, text: str, level: str = "") -> None:
        """Something to be said in the attention line; nothing: what was said is read."""


class EntryBox(Vertical):
    """The box and the two lines under it. What it records it tells; it never asks with a dialog."""

    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)
    notice: reactive[tuple[str, str]] = reactive(("", ""), init=False, repaint=False)

    def __init__(
        self,
        desk: Desk,
        wall: Callable[[], datetime],
        behind: Behind,
        id: str | None = None,
        commands: Sequence[Command] = COMMANDS,
    ) -> None:
        super().__init__(id=id)
        self._desk = desk
        self._wall = wall
        self._behind = behind
        self._taken = 0
        self._said = Hint("")
        self._refused = False
        self._waiting = False
        self._retry: Timer | None = None
        self.stuck = False
        self._broken = False
        self.keys = KeysLine(commands, "keys")

    def compose(self) -> ComposeResult:
        """Zone and box, hint, keys."""
        with Horizontal(id="entry"):
            yield Static(id="zone", markup=False)
            yield CaptureLine(self, "capture")
        yield Panel("hint")
        yield self.keys.data_bind(EntryBox.state)

    def watch_zones(self, zones: Zones | None) -> None:
        """Name the zone of typed times beside the box."""
        if zones is not None:
            self.query_one("#zone", Static).update(zone_name(zones.typed, self._wall()))

    def on_resize(self) -> None:
        """Other keys fit."""
        self.keys.fit(self.size.width)

    def type_here(self) -> None:
        """Give the box the focus."""
        self._capture.focus()

    def type_here_now(self) -> None:
        """Give the box the focus before the next key, on a screen that hands out keys."""
        self.screen.set_focus(self._capture)

    def restore(self, typed: Collection[str] = ()) -> bool:
        """Offer what a process that is gone left unsent; False while the journal is locked and it cannot be asked.

        Nothing that was left in other boxes is taken up where something is ``typed`` already.
        """
        try:
            left = self._desk.unsent(typed)
        except ScribeError:
            return False
        more = self._desk.waiting
        if left is not None:
            self._desk.restore(left.text, instant(left.began))
            self._put_unsent()
            rest = f"; ↑ brings {more} more" if more else ""
            self._behind.say(f"this text was not sent the last time{rest}", "warning")
        elif more:
            what = "a text was" if more == 1 else f"{more} texts were"
            self._behind.say(f"{what} not sent the last time; ↑ brings {'it' if more == 1 else 'them'}", "warning")
        return True

    def _put_unsent(self) -> None:
        """Show the text that was taken up."""
        self._capture.put(self._desk.text.replace("\n", NEWLINE), quiet=True)
        self.tell()

    def begin(self, text: str, *, keep: bool = False, cursor: int | None = None) -> None:
        """Put a command into the box: before what stands there (``keep``), else in its place.

        A line that has to give way waits behind the arrow up. The cursor stands behind the text unless it is said.
        """
        typed = self._capture.value
        if keep and not typed.startswith("/"):
            self._capture.put(text + typed)
        else:
            self._capture.remember(typed)
            self._capture.put(text, cursor)

    async def take(self, event: events.Key | events.Paste) -> None:
        """Type a key here at once."""
        await self._capture.take(event)

    def press(self, event: events.Key) -> None:
        """Take a key that went elsewhere, behind those that came before it."""
        self._capture.post_message(events.Key(event.key, event.character))

    def recall(self, step: int) -> None:
        """Go through what was left unsent, then through the lines recorded before."""
        if self._capture.is_below and self._desk.turn(step, self._wall()):
            self._put_unsent()
            return
        is_kept = self._desk.keep(self._wall())
        self._capture.recall(step)
        if is_kept and not self._capture.is_below:
            self._desk.unsaved = False  # what was being typed stays saved in its place until this is changed

    def forget(self, words: Repeated) -> None:
        """Keep none of these words: not in the box, and not in lines recorded before."""
        self._capture.forget(words)
        self._offer()

    def take_up(self, text: str) -> None:
        """Go on with a line that was not sent the last time."""
        self._desk.restore(text, self._wall())
        self._capture.put(text.replace("\n", NEWLINE), quiet=True)
        self.tell()

    @property
    def is_typed_in(self) -> bool:
        """Whether keys are typed here."""
        return self.screen.focused is self._capture

    @property
    def _capture(self) -> CaptureLine:
        return self.query_one(CaptureLine)

    # ── typing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def begins(self) -> None:
        """Letters behind an Enter are the next line, whether the one before has landed or waits for the journal."""
        if self._waiting:
            self._waiting = False
            self._capture.remember(self._capture.value)
            self._desk.put_aside()
            self._capture.put("", quiet=True)

    def edited(self, text: str) -> None:
        """A key stroke: say how the line will be read, and what could stand there."""
        if text == self._desk.text:
            return
        self._desk.edit(text, self._wall())
        self._waiting = self._refused = self._broken = False
        if not self._desk.aside:
            self._hush()
        self.tell()

    def moved(self) -> None:
        """The cursor moved: something else could stand there."""
        self._taken = 0
        self.keys.restart()
        self._offer()

    def entered(self, text: str) -> None:
        """Enter: an empty box opens the entry that is picked."""
        if text.strip():
            self._desk.edit(text, self._wall())
            self._submit()
        else:
            self._behind.choose()

    def _submit(self) -> None:
        outcome = self._desk.submit(self._wall()) if self._land() else Waiting()
        self._waiting, self._broken = isinstance(outcome, Waiting), isinstance(outcome, Broken)
        match outcome:
            case Written(events=events, masked=masked):
                self._desk.sent()
                self._clear()
                self._behind.recorded(events)
                self._caution(masked)
            case Wanted(command=command, argument=argument):
                self._desk.drop()
                self._clear()
                self._behind.ask(command, argument)
            case Unwritten(hint=said):
                self._refused = True
                self._say(said)
                if said.column is not None:
                    self._capture.cursor_position = min(said.column, len(self._capture.value))
            case Waiting():
                self._wait()
            case Broken(message=message, advice=advice):
                self._behind.say(f"not recorded: {message}. {advice}", "error")
            case None:
                self._desk.drop()
                self._clear()

    def go_on(self) -> None:
        """The journal can be written again: a line that was entered while it could not be is recorded now."""
        if self._broken:
            self._submit()

    def _wait(self) -> None:
        """Say what waits, and try again soon."""
        lines = len(self._desk.aside) + self._waiting
        what = f"{lines} lines are" if lines > 1 else "the text is"
        self._behind.say(f"another process holds the journal; waiting, {what} kept", "warning")
        if self._retry is None:
            self._retry = self.set_timer(RETRY, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        if self._waiting:
            self._submit()
        elif not self._land():
            self._wait()

    def _land(self) -> bool:
        """Record what was entered while the journal was locked, in its order; False while it still is."""
        while self._desk.aside:
            waited = self._desk.aside[0].text
            match self._desk.land(self._wall()):
                case Written(events=events, masked=masked):
                    if not self._desk.aside:
                        self._hush()
                    self._behind.recorded(events)
                    self._caution(masked)
                case Wanted(command=command, argument=argument):
                    self._behind.ask(command, argument)
                case Unwritten(hint=said):
                    self._behind.say(f"not recorded: {said.text}; ↑ brings back: {one_line(waited)}", "error")
                case Waiting():
                    return False
                case Broken(message=message, advice=advice):
                    self._waiting = False
                    self._desk.take_back(self._wall())
                    self._capture.put(self._desk.text.replace("\n", NEWLINE), quiet=True)
                    self._behind.say(f"not recorded: {message}. {advice}", "error")
                    self.tell()
                    return True
                case None:
                    pass
        return True

    def _caution(self, masked: str) -> None:
        """Say which secrets were masked; the line as it was typed waits behind the arrow up."""
        if masked:
            self._behind.say(masked, "warning")

    def _clear(self) -> None:
        self._capture.remember(self._capture.value)
        self._refused = False
        self._capture.put("", quiet=True)
        self._hush()
        self._say(Hint(""))
        self.keys.withdraw()

    def _hush(self) -> None:
        """What was said is read once the next key is pressed."""
        if self.notice[0]:
            self._behind.say("")

    # ── hints and completion ────────────────────────────────────────────────────────────────────────────────────────

    def tell(self) -> None:
        """Say what Enter would do with the line as it stands; a line that was refused keeps its reason."""
        if self._refused:
            return
        if self._desk.text:
            self._say(self._desk.hint(self._wall()))
        else:
            self._say(Hint(""))

    def _say(self, hint: Hint) -> None:
        self._said = hint
        level, text = _LEVELS[hint.level], one_line(hint.text)
        line: Line = ((f" {text}", level),) if text else ()
        if hint.column is not None and text:
            line = self._pointing(text, level, hint.column)
        self.query_one("#hint", Panel).show([line])

    def _pointing(self, text: str, level: str, column: int) -> Line:
        """The words with an arrow under the column they speak of, on whichever side has the room."""
        width = max(1, self.size.width)
        column = max(0, min(width - 2, self._capture.cell_of(column) + self.query_one("#zone").outer_size.width))
        if cell_len(text) <= width - column - 2 or column < width // 2:
            return ((" " * column, ""), (f"↑ {text}", level))
        return ((" " * max(0, column - cell_len(text) - 1), ""), (f"{text} ↑", level))

    def _offer(self) -> None:
        self.keys.offer(self._capture.value, self._capture.cursor_position, self._said, refused=self._refused)

    def complete(self) -> None:
        """Take the first candidate, then the next ones; with several lines in the box, one entry or many."""
        if self._desk.lines > 1:
            self._desk.many = not self._desk.many
            self._refused = False
            self.tell()
        elif (chosen := self.keys.next()) is not None:
            self._take(chosen, only=self.keys.is_sole)

    def _take(self, chosen: Candidate, *, only: bool) -> None:
        value = self._capture.value
        behind = value[self._taken or chosen.end :].lstrip()
        text = f"{chosen.text} " if only or behind else chosen.text
        self._taken = chosen.start + len(text)
        self._capture.put(f"{value[: chosen.start]}{text}{behind}", self._taken, quiet=True)
        self._desk.edit(self._capture.value.replace(NEWLINE, "\n"), self._wall())
        self._refused = False
        if only:
            self.moved()
        self.tell()
