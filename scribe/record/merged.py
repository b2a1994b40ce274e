"""A record that was written in diverged copies, read as one.

Every copy holds the same events after a merge, but each in the order in which they came to it. What is folded from
them has to be the same everywhere, so they are folded in an order that their links and their times alone decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from scribe.record import chain
from scribe.record.afterwards import ItemSaid
from scribe.record.chain import heads_after, split
from scribe.record.events import Event

APART = "·"
"""Stands between a reference and the beginning of the tag of whoever wrote it, where two copies gave out the same."""

_SHORTEST = 2
"""Letters of a tag at least: few enough to be said on a call."""

_NUMBERED = re.compile(rf".([0-9]{{1,15}})(?:{APART}|\Z)")
"""A reference with a number that can be counted on from; one that scribe never gave out need not have any."""


def number(ref: str) -> int:
    """The number of a reference: 12 of ``#12`` and of ``#12·k7``, 0 where it has none."""
    found = _NUMBERED.match(ref)
    return int(found[1]) if found else 0


def as_one(events: Sequence[Event]) -> Sequence[Event]:
    """The events of a whole record in the order in which to fold them, with references that are told apart.

    ``events`` stand in order of arrival; they come back as they are unless copies of the record had diverged.
    """
    return in_order(named(events)) if is_merged(events) else events


def is_merged(events: Iterable[Event]) -> bool:
    """Whether events of two copies came in that knew nothing of each other."""
    events = list(events)
    if len({event.writer for event in events}) < 2:
        return False
    heads: tuple[str, ...] = ()
    for event in events:
        heads = heads_after(heads, event)
        if len(heads) > 1:
            return True
    return False


def named(events: Sequence[Event]) -> list[Event]:
    """The events with every reference told apart: whose came first keeps it, another copy's ``#12`` is ``#12·k7``."""
    ends = _ends({event.writer for event in events})
    holders: dict[str, list[Event]] = {}
    found = []
    for event in events:
        if event.ref:
            held = holders.setdefault(event.ref, [])
            named = replace(event, ref=f"{event.ref}{APART}{ends[event.writer]}") if held else event
            held.append(named)
            event = named
        found.append(event)
    return [_pointing(event, holders) for event in found]


def _pointing(event: Event, holders: dict[str, list[Event]]) -> Event:
    """An action item as what it answers is called here: its writer's own ``F1`` may be ``F1·k7`` by now."""
    payload = event.payload
    if not isinstance(payload, ItemSaid) or not isinstance(payload.answers, tuple):
        return event
    answers = []
    for name in payload.answers:
        bare, _, whose = name.partition(APART)
        held = holders.get(bare, [])
        own = [factor for factor in held if factor.writer.startswith(whose or event.writer)]
        answers.append((own or held)[0].ref if held else name)
    return replace(event, payload=replace(payload, answers=tuple(answers)))


def answering(events: Iterable[Event], name: str) -> list[Event]:
    """The named events that somebody may mean by what was typed: ``#12``, ``#12·k7``, or ``#12.k7``.

    More than one where copies gave out the same reference, and it was not said whose is meant.
    """
    bare, apart, whose = name.replace(".", APART).partition(APART)
    return [
        event
        for event in events
        if event.ref
        and event.ref.partition(APART)[0] == bare
        and (event.writer.startswith(whose) if apart and whose else not apart)
    ]


def apart(events: Iterable[Event], event: Event) -> str:
    """What is typed for an event of these so that no other copy's is meant."""
    bare = event.ref.partition(APART)[0]
    return f"{bare}{APART}{_ends({found.writer for found in events})[event.writer]}"


def in_order(events: Sequence[Event]) -> list[Event]:
    """The events so that each follows what it names, and otherwise by the time of their writing: on every copy alike.

    A link to what is not there (a damaged record) orders nothing.
    """
    return chain.in_order(
        events,
        lambda event: (event.prev, *split(event.seen)),
        lambda event: (event.recorded_at, event.writer, event.seq),
    )


def _ends(writers: set[str]) -> dict[str, str]:
    """The beginning of each writer's tag that no other's begins with."""
    ends = {}
    for writer in writers:
        length = _SHORTEST
        while length < len(writer) and any(other != writer and other.startswith(writer[:length]) for other in writers):
            length += 1
        ends[writer] = writer[:length]
    return ends
