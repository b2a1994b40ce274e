"""Prose as the linter reads it: folded, in sentences, with every place known in the text as it was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

HANGUL, HAN = r"\uac00-\ud7af", r"\u3400-\u9fff"
CJK = rf"\u1100-\u11ff\u3040-\u30ff\u3130-\u318f{HAN}{HANGUL}"
LETTER = rf"[^\W{CJK}]"
"""Of words that are set apart by spaces: Hangul, kana and Han may follow such a word without one."""
TOKEN = rf"\d{{1,2}}:\d\d(?::\d\d)?|@?{LETTER}+(?:['./-]{LETTER}+)*|\S"
"""What a sentence of such words consists of: times, words with their joints, handles, single signs."""
MASK = "\ufffc"
"""Stands for each character of code and addresses: they are quoted from machines."""

_START = f"(?<!{LETTER})"
_END = f"(?!{LETTER})"
_WORD = r"[^\s.,;:!?()\"。、]{1,40}"
_SPACE = r"[\s:-]{1,4}"
_NO_SPACE = r"\s{0,2}"
_QUOTE = 300  # characters: quotation marks further apart belong to others

_CLUSTER = re.compile("(?s:.[\u0300-\u036f\u1160-\u11ff\u3099\u309a]*)")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "「": '"', "」": '"'})
_QUOTED_CODE = re.compile(r"`[^`\n]*`|https?://[^\s)>\]]*")
_BREAK = re.compile(r"[.!?](?=[\s\"')\]*_]|$)|[。;]|\n")
_ASCII_WORD = re.compile("[a-z0-9]+")
_TO_SPACE = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_HANGUL, _HAN = re.compile(f"[{HANGUL}]"), re.compile(f"[{HAN}]")
_LIST_ITEM = re.compile(r"\s{0,20}(?:[-*+#>|•·]|\d{1,3}[.)])|[ \t]{0,20}\n")


class Span(Struct, frozen=True, gc=False):
    """A place in a text: half open, in characters, and the words that stand there."""

    start: int
    end: int
    words: str


class Prose:
    """A text, folded: NFKC, lower case, invisible characters gone, code and addresses masked."""

    def __init__(self, original: str) -> None:
        self.original = original
        self._starts: list[int] | None = None
        self._ends: list[int] = []
        self._words: frozenset[str] | None = None
        self.korean = self.chinese = False
        """Whether there is any Hangul, any Han."""
        if original.isascii():
            folded = original.lower()
        else:
            folded = original.casefold()
            # What keeps its length keeps its places; only else every character is followed by itself.
            if (
                len(folded) != len(original)
                or not unicodedata.is_normalized("NFKC", original)
                or _HIDDEN.search(original)
            ):
                folded = self._follow(original)
            folded = folded.translate(_QUOTES)
            self.korean = _HANGUL.search(folded) is not None
            self.chinese = _HAN.search(folded) is not None
        if "`" in folded or "://" in folded:
            folded = _QUOTED_CODE.sub(lambda found: MASK * len(found[0]), folded)
        self.text = folded

    @property
    def words(self) -> frozenset[str]:
        """The words in Latin letters, for a quick look whether there is anything to find."""
        if self._words is None:
            if self.text.isascii():
                self._words = frozenset(self.text.translate(_TO_SPACE).split())
            else:
                self._words = frozenset(_ASCII_WORD.findall(self.text))
        return self._words

    def _follow(self, original: str) -> str:
        starts: list[int] = []
        ends: list[int] = []
        pieces = []
        for cluster in _CLUSTER.finditer(original):
            piece = unicodedata.normalize("NFKC", cluster[0]).casefold()
            piece = _HIDDEN.sub("", unicodedata.normalize("NFKC", piece))
            pieces.append(piece)
            starts += [cluster.start()] * len(piece)
            ends += [cluster.end()] * len(piece)
        self._starts, self._ends = starts, ends
        return "".join(pieces)

    def span(self, start: int, end: int) -> Span:
        """The place in the text as it was typed. ``start`` and ``end`` count in the folded text; not empty."""
        if self._starts is not None:
            start, end = self._starts[start], self._ends[end - 1]
        return Span(start, end, self.original[start:end])

    def typed(self, place: int) -> str:
        """The character as it was typed, for one of the folded text."""
        return self.original[place if self._starts is None else self._starts[place]]

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where sentences begin and end in the folded text. A line that goes on in small letters is the same one."""
        text, start = self.text, 0
        for found in _BREAK.finditer(text):
            if found[0] == "\n" and self._goes_on(found.end()):
                continue
            if text[start : found.end()].strip():
                yield start, found.end()
            start = found.end()
        if text[start:].strip():
            yield start, len(text)

    def _goes_on(self, place: int) -> bool:
        if place >= len(self.text) or _LIST_ITEM.match(self.text, place):
            return False
        rest = self.text[place : place + 20].lstrip()
        return bool(rest) and self.typed(place + self.text[place : place + 20].index(rest[0])).islower()


