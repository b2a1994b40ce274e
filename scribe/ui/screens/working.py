"""What lies over the incident's screen: worksheets, and what becomes of what is chosen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from scribe.record.state import PartialState, State
from scribe.record.when import stamp
from scribe.recorder import Recorder
from scribe.ui.desk import Desk
from scribe.ui.messages import Chosen
from scribe.ui.screens.recording import Export, Recording, Save
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.workbench import BOX, Workbench
from scribe.ui.worksheets.page import Page, Seen

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated


class Working(Recording):
    """Lays worksheets over the lower half and carries out what they ask for; the capture line keeps the focus."""

    def __init__(self, recorder: Recorder, ticker: Ticker, desk: Desk, export: Export, save: Save | None) -> None:
        super().__init__(recorder, ticker, desk, export, save)
        self._drawn = ""
        self._bench = Workbench(self.seen, self.carry, lambda: stamp(ticker.wall()))
        desk.enclose = self._bench.enclose

    # ── worksheets ──────────────────────────────────────────────────────────────────────────────────────────────────

    def seen(self) -> Seen | None:
        """What worksheets are made from; of a record that is still being loaded, what is there."""
        state, zones, now = self.standing()
        if state is None or zones is None or not now:
            return None
        whole = state if isinstance(state, State) else State(state.board, state.entries)
        return Seen(whole, now, zones, self._recorder)

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
        """Save what was typed into worksheets, if it changed; False while it cannot be saved: try again."""
        if self._bench.unsaved:
            if not self._desk.save(BOX, self._bench.kept(), self._ticker.wall(), "json"):
                return False
            self._bench.unsaved = False
        return True

    def forget(self, words: Repeated) -> None:
        """Somebody erased these words: keep none of them, in worksheets either."""
        super().forget(words)
        self._bench.forget(words)

    def _show_bench(self) -> None:
        """Make room for the worksheet that lies open, and tell the box which fields it has."""
        self.set_class(bool(self._bench.name), "-working")
        self.box.keys.fields = self._bench.fields

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
        super().carry(replace(chosen, said=""))

    @property
    def laid(self) -> str:
        """What lies open, with what was typed into it."""
        return f"{self._bench.name} {self._bench.kept()}"

    def sent(self) -> None:
        """What was typed into the worksheet that lies open was recorded: at once, none of it is unsent any more."""
        self._bench.sent()
        self.keep_bench()
