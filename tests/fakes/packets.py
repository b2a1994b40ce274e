"""Checkpoint packets of a desk: the one that could be handed over, and those that were."""

from __future__ import annotations

from datetime import UTC

from scribe.live.checkpoint import Packet, packet, stored
from scribe.live.packet_rows import Row, fields
from scribe.record.events import Checkpoint, Draft, Event
from scribe.record.redact import redact
from scribe.record.when import stamp
from tests.fakes.desk import Desk


def now(desk: Desk, incoming: str = "", role: str = "ic", **given: str) -> Packet:
    """The packet that could be handed over now."""
    return packet(redact(desk.state()), at=stamp(desk.clock.now()), role=role, incoming=incoming, given=given)


def hand(desk: Desk, incoming: str = "", *, role: str = "ic", after: float = 0, **given: str) -> Event:
    """Hand a packet over."""
    desk.clock.advance(after * 60)
    payload = Checkpoint(role=role, incoming=incoming, given=given)
    (event,) = desk.record([Draft(payload, "", stamp(desk.clock.now()))])
    return event


def again(desk: Desk, event: Event, *, include_restricted: bool = False) -> Packet:
    """A packet that was handed over, as anybody reads it later."""
    return stored(desk.journal.events(desk.incident), event.id, include_restricted=include_restricted)


def values(packet: Packet, name: str) -> tuple[str, ...]:
    """What a field of the packet says, whole."""
    return row(packet, name).values


def row(packet: Packet, name: str) -> Row:
    (found,) = (row for row in fields(packet, UTC) if row.name == name)
    return found
