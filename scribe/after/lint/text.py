"""Rules on the words: conclusions that stop at a person, one cause for everything, law, secrets, nothing said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scribe.after.language import (
    Span,
    blames,
    conclusions,
    ends_in_person,
    filler,
    legal_conclusions,
    single_causes,
)
from scribe.after.lint.rule import ALWAYS, Levels, Problem, Rule
from scribe.after.lint.secrets import secrets
from scribe.after.lint.subject import Piece, Subject

_QUOTED = 60
"""Characters of what people wrote that a message repeats."""

_CAUSES = ("summary", "impact", "trigger", "weaknesses", "root-cause", "whys", "detection", "wrong", "lessons")
_FACTS = frozenset({"fact", "note", "impact", "decision", "action", "update"})


def _marked(piece: Piece, span: Span, message: str) -> Problem:
    start, end = piece.offset + span.start, piece.offset + span.end
    return Problem(piece.where, f"{_quoted(span.words)} {message}", start, end, mild=piece.is_entry)


def _quoted(words: str) -> str:
    line = " ".join(words.split())
    cut = line if len(line) <= _QUOTED else f"{line[:_QUOTED].rstrip()}…"
    return f'"{cut}"'


def _spans(pieces: Iterable[Piece], find: Callable[[str], tuple[Span, ...]], message: str) -> Iterator[Problem]:
    for piece in pieces:
        for span in find(piece.text):
            yield _marked(piece, span, message)


def human_error(subject: Subject) -> Iterator[Problem]:
    """Human error and its kin stand as a conclusion."""
    pieces = (*subject.written, *subject.spoken)
    yield from _spans(pieces, lambda text: conclusions(text, subject.words), "is no conclusion")


def blame(subject: Subject) -> Iterator[Problem]:
    """A person stands beside a mistake."""
    pieces = (*subject.written, *subject.spoken)
    yield from _spans(
        pieces, lambda text: blames(text, subject.words, subject.people), "names a person beside a mistake"
    )


def single_cause(subject: Subject) -> Iterator[Problem]:
    """One cause is told as the whole story, where the factors do not tell more."""
    real = [factor for factor in subject.document.factors if factor.score != 0]
    layers = {factor.layer for factor in real if factor.layer}
    if len(real) >= subject.options.factors and len(layers) >= subject.options.layers:
        return
    pieces = [piece for piece in subject.written if piece.where.partition(":")[0] in _CAUSES]
    yield from _spans(pieces, lambda text: single_causes(text, subject.words), "tells one cause as the whole story")


def why_person(subject: Subject) -> Iterator[Problem]:
    """The last why is answered with a person."""
    whys = [piece for piece in subject.written if piece.where.startswith("whys:")]
    if whys and ends_in_person(whys[-1].text, subject.words, subject.people):
        last = whys[-1]
        text = f"the last why ends in a person: {_quoted(last.text)}"
        yield Problem(last.where, text, last.offset, last.offset + len(last.text))


def legal_conclusion(subject: Subject) -> Iterator[Problem]:
    """In a security incident a fact is told as a conclusion of law."""
    if not subject.document.security:
        return
    told = (entry for entry in subject.document.timeline if entry.kind in _FACTS)
    pieces = (*subject.written, *(Piece(entry.ref, entry.text) for entry in told))
    yield from _spans(pieces, lambda text: legal_conclusions(text, subject.words), "is a legal conclusion, no fact")


def secret(subject: Subject) -> Iterator[Problem]:
    """A credential stands in the text."""
    for place, kind, start, end in secrets(subject):
        yield Problem(place, f"this looks like {kind}", start, end, fix=_remove(place))


def _remove(place: str) -> str:
    if place.startswith(("#", "H", "D", "A", "B")):
        return f"rotate it, then /restrict {place}: what is restricted leaves in no document"
    return "rotate it, then write the text anew without it"


def placeholder(subject: Subject) -> Iterator[Problem]:
    """A text stands there and says nothing."""
    for piece in subject.written:
        key = piece.where.partition(":")[0]
        part = subject.document.sections.get(key)
        if (part is None or part.section.form != "line") and filler(piece.text, subject.words):
            text = f"{_quoted(piece.text)} says nothing"
            yield Problem(piece.where, text, piece.offset, piece.offset + len(piece.text))


RULES: tuple[Rule, ...] = (
    Rule(
        "human-error",
        "the conclusion is not human error, nor any of its kin",
        "People err every day; what made the error possible, likely and harmful is what can be changed.",
        "say what made it reasonable at the time: what was shown, missing, rushed or untested",
        Levels("error", "error", "warning", "warning"),
        human_error,
    ),
    Rule(
        "blame",
        "no person is named as the subject of a mistake",
        "Whoever fears to be named tells less the next time, and the system stays as it was.",
        "name the role and what it could see: 'the on-call had no view of …'; or the system as the subject",
        Levels("error", "error", "warning", "warning"),
        blame,
    ),
    Rule(
        "single-cause",
        "one root cause is not the whole story",
        "A cause alone does no harm: something let it in, kept it hidden and let it spread.",
        "keep it as the trigger (/write trigger …) and add factors of other layers: /factor TEXT layer: detection",
        Levels("error", "error"),
        single_cause,
    ),
    Rule(
        "why-person",
        "the whys end in something that the organisation can change",
        "Behind a person stands a tool, a rule or a habit that let it happen.",
        "ask once more: why could that happen, and why did nothing catch it?",
        Levels("error", "error"),
        why_person,
    ),
    Rule(
        "legal-conclusion",
        "facts of a security incident state no legal conclusions",
        "Whether it is a breach is for lawyers to say, and what is written here may be read in court.",
        "say what happened: what could be read, by whom, from when to when; /security legal: TEXT holds the rest apart",
        Levels("error", "error", "warning", "warning"),
        legal_conclusion,
    ),
    Rule(
        "secret",
        "no secrets in the text",
        "A document goes where no credential may go.",
        "rotate it, then /restrict #12, or write the text anew without it",
        ALWAYS,
        secret,
    ),
    Rule(
        "placeholder",
        "what is written says something",
        "A reader takes it for an answer.",
        "write it, or take the text away; 'unknown' is an answer where nobody knows",
        Levels("warning", "warning", "warning", "warning"),
        placeholder,
    ),
)
"""The words."""
