"""The postmortem as a document model: everything that the record holds, and a mark wherever people must write.

Nothing here is invented and nothing is worded: texts are as they were typed, times are the record's own (UTC text
with its precision), and `zone` says in which zone the document shows them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from msgspec import Struct

from scribe.after.communication import Communication, communication
from scribe.after.coordination import (
    Handover,
    Protected,
    ScopeLine,
    Side,
    handovers,
    protected,
    scope,
    sides,
    stands_apart,
)
from scribe.after.findings import Finding
from scribe.after.metrics import Measure, measures
from scribe.after.sections import LAYERS, Layer, Part, parts
from scribe.after.targets import Deadline, Target, deadlines, targets
from scribe.after.threads import (
    Change,
    DecisionPoint,
    Tenure,
    Thread,
    points,
    severities,
    states,
    tenures,
    threads,
)
from scribe.record.events import Action, Fact, Hypothesis, Impact, Milestone, Timebox
from scribe.record.redact import Redacted, withheld_refs
from scribe.record.state import Board, Entry, Mark, Ticked
from scribe.record.terms import FACTOR_CLASSES, MOMENTS, ROLES, FactorClass, MomentName, RoleName
from scribe.record.written import ActionItem, Factor, Waiver

SEVERITY_NAMES: dict[int, str] = {1: "critical", 2: "high", 3: "medium", 4: "low"}
"""What a severity is called beside its number."""

_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


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


def build(
    state: Redacted,
    *,
    zone: tzinfo,
    draft: bool = False,
    own_roles: Mapping[RoleName, str] | None = None,
    wanted: Mapping[MomentName, int] | None = None,
) -> Postmortem:
    """The document of one incident. While users are still affected it is a draft whatever was asked for.

    ``own_roles`` are the titles of roles that the team's config adds, ``wanted`` the milestones that it agreed on for
    this severity (seconds after T+0).
    """
    board = state.board
    shown = tuple(entry for entry in state.entries if entry.retracted is None)
    together = tuple(entry for entry in shown if not stands_apart(entry))
    timeline = tuple(entry for entry in together if not entry.hidden)
    # Nearly all of a long record is facts. What follows looks for anything but those, and does so twenty times.
    others = tuple(entry for entry in shown if not isinstance(entry.payload, Fact))
    sections = parts(state)
    moments = _moments(board, others)
    held, needless = tenures(others)
    return Postmortem(
        id=board.incident,
        title=board.title,
        zone=zone,
        severity=board.severity,
        state=board.state,
        is_open=not board.over,
        is_draft=draft or not board.over,
        postmortem_only=board.postmortem_only,
        security=board.security,
        moments=moments,
        measures=measures(board.moments),
        roles=tuple(
            RoleRow(role, tuple(tenure for tenure in held if tenure.role == role), role in needless)
            for role in dict.fromkeys((*ROLES, *(tenure.role for tenure in held), *needless))
        ),
        people=_people(shown, held),
        impact=tuple(entry for entry in others if isinstance(entry.payload, Impact) and not entry.payload.field),
        sides=sides(others),
        scope=scope(others),
        detection=_detection(moments, shown),
        timeline=timeline,
        communication=communication(others, zero=board.zero, last=board.active_at),
        hypotheses=threads(others, Hypothesis),
        actions=threads(others, Action),
        timeboxes=threads(others, Timebox),
        decisions=tuple(entry for entry in others if entry.kind == "decision"),
        points=points(others),
        escalations=tuple(entry for entry in others if entry.kind == "escalation"),
        handovers=handovers(others),
        ticks=tuple(entry for entry in others if entry.kind == "checklist"),
        protected=protected(others),
        severities=severities(others),
        states=states(others),
        sources=_sources(shown),
        counts=_counts(state, shown, together, timeline),
        head=board.head,
        zero=board.zero,
        written_until=board.active_at,
        sections=sections,
        layers=LAYERS,
        own_roles=own_roles or {},
        factors=board.factors,
        items=board.items,
        waivers=state.waivers,
        targets=targets(board, wanted or {}),
        deadlines=deadlines(board, sections),
        closing=_ticks(board, "closing"),
        recovery={name: tick for name, tick in _ticks(board, "resolution").items() if name.endswith("-signal")},
    )


def _ticks(board: Board, checklist: str) -> dict[str, Ticked]:
    return {
        name.removeprefix(f"{checklist}/"): tick
        for name, tick in board.ticks.items()
        if name.startswith(f"{checklist}/")
    }


def _moments(board: Board, entries: Sequence[Entry]) -> tuple[Moment, ...]:
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        if isinstance(entry.payload, Milestone):
            named.setdefault(entry.payload.moment, []).append(entry)
    found = []
    for name in MOMENTS:
        mark = board.moments.get(name)
        if mark is None or mark.precision == "unknown":
            found.append(Moment(name))
            continue
        told = (entry for entry in named.get(name, ()) if (entry.at, entry.recorded_at) == (mark.at, mark.recorded_at))
        found.append(Moment(name, mark, next(told, None)))
    return tuple(found)


def _detection(moments: Sequence[Moment], entries: Sequence[Entry]) -> Detection:
    detected = next(moment for moment in moments if moment.name == "detected")
    mark = detected.mark
    if mark is None:
        return Detection(None, (), ())
    facts = [entry for entry in entries if entry.kind == "fact" and entry.precision != "unknown"]
    return Detection(
        detected.entry,
        tuple(entry for entry in facts if entry.at == mark.at),
        tuple(entry for entry in facts if entry.at < mark.at),
    )


def _people(entries: Sequence[Entry], held: Sequence[Tenure]) -> tuple[Person, ...]:
    pairs = Counter((entry.by, entry.recorded_by) for entry in entries)
    did, wrote = Counter[str](), Counter[str]()
    for (by, recorder), count in pairs.items():
        did[by] += count
        wrote[recorder] += count
    roles: dict[str, dict[RoleName, None]] = {}
    for tenure in held:
        roles.setdefault(tenure.who, {})[tenure.role] = None
    # In the order in which the record first names them, so that the list is the same in every export.
    names = dict.fromkeys(name for pair in pairs for name in pair)
    names.update(dict.fromkeys(roles))
    return tuple(Person(name, tuple(roles.get(name, ())), did[name], wrote[name]) for name in names if name)


def _sources(entries: Sequence[Entry]) -> tuple[Source, ...]:
    named: dict[str, dict[str, None]] = {}
    for entry in entries:
        for url in entry.sources:
            if _LINK.fullmatch(url):
                named.setdefault(url, {})[entry.ref] = None
    return tuple(Source(url, tuple(refs)) for url, refs in named.items())


def _counts(state: Redacted, shown: Sequence[Entry], together: Sequence[Entry], timeline: Sequence[Entry]) -> Counts:
    withheld = withheld_refs(state)
    return Counts(
        entries=len(state.entries) + len(withheld),
        shown=len(timeline),
        apart=len(shown) - len(together),
        hidden=len(together) - len(timeline),
        late=len([entry for entry in timeline if entry.late]),
        reconstructed=len([entry for entry in timeline if entry.reconstructed]),
        imported=len([entry for entry in timeline if entry.imported]),
        amended=len([entry for entry in timeline if entry.revisions]),
        retracted=tuple(entry.ref for entry in state.entries if entry.retracted is not None),
        withheld=withheld,
        restricted=tuple(entry.ref for entry in shown if entry.restricted),
    )
