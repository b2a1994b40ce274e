"""The register as a calendar (iCalendar): what is due when, and when the review and its follow-up are held.

Everything is a VEVENT: most calendars leave out a VTODO. A due date takes the whole day without blocking it, and what
is closed is CANCELLED, so that a calendar that had it takes it away. A UID stays what it is, and DTSTAMP is when the
incident's record last grew: the same record always makes the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from scribe.after.actions import RedactedRow
from scribe.after.sections import parts
from scribe.after.targets import deadlines
from scribe.exporters.register import RESTRICTED
from scribe.record.redact import Redacted, redact
from scribe.record.state import Board
from scribe.record.terms import Priority
from scribe.record.text import one_line, visible
from scribe.record.when import instant

if TYPE_CHECKING:
    from icalendar import Event

_PRIORITIES: dict[Priority, int] = {"P0": 1, "P1": 3, "P2": 5}
"""From 1 (highest) to 9 (RFC 5545)."""


def to_ics(rows: Iterable[RedactedRow], reviewed: Iterable[Redacted] = ()) -> str:
    """The items with a due date, and what the postmortems of ``reviewed`` incidents still have ahead of them."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//scribe//action items//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Action items")
    events = [_due(row, row.due) for row in rows if row.due is not None]
    events += [event for state in reviewed for event in _reviews(state)]
    for event in events:
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made.decode()


def _due(row: RedactedRow, due: date) -> Event:
    item = row.item
    owner = f" (@{item.owner})" if item.owner else ""
    about = [
        item.text,
        f"Verification: {item.verification or 'none'}",
        *(f"Answers {factor.ref}: {factor.text}" for factor in row.factors),
        f"From {row.incident}: {row.title}",
        *([f"{RESTRICTED}."] if row.restricted else []),
    ]
    event = _event(
        uid=f"{row.incident}-{item.id}@scribe",
        stamp=row.as_of or item.since,
        start=due,
        summary=f"{row.id}: {item.text}{owner}",
        about=about,
        is_on=not item.is_closed,
    )
    event.add("categories", [one_line(row.incident), *filter(None, (item.category,))])
    if row.restricted:
        event.add("class", "CONFIDENTIAL")
    if item.priority:
        event.add("priority", _PRIORITIES[item.priority])
    return event


def _reviews(state: Redacted) -> list[Event]:
    """The meeting, once it has a date, and the follow-up after 30 days, until the incident is closed."""
    board, sections = state.board, parts(state)
    is_restricted = board.title != redact(state).board.title
    found = {("meeting", "Review meeting"): sections["meeting"].day}
    for deadline in deadlines(board, sections):
        if deadline.name == "follow-up" and deadline.done is None:
            found[deadline.name, "Follow-up review"] = deadline.due
    return [
        _review(board, name, title, start, is_restricted=is_restricted)
        for (name, title), at in found.items()
        if (start := _start(at)) is not None
    ]


def _review(board: Board, name: str, title: str, start: date, *, is_restricted: bool) -> Event:
    event = _event(
        # An incident's id may be chosen by hand, and occur elsewhere; with its genesis it is like no other.
        uid="-".join(filter(None, (board.incident, name, board.genesis[:12]))) + "@scribe",
        stamp=board.active_at,
        start=start,
        summary=f"{title}: {board.incident} {board.title}",
        about=[f"{board.incident}: {board.title}", *([f"{RESTRICTED}."] if is_restricted else [])],
    )
    event.add("categories", [one_line(board.incident)])
    if is_restricted:
        event.add("class", "CONFIDENTIAL")
    return event


def _event(*, uid: str, stamp: str, start: date, summary: str, about: Sequence[str], is_on: bool = True) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", one_line(uid))
    event.add("dtstamp", instant(stamp))
    event.add("dtstart", start)
    event.add("summary", one_line(summary))
    event.add("description", visible("\n".join(about)))
    event.add("status", "CONFIRMED" if is_on else "CANCELLED")
    if not isinstance(start, datetime):  # nobody is busy for all of that day
        event.add("transp", "TRANSPARENT")
    return event


def _start(at: str) -> date | None:
    """The day of an ISO date, or the moment (UTC text); None for what is neither."""
    try:
        return instant(at) if "T" in at else date.fromisoformat(at)
    except ValueError:
        return None
