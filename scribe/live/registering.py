"""What is written afterwards, against the record that it meets: sections, factors, action items, curation, waivers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from scribe.live.procedures import CLOSING, unverified
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.dates import is_day
from scribe.record.errors import Refused
from scribe.record.events import NO_ENTRY, Absent, Draft, Event
from scribe.record.merged import APART
from scribe.record.rules import CODES, like
from scribe.record.sections import checked, section
from scribe.record.state import Board
from scribe.record.terms import FACTOR_CLASSES, LAYERS
from scribe.record.written import ActionItem, Factor

Lookup = Callable[[str], Event | None]
T = TypeVar("T", Factor, ActionItem)

TRIGGER = "trigger"
"""What an action item answers that changes nothing but the immediate cause."""


def registered(draft: Draft, board: Board, lookup: Lookup) -> Draft:
    """The draft as it will be recorded. Raises Refused."""
    payload = draft.payload
    match payload:
        case Written():
            return _written(draft, payload, lookup)
        case FactorSaid():
            return _factor(draft, payload, board, lookup)
        case ItemSaid(target=""):
            if not draft.text.strip():
                raise Refused("what is to be done is missing")
            return replace(draft, payload=_filled(payload, board))
        case ItemSaid():
            return _changed(draft, payload, board, lookup)
        case Curated(target=target):
            return replace(draft, payload=replace(payload, target=_entry(target, lookup).id))
        case Waived(code=code) if code not in CODES:
            raise Refused(f"the check has no rule {code}", like(code))
        case Waived(lifted=False) if not draft.text.strip():
            raise Refused("why this is accepted is missing", "like: /waive few-factors one host, one disk")
        case _:
            return draft


def may_close(board: Board) -> None:
    """Raise Refused while anything that has to be so before an incident is closed is not (003, phase 7)."""
    left = unverified(board)
    if left:
        raise Refused(f"not closed: {', '.join(left)} not verified yet", to_verify(left[0]))
    items = [item.name for phase in CLOSING.phases for item in phase.items]
    missing = [name for name in items if f"{CLOSING.name}/{name}" not in board.ticks]
    if missing:
        raise Refused(f"not closed: {', '.join(missing)} not ticked yet", f"/tick {CLOSING.name} {missing[0]}")


def to_verify(ref: str) -> str:
    """What puts right that an action item is not verified, done already or not."""
    return f"/done {ref} EVIDENCE, then /verified {ref} @name; or /drop {ref} WHY"


def _written(draft: Draft, payload: Written, lookup: Lookup) -> Draft:
    found = section(payload.section)
    if payload.entry:
        if found.form not in ("text", "list"):
            raise Refused(f"{found.title.lower()} takes no entries: it holds one {found.form}")
        entry = _entry(payload.entry, lookup).id
        return replace(draft, text="", payload=replace(payload, section=found.key, added=True, entry=entry))
    if payload.added and found.form not in ("text", "list"):
        payload = replace(payload, added=False)
    text = checked(found, draft.text)
    if payload.added and not text:
        raise Refused("there is nothing to add")
    return replace(draft, text=text, payload=replace(payload, section=found.key))


def _factor(draft: Draft, payload: FactorSaid, board: Board, lookup: Lookup) -> Draft:
    if isinstance(payload.score, int) and not 0 <= payload.score <= 3:
        raise Refused("a score goes from 0 (not a factor) to 3 (primary contributor)")
    if isinstance(payload.layer, str) and payload.layer not in LAYERS:
        raise Refused(f"{payload.layer} is no layer: {', '.join(LAYERS)}")
    if isinstance(payload.factor_class, str) and payload.factor_class not in FACTOR_CLASSES:
        raise Refused(f"{payload.factor_class} is no class: {', '.join(FACTOR_CLASSES)}")
    if not payload.target:
        if not draft.text.strip():
            raise Refused("the factor itself is missing")
        return draft
    factor = _standing(payload.target, board.factors, "factor", lookup)
    if payload.dropped:
        if not draft.text.strip():
            raise Refused(f"why {factor.ref} is no factor is missing")
        users = [item.ref for item in board.items if factor.ref in item.answers and not item.is_closed]
        if users:
            raise Refused(f"{', '.join(users)} answer {factor.ref}", f"/action {users[0]} for: another factor")
    elif not _says(payload, draft.text):
        raise Refused(f"nothing of {factor.ref} is changed")
    return replace(draft, payload=replace(payload, target=factor.id))


def _changed(draft: Draft, payload: ItemSaid, board: Board, lookup: Lookup) -> Draft:
    item = _standing(payload.target, board.items, "action item", lookup)
    payload = replace(_filled(payload, board), target=item.id)
    words = draft.text.strip()
    match payload.status:
        case "done" if item.status == "done":
            raise Refused(f"{item.ref} is done already")
        case "done" if not words:
            raise Refused(f"what shows that {item.ref} is done?", _signal(item))
        case "wont_do" if not words:
            raise Refused(f"why will {item.ref} not be done?")
        case status if status == item.status and not _says(replace(payload, status=UNSET), ""):
            raise Refused(f"{item.ref} is {item.status.replace('_', ' ')} already")
        case _:
            pass
    if payload.verified_by is not UNSET:
        if not payload.verified_by:
            raise Refused(f"who saw that {item.ref} works?", f"like: /verified {item.ref} @alice")
        if item.status != "done":
            raise Refused(f"{item.ref} is not done yet", f"/done {item.ref} with the evidence comes first")
    if not _says(payload, draft.text):
        raise Refused(f"nothing of {item.ref} is changed")
    return replace(draft, payload=payload)


def _signal(item: ActionItem) -> str:
    return f"the signal agreed on: {item.verification}" if item.verification else f"like: /done {item.ref} the evidence"


def _filled(payload: ItemSaid, board: Board) -> ItemSaid:
    if isinstance(payload.due, str) and payload.due and not is_day(payload.due):
        raise Refused(f"{payload.due} is no day", "like 2026-12-01")
    if not isinstance(payload.answers, tuple):
        return payload
    known = (*(factor.ref for factor in board.factors), TRIGGER)
    spelt = {name.casefold(): name for name in known}
    answers = tuple(dict.fromkeys(spelt.get(name.replace(".", APART).casefold(), name) for name in payload.answers))
    unknown = [name for name in answers if name not in known]
    if unknown:
        raise Refused(f"there is no factor {', '.join(unknown)}", f"there are: {', '.join(known)}")
    return replace(payload, answers=answers)


def _says(payload: FactorSaid | ItemSaid, remark: str) -> bool:
    names = set(payload.__struct_fields__) - {
        "target",
        "tags",
        "sources",
        "mentions",
        "restricted",
        "origin",
        "dropped",
    }
    return bool(remark.strip()) or any(getattr(payload, name) is not UNSET for name in names)


def _entry(name: str, lookup: Lookup) -> Event:
    event = lookup(name)
    if event is None or event.kind in NO_ENTRY:
        raise Refused(f"there is no entry {name} in this incident")
    if isinstance(event.payload, Absent):
        raise Refused(f"the words of {event.ref} are not here any more")
    return event


def _standing(name: str, standing: tuple[T, ...], what: str, lookup: Lookup) -> T:
    event = lookup(name)
    found = next((each for each in standing if event is not None and each.id == event.id), None)
    if found is None:
        gone = " any more" if event is not None else ""
        raise Refused(f"there is no {what} {name}{gone}", ", ".join(each.ref for each in standing))
    return found
