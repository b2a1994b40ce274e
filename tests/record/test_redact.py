from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from scribe.live.policy import Policy
from scribe.record.events import (
    Action,
    Amended,
    Checkpoint,
    Fact,
    Hypothesis,
    Impact,
    Note,
    Payload,
    Point,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Snoozed,
    Tick,
    Timebox,
    Update,
)
from scribe.record.redact import Redacted, redact, withheld_refs
from scribe.record.state import Entries, State
from scribe.record.veil import VEILED, Veil
from tests.after.records import told
from tests.fakes.tale import Tale
from tests.record.protected import STEPS, Story, story

SECRET = "4012-8888"
LINES = (
    "01:00 /impact checkout fails",
    f"02:00 /impact card {SECRET} leaked",
    f"03:00 ? key {SECRET} was in the log",
    f"04:00 > revoke {SECRET}",
    f"05:00 /decide tell the owner of {SECRET}? @alice",
    f"06:00 card {SECRET} seen at 13:50",
    "07:00 /impact smaller",
    "08:00 pool is fine",
)


def restricted(state: State) -> State:
    """The state with every entry that names the secret restricted, as the journal's owner would have it."""
    entries = [replace(entry, restricted=SECRET in entry.text) for entry in state.entries]
    return State(state.board, Entries(entries, len(entries)))


def row(state: State) -> str:
    """Everything that the state holds, as JSON."""
    return msgspec.json.encode((state.board, list(state.entries))).decode()


def test_nothing_restricted_nothing_withheld(tmp_path: Path) -> None:
    state = told(tmp_path, *LINES)
    passed = redact(state)
    assert isinstance(passed, Redacted)
    assert list(passed.entries) == list(state.entries)
    assert passed.board is state.board
    assert withheld_refs(passed) == withheld_refs(state) == ()


def test_what_is_restricted_is_nowhere_in_what_is_passed_on(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES))
    passed = redact(state)
    assert SECRET not in row(passed)
    assert passed.board.impact == "smaller"
    assert passed.board.point is None
    assert len(withheld_refs(passed)) == len(withheld_refs(state)) == 5
    assert withheld_refs(passed) == ("#3", "H1", "A1", "#4", "#5")
    assert len(passed.entries) == len(state.entries) - 5


def test_the_earlier_wording_of_a_restricted_entry_is_withheld_too(tmp_path: Path) -> None:
    state = told(tmp_path, f"01:00 /impact {SECRET}", "02:00 /impact fewer", "03:00 /amend #2 a card")
    hidden = [replace(entry, restricted=entry.ref == "#2") for entry in state.entries]
    assert SECRET not in repr(list(redact(State(state.board, Entries(hidden, len(hidden)))).entries))


def test_the_rest_of_the_board_stays(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES, "09:00 ? pool too small", "10:00 /decide Roll back? @bob"))
    board = redact(state).board
    assert [item.ref for item in board.hypotheses] == ["H2"]
    assert board.point is not None
    assert board.point.what == "Roll back?"
    assert (board.title, board.head) == (state.board.title, state.board.head)


def test_the_impact_of_an_incident_whose_only_statement_is_restricted_is_empty(tmp_path: Path) -> None:
    assert redact(restricted(told(tmp_path, LINES[1]))).board.impact == ""


def test_asked_for_by_name_everything_is_passed_on(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES))
    passed = redact(state, include_restricted=True)
    assert row(passed) == row(state)
    assert withheld_refs(passed) == ()


def test_redacting_twice_forgets_nothing(tmp_path: Path) -> None:
    once = redact(restricted(told(tmp_path, *LINES)))
    assert withheld_refs(redact(once)) == withheld_refs(once)


# ── the board, part by part ─────────────────────────────────────────────────────────────────────────────────────────


def hide(tale: Tale, *places: str) -> Redacted:
    """What may be passed on once these are restricted."""
    for place in places:
        tale.say(Restricted(target=place))
    return redact(tale.state())


def test_a_restricted_declaration_has_no_title() -> None:
    passed = hide(Tale("Payroll of ACME on a paste site"), "#1")
    assert passed.board.title == "title withheld"
    assert "ACME" not in row(passed)


def test_the_sides_of_the_impact_fall_back_to_what_was_said_openly() -> None:
    tale = Tale()
    tale.say(Impact(field="users"), "12")
    tale.say(Impact(field="users"), "all of ACME")
    tale.say(Impact(field="revenue"), "nothing lost")
    tale.say(Impact(field="revenue"), "9M lost")
    tale.say(Retracted(target="#5"), "wrong sheet")
    tale.say(Impact(field="users"), "15 and falling")
    tale.say(Impact(field="users"), "everybody at ACME")
    passed = hide(tale, "#3", "#7")
    assert {side: said.value for side, said in passed.board.sides.items()} == {
        "users": "15 and falling",
        "revenue": "nothing lost",
    }
    assert "ACME" not in row(passed)


