"""Whom a line of the register is for."""

from __future__ import annotations

import pytest

from scribe.after.actions import register
from scribe.live.typed import Hint, OnScreen
from scribe.record.state import Board
from scribe.record.written import ActionItem
from scribe.ui.register.routing import Routed, route

FIRST, SECOND, THIRD = "INC-20261120-K3F2", "INC-20261121-AAAA", "INC-20261121-AABB"
AT = "2026-11-20T15:00:00.000Z"


def board(name: str, *refs: str) -> Board:
    return Board(name, items=tuple(ActionItem(f"w-{ref}", ref, "do it", "sam", AT) for ref in refs))


ROWS = register([board(FIRST, "T1", "T2"), board(SECOND, "T1"), board(THIRD)], today="2026-12-15")


def routed(text: str) -> Routed | OnScreen | Hint:
    return route(text, FIRST, ROWS, (FIRST, SECOND, THIRD))


@pytest.mark.parametrize(
    ("typed", "incident", "line"),
    [
        ("/done T1 it fired", FIRST, "/done T1 it fired"),
        ("/done AAAA/T1 it fired", SECOND, "/done T1 it fired"),
        ("/done aaaa/t1 it fired", SECOND, "/done t1 it fired"),
        (f"/verified {SECOND}/T1 @al", SECOND, "/verified T1 @al"),
        ("  /drop K3F2/T2 why", FIRST, "  /drop T2 why"),
        ("/drop AABB/F1 none", THIRD, "/drop F1 none"),
        ("/action AABB/ limit it", THIRD, "/action  limit it"),
        ("/action limit A/B tests", FIRST, "/action limit A/B tests"),
        ("/action I/O is slow", FIRST, "/action I/O is slow"),
        ("/action nowhere/ is it", FIRST, "/action nowhere/ is it"),
        ("/action T1 due: friday", FIRST, "/action T1 due: friday"),
    ],
)
def test_a_line_is_for_the_chosen_rows_incident_unless_it_names_another(typed: str, incident: str, line: str) -> None:
    found = routed(typed)
    assert isinstance(found, Routed)
    assert (found.incident, found.line) == (incident, line)


def test_a_column_of_the_line_is_found_again_in_what_was_typed() -> None:
    found = routed("/action AAAA/T1 due: nodday")
    assert isinstance(found, Routed)
    assert [found.column(found.line.index(word)) for word in ("/action", "T1", "nodday")] == [0, 13, 21]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/done", "which action item"),
        ("/done A1 it worked", "which action item"),
        ("/done AAAA/ x", "which action item"),
        ("/done AAAA/T7 x", "no action item AAAA/T7"),
        ("/done INC/T1 x", "could be"),
        ("/drop AA/F1 x", "could be"),
        ("/drop ZZZZ/F1 x", "no incident ZZZZ"),
        ("/verified T1 @", "who saw that it works"),
        ("/action T1 owner: @", "owner: is still empty"),
        ("/action AAAA/T1 due:", "due: is still empty"),
        ("/sev 1", "incident's own screen"),
        ("/dome T1 x", "did you mean /done"),
        ("/Applications holds it", "no command"),
    ],
)
def test_what_nobody_means_is_refused(typed: str, said: str) -> None:
    found = routed(typed)
    assert isinstance(found, Hint)
    assert said in found.text


@pytest.mark.parametrize(
    ("typed", "command", "argument"),
    [
        ("pool wait", "find", "pool wait"),
        ("? is it", "find", "? is it"),
        ("/ x", "find", "/ x"),
        ("/find @bob pool", "find", "@bob pool"),
        ("/help", "help", ""),
        ("/export", "export", ""),
    ],
)
def test_words_alone_are_looked_for(typed: str, command: str, argument: str) -> None:
    assert routed(typed) == OnScreen(command, argument)
