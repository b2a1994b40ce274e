"""A worksheet as it is drawn: rows on the left, one of them chosen, and beside them what the chosen one is about."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from msgspec import Struct

from scribe.live.policy import Policy
from scribe.record.events import Draft
from scribe.record.state import State
from scribe.recorder import Recorder
from scribe.ui.lines import Line, Piece
from scribe.ui.messages import Chosen
from scribe.ui.zones import Zones


class Seen(Struct, frozen=True):
    """What a worksheet is made from: the record, the time (UTC text), the clocks, and whoever records."""

    state: State
    now: str
    zones: Zones
    recorder: Recorder

    @property
    def policy(self) -> Policy:
        """What the team agreed on."""
        return self.recorder.policy


class Row(Struct, frozen=True):
    """One row: what identifies it, its label and value, a sign before it, the style of its value, a line above it."""

    name: str
    label: str
    value: str = ""
    sign: str = " "
    style: str = "words"
    above: str = ""


Beside = Callable[[Row, int], list[Line]]
"""The lines beside a row, in so many cells."""


class Page(Struct, frozen=True):
    """A worksheet at one moment. ``first`` is the row that is chosen when it is opened."""

    heading: Line
    keys: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    beside: Beside
    first: int = 0

    @property
    def pieces(self) -> list[Piece]:
        """The keys, as the line at the bottom shows them."""
        made: list[Piece] = []
        for key, words in self.keys:
            made += [(f" {key}", "key"), (f" {words} ", "past")]
        return made


Typed = dict[str, dict[str, str]]
"""What was typed into a worksheet and not sent: texts by field, by whatever the worksheet tells apart."""


CHOSEN = "chosen"
"""Among those, what was chosen with a key and is no words of anybody's."""


class Worksheet:
    """A kind of worksheet. It keeps what was chosen and typed into it while the screen stands."""

    name = ""
    fields: tuple[str, ...] = ()
    """The names that ``/set`` takes."""

    def __init__(self) -> None:
        self.typed: Typed = {}

    @abstractmethod
    def page(self, seen: Seen) -> Page:
        """How it looks now."""

    @abstractmethod
    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """Enter in an empty box."""

    def tab(self, row: Row, seen: Seen) -> Chosen | None:
        """Tab in an empty box; most have nothing to turn to."""
        return None

    def again(self, seen: Seen) -> Chosen | None:
        """Its own key, pressed while it is open; nothing: it is put away."""
        return None

    def turn_to(self, argument: str) -> None:
        """What a command asked for by name, such as an audience."""

    def set(self, field: str, text: str, seen: Seen) -> str:
        """``/set FIELD TEXT``: returns what is wrong with it, or nothing."""
        return "nothing here is filled with /set: an update (F2) and a packet (F3) are"

    def forget(self) -> None:
        """What was typed was recorded."""
        self.typed = {}

    def enclose(self, draft: Draft, seen: Seen) -> Draft:
        """A draft that is about to be recorded, with what was typed here for it."""
        return draft
