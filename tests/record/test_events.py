import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.codec import canonical, decode_payload, encode_payload
from scribe.record.events import (
    KNOWN,
    NO_ENTRY,
    Absent,
    Action,
    Amended,
    AnyPayload,
    Checkpoint,
    Decision,
    Declared,
    Erased,
    Escalation,
    Fact,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Opaque,
    Payload,
    Point,
    Received,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Severity,
    Snoozed,
    StateChange,
    Tick,
    Timebox,
    Update,
    is_board,
    kind_of,
    parted,
)
from scribe.record.payloads import Origin
from scribe.record.terms import (
    AUDIENCE,
    AUDIENCES,
    IMPACT_LABELS,
    MOMENTS,
    OVER,
    SCOPE_LABELS,
    SCOPE_ROWS,
    STATES,
    ImpactField,
    MomentName,
    StateName,
)

EXAMPLES: list[tuple[Payload, str, bool]] = [
    (Declared(severity=1, cadence=900), "declared", True),
    (Declared(cadences={"public": 900, "responders": None}, security=True), "declared", True),
    (Fact(tags=("db",)), "fact", False),
    (Note(), "note", False),
    (Note(next_at="2026-11-20T12:00:00.000Z"), "note", True),
    (Note(cadence=60), "note", True),
    (Note(point=Point("x", "al")), "note", True),
    (Note(point_settled=True), "note", True),
    (Note(cadence=60, audience="public"), "note", True),
    (Note(audience="public", switched="on"), "note", True),
    (Note(audience="public", switched="off"), "note", True),
    (Note(trigger=900), "note", True),
    (Note(trigger=0), "note", True),
    (Hypothesis(), "hypothesis", True),
    (Hypothesis(status="confirmed", target="w-1"), "hypothesis", True),
    (Decision(), "decision", False),
    (Decision(strategy="roll_back", confirmed_by="al"), "decision", True),
    (Action(), "action", True),
    (Action(status="done"), "action", True),
    (Action(status="done", target="w-1"), "action", True),
    (Update(number=1), "update", True),
    (Update(audience="public", shape="update", fields={"known": "x"}), "update", True),
    (Role(role="ic", who="al"), "role", True),
    (Role(role="liaison", who="al", taken=True), "role", True),
    (Role(role="ic", who="al", acknowledges="w-1"), "role", True),
    (Severity(level=1), "severity", True),
    (StateChange(state="resolved"), "state", True),
    (Milestone(moment="detected"), "milestone", True),
    (Impact(previous="x"), "impact", True),
    (Impact(field="users", value="12 %", trend="worse"), "impact", True),
    (Scope(row="dependency", name="DNS", verdict="not_affected", evidence="dig"), "scope", True),
    (Checkpoint(incoming="bob", head="d+e", entries=7, given={"risks": "none"}), "checkpoint", True),
    (Escalation(level=2, who="al"), "escalation", True),
    (Timebox(who="al", until="2026-11-20T12:05:00.000Z"), "timebox", True),
    (Timebox(status="failed", target="w-1"), "timebox", True),
    (Tick(list="sev1", item="page"), "checklist", True),
    (Tick(list="sev1", item="page", done=False), "checklist", True),
    (Security(), "security", True),
    (Security(aspect="indicator", restricted=True), "security", True),
    (Snoozed(key="quiet", until="2026-11-20T12:05:00.000Z", over_cap=True), "snoozed", True),
    (Restricted(target="w-1"), "restricted", False),
    (Restricted(target="w-1", lifted=True), "restricted", False),
    (Amended(target="w-1", text="x", by="al"), "amended", False),
    (Amended(target="w-1"), "amended", False),
    (Retracted(target="w-1"), "retracted", False),
    (Linked(target="w-1", sources=("https://x.example",)), "linked", False),
    (Erased(target="w-1"), "erased", False),
    (Erased(target="w-1", also=("w-2", "w-3")), "erased", False),
    (Received(withheld=("w-1",)), "received", False),
    (Written(section="summary", added=True), "written", False),
    (FactorSaid(layer="technical", factor_class="testing", score=0, standing="candidate"), "factor", True),
    (FactorSaid(target="w-1", dropped=True), "factor", True),
    (ItemSaid(owner="al", due="2026-12-01", answers=("F1", "trigger"), category="learn"), "action_item", True),
    (ItemSaid(target="w-1", status="done"), "action_item", True),
    (Curated(target="w-1", starred=True), "curated", False),
    (Waived(code="few-factors", place="factors"), "waived", False),
    (Fact(origin=Origin("csv", recorded_at="2026-11-20T12:05:00.000Z", recorder="al", late=True)), "fact", False),
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
    [
        (Amended(target="w-1"), True),
        (Retracted(target="w-1"), True),
        (Erased(target="w-1"), True),
        (Linked(target="w-1"), False),
        (Restricted(target="w-1"), False),
    ],
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
        '{"kind":"role","role":3}',
        '{"kind":"scope","row":"planet","name":"x"}',
        '{"kind":"decision","strategy":"hope"}',
        '{"kind":"severity"}',
        '{"kind":"severity","level":"high"}',
    ],
)
def test_what_this_version_cannot_read_is_opaque(stored: str | None) -> None:
    found = decode_payload(stored)
    assert isinstance(found, Opaque)
    assert isinstance(found, Absent) is (stored is None)


