"""What a status update consists of: its fields, how they are called, and what a status page calls each state."""

from __future__ import annotations

from msgspec import Struct

from scribe.record.terms import OVER

UNKNOWN = "unknown"

LABELS: dict[str, str] = {
    "status": "Status",
    "summary": "Summary",
    "known": "Known",
    "unknown": "Unknown",
    "impact": "Impact",
    "doing": "Being done",
    "steps": "Next steps",
    "eta": "ETA",
    "severity": "Severity",
    "title": "Title",
    "commander": "Commander",
    "lead": "Technical lead",
    "channel": "Channel",
    "cadence": "Updates",
    "start": "Start",
    "end": "End",
    "duration": "Duration",
    "cause": "Cause, in short",
    "resolution": "Resolution",
    "users": "Users affected",
    "postmortem": "Postmortem",
    "actions": "Action items",
}
"""Every field that an update can have, by the name that people type, and how it is called in the text."""

PUBLIC: dict[str, tuple[str, str, str]] = {
    "investigating": ("Investigating", "yellow", "We are looking into this problem."),
    "identified": ("Identified", "orange", "We know what causes this problem and are working on a fix."),
    "mitigating": ("Fix in progress", "orange", "We are putting a fix in place."),
    "monitoring": ("Monitoring", "", "We are watching whether the service stays stable."),
    "resolved": ("Resolved", "green", "This problem is over."),
}
"""How each state is called on a public status page, its colour there (monitoring has none), and what is said of it."""


class Field(Struct, frozen=True, gc=False):
    """One field of an update. Items of a list stand on lines of their own; ``refs`` are the entries it rests on."""

    name: str
    label: str
    value: str
    mandatory: bool = True
    refs: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """The value, line by line."""
        return tuple(line for line in self.value.split("\n") if line.strip())


class Item(Struct, frozen=True, gc=False):
    """One statement, and the entries that say so."""

    text: str
    refs: tuple[str, ...] = ()


def public_state(state: str) -> tuple[str, str, str]:
    """The public title, colour and sentence of a state; what follows resolution is resolved."""
    return PUBLIC["resolved" if state in OVER else state]


def field(name: str, *items: Item | str, mandatory: bool = True) -> Field:
    """A field of the given statements; "unknown" without any."""
    said = [item if isinstance(item, Item) else Item(item) for item in items]
    value = "\n".join(item.text for item in said) or UNKNOWN
    refs = tuple(dict.fromkeys(ref for item in said for ref in item.refs))
    return Field(name, LABELS[name], value, mandatory, refs)