@lru_cache(maxsize=64)
def read(text: str) -> Prose:
    """The text folded; rules ask one after another about the same text."""
    return Prose(text)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when a text first asks for it: the lists are long, and most texts ask for none of them."""
    return re.compile(pattern)


# --- phrases ------------------------------------------------------------------------------------------


def union(*patterns: str) -> str:
    """A pattern that matches what one of these matches; of none, nothing."""
    some = [pattern for pattern in patterns if pattern]
    return f"(?:{'|'.join(some)})" if some else "(?!)"


def phrases(listed: Iterable[str], *, spaced: bool = True) -> str:
    """The pattern of a list of phrases (see the word lists); ``spaced`` languages set words apart.

    Every repetition in it is bounded and short, so that a search takes time in proportion to the text.
    """
    longest_first = sorted(listed, key=len, reverse=True)
    if spaced:
        return (
            _START
            + union(*(_phrase(phrase, _SPACE, rf"(?:\s{{1,4}}{_WORD}){{0,3}}?") for phrase in longest_first))
            + _END
        )
    found = []
    for phrase in longest_first:
        pattern = _phrase(phrase, _NO_SPACE, r"[^,.;:!?。、\n]{0,12}?")
        first, last = phrase[:1], phrase.rstrip("?")[-1:]  # Latin words among others still begin and end
        found.append(
            (_START if first.isascii() else "") + pattern + (_END if last.isascii() else "") if pattern else ""
        )
    return union(*found)


def _phrase(phrase: str, space: str, gap: str) -> str:
    pattern, begun = "", False
    for part in phrase.split():
        if part == "*":
            pattern += gap if begun else ""
            continue
        words = [space.join(map(re.escape, word.split("-"))) for word in part.removesuffix("?").split("|")]
        either = words[0] if len(words) == 1 else union(*words)
        if part.endswith("?"):
            pattern += f"(?:{space}{either})?" if begun else f"(?:{either}{space})?"
        else:
            pattern += f"{space}{either}" if begun else either
            begun = True
    return pattern if begun else ""  # else it would match anywhere


def hints(listed: Iterable[str]) -> frozenset[str] | None:
    """Words of which one must stand where a phrase of a spaced language stands; None if some phrase has none."""
    found: set[str] = set()
    for phrase in listed:
        parts = [part for part in phrase.split() if part != "*" and not part.endswith("?")]
        # The longest is the rarest; of a word like "by-mistake" any part will do.
        words = [[max(_ASCII_WORD.findall(word), key=len, default="") for word in part.split("|")] for part in parts]
        best = max(words, key=lambda either: min(map(len, either)), default=[""])
        if "" in best:
            return None
        found.update(best)
    return frozenset(found)


class Finder:
    """Looks for the phrases of a list in every language, where a text can hold any of them."""

    def __init__(self, en: Iterable[str], ko: Iterable[str] = (), zh: Iterable[str] = ()) -> None:
        en = tuple(en)
        self._hints = hints(en)
        self._en = phrases(en)
        self._ko = phrases(ko, spaced=False)
        self._zh = phrases(zh, spaced=False)

    def may_find(self, prose: Prose) -> bool:
        """Whether there may be a match."""
        return prose.korean or prose.chinese or self._hints is None or not self._hints.isdisjoint(prose.words)

    def _patterns(self, prose: Prose) -> Iterator[str]:
        if self._hints is None or not self._hints.isdisjoint(prose.words):
            yield self._en
        if prose.korean:
            yield self._ko
        if prose.chinese:
            yield self._zh

    def all(self, prose: Prose, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Every match in a stretch of the text, language by language."""
        for pattern in self._patterns(prose):
            yield from compiled(pattern).finditer(prose.text, start, len(prose.text) if end is None else end)


def is_example(text: str, start: int, end: int, place: tuple[int, int], refusals: str) -> bool:
    """Whether a place stands in quotation marks, in a sentence that quotes it only to refuse it."""
    start, end = max(start, place[0] - _QUOTE), min(end, place[1] + _QUOTE)
    before, after = text[start : place[0]], text[place[1] : end]
    quoted = before.count('"') % 2 == 1 and '"' in after
    single = "'" in after and re.search(rf"(?<!{LETTER})'[^']*$", before) is not None
    return (quoted or single) and compiled(refusals).search(text, start, end) is not None


def apart(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, without those that begin inside the one before."""
    kept: list[tuple[int, int]] = []
    for place in sorted(places):
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept
