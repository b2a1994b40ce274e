"""The names that a record knows, as prose is searched for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from scribe.after.prose import CJK, HANGUL, LETTER, TOKEN, Prose, compiled, hints, union


class Names:
    """The names of one record, folded: by their first word, and as a pattern for scripts without spaces."""

    def __init__(self, people: Iterable[str]) -> None:
        folded = {" ".join(Prose(name).text.removeprefix("@").split()) for name in people}
        names = sorted(folded - {""}, key=lambda name: (-len(name), name))
        self.by_word: dict[str, list[list[str]]] = {}
        """Those of spaced scripts, by their first word; the longest first."""
        for name in names:
            if not re.search(f"[{CJK}]", name):
                tokens = compiled(TOKEN).findall(name)
                self.by_word.setdefault(tokens[0], []).append(tokens)
        self.hints = hints(self.by_word)
        self.pattern = union(*(_whole(name) for name in names))
        """Any of them, with or without an @."""


@lru_cache(maxsize=64)
def known(people: tuple[str, ...]) -> Names:
    """The names of a record, prepared once for all its texts."""
    return Names(people)


def _whole(name: str) -> str:
    """Names in Hangul begin where a word begins and a particle may follow; Han has no words; others are whole words."""
    escaped = re.escape(name)
    if re.search(f"[{HANGUL}]", name):
        return rf"(?<![{HANGUL}])@?{escaped}"
    if re.search(f"[{CJK}]", name):
        return f"@?{escaped}" if len(name) > 1 else ""  # a single sign stands in many words
    return rf"(?<!{LETTER})@?{escaped}(?!{LETTER})"
