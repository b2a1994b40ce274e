from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scribe.cli.demo import LONG_AGO, tell
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.live.updates import Composition, compose, draft_of, leaks, people, refusal, text
from scribe.record.errors import Refused
from scribe.record.events import Update
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.record.terms import AUDIENCES
from scribe.record.when import shifted, stamp
from scribe.recorder import Recorder
from tests.after.records import DECLARED, told
from tests.fakes.desk import CLOSING

POINTS = (8, 10, 20, 28, 40, 58, 75, 85, 112, 125)
NOW = stamp(DECLARED + timedelta(minutes=20))

At = Callable[[int], State]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> At:
    """The sample incident as far as its record had come so many minutes after the declaration."""
    known: dict[int, State] = {}

    def state(minutes: int) -> State:
        if minutes not in known:
            journal = Journal.writing(tmp_path_factory.mktemp("sample") / "journal.db", FixedClock(LONG_AGO), wait=1)
            incident = tell(journal, LONG_AGO, timedelta(minutes=minutes))
            known[minutes] = Recorder(journal, incident, me="sam", policy=DEFAULT).load()
            journal.close()
        return known[minutes]

    return state


def sample(state: State, minutes: int, audience: str) -> Composition:
    return compose(redact(state), DEFAULT, stamp(LONG_AGO + timedelta(minutes=minutes)), audience, UTC)


def of(state: State, audience: str = "stakeholders", now: str = NOW, **edits: str) -> Composition:
    return compose(redact(state), DEFAULT, now, audience, UTC, edits)


# --- the sample incident: nothing to edit ---------------------------------------------------------------


