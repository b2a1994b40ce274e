from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.exporters.escape import inline
from scribe.exporters.html import page
from scribe.exporters.html_body import body, parser
from scribe.exporters.html_cells import quick
from scribe.exporters.markdown import TEMPLATES, Template, postmortem
from scribe.record.redact import redact
from scribe.record.state import Board, Entries, Entry, State
from scribe.record.text import one_line, visible
from tests.after.records import told
from tests.exporters.reader import squeezed
from tests.exporters.test_escape import NASTY, signs, typed
from tests.exporters.test_lanes import SEOUL

LINES = (
    "00:20 /role ic @alice",
    "00:40 /impact one order in eight fails",
    "01:00 13:40 alert: 5xx over 5 % https://dash.example/d/1?a=1&b=2 #alert",
    "01:10 /milestone detected 13:40",
    "02:00 ? @bob slow `query` on order_id | pool",
    "03:00 /rule-out H1 db is idle",
    "05:00 > @bob roll back",
    "06:00 /done A1 all pods",
    "08:00 ! @alice keep it rolled back",
    "18:00 /update stable",
    "21:00 /state monitoring",
    "25:00 /state resolved both signals are normal",
    "26:00 13:41 found afterwards: first time-out",
)
PLAIN = MarkdownIt("commonmark", {"html": False}).enable("table")
"""The parser as it comes, to compare with."""

