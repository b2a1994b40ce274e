"""The packet for whoever takes over: filled from the record, with blanks for what only a person knows."""

from __future__ import annotations

from msgspec.structs import replace

from scribe.exporters.packet import markdown
from scribe.live.checkpoint import GIVEN, Packet, carried, packet
from scribe.live.packet_rows import Row as Field
from scribe.live.packet_rows import changed, dated, fields, heading
from scribe.record.events import Checkpoint, Draft
from scribe.record.text import one_line, visible
from scribe.record.when import clock_text
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.leaving import leaving
from scribe.ui.worksheets.page import Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap
from scribe.ui.zones import Zones

_GIVEN = "given"


class PacketSheet(Worksheet):
    """A row a field. What the record holds is corrected by an entry, what it cannot know is filled with ``/set``."""

    name = "handoff"
    fields = tuple(GIVEN)

    def page(self, seen: Seen) -> Page:
        """The packet as it would be handed over now."""
        made = self._packet(seen)
        zone = seen.zones.main
        rows = tuple(_row(field) for field in fields(made, zone))
        pending = seen.state.board.handoff
        if pending is not None:
            at = clock_text(pending.at, "minute", zone)
            standing = (
                f"packet {pending.number} was handed to @{one_line(pending.incoming)} at {at}: /ack moves the role"
            )
            state: Line = ((f"  {standing}", "warning"),)
        else:
            blanks = sum(1 for row in rows if row.style == "warning" and row.sign == "✎")
            filled = f"  {blanks} to fill in; blanks never block" if blanks else ""
            state = ((f"  {one_line(heading(made))}", "strong"), (filled, "past"))
        head: Line = ((" HANDOFF", "label"), *state)
        keys = (
            ("F3", "hands over"),
            ("↑ ↓ Enter", "edits"),
            ("Tab", "copies it"),
            ("PgDn", "reads on"),
            ("Esc", "closes"),
        )
        first = next((place for place, row in enumerate(rows) if row.sign == "✎" and row.style == "warning"), 0)
        return Page(head, keys, rows, lambda _, width: read(made, seen.zones, width), first)

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """The command that fills the field in, or corrects it; what it says now stands behind it."""
        if row.name in GIVEN and row.name != "next_ic":
            return Chosen(put=f"/set {row.name} {one_line(self._given(seen).get(row.name, ''))}")
        field = next(field for field in fields(self._packet(seen), seen.zones.main) if field.name == row.name)
        said = one_line(seen.state.board.impact) if row.name == "impact" else ""
        return Chosen(put=f"{field.command}{said}") if field.command else None

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """To the clipboard, as Markdown."""
        made = self._packet(seen)
        return Chosen(copy=markdown(made, seen.zones.main), beside=f"{made.incident}-packet-{made.number}.md")

    def again(self, seen: Seen) -> Chosen | None:
        """Hand it over: who takes over is a name away."""
        return Chosen(put="/handoff @")

    def set(self, field: str, text: str, seen: Seen) -> str:
        """What only a person knows."""
        if field not in GIVEN:
            return f"{field or 'that'} is no field of a packet: {', '.join(GIVEN)}"
        self.typed = {_GIVEN: {**self._given(seen), field: text}}
        return ""

    def enclose(self, draft: Draft, seen: Seen) -> Draft:
        """The packet that is handed over carries what was filled in."""
        payload = draft.payload
        assert isinstance(payload, Checkpoint)
        given = {name: text for name, text in self._given(seen).items() if text.strip()}
        return replace(draft, payload=replace(payload, given=given))

    def _given(self, seen: Seen) -> dict[str, str]:
        """What was filled in, else what the packet before said."""
        return self.typed.get(_GIVEN) or carried(leaving(seen.state)[0])

    def _packet(self, seen: Seen) -> Packet:
        """As it may be passed on: what was typed is shown as it will be read once it was handed over."""
        view, veil = leaving(seen.state)
        given = {name: veil.text(text) for name, text in self._given(seen).items()}
        return packet(view, at=seen.now, given=given)


def read(made: Packet, zones: Zones, width: int) -> list[Line]:
    """A packet as the incoming person reads it: page one, what changed, the rest."""
    zone = zones.main
    lines: list[Line] = [((one_line(heading(made)), "strong"),), ((dated(made, zone), "past"),), ()]
    rows = fields(made, zone)
    changes = changed(made, zone)
    page_one = 8
    for row in rows[:page_one]:
        lines += _told(row, width)
    if changes:
        number = made.previous.number if made.previous else 0
        lines += [(), ((f"CHANGED SINCE PACKET {number}", "label"),)]
        for row in changes:
            lines += _told(row, width)
    lines += [(), (("THE REST", "label"),)]
    for row in rows[page_one:]:
        lines += _told(row, width)
    return lines


def _told(row: Field, width: int) -> list[Line]:
    style = "words" if row.is_known else "warning"
    made: list[Line] = []
    label = f"{row.label}  "
    room = max(12, width - 2)
    for number, value in enumerate(row.values):
        words = wrap(f"{label if number == 0 else ''}{visible(value)}", room)
        for place, line in enumerate(words):
            if number == 0 and place == 0 and line.startswith(label):
                made.append(((label, "past"), (line[len(label) :], style)))
            else:
                made.append((("  ", ""), (line, style)))
    return made


def _row(field: Field) -> Row:
    value = field.values[0] if len(field.values) == 1 else f"{field.values[0]}  (+{len(field.values) - 1})"
    if field.by_hand:
        return Row(field.name, field.label, value, "✎", "words" if field.is_known else "warning")
    return Row(field.name, field.label, value, " ", "words" if field.is_known else "warning")
