"""The cells of Markdown tables as HTML, and the tables as they are found in a document before it is parsed.

A timeline has tens of thousands of cells, and a Markdown parser takes seconds over them. Nearly all of them are plain
words with escaped signs, which mean the same to any parser: those are read here, and only the others are given to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# What is left once escapes are taken away must hold none of these; an underscore within a word does nothing.
_ACTIVE = re.compile(r"[\\`*\[\]<&\n]|_(?:(?<![^\W_]_)|(?![^\W_]))")
_HTML = re.compile(r'[&<>"]')
# How an entry was written stands behind its words, in emphasis and parentheses.
_NOTE = re.compile(r"(?s:(.*)) \*\(([^*]*)\)\*")
_BARE = re.compile(r"<(https?://[\w./?=&%#:~+@,;!$'()-]+)>", re.ASCII)
_HOST = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:[/?#]|$)")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\|[-:| \t]*-[-:| \t]*")


class Found(Struct, frozen=True, gc=False):
    """The rows of a table that were taken out of a document: each as its line, and as the cells in it, in Markdown."""

    lines: list[str]
    rows: list[list[str]]


class Cells(dict[str, str]):
    """HTML by the cell's Markdown, read at most once; ``parser`` reads what is not plain."""

    def __init__(self, parser: Callable[[str], str]) -> None:
        super().__init__()
        self._parser = parser

    def __missing__(self, source: str) -> str:
        """Read one cell."""
        html = self[source] = self._read(source)
        return html

    def _read(self, source: str) -> str:
        html = quick(source)
        return self._parser(source) if html is None else html


def quick(source: str) -> str | None:
    """A cell as HTML, exactly as a parser would give it; None where only a parser can tell."""
    if "*" in source:
        found = _NOTE.fullmatch(source)
        if found is not None and found[1] and not found[1].endswith((" ", "\\")):
            words, note = _plain(found[1]), _plain(found[2])
            if words is not None and note is not None:
                return f"{words} <em>({note})</em>"
    return _plain(source)


def is_bare(line: str) -> bool:
    """Whether a row is its own HTML: most hold no sign that means anything to anybody."""
    # One look for each sign is several times as fast as one for any of them.
    return not (
        "\\" in line
        or "<" in line
        or ">" in line
        or '"' in line
        or "*" in line
        or "_" in line
        or "&" in line
        or "[" in line
        or "]" in line
        or "`" in line
    )


def text_of(source: str) -> str:
    """The words of a cell that holds nothing but words."""
    return _ESCAPED.sub(r"\1", source) if "\\" in source else source


def lifted(markdown: str) -> tuple[str, dict[int, Found]]:
    """A document without the rows of its tables, and those rows by the line on which their table begins.

    Only plain tables are taken: a pipe begins every line, and a blank line ends them. What only looks like one (within
    a block of code, say) is for the caller to notice: no table then begins on that line.
    """
    lines = markdown.split("\n")
    kept: list[str] = []
    found: dict[int, Found] = {}
    place, end = 0, len(lines)
    while place < end:
        kept.append(lines[place])
        place += 1
        if not _begins(lines, place - 1):
            continue
        last = place + 1
        while last < end and lines[last].startswith("|"):
            last += 1
        rows = _rows(lines[place - 1], lines[place + 1 : last])
        if rows.lines and (last == end or not lines[last].strip()):
            found[len(kept) - 1] = rows
            kept.append(lines[place])
            place = last
    return "\n".join(kept), found


def _begins(lines: list[str], place: int) -> bool:
    return lines[place].startswith("|") and place + 2 < len(lines) and _RULE.fullmatch(lines[place + 1]) is not None


def _rows(header: str, lines: list[str]) -> Found:
    """The rows, without what they were padded with; none where one has fewer cells than the header."""
    count = len(_split(header))
    pipes = count + 1
    rows = []
    for line in lines:
        # Ten thousand of these are the common case, and `_split` costs three times as much.
        if line.count("|") == pipes and line[-1] == "|" and "\\" not in line:
            rows.append(list(map(str.strip, line[1:-1].split("|"))))
        else:
            rows.append(_split(line)[:count])
    return Found(lines, rows) if all(len(row) == count for row in rows) else Found([], [])


def _split(line: str) -> list[str]:
    cells = [cell.replace("\\|", "|") for cell in _PIPE.split(line.strip())]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return list(map(str.strip, cells))


def _plain(source: str) -> str | None:
    """Words, escaped signs and bare addresses as HTML; None where there is more to them."""
    if "<http" in source:
        parts = _BARE.split(source)
        words = [_words(part) for part in parts[::2]]
        links = [_link(part) for part in parts[1::2]]
        known = [part for part in (*words, *links) if part is not None]
        if len(known) < len(parts) or any(part.endswith("\\") for part in parts[::2]):
            return None
        parts[::2], parts[1::2] = known[: len(words)], known[len(words) :]
        return "".join(parts)
    return _words(source)


def _words(source: str) -> str | None:
    rest = source
    if "\\" in source:
        # Something that is neither a letter nor a space stands for each escaped sign, as for the parser.
        rest = _ESCAPED.sub("\0", source)
        source = _ESCAPED.sub(r"\1", source)
    if _ACTIVE.search(rest):
        return None
    return _HTML.sub(lambda sign: _ENTITIES[sign[0]], source) if _HTML.search(source) else source


def _link(url: str) -> str | None:
    if _HOST.match(url) is None or "%" in url or "xn--" in url:
        return None
    shown = url.replace("&", "&amp;")
    return f'<a href="{shown}" class="u">{shown}</a>'
