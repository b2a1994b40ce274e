"""Texts without the people on record and without what is restricted: what a public update is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scribe.record.events import Checkpoint, Decision, Escalation, Note, Payload, Role, Security, Timebox
from scribe.record.redact import redact
from scribe.record.state import Entry, Handed, State
from scribe.record.veil import SHORTEST, WITHHELD

NEUTRAL = ("a colleague", "someone", "…")
"""What stands in the place of a name: the first that is nobody's name itself."""

_MENTION = r"(?<![\w@./])@([^\W_][\w.-]*)"
# Scripts that write particles and neighbours right behind a name, so that no word boundary shows where it ends.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W_{_UNSPACED}]"
_INVISIBLE = "[\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*"
# A time, a severity or a quantity is no secret of an entry that happens to name it: updates are full of them.
_COMMONPLACE = (
    r"(?:\d{4}-\d\d-\d\d)?t?(?:\d{1,2}:\d\d(?::\d\d)?z?)?|sev-?\d|t[+-]\d[\d:]*"
    r"|(?!\d+\.\d+\.\d+\.\d+)[\d.,]{1,9}(?:%|[a-z]{1,3})?"
)
_VALUE = r"(?=.*\d).{4,}|.*\w(?:[.@_\\]|://)\w.*|/.*\w.*"
_QUOTES = "\"'()[]{}<>,;:!?.`*"


def people(state: State) -> frozenset[str]:
    """Every name of a person on record: who did, said, recorded, corrected, held a role, was mentioned or called."""
    found: set[str] = set()
    for entry in state.entries:
        found.update(_named(entry))
    board = state.board
    for held in board.roles.values():
        found.update(holder.who for holder in held)
    found.update(item.who for item in (*board.hypotheses, *board.actions))
    found.update(box.who for box in board.timeboxes)
    found.update(tick.who for tick in board.ticks.values())
    packets: tuple[Handed | None, ...] = (board.checkpoint, board.handoff)
    found.update(name for packet in packets if packet for name in (packet.outgoing, packet.incoming))
    if board.point is not None:
        found.add(board.point.who)
    names = {unicodedata.normalize("NFC", name).strip().strip("@._-") for name in found}
    return frozenset(part for name in names for part in (name, *_parts(name)) if part and name != WITHHELD)


def masked(text: str, names: frozenset[str]) -> str:
    """The text with a neutral word in the place of every name, however it is written."""
    text = unicodedata.normalize("NFC", text)
    pattern = _pattern(names)
    if pattern is None:
        return text
    neutral = next((word for word in NEUTRAL if not pattern.search(word)), NEUTRAL[-1])
    for _ in range(len(NEUTRAL)):  # a neutral word beside another may make up a name of two words
        again = pattern.sub(neutral, text)
        if again == text:
            break
        text = again
    return text


