"""Lines as the widgets draw them: pieces of text, each with the name of what it is, turned into strips of cells.

A piece's name is a component class of the widget that draws it, so that colour stays in the stylesheets.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from scribe.record.text import one_line
from scribe.ui.wrap import cut

Piece = tuple[str, str]
Line = tuple[Piece, ...]

StyleOf = Callable[[str], Style]


def width_of(line: Line) -> int:
    """Cells that a line takes."""
    return sum(cell_len(text) for text, _ in line)


def strip(line: Line, width: int, style_of: StyleOf) -> Strip:
    """A strip of exactly ``width`` cells; what does not fit is cut with an ellipsis.

    Whoever made the line had its words shown already; this is the last gate, for what was forgotten.
    """
    segments, left = [], width
    for text, name in line:
        if left <= 0:
            break
        if not (text.isascii() and text.isprintable()):
            text = one_line(text)
        size = cell_len(text)
        if size > left:
            text = cut(text, left)
            size = cell_len(text)
        words = text.lstrip(" ")
        if len(words) < len(text):  # an indentation is blank, never struck through or coloured
            segments.append(Segment(" " * (len(text) - len(words)), style_of("")))
        if words:
            segments.append(Segment(words, style_of(name)))
        left -= size
    if left > 0:
        segments.append(Segment(" " * left, style_of("")))
    return Strip(segments, width)


def spread(left: Line, right: Line, width: int) -> Line:
    """One line with something at either end; the left gives way when both do not fit."""
    room = width - width_of(right)
    if room < 8:
        return left
    kept: list[Piece] = []
    used = 0
    for text, name in left:
        fitting = cut(text, max(0, room - 1 - used))
        kept.append((fitting, name))
        used += cell_len(fitting)
    return (*kept, (" " * (room - used), ""), *right)
