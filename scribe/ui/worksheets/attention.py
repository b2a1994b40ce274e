"""What needs attention, whole: each with what deals with it, and how to leave it alone for a while."""

from __future__ import annotations

from scribe.live.watch import Attention, attention
from scribe.record.text import one_line
from scribe.record.when import seconds_between, spell
from scribe.ui.board_lines import LEVELS
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.page import Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap


class AttentionSheet(Worksheet):
    """A row a finding, the most urgent first."""

    name = "attention"

    def page(self, seen: Seen) -> Page:
        """What ``live.watch`` finds now."""
        found = {item.key: item for item in attention(seen.state.board, seen.policy, seen.now)}
        rows = tuple(_row(item, seen) for item in found.values())

        def beside(row: Row, width: int) -> list[Line]:
            item = found.get(row.name)
            return _about(item, seen, width) if item is not None else []

        heading: Line = (
            (" ATTENTION", "label"),
            (f"  {len(rows)} open" if rows else "  nothing needs attention", "past"),
        )
        keys = (("Enter", "deals with it"), ("Tab", "leaves it alone for a while"), ("Esc", "closes"))
        return Page(heading, keys if rows else keys[2:], rows, beside)

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """The command that deals with it: recorded at once when it is complete, else put into the box."""
        item = _item(row, seen)
        return None if item is None else answer(item)

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """Leave it alone for ten minutes; the reason is to be given."""
        return Chosen(put=f"/snooze 10m {row.name} ")


def answer(item: Attention) -> Chosen:
    """What deals with it."""
    if not item.ready:
        return Chosen(put=item.command)
    return Chosen(record=item.command)


def _item(row: Row, seen: Seen) -> Attention | None:
    found = attention(seen.state.board, seen.policy, seen.now)
    return next((item for item in found if item.key == row.name), None)


def _row(item: Attention, seen: Seen) -> Row:
    age = spell(max(0.0, seconds_between(item.since, seen.now))) if item.since else ""
    return Row(item.key, age, item.text, "●", LEVELS[item.level])


def _about(item: Attention, seen: Seen, width: int) -> list[Line]:
    made: list[Line] = [((line, "words"),) for line in wrap(one_line(item.text), width)]
    verb = "Enter records" if item.ready else "Enter begins"
    made += [(), ((f"{verb}  ", "past"), (one_line(item.command).strip(), "key"))]
    made += [(), (("Leave it alone", "label"),)]
    reasons = (f"{number}  {reason}" for number, reason in enumerate(seen.policy.snooze_reasons, 1))
    made += [((f"/snooze 10m {item.key} WHY", "past"),), *(((f"  {one_line(reason)}", "past"),) for reason in reasons)]
    return made