@pytest.mark.parametrize("minutes", POINTS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_draft_of_the_sample_can_be_sent_as_it_stands(at: At, minutes: int, audience: str) -> None:
    state = at(minutes)
    composition = sample(state, minutes, audience)
    assert refusal(composition) == ""
    assert leaks(state, composition) == ()
    assert all(field.value for field in composition.fields)


@pytest.mark.parametrize("minutes", POINTS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_draft_of_the_sample_never_states_a_guess_or_what_was_taken_back(at: At, minutes: int, audience: str) -> None:
    state = at(minutes)
    composition = sample(state, minutes, audience)
    said = text(composition, UTC)
    assert "down to 4 %, then flat" not in said  # amended
    for line in said.splitlines():
        assert "US failing too" not in line or "no longer holds" in line  # retracted
        for entry in state.entries:
            if entry.kind == "hypothesis" and entry.status == "open" and entry.text in line:
                assert audience == "responders"
                assert f"{entry.ref} (hypothesis)" in line
            if entry.kind == "hypothesis" and entry.status == "ruled_out" and entry.text in line:
                assert audience == "responders"
                assert f"{entry.ref} ruled out" in line
            if entry.kind == "action" and entry.status != "in_flight" and entry.text in line:
                assert "running" not in line


@pytest.mark.parametrize("minutes", POINTS)
def test_the_public_draft_of_the_sample_names_nobody_and_states_nothing_but_state_and_impact(
    at: At, minutes: int
) -> None:
    state = at(minutes)
    composition = sample(state, minutes, "public")
    assert {field.name for field in composition.fields} <= {"status", "summary", "impact", "doing", "eta"}
    said = text(composition, UTC)
    words = {word.strip("@.,:;()'").casefold() for word in said.split()}
    assert not words & {name.casefold() for name in people(state)}
    assert not [entry.text for entry in state.entries if entry.kind == "hypothesis" and entry.text in said]


def test_the_draft_that_declares(at: At) -> None:
    assert text(sample(at(8), 8, "stakeholders"), UTC) == "\n".join(
        (
            "Incident declared: Checkout fails for one order in eight",
            "2026-03-12 09:22 UTC",
            "",
            "Severity: SEV-2",
            "Title: Checkout fails for one order in eight",
            "Impact: One order in eight fails at payment, EU and UK; carts are kept (as of 09:16 UTC)",
            "Status: SEV-2, investigating since 09:14 UTC",
            "Commander: @alice",
            "Technical lead: @bob",
            "Channel: unknown",
            "Updates: every 15m",
            "Next update by 09:37 UTC",
        )
    )


def test_the_draft_in_the_middle(at: At) -> None:
    assert text(sample(at(28), 28, "stakeholders"), UTC) == "\n".join(
        (
            "Status update, T+34 min: Checkout fails for one order in eight",
            "2026-03-12 09:42 UTC",
            "",
            "Status: SEV-1, mitigating since 09:26 UTC",
            "Summary: no change of severity or state since the last update, 09:36 UTC",
            "Known:",
            "- 09:38 failure rate down from 31 % to 14 %, then flat: the roll-back helps only in part",
            "- 09:39 payments-gw log: [authorise](attempt 1) timed out after 9 s",
            "- confirmed: retries new in 4.18.0 hold on to payments-gw connections",
            "- affected: EU and UK shoppers",
            "- not affected: US shoppers",
            "Unknown:",
            "- the whole cause",
            "- affected or not: checkout-api 4.18.0 (recent change)",
            "Impact:",
            "- Three in ten EU/UK orders fail; some cards held twice; US not affected (as of 09:30 UTC)",
            "- users affected: three in ten EU and UK orders, some 70 a minute (as of 09:30 UTC)",
            "Being done: mitigation, since 09:26 UTC",
            "Next steps: unknown",
            "ETA: unknown",
            "Next update by 09:57 UTC",
        )
    )


def test_the_draft_of_a_regression(at: At) -> None:
    composition = sample(at(75), 75, "stakeholders")
    assert composition.value("summary").splitlines() == [
        "10:25 monitoring → investigating: failures are back",
        "10:26 impact stated anew",
        "10:28 investigating → identified: the scheduler re-applies its plan over a flag set by hand",
    ]
    *_, cause, affected, untouched = composition.value("known").splitlines()
    assert cause.startswith("cause identified: ")
    assert affected == (
        "affected: EU and UK shoppers, card vendor Quillpay (dependency), wallet-v2 at 50 % (recent change)"
    )
    assert untouched == "not affected: US shoppers"
    assert composition.value("steps") == "to decide by 10:44 UTC: Keep wallet-v2 off overnight?"
    assert composition.value("unknown").splitlines() == [
        "1 open question",
        "affected or not: checkout-api 4.18.0 (recent change)",
    ]
    public = sample(at(75), 75, "public").value("impact").splitlines()
    assert public[0].endswith("wallet only; US not affected (as of 10:26 UTC; not stated anew since)")


def test_a_draft_of_the_sample_tells_nobody_what_is_need_to_know(at: At) -> None:
    for audience in AUDIENCES:
        composition = sample(at(58), 58, audience)
        said = text(composition, UTC)
        assert "Nordwind" not in said
        assert composition.withheld == ("#51",)
        assert ("1 withheld: #51" in said) == (audience == "responders")


def test_the_draft_that_resolves(at: At) -> None:
    composition = sample(at(112), 112, "stakeholders")
    assert composition.shape == "resolved"
    assert composition.next_at is None
    assert composition.value("start") == "unknown (detected 09:07 UTC)"
    assert composition.value("duration") == "unknown (1h 55m from detection)"
    assert composition.value("end") == "11:03 UTC"
    assert composition.value("users") == "three in ten EU and UK orders, some 70 a minute (as of 09:30 UTC)"
    assert "Next update" not in text(composition, UTC)
    later = sample(at(125), 125, "stakeholders")
    assert (later.value("start"), later.value("duration")) == ("08:59 UTC", "2h 4m")


def test_the_public_draft(at: At) -> None:
    assert text(sample(at(58), 58, "public"), UTC) == "\n".join(
        (
            "Monitoring: Checkout fails for one order in eight",
            "2026-03-12 10:12 UTC",
            "",
            "Status: Monitoring",
            "Impact: 0.6 % of orders fail, usual 0.2 %; some cards still held twice (as of 10:07 UTC)",
            "Being done: We are watching whether the service stays stable.",
            "ETA: unknown",
            "Next update by 10:27 UTC",
        )
    )


@pytest.mark.parametrize(
    ("state", "title", "colour"),
    [
        ("investigating", "Investigating", "yellow"),
        ("identified", "Identified", "orange"),
        ("mitigating", "Fix in progress", "orange"),
        ("monitoring", "Monitoring", ""),
        ("resolved", "Resolved", "green"),
        ("closed", "Resolved", "green"),
    ],
)
def test_each_state_has_its_public_title(tmp_path: Path, state: str, title: str, colour: str) -> None:
    ticks = tuple(f"00:30 {tick}" for tick in CLOSING) if state == "closed" else ()
    lines = () if state == "investigating" else (*ticks, f"01:00 /state {state}")
    composition = of(told(tmp_path, *lines), "public")
    assert (composition.heading, composition.colour) == (f"{title}: Checkout fails", colour)
    assert composition.value("status") == title


# --- what is told ---------------------------------------------------------------------------------------


def test_each_audience_is_told_what_is_new_to_it(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 one", "02:00 /update responders: first", "03:00 two", "04:00 /state mitigating")
    assert of(state, "responders").value("known") == "14:03 two"
    assert of(state, "stakeholders").value("known") == "14:01 one\n14:03 two"


def test_a_late_entry_is_news_although_it_happened_before(tmp_path: Path) -> None:
    state = told(tmp_path, "05:00 /update first", "06:00 13:50 first alert")
    assert of(state).value("known") == "13:50 first alert"


def test_a_fact_that_was_amended_is_told_anew(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 31 % fail", "02:00 /update first", "03:00 /amend #2 13 % fail")
    assert of(state).value("known") == "14:01 13 % fail"


def test_a_fact_that_was_told_and_taken_back_is_called_back(tmp_path: Path) -> None:
    lines = ("01:00 US fails too", "02:00 /update first", "03:00 /retract #2 read from staging")
    assert of(told(tmp_path / "a", *lines)).value("known") == "no longer holds: US fails too: read from staging"
    # What nobody was told yet needs no calling back.
    unsaid = ("01:00 /update first", "02:00 US fails too", "03:00 /retract #3 read from staging")
    assert of(told(tmp_path / "b", *unsaid)).value("known") == "nothing new on record since 14:01 UTC"


def test_a_retracted_verdict_opens_the_question_again(tmp_path: Path) -> None:
    lines = ("01:00 /update responders: first", "02:00 ? too small", "03:00 /confirm H1 seen", "04:00 /retract #3 no")
    composition = of(told(tmp_path, *lines), "responders")
    assert "H1 (hypothesis): too small" in composition.value("unknown")
    assert "small" not in composition.value("known")


def test_a_cause_is_only_called_one_when_the_record_says_so(tmp_path: Path) -> None:
    lines = ("01:00 /update first", "02:00 ? retries pile up", "03:00 /confirm H1 seen")
    assert of(told(tmp_path / "a", *lines)).value("known") == "confirmed: retries pile up"
    assert of(told(tmp_path / "a2", *lines)).value("unknown").startswith("the whole cause")
    found = of(told(tmp_path / "b", *lines, "04:00 /state identified"))
    assert found.value("known") == "cause identified: retries pile up"
    back = of(told(tmp_path / "c", *lines, "04:00 /state identified", "05:00 /state investigating it goes on"))
    assert back.value("known") == "confirmed: retries pile up"


def test_many_facts_are_the_newest_few_and_a_number(tmp_path: Path) -> None:
    lines = [f"{minute:02}:00 fact {minute}" for minute in range(2, 12)]
    known = of(told(tmp_path, "01:00 /update first", *lines)).value("known").splitlines()
    assert known == ["14:09 fact 9", "14:10 fact 10", "14:11 fact 11", "and 7 more"]


def test_impact_carries_its_time_and_the_state_it_was_stated_in(tmp_path: Path) -> None:
    lines = ("01:00 /impact one in eight fails", "02:00 /impact users: 1200", "03:00 /state monitoring")
    assert of(told(tmp_path, *lines)).value("impact").splitlines() == [
        "one in eight fails (as of 14:01 UTC, while investigating)",
        "users affected: 1200 (as of 14:02 UTC)",
    ]


def test_without_a_word_on_impact_it_is_unknown(tmp_path: Path) -> None:
    composition = of(told(tmp_path, "01:00 /state mitigating"))
    assert composition.value("impact") == "unknown"
    assert "the impact" in composition.value("unknown").splitlines()
    assert "impact" in composition.missing


def test_how_many_users_is_unknown_where_only_the_impact_was_stated(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /impact all orders fail", "02:00 /state resolved", "03:00 /impact over")
    assert of(state).value("users") == "number unknown; impact as of 14:03 UTC: over"


def test_a_public_resolution_keeps_quiet_about_an_impact_of_before(tmp_path: Path) -> None:
    lines = ("01:00 /impact all orders fail", "02:00 /state resolved")
    assert "all orders fail" not in text(of(told(tmp_path / "a", *lines), "public"), UTC)
    later = of(told(tmp_path / "b", *lines, "03:00 /impact nobody any more"), "public")
    assert later.value("impact") == "nobody any more (as of 14:03 UTC)"


def test_scope_is_told_as_it_stands(tmp_path: Path) -> None:
    lines = (
        "01:00 /scope domain EU affected",
        "02:00 /scope domain US not-affected",
        "03:00 /scope domain APAC unknown",
    )
    composition = of(told(tmp_path, *lines, "04:00 /state mitigating"))
    assert composition.value("known").splitlines() == ["affected: EU", "not affected: US"]
    assert "affected or not: APAC" in composition.value("unknown").splitlines()


def test_a_decision_point_is_a_next_step_until_something_is_decided(tmp_path: Path) -> None:
    lines = ("01:00 /update first", "02:00 /decide Fail over? @bob by 14:30")
    assert of(told(tmp_path / "a", *lines)).value("steps") == "to decide by 14:30 UTC: Fail over?"
    assert of(told(tmp_path / "b", *lines, "03:00 ! we fail over")).value("steps") == "unknown"
    late = shifted(NOW, 3600)
    assert of(told(tmp_path / "c", *lines), now=late).value("steps") == "unknown"
    inside = of(told(tmp_path / "d", *lines, "03:00 /update responders: x"), "responders", now=late).value("steps")
    assert inside == "was to be decided by 14:30 UTC, no decision on record: Fail over? (@bob)"


def test_stakeholders_get_no_names_tags_or_links(tmp_path: Path) -> None:
    lines = ("01:00 /role ops @bob", "02:00 /update first", "03:00 @bob restarted by Bob https://dash.example/1 #db")
    assert of(told(tmp_path, *lines)).value("known") == "14:03 restarted by a colleague"


def test_a_record_of_another_day_says_so(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 /impact all fail", "02:00 /state mitigating")
    composition = compose(redact(state), DEFAULT, shifted(NOW, 86400), "stakeholders", ZoneInfo("Asia/Seoul"))
    assert composition.value("impact") == "all fail (as of 2026-11-20 23:01 KST, while investigating)"


# --- the composer ---------------------------------------------------------------------------------------


def test_an_edit_takes_the_place_of_what_the_record_says(tmp_path: Path) -> None:
    composition = of(told(tmp_path, "01:00 /state mitigating"), known="half of it", eta="15:00 UTC")
    assert (composition.value("known"), composition.value("eta")) == ("half of it", "15:00 UTC")


def test_an_empty_edit_is_unknown_or_leaves_the_field_out(tmp_path: Path) -> None:
    composition = of(told(tmp_path, "01:00 /state mitigating"), doing=" ", summary="")
    assert composition.value("doing") == "unknown"
    assert "doing" in composition.missing
    assert "Summary" not in text(composition, UTC)


def test_an_edit_of_a_field_that_the_shape_does_not_have_adds_it(tmp_path: Path) -> None:
    composition = of(told(tmp_path), known="pool is full")
    assert composition.shape == "declared"
    assert composition.fields[-1].value == "pool is full"


def test_a_title_can_be_given(tmp_path: Path) -> None:
    assert of(told(tmp_path, "01:00 /state mitigating"), "public", title="Payments").heading == (
        "Fix in progress: Payments"
    )


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    state = told(tmp_path)
    with pytest.raises(Refused, match="no field colour"):
        of(state, colour="red")
    with pytest.raises(Refused, match="no audience"):
        of(state, "press")


def test_without_a_next_time_it_cannot_be_sent_until_it_is_over(tmp_path: Path) -> None:
    state = told(tmp_path / "a", severity=4)
    composition = of(state)
    assert composition.next_at is None
    assert "when the next one is due" in refusal(composition)
    assert "Next update by (not set)" in text(composition, UTC)
    given = compose(redact(state), DEFAULT, NOW, "stakeholders", UTC, next_at=shifted(NOW, 600))
    assert refusal(given) == ""
    past = compose(redact(state), DEFAULT, NOW, "stakeholders", UTC, next_at=NOW)
    assert "before this one" in refusal(past)
    over = told(tmp_path / "b", "01:00 /state resolved", severity=4)
    assert refusal(of(over)) == ""
    assert compose(redact(over), DEFAULT, NOW, "stakeholders", UTC, next_at=shifted(NOW, 600)).next_at is None


@pytest.mark.parametrize(
    "lines", [(), ("01:00 /cadence 10m",), ("01:00 /next 25m",), ("01:00 /sev 3", "02:00 /next 1h")]
)
def test_the_next_time_is_the_one_that_the_record_takes(tmp_path: Path, lines: tuple[str, ...]) -> None:
    state = told(tmp_path / "a", *lines)
    composed = of(state)
    recorded = told(tmp_path / "b", *lines, "20:00 /update words")
    sent = recorded.entries[-1].payload
    assert isinstance(sent, Update)
    assert composed.next_at == sent.next_at


def test_a_composition_is_recorded_as_it_was_sent(tmp_path: Path) -> None:
    journal = Journal.writing(tmp_path / "journal.db", FixedClock(LONG_AGO), wait=1)
    incident = tell(journal, LONG_AGO, timedelta(minutes=28))
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    now = LONG_AGO + timedelta(minutes=28)
    composition = compose(redact(recorder.load()), DEFAULT, stamp(now), "stakeholders", UTC)
    recorder.record((draft_of(composition, UTC),), now=now)
    state = recorder.load()
    entry = state.entries[-1]
    assert entry.text == text(composition, UTC)
    assert isinstance(entry.payload, Update)
    assert entry.payload.shape == "update"
    assert entry.payload.fields == {field.name: field.value for field in composition.fields}
    track = state.board.track("stakeholders")
    assert track is not None
    assert track.due == composition.next_at
    again = compose(redact(state), DEFAULT, stamp(now), "stakeholders", UTC)
    assert again.value("summary") == "no change of severity or state since the last update, 09:42 UTC"
    assert again.value("known").splitlines() == ["affected: EU and UK shoppers", "not affected: US shoppers"]


def test_fields_name_the_entries_they_rest_on(at: At) -> None:
    known = next(field for field in sample(at(28), 28, "stakeholders").fields if field.name == "known")
    assert known.refs == ("#34", "#35", "H2")


def test_a_channel_that_was_given_once_is_kept(tmp_path: Path) -> None:
    journal = Journal.writing(tmp_path / "journal.db", FixedClock(DECLARED), wait=1)
    incident = tell(journal, LONG_AGO, timedelta(minutes=8))
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    now = stamp(LONG_AGO + timedelta(minutes=8))
    first = compose(redact(recorder.load()), DEFAULT, now, "responders", UTC, {"channel": "#inc-checkout"})
    recorder.record((draft_of(first, UTC),), now=LONG_AGO + timedelta(minutes=8))
    assert compose(redact(recorder.load()), DEFAULT, now, "stakeholders", UTC).value("channel") == "#inc-checkout"
