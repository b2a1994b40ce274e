"""Checklists: what has to be done in an incident of a kind, and what the record already shows of it.

An item is ticked by a person. What the board shows by itself is only proposed: the record can tell that an update was
sent, not that it was the right one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from scribe.live.procedures import BUILT_IN, Checklist, Item, Phase, Shown, data_suffers
from scribe.record.state import Board, Ticked

NAME = r"[^\W_]+(?:-[^\W_]+)*"
"""The name of a list or an item, casefolded: one word that is quickly typed, like ``first-update``."""

_LONGEST = 24


class Step(Struct, frozen=True):
    """An item as an incident has it: by whom and when it was ticked, or whether the record proposes to tick it."""

    item: Item
    ticked: Ticked | None = None
    proposed: bool = False

    @property
    def open(self) -> bool:
        """Whether nobody ticked it and nothing in the record shows it."""
        return self.ticked is None and not self.proposed


class Progress(Struct, frozen=True):
    """How far a checklist is: its phases, each with its steps, in their order."""

    checklist: Checklist
    phases: tuple[tuple[Phase, tuple[Step, ...]], ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(step for _, steps in self.phases for step in steps)

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    @property
    def ticked(self) -> int:
        """How many were ticked."""
        return sum(step.ticked is not None for step in self.steps)

    @property
    def proposed(self) -> int:
        """How many the record shows and nobody ticked."""
        return sum(step.proposed for step in self.steps)

    @property
    def open(self) -> int:
        """How many are neither."""
        return sum(step.open for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first step that is open; None when none is."""
        return next((step for step in self.steps if step.open), None)


def known(own: tuple[Checklist, ...]) -> tuple[Checklist, ...]:
    """The built-in checklists and the team's own; an own one stands in the place of the built-in of its name."""
    return tuple({checklist.name: checklist for checklist in (*BUILT_IN, *own)}.values())


def find(name: str, own: tuple[Checklist, ...]) -> Checklist | None:
    """The checklist of that name; None when there is none."""
    return next((checklist for checklist in known(own) if checklist.name == name), None)


def progress(checklist: Checklist, board: Board) -> Progress:
    """What was ticked, what the record proposes to tick, and what is open."""
    phases = tuple(
        (phase, tuple(_step(item, board.ticks.get(f"{checklist.name}/{item.name}"), board) for item in phase.items))
        for phase in checklist.phases
    )
    return Progress(checklist, phases)


def suggested(board: Board, own: tuple[Checklist, ...]) -> tuple[Checklist, ...]:
    """The checklists that matter now, what protects people and data first; one that is ticked off matters no more."""
    lists = {checklist.name: checklist for checklist in known(own)}
    found = []
    for name, matters in _MATTERS.items():
        if matters(board):
            done = progress(lists[name], board)
            # Taking hold of an incident is over once the record shows it, whether or not somebody ticks it off.
            if done.open if name == "declaration" else done.ticked < done.total:
                found.append(lists[name])
    return tuple(found)


def slug(text: str, taken: Collection[str]) -> str:
    """A name for an item that was given none: its first words, and a number where that is taken."""
    words = re.findall(r"[^\W_]+", text.casefold())
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word[:_LONGEST]
        if len(longer) > _LONGEST:
            break
        name = longer
    name = name or "item"
    numbered, number = name, 2
    while numbered in taken:
        numbered, number = f"{name}-{number}", number + 1
    return numbered


def _step(item: Item, ticked: Ticked | None, board: Board) -> Step:
    return Step(item, ticked, ticked is None and item.shown is not None and item.shown(board))


_MATTERS: dict[str, Shown] = {
    "data-exposure": lambda board: board.security and board.state != "closed",
    "data-loss": lambda board: data_suffers(board) and board.state != "closed",
    "resolution": lambda board: board.state in ("monitoring", "resolved"),
    "sev1": lambda board: board.severity == 1 and not board.over,
    "declaration": lambda board: not board.over,
    "closing": lambda board: board.state in ("postmortem", "verification"),
}
"""When each of them matters, the most pressing first."""
