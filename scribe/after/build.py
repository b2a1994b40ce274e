"""Builds the postmortem from the redacted record: each part of the model from the entries that speak of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from scribe.after.communication import communication
from scribe.after.coordination import handovers, protected, scope, sides, stands_apart
from scribe.after.metrics import measures
from scribe.after.postmortem import Counts, Detection, Moment, Person, Postmortem, RoleRow, Source
from scribe.after.sections import LAYERS, parts
from scribe.after.targets import deadlines, targets
from scribe.after.threads import Tenure, points, severities, states, tenures, threads
from scribe.record.events import Action, Fact, Hypothesis, Impact, Milestone, Timebox
from scribe.record.redact import Redacted, withheld_refs
from scribe.record.state import Board, Entry, Ticked
from scribe.record.terms import MOMENTS, ROLES, MomentName, RoleName

_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


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
