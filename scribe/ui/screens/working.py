"""What lies over the incident's screen: worksheets and sheets, and what becomes of what is chosen in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.text import Text
from textual.screen import Screen

from scribe.record.errors import ScribeError
from scribe.record.events import Event
from scribe.record.state import AnyState, PartialState, State
from scribe.record.when import stamp
from scribe.recorder import Recorder
from scribe.ui.desk import Broken, Desk, Outcome, Unwritten, Waiting, Wanted, Written
from scribe.ui.messages import Choice, Chosen, Noticed
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.workbench import BOX, Workbench
from scribe.ui.worksheets.page import Page, Seen
from scribe.ui.zones import Zones

Export = Callable[[State], Path]
"""Writes the postmortem of a record into a new file, and says where. Raises ScribeError, OSError."""

Save = Callable[[str, str], Path]
"""Writes a text into a new file of about this name, and says where. Raises ScribeError, OSError."""


class Working(Screen[str]):
    """Lays worksheets over the lower half and carries out what they ask for; the capture line keeps the focus."""

    def __init__(self, recorder: Recorder, ticker: Ticker, desk: Desk, export: Export, save: Save | None) -> None:
        super().__init__()
        self._recorder = recorder
        self._ticker = ticker
        self._desk = desk
        self._export = export
        self._save = save
        self._drawn = ""
        self._bench = Workbench(self.seen, self.carry, lambda: stamp(ticker.wall()))
        desk.enclose = self._bench.enclose

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

    def unpick(self) -> None:
        """No entry is picked any more."""
        raise NotImplementedError

    def show_mode(self) -> None:
        """Show the keys of what is going on."""
        raise NotImplementedError

    # ── worksheets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def seen(self) -> Seen | None:
        """What worksheets are made from; of a record that is still being loaded, what is there."""
        state, zones, now = self.standing()
        if state is None or zones is None or not now:
            return None
        whole = state if isinstance(state, State) else State(state.board, state.entries)
        return Seen(whole, now, zones, self._recorder)

    @property
    def box(self) -> EntryBox:
        """Where the scribe types."""
        return self.query_one(EntryBox)

    @property
    def sheet(self) -> WorksheetPanel:
        """Where worksheets are drawn."""
        return self.query_one(WorksheetPanel)

    @property
    def page(self) -> Page | None:
        """The worksheet that lies open."""
        return self.sheet.page

    def lay(self, name: str, argument: str = "") -> None:
        """Lay a worksheet open, unless it is."""
        state, _, _ = self.standing()
        if isinstance(state, PartialState) and self._bench.needs_all(name):
            self._bench.awaited = name
            self.say("older entries are still being read; it opens in a moment")
            return
        self._bench.lay(name, argument)
        self._show_bench()

    def _turn(self, name: str) -> None:
        """The key of a worksheet: lay it open, or, when it is, do what it is for."""
        if self._bench.name == name:
            self._bench.again()
            self._show_bench()
        else:
            self.lay(name)

    def put_away(self) -> None:
        """No worksheet lies open any more."""
        self._bench.close()
        self._show_bench()

    def refresh_bench(self, *, by_clock: bool = False) -> None:
        """The record or the time moved on.

        What is composed from thousands of entries is made anew once a minute, which is as finely as it tells the time:
        a key must not wait for it each second.
        """
        state, _, now = self.standing()
        if by_clock and now[:16] == self._drawn and self._bench.name != "attention":
            return
        self._drawn = now[:16]
        awaited = self._bench.awaited
        if awaited and isinstance(state, State):
            self._bench.awaited = ""
            self.lay(awaited)
        elif self._bench.name:
            self._bench.refresh()

    def keep_bench(self) -> bool:
        """Save what was typed into worksheets, if it changed; False while the journal is locked: try again."""
        if self._bench.unsaved:
            try:
                self._recorder.keep(BOX, self._bench.kept(), self._ticker.wall())
            except ScribeError:
                return False
            self._bench.unsaved = False
        return True

    def _show_bench(self) -> None:
        self.set_class(bool(self._bench.name), "-working")
        self.box.fields = self._bench.fields
        self.show_mode()

    def action_update(self) -> None:
        """Compose a status update; again: send it."""
        self._turn("update")

    def action_handoff(self) -> None:
        """The packet for whoever takes over; again: hand it over."""
        self._turn("handoff")

    def action_attention(self) -> None:
        """All that needs attention."""
        self._turn("attention")

    def action_checklists(self) -> None:
        """The checklists."""
        self._turn("checklists")

    def action_answer(self) -> None:
        """Deal with what needs attention most."""
        from scribe.live.watch import attention
        from scribe.ui.worksheets.attention import answer

        seen = self.seen()
        found = attention(seen.state.board, seen.policy, seen.now) if seen is not None else ()
        if found:
            self.carry(answer(found[0]))
        else:
            self.say("nothing needs attention")

    # ── what is chosen in them ──────────────────────────────────────────────────────────────────────────────────────

    def carry(self, chosen: Chosen) -> None:
        """Carry out what a sheet or a worksheet asks for."""
        if chosen.said:
            self.say(chosen.said, "warning")
        if chosen.show:
            self.lay(chosen.show)
        if chosen.record:
            self._settle(self._desk.record_line(chosen.record, self._ticker.wall()), chosen.record)
        if chosen.drafts:
            outcome = self._desk.record(chosen.drafts, self._ticker.wall())
            if not self._settle(outcome, ""):
                return
            self._bench.sent()
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

    # ── sheets, and what leaves ───────────────────────────────────────────────────────────────────────────────────────

    def _show(self, heading: str, body: Text, choices: list[Choice]) -> None:
        """Lay a sheet over the screen, unless one lies there."""
        from scribe.ui.screens.sheet import Sheet

        if self.is_current:
            self.app.push_screen(Sheet(heading, body, choices, behind=self.box.press), self._take)

    def _take(self, chosen: Chosen | None) -> None:
        """A sheet was left."""
        if chosen is None:
            return
        if chosen.put:
            self.unpick()
            self.show_mode()
        self.carry(chosen)

    def action_export(self) -> None:
        """Write the postmortem's draft beside where scribe was started; a thread does it, the keys go on."""
        state = self.standing()[0]
        if not isinstance(state, State):
            self.say("older entries are still being read; try again in a moment", "warning")
            return
        self.say("writing the postmortem")
        self.run_worker(partial(self._write_out, state), thread=True, group="export", exclusive=True)

    def _write_out(self, state: State) -> None:
        try:
            self.post_message(Noticed(f"written to {self._export(state)}"))
        except ScribeError as error:
            self.post_message(Noticed(f"not exported: {error.message}. {error.hint}", "error"))
        except OSError as error:
            self.post_message(Noticed(f"not exported: {error.strerror or error}", "error"))
