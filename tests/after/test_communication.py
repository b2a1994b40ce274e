from __future__ import annotations

from pathlib import Path

from scribe.after.communication import Communication, Missed
from tests.after.records import told, written


def summed(missed: Missed) -> tuple[str, str, float]:
    return (missed.due[11:19], missed.end, missed.overdue)


def told_of(folder: Path, *lines: str, severity: int | None = 2) -> Communication:
    return written(folder, *lines, severity=severity).communication


def test_updates_in_time(tmp_path: Path) -> None:
    found = told_of(tmp_path, "10:00 /update one", "25:00 /update two", "30:00 /state resolved")
    assert not found.missed
    assert [(sent.number, sent.since_zero, sent.overdue) for sent in found.sent] == [(1, 600, 0), (2, 1500, 0)]
    assert found.sent[0].next_at == "2026-11-20T14:25:00.000Z"
    assert found.next_due is None


def test_an_update_sent_late_names_the_due_time_and_how_late(tmp_path: Path) -> None:
    found = told_of(tmp_path, "18:15 /update one", "20:00 /state resolved")
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "sent late", 195)]
    assert found.sent[0].overdue == 195


def test_moving_a_due_time_that_has_passed_does_not_undo_it(tmp_path: Path) -> None:
    found = told_of(tmp_path, "16:00 /next 20m", "35:00 /update one", "36:00 /state resolved")
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "moved after it had passed", 60)]


def test_moving_it_in_time_is_no_miss(tmp_path: Path) -> None:
    found = told_of(tmp_path, "14:00 /next 20m", "33:00 /update one", "34:00 /state resolved")
    assert not found.missed


def test_over_before_any_update(tmp_path: Path) -> None:
    found = told_of(tmp_path, "25:00 /state resolved")
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "over before one was sent", 600)]


def test_an_open_incident_whose_due_time_passed(tmp_path: Path) -> None:
    found = told_of(tmp_path, "20:00 still failing")
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "open", 300)]
    assert found.next_due == "2026-11-20T14:15:00.000Z"


def test_a_severity_that_brings_the_due_time_forward_counts_from_its_own_time(tmp_path: Path) -> None:
    found = told_of(tmp_path, "40:00 /sev 1 worse", "42:00 /update one", "43:00 /state resolved", severity=3)
    assert [summed(missed) for missed in found.missed] == [("14:40:00", "sent late", 120)]


def test_a_milder_severity_does_not_push_it_back(tmp_path: Path) -> None:
    found = told_of(tmp_path, "05:00 /sev 3 better", "06:00 /cadence 2h", "20:00 /update one", "21:00 /state resolved")
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "sent late", 300)]


def test_a_regression_counts_anew(tmp_path: Path) -> None:
    found = told_of(
        tmp_path,
        "10:00 /update one",
        "12:00 /state resolved",
        "90:00 /state investigating it is back",
        "110:00 /update two",
        "111:00 /state resolved",
    )
    assert [summed(missed) for missed in found.missed] == [("15:45:00", "sent late", 300)]


def test_a_retracted_update_was_not_sent(tmp_path: Path) -> None:
    found = told_of(tmp_path, "10:00 /update one", "11:00 /retract #2 never left the drafts", "20:00 /state resolved")
    assert not found.sent
    assert [summed(missed) for missed in found.missed] == [("14:15:00", "over before one was sent", 300)]


def test_nothing_is_due_where_no_cadence_is(tmp_path: Path) -> None:
    found = told_of(tmp_path, "600:00 still a typo", severity=4)
    assert not found.missed
    assert found.next_due is None


def test_the_walk_agrees_with_the_board(tmp_path: Path) -> None:
    lines = ("05:00 /sev 1", "09:00 /update one", "12:00 /state mitigating", "13:00 /next 10m", "14:00 /cadence 10m")
    for count in range(len(lines) + 1):
        folder = tmp_path / str(count)
        due = told(folder / "a", *lines[:count]).board.due
        assert told_of(folder / "b", *lines[:count]).next_due == (due.at if due else None)
