"""Texts without the people on record and without what is restricted: what a public update is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scribe.record.events import Checkpoint, Decision, Escalation, Note, Payload, Role, Security, Timebox
from scribe.record.giveaways import INVISIBLE, RUN, UNSPACED, runs, values, words
from scribe.record.redact import redact
from scribe.record.state import Entry, Handed, State
from scribe.record.veil import SHORTEST, WITHHELD

NEUTRAL = ("a colleague", "someone", "…")
"""What stands in the place of a name: the first that is nobody's name itself."""

LONGEST = 120
"""Characters by which a name is looked for: a longer one goes with whatever stands behind these."""

_MENTION = r"(?<![\w@./])@([^\W_][\w.-]*)"
_LETTER = rf"[^\W_{UNSPACED}]"
_APART = re.compile(INVISIBLE)
_DOTLESS = {0x130: "i", 0x131: "i"}
"""Turkish letters that a pattern without case takes for an i."""


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
    for _ in range(len(NEUTRAL)):  # a neutral word beside another may make up a name of two words
        pattern = _pattern(_near("\n".join((text, *NEUTRAL)), names))
        if pattern is None:
            return text
        neutral = next((word for word in NEUTRAL if not pattern.search(word)), NEUTRAL[-1])
        again = pattern.sub(neutral, text)
        if again == text:
            break
        text = again
    return text


def names_in(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """The names that stand in a text, each once, as ``names`` has them."""
    text = unicodedata.normalize("NFC", text)
    near = _near(text, names)
    return tuple(sorted(name for name in near if (pattern := _pattern(frozenset((name,)))) and pattern.search(text)))


def restricted_in(text: str, state: State, *, strict: bool) -> tuple[str, ...]:
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
        if entry.is_withheld or not (entry.restricted or is_indicator):
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


def _near(text: str, names: frozenset[str]) -> frozenset[str]:
    """The names that may stand in a text: those whose letters do, whatever stands between.

    A pattern of hundreds of names, or of one that is as long as a page, takes seconds to make; few texts name anybody.
    """
    letters = _letters(text)
    return frozenset(name for name in names if _letters(name[:LONGEST]) in letters)


@lru_cache(maxsize=1024)
def _letters(text: str) -> str:
    """A text's letters alone, those that a pattern takes for the same in one form."""
    return "".join(_APART.sub("", text).translate(_DOTLESS).casefold().split()).replace("\u0307", "")


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    """Whole words only where the script has them; a longer name before one that it begins with."""
    edges: dict[tuple[str, str], dict[str, None]] = {}
    for name in sorted(names, key=lambda found: (-len(found), found)):
        # Letters that are two in capitals: the pattern's own folding goes by single letters.
        for spelling in (name, name.upper(), name.casefold()):
            letters = (r"\s+" if char.isspace() else re.escape(char) for char in spelling[:LONGEST])
            rest = r"\S*" if len(spelling) > LONGEST else ""
            edges.setdefault(_edges(spelling), {})[f"{INVISIBLE}*".join(letters) + rest] = None
    if not edges:
        return None
    # The scripts' ranges stand outside of what is folded: they have no case, and folding them takes long.
    kinds = (f"{before}@?(?i:{'|'.join(spelt)}){after}" for (before, after), spelt in edges.items())
    return re.compile("|".join(kinds))


def _edges(name: str) -> tuple[str, str]:
    """What must not stand before and behind a word, by the scripts of its ends."""
    return (
        "" if re.match(f"[{UNSPACED}]", name) else f"(?<!{_LETTER})",
        "" if re.match(f"[{UNSPACED}]", name[-1]) else f"(?!{_LETTER})",
    )


def _pieces(entry: Entry) -> Iterator[tuple[str, bool]]:
    """What must not be repeated of an entry, and whether each is a value."""
    is_field = isinstance(entry.payload, Security)
    for said in (entry.text, *(revision.text for revision in entry.revisions)):
        parts = words((said.partition(": ")[2] if is_field else "") or said)
        text = " ".join(parts)
        yield from ((value, True) for value in values(parts))
        if (is_field or len(parts) < RUN) and len(text) >= SHORTEST:
            yield text, is_field
        yield from ((run, False) for run in runs(parts))


def _stands_in(piece: str, text: str) -> bool:
    if not piece or piece not in text:
        return False
    before, after = _edges(piece)
    return re.search(f"{before}{re.escape(piece)}{after}", text) is not None


def _squeezed(text: str) -> str:
    """One form for what differs in case, signs around words, spaces, names and invisible characters only."""
    return " ".join(words(text))
