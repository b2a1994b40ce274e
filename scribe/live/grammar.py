r"""One typed line -> drafts, or an error that points at a column.

``[time] [sigil] [@name] text``: every part optional. A leading ``\`` makes the rest plain text, and ``/`` at the
start of a path is text unless it names a command. ``/keep`` in front of all that, or behind the time, keeps secrets.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from scribe.live.slash import BY_NAME, run
from scribe.live.typed import SIGIL, SIGILS, OnScreen, Parsed, ParseError, Recorded, Setting, entry, fits, plain
from scribe.record.events import Fact, Payload
from scribe.record.text import normalise
from scribe.record.typed_time import leading
from scribe.record.when import Unreadable, When

__all__ = ["SIGILS", "OnScreen", "ParseError", "Parsed", "Recorded", "Setting", "parse", "plain"]

_COMMAND = r"/([A-Za-z][A-Za-z-]*)(?=\s|$)"
_SEARCH = r"(?i)/find(?=\s)"
"""What is only looked for is no entry, and may be as long as it likes."""

_ROOTS = frozenset(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
    ]
)
"""Folders at the root of a file system: a lone ``/tmp`` is a path and not a mistyped command."""


def parse(line: str, setting: Setting) -> Parsed | None:
    """Read one line as it was typed; None when there is nothing to record.

    Raises ParseError, which names the column.
    """
    line = normalise(line)
    if not line.strip():
        return None
    start = len(line) - len(line.lstrip())
    if not re.compile(_SEARCH).match(line, start):
        fits(line)
    if line.startswith("\\", start):
        return Recorded((plain(Fact(), line[start + 1 :], setting, at=start + 1),))
    when, start = _time(line, start, setting)
    if line.startswith("\\", start):
        return Recorded((plain(Fact(), line[start + 1 :], setting, when=when, at=start + 1),))
    command = re.compile(_COMMAND).match(line, start) if line.startswith("/", start) else None
    if command and command[1].lower() == "keep" and (kept := _kept(line, command, setting)):
        return kept
    if command and _names_a_command(command[1]):
        return run(command[1].lower(), line, command, when, setting)
    payload: Payload = Fact()
    sigil = re.compile(SIGIL).match(line, start)
    if sigil:
        payload, start = SIGILS[sigil[1]], sigil.end()
    return Recorded((entry(payload, line, start, when, setting),))


def _kept(line: str, command: re.Match[str], setting: Setting) -> Parsed | None:
    """The line without ``/keep``, every column where it was, its secrets recorded as they are; None for no line."""
    start, end = command.span()
    more = re.compile(r"(?i)(?:\s+/keep(?=\s|$))+").match(line, end)  # said twice it is said
    end = more.end() if more else end
    if not line[end:].strip():
        return None
    found = parse(f"{line[:start]}{' ' * (end - start)}{line[end:]}", setting)
    if isinstance(found, Recorded):
        return Recorded(tuple(replace(draft, kept=True) for draft in found.drafts))
    return found


def _names_a_command(word: str) -> bool:
    """Whether a word behind a slash is, or was meant to be, a command and no path: ``/Applications`` is one."""
    return word.lower() in BY_NAME or (word.islower() and word not in _ROOTS)


def _time(line: str, start: int, setting: Setting) -> tuple[When | None, int]:
    try:
        found = leading(line[start:], now=setting.now, zone=setting.zone)
    except Unreadable as error:
        raise ParseError(error.message, start + error.start, start + error.end, error.choices) from error
    if found is None:
        return None, start
    when, length = found
    return when, start + length