def test_unknown_fields_are_passed_over() -> None:
    assert decode_payload('{"kind":"severity","level":2,"mood":"grim"}') == Severity(level=2)


def test_the_stored_form_never_changes() -> None:
    """Golden: other versions of scribe recompute these bytes."""
    assert encode_payload(Fact()) == '{"kind":"fact"}'
    assert encode_payload(Severity(level=1, previous=2, tags=("b", "a"))) == (
        '{"kind":"severity","tags":["b","a"],"level":1,"previous":2}'
    )
    assert canonical(["é\n", 1, True, None]) == '["é\\n",1,true,null]'.encode()


def test_a_field_that_says_nothing_new_is_not_written() -> None:
    """What has always been said is said in as few words as ever, and what version 1 wrote is read."""
    assert encode_payload(Declared(severity=1, cadence=900)) == '{"kind":"declared","cadence":900,"severity":1}'
    assert encode_payload(Fact(restricted=True)) == '{"kind":"fact","restricted":true}'
    assert encode_payload(Update(number=1)) == '{"kind":"update","number":1}'
    assert encode_payload(Role(role="ic", who="al")) == '{"kind":"role","role":"ic","who":"al"}'
    assert decode_payload('{"kind":"declared","severity":1,"cadence":900}') == Declared(severity=1, cadence=900)


@pytest.mark.parametrize(
    ("payload", "paces"),
    [
        (Severity(level=1, cadence=900), {"stakeholders": 900}),
        (Severity(level=4), {"stakeholders": None}),
        (Severity(level=1, cadences={"public": 900, "responders": None}), {"public": 900, "responders": None}),
    ],
)
def test_a_pace_without_names_is_the_stakeholders(payload: Severity, paces: dict[str, int | None]) -> None:
    assert payload.paces == paces
    assert decode_payload(encode_payload(payload)) == payload


def test_what_is_no_entry_is_a_known_kind() -> None:
    assert NO_ENTRY < KNOWN
    assert {kind for _, kind, _ in EXAMPLES} == KNOWN


@pytest.mark.parametrize("place", ["k7m2xq-1", "w-999999999999999", "a-b-0"])
def test_what_an_event_is_called_comes_apart(place: str) -> None:
    found = parted(place)
    assert found is not None
    assert f"{found[0]}-{found[1]}" == place


@pytest.mark.parametrize("place", ["", "w", "w-", "-1", "w-01", "w-x", "w-²", "w-٣", "w--1\n", "w-1" + "0" * 15])
def test_what_no_event_is_called_does_not(place: str) -> None:
    assert parted(place) is None


def test_the_names() -> None:
    assert set(get_args(StateName)) == set(STATES)
    assert set(get_args(MomentName)) == set(MOMENTS)
    assert set(get_args(ImpactField)) == set(IMPACT_LABELS)
    assert set(SCOPE_ROWS) == set(SCOPE_LABELS)
    assert AUDIENCE in AUDIENCES
    assert set(STATES) - OVER == {"investigating", "identified", "mitigating", "monitoring"}


@given(st.text(), st.lists(st.text()))
def test_payloads_survive_the_way_to_the_disk(text: str, many: list[str]) -> None:
    text = text.encode(errors="ignore").decode()
    tags = tuple(tag.encode(errors="ignore").decode() for tag in many)
    payload = Impact(previous=text, tags=tags)
    assert decode_payload(encode_payload(payload)) == payload
