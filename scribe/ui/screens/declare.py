"""One question: what is going on? A title and Enter, and the record begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from scribe.live.policy import Policy
from scribe.record.errors import Busy, ScribeError
from scribe.record.text import one_line
from scribe.record.when import spell
from scribe.ui.desk import NEWLINE
from scribe.ui.intervals import POLL, RETRY
from scribe.ui.messages import Noticed
from scribe.ui.screens.sheet import Behind
from scribe.ui.styles import stylesheet
from scribe.ui.widgets.inorder import InOrder
from scribe.ui.widgets.shown import ShownInput

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


Declare = Callable[[str, int | None, int | None], str]
"""Begins the record of an incident with this title, severity and confirmed trigger; returns its id.

Raises ScribeError.
"""


class Titles(Protocol):
    """Where a title is kept until it is declared."""

    def keep(self, title: str) -> bool:
        """Save it; False while the journal is locked."""

    def left(self) -> str | None:
        """The title that a process which is gone left; None while the journal is locked and cannot be asked."""


class TitleLine(InOrder, ShownInput):
    """The box for the title."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.severity(-1)", show=False),  # the class that Input comes from would scroll
        Binding("down", "screen.severity(1)", show=False),
        Binding("tab", "screen.confirm", show=False),
        Binding("ctrl+d", "delete_or_leave", show=False),
    ]

    def __init__(self, screen: DeclareScreen) -> None:
        super().__init__(id="headline", placeholder="a few words, like: Checkout fails in EU", compact=True)
        self.cursor_blink = False
        self._asking = screen

    def is_left(self, event: events.Key) -> bool:
        """What is typed behind the Enter is the first entry."""
        return self._asking.take_ahead(event)

    async def action_submit(self) -> None:
        """Enter."""
        self._asking.submit(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        self.replace(self.pasted(event).replace(NEWLINE, " "), *self.selection)

    async def action_delete_or_leave(self) -> None:
        """Delete to the right, and leave on an empty line, as in the box for entries."""
        if self.value:
            self.action_delete_right()
        else:
            self._asking.action_leave()


ROOMY = 60
"""Columns from which on the severities are written out."""


class DeclareScreen(Screen[str]):
    """Asks for a title; the severity is proposed and changed with the arrow keys.

    Left with the id of the incident that was declared, or nothing. What is typed behind the Enter goes to ``behind``.
    """

    CSS_PATH = stylesheet("declare")
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self, declare: Declare, policy: Policy, behind: Behind, titles: Titles | None = None, *, can_go_back: bool
    ) -> None:
        super().__init__()
        self._titles = titles
        self._kept = ""
        self._asked = titles is None
        self._waiting = False
        self._entered = ""
        self._then = ""
        self._said = ("", "")
        self._declare = declare
        self._policy = policy
        self._confirmed = False
        self._behind = behind
        self._left = False
        self._place = _LEVELS.index(PROPOSED)
        self._back = can_go_back

    def compose(self) -> ComposeResult:
        """Question, box, severities, keys."""
        with Vertical(id="declare"):
            yield Static("What is going on?", id="question", markup=False)
            yield TitleLine(self)
            yield Static(id="levels")
            yield Static(id="meaning")
            yield Static(id="trigger")
            keys = f"Enter declares it · ↑ ↓ severity · Esc {'goes back' if self._back else 'leaves'}"
            yield Static(Text(keys, no_wrap=True, overflow="ellipsis"), id="declare-keys")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Input).focus()
        self._show()
        self._restore()
        self.set_interval(POLL, self._poll)

    def _restore(self) -> None:
        """Offer the title that was not declared the last time."""
        if self._titles is None or self._asked or self._box.value:  # there is no room for another one
            return
        left = self._titles.left()
        self._asked = left is not None
        if left:
            self._kept = left
            self._box.value = left
            self._say("this was typed and not declared the last time", "warning")

    def _poll(self) -> None:
        if not self._left:
            self.keep_draft()
            if not self._asked:
                self._restore()

    def keep_draft(self) -> bool:
        """Save the title now; False while the journal is locked."""
        title = "" if self._left else self._box.value
        if self._titles is not None and title != self._kept:
            if not self._titles.keep(title):
                return not title
            self._kept = title
        return True

    def unkept(self) -> list[str]:
        """What is typed and could not be saved."""
        title = self._box.value
        return [title + (f"\n{self._then}" if self._then else "")] if title != self._kept or self._then else []

    @property
    def _box(self) -> Input:
        return self.query_one(Input)

    def submit(self, title: str) -> None:
        """Enter: a title without words declares nothing, and one that cannot be recorded stays in the box."""
        if not title.strip():
            self._say("a few words first", "warning")
            return
        try:
            incident = self._declare(title, _LEVELS[self._place], self._trigger if self._confirmed else None)
        except Busy:
            self._waiting, self._entered = True, title
            self._say_waiting()
            self.set_timer(RETRY, self._try_again)
            return
        except ScribeError as error:
            self._waiting = False
            self._say(f"not declared: {one_line(error.message)}. {one_line(error.hint)}", "error")
            return
        self._leave(incident)

    def _try_again(self) -> None:
        if self._waiting and self._box.value == self._entered:
            self.submit(self._entered)
        else:
            self._waiting = False

    def _say_waiting(self) -> None:
        held = "another process holds the journal; waiting, the title is kept"
        self._say(f"waiting for the journal; then: {one_line(self._then)[-30:]}" if self._then else held, "warning")

    def take_ahead(self, event: events.Key) -> bool:
        """Whether the title was entered, so that the key belongs to what comes next."""
        if self._waiting and not self._then and not event.is_printable:
            self._waiting = event.key == "enter"  # the title is put right; an Enter hit twice is meant once
            if not self._waiting:
                self._say("", "")
            return self._waiting
        if self._left or self._waiting:
            self._behind(event)
        if self._waiting:
            self._then += event.character if event.is_printable and event.character else "⏎" * (event.key == "enter")
            self._say_waiting()
        return self._left or self._waiting

    def action_severity(self, step: int) -> None:
        """The next severity."""
        self._place = max(0, min(len(_LEVELS) - 1, self._place + step))
        self._say("", "")

    def action_confirm(self) -> None:
        """The strategy-change trigger that is proposed for this severity, confirmed with one key; again: not."""
        self._confirmed = not self._confirmed
        self._say("", "")

    @property
    def _trigger(self) -> int | None:
        return self._policy.proposed_trigger(_LEVELS[self._place])

    def action_leave(self) -> None:
        """Declare nothing; a title that was typed is not thrown away by a slip."""
        if self.query_one(Input).value.strip():
            self._say("Enter declares it; ^U clears the title, then Esc leaves", "warning")
        else:
            self._leave("")

    def _leave(self, incident: str) -> None:
        if not self._left:
            self._left = True
            self.keep_draft()
            self.dismiss(incident)

    def on_resize(self) -> None:
        """Short names where there is little room."""
        self._show()

    def _show(self) -> None:
        line = Text(no_wrap=True)
        for place, level in enumerate(_LEVELS):
            long = f"SEV-{level}" if level else "not set"
            name = long if self.size.width >= ROOMY else f"{level or '?'}"
            line.append(f"[{name}]" if place == self._place else f" {name} ", "bold" if place == self._place else "dim")
            line.append(" ")
        self.query_one("#levels", Static).update(line)
        said, gravity = self._said
        color = self.app.theme_variables.get(gravity, "")
        meaning = Text(said or _MEANINGS[_LEVELS[self._place]], color, overflow="ellipsis", no_wrap=True)
        self.query_one("#meaning", Static).update(meaning)
        trigger = Text(overflow="ellipsis", no_wrap=True)
        if self._trigger is not None:
            after = f"after {spell(self._trigger)} without progress"
            if self._confirmed:
                trigger.append(f"✓ {after} another strategy is asked for (Tab)", "bold")
            else:
                trigger.append(f"Tab confirms: {after}, ask for another strategy")
        self.query_one("#trigger", Static).update(trigger)

    def on_noticed(self, event: Noticed) -> None:
        """What the box has to say."""
        self._say(event.text, event.level)

    def _say(self, text: str, level: str) -> None:
        self._said = (text, level)
        self._show()
