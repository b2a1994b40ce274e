"""Every kind of event, as frozen structs."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.payloads import Paced as Paced  # whoever asks for events asks for what they carry
from scribe.record.payloads import Payload as Payload
from scribe.record.terms import (
    AUDIENCE,
    ImpactField,
    MomentName,
    RoleName,
    ScopeRowName,
    SecurityAspect,
    StateName,
    Strategy,
    Verdict,
)
from scribe.record.when import Precision

FORMAT = 1
"""The version of the header and body layout that the digests cover."""


class Declared(Paced, frozen=True, kw_only=True, omit_defaults=True, tag="declared", gc=False):
    """The genesis of an incident; its text is the title. ``security`` begins it on the protected track."""

    severity: int | None = None
    postmortem_only: bool = False
    security: bool = False


class Fact(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="fact", gc=False):
    """Something seen to be so."""


class Point(Struct, frozen=True, omit_defaults=True, gc=False):
    """The next decision to be taken: what, who decides, and until when (UTC text)."""

    what: str
    who: str = ""
    by: str | None = None


class Note(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="note", gc=False):
    """A remark, or a setting that the board shows: the next update's due time, the cadence, the decision point.

    ``next_at`` is UTC text; ``cadence`` seconds; ``audience`` says whose (empty: AUDIENCE), and ``switched`` turns its
    countdown on or off. ``over_cap`` marks a due time past the severity's cap, which needs a reason in the text.
    ``trigger`` is the seconds without progress after which another strategy is asked for, 0 for never.
    """

    next_at: str | None = None
    cadence: int | None = None
    audience: str = ""
    switched: Literal["", "on", "off"] = ""
    over_cap: bool = False
    point: Point | None = None
    point_settled: bool = False
    trigger: int | None = None


class Hypothesis(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="hypothesis", gc=False):
    """A guess at what is going on; with a ``target`` it is the entry that confirms or rules out an earlier one."""

    status: Literal["open", "confirmed", "ruled_out"] = "open"
    target: str = ""


class Decision(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="decision", gc=False):
    """Something decided; with a ``strategy`` it answers a stalled mitigation, ``confirmed_by`` says on whose word."""

    strategy: Strategy | Literal[""] = ""
    confirmed_by: str = ""


class Action(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="action", gc=False):
    """Something done or being done; with a ``target`` it is the entry that says how an earlier one ended."""

    status: Literal["in_flight", "done", "failed"] = "in_flight"
    target: str = ""


class Update(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="update", gc=False):
    """A status update as it was sent. ``next_at`` (UTC text) is when the next one is due, None after resolution.

    ``fields`` are the parts that it was composed of, by name, in no order; a text that somebody typed has none.
    """

    audience: str = AUDIENCE
    number: int = 0
    next_at: str | None = None
    shape: Literal["", "declared", "update", "resolved"] = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)


class Role(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="role", gc=False):
    """Who holds a role from now on. ``previous`` names who held it before; ``solo`` marks one person in every role.

    ``acknowledges`` is the packet (``writer-seq``) that the incoming person took over with; ``taken`` marks a role that
    its new holder took because the outgoing person was gone.
    """

    role: RoleName
    change: Literal["assigned", "released", "not_needed"] = "assigned"
    who: str = ""
    previous: tuple[str, ...] = ()
    solo: bool = False
    acknowledges: str = ""
    taken: bool = False


class Severity(Paced, frozen=True, kw_only=True, omit_defaults=True, tag="severity", gc=False):
    """A change of severity, 1 (critical) to 4 (low)."""

    level: int
    previous: int | None = None


class StateChange(Paced, frozen=True, kw_only=True, omit_defaults=True, tag="state", gc=False):
    """A change of state; it may go back, because a regression is a fact."""

    state: StateName
    previous: str = ""


class Milestone(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="milestone", gc=False):
    """A moment of the incident's life; the event's own ``at`` is when it was reached."""

    moment: MomentName


class Impact(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="impact", gc=False):
    """What users suffer, in words; ``previous`` keeps what was said before.

    With a ``field`` it speaks of one side of it, and ``value`` is what is said of that; without one the text is the
    whole statement. ``trend`` says whether it got better or worse.
    """

    field: ImpactField | Literal[""] = ""
    value: str = ""
    trend: Literal["", "better", "worse"] = ""
    previous: str = ""


class Scope(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="scope", gc=False):
    """One row of the scope table: is this user group, fault domain, dependency or recent change part of it?"""

    row: ScopeRowName
    name: str
    verdict: Verdict = "unknown"
    evidence: str = ""
    previous: str = ""
    previous_evidence: str = ""


class Checkpoint(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="checkpoint", gc=False):
    """A packet handed over. It quotes by reference: ``head`` and ``entries`` say what the record held then.

    ``given`` is what only a person knows (risks, exit criteria …), by the packet's field. Without an ``incoming``
    person it is a checkpoint that nobody has to acknowledge.
    """

    role: RoleName = "ic"
    outgoing: str = ""
    incoming: str = ""
    number: int = 0
    head: str = ""
    entries: int = 0
    given: dict[str, str] = msgspec.field(default_factory=dict)


class Escalation(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="escalation", gc=False):
    """A level of the ladder was called: 1 on-call, 2 technical lead, 3 engineering manager, 4 executive."""

    level: int
    who: str = ""


class Timebox(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="timebox", gc=False):
    """Somebody looks into something until ``until`` (UTC text); with a ``target`` it says how an earlier one ended."""

    who: str = ""
    until: str = ""
    status: Literal["running", "done", "failed"] = "running"
    target: str = ""


class Tick(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="checklist", gc=False):
    """An item of a checklist was ticked, or its tick was taken away."""

    list: str
    item: str
    done: bool = True


class Security(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="security", gc=False):
    """The protected track: begun, lifted, or one of its own fields. Legal conclusions stay apart from facts."""

    aspect: SecurityAspect = "marked"


class Snoozed(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="snoozed", gc=False):
    """What needed attention (``key``) is left alone until ``until`` (UTC text); the event's text is the reason."""

    key: str = ""
    until: str = ""
    over_cap: bool = False


