from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from msgspec.structs import replace

from scribe.after.actions import RedactedRow, redacted
from scribe.exporters.calendar import to_ics
from scribe.record.redact import Redacted, redact
from scribe.record.state import Board, Entries, Mark, State
from scribe.record.text import one_line, visible
from scribe.record.written import ActionItem, Done, Factor, Words
from tests.exporters.test_register import words

AT = "2026-11-20T15:00:00.000Z"
GREW = "2026-11-21T09:30:00.250Z"


def item(ref: str = "T1", text: str = "set a timeout", **fields: object) -> ActionItem:
    return replace(ActionItem(f"w-{ref[1:]}", ref, text, "sam", AT, due="2026-12-01"), **fields)


def state(*items: ActionItem, meeting: str = "", **fields: object) -> Redacted:
    board = replace(
        Board("INC-1", title="Checkout fails", items=items, active_at=GREW, genesis="0123456789abcdef"), **fields
    )
    sections = {"meeting": Words(meeting, "sam", AT, AT)} if meeting else {}
    return redact(State(board, Entries([], 0), sections))


def rows(*states: Redacted) -> tuple[RedactedRow, ...]:
    return redacted(states, today="2026-12-15")


def over(ended: str = "2026-11-20T18:00:00.000Z", state: str = "resolved") -> dict[str, Any]:
    moments = {"resolved": Mark(ended, "second", ended, True)}
    if state == "closed":
        moments["closed"] = Mark(GREW, "second", GREW, True)
    return {"state": state, "moments": moments}


def events(document: str) -> list[Any]:
    calendar = Calendar.from_ical(document)
    assert isinstance(calendar, Calendar)
    assert calendar.errors == []
    found = list(calendar.subcomponents)
    assert all(isinstance(event, Event) and event.errors == [] for event in found)
    return found


def said(found: Iterable[Any], *names: str) -> list[tuple[str, ...]]:
    return [tuple(str(event.get(name, "")) for name in names) for event in found]


def test_a_due_date_takes_the_day_and_blocks_nobody() -> None:
    document = to_ics(rows(state(item(priority="P0", owner="bob", category="prevent"))))
    (event,) = events(document)
    assert event["dtstart"].dt == date(2026, 12, 1)
    assert said([event], "uid", "summary", "status", "transp", "priority") == [
        ("INC-1-w-1@scribe", "INC-1/T1: set a timeout (@bob)", "CONFIRMED", "TRANSPARENT", "1")
    ]
    assert [str(name) for name in event["categories"].cats] == ["INC-1", "prevent"]
    assert "DTSTART;VALUE=DATE:20261201\r\n" in document
    assert "DTEND" not in document


def test_the_description_says_what_is_to_be_seen_and_what_it_answers() -> None:
    factors = (Factor("w-9", "F1", "no timeout", "sam", AT),)
    (event,) = events(to_ics(rows(state(item(verification="80 %", answers=("F1",)), factors=factors))))
    assert str(event["description"]).split("\n") == [
        "set a timeout",
        "Verification: 80 %",
        "Answers F1: no timeout",
        "From INC-1: Checkout fails",
    ]


def test_what_has_no_date_or_no_real_one_is_in_no_calendar() -> None:
    assert events(to_ics(rows(state(item(due=""), item("T2", due="2026-02-30"))))) == []


def test_what_is_closed_is_cancelled() -> None:
    closed = Done("bob", AT, "PR 7")
    found = rows(state(item(status="done", closed=closed), item("T2", status="wont_do", closed=closed), item("T3")))
    assert said(events(to_ics(found)), "status") == [("CANCELLED",), ("CANCELLED",), ("CONFIRMED",)]


def test_the_stamp_is_the_records_and_the_file_the_same_each_time() -> None:
    made = to_ics(rows(state(item())), [state(meeting="2026-11-24")])
    assert made == to_ics(rows(state(item())), [state(meeting="2026-11-24")])
    assert {event["dtstamp"].dt for event in events(made)} == {datetime(2026, 11, 21, 9, 30, tzinfo=UTC)}


def test_a_uid_stays_when_everything_else_changes() -> None:
    before = said(events(to_ics(rows(state(item())), [state(meeting="2026-11-24", **over())])), "uid")
    other = state(item(text="other", due="2027-01-01"), meeting="2026-11-25T10:00:00.000Z", title="x", **over())
    assert said(events(to_ics(rows(other), [other])), "uid") == before
    assert before == [
        ("INC-1-w-1@scribe",),
        ("INC-1-meeting-0123456789ab@scribe",),
        ("INC-1-follow-up-0123456789ab@scribe",),
    ]


def test_the_meeting_is_on_its_day_or_at_its_time() -> None:
    (day,) = events(to_ics((), [state(meeting="2026-11-24")]))
    assert (day["dtstart"].dt, str(day["transp"])) == (date(2026, 11, 24), "TRANSPARENT")
    (time,) = events(to_ics((), [state(meeting="2026-11-24T09:00:00.000Z")]))
    assert time["dtstart"].dt == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert "transp" not in time
    assert str(time["summary"]) == "Review meeting: INC-1 Checkout fails"
    assert events(to_ics((), [state(meeting="2026-13-24")])) == []


def test_the_follow_up_is_thirty_days_after_the_end_until_the_incident_is_closed() -> None:
    (event,) = events(to_ics((), [state(**over())]))
    assert (event["dtstart"].dt, str(event["summary"])) == (
        date(2026, 12, 20),
        "Follow-up review: INC-1 Checkout fails",
    )
    assert events(to_ics((), [state(**over(state="closed"))])) == []
    assert events(to_ics((), [state()])) == []


@given(words, words, words, st.dates())
def test_whatever_was_typed_comes_back_from_the_calendar(text: str, signal: str, title: str, due: date) -> None:
    found = state(item(text=text, verification=signal, due=due.isoformat()), title=title, meeting="2026-11-24")
    document = to_ics(rows(found), [found])
    event, meeting = events(document)
    about = f"{text}\nVerification: {signal or 'none'}\nFrom INC-1: {title}"
    assert str(event["summary"]) == one_line(f"INC-1/T1: {text}")
    assert str(event["description"]) == visible(about)
    assert event["dtstart"].dt == due
    assert str(meeting["summary"]) == one_line(f"Review meeting: INC-1 {title}")
    assert all(len(line.encode()) <= 75 for line in document.split("\r\n"))
    assert document.count("\r\n") == document.count("\n")
