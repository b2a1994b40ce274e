"""The checkpoint packet: right without being written by hand, unchangeable, and never more than may be passed on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.clock import FixedClock
from scribe.exporters.packet import markdown, to_json
from scribe.journal.store import Journal
from scribe.live.checkpoint import MANY_LINKS, Packet, carried, chosen, handovers, packet, stored
from scribe.live.grammar import ParseError
from scribe.live.packet_rows import FEW, FIRST, LONGEST, compare, dated, fields, first, heading, rest
from scribe.record.errors import NotFound, Refused
from scribe.record.events import Checkpoint, Draft, Erased, Event, Opaque
from scribe.record.fold import replay
from scribe.record.redact import redact
from scribe.record.when import stamp
from tests.fakes.desk import NOON, Desk, at
from tests.fakes.packets import again, hand, now, row, values


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "j.db", severity=2)
    yield desk
    desk.journal.close()


# ── what stands in it ───────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_filled_from_the_record(desk: Desk) -> None:
    for line in (
        "/role ic @alice",
        "/sev 1",
        "/state mitigating",
        "/impact one order in eight fails",
        "> @carol drain EU",
        "/decide Fail over? @alice by 12:30",
        "/update failing, no ETA",
    ):
        desk.type(line, after=1)
    made = now(desk, "bob")
    assert (made.severity, made.state, made.impact) == (1, "mitigating", "one order in eight fails")
    assert (made.role, made.outgoing, made.incoming, made.next_ic) == ("ic", "alice", "bob", "bob")
    assert [(item.ref, item.who, item.since) for item in made.in_flight] == [("A1", "carol", at("12:05"))]
    assert made.point is not None
    assert (made.point.what, made.point.who, made.point.by) == ("Fail over?", "alice", at("12:30"))
    assert [(track.audience, track.cadence, track.due) for track in made.tracks] == [
        ("stakeholders", 15 * 60, at("12:22"))
    ]
    assert made.last_update is not None
    assert (made.last_update.at, made.last_update.text) == (at("12:07"), "failing, no ETA")
    assert (made.head, made.entries) == (desk.board.head, 8)
    assert heading(made) == "packet 1: IC @alice → @bob"
    assert dated(made, UTC) == "2026-11-20 12:07:00 UTC · T+00:07:00"


def test_page_one_has_the_fields_of_the_procedure_in_their_order(desk: Desk) -> None:
    assert [row.name for row in first(now(desk), UTC)] == [name for name in FIRST if name != "withheld"]


def test_nothing_recorded_is_said_to_be_unknown(desk: Desk) -> None:
    made = now(desk)
    unknown = {row.name for row in fields(made, UTC) if not row.is_known}
    assert {"hypothesis", "impact", "point", "next_decision", "risks", "exit_criteria", "scope"} <= unknown
    assert all(row.values == ("unknown",) for row in fields(made, UTC) if row.name in unknown)
    assert values(made, "in_flight") == ("nothing",)
    assert values(made, "last_update") == ("none sent",)


def test_actions_in_flight_stand_oldest_first_whenever_they_were_written(desk: Desk) -> None:
    desk.type("> second", after=5)
    desk.type("12:02 > first", after=1)
    desk.type("> third", after=1)
    assert [item.text for item in now(desk).in_flight] == ["first", "second", "third"]


def test_the_current_hypothesis_is_the_newest_open_one(desk: Desk) -> None:
    for line in ("? pool", "? cache", "? dns"):
        desk.type(line, after=1)
    desk.type("/rule-out H3 it resolves everywhere", after=1)
    made = now(desk)
    assert made.hypothesis is not None
    assert made.hypothesis.ref == "H2"
    assert [theory.ref for theory in made.hypotheses] == ["H1"]
    assert values(made, "ruled_out") == ("H3 dns: it resolves everywhere",)
    assert row(made, "hypothesis").command == "/confirm H2 "


def test_the_hypothesis_that_was_confirmed_last_is_the_current_one(desk: Desk) -> None:
    for line in ("? pool", "? cache", "? dns", "/confirm H2 misses", "/confirm H1 40 of 40", "? vendor"):
        desk.type(line, after=1)
    made = now(desk)
    assert made.hypothesis is not None
    assert made.hypothesis.ref == "H1"
    assert [theory.ref for theory in made.hypotheses] == ["H2", "H3", "H4"]
    desk.type("/retract #3 the wrong board", after=1)
    assert [entry.ref for entry in desk.state().entries if entry.retracted] == ["#3"]
    found = now(desk).hypothesis
    assert found is not None
    assert found.ref == "H2"


def test_what_speaks_for_the_hypothesis_stands_with_it(desk: Desk) -> None:
    desk.type("? pool https://x.example/pool", after=1)
    for number in range(20):
        desk.type(f"? guess {number}")
    for line in (
        "H1: 40 of 40 in use",
        "H11 looks odd",
        "xH1 is a host",
        "the graph https://x.example/pool",
        "! act on H1",
        "/confirm H1 all waiting",
    ):
        desk.type(line, after=1)
    theory = now(desk).hypothesis
    assert theory is not None
    assert [evidence.text for evidence in theory.evidence] == [
        "all waiting",
        "H1: 40 of 40 in use",
        "the graph https://x.example/pool",
    ]


def test_who_hands_over_is_whoever_holds_that_role(desk: Desk) -> None:
    desk.type("/role ic @alice")
    desk.type("/role comms @erin")
    made = now(desk, "fay", role="comms", next_ic="@gus")
    assert (made.outgoing, made.next_ic) == ("erin", "@gus")
    assert values(made, "next_ic") == ("@gus",)
    assert values(made, "roles") == (
        "IC @alice since 12:00 (0s)",
        "Ops nobody",
        "Comms @erin since 12:00 (0s)",
        "Scribe nobody",
    )


def test_the_last_update_is_the_last_that_stands(desk: Desk) -> None:
    desk.type("/update failing", after=1)
    (wrong,) = desk.type("/update recovered", after=1)
    desk.type(f"/retract {wrong.ref} not sent", after=1)
    last = now(desk).last_update
    assert last is not None
    assert (last.text, last.at) == ("failing", at("12:01"))


def test_every_address_stands_once_with_the_entry_that_named_it_last(desk: Desk) -> None:
    for line in ("https://x.example/1", "https://x.example/2", "again https://x.example/1", "no https://x.example/3"):
        desk.type(line, after=1)
    desk.type("/retract #5 wrong", after=1)
    assert values(now(desk), "links") == ("#3 https://x.example/2", "#4 https://x.example/1")
    for number in range(MANY_LINKS):
        desk.type(f"https://y.example/{number}")
    made = now(desk)
    assert (len(made.links), made.links_in_all) == (MANY_LINKS, MANY_LINKS + 2)
    assert values(made, "links")[0] == "2 older ones stand in the timeline"


def test_time_boxes_stand_in_the_order_in_which_they_end(desk: Desk) -> None:
    assert "timeboxes" not in [row.name for row in fields(now(desk), UTC)]
    desk.type("/timebox 20m @jun read the slow log")
    desk.type("/timebox 5m @bob ask the vendor")
    desk.clock.advance(10 * 60)
    assert values(now(desk), "timeboxes") == (
        "B2 ask the vendor @bob until 12:05 (overdue by 5m)",
        "B1 read the slow log @jun until 12:20 (in 10m)",
    )


def test_a_security_incident_is_said_to_be_one(desk: Desk) -> None:
    assert values(now(desk), "severity") == ("SEV-2",)
    desk.type("/security")
    assert values(now(desk), "severity") == ("SEV-2, security incident on the protected track",)


def test_sides_of_the_impact_and_the_scope_are_in_it(desk: Desk) -> None:
    desk.type("/impact users: 12 %")
    desk.type("/scope dependency ledger-db not affected idle")
    made = now(desk)
    assert values(made, "impact") == ("users affected: 12 %, since 12:00 (0s)",)
    assert values(made, "scope") == ("dependency ledger-db: not affected, idle",)


def test_a_time_of_another_day_has_its_date(desk: Desk) -> None:
    desk.type("> drain")
    assert values(now(desk), "in_flight") == ("A1 drain @sam since 12:00 (0s)",)
    desk.clock.advance(13 * 3600)
    assert values(now(desk), "in_flight") == ("A1 drain @sam since 2026-11-20 12:00 (13h)",)


def test_page_one_stays_short_and_what_it_cuts_stands_whole_below(desk: Desk) -> None:
    desk.type(f"/impact {'many orders fail, and ' * 20}")
    for number in range(FEW + 2):
        desk.type(f"> action {number}", after=1)
    made = now(desk)
    page = {row.name: row for row in first(made, UTC)}
    assert all(len(value) <= LONGEST for value in page["impact"].values)
    assert page["in_flight"].values[FEW:] == ("and 2 more",)
    below = {row.name: row for row in rest(made, UTC)}
    assert len(below["in_flight"].values) == FEW + 2
    assert below["impact"].values == (made.impact,)
    assert "severity" not in below


# ── what only a person knows ────────────────────────────────────────────────────────────────────────────────────────


def test_blanks_never_block(desk: Desk) -> None:
    event = hand(desk, "bob")
    assert again(desk, event).given == {}


def test_what_a_person_filled_in_is_proposed_for_the_next_one_and_said_to_be_old(desk: Desk) -> None:
    assert carried(desk.state()) == {}
    hand(desk, "bob", risks="it comes back", questions="why 40?", next_ic="bob")
    proposal = carried(desk.state())
    assert proposal == {"risks": "it comes back", "questions": "why 40?"}
    made = now(desk, risks=proposal["risks"], questions="why 41?")
    assert made.carried == ("risks",)
    assert values(made, "risks") == ("it comes back (as in packet 1)",)
    assert values(made, "questions") == ("why 41?",)
    assert row(made, "risks").by_hand
    assert row(made, "risks").command == "/set risks "


def test_a_field_of_several_lines_has_several_values(desk: Desk) -> None:
    assert values(now(desk, exit_criteria="errors below 1 %\n\nfor 20 min"), "exit_criteria") == (
        "errors below 1 %",
        "for 20 min",
    )


def test_what_is_blank_counts_as_not_filled_in(desk: Desk) -> None:
    assert now(desk, risks=" ").given == {}


def test_a_field_of_a_newer_version_is_shown_as_it_is(desk: Desk) -> None:
    assert values(now(desk, weather="rain"), "weather") == ("rain",)


# ── handing over, acknowledging ─────────────────────────────────────────────────────────────────────────────────────


def test_a_packet_reads_the_same_whatever_happens_afterwards(desk: Desk) -> None:
    desk.type("/role ic @alice")
    desk.type("? pool", after=1)
    shown = now(desk, "bob", risks="it comes back")
    event = hand(desk, "bob", risks="it comes back")
    assert again(desk, event) == replace(shown, ref=event.ref)
    for line in (
        "/ack @bob",
        "/confirm H1 full",
        "/amend H1 queue",
        "11:00 /sev 1",
        "/state resolved",
        "/retract H1 no",
    ):
        desk.type(line, after=1)
    hand(desk, "carol", after=1)
    assert again(desk, event) == replace(shown, ref=event.ref)


def test_the_list_says_who_acknowledged_when_and_who_typed_it(desk: Desk) -> None:
    desk.type("/role ic @alice")
    hand(desk, after=1)
    hand(desk, "bob", after=1)
    assert [one.acknowledged for one in handovers(desk.state())] == [None, None]
    desk.type("/ack @bob", after=1)
    plain, handed = handovers(desk.state())
    assert (plain.packet.number, plain.packet.incoming, plain.acknowledged) == (1, "", None)
    assert (handed.packet.number, handed.packet.outgoing, handed.packet.incoming) == (2, "alice", "bob")
    assert handed.acknowledged is not None
    assert (handed.acknowledged.who, handed.acknowledged.at, handed.acknowledged.typed_by) == (
        "bob",
        at("12:03"),
        "sam",
    )


def test_a_packet_is_found_by_its_number_and_by_its_reference(desk: Desk) -> None:
    one, two = hand(desk), hand(desk, after=1)
    packets = handovers(desk.state())
    assert chosen(packets, "1").packet.id == chosen(packets, one.ref).packet.id == one.id
    assert chosen(packets, " 2 ").packet.id == two.id
    with pytest.raises(NotFound, match="no packet 3") as refusal:
        chosen(packets, "3")
    assert refusal.value.hint == "there are: 1, 2"


def test_a_number_given_again_means_the_packet_that_was_not_taken_back(desk: Desk) -> None:
    one = hand(desk)
    desk.type(f"/retract {one.ref} too early", after=1)
    two = hand(desk, after=1)
    packets = handovers(desk.state())
    assert [(found.packet.number, found.is_retracted) for found in packets] == [(1, True), (1, False)]
    assert chosen(packets, "1").packet.id == two.id
    assert chosen(packets, one.ref).packet.id == one.id


def test_what_is_no_packet_is_refused(desk: Desk) -> None:
    (fact,) = desk.type("5xx")
    for place in (fact.id, "x-9", ""):
        with pytest.raises(Refused, match="is no packet"):
            stored(desk.journal.events(desk.incident), place)


def test_a_record_that_was_cut_off_cannot_show_what_the_packet_quotes(desk: Desk) -> None:
    desk.type("5xx")
    event = hand(desk)
    events = [found for found in desk.journal.events(desk.incident) if found.ref != "#2"]
    with pytest.raises(Refused, match="holds no entry"):
        stored(events, event.id)


def test_erased_words_are_gone_from_old_packets_too(desk: Desk) -> None:
    (action,) = desk.type("> revoke 4012-8888")
    event = hand(desk, risks="x")
    assert "4012-8888" in markdown(again(desk, event), UTC)
    desk.record([Draft(Erased(target=action.id), "a card's number", stamp(desk.clock.now()))])
    events = [
        replace(found, text="", author="", recorder="", payload=Opaque()) if found.id == action.id else found
        for found in desk.journal.events(desk.incident)
    ]
    assert "4012-8888" not in markdown(stored(events, event.id), UTC)
    gone = [replace(found, payload=Opaque()) if found.id == event.id else found for found in events]
    with pytest.raises(Refused, match="were erased"):
        stored(gone, event.id)


# ── restricted ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_names_the_restricted_entries_that_it_withholds(desk: Desk) -> None:
    desk.type("card 4012-8888 leaked")
    desk.type("/restrict #2")
    desk.type("> revoke the card")
    desk.type("/restrict A1")
    made = now(desk)
    assert values(made, "withheld") == ("2 restricted: #2, A1",)
    assert [row.name for row in first(made, UTC)][-1] == "withheld"
    assert made.entries == 3


def test_what_was_restricted_afterwards_is_withheld_from_older_packets(desk: Desk) -> None:
    desk.type("> revoke 4012-8888")
    event = hand(desk, "bob", risks="somebody has to revoke 4012-8888 soon")
    desk.type("/restrict A1", after=1)
    packet = again(desk, event)
    assert "4012-8888" not in to_json(packet)
    assert packet.withheld == ("A1",)
    asked = again(desk, event, include_restricted=True)
    assert (asked.withheld, asked.restricted) == ((), ("A1",))
    assert values(asked, "in_flight") == ("A1 revoke 4012-8888 @sam since 12:00 (0s)",)
    desk.type("/unrestrict A1", after=1)
    assert again(desk, event).withheld == ()


def test_asked_for_it_says_what_the_record_said_then(desk: Desk) -> None:
    desk.type("? who has the card")
    event = hand(desk)
    desk.type("/restrict H1", after=1)
    desk.type("/amend H1 somebody has both cards", after=1)
    asked = again(desk, event, include_restricted=True)
    assert asked.hypothesis is not None
    assert asked.hypothesis.text == "who has the card"
    assert asked.restricted == ("H1",)
    desk.type("? where is the card", after=1)
    desk.type("/restrict H2", after=1)
    desk.type("/retract H1 nobody", after=1)
    assert again(desk, event, include_restricted=True) == asked
    assert again(desk, event).hypothesis is None


def test_words_of_a_later_restricted_entry_are_withheld_where_they_stood_before(desk: Desk) -> None:
    desk.type("/impact card 4012-8888 leaked")
    event = hand(desk, "bob", risks="card 4012-8888 leaked")
    desk.type("card 4012-8888 leaked", after=1)
    desk.type("/restrict #4", after=1)
    packet = again(desk, event)
    assert "4012-8888" not in to_json(packet)
    assert packet.withheld == ()
    assert (packet.head, packet.entries) == (event.payload.head, 2)  # type: ignore[attr-defined]  # a Checkpoint


def test_a_restricted_packet_is_shown_to_nobody_who_did_not_ask(desk: Desk) -> None:
    event = hand(desk, "bob", risks="4012-8888")
    desk.type(f"/restrict {event.ref}")
    with pytest.raises(Refused, match="is restricted"):
        again(desk, event)
    asked = again(desk, event, include_restricted=True)
    assert (asked.given, asked.restricted) == ({"risks": "4012-8888"}, (event.ref,))
    assert carried(redact(desk.state())) == {}
    desk.type("5xx", after=1)
    assert [found.name for found in now(desk).changes] == ["facts"]


# ── two packets ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_packets_differ_in_what_changed_and_not_in_how_old_it_is(desk: Desk) -> None:
    desk.type("> drain")
    one = again(desk, hand(desk, risks="it comes back"))
    two = again(desk, hand(desk, after=30, risks="it comes back"))
    assert compare(one, two, UTC) == ()
    desk.type("/sev 1", after=1)
    desk.type("> undo", after=1)
    three = again(desk, hand(desk, risks="it stays"))
    found = {one.name: one for one in compare(two, three, UTC)}
    assert (found["severity"].removed, found["severity"].added) == (("SEV-2",), ("SEV-1",))
    assert (found["in_flight"].removed, found["in_flight"].added) == ((), ("A2 undo @sam since 2026-11-20 12:32",))
    assert (found["risks"].removed, found["risks"].added) == (("it comes back",), ("it stays",))
    assert set(found) == {"severity", "in_flight", "risks"}


def test_a_field_that_only_one_of_them_has_is_a_difference(desk: Desk) -> None:
    one = now(desk)
    desk.type("card leaked")
    desk.type("/restrict #2")
    two = now(desk)
    assert [(found.name, found.removed, found.added) for found in compare(one, two, UTC)] == [
        ("withheld", (), ("1 restricted: #2",))
    ]
    assert [(found.name, found.removed) for found in compare(two, one, UTC)] == [("withheld", ("1 restricted: #2",))]


# ── any story ───────────────────────────────────────────────────────────────────────────────────────────────────────

TYPED = """
plain | see H1 https://x.example/1 | ? a guess | ! decided | > doing | = did | 11:30 early | -2m late | /sev 1 | /sev 3
12:01 /sev 2 | /state mitigating | /state resolved | /state identified | /role ic @al | -5m /role ic @bo | /solo
/update u | /next 20m x | /cadence 25m x | /done | /done A1 | /failed A2 | /confirm H1 #3 | /rule-out H2
-4m /done A1 | /impact i | /scope dependency db affected | /decide x? @al | /decide none | /amend #2 11:40
/amend #3 12:00 y | /amend H1 z | /amend A1 11:50 q | /retract #2 r | /retract #4 r | /retract H1 r | /retract A1 r
/link #2 https://x.example/2 | /handoff @bo | /handoff @cy | /handoff @di comms | /handoff @bo | /ack | /ack @bo
/role comms @di | /timebox 5m look
"""
SECRET = """
/restrict #2 | /restrict #3 | /restrict A1 | /restrict H1 | /restrict H2 | /unrestrict #2 | /unrestrict A1
card 4012-8888 leaked | > revoke 4012-8888 | ? who has 4012-8888 | /impact card 4012-8888 leaked
"""


def lines(*typed: str) -> st.SearchStrategy[str]:
    return st.sampled_from([line.strip() for line in "|".join(typed).replace("\n", "|").split("|") if line.strip()])


def stories(*typed: str) -> st.SearchStrategy[list[tuple[float, str]]]:
    return st.lists(st.tuples(st.sampled_from([0, 1, 45, 60, 300, 1500]), lines(*typed)), min_size=4, max_size=30)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = Journal.writing(tmp_path_factory.mktemp("packets") / "j.db", FixedClock(NOON), wait=0.0)
    journal._db.execute("PRAGMA synchronous = OFF")  # hundreds of stories; nobody pulls the plug on this one
    yield journal
    journal.close()


def told(journal: Journal, story: list[tuple[float, str]]) -> tuple[Desk, list[Event], list[Packet]]:
    """The story, its checkpoints, and what each packet said when it was handed over."""
    desk = Desk(journal, severity=2, clock=FixedClock(NOON))
    handed: list[Event] = []
    shown: list[Packet] = []
    for seconds, line in [*story, (60, "/handoff @end")]:
        desk.clock.set(desk.clock.now() + timedelta(seconds=seconds))
        try:
            (draft, *more) = desk.drafts(line)
            if isinstance(draft.payload, Checkpoint):
                draft = replace(draft, payload=replace(draft.payload, given={"risks": line}))
                shown.append(
                    now(desk, draft.payload.incoming, draft.payload.role, risks=line)  # type: ignore[attr-defined]
                )
            events = desk.record((draft, *more))
        except (Refused, ParseError):
            del shown[len(handed) :]
            continue
        handed += [event for event in events if event.kind == "checkpoint"]
    return desk, handed, shown


@settings(max_examples=150)
@given(stories(TYPED))
def test_every_packet_is_what_a_replay_up_to_its_digest_gives(journal: Journal, story: list[tuple[float, str]]) -> None:
    desk, handed, shown = told(journal, story)
    events = journal.events(desk.incident)
    assert len(handed) == len(shown) >= 1
    for event, seen in zip(handed, shown, strict=True):
        assert isinstance(event.payload, Checkpoint)
        before = [found for found in events if found.number < event.number]
        held = replay(desk.incident, before)
        entry = event.payload
        assert (held.board.head, held.board.entries) == (entry.head, entry.entries)
        expected = packet(redact(held), at=event.at, role=entry.role, incoming=entry.incoming, given=entry.given)
        found = again(desk, event)
        assert found == replace(expected, ref=event.ref)
        assert found == replace(seen, ref=event.ref)
        assert (found.outgoing, found.number) == (entry.outgoing, entry.number)


@settings(max_examples=100)
@given(stories(TYPED, SECRET, SECRET))
def test_no_packet_ever_holds_what_is_restricted_now(journal: Journal, story: list[tuple[float, str]]) -> None:
    desk, handed, _ = told(journal, story)
    state = desk.state()
    restricted = {entry.ref for entry in state.entries if entry.restricted}
    said = (text for e in state.entries if e.restricted for text in (e.text, *(old.text for old in e.revisions)))
    words = {text for text in said if "4012" in text}
    for event in handed:
        if event.ref in restricted:
            with pytest.raises(Refused, match="is restricted"):
                again(desk, event)
            continue
        found = again(desk, event)
        assert set(found.withheld) == {
            entry.ref for entry in state.entries if entry.ref in restricted and entry.number < event.number
        }
        for text in (to_json(found), markdown(found, UTC)):
            assert not any(word in text for word in words)
