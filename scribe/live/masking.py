"""What is to be recorded, with a sign in the place of every secret: nothing that is pasted by a slip is ever stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from scribe.record.events import Draft
from scribe.record.secrets import KEY_END, Secret, find, is_key_line, opens_key
from scribe.record.text import MAX_BYTES

__all__ = ["KEEP", "Mask", "Typed", "kinds_in", "listed", "masked", "notice", "said", "says_keep"]

KEEP = "/keep"
"""What is typed in front of a line whose secrets are to be recorded as they are."""

_TIME = r"(?i)[ \t]*(?:(?:\S*\d\S*|yesterday|now|\?)[ \t]+){0,3}"

_SAYS_KEEP = rf"{_TIME}{KEEP}(?=\s)"
"""At most a time stands before it."""

_LEAD = rf"{_TIME}(?:[?!>=][ \t]+)?"
"""What a line may begin with that is no part of what is pasted behind it: a time, and the sign of what it is."""

Typed = Literal["line", "words", "json"]
"""What is typed and not sent: lines, which may say that they keep their secrets; words, which cannot; JSON of words."""


class Mask:
    """Masks the secrets in drafts, and remembers what it found: ``found`` has the kinds in each draft of the last call.

    It follows a private key that comes line by line, each as an entry of its own. With ``keep`` nothing is masked. What
    it masks may be refused or have to be tried again: a ``trial`` of it is asked then, and counts once it is recorded.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.found: tuple[tuple[str, ...], ...] = ()
        self._keep = keep
        self._in_key = False

    def trial(self) -> Mask:
        """Another that knows the same and goes on by itself."""
        other = Mask(keep=self._keep)
        other._in_key = self._in_key
        return other

    def drafts(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts as they may be recorded. Raises Refused when it cannot be seen whether one holds a secret."""
        made, found = [], []
        for draft in drafts:
            kinds: dict[str, None] = {}
            made.append(draft if self._keep or draft.kept else self._draft(draft, kinds))
            self._in_key = self._in_key and not draft.kept
            found.append(tuple(kinds))
        self.found = tuple(found)
        return made

    def unsent(self, texts: Sequence[str], form: Typed = "line") -> str:
        """What is typed and not sent, as it may be stored meanwhile: the texts, one below the other.

        A line keeps its own secrets alone, and may go on with a key of which the beginning is recorded. Raises Refused
        when it cannot be seen whether one holds a secret.
        """
        if form == "json":
            return "\n".join(map(_json, texts))
        trial, kinds = self.trial(), dict[str, None]()
        if form == "words" or not any(map(says_keep, texts)):
            return trial._text("\n".join(texts), kinds)
        return "\n".join(text if says_keep(text) else trial._text(text, kinds) for text in texts)

    def _draft(self, draft: Draft, kinds: dict[str, None]) -> Draft:
        def mask(text: str) -> str:
            return _put(text, find(text), kinds)

        text, payload = self._text(draft.text, kinds), _walked(draft.payload, mask)
        author, raw = mask(draft.author), mask(draft.at_raw)
        if not kinds:
            return draft
        return replace(draft, text=text, payload=payload, author=author, at_raw=raw)

    def _text(self, text: str, kinds: dict[str, None]) -> str:
        if self._in_key:
            text = self._behind_key(text, kinds)
        found = find(text)
        self._in_key = self._in_key or any(opens_key(text, one) for one in found[-1:])
        return _put(text, found, kinds)

    def _behind_key(self, text: str, kinds: dict[str, None]) -> str:
        """A text that may go on with a private key which an entry before it began."""
        lines = text.split("\n")
        count = 0
        while count < len(lines) and _goes_on(lines[count]):
            count += 1
        self._in_key = count == len(lines)
        if count < len(lines) and KEY_END in lines[count]:
            count += 1
        if not any(lines[:count]):
            return text
        one = Secret("a private key", 0, 0)
        kinds[one.kind] = None
        return "\n".join([one.sign, *lines[count:]])


def masked(text: str, known: str = "") -> tuple[str, tuple[str, ...]]:
    """A text with a sign for every secret, and their kinds; what stands in ``known`` was kept before, and stays."""
    found = tuple(one for one in find(text) if text[one.start : one.end] not in known)
    kinds: dict[str, None] = {}
    return _put(text, found, kinds), tuple(kinds)


def says_keep(text: str) -> bool:
    """Whether a line is typed that keeps its secrets."""
    return KEEP in text and re.match(_SAYS_KEEP, text) is not None


def kinds_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The kinds of secrets in some texts, each once; of a long one only as much is read as an entry holds."""
    return tuple(dict.fromkeys(one.kind for text in texts for one in find(text[:MAX_BYTES])))


def listed(kinds: Sequence[str]) -> str:
    """Kinds as a sentence has them: "an AWS access key, a password and a private key"."""
    return " and ".join(part for part in (", ".join(kinds[:-1]), *kinds[-1:]) if part)


def said(found: Sequence[tuple[str, ...]], places: Sequence[str]) -> str:
    """What was masked, and where: "an AWS access key in #12, a password in #13"; empty when nothing was."""
    told = [f"{listed(kinds)} in {place}" for kinds, place in zip(found, places, strict=True) if kinds]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return f"{', '.join(told[:3])}{more}"


def notice(found: Sequence[tuple[str, ...]], places: Sequence[str]) -> str:
    """What a screen says of it; empty when nothing was masked."""
    told = said(found, places)
    return f"masked: {told}; {KEEP} in front of the line (↑) records it as it is" if told else ""


def _goes_on(line: str) -> bool:
    """Whether a line may go on with a private key; what stands before it in a line that is typed is not looked at."""
    lead = re.match(_LEAD, line)
    behind = line[lead.end() :] if lead else ""
    return is_key_line(line) or (behind != "" and is_key_line(behind))


def _put(text: str, found: Sequence[Secret], kinds: dict[str, None]) -> str:
    for one in reversed(found):
        text = f"{text[: one.start]}{one.sign}{text[one.end :]}"
    kinds.update(dict.fromkeys(one.kind for one in found))
    return text


def _walked(value: Any, mask: Callable[[str], str]) -> Any:
    """A value with every text in it masked; the same object where nothing was."""
    match value:
        case str():
            return mask(value)
        case Struct():
            pairs = ((name, old) for name in value.__struct_fields__ if (old := getattr(value, name)))
            changed = {name: made for name, old in pairs if (made := _walked(old, mask)) is not old}
            return replace(value, **changed) if changed else value
        case dict():
            made = {_walked(key, mask): _walked(part, mask) for key, part in value.items()}
            return made if made != value else value
        case tuple() | list():
            parts = [_walked(part, mask) for part in value]
            return type(value)(parts) if any(a is not b for a, b in zip(parts, value, strict=True)) else value
        case _:
            return value


def _json(text: str) -> str:
    """JSON with every text in it masked by itself, so that it can be read again."""
    if not text:
        return text
    value = msgspec.json.decode(text)
    made = _walked(value, lambda part: masked(part)[0])
    return text if made is value else msgspec.json.encode(made).decode()
