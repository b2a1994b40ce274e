"""Checklists: what is ticked, what the record already shows, what is open."""

from __future__ import annotations

from scribe.live.checklists import Progress, Step, known, progress, suggested
from scribe.live.procedures import Checklist, Phase
from scribe.record.text import one_line
from scribe.record.when import clock_text
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.page import Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap


class ChecklistSheet(Worksheet):
    """A row an item; what the record shows is proposed, and ticked by a person only."""

    name = "checklists"

    def __init__(self) -> None:
        super().__init__()
        self._chosen = ""

    def page(self, seen: Seen) -> Page:
        """The checklist that matters most now, or the one that was turned to."""
        listed = self._listed(seen)
        made = progress(listed, seen.state.board)
        steps = {step.item.name: step for step in made.steps}
        rows = tuple(
            _row(step, _phase(phase) if place == 0 else "")
            for phase, steps in made.phases
            for place, step in enumerate(steps)
        )
        first = next((place for place, step in enumerate(made.steps) if step.ticked is None), 0)

        def beside(row: Row, width: int) -> list[Line]:
            return _about(listed, made, steps[row.name], seen, width)

        counted = f"  {made.ticked} of {made.total} ticked"
        proposed = f" · {made.proposed} shown by the record" if made.proposed else ""
        heading: Line = (
            (" CHECKLIST", "label"),
            (f"  {one_line(listed.title)}", "strong"),
            (counted + proposed, "past"),
        )
        keys = (("Enter", "ticks, or takes a tick back"), ("Tab", "next checklist"), ("Esc", "closes"))
        return Page(heading, keys, rows, beside, first)

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """Tick it at once; a tick is taken away with a reason."""
        listed = self._listed(seen)
        if f"{listed.name}/{row.name}" in seen.state.board.ticks:
            return Chosen(put=f"/untick {listed.name} {row.name} ")
        return Chosen(record=f"/tick {listed.name} {row.name}")

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """The next checklist."""
        names = [listed.name for listed in self._all(seen)]
        self._chosen = names[(names.index(self._listed(seen).name) + 1) % len(names)]
        return None

    def _listed(self, seen: Seen) -> Checklist:
        lists = self._all(seen)
        return next((listed for listed in lists if listed.name == self._chosen), lists[0])

    def _all(self, seen: Seen) -> list[Checklist]:
        """Those that matter now first, then all others."""
        now = suggested(seen.state.board, seen.policy.checklists)
        return [*now, *(listed for listed in known(seen.policy.checklists) if listed not in now)]


def _phase(phase: Phase) -> str:
    return f"{phase.title}  {phase.minutes}".rstrip()


def _row(step: Step, above: str) -> Row:
    sign = "✓" if step.ticked is not None else "○" if step.proposed else "·"
    style = "past" if step.ticked is not None else "words"
    return Row(step.item.name, step.item.name, step.item.text, sign, style, above)


def _about(listed: Checklist, made: Progress, step: Step, seen: Seen, width: int) -> list[Line]:
    phase = next(phase for phase in listed.phases if step.item in phase.items)
    minutes = f"  {one_line(phase.minutes)}" if phase.minutes else ""
    lines: list[Line] = [((one_line(phase.title), "label"), (minutes, "past")), ()]
    lines += [((line, "words"),) for line in wrap(one_line(step.item.text), width)]
    lines.append(())
    if step.ticked is not None:
        at = clock_text(step.ticked.at, "minute", seen.zones.main)
        lines.append(((f"✓ ticked by @{one_line(step.ticked.who)} at {at}", "ok"),))
    elif step.proposed:
        lines.append((("○ the record shows it: Enter ticks it", "ok"),))
    else:
        lines.append((("· open: Enter ticks it", "past"),))
    ahead = next((other for other in made.steps if other.ticked is None and other is not step), None)
    if ahead is not None:
        lines += [(), (("next  ", "past"), (one_line(ahead.item.text)[: max(8, width - 6)], "past"))]
    return lines
