"""The postmortem as a document model: everything that the record holds, and a mark wherever people must write.

Nothing here is invented and nothing is worded: texts are as they were typed, times are the record's own (UTC text
with its precision), and `zone` says in which zone the document shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from msgspec import Struct

from scribe.after.communication import Communication
from scribe.after.coordination import Handover, Protected, ScopeLine, Side
from scribe.after.findings import Finding
from scribe.after.metrics import Measure
from scribe.after.sections import Layer, Part
from scribe.after.targets import Deadline, Target
from scribe.after.threads import Change, DecisionPoint, Tenure, Thread
from scribe.record.state import Entry, Mark, Ticked
from scribe.record.terms import FACTOR_CLASSES, FactorClass, MomentName, RoleName
from scribe.record.written import ActionItem, Factor, Waiver

SEVERITY_NAMES: dict[int, str] = {1: "critical", 2: "high", 3: "medium", 4: "low"}
"""What a severity is called beside its number."""


class Moment(Struct, frozen=True, gc=False):
    """A moment of the incident's life; ``mark`` is None where it is unknown.

    ``entry`` is the milestone that named it, None where a declaration or a change of state implies it.
    """

    name: MomentName
    mark: Mark | None = None
    entry: Entry | None = None


class Detection(Struct, frozen=True, gc=False):
    """How it was noticed: the milestone, the facts of that very moment, and those from before it.

    What happened before anybody noticed holds the candidates for the trigger and for missed signals.
    """

    milestone: Entry | None
    facts: tuple[Entry, ...]
    before: tuple[Entry, ...]


class RoleRow(Struct, frozen=True, gc=False):
    """One role of the incident: who held it when, or that it was not needed. Neither: nobody recorded it."""

    role: RoleName
    tenures: tuple[Tenure, ...]
    not_needed: bool


class Person(Struct, frozen=True, gc=False):
    """Somebody the record names as doing, saying, recording or holding a role."""

    name: str
    roles: tuple[RoleName, ...]
    entries: int
    recorded: int


class Source(Struct, frozen=True, gc=False):
    """An address, and the references of the entries that name it."""

    url: str
    refs: tuple[str, ...]


class ClassScore(Struct, frozen=True, gc=False):
    """One of the ten classes of factors: its highest score (None: nobody scored it), and the factors of that class."""

    factor_class: FactorClass
    title: str
    score: int | None
    factors: tuple[Factor, ...]


class Counts(Struct, frozen=True, gc=False):
    """Of ``entries`` in the record, ``shown`` stand in the timeline and ``apart`` in sections of their own.

    Late ones include reconstructed ones; ``hidden`` ones were left out by whoever curated it. ``withheld`` are
    restricted and left out; ``restricted`` were asked for by name, and stand in the document.
    """

    entries: int
    shown: int
    apart: int
    hidden: int
    late: int
    reconstructed: int
    imported: int
    amended: int
    retracted: tuple[str, ...]
    withheld: tuple[str, ...]
    restricted: tuple[str, ...]

    @property
    def late_share(self) -> float:
        """The part of the timeline that was written a minute or more after it happened."""
        return self.late / self.shown if self.shown else 0.0


class Postmortem(Struct, frozen=True, gc=False):
    """One incident, ready to be set in a template.

    ``impact`` are statements of the whole, ``sides`` what was said of one side of it. ``timeline`` is everything that
    stands but for ``ticks``, what the protected track keeps apart, and what was hidden from it. ``sections`` are what
    people write, by key; ``targets`` the milestones that were agreed on, ``closing`` the ticks without which no
    incident closes, ``recovery`` those of its two signals (``user-signal``, ``health-signal``), by item. ``findings``
    are what the check found, for a draft to list.
    """

    id: str
    title: str
    zone: tzinfo
    severity: int | None
    state: str
    is_open: bool
    is_draft: bool
    postmortem_only: bool
    security: bool
    moments: tuple[Moment, ...]
    measures: tuple[Measure, ...]
    roles: tuple[RoleRow, ...]
    people: tuple[Person, ...]
    impact: tuple[Entry, ...]
    sides: tuple[Side, ...]
    scope: tuple[ScopeLine, ...]
    detection: Detection
    timeline: tuple[Entry, ...]
    communication: Communication
    hypotheses: tuple[Thread, ...]
    actions: tuple[Thread, ...]
    timeboxes: tuple[Thread, ...]
    decisions: tuple[Entry, ...]
    points: tuple[DecisionPoint, ...]
    escalations: tuple[Entry, ...]
    handovers: tuple[Handover, ...]
    ticks: tuple[Entry, ...]
    protected: Protected
    severities: tuple[Change, ...]
    states: tuple[Change, ...]
    sources: tuple[Source, ...]
    counts: Counts
    head: str
    zero: str | None
    written_until: str
    sections: dict[str, Part]
    layers: tuple[Layer, ...]
    own_roles: Mapping[RoleName, str]
    factors: tuple[Factor, ...]
    items: tuple[ActionItem, ...]
    waivers: tuple[Waiver, ...]
    targets: tuple[Target, ...]
    deadlines: tuple[Deadline, ...]
    closing: Mapping[str, Ticked]
    recovery: Mapping[str, Ticked]
    findings: tuple[Finding, ...] = ()

    @property
    def severity_label(self) -> str:
        """The severity as people say it; empty when nobody set one."""
        return f"SEV-{self.severity} ({SEVERITY_NAMES[self.severity]})" if self.severity else ""

    @property
    def near_miss(self) -> bool:
        """Whether it was said that nobody was harmed."""
        return self.sections["near-miss"].text == "yes"

    @property
    def starred(self) -> tuple[Entry, ...]:
        """The entries of the timeline that somebody pointed out."""
        return tuple(entry for entry in self.timeline if entry.starred)

    @property
    def classes(self) -> tuple[ClassScore, ...]:
        """The ten classes of factors (001), each with its highest score, zero included."""
        found = []
        for name, title in FACTOR_CLASSES.items():
            factors = tuple(factor for factor in self.factors if factor.factor_class == name)
            scores = [factor.score for factor in factors if factor.score is not None]
            found.append(ClassScore(name, title, max(scores, default=None), factors))
        return tuple(found)

    @property
    def commanders(self) -> tuple[Tenure, ...]:
        """Who commanded, in order."""
        return next(row.tenures for row in self.roles if row.role == "ic")

    @property
    def candidates(self) -> tuple[Thread, ...]:
        """Confirmed hypotheses: candidates for factors, still to be verified. Those ruled out never are."""
        return self._hypotheses("confirmed")

    @property
    def ruled_out(self) -> tuple[Thread, ...]:
        """Hypotheses that did not hold."""
        return self._hypotheses("ruled_out")

    @property
    def open_questions(self) -> tuple[Thread, ...]:
        """Hypotheses that nobody confirmed or ruled out."""
        return self._hypotheses("open")

    @property
    def containment(self) -> tuple[Thread, ...]:
        """Actions that were done: candidates for containment, kept apart from what will be changed for good.

        What was over before anybody noticed (a deployment, say) contained nothing.
        """
        return tuple(thread for thread in self.actions if thread.status == "done" and not self._is_before(thread))

    @property
    def in_flight(self) -> tuple[Thread, ...]:
        """Actions that nobody reported as done or failed."""
        return tuple(thread for thread in self.actions if thread.status == "in_flight")

    def moment(self, name: str) -> Moment:
        """One moment by its name."""
        return next(moment for moment in self.moments if moment.name == name)

    def measure(self, name: str) -> Measure:
        """One measure by its short name."""
        return next(measure for measure in self.measures if measure.name == name)

    def _is_before(self, thread: Thread) -> bool:
        ended = thread.closing or thread.entry
        return self.zero is not None and ended.precision != "unknown" and ended.at < self.zero

    def _hypotheses(self, status: str) -> tuple[Thread, ...]:
        return tuple(thread for thread in self.hypotheses if thread.status == status)
