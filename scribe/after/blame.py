"""Persons as the subjects of mistakes: who is named beside what went wrong.

Not every "failed to" blames: in the records of incidents it is mostly machines that fail. The subject decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Protocol

from scribe.after.names import Names, known
from scribe.after.particles import Chinese, Korean
from scribe.after.prose import Prose, Span, apart, read
from scribe.after.subjects import English
from scribe.words import Words


class _Grammar(Protocol):
    """How one language says who did what."""

    def may_find(self, prose: Prose, names: Names, minds: bool) -> bool: ...

    def read(self, prose: Prose, names: Names, start: int, end: int, minds: bool) -> Iterator[tuple[int, int]]: ...


def blames(text: str, words: Words, people: Collection[str]) -> tuple[Span, ...]:
    """Where a person is named beside a mistake: "Alice forgot", "misconfigured by @bob", "담당자의 실수".

    Args:
        text: prose in any of the languages, or in several.
        words: what to look for.
        people: the names that the record knows, as they are written there; with or without an @.
    """
    prose = read(text)
    return tuple(prose.span(start, end) for start, end in blamed(prose, words, people))


def blamed(prose: Prose, words: Words, people: Collection[str], *, minds: bool = False) -> list[tuple[int, int]]:
    """The same places in folded text; with ``minds`` also what went on in somebody's mind: tired, in a hurry."""
    names = known(tuple(people))
    grammars = [one for one in _grammars(words) if one.may_find(prose, names, minds)]
    if not grammars:
        return []
    sentences = prose.sentences()
    return apart(
        place for start, end in sentences for one in grammars for place in one.read(prose, names, start, end, minds)
    )


@lru_cache(maxsize=16)
def _grammars(words: Words) -> tuple[_Grammar, ...]:
    return English(words.en), Korean(words.ko), Chinese(words.zh)