def test_what_a_side_said_before_it_was_amended_is_not_quoted_either() -> None:
    tale = Tale()
    tale.say(Impact(field="users"), "12")
    tale.say(Impact(field="users"), "15")
    tale.say(Amended(target="#2", text="users affected: 13"))
    passed = hide(tale, "#2")
    (last,) = (entry.payload for entry in passed.entries if entry.ref == "#3")
    assert isinstance(last, Impact)
    assert (last.value, last.previous) == ("15", "")


def test_an_amended_side_says_what_it_was_amended_to() -> None:
    tale = Tale()
    tale.say(Impact(field="users"), "12")
    tale.say(Amended(target="#2", text="users affected: 15"))
    tale.say(Fact(), "ACME")
    assert hide(tale, "#3").board.sides == tale.board.sides
    assert tale.board.sides["users"].value == "15"


def test_the_scope_falls_back_to_what_was_said_openly() -> None:
    tale = Tale()
    tale.say(Scope(row="user_group", name="EU", verdict="unknown", evidence="no data"))
    tale.say(Scope(row="user_group", name="eu", verdict="affected", evidence="ACME called"))
    tale.say(Scope(row="dependency", name="bank of ACME", verdict="affected", evidence="down"))
    tale.say(Scope(row="user_group", name="EU", verdict="not_affected", evidence="called back"))
    tale.say(Scope(row="user_group", name="EU", verdict="affected", evidence="ACME called again"))
    passed = hide(tale, "#3", "#4", "#6")
    assert [(row.name, row.verdict, row.evidence) for row in passed.board.scope] == [
        ("EU", "not_affected", "called back")
    ]
    assert "ACME" not in row(passed)
    (last,) = (entry.payload for entry in passed.entries if entry.text.endswith("called back"))
    assert isinstance(last, Scope)
    assert (last.previous, last.previous_evidence) == ("", "")


def test_open_items_time_boxes_and_ticks_go_with_their_entry() -> None:
    tale = Tale()
    tale.say(Hypothesis(), "ACME's key")
    tale.say(Action(), "call ACME")
    tale.say(Timebox(who="bo", until="2026-11-20T13:00:00.000Z"), "read ACME's log")
    tale.say(Tick(list="sev1", item="verify"), "ACME confirmed it")
    board = hide(tale, "H1", "A1", "B1", "#2").board
    assert (board.hypotheses, board.actions, board.timeboxes, board.ticks) == ((), (), (), {})
    assert (board.entries, board.refs) == (tale.board.entries, tale.board.refs)


def test_what_a_restricted_entry_closed_stays_closed_without_its_words() -> None:
    tale = Tale()
    tale.say(Hypothesis(), "pool too small")
    tale.say(Hypothesis(status="confirmed", target="H1"), "ACME opened 900 connections")
    passed = hide(tale, "#2")
    assert [entry.status for entry in passed.entries if entry.ref == "H1"] == ["confirmed"]
    assert "ACME" not in row(passed)


def test_an_entry_that_settles_a_restricted_decision_point_does_not_repeat_it() -> None:
    tale = Tale()
    tale.say(Note(point=Point("pay", "al")), "pay")  # too short to be looked for in other texts
    tale.say(Note(point_settled=True))
    passed = hide(tale, "#2")
    assert passed.entries[-1].text == "decision point settled"
    assert tale.lookup("#3") is not None


def test_who_took_a_role_in_a_restricted_entry_is_withheld() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Role(role="ic", who="mole"), "al is a suspect")
    board = hide(tale, "#3").board
    assert [holder.who for holder in board.holders("ic")] == ["withheld"]
    tale.say(Role(role="ic", who="bo"))
    passed = redact(tale.state())
    assert "mole" not in row(passed)
    assert passed.entries[-1].text == "IC: @withheld → @bo"


def test_a_packet_keeps_what_was_written_by_hand_unless_it_is_restricted_itself() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Checkpoint(incoming="bo", given={"risks": "the cache is cold"}), "at shift end")
    tale.say(Fact(), "ACME")
    passed = hide(tale, "#4")
    assert (passed.board.handoff, passed.board.checkpoint) == (tale.board.handoff, tale.board.checkpoint)
    assert "the cache is cold" in row(passed)
    hidden = hide(tale, "#3")
    for packet in (hidden.board.handoff, hidden.board.checkpoint):
        assert packet is not None
        assert (packet.outgoing, packet.incoming, packet.ref) == ("withheld", "withheld", "#3")
    assert "the cache is cold" not in row(hidden)


