"""The board's lines at every width."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from scribe.live.policy import DEFAULT, Policy, RoleKind
from scribe.record.events import Point
from scribe.record.state import Board, Handed, Holder, Mark, OpenItem, ScopeRow, TimeboxRow, Track
from scribe.record.when import shifted
from scribe.ui import board_lines
from scribe.ui.lines import Line, width_of
from scribe.ui.zones import Zones

NOON = "2026-11-20T12:00:00.000Z"
ZONES = Zones(UTC)
LONG = "a\x1b[31m [/] 복제 지연이 길어지는 \u202e " * 5


def board(**changes: object) -> Board:
    made = Board(
        "INC-20261120-K3F2",
        title="Checkout fails",
        severity=2,
        moments={"declared": Mark(NOON, "second", NOON, explicit=False)},
        tracks=(Track("stakeholders", NOON, 900, due=shifted(NOON, 900)),),
    )
    return replace(made, **changes)


FULL = board(
    title=LONG,
    severity=1,
    roles={"ic": (Holder("alice", NOON),), "sme": (Holder("jun", NOON), Holder(LONG, NOON))},
    not_needed=("comms",),
    hypotheses=(OpenItem("w-1", "H1", LONG, "sam", NOON), OpenItem("w-2", "H12", "pool", "sam", NOON)),
    actions=(OpenItem("w-3", "A1", LONG, LONG, NOON),),
    point=Point(what=LONG, who="alice", by=shifted(NOON, 600)),
    impact=LONG,
    security=True,
    tracks=(
        Track("stakeholders", NOON, 900, due=shifted(NOON, 900)),
        Track("public", NOON, 1200, due=shifted(NOON, 1200)),
        Track("responders", NOON),
    ),
    handoff=Handed("w-4", "#4", NOON, 1, "ic", "alice", LONG),
    timeboxes=(TimeboxRow("w-5", "B1", LONG, LONG, NOON, shifted(NOON, 300)),),
    scope=(
        ScopeRow("dependency", LONG, "affected", LONG, NOON),
        ScopeRow("user_group", "EU", "not_affected", "", NOON),
        ScopeRow("recent_change", "4.18.0", "unknown", "", NOON),
    ),
)
BARE = Board("INC-X")
OVER = board(state="resolved", moments=FULL.moments | {"resolved": Mark(shifted(NOON, 60), "second", NOON, True)})


TEAM = Policy(own_roles=(RoleKind("legal", "Legal", LONG, (LONG, "speaks to the regulator")),))


def said(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def names(lines: list[Line]) -> set[str]:
    return {name for line in lines for _, name in line}


@pytest.mark.parametrize("found", [FULL, BARE, OVER, board()], ids=["full", "bare", "over", "plain"])
@pytest.mark.parametrize("zones", [ZONES, Zones(ZoneInfo("Asia/Seoul"), "both")], ids=["utc", "both"])
def test_no_width_is_a_crash_and_nothing_raw_is_shown(found: Board, zones: Zones) -> None:
    for now in (NOON, shifted(NOON, 100_000), shifted(NOON, -7200)):
        for width in range(1, 201):
            lines = [
                board_lines.title(found, now, zones, width),
                *board_lines.countdown(found, now, zones),
                *board_lines.roles(found, DEFAULT, now, width),
                *board_lines.now_lines(found, now, zones, width),
                *board_lines.moments(found, DEFAULT, now, zones),
                *board_lines.duties(found, TEAM, width),
                *board_lines.brief(found, DEFAULT, now, zones, width),
            ]
            assert not set("\x1b\u202e\n") & set("".join(text for line in lines for text, _ in line))


@pytest.mark.parametrize("width", range(46, 201))
def test_the_title_fills_its_line(width: int) -> None:
    for found in (board(), FULL):
        assert width_of(board_lines.title(found, NOON, ZONES, width)) == width


@pytest.mark.parametrize(
    ("width", "holds", "lacks"),
    [
        (120, ("INC-20261120-K3F2", "Checkout fails", "SEV-2", "INVESTIGATING", "T+00:00:00", "12:00:00 UTC"), ()),
        (80, ("INC-20261120-K3F2", "Checkout", "SEV-2", "INVESTIGATING", "T+00:00:00"), ("UTC",)),
        (56, ("Checkout fails", "SEV-2", "INVESTIGATING"), ("INC-", "UTC")),
        (40, ("SEV-2", "INVESTIGATING"), ("INC-",)),
    ],
)
def test_what_the_title_holds(width: int, holds: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    text = said([board_lines.title(board(), NOON, ZONES, width)])
    assert all(part in text for part in holds)
    assert not any(part in text for part in lacks)


@pytest.mark.parametrize("severity", [1, 2, 3, 4, None])
def test_an_unset_severity_is_said(severity: int | None) -> None:
    text = said([board_lines.title(board(severity=severity), NOON, ZONES, 100)])
    assert (f"SEV-{severity}" if severity else "SEV unset") in text


@pytest.mark.parametrize(
    ("passed", "style"), [(0, "strong"), (599, "strong"), (600, "warning"), (899, "warning"), (901, "error")]
)
def test_the_countdown_is_amber_within_five_minutes_and_red_once_overdue(passed: float, style: str) -> None:
    lines = board_lines.countdown(board(), shifted(NOON, passed), ZONES)
    assert {name for _, name in lines[1]} == {style}
    assert ("OVERDUE" in said(lines)) == (style == "error")


def test_what_is_overdue_counts_up() -> None:
    def large(seconds: float) -> str:
        return said(board_lines.countdown(board(), shifted(NOON, 900 + seconds), ZONES)[1:4])

    plus = "\n".join(f" {row}" for row in board_lines.large("+01:05"))
    assert large(65) == plus
    assert large(66) != plus
    assert "update OVERDUE +01:05" in said(board_lines.brief(board(), DEFAULT, shifted(NOON, 965), ZONES, 80))


def test_nothing_counts_down_when_it_is_over_or_without_a_cadence() -> None:
    over = board_lines.countdown(board(state="resolved"), shifted(NOON, 5000), ZONES)
    assert "resolved: no update is due" in said(over)
    assert names(over) == {"label", "past"}
    none = board_lines.countdown(board(tracks=(Track("stakeholders", NOON),)), NOON, ZONES)
    assert "/cadence" in said(none)


def test_every_audience_counts_down_the_first_one_large() -> None:
    early = board_lines.countdown(FULL, NOON, ZONES)
    assert "stakeholders" in said(early[:1])
    assert "public 20:00" in said(early[-1:])
    assert "responders" not in said(early)
    late = board_lines.countdown(FULL, shifted(NOON, 1201), ZONES)
    assert late[-1][-1] == ("+00:01", "error")


@pytest.mark.parametrize("width", [40, 50, 59, 60, 80, 120])
def test_the_protected_track_stands_in_the_title_at_every_width(width: int) -> None:
    pieces = board_lines.title(FULL, NOON, ZONES, width)
    assert ("PROTECTED", "error") in pieces
    assert "SEV-1" in said([pieces])
    assert "PROTECTED" not in said([board_lines.title(board(), NOON, ZONES, width)])


def test_the_time_stands_still_once_it_is_resolved() -> None:
    assert board_lines.running(OVER, shifted(NOON, 9999)) == 60
    assert board_lines.running(board(), shifted(NOON, 90)) == 90
    assert board_lines.running(board(), shifted(NOON, -90)) == 0
    assert board_lines.running(BARE, NOON) is None


def test_large_digits_are_one_width() -> None:
    for text in ("00:00", "+59:59", "12:34:56", "-1"):
        rows = board_lines.large(text)
        assert len(rows) == 3
        assert len({len(row) for row in rows}) == 1


def test_roles_say_what_is_missing() -> None:
    text = said(board_lines.roles(board(), DEFAULT, NOON, 40))
    assert text.count("unassigned") == 3
    held = board(roles={"ic": (Holder("alice", NOON),)}, not_needed=("ops",))
    text = said(board_lines.roles(held, DEFAULT, shifted(NOON, 600), 40))
    assert "@alice" in text
    assert "10m" in text
    assert "not needed" in text
    assert text.count("unassigned") == 1


def test_a_packet_that_waits_stands_under_its_role_with_both_names() -> None:
    waiting = board(roles={"ic": (Holder("alice", NOON),)}, handoff=Handed("w-4", "#4", NOON, 1, "ic", "alice", "bob"))
    _, commander, incoming, *_ = board_lines.roles(waiting, DEFAULT, NOON, 40)
    assert "@alice" in said([commander])
    assert "→ @bob" in said([incoming])
    assert "/ack" in said([incoming])
    assert "IC @alice→@bob" in said(board_lines.brief(waiting, DEFAULT, NOON, ZONES, 80)).replace("  ", " ")


def test_a_teams_own_roles_and_duties_are_on_the_board() -> None:
    policy = Policy(own_roles=(RoleKind("legal", "Legal", "Legal counsel", ("speaks to the regulator",)),))
    assert "Legal" in said(board_lines.roles(board(), policy, NOON, 40))
    told = said(board_lines.duties(board(), policy, 60))
    assert "Legal counsel" in told
    assert "speaks to the regulator" in told
    assert "Legal counsel" not in said(board_lines.duties(board(not_needed=("legal",)), policy, 60))


def test_targets_are_held_against_what_was() -> None:
    reached = board(
        severity=1,
        moments={
            "declared": Mark(NOON, "second", NOON, explicit=False),
            "acknowledged": Mark(shifted(NOON, 300), "second", NOON, explicit=True),
        },
    )
    told = said(board_lines.moments(reached, DEFAULT, shifted(NOON, 1800), ZONES))
    assert "acknowledged  12:05:00  target T+0, was T+5m" in told
    assert "assembled     not yet   target T+15m, missed" in told
    assert "resolved      not yet   target T+1h" in told
    assert "missed" not in told.partition("resolved")[2]


def test_a_time_box_counts_down_and_then_up() -> None:
    running = board(timeboxes=(TimeboxRow("w-5", "B1", "heap dump", "jun", NOON, shifted(NOON, 300)),))
    early = board_lines.now_lines(running, NOON, ZONES, 60)
    assert "B1 heap dump @jun" in said(early)
    assert "05:00" in said(early)
    late = board_lines.now_lines(running, shifted(NOON, 360), ZONES, 60)
    assert "+01:00" in said(late)
    assert "error" in names(late)


def test_the_scope_says_each_verdict_by_a_sign() -> None:
    told = said(board_lines.now_lines(FULL, NOON, ZONES, 60))
    assert "EU ✓" in told
    assert "4.18.0 ?" in told
    assert "✗" in told


def test_the_narrow_board_says_the_same_in_two_lines() -> None:
    lines = board_lines.brief(FULL, DEFAULT, NOON, ZONES, 80)
    assert len(lines) == 2
    text = said(lines)
    assert "next 15:00" in text
    assert "IC @alice" in text
    assert "Ops unassigned" in text
    assert "Comms" not in text
    assert "H1" in text
    empty = said(board_lines.brief(board(), DEFAULT, NOON, ZONES, 80))
    assert "Impact: unknown" in empty
    assert "F4 board" in empty


def test_a_decision_that_is_late_is_amber() -> None:
    deciding = replace(FULL, timeboxes=(), scope=())
    late = board_lines.now_lines(deciding, shifted(NOON, 601), ZONES, 60)
    early = board_lines.now_lines(deciding, shifted(NOON, 599), ZONES, 60)
    assert "warning" in names(late)
    assert "warning" not in names(early)
