"""The JSON of a whole incident: what comes back is what was exported."""

import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.importers.scribe import read
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.typed import ParseError
from scribe.record.afterwards import FactorSaid
from scribe.record.errors import Refused, ScribeError
from scribe.record.events import Action, Draft, Fact, Restricted, Retracted, StateChange
from scribe.record.payloads import Origin
from scribe.record.state import State
from scribe.record.when import stamp
from tests.exporters.full import full
from tests.fakes.desk import NOON, Desk
from tests.fakes.tale import Tale
from tests.importers.trips import LATER, again, brought, comparable, exported


def same(state: State, place: Path) -> State:
    """Export, import into an empty journal, export: twice the same. Returns what was imported."""
    back = again(state, place)
    assert comparable(exported(back)) == comparable(exported(state))
    return back


@pytest.mark.parametrize("security", [False, True])
def test_a_record_with_everything_in_it_comes_back(tmp_path: Path, security: bool) -> None:
    back = same(full(security=security).state(), tmp_path / "j.db")
    assert {entry.imported for entry in back.entries} == {True}
    assert {entry.payload.origin.source for entry in back.entries if entry.payload.origin} == {"scribe"}
    assert {entry.recorded_by for entry in back.entries} == {"sam"}
    same(back, tmp_path / "k.db")  # and once more


LINES = (
    "plain words #tag https://x.example/a?b=1",
    "@bob said so",
    "? the pool is exhausted",
    "> restart the pods",
    "= moved the traffic",
    "! roll back",
    "-20m it began earlier",
    "11:40 the deploy",
    "??:?? nobody knows when",
    "/done A1 it worked",
    "/failed A1 it did not",
    "/done A2",
    "/confirm H1 seen in the graph",
    "/rule-out H1 the graph is flat",
    "/retract #2 wrong incident",
    "/retract #3 wrong too",
    "/retract #4 and this",
    "/amend #2 other words",
    "/amend #2 at 11:55",
    "/amend A1 restart one pod #pods",
    "/amend H1 the pool was exhausted",
    "/amend #1 Another title",
    "/link #2 https://y.example/b",
    "/restrict #2 names a customer",
    "/star #2",
    "/hide H1",
    "/unstar #2",
    "/sev 1 more users",
    "/sev 3",
    "/state mitigating",
    "/state resolved",
    "/state investigating",
    "/role ic @alice",
    "/role ic @bob",
    "/role sme @carol",
    "/solo",
    "/handoff @dan look at the pool",
    "/ack @dan",
    "/take ic",
    "/milestone detected 11:45",
    "/impact one in eight orders fails",
    "/impact users: 12 %",
    "/impact users: 3 %",
    "/scope dependency ledger-db affected slow queries",
    "/scope dependency ledger-db not_affected",
    "/timebox 10m @bob is it the vendor?",
    "/done B1 it is not",
    "/decide fail over? @alice 12:50",
    "/strategy roll_back",
    "/next 10m",
    "/escalate 2",
    "/tick sev1 verify",
    "/security",
    "/security indicator: 203.0.113.7",
    "/write summary All of checkout failed",
    "/write +summary and the carts were kept",
    "/write whys why? because",
    "/write observed 5xx at 12 %",
    "/write cost-hours 31",
    "/write near-miss yes",
    "/send #2 lessons",
    "/send H1 lessons",
    "/factor Pool too small layer: technical class: capacity score: 3",
    "/factor No alert layer: detection standing: candidate",
    "/factor F1 score: 0",
    "/factor F1 drop it was the index",
    "/action Raise the pool owner: @bob due: 2026-12-01 for: F1 verify: graph flat category: prevent priority: P1",
    "/action Write the runbook",
    "/action T1 status: in_progress",
    "/action T1 due: 2027-01-01 owner: @eve",
    "/done T1 merged as 4711",
    "/verified T1 @carol graph flat for a week",
    "/drop T2 the host is gone",
    "/waive few-factors one host",
    "/waive no-luck@luck there was none",
    "/unwaive few-factors",
    "/snooze 10m",
)
"""What may be typed; much of it is refused where the record holds no such thing."""

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
TYPED = st.one_of(st.sampled_from(LINES), WORDS.map(lambda words: f"\\{words}"))


