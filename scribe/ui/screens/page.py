"""The postmortem's page: which place is shown, and how it is kept true to the record and the check."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import MutableMapping
from functools import partial

from textual import events
from textual.worker import Worker

from scribe.after.findings import Finding
from scribe.record.dates import today
from scribe.record.state import AnyState
from scribe.record.timeline import Filter
from scribe.record.when import instant
from scribe.recorder import Recorder
from scribe.ui.agreed import Agreed
from scribe.ui.intervals import POLL
from scribe.ui.postmortem import register
from scribe.ui.postmortem.look import checked, look, with_text
from scribe.ui.postmortem.places import (
    Place,
    named,
    place,
)
from scribe.ui.postmortem.writing import LINE_BOX
from scribe.ui.screens.drawn import Drawn
from scribe.ui.screens.recording import Export, Save
from scribe.ui.screens.writing import Below
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.answers import Answers
from scribe.ui.widgets.inorder import ByScreen
from scribe.ui.widgets.picker import EntryPicker
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.zones import Zones

PATIENCE = 0.3
"""Seconds without a change after which the document is built and checked anew."""

FIRST = "!"
"""Asked for instead of a section: the first finding."""


class PostmortemPage(Drawn):
    """Shows one place at a time, and draws it anew when the record or the check moved on. Its keys are the screen's."""

    def __init__(
        self,
        below: Below,
        recorder: Recorder,
        ticker: Ticker,
        export: Export,
        save: Save | None,
        elsewhere: MutableMapping[str, str],
        section: str = "",
        agreed: Agreed | None = None,
    ) -> None:
        super().__init__(below, recorder, ticker, export, save, elsewhere)
        self._agreed = agreed or Agreed()
        self.way = (self._agreed.template, "md")
        self._here = place(named(section))
        self._wants_finding = section == FIRST
        self.borrowed = False
        self._due = True
        self._looks: Worker[None] | None = None

    def on_mount(self) -> None:
        """Begin where one was the last time; the document is built behind the first frame."""
        self.state, self.zones, self.now = self._below.standing()
        for name, took in (("state", self._took), ("zones", self._clocks), ("now", self._tick)):
            self.watch(self._below, name, took, init=False)  # type: ignore[arg-type]  # the live screen is a node
        self.box.keys.roles = self._recorder.policy.role_names
        self.box.keys.checklists = self._recorder.policy.checklists
        line = self._elsewhere.pop(LINE_BOX, "")
        if line:
            self.box.take_up(line)
        self._lay()
        self.watch_journal()
        self.set_interval(POLL, self.poll)
        self._patience = self.set_interval(PATIENCE, self.look_now, pause=True)
        self.look_now()

    def on_resize(self) -> None:
        """Other sizes."""
        self.show_text()
        self.call_after_refresh(self.draw)

    def show_text(self) -> None:
        """Put sources and figures away, where they stand in the place of the text."""
        if self.has_class("-beside"):
            self.remove_class("-beside")
            self.show_mode()
            self.call_after_refresh(self.draw)

    async def _on_key(self, event: events.Key) -> None:
        """Every key comes here first, and goes to whoever has the focus by now."""
        event.stop()
        event.prevent_default()
        if self._over:
            self._below.press(event)
        else:
            if event.is_printable and not self.box.is_typed_in:
                self.show_text()  # nobody writes what is not seen
            await self._typing.take(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if not self._over:
            if not self.box.is_typed_in:
                self.show_text()
            await self._typing.take(event)

    @property
    def _typing(self) -> ByScreen:
        """Where keys are typed."""
        if not isinstance(self.focused, ByScreen):
            self.home()
        assert isinstance(self.focused, ByScreen)
        return self.focused

    def press(self, event: events.Key) -> None:
        """Take a key that went to a sheet, where keys are typed now."""
        self.post_message(events.Key(event.key, event.character))

    def on_screen_resume(self) -> None:
        """Back from a sheet."""
        if self.focused is None or not self.box.is_typed_in:
            self.home()

    # ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────

    def _took(self, state: AnyState | None) -> None:
        if not self._over:
            self.state = state
            self.met()
            self._lay_again()
            self._look_again()

    def _clocks(self, zones: Zones | None) -> None:
        self.zones = zones
        self.draw()

    def _tick(self, now: str) -> None:
        minute = now[:16] != self.now[:16]
        self.now = now
        if minute:
            self._look_again()

    @abstractmethod
    def go_to_first(self) -> None:
        """Go to the first finding; whoever inherits from this knows how."""

    def touched(self) -> None:
        """What is in the editor changed: what was underlined may have moved."""
        self.editor.mark(())
        self._hush()
        self._draw_head()
        self._look_again()

    def _look_again(self) -> None:
        """Build and check the document once nothing changed for a moment."""
        self._due = True
        self._patience.reset()
        self._patience.resume()

    def look_now(self) -> None:
        """Build and check the document, if anything changed since; a thread does it, the keys go on."""
        self._patience.pause()
        if self._due:
            self._due = False
            self._looks = self.run_worker(self._looking, group="look", exclusive=True)

    async def _looking(self) -> None:
        state = self.record
        manuscript = self._manuscript
        if manuscript is not None and manuscript.is_changed and manuscript.is_valid:
            state = with_text(state, manuscript.section, manuscript.formed, self._recorder.me, self.now)
        zone, policy, first = self._zones.typed, self._recorder.policy, self.seen is None
        self.seen = await asyncio.to_thread(partial(look, state, zone=zone, policy=policy, before=self.seen))
        if first and self._manuscript is not None:
            self.editor.propose(self.proposed(self.place))
        self._lay_again()
        check = partial(checked, now=self.now, template=self.way[0], options=self._agreed.options)
        self.seen = await asyncio.to_thread(check, self.seen)
        self._lay_again()
        if self._wants_finding:
            self._wants_finding = False
            self.go_to_first()

    # ── where one is ────────────────────────────────────────────────────────────────────────────────────────────────

    def go(self, key: str) -> bool:
        """Go to a place; False when the section cannot be left yet."""
        self._hush()
        if not self.put_down():
            return False
        self._here = place(key)
        self.finding = None
        if self.picking:
            self.stop_picking()
        self._lay()
        return True

    def _lay(self) -> None:
        """Show the place one is in."""
        here = self.place
        self._set_classes(here)
        if here.kind == "text":
            self.take_up(here)
        else:
            self._manuscript = None
        self._lay_again(fresh=True)
        self.home()
        self.draw()
        self.call_after_refresh(self.draw)

    def _set_classes(self, here: Place) -> None:
        """What stands in the middle."""
        for kind in ("text", "choice", "rows"):
            self.set_class(here.kind == kind, f"-{kind}")
        self.set_class(self.picking, "-picking")

    @property
    def box_is_home(self) -> bool:
        """Whether there is nothing to write in here but the capture line."""
        return self.place.kind == "rows" and not self.picking

    def borrow(self, line: str) -> None:
        """Type into the capture line, and go back to the text once the line is recorded."""
        self.box.type_here_now()
        self.borrowed = not self.box_is_home
        if line:
            self.box.begin(line)

    def start_picking(self) -> None:
        """Lay the timeline beside the text."""
        self.picking = True
        self._show_picking()

    def stop_picking(self) -> None:
        """Put the timeline away."""
        self.picking = False
        picker = self.query_one(EntryPicker)
        picker.wanted = Filter()
        picker.unpick()
        self._show_picking()

    def _show_picking(self) -> None:
        self._set_classes(self.place)
        self._lay_again()
        self.show_mode()
        self.home()
        self.call_after_refresh(self.draw)

    def _feed_picker(self) -> None:
        picker = self.query_one(EntryPicker)
        picker.zones, picker.state = self.zones, self.state

    def set_way(self, way: tuple[str, str]) -> None:
        """The template and format that were used last; the check goes by the template."""
        if way[0] != self.way[0]:
            self._look_again()
        self.way = way

    def point_out(self, finding: Finding) -> None:
        """One goes on from this finding."""
        self.finding = finding
        self.draw()

    def finish(self) -> None:
        """Leave, once."""
        self._over = True
        self.dismiss(self.place.key)

    def _lay_again(self, *, fresh: bool = False) -> None:
        """The record or the check moved on."""
        here = self.place
        if here.kind == "choice":
            words = self.words(here.key)
            self.query_one(Answers).lay(here, words.text if words else "", self.proposed(here))
        elif here.kind == "rows" and self.seen is not None:
            day = today(instant(self.now), self._zones.typed)
            rows = self.query_one("#rows", WorksheetPanel)
            rows.put(register.page(self.seen, here.key, day), fresh=fresh or not rows.is_open)
        if self.picking:
            self._feed_picker()
        self.draw()

    def home(self) -> None:
        """Give the focus to where one writes, chooses or picks here."""
        self.borrowed = False
        if self.picking:
            self.set_focus(self.query_one(EntryPicker))
        elif self.place.kind == "text":
            self.set_focus(self.editor)
        elif self.place.kind == "choice":
            self.set_focus(self.query_one(Answers))
        else:
            self.box.type_here_now()
