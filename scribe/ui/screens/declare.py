"""One question: what is going on? A title and Enter, and the record begins."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

PROPOSED = 2
"""The severity proposed: high. Lowering it later costs nothing, and an update is due in 15 minutes."""

_MEANINGS = {
    1: "critical: whole service down, data lost or exposed, all users",
    2: "high: a main function broken, major but bounded, no workaround",
    3: "medium: partial or limited, a workaround exists",
    4: "low: a minor anomaly, to be followed up",
    None: "not known yet: scribe will ask",
}
_LEVELS: tuple[int | None, ...] = (1, 2, 3, 4, None)


class Declaration(Struct, frozen=True):
    """A title and a severity."""

    title: str
    severity: int | None


class DeclareScreen(Screen[Declaration | None]):
    """Asks for a title; the severity is proposed and changed with the arrow keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "severity(-1)", show=False, priority=True),
        Binding("down", "severity(1)", show=False, priority=True),
        Binding("escape", "leave", show=False),
        Binding("ctrl+d", "leave", show=False),
    ]

    def __init__(self, *, can_go_back: bool) -> None:
        super().__init__()
        self._place = _LEVELS.index(PROPOSED)
        self._back = can_go_back

    def compose(self) -> ComposeResult:
        """Question, box, severities, keys."""
        with Vertical(id="declare"):
            yield Static("What is going on?", id="question", markup=False)
            box = Input(id="headline", placeholder="a few words, like: Checkout fails in EU", compact=True)
            box.cursor_blink = False
            yield box
            yield Static(id="levels")
            yield Static(id="meaning")
            yield Static(
                f"Enter declares it · ↑ ↓ severity · Esc {'goes back' if self._back else 'leaves'}", id="declare-keys"
            )

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Input).focus()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: a title without words declares nothing."""
        if event.value.strip():
            self.dismiss(Declaration(event.value.strip(), _LEVELS[self._place]))
        else:
            self.query_one("#meaning", Static).update(Text("a few words first", self._style("warning")))

    def action_severity(self, step: int) -> None:
        """The next severity."""
        self._place = max(0, min(len(_LEVELS) - 1, self._place + step))
        self._show()

    def action_leave(self) -> None:
        """Declare nothing."""
        self.dismiss(None)

    def _show(self) -> None:
        line = Text()
        for place, level in enumerate(_LEVELS):
            name = f"SEV-{level}" if level else "not set"
            line.append(f"[{name}]" if place == self._place else f" {name} ", "bold" if place == self._place else "dim")
            line.append(" ")
        self.query_one("#levels", Static).update(line)
        self.query_one("#meaning", Static).update(Text(_MEANINGS[_LEVELS[self._place]]))

    def _style(self, name: str) -> str:
        return self.app.theme_variables.get(name, "")
