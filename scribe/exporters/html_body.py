"""A document's Markdown as HTML: its headings with anchors, its tables in containers that scroll, its links checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from msgspec import Struct

from scribe.exporters.html_cells import Cells, Found, is_bare, lifted, text_of
from scribe.record.text import one_line

_NARROW = frozenset(
    ("At", "Begun", "Due", "For", "From", "ID", "Length", "No.", "Overdue", "Ref", "Sent", "T+", "Time", "Took")
)
"""Columns of short values, by their headings; a line is never broken within them."""

_MANY = 5
"""Columns from which on a table may well be wider than a small screen, and is to be reached by keys."""

_NEWLINES = re.compile(r"\r\n?")
_ROW = re.compile(r"<tr><td>(.*?)</td>")
_DASHES = re.compile(r"[^0-9A-Za-z]+")


class Heading(Struct, frozen=True, gc=False):
    """A heading that the table of contents names: 2 or 3, its anchor, its words."""

    level: int
    anchor: str
    text: str


class Body(Struct, frozen=True, gc=False):
    """A document in HTML: its first heading, what stands before the first section, the sections in pieces.

    ``anchors`` are those of the timeline's rows, by the entry's reference.
    """

    title: Markup
    title_text: str
    intro: Markup
    sections: tuple[str, ...]
    headings: tuple[Heading, ...]
    anchors: Mapping[str, str]


class _Table(Struct, gc=False):
    """A table whose rows were taken out: where it stands among the tokens, its heading, and the rows."""

    start: int
    end: int
    section: str
    heads: list[str]
    attrs: list[str]
    shown: list[str]
    found: Found


def body(markdown: str, refs: Iterable[str]) -> Body:
    """The document in HTML; ``refs`` are the references of the entries, whose rows in the timeline get anchors."""
    markdown = _NEWLINES.sub("\n", markdown).replace("\0", "\ufffd")
    env: dict[str, Any] = {}
    short, found = lifted(markdown)
    tokens = parser().parse(short, env)
    starts = {token.map[0] for token in tokens if token.type == "table_open" and token.map and not token.level}
    if not found.keys() <= starts:  # what looked like a table stands within a block of code
        env, found = {}, {}
        tokens = parser().parse(markdown, env)
    return _Writer(tokens, env, found, frozenset(refs)).body()


class _Writer:
    """Puts one document together."""

    def __init__(self, tokens: list[Token], env: dict[str, Any], found: dict[int, Found], refs: frozenset[str]) -> None:
        self._md = parser()
        self._tokens = tokens
        self._env = env
        self._found = found
        self._taken: set[str] = set()
        self._headings: list[Heading] = []
        self._cells = Cells(lambda source: str(self._md.renderInline(source, env)))
        self._refs = refs
        self._anchors: dict[str, str] = {}

    def body(self) -> Body:
        """The document."""
        title, text = self._title()
        self._mark_headings()
        tables = list(self._tables())
        timeline = self._timeline(tables)
        # The timeline first: tables before it lead to its rows too.
        first = [] if timeline is None else self._table(timeline, is_timeline=True)
        cuts: list[tuple[int, _Table | None]] = [(table.start, table) for table in tables]
        cuts += [(number, None) for number, token in enumerate(self._tokens) if _is_section(token)]
        intro: list[str] = []
        sections: list[str] = []
        into, place = intro, 0
        for number, table in sorted(cuts, key=lambda cut: cut[0]):
            into.append(self._html(self._tokens[place:number]))
            place = number
            if table is not None:
                into += first if table is timeline else self._table(table, is_timeline=False)
                place = table.end
            else:
                into = sections
                into.append("</section>\n<section>\n" if into else "<section>\n")
        into.append(self._html(self._tokens[place:]))
        if sections:
            sections.append("</section>\n")
        return Body(
            title=title,
            title_text=text,
            intro=Markup("".join(intro)),  # noqa: S704  # the parser's own output
            sections=tuple(sections),
            headings=tuple(self._headings),
            anchors=self._anchors,
        )

    def _html(self, tokens: Sequence[Token]) -> str:
        return str(self._md.renderer.render(tokens, self._md.options, self._env))

    def _title(self) -> tuple[Markup, str]:
        """The heading that begins the document goes on top of the page; any other of its kind becomes a section."""
        title, text = Markup(""), ""
        if self._tokens and self._tokens[0].tag == "h1":
            inline = self._tokens[1]
            title, text = Markup(self._html([inline])), _words(inline)  # noqa: S704
            self._tokens = self._tokens[3:]
        for token in self._tokens:
            if token.tag == "h1":
                token.tag = "h2"
        return title, text

    def _mark_headings(self) -> None:
        for token, inline in zip(self._tokens, self._tokens[1:], strict=False):
            if token.type != "heading_open" or token.level or token.tag not in ("h2", "h3"):
                continue
            text = _words(inline)
            anchor = self._anchor("-".join(re.findall(r"\w+", text.lower())[:12]) or "section")
            token.attrSet("id", anchor)
            self._headings.append(Heading(int(token.tag[1]), anchor, text))

    def _anchor(self, wanted: str) -> str:
        anchor, count = wanted, 1
        while anchor in self._taken:
            count += 1
            anchor = f"{wanted}-{count}"
        self._taken.add(anchor)
        return anchor

    # ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tables(self) -> Iterator[_Table]:
        section, place = "", 0
        while place < len(self._tokens):
            token = self._tokens[place]
            if token.type == "heading_open":
                section = str(token.attrGet("id") or section)
            rows = self._found.get(token.map[0]) if token.type == "table_open" and token.map else None
            if rows is not None and not token.level:
                end = next(n for n in range(place, len(self._tokens)) if self._tokens[n].type == "table_close") + 1
                within = self._tokens[place:end]
                heads = [inline for inline in within if inline.type == "inline"]
                attrs = [str(head.attrGet("style") or "") for head in within if head.type == "th_open"]
                shown = [self._html([head]) for head in heads]
                yield _Table(place, end, section, [_words(head) for head in heads], attrs, shown, rows)
                place = end
            else:
                place += 1

    def _timeline(self, tables: Sequence[_Table]) -> _Table | None:
        """The table that tells most of the entries; it has to tell more than half of them."""
        best, most = None, len(self._refs) / 2
        for table in tables:
            column = _ref_column(table)
            if column is None:
                continue
            cells = {row[column] for row in table.found.rows}
            told = cells & self._refs
            told.update(ref for cell in cells - told for ref in self._named(cell))
            if len(told) > most:
                best, most = table, len(told)
        return best

    def _named(self, cell: str) -> list[str]:
        text = text_of(cell)
        return [text] if text in self._refs else [ref for ref in text.split(", ") if ref in self._refs]

    def _table(self, table: _Table, *, is_timeline: bool) -> list[str]:
        column = _ref_column(table)
        begins: dict[str, str] = {}
        if column is not None and is_timeline:
            begins = self._anchored([row[column] for row in table.found.rows])
        lines = []
        for line, row in zip(table.found.lines, table.found.rows, strict=True):
            shown = row if is_bare(line) else [self._cells[cell] for cell in row]
            begin = "<tr>"
            if column is not None:
                ref = row[column]
                if ref in begins:
                    begin = begins.pop(ref)
                elif ref in self._anchors:
                    shown = [*shown]
                    shown[column] = f'<a href="#{self._anchors[ref]}">{shown[column]}</a>'
            lines.append(f"{begin}<td>{'</td><td>'.join(shown)}</td></tr>\n")
        if table.heads == ["Field", "Value"]:
            lines = [_ROW.sub(r'<tr><th scope="row">\1</th>', line) for line in lines]
        return [self._head(table, is_timeline=is_timeline), *lines, "</tbody></table></div>\n"]

    def _anchored(self, cells: Sequence[str]) -> dict[str, str]:
        """How the rows of a timeline begin, with the anchors of the entries that they tell, by their references."""
        begins = {}
        for cell in cells:
            named = [cell] if cell in self._refs else self._named(cell)
            new = [ref for ref in named if ref not in self._anchors]
            if new:
                words = new[0].lstrip("#")
                anchor = self._anchor(f"entry-{words if words.isalnum() else _DASHES.sub('-', words).strip('-')}")
                self._anchors.update(dict.fromkeys(new, anchor))
                begins[cell] = f'<tr id="{anchor}">'
        return begins

    def _head(self, table: _Table, *, is_timeline: bool) -> str:
        names = ["fields"] if table.heads == ["Field", "Value"] else []
        names += ["timeline"] if is_timeline else []
        names += ["kinds"] if table.heads[2:3] == ["Kind"] else []
        names += [f"n{number}" for number, head in enumerate(table.heads, 1) if head.split(" (")[0] in _NARROW]
        aligned = [
            (f"r{number}" if style.endswith("right") else f"m{number}")
            for number, style in enumerate(table.attrs, 1)
            if style.endswith(("right", "center"))
        ]
        classes = " ".join((*names, *aligned))
        heads = "".join(f'<th scope="col">{shown}</th>' for shown in table.shown)
        is_wide = len(table.heads) >= _MANY and table.section
        region = f' role="region" aria-labelledby="{escape(table.section)}" tabindex="0"' if is_wide else ""
        named = f' class="{classes}"' if classes else ""
        return f'<div class="scroll"{region}><table{named}>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'


def _ref_column(table: _Table) -> int | None:
    return next((number for number, head in enumerate(table.heads) if head in ("Ref", "Refs")), None)


def _is_section(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2" and not token.level


def _words(inline: Token) -> str:
    """What is read of a heading."""
    return " ".join("".join(_seen(child) for child in inline.children or ()).split())


def _seen(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


# ── the parser ──────────────────────────────────────────────────────────────────────────────────────────────────────


class _Renderer(RendererHTML):
    """As the parser's own, but that nothing is loaded from anywhere."""

    def link_open(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        """A link whose words are its address is marked, so that print does not say it twice."""
        token = tokens[index]
        shown = ' class="u"' if token.markup == "autolink" else ""
        return f'<a href="{escape(str(token.attrGet("href") or ""))}"{shown}>'

    def image(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        """A picture would have to be fetched: the page names it, and links to it."""
        token = tokens[index]
        return f'<a href="{escape(str(token.attrGet("src") or ""))}">{escape(_words(token) or "picture")}</a>'

    def th_open(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        """A heading of a column."""
        style = tokens[index].attrGet("style")
        return f'<th scope="col" style="{escape(str(style))}">' if style else '<th scope="col">'

    def table_open(self, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType) -> str:
        """A wide table scrolls by itself."""
        return '<div class="scroll"><table>\n'

    def table_close(self, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType) -> str:
        """The end of a table and of what it scrolls in."""
        return "</table></div>\n"


class _Markdown(MarkdownIt):
    """CommonMark that leads nowhere but to the web, to mail, or to a place in this very page."""

    def validateLink(self, url: str) -> bool:
        """Whether a link may lead there."""
        return url.startswith("#") or re.match(r"(?:https?|mailto):", url, re.IGNORECASE) is not None

    def normalizeLinkText(self, link: str) -> str:
        """An address as it is read: decoded, which may bring out signs that act or hide."""
        return one_line(super().normalizeLinkText(link))


@cache
def parser() -> MarkdownIt:
    """CommonMark with GitHub's tables; raw HTML is text."""
    return _Markdown("commonmark", {"html": False, "linkify": False}, renderer_cls=_Renderer).enable("table")
