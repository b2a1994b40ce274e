"""What a reader of Markdown sees, according to markdown-it: CommonMark with GitHub's tables and strikethrough."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scribe.record.text import one_line

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@lru_cache(maxsize=8)
def parsed(markdown: str) -> list[Token]:
    """The document's blocks; parsing it is what most tests of documents spend their time on."""
    return PARSER.parse(markdown)


def squeezed(text: str) -> str:
    """Text with its white space normalised, as a browser shows it."""
    return " ".join(text.split())


def shown(text: str) -> str:
    """What must be seen of a typed text that stands on one line."""
    return squeezed(one_line(text.strip()))


def tokens(markdown: str) -> list[Token]:
    """Every token, those within lines included."""
    return [token for block in parsed(markdown) for token in (block, *(block.children or ()))]


def kinds(markdown: str) -> set[str]:
    """The kinds of all tokens."""
    return {token.type for token in tokens(markdown)}


def seen(inline: Token) -> str:
    """The text of a paragraph, a heading or a cell."""
    return squeezed("".join(_text(child) for child in inline.children or ()))


def _text(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def lines_seen(markdown: str) -> list[str]:
    """The text of every paragraph, heading and cell."""
    return [seen(token) for token in parsed(markdown) if token.type == "inline"]


def tables(markdown: str) -> list[list[list[str]]]:
    """Every table as rows of cells, the header first."""
    found: list[list[list[str]]] = []
    for token in parsed(markdown):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and _in_cell(token, found):
            found[-1][-1].append(seen(token))
    return found


def _in_cell(token: Token, found: Iterable[object]) -> bool:
    # A cell's text lies deeper than any paragraph outside of lists does.
    return bool(found) and token.level >= 4
