"""Commands of the time after: sections, factors, action items, what documents show of the timeline, waivers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from scribe.live.arguments import near, reference
from scribe.live.typed import OnScreen, ParseError, draft, marked
from scribe.live.words import Line
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.dates import day, moment
from scribe.record.errors import Refused
from scribe.record.events import Draft, Payload
from scribe.record.sections import BY_KEY, section
from scribe.record.terms import (
    CATEGORIES,
    FACTOR_CLASSES,
    ITEM_STATUSES,
    LAYERS,
    PRIORITIES,
    STANDINGS,
)
from scribe.record.when import Unreadable

Drafts = tuple[Draft, ...]
N = TypeVar("N", bound=str)

FACTOR_LABELS = ("layer", "class", "score", "standing")
ITEM_LABELS = ("owner", "due", "verify", "category", "priority", "for", "status")
"""What may stand behind the words, each with a colon, in any order."""

PLACES = ("factors", "actions", "timeline", "record")
"""Parts of the postmortem's screen that are no sections."""

_FACTOR = r"[Ff]\d+"
_ITEM = r"[Tt]\d+"
_OWNER = r"(?:^|\s)@([^\W_][\w.-]*)$"


def read_write(line: Line) -> Drafts | OnScreen:
    """A section of the postmortem, set; with ``+`` before its name the text goes behind what stands there.

    Without a text it opens the section, or one of the PLACES.
    """
    if not line.peek():
        return OnScreen("write", "")
    word, start = line.needed("the section")
    if word.casefold() in PLACES:
        return OnScreen("write", word.casefold())
    added = word.startswith("+")
    key = _section(line, word.removeprefix("+").removesuffix(":"), word, start)
    if not line.peek() and not added:
        return OnScreen("write", key)
    text = line.words(f"what {BY_KEY[key].title.lower()} says")
    return (draft(Written(section=key, added=added), dated(line, key, text, start), None, line.setting),)


def read_send(line: Line) -> Drafts:
    """An entry's words go into a section, as they stand, with its reference."""
    target, _ = reference(line)
    word, start = line.needed("the section", tuple(BY_KEY))
    key = _section(line, word, word, start)
    return (draft(Written(section=key, added=True, entry=target), "", None, line.setting),)


def dated(line: Line, key: str, text: str, start: int) -> str:
    """A section's text; the day or time that it may have to be, as the record keeps it. Raises ParseError."""
    if BY_KEY[key].form != "date":
        return text
    try:
        return moment(text, now=line.setting.now, zone=line.setting.zone)
    except Unreadable as error:
        raise ParseError(error.message, start, len(line.text), error.choices) from error


def read_factor(line: Line) -> Drafts | OnScreen:
    """A contributing factor, or a change of one: ``/factor F1 score: 2``, ``/factor F1 drop WHY``."""
    if not line.peek():
        return OnScreen("write", "factors")
    target = line.word()[0].upper() if re.fullmatch(_FACTOR, line.peek()) else ""
    if target and line.peek().casefold() == "drop":
        line.word()
        why = line.words(f"why {target} is no factor")
        return (draft(FactorSaid(target=target, dropped=True), why, None, line.setting),)
    start = line.begins()
    words, given = _labels(line.rest(), FACTOR_LABELS)
    said = FactorSaid(
        target=target,
        layer=_one(line, "layer", given, LAYERS, start),
        factor_class=_one(line, "class", given, FACTOR_CLASSES, start),
        score=_score(line, given, start),
        standing=_one(line, "standing", given, STANDINGS, start),
    )
    return _said(line, said, words, "the factor itself")


def read_action(line: Line) -> Drafts | OnScreen:
    """An action item, or a change of one: ``/action T1 due: friday owner: @bob``."""
    if not line.peek():
        return OnScreen("write", "actions")
    target = line.word()[0].upper() if re.fullmatch(_ITEM, line.peek()) else ""
    start = line.begins()
    words, given = _labels(line.rest(), ITEM_LABELS)
    owner = re.search(_OWNER, words)
    if owner and "owner" not in given:
        words, given = words[: owner.start()].rstrip(), {**given, "owner": owner[1]}
    answers = given.get("for")
    said = ItemSaid(
        target=target,
        owner=_taken_away(given["owner"]).removeprefix("@").strip() if "owner" in given else UNSET,
        due=_due(line, given, start),
        verification=_taken_away(given["verify"]) if "verify" in given else UNSET,
        category=_one(line, "category", given, CATEGORIES, start),
        priority=_one(line, "priority", given, PRIORITIES, start),
        answers=tuple(re.findall(r"[^\s,]+", _taken_away(answers))) if answers is not None else UNSET,
        status=_one(line, "status", given, ITEM_STATUSES, start),
    )
    return _said(line, said, words, "what is to be done")


def read_item_done(line: Line) -> Drafts:
    """``/done T1 EVIDENCE``."""
    target = line.word()[0].upper()
    return line.draft(ItemSaid(target=target, status="done"), line.rest())


def read_verified(line: Line) -> Drafts:
    """Somebody saw that an action item works: who, and what they saw."""
    target = _item(line)
    word, start = line.needed("who saw it, like @alice,")
    if not word.startswith("@") or len(word) < 2:
        raise line.wrong(f"{word} is not a name like @alice", word, start)
    payload = ItemSaid(target=target, verified_by=word[1:].rstrip(".,:;"))
    return line.draft(payload, line.rest())


