from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scribe.record.text import normalise, one_line, visible

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u180e\u200b\u2028\u2029\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb\u3164\U000e0001"

# Surrogates too, and more of the dangerous ones than chance would bring.
anything = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("\0\r\n\t\x1b\x7f\x9b\ud83d\ude00\u200d\ufe0f" + BIDI)
)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("checkout 5xx at 12%", "checkout 5xx at 12%"),
        ("결제가 느려요 決済", "결제가 느려요 決済"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\r\r\nb", "a\nb"),
        ("50 %\r60 %", "50 %\r60 %"),
        ("a\0b", "a␀b"),
        ("a\ud800b\udc00", "a\ufffdb\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\x1b[31mred\x1b[0m \u202e\t", "\x1b[31mred\x1b[0m \u202e\t"),
    ],
)
def test_normalise(text: str, stored: str) -> None:
    assert normalise(text) == stored


@given(anything)
@example("\r\r\n")
def test_what_is_normalised_can_be_stored_and_stays(text: str) -> None:
    once = normalise(text)
    once.encode()
    assert "\0" not in once
    assert normalise(once) == once


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_everything_else_is_stored_as_typed(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
        ("a\0b\x7f\x9b31m\x85", "a␀b␡‹009B›31m‹0085›"),
        ("a\tb\r\nc", "a    b␍\nc"),
        ("invoice\u202efdp.exe", "invoice‹202E›fdp.exe"),
        ("pay\u200bpal\ufeff\u00ad", "pay‹200B›pal‹FEFF›‹00AD›"),
        ("\U000e0041", "‹E0041›"),
        ("\ud800 \uffff \U0010ffff \u0378", "‹D800› ‹FFFF› ‹10FFFF› ‹0378›"),
        ("a\u2028b\u2029c", "a‹2028›b‹2029›c"),
        ("x\u3164y", "x‹3164›y"),
    ],
)
def test_what_hides_or_acts_is_shown_as_a_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain ASCII, [/markup] and 100%",
        "two\nlines",
        "결제가 느려요",
        "決済が遅い　全角",
        "👩\u200d🚒 ❤\ufe0f 🇰🇷",
        "می\u200cخواهم",
        "e\u0301 \u00a0\u2009 ␛ ‹202E›",
        "\ue0b0 \uf8ff",
    ],
)
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(anything)
@example(BIDI)
@example(INVISIBLE)
@example("\n".join("abc\u3164"))
def test_nothing_shown_can_act_or_hide(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown.replace("\n", "")} & {
        "Cc",
        "Cs",
        "Cn",
        "Zl",
        "Zp",
    }
    assert not set(shown) & set(BIDI + INVISIBLE)
    assert visible(shown) == shown
    shown.encode()


def test_of_all_format_characters_only_those_that_show_or_join_remain() -> None:
    formats = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]
    kept = {char for char in formats if visible(char) == char}
    names = {unicodedata.name(char) for char in kept}
    assert {"ZERO WIDTH JOINER", "ZERO WIDTH NON-JOINER"} < names
    assert all("JOINER" in name or "SIGN" in name or "ARABIC" in name or "SYRIAC" in name for name in names)
    assert "ARABIC LETTER MARK" not in names


@given(st.lists(anything).map("\n".join))
@example("a\tb\n\tplain\n\u3164")
def test_a_text_is_shown_as_each_of_its_characters_is(text: str) -> None:
    assert visible(text) == "".join(map(visible, text))


@given(anything)
def test_every_line_stays_a_line(text: str) -> None:
    assert visible(text).count("\n") == text.count("\n")


@given(anything)
@example("a\nb")
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\n" not in line
    assert one_line(line) == line


def test_one_line_shows_where_lines_ended() -> None:
    assert one_line("a\nb\x1b") == "a ⏎ b␛"
