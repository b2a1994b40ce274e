"""Where one can be in the postmortem: its sections, and what is no text of its own, in order."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from scribe.after.findings import Finding
from scribe.record.sections import BY_KEY, Form

TIMELINE, FACTORS, ACTIONS, RECORD = "timeline", "factors", "actions", "record"
"""Places that no text is written in: each line of theirs is an event of its own."""

Kind = Literal["text", "choice", "rows"]
"""What one does in a place: write, choose one of a few, or go through rows with the capture line."""


class Place(Struct, frozen=True):
    """One place: the key of its section, its title, what belongs there, and how it is filled."""

    key: str
    title: str
    guidance: str
    form: Form | None
    kind: Kind
    choices: tuple[str, ...] = ()


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What happened",
        (
            "summary",
            "impact",
            "users",
            "revenue",
            "sla",
            "data",
            "scope",
            "near-miss",
            "observed",
            "normal",
            "detected-by",
            "detection",
            "signals",
            TIMELINE,
        ),
    ),
    ("Why", ("trigger", "weaknesses", "root-cause", "whys", FACTORS, "defences")),
    ("What is learnt", ("well", "wrong", "luck", "lessons")),
    (
        "What is done",
        (
            "containment",
            "prevent-monitoring",
            "prevent-runbook",
            "prevent-tests",
            "prevent-architecture",
            "prevent-training",
            ACTIONS,
        ),
    ),
    ("The rest", ("author", "meeting", "links", "regulatory", RECORD)),
    (
        "Cost",
        (
            "currency",
            "cost-revenue",
            "cost-credits",
            "cost-vendors",
            "cost-hours",
            "cost-rate",
            "cost-users",
            "cost-churn",
            "cost-lifetime",
            "cost-reputation",
        ),
    ),
)
"""The order of the outline."""

_ROWS = {
    TIMELINE: Place(
        TIMELINE,
        "Timeline",
        "Nothing is retyped here: star what a reader must not miss, hide what no reader needs, add what was late.",
        None,
        "rows",
    ),
    FACTORS: Place(
        FACTORS,
        "Contributing factors",
        "At least three over at least two layers; each scored 0 (none) to 3 (primary), a fact or a candidate.",
        None,
        "rows",
    ),
    ACTIONS: Place(
        ACTIONS,
        "Action items",
        "Each answers a factor and not only the trigger: an owner, a day, and what can be seen once it works.",
        None,
        "rows",
    ),
    RECORD: Place(
        RECORD,
        "The record",
        "What documents take from the record itself: roles, recovery, moments, and what has to be ticked to close it.",
        None,
        "rows",
    ),
}

_ENTRY = r"(#\d+|[HDAB]\d+)(·\w+)?"


def _made(key: str) -> Place:
    if key in _ROWS:
        return _ROWS[key]
    found = BY_KEY[key]
    kind: Kind = "choice" if found.form == "choice" else "text"
    return Place(key, found.title, found.guidance, found.form, kind, found.choices)


PLACES: tuple[Place, ...] = tuple(_made(key) for _, keys in GROUPS for key in keys)
"""Every place, in order."""

ORDER: dict[str, int] = {place.key: number for number, place in enumerate(PLACES)}


def place(key: str) -> Place:
    """The place of a key; of a key that is none, the first."""
    return PLACES[ORDER.get(key, 0)]


def named(word: str) -> str:
    """The key of the place that somebody named, a beginning of it is enough; empty when there is none."""
    key = word.strip().casefold().replace("_", "-")
    near = [found.key for found in PLACES if found.key.startswith(key)] if key else []
    return key if key in near else near[0] if near else ""


def place_of(finding: Finding) -> str:
    """Where a finding is put right."""
    where = finding.where.partition(":")[0]
    if where in ORDER:
        return where
    if re.fullmatch(r"F\d+(·\w+)?", where):
        return FACTORS
    if re.fullmatch(r"T\d+(·\w+)?", where):
        return ACTIONS
    return TIMELINE if re.fullmatch(_ENTRY, where) else RECORD


def standing(findings: tuple[Finding, ...], key: str) -> tuple[Finding, ...]:
    """The findings of one place: those that count first, each in the order of the text."""
    here = (finding for finding in findings if place_of(finding) == key)
    return tuple(sorted(here, key=lambda each: (bool(each.waived), line_of(each), each.start)))


def line_of(finding: Finding) -> int:
    """The line of a list that a finding speaks of, counted from 1; 0 where it speaks of all."""
    number = finding.where.partition(":")[2]
    return int(number) if number.isdigit() else 0


def counted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that nobody accepted, in the order in which one comes by them."""
    left = (finding for finding in findings if not finding.waived)
    return tuple(sorted(left, key=lambda each: (ORDER[place_of(each)], line_of(each), each.start)))


def next_finding(findings: tuple[Finding, ...], here: str, last: Finding | None) -> Finding | None:
    """The one behind the last, or the first from this place on; behind the last of all comes the first."""
    left = counted(findings)
    if not left:
        return None
    if last is not None and place_of(last) == here and last in left:
        return left[(left.index(last) + 1) % len(left)]
    return next((each for each in left if ORDER[place_of(each)] >= ORDER[here]), left[0])
