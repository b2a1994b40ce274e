"""The live screen of one incident."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from scribe.record.errors import JournalError
from scribe.record.events import Event
from scribe.record.state import AnyState, PartialState
from scribe.record.text import one_line
from scribe.record.timeline import Filter, asked
from scribe.record.when import stamp
from scribe.recorder import Recorder
from scribe.ui.agreed import Agreed
from scribe.ui.commands import COMMANDS
from scribe.ui.desk import Desk
from scribe.ui.intervals import POLL
from scribe.ui.lines import Piece
from scribe.ui.messages import Chosen, Noticed
from scribe.ui.screens.following import Following
from scribe.ui.screens.recording import Export, Save
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.board import Attention, BoardPanel, Brief, Countdown, Now, Roles, TitleBar
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.widgets.panel import Panel
from scribe.ui.widgets.timeline import Timeline
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.workbench import BOX as BENCH
from scribe.ui.wrap import cut
from scribe.ui.zones import Zones

Register = Callable[[MutableMapping[str, str]], None]
"""Opens the register of action items; unsent text of other boxes waits in the mapping."""


class IncidentScreen(Following):
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

    wanted: reactive[Filter] = reactive(Filter(), init=False, repaint=False)

    def __init__(
        self,
        recorder: Recorder,
        ticker: Ticker,
        zones: Zones,
        export: Export,
        ahead: Sequence[events.Key] = (),
        save: Save | None = None,
        register: Register | None = None,
        agreed: Agreed | None = None,
    ) -> None:
        super().__init__(recorder, ticker, Desk(recorder, zones.typed), export, save)
        self._ahead = ahead
        self._open_register = register
        self._agreed = agreed
        self._left = False
        self._zones = zones
        self._restored = False
        self._searched = ""
        self._section = ""
        self._wanted_section: str | None = None

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
            timeline = Timeline("timeline", writer=lambda: self._recorder.writer)
            yield timeline.data_bind(*bound, IncidentScreen.wanted)
            with Vertical(id="side"):
                yield Countdown("countdown").data_bind(*clocked)
                yield Roles("roles").data_bind(*clocked)
                yield Now("now").data_bind(*clocked)
        yield WorksheetPanel("worksheet")
        yield Attention("attention").data_bind(*clocked, IncidentScreen.notice)
        yield EntryBox(self._desk, self._ticker.wall, self, "box").data_bind(*bound, IncidentScreen.notice)

    def on_mount(self) -> None:
        """The board and the newest entries make the first frame; the rest is loaded behind it."""
        for panel in self.query(Panel):  # a query asks for a class of which there can be one, and this is abstract
            if isinstance(panel, BoardPanel):
                panel.policy = self._recorder.policy
        self.zones = self._zones
        self.now = stamp(self._ticker.now)
        self.state = self._recorder.load_tail()
        self._bench.stand_on(self.sheet)
        self.box.keys.roles = self._recorder.policy.role_names
        self.box.keys.checklists = self._recorder.policy.checklists
        self.box.type_here()
        self.watch_journal()
        self._restore()
        if self._recorder.caution and not self.notice[0]:
            self.say(self._recorder.caution, "warning")
        for event in self._ahead:
            self.box.press(event)
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
            self.box.press(event)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Back from a sheet: the box has the focus."""
        event.refresh_styles = False  # nothing here looks different for having been covered
        self.box.type_here()

    @property
    def _timeline(self) -> Timeline:
        return self.query_one(Timeline)

    # ── what comes in from the journal and the clock ────────────────────────────────────────────────────────────────

    def loaded(self) -> None:
        """Every entry is there: what waited for that opens."""
        if self._wanted_section is not None:
            self.postmortem(self._wanted_section)

    def _poll(self) -> None:
        """Take up what other processes recorded, save what is typed, and tidy while nothing is."""
        self.watch_journal()
        self.look()
        if not self._restored and self.is_current:  # over it, something may be typed into the same boxes
            self._restore()
        self._desk.keep(self._ticker.wall())
        self.keep_bench()
        if not self._desk.text:
            try:
                self._recorder.tidy()
            except JournalError:  # whoever holds the journal will let it go: the next time, then
                return

    def _restore(self) -> None:
        """Offer what was left unsent, in the box and in worksheets."""
        self._restored = self.box.restore([BENCH] if self._bench.kept() else [])
        left = self._desk.elsewhere.pop(BENCH, "")
        begun = set(self._bench.take_up(left)) if left else set()
        begun |= {"postmortem"} if any(box.startswith("postmortem") for box in self._desk.elsewhere) else set()
        named = [f"{command.shown} {command.title}" for command in COMMANDS if command.id in begun]
        keys = ", ".join([*named, *(["/actions"] if "actions" in self._desk.elsewhere else [])])
        if keys and not self._desk.text:
            self.say(f"typed and not sent the last time: {keys}", "warning")

    def watch_state(self) -> None:
        """Something was recorded."""
        self.refresh_bench()

    # ── what the box says ───────────────────────────────────────────────────────────────────────────────────────────

    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk: show them."""
        self._bench.written(events)
        self.keep_bench()
        self.look(stale=True)
        self._timeline.follow()

    def on_noticed(self, event: Noticed) -> None:
        """Something to be said, or nothing any more."""
        self.notice = (event.text, event.level)

    def ask(self, command: str, argument: str) -> None:
        """Carry out a command that only a screen can."""
        match command:
            case "find":
                self.wanted, self._searched = asked(argument), argument
                self.show_mode()
            case "update" | "handoff" | "packets" | "impact":
                self.lay(command, argument)
            case "tick":
                self.lay("checklists")
            case "set":
                self.say(self._bench.set(argument), "warning")
            case "help":
                self.action_help()
            case "export":
                self.action_export()
            case "backup":
                self.back_up(argument)
            case "write" | "check":
                self.postmortem(argument if command == "write" else "!")
            case "actions":
                self.actions()
            case "quit":
                self.action_leave()

    def choose(self) -> None:
        """Enter in an empty box: the picked entry, whole, or what the worksheet does with its row."""
        picked = self._timeline.picked
        if picked is not None and self.zones is not None and self.state is not None:
            from scribe.ui import sheets  # what the first frame does not show is imported when it is wanted

            self._show(*sheets.entry(picked, self.zones, self.state, self._recorder.writer))
        elif picked is None:
            self._bench.enter()

    def on_picked(self) -> None:
        """An entry was clicked."""
        self.show_mode()

    def show_mode(self) -> None:
        """The keys of the picking, or of the filter, while there is one."""
        pieces: list[Piece] = []
        if self._timeline.picked is not None:
            pieces = [(" ↑ ↓", "key"), (" entry  ", "past"), ("Enter", "key")]
            pieces += [(" amend, retract, link, copy, history  ", "past"), ("Esc", "key"), (" back", "past")]
        elif self.page is not None:
            pieces = self.page.pieces
        elif not self.wanted.is_empty:
            found = f" {self._timeline.shown} entries found for {cut(one_line(self._searched), 30)}"
            pieces = [(found, "warning"), ("  Esc", "key"), (" shows all", "past")]
        self.box.keys.instead_of_keys(pieces)

    # ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def action_complete(self) -> None:
        """Tab: the completion, or in an empty box what the worksheet turns to."""
        if self._desk.text or self.page is None:
            self.box.complete()
        else:
            self._bench.tab()
            self.show_mode()

    def action_find(self) -> None:
        """Begin a search."""
        self.box.begin("/find ", keep=True)

    def action_help(self) -> None:
        """Keys and commands."""
        from scribe.ui import sheets

        self._show(*sheets.help_text(min(94, self.size.width * 92 // 100 - 5)))

    def action_postmortem(self) -> None:
        """Write the postmortem, where one was the last time."""
        self.postmortem(self._section)

    def postmortem(self, section: str) -> None:
        """Open the postmortem at a section, ``!``: at the first finding; it waits until every entry is loaded."""
        from scribe.ui.screens.postmortem import PostmortemScreen

        if not self._recorder.is_whole:
            self._wanted_section = section
            self.say("older entries are still being read; it opens in a moment")
        elif self.is_current and not self._left:
            self._wanted_section = None
            unsent = self._desk.elsewhere
            screen = PostmortemScreen(
                self, self._recorder, self._ticker, self._export, self._save, unsent, section, self._agreed
            )
            self.app.push_screen(screen, self._back_from_postmortem)

    def _back_from_postmortem(self, section: str | None) -> None:
        self._section = section or ""

    def actions(self) -> None:
        """The action items of all incidents, over whatever screen stands."""
        if self._open_register is not None:
            self._open_register(self._desk.elsewhere)

    def action_roles(self) -> None:
        """The whole board."""
        if self.state is not None and self.zones is not None:
            from scribe.ui import sheets

            self._show(*sheets.board(self.state, self.now, self.zones, self._recorder.policy))

    def action_zones(self) -> None:
        """Other clocks."""
        if self.zones is not None:
            self.zones = self.zones.next()
            shown = {"local": "local time", "utc": "UTC", "both": "local time and UTC"}[self.zones.shown]
            self.notice = (f"the timeline shows {shown}; typed times stay in the zone beside the box", "")

    def action_incidents(self) -> None:
        """Another incident."""
        self._leave("?")

    def action_leave(self) -> None:
        """Leave; nothing unsent is left behind, because the box is empty or its text is kept."""
        self._leave("")

    def action_page(self, pages: int) -> None:
        """Scroll what stands beside the worksheet's rows, else the timeline."""
        if self.page is not None:
            self.sheet.scroll_beside(pages)
        else:
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
        self.show_mode()

    def action_step(self, step: int) -> None:
        """The arrows: through entries while picking, through a worksheet's rows, else through lines recorded before."""
        if self._timeline.picked is not None:
            self._timeline.pick(step)
        elif self.page is not None:
            self.sheet.move(step)
        else:
            self.box.recall(step)

    def action_back(self) -> None:
        """Out of the picking, the worksheet, the filter, the scrolling: the nearest first."""
        if self._timeline.picked is None and self.page is not None:
            self.put_away()
            return
        self._timeline.unpick()
        self.wanted = Filter()
        self._timeline.follow()
        self.notice = ("", "")
        self.show_mode()

    def keep_draft(self) -> bool:
        """Save the unsent text now: the process is about to end. False while the journal is locked."""
        return all([self._desk.keep(self._ticker.wall()), self.keep_bench()])

    def unkept(self) -> list[str]:
        """What is typed and could not be saved."""
        return [*super().unkept(), *([self._bench.typed] if self._bench.unsaved else [])]

    def _leave(self, answer: str) -> None:
        """Leave once, however often a key is hit, and never over unsent text that could not be kept."""
        if self.awaited is not None:
            self.notice = ("another process holds the journal; what was sent waits for it, so scribe stays", "error")
        elif self.lets_go(kept=self.keep_draft()) and not self._left and self.is_current:
            self._left = True
            self.dismiss(answer)

    # ── what worksheets ask of the screen ───────────────────────────────────────────────────────────────────────────

    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The state, the clocks and the time that the screen shows."""
        return self.state, self.zones, self.now

    def _show_bench(self) -> None:
        """Show the keys of the worksheet that lies open, too."""
        super()._show_bench()
        self.show_mode()

    def _take(self, chosen: Chosen | None) -> None:
        """A sheet was left: what is put into the box has to do with no picked entry any more."""
        if chosen is not None and chosen.put:
            self._timeline.unpick()
            self.show_mode()
        super()._take(chosen)

    def say(self, text: str, level: str = "") -> None:
        """Say something in the attention line."""
        if text:
            self.watch_journal()  # what is said behind a fault stands behind it in the line, too
        self.notice = (text, level)
