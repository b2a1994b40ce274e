"""What stands behind a command: severities, states, roles, names, references, lengths of time."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scribe.live.typed import ParseError, Setting
from scribe.live.words import Line
from scribe.record.merged import APART
from scribe.record.terms import STATES, RoleName, StateName
from scribe.record.typed_time import duration
from scribe.record.when import Unreadable

_NAME = r"@{0,2}([^\W_][\w.-]*)[:,]?$"
REFERENCE = rf"((?:#|[HDABFThdabft])\d+(?:[{APART}.]\w+)?)[,.:;]?$"
"""A reference as it is typed; ``#12.k7`` is ``#12·k7`` for keyboards without the dot."""
_SEVERITY = r"(?i)(?:sev-?)?([1-4])$"

_STATE_WORDS = {
    "investigate": "investigating",
    "investigated": "investigating",
    "identify": "identified",
    "mitigate": "mitigating",
    "mitigated": "mitigating",
    "monitor": "monitoring",
    "monitored": "monitoring",
    "resolve": "resolved",
    "verify": "verification",
    "close": "closed",
}
_ROLE_WORDS = {
    "commander": "ic",
    "operations": "ops",
    "tech": "ops",
    "communications": "comms",
    "communication": "comms",
}


def severity(word: str, setting: Setting) -> int | None:
    """1, sev1, SEV-1, or a team's own name for it; None when it is not a severity."""
    aliased = setting.severity_aliases.get(word.casefold())
    if aliased is not None:
        return aliased
    found = re.match(_SEVERITY, word)
    return int(found[1]) if found else None


def state(word: str) -> StateName | None:
    """A state by its name or another form of the verb; None when it is not one."""
    known = _STATE_WORDS.get(word.casefold(), word.casefold())
    return next((name for name in STATES if name == known), None)


def role(word: str, setting: Setting) -> RoleName | None:
    """A role by its short or long name, or a team's own; None when it is not one."""
    names = {name.casefold(): name for name in setting.roles}
    folded = word.casefold()
    return names.get(folded) or names.get(_ROLE_WORDS.get(folded, ""))


def near(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that a word may have been meant for, the nearest first."""
    from difflib import get_close_matches  # only a mistyped word pays for it

    return tuple(get_close_matches(word, list(names), 3, 0.5))


def reference(line: Line) -> tuple[str, int]:
    """The reference that stands next, and where. Raises ParseError."""
    word, start = line.needed("the reference, like #12, H2 or A5,")
    found = re.match(REFERENCE, word)
    if not found:
        raise line.wrong(f"{word} is not a reference like #12, H2 or A5", word, start)
    return (found[1][0].upper() + found[1][1:]).replace(".", APART), start


def name(line: Line, word: str, start: int) -> str:
    """A name, bare, of a word that stands at ``start``. Raises ParseError."""
    found = re.match(_NAME, word)
    if not found:
        raise line.wrong(f"{word} is not a name like @alice", word, start)
    return found[1].rstrip(".-")


def seconds(line: Line, what: str, choices: tuple[str, ...] = ()) -> int:
    """The length of time that stands next, in seconds."""
    word, at = line.needed(what, choices)
    try:
        return duration(word)
    except Unreadable as error:
        raise ParseError(error.message, at + error.start, at + error.end, error.choices) from error


def person(line: Line) -> str:
    """A ``@name`` if one stands next, else nothing."""
    return name(line, *line.word()) if line.peek().startswith("@") else ""


def labelled(line: Line, labels: Iterable[str]) -> str:
    """A ``label:`` if one of these stands next, else nothing.

    The colon keeps a sentence that begins with such a word a sentence.
    """
    word = line.peek()
    label = word[:-1].casefold() if word.endswith(":") else ""
    if label not in labels:
        return ""
    line.word()
    return label