def typed(desk: Desk, line: str) -> None:
    now = desk.clock.now()
    try:
        parsed = parse(line, Setting(now, now, UTC))
        if isinstance(parsed, Recorded):
            desk.record(parsed.drafts)
    except (ParseError, Refused):
        pass


def test_every_line_that_is_tried_below_can_be_read() -> None:
    setting = Setting(NOON, NOON, UTC)
    assert [line for line in LINES if not isinstance(parse(line, setting), Recorded)] == []


@settings(max_examples=20)
@given(st.lists(st.tuples(TYPED, st.sampled_from([0.0, 0.2, 61.0])), min_size=1, max_size=40))
@example([(line, 20.0) for line in LINES])
@example([(line, 0.0) for line in LINES])
@example(
    [(line, 20.0) for line in ("> restart", "/done A1 once", "/retract #2 no", "/done A1 again", "/amend #3 A1: ok")]
)
@example([(line, 20.0) for line in ("? guess", "/confirm H1", "/retract #2 no", "/rule-out H1 flat")])
def test_whatever_was_typed_comes_back(lines: list[tuple[str, float]]) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "j.db", severity=2)
        for line, seconds in lines:
            desk.clock.advance(seconds)
            typed(desk, line)
        state = desk.state()
        desk.journal.close()
        same(state, Path(folder) / "k.db")


def test_what_was_said_of_a_factor_and_what_was_reconstructed_come_back(tmp_path: Path) -> None:
    tale = Tale()
    tale.say(FactorSaid(standing="candidate"), "the pool was small")
    tale.say(FactorSaid(target="F1", standing="fact"), "seen in the graph")
    tale.say(StateChange(state="resolved"))
    tale.say(Fact(), "found in the logs", ago=900)
    back = same(tale.state(), tmp_path / "j.db")
    assert [factor.remark for factor in back.board.factors] == ["seen in the graph"]
    assert [entry.text for entry in back.entries if entry.reconstructed] == ["found in the logs"]


def test_what_was_ended_is_open_again_when_its_end_is_taken_back_here(tmp_path: Path) -> None:
    tale = Tale()
    tale.say(Action(), "restart")
    tale.say(Action(status="done", target="A1"))
    found = read(exported(tale.state()).encode())
    retracted = Draft(Retracted(target="#2", origin=Origin("test")), "it did not", stamp(LATER))
    batch = replace(found.batch, drafts=(*found.batch.drafts, retracted))
    back = brought(replace(found, batch=batch), tmp_path / "j.db")
    assert [item.ref for item in back.board.actions] == ["A1"]


def test_references_go_on_where_they_ended(tmp_path: Path) -> None:
    back = again(full().state(), tmp_path / "j.db")
    assert back.board.refs == full().state().board.refs


def test_what_is_withheld_stays_out_and_is_counted(tmp_path: Path) -> None:
    tale = full(security=True)
    found = read(exported(tale.state(), include_restricted=False).encode())
    assert len(found.withheld) == len([entry for entry in tale.state().entries if entry.restricted]) > 0
    back = brought(found, tmp_path / "j.db")
    assert len(back.entries) == len(tale.state().entries) - len(found.withheld)
    assert "words that are withheld" not in exported(back)


def test_what_ends_something_withheld_is_taken_as_a_note(tmp_path: Path) -> None:
    tale = full()
    tale.say(Restricted(target="A1"))
    found = read(exported(tale.state(), include_restricted=False).encode())
    (remark,) = found.batch.remarks
    assert "taken as a note" in remark.words
    back = brought(found, tmp_path / "j.db")
    ending = next(entry for entry in back.entries if entry.text.startswith("A1 done"))
    assert (ending.kind, ending.ref) == ("note", remark.words.partition(":")[0])


def test_a_declaration_that_is_withheld_begins_nothing() -> None:
    tale = Tale()
    tale.say(Restricted(target="#1"))
    with pytest.raises(ScribeError, match="declaration") as refused:
        read(exported(tale.state(), include_restricted=False).encode())
    assert "--include-restricted" in refused.value.hint


