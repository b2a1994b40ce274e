"""What must never leave in an update: restricted words, and the people on record in a public one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.policy import DEFAULT
from scribe.live.updates import Composition, compose, leaks, people, text
from scribe.record.events import Role
from scribe.record.redact import redact
from scribe.record.state import Board, Entries, Entry, Holder, State
from scribe.record.terms import AUDIENCES
from tests.after.records import told
from tests.live.test_updates import NOW

LINES = (
    "01:00 /role ic @alice",
    "02:00 /impact one in eight fails",
    "03:00 pool is full",
    "04:00 ? slow query",
    "05:00 ! roll back",
    "06:00 > roll back",
    "07:00 /done A1 all pods",
    "08:00 /confirm H1 seen",
    "09:00 /decide Fail over? @bob by 15:00",
    "10:00 /scope domain EU affected the logs say so",
    "11:00 > drain",
    "12:00 /state mitigating",
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> State:
    return told(tmp_path_factory.mktemp("base"), *LINES)


def rebuilt(state: State, entries: list[Entry], **board: object) -> State:
    return State(replace(state.board, **board), Entries(entries, len(entries)))


def of(state: State, audience: str, edits: dict[str, str] | None = None) -> Composition:
    return compose(redact(state), DEFAULT, NOW, audience, UTC, edits, names=people(state))


def words(said: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"\w+", unicodedata.normalize("NFC", said))}


_letters = st.characters(categories=("Lu", "Ll", "Lo"))
_names = (
    st.text(_letters, min_size=2, max_size=9).map(lambda name: unicodedata.normalize("NFC", name))
    | st.sampled_from(["alice", "Bob", "민수", "李雷", "José", "Strauß", "Ann Lee", "j.doe", "anna-maria"])
)  # fmt: skip
_styles = st.sampled_from(["{}", "@{}", "({})", "{}'s", "\u201c{}\u201d", "{}.", "@{},"])
_cases: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str, str.upper, str.lower, str.title])


@given(st.lists(_names, min_size=1, max_size=4), _styles, st.data())
def test_no_name_on_record_is_ever_in_a_public_update(
    base: State, names: list[str], style: str, data: st.DataObject
) -> None:
    own = words(text(of(base, "public", {"impact": "x", "title": "x"}), UTC)) | {"a", "colleague", "someone"}
    assume(not any(words(name) & own for name in names))
    quoted = " and ".join(style.format(data.draw(_cases)(name)) for name in names)
    entries = []
    for place, entry in enumerate(base.entries):
        name = names[place % len(names)]
        payload = entry.payload
        if isinstance(payload, Role):
            payload = replace(payload, who=name)
        typed = f"{entry.text}, {quoted}" if entry.kind in ("impact", "fact", "decision", "declared") else entry.text
        entries.append(replace(entry, by=name, recorded_by=names[0], text=typed, payload=payload))
    state = rebuilt(base, entries, title=f"Checkout, {quoted}", roles={"ic": (Holder(names[-1], NOW),)})
    edit = {"doing": f"asked {quoted}", "known": quoted} if data.draw(st.booleans()) else {}
    composition = of(state, "public", edit)
    said = text(composition, UTC)
    for name in names:
        assert not words(name) <= words(said) or not words(name)
        assert f"@{name}".casefold() not in said.casefold()
    assert leaks(state, composition) == ()


_secrets = st.text(st.sampled_from("abcdefghijkmnpqrstuvwxyz"), min_size=7, max_size=10).map(lambda word: f"zq{word}7")


@given(st.lists(_secrets, min_size=3, max_size=3, unique=True), st.sets(st.integers(0, 12)), st.sampled_from(AUDIENCES))
def test_no_restricted_word_is_ever_in_an_update(
    base: State, secret: list[str], places: set[int], audience: str
) -> None:
    said = " ".join(secret)
    entries = [
        replace(entry, restricted=True, text=f"{entry.text} {said}") if place in places else entry
        for place, entry in enumerate(base.entries)
    ]
    board = base.board
    hidden = {entries[place].id for place in places if place < len(entries)}

    def marked(board: Board) -> dict[str, object]:
        titled = base.entries[0].id in hidden
        actions = (replace(one, text=f"{one.text} {said}") if one.id in hidden else one for one in board.actions)
        return {"title": f"{board.title} {said}" if titled else board.title, "actions": tuple(actions)}

    state = rebuilt(base, entries, **marked(board))
    composition = of(state, audience)
    assert not [word for word in secret if word in text(composition, UTC)]
    assert leaks(state, composition) == ()
    if audience == "public":
        # Not even by whoever asks for restricted entries by name.
        view = redact(state, include_restricted=True)
        asked = compose(view, DEFAULT, NOW, audience, UTC)
        assert not [word for word in secret if word in text(asked, UTC)]
    if hidden:
        typed = of(state, audience, {"impact": f"it was {secret[1].upper()}."})
        assert leaks(state, typed)


def test_a_name_that_only_a_restricted_entry_knows_is_found_before_it_is_sent(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 @mallory logged in", "02:00 /impact Mallory reads the mails")
    entries = [replace(entry, restricted=entry.ref == "#2") for entry in state.entries]
    state = State(state.board, Entries(entries, len(entries)))
    unaware = compose(redact(state), DEFAULT, NOW, "public", UTC)
    assert leaks(state, unaware) == ("@mallory",)
    assert leaks(state, compose(redact(state), DEFAULT, NOW, "public", UTC, names=people(state))) == ()


def test_names_are_no_leak_among_those_who_respond(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /role ic @alice")
    composition = of(state, "responders")
    assert composition.value("commander") == "@alice"
    assert leaks(state, composition) == ()


def test_an_indicator_typed_into_an_edit_is_found(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /security", "02:00 /security indicator: beacon to 198.51.100.7")
    assert leaks(state, of(state, "stakeholders", {"known": "traffic to 198.51.100.7"})) == ("198.51.100.7 (#3)",)


def test_the_title_of_a_security_incident_is_not_for_a_status_page(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /security", title="Tokens taken from the build host")
    assert of(state, "public").heading == "Investigating"
    assert of(state, "public", {"title": "Sign-in"}).heading == "Investigating: Sign-in"
    assert "Tokens taken" in of(state, "stakeholders").heading


def test_responders_are_told_what_is_withheld_and_nobody_else_is(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /security", "02:00 /security indicator: 198.51.100.7")
    assert text(of(state, "responders"), UTC).endswith("\n1 withheld: #3")
    assert "withheld" not in text(of(state, "public"), UTC)
    assert of(state, "public").withheld == ("#3",)


def test_a_word_of_the_composer_itself_is_nobodys_name(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /role ic @impact")
    assert leaks(state, of(state, "public", {"doing": "Impact looks into it"})) == ()
    assert of(state, "public", {"doing": "Impact looks into it"}).value("doing") == "a colleague looks into it"
