"""Every packet that was handed over, to be read again; any two can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.exporters.packet import comparison, markdown
from scribe.live.checkpoint import Handover, Packet, handovers, stored
from scribe.live.packet_rows import compare
from scribe.record.errors import ScribeError
from scribe.record.events import Event
from scribe.record.text import one_line
from scribe.record.when import clock_text
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.packet import read
from scribe.ui.worksheets.page import Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap


class PacketsSheet(Worksheet):
    """A row a packet, the newest first; one can be marked, and is then compared with the chosen one."""

    name = "packets"

    def __init__(self) -> None:
        super().__init__()
        self._marked = ""
        self._events: Sequence[Event] = ()
        self._packets: dict[str, Packet | str] = {}

    def page(self, seen: Seen) -> Page:
        """The list of all."""
        found = {one.packet.id: one for one in reversed(handovers(seen.state))}
        rows = tuple(_row(one, self._marked, seen) for one in found.values())
        heading: Line = (
            (" PACKETS", "label"),
            (f"  {len(rows)} handed over" if rows else "  none was handed over yet: F3 fills one in", "past"),
        )
        marks = ("↑ ↓", "compares with the marked one") if self._marked else ("Tab", "marks one to compare with")
        keys = (marks, ("Enter", "copies it"), ("Esc", "closes"))
        return Page(heading, keys if rows else keys[2:], rows, lambda row, width: self._beside(row, seen, width))

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """To the clipboard: the packet, or the comparison."""
        chosen, other = self._stored(row.name, seen), self._other(row, seen)
        if isinstance(chosen, str):
            return Chosen(said=chosen)
        if isinstance(other, Packet):
            before, after = sorted((chosen, other), key=lambda one: one.at)
            text = comparison(before, after, compare(before, after, seen.zones.main), seen.zones.main)
        else:
            text = markdown(chosen, seen.zones.main)
        return Chosen(copy=text, beside=f"{chosen.incident}-packet-{chosen.number}.md")

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """Mark it, or take the mark away."""
        self._marked = "" if self._marked == row.name else row.name
        return None

    def _beside(self, row: Row, seen: Seen, width: int) -> list[Line]:
        chosen, other = self._stored(row.name, seen), self._other(row, seen)
        if isinstance(chosen, str):
            return [((line, "warning"),) for line in wrap(one_line(chosen), width)]
        if not isinstance(other, Packet):
            return read(chosen, seen.zones, width)
        before, after = sorted((chosen, other), key=lambda one: one.at)
        lines: list[Line] = [((f"packet {before.number} → packet {after.number}", "strong"),), ()]
        for difference in compare(before, after, seen.zones.main):
            lines.append(((difference.label, "label"),))
            for sign, style, values in (("−", "past", difference.removed), ("+", "words", difference.added)):
                lines += [
                    ((f" {sign} {line}", style),) for value in values for line in wrap(one_line(value), width - 4)
                ]
        return lines

    def _other(self, row: Row, seen: Seen) -> Packet | str | None:
        return self._stored(self._marked, seen) if self._marked and self._marked != row.name else None

    def _stored(self, place: str, seen: Seen) -> Packet | str:
        """A packet from what the record held then, or why it cannot be read; made once."""
        if len(self._events) < seen.state.board.events:
            self._events = seen.recorder.events()
            self._packets.clear()  # what was restricted since is withheld from older ones too
        found = self._packets.get(place)
        if found is None:
            try:
                found = stored(self._events, place)
            except ScribeError as error:
                found = error.message
            self._packets[place] = found
        return found


def _row(one: Handover, marked: str, seen: Seen) -> Row:
    handed = one.packet
    at = clock_text(handed.at, "minute", seen.zones.main)
    label = seen.policy.label(handed.role)
    whom = f"{label} @{handed.outgoing or '—'} → @{handed.incoming}" if handed.incoming else "checkpoint"
    if one.is_retracted:
        state = "retracted"
    elif one.acknowledged is not None:
        state = f"acknowledged {clock_text(one.acknowledged.at, 'minute', seen.zones.main)}"
    else:
        state = "waits" if handed.incoming and seen.state.board.handoff else ""
    words = " · ".join(part for part in (whom, state) if part)
    return Row(handed.id, f"{handed.number}  {at}", words, "◆" if marked == handed.id else " ", "words")
