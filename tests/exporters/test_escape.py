from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scribe.exporters.escape import Md, inline, joined, link, linked, paragraphs, quoted
from scribe.record.text import visible
from tests.exporters.reader import PARSER, kinds, lines_seen, seen, shown, squeezed, tables, tokens

NASTY = [
    "a | b || c \\| d \\\\| e",
    "`code` ``two`` ```fence",
    "~~~ fence",
    "<script>alert(1)</script> <!-- gone --> <b>",
    "[x](javascript:alert(1)) ![](https://a.example/p.png) [^1]: note",
    "[x]: https://a.example",
    "<https://a.example> <me@a.example>",
    "https://a.example/a_b_c?x=1&lt;=2 www.a.example",
    "# heading",
    "####### seven",
    "#12 and @alice",
    "- item",
    "+ item",
    "* item",
    "- [ ] task",
    "1. one",
    "123456789) nine",
    "> quote",
    "=====",
    "-----",
    "- - -",
    "***",
    "___",
    ":--",
    ":-: | -:",
    "&lt; &amp; &#60; &copy; AT&T",
    "*em* **strong** _em_ __strong__ a_b_c ~~gone~~ ~x~",
    "ends in a backslash \\",
    "\\",
    "    indented",
    "\ttab",
    "two\nlines\n\n# three",
    "\x1b[31mred \u202egnp.exe \u200b",
    "결제가 느려요 決済 👩\u200d🚒 é",
    "$HOME/$USER",
    "a\\\nb",
    "",
    " ",
]
# Plain text would seldom hit a delimiter: these are mixed from the signs that act.
signs = st.text(st.sampled_from("`|\\<>[]()!*_~#-+=:&;$.1 9a\n\t\x1b\u202eé漢") | st.characters(), max_size=40)
typed = signs | st.sampled_from(NASTY)


@given(typed)
def test_a_paragraph_shows_what_was_typed_and_nothing_acts(text: str) -> None:
    source = inline(text)
    assert "\n" not in source
    assert kinds(source) <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert lines_seen(source) == ([shown(text)] if shown(text) else [])


@given(typed, typed, typed)
def test_a_cell_shows_what_was_typed_and_the_table_keeps_its_shape(first: str, second: str, third: str) -> None:
    source = f"| A | B |\n| --- | --- |\n| {inline(first)} | {inline(second)} |\n| {inline(third)} | end |\n\nafter"
    assert tables(source) == [[["A", "B"], [shown(first), shown(second)], [shown(third), "end"]]]
    assert lines_seen(source)[-1] == "after"
    assert not kinds(source) & {"html_inline", "html_block", "link_open", "image", "code_inline", "em_open", "s_open"}


@given(typed)
@pytest.mark.parametrize("frame", ["# {}\n", "- {}\n", "- Users: {}\n", "> {}\n", "x {} y\n", "*({})*\n", "a\n{}\n"])
def test_wherever_it_stands_it_stays_text(frame: str, text: str) -> None:
    plain = kinds(frame.format("plain words"))
    source = frame.format(inline(text))
    assert kinds(source) - {"text_special"} <= plain
    assert frame.format(shown(text)).strip("#->* \n").replace("\n", " ") in " ".join(lines_seen(source)) or not shown(
        text
    ).strip(" #->*")


# What is mostly harmless, and acts only in the wrong company.
nearly_plain = st.text(st.sampled_from("aZw0W.:/_#@-+=>)(&, –é漢결ー"), max_size=24)


@given(typed | nearly_plain)
@example("a:// x")
@example("see WwW.a.example")
@example("a_ b _c")
@example("1. 2) 3")
def test_harmless_text_is_told_apart_by_the_same_rules(text: str) -> None:
    """A source that is no address makes no link, and spares nobody the longer way."""
    assert linked(text, ("javascript:alert(1)",)) == inline(text)


def test_no_character_passes_for_harmless_that_is_not() -> None:
    texts = [f"a{chr(code)}b" for code in range(0x10000)]
    assert [text for text in texts if linked(text, ("javascript:alert(1)",)) != inline(text)] == []


