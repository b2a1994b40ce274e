"""Restricted words found again, however their letters are written."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scribe.record.events import Fact
from scribe.record.giveaways import alike
from scribe.record.repeated import Repeated
from scribe.record.veil import VEILED, Veil
from tests.fakes.tale import Tale


def veil(said: str) -> Veil:
    tale = Tale()
    tale.say(Fact(restricted=True), said)
    return Veil([entry for entry in tale.state().entries if entry.restricted])


def others(char: str) -> set[str]:
    """A letter in every other case, and in every other way to put it together."""
    cases = {char.upper(), char.lower(), char.title(), char.casefold()}
    return cases | {unicodedata.normalize(form, char) for form in ("NFC", "NFD", "NFKC", "NFKD")}


CHANGING = [
    char
    for char in map(chr, [*range(0x80, 0xD800), *range(0xE000, sys.maxunicode + 1)])
    if others(char) != {char} and unicodedata.category(char)[0] in "LN"
]


def test_every_letter_is_one_with_its_other_cases_and_forms() -> None:
    assert len(CHANGING) > 5000
    odd = [char for char in CHANGING if {alike(other) for other in others(char)} != {alike(char)}]
    assert odd == []


@given(st.sampled_from(CHANGING))
@example("İ")
@example("ß")
@example("Ⓐ")
def test_words_with_any_letter_are_found_again_in_its_other_cases(char: str) -> None:
    said = f"user {char}bcd ef{char} mail"
    hidden = veil(said)
    for other in (char, *others(char)):
        assert hidden.text(f"ask: user {other}bcd ef{other} mail.") == f"ask: {VEILED}."


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("İsmail Çelik'in hesabı", "İSMAİL ÇELİK'İN HESABI"),
        ("İsmail Çelik'in hesabı", "ismail çelik'in hesabi"),
        ("Groß Straße", "GROSS STRASSE"),
        ("GROSS STRASSE", "Groß  Straße"),
        ("hunter2 on gw7", "ｈｕｎｔｅｒ２\u3000ＯＮ ｇｗ７"),
        ("ファイル共有の鍵", "ﾌｧｲﾙ共有の鍵"),
        ("ΟΔΟΣ ΑΘΗΝΑΣ", "οδος Αθηνας"),
        ("o\u0331\u0308 in the vault", "o\u0308\u0331 IN THE VAULT"),
    ],
)
def test_words_are_found_in_other_letters_and_nothing_round_them_goes(said: str, again: str) -> None:
    assert veil(said).text(f"ﬁrst «{again}»; ½ last İ") == f"ﬁrst «{VEILED}»; ½ last İ"
    tale = Tale()
    tale.say(Fact(), said)
    words = Repeated([entry for entry in tale.state().entries if entry.text == said])
    assert words.masked(f"so {again}") == "so (erased)"
    assert words.are_in(again)
    assert words.unsent(again)


@pytest.mark.parametrize(
    ("said", "other"),
    [("김나 서버", "김나 서번"), ("Jose", "José"), ("ile share", "ﬁle share"), ("Müll", "Müller")],
)
def test_a_part_of_a_letter_or_of_a_word_is_not_the_word(said: str, other: str) -> None:
    assert veil(said).text(other) == other


def test_many_words_are_found_as_few_are() -> None:
    tale = Tale()
    tale.say(Fact(restricted=True), "İsmail Çelik")
    for number in range(100):
        tale.say(Fact(restricted=True), f"Straße {number} — 서버 {number}")
    found = Veil([entry for entry in tale.state().entries if entry.restricted])
    hidden = f"{VEILED}, {VEILED}, {VEILED}"
    assert found.text("STRASSE 17 — 서버 17, İSMAİL ÇELİK, ＳＴＲＡＳＳＥ 99 — 서버 99") == hidden
