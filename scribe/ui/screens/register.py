"""The page of the register: what is known of every action item, how it is kept true and drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, MutableMapping
from datetime import tzinfo

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.reactive import reactive

from scribe.record.dates import today
from scribe.record.errors import JournalError
from scribe.record.state import AnyState, Entries, State
from scribe.record.text import one_line
from scribe.record.when import stamp
from scribe.recorder import Incidents
from scribe.ui.commands import REGISTER
from scribe.ui.intervals import POLL
from scribe.ui.lines import Line
from scribe.ui.messages import Noticed
from scribe.ui.register import rows as drawn
from scribe.ui.register.desk import BOX, RegisterDesk
from scribe.ui.register.view import Known, View, known, listing
from scribe.ui.screens.recording import Export, Recording, Save
from scribe.ui.styles import stylesheet
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.entry import EntryBox
from scribe.ui.widgets.panel import Panel
from scribe.ui.widgets.register import ItemPanel, RegisterList
from scribe.ui.zones import Zones


class RegisterPage(Recording):
    """Knows every action item and shows them; what the keys do with them is the screen's.

    ``home`` is the incident that it was opened from. ``told`` hears that something was recorded; ``behind`` takes the
    keys that were typed fast behind the one that left; ``elsewhere`` is where unsent text waits meanwhile.
    """

    CSS_PATH = stylesheet("actions")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-short"), (18, "-tall")]
    commands = REGISTER
    hands_out_keys = True
    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)

    def __init__(
        self,
        incidents: Incidents,
        home: str,
        ticker: Ticker,
        zones: Zones,
        export: Export,
        save: Save | None,
        *,
        told: Callable[[], None],
        behind: Callable[[events.Key], None] | None,
        elsewhere: MutableMapping[str, str],
    ) -> None:
        self._register_desk = RegisterDesk(incidents, home, zones.typed, self._turned)
        # Of its own: whoever shares one would take from the other the news that something was recorded.
        super().__init__(incidents.open(home), ticker, self._register_desk, export, save)
        self.view = View()
        self._incidents = incidents
        self._zones = zones
        self._told = told
        self._behind = behind
        self._elsewhere = elsewhere
        self._known = Known()
        self._stale = True
        self._over = False

    def compose(self) -> ComposeResult:
        """What all of it comes to, how it is looked at; the list and the chosen item; what is said; the box."""
        yield Panel("title")
        yield Panel("looking")
        with Container(id="middle"):
            yield RegisterList("list")
            with Vertical(id="chosen"):
                yield ItemPanel("item")
                yield Panel("next")
        yield Panel("attention")
        box = EntryBox(self._desk, self._ticker.wall, self, "box", REGISTER)
        yield box.data_bind(RegisterPage.state, RegisterPage.zones, RegisterPage.notice)

    def on_mount(self) -> None:
        """Read every board; go on with a line that was not sent the last time."""
        self.zones = self._zones
        self._recorder.changed()
        self._look()
        left = self._elsewhere.pop(BOX, "")
        if left:
            self.box.take_up(self._register_desk.take_up(left, self._ticker.wall()))
        self.box.type_here()
        self.watch_journal()
        self.set_interval(POLL, self._poll)

    def on_resize(self) -> None:
        """Other sizes."""
        self.call_after_refresh(self._draw)

    @abstractmethod
    def choose(self) -> None:
        """Enter in an empty box; whoever inherits from this knows what it begins."""

    # ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _on_key(self, event: events.Key) -> None:
        """Every key comes here first; one that was typed fast behind another goes where that one led."""
        from scribe.ui.screens.sheet import Sheet

        event.stop()
        event.prevent_default()
        if isinstance(self.app.screen, Sheet):
            self.app.screen.post_message(events.Key(event.key, event.character))
        elif not self._over:
            await self.box.take(event)
        elif self._behind is not None:
            self._behind(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if not self._over:
            await self.box.take(event)

    def press(self, event: events.Key) -> None:
        """Take a key that went to a sheet."""
        self.post_message(events.Key(event.key, event.character))

    def on_screen_resume(self) -> None:
        """Back from a sheet: the box has the focus."""
        self.box.type_here()

    # ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────

    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The board of the incident that a line is for, the clocks and the time."""
        return self.state, self.zones, stamp(self._ticker.wall())

    def _poll(self) -> None:
        """Take up what was recorded, notice that a day began, save what is typed."""
        if not self._over:
            self.watch_journal()
            self._look()
            self._desk.keep(self._ticker.wall())

    def _look(self) -> None:
        """Read the boards anew if anything was recorded, or another day began."""
        day = today(self._ticker.wall(), self._zone)
        try:
            self._stale = self._recorder.changed() or self._stale or day != self._known.today
            if not self._stale:
                return
            self._known = known(self._incidents.all(), day)
        except JournalError as error:
            self.say(f"{error.message}: {error.hint}", "error")
            return
        self._stale = False
        self._register_desk.know(self._known)
        self.box.keys.names = self._known.people
        self._list_anew()

    @property
    def _zone(self) -> tzinfo:
        return self._zones.typed

    @property
    def _list(self) -> RegisterList:
        return self.query_one(RegisterList)

    def _turned(self, incident: str) -> None:
        """The line is for this incident now: its board is what completions are taken from."""
        board = self._known.boards.get(incident)
        if board is not None and (self.state is None or self.state.board is not board):
            self.state = State(board, Entries([], 0))

    # ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _list_anew(self) -> None:
        before = self._list.row
        found = listing(self._known, self.view)
        self._list.put(found, self._known.names, drawn.nothing(self.view, len(self._known.rows)))
        row = self._list.row
        self._draw(fresh=before is None or row is None or before.id != row.id)

    def _draw(self, *, fresh: bool = True) -> None:
        """Draw all but the list itself, which does so when it is told to; ``fresh``: another item is chosen."""
        row = self._list.row
        self._register_desk.choose(row.incident if row is not None else self._recorder.incident)
        self._turned(self._register_desk.incident)
        self.query_one("#title", Panel).show([drawn.title(self._known.counts, self.size.width)])
        self.query_one("#looking", Panel).show([drawn.looking(self.view, self._list.shown, len(self._known.rows))])
        item, below = self.query_one(ItemPanel), self.query_one("#next", Panel)
        if row is None:
            item.put(lambda _: [], "", fresh=True)
            below.show([])
            return
        key = "PgDn" if self.has_class("-whole") else "^R"
        item.put(lambda width: drawn.whole(row, width, self._zone), key, fresh=fresh)
        below.show(drawn.next_keys(row, below.size.width))

    def watch_notice(self) -> None:
        """Something is to be said."""
        text, level = self.notice
        sign = {"error": "✗", "warning": "●"}.get(level, "✓")
        line: Line = ((f" {sign} {one_line(text)}", level or "ok"),) if text else ()
        self.query_one("#attention", Panel).show([line])

    def say(self, text: str, level: str = "") -> None:
        """Say something in the attention line."""
        if text:
            self.watch_journal()  # what is said behind a fault stands behind it in the line, too
        self.notice = (text, level)

    def on_noticed(self, event: Noticed) -> None:
        """The register was passed on, or not."""
        self.say(event.text, event.level)

    def on_picked(self) -> None:
        """A row was clicked."""
        self._draw()
