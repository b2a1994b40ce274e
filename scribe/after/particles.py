"""Who did what in Korean, where a particle marks the subject, and in Chinese, where the deed follows the person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scribe.after.names import Names
from scribe.after.prose import HAN, HANGUL, LETTER, Prose, compiled, is_example, phrases, union
from scribe.words import Lists

_KOREAN_REACH = 60  # characters from the subject to its verb, which stands last
_CHINESE_REACH = 40  # characters before a person in which an "if" still bears on it
_NEAR = 15
_POSSIBLE = r"가능성|수\s?있|수\s?없|수도|다면|경우"


def _listed(*texts: Iterable[str]) -> str:
    return phrases((text for some in texts for text in some), spaced=False)


def _persons(text: str, start: int, end: int, *patterns: str) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from compiled(pattern).finditer(text, start, end)


def _handle(script: str) -> str:
    return rf"(?<!{LETTER})@(?:{LETTER}+(?:[.-]{LETTER}+)*|{script})"


class Korean:
    """Reads Korean sentences from the subject's particle to the verb."""

    def __init__(self, lists: Lists) -> None:
        honorific, particle = _listed(lists.honorifics), _listed(lists.particles)
        after = union(honorific, particle, "의", "에", "때문", r"\s")
        self._person = union(_handle(rf"[{HANGUL}]{{2,5}}?(?={after})"), _listed(lists.people))
        self._is_subject = rf"(?:\s?{honorific})?\s?{particle}(?![{HANGUL}])"
        wrong = _listed(lists.wrong)
        did = rf"\s?(?:을|를)?\s?{_listed(lists.act_endings)}"
        self._lapses = _listed(lists.lapses)
        self._faults = union(
            _listed(lists.faults),
            rf"{wrong}\s?{_listed(lists.acts)}{did}",
            rf"{_listed(lists.bad)}\s[^,.]{{0,20}}?{_listed(lists.introduced)}{did}",
        )
        self._minds = _listed(lists.states_of_mind)
        self._owns = rf"(?:\s?{honorific})?" + union(
            rf"(?:\s?의)?\s?(?:{_listed(lists.between)}\s?)?{_listed(lists.mistakes)}",
            rf"\s?에\s?의해\s?[^,.]{{0,15}}?{wrong}",
            rf"\s?{_listed(lists.by_person)}",
        )
        self._not = _listed(lists.hypothetical, lists.refused_after)
        self._put_right = _listed(lists.deeds, lists.hypothetical)
        self._not_subjects = tuple(lists.not_subjects)
        self._refusals = _listed(lists.refused_quotes)

    def may_find(self, prose: Prose, names: Names, minds: bool) -> bool:  # noqa: ARG002 the same question for every language
        """Whether there is any Hangul."""
        return prose.korean

    def read(self, prose: Prose, names: Names, start: int, end: int, minds: bool) -> Iterator[tuple[int, int]]:
        """Every person of a sentence with the mistake beside."""
        text = prose.text
        for person in _persons(text, start, end, names.pattern, self._person):
            subject = compiled(self._is_subject).match(text, person.end(), end)
            last = self._did(text, subject.end(), end, minds) if subject else self._owned(text, person.end(), end)
            if last and not is_example(text, start, end, (person.start(), last), self._refusals):
                yield person.start(), last

    def _did(self, text: str, begin: int, end: int, minds: bool) -> int | None:
        """Where the mistake of the subject ends; None without one."""
        reach = min(end, begin + _KOREAN_REACH)
        lapse = compiled(self._lapses).search(text, begin, reach)
        fault = compiled(self._faults).search(text, begin, reach)
        if fault and self._has_subject(text[begin : fault.start()]):
            fault = None
        mind = compiled(self._minds).search(text, begin, reach) if minds else None
        for found in filter(None, (lapse, fault, mind)):
            if not compiled(self._put_right).search(text, found.end(), min(end, found.end() + _NEAR)):
                return found.end()
        return None

    def _has_subject(self, gap: str) -> bool:
        return any(word.endswith(("이", "가")) and not word.endswith(self._not_subjects) for word in gap.split())

    def _owned(self, text: str, begin: int, end: int) -> int | None:
        found = compiled(self._owns).match(text, begin, end)
        if not found or compiled(self._not).search(text, found.end(), min(end, found.end() + _NEAR)):
            return None
        possible = compiled(_POSSIBLE).search(text, found.end(), min(end, found.end() + _KOREAN_REACH))
        return None if possible else found.end()


class Chinese:
    """Reads Chinese sentences: there are no spaces, and little stands between a person and the deed."""

    def __init__(self, lists: Lists) -> None:
        self._person = union(_handle(f"[{HAN}]{{2}}"), _listed(lists.people))
        during = r"(?:在[^,;。\n]{0,30}?(?:时|中|后|前|期间|时候)\s?,?\s?)?"
        gap = rf"(?P<gap>(?:{_listed(lists.between)}){{0,2}}[^,;。:\n的]{{0,6}}?)"
        wrong, acts = _listed(lists.wrong), _listed(lists.acts)
        deed = union(
            _listed(lists.lapses),
            rf"(?:把|将)?{wrong}[^,;。]{{0,15}}?{acts}",
            rf"{acts}\s?了?[^,;。]{{0,4}}?{wrong}",
        )
        self._did = rf"\s?{during}{gap}{deed}"
        self._owned = rf"\s?(?P<gap>)的?\s?(?:操作|工作|个人|主观|人为)?{_listed(lists.mistakes)}"
        self._minds = rf"\s?(?P<gap>)[^,;。]{{0,4}}?{_listed(lists.states_of_mind)}"
        self._not_persons = _listed(lists.not_persons)
        self._hypothetical = _listed(lists.hypothetical)
        self._not = _listed(lists.refused_after)
        self._refusals = _listed(lists.refused_quotes)

    def may_find(self, prose: Prose, names: Names, minds: bool) -> bool:  # noqa: ARG002 the same question for every language
        """Whether there is any Han."""
        return prose.chinese

    def read(self, prose: Prose, names: Names, start: int, end: int, minds: bool) -> Iterator[tuple[int, int]]:
        """Every person of a sentence with the mistake beside."""
        text = prose.text
        for person in _persons(text, start, end, names.pattern, self._person):
            before = max(start, person.start() - _CHINESE_REACH)
            if compiled(self._hypothetical).search(text, before, person.start()):
                continue
            for pattern in (self._did, self._owned, *((self._minds,) if minds else ())):
                found = compiled(pattern).match(text, person.end(), end)
                if not found or compiled(self._not_persons).search(found["gap"]):
                    continue
                place = person.start(), found.end()
                denied = compiled(self._not).match(text, place[1], end)
                if not denied and not is_example(text, start, end, place, self._refusals):
                    yield place
                    break
