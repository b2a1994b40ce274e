"""Restricted words that stand in open entries too, repeated by hand, and the sign that is put in their place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from scribe.record.events import Checkpoint, Note, Scope, Security, is_board
from scribe.record.giveaways import alike, plain, runs, values, words
from scribe.record.state import Entry
from scribe.record.terms import VEILED as VEILED

WITHHELD = "withheld"
"""What stands for a name that is restricted."""

SHORTEST = 4
"""Characters from which on words are looked for in other texts: "EU" or "ok" says nothing, and stands everywhere."""

SHORTEST_WIDE = 2
"""The same for scripts that need fewer characters for a word, like Korean and Chinese."""

_COMPOSED = frozenset({"role", "severity", "state", "milestone", "checkpoint", "escalation", "checklist"})
"""Kinds whose text is a sentence of scribe's own, with a person's words behind it at most."""

FEW = 60
"""Words up to which each is simply looked for in every text."""

SHORTEST_VALUE = 6
"""The same for a value, like an address, a host or a password, out of a longer text."""

_GAP = r"(?:\s|⏎)+"
_LETTER = "[A-Za-z0-9_]"
_BARE = f"{_LETTER}(?![\u0300-\u036f])"
"""One that bears no accent: only these end where the next one begins another word."""


class Veil:
    """Hides the words of restricted entries in other texts.

    ``openly`` are all entries of the record, so that values of restricted ones are hidden too, but for what an open
    entry said before they did; without it only indicators have values.
    """

    def __init__(self, restricted: Iterable[Entry], openly: Sequence[Entry] | None = None) -> None:
        self._hidden: dict[str, re.Pattern[str]] = {}
        self._openly = openly
        self._known: list[tuple[tuple[str, int], str, str]] | None = None
        self._own: dict[str, bool] = {}
        self._clear: frozenset[str] = frozenset()
        restricted = list(restricted)
        said = [word for entry in restricted for word in _words(entry)]
        self._runs = frozenset(run for word in said for run in runs(words(word)))
        self._all = [word for word in dict.fromkeys(map(_folded, said)) if word]
        self._values = self._first_said(restricted) if openly is not None else {}
        self._all += self._values
        self._by_token: dict[str, list[str]] = {}
        self._by_part: dict[str, list[str]] = {}
        if len(self._all) > FEW:
            self._index()

    def look_over(self, texts: Iterable[str]) -> None:
        """Look through many texts at once, so that those without any such word cost nothing more."""
        texts = list(texts)
        # Folded at once: what is not ASCII takes long, and each call takes some more.
        known = {*_split("\n".join(filter(str.isascii, texts)))}
        known.update(_split("\n".join(text for text in texts if not text.isascii())))
        spelt = "\n".join(known)
        # Most words are told from which words there are at all: far less to look through than all the texts.
        near = [word for word in self._all if known.issuperset(word.split()[1:-1]) and word.split()[0] in spelt]
        held: set[int] = set()
        if near:
            folded = [_folded(text) for text in texts]
            held = {index for index, text in enumerate(folded) if any(word in text for word in near)}
        self._clear = frozenset(text for index, text in enumerate(texts) if index not in held)

    def text(self, text: str) -> str:
        """The text with every such word replaced by a sign."""
        if text in self._clear:
            return text
        shown = plain(text)
        folded = _folded(shown)
        found = [word for word in self._near(folded) if word in folded]
        for word in sorted(found, key=len, reverse=True):
            if self._hides(word):
                for start, end in reversed(_places(self._pattern(word), shown)):
                    text = shown = f"{shown[:start]}{VEILED}{shown[end:]}"
        return text

    def told(self, text: str) -> str:
        """An update's text, in which entries stand cut short and without names: a line that tells one goes whole."""
        lines = self.text(text).split("\n")
        return "\n".join(VEILED if not self._runs.isdisjoint(runs(words(line))) else line for line in lines)

    def sentences(self, text: str) -> str:
        """Prose written of the incident: a sentence that tells a restricted entry goes whole, the others stay."""
        parts = re.split(r"(\n+|(?<=[.!?。！？])\s+)", text)
        parts[::2] = [self.told(part) for part in parts[::2]]
        return "".join(parts)

    def whole(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Those of some tags or addresses that hold no such word."""
        return tuple(text for text in texts if self.text(text) == text)

    def _pattern(self, word: str) -> re.Pattern[str]:
        pattern = self._hidden.get(word)
        if pattern is None:
            begin = f"(?<!{_LETTER})" if re.match(_BARE, word) else ""
            end = f"(?!{_BARE})" if re.match(_LETTER, word[-1]) else ""
            inner = _GAP.join(re.escape(part) for part in word.split())
            pattern = self._hidden[word] = re.compile(f"{begin}{inner}{end}")
        return pattern

    # ── what is looked for ──────────────────────────────────────────────────────────────────────────────────────────

    def _index(self) -> None:
        """Thousands of words against thousands of texts: a text is compared with those whose rarest part it holds."""
        common = Counter(token for word in self._all for token in _tokens(word))
        parts = Counter(part for word in self._all if not _tokens(word) for part in _parts(word))
        for word in self._all:
            rarest = min(_tokens(word), key=lambda token: (common[token], -len(token), token), default="")
            if rarest:
                self._by_token.setdefault(rarest, []).append(word)
            else:
                part = min(_parts(word), key=lambda part: (parts[part], part), default="")
                self._by_part.setdefault(part, []).append(word)

    def _near(self, folded: str) -> list[str]:
        """The words that may stand in a text."""
        if not (self._by_token or self._by_part):
            return self._all
        near = [word for token in _tokens(folded) & self._by_token.keys() for word in self._by_token[token]]
        if self._by_part:
            parts = _parts(folded) & self._by_part.keys()
            near += [word for part in ("", *parts) for word in self._by_part.get(part, ())]
        return near

    def _first_said(self, restricted: Iterable[Entry]) -> dict[str, tuple[str, int]]:
        """The values of restricted entries, and when each was written first; nothing of what they say as a whole."""
        known = set(self._all)
        first: dict[str, tuple[str, int]] = {}
        for entry in sorted(restricted, key=_written):
            for value in map(_folded, _values(entry)):
                if value not in known:
                    first.setdefault(value, _written(entry))
        return first

    def _hides(self, word: str) -> bool:
        """Whether a word is hidden: a value that was known openly before is no secret of whoever said it later."""
        written = self._values.get(word)
        if written is None:
            return True
        if word not in self._own:
            self._own[word] = not self._is_known_before(word, written)
        return self._own[word]

    def _is_known_before(self, word: str, written: tuple[str, int]) -> bool:
        if self._known is None:
            texts = (said for entry in self._openly or () if not entry.restricted for said in _said_when(entry))
            self._known = sorted((when, _folded(text), plain(text)) for when, text in texts)
        pattern = self._pattern(word)
        for when, folded, shown in self._known:
            if when >= written:
                break
            if word in folded and _places(pattern, shown):
                return True
        return False


def _words(entry: Entry) -> Iterator[str]:
    """What an entry says and said, as others may repeat it; nothing of one whose words are not here."""
    for said in () if entry.is_withheld else _said(entry):
        bare = " ".join(said.split())
        if len(bare) >= (SHORTEST if bare.isascii() else SHORTEST_WIDE):
            yield bare


def _said(entry: Entry) -> Iterator[str]:
    payload = entry.payload
    for text in (entry.text, *(old.text for old in entry.revisions)):
        _, parted, own = text.partition(": ")
        if entry.kind not in _COMPOSED or parted or entry.revisions:
            yield text
        if parted and _is_sentence(entry):
            yield own
        if _is_indicator(entry):
            yield from _long_values(text)
    yield from (old.why for old in entry.revisions)
    if entry.retracted is not None:
        yield entry.retracted.why
    match payload:
        case Scope(name=name, evidence=evidence):
            yield name
            yield evidence
        case Note(point=point) if point is not None:
            yield point.what
        case Checkpoint(given=given):
            yield from given.values()
        case _:
            pass


def _values(entry: Entry) -> Iterator[str]:
    """The values in what an entry says; updates and packets repeat what many others say."""
    if entry.kind not in ("update", "checkpoint") and not entry.is_withheld:
        yield from (value for said in _said(entry) for value in _long_values(said))


def _long_values(text: str) -> Iterator[str]:
    return (value for value in values(words(text)) if len(value) >= SHORTEST_VALUE)


def _is_indicator(entry: Entry) -> bool:
    return isinstance(entry.payload, Security) and entry.payload.aspect == "indicator"


def _written(entry: Entry) -> tuple[str, int]:
    """When an entry was written, and in which order it arrived here."""
    return (entry.recorded_at, entry.number)


def _said_when(entry: Entry) -> Iterator[tuple[tuple[str, int], str]]:
    """What an entry said from when on: what it was amended to was said no earlier than that."""
    texts = (*(old.text for old in entry.revisions), entry.text)
    times = (entry.recorded_at, *(old.recorded_at for old in entry.revisions))
    yield from (((when, entry.number), text) for when, text in zip(times, texts, strict=True))


def _tokens(folded: str) -> set[str]:
    """What stands whole in a text wherever a word does that holds it."""
    return set(re.findall(f"{_LETTER}+" if folded.isascii() else f"(?:{_BARE})+", folded))


def _parts(folded: str) -> set[str]:
    return {folded[place : place + SHORTEST] for place in range(len(folded) - SHORTEST + 1)}


def _folded(text: str) -> str:
    return " ".join(_split(text))


def _split(text: str) -> list[str]:
    return alike(text).replace("⏎", " ").split()


def _places(pattern: re.Pattern[str], shown: str) -> list[tuple[int, int]]:
    """Where something folded stands in a text, from its end on what overlaps nothing before it."""
    if shown.isascii():
        return [match.span() for match in pattern.finditer(alike(shown))]
    folded = alike(shown)
    begins: dict[int, int] = {}
    here = there = 0
    for unit in _units(shown, folded):
        begins[there] = here
        here += len(unit)
        there += len(alike(unit))
    begins[there] = here
    found: list[tuple[int, int]] = []
    place = 0
    while match := pattern.search(folded, place):
        start, end = begins.get(match.start()), begins.get(match.end())
        if start is None or end is None:  # it begins or ends within a letter, and is no part of the text as it is read
            place = match.start() + 1
        else:
            found.append((start, end))
            place = match.end()
    return found


def _units(shown: str, folded: str) -> list[str]:
    """The smallest parts of a text that are folded each by itself: its characters, with their accents where need be."""
    units = re.findall("(?s:.)\u0307*", shown)
    if "".join(map(alike, units)) == folded:
        return units
    units = []
    for char in shown:
        if units and unicodedata.combining(char):
            units[-1] += char
        else:
            units.append(char)
    return units if "".join(map(alike, units)) == folded else [shown]


def _is_sentence(entry: Entry) -> bool:
    """Whether the text begins with what scribe itself says of such an entry: "A1 done: …", "users affected: …"."""
    payload = entry.payload
    parts = (getattr(payload, name, "") for name in ("target", "strategy", "field"))
    is_board_note = isinstance(payload, Note) and is_board(payload)
    return entry.kind in _COMPOSED or isinstance(payload, Security) or is_board_note or any(parts)