HOSTILE = (
    *NASTY,
    "</svg><script>alert(1)</script><svg onload=alert(1)>",
    "</title></desc></style></pre><img src=x onerror=alert(1)>",
    "javascript:alert(1) [x](javascript:alert(1)) <javascript:alert(1)> <data:text/html,x>",
    "\" onclick='x' style=\"position:fixed",
    "&lt;b&gt; &amp;amp; &#x202e;",
    "‮gnp.exe ⁦x⁩ עברית العربية 決済が遅い 결제",
    "x" * 10_000,
    "word " * 2_000,
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> State:
    return told(tmp_path_factory.mktemp("html"), *LINES)


@pytest.fixture(scope="module")
def document(small: State) -> Postmortem:
    return build(redact(small), zone=SEOUL)


def spoilt(state: State, words: list[str]) -> State:
    """The state with typed words in the places that a page shows, and every third entry starred."""
    number = iter(range(10**6))

    def word() -> str:
        return words[next(number) % len(words)]

    def entry(place: int, old: Entry) -> Entry:
        urls = (f"https://a.example/{word()}", word())
        starred = place % 3 == 0
        return replace(
            old, text=word(), by=word(), recorded_by=word(), ref=f"{old.ref}{word()}", sources=urls, starred=starred
        )

    entries = [entry(place, old) for place, old in enumerate(state.entries)]
    board: Board = replace(state.board, title=word(), incident=word(), impact=word())
    return State(board, Entries(entries, len(entries)))


def parsed(html: str) -> Element:
    """The page as a browser reads it."""
    found: Element = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return found


def elements(root: Element) -> Iterator[tuple[str, Element]]:
    """Every element with its name, whatever its namespace."""
    for element in root.iter():
        if isinstance(element.tag, str):
            yield element.tag.rpartition("}")[2], element


def texts(root: Element) -> list[tuple[str, str]]:
    """The cells, headings and paragraphs of a page, with what is read in them; not the drawing, not the contents."""
    apart = {id(one) for name, part in elements(root) if name in ("figure", "nav", "head") for one in part.iter()}
    found = []
    for name, element in elements(root):
        if id(element) not in apart and re.fullmatch(r"t[dh]|h\d|p|li|pre", name):
            text = squeezed("".join(element.itertext()))
            found.append(("td" if name == "th" else name, text))
    return found


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_page_says_what_the_markdown_says(template: Template, document: Postmortem) -> None:
    markdown = postmortem(document, template)
    assert texts(parsed(page(document, markdown))) == texts(parsed(PLAIN.render(markdown)))


def test_the_page_is_made_of_the_elements_that_tell_what_things_are(document: Postmortem) -> None:
    root = parsed(page(document, postmortem(document, "layered")))
    count = Counter(name for name, _ in elements(root))
    assert (count["h1"], count["header"], count["nav"], count["main"], count["figure"]) == (1, 1, 1, 1, 1)
    assert root.get("lang") == "en"
    (title,) = [element.text for name, element in elements(root) if name == "title"][:1]
    assert title == "Postmortem: Checkout fails – INC-1"
    assert all(element.get("scope") in ("col", "row") for name, element in elements(root) if name == "th")
    assert (
        count["table"] == len([1 for _, element in elements(root) if "scroll" in element.get("class", "").split()]) - 1
    )
    (plot,) = [element for name, element in elements(root) if name == "svg" and element.get("role") == "img"]
    assert [child.tag.rpartition("}")[2] for child in plot][:2] == ["title", "desc"]
    assert plot.get("aria-labelledby") == " ".join(str(child.get("id")) for child in list(plot)[:2])


def test_the_contents_lead_to_every_heading(document: Postmortem) -> None:
    root = parsed(page(document, postmortem(document, "layered")))
    (nav,) = [element for name, element in elements(root) if name == "nav"]
    named = [(link.get("href"), "".join(link.itertext())) for name, link in elements(nav) if name == "a"]
    headings = [
        (f"#{heading.get('id')}", squeezed("".join(heading.itertext())))
        for name, heading in elements(root)
        if name in ("h2", "h3")
    ]
    assert named == headings
    assert ("#timeline", "Timeline") in named


def test_marks_and_references_lead_to_the_rows_of_the_timeline(document: Postmortem) -> None:
    root = parsed(page(document, postmortem(document, "layered")))
    rows = {element.get("id"): element for name, element in elements(root) if name == "tr" and element.get("id")}
    told_of = {"".join(list(row)[1].itertext()): anchor for anchor, row in rows.items()}
    assert set(told_of) == {entry.ref for entry in document.timeline}
    assert told_of["#1"] == "entry-1"
    marks = [element for name, element in elements(root) if name == "a" and "k" in element.get("class", "").split()]
    assert {str(mark.get("href"))[1:] for mark in marks} == set(rows)
    # The table says the same; whoever goes by keys does not have to pass every mark.
    assert {mark.get("tabindex") for mark in marks} == {"-1"}
    links = {
        "".join(link.itertext()): link.get("href")
        for name, link in elements(root)
        if name == "a" and "".join(link.itertext()) in told_of and not link.get("class")
    }
    assert links["#2"] == "#entry-2"
    assert links["A1"] == "#entry-A1"


def test_a_mark_tells_the_entry(document: Postmortem) -> None:
    root = parsed(page(document, postmortem(document, "layered")))
    titles = ["".join(element.itertext()) for name, element in elements(root) if name == "title"]
    assert "22:40 #5 milestone, @sam: detected (late)" in titles
    assert "23:02:00 H1 hypothesis, ruled out, @bob: slow `query` on order_id | pool" in titles
    assert "22:41 #11 fact, @sam: found afterwards: first time-out (reconstructed)" in titles


def test_the_drawing_is_told_in_words(document: Postmortem) -> None:
    root = parsed(page(document, postmortem(document, "layered")))
    (desc,) = ["".join(element.itertext()) for name, element in elements(root) if name == "desc"]
    assert desc.startswith("Times are KST (Asia/Seoul, UTC+09:00). Lanes, with their entries: Milestones (4); ")
    assert "Incident commander @alice (2)" in desc
    assert "State: investigating from 23:00:00 to 23:21:00; monitoring from 23:21:00 to 23:25:00." in desc
    assert "Without any entry: 19m from 22:41:00." in desc
    assert "Unknown moments: started, " in desc


def test_everything_is_in_the_page(document: Postmortem) -> None:
    html = page(document, postmortem(document, "layered"))
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert not re.search(r"@import|url\((?!#)", html)
    nothing_is_loaded_and_nothing_runs(parsed(html))


def test_a_document_without_known_times_has_no_drawing(document: Postmortem) -> None:
    lost = replace(document, timeline=tuple(replace(entry, precision="unknown") for entry in document.timeline))
    root = parsed(page(lost, postmortem(lost, "layered")))
    assert "figure" not in {name for name, _ in elements(root)}


# ── whatever people type ────────────────────────────────────────────────────────────────────────────────────────────

ALLOWED = {
    *("html", "head", "meta", "title", "link", "style", "body", "div", "header", "nav", "main", "section", "figure"),
    *("figcaption", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "em", "strong", "code", "pre", "br", "hr"),
    *("blockquote", "table", "thead", "tbody", "tr", "th", "td", "svg", "desc", "defs", "pattern", "path", "use", "g"),
    *("rect", "text"),
}


def nothing_is_loaded_and_nothing_runs(root: Element) -> None:
    ids = [element.get("id") for _, element in elements(root) if element.get("id")]
    assert len(ids) == len(set(ids))
    for name, element in elements(root):
        assert name in ALLOWED
        for key, value in element.attrib.items():
            key = str(key).rpartition("}")[2]
            assert not key.startswith("on")
            assert key not in ("src", "srcset", "action", "formaction", "background", "data", "poster")
            if key != "href":
                continue
            if value.startswith("#"):
                assert value[1:] in ids
            elif name == "link":
                assert (element.get("rel"), value) == ("icon", "data:,")
            else:
                assert name == "a"
                assert re.match(r"(?i)https?://", value)


@settings(max_examples=5)
@given(st.lists(typed | st.sampled_from(HOSTILE[:-2]), min_size=1, max_size=6))
@example(list(HOSTILE))
def test_whatever_is_typed_stays_text(small: State, words: list[str]) -> None:
    document = build(redact(spoilt(small, words)), zone=SEOUL)
    markdown = postmortem(document, "classic")
    root = parsed(page(document, markdown))
    nothing_is_loaded_and_nothing_runs(root)
    # The parser as it comes shows an address decoded, with whatever that brings out.
    plain = [(tag, visible(text)) for tag, text in texts(parsed(PLAIN.render(markdown)))]
    assert texts(root) == plain


def test_typed_words_stand_in_the_drawing_as_they_are_and_are_cut(document: Postmortem) -> None:
    hostile = HOSTILE[len(NASTY) :]
    entries = [replace(e, text=word, by=word) for e, word in zip(document.timeline, hostile, strict=False)]
    root = parsed(page(replace(document, timeline=tuple(entries)), "# x\n"))
    said = "\n".join("".join(mark.itertext()) for _, mark in elements(root) if "k" in mark.get("class", "").split())
    assert all(f"@{one_line(word[:20])}" in said and f": {one_line(word[:100])}" in said for word in hostile)
    assert len(said) < len(hostile) * 300


# ── Markdown that a team's own template may hold ────────────────────────────────────────────────────────────────────


def test_a_picture_becomes_a_link_and_a_bad_link_its_words() -> None:
    read = body("![plan](https://a.example/p.png) [x](javascript:alert(1)) [y](//a.example) ![z](data:image/png;x)", [])
    assert '<a href="https://a.example/p.png">plan</a>' in read.intro
    assert [element.get("href") for name, element in elements(parsed(read.intro)) if name == "a"] == [
        "https://a.example/p.png"
    ]


def test_raw_html_is_text() -> None:
    read = body("<b>x</b>\n\n<script>\nalert(1)\n</script>\n", [])
    assert {name for name, _ in elements(parsed(read.intro))} == {"html", "head", "body", "p"}


def test_a_diagram_in_mermaid_is_shown_as_its_source(document: Postmortem) -> None:
    html = page(document, "# x\n\n```mermaid\ngraph TD\n  a --> b\n```\n")
    assert '<pre><code class="language-mermaid">graph TD\n  a --&gt; b\n</code></pre>' in html


def test_only_the_first_heading_is_on_top(document: Postmortem) -> None:
    root = parsed(page(document, "# one\n\n## two\n\n# three\n"))
    assert [(name, element.text) for name, element in elements(root) if re.fullmatch(r"h\d", name)] == [
        ("h1", "one"),
        ("h2", "two"),
        ("h2", "three"),
    ]


def test_a_document_without_a_heading_is_called_by_the_incident(document: Postmortem) -> None:
    root = parsed(page(document, "no heading\n"))
    assert [element.text for name, element in elements(root) if name == "h1"] == ["Checkout fails"]


def test_headings_of_the_same_words_are_told_apart() -> None:
    read = body("## 원인 a\n\n## 원인 a\n\n### !\n", [])
    assert [heading.anchor for heading in read.headings] == ["원인-a", "원인-a-2", "section"]


def test_a_heading_never_takes_the_place_of_a_part_of_the_page(document: Postmortem) -> None:
    names = (
        "content",
        "page content",
        "page.content",
        "drawn",
        "drawn.title",
        "sign circle",
        "entry 1",
        "<!-- sections -->",
    )
    markdown = "# x\n\n" + "".join(f"## {inline(name)}\n\nwords\n\n" for name in names)
    html = page(document, markdown + postmortem(document, "layered"))
    nothing_is_loaded_and_nothing_runs(parsed(html))
    assert texts(parsed(html))[: 2 * len(names) : 2] == [("h1", "x"), *(("p", "words"),) * (len(names) - 1)]


def test_several_references_in_one_cell_lead_to_its_row() -> None:
    rows = "\n".join(f"| {n}:00 | #{n}, #{n + 50} | words |" for n in range(3))
    read = body(f"| From | Refs | What |\n|---|---|---|\n{rows}\n", ["#0", "#1", "#2", "#50", "#51", "#52"])
    assert read.anchors == {f"#{ref}": f"entry-{ref % 50}" for ref in (0, 1, 2, 50, 51, 52)}


def test_a_table_that_tells_few_entries_is_not_the_timeline() -> None:
    read = body("| Ref | What |\n|---|---|\n| #1 | x |\n", ["#1", "#2", "#3"])
    assert read.anchors == {}


cells = st.text(st.sampled_from("`|\\<>[]()!*_~#-+=:&;$.'\" 9aé漢\u00a0"), max_size=30)


@settings(max_examples=200)
@given(
    cells
    | signs
    | typed.map(inline)
    | st.tuples(typed, typed).map(lambda two: f"{inline(two[0])} *({inline(two[1])})*")
)
@example("<https://a.example/b_c?x=1&y=2> after")
@example("a_b _c_ d\\_e")
@example("x\\ *(late)*")
@example("<https://a.example>\\")
def test_what_is_read_without_the_parser_is_what_the_parser_reads(source: str) -> None:
    source = re.sub(r"[\r\n]", " ", source).strip().replace("\0", "\ufffd")
    if source:
        assert quick(source) in (None, parser().renderInline(source))


def test_nearly_everything_is_read_without_the_parser() -> None:
    for text in ("plain words", "order_id \\| a\\_", "x *(late: written 14:01:00)*", "<https://a.example/d/1> #alert"):
        assert quick(text) is not None


lines = st.lists(
    st.sampled_from(
        [
            *(
                "",
                "",
                "| a | b |",
                "| a | b |",
                "|---|---|",
                "|:--|--:|",
                "| c \\| d | *e* |",
                "| x |",
                "| x | y | z |",
            ),
            *("```", "> | a | b |", "> |---|---|", "- item", "  | a | b |", "    | a | b |", "a | b", "text", "## h"),
            *("|", "||", "| | |", "|---|", "[a]: https://a.example", "| [a] | <b> |", "\\| a | b |", "|\ta\t| b |"),
        ]
    ),
    max_size=14,
)


@settings(max_examples=120)
@given(lines)
@example(["| a | b |", "|---|---|", "| c | d |", "text"])
@example(["```", "", "| a | b |", "|---|---|", "| c | d |", "", "```"])
def test_tables_are_found_where_the_parser_finds_them(lines: list[str]) -> None:
    markdown = "\n".join(lines)
    read = body(f"x\n\n{markdown}", [])
    assert texts(parsed(f"{read.intro}{''.join(read.sections)}")) == texts(parsed(PLAIN.render(f"x\n\n{markdown}")))


def test_a_column_keeps_its_side() -> None:
    read = body("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n", [])
    assert '<table class="r2 m3">' in read.intro


def test_the_same_document_is_the_same_page(tmp_path: Path) -> None:
    document = build(redact(told(tmp_path, *LINES[:4])), zone=SEOUL)
    markdown = postmortem(document, "classic")
    assert page(document, markdown) == page(document, markdown)
