"""Whom a line of the register is for, and how that record reads it: ``/done K3F2/T1 …`` is its ``/done T1 …``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from scribe.after.actions import Row, find
from scribe.live.arguments import near
from scribe.live.slash import BY_NAME
from scribe.live.typed import Hint, OnScreen
from scribe.record.errors import NotFound

RECORDED = ("action", "done", "verified", "drop", "factor")
"""Commands that are recorded from here."""

ON_SCREEN = ("find", "export", "actions", "help", "quit")
"""Commands that the register's screen carries out."""

_COMMAND = r"\s*/([A-Za-z][A-Za-z-]*)(?=\s|$)"
_NAMED = r"\s+(\S+)/([TtFf][0-9]+)?(?=\s|$)"
_ITEM = r"\s+[Tt][0-9]+(?=\s|$)"
_EMPTY = r"(?i)(?<!\S)(owner|due|verify):\s*@?\s*$"


class Routed(Struct, frozen=True):
    """A line for an incident as the record reads it; ``cut`` characters were taken out ``at`` a column of it."""

    incident: str
    line: str
    at: int = 0
    cut: int = 0

    def column(self, column: int) -> int:
        """Where that column of the line stands in what was typed."""
        return column if column < self.at else column + self.cut


def route(text: str, here: str, rows: Sequence[Row], incidents: Sequence[str]) -> Routed | OnScreen | Hint:
    """Read whom a line is for: ``here``, unless it names another; words alone are looked for.

    A Hint is what is wrong with it.
    """
    found = re.match(_COMMAND, text)
    if found is None:
        return OnScreen("find", text.strip())
    name, start = found[1].lower(), found.start(1) - 1
    if name in ON_SCREEN:
        return OnScreen(name, text[found.end() :].strip())
    if name not in RECORDED:
        return _no_command(name, start, found.end())
    named = re.compile(_NAMED).match(text, found.end())
    if named is None:
        wrong = _incomplete(name, text, found.end())
        return wrong or Routed(here, text)
    ref = (named[2] or "").upper()
    try:
        incident = find(rows, f"{named[1]}/{ref}").incident if ref[:1] == "T" else _incident(named[1], incidents)
    except NotFound as error:
        if not ref:  # words with a slash behind them, and no incident
            return Routed(here, text)
        hint = f"; {error.hint}" if error.hint else ""
        return Hint(f"{error.message}{hint}", "error", named.start(1), named.end())
    at, end = named.start(1), named.start(2) if ref else named.end()
    line = text[:at] + text[end:]
    wrong = _incomplete(name, line, found.end())
    return wrong or Routed(incident, line, at, end - at)


def _no_command(name: str, start: int, end: int) -> Hint:
    if name in BY_NAME:
        return Hint(f"/{name} is for the incident's own screen: Esc goes back", "error", start, end)
    close = tuple(f"/{match}" for match in near(name, (*RECORDED, *ON_SCREEN)))
    advice = f"; did you mean {' or '.join(close)}?" if close else "; F1 lists the commands"
    return Hint(f"there is no command /{name} here{advice}", "error", start, end, close)


def _incomplete(name: str, line: str, end: int) -> Hint | None:
    """What the record would take, and nobody means."""
    if name == "done" and not re.compile(_ITEM).match(line, end):
        return Hint("which action item is done? like /done T1 what shows it", "error")
    if name == "verified" and line.rstrip().endswith(" @"):
        return Hint("who saw that it works? like @alice", "error")
    empty = re.search(_EMPTY, line) if name == "action" else None
    return Hint(f"{empty[1].lower()}: is still empty", "error") if empty else None


def _incident(part: str, incidents: Sequence[str]) -> str:
    """The one incident of which this is a part of the id. Raises NotFound."""
    folded = part.casefold()
    found = [name for name in incidents if folded in name.casefold()]
    found = [name for name in found if name.casefold() == folded] or found
    if len(found) != 1:
        candidates = ", ".join(found[:5])
        raise NotFound(f"{part} could be {candidates}" if found else f"there is no incident {part}", "")
    return found[0]
