"""What a copy of a record takes along: every header, and no word that is need-to-know."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from scribe.live.anonymous import restricted_in
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.bundled import row_of
from scribe.record.chain import Stored, event_of, verify
from scribe.record.events import (
    Action,
    Amended,
    Erased,
    Fact,
    Linked,
    Note,
    Payload,
    Point,
    Received,
    Restricted,
    Retracted,
    Snoozed,
    Update,
)
from scribe.record.fold import replay
from scribe.record.redact import redact
from scribe.record.sendable import Sendable, sendable
from tests.fakes.chained import chained
from tests.fakes.tale import Tale
from tests.record.protected import STEPS, Story, story


def sent(tale: Tale, *, include_restricted: bool = False) -> Sendable:
    return sendable(tale.state(), chained(tale.events), include_restricted=include_restricted)


def shown(passed: Sendable) -> str:
    return "\n".join(msgspec.json.encode(row_of(row)).decode() for row in passed.rows)


@settings(max_examples=30)
@given(STEPS.map(story))
def test_no_word_of_a_restricted_entry_travels_and_the_chain_verifies(told: Story) -> None:
    state, rows = told.tale.state(), chained(told.tale.events)
    passed = sendable(state, rows)
    lines = shown(passed)
    assert not {word for word in told.secret(state) if word in lines}
    assert verify(passed.rows, lacking=True) == verify(rows, lacking=True).__class__(
        len(rows), 0, verify(rows).head, None, len(passed.withheld)
    )
    there = replay("INC-1", map(event_of, passed.rows))
    assert not {word for word in told.secret(state) if word in repr((there.board, list(there.entries), there.sections))}
    whole = sendable(state, rows, include_restricted=True)
    assert (list(whole.rows), whole.withheld) == (rows, ())


@settings(max_examples=30)
@given(STEPS.map(story))
def test_what_is_restricted_here_is_withheld_there(told: Story) -> None:
    state = told.tale.state()
    there = replay("INC-1", map(event_of, sendable(state, chained(told.tale.events)).rows))
    here = {entry.id for entry in state.entries if entry.restricted}
    assert here <= {entry.id for entry in there.entries if entry.restricted and entry.is_withheld}
    assert len(there.entries) == len(state.entries)


def restricted() -> Tale:
    tale = Tale()
    tale.say(Fact(), "tenant quokka lost its keys")
    tale.say(Fact(), "the pool is fine")
    return tale


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (Fact(), "we know that Tenant  QUOKKA lost its keys"),
        (Fact(sources=("https://a.example/tenant quokka lost its keys",)), "see there"),
        (Amended(target="#2", text="tenant wombat lost it"), "a typing error"),
        (Amended(target="#3", text="tenant quokka lost its keys, and the pool is fine"), ""),
        (Retracted(target="#2"), "it was wombat"),
        (Linked(target="#2", sources=("https://a.example/x",)), ""),
        (Curated(target="#2", starred=True), ""),
        (Restricted(target="#2"), "their contract says so"),
        (Update(fields={"summary": "quokka lost its keys"}), "quokka lost its keys"),
        (Note(point=Point("tell them that tenant quokka lost its keys", "al")), "to decide"),
        (Snoozed(until="2026-11-20T12:20:00.000Z"), "a reason for whoever was there"),
        (Written(section="summary"), "A tenant. Quokka lost its keys. The pool was fine."),
        (FactorSaid(), "tenant quokka lost its keys"),
        (ItemSaid(owner="tenant quokka lost its keys"), "do it"),
        (Waived(code="still-open", place="tenant quokka lost its keys"), "why not"),
        (Action(), "revoke; tenant quokka lost its keys"),
    ],
)
def test_what_repeats_or_corrects_a_restricted_entry_stays(payload: Payload, text: str) -> None:
    tale = restricted()
    event = tale.say(payload, text)
    assert sent(tale).withheld == () or isinstance(payload, Restricted)
    tale.say(Restricted(target="#2"))
    assert sent(tale).withheld == (tale.events[1].id, event.id)
    assert sent(tale, include_restricted=True).withheld == ()


def test_why_something_restricted_was_erased_travels() -> None:
    tale = Tale()
    tale.say(Fact(restricted=True), "tenant quokka")
    tale.say(Erased(target=tale.events[1].id, restricted=True), "a leaked name")
    assert [row.body is not None for row in sendable(tale.state(), chained(tale.events)).rows] == [True, False, True]


def test_who_erased_and_who_restricted_travels() -> None:
    tale = restricted()
    tale.say(Restricted(target="#2"))
    tale.say(Erased(target=tale.events[1].id), "a leaked name")
    rows = chained(tale.events)
    rows[1] = replace(rows[1], body=None, salt=None)
    passed = sendable(tale.state(), rows)
    assert passed.withheld == ()
    assert [row.body is None for row in passed.rows] == [False, True, False, False, False]


def test_a_newer_versions_event_that_is_restricted_or_holds_the_words_stays() -> None:
    tale = restricted()
    tale.say(Restricted(target="#2"))
    rows = chained(tale.events)
    for payload in (
        '{"kind":"newer","restricted":true}',
        f'{{"kind":"newer","target":"{tale.events[1].id}"}}',
        '{"kind":"newer","in":{"deep":["Tenant Quokka lost its keys"]}}',
        '{"kind":"newer"',
        "[]",
    ):
        passed = sendable(tale.state(), [*rows[:2], with_payload(rows[2], payload), rows[3]])
        assert passed.withheld == (tale.events[1].id, tale.events[2].id), payload
    harmless = with_payload(rows[2], '{"kind":"newer","says":"hello"}')
    assert sendable(tale.state(), [*rows[:2], harmless, rows[3]]).withheld == (tale.events[1].id,)


def with_payload(row: Stored, payload: str) -> Stored:
    assert row.body is not None
    return replace(row, body=replace(row.body, payload=payload))


def test_words_that_come_from_a_copy_which_knew_nothing_of_their_restriction_stay_need_to_know() -> None:
    tale = restricted()
    tale.say(Restricted(target="#2"), "their contract says so")
    passed = sent(tale)
    tale.say(Received(withheld=passed.withheld))
    whole = chained(tale.events)
    assert passed.withheld == ("w-2", "w-4")
    rows = [whole[0], whole[1], whole[2], passed.rows[3], whole[4]]  # the words came, the restriction did not
    there = replay("INC-1", map(event_of, rows))
    assert [entry.ref for entry in there.entries if entry.restricted] == ["#2"]
    assert "quokka" not in shown(sendable(there, rows))
    assert [entry.ref for entry in replay("INC-1", map(event_of, whole)).entries if entry.restricted] == ["#2"]


def test_a_restricted_entry_stays_however_short_it_is() -> None:
    tale = Tale()
    tale.say(Fact(), "EU")
    tale.say(Restricted(target="#2"))
    assert sent(tale).withheld == ("w-2",)


def test_a_sign_for_words_that_are_not_here_is_no_word_to_hide() -> None:
    tale = restricted()
    tale.say(Fact(), "what was (withheld) or withheld is no secret")
    tale.say(Restricted(target="#2"))
    there = replay("INC-1", map(event_of, sent(tale).rows))
    assert restricted_in("a withheld thing", there, strict=True) == ()
    assert redact(there).entries[-1].text == "what was (withheld) or withheld is no secret"
    assert redact(there, include_restricted=True).withheld == ("#2",)


def test_what_is_restricted_and_here_leaves_when_it_was_asked_for_beside_what_is_not_here() -> None:
    tale = restricted()
    tale.say(Restricted(target="#2"))
    rows = sent(tale).rows
    tale.say(Fact(restricted=True), "written by the receiver")
    there = replay("INC-1", map(event_of, (*rows, chained(tale.events)[-1])))
    passed = redact(there, include_restricted=True)
    assert ([entry.ref for entry in passed.entries], passed.withheld) == (["#1", "#3", "#4"], ("#2",))
    assert redact(there).withheld == ("#2", "#4")


def test_words_that_are_not_here_stay_withheld_though_somebody_lifted_their_restriction() -> None:
    tale = restricted()
    tale.say(Restricted(target="#2"))
    rows = sent(tale).rows
    tale.say(Restricted(target="#2", lifted=True))
    there = replay("INC-1", map(event_of, (*rows, chained(tale.events)[-1])))
    assert [entry.ref for entry in there.entries if entry.restricted] == ["#2"]
    assert redact(there, include_restricted=True).withheld == ("#2",)
