"""Commands that correct: amend, retract, link, restrict. What was said before stays readable."""

from __future__ import annotations

import re

from msgspec.structs import replace

from scribe.live.arguments import REFERENCE, reference
from scribe.live.typed import SIGIL, SIGILS, ParseError, draft, entry, links, plain
from scribe.live.words import Line
from scribe.record.events import Amended, Draft, Fact, Linked, Payload, Restricted, Retracted


def read_amend(line: Line) -> tuple[Draft, ...]:
    """An entry has other words, or another time."""
    target = _corrected(line)
    when = line.time()
    place = line.begins()
    change = Amended(target=target)
    if when is not None:
        change = replace(change, at=when.at, precision=when.precision, at_raw=when.raw)
    if line.text.startswith("\\", place):
        said = plain(change, line.text[place + 1 :], line.setting, at=place + 1)
        change = replace(change, text=said.text)
    elif line.text[place:].strip():
        said = entry(change, line.text, place, None, line.setting)
        assert isinstance(said.payload, Amended)
        change = replace(said.payload, text=said.text)
        if said.author:
            change = replace(change, by=said.author)
    elif when is None:
        raise ParseError("the new words, or a new time, are missing", len(line.text), len(line.text))
    return (draft(change, "", None, line.setting),)


def read_retract(line: Line) -> tuple[Draft, ...]:
    """An entry no longer holds."""
    target = _corrected(line)
    return (draft(Retracted(target=target), line.words("why it is taken back"), None, line.setting),)


def read_link(line: Line) -> tuple[Draft, ...]:
    """An entry gets more sources."""
    target = _corrected(line)
    start = line.begins()
    words = line.words("the address")
    found = links(words)
    if not found:
        raise line.wrong("a link begins with http:// or https://", words, start)
    return (draft(Linked(target=target, sources=found), "", None, line.setting),)


def read_restrict(line: Line) -> tuple[Draft, ...]:
    """An entry becomes need-to-know; words instead of a reference are recorded as a restricted entry."""
    if re.match(REFERENCE, line.peek()):
        target = _corrected(line)
        return (draft(Restricted(target=target), line.rest(), None, line.setting),)
    payload: Payload = Fact()
    place = line.begins()
    if line.text.startswith("\\", place):
        said = plain(replace(payload, restricted=True), line.text[place + 1 :], line.setting, when=line.when, at=place)
        return (said,)
    sigil = re.compile(SIGIL).match(line.text, place)
    if sigil:
        payload, place = SIGILS[sigil[1]], sigil.end()
    return (entry(replace(payload, restricted=True), line.text, place, line.when, line.setting),)


def read_unrestrict(line: Line) -> tuple[Draft, ...]:
    """An entry is need-to-know no longer."""
    target = _corrected(line)
    return (draft(Restricted(target=target, lifted=True), line.rest(), None, line.setting),)


def _corrected(line: Line) -> str:
    """What is corrected. A correction is made now: a time before it would be lost without a word."""
    if line.when is not None:
        start = len(line.text) - len(line.text.lstrip())
        message = "a correction has no time of its own; /amend #12 14:02 corrects a time"
        raise ParseError(message, start, start + len(line.when.raw))
    return reference(line)[0]
