"""The words that stand behind a command."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scribe.live.arguments import name, near, person, reference, role, seconds, severity, state
from scribe.live.typed import ParseError, Setting
from scribe.live.words import Line
from scribe.record.terms import ROLES, STATES

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
HERE = Setting(NOW, NOW, UTC, {"p0": 1})
TEAM = Setting(NOW, NOW, UTC, roles=(*ROLES, "Liaison", "tech"))


def rest(text: str) -> Line:
    return Line(text, 0, None, HERE)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("1", 1),
        ("sev2", 2),
        ("SEV-3", 3),
        ("Sev4", 4),
        ("P0", 1),
        ("0", None),
        ("5", None),
        ("sev", None),
        ("1!", None),
    ],
)
def test_severities(word: str, found: int | None) -> None:
    assert severity(word, HERE) == found


def test_a_state_is_known_by_other_forms_of_its_verb() -> None:
    assert [state(word) for word in STATES] == list(STATES)
    assert (state("Mitigated"), state("verify"), state("CLOSE")) == ("mitigating", "verification", "closed")
    assert state("mitigate-ing") is None


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("ic", "ic"),
        ("IC", "ic"),
        ("commander", "ic"),
        ("tech", "ops"),
        ("Communications", "comms"),
        ("liaison", None),
        ("", None),
    ],
)
def test_roles(word: str, found: str | None) -> None:
    assert role(word, HERE) == found


def test_the_roles_of_the_team_come_before_other_names_of_the_usual_ones() -> None:
    assert role("LIAISON", TEAM) == "Liaison"
    assert role("tech", TEAM) == "tech"
    assert role("operations", TEAM) == "ops"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("@alice", "alice"),
        ("alice", "alice"),
        ("@민수", "민수"),
        ("@bob:", "bob"),
        ("@bob,", "bob"),
        ("@bob.", "bob"),
        ("@@bob", "bob"),
    ],
)
def test_names(word: str, found: str) -> None:
    assert name(rest(word), word, 0) == found
    assert person(rest(f"  {word} x")) == (found if word.startswith("@") else "")


@pytest.mark.parametrize("word", ["@", "@!", "@al,ice", "@@@al", "@-al", "a/b"])
def test_what_is_no_name_is_pointed_at(word: str) -> None:
    line = rest(f"  {word} x")
    with pytest.raises(ParseError) as caught:
        name(line, *line.word())
    assert (caught.value.start, caught.value.end) == (2, 2 + len(word))


def test_references_are_written_large() -> None:
    assert [reference(rest(word))[0] for word in ("a1", "B2,", "#3:", "h4·k7")] == ["A1", "B2", "#3", "H4·k7"]
    with pytest.raises(ParseError):
        reference(rest("C1"))


def test_a_length_of_time_is_in_seconds() -> None:
    assert [seconds(rest(text), "how long") for text in ("20m", "90s", "1h30m", "45")] == [1200, 90, 5400, 2700]
    with pytest.raises(ParseError) as caught:
        seconds(rest("   soon x"), "how long")
    assert (caught.value.start, caught.value.end) == (3, 7)
    with pytest.raises(ParseError, match="how long is missing") as caught:
        seconds(rest(" "), "how long", ("5m",))
    assert caught.value.choices == ("5m",)


def test_what_was_meant_comes_nearest_first() -> None:
    assert near("mitigatin", STATES)[0] == "mitigating"
    assert near("zzz", STATES) == ()
