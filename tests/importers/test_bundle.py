"""A bundle that comes: what was written comes out byte for byte; whatever was done to it on the way is refused."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.exporters.bundle import pack
from scribe.importers import bundle
from scribe.importers.archive import LIMITS, Limits, TooMuch
from scribe.importers.bundle import Bundle, read
from scribe.record.bundled import First, row_of
from scribe.record.chain import Stored, verify
from scribe.record.errors import ScribeError
from scribe.record.events import Erased, Fact, Hypothesis, Received, Restricted
from scribe.record.sendable import sendable
from tests.fakes.chained import chained, signed, verified
from tests.fakes.tale import Tale
from tests.record.protected import STEPS, Story, story


def unbundled(data: bytes, limits: Limits = LIMITS) -> Bundle:
    return read(io.BytesIO(data), limits)


def plain(rows: Sequence[Stored], withheld: tuple[str, ...] = (), **more: Any) -> bytes:
    """A bundle of rows as they are, whatever they are, not packed."""
    head = verify(rows).head
    fields = {"incident": "INC-1", "head": head, "events": len(rows), "withheld": withheld, **more}
    return b"\n".join(map(msgspec.json.encode, (First(**fields), *map(row_of, rows))))


def tale() -> Tale:
    told = Tale()
    told.say(Fact(), "tenant quokka")
    told.say(Hypothesis(), "the pool")
    told.say(Restricted(target="#2"))
    return told


def small(*, include_restricted: bool = True) -> bytes:
    told = tale()
    rows = chained(told.events)
    return pack(sendable(told.state(), rows, include_restricted=include_restricted), verified(rows))


@settings(max_examples=15)
@given(STEPS.map(story), st.text(max_size=30))
def test_any_record_comes_out_as_it_went_in(told: Story, text: str) -> None:
    told.tale.tried(Fact(), f"x{text}".replace("\0", "").encode(errors="replace").decode())
    state, rows = told.tale.state(), chained(told.tale.events)
    for included in (True, False):
        passed = sendable(state, rows, include_restricted=included)
        packed = pack(passed, verified(rows))
        for data in (packed, gzip.decompress(packed)):
            found = unbundled(data)
            assert found.rows == passed.rows
            assert (found.incident, found.head, found.withheld) == ("INC-1", verify(rows).head, passed.withheld)


def taken(data: bytes) -> Bundle | None:
    """What is read of it; None where it is refused."""
    try:
        return unbundled(data)
    except ScribeError:
        return None


WHOLE, BARE = gzip.decompress(small()), gzip.decompress(small(include_restricted=False))


@pytest.mark.torture
@pytest.mark.parametrize("whole", [WHOLE, BARE], ids=["whole", "withheld"])
def test_every_bit_of_every_byte_is_refused_or_changes_nothing(whole: bytes) -> None:
    before = unbundled(whole)
    for place in range(len(whole)):
        for bit in range(8):
            data = bytearray(whole)
            data[place] ^= 1 << bit
            assert taken(bytes(data)) in (None, before), (place, bit)


@settings(max_examples=150)
@given(st.sampled_from([WHOLE, BARE]), st.integers(0, 10_000), st.integers(1, 255))
def test_any_byte_that_is_changed_is_refused_or_changes_nothing(whole: bytes, place: int, bits: int) -> None:
    data = bytearray(whole)
    data[place % len(data)] ^= bits
    assert taken(bytes(data)) in (None, unbundled(whole))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from(["cut", "dropped", "doubled"]), st.integers(1, 200))
def test_what_is_cut_out_doubled_or_missing_is_refused(place: int, how: str, length: int) -> None:
    at = place % len(WHOLE)
    rest = {"cut": b"", "dropped": WHOLE[at + length :], "doubled": WHOLE[max(0, at - length) :]}[how]
    data = WHOLE[:at] + rest
    assert taken(data) in (None, unbundled(WHOLE))


WORDS = {"author", "recorder", "at_raw", "text", "payload"}


def changed(number: int, **fields: Any) -> bytes:
    """The bundle with fields of one line changed; ``text`` and its like in its body."""
    lines = [json.loads(line) for line in WHOLE.splitlines()]
    for name, value in fields.items():
        target = lines[number]["body"] if name in WORDS else lines[number]
        target[name] = value
    return b"\n".join(json.dumps(line).encode() for line in lines)


def reordered(*order: int) -> bytes:
    lines = WHOLE.splitlines()
    return b"\n".join(lines[number] for number in order)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is no bundle of scribe"),
        (b"\xff\xfe\n", "this is no bundle of scribe"),
        (b"{}", "this is no bundle of scribe"),
        (b'{"format":"scribe-postmortem/1"}', "this is no bundle of scribe"),
        (b'"' + b"[" * 9 + b'"', "this is no bundle of scribe"),
        (b"[" * 100_000, "this is no bundle of scribe"),
        (changed(0, version=2), "the bundle is of version 2, and this scribe reads 1"),
        (changed(0, more=1), "the first line of the bundle is not as scribe writes it"),
        (changed(0, incident="../INC-1"), "the bundle's incident has an id that none can have"),
        (changed(0, incident="INC-2"), "at #1 (w-1): its header was altered"),
        (changed(0, head="0" * 64), "the bundle's head is not that of its entries"),
        (changed(0, events=5), "the bundle holds 4 of 5 events: it was cut off or altered"),
        (changed(0, withheld=["w-2"]), "at #2 (w-2): its words are here, though they are said to be withheld"),
        (changed(0, withheld=["w-9"]), "the bundle's list of what was withheld names what is not in it"),
        (WHOLE.splitlines()[0], "the bundle holds no entries"),
        (reordered(0, 1, 2), "the bundle holds 2 of 4 events: it was cut off or altered"),
        (reordered(0, 1, 3, 4), "at H1 (w-3): entry w-2 is missing before it, or the order was changed"),
        (reordered(0, 1, 2, 2, 3, 4), "at #2 (w-2): entry w-3 is missing before it, or the order was changed"),
        (reordered(0, 1, 3, 2, 4), "at H1 (w-3)"),
        (reordered(0, 2, 3, 4), "at #2 (w-2): the record does not begin with its declaration"),
        (reordered(0, 1, 1, 2, 3), "at #1 (w-1): a second declaration stands in the record"),
        (changed(2, text="tenant wombat"), "at #2 (w-2): its words were altered"),
        (changed(2, author="bob"), "at #2 (w-2): its words were altered"),
        (changed(2, salt="00" * 16), "at #2 (w-2): its words were altered"),
        (changed(2, salt="zz" * 16), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, salt=None), "at #2 (w-2): its words are missing in part"),
        (changed(2, body=None), "at #2 (w-2): its words are missing in part"),
        (
            changed(2, body=None, salt=None),
            "at #2 (w-2): its words are missing, and it was neither erased nor",
        ),
        (changed(2, at="2026-11-20T12:00:00.000Z"), "at #2 (w-2): its header was altered"),
        (changed(2, ref="#3"), "at #3 (w-2): its header was altered"),
        (changed(2, at="yesterday"), "at #2 (w-2): yesterday is not a time"),
        (changed(2, recorded_at="2026-02-31T00:00:00.000Z"), "is not a time"),
        (changed(2, at="0001-01-01T00:00:00.000Z"), "is not a time"),
        (changed(2, precision="week"), "the precision of its time is none"),
        (changed(2, writer="W\u202e"), "its writer is none that scribe writes"),
        (changed(2, kind="Fact\n"), "its kind is none that scribe writes"),
        (changed(2, ref="#\u0663"), "its reference is none that scribe writes"),
        (changed(2, prev="x"), "what it follows is none that scribe writes"),
        (changed(2, seen="x"), "what it had seen is none that scribe writes"),
        (changed(2, digest="X" * 64), "its digest is none that scribe writes"),
        (changed(2, seq=0), "its number is none that scribe gives"),
        (changed(2, format=2), "a newer version of scribe wrote it"),
        (changed(2, format=0), "it has a format that is none"),
        (changed(2, seq="2"), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, seq=2.5), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, is_board=0), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, more=[]), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, body={}), "line 3 of the bundle is no event as scribe writes it"),
        (changed(2, text=None), "line 3 of the bundle is no event as scribe writes it"),
        (WHOLE + b"\n\n\n", "line 6 of the bundle is no event as scribe writes it"),
        (WHOLE + b"\n" + b'{"a":' * 100_000, "line 6 of the bundle is no event as scribe writes it"),
    ],
    ids=range(51),
)
def test_what_was_done_to_a_bundle_is_named(data: bytes, message: str) -> None:
    for whole in (data, gzip.compress(data)):
        with pytest.raises(ScribeError) as refused:
            unbundled(whole)
        assert message in refused.value.message
        assert refused.value.exit_code == 2
        assert "\n" not in refused.value.message


def forged(payload: str, kind: str = "note", **header: Any) -> bytes:
    """A record whose second entry somebody made up, with digests that fit."""
    rows = chained(tale().events[:1])
    body = rows[0].body
    assert body is not None
    made = replace(rows[0].header, seq=2, kind=kind, ref="#2", is_board=False, **header)
    text = header.get("text", "x")
    rows.append(signed(replace(rows[0], header=made, body=replace(body, text=text, payload=payload)), rows))
    return plain(rows)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ('{"kind":"fact"}', "its content is of another kind than its header says"),
        ('{"kind":"erased","target":"w-1"}', "its content is of another kind than its header says"),
        ('["note"]', "its content is of another kind than its header says"),
        ("{", "its content is no JSON"),
        ('{"kind":"note","x":' + "[" * 40 + "]" * 40 + "}", "its content is nested more than 32 deep"),
        ('{"kind":"note","x":' + "[" * 90_000, "its content is nested more than 32 deep"),
        ('{"kind":"note","next_at":"soon"}', "next_at is not a time"),
        ('{"kind":"note","cadence":-1}', "cadence is no length of time to count down"),
        ('{"kind":"note","trigger":99999999999}', "trigger is no length of time to count down"),
        ('{"kind":"note","point":{"what":"x","by":"soon"}}', "until is not a time"),
        ('{"kind":"severity","level":9}', "level is none from 1 to 4"),
        ('{"kind":"severity","level":2,"previous":0}', "previous is none from 1 to 4"),
        ('{"kind":"severity","level":2,"cadences":{"public":-5}}', "cadences is no length of time to count down"),
        ('{"kind":"escalation","level":100}', "level is none from 1 to 99"),
        ('{"kind":"timebox","who":"al"}', "a time-box ends at some time"),
        ('{"kind":"timebox","until":"soon"}', "until is not a time"),
        ('{"kind":"checkpoint","number":99999999999}', "number is too large"),
        ('{"kind":"action_item","due":"2026-02-31"}', "due is not a day"),
        ('{"kind":"retracted","target":"w-' + "9" * 5000 + '"}', "target names no entry"),
        ('{"kind":"erased","target":"w-1","also":["#2"]}', "also names no entry"),
        ('{"kind":"received","withheld":["' + "w" * 40 + '-1"]}', "withheld names no entry"),
        ('{"kind":"amended","target":"w-1","at":"x"}', "at is not a time"),
        ('{"kind":"amended","target":"w-1","at":""}', "at is not a time"),
        ('{"kind":"note","next_at":""}', "next_at is not a time"),
        ('{"kind":"fact","origin":{"source":"s","recorded_at":"x"}}', "recorded_at is not a time"),
    ],
    ids=range(25),
)
def test_a_forged_entry_that_the_board_could_not_reckon_with_is_refused(payload: str, why: str) -> None:
    kind = json.loads(payload)["kind"] if payload.startswith('{"kind":"') and payload.endswith("}") else "note"
    kind = "note" if "another kind" in why else kind
    with pytest.raises(ScribeError) as refused:
        unbundled(forged(payload, kind))
    assert refused.value.message == f"the bundle was altered or forged at #2 (w-2): {why}"


def test_a_newer_versions_kinds_and_fields_are_taken_as_they_are() -> None:
    for payload, kind in (
        ('{"kind":"hologram","of":["x"]}', "hologram"),
        ('{"kind":"note","colour":"red"}', "note"),
        ('{"kind":"state","state":"sublimated"}', "state"),
    ):
        found = unbundled(forged(payload, kind))
        body = found.rows[1].body
        assert body is not None
        assert body.payload == payload


def test_characters_that_are_never_stored_are_refused() -> None:
    rows = chained(tale().events)
    body = rows[1].body
    assert body is not None
    rows[1] = signed(replace(rows[1], body=replace(body, text="a\0b")), rows[:1])
    with pytest.raises(ScribeError, match="it holds characters that scribe does not store"):
        unbundled(plain(rows[:2]))


def test_a_body_may_be_missing_where_an_erasure_says_so() -> None:
    told = tale()
    told.say(Erased(target=told.events[1].id, also=(told.events[2].id,)), "a leaked name")
    rows = chained(told.events)
    rows[1:3] = [replace(row, body=None, salt=None) for row in rows[1:3]]
    assert unbundled(plain(rows)).rows == tuple(rows)
    with pytest.raises(ScribeError, match=r"at #1 \(w-1\): its words are missing, and it was neither"):
        unbundled(plain([replace(rows[0], body=None, salt=None), *rows[1:]]))


def erased() -> Tale:
    told = tale()
    told.say(Erased(target="w-2"), "a leaked name")
    return told


def words_gone(rows: list[Stored], *places: str) -> list[Stored]:
    return [replace(row, body=None, salt=None) if row.id in places else row for row in rows]


@pytest.mark.parametrize("gone", [("w-2",), ("w-2", "w-5")])
@pytest.mark.parametrize("target", ["w-5", "w-6"], ids=["the erasure", "itself"])
def test_an_erasure_of_what_accounts_for_others_is_refused(target: str, gone: tuple[str, ...]) -> None:
    told = erased()
    told.say(Erased(target=target, also=("w-3",)), "oops")
    told.say(Fact(), "later")
    rows = words_gone(chained(told.events), *gone, "w-3")
    with pytest.raises(ScribeError) as refused:
        unbundled(plain(rows, () if "w-5" not in gone else ("w-2",)))
    why = "#4 (w-6): it erases what accounts for words that are missing"
    if "w-5" in gone:
        why = "#3 (w-5): its words are missing, and they account for others that are"
    assert refused.value.message == f"the bundle was altered or forged at {why}"


def test_an_erasure_or_what_never_came_cannot_be_withheld() -> None:
    told = erased()
    told.say(Received(withheld=("v-1",)))
    for gone, withheld in (("w-5", ("w-2", "w-5")), ("w-6", ("w-6",))):
        with pytest.raises(ScribeError, match="its words are missing, and they account for others that are"):
            unbundled(plain(words_gone(chained(told.events), "w-2", gone), withheld))


def test_an_erasure_of_what_is_not_written_yet_is_refused() -> None:
    told = tale()
    told.say(Erased(target="w-2", also=("w-6",)), "a name")
    told.say(Fact(), "later")
    with pytest.raises(ScribeError, match=r"#3 \(w-5\): it erases what was not written yet"):
        unbundled(plain(words_gone(chained(told.events), "w-2", "w-6")))


def behind(kind: str, payload: str, *, ref: str = "#2", is_board: bool = False, text: str = "x") -> bytes:
    """A tale with one more entry that somebody made up, with digests that fit."""
    rows = chained(tale().events)
    last, body = rows[-1], rows[-1].body
    assert body is not None
    header = replace(last.header, seq=last.header.seq + 1, kind=kind, ref=ref, is_board=is_board)
    return plain([*rows, signed(replace(last, header=header, body=replace(body, text=text, payload=payload)), rows)])


@pytest.mark.parametrize(
    ("kind", "more", "ref", "is_board", "why"),
    [
        ("severity", ',"level":4', "#3", False, "the board would not be told of it"),
        ("state", ',"state":"resolved"', "#3", False, "the board would not be told of it"),
        ("amended", ',"target":"w-3","text":"y"', "", False, "the board would not be told of it"),
        ("amended", ',"target":"w-2","text":"y"', "", True, "the board would read it for nothing"),
        ("fact", "", "#3", True, "the board would read it for nothing"),
        ("fact", "", "H2", False, "its reference is none that scribe gives to its kind"),
        ("fact", "", "", False, "its reference is none that scribe gives to its kind"),
        ("amended", ',"target":"w-2","text":"y"', "#3", False, "its reference is none that scribe gives to its kind"),
        ("fact", "", "#" + "9" * 40, False, "its reference is none that scribe writes"),
        ("fact", "", "#007", False, "its reference is none that scribe writes"),
        ("fact", "", "#100000000", False, "its reference is none that scribe gives"),
    ],
)
def test_a_header_that_says_other_than_its_content_is_refused(
    kind: str, more: str, ref: str, is_board: bool, why: str
) -> None:
    with pytest.raises(ScribeError) as refused:
        unbundled(behind(kind, f'{{"kind":"{kind}"{more}}}', ref=ref, is_board=is_board))
    assert refused.value.message.endswith(f"{f'{ref} (w-5)' if ref else 'entry w-5'}: {why}")


def test_a_header_that_says_what_its_content_does_is_taken() -> None:
    for kind, more, ref, is_board in (
        ("severity", ',"level":4', "#3", True),
        ("amended", ',"target":"w-3","text":"y"', "", True),
        ("amended", ',"target":"w-2","text":"y"', "", False),
        ("fact", "", "#99999999", False),
        ("fact", ',"mood":"grim"', "#3", True),  # a newer version's board may read what this one's does not
        ("ritual", "", "R1", True),
    ):
        assert len(unbundled(behind(kind, f'{{"kind":"{kind}"{more}}}', ref=ref, is_board=is_board)).rows) == 5


def test_a_number_that_was_counted_on_to_is_taken_however_high() -> None:
    rows = chained(tale().events)
    body = rows[1].body
    assert body is not None
    for ref in ("#99999999", "#100000000", "#100000001"):
        header = replace(rows[-1].header, seq=len(rows) + 1, kind="fact", ref=ref, is_board=False)
        rows.append(signed(replace(rows[1], header=header, body=body), rows))
    assert len(unbundled(plain(rows)).rows) == 7


def test_a_record_of_too_many_copies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "WRITERS", 2)
    rows = chained(tale().events[:1])
    for number, writer in enumerate(("b", "c"), 2):
        header = replace(
            rows[0].header, writer=writer, seq=1, kind="fact", ref=f"#{number}", prev=rows[0].digest, is_board=False
        )
        body = rows[0].body
        assert body is not None
        rows.append(signed(replace(rows[0], header=header, body=replace(body, payload='{"kind":"fact"}')), rows[:1]))
    assert len(unbundled(plain(rows[:2])).rows) == 2
    with pytest.raises(TooMuch, match="written in more than 2 copies"):
        unbundled(plain(rows))


def test_the_limits_of_any_packed_file_hold_for_bundles() -> None:
    for limits, message in (
        (replace(LIMITS, packed=100), "the file is larger than 100 bytes"),
        (replace(LIMITS, unpacked=1000), "the file unpacks to more than 1,000 bytes"),
        (replace(LIMITS, lines=3), "the file has more than 3 lines"),
        (replace(LIMITS, line=300), "line 2 of the file is longer than 300 characters"),
        (replace(LIMITS, nesting=0), "its content is nested more than 0 deep"),
    ):
        with pytest.raises(ScribeError) as refused:
            unbundled(small(), limits)
        assert message in refused.value.message
