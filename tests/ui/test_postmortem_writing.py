"""What is being written in a section: when it says something new, and what others wrote meanwhile."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.record.errors import Refused
from scribe.record.sections import BY_KEY
from scribe.record.text import MAX_BYTES
from scribe.record.written import Words
from scribe.ui.postmortem.writing import Manuscript, Unsent, editable, missing, read

AT = "2026-11-20T12:00:00.000Z"


def words(text: str) -> Words:
    return Words(text, "bob", AT, AT)


def begun(key: str, text: str = "") -> Manuscript:
    manuscript = Manuscript(BY_KEY[key])
    manuscript.take_up(words(text) if text else None)
    return manuscript


def test_what_says_the_same_is_no_change() -> None:
    manuscript = begun("well", "one\ntwo")
    assert manuscript.edit("- one\n\n- two\n")
    assert not manuscript.is_changed
    assert manuscript.formed == "one\ntwo"
    manuscript.edit("- one\n- three")
    assert manuscript.is_changed
    assert manuscript.result() == "one\nthree"


def test_what_the_form_cannot_be_is_refused_and_still_a_change() -> None:
    manuscript = begun("cost-hours", "12")
    manuscript.edit("many")
    assert manuscript.is_changed
    assert not manuscript.is_valid
    with pytest.raises(Refused, match="many is no number"):
        manuscript.result()
    manuscript.edit("12.0")
    assert not manuscript.is_changed


def test_a_text_that_is_too_long_is_refused() -> None:
    manuscript = begun("summary")
    manuscript.edit("é" * (MAX_BYTES // 2 + 1))
    with pytest.raises(Refused, match="64 KiB"):
        manuscript.result()
    manuscript.edit("é" * (MAX_BYTES // 2))
    assert manuscript.is_valid


@pytest.mark.parametrize(
    ("key", "theirs", "mine", "both"),
    [
        ("summary", "theirs", "mine", "theirs\n\nmine"),
        ("summary", "one", "one and more", "one and more"),
        ("well", "a\nb", "b\nc", "a\nb\nc"),
        ("users", "12 %", "13 %", "13 %"),
    ],
)
def test_both_texts_stand_where_two_people_wrote(key: str, theirs: str, mine: str, both: str) -> None:
    manuscript = begun(key)
    manuscript.edit(mine)
    assert not manuscript.meets(None)
    assert manuscript.meets(words(theirs))
    assert manuscript.joined(words(theirs)) == both
    assert not manuscript.meets(words(theirs)), "now it has been seen"
    assert manuscript.is_changed


def test_what_was_left_unsent_is_taken_up_with_what_it_began_from() -> None:
    manuscript = begun("summary", "before")
    manuscript.edit("before, and more")
    left = read(manuscript.kept())
    assert left == Unsent("before, and more", "before")
    again = Manuscript(BY_KEY["summary"])
    assert again.take_up(words("somebody else's"), left) == "before, and more"
    assert again.meets(words("somebody else's"))
    assert begun("summary", "x").kept() == ""
    assert read("not JSON") is None


def test_a_control_character_is_a_sign_and_looking_is_no_change() -> None:
    manuscript = begun("summary", "a\x1b[31m\tb\u202e")
    assert manuscript.text == "a␛[31m    b‹202E›"
    assert not manuscript.is_changed


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["summary", "well", "users"]))
def test_every_text_that_is_recorded_can_be_taken_up_again(text: str, key: str) -> None:
    manuscript = begun(key)
    manuscript.edit(editable(text))
    recorded = manuscript.result()
    manuscript.recorded(recorded)
    assert not manuscript.is_changed
    assert not begun(key, recorded).is_changed


@pytest.mark.parametrize(
    ("key", "text", "proposed", "both"),
    [
        ("summary", "", "a (#1)", "a (#1)"),
        ("summary", "  \n", "a (#1)", "a (#1)"),
        ("well", "b\n", "a (#1)\nb", "b\na (#1)"),
        ("well", "a (#1)\nb", "a (#1)\nb", "a (#1)\nb"),
        ("users", "mine", "12 %", "mine"),
    ],
)
def test_only_what_is_not_said_yet_is_added(key: str, text: str, proposed: str, both: str) -> None:
    assert missing(text, proposed, BY_KEY[key]) == both
