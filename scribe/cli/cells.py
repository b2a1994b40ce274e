"""Text in a terminal's cells: how wide it is, cut and padded. A Korean or Chinese character takes two."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import TextIO

STYLED = re.compile(r"(\t|\r\n|\x1b\[(?:[0-2]|3[0-7])m)")
"""What a line in colours may hold besides words: what `styled` puts round them, and what stands between columns."""


def width(text: str) -> int:
    """The cells that a text without line ends takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """The text, or as much of its beginning as fits with an ellipsis behind it."""
    if width(text) <= cells:
        return text
    taken, kept = 0, []
    for char in text:
        taken += _cells(char)
        if taken > cells - 1:
            break
        kept.append(char)
    return "".join(kept) + "…" if cells > 0 else ""


def padded(text: str, cells: int) -> str:
    """The text with spaces behind it up to that width."""
    return text + " " * (cells - width(text))


def columns() -> int | None:
    """How wide the terminal is; None when the output goes to a file or a pipe, where nothing need be cut."""
    if not sys.stdout.isatty():
        return None
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns) or 80
    except (OSError, ValueError):
        return 80


def coloured(stream: TextIO) -> bool:
    """Whether colour may be used there: a terminal, and nobody said NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, **style: bool | str) -> str:
    """The text in that style where standard output takes colour."""
    if not coloured(sys.stdout):
        return text
    import click

    return click.style(text, **style)  # type: ignore[arg-type]  # fg and the flags, as click names them


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
