"""What the record holds for each section that people have to write, so that nobody types it again.

It proposes; nothing of it is taken for granted until a person accepts it or a document marks it as the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.after.metrics import exact
from scribe.after.postmortem import Postmortem
from scribe.after.threads import Thread
from scribe.record.sections import Form
from scribe.record.state import Entry
from scribe.record.terms import SCOPE_LABELS, STATES, ImpactField
from scribe.record.when import spell

MOST = 12
"""How many things are proposed for one section at most."""

_BY_MONITORING = (
    r"(?i)\b(alert|alarm|monitor\w*|burn|slo|pager\w*|probe|synthetic|dashboard|grafana|prometheus|datadog)\b"
)
_BY_CUSTOMER = r"(?i)\b(customers?|users? report\w*|support (?:ticket|case|call)\w*|complain\w*|tickets?)\b"


_ORDER: dict[str, int] = {state: place for place, state in enumerate(STATES)}


class Found(Struct, frozen=True, gc=False):
    """Something that the record holds, and the references of the entries that say so."""

    text: str
    refs: tuple[str, ...] = ()


def prefill(document: Postmortem) -> dict[str, tuple[Found, ...]]:
    """What the record holds for each section, by key, and for ``factors`` and ``actions``; keys without are absent."""
    found = {
        "summary": _summary(document),
        "impact": [_entry(entry) for entry in document.impact[-1:]],
        "users": _sides(document, "users", "journeys"),
        "revenue": _sides(document, "revenue"),
        "sla": _sides(document, "sla"),
        "data": _sides(document, "data"),
        "observed": _sides(document, "service"),
        "scope": _scope(document),
        "detected-by": _detected_by(document),
        "detection": _detection(document),
        "signals": [_entry(entry) for entry in document.detection.before],
        "trigger": _trigger(document),
        "root-cause": [_thread(thread) for thread in document.candidates],
        "wrong": _wrong(document),
        "containment": [_thread(thread) for thread in document.containment],
        "links": [Found(source.url, source.refs) for source in document.sources],
        "author": _author(document),
        "factors": [_thread(thread) for thread in document.candidates],
        "actions": _left(document),
    }
    return {key: tuple(list(items)[:MOST]) for key, items in found.items() if items}


def as_text(found: Sequence[Found], form: Form) -> str:
    """The text that a person starts from: one line each, with its references in brackets; one line for short forms."""
    lines = [_cited(each) for each in found]
    if form in ("text", "list"):
        return "\n".join(lines)
    if form == "line":
        return "; ".join(lines)
    return found[0].text if found else ""


def _cited(found: Found) -> str:
    text = " ".join(found.text.split())
    missing = [ref for ref in found.refs if ref not in text]
    return f"{text} ({', '.join(missing)})" if missing else text


def _entry(entry: Entry) -> Found:
    return Found(entry.text, (entry.ref,))


def _thread(thread: Thread) -> Found:
    words = thread.entry.text + (f": {thread.words}" if thread.words else "")
    return Found(words, tuple(entry.ref for entry in (thread.entry, thread.closing) if entry))


def _sides(document: Postmortem, *names: ImpactField) -> list[Found]:
    return [Found(side.value, (side.entry.ref,)) for side in document.sides if side.field in names]


def _summary(document: Postmortem) -> list[Found]:
    """What broke, how bad it was, how long it took, what ended it: sentences to go on from."""
    severity = f"SEV-{document.severity}" if document.severity else "severity unknown"
    lasted = document.measure("Impact").seconds or document.measure("TTR").seconds
    length = f", lasted {exact(lasted)}" if lasted else ""
    lines = [Found(f"{document.title} ({severity}{length}).")]
    lines += [Found(entry.text, (entry.ref,)) for entry in document.impact[-1:]]
    lines += [_thread(thread) for thread in document.candidates[-1:]]
    mitigated = document.moment("mitigated").mark or document.moment("resolved").mark
    ending = [
        thread
        for thread in document.containment
        if thread.closing is None or mitigated is None or thread.closing.at <= mitigated.at
    ]
    lines += [_thread(thread) for thread in ending[-1:]]
    return lines


def _scope(document: Postmortem) -> list[Found]:
    return [
        Found(
            f"{SCOPE_LABELS[line.row]} {line.name}: {line.verdict.replace('_', ' ')}"
            + (f", {line.evidence}" if line.evidence else ""),
            (line.entry.ref,),
        )
        for line in document.scope
    ]


def _detected_by(document: Postmortem) -> list[Found]:
    """A guess from the milestone's words and those of the same moment; nothing where they do not tell."""
    milestone = document.detection.milestone
    told: Iterable[Entry] = (*((milestone,) if milestone else ()), *document.detection.facts)
    for entry in told:
        words = f"{entry.text} {entry.by}"
        if re.search(_BY_MONITORING, words):
            return [Found("monitoring", (entry.ref,))]
        if re.search(_BY_CUSTOMER, words):
            return [Found("customer", (entry.ref,))]
    return []


def _detection(document: Postmortem) -> list[Found]:
    detection = document.detection
    milestone = [_entry(detection.milestone)] if detection.milestone else []
    delay = document.measure("TTD")
    if delay.seconds is not None:
        milestone.append(Found(f"Detected {exact(delay.seconds)} after it had started."))
    return [*milestone, *(_entry(entry) for entry in detection.facts)]


def _trigger(document: Postmortem) -> list[Found]:
    """Recent changes that are affected; else what was confirmed as the cause while it burned."""
    changes = [line for line in document.scope if line.row == "recent_change" and line.verdict == "affected"]
    if changes:
        return [
            Found(f"{line.name}{f': {line.evidence}' if line.evidence else ''}", (line.entry.ref,)) for line in changes
        ]
    return [_thread(thread) for thread in document.candidates[:1]]


def _wrong(document: Postmortem) -> list[Found]:
    """What the record itself shows to have held the response up: late updates, actions that failed, going back."""
    found = [
        Found(f"The update due for {missed.audience} was {missed.end}, by {spell(missed.overdue)}", _refs(missed.entry))
        for missed in document.communication.missed
    ]
    found += [
        Found(f"It failed: {_thread(thread).text}", _thread(thread).refs)
        for thread in document.actions
        if thread.status == "failed"
    ]
    for change in document.states:
        before, after = (_ORDER.get(state, 0) for state in (change.before, change.after))
        if after < before:
            found.append(Found(f"It went back from {change.before} to {change.after}", (change.entry.ref,)))
    return found


def _refs(entry: Entry | None) -> tuple[str, ...]:
    return (entry.ref,) if entry else ()


def _author(document: Postmortem) -> list[Found]:
    """Whoever had the scribe's role last."""
    held = next((row.tenures for row in document.roles if row.role == "scribe"), ())
    return [Found(f"@{held[-1].who}", (held[-1].ref,))] if held else []


def _left(document: Postmortem) -> list[Found]:
    """What the record leaves open: hypotheses, actions that nobody finished, decisions that nobody took."""
    open_ = (*document.open_questions, *document.in_flight)
    failed = (thread for thread in document.actions if thread.status == "failed")
    found = [_thread(thread) for thread in (*open_, *failed)]
    return found + [Found(point.point.what, (point.entry.ref,)) for point in document.points if point.end is None]