def read_drop(line: Line) -> Drafts:
    """An action item will not be done, or a factor is none: why."""
    if re.fullmatch(_FACTOR, line.peek()):
        target = line.word()[0].upper()
        return (draft(FactorSaid(target=target, dropped=True), line.words("why"), None, line.setting),)
    target = _item(line)
    return line.draft(ItemSaid(target=target, status="wont_do"), line.words("why it will not be done"))


def read_star(line: Line) -> Drafts:
    """Documents point the entry out."""
    return _curated(line, starred=True)


def read_unstar(line: Line) -> Drafts:
    """Documents point it out no longer."""
    return _curated(line, starred=False)


def read_hide(line: Line) -> Drafts:
    """Documents leave the entry out of their timeline."""
    return _curated(line, hidden=True)


def read_unhide(line: Line) -> Drafts:
    """The entry stands in their timeline again."""
    return _curated(line, hidden=False)


def read_waive(line: Line) -> Drafts:
    """A finding of the check is accepted: its code, where, why."""
    code, place = _finding(line)
    return (draft(Waived(code=code, place=place), line.words("why it is accepted"), None, line.setting),)


def read_unwaive(line: Line) -> Drafts:
    """A finding counts again."""
    code, place = _finding(line)
    return (draft(Waived(code=code, place=place, lifted=True), line.rest(), None, line.setting),)


def _finding(line: Line) -> tuple[str, str]:
    """``CODE`` or ``CODE@PLACE``: a place is one word, like ``T1``, ``summary`` or ``#12``."""
    word, _ = line.needed("the finding's code")
    code, _, place = word.partition("@")
    return code.casefold(), place


def _curated(line: Line, *, starred: bool | None = None, hidden: bool | None = None) -> Drafts:
    targets = [reference(line)[0]]
    while line.peek():
        targets.append(reference(line)[0])
    change = Curated(
        target="", starred=UNSET if starred is None else starred, hidden=UNSET if hidden is None else hidden
    )
    return tuple(draft(replace(change, target=target), "", None, line.setting) for target in dict.fromkeys(targets))


def _said(line: Line, said: FactorSaid | ItemSaid, words: str, what: str) -> Drafts:
    if not said.target and not words:
        raise ParseError(f"{what} is missing", len(line.text), len(line.text))
    payload: Payload = marked(said, words)
    if said.target and words:
        payload, words = replace(payload, words=words), ""
    return (draft(payload, words, None, line.setting),)


def _item(line: Line) -> str:
    word, start = line.needed("the action item, like T1,")
    if not re.fullmatch(_ITEM, word):
        raise line.wrong(f"{word} is not an action item like T1", word, start)
    return word.upper()


def _section(line: Line, name: str, word: str, start: int) -> str:
    try:
        return section(name).key
    except Refused as error:
        close = near(name.casefold(), BY_KEY)
        raise line.wrong(f"{error.message}; {error.hint}", word, start, close) from error


def _labels(text: str, labels: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The words before the first label, and what stands behind each."""
    parts = re.split(rf"(?i)(?<!\S)({'|'.join(labels)}):(?=\s|$)\s*", text)
    given = {name.casefold(): value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}
    return parts[0].strip(), given


def _one(line: Line, label: str, given: Mapping[str, str], names: Iterable[N], start: int) -> N | UnsetType:
    if label not in given:
        return UNSET
    word = given[label].casefold().replace("-", "_").replace(" ", "_")
    found = [name for name in names if name.casefold().startswith(word)] if word else []
    exact = [name for name in found if name.casefold() == word]
    if len(exact or found) != 1:
        raise _wrong(line, label, given, start, f"{given[label]} is no {label}: {', '.join(names)}", tuple(names))
    return (exact or found)[0]


def _score(line: Line, given: Mapping[str, str], start: int) -> int | UnsetType:
    if "score" not in given:
        return UNSET
    if given["score"] not in ("0", "1", "2", "3"):
        message = f"{given['score']} is no score: 0 (not a factor) to 3 (primary contributor)"
        raise _wrong(line, "score", given, start, message, ("0", "1", "2", "3"))
    return int(given["score"])


def _due(line: Line, given: Mapping[str, str], start: int) -> str | UnsetType:
    if "due" not in given:
        return UNSET
    if not _taken_away(given["due"]):
        return ""
    try:
        return day(given["due"], today=line.setting.now.astimezone(line.setting.zone).date())
    except Unreadable as error:
        raise _wrong(line, "due", given, start, error.message, error.choices) from error


def _taken_away(value: str) -> str:
    """What stands behind a label; nothing where it says that there is none any more."""
    return "" if value.casefold() in ("none", "-") else value


def _wrong(
    line: Line, label: str, given: Mapping[str, str], start: int, message: str, choices: tuple[str, ...]
) -> ParseError:
    found = re.search(rf"(?i)(?<!\S){label}:\s*", line.text[start:])
    place = start + found.end() if found else start
    return ParseError(message, place, place + len(given[label]), choices)
