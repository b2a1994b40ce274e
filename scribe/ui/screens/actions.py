"""The register of action items of all incidents: a list, the chosen one whole, and the line that changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from msgspec import UNSET
from msgspec.structs import replace
from textual.binding import Binding, BindingType

from scribe.after.actions import SORTS, Row, chosen, ordered, redacted
from scribe.record.afterwards import ItemSaid
from scribe.record.errors import ScribeError
from scribe.record.events import Event
from scribe.record.redact import Redacted, redact
from scribe.ui.commands import REGISTER
from scribe.ui.messages import Chosen
from scribe.ui.register import rows as drawn
from scribe.ui.register.desk import BOX
from scribe.ui.register.view import GROUPINGS, NAMES, SHOWS, View
from scribe.ui.screens.register import RegisterPage
from scribe.ui.widgets.register import ItemPanel


class ActionsScreen(RegisterPage):
    """Every line that is recorded here goes to the incident of the chosen row, or to the one that it names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(command.key, f"screen.{command.id}", command.title) for command in REGISTER),
        Binding("ctrl+home", "ends(-1)", show=False),
        Binding("ctrl+end", "ends(1)", show=False),
    ]

    # ── the capture line ────────────────────────────────────────────────────────────────────────────────────────────

    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk: show them, and say what became of the item."""
        self._stale = True
        self._look()
        self._told()
        for event in events:
            payload = event.payload
            if isinstance(payload, ItemSaid):
                item = payload.target or event.id
                for row in self._known.rows:
                    if (row.incident, row.item.id) == (event.incident, item):
                        self._say_of(row, payload)
                        return
        self.say("recorded")

    def _say_of(self, row: Row, payload: ItemSaid) -> None:
        name = drawn.label(row, self._known.names)
        if not payload.target:
            became = f"{name} added"
        elif payload.status is not UNSET or payload.verified_by is not UNSET:
            became = f"{name}: {drawn.status_of(row.item)[1]}{', not verified yet' if row.awaits_verification else ''}"
        else:
            became = f"{name} changed"
        if not self._list.choose(row.id):
            became += f"; it is not among what is shown here ({NAMES[self.view.show]})"
        self.say(became)
        self._draw()

    def choose(self) -> None:
        """Enter in an empty box: the line that the chosen item needs next."""
        row = self._list.row
        if row is None:
            self.action_new()
            return
        step = drawn.next_step(row, self._known.called(row))
        if step is None:
            self.say("nothing is left to do with it; F9 begins a change")
        else:
            self.box.begin(step.line)

    def ask(self, command: str, argument: str) -> None:
        """Carry out a command that only a screen can."""
        match command:
            case "find":
                self._look_at(replace(self.view, find=argument))
                self._list.to_first()
                self._draw()
            case "export":
                self.action_export()
            case "help":
                self.action_help()
            case "quit":
                self.action_leave()
            case "write" if argument == "actions":
                self.action_new()
            case "actions":
                self._look_at(View())
            case _:
                self.say(f"/{command} is for the incident's own screen: Esc goes back", "warning")

    def _look_at(self, view: View) -> None:
        """Look at the register in another way."""
        self.view = view
        self._list_anew()

    # ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def action_new(self) -> None:
        """Begin an action item in the incident of the chosen row."""
        row = self._list.row
        incident = row.incident if row is not None else self._recorder.incident
        name = self._known.prefix(incident)
        self.box.begin(f"/action {name}/ " if name else "/action ")

    def action_change(self) -> None:
        """Begin a change of the chosen item."""
        row = self._list.row
        if row is None:
            self.say("no item is chosen", "warning")
        else:
            self.box.begin(f"/action {self._known.called(row)} ")

    def action_sort(self) -> None:
        """The next order."""
        self._look_at(replace(self.view, sort=SORTS[(SORTS.index(self.view.sort) + 1) % len(SORTS)]))

    def action_group(self) -> None:
        """Other headings, or none."""
        place = (GROUPINGS.index(self.view.group) + 1) % len(GROUPINGS)
        self._look_at(replace(self.view, group=GROUPINGS[place]))

    def action_show(self) -> None:
        """Something else."""
        self._look_at(replace(self.view, show=SHOWS[(SHOWS.index(self.view.show) + 1) % len(SHOWS)]))

    def action_mine(self) -> None:
        """Only one's own items, or everybody's."""
        self._look_at(replace(self.view, owner=self._incidents.me if self.view.owner is None else None))

    def action_find(self) -> None:
        """Begin a search."""
        self.box.begin("/find ", keep=True)

    def action_help(self) -> None:
        """Keys and commands."""
        from scribe.ui.register import sheets

        self._show(*sheets.help_text(min(94, self.size.width * 92 // 100 - 5)))

    def action_whole(self) -> None:
        """The chosen item in the place of the list, and back."""
        self.toggle_class("-whole")
        self._draw()

    def action_step(self, step: int) -> None:
        """The arrows: items while the box is empty, else lines recorded before."""
        if self._desk.text:
            self.box.recall(step)
        else:
            self._list.move(step)
            self._draw()

    def action_page(self, pages: int) -> None:
        """A screen of items; of the whole one, while it is shown."""
        if self.has_class("-whole"):
            self.query_one(ItemPanel).page(pages)
        else:
            self._list.page(pages)
            self._draw()

    def action_ends(self, end: int) -> None:
        """The first or the last item."""
        self._list.move(end * self._list.shown)
        self._draw()

    def action_complete(self) -> None:
        """Tab: the completion, or in an empty box something else to be shown."""
        if self._desk.text:
            self.box.complete()
        else:
            self.action_show()

    def action_back(self) -> None:
        """Out of the whole, and of what is left out; then to where one came from."""
        if self.has_class("-whole"):
            self.action_whole()
        elif self.view.is_narrowed:
            self._look_at(replace(self.view, owner=None, find=""))
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave once, however often a key is hit, and never over unsent text that could not be kept."""
        if self._over or not self.is_current:
            return
        if not self.lets_go(kept=self._desk.keep(self._ticker.wall())):
            return
        if self._desk.text:
            self._elsewhere[BOX] = self._register_desk.kept()
        self._over = True
        self.dismiss("")

    def keep_draft(self) -> bool:
        """Save the unsent text now: the process is about to end. False while the journal is locked."""
        return self._desk.keep(self._ticker.wall())

    # ── what leaves ─────────────────────────────────────────────────────────────────────────────────────────────────

    def action_export(self) -> None:
        """Ask for the form, and pass on what is shown."""
        from scribe.ui.register import sheets

        self._show(*sheets.passing_on(self.view, self._list.shown))

    def carry(self, chosen: Chosen) -> None:
        """Carry out what was chosen in a sheet."""
        if chosen.export is not None:
            self.say("reading what is passed on")
            self.run_worker(self._pass_on(*chosen.export), group="export", exclusive=True)
        super().carry(chosen)

    async def _pass_on(self, name: str, form: str) -> None:
        """What is shown, without what is restricted, into a new file; keys go on between two incidents."""
        from scribe.exporters.items import passed_on

        if self._save is None:
            self.say("there is nowhere to write", "error")
            return
        view = self.view
        reviews = form == "ics" and view.show in ("open", "all") and not view.is_narrowed
        states: list[Redacted] = []
        try:
            for board in tuple(self._known.boards.values()):
                if board.items or reviews:
                    state = self._incidents.open(board.incident).load()
                    states.append(await asyncio.to_thread(redact, state))
            passed = ordered(chosen(redacted(states, today=self._known.today), view.wanted), view.sort)
            text = passed_on(form, passed, states if reviews else ())
            path = self._save(f"{name}.{form}", text)
        except ScribeError as error:
            self.say(f"not passed on: {error.message}. {error.hint}", "error")
        except OSError as error:
            self.say(f"not passed on: {error.strerror or error}", "error")
        else:
            self.say(f"written to {path.name}: {len(passed)} of {len(self._known.rows)} items, nothing restricted")
