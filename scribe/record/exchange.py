"""The published JSON form of a whole incident: what one scribe writes for another, and for other programs.

Whoever writes it, whoever reads it and the published schema share these structs, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from scribe.record.terms import Category, FactorClass, FactorLayer, ItemStatus, MomentName, Priority, Standing
from scribe.record.when import Precision

NAME = "scribe-postmortem"
Format = Literal["scribe-postmortem/1"]
FORMAT: Format = "scribe-postmortem/1"
"""The form and its version; a field that is added does not change it."""

SCHEMA = "urn:scribe:postmortem:1"
"""How the published JSON Schema of that version is called."""

Time = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        description="UTC, ISO 8601, milliseconds",
    ),
]
Day = Annotated[
    str, Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description="a day, ISO 8601; empty where none is set")
]
Score = Annotated[int, Meta(ge=0, le=3, description="0 (not a factor) to 3 (primary contributor)")]
Level = Annotated[int, Meta(ge=1, le=4, description="1 (critical) to 4 (low)")]
Reference = Annotated[str, Meta(description="what people type: #12, H2, A5")]
Seconds = Annotated[float, Meta(description="seconds")]


class Incident(Struct, frozen=True, kw_only=True):
    """The incident as it stands."""

    id: str
    title: str
    severity: Level | None
    state: str
    security: bool
    solo: bool
    postmortem_only: bool
    near_miss: bool


class Moment(Struct, frozen=True, kw_only=True):
    """When a moment of the incident's life was reached; ``ref`` is the milestone that named it, if one did."""

    at: Time
    precision: Precision
    ref: Reference | None


class Measure(Struct, frozen=True, kw_only=True):
    """The time between two moments; null is unknown, and never zero."""

    name: str
    title: str
    start: MomentName
    end: MomentName
    seconds: Seconds | None
    note: str


class Holder(Struct, frozen=True, kw_only=True):
    """Who held a role from when until when; ``until`` is null for whoever holds it still."""

    who: str
    since: Time
    precision: Precision
    until: Time | None
    ref: Reference
    note: str


class Role(Struct, frozen=True, kw_only=True):
    """A role: who held it, in order, or that it was not needed."""

    role: str
    title: Annotated[str, Meta(description="of a role that the team added; else empty")]
    not_needed: bool
    holders: tuple[Holder, ...]


class Revision(Struct, frozen=True, kw_only=True):
    """What an entry said before it was amended at ``recorded_at``, and why it was."""

    text: str
    at: Time
    by: str
    recorded_at: Time
    why: str


class Retraction(Struct, frozen=True, kw_only=True):
    """Why an entry no longer holds."""

    why: str
    by: str
    at: Time


class Entry(Struct, frozen=True, kw_only=True):
    """An entry of the timeline, every correction applied. ``at`` is null where the time is unknown.

    ``placed_at`` is where it stands in the order then, ``order`` its turn in the order of writing. ``origin`` names
    the source that it was imported from. ``data`` holds the fields of its kind, and names other entries by reference
    (null: one that is withheld); it is null where the words were erased, or a newer version wrote them.
    """

    id: Annotated[str, Meta(description="writer-seq: the same on every machine, until it is imported")]
    ref: Reference
    incident: str
    at: Time | None
    precision: Precision
    at_raw: Annotated[str | None, Meta(description="the time as it was typed")]
    recorded_at: Time
    late: bool
    reconstructed: bool
    imported: bool
    kind: str
    text: str
    by: str
    recorded_by: str
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    restricted: bool
    revisions: tuple[Revision, ...]
    retracted: Retraction | None
    data: dict[str, Any] | None
    placed_at: Time
    order: int
    starred: bool
    hidden: bool
    origin: str | None


class Section(Struct, frozen=True, kw_only=True):
    """A section that people wrote: its words, who wrote them last, when, and when it was first written."""

    section: str
    title: str
    text: str
    by: str
    at: Time
    first_at: Time


class Factor(Struct, frozen=True, kw_only=True):
    """A contributing factor."""

    ref: Reference
    text: str
    by: str
    since: Time
    layer: FactorLayer | None
    factor_class: FactorClass | None = field(name="class")
    score: Score | None
    standing: Standing
    remark: str


class Done(Struct, frozen=True, kw_only=True):
    """Who said at what time that something is so, and in which words."""

    by: str
    at: Time
    words: str


class Action(Struct, frozen=True, kw_only=True):
    """An action item, with the evidence or the reason in ``closed``, and who saw it work in ``verified``."""

    ref: Reference
    text: str
    by: str
    since: Time
    owner: str
    due: Day
    verification: str
    category: Category | None
    priority: Priority | None
    answers: tuple[str, ...]
    status: ItemStatus
    closed: Done | None
    verified: Done | None


class Waiver(Struct, frozen=True, kw_only=True):
    """A finding of the check that was accepted; an empty place means wherever it is found."""

    code: str
    place: str
    why: str
    by: str
    at: Time


class Target(Struct, frozen=True, kw_only=True):
    """A moment, and the seconds after T+0 until which it was to be reached; null is unknown."""

    moment: MomentName
    target: int
    actual: Seconds | None
    met: bool | None


class Deadline(Struct, frozen=True, kw_only=True):
    """Something that the postmortem owes: until when (a time or a day), and when it came."""

    name: str
    title: str
    due: str
    done: str | None


class Finding(Struct, frozen=True, kw_only=True):
    """What the check found; ``waived`` is the reason for which somebody accepted it."""

    code: str
    level: Literal["error", "warning"]
    where: str
    message: str
    why: str
    fix: str
    waived: str


class Counts(Struct, frozen=True, kw_only=True):
    """Entries by what became of them; ``entries`` counts those that are withheld too."""

    entries: int
    shown: int
    apart: int
    hidden: int
    late: int
    reconstructed: int
    imported: int
    amended: int
    retracted: int
    withheld: int
    restricted: int


class Whole(Struct, frozen=True, kw_only=True):
    """A whole incident: its record and its postmortem."""

    schema: str = field(name="$schema")
    format: Format
    draft: bool
    incident: Incident
    head: Annotated[str, Meta(description="the record's tip, or its tips joined by +")]
    moments: dict[MomentName, Moment | None]
    measures: Sequence[Measure]
    targets: Sequence[Target]
    deadlines: Sequence[Deadline]
    roles: Sequence[Role]
    counts: Counts
    withheld: Annotated[Sequence[str], Meta(description="references of the restricted entries that were left out")]
    sections: Sequence[Section]
    factors: Sequence[Factor]
    actions: Sequence[Action]
    waivers: Sequence[Waiver]
    findings: Sequence[Finding]
    entries: Annotated[Sequence[Entry], Meta(description="in the order in which things happened")]
