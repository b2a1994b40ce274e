"""Who did what in an English sentence: the person before the verb, after "by", or as the owner of a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scribe.after.names import Names
from scribe.after.prose import LETTER, TOKEN, Prose, compiled, hints, is_example, phrases, union
from scribe.words import Lists

_WORD = r"[^\s.,;:!?()\"]{1,40}"
_REACH = 20  # tokens from a person to a second verb of the same subject
_NEAR = 8  # tokens before a person in which a word still bears on it
_ADVERBS = r"(?:(?:even|properly|fully|really|always|carefully|thoroughly|adequately|manually|first)\s+)?"
_PARTICIPLE = rf"(?:{LETTER}+ed|run|seen|known|read|told|made|done|gone|taken|kept|caught|thought)(?!{LETTER})"
_NOT = rf"(?<!{LETTER})(?:not|never|no|nobody|{LETTER}+n't)(?!{LETTER})"

_ATTACHED = frozenset(("on", "in", "of", "from", "at"))


class _Token(NamedTuple):
    start: int
    end: int
    word: str


class _Person(NamedTuple):
    """Tokens from ``first`` to ``last``: a name, a handle, or a noun with what belongs to it."""

    first: int
    last: int
    owner: bool
    """Of what follows: "Alice's"."""
    named: bool = False
    program: bool = False
    """The noun often means a program."""
    anyone: bool = False
    """Not a certain person: "an engineer", "engineers"."""


class English:
    """Reads English sentences token by token, so that the time goes with their length."""

    def __init__(self, lists: Lists) -> None:
        self._token = compiled(TOKEN)
        self._ordinary = frozenset(lists.ordinary_names)
        self._nouns = frozenset(lists.people)
        self._programs = frozenset(lists.people_or_programs)
        self._modifiers = frozenset(lists.people_modifiers)
        self._determiners = frozenset(lists.determiners)
        self._not_handles = frozenset(lists.not_handles)
        self._openers = frozenset(lists.openers)
        self._fillers = frozenset(lists.fillers)
        self._breakers = frozenset(lists.breakers)
        self._hypothetical = frozenset(lists.hypothetical)
        self._blamed = frozenset(lists.blamed)
        self._prepositions = frozenset(lists.prepositions)
        self._closed = self._prepositions | frozenset(lists.closed)
        self._becauses = frozenset(lists.becauses)
        self._asides = frozenset(lists.asides)
        self._after_agents = self._prepositions | self._fillers | self._breakers | frozenset(lists.after_agents)
        self._refusals = phrases(lists.refused_quotes)
        self._compile(lists)
        self._who = hints((*self._nouns, *self._programs))
        self._strong = hints(
            (
                *(*lists.lapses, *lists.faults, *lists.should_have, *lists.slips, *lists.by_slip, *lists.mistakes),
                *(*lists.wrong, *lists.bad, *lists.blamed, *lists.breaks, *lists.botched, *lists.without),
                "had",
            )
        )
        self._never, self._duties = hints(lists.never), hints(lists.duties)
        self._mind_hints = hints(lists.states_of_mind)

    def _compile(self, lists: Lists) -> None:
        stop = union(*(rf"{word}\s" for word in (*lists.breakers, "and", "but", "was", "were", "had")))
        gap = rf"(?:(?!{stop}){_WORD}\s{{1,4}}){{0,10}}?"
        few = rf"(?:{_WORD}\s{{1,4}}){{0,2}}?"
        acts, slips, by_slip = phrases(lists.acts), phrases(lists.slips), phrases(lists.by_slip)
        mistakes = phrases(lists.mistakes)
        lapses = union(
            phrases(lists.lapses),
            rf"{phrases(lists.never)}\s+{_ADVERBS}{phrases(lists.duties)}",
            rf"{phrases(lists.should_have)}\s+(?!{phrases(lists.entitled)}){_WORD}",
            rf"{slips}\s+{_WORD}",
            rf"{acts}\s+{gap}{by_slip}",
        )
        self._lapses = lapses
        self._faults = union(
            phrases(lists.faults),
            rf"{acts}\s+{gap}{phrases(lists.wrong)}(?!-|\s+{few}(?:that|which)\s)",
            rf"{phrases(lists.introduced)}\s+{gap}{phrases(lists.bad)}",
            rf"{acts}\s+{gap}without\s+{phrases(lists.without)}",
        )
        self._not_faults = phrases(lists.not_faults)
        self._minds = phrases(lists.states_of_mind)
        # "A step the engineer missed"
        self._contact = rf"(?:had\s+)?{union(phrases(lists.lapses), phrases(['missed']))}(?=\s*(?:[.,;)]|$))"
        self._counterfactual = _PARTICIPLE
        self._owned = rf"{few}{mistakes}(?![\s-]+{phrases(lists.conclusion_names)})"
        self._broke = rf"{few}{phrases(lists.works)}\s+{few}{few}{phrases(lists.breaks)}"
        self._by = (
            union(
                phrases(lists.botched),
                rf"{slips}\s+{_WORD}",
                rf"{acts}\s+{by_slip}",
                rf"{mistakes}(?:\s+(?:made|committed|introduced|caused))?",
                rf"{phrases((*lists.bad, *lists.wrong))}\s+(?:{_WORD}\s+){{1,4}}?{acts}",
            )
            + r"\s*$"
        )
        self._of = rf"{mistakes}(?:\s+on\s+the\s+part)?\s*$"
        self._no = _NOT

    def may_find(self, prose: Prose, names: Names, minds: bool) -> bool:
        """Whether there is somebody and something to blame for: a quick look, for most texts have not both."""

        def has(some: frozenset[str] | None) -> bool:
            return some is None or not some.isdisjoint(prose.words)

        if "@" not in prose.text and not has(self._who) and not has(names.hints):
            return False
        return has(self._strong) or (has(self._never) and has(self._duties)) or (minds and has(self._mind_hints))

    def read(self, prose: Prose, names: Names, start: int, end: int, minds: bool) -> Iterator[tuple[int, int]]:
        """Every person of a sentence with the mistake beside."""
        tokens = [
            _Token(found.start(), found.end(), found[0]) for found in self._token.finditer(prose.text, start, end)
        ]
        for person in self._persons(prose, names, tokens):
            place = self._mistake(prose.text, names, tokens, person, end, minds)
            if place is not None and not is_example(prose.text, start, end, place, self._refusals):
                yield place

    def _mistake(
        self, text: str, names: Names, tokens: list[_Token], person: _Person, end: int, minds: bool
    ) -> tuple[int, int] | None:
        if person.owner:
            return self._possession(text, tokens, person, end)
        before = tokens[person.first - 1].word if person.first else ""
        if before in ("by", "of") and (place := self._agent(text, tokens, person, before)):
            return place
        if before in self._blamed and not self._is_denied(text, tokens, person.first - 1):
            return tokens[person.first - 1].start, tokens[person.last].end
        if not self._is_subject(names, tokens, person):
            return self._in_passing(text, tokens, person, end)
        if any(token.word in self._hypothetical for token in tokens[max(person.first - _NEAR, 0) : person.first]):
            return self._held_against(text, tokens, person, end)
        return self._predicate(text, tokens, person, end, minds)

    # --- who

    def _persons(self, prose: Prose, names: Names, tokens: list[_Token]) -> Iterator[_Person]:
        place = 0
        while place < len(tokens):
            person = self._named(prose, names, tokens, place) or self._noun(tokens, place)
            if person is not None:
                yield person
            place = person.last + 1 if person else place + 1

    def _named(self, prose: Prose, names: Names, tokens: list[_Token], place: int) -> _Person | None:
        word = tokens[place].word
        bare = word.removesuffix("'s").removeprefix("@")
        if word.startswith("@"):
            known = bare in names.by_word
            handle = "/" not in bare and (known or bare not in self._not_handles) and bare[:1].isalnum()
            return _Person(place, place, word.endswith("'s"), named=True) if handle else None
        for name in names.by_word.get(bare, ()):
            last = place + len(name) - 1
            if last >= len(tokens) or not self._is_spoken(prose, tokens, place, name):
                continue
            if len(name) == 1:
                last = self._family_name(prose, names, tokens, place)
            return _Person(place, last, tokens[last].word.endswith("'s"), named=True)
        return None

    def _is_spoken(self, prose: Prose, tokens: list[_Token], place: int, name: list[str]) -> bool:
        spoken = [token.word for token in tokens[place : place + len(name)]]
        if [*spoken[:-1], spoken[-1].removesuffix("'s")] != name:
            return False
        return len(name) > 1 or name[0] not in self._ordinary or prose.typed(tokens[place].start).isupper()

    def _family_name(self, prose: Prose, names: Names, tokens: list[_Token], place: int) -> int:
        """The last token of a name, where it goes on with a part that the record does not know."""
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if following is None or tokens[place].word.endswith("'s") or following.word in names.by_word:
            return place
        family = following.word.removesuffix("'s")
        if not family.isalpha() or len(family) < 2:
            return place
        if not prose.typed(following.start).isupper() or prose.typed(following.start + 1).isupper():
            return place
        is_verb = any(compiled(verb).match(prose.text, following.start) for verb in (self._lapses, self._faults))
        return place if is_verb else place + 1

    def _noun(self, tokens: list[_Token], place: int) -> _Person | None:
        word = tokens[place].word
        noun = word.removesuffix("'s")
        if noun == "call" and place and tokens[place - 1].word == "on":
            noun = "on-call"
        if noun not in self._nouns and noun not in self._programs:
            return None
        owner = word.endswith("'s")
        following = tokens[place + 1].word.removesuffix("'s") if place + 1 < len(tokens) else ""
        if not owner and (following in self._nouns or following in self._programs):
            return None  # the last of the nouns is the head
        first = place
        for back in range(place - 1, max(place - 5, -1), -1):
            before = tokens[back].word
            if before in self._determiners:
                first = back
                break
            if before in self._modifiers:
                first = back
            elif back < place - 3 or not before.isalpha() or before in self._openers or before in self._closed:
                break
        anyone = first == place or tokens[first].word in ("a", "an", "any", "every", "each")
        if first >= 2 and tokens[first - 1].word == "of" and tokens[first - 2].word in ("one", "some", "any", "none"):
            if tokens[first - 2].word == "none":
                return None
            first -= 2
        return _Person(first, place, owner, program=noun in self._programs, anyone=anyone)

    def _is_subject(self, names: Names, tokens: list[_Token], person: _Person) -> bool:
        """Whether a clause can begin with the person, who does not only speak what follows."""
        after = person.last + 1
        if after < len(tokens) and tokens[after].word == ":":
            return False
        place = person.first - 1
        while place >= 0 and tokens[place].word in ("and", "or", "&"):
            other = place - 1
            if other < 0 or not (tokens[other].word.startswith("@") or tokens[other].word in names.by_word):
                return True
            place = other - 1  # what goes for Alice in "Alice and Bob" goes for both
            if person.first - place > _REACH:
                return False
        if place < 0:
            return True
        before = tokens[place].word
        if before in ("of", "to", "by"):  # "because of Bob forgetting"
            return place > 0 and tokens[place - 1].word in self._becauses
        if self._opens(tokens, place):
            return True
        is_adverb = before.endswith("ly") and len(before) > 4
        return before in self._openers or is_adverb or before[0].isdigit() or not before[-1].isalnum()

    def _opens(self, tokens: list[_Token], place: int) -> bool:
        """Whether the words up to a place only say when or where: "in the end", "during the handover"."""
        first = place
        while first > 0 and place - first < 6 and tokens[first - 1].word[0].isalnum():
            first -= 1
        if first == place or tokens[first].word not in self._prepositions:
            return False
        return not any(
            token.word in self._closed or token.word in self._breakers or not token.word[0].isalnum()
            for token in tokens[first + 1 : place + 1]
        )

    # --- did what

    def _possession(self, text: str, tokens: list[_Token], person: _Person, end: int) -> tuple[int, int] | None:
        if person.last + 1 >= len(tokens) or self._is_denied(text, tokens, person.first):
            return None
        begin = tokens[person.last + 1].start
        found = compiled(self._owned).match(text, begin, end)
        if found is None and not person.program:
            found = compiled(self._broke).match(text, begin, end)
        return (tokens[person.first].start, found.end()) if found else None

    def _agent(self, text: str, tokens: list[_Token], person: _Person, before: str) -> tuple[int, int] | None:
        """Misconfigured by Alice; carelessness of the developer."""
        after = tokens[person.last + 1].word if person.last + 1 < len(tokens) else "."
        goes_on = after[0].isalnum() and after not in self._after_agents
        if person.program or (goes_on and not person.named):
            return None
        begin, by = tokens[max(person.first - 12, 0)].start, tokens[person.first - 1].start
        found = compiled(self._by if before == "by" else self._of).search(text, begin, by)
        if found is None or self._is_denied(text, tokens, person.first):
            return None
        return found.start(), tokens[person.last].end

    def _is_denied(self, text: str, tokens: list[_Token], place: int) -> bool:
        return compiled(self._no).search(text, tokens[max(place - 6, 0)].start, tokens[place].start) is not None

    def _in_passing(self, text: str, tokens: list[_Token], person: _Person, end: int) -> tuple[int, int] | None:
        """A step the engineer missed: the clause begins without a word of its own, and ends with the verb."""
        before, after = tokens[person.first - 1].word, person.last + 1
        if person.program or before in self._closed or not before.isalpha() or after >= len(tokens):
            return None
        if not person.named and tokens[person.first].word not in self._determiners:
            return None
        found = compiled(self._contact).match(text, tokens[after].start, end)
        return (tokens[person.first].start, found.end()) if found else None

    def _held_against(self, text: str, tokens: list[_Token], person: _Person, end: int) -> tuple[int, int] | None:
        """If only Alice had checked: it has not happened, and yet is held against her."""
        had = person.last + 1
        before = [token.word for token in tokens[max(person.first - 2, 0) : person.first]]
        if "if" not in before or had + 1 >= len(tokens) or tokens[had].word != "had":
            return None
        found = compiled(self._counterfactual).match(text, tokens[had + 1].start, end)
        return (tokens[person.first].start, found.end()) if found else None

    def _predicate(
        self, text: str, tokens: list[_Token], person: _Person, end: int, minds: bool
    ) -> tuple[int, int] | None:
        first = tokens[person.first].start
        patterns = [self._lapses, *([] if person.program else [self._faults]), *([self._minds] if minds else [])]
        for place in self._verbs(tokens, person):
            begin = tokens[place].start
            if compiled(self._not_faults).match(text, begin, end):
                return None
            found = next(filter(None, (compiled(pattern).match(text, begin, end) for pattern in patterns)), None)
            if found:
                return None if person.anyone and self._is_habit(found[0]) else (first, found.end())
        after = person.last + 1
        if after < len(tokens) and tokens[after].word == "who":  # "the developer who wrote it did not test it"
            for place in range(after + 2, min(after + _NEAR, len(tokens))):
                if tokens[place].word in self._breakers or not tokens[place].word[0].isalnum():
                    break
                if found := compiled(self._lapses).match(text, tokens[place].start, end):
                    return first, found.end()
        # "Alice ran the script and forgot the flag"
        for place in range(person.last + 1, min(person.last + _REACH, len(tokens) - 1)):
            word = tokens[place].word
            if word in self._breakers or word in (";", ":"):
                break
            if word in ("and", "but", "then") and (
                found := compiled(self._lapses).match(text, tokens[place + 1].start, end)
            ):
                return first, found.end()
        return None

    def _is_habit(self, verb: str) -> bool:
        """Whether what anyone does stands in the present: "an engineer forgets" is what can happen, not what has."""
        words = verb.split()
        return any(word.endswith("s") and not word.endswith("ss") for word in words[:2])

    def _verbs(self, tokens: list[_Token], person: _Person) -> Iterator[int]:
        """The tokens at which the verb of the person may stand."""
        place, size = person.last + 1, len(tokens)
        while place < size:
            yield place
            word = tokens[place].word
            if word in self._fillers or (word.endswith("ly") and len(word) > 4):
                place += 1
            elif word in (",", "("):
                after = self._aside(tokens, place)
                if after is None:
                    return
                place = after
            elif word in _ATTACHED or (word.endswith("ing") and not person.named):
                yield from self._attached(tokens, place + 1)
                return
            else:
                return

    def _aside(self, tokens: list[_Token], place: int) -> int | None:
        """The token after an aside: ", who was on call," or "(on call)"."""
        comma = tokens[place].word == ","
        if place + 1 >= len(tokens) or (comma and tokens[place + 1].word not in self._asides):
            return None
        closing = "," if comma else ")"
        ends = (after for after in range(place + 1, min(place + 10, len(tokens))) if tokens[after].word == closing)
        end = next(ends, None)
        return None if end is None else end + 1

    def _attached(self, tokens: list[_Token], place: int) -> Iterator[int]:
        """Where the verb may stand after "on the payments team" or "making the change"."""
        if place < len(tokens) and tokens[place].word in self._determiners:
            place += 1
        for after in range(place, min(place + 4, len(tokens))):
            if tokens[after].word in self._breakers or not tokens[after].word[0].isalnum():
                return
            yield after