def test_reasons_for_snoozes_stay_where_something_is_withheld() -> None:
    tale = Tale()
    tale.say(Snoozed(until="2026-11-20T12:30:00.000Z"), "ACME's lawyer is on the phone")
    tale.say(Fact(), "ACME")
    passed = hide(tale, "#2")
    assert list(passed.board.snoozes) == list(tale.board.snoozes) != []
    assert "lawyer" not in row(passed)


# ── the same words elsewhere ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (Fact(), "we saw Card 4012-8888   leaked, twice"),
        (Hypothesis(), "card 4012-8888 leaked"),
        (Update(fields={"summary": "It is known: card 4012-8888\nleaked."}), "update"),
        (Scope(row="user_group", name="EU", verdict="affected", evidence="card 4012-8888 ⏎ leaked"), ""),
        (Note(point=Point("say that card 4012-8888 leaked", "al")), "say it"),
        (Checkpoint(given={"risks": "card 4012-8888 leaked"}), ""),
        (Impact(field="data"), "card 4012-8888 leaked"),
        (Fact(sources=("https://a.example/?q=card 4012-8888 leaked",), tags=("card 4012-8888 leaked",)), "see"),
    ],
)
def test_words_of_a_restricted_entry_repeated_by_hand_are_veiled(payload: Payload, text: str) -> None:
    tale = Tale()
    tale.say(Fact(), f"card {SECRET} leaked")
    tale.say(payload, text)
    passed = hide(tale, "#2")
    assert SECRET not in row(passed)
    assert len(passed.entries) == 2


def test_earlier_wordings_and_reasons_are_veiled_too() -> None:
    tale = Tale()
    tale.say(Fact(), f"card {SECRET} leaked")
    tale.say(Fact(), f"again card {SECRET} leaked")
    tale.say(Amended(target="#3", text="again"), f"card {SECRET} leaked is for few")
    tale.say(Retracted(target="#3"), f"card {SECRET} leaked, said #2")
    passed = hide(tale, "#2")
    assert SECRET not in row(passed)
    last = passed.entries[-1]
    assert last.retracted is not None
    assert (last.revisions[0].text, last.retracted.why) == (f"again {VEILED}", f"{VEILED}, said #2")


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (Impact(field="users"), "the ACME payroll"),
        (Scope(row="user_group", name="EU", verdict="affected", evidence="the ACME payroll"), ""),
        (Note(point=Point("the ACME payroll", "al")), "the ACME payroll @al"),
        (Checkpoint(given={"risks": "the ACME payroll"}), ""),
        (Role(role="ic", who="al"), "the ACME payroll"),
        (Security(aspect="legal"), "the ACME payroll"),
        (Hypothesis(status="confirmed", target="H1"), "the ACME payroll"),
    ],
)
def test_what_somebody_added_to_a_sentence_of_scribes_own_is_veiled_without_it(payload: Payload, text: str) -> None:
    tale = Tale()
    tale.say(Hypothesis(), "pool")
    event = tale.say(payload, text)
    tale.say(Fact(), "it was The ACME payroll all along")
    passed = hide(tale, event.id)
    assert passed.entries[-1].text == f"it was {VEILED} all along"


def test_thousands_of_words_are_found_as_a_few_are() -> None:
    tale = Tale()
    for number in range(200):
        tale.say(Fact(restricted=True), f"pool of tenant {number} leaked")
    tale.say(Fact(restricted=True), "복제")
    tale.say(Fact(), "pool of tenant 77 leaked; pool of tenant 777 did not; 복제가 늦다")
    assert redact(tale.state()).entries[-1].text == f"{VEILED}; pool of tenant 777 did not; {VEILED}가 늦다"


def test_an_indicator_is_veiled_word_by_word() -> None:
    tale = Tale()
    tale.say(Security(aspect="marked"))
    tale.say(Security(aspect="indicator"), "beacon to cdn.evil.example (203.0.113.7), key AKIA99XQ77, on 2026-11-19")
    tale.say(Fact(), "blocked 203.0.113.7 and CDN.evil.example since 2026-11-19; 203.0.113.77 is ours")
    state = tale.state()
    assert withheld_refs(redact(state)) == ("#3",)
    last = redact(state).entries[-1].text
    assert last == f"blocked {VEILED} and {VEILED} since 2026-11-19; 203.0.113.77 is ours"


