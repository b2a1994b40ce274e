"""What an entry of a table is: its kind, and so much of the fields of that kind as its words carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scribe.importers.batch import Untakable, made
from scribe.record.events import Note, Payload
from scribe.record.terms import IMPACT_LABELS, MOMENTS, ROLES, SCOPE_LABELS, STATES

TYPED = ("fact", "hypothesis", "decision", "action", "note")
"""Kinds that any table may have."""

_STATUSES = {
    "hypothesis": {"": "open", "open": "open", "confirmed": "confirmed", "ruled out": "ruled_out"},
    "action": {"": "in_flight", "open": "in_flight", "in flight": "in_flight", "done": "done", "failed": "failed"},
}
_ENDED = r"(?P<target>[HA][0-9]{1,7}) (?P<status>confirmed|ruled out|done|failed)(?::|$)"
_ASPECTS = {
    "security incident": "marked",
    "no security incident": "lifted",
    "indicator of compromise": "indicator",
    "containment": "containment",
    "legal conclusion": "legal",
}
_FIELDS = {label: field for field, label in IMPACT_LABELS.items()}
_ROWS = {label: row for row, label in SCOPE_LABELS.items()}
_SCOPE = rf"({'|'.join(_ROWS)}) (.+?): (affected|not affected|unknown)(?:, (.*))?"
_SEVERITY = r"(?:SEV-([1-4]) → |severity unset → |severity )SEV-([1-4])(?::|$)"
_STATE = r"(?:([a-z]+) → |state )([a-z]+)(?::|$)"
_LEVEL = r"level ([1-9]), [^@:]*(?:@([\w.-]+))?"
_TAKEN_ON = r"([\w-]+)(?::((?: @[^\s,:]+,?)+))? → @([^\s,:]+)([^:]*)"
_GIVEN_UP = r"([\w-]+) (released|not needed)(?: by @([^\s,:]+))?"
_PACKET = r"packet ([0-9]{1,5}): ([\w-]+)(?: @([^\s]+))?"

_Told = Callable[[str, str], dict[str, Any] | None]
"""From the words of an entry, and what stood beside its kind, to the fields that they tell."""


def payload(word: str, status: str, text: str, *, ours: bool) -> tuple[Payload, str]:
    """The payload of an entry by the kind's name and the status that a table gives, and a remark.

    ``ours`` is a table of scribe's own. A Note where a kind has fields that the words do not tell. Raises Untakable
    for a name that is no kind's.
    """
    kind, _, beside = (part.strip() for part in word.casefold().partition(","))
    status = (status.casefold() or beside).replace("_", " ").strip()
    if not kind or kind in ("fact", "decision", "note"):
        return made(kind or "fact", {}), ""
    if ours and (kind in ("verdict", "outcome") or (kind in _STATUSES and not status)):
        return _ended(text)
    if kind in _STATUSES:
        found = _STATUSES[kind].get(status)
        if found is None:
            raise Untakable(f"{status[:20]} is no status of {kind}")
        return made(kind, {"status": found}), ""
    if ours and kind == "state" and _closes(text):
        return Note(), "taken as a note: what has to be so before an incident is closed stands in no table"
    if ours and kind in _TOLD:
        fields = _TOLD[kind](text, beside)
        if fields is not None:
            return made(kind, fields), ""
    if ours and kind in _KNOWN:
        return Note(), f"taken as a note: a table does not carry what else a {kind} entry holds"
    if ours and kind == "erased":
        raise Untakable("what was erased stays erased in the record that it comes from")
    raise Untakable(f"{word.strip()[:20]} is no kind of entry; there are {', '.join(TYPED)}")


def _ended(text: str) -> tuple[Payload, str]:
    """How a hypothesis or an action ended, by the words that scribe begins such an entry with."""
    found = re.match(_ENDED, text)
    if found is None:
        return Note(), "taken as a note: its words do not begin with what it ends"
    kind = "hypothesis" if found["target"][0] == "H" else "action"
    status = _STATUSES[kind].get(found["status"])
    if status is None:
        return Note(), f"taken as a note: {found['target']} cannot be {found['status']}"
    return made(kind, {"status": status, "target": found["target"]}), ""


def _milestone(text: str, _: str) -> dict[str, Any] | None:
    named = [moment for moment in MOMENTS if re.match(rf"{moment}(?::|$|\s+https?://)", text)]
    return {"moment": named[0]} if named else None


def _impact(text: str, trend: str) -> dict[str, Any]:
    label, parted, value = text.partition(": ")
    said = {"field": _FIELDS[label], "value": value} if parted and label in _FIELDS else {}
    return {**said, "trend": trend if trend in ("better", "worse") else ""}


def _scope(text: str, _: str) -> dict[str, Any] | None:
    found = re.fullmatch(_SCOPE, text, re.DOTALL)
    if found is None:
        return None
    row, name, verdict, evidence = found.groups()
    return {"row": _ROWS[row], "name": name, "verdict": verdict.replace(" ", "_"), "evidence": evidence or ""}


def _severity(text: str, _: str) -> dict[str, Any] | None:
    found = re.match(_SEVERITY, text)
    # A table does not tell how often updates were sent from then on: whatever the pace is, it stays.
    return {"level": int(found[2]), "previous": int(found[1]) if found[1] else None, "cadences": {}} if found else None


def _state(text: str, _: str) -> dict[str, Any] | None:
    found = re.match(_STATE, text)
    return {"state": found[2], "previous": found[1] or "", "cadences": {}} if found and found[2] in STATES else None


def _closes(text: str) -> bool:
    found = re.match(_STATE, text)
    return found is not None and found[2] == "closed"


def _escalation(text: str, _: str) -> dict[str, Any] | None:
    found = re.match(_LEVEL, text)
    return {"level": int(found[1]), "who": found[2] or ""} if found else None


def _security(text: str, _: str) -> dict[str, Any] | None:
    named = [aspect for label, aspect in _ASPECTS.items() if re.match(rf"{label}(?: any more)?(?::|$)", text)]
    return {"aspect": named[0]} if named else None


def _role(text: str, _: str) -> dict[str, Any] | None:
    taken = re.match(_TAKEN_ON, text)
    if taken and taken[1].casefold() in ROLES:
        marks = {"solo": "(solo)" in taken[4], "taken": "(taken)" in taken[4]}
        return {"role": taken[1].casefold(), "who": taken[3], "previous": _people(taken[2]), **marks}
    given_up = re.match(_GIVEN_UP, text)
    if given_up and given_up[1].casefold() in ROLES:
        return {"role": given_up[1].casefold(), "change": given_up[2].replace(" ", "_"), "who": given_up[3] or ""}
    return None


def _people(names: str | None) -> list[str]:
    return re.findall(r"@([^\s,:]+)", names or "")


def _checkpoint(text: str, _: str) -> dict[str, Any] | None:
    """Nobody is left to acknowledge it, and what a person added to it does not stand in a table."""
    found = re.match(_PACKET, text)
    if found is None:
        return None
    role = found[2].casefold() if found[2].casefold() in ROLES else "ic"
    return {"number": int(found[1]), "role": role, "outgoing": found[3] or ""}


def _update(_: str, __: str) -> dict[str, Any]:
    return {}


_TOLD: dict[str, _Told] = {
    "milestone": _milestone,
    "impact": _impact,
    "scope": _scope,
    "severity": _severity,
    "state": _state,
    "escalation": _escalation,
    "security": _security,
    "role": _role,
    "checkpoint": _checkpoint,
    "update": _update,
}
_KNOWN = frozenset({*_TOLD, "declared", "timebox", "time-box", "checklist"})
