"""The line of keys under the box; in their place what Tab would take, while there is something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.reactive import reactive

from scribe.live.typed import Hint
from scribe.record.state import AnyState
from scribe.record.terms import ROLES
from scribe.record.text import one_line
from scribe.ui.commands import AFTERWARDS, COMMANDS, Command
from scribe.ui.lines import Piece
from scribe.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from scribe.live.completion import Candidate
    from scribe.live.procedures import Checklist


class KeysLine(Panel):
    """As many keys as fit, or what a mode says instead, or what could stand at the cursor.

    ``fields``, ``roles``, ``names`` and ``checklists`` are what is offered beside what the record itself holds.
    """

    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)

    def __init__(self, commands: Sequence[Command], id: str | None = None) -> None:
        super().__init__(id=id)
        self._commands = commands
        self._candidates: tuple[Candidate, ...] = ()
        self._candidate = -1
        self._instead: list[Piece] = []
        self._is_over = False
        self._room = 0
        self.fields: tuple[str, ...] = ()
        self.roles: tuple[str, ...] = ROLES
        self.names: tuple[str, ...] = ()
        self.checklists: tuple[Checklist, ...] = ()

    def watch_state(self, state: AnyState | None) -> None:
        """Once it is over, other keys matter more."""
        is_over = state is not None and state.board.over
        if is_over != self._is_over:
            self._is_over = is_over
            self._draw()

    def fit(self, width: int) -> None:
        """Show the keys that fit into so many columns; whoever lays this out knows, before it has a size itself."""
        self._room = width
        self._draw()

    def instead_of_keys(self, pieces: list[Piece]) -> None:
        """Show these in the place of the keys; none: the keys."""
        self._instead = pieces
        self._draw()

    # ── what Tab would take ─────────────────────────────────────────────────────────────────────────────────────────

    def offer(self, text: str, cursor: int, said: Hint, *, refused: bool) -> None:
        """Offer what could stand at the cursor, else what is ``said`` to be possible.

        For a line that was ``refused`` what would put it right comes first.
        """
        from scribe.live.completion import Candidate, candidates, people, references  # the first frame offers nothing

        before, state = self._candidates, self.state
        self._candidates = ()
        wrong = refused and bool(said.choices)
        if state is not None and not wrong and ("/" in text or "@" in text):
            names = dict.fromkeys((*people(state.board, state.entries), *self.names))
            self._candidates = candidates(
                text,
                cursor,
                state.board,
                names,
                self.roles,
                self.fields,
                self.checklists,
                references(state.board, state.entries),
            )
        if not self._candidates and said.column is not None:
            column, end = said.column, said.end
            self._candidates = tuple(Candidate(choice, "", column, end) for choice in said.choices)
        if self._candidates or before:
            self._draw()

    def next(self) -> Candidate | None:
        """The first candidate, then the next ones; None where there is none."""
        if not self._candidates:
            return None
        self._candidate = (self._candidate + 1) % len(self._candidates)
        self._draw()
        return self._candidates[self._candidate]

    @property
    def is_sole(self) -> bool:
        """Whether there is one candidate and no other."""
        return len(self._candidates) == 1

    def restart(self) -> None:
        """None of them is taken yet."""
        self._candidate = -1

    def withdraw(self) -> None:
        """Offer nothing."""
        self._candidates, self._candidate = (), -1
        self._draw()

    # ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> None:
        """The keys, or the candidates while there are some."""
        self.show([tuple(self._offered() if self._candidates else self._instead or self._footer())])

    def _offered(self) -> list[Piece]:
        pieces: list[Piece] = [(" Tab ", "key")]
        first = max(0, self._candidate)
        for place, candidate in enumerate(self._candidates[first : first + 12], first):
            chosen = place == self._candidate
            pieces.append((f" {one_line(candidate.text)} ", "picked" if chosen else "words"))
            if (chosen or self.is_sole) and candidate.about:
                pieces.append((f"{one_line(candidate.about)[:60]} ", "past"))
        return pieces

    def _footer(self) -> list[Piece]:
        """As many keys as fit, and always the one that lists them all."""
        *others, last = [command for command in self._commands if command.footer]
        if self._is_over and self._commands is COMMANDS:  # what is to be done now comes first: not every key may fit
            others.sort(key=lambda command: command.id not in AFTERWARDS)
        room = self._room - len(last.shown) - len(last.title) - 3
        pieces: list[Piece] = []
        for command in others:
            room -= len(command.shown) + len(command.title) + 3
            if room >= 0:
                pieces += [(f" {command.shown}", "key"), (f" {command.title} ", "past")]
        return [*pieces, (f" {last.shown}", "key"), (f" {last.title} ", "past")]
