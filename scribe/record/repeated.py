"""Words of erased entries, found again in other texts: whole, a line of them, cut short, or being typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from scribe.record.erasure import ERASED
from scribe.record.events import Fact
from scribe.record.giveaways import squeezed
from scribe.record.state import Entry
from scribe.record.veil import SHORTEST, VEILED, Veil

LINE = 8
"""Characters from which on a line of an erased text is looked for by itself."""

RUN = 16
"""Characters in a row by which a line of an update is known to tell of an entry, though its end was cut off."""

PART = 24
"""Characters in a row by which a text that somebody typed is known to say a part of it."""

_MIXED = r"(?=\S*[^\W\d_])(?=\S*\d)\S{8,}"  # a word with letters and digits in it: a key, a host, an address


class Repeated:
    """Finds words of erased entries in other texts; what is ``common`` is not looked for by itself."""

    def __init__(self, said: Sequence[Entry], common: frozenset[str] = frozenset()) -> None:
        # Updates and packets are all put together from the same sentences: only as a whole do they say something.
        own = [entry for entry in said if entry.kind not in ("update", "checkpoint")]
        lines = [plain(entry, line) for entry in own for line in _lines(entry.text)]
        tokens = [plain(entry, token) for entry in own for token in tokens_of(entry.text) - common]
        self._quotes = Veil((*said, *lines))
        self._cut_short = Veil((*own, *lines))
        self._hints = Veil((*said, *lines, *tokens))
        self._whole = [squeezed(entry.text) for entry in said]
        self._told = [squeezed(entry.text) for entry in own]
        self._lines = {squeezed(line) for entry in own if "\n" in entry.text for line in entry.text.split("\n")} - {""}
        self._runs = {run for text in self._told for run in _runs(text)}
        self._parts = {part for text in self._told for part in _runs(text, PART)}

    def masked(self, text: str) -> str:
        """A text with a sign in the place of every one of these, or of a line of them."""
        return self._signed(text, self._quotes.text)

    def masked_told(self, text: str) -> str:
        """The same for an update, where entries stand cut short: a line that tells of one goes whole."""
        told = self._signed(text, self._cut_short.told)
        return "\n".join(ERASED if self._tells(line) else line for line in told.split("\n"))

    def are_in(self, text: str) -> bool:
        """Whether a text says any of it; a single word is enough that has letters and digits."""
        return self._hints.text(text) != text

    def are_partly_in(self, text: str) -> bool:
        """Whether a text says a long part of it, word for word."""
        return not self._parts.isdisjoint(_runs(squeezed(text), PART))

    def unsent(self, text: str) -> bool:
        """Whether a text that is being typed holds these words, or is the beginning or another part of them."""
        try:
            parts = list(strings(msgspec.json.decode(text)))
        except msgspec.DecodeError:
            parts = [text]
        return any(self.are_in(part) or self._is_part(squeezed(part)) for part in parts)

    def _tells(self, line: str) -> bool:
        """Whether a line is a part of what was said, or has many characters in a row of it."""
        folded = squeezed(line)
        if folded in self._lines or (len(folded) >= SHORTEST and any(folded in whole for whole in self._told)):
            return True
        return any(run in self._runs for run in _runs(folded))

    def _is_part(self, text: str) -> bool:
        return len(text) >= LINE and any(text in whole for whole in self._whole)

    def _signed(self, text: str, hide: Callable[[str], str]) -> str:
        hidden = hide(text)
        # Where it says so already, nobody can tell one sign from the other.
        return hidden if VEILED in text else hidden.replace(VEILED, ERASED)


def tokens_of(text: str) -> set[str]:
    """Words that may be a secret by themselves."""
    return set(re.findall(_MIXED, text))


def strings(found: object) -> Iterator[str]:
    """Every text in what was decoded from JSON."""
    waiting = [found]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, list | tuple):
            waiting += found


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if len(line.strip()) >= LINE] if "\n" in text else []


def plain(entry: Entry, text: str) -> Entry:
    """An entry that says nothing but this text."""
    return replace(entry, kind="fact", payload=Fact(), text=text, revisions=())


def _runs(folded: str, long: int = RUN) -> Iterator[str]:
    return (folded[place : place + long] for place in range(len(folded) - long + 1))