class Restricted(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="restricted", gc=False):
    """``target`` is need-to-know from now on, or (``lifted``) no longer; the event's text may say why."""

    target: str
    lifted: bool = False


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
    """The body of ``target`` was destroyed, with those of ``also``, which quoted it; the event's text says why."""

    target: str
    also: tuple[str, ...] = ()


class Received(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="received", gc=False):
    """Another copy of the record was merged, and the bodies of these events (``writer-seq``) did not come with it."""

    withheld: tuple[str, ...]


class Opaque(Payload, frozen=True, kw_only=True, omit_defaults=True, tag="", gc=False):
    """A payload that this version cannot read: a newer version's kind, or a body that is not here."""


class Absent(Opaque, frozen=True, kw_only=True, omit_defaults=True, tag="", gc=False):
    """The payload of an event whose body is not here: it was erased, or withheld from whoever got this copy."""


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
    | Scope
    | Checkpoint
    | Escalation
    | Timebox
    | Tick
    | Security
    | Snoozed
    | Amended
    | Retracted
    | Linked
    | Restricted
    | Erased
    | Received
    | Written
    | FactorSaid
    | ItemSaid
    | Curated
    | Waived
)

KNOWN: frozenset[str] = frozenset(kind.__struct_config__.tag for kind in get_args(AnyPayload))
"""The kinds of events that this version knows."""

Correction = Amended | Retracted | Linked | Restricted | Erased
"""Events that say something of another event."""

AFTERWARDS: frozenset[str] = frozenset({"written", "factor", "action_item", "curated", "waived"})
"""Events of the postmortem and of what follows from it."""

NO_ENTRY: frozenset[str] = AFTERWARDS | {"amended", "retracted", "linked", "restricted", "snoozed", "received"}
"""Events that are no entries of the timeline."""


class Draft(Struct, frozen=True, gc=False):
    """Something that happened, not yet recorded.

    ``at`` is UTC text of fixed width; ``at_raw`` the time as it was typed, empty when it was taken from the first
    key stroke; ``author`` is who did or said it, empty for the recorder. ``kept`` says that somebody wants secrets in
    it to be recorded as they are.
    """

    payload: Payload
    text: str
    at: str
    precision: Precision = "second"
    at_raw: str = ""
    author: str = ""
    kept: bool = False


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
    def written_at(self) -> str:
        """When it was written (UTC text): what was imported was written when its source says so."""
        origin = self.payload.origin
        return origin.recorded_at or self.recorded_at if origin else self.recorded_at

    @property
    def written_by(self) -> str:
        """Who wrote it down: what was imported, whoever its source names."""
        origin = self.payload.origin
        return origin.recorder or self.recorder if origin else self.recorder

    @property
    def who(self) -> str:
        """Who did or said it; whoever wrote it down where nobody else is named."""
        return self.author or self.written_by

    @property
    def key(self) -> tuple[str, str, str, int]:
        """The order of the timeline: when it happened, when it was written, by which writer, in which turn."""
        return (self.at, self.written_at, self.writer, self.seq)


_PARTED = re.compile(r"(.+)-(0|[1-9][0-9]{0,14})", re.DOTALL)


def parted(id: str) -> tuple[str, int] | None:
    """The writer and the turn of a ``writer-seq``; None for what no event is called."""
    found = _PARTED.fullmatch(id)
    return (found[1], int(found[2])) if found else None


def kind_of(payload: Payload) -> str:
    """The kind's literal, as in the header and in JSON."""
    tag = payload.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def is_board(payload: Payload, *, target_is_board: bool = False) -> bool:
    """Whether the board has to read this event; a correction counts when what it corrects does."""
    if isinstance(payload, Correction):
        return target_is_board and not isinstance(payload, Linked | Restricted)
    if isinstance(payload, Note):
        said = (payload.next_at, payload.cadence, payload.point, payload.switched or None, payload.trigger)
        return payload.point_settled or any(value is not None for value in said)
    if isinstance(payload, Decision):
        return bool(payload.strategy)
    return not isinstance(payload, Fact | Written | Curated | Waived | Received)
