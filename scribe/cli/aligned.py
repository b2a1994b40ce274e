"""A table in a terminal: columns as wide as their cells, the last one cut where the terminal ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scribe.cli.cells import columns, cut, padded, styled, width

_GAP = "  "
_WIDEST = 24
"""Cells beyond which a column that is not the last one is cut, in a terminal."""
_WORDS = 24
"""Cells of the last column below which dispensable ones make room for it."""


def aligned(
    table: Mapping[str, Sequence[str]],
    *,
    dispensable: Sequence[str] = (),
    colours: Sequence[str] = (),
) -> list[str]:
    """The lines of a table, the head first; every cell is one line of visible text.

    ``dispensable`` columns go in that order where the terminal is narrow; a column without a single word never stands.
    ``colours`` are those of the rows, empty for none.
    """
    *names, last = table
    room = columns()
    cells = {name: [cell if room is None else cut(cell, _WIDEST) for cell in table[name]] for name in names}
    cells = {name: found for name, found in cells.items() if any(found)}
    widths = {name: max(map(width, (name, *found))) for name, found in cells.items()}
    for name in dispensable:
        if room is None or sum(widths.values()) + len(_GAP) * len(widths) + _WORDS <= room:
            break
        cells.pop(name, None)
        widths.pop(name, None)
    left = None if room is None else max(0, room - sum(widths.values()) - len(_GAP) * len(widths))
    lines = []
    for row, words in enumerate((last, *table[last])):
        lead = [padded((name, *found)[row], widths[name]) for name, found in cells.items()]
        line = _GAP.join((*lead, words if left is None else cut(words, left))).rstrip()
        colour = colours[row - 1] if row and colours else ""
        lines.append(styled(line, fg=colour) if colour else line)
    return lines
