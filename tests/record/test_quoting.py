"""What goes along with an erasure, what stands anew, and what is only named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.record.afterwards import Curated, Written
from scribe.record.erasure import told, words
from scribe.record.errors import Refused
from scribe.record.events import (
    Absent,
    Action,
    Amended,
    Declared,
    Erased,
    Fact,
    Hypothesis,
    Impact,
    Linked,
    Restricted,
    Retracted,
    Role,
    Severity,
    Update,
)
from scribe.record.quoting import Going, going
from scribe.record.redact import redact
from scribe.record.repeated import Repeated
from scribe.record.state import Erasure
from scribe.record.veil import VEILED
from tests.fakes.tale import Tale

NAME = "Okonkwo-Lindqvist"


def erasing(tale: Tale, *names: str) -> Going:
    return going(tale.events, names)


def refs(found: Going) -> list[str]:
    return [event.ref for event in found.also]


def test_an_update_goes_along_though_it_quotes_only_the_beginning() -> None:
    tale = Tale()
    tale.say(Fact(), f"{NAME} was charged twice for one order")
    tale.say(Update(), f"Impact: {NAME} was charged…\nNext update at 14:00")
    tale.say(Update(), "Impact: one order in eight fails")
    found = erasing(tale, "#2")
    assert refs(found) == ["#3"]
    assert [draft.text for draft in found.anew] == ["(erased)\nNext update at 14:00"]


def test_a_long_word_that_was_cut_off_is_known_by_its_beginning() -> None:
    tale = Tale()
    tale.say(Fact(), "abcdefghijklmnopqrstuvwxyz0123456789")
    tale.say(Update(), "Impact: abcdefghijklmnopqrst…")
    assert [draft.text for draft in erasing(tale, "#2").anew] == ["(erased)"]


def test_a_line_of_a_paste_is_looked_for_by_itself() -> None:
    tale = Tale()
    tale.say(Fact(), f"first line here\n{NAME} pays\nok")
    tale.say(Impact(), f"{NAME} pays")
    tale.say(Impact(), "first")
    assert refs(erasing(tale, "#2")) == ["#3", "#4"]  # the second says what the first said before it


def test_a_correction_alone_goes_and_what_it_said() -> None:
    tale = Tale()
    target = tale.say(Fact(), "the pool is dry")
    change = tale.say(Amended(target=target.id, text=f"{NAME} drained the pool"), "said by phone")
    tale.say(Impact(), f"{NAME} drained the pool")
    tale.say(Fact(), f"so {NAME} drained the pool")
    found = erasing(tale, change.id)
    assert [event.id for event in found.targets] == [change.id]
    assert refs(found) == ["#3"]
    assert found.repeating == ("#4",)
    assert found.words.are_in("as said by phone")


@pytest.mark.parametrize("payload", [Retracted, Restricted])
def test_what_a_correction_did_stands_when_its_words_go(payload: type[Retracted] | type[Restricted]) -> None:
    tale = Tale()
    target = tale.say(Fact(), "the pool is dry")
    change = tale.say(payload(target=target.id), f"as {NAME} told us")
    (draft,) = erasing(tale, change.id).anew
    assert draft.payload == payload(target=target.id)
    assert NAME not in draft.text


def test_a_star_goes_and_nothing_else() -> None:
    tale = Tale()
    target = tale.say(Fact(), "the pool is dry")
    star = tale.say(Curated(target=target.id, starred=True))
    found = erasing(tale, star.id)
    assert found.gone == (star,)
    assert (found.anew, found.repeating) == ((), ())


def test_corrections_that_came_later_go_when_the_erased_is_erased_again() -> None:
    tale = Tale()
    target = tale.say(Fact(), "the pool is dry")
    change = tale.say(Amended(target=target.id, text=f"{NAME} drained the pool"))
    hidden = tale.say(Restricted(target=target.id))
    tale.say(Update(), f"Impact: {NAME} drained the pool")
    tale.say(Erased(target=target.id), "a name")
    tale.events[1] = replace(target, text="", payload=Absent())
    found = erasing(tale, "#2")
    assert (found.targets, found.again) == ((), (target.id,))
    assert [event.id for event in found.also] == [change.id, tale.events[4].id]
    assert hidden not in found.gone
    assert found.restricted
    assert [draft.text for draft in found.anew] == ["Impact: (erased)"]


def test_a_long_part_of_it_in_another_entry_is_named() -> None:
    tale = Tale()
    tale.say(Fact(), f"the customer {NAME} of Elm Street cannot pay by card since noon")
    tale.say(Fact(), f"called the CUSTOMER {NAME} of  Elm Street back")
    tale.say(Fact(), "the customer of another shop cannot pay")
    assert erasing(tale, "#2").repeating == ("#3",)


def test_what_updates_are_put_together_from_is_no_quote() -> None:
    tale = Tale()
    for text in ("Impact: unknown\nNext update at 14:00", "Impact: unknown\nNext update at 14:30"):
        tale.say(Update(fields={"impact": "unknown"}), text)
    assert refs(erasing(tale, "#2")) == []


@pytest.mark.parametrize("text", ["", "done", "database", "SEV-1"])
def test_a_common_word_behind_a_sentence_of_scribes_own_is_no_quote(text: str) -> None:
    tale = Tale()
    tale.say(Severity(level=1), text)
    tale.say(Update(), "SEV-1 since 12:01, the database is done")
    assert refs(erasing(tale, "#2")) == []


def test_the_words_behind_a_sentence_of_scribes_own_are_looked_for() -> None:
    tale = Tale()
    tale.say(Severity(level=1), f"{NAME} cannot pay")
    tale.say(Update(), f"Impact: {NAME} cannot pay at all")
    found = erasing(tale, "#2")
    assert refs(found) == ["#3"]
    assert [draft.text for draft in found.anew] == ["severity SEV-1", "Impact: (erased) at all"]


def test_people_who_repeat_it_are_named_and_hosts_are_not() -> None:
    tale = Tale()
    tale.say(Fact(), "key f00-ba7-9999 on host ledger-db-07")
    tale.say(Fact(), "revoked f00-ba7-9999")
    for number in range(6):
        tale.say(Fact(), f"ledger-db-07 at {number} %")
    found = erasing(tale, "#2")
    assert (found.repeating, refs(found)) == (("#3",), [])


def test_what_was_taken_back_stands_not_anew() -> None:
    tale = Tale()
    tale.say(Fact(), f"{NAME} was charged twice for one order")
    tale.say(Update(), f"Impact: {NAME} was charged twice")
    tale.say(Retracted(target="w-3"), "wrong person")
    found = erasing(tale, "#2")
    assert [event.kind for event in found.also] == ["update", "retracted"]
    assert found.anew == ()


def test_a_copy_says_when_and_by_whom_it_was_written() -> None:
    tale = Tale()
    tale.say(Fact(), f"{NAME} was charged twice for one order")
    update = tale.say(Update(), f"Impact: {NAME} was charged twice", ago=300, by="erin")
    (draft,) = erasing(tale, "#2").anew
    assert (draft.at, draft.precision, draft.author) == (update.at, update.precision, "erin")
    origin = draft.payload.origin
    assert origin is not None
    assert (origin.recorded_at, origin.recorder, origin.late) == (update.recorded_at, "sam", True)


def test_a_section_keeps_what_was_written_around_the_words() -> None:
    tale = Tale()
    tale.say(Fact(), f"{NAME} was charged twice")
    tale.say(Written(section="summary"), "It broke.")
    tale.say(Written(section="summary", added=True), f"{NAME} was charged twice, then nobody.")
    tale.say(Written(section="lessons"), "Ask before paying.")
    found = erasing(tale, "#2")
    assert len(found.also) == 1
    (draft,) = found.anew
    assert draft.payload == Written(section="summary")
    assert draft.text == "It broke.\n(erased), then nobody."


def test_an_amended_title_and_action_keep_what_they_did() -> None:
    tale = Tale()
    tale.say(Action(), "undo")
    tale.say(Action(target="A1", status="done"), NAME)
    tale.say(Amended(target="w-3", text=f"A1 done: {NAME} again"), "")
    found = erasing(tale, "#2")
    (draft,) = found.anew
    assert isinstance(draft.payload, Action)
    assert (draft.payload.target, draft.payload.status, draft.text) == ("w-2", "done", "(erased)")


def test_what_nobody_can_say_anew_is_not() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="alice"), "")
    tale.say(Fact(), "seen")
    assert erasing(tale, "#2", "#3").anew == ()


@pytest.mark.parametrize("name", ["#99", "H1", "nonsense", "lessons"])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        erasing(Tale(), name)


def test_an_erased_entry_reads_who_and_why_and_leaves_so() -> None:
    assert told(Erasure("leaked", "alice", "")) == "(erased by alice: leaked)"
    assert told(Erasure("", "", "")) == "(erased)"
    state = Tale().state()
    (entry,) = state.entries
    assert words(entry) == "Checkout fails"
    assert isinstance(entry.payload, Declared)


def test_the_reason_leaves_without_restricted_words() -> None:
    tale = Tale()
    tale.say(Fact(restricted=True), f"{NAME} was charged twice")
    tale.say(Fact(), "seen")
    tale.say(Erased(target="w-3"), f"because {NAME} was charged twice")
    passed = redact(tale.state())
    assert [words(entry) for entry in passed.entries][1:] == [
        f"(erased by sam: because {VEILED})",
        f"because {VEILED}",
    ]
    assert NAME not in str([*passed.entries])


def test_what_another_copy_says_of_an_erased_entry_does_not_bring_it_back() -> None:
    tale = Tale()
    tale.say(Hypothesis(), f"{NAME} did it")
    tale.say(Erased(target="w-2"), "a name")
    board = tale.board
    tale.say(Amended(target="w-2", text=f"it was {NAME}"), "")
    tale.say(Linked(target="w-2", sources=(f"https://x.example/{NAME}",)), "")
    tale.say(Retracted(target="w-2"), f"not {NAME}")
    state = tale.state()
    entry = state.entries[1]
    assert (entry.text, entry.sources, entry.revisions, entry.retracted, entry.status) == ("", (), (), None, "")
    assert entry.erased == Erasure("a name", "sam", state.entries[2].recorded_at)
    assert state.board.hypotheses == board.hypotheses == ()
    assert NAME not in str(state.board)


def test_what_an_erased_entry_closed_is_open_again() -> None:
    tale = Tale()
    tale.say(Action(), "undo")
    tale.say(Action(target="A1", status="done"), NAME)
    tale.say(Erased(target="w-3"), "a name")
    entry = tale.state().entries[1]
    assert (entry.status, entry.ended_at) == ("in_flight", "")
    assert [item.ref for item in tale.board.actions] == ["A1"]


def test_an_erased_section_says_nothing_and_quotes_nothing() -> None:
    tale = Tale()
    tale.say(Fact(), f"{NAME} was charged twice")
    tale.say(Written(section="summary", entry="w-2"))
    tale.say(Written(section="lessons"), NAME)
    assert tale.state().sections["summary"].text == f"{NAME} was charged twice (#2)"
    tale.say(Erased(target="w-2", also=("w-4",)), "a name")
    sections = tale.state().sections
    assert (sections["summary"].text, "lessons" in sections) == ("", False)


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_any_text_whatever_can_be_looked_through(said: str, other: str) -> None:
    tale = Tale()
    tale.say(Fact(), said)
    words_of = Repeated([tale.state().entries[1]])
    for text in (other, f"{other} {said}", f"{said}\n{other}"):
        assert isinstance(words_of.masked(text), str)
        assert isinstance(words_of.masked_told(text), str)
        assert words_of.unsent(text) in (True, False)
    if VEILED not in other and words_of.masked(said) != said:
        assert words_of.masked(words_of.masked(other)) == words_of.masked(other)