def names_in(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """The names that stand in a text, each once, as ``names`` has them."""
    text = unicodedata.normalize("NFC", text)
    return tuple(sorted(name for name in names if (pattern := _pattern(frozenset((name,)))) and pattern.search(text)))


def secrets_in(text: str, state: State, *, strict: bool) -> tuple[str, ...]:
    """What a text repeats of restricted entries and of indicators, each with its reference.

    Repeated is three words in a row, a short text as a whole, and anything that looks like a value (an address, a
    key, a host). What an open entry says as well, once it is redacted, is no secret; ``strict`` makes no such exception
    for values.
    """
    text = _squeezed(text)
    openly: str | None = None
    found: dict[str, None] = {}
    for entry in state.entries:
        is_indicator = isinstance(entry.payload, Security) and entry.payload.aspect == "indicator"
        if not (entry.restricted or is_indicator):
            continue
        is_quoted = False
        for piece, is_value in _pieces(entry):
            if (is_quoted and not is_value) or not _stands_in(piece, text):
                continue
            if not (is_value and (strict or is_indicator)):
                if openly is None:
                    openly = "\n".join(_squeezed(other.text) for other in redact(state).entries)
                if _stands_in(piece, openly):
                    continue
            is_quoted |= not is_value  # one place of a quotation is enough to find it by
            found[f"{piece} ({entry.ref})"] = None
    return tuple(found)


def _named(entry: Entry) -> Iterator[str]:
    yield entry.by
    yield entry.recorded_by
    yield from entry.payload.mentions
    yield from _of_payload(entry.payload)
    for revision in entry.revisions:
        yield revision.by
        if "@" in revision.text:
            yield from re.findall(_MENTION, revision.text)
    if "@" in entry.text:
        yield from re.findall(_MENTION, entry.text)
    if entry.retracted is not None:
        yield entry.retracted.by


def _of_payload(payload: Payload) -> Iterable[str]:
    match payload:
        case Role(who=who, previous=previous):
            return (who, *previous)
        case Note(point=point) if point is not None:
            return (point.who,)
        case Checkpoint(outgoing=outgoing, incoming=incoming):
            return (outgoing, incoming)
        case Escalation(who=who) | Timebox(who=who) | Decision(confirmed_by=who):
            return (who,)
        case _:
            return ()


def _parts(name: str) -> Iterator[str]:
    """The given name and the family name of "Alice Smith" and "alice.smith": each gives her away."""
    parts = re.split(r"[\s.]+", name)
    if len(parts) > 1:
        yield from (part for part in parts if len(part) > 1 and part.isalpha())


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    """Whole words only where the script has them; a longer name before one that it begins with."""
    edges: dict[tuple[str, str], dict[str, None]] = {}
    for name in sorted(names, key=lambda found: (-len(found), found)):
        # Letters that are two in capitals: the pattern's own folding goes by single letters.
        for spelling in (name, name.upper(), name.casefold()):
            letters = (r"\s+" if char.isspace() else re.escape(char) for char in spelling)
            edges.setdefault(_edges(spelling), {})[_INVISIBLE.join(letters)] = None
    if not edges:
        return None
    # The scripts' ranges stand outside of what is folded: they have no case, and folding them takes long.
    kinds = (f"{before}@?(?i:{'|'.join(spelt)}){after}" for (before, after), spelt in edges.items())
    return re.compile("|".join(kinds))


def _edges(name: str) -> tuple[str, str]:
    """What must not stand before and behind a word, by the scripts of its ends."""
    return (
        "" if re.match(f"[{_UNSPACED}]", name) else f"(?<!{_LETTER})",
        "" if re.match(f"[{_UNSPACED}]", name[-1]) else f"(?!{_LETTER})",
    )


def _pieces(entry: Entry) -> Iterator[tuple[str, bool]]:
    """What must not be repeated of an entry, and whether each is a value."""
    is_field = isinstance(entry.payload, Security)
    for said in (entry.text, *(revision.text for revision in entry.revisions)):
        text = _squeezed((said.partition(": ")[2] if is_field else "") or said)
        words = [word for raw in text.split() if (word := raw.strip(_QUOTES))]
        for word in words:
            if re.fullmatch(_VALUE, word) and not re.fullmatch(_COMMONPLACE, word):
                yield word, True
            if len(word) > 6 and re.match(f"[{_UNSPACED}]", word):
                # A sentence of a script without spaces is one word: six signs of it in a row tell as much as three.
                yield from ((word[start : start + 6], False) for start in range(len(word) - 5))
        if (is_field or len(words) < 3) and len(text) >= SHORTEST:
            yield " ".join(words), is_field
        yield from ((" ".join(words[start : start + 3]), False) for start in range(len(words) - 2))


def _stands_in(piece: str, text: str) -> bool:
    if not piece or piece not in text:
        return False
    before, after = _edges(piece)
    return re.search(f"{before}{re.escape(piece)}{after}", text) is not None


def _squeezed(text: str) -> str:
    """One form for what differs in case, punctuation around words, spaces and invisible characters only."""
    bare = re.sub(f"(?:{_INVISIBLE})", "", unicodedata.normalize("NFC", text)).casefold()
    return " ".join(word for raw in bare.split() if (word := raw.strip(_QUOTES)))
