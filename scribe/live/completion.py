"""What the word under the cursor could become: commands, states, roles, people, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.live.slash import BY_NAME, COMMANDS
from scribe.record.events import MOMENTS, ROLES, STATES
from scribe.record.state import Board, Entry

MOST = 40
"""How many candidates are offered at most; the screen shows as many as fit."""

_WORD = r"\S*$"
_ARGUMENT = r"\s*(?:\S+\s+)?/([a-z-]+)\s+(\S*)$"
_TIMED = r"\s*(?:(?:yesterday|today)?[\s\d:.?Z+-]*[dhmsZ]?\s+)?"
"""What may stand before a command: nothing, or a time."""

_DURATIONS = ("10m", "15m", "20m", "30m", "1h", "2h")


class Candidate(Struct, frozen=True):
    """A text for ``line[start:end]``, and a word or two on what it is."""

    text: str
    about: str
    start: int
    end: int


def candidates(line: str, cursor: int, board: Board, people: Iterable[str]) -> tuple[Candidate, ...]:
    """What could stand where the cursor is, the likeliest first; empty when the word is not one of a known kind."""
    before = line[:cursor]
    found = re.search(_WORD, before)
    word = found[0] if found else ""
    start = cursor - len(word)
    if word.startswith("/") and re.fullmatch(_TIMED, before[:start]):
        offered = [(f"/{slash.name}", slash.help) for slash in COMMANDS]
    elif word.startswith("@"):
        offered = [(f"@{name}", "") for name in people]
    else:
        argument = re.fullmatch(_ARGUMENT, before)
        offered = _arguments(argument[1], board) if argument else []
    folded = word.casefold()
    fitting = [pair for pair in offered if pair[0].casefold().startswith(folded) and pair[0] != word]
    return tuple(Candidate(text, about, start, cursor) for text, about in fitting[:MOST])


def people(board: Board, entries: Sequence[Entry]) -> tuple[str, ...]:
    """The names in play: whoever holds a role first, then who was heard of last."""
    names: dict[str, None] = {}
    for held in board.roles.values():
        names.update((holder.who, None) for holder in held)
    for place in range(len(entries) - 1, max(-1, len(entries) - 300), -1):
        entry = entries[place]
        names[entry.by] = None
        names.update((name, None) for name in entry.payload.mentions)
    return tuple(names)


def _arguments(command: str, board: Board) -> list[tuple[str, str]]:
    slash = BY_NAME.get(command)
    match slash.takes if slash else "":
        case "severity":
            meaning = ("critical", "high", "medium", "low")
            return [(str(level), about) for level, about in zip(range(1, 5), meaning, strict=True)]
        case "state":
            return [(name, "") for name in STATES]
        case "role":
            return [(name, ", ".join(f"@{h.who}" for h in board.holders(name)) or "unassigned") for name in ROLES]
        case "moment":
            return [(name, "reached" if name in board.moments else "") for name in MOMENTS]
        case "duration":
            return [(text, "") for text in _DURATIONS]
        case "action":
            return [(item.ref, item.text) for item in reversed(board.actions)]
        case "hypothesis":
            return [(item.ref, item.text) for item in reversed(board.hypotheses)]
        case "entry":
            newest = board.refs.get("#", 0)
            return [(f"#{number}", "") for number in range(newest, max(0, newest - 9), -1)]
        case _:
            return []
