"""Tables of GitHub's kind, laid out so that the raw file reads well too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from scribe.exporters.escape import Md

WIDEST = 60
"""Columns to which a cell is padded at most: beyond that one long cell would push every row out of sight."""

NOTHING = Md("–")
"""A cell that has nothing to say; not to be taken for something unknown."""


def table(header: Sequence[str], rows: Sequence[Sequence[Md]]) -> Md:
    """A table; every cell is Markdown of one line. Columns are aligned but for the last, which may be long."""
    columns: list[Sequence[Md]] = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    return long_table(header, columns[:-1], columns[-1])


def long_table(
    header: Sequence[str], padded: Sequence[Sequence[Md]], last: Iterable[Md], above: Sequence[Md] = ()
) -> Md:
    """As `table`, from columns, with some paragraphs ``above`` it.

    Cells of the last column may be made while they are asked for, and are not kept.
    """
    columns = [_Column(title, cells) for title, cells in zip(header[:-1], padded, strict=True)]
    widths = [*(column.width for column in columns), max(3, len(header[-1]))]
    # Row by row from here on, and put together once: it may be megabytes, and each copy costs as much as a column.
    aligned = [column.aligned() for column in columns]
    rows = list(map(" | ".join, zip(*aligned, chain(header[-1:], (cell or NOTHING for cell in last)), strict=True)))
    rows.insert(1, " | ".join("-" * width for width in widths))
    rows[0] = "\n\n".join((*above, f"| {rows[0]}"))
    rows[-1] = f"{rows[-1]} |"
    return Md(" |\n| ".join(rows))


def fields(rows: Sequence[tuple[str, Md]]) -> Md:
    """A table of names and values."""
    return table(("Field", "Value"), [(Md(name), value) for name, value in rows])


class _Column:
    """A column that is aligned. All of it at once, because a timeline has ten thousand rows, and most are plain."""

    def __init__(self, title: str, cells: Sequence[Md]) -> None:
        self._cells = [title, *(cells if all(cells) else (cell or NOTHING for cell in cells))]
        self._is_ascii = "".join(self._cells).isascii()
        self.width = min(WIDEST, max(3, max(map(len if self._is_ascii else _width, self._cells))))

    def aligned(self) -> Iterator[str]:
        """Its cells, the title first."""
        if self._is_ascii:
            return map(str.ljust, self._cells, repeat(self.width))
        return (cell + " " * (self.width - _width(cell)) for cell in self._cells)


def _width(text: str) -> int:
    """Columns of a terminal: Korean and Chinese take two a sign, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(sign) in "WF" else 0 if unicodedata.combining(sign) else 1 for sign in text
    )