def test_words_that_were_erased_are_skipped_and_named(tmp_path: Path) -> None:
    shape = json.loads(exported(full().state()))
    entry = next(entry for entry in shape["entries"] if entry["text"] == "words from before the detection")
    entry.update(text="", data=None)
    found = read(json.dumps(shape).encode())
    assert [told.words for told in found.batch.skipped] == [
        f"{entry['ref']}: its words were erased, or a newer version wrote them"
    ]
    assert len(brought(found, tmp_path / "j.db").entries) == len(shape["entries"]) - 1


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    shape = json.loads(exported(full().state()))
    change(shape)
    return json.dumps(shape).encode()


def entry_of(shape: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in shape["entries"] if entry["kind"] == kind)
    return found


WRONG = {
    "another format": (lambda shape: shape.update(format="other/1"), "not the JSON of a whole incident"),
    "a newer format": (lambda shape: shape.update(format="scribe-postmortem/2"), "format 2"),
    "no entries": (lambda shape: shape.pop("entries"), "entries"),
    "no declaration": (lambda shape: shape["entries"].remove(entry_of(shape, "declared")), "declaration"),
    "two declarations": (lambda shape: entry_of(shape, "fact").update(kind="declared"), "two incidents"),
    "an id that is no id": (lambda shape: shape["incident"].update(id="../x"), "incident's id"),
    "a day that never was": (lambda shape: entry_of(shape, "fact").update(at="2026-02-31T10:00:00.000Z"), "not a time"),
    "a due day that never was": (lambda shape: shape["actions"][0].update(due="2026-02-31"), "not a time"),
    "a time in another form": (lambda shape: entry_of(shape, "fact").update(at="14:00"), "entries"),
    "a time-box without an end": (lambda shape: entry_of(shape, "timebox")["data"].update(until=""), "time-box"),
    "a time-box that ends never": (lambda shape: entry_of(shape, "timebox")["data"].update(until="soon"), "not a time"),
    "a level beyond the scale": (lambda shape: entry_of(shape, "severity")["data"].update(level=9), "1 to 4"),
    "a moment of no name": (lambda shape: entry_of(shape, "milestone")["data"].update(moment="lunch"), "milestone"),
    "a pace without end": (lambda shape: entry_of(shape, "declared")["data"].update(cadence=10**12), "length of time"),
    "one name twice": (lambda shape: entry_of(shape, "fact").update(ref="#1"), "#1"),
    "a score beyond the scale": (lambda shape: shape["factors"][0].update(score=7), "score"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_no_export_wrote_is_refused_in_one_line(name: str) -> None:
    change, said = WRONG[name]
    with pytest.raises(ScribeError) as refused:
        read(changed(change))
    assert said in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "no JSON"),
        (b"[]", "whole incident"),
        (b"\xff\xfe{\0}\0", "UTF-16"),
        (b'{"format": "\xff"}', "line 1 is not UTF-8"),
        (b"\n\n\0", "line 3 holds a NUL"),
        pytest.param(b'{"x":' * 200_000, "nested too deeply", id="deep"),
        (b'{"format": "\\ud800"}', "no JSON"),
    ],
)
def test_what_is_no_json_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(ScribeError, match=said):
        read(data)


def test_a_byte_order_mark_and_windows_lines_change_nothing() -> None:
    text = exported(full().state())
    assert read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()).batch == read(text.encode()).batch


def test_words_that_no_entry_can_hold_are_skipped_and_named() -> None:
    found = read(changed(lambda shape: entry_of(shape, "fact").update(text="x" * 70_000)))
    assert ["64 KiB" in told.words for told in found.batch.skipped] == [True]


def test_a_section_that_its_form_refuses_is_skipped_and_named() -> None:
    def change(shape: dict[str, Any]) -> None:
        section = next(found for found in shape["sections"] if found["section"] == "cost-hours")
        section["text"] = "a lot"

    (told,) = read(changed(change)).batch.skipped
    assert told.words == "cost-hours: engineer hours: a lot is no number"
