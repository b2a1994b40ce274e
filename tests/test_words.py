from __future__ import annotations

import tomllib
import unicodedata
from importlib.resources import files

import msgspec
import pytest
from msgspec.structs import asdict, replace

from scribe.after.language import blames, conclusions, filler, vague_action
from scribe.after.prose import phrases
from scribe.words import Lists, load

LANGUAGES = ("en", "ko", "zh")


def test_the_words_are_read_once() -> None:
    assert load() is load()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_of_a_file_is_known_and_none_is_empty(language: str) -> None:
    raw = tomllib.loads((files("scribe.words") / f"{language}.toml").read_text(encoding="utf-8"))
    assert all(raw.values())
    assert set(raw) <= set(Lists.__struct_fields__)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**raw, "conclusion": []}, Lists)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice_in_a_list(language: str) -> None:
    for name, listed in asdict(getattr(load(), language)).items():
        assert len(listed) == len(set(listed)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_folded_as_texts_are(language: str) -> None:
    for listed in asdict(getattr(load(), language)).values():
        for phrase in listed:
            assert phrase == unicodedata.normalize("NFKC", phrase).casefold().strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_asks_for_some_word(language: str) -> None:
    for listed in asdict(getattr(load(), language)).values():
        for phrase in listed:
            assert phrases([phrase], spaced=language == "en") != phrases([])


def test_a_phrase_that_asks_for_nothing_finds_nothing() -> None:
    assert phrases(["*", "maybe?", ""]) == phrases([])


def test_every_language_has_the_lists_that_all_are_asked_for() -> None:
    for lists in load().all:
        for name in ("conclusions", "people", "lapses", "single_causes", "exhortations", "legal", "debates", "filler"):
            assert getattr(lists, name), name


def test_a_team_adds_its_own_words() -> None:
    words = load()
    own = replace(
        words,
        en=replace(
            words.en,
            conclusions=(*words.en.conclusions, "layer eight"),
            people=(*words.en.people, "wizard"),
            generic_objects=(*words.en.generic_objects, "synergies"),
        ),
        ko=replace(words.ko, filler=(*words.ko.filler, "몰라")),
    )
    text = "Cause: Layer Eight"
    assert conclusions(text, words) == ()
    assert [span.words for span in conclusions(text, own)] == ["Layer Eight"]
    assert not blames("The wizard forgot the flag.", words, ())
    assert blames("The wizard forgot the flag.", own, ())
    assert not vague_action("Improve synergies", words)
    assert vague_action("Improve synergies", own)
    assert filler("몰라", own) > filler("몰라", words)
