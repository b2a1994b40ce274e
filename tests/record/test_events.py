import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.events import (
    MOMENTS,
    OVER,
    ROLES,
    STATES,
    Action,
    Amended,
    AnyPayload,
    Decision,
    Declared,
    Erased,
    Fact,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    MomentName,
    Note,
    Opaque,
    Payload,
    Point,
    Retracted,
    Role,
    RoleName,
    Severity,
    StateChange,
    StateName,
    Update,
    canonical,
    decode_payload,
    encode_payload,
    is_board,
    kind_of,
)

EXAMPLES: list[tuple[Payload, str, bool]] = [
    (Declared(severity=1, cadence=900), "declared", True),
    (Fact(tags=("db",)), "fact", False),
    (Note(), "note", False),
    (Note(next_at="2026-11-20T12:00:00.000Z"), "note", True),
    (Note(cadence=60), "note", True),
    (Note(point=Point("x", "al")), "note", True),
    (Note(point_settled=True), "note", True),
    (Hypothesis(), "hypothesis", True),
    (Hypothesis(status="confirmed", target="w-1"), "hypothesis", True),
    (Decision(), "decision", False),
    (Action(), "action", True),
    (Action(status="done"), "action", False),
    (Action(status="done", target="w-1"), "action", True),
    (Update(number=1), "update", True),
    (Role(role="ic", who="al"), "role", True),
    (Severity(level=1), "severity", True),
    (StateChange(state="resolved"), "state", True),
    (Milestone(moment="detected"), "milestone", True),
    (Impact(previous="x"), "impact", True),
    (Amended(target="w-1", text="x", by="al"), "amended", False),
    (Amended(target="w-1"), "amended", False),
    (Retracted(target="w-1"), "retracted", False),
    (Linked(target="w-1", sources=("https://x.example",)), "linked", False),
    (Erased(target="w-1"), "erased", False),
]


@pytest.mark.parametrize(("payload", "kind", "board"), EXAMPLES)
def test_every_kind(payload: Payload, kind: str, board: bool) -> None:
    stored = encode_payload(payload)
    assert decode_payload(stored) == payload
    assert type(decode_payload(stored)) is type(payload)
    assert json.loads(stored)["kind"] == kind == kind_of(payload)
    assert is_board(payload) is board


@pytest.mark.parametrize(
    ("payload", "board"),
    [(Amended(target="w-1"), True), (Retracted(target="w-1"), True), (Linked(target="w-1"), False)],
)
def test_a_correction_is_as_important_as_what_it_corrects(payload: Payload, board: bool) -> None:
    assert is_board(payload, target_is_board=True) is board


def test_the_examples_name_every_kind() -> None:
    assert {type(payload) for payload, *_ in EXAMPLES} == set(get_args(AnyPayload))


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "{}",
        "null",
        "[]",
        "not json",
        '{"kind":"ritual"}',
        '{"kind":"role","role":"liaison"}',
        '{"kind":"severity"}',
        '{"kind":"severity","level":"high"}',
    ],
)
def test_what_this_version_cannot_read_is_opaque(stored: str | None) -> None:
    assert decode_payload(stored) == Opaque()


def test_unknown_fields_are_passed_over() -> None:
    assert decode_payload('{"kind":"severity","level":2,"mood":"grim"}') == Severity(level=2)


def test_the_stored_form_never_changes() -> None:
    """Golden: other versions of scribe recompute these bytes."""
    assert encode_payload(Fact()) == '{"kind":"fact"}'
    assert encode_payload(Severity(level=1, previous=2, tags=("b", "a"))) == (
        '{"kind":"severity","tags":["b","a"],"level":1,"previous":2}'
    )
    assert canonical(["é\n", 1, True, None]) == '["é\\n",1,true,null]'.encode()


def test_the_names() -> None:
    assert set(get_args(RoleName)) == set(ROLES)
    assert set(get_args(StateName)) == set(STATES)
    assert set(get_args(MomentName)) == set(MOMENTS)
    assert set(STATES) - OVER == {"investigating", "identified", "mitigating", "monitoring"}


@given(st.text(), st.lists(st.text()))
def test_payloads_survive_the_way_to_the_disk(text: str, many: list[str]) -> None:
    text = text.encode(errors="ignore").decode()
    tags = tuple(tag.encode(errors="ignore").decode() for tag in many)
    payload = Impact(previous=text, tags=tags)
    assert decode_payload(encode_payload(payload)) == payload