@given(st.lists(typed, max_size=5))
def test_prose_keeps_its_lines_and_paragraphs(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    source = paragraphs(text)
    expected = "\n".join(line.strip() for line in visible(text).split("\n")).split("\n\n")
    assert lines_seen(source) == [squeezed(block) for block in expected if squeezed(block)]
    allowed = {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "hardbreak"}
    assert kinds(source) <= allowed
    assert lines_seen(quoted(text)) == lines_seen(source)
    assert kinds(quoted(text)) <= allowed | {"blockquote_open", "blockquote_close"}


@given(typed)
@example("x https://a.example/b_c_d(e). y https://a.example/b")
def test_links_in_a_text_show_the_text(text: str) -> None:
    sources = ("https://a.example/b_c_d(e)", "https://a.example/b", "javascript:alert(1)")
    source = linked(f"{text} {sources[0]}, {sources[1]}.", sources)
    cell = f"| A | B |\n| - | - |\n| {source} | end |"
    assert tables(cell)[0][1] == [shown(f"{text} {sources[0]}, {sources[1]}."), "end"]
    targets = {token.attrs["href"] for token in tokens(cell) if token.type == "link_open"}
    assert targets == set(sources[:2])


url_text = st.text(st.sampled_from("ab/?#[]@!$&'()*+,;=%|`\\<>\"_~^{} é漢\n\u202e") | st.characters(), max_size=30)


@given(url_text)
def test_a_link_leads_to_http_or_is_none(tail: str) -> None:
    source = link(f"https://a.example/{tail}")
    if not source:
        return
    assert source.isascii()
    (paragraph,) = [token for token in PARSER.parse(f"| {source} | x |\n| - | - |") if token.type == "inline"][:1]
    assert [child.type for child in paragraph.children or ()] == ["link_open", "text", "link_close"]
    assert str((paragraph.children or [])[0].attrs["href"]).startswith("https://a.example/")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "//a.example",
        "https://",
        "https:///etc",
        "https://a.example/x y",
        "https://a.example\n/",
        "",
    ],
)
def test_no_link_to_anything_else(url: str) -> None:
    assert link(url) == ""
    assert "link_open" not in kinds(linked(f"see {url}", (url,)))


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/x?a=1&b=2#c", "<https://a.example/x?a=1&b=2#c>"),
        ("HTTPS://a.example", "<HTTPS://a.example>"),
        ("https://a.example/a|b`c\\d<e>", "<https://a.example/a%7Cb%60c%5Cd%3Ce%3E>"),
        ("https://a.example/한", "<https://a.example/%ED%95%9C>"),
        ("https://a.example/%20?x=&lt;", "<https://a.example/%20?x=&lt%3B>"),
    ],
)
def test_an_address_is_encoded_as_little_as_is_safe(url: str, source: str) -> None:
    assert link(url) == source


@pytest.mark.parametrize(
    "text",
    [
        "checkout-api 5xx at 12 %, order_id missing, see #12 (@alice)",
        "failure rate 31 %; orders 228/min, usual 340",
        "복제 지연 0.2초, 락도 없어요. DB는 정상입니다",
        "#pool is full - again",
        "-3m is no list, 4.17.3 no number, 2026-11-20 no rule",
        'a & b, AT&T; "quoted" it\'s 5 > 4',
    ],
)
def test_what_needs_no_backslash_gets_none(text: str) -> None:
    assert inline(text).replace("AT\\&T", "AT&T") == text


def test_a_source_that_the_text_does_not_name_follows_it() -> None:
    assert linked("pool full", ("https://a.example/1",)) == "pool full <https://a.example/1>"
    assert linked("", ("https://a.example/1",)) == "<https://a.example/1>"


def test_a_source_is_a_link_wherever_the_text_names_it() -> None:
    url = "https://a.example/b_c"
    assert linked(f"{url} and _{url}, {url}", (url,)) == f"<{url}> and \\_<{url}>, <{url}>"


def test_what_is_markdown_already_is_not_escaped_again() -> None:
    assert joined((Md("**a**"), "*b*")) == "**a**, \\*b\\*"


@settings(max_examples=1)
@given(st.just("*|`<" * 2500))
def test_ten_thousand_signs_on_one_line(text: str) -> None:
    assert seen(next(token for token in PARSER.parse(inline(text)) if token.type == "inline")) == text
