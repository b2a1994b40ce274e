"""What a typed line becomes, and what is found in its words: the author, tags, mentions and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from scribe.record.errors import ScribeError
from scribe.record.events import Action, Decision, Draft, Hypothesis, Payload
from scribe.record.terms import ROLES, RoleName
from scribe.record.text import MAX_BYTES, normalise
from scribe.record.when import When, stamp


class ParseError(ScribeError):
    """A line that cannot be read: what is wrong, and where (``start`` to ``end``, counted from 0).

    ``choices`` are texts that would be accepted in the place of ``line[start:end]``; empty when there are none.
    """

    def __init__(self, message: str, start: int, end: int, choices: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.start = start
        self.end = max(start, end)
        self.choices = choices


class Setting(Struct, frozen=True):
    """What a line is read against: the time, its first key stroke (both UTC), the zone of typed times, names in use."""

    now: datetime
    began: datetime
    zone: tzinfo
    severity_aliases: Mapping[str, int] = {}
    roles: tuple[RoleName, ...] = ROLES


class Recorded(Struct, frozen=True):
    """A line that becomes entries."""

    drafts: tuple[Draft, ...]


class OnScreen(Struct, frozen=True):
    """A command that only a screen can carry out, with its argument."""

    command: str
    argument: str


Parsed = Recorded | OnScreen


class Hint(Struct, frozen=True):
    """What to say, how urgently, under which column (None: no particular one), and what could stand there instead.

    ``choices`` would be accepted in the place of ``line[column:end]``.
    """

    text: str
    level: str = "plain"
    column: int | None = None
    end: int = 0
    choices: tuple[str, ...] = ()


SIGILS: Mapping[str, Payload] = {
    "?": Hypothesis(),
    "!": Decision(),
    ">": Action(),
    "=": Action(status="done"),
}
"""The signs before a text, and what each makes of it."""

SIGIL = r"([?!>=])(?:\s+|$)"

# Patterns are texts, which re compiles when they are first used: most lines need none of them.
_NAME = r"@([^\W_][\w.-]*)"
_AUTHOR = _NAME + r"(?=[\s:,]|$)[:,]?\s*"
_MENTION = r"(?<![\w@./])" + _NAME
_TAG = r"(?<![\w#/&])#([^\W\d_][\w-]*)"
_URL = r"(?i)https?://[^\s<>\"]+"


def entry(payload: Payload, line: str, start: int, when: When | None, setting: Setting) -> Draft:
    """A draft of ``[@name] text`` from ``start`` on, with its tags, sources and mentions found in the text."""
    author = re.compile(_AUTHOR).match(line, start) if line.startswith("@", start) else None
    text = line[author.end() if author else start :].strip()
    if not text:
        raise ParseError("nothing to record yet: write what happened", len(line), len(line))
    return draft(marked(payload, text), text, when, setting, author=author[1].rstrip(".-") if author else "")


def plain(payload: Payload, text: str, setting: Setting, *, when: When | None = None, at: int = 0) -> Draft:
    """A draft of text that is taken as it stands, without the grammar."""
    text = normalise(text).strip()
    if not text:
        raise ParseError("nothing to record yet: write what happened", at, at)
    fits(text, at)
    return draft(payload, text, when, setting)


def fits(text: str, at: int = 0) -> None:
    """Raise ParseError when a text, which begins at column ``at``, is longer than an entry may be."""
    stored = text.encode()
    if len(stored) > MAX_BYTES:
        start = at + len(stored[:MAX_BYTES].decode(errors="ignore"))
        message = f"an entry holds at most 64 KiB; this one has {-(-len(stored) // 1024)} KiB"
        raise ParseError(message, start, at + len(text))


def draft(payload: Payload, text: str, when: When | None, setting: Setting, *, author: str = "") -> Draft:
    """A draft with the typed time, or that of the line's first key stroke."""
    if when is None:
        return Draft(payload, text, stamp(setting.began), author=author)
    return Draft(payload, text, when.at, when.precision, when.raw, author)


def marks(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The tags, sources and mentions in a text, each once, in order."""
    sources = links(text)
    if "://" in text:  # a fragment of an address is no tag
        text = re.sub(_URL, lambda url: " " * len(url[0]), text)
    tags = re.findall(_TAG, text) if "#" in text else ()
    names = re.findall(_MENTION, text) if "@" in text else ()
    return tuple(dict.fromkeys(tags)), sources, tuple(dict.fromkeys(name.rstrip(".-") for name in names))


def links(text: str) -> tuple[str, ...]:
    """The http and https addresses in a text, without the punctuation that follows them in a sentence."""
    found = dict.fromkeys(_trimmed(url) for url in re.findall(_URL, text)) if "://" in text else {}
    return tuple(url for url in found if not url.endswith("//"))


def marked(payload: Payload, text: str) -> Payload:
    """The payload with what its text names."""
    tags, sources, mentions = marks(text)
    if not (tags or sources or mentions):
        return payload
    return replace(payload, tags=tags, sources=sources, mentions=mentions)


def _trimmed(url: str) -> str:
    url = url.rstrip(".,;:!?'*_~`|\\")
    while url.endswith((")", "]", "}")) and url.count(url[-1]) > url.count({")": "(", "]": "[", "}": "{"}[url[-1]]):
        url = url[:-1].rstrip(".,;:!?'")
    return url
