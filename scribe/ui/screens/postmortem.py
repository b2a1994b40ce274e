"""The postmortem of one incident: its keys, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from scribe.record.afterwards import Curated, Waived
from scribe.record.afterwards import Written as Section
from scribe.record.events import Event
from scribe.record.sections import BY_KEY
from scribe.record.state import Entry
from scribe.record.timeline import asked
from scribe.ui.commands import POSTMORTEM, WRITING
from scribe.ui.messages import Chosen, Noticed
from scribe.ui.postmortem import beside, middle, register
from scribe.ui.postmortem.places import (
    ACTIONS,
    FACTORS,
    ORDER,
    PLACES,
    TIMELINE,
    counted,
    named,
    next_finding,
    place_of,
    standing,
)
from scribe.ui.postmortem.writing import missing
from scribe.ui.screens.drawn import Hands
from scribe.ui.screens.page import PostmortemPage
from scribe.ui.widgets.picker import EntryPicker
from scribe.ui.widgets.worksheet import WorksheetPanel


class PostmortemScreen(PostmortemPage):
    """Goes through the sections. Left with the key of the one where one was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(command.key, f"screen.{command.id}", command.title) for command in POSTMORTEM
    ]
    commands = POSTMORTEM

    @property
    def hands(self) -> Hands:
        """The screen itself."""
        return self

    # ── from place to place ─────────────────────────────────────────────────────────────────────────────────────────

    def action_next(self) -> None:
        """The next place."""
        self.go(PLACES[(ORDER[self.place.key] + 1) % len(PLACES)].key)

    def action_previous(self) -> None:
        """The place before."""
        self.go(PLACES[ORDER[self.place.key] - 1].key)

    def ended(self) -> None:
        """Enter in a section of one line."""
        self.action_next()

    def action_finding(self) -> None:
        """The next finding, where it is."""
        if self.seen is None:
            return
        found = next_finding(self.seen.findings, self.place.key, self.finding)
        if found is None:
            self.say("the check finds nothing")
            return
        if not self.go(place_of(found)):
            return
        self.point_out(found)
        ref = found.where.partition(":")[0]
        if self.place.kind == "text":
            for start, end, _ in middle.spans((found,), self.editor.text):
                self.editor.go_to(start, end)
        elif self.place.key == TIMELINE:
            self._pick(ref)
        else:
            rows = self.query_one("#rows", WorksheetPanel)
            for kind in ("factor", "item", "unanswered", "recovery", "moment", "closing"):
                rows.choose(f"{kind}:{ref}")

    def go_to_first(self) -> None:
        """Go to the first finding."""
        self.action_finding()

    def action_waive(self) -> None:
        """Begin the line that accepts a finding, the reason is to be given; where all are, one that takes it back."""
        found = standing(self.seen.findings, self.place.key) if self.seen is not None else ()
        here = counted(found)
        if here:
            finding = self.finding if self.finding in here else here[0]
            self.borrow(f"/waive {middle.waiving(finding)} ")
        elif found:
            self.borrow(f"/unwaive {middle.waiving(found[0])}")
        else:
            self.say("nothing was found here; F5 goes to where something was", "warning")

    def action_supply(self) -> None:
        """Begin the milestone that a figure waits for."""
        wanted = beside.missing_moments(self.seen) if self.seen is not None else ()
        if wanted:
            self.borrow(f"/milestone {wanted[0]} ")
        else:
            self.say("no figure waits for a moment")

    def action_line(self) -> None:
        """From the text to the capture line, and back."""
        if self.box.is_typed_in and not self.box_is_home:
            self.home()
        else:
            self.box.type_here_now()

    def action_beside(self) -> None:
        """Sources and figures in the place of the text, where the screen is narrow."""
        if self.has_class("-beside"):
            self.show_text()
        elif self.has_class("-wide"):
            self.say("sources and figures stand beside the text")
        else:
            self.add_class("-beside")
            self.show_mode()
            self.call_after_refresh(self.draw)

    def action_zones(self) -> None:
        """Other clocks."""
        self._below.action_zones()

    # ── what the record holds ───────────────────────────────────────────────────────────────────────────────────────

    def action_take(self) -> None:
        """Take what the record holds; where that is done, go to the next section that it holds something for."""
        here, proposed = self.place, self.proposed(self.place)
        if proposed and here.kind == "text":
            text = missing(self.editor.text, proposed, BY_KEY[here.key])
            if text != self.editor.text:
                self.editor.exchange(text)
                return
        elif proposed and here.kind == "choice" and self.words(here.key) is None:
            self.answered(proposed)
            return
        elif here.key in (FACTORS, ACTIONS) and self._row.startswith("held:"):
            self.choose()
            return
        later = (*PLACES[ORDER[here.key] + 1 :], *PLACES[: ORDER[here.key]])
        for each in later:
            words = self.words(each.key)
            if each.kind != "rows" and self.proposed(each) and not (words and words.text):
                self.go(each.key)
                return
        self.say("nothing is left that the record holds; F5 goes through what the check found")

    def answered(self, choice: str) -> None:
        """An answer was chosen: it is recorded, and one goes on."""
        if self.enter_event(Section(section=self.place.key), choice) == "done" and choice:
            self.action_next()

    @property
    def _row(self) -> str:
        row = self.query_one("#rows", WorksheetPanel).row if self.place.kind == "rows" else None
        return row.name if row is not None else ""

    # ── entries ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def action_entries(self) -> None:
        """Pick entries beside the text, or go back to it."""
        if self.picking:
            self.stop_picking()
        else:
            self._pick("")

    def _pick(self, ref: str) -> None:
        self.start_picking()
        self.call_after_refresh(self.query_one(EntryPicker).go_to, ref)

    def _filter(self, words: str) -> None:
        """Pick among the entries that pass; without words among all."""
        picker = self.query_one(EntryPicker)
        picker.wanted = asked(words)
        self._pick("")
        if not picker.wanted.is_empty:
            self.say(f"only entries with {words}; Esc shows the others")

    def send(self, entry: Entry) -> None:
        """Its words go into the section; where each line is an event, into the line that begins one."""
        here = self.place
        cited = f"{' '.join(entry.text.split())} ({entry.ref})"
        if here.form in ("text", "list"):
            if (
                self.flush() == "done"
                and self.enter_event(Section(section=here.key, added=True, entry=entry.ref), "") == "done"
            ):
                self.say(f"{entry.ref} stands in {here.title.lower()}")
        elif here.kind == "text":
            self.editor.exchange(f"{self.editor.text.rstrip()} {cited}".strip())
        elif here.key in (FACTORS, ACTIONS):
            self.stop_picking()
            self.borrow(f"/factor {cited} layer: " if here.key == FACTORS else f"/action {cited} ")
        else:
            self.whole(entry)

    def star(self, entry: Entry) -> None:
        """Documents point it out, or no longer."""
        self.enter_event(Curated(target=entry.ref, starred=not entry.starred), "")

    def hide(self, entry: Entry) -> None:
        """Documents leave it out of their timeline, or no longer."""
        self.enter_event(Curated(target=entry.ref, hidden=not entry.hidden), "")

    def whole(self, entry: Entry) -> None:
        """Show it whole."""
        from scribe.ui import sheets

        if self.zones is not None:
            self._show(*sheets.entry(entry, self.zones, self.record, self._recorder.writer))

    # ── the capture line ────────────────────────────────────────────────────────────────────────────────────────────

    async def typed_elsewhere(self, event: events.Key | events.Paste) -> None:
        """A letter where there is nothing to write in: it is typed into the box."""
        self.box.type_here_now()
        await self.box.take(event)

    def recorded(self, events: Sequence[Event]) -> None:
        """These are on the disk: show them, and go back to the text that was left for them."""
        self._below.look(stale=True)
        if self.borrowed:
            self.home()
        for event in events:
            if not isinstance(event.payload, Section | Curated):
                self._confirm(event)

    def _confirm(self, event: Event) -> None:
        """Say what became of a line whose entry, factor or item does not stand here, or may not."""
        made = (*self.record.entries, *self.record.board.factors, *self.record.board.items)
        ref = next((each.ref for each in made if each.id == event.id), "")
        if ref:
            self.say(f"recorded as {ref}")
        elif isinstance(event.payload, Waived) and event.text and self.seen is not None:
            known = {(each.code, place) for each in self.seen.findings for place in ("", each.where)}
            if (event.payload.code, event.payload.place) not in known:
                self.say("recorded; but the check has no such finding now: F5 names each", "warning")

    def choose(self) -> None:
        """Enter in an empty box: the line that deals with the row; where there are none, back to the text."""
        row = self._row
        if self.place.kind != "rows" or self.seen is None:
            self.home()
        elif row.startswith("entry:"):
            self._pick(row.partition(":")[2])
        elif row:
            begun = register.begin(self.seen, self.place.key, row)
            self.box.begin(begun.text, cursor=begun.cursor)

    def ask(self, command: str, argument: str) -> None:
        """Carry out a command that only a screen can."""
        match command:
            case "write":
                self.go(named(argument) or self.place.key)
            case "check":
                self.action_finding()
            case "find":
                self._filter(argument)
            case "export":
                self.action_export()
            case "actions":
                self._below.actions()
            case "help":
                self.action_help()
            case "quit":
                self.action_leave()
            case _:
                self.say(f"/{command} is for the live screen: Esc goes there", "warning")

    def say(self, text: str, level: str = "") -> None:
        """Say something in the attention line."""
        if text:
            self.watch_journal()  # what is said behind a fault stands behind it in the line, too
        self.notice = (text, level)

    def on_noticed(self, event: Noticed) -> None:
        """The document was written out, or not."""
        self.say(event.text, event.level)

    def action_complete(self) -> None:
        """Tab: the completion, or in an empty box the next place."""
        if self._desk.text:
            self.box.complete()
        else:
            self.action_next()

    def action_step(self, step: int) -> None:
        """The arrows in the box: rows while it is empty, else lines recorded before."""
        if self.place.kind == "rows" and not self._desk.text:
            self.query_one("#rows", WorksheetPanel).move(step)
        else:
            self.box.recall(step)

    def action_page(self, pages: int) -> None:
        """Scroll what stands beside the rows."""
        self.query_one("#rows", WorksheetPanel).scroll_beside(pages)

    # ── what leaves ─────────────────────────────────────────────────────────────────────────────────────────────────

    def action_export(self) -> None:
        """Ask for template and format, and write the document out."""
        from scribe.ui.postmortem import leaving

        if self.flush() == "done" and self.seen is not None:
            self._show(*leaving.sheet(self.seen, self.way))

    def carry(self, chosen: Chosen) -> None:
        """Carry out what was chosen in a sheet."""
        if chosen.export is not None:
            self.set_way(chosen.export)
            self.write_out(template=chosen.export[0], form=chosen.export[1])
        if chosen.put:
            self.borrow("")
        super().carry(chosen)

    def action_help(self) -> None:
        """Keys and commands."""
        from scribe.ui import sheets

        self._show(*sheets.help_text(min(94, self.size.width * 92 // 100 - 5), POSTMORTEM, WRITING))

    def action_leave(self) -> None:
        """Back: out of the picking, the box, the sources; then to the live screen, once all is recorded or kept."""
        if self.picking and not self.query_one(EntryPicker).wanted.is_empty:
            self._hush()
            self._filter("")
        elif self.picking:
            self.stop_picking()
        elif self.has_class("-beside"):
            self.show_text()
        elif self.box.is_typed_in and not self.box_is_home:
            self.home()
        elif self.is_over or not self.is_current or not (self.put_down() or self.gives_up()):
            return
        elif self.lets_go(kept=self.keep()):
            self.leave_behind()
            self.finish()
