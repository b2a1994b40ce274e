"""What the word under the cursor could become: commands, states, roles, people, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.live.checklists import find, known, suggested
from scribe.live.procedures import Checklist
from scribe.live.recording import SCOPE_WORDS, STRATEGY_CHOICES, row
from scribe.live.slash import BY_NAME, COMMANDS, Slash
from scribe.record.merged import APART
from scribe.record.sections import SECTIONS
from scribe.record.state import Board, Entry
from scribe.record.terms import AUDIENCES, IMPACT_LABELS, MOMENTS, ROLES, STATES

MOST = 60
"""How many candidates are offered at most; the screen shows as many as fit."""

_WORD = r"\S*$"
_TIMED = r"\s*(?:(?:yesterday|today)?[\s\d:.?Z+-]*[dhmsZ]?\s+)?"
"""What may stand before a command: nothing, or a time."""
_ARGUMENTS = rf"(?i){_TIMED}/([a-z-]+)((?:\s+\S+)*)\s+"

_DURATIONS = ("10m", "15m", "20m", "30m", "1h", "2h")
_FIXED: dict[str, tuple[tuple[str, str], ...]] = {
    "severity": (("1", "critical"), ("2", "high"), ("3", "medium"), ("4", "low")),
    "state": tuple((name, "") for name in STATES),
    "switch": (("on", "count down"), ("off", "no longer")),
    "row": tuple((name, "") for name in SCOPE_WORDS),
    "impact": (("better:", ""), ("worse:", ""), *((f"{name}:", label) for name, label in IMPACT_LABELS.items())),
    "strategy": tuple((name, "") for name in STRATEGY_CHOICES),
    "level": (("1", "on-call"), ("2", "technical lead"), ("3", "engineering manager"), ("4", "executive")),
    "aspect": (("indicator:", "of compromise"), ("containment:", ""), ("legal:", "a conclusion, kept apart")),
    "duration": tuple((text, "") for text in _DURATIONS),
}
"""What can stand for an argument whatever the record says, and a word on each."""

Offer = Iterable[tuple[str, str]]


class Candidate(Struct, frozen=True):
    """A text for ``line[start:end]``, and a word or two on what it is."""

    text: str
    about: str
    start: int
    end: int


class Known(Struct, frozen=True):
    """What candidates are taken from: the board, who was heard of, the roles, what ``/set`` takes, own checklists.

    ``refs`` are those of the newest entries, where copies of the record have given out the same ones.
    """

    board: Board
    people: tuple[str, ...]
    roles: tuple[str, ...]
    fields: tuple[str, ...]
    own: tuple[Checklist, ...]
    refs: Sequence[str] = ()


def candidates(
    line: str,
    cursor: int,
    board: Board,
    people: Iterable[str],
    roles: Sequence[str] = ROLES,
    fields: Sequence[str] = (),
    own: tuple[Checklist, ...] = (),
    refs: Sequence[str] = (),
) -> tuple[Candidate, ...]:
    """What could stand where the cursor is, the likeliest first; empty when the word is not one of a known kind.

    ``fields`` are those that ``/set`` takes now, ``own`` the team's own checklists, ``refs`` what `references` found.
    """
    before = line[:cursor]
    found = re.search(_WORD, before)
    word = found[0] if found else ""
    start = cursor - len(word)
    command = re.fullmatch(_ARGUMENTS, before[:start])
    slash = BY_NAME.get(command[1].lower()) if command else None
    offered: Offer
    if word.startswith("/") and re.fullmatch(_TIMED, before[:start]):
        offered = [(f"/{slash.name}", slash.help) for slash in COMMANDS]
    elif command and slash:
        known = Known(board, tuple(people), tuple(roles), tuple(fields), own, refs)
        offered = _arguments(slash, command[2].split(), known)
        offered = list(offered) or (_people(people) if word.startswith("@") else ())
    else:
        offered = _people(people) if word.startswith("@") else ()
    folded = word.casefold().replace(".", APART) if word[:1] == "#" else word.casefold()
    fitting = [pair for pair in offered if pair[0].casefold().startswith(folded) and pair[0] != word]
    return tuple(Candidate(text, about, start, cursor) for text, about in fitting[:MOST])


def people(board: Board, entries: Sequence[Entry]) -> tuple[str, ...]:
    """The names in play: whoever holds a role first, then who takes over, then who was heard of last."""
    names: dict[str, None] = {}
    for held in board.roles.values():
        names.update((holder.who, None) for holder in held)
    if board.handoff is not None:
        names[board.handoff.incoming] = None
    for place in range(len(entries) - 1, max(-1, len(entries) - 300), -1):
        entry = entries[place]
        names[entry.by] = None
        names.update((name, None) for name in entry.payload.mentions)
    return tuple(names)


def references(board: Board, entries: Sequence[Entry]) -> tuple[str, ...]:
    """The references of the newest entries where they are no plain numbers: copies have given out the same ones."""
    if not board.merged:
        return ()
    newest = range(len(entries) - 1, max(-1, len(entries) - MOST), -1)
    return tuple(entries[place].ref for place in newest)


def _people(names: Iterable[str]) -> Offer:
    return ((f"@{name}", "") for name in names)


def _arguments(slash: Slash, words: list[str], known: Known) -> Offer:
    """What could stand behind a command and the words that were typed already."""
    takes = slash.takes.split()
    labels: Offer = ()
    if takes and takes[0] == "audience:":
        takes = takes[1:]
        if words and words[0].casefold().removesuffix(":") in AUDIENCES:
            words = words[1:]
        elif not words and len(known.board.tracks) > 1:
            labels = ((f"{track.audience}:", "counts down") for track in known.board.tracks)
    if len(words) >= len(takes):
        return labels
    kind = takes[len(words)]
    if kind in ("person", "holder", "role", "packet"):
        return _casting(kind, known)
    if kind in ("checklist", "tick"):
        return _ticking(slash, words, known)
    return (*_FIXED.get(kind, ()), *_standing(kind, words, known), *labels)


def _casting(kind: str, known: Known) -> Offer:
    board = known.board
    match kind:
        case "role":
            return [(name, ", ".join(f"@{h.who}" for h in board.holders(name)) or "unassigned") for name in known.roles]
        case "packet":
            packet = board.handoff
            return [(f"@{packet.incoming}", f"packet {packet.number}")] if packet else []
        case "holder":
            return (*_people(known.people), ("not-needed", ""), ("released", ""))
        case _:
            return _people(known.people)


def _ticking(slash: Slash, words: list[str], state: Known) -> Offer:
    """The names of checklists, those that matter now first; then the items that can be ticked, or whose tick can go."""
    board = state.board
    if not words:
        lists = {each.name: each for each in (*suggested(board, state.own), *known(state.own))}
        return [(each.name, each.title) for each in lists.values()]
    checklist = find(words[0].casefold(), state.own)
    items = (item for phase in checklist.phases for item in phase.items) if checklist else ()
    ticked = slash.name == "untick"
    return [(item.name, item.text) for item in items if (f"{words[0].casefold()}/{item.name}" in board.ticks) == ticked]


def _standing(kind: str, words: list[str], known: Known) -> Offer:
    """What the record holds, or the screen, that could be meant."""
    board = known.board
    match kind:
        case "audience":
            return [(name, "counts down" if board.track(name) else "off") for name in AUDIENCES]
        case "scope":
            rows = (found for found in board.scope if found.row == row(words[0]))
            return [(found.name, found.verdict.replace("_", " ")) for found in rows]
        case "moment":
            return [(name, "reached" if name in board.moments else "") for name in MOMENTS]
        case "action":
            boxes = [(box.ref, box.text) for box in reversed(board.timeboxes)]
            return [(item.ref, item.text) for item in reversed(board.actions)] + boxes
        case "ended":
            return (*_standing("action", words, known), *_standing("item", words, known))
        case "shown":  # done, and waiting for somebody who saw it work
            return [(item.ref, item.text) for item in board.items if item.status == "done" and item.verified is None]
        case "item":
            return [(item.ref, item.text) for item in reversed(board.items) if not item.is_closed]
        case "factor":
            return [(factor.ref, factor.text) for factor in board.factors]
        case "section":
            return [(found.key, found.title) for found in SECTIONS]
        case "hypothesis":
            return [(item.ref, item.text) for item in reversed(board.hypotheses)]
        case "entry" if known.refs:
            return [(ref, "") for ref in known.refs]
        case "entry":
            newest = board.refs.get("#", 0)
            return [(f"#{number}", "") for number in range(newest, max(0, newest - 9), -1)]
        case "field":
            return [(name, "") for name in known.fields]
        case _:
            return []
