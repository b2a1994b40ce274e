"""Text to lines of so many cells: by words where it can be, by characters where a word is too long."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

_WORDS = re.compile(r"\s*\S+\s*")


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text, none wider than ``width`` cells; newlines are kept. Never empty."""
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if len(paragraph) * 2 <= width or cell_len(paragraph) <= width:
            lines.append(paragraph)
        else:
            lines.extend(_wrapped(paragraph, width))
    return lines


def cut(text: str, width: int) -> str:
    """One line of at most ``width`` cells, with an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    return chop_cells(text, width - 1)[0] + "…"


def fit(text: str, width: int) -> str:
    """Exactly ``width`` cells: cut, or padded with spaces."""
    text = cut(text, width)
    return text + " " * (width - cell_len(text))


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for word in _pieces(paragraph):
        bare = word.rstrip()
        size = cell_len(bare)
        if used and used + size > width:
            lines.append(line.rstrip())
            line, used = "", 0
            word = word.lstrip()
            bare = word.rstrip()
            size = cell_len(bare)
        if size > width:
            *full, bare = chop_cells(bare, width)
            lines.extend(full)
            word = bare + word[len(word.rstrip()) :]
        line += word
        used += cell_len(word)
    lines.append(line.rstrip())
    return lines


def _pieces(paragraph: str) -> list[str]:
    """Words with the spaces behind them; scripts that are written without spaces break between characters."""
    pieces = []
    for word in _WORDS.findall(paragraph):
        if word.isascii() or cell_len(word) == len(word):
            pieces.append(word)
        else:
            pieces.extend(
                re.findall(
                    r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]|[^\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]+",
                    word,
                )
            )
    return pieces
