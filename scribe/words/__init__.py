"""The words that give blame and vagueness away, by language: data that a team may extend.

Each language is one TOML file beside this one; what its keys mean stands in the file and at `Lists`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Lists(Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of one language: words and phrases, folded (NFKC, lower case). A language leaves out what it lacks.

    In a phrase ``a|b`` is either word, a word with ``?`` may be missing and ``*`` stands for a few words or characters.
    """

    conclusions: tuple[str, ...] = ()
    """What an analysis must not end with."""
    conclusion_names: tuple[str, ...] = ()
    """After a conclusion these make a name of it: a budget, a rate."""
    mistake: tuple[str, ...] = ()
    """A conclusion only before one of ``mistake_endings``, or where its word ends."""
    mistake_endings: tuple[str, ...] = ()
    refused_before: tuple[str, ...] = ()
    """Shortly before a conclusion these refuse it, or guard against it."""
    refused_after: tuple[str, ...] = ()
    """Shortly after a conclusion these refuse it, or guard against it."""
    refused_quotes: tuple[str, ...] = ()
    """In a sentence with one of these, what is in quotation marks is an example."""

    people: tuple[str, ...] = ()
    """Nouns and pronouns that can only mean persons."""
    people_or_programs: tuple[str, ...] = ()
    """Nouns that often mean programs."""
    people_modifiers: tuple[str, ...] = ()
    """What may stand before such a noun without an article."""
    determiners: tuple[str, ...] = ()
    not_handles: tuple[str, ...] = ()
    """After an @ these are no person."""
    ordinary_names: tuple[str, ...] = ()
    """Names that are also words: they count with an @ or a capital."""
    honorifics: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    """Mark the subject, after a name."""
    not_subjects: tuple[str, ...] = ()
    """End like a subject and are none."""
    not_persons: tuple[str, ...] = ()
    """Between a person and a deed: it was not the person, or it was well done."""
    openers: tuple[str, ...] = ()
    """A person may follow these and still be the subject."""
    fillers: tuple[str, ...] = ()
    """May stand between a person and the verb."""
    between: tuple[str, ...] = ()
    """Phrases that may stand between a person and the verb."""
    breakers: tuple[str, ...] = ()
    """Begin a clause with another subject."""
    prepositions: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    """After one of these no clause begins."""
    becauses: tuple[str, ...] = ()
    """After one of these and a preposition a clause begins."""
    asides: tuple[str, ...] = ()
    """Begin what stands between commas, after a person."""
    after_agents: tuple[str, ...] = ()
    """May follow the person after "by"."""
    hypothetical: tuple[str, ...] = ()
    """Where one of these stands, nothing has happened."""

    lapses: tuple[str, ...] = ()
    """What only people do wrong."""
    faults: tuple[str, ...] = ()
    """What a person did wrong, if a person is the subject."""
    not_faults: tuple[str, ...] = ()
    """The same words without blame."""
    duties: tuple[str, ...] = ()
    """What was owed, after ``never`` or ``should_have``."""
    never: tuple[str, ...] = ()
    should_have: tuple[str, ...] = ()
    entitled: tuple[str, ...] = ()
    """After ``should_have`` these say what somebody was entitled to."""
    slips: tuple[str, ...] = ()
    """Adverbs of a slip, before the verb."""
    by_slip: tuple[str, ...] = ()
    """Adverbs of a slip, after the verb."""
    acts: tuple[str, ...] = ()
    """What is blamed when its object was one of ``wrong``, or it was done ``without`` something."""
    act_endings: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    introduced: tuple[str, ...] = ()
    """What is blamed when its object was one of ``bad``."""
    bad: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    """Nouns, after a possessive."""
    works: tuple[str, ...] = ()
    """What belongs to a person and may be one of ``breaks``."""
    breaks: tuple[str, ...] = ()
    botched: tuple[str, ...] = ()
    """Participles, before "by" and a person."""
    blamed: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    """After a wrong thing these say that somebody put it right."""
    by_person: tuple[str, ...] = ()
    states_of_mind: tuple[str, ...] = ()
    """Where a why ends in a person."""
    answers: tuple[str, ...] = ()
    """The other words of an answer that is only a person."""
    reasons: tuple[str, ...] = ()
    """Lead from a person to what lies behind."""

    root_cause: tuple[str, ...] = ()
    root_cause_is: tuple[str, ...] = ()
    root_cause_open: tuple[str, ...] = ()
    """After a root cause: it is not known, or not one."""
    root_cause_maybe: tuple[str, ...] = ()
    """Before a root cause: it is not known, or not one."""
    single_causes: tuple[str, ...] = ()
    not_single: tuple[str, ...] = ()

    exhortations: tuple[str, ...] = ()
    """Vague whatever they are about, unless one of ``mechanisms`` does it."""
    exhortation_endings: tuple[str, ...] = ()
    action_openers: tuple[str, ...] = ()
    """May stand before the verb of an action."""
    mechanisms: tuple[str, ...] = ()
    by_mechanism: tuple[str, ...] = ()
    vague_verbs: tuple[str, ...] = ()
    generic_objects: tuple[str, ...] = ()
    generic_words: tuple[str, ...] = ()

    legal: tuple[str, ...] = ()
    not_legal: tuple[str, ...] = ()
    legal_deferred: tuple[str, ...] = ()
    """Leave the conclusion to those who may draw it."""

    debates: tuple[str, ...] = ()
    debates_over: tuple[str, ...] = ()
    """Before a debate: it is over."""

    filler: tuple[str, ...] = ()
    """As the whole text: nothing is said."""


class Words(Struct, frozen=True, eq=False):
    """The lists of all languages. They are all looked for in every text: records mix languages.

    One object equals only itself: what is prepared from it is looked up by it, often.
    """

    en: Lists
    ko: Lists
    zh: Lists

    @property
    def all(self) -> tuple[Lists, Lists, Lists]:
        """Language by language."""
        return self.en, self.ko, self.zh


@cache
def load() -> Words:
    """The lists that scribe comes with."""
    return Words(en=_read("en"), ko=_read("ko"), zh=_read("zh"))


def _read(language: str) -> Lists:
    raw = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, Lists)
