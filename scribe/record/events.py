"""Every kind of event, as frozen structs, and the canonical JSON form that is stored and hashed."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scribe.record.when import Precision

FORMAT = 1
"""The version of the header and body layout that the digests cover."""

RoleName = Literal["ic", "ops", "comms", "scribe", "sme"]
StateName = Literal[
    "investigating",
    "identified",
    "mitigating",
    "monitoring",
    "resolved",
    "postmortem",
    "verification",
    "closed",
]
MomentName = Literal[
    "started",
    "first-alert",
    "detected",
    "acknowledged",
    "declared",
    "assembled",
    "diagnosed",
    "fix-deployed",
    "mitigated",
    "resolved",
    "closed",
]

ROLES: tuple[RoleName, ...] = get_args(RoleName)
STATES: tuple[StateName, ...] = get_args(StateName)
OVER: frozenset[str] = frozenset(STATES[4:])
"""The states in which users are no longer affected and nothing counts down."""

MOMENTS: tuple[MomentName, ...] = get_args(MomentName)


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False):
    """The fields that every kind of event may carry beside its text."""

    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


class Declared(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="declared", gc=False):
    """The genesis of an incident; its text is the title. ``cadence`` is in seconds, as the policy stood then."""

    severity: int | None = None
    cadence: int | None = None
    postmortem_only: bool = False


class Fact(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="fact", gc=False):
    """Something seen to be so."""


class Point(Struct, frozen=True, omit_defaults=True, gc=False):
    """The next decision to be taken: what, who decides, and until when (UTC text)."""

    what: str
    who: str = ""
    by: str | None = None


class Note(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="note", gc=False):
    """A remark, or a setting that the board shows: the next update's due time, the cadence, the decision point.

    ``next_at`` is UTC text; ``cadence`` seconds; ``over_cap`` marks a due time past the severity's cap, which needs
    a reason in the text.
    """

    next_at: str | None = None
    cadence: int | None = None
    over_cap: bool = False
    point: Point | None = None
    point_settled: bool = False


class Hypothesis(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="hypothesis", gc=False):
    """A guess at what is going on; with a ``target`` it is the entry that confirms or rules out an earlier one."""

    status: Literal["open", "confirmed", "ruled_out"] = "open"
    target: str = ""


class Decision(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="decision", gc=False):
    """Something decided."""


class Action(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="action", gc=False):
    """Something done or being done; with a ``target`` it is the entry that says how an earlier one ended."""

    status: Literal["in_flight", "done", "failed"] = "in_flight"
    target: str = ""


class Update(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="update", gc=False):
    """A status update as it was sent. ``next_at`` (UTC text) is when the next one is due, None after resolution."""

    audience: str = "stakeholders"
    number: int = 0
    next_at: str | None = None


class Role(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="role", gc=False):
    """Who holds a role from now on. ``previous`` names who held it before; ``solo`` marks one person in every role."""

    role: RoleName
    change: Literal["assigned", "released", "not_needed"] = "assigned"
    who: str = ""
    previous: tuple[str, ...] = ()
    solo: bool = False


class Severity(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="severity", gc=False):
    """A change of severity, 1 (critical) to 4 (low). ``cadence`` is in seconds, as the policy stood then."""

    level: int
    previous: int | None = None
    cadence: int | None = None


class StateChange(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="state", gc=False):
    """A change of state; it may go back, because a regression is a fact. ``cadence`` as in Severity."""

    state: StateName
    previous: str = ""
    cadence: int | None = None


class Milestone(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="milestone", gc=False):
    """A moment of the incident's life; the event's own ``at`` is when it was reached."""

    moment: MomentName


class Impact(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="impact", gc=False):
    """What users suffer, in words; ``previous`` keeps what was said before."""

    previous: str = ""


class Amended(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="amended", gc=False):
    """A correction of ``target`` (``writer-seq``); what is UNSET stays as it was. The earlier words stay readable."""

    target: str
    text: str | UnsetType = UNSET
    by: str | UnsetType = UNSET
    at: str | UnsetType = UNSET
    precision: Precision | UnsetType = UNSET
    at_raw: str | UnsetType = UNSET


class Retracted(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="retracted", gc=False):
    """``target`` no longer holds; the event's text says why. The entry stays in the record."""

    target: str


