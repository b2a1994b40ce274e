"""The board's panels: each is bound to the screen's state and time, and draws its lines from them."""

from __future__ import annotations

from abc import abstractmethod

from textual.reactive import reactive

from scribe.live.policy import DEFAULT, Policy
from scribe.live.watch import attention
from scribe.record.state import AnyState, Board, looks_like
from scribe.record.text import one_line
from scribe.ui import board_lines
from scribe.ui.lines import Line, spread
from scribe.ui.widgets.panel import Panel
from scribe.ui.zones import Zones


class BoardPanel(Panel):
    """A panel of the board. ``now`` is UTC text and changes once a second."""

    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)
    now: reactive[str] = reactive("", init=False, repaint=False)

    policy: Policy = DEFAULT

    @abstractmethod
    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """What to draw."""

    def draw(self) -> None:
        """Draw what is bound."""
        if self.state is not None and self.zones is not None and self.now and self.size.width:
            self.show(self.lines(self.state.board, self.zones, self.size.width))

    def watch_state(self, old: AnyState | None, new: AnyState | None) -> None:
        """Something was recorded; most entries change nothing on the board."""
        if old is None or new is None or not looks_like(old.board, new.board):
            self.draw()

    def watch_zones(self) -> None:
        """Other clocks."""
        self.draw()

    def watch_now(self) -> None:
        """A second passed."""
        self.draw()

    def on_resize(self) -> None:
        """Another width."""
        self.draw()


class TitleBar(BoardPanel):
    """What this is, how bad, which state, how long."""

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """One line."""
        return [board_lines.title(board, self.now, zones, width)]


class Countdown(BoardPanel):
    """The countdown to the next status update, large."""

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """Heading, digits, due time."""
        return board_lines.countdown(board, self.now, zones)


class Roles(BoardPanel):
    """Who holds which role."""

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """A line a role."""
        return board_lines.roles(board, self.policy, self.now, width)


class Now(BoardPanel):
    """What is open."""

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """Hypotheses, actions, decision point, impact."""
        return board_lines.now_lines(board, self.now, zones, width)


class Brief(BoardPanel):
    """The board in two lines."""

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """Two lines."""
        return board_lines.brief(board, self.policy, self.now, zones, width)


class Attention(BoardPanel):
    """One line: what went wrong, else what was just done, else what needs attention most."""

    notice: reactive[tuple[str, str]] = reactive(("", ""), init=False, repaint=False)

    def watch_notice(self) -> None:
        """Something is to be said."""
        self.draw()

    def lines(self, board: Board, zones: Zones, width: int) -> list[Line]:
        """One line."""
        text, level = self.notice
        if text:
            sign = {"error": "✗", "warning": "●"}.get(level, "✓")
            return [((f" {sign} {text}", level or "ok"),)]
        found = attention(board, self.policy, self.now)
        if not found:
            return []
        first = found[0]
        more = f"+{len(found) - 1} more  F5 " if len(found) > 1 else ""
        left: Line = (
            (f" ● {one_line(first.text)}", board_lines.LEVELS[first.level]),
            ("  ^G ", "key"),
            (first.command.strip(), "past"),
        )
        return [spread(left, ((more, "past"),), width)]
