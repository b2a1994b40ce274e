"""What runs through several entries: hypotheses and verdicts, actions, time-boxes, roles, decision points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from scribe.record.coordination import is_same
from scribe.record.events import Action, Declared, Hypothesis, Note, Point, Role, Severity, StateChange, Timebox
from scribe.record.state import Entry
from scribe.record.terms import RoleName
from scribe.record.when import Precision, seconds_between


class Thread(Struct, frozen=True, gc=False):
    """A hypothesis, an action or a time-box, and the entry that closed it.

    ``words`` are that entry's own (evidence, outcome), ``seconds`` the time from opening to closing; None where
    nothing closed it, and for an action that was noted when it was already done.
    """

    entry: Entry
    status: str
    closing: Entry | None = None
    words: str = ""
    seconds: float | None = None


class Tenure(Struct, frozen=True, gc=False):
    """Who held a role from when until when; ``until`` is None for whoever holds it still, ``note`` what was added."""

    role: RoleName
    who: str
    since: str
    precision: Precision
    until: str | None
    ref: str
    note: str = ""


class Change(Struct, frozen=True, gc=False):
    """A step in the history of the severity or the state; ``seconds`` is how long it stayed so, None for the last."""

    before: str
    after: str
    entry: Entry
    why: str = ""
    seconds: float | None = None


class DecisionPoint(Struct, frozen=True, gc=False):
    """A decision that was announced as the next one; ``end`` is the entry that settled or replaced it."""

    point: Point
    entry: Entry
    end: Entry | None = None
    settled: bool = False


def threads(entries: Sequence[Entry], kind: type[Action | Hypothesis | Timebox]) -> tuple[Thread, ...]:
    """Every action, every hypothesis or every time-box, in the order in which it was opened."""
    closings: dict[str, Entry] = {}
    opened = []
    for entry in entries:
        payload = entry.payload
        if isinstance(payload, kind):
            if payload.target:
                closings[payload.target] = entry
            else:
                opened.append(entry)
    return tuple(_thread(entry, closings.get(entry.id)) for entry in opened)


def _thread(entry: Entry, closing: Entry | None) -> Thread:
    if closing is None:
        return Thread(entry, entry.status)
    words = _after(closing.text, f"{entry.ref} {entry.status.replace('_', ' ')}")
    known = "unknown" not in (entry.precision, closing.precision)
    seconds = seconds_between(entry.at, closing.at) if known else -1.0
    return Thread(entry, entry.status, closing, words, seconds if seconds >= 0 else None)


def tenures(entries: Iterable[Entry]) -> tuple[tuple[Tenure, ...], tuple[RoleName, ...]]:
    """Who held which role when, in order of beginning, and the roles that were marked as not needed."""
    found: list[Tenure] = []
    running: dict[RoleName, dict[str, int]] = {}
    needless: dict[RoleName, None] = {}
    for entry in entries:
        payload = entry.payload
        if not isinstance(payload, Role):
            continue
        held = running.setdefault(payload.role, {})
        needless.pop(payload.role, None)
        if payload.change == "not_needed":
            needless[payload.role] = None
        leaving = _leaving(payload, held)
        for who in leaving:
            place = held.pop(who)
            old = found[place]
            found[place] = Tenure(old.role, who, old.since, old.precision, entry.at, old.ref, old.note)
        if payload.change == "assigned" and not any(is_same(payload.who, name) for name in held):
            held[payload.who] = len(found)
            note = _added(entry.text, payload)
            found.append(Tenure(payload.role, payload.who, entry.at, entry.precision, None, entry.ref, note))
    return tuple(found), tuple(needless)


def _added(text: str, payload: Role) -> str:
    """What an assignment says beside who has the role now: that it was taken or acknowledged, and a person's words."""
    _, found, rest = text.partition(f"→ @{payload.who}")
    if not found:  # it was amended
        return text
    for sign in (" (taken)", " (solo)", ", "):
        rest = rest.removeprefix(sign)
    words = rest.removeprefix(": ")
    return ": ".join(filter(None, ("taken" if payload.taken else "", words)))


def _leaving(payload: Role, held: dict[str, int]) -> list[str]:
    match payload.change:
        case "not_needed":
            return list(held)
        case "released":
            return [who for who in held if not payload.who or is_same(who, payload.who)]
        case _ if payload.role == "sme":  # experts join; only a packet hands over from one to another
            before = payload.previous if payload.acknowledges else ()
            return [who for who in held if any(is_same(who, name) for name in before)]
        case _:
            return [who for who in held if not is_same(who, payload.who)]


def severities(entries: Iterable[Entry]) -> tuple[Change, ...]:
    """Every severity from the declaration on; "" is unset."""
    steps: list[tuple[str, Entry]] = []
    for entry in entries:
        payload = entry.payload
        if isinstance(payload, Declared):
            steps.append((f"SEV-{payload.severity}" if payload.severity else "", entry))
        elif isinstance(payload, Severity):
            steps.append((f"SEV-{payload.level}", entry))
    return _history(steps, "severity unset")


def states(entries: Iterable[Entry]) -> tuple[Change, ...]:
    """Every state from the declaration on."""
    steps: list[tuple[str, Entry]] = []
    for entry in entries:
        payload = entry.payload
        if isinstance(payload, Declared):
            steps.append(("resolved" if payload.postmortem_only else "investigating", entry))
        elif isinstance(payload, StateChange):
            steps.append((payload.state, entry))
    return _history(steps, "")


def _history(steps: list[tuple[str, Entry]], unset: str) -> tuple[Change, ...]:
    changes = []
    for place, (after, entry) in enumerate(steps):
        before = steps[place - 1][0] if place else ""
        ending = steps[place + 1][1].at if place + 1 < len(steps) else None
        seconds = None if ending is None else seconds_between(entry.at, ending)
        # The declaration's words are the title, and say nothing about why.
        why = "" if isinstance(entry.payload, Declared) else _after(entry.text, f"{before or unset} → {after}")
        changes.append(Change(before, after, entry, why, seconds))
    return tuple(changes)


def points(entries: Iterable[Entry]) -> tuple[DecisionPoint, ...]:
    """Every announced decision point, and what became of it."""
    found: list[DecisionPoint] = []
    running = False
    for entry in entries:
        payload = entry.payload
        if not isinstance(payload, Note) or (payload.point is None and not payload.point_settled):
            continue
        if running:
            found[-1] = DecisionPoint(found[-1].point, found[-1].entry, entry, payload.point_settled)
        running = payload.point is not None
        if payload.point is not None:
            found.append(DecisionPoint(payload.point, entry))
    return tuple(found)


def _after(text: str, sentence: str) -> str:
    """What a person added to the sentence that the record begins such an entry with; all of it when it was amended."""
    if not text.startswith(sentence):
        return text
    rest = text[len(sentence) :]
    if not rest:
        return ""
    return rest[2:] if rest.startswith(": ") else text
