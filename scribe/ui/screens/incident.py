"""The live screen of one incident."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen

from scribe.record.errors import JournalError, ScribeError
from scribe.record.state import AnyState, PartialState, State
from scribe.record.text import one_line
from scribe.record.timeline import Filter, asked
from scribe.record.when import spell, stamp, ticking
from scribe.recorder import Recorder
from scribe.ui import board_lines
from scribe.ui.commands import COMMANDS
from scribe.ui.desk import Desk
from scribe.ui.lines import Piece
from scribe.ui.messages import Asked, Choice, Chosen, Noticed
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.board import Attention, BoardPanel, Brief, Countdown, Now, Roles, TitleBar
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.widgets.timeline import Timeline
from scribe.ui.wrap import cut
from scribe.ui.zones import Zones

POLL = 0.2
"""Seconds between two looks at the file for what other processes wrote, and between two savings of unsent text."""


class IncidentScreen(Screen[str]):
    """Owns the state; the widgets are bound to it, and what they have to say comes up as messages.

    Left with the id of the incident to open next, ``+`` for a new one, or nothing.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-short"), (16, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(command.key, f"screen.{command.id}", command.title) for command in COMMANDS if command.id != "leave"),
        Binding("ctrl+home", "ends(-1)", show=False),
        Binding("ctrl+end", "ends(1)", show=False),
        Binding("shift+down", "pick(1)", show=False),
        Binding("escape", "back", show=False),
    ]

    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)
    now: reactive[str] = reactive("", init=False, repaint=False)
    wanted: reactive[Filter] = reactive(Filter(), init=False, repaint=False)
    notice: reactive[tuple[str, str]] = reactive(("", ""), init=False, repaint=False)

    class Titled(Message):
        """What the terminal's title should say."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        recorder: Recorder,
        ticker: Ticker,
        zones: Zones,
        export: Callable[[State], Path],
        ahead: Sequence[events.Key] = (),
    ) -> None:
        super().__init__()
        self._ahead = ahead
        self._left = False
        self._recorder = recorder
        self._ticker = ticker
        self._zones = zones
        self._export = export
        self._desk = Desk(recorder, zones.typed)
        self._rung = ""
        self._restored = False
        self._stale = False
        self._searched = ""

    def compose(self) -> ComposeResult:
        """Title, timeline and board, what needs attention, the box, its hint, the keys."""
        # The classes that the first resize would set: known now, they cost no second look at every widget's style.
        width, height = self.app.size
        across, down = self.HORIZONTAL_BREAKPOINTS or [], self.VERTICAL_BREAKPOINTS or []
        self.add_class(
            *self._get_breakpoint_classes(width, across), *self._get_breakpoint_classes(height, down), update=False
        )
        bound = (IncidentScreen.state, IncidentScreen.zones)
        clocked = (*bound, IncidentScreen.now)
        yield TitleBar("title").data_bind(*clocked)
        yield Brief("brief").data_bind(*clocked)
        with Horizontal(id="middle"):
            yield Timeline("timeline").data_bind(*bound, IncidentScreen.wanted)
            with Vertical(id="side"):
                yield Countdown("countdown").data_bind(*clocked)
                yield Roles("roles").data_bind(*clocked)
                yield Now("now").data_bind(*clocked)
        yield Attention("attention").data_bind(*clocked, IncidentScreen.notice)
        yield EntryBox(self._desk, self._ticker.wall, self.recorded, "box").data_bind(*bound, IncidentScreen.notice)

    def on_mount(self) -> None:
        """The board and the newest entries make the first frame; the rest is loaded behind it."""
        for panel in self.query(BoardPanel):
            panel.policy = self._recorder.policy
        self.zones = self._zones
        self.now = stamp(self._ticker.now)
        self.state = self._recorder.load_tail()
        self._box.type_here()
        self._restored = self._box.restore()
        for event in self._ahead:
            self._box.press(event)
        self._recorder.changed()
        self.set_interval(1.0, self._tick)
        self.set_interval(POLL, self._poll)
        self._tick()
        if isinstance(self.state, PartialState):
            self.set_timer(0.05, lambda: self.run_worker(self._load_rest(), exclusive=True))  # behind the first frame

    def _compositor_refresh(self) -> None:
        """Draw nothing while updates are held back: Textual draws it all, and throws it away."""
        if not self.app._batch_count:
            super()._compositor_refresh()

    async def _on_key(self, event: events.Key) -> None:
        """A key that came while the box had not got the focus yet is typed there."""
        if self.focused is None:
            event.stop()
            event.prevent_default()
            self._box.press(event)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Back from a sheet: the box has the focus."""
        event.refresh_styles = False  # nothing here looks different for having been covered
        self._box.type_here()

    @property
    def _box(self) -> EntryBox:
        return self.query_one(EntryBox)

    @property
    def _timeline(self) -> Timeline:
        return self.query_one(Timeline)

    # ── what comes in from the journal and the clock ────────────────────────────────────────────────────────────────

    async def _load_rest(self) -> None:
        """The older entries, in slices of some milliseconds, so that keys are echoed meanwhile."""
        while not self._recorder.is_whole:
            try:
                loaded = self._recorder.load_more()
            except JournalError as error:
                self.notice = (f"{error.message}: {error.hint}", "error")
                await asyncio.sleep(1.0)
                continue
            await asyncio.sleep(0.002)
            if self._recorder.is_whole:
                self.state = loaded
        gc.freeze()

    def _poll(self) -> None:
        """Take up what other processes recorded, save what is typed, and tidy while nothing is."""
        self._look()
        if not self._restored:
            self._restored = self._box.restore()
        self._desk.keep(self._ticker.wall())
        if not self._desk.text:
            try:
                self._recorder.tidy()
            except JournalError:  # whoever holds the journal will let it go: the next time, then
                return

    def _look(self) -> None:
        """Take up what was recorded, here or by another process."""
        try:
            if self._recorder.changed() or self._stale:
                self.state = self._recorder.catch_up()
                self._stale = False
        except JournalError as error:
            self.notice = (f"{error.message}: {error.hint}", "error")

    def _tick(self) -> None:
        jumped = self._ticker.tick()
        self.now = stamp(self._ticker.now)
        if jumped:
            way = "ahead" if jumped > 0 else "back"
            self.notice = (
                f"the machine's clock jumped {spell(abs(jumped))} {way}, or slept; times follow it",
                "warning",
            )
        if self.state is None:
            return
        board = self.state.board
        left = board_lines.remaining(board, self.now)
        if left is not None and left < 0 and board.due is not None and self._rung != board.due.at:
            self._rung = board.due.at
            self.app.bell()
        severity = f"SEV-{board.severity}" if board.severity else "SEV?"
        shown = "" if left is None else f"{'OVERDUE +' if left < 0 else ''}{ticking(left)} · "
        self.post_message(self.Titled(f"{shown}{severity} {board.state} · scribe"))
        if self._desk.text:
            self._box.tell()

    # ── what the box says ───────────────────────────────────────────────────────────────────────────────────────────

    def recorded(self) -> None:
        """An entry is on the disk: show it."""
        self._stale = True
        self._look()
        self._timeline.follow()

    def on_noticed(self, event: Noticed) -> None:
        """Something to be said, or nothing any more."""
        self.notice = (event.text, event.level)

    def on_asked(self, event: Asked) -> None:
        """A command that only a screen can carry out."""
        match event.command:
            case "find":
                self.wanted, self._searched = asked(event.argument), event.argument
                self._show_mode()
            case "help":
                self.action_help()
            case "export":
                self.action_export()
            case "quit":
                self.action_leave()

    def on_open_picked(self) -> None:
        """The picked entry, whole."""
        picked = self._timeline.picked
        if picked is not None and self.zones is not None:
            from scribe.ui import sheets  # what the first frame does not show is imported when it is wanted

            self._show(*sheets.entry(picked, self.zones))

    def on_picked(self) -> None:
        """An entry was clicked."""
        self._show_mode()

    def _show_mode(self) -> None:
        """The keys of the picking, or of the filter, while there is one."""
        pieces: list[Piece] = []
        if self._timeline.picked is not None:
            pieces = [(" ↑ ↓", "key"), (" entry  ", "past"), ("Enter", "key")]
            pieces += [(" amend, retract, link, copy, history  ", "past"), ("Esc", "key"), (" back", "past")]
        elif not self.wanted.is_empty:
            found = f" {self._timeline.shown} entries found for {cut(one_line(self._searched), 30)}"
            pieces = [(found, "warning"), ("  Esc", "key"), (" shows all", "past")]
        self._box.instead_of_keys(pieces)

    # ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def action_complete(self) -> None:
        """Tab."""
        self._box.complete()

    def action_update(self) -> None:
        """Begin a status update."""
        self._box.begin("/update ", keep=True)

    def action_find(self) -> None:
        """Begin a search."""
        self._box.begin("/find ", keep=True)

    def action_help(self) -> None:
        """Keys and commands."""
        from scribe.ui import sheets

        self._show(*sheets.help_text(min(94, self.size.width * 92 // 100 - 5)))

    def action_roles(self) -> None:
        """The whole board."""
        if self.state is not None and self.zones is not None:
            from scribe.ui import sheets

            self._show(*sheets.board(self.state, self.now, self.zones))

    def action_zones(self) -> None:
        """Other clocks."""
        if self.zones is not None:
            self.zones = self.zones.next()
            shown = {"local": "local time", "utc": "UTC", "both": "local time and UTC"}[self.zones.shown]
            self.notice = (f"the timeline shows {shown}; typed times stay in the zone beside the box", "")

    def action_stamp_now(self) -> None:
        """The line happened now."""
        self._desk.stamp(self._ticker.wall())
        self._box.tell()

    def action_export(self) -> None:
        """Write the postmortem's draft beside where scribe was started; a thread does it, the keys go on."""
        state = self.state
        if not isinstance(state, State):
            self.notice = ("older entries are still being read; try again in a moment", "warning")
            return
        self.notice = ("writing the postmortem", "")
        self.run_worker(partial(self._write_out, state), thread=True, group="export", exclusive=True)

    def _write_out(self, state: State) -> None:
        try:
            self.post_message(Noticed(f"written to {self._export(state)}"))
        except ScribeError as error:
            self.post_message(Noticed(f"not exported: {error.message}. {error.hint}", "error"))
        except OSError as error:
            self.post_message(Noticed(f"not exported: {error.strerror or error}", "error"))

    def action_incidents(self) -> None:
        """Another incident."""
        self._leave("?")

    def action_leave(self) -> None:
        """Leave; nothing unsent is left behind, because the box is empty or its text is kept."""
        self._leave("")

    def action_command_palette(self) -> None:
        """Every action by name."""
        self.app.action_command_palette()

    def action_page(self, pages: int) -> None:
        """Scroll the timeline."""
        self._timeline.page(pages)

    def action_ends(self, end: int) -> None:
        """To the oldest or the newest entry."""
        if end < 0:
            self._timeline.to_start()
        else:
            self._timeline.follow()

    def action_pick(self, step: int = -1) -> None:
        """Pick an entry, then the one before or after."""
        self._timeline.pick(step if self._timeline.picked is not None else 0)
        self._show_mode()

    def action_step(self, step: int) -> None:
        """The arrows: through the entries while picking, else through the lines recorded before."""
        if self._timeline.picked is not None:
            self._timeline.pick(step)
        else:
            self._box.recall(step)

    def action_back(self) -> None:
        """Out of the picking, the filter, the scrolling."""
        self._timeline.unpick()
        self.wanted = Filter()
        self._timeline.follow()
        self.notice = ("", "")
        self._show_mode()

    def keep_draft(self) -> None:
        """Save the unsent text now: the process is about to end."""
        self._desk.keep(self._ticker.wall())

    def _show(self, heading: str, body: Text, choices: list[Choice]) -> None:
        """Lay a sheet over the screen, unless one lies there."""
        from scribe.ui.screens.sheet import Sheet

        if self.is_current:
            self.app.push_screen(Sheet(heading, body, choices, behind=self._box.press), self._take)

    def _leave(self, answer: str) -> None:
        """Leave once, however often a key is hit, and never over unsent text that could not be kept."""
        if not self._desk.keep(self._ticker.wall()):
            self.notice = (
                "another process holds the journal; the unsent text could not be kept, so scribe stays",
                "error",
            )
        elif not self._left and self.is_current:
            self._left = True
            self.dismiss(answer)

    def _take(self, chosen: Chosen | None) -> None:
        """A sheet was left."""
        if chosen is None:
            return
        if chosen.copy:
            from scribe.ui import clipboard

            self.notice = (clipboard.copy(self.app, chosen.copy), "")
        if chosen.put:
            self._timeline.unpick()
            self._show_mode()
            self._box.begin(chosen.put)
