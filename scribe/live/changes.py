"""What changed since a checkpoint: the entries written after it, grouped, and what was corrected since."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from scribe.record.events import (
    Action,
    Decision,
    Escalation,
    Fact,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Payload,
    Role,
    Scope,
    Security,
    Severity,
    StateChange,
    Tick,
    Timebox,
    Update,
    parted,
)
from scribe.record.state import Entry, Handed

GROUPS: dict[str, str] = {
    "severity": "severity",
    "state": "state",
    "roles": "roles",
    "impact": "impact",
    "scope": "scope",
    "milestones": "milestones",
    "decisions": "decisions",
    "decision_points": "decision points",
    "actions_started": "actions started",
    "actions_ended": "actions ended",
    "hypotheses_raised": "hypotheses raised",
    "hypotheses_confirmed": "hypotheses confirmed",
    "hypotheses_ruled_out": "hypotheses ruled out",
    "updates": "updates sent",
    "pace": "cadence and settings",
    "escalations": "escalations",
    "timeboxes": "time-boxes",
    "checklists": "checklists",
    "security": "security",
    "facts": "new facts",
    "notes": "remarks",
    "corrections": "corrections",
}
"""The groups of changes in the order of the packet, and how they are called."""

MANY = 25
"""How many entries a group repeats at most; its count says how many there are."""

WEIGHTY = 8
"""How many facts are repeated at most, the newest of those that others rest on."""

# It begins with the sign itself, because a search that begins by looking behind is several times slower.
_REFERENCE = r"[#HAB](?<![\w#].)\d+(?:·\w+)?(?!\w)"


class Noted(Struct, frozen=True, gc=False):
    """An entry as a packet quotes it: reference, when, who did or said it, its words, its sources."""

    ref: str
    at: str
    by: str
    text: str
    sources: tuple[str, ...] = ()


class Group(Struct, frozen=True, gc=False):
    """Changes of one sort: how many, and the newest of them in the order in which they happened."""

    name: str
    count: int
    items: tuple[Noted, ...]


def noted(entry: Entry, text: str = "") -> Noted:
    """An entry as a packet quotes it, in other words where some are given."""
    return Noted(entry.ref, entry.at, entry.by, text or entry.text, entry.sources)


def changes(entries: Sequence[Entry], since: Handed) -> tuple[Group, ...]:
    """What was recorded after that packet, in the order of GROUPS; a group without changes is left out.

    Written after it, not dated after it: what was learnt late is news as well. ``entries`` are those of a Redacted.
    """
    anchor = entry_of(entries, since.id)
    # A restricted packet is no entry of what is passed on; its time is all that is left of it.
    number, moment = (anchor.number, anchor.recorded_at) if anchor else (0, since.at)
    found: dict[str, list[Entry]] = {name: [] for name in GROUPS}
    corrected: list[Noted] = []
    for entry in entries:
        is_new = entry.number > number if anchor else entry.recorded_at > moment
        if is_new and entry.retracted is None:
            group = _group(entry.payload)
            if group:
                found[group].append(entry)
        if entry.revisions or entry.retracted:
            corrected += _corrections(entry, moment)
        elif is_new and entry.kind == "erased":
            corrected.append(noted(entry))
    groups = [Group(name, len(new), _listed(name, new, found)) for name, new in found.items() if new]
    if corrected:
        groups.append(Group("corrections", len(corrected), tuple(corrected[-MANY:])))
    return tuple(groups)


def entry_of(entries: Sequence[Entry], place: str) -> Entry | None:
    """The entry of that event (``writer-seq``), looked for from the newest on; None when it is none of these."""
    found = parted(place)
    return next((entry for entry in reversed(entries) if (entry.writer, entry.seq) == found), None)


def _group(payload: Payload) -> str:
    group = _BY_KIND.get(type(payload), "")
    if group:
        return group
    match payload:
        case Hypothesis(status="confirmed"):
            return "hypotheses_confirmed"
        case Hypothesis(status="ruled_out"):
            return "hypotheses_ruled_out"
        case Hypothesis():
            return "hypotheses_raised"
        case Action(target="", status="in_flight"):
            return "actions_started"
        case Action():
            return "actions_ended"
        case Note(point=point, point_settled=settled) if point is not None or settled:
            return "decision_points"
        case Note(next_at=None, cadence=None, switched="", trigger=None):
            return "notes"
        case Note():
            return "pace"
        case _:
            return ""


_BY_KIND: dict[type[Payload], str] = {
    Fact: "facts",
    Decision: "decisions",
    Severity: "severity",
    StateChange: "state",
    Role: "roles",
    Impact: "impact",
    Scope: "scope",
    Milestone: "milestones",
    Update: "updates",
    Escalation: "escalations",
    Timebox: "timeboxes",
    Tick: "checklists",
    Security: "security",
}


def _corrections(entry: Entry, moment: str) -> Iterable[Noted]:
    if entry.retracted is not None:
        if entry.retracted.at >= moment:
            yield noted(entry, f"taken back: {entry.retracted.why}" if entry.retracted.why else "taken back")
    elif any(revision.recorded_at >= moment for revision in entry.revisions):
        yield noted(entry, f"amended: {entry.text}")


def _listed(name: str, entries: list[Entry], found: dict[str, list[Entry]]) -> tuple[Noted, ...]:
    if name == "facts":
        entries = _weighty(entries, found)
    return tuple(noted(entry) for entry in entries[-MANY:])


def _weighty(facts: list[Entry], found: dict[str, list[Entry]]) -> list[Entry]:
    """The facts that others rest on: another new entry names them, they name one themselves, or they have a source."""
    named = {ref for group, new in found.items() if group != "facts" for entry in new for ref in references(entry.text)}
    # One search over all of them: thousands of facts may be new, and few of them name anything.
    ends = list(accumulate(len(fact.text) + 1 for fact in facts))
    naming: set[int] = set()
    for match in re.finditer(_REFERENCE, "\n".join(fact.text for fact in facts)):
        named.add(match[0])
        naming.add(bisect_right(ends, match.start()))
    weighty = [fact for place, fact in enumerate(facts) if fact.sources or place in naming or fact.ref in named]
    return weighty[-WEIGHTY:]


def references(text: str) -> list[str]:
    """The references that a text names, like #12, H2 and A5."""
    return re.findall(_REFERENCE, text)


def mentions(text: str, ref: str) -> bool:
    """Whether a text names that reference; ``H2`` is not named by ``H21``."""
    return ref in text and ref in references(text)
