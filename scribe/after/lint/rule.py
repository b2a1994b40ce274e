"""What a rule of the check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec import Struct

from scribe.after.lint.options import Level
from scribe.after.lint.subject import Size, Subject

Asked = Literal["always", "over", "review"]
"""When a rule is asked: always; once users are no longer affected; or once that is so or the postmortem was begun."""


class Problem(Struct, frozen=True, gc=False):
    """What a rule found: where, and what. A ``mild`` one is a warning whatever the rule's level says.

    ``start`` and ``end`` mark the words in what stands there: for a line of a list, in the whole section. ``fix`` takes
    the place of the rule's where it can be said more exactly.
    """

    where: str
    message: str
    start: int = 0
    end: int = 0
    mild: bool = False
    fix: str = ""


class Levels(Struct, frozen=True):
    """How grave a rule is: in a whole postmortem of a SEV-1 or SEV-2, of a SEV-3 or SEV-4, in a lite one, a near miss.

    The last two are asked for impact, timeline and actions only.
    """

    full: Level
    small: Level
    lite: Level = "off"
    near_miss: Level = "off"

    def of(self, size: Size) -> Level:
        """The level for a record of that size."""
        match size:
            case "full":
                return self.full
            case "small":
                return self.small
            case "lite":
                return self.lite
            case "near-miss":
                return self.near_miss


class Rule(Struct, frozen=True):
    """One rule: a code that never changes, what it is about, why that matters, how to put it right, what finds it.

    What is asked of a ``response`` is not asked of an incident that was recorded afterwards only.
    """

    code: str
    title: str
    why: str
    fix: str
    levels: Levels
    find: Callable[[Subject], Iterator[Problem]]
    asked: Asked = "always"
    response: bool = False


ALWAYS = Levels("error", "error", "error", "error")
"""What no document may go out with."""

NOTED = Levels("warning", "warning", "warning", "warning")
"""What is only pointed out, whatever the size."""