def test_the_words_to_look_for_are_those_of_restricted_entries_and_of_every_indicator() -> None:
    tale = Tale(policy=Policy(restricted_kinds=frozenset()))
    tale.say(Security(aspect="indicator"), "203.0.113.7")
    tale.say(Fact(), "the key of ACME")
    tale.say(Fact(), "ok")
    tale.say(Fact(), "open to all")
    tale.say(Amended(target="#3", text="a key"))
    tale.say(Impact(field="users"), "all of ACME")
    for place in ("#3", "#4", "#6"):
        tale.say(Restricted(target=place))
    entries = tale.state().entries
    assert set(Veil([entry for entry in entries if entry.restricted or entry.kind == "security"])._all) == {
        "indicator of compromise: 203.0.113.7",
        "users affected: all of acme",
        "the key of acme",
        "203.0.113.7",
        "all of acme",
        "a key",
    }


def test_words_of_the_field_are_never_looked_for() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Role(role="ops", who="bo"), "ACME asked for her")
    tale.say(Restricted(target="#2"))
    tale.say(Restricted(target="#3"))
    restricted = [entry for entry in tale.state().entries if entry.restricted]
    assert tuple(Veil(restricted)._all) == ("ops → @bo: acme asked for her", "acme asked for her")


def test_only_whole_words_are_veiled() -> None:
    tale = Tale()
    tale.say(Fact(), "pool")
    tale.say(Fact(), "복제 지연")
    entries = tale.state().entries
    veil = Veil([entries[1], entries[2]])
    assert veil.text("Pool: carpool, pool_size, (pool)") == f"{VEILED}: carpool, pool_size, ({VEILED})"
    assert veil.text("어제 복제 지연이 있었다") == f"어제 {VEILED}이 있었다"


# ── any record ──────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=300)
@given(STEPS.map(story))
def test_no_word_of_a_restricted_entry_is_in_what_is_passed_on(told: Story) -> None:
    state = told.tale.state()
    passed = redact(state)
    shown = row(passed)
    assert not {word for word in told.secret(state) if word in shown}
    assert passed.withheld == tuple(entry.ref for entry in state.entries if entry.restricted)
    assert len(passed.entries) + len(passed.withheld) == len(state.entries)
    whole = redact(state, include_restricted=True)
    assert row(whole) == row(state)
    assert whole.withheld == ()


@settings(max_examples=100)
@given(STEPS.map(story))
def test_withholding_an_unrelated_entry_leaves_the_board_as_it_is(told: Story) -> None:
    for event in [event for event in told.tale.events if event.ref]:
        told.tale.tried(Restricted(target=event.id, lifted=True))
    told.tale.say(Fact(restricted=True), "an unrelated thing")
    board = told.tale.state().board
    without = replace(board, snoozes={key: replace(snooze, reason="") for key, snooze in board.snoozes.items()})
    assert redact(told.tale.state()).board == without


def test_an_update_that_tells_what_was_restricted_since_is_veiled_line_by_line() -> None:
    """It stands there without names, cut short, or in another spelling: the whole line goes."""
    tale = Tale()
    tale.say(Fact(), "@bob told @alice that quokka token leaked via @carol")
    tale.say(Fact(), "caracal " + "lorem ipsum " * 40)
    tale.say(Scope(row="user_group", name="ostrich-tenant", verdict="affected"), "")
    told = "Known:\n- told a colleague that quokka token leaked via someone\n- caracal lorem ipsum lorem…"
    fields = {"known": "- caracal lorem ipsum lorem…\naffected: ostrich-tenant", "eta": "in an hour"}
    tale.say(Update(fields=fields), f"{told}\nETA: in an hour")
    for ref in ("#2", "#3", "#4"):
        tale.say(Restricted(target=ref))
    (update,) = [entry for entry in redact(tale.state()).entries if isinstance(entry.payload, Update)]
    shown = f"{update.text} {update.payload}"
    assert not any(word in shown for word in ("quokka", "caracal", "ostrich"))
    assert "ETA: in an hour" in update.text


def test_restricted_words_are_found_in_another_spelling_of_the_same_letters() -> None:
    tale = Tale()
    tale.say(Fact(), "Café capybara")
    tale.say(Fact(), "seen: Cafe\u0301 capy\u200bbara again")
    tale.say(Restricted(target="#2"))
    (entry,) = [entry for entry in redact(tale.state()).entries if entry.ref == "#3"]
    assert entry.text == "seen: (withheld) again"
