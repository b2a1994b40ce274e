"""Where marks and their words find room without lying on one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeVar

from msgspec import Struct

from scribe.exporters.scale import SMALL, fitted, text_width

Side = Literal["start", "end"]
"""On which side of its mark a text stands: it starts there, or it ends there."""

APART = 11.0
"""Marks that are closer to one another than this would touch."""

_WORDS = 300.0
_MANY = 40
_ROWS = 9
_T = TypeVar("_T")


class Place(Struct, frozen=True, gc=False):
    """The row of a mark, which items it stands for, its words and on which side they stand."""

    row: int
    x: float
    items: tuple[int, ...]
    text: str
    side: Side


class Callout(Struct, frozen=True, gc=False):
    """Words above the lanes, with a line down to a mark: its number, the words' row, their base line and the line."""

    mark: int
    row: int
    x: float
    y: float
    foot: float
    text: str
    side: Side


def clusters(items: Sequence[_T], x: Callable[[_T], float]) -> Iterator[list[_T]]:
    """Items in the order of their places, together where they would touch."""
    found: list[_T] = []
    begin = 0.0
    for item in items:
        place = x(item)
        if found and place - begin >= APART:
            yield found
            found = []
        if not found:
            begin = place
        found.append(item)
    if found:
        yield found


def stacked(items: Sequence[tuple[float, str]], width: float, rows: int) -> list[Place]:
    """Marks with words beside them, in as few rows as they need; what finds no room joins the mark before it."""
    ends = [float("-inf")] * rows
    placed: list[Place] = []
    for number, (x, text) in enumerate(items):
        room = text_width(text, SMALL) + 16 if text else 0.0
        side: Side = "start" if x + room <= width else "end"
        left, right = (x - 6, x + 6 + room) if side == "start" else (x - 6 - room, x + 6)
        row = next((row for row, end in enumerate(ends) if end <= left), None)
        if row is None:
            last = placed[-1]
            placed[-1] = Place(last.row, last.x, (*last.items, number), last.text, last.side)
        else:
            ends[row] = right
            placed.append(Place(row, x, (number,), text, side))
    return placed


def called_out(marks: Sequence[tuple[float, str]], width: float) -> tuple[list[Callout], int]:
    """Words for these marks (sorted by place), in rows from the top, and the number of rows.

    No line crosses any words, and no words lie on others; marks whose words find no room have none.
    """
    placed: list[tuple[Callout, float, float]] = []
    for number, (x, words) in enumerate(marks[:_MANY]):
        found = _room(placed, number, x, words, width)
        if found is not None:
            placed.append(found)
    return [callout for callout, _, _ in placed], max((one.row + 1 for one, _, _ in placed), default=0)


def _room(
    placed: Sequence[tuple[Callout, float, float]], number: int, x: float, words: str, width: float
) -> tuple[Callout, float, float] | None:
    sides: tuple[Side, ...] = ("start", "end")
    for side in sides:
        text = fitted(words, SMALL, min(_WORDS, (width - x if side == "start" else x) - 6))
        length = text_width(text, SMALL)
        if length < min(100.0, text_width(words[:20], SMALL)):
            continue
        left, right = (x, x + length + 8) if side == "start" else (x - length - 8, x)
        for row in range(_ROWS):
            if all(_apart(row, x, left, right, *other) for other in placed):
                return Callout(number, row, x, 0.0, 0.0, text, side), left, right
    return None


def _apart(row: int, x: float, left: float, right: float, other: Callout, its_left: float, its_right: float) -> bool:
    if other.row == row:
        return right <= its_left or its_right <= left
    if other.row > row:  # our line passes its words
        return not its_left - 3 < x < its_right + 3
    return not left - 3 < other.x < right + 3
