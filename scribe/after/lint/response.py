"""Rules on the response: updates and their times, handovers, a stalled mitigation, debate before mitigation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scribe.after.communication import Sent
from scribe.after.language import debates_cause
from scribe.after.lint.rule import Levels, Problem, Rule
from scribe.after.lint.subject import Phase, Subject
from scribe.after.threads import Change
from scribe.record.coordination import is_same
from scribe.record.events import Action, Checkpoint, Decision, Escalation, Impact, Note, Role, Update
from scribe.record.state import Entry
from scribe.record.terms import OVER, STATES
from scribe.record.when import clock_text, instant, seconds_between, shifted, spell, zone_name

GRACE = 60
"""Seconds that nobody is blamed for."""

_DEBATES = 2
"""Entries that argue about the cause, from which on it is a debate."""
_GUESSES = 3
"""Hypotheses before the first action, from which on explaining came before mitigating."""
_READ = 300
"""Entries that are read for a debate at most."""
_NEXT_SAID = r"(?i)next (?:status )?update|update again|다음 (?:업데이트|공지)|下一?次更新|下次通报"


# ── updates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def update_missing(subject: Subject) -> Iterator[Problem]:
    """Nobody was told anything."""
    if not subject.document.communication.sent:
        yield Problem("updates", "no status update was sent")


def next_update_missing(subject: Subject) -> Iterator[Problem]:
    """An update that was sent before the end does not say when the next one comes."""
    for sent in subject.document.communication.sent:
        payload = sent.entry.payload
        promised = isinstance(payload, Update) and payload.next_at is not None
        if promised or subject.is_over_at(sent.entry.at) or re.search(_NEXT_SAID, sent.entry.text):
            continue
        ref = sent.entry.ref
        fix = f"/amend {ref} with the time if it was said; else name {ref} under what went wrong"
        yield Problem(ref, f"the update {ref} does not say when the next one comes", fix=fix)


def cadence_missed(subject: Subject) -> Iterator[Problem]:
    """An update came later than it was promised, or never."""
    several = len(subject.document.communication.audiences) > 1
    for missed in subject.document.communication.missed:
        ref = missed.entry.ref if missed.entry else "updates"
        if missed.overdue < GRACE or ref in subject.answered:
            continue
        whose = f" for {missed.audience}" if several else ""
        late = "never came" if missed.end == "open" else f"was {missed.end}, {spell(missed.overdue)} after its time"
        yield Problem(ref, f"the update{whose} due at {_clock(subject, missed.due)} {late}")


def _clock(subject: Subject, at: str) -> str:
    """A time of day as the document shows it."""
    zone = subject.document.zone
    return f"{clock_text(at, 'minute', zone)} {zone_name(zone, instant(at))}"


def cap_passed(subject: Subject) -> Iterator[Problem]:
    """An update was put off past the longest that the severity allows, or two lie further apart than that."""
    passed = [entry for entry in subject.shown if isinstance(entry.payload, Note) and entry.payload.over_cap]
    for entry in passed:
        if entry.ref not in subject.answered:
            yield Problem(entry.ref, f"{entry.ref} puts the next update past the cap of the severity")
    yield from _snoozed_past(subject)
    told = {missed.entry.id for missed in subject.document.communication.missed if missed.entry}
    for before, after in _apart(subject):
        cap = _cap(subject, before.entry.at)
        apart = seconds_between(before.entry.at, after.entry.at)
        noted = any(before.entry.at <= entry.at <= after.entry.at for entry in passed)
        if cap is None or apart <= cap + GRACE or noted or after.entry.id in told or subject.is_over_at(after.entry.at):
            continue
        if after.entry.ref not in subject.answered:
            text = f"{after.entry.ref} came {spell(apart)} after the update before it; the cap is {spell(cap)}"
            yield Problem(after.entry.ref, text)


def _apart(subject: Subject) -> Iterator[tuple[Sent, Sent]]:
    sent = subject.document.communication.sent
    for audience in dict.fromkeys(update.audience for update in sent):
        yield from pairwise(update for update in sent if update.audience == audience)


def _snoozed_past(subject: Subject) -> Iterator[Problem]:
    """The last time that each update was left alone; the reasons stand in the record, not in documents."""
    declared = subject.board.moment("declared") or ""
    for key, snooze in subject.board.snoozes.items():
        code, _, audience = key.partition("/")
        if not code.startswith("update-"):
            continue
        before = [
            update.entry.at
            for update in subject.document.communication.sent
            if update.audience == audience and update.entry.at <= snooze.since
        ]
        base = max(before, default=declared)
        cap = _cap(subject, snooze.since)
        if cap is not None and base and seconds_between(base, snooze.until) > cap + GRACE:
            yield Problem("updates", f"the update for {audience} was left alone past the cap of {spell(cap)}")


def _cap(subject: Subject, at: str) -> int | None:
    severity = subject.severity_at(at)
    return None if severity is None else subject.options.caps.get(severity)


# ── handovers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def checkpoint_missing(subject: Subject) -> Iterator[Problem]:
    """Another person took command, and no packet went with it nor was written before the next change."""
    holder, pending = "", False
    waiting: Entry | None = None
    for entry in subject.shown:
        payload = entry.payload
        if isinstance(payload, Checkpoint):
            pending = pending or (payload.role == "ic" and bool(payload.incoming))
            waiting = None
        if not isinstance(payload, Role) or payload.role != "ic":
            continue
        if payload.change != "assigned":
            holder = ""
            continue
        is_new = bool(holder) and not is_same(holder, payload.who)
        if is_new and not (pending or payload.acknowledges):
            if waiting is not None:
                yield from _unpacketed(subject, waiting)
            waiting = entry
        if payload.acknowledges or is_new:
            pending = False
        holder = payload.who
    if waiting is not None:
        yield from _unpacketed(subject, waiting)


def _unpacketed(subject: Subject, entry: Entry) -> Iterator[Problem]:
    if entry.ref not in subject.answered:
        yield Problem(entry.ref, f"command changed with {entry.ref}, and no checkpoint packet was handed over")


def checkpoint_late(subject: Subject) -> Iterator[Problem]:
    """A long incident went on for hours without a checkpoint."""
    packets = [entry for entry in subject.shown if isinstance(entry.payload, Checkpoint)]
    for phase in _running(subject):
        within = [entry for entry in packets if phase.start < entry.at <= phase.end]
        ends = [*(entry.at for entry in within), phase.end]
        for entry, end in zip((phase.entry, *within), ends, strict=True):
            start = max(phase.start, entry.at)
            if seconds_between(start, end) > subject.options.checkpoint + GRACE and entry.ref not in subject.answered:
                yield Problem(entry.ref, f"no checkpoint for {spell(seconds_between(start, end))} after {entry.ref}")


def _running(subject: Subject) -> Iterator[Phase]:
    """When the incident ran, watching included."""
    changes = subject.document.states
    start: Entry | None = None
    for change in changes:
        over = change.after in OVER
        if over and start is not None:
            yield Phase(start.at, change.entry.at, start)
        start = None if over else start or change.entry
    if start is not None:
        yield Phase(start.at, max(start.at, subject.document.written_until), start)


# ── mitigation ──────────────────────────────────────────────────────────────────────────────────────────────────────


def stalled(subject: Subject) -> Iterator[Problem]:
    """Mitigation did not move for longer than was agreed on, and nobody changed the strategy."""
    triggers = [
        (entry.at, entry.payload.trigger)
        for entry in subject.shown
        if isinstance(entry.payload, Note) and entry.payload.trigger is not None
    ]
    forward = {change.entry.id for change in subject.document.states if _is_forward(change)}
    moved = [entry for entry in subject.shown if entry.id in forward or _moves(entry)]
    for phase in subject.phases:
        steps = [phase.entry, *(entry for entry in moved if phase.start < entry.at < phase.end)]
        ends = [*(entry.at for entry in steps[1:]), phase.end]
        for entry, end in zip(steps, ends, strict=True):
            start = max(entry.at, phase.start)
            limit = _trigger(subject, triggers, start, end)
            if limit and seconds_between(start, end) > limit + GRACE and entry.ref not in subject.answered:
                length = spell(seconds_between(start, end))
                text = f"nothing moved for {length} after {entry.ref}, and no other strategy was decided"
                yield Problem(entry.ref, text)


def _moves(entry: Entry) -> bool:
    """Whether mitigation moved on with it; any decision, and calling the next level, answers a stall."""
    match entry.payload:
        case Action(status="done") | Decision() | Escalation() | Impact(trend="better"):
            return True
        case _:
            return False


def _is_forward(change: Change) -> bool:
    order: Sequence[str] = STATES
    return change.before in order and change.after in order and order.index(change.before) < order.index(change.after)


def _trigger(subject: Subject, triggers: Sequence[tuple[str, int]], start: str, end: str) -> int | None:
    """The seconds that were agreed on by then; those proposed for the severity where nobody confirmed any."""
    agreed = [seconds for at, seconds in triggers if at < end]
    if agreed:
        return agreed[-1]
    severity = subject.severity_at(start)
    return None if severity is None else subject.options.triggers.get(severity)


def debate(subject: Subject) -> Iterator[Problem]:
    """People argued about the cause, or collected guesses, before anybody tried to stop the harm."""
    if not subject.phases:
        return
    phase = subject.phases[0]
    during = [entry for entry in subject.shown if phase.start <= entry.at <= phase.end]
    first = next((place for place, entry in enumerate(during) if entry.kind in ("action", "decision")), len(during))
    before = during[:first]
    argued = [entry for entry in before[:_READ] if _argues(subject, entry)]
    if len(argued) >= _DEBATES:
        if argued[0].ref not in subject.answered:
            refs = ", ".join(entry.ref for entry in argued[:4])
            yield Problem(argued[0].ref, f"the cause was debated ({refs}) before anything was done against the harm")
        return
    guesses = [entry for entry in before if entry.kind == "hypothesis" and entry.status]
    limit = subject.options.triggers.get(subject.severity_at(phase.start) or 0)
    if len(guesses) < _GUESSES or limit is None or guesses[0].ref in subject.answered:
        return
    waited = seconds_between(phase.start, during[first].at if first < len(during) else phase.end)
    if waited > limit + GRACE:
        text = f"{len(guesses)} hypotheses in {spell(waited)}, and nothing was done against the harm before that"
        yield Problem(guesses[0].ref, text)


def _argues(subject: Subject, entry: Entry) -> bool:
    return entry.kind in ("fact", "note", "hypothesis") and bool(debates_cause(entry.text, subject.words))


# ── deadlines ───────────────────────────────────────────────────────────────────────────────────────────────────────

_SPRINT = 14 * 24 * 3600
"""Seconds that the postmortem of a SEV-3 or SEV-4 may wait for."""


_OWED = {
    "summary": "scribe write summary TEXT",
    "meeting": "/write meeting tomorrow 10:00",
    "text": "/state verification once it is agreed on",
    "follow-up": "/state closed once its five ticks are made",
}
"""What brings each thing that is owed."""


def deadline_missed(subject: Subject) -> Iterator[Problem]:
    """What the postmortem owes came too late, or is late now."""
    for deadline in subject.document.deadlines:
        if subject.size == "small" and deadline.name != "follow-up":  # at the next sprint
            late = deadline.done is None and deadline.is_missed(shifted(subject.now, -_SPRINT))
        else:
            late = deadline.is_missed(subject.now)
        if late:
            state = "is not there yet"
            if deadline.done:
                state = "is set for a later day" if deadline.done > subject.now else "came late"
            text = f"the {deadline.title} was due on {deadline.due[:10]} and {state}"
            waive = f"/waive deadline-missed@{deadline.name} WHY"
            fix = waive if deadline.done else f"{_OWED[deadline.name]}; or {waive}"
            yield Problem(deadline.name, text, fix=fix)


RULES: tuple[Rule, ...] = (
    Rule(
        "update-missing",
        "status updates were sent",
        "Whoever was not told asks, and those who could mitigate answer instead.",
        "/update TEXT; with its time where it was sent and not recorded: 14:10 /update TEXT",
        Levels("error", "warning"),
        update_missing,
        response=True,
    ),
    Rule(
        "next-update-missing",
        "every update says when the next one comes",
        "Without a time people cannot stop asking.",
        "/amend #12 with the time if it was said; else name the entry under what went wrong",
        Levels("error", "warning"),
        next_update_missing,
        response=True,
    ),
    Rule(
        "cadence-missed",
        "updates came when they were due",
        "A promise that is not kept costs more trust than bad news.",
        "name the entry under what went wrong, with what held it up; or waive it with a reason",
        Levels("warning", "warning"),
        cadence_missed,
        response=True,
    ),
    Rule(
        "cap-passed",
        "no update was put off past the severity's cap",
        "The cap is what everybody was promised for the worst incidents.",
        "name the entry under what went wrong, with the reason; or waive it with one",
        Levels("warning", "warning"),
        cap_passed,
        response=True,
    ),
    Rule(
        "checkpoint-missing",
        "every change of command went with a packet",
        "What is in flight, promised and ruled out is lost in a handover by word of mouth.",
        "/handoff @name at the next change; now name the entry under what went wrong",
        Levels("warning", "warning"),
        checkpoint_missing,
        response=True,
    ),
    Rule(
        "checkpoint-late",
        "a long incident has checkpoints",
        "After hours nobody holds the whole state in their head any more.",
        "/handoff alone writes one; now name the entry under what went wrong",
        Levels("warning", "warning"),
        checkpoint_late,
        response=True,
    ),
    Rule(
        "stalled",
        "a stalled mitigation changed its strategy",
        "More of what does not work is the most common way to a long outage.",
        "record what was decided then: 14:30 /strategy narrow WHY; or name the entry under what went wrong",
        Levels("warning", "warning"),
        stalled,
        response=True,
    ),
    Rule(
        "debate",
        "mitigation came before the debate about the cause",
        "Users suffer for as long as the cause is argued about; rolling back needs none.",
        "record what was done then, or name the entry under what went wrong",
        Levels("warning", "warning"),
        debate,
        response=True,
    ),
    Rule(
        "deadline-missed",
        "summary in 24 h, meeting in two days, full text in 72 h, follow-up after 30 days",
        "Memory fades within days, and so does the will to change anything.",
        "scribe write summary, /write meeting tomorrow 10:00, /state verification, /state closed; or waive it",
        Levels("warning", "warning"),
        deadline_missed,
        asked="over",
    ),
)
"""The response, and the postmortem's deadlines."""
