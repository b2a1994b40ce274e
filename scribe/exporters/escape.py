r"""Typed text made safe to stand in Markdown: whatever people wrote is shown as written, and none of it acts.

Only what CommonMark, GitHub's tables and the common extensions (strikethrough, formulas, bare links) would read as
markup gets a backslash, so that names like ``checkout-api`` and ``order_id`` stay readable in the raw file.
``@name`` and ``#12`` are left alone: no Markdown can take their meaning away on a site that looks for them
after rendering, and a postmortem without readable names and references would be the worse document.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from urllib.parse import quote

from scribe.record.text import one_line, visible


class Md(str):
    """Markdown that is safe as it stands: our own, or typed text that was escaped."""

    __slots__ = ()


# Signs that act in the midst of a line. Each begins with a literal one: `re` looks for all of these at once.
_ACTIVE = re.compile(
    r"""
      \\ | ` | \* | \[ | \] | < | \| | ~ | \$  # wherever they stand
    | _ (?: (?<![^\W_]_) | (?![^\W_]) )        # an underscore, but for one within a word
    | & (?=[#A-Za-z])                          # an ampersand that begins an entity
    | : (?=//)                                 # a colon, which makes a bare address a link
    | \. (?<=\b(?i:www)\.) (?=\S)              # and so does www
    """,
    re.VERBOSE,
)
# Signs that act only where a line begins: a heading, a quotation, a list, a rule or an underline, a table's rule.
# The backslash comes before them, but in a numbered list behind the number.
_AT_START = r"(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|[-=:][-=:\s]*$)|[0-9]{1,9}(?=[.)](?:\s|$))"
_LEADING = re.compile(_AT_START)
# Most of what people type holds none of these; seeing that first makes ten thousand entries cheap. Letters with
# accents, dashes and quotation marks, kana, Chinese and Hangul are as harmless; other scripts take the longer way.
_HARMLESS = (
    r"[-A-Za-z0-9 ,;%/@#'\"()!?=+>"
    r"\u00c0-\u024f\u2013-\u201d\u2026\u2192\u3001\u3002\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fa5\uac00-\ud7a3]*+"
)
_PLAIN = re.compile(
    rf"(?:[@A-Za-z]|#(?=[0-9])|(?!{_AT_START})){_HARMLESS}"
    rf"(?:(?:(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|:(?!//)|\.(?<!(?i:www)\.)){_HARMLESS})*+"
)
_ENTITY = re.compile(r"(&#?\w+);")
_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
# What RFC 3986 lets an address hold, and the sign of what is encoded already.
_URL_SAFE = "-._~:/?#[]@!$&'()*+,;=%"


def inline(text: str) -> Md:
    """Typed text on one line, as a table cell, a heading, a list item or a line of a paragraph takes it."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return Md(text)
    return Md(_at_line_start(_escaped(one_line(text))))


def linked(text: str, sources: Collection[str]) -> Md:
    """As `inline`, with each source that the text names made a link; sources that it does not name follow it."""
    if not sources:
        return inline(text)
    line = one_line(text.strip())
    links = {url: md for url in sources if (md := link(url))}
    named = [url for url in links if url in line]
    match named:
        case []:
            line = _escaped(line)
        case [url]:  # nearly always, and a pattern takes longer to compile than all the rest
            line = links[url].join(map(_escaped, line.split(url)))
        case _:
            # The longest first: one address may be the beginning of another.
            pattern = "|".join(re.escape(url) for url in sorted(named, key=len, reverse=True))
            parts = re.split(f"({pattern})", line)
            parts[::2] = [_escaped(part) for part in parts[::2]]
            parts[1::2] = [links[url] for url in parts[1::2]]
            line = "".join(parts)
    following = [md for url, md in links.items() if url not in named]
    return Md(" ".join(filter(None, (_at_line_start(line), *following))))


def paragraphs(text: str) -> Md:
    """Typed text of several lines: blank lines part paragraphs, the other lines stay lines."""
    blocks: list[list[str]] = [[]]
    for line in visible(text).split("\n"):
        if line.strip():
            blocks[-1].append(inline(line))
        elif blocks[-1]:
            blocks.append([])
    return Md("\n\n".join("\\\n".join(lines) for lines in blocks if lines))


def quoted(text: str) -> Md:
    """Typed text of several lines as a quotation."""
    return Md("\n".join(f"> {line}" if line else ">" for line in paragraphs(text).split("\n")))


@lru_cache(maxsize=1024)
def link(url: str) -> Md:
    """An address as a link that shows where it leads; empty when it is not http or https."""
    if not _LINK.fullmatch(url):
        return Md("")
    # Within <…> a backslash means itself, but "&lt;" is still read as an entity.
    safe = _ENTITY.sub(r"\1%3B", quote(url, safe=_URL_SAFE, errors="replace"))
    return Md(f"<{safe}>")


def joined(parts: Iterable[str], between: str = ", ") -> Md:
    """Several pieces in one, each escaped unless it is Markdown already."""
    return Md(between.join(part if isinstance(part, Md) else inline(part) for part in parts))


def _escaped(line: str) -> str:
    return _ACTIVE.sub(_backslashed, line)


def _backslashed(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _at_line_start(line: str) -> str:
    found = _LEADING.match(line)
    return f"{line[: found.end()]}\\{line[found.end() :]}" if found else line
