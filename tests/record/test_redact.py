from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from scribe.record.redact import Redacted, redact, withheld, withheld_refs
from scribe.record.state import Entries, State
from tests.after.records import told

SECRET = "4012-8888"
LINES = (
    "01:00 /impact checkout fails",
    f"02:00 /impact card {SECRET} leaked",
    f"03:00 ? key {SECRET} was in the log",
    f"04:00 > revoke {SECRET}",
    f"05:00 /decide tell the owner of {SECRET}? @alice",
    f"06:00 card {SECRET} seen at 13:50",
    "07:00 /impact smaller",
    "08:00 pool is fine",
)


def restricted(state: State) -> State:
    """The state with every entry that names the secret restricted, as the journal's owner would have it."""
    entries = [replace(entry, restricted=SECRET in entry.text) for entry in state.entries]
    return State(state.board, Entries(entries, len(entries)))


def test_nothing_restricted_nothing_withheld(tmp_path: Path) -> None:
    state = told(tmp_path, *LINES)
    passed = redact(state)
    assert isinstance(passed, Redacted)
    assert list(passed.entries) == list(state.entries)
    assert passed.board is state.board
    assert withheld(passed) == withheld(state) == 0


def test_what_is_restricted_is_nowhere_in_what_is_passed_on(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES))
    passed = redact(state)
    assert SECRET not in repr(list(passed.entries))
    assert SECRET not in repr(passed.board)
    assert passed.board.impact == "smaller"
    assert passed.board.point is None
    assert withheld(passed) == withheld(state) == 5
    assert withheld_refs(passed) == ("#3", "H1", "A1", "#4", "#5")
    assert len(passed.entries) == len(state.entries) - 5


def test_the_earlier_wording_of_a_restricted_entry_is_withheld_too(tmp_path: Path) -> None:
    state = told(tmp_path, f"01:00 /impact {SECRET}", "02:00 /impact fewer", "03:00 /amend #2 a card")
    hidden = [replace(entry, restricted=entry.ref == "#2") for entry in state.entries]
    assert SECRET not in repr(list(redact(State(state.board, Entries(hidden, len(hidden)))).entries))


def test_the_rest_of_the_board_stays(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES, "09:00 ? pool too small", "10:00 /decide Roll back? @bob"))
    board = redact(state).board
    assert [item.ref for item in board.hypotheses] == ["H2"]
    assert board.point is not None
    assert board.point.what == "Roll back?"
    assert (board.title, board.head) == (state.board.title, state.board.head)


def test_the_impact_of_an_incident_whose_only_statement_is_restricted_is_empty(tmp_path: Path) -> None:
    assert redact(restricted(told(tmp_path, LINES[1]))).board.impact == ""


def test_asked_for_by_name_everything_is_passed_on(tmp_path: Path) -> None:
    state = restricted(told(tmp_path, *LINES))
    passed = redact(state, include_restricted=True)
    assert SECRET in repr(list(passed.entries))
    assert withheld(passed) == 0


def test_redacting_twice_forgets_nothing(tmp_path: Path) -> None:
    once = redact(restricted(told(tmp_path, *LINES)))
    assert withheld(redact(once)) == withheld(once)