class Linked(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="linked", gc=False):
    """More sources for ``target``."""

    target: str


class Erased(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="erased", gc=False):
    """The body of ``target`` was destroyed; the event's text says why."""

    target: str


class Opaque(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="", gc=False):
    """A payload that this version cannot read: a newer version's kind, or a body that was erased."""


AnyPayload = (
    Declared
    | Fact
    | Note
    | Hypothesis
    | Decision
    | Action
    | Update
    | Role
    | Severity
    | StateChange
    | Milestone
    | Impact
    | Amended
    | Retracted
    | Linked
    | Erased
)

KNOWN: frozenset[str] = frozenset(kind.__struct_config__.tag for kind in get_args(AnyPayload))
"""The kinds of events that this version knows."""

Correction = Amended | Retracted | Linked | Erased
"""Events that say something of another event; they are no entries of their own."""

NO_ENTRY: frozenset[str] = frozenset({"amended", "retracted", "linked"})


class Draft(Struct, frozen=True, gc=False):
    """Something that happened, not yet recorded.

    ``at`` is UTC text of fixed width; ``at_raw`` the time as it was typed, empty when it was taken from the first
    key stroke; ``author`` is who did or said it, empty for the recorder.
    """

    payload: Payload
    text: str
    at: str
    precision: Precision = "second"
    at_raw: str = ""
    author: str = ""


class Event(Struct, frozen=True, gc=False):
    """A draft with identity, as it stands in the journal. ``number`` is the order of arrival in this file."""

    number: int
    incident: str
    writer: str
    seq: int
    format: int
    at: str
    precision: Precision
    recorded_at: str
    kind: str
    is_board: bool
    ref: str
    seen: str
    prev: str
    body_digest: str
    digest: str
    author: str
    recorder: str
    at_raw: str
    text: str
    payload: Payload

    @property
    def id(self) -> str:
        """``writer-seq``: what payloads point at, the same on every machine."""
        return f"{self.writer}-{self.seq}"

    @property
    def key(self) -> tuple[str, str, str, int]:
        """The order of the timeline: when it happened, when it was written, by which writer, in which turn."""
        return (self.at, self.recorded_at, self.writer, self.seq)


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AnyPayload)
_plain: dict[str, Payload] = {}


def kind_of(payload: Payload) -> str:
    """The kind's literal, as in the header and in JSON."""
    tag = payload.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def is_board(payload: Payload, *, target_is_board: bool = False) -> bool:
    """Whether the board has to read this event; a correction counts when what it corrects does."""
    if isinstance(payload, Correction):
        return target_is_board and not isinstance(payload, Linked)
    if isinstance(payload, Note):
        return bool(payload.next_at or payload.cadence or payload.point or payload.point_settled)
    if isinstance(payload, Action):
        return payload.status == "in_flight" or bool(payload.target)
    return not isinstance(payload, Fact | Decision)


def encode_payload(payload: Payload) -> str:
    """The payload as it is stored and hashed."""
    return _encoder.encode(payload).decode()


def decode_payload(stored: str | None) -> Payload:
    """The payload of a stored body; Opaque where it is erased or of a kind that this version does not know."""
    if stored is None:
        return Opaque()
    found = _plain.get(stored)
    if found is not None:
        return found
    try:
        payload: Payload = _decoder.decode(stored)
    except msgspec.MsgspecError:
        return Opaque()
    if len(stored) < 40:  # most entries carry nothing but their kind: share one object among them
        _plain[stored] = payload
    return payload


def canonical(fields: list[Any]) -> bytes:
    """The byte form that digests are taken of: compact JSON, UTF-8, keys in order."""
    return _encoder.encode(fields)
