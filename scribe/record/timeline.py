"""Order, filter and find over the entries of a timeline."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from scribe.record.state import Entry

KINDS: tuple[str, ...] = (
    "declared",
    "fact",
    "hypothesis",
    "decision",
    "action",
    "update",
    "role",
    "severity",
    "state",
    "milestone",
    "impact",
    "scope",
    "checkpoint",
    "escalation",
    "checklist",
    "timebox",
    "security",
    "note",
    "erased",
)
"""The kinds of entries, as they are called everywhere."""

LETTERS: dict[str, str] = {
    "declared": "*",
    "fact": "F",
    "hypothesis": "?",
    "decision": "!",
    "action": ">",
    "update": "U",
    "role": "R",
    "severity": "S",
    "state": "T",
    "milestone": "M",
    "impact": "I",
    "scope": "I",
    "checkpoint": "C",
    "escalation": "E",
    "checklist": "L",
    "timebox": "B",
    "security": "P",
    "note": "N",
    "erased": "X",
}
"""One letter or sign a kind, so that no kind is told by its colour alone."""


class Filter(Struct, frozen=True):
    """What an entry must have to be shown: any of the kinds, any of the people, all of the tags, all of the words."""

    kinds: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything passes."""
        return not (self.kinds or self.people or self.tags or self.words)


def asked(text: str) -> Filter:
    """The filter that a person typed: kinds by name (``actions`` too), ``@name``, ``#tag``, any other words.

    Any text whatever is a search: a word that is nothing else is looked for in the entries.
    """
    kinds, people, tags, words = set(), set(), set(), []
    for word in text.split():
        folded = word.casefold()
        kind = _KIND_WORDS.get(folded)
        if kind:
            kinds.add(kind)
        elif folded.startswith("@") and len(folded) > 1:
            people.add(folded[1:])
        elif folded.startswith("#") and len(folded) > 1 and not folded[1:].isdecimal():
            tags.add(folded[1:])
        else:
            words.append(folded)
    return Filter(frozenset(kinds), frozenset(people), frozenset(tags), tuple(words))


def matches(entry: Entry, wanted: Filter) -> bool:
    """Whether an entry passes. Words are found as parts of words, whatever the case, in any script."""
    if wanted.kinds and entry.kind not in wanted.kinds:
        return False
    if wanted.people:
        people = {entry.by.casefold(), *(name.casefold() for name in entry.payload.mentions)}
        who = getattr(entry.payload, "who", "")
        if who:
            people.add(who.casefold())
        if not people & wanted.people:
            return False
    if wanted.tags and not wanted.tags <= {tag.casefold() for tag in entry.tags}:
        return False
    if wanted.words:
        held = f"{entry.text} {entry.ref} {entry.by} {' '.join(entry.sources)}".casefold()
        return all(word in held for word in wanted.words)
    return True


def chosen(entries: Iterable[Entry], wanted: Filter) -> list[Entry]:
    """The entries that pass, in the order given."""
    return [entry for entry in entries if matches(entry, wanted)]


def as_recorded(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in the order in which they were written."""
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.number))


_KIND_WORDS = {name: kind for kind in KINDS for name in (kind, f"{kind}s")} | {"hypotheses": "hypothesis"}
