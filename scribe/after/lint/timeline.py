"""Rules on the timeline: its milestones, its sources, its gaps, and how much of it was written while it happened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scribe.after.lint.rule import NOTED, Levels, Problem, Rule
from scribe.after.lint.subject import Subject
from scribe.record.events import Milestone
from scribe.record.state import Entry
from scribe.record.when import seconds_between, spell

_TOLD = frozenset({"fact", "note", "hypothesis", "decision", "action", "update"})
_FEWEST = 3
"""Entries that tell what happened, without which there is no timeline."""

_UNTIMED_SHARE = 0.25
_MOST_GAPS = 5
_TIMED = frozenset({"second", "minute", "hour"})
_ORDER = (("started", "detected"), ("detected", "acknowledged"), ("started", "resolved"), ("mitigated", "resolved"))


def milestone_missing(subject: Subject) -> Iterator[Problem]:
    """When it was noticed, or when it ended, is neither known nor said to be unknown."""
    yield from _missing(subject, "detected", *(() if subject.document.is_open else ("resolved",)))


def milestone_wanted(subject: Subject) -> Iterator[Problem]:
    """A milestone that times are counted from is neither known nor said to be unknown."""
    yield from _missing(subject, "started", "acknowledged", "mitigated")


def _missing(subject: Subject, *moments: str) -> Iterator[Problem]:
    for moment in moments:
        if moment not in subject.board.moments:
            fix = f"/milestone {moment} 14:02, or /milestone {moment} ??:?? where nobody knows"
            yield Problem(moment, f"when it was {moment} is not in the record", fix=fix)


def milestone_order(subject: Subject) -> Iterator[Problem]:
    """Two milestones stand in an order in which they cannot have happened."""
    for first, second in _ORDER:
        early, late = subject.board.moments.get(first), subject.board.moments.get(second)
        exact = early and late and {early.precision, late.precision} <= {"second", "minute"}
        if early and late and exact and late.at[:16] < early.at[:16]:
            ahead = spell(seconds_between(late.at, early.at))
            yield Problem(second, f"{second} is recorded as {ahead} before {first}")


def timeline_missing(subject: Subject) -> Iterator[Problem]:
    """Hardly anything tells what happened."""
    told = sum(1 for entry in subject.document.timeline if entry.kind in _TOLD or _says_more(entry))
    if told < _FEWEST:
        words = "1 entry tells" if told == 1 else f"{told} entries tell"
        yield Problem("timeline", f"only {words} what happened; {_FEWEST} are wanted")


def _says_more(entry: Entry) -> bool:
    """Whether a milestone has words of its own beside its name."""
    return isinstance(entry.payload, Milestone) and entry.text != entry.payload.moment


def timeline_part(subject: Subject) -> Iterator[Problem]:
    """One kind of entry that every response has is not there at all."""
    kinds = {entry.kind for entry in subject.shown}
    wanted = {"what was seen": ("fact",), "what was done": ("action",), "what was decided": ("decision",)}
    missing = [what for what, names in wanted.items() if kinds.isdisjoint(names)]
    if missing and len(missing) < len(wanted):  # where nothing is told at all, another rule says so
        yield Problem("timeline", f"no entry tells {' or '.join(missing)}")


def reconstructed(subject: Subject) -> Iterator[Problem]:
    """Most of it was written down after the end."""
    if _is_told_late(subject):
        counts = subject.document.counts
        share = counts.reconstructed / counts.shown
        text = f"{counts.reconstructed} of {counts.shown} entries ({share:.0%}) were written after the end"
        yield Problem("timeline", text)


def no_sources(subject: Subject) -> Iterator[Problem]:
    """A timeline from memory: reconstructed, and nothing in it leads to a source."""
    if not (_is_told_late(subject) or subject.document.postmortem_only):
        return
    told = [entry for entry in subject.document.timeline if entry.kind in _TOLD]
    if len(told) >= _FEWEST and not any(entry.sources or entry.imported for entry in told):
        yield Problem("timeline", f"it was reconstructed, and none of its {len(told)} entries leads to a source")


def _is_told_late(subject: Subject) -> bool:
    counts = subject.document.counts
    return counts.shown > 0 and counts.reconstructed / counts.shown > subject.options.reconstructed


def unsourced(subject: Subject) -> Iterator[Problem]:
    """A milestone that was found out after the end, where neither it nor a fact of that minute has a source."""
    if _is_told_late(subject) or subject.document.postmortem_only:  # so is all of it, and another rule says so
        return
    for entry in subject.shown:
        if not isinstance(entry.payload, Milestone) or not entry.reconstructed or entry.precision == "unknown":
            continue
        moment = subject.document.moment(entry.payload.moment)
        if moment.entry is None or moment.entry.id != entry.id or entry.sources or entry.imported:
            continue  # it was said anew since
        near = (other for other in subject.shown if other.kind == "fact" and other.at[:16] == entry.at[:16])
        if not any(other.sources for other in near):
            yield Problem(
                entry.ref,
                f"{entry.payload.moment} was set after the end, and no source is given for it",
                fix=f"/link {entry.ref} URL",
            )


def untimed(subject: Subject) -> Iterator[Problem]:
    """A good part of the timeline has no times."""
    entries = subject.document.timeline
    without = sum(entry.precision not in _TIMED for entry in entries)
    if len(entries) >= _FEWEST and without / len(entries) > _UNTIMED_SHARE:
        yield Problem("timeline", f"{without} of {len(entries)} entries have no time of day")


def gap(subject: Subject) -> Iterator[Problem]:
    """Nothing was written for long while users suffered; the longest few are named."""
    found = []
    shortest = min(subject.options.gaps.values(), default=None)
    if shortest is None:
        return
    timed = [entry for entry in subject.shown if entry.precision in _TIMED]
    for phase in subject.phases:
        within = [entry for entry in timed if phase.start <= entry.at <= phase.end]
        for before, after in pairwise((*within, None)):
            assert before is not None
            end = after.at if after is not None else phase.end
            seconds = seconds_between(before.at, end)
            if seconds <= shortest:
                continue
            limit = _limit(subject, before)
            if limit is not None and seconds > limit and before.ref not in subject.answered:
                found.append((seconds, before))
    for seconds, before in sorted(found, key=lambda one: -one[0])[:_MOST_GAPS]:
        yield Problem(before.ref, f"no entry for {spell(seconds)} after {before.ref}, while users suffered")


def _limit(subject: Subject, entry: Entry) -> int | None:
    severity = subject.severity_at(entry.at)
    return subject.options.gaps.get(severity if severity is not None else 2)


def left_in_flight(subject: Subject) -> Iterator[Problem]:
    """Nobody said how an action ended."""
    for thread in subject.document.in_flight:
        ref = thread.entry.ref
        if ref not in subject.answered:
            yield Problem(ref, f"nobody said how {ref} ended", fix=f"/done {ref} OUTCOME, or /failed {ref} WHY")


RULES: tuple[Rule, ...] = (
    Rule(
        "milestone-missing",
        "detection and resolution have a time, or are said to be unknown",
        "They are where every length of time begins and ends.",
        "/milestone detected 14:02, or /milestone detected ??:?? where nobody knows",
        Levels("error", "error", "error", "warning"),
        milestone_missing,
        asked="review",
    ),
    Rule(
        "milestone-wanted",
        "start, acknowledgement and mitigation have a time, or are said to be unknown",
        "Without them time to detect, to answer and to stop the harm stay unknown.",
        "/milestone started 13:50, or /milestone started ??:?? where nobody knows",
        Levels("warning", "warning", "warning"),
        milestone_wanted,
        asked="over",
    ),
    Rule(
        "milestone-order",
        "milestones stand in an order in which they can have happened",
        "A length of time that runs backwards is left out of every number.",
        "/milestone MOMENT TIME says it anew",
        NOTED,
        milestone_order,
    ),
    Rule(
        "timeline-missing",
        "the timeline tells what happened",
        "Lessons without a sequence of events are opinions.",
        "record what is known, each with its time: 14:02 WHAT HAPPENED; or scribe import",
        Levels("error", "error", "error", "warning"),
        timeline_missing,
        asked="over",
    ),
    Rule(
        "timeline-part",
        "what was seen, done and decided stands in the timeline",
        "A reader cannot tell what ended it, nor what people knew when they decided.",
        "record it with its time: 14:02 A FACT, 14:05 ! A DECISION, 14:07 = WHAT WAS DONE",
        Levels("warning", "warning"),
        timeline_part,
        asked="over",
    ),
    Rule(
        "reconstructed",
        "most of the timeline was written while it happened",
        "Memory puts things in the order in which they make sense, not in which they happened.",
        "add sources with /link, say in the summary what the times rest on, or waive it with a reason",
        Levels("warning", "warning", "warning", "warning"),
        reconstructed,
        asked="over",
        response=True,
    ),
    Rule(
        "no-sources",
        "a timeline that was reconstructed leads to sources",
        "From memory alone nobody can check it.",
        "/link #12 URL: dashboards, logs, chat, deploy markers",
        Levels("error", "warning", "warning", "warning"),
        no_sources,
        asked="over",
    ),
    Rule(
        "unsourced",
        "a milestone that was set afterwards has a source",
        "Detection time and duration rest on it.",
        "/link #12 URL, for the milestone or for a fact of that minute",
        Levels("warning", "off"),
        unsourced,
        asked="over",
    ),
    Rule(
        "untimed",
        "entries have a time",
        "Without times there is no order, and no length of anything.",
        "/amend #12 with the time it happened at",
        Levels("error", "warning", "warning", "warning"),
        untimed,
        asked="over",
    ),
    Rule(
        "gap",
        "no long silence while users suffered",
        "What was tried and seen in that time is lost to whoever reads it.",
        "record what happened then: 14:30 WHAT; or name the entry under what went wrong",
        Levels("warning", "warning"),
        gap,
        asked="over",
        response=True,
    ),
    Rule(
        "left-in-flight",
        "every action came to an end",
        "Nobody can tell whether it helped, or still runs.",
        "/done A1 OUTCOME, or /failed A1 WHY",
        Levels("warning", "warning", "warning"),
        left_in_flight,
        asked="over",
    ),
)
"""The timeline."""
