from __future__ import annotations

from datetime import UTC

from scribe.after.build import build
from scribe.after.coordination import handovers, protected, scope, sides
from scribe.after.postmortem import Postmortem
from scribe.record.events import Amended, Checkpoint, Fact, Impact, Retracted, Role, Scope, Security, Tick
from scribe.record.redact import redact
from tests.fakes.tale import Tale


def document(tale: Tale, *, include: bool = False) -> Postmortem:
    return build(redact(tale.state(), include_restricted=include), zone=UTC)


def test_sides_are_in_the_order_of_documents_with_what_was_said_before() -> None:
    tale = Tale()
    tale.say(Impact(), "orders fail")
    tale.say(Impact(field="revenue"), "none")
    tale.say(Impact(field="users"), "12")
    tale.say(Impact(field="users"), "15")
    tale.say(Amended(target="#5", text="users affected: 16"))
    tale.say(Impact(field="users"), "90")
    tale.say(Retracted(target="#6"), "wrong board")
    found = document(tale).sides
    assert [(side.field, side.value, side.entry.ref) for side in found] == [
        ("users", "16", "#5"),
        ("revenue", "none", "#3"),
    ]
    assert [entry.ref for entry in found[0].earlier] == ["#4"]
    assert [entry.text for entry in document(tale).impact] == ["orders fail"]
    assert sides([]) == ()


def test_the_scope_keeps_one_line_a_name_and_its_verdicts() -> None:
    tale = Tale()
    tale.say(Scope(row="dependency", name="db"))
    tale.say(Scope(row="user_group", name="EU", verdict="affected", evidence="calls"))
    tale.say(Scope(row="dependency", name="DB", verdict="not_affected", evidence="idle"))
    assert [
        (line.row, line.name, line.verdict, line.evidence, line.earlier) for line in scope(tale.state().entries)
    ] == [
        ("user_group", "EU", "affected", "calls", ()),
        ("dependency", "db", "not_affected", "idle", ("unknown",)),
    ]
    assert len(scope(tale.state().entries)) == len(tale.board.scope)


def test_a_packet_is_acknowledged_by_the_role_that_moved() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Checkpoint(incoming="bo"))
    tale.say(Role(role="", acknowledges="?"))
    tale.say(Checkpoint(incoming="cy"))
    first, second = handovers(tale.state().entries)
    assert first.acknowledged is not None
    assert (first.packet.outgoing, first.packet.incoming, first.acknowledged.by) == ("al", "bo", "bo")
    assert second.acknowledged is None


def test_ticks_and_the_fields_of_the_protected_track_stand_apart_from_the_timeline() -> None:
    tale = Tale()
    tale.say(Security(aspect="marked"))
    tale.say(Security(aspect="legal"), "notify within 72 h")
    tale.say(Security(aspect="indicator"), "203.0.113.7")
    tale.say(Security(aspect="containment"), "key revoked")
    tale.say(Tick(list="sev1", item="verify"))
    tale.say(Fact(), "calm")
    tale.say(Security(aspect="lifted"))
    passed, whole = document(tale), document(tale, include=True)
    assert (
        [entry.ref for entry in passed.timeline] == [entry.ref for entry in whole.timeline] == ["#1", "#2", "#7", "#8"]
    )
    assert (passed.protected.apart, passed.counts.withheld) == ((), ("#3", "#4", "#5"))
    assert [entry.ref for entry in whole.protected.apart] == ["#4", "#5", "#3"]
    assert [entry.ref for entry in whole.protected.marks] == ["#2", "#8"]
    assert (whole.counts.restricted, whole.counts.withheld) == (("#3", "#4", "#5"), ())
    assert (passed.counts.shown, passed.counts.apart, passed.counts.entries) == (4, 1, 8)
    assert (whole.counts.shown, whole.counts.apart, whole.counts.entries) == (4, 4, 8)
    assert protected([]).apart == ()
