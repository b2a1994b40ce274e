"""Tables of GitHub's kind, laid out so that the raw file reads well too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from scribe.exporters.escape import Md

WIDEST = 60
"""Columns to which a cell is padded at most: beyond that one long cell would push every row out of sight."""

NOTHING = Md("–")
"""A cell that has nothing to say; not to be taken for something unknown."""


def table(header: Sequence[str], rows: Sequence[Sequence[Md]]) -> Md:
    """A table; every cell is Markdown of one line. Columns are aligned but for the last, which may be long."""
    *padded, last = [list(column) for column in zip(header, *rows, strict=True)]
    widths = [_column_width(column) for column in padded]
    aligned = [_aligned(column, width) for column, width in zip(padded, widths, strict=True)]
    lines = [f"| {' | '.join(cells)} |" for cells in zip(*aligned, [cell or NOTHING for cell in last], strict=True)]
    rule = " | ".join("-" * width for width in (*widths, max(3, len(header[-1]))))
    return Md("\n".join((lines[0], f"| {rule} |", *lines[1:])))


def fields(rows: Sequence[tuple[str, Md]]) -> Md:
    """A table of names and values."""
    return table(("Field", "Value"), [(Md(name), value) for name, value in rows])


def _column_width(column: Sequence[str]) -> int:
    # Column by column, because a timeline has ten thousand rows and most of its columns are plain.
    widest = max(map(len, column)) if "".join(column).isascii() else max(map(_width, column))
    return min(WIDEST, max(3, widest))


def _aligned(column: Sequence[str], width: int) -> list[str]:
    cells = [cell or NOTHING for cell in column]
    if "".join(cells).isascii():
        return [cell.ljust(width) for cell in cells]
    return [cell + " " * (width - _width(cell)) for cell in cells]


def _width(text: str) -> int:
    """Columns of a terminal: Korean and Chinese take two a sign, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 0 if unicodedata.combining(sign) else 1 for sign in text
    )
