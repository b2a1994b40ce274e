"""ICRE as JSON: issue, cause, resolution, enhancement, by the schema that the framework publishes (000)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.after.threads import Thread
from scribe.record.redact import impact_value
from scribe.record.state import Entry
from scribe.record.text import json_text
from scribe.record.written import ActionItem, Factor

UNKNOWN = "unknown"
"""What stands in a final document where nobody recorded or wrote anything; in a draft that is null."""


def to_json(document: Postmortem, *, final: bool) -> str:
    """The document by the framework's four parts. When it is ``final`` it holds no null anywhere.

    A near miss has an issue and a cause, and an enhancement where there is one (000); a list of which there is nothing
    is empty, also where it may be: the resolution of a SEV-3 may stand in the ticket.
    """
    shape = _shape(document, draft=not final)
    if final:
        shape = _said(shape)
    return json_text(msgspec.json.format(msgspec.json.encode(shape), indent=2).decode()) + "\n"


def _said(value: Any) -> Any:
    """The same with a word in the place of every null."""
    match value:
        case None:
            return UNKNOWN
        case dict():
            return {name: _said(found) for name, found in value.items()}
        case list():
            return [_said(found) for found in value]
        case _:
            return value


def _shape(document: Postmortem, *, draft: bool) -> dict[str, Any]:
    shape = {
        "incident": document.id,
        "title": document.title,
        "draft": draft,
        "near_miss": document.near_miss,
        "issue": _issue(document),
        "cause": _cause(document),
        "resolution": [] if document.near_miss else _resolution(document),
        "enhancement": [_enhancement(item, document.id) for item in document.items],
        "withheld": list(document.counts.withheld),
        "restricted": list(document.counts.restricted),
        "head": document.head,
    }
    if document.security:
        shape["security_response"] = {
            "indicators": [_line(entry) for entry in document.protected.indicators],
            "containment": [_line(entry) for entry in document.protected.containment],
        }
    if draft:
        shape["findings"] = [_finding(found) for found in document.findings if not found.waived]
    return shape


def _issue(document: Postmortem) -> dict[str, Any]:
    observed, normal = document.sections["observed"].text, document.sections["normal"].text
    symptom = observed or document.title
    return {
        "symptom": f"{symptom} (normal {normal})" if normal else symptom,
        "observed": observed or None,
        "normal": normal or None,
        "impact": _impact(document),
        "detected_at": _at(document, "detected"),
        "detected_by": document.sections["detected-by"].text or None,
        "resolved_at": _at(document, "resolved"),
        "duration_seconds": document.measure("Impact").seconds,
        "severity": f"SEV-{document.severity}" if document.severity else None,
    }


def _impact(document: Postmortem) -> str | None:
    """What people wrote of the impact, else as it was last stated, else its sides."""
    if document.sections["impact"].text:
        return document.sections["impact"].text
    if document.impact:
        return impact_value(document.impact[-1])
    return "; ".join(side.entry.text for side in document.sides) or None


def _cause(document: Postmortem) -> dict[str, Any]:
    return {
        "trigger": document.sections["trigger"].text or None,
        "five_whys": list(document.sections["whys"].lines),
        "root_cause": _root_cause(document),
        "contributing": [_factor(factor) for factor in document.factors],
    }


def _root_cause(document: Postmortem) -> str | None:
    """The chain of causes as it was written; else the trigger, and what let it through."""
    if document.sections["root-cause"].text:
        return document.sections["root-cause"].text
    trigger = document.sections["trigger"].text
    counting = [factor for factor in document.factors if factor.score != 0]
    factors = "; ".join(
        f"{factor.text} (to be verified)" if factor.standing == "candidate" else factor.text for factor in counting
    )
    return "\n".join(filter(None, (trigger, f"Contributing factors: {factors}" if factors else ""))) or None


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "id": factor.ref,
        "factor": factor.text,
        "layer": factor.layer,
        "class": factor.factor_class,
        "score": factor.score,
        "standing": factor.standing,
    }


def _resolution(document: Postmortem) -> list[dict[str, Any]]:
    """What stopped the harm: the containment that people wrote down, else every action that was done."""
    found = list(_written(document)) or [_done(thread) for thread in document.containment]
    return sorted(found, key=lambda step: step["at"] or "9")


def _written(document: Postmortem) -> Iterator[dict[str, Any]]:
    """The lines of that section; each happened when the first entry did that it names."""
    part = document.sections["containment"]
    known = {entry.ref: _time(entry) for entry in document.timeline}
    known |= {thread.entry.ref: _time(thread.closing or thread.entry) for thread in document.actions}
    for line in part.lines:
        refs = replace(part, words=replace(part.words, text=line)).refs if part.words else ()
        at = next((known[ref] for ref in refs if known.get(ref)), None)
        yield {"at": at, "action": line, "refs": list(refs)}


def _done(thread: Thread) -> dict[str, Any]:
    words = f"{thread.entry.text}: {thread.words}" if thread.words else thread.entry.text
    return {"at": _time(thread.closing or thread.entry), "action": words, "refs": [thread.entry.ref]}


def _enhancement(item: ActionItem, incident: str) -> dict[str, Any]:
    shape = {
        "id": f"{incident}/{item.ref}",
        "title": item.text,
        "owner": item.owner or None,
        "due": item.due or None,
        "verification": item.verification or None,
        "category": item.category,
        "priority": item.priority,
        "answers": list(item.answers),
        "status": item.status,
    }
    if item.closed:
        shape["closed_at"] = item.closed.at
    if item.verified:
        shape |= {"verified_at": item.verified.at, "verified_by": item.verified.by}
    return shape


def _finding(found: Finding) -> dict[str, Any]:
    return {"code": found.code, "level": found.level, "where": found.where, "message": found.message}


def _line(entry: Entry) -> dict[str, Any]:
    return {"at": _time(entry), "text": entry.text}


def _at(document: Postmortem, name: str) -> str | None:
    mark = next(moment.mark for moment in document.moments if moment.name == name)
    return mark.at if mark else None


def _time(entry: Entry) -> str | None:
    return None if entry.precision == "unknown" else entry.at
