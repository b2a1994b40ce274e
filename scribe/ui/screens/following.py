"""What comes in: other processes' entries from the journal, seconds from the clock."""

from __future__ import annotations

import asyncio
import gc
from abc import abstractmethod

from textual.message import Message
from textual.reactive import reactive

from scribe.live.watch import attention, bells
from scribe.record.errors import Busy, JournalError
from scribe.record.state import AnyState, Board
from scribe.record.when import spell, stamp, ticking
from scribe.recorder import Recorder
from scribe.ui import board_lines
from scribe.ui.desk import Desk
from scribe.ui.screens.recording import Export, Save
from scribe.ui.screens.working import Working
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.timeline import Timeline
from scribe.ui.zones import Zones


class Following(Working):
    """Owns the state and the time, and follows the journal and the clock with them; rings where it has to."""

    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)
    now: reactive[str] = reactive("", init=False, repaint=False)

    class Titled(Message):
        """What the terminal's title should say."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, recorder: Recorder, ticker: Ticker, desk: Desk, export: Export, save: Save | None) -> None:
        super().__init__(recorder, ticker, desk, export, save)
        self._rung: dict[str, str] = {}
        self._stale = False

    @abstractmethod
    def loaded(self) -> None:
        """Every entry is there."""

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
        self.loaded()

    def look(self, *, stale: bool = False) -> None:
        """Take up what was recorded, here (then this is ``stale``) or by another process."""
        self._stale = self._stale or stale
        try:
            if self._recorder.changed() or self._stale:
                self.state = self._recorder.catch_up()
                self._stale = False
                self._forget()
        except Busy:  # without a write-ahead log who writes is in the way of who reads: the next time, then
            return
        except JournalError as error:
            self.notice = (f"{error.message}: {error.hint}", "error")

    def _forget(self) -> None:
        """Words that somebody erased stand nowhere here any more."""
        words = self._recorder.forgotten()
        if words is not None:
            from scribe.ui.screens.forgetting import forget

            self.query_one(Timeline).forget()
            forget(self.app.screen_stack, words)
            typed = any(map(words.unsent, (self._desk.text, self._bench.kept())))
            rest = "what you are typing still has some of its words" if typed else "its words are gone from here too"
            self.notice = (f"an entry was erased; {rest}", "warning")

    def _tick(self) -> None:
        jumped = self._ticker.tick()
        self.now = stamp(self._ticker.now)
        if jumped:
            then = (
                "ahead, or slept; times follow it"
                if jumped > 0
                else "back; times follow it, and what is recorded now stands above what was recorded before"
            )
            self.notice = (f"the machine's clock jumped {spell(abs(jumped))} {then}", "warning")
        if self.state is None:
            return
        board = self.state.board
        left = board_lines.remaining(board, self.now)
        self._ring(board)
        self.refresh_bench(by_clock=True)
        severity = f"SEV-{board.severity}" if board.severity else "SEV?"
        countdown = "" if left is None else f"{'OVERDUE +' if left < 0 else ''}{ticking(left)} · "
        flag = f"{self._trouble[0].upper()} · " if self._trouble[0] else ""
        self.post_message(self.Titled(f"{flag}{countdown}{severity} {board.state} · scribe"))
        if self._desk.text:
            self.box.tell()

    def _ring(self, board: Board) -> None:
        """One bell for each thing that needs attention, and not another for the same kind at once."""
        policy = self._recorder.policy
        rings, self._rung = bells(attention(board, policy, self.now), self._rung, self.now, policy)
        if rings:
            self.app.bell()
