"""Stretches of time: the timeline in blocks of some minutes, as some templates want it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from scribe.record.state import Entry
from scribe.record.when import instant, stamp

MINUTES = 15
"""How long a block is for SEV-2 and below (001)."""


class Block(Struct, frozen=True, gc=False):
    """The entries of one stretch, in order; ``start`` and ``end`` are UTC text. A block without a time has neither."""

    start: str
    end: str
    entries: tuple[Entry, ...]


def blocks(entries: Sequence[Entry], minutes: int = MINUTES) -> tuple[Block, ...]:
    """The entries in stretches of so many minutes, counted from the full hour; empty stretches are left out.

    An entry whose time is unknown stays with its neighbour before it, as it does in the timeline.
    """
    found: list[tuple[str, list[Entry]]] = []
    for entry in entries:
        start = _start(entry.at, minutes) if entry.precision != "unknown" else ""
        if found and (not start or found[-1][0] == start):
            found[-1][1].append(entry)
        else:
            found.append((start, [entry]))
    return tuple(Block(start, _end(start, minutes), tuple(inside)) for start, inside in found)


def _start(at: str, minutes: int) -> str:
    minute = int(at[14:16]) // minutes * minutes
    return f"{at[:14]}{minute:02}:00.000Z"


def _end(start: str, minutes: int) -> str:
    return stamp(instant(start) + timedelta(minutes=minutes)) if start else ""
