"""What prose gives away: conclusions that stop at a person, one cause for all, vague actions, law, quarrels, filler.

Pure functions for the linter. They say where, not whether it matters: that is for the rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from scribe.after.blame import blamed, blames
from scribe.after.names import known
from scribe.after.prose import (
    HANGUL,
    LETTER,
    MASK,
    Finder,
    Prose,
    Span,
    apart,
    compiled,
    is_example,
    phrases,
    read,
    union,
)
from scribe.words import Words

__all__ = [
    "Span",
    "blames",
    "conclusions",
    "debates_cause",
    "ends_in_person",
    "filler",
    "legal_conclusions",
    "single_causes",
    "vague_action",
]

_NEAR = 60  # characters before or after a place in which a word still speaks of it
_NEAR_CJK = 15
_CLAUSE = rf"[,:(–—]|(?<!{LETTER})but(?!{LETTER})"
_NOT = rf"(?<!{LETTER})(?:not|no|never|{LETTER}+n't|rarely|seldom|hardly)(?!{LETTER})"
_WRAPPING = " .:!?*_~()[]{}<>-–—…\"'`/|#+=。、\ufffc"


class _Patterns:
    """What the functions look for, from one set of words."""

    def __init__(self, words: Words) -> None:
        en, ko, zh = words.all

        def listed(name: str) -> Finder:
            return Finder(*(getattr(one, name) for one in words.all))

        def pattern(name: str) -> str:
            return union(*(phrases(getattr(one, name), spaced=one is en) for one in words.all))

        def cjk(*texts: Iterable[str]) -> str:
            return phrases((text for some in texts for text in some), spaced=False)

        self.clause = _CLAUSE
        self.no = _NOT

        self.conclusions = listed("conclusions")
        self.conclusion_name = rf"-|[\s-]{{1,2}}{phrases(en.conclusion_names)}"
        endings = union(cjk(ko.mistake_endings), f"[^{HANGUL}]", "$")
        self.mistake = rf"(?<![{HANGUL}]){cjk(ko.mistake)}(?={endings})"
        self.refused_before = pattern("refused_before")
        self.refused_after = phrases(en.refused_after)
        self.refused_after_cjk = cjk(ko.refused_after, zh.refused_after)
        self.refusals = pattern("refused_quotes")

        self.single_causes = listed("single_causes")
        self.root_cause = Finder(en.root_cause, (*ko.root_cause, *en.root_cause), zh.root_cause)
        self.the_cause_is = (
            rf"{phrases(en.root_cause)}(?:\s+(?:of|for|behind)\s+[^.:;\n]{{1,80}}?)?"
            rf"(?:[\s*_]*+[:=][\s*_]*+|\s+{phrases(en.root_cause_is)}\s++)"
            rf"(?!{phrases(en.root_cause_open)})(?=[\w\"'(@{MASK}])"
        )
        self.maybe = phrases(en.root_cause_maybe) + r"[^.,;:]{0,20}$"
        self.the_cause_is_cjk = union(
            rf"{cjk(ko.root_cause)}(?:\s?(?:은|는|이))?\s?:\s*+(?!{cjk(ko.root_cause_open)})(?=\w)",
            rf"{cjk(ko.root_cause)}\s?(?:은|는)\s*+(?!{cjk(ko.root_cause_open)})(?=\w)",
            rf"{cjk(zh.root_cause)}\s?(?::|{cjk(zh.root_cause_is)})\s*+(?!{cjk(zh.root_cause_open)})(?=\w)",
        )
        self.not_single = cjk(ko.not_single, zh.not_single)

        self.reasons = pattern("reasons")
        self.nobody_else = union(
            phrases((*en.answers, *en.people_modifiers, *en.determiners)),
            cjk(ko.particles, ko.by_person, zh.by_person, ("에", "서")),
            r"[\W_]",
        )
        self.persons = union(
            rf"(?<!{LETTER})@(?:{LETTER}[\w.-]*)?", *(phrases(one.people, spaced=one is en) for one in words.all)
        )

        self.lead = r"[\s\-*+#>\[\]x.)(\d|•·☐☑]*(?:[a-z]{1,6}-\d{1,7}\s*[:.)-]?\s*)?(?:@[\w.-]+\s*[:,-]?\s*)?"
        self.openers = rf"(?:{phrases(en.action_openers)}[\s,:]*){{0,6}}"
        self.exhortation = phrases(en.exhortations)
        mechanisms = phrases(en.mechanisms)
        self.by_mechanism = rf"{phrases(en.by_mechanism)}\s+(?:[^\s.,;]{{1,40}}\s+){{0,4}}?{mechanisms}"
        endings = rf"(?:를|을|가|이)?\s?(?:{cjk(ko.exhortation_endings)}\s?){{0,3}}[\s.!]*$"
        self.exhortation_cjk = union(rf"{cjk(ko.exhortations)}\s?{endings}", cjk(zh.exhortations))
        self.mechanism_cjk = cjk(ko.mechanisms, zh.mechanisms) + "|[a-z]{2}"
        self.vague_cjk = cjk(ko.vague_verbs, zh.vague_verbs)
        self.generic_cjk = cjk(
            *(one.exhortations for one in (ko, zh)),
            *(one.vague_verbs for one in (ko, zh)),
            *(one.generic_objects for one in (ko, zh)),
            *(one.generic_words for one in (ko, zh)),
        )
        self.vague = frozenset(en.vague_verbs)
        self.generic = frozenset((*en.generic_objects, *en.generic_words)) | self.vague

        self.legal = listed("legal")
        self.not_legal = pattern("not_legal")
        self.deferred = pattern("legal_deferred")
        self.debates = listed("debates")
        self.debates_over = pattern("debates_over")
        self.filler = frozenset(" ".join(text.split()) for one in words.all for text in one.filler)


@lru_cache(maxsize=16)
def _patterns(words: Words) -> _Patterns:
    return _Patterns(words)


# --- causes -------------------------------------------------------------------------------------------


def conclusions(text: str, words: Words) -> tuple[Span, ...]:
    """Where human error and its kin are the conclusion; not where they are refused, asked for or part of a name."""
    prose = read(text)
    return tuple(prose.span(*place) for place in _concluded(prose, _patterns(words)))


def _concluded(prose: Prose, pattern: _Patterns) -> list[tuple[int, int]]:
    text = prose.text
    found: list[tuple[int, int]] = []
    if not pattern.conclusions.may_find(prose):
        return found
    for start, end in _statements(prose):
        matches = [*pattern.conclusions.all(prose, start, end)]
        if prose.korean:
            matches += compiled(pattern.mistake).finditer(text, start, end)
        for one in matches:
            place = one.span()
            named = compiled(pattern.conclusion_name).match(text, place[1])
            if not named and not _is_refused(text, start, end, place, pattern):
                found.append(place)
    return apart(found)


def _statements(prose: Prose) -> Iterator[tuple[int, int]]:
    """The sentences that are no questions."""
    for start, end in prose.sentences():
        if not prose.text[max(start, end - 20) : end].rstrip().endswith("?"):
            yield start, end


def _is_refused(text: str, start: int, end: int, place: tuple[int, int], pattern: _Patterns) -> bool:
    before = text[max(start, place[0] - _NEAR) : place[0]]
    if compiled(pattern.refused_before).search(compiled(pattern.clause).split(before)[-1]):
        return True
    after = text[place[1] : min(end, place[1] + _NEAR)].lstrip("\"' ")
    if compiled(pattern.refused_after).match(after) or compiled(pattern.refused_after_cjk).search(after[:_NEAR_CJK]):
        return True
    return is_example(text, start, end, place, pattern.refusals)


def single_causes(text: str, words: Words) -> tuple[Span, ...]:
    """Where one root cause is given as the whole story: "the root cause was", "the only cause", "唯一的原因"."""
    pattern = _patterns(words)
    prose = read(text)
    if not (pattern.root_cause.may_find(prose) or pattern.single_causes.may_find(prose)):
        return ()
    places = (place for start, end in _statements(prose) for place in _alone(prose, start, end, pattern))
    return tuple(prose.span(*place) for place in apart(places))


def _alone(prose: Prose, start: int, end: int, pattern: _Patterns) -> Iterator[tuple[int, int]]:
    text = prose.text
    for found in compiled(pattern.the_cause_is).finditer(text, start, end):
        if not compiled(pattern.maybe).search(text[max(start, found.start() - _NEAR) : found.start()]):
            yield found.start(), found.start() + len(found[0].rstrip())
    for found in compiled(pattern.the_cause_is_cjk).finditer(text, start, end):
        if not compiled(pattern.not_single).search(text, found.end(), end):
            yield found.start(), found.start() + len(found[0].rstrip())
    for found in pattern.single_causes.all(prose, start, end):
        before = text[max(start, found.start() - _NEAR) : found.start()]
        denied = compiled(pattern.no).search(compiled(pattern.clause).split(before)[-1]) or compiled(
            pattern.not_single
        ).search(before[-6:])
        if not denied and not compiled(pattern.not_single).search(text, found.end(), min(end, found.end() + _NEAR_CJK)):
            yield found.span()


def ends_in_person(why: str, words: Words, people: Collection[str]) -> bool:
    """Whether the answer to a why ends in a person, and not in something that the organisation can change."""
    pattern = _patterns(words)
    prose = read(why)
    sentences = [*prose.sentences()]
    if not sentences:
        return False
    start, end = sentences[-1]
    places = blamed(prose, words, people, minds=True) + _concluded(prose, pattern)
    last = max((place[1] for place in places if start <= place[0] < end), default=None)
    if last is not None:
        return compiled(pattern.reasons).search(prose.text, last, end) is None
    return _is_person(prose.text[start:end], pattern, people)


def _is_person(text: str, pattern: _Patterns, people: Collection[str]) -> bool:
    """Whether nothing is said but who: "it was Bob", "the on-call engineer"."""
    rest, count = compiled(pattern.persons).subn(" ", compiled(known(tuple(people)).pattern).sub("@", text))
    return count > 0 and not compiled(pattern.nobody_else).sub("", rest)


# --- actions ------------------------------------------------------------------------------------------


def vague_action(text: str, words: Words) -> tuple[Span, ...]:
    """The words of an action that names no object and nothing that could be observed: "improve monitoring".

    Vague is what consists of words that fit every incident, and what asks people to take care ("be more careful when
    deploying"), unless something else will do it. One specific word rescues the first, a mechanism the second.
    """
    pattern = _patterns(words)
    prose = read(text)
    lead = compiled(pattern.lead).match(prose.text)
    begin = lead.end() if lead else 0
    rest = prose.text[begin:].rstrip()
    if not rest or MASK in rest or "#" in rest or any(char.isdigit() for char in rest):
        return ()
    openers = compiled(pattern.openers).match(rest)
    found = compiled(pattern.exhortation).match(rest, openers.end() if openers else 0) or compiled(
        pattern.exhortation
    ).match(rest)
    if found and compiled(pattern.by_mechanism).search(rest, found.end()):
        found = None
    if not found and not rest.isascii() and not compiled(pattern.mechanism_cjk).search(rest):
        found = compiled(pattern.exhortation_cjk).search(rest)
    if found:
        return (prose.span(begin + found.start(), begin + found.start() + len(found[0].rstrip())),)
    return (prose.span(begin, begin + len(rest)),) if _is_generic(rest, pattern) else ()


def _is_generic(rest: str, pattern: _Patterns) -> bool:
    """Whether every word fits every incident, and one of them says that something is to be done."""
    said = False
    if not rest.isascii():
        said = compiled(pattern.vague_cjk).search(rest) is not None
        rest = compiled(pattern.generic_cjk).sub(" ", rest)
    for found in re.finditer(r"[^\W_]+(?:'[^\W_]+)?", rest):
        if found[0] not in pattern.generic:
            return False
        said = said or found[0] in pattern.vague
    return said


# --- law, quarrels, filler ----------------------------------------------------------------------------


def legal_conclusions(text: str, words: Words) -> tuple[Span, ...]:
    """Where a fact is told as a conclusion of law, be it denied: "a breach of GDPR", "not negligent", "违法"."""
    pattern = _patterns(words)
    prose = read(text)
    if not pattern.legal.may_find(prose):
        return ()
    found = []
    for start, end in _statements(prose):
        for one in pattern.legal.all(prose, start, end):
            place = one.span()
            if compiled(pattern.not_legal).search(prose.text, place[0], min(end, place[1] + _NEAR_CJK)):
                continue
            if compiled(pattern.deferred).search(prose.text, max(start, place[0] - _NEAR), place[0]):
                continue
            if not compiled(pattern.deferred).match(prose.text[place[1] : min(end, place[1] + _NEAR)].lstrip()):
                found.append(place)
    return tuple(prose.span(*place) for place in apart(found))


def debates_cause(text: str, words: Words) -> tuple[Span, ...]:
    """Where people argue about the cause while they could mitigate."""
    pattern = _patterns(words)
    prose = read(text)
    found = []
    for one in pattern.debates.all(prose):
        before = compiled(pattern.clause).split(prose.text[max(one.start() - 20, 0) : one.start()])
        if not compiled(pattern.debates_over).search(before[-1]):
            found.append(one.span())
    return tuple(prose.span(*place) for place in apart(found))


def filler(text: str, words: Words) -> bool:
    """Whether a text is not empty and yet says nothing: "TBD", "???", "lorem ipsum …", "{description}"."""
    folded = " ".join(read(text).text.split())
    if not folded:
        return False
    bare = folded.strip(_WRAPPING)
    if not bare:
        return MASK not in folded
    if bare in _patterns(words).filler or bare.startswith("lorem ipsum"):
        return True
    return re.fullmatch(r"(?:\[[^\[\]]{0,40}\]|\{[^{}]{0,40}\}|<[^<>=/!]{0,40}>)", folded) is not None
