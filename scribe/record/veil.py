"""Restricted words that stand in open entries too, repeated by hand, and the sign that is put in their place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from scribe.record.events import Checkpoint, Note, Scope, Security, is_board
from scribe.record.state import AnyState, Entry

WITHHELD = "withheld"
"""What stands for a name that is restricted."""

VEILED = "(withheld)"
"""What stands for words that are restricted, within others that are not."""

SHORTEST = 4
"""Characters from which on words are looked for in other texts: "EU" or "ok" says nothing, and stands everywhere."""

SHORTEST_WIDE = 2
"""The same for scripts that need fewer characters for a word, like Korean and Chinese."""

_COMPOSED = frozenset({"role", "severity", "state", "milestone", "checkpoint", "escalation", "checklist"})
"""Kinds whose text is a sentence of scribe's own, with a person's words behind it at most."""

FEW = 60
"""Words up to which each is simply looked for in every text."""

SHORTEST_TECHNICAL = 6
"""The same for an address, a host, a hash or a key's number within an indicator."""

_TECHNICAL = (
    r"\S*\w[.@]\w\S*"  # a host, an address of the net or of a person, a file
    r"|\S*(?:://|\\|::)\S*"
    r"|/\S+"
    r"|(?!\d{4}-\d\d-\d\d)(?=\S*\d)[0-9A-Za-z_-]{8,}"  # a hash, a key's number; no date
)
_GAP = r"(?:\s|⏎)+"
_INVISIBLE = "[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
_QUOTES = "\"'()[]{}<>,;:!?.`*@…–-"

RUN = 3
"""Words in a row that tell what an entry said, though names in it were masked and its end was cut off."""

RUN_WIDE = 6
"""The same in characters, for scripts that write words without spaces."""

_LETTER = "[A-Za-z0-9_]"


def restricted_words(state: AnyState) -> tuple[str, ...]:
    """The words that must leave in nothing that did not ask for them: of restricted entries, and every indicator.

    Each is looked for as it stands, whatever its case and white space; the longest come first. What is too short to
    mean anything by itself is not among them.
    """
    found = (
        word
        for entry in state.entries
        if entry.restricted or (isinstance(entry.payload, Security) and entry.payload.aspect == "indicator")
        for word in _words(entry)
    )
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


class Veil:
    """Hides the words of restricted entries in other texts."""

    def __init__(self, restricted: Iterable[Entry]) -> None:
        self._hidden: dict[str, re.Pattern[str]] = {}
        said = [word for entry in restricted for word in _words(entry)]
        self._runs = frozenset(run for word in said for run in _runs(word))
        self._all = list(dict.fromkeys(map(_folded, said)))
        self._by_part: dict[str, list[str]] = {}
        if len(self._all) > FEW:
            common = Counter(part for word in self._all for part in _parts(word))
            for word in self._all:
                rarest = min(_parts(word), key=lambda part: (common[part], part), default="")
                self._by_part.setdefault(rarest, []).append(word)

    def text(self, text: str) -> str:
        """The text with every such word replaced by a sign."""
        plain = _plain(text)
        folded = _folded(plain)
        near = self._all
        if len(near) > FEW:
            # Thousands of words against thousands of texts: a text is compared with words whose rarest part it holds,
            # and with those that are too short to have a part.
            parts = _parts(folded) & self._by_part.keys()
            near = [word for part in ("", *parts) for word in self._by_part.get(part, ())]
        found = [word for word in near if word in folded]
        for word in sorted(found, key=len, reverse=True):
            text = self._pattern(word).sub(VEILED, plain)
            plain = text
        return text

    def told(self, text: str) -> str:
        """An update's text, in which entries stand cut short and without names: a line that tells one goes whole."""
        lines = self.text(text).split("\n")
        return "\n".join(VEILED if not self._runs.isdisjoint(_runs(line)) else line for line in lines)

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
            begin = f"(?<!{_LETTER})" if re.match(_LETTER, word) else ""
            end = f"(?!{_LETTER})" if re.match(_LETTER, word[-1]) else ""
            inner = _GAP.join(re.escape(part) for part in word.split())
            pattern = self._hidden[word] = re.compile(f"{begin}{inner}{end}", re.IGNORECASE)
        return pattern


def _parts(folded: str) -> set[str]:
    return {folded[place : place + SHORTEST] for place in range(len(folded) - SHORTEST + 1)}


def _plain(text: str) -> str:
    """One form for what looks the same: composed characters, and none that show nothing."""
    if text.isascii():
        return text
    return re.sub(_INVISIBLE, "", unicodedata.normalize("NFC", text))


def _folded(text: str) -> str:
    return " ".join(_plain(text).replace("⏎", " ").lower().split())


def _runs(text: str) -> Iterator[str]:
    """Every few words in a row, without case, signs and names; of a long word without spaces its characters."""
    words = [bare for raw in _folded(text).split() if not raw.startswith("@") and (bare := raw.strip(_QUOTES))]
    for word in words:
        if not word.isascii() and len(word) >= RUN_WIDE:
            yield from (word[place : place + RUN_WIDE] for place in range(len(word) - RUN_WIDE + 1))
    yield from (" ".join(words[place : place + RUN]) for place in range(len(words) - RUN + 1))


def _words(entry: Entry) -> Iterator[str]:
    """What an entry says and said, as others may repeat it."""
    for said in _said(entry):
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
        if isinstance(payload, Security) and payload.aspect == "indicator":
            parts = (part.strip("\"'`()[]<>,;") for part in text.split())
            yield from (part for part in parts if len(part) >= SHORTEST_TECHNICAL and re.fullmatch(_TECHNICAL, part))
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


def _is_sentence(entry: Entry) -> bool:
    """Whether the text begins with what scribe itself says of such an entry: "A1 done: …", "users affected: …"."""
    payload = entry.payload
    parts = (getattr(payload, name, "") for name in ("target", "strategy", "field"))
    is_board_note = isinstance(payload, Note) and is_board(payload)
    return entry.kind in _COMPOSED or isinstance(payload, Security) or is_board_note or any(parts)
