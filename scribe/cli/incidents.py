"""`scribe list`: every incident on one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

import click

from scribe.cli.cells import columns, cut, padded, width
from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.errors import Missing
from scribe.record.state import Board
from scribe.record.text import one_line
from scribe.record.when import local

_GAP = "  "
_TITLE = 20
"""Cells of a title below which other columns make room for it."""
_DISPENSABLE = ("RESOLVED", "ENTRIES", "STARTED", "STATE")


@click.command("list", cls=Command)
@click.option("--open", "open_only", is_flag=True, help="Only those that are not resolved.")
@click.option("--json", "as_json", is_flag=True, help="An array, for programs.")
@add_globals
@click.pass_obj
def list_command(session: Session, open_only: bool, as_json: bool) -> int:
    """List the incidents, the one active last first."""
    try:
        with session.reading() as journal:
            boards = journal.boards(open_only=open_only)
    except Missing:
        boards = []
    if as_json:
        put_json([_shape(board) for board in boards])
    elif boards:
        for line in _table(boards, session.zone, session.clock.now()):
            say(line)
    else:
        say("no incident is open" if open_only else "no incidents yet")
    return 0


def _shape(board: Board) -> dict[str, Any]:
    return {
        "id": board.incident,
        "title": board.title,
        "severity": board.severity,
        "state": board.state,
        "started_at": board.moment("started"),
        "resolved_at": board.moment("resolved"),
        "entries": board.entries,
    }


def _table(boards: Sequence[Board], zone: tzinfo, now: datetime) -> list[str]:
    def day(at: str | None, unknown: str) -> str:
        if at is None:
            return unknown
        there = local(at, zone)
        return f"{there:%d %b %H:%M}" if there.year == now.astimezone(zone).year else f"{there:%d %b %Y}"

    table: dict[str, list[str]] = {
        "ID": [one_line(board.incident) for board in boards],
        "SEV": [str(board.severity or "unset") for board in boards],
        "STATE": [one_line(board.state) for board in boards],
        "STARTED": [day(board.moment("started"), "unknown") for board in boards],
        "RESOLVED": [day(board.moment("resolved"), "unknown" if board.over else "") for board in boards],
        "ENTRIES": [str(board.entries) for board in boards],
    }
    widths = {name: max(map(width, (name, *cells))) for name, cells in table.items()}
    room = columns()
    for name in _DISPENSABLE:
        if room is None or sum(widths.values()) + len(_GAP) * len(widths) + _TITLE <= room:
            break
        del table[name], widths[name]
    left = None if room is None else max(0, room - sum(widths.values()) - len(_GAP) * len(widths))
    rows = [(list(table), "TITLE")]
    rows += [([cells[row] for cells in table.values()], one_line(board.title)) for row, board in enumerate(boards)]
    lines = []
    for cells, title in rows:
        lead = _GAP.join(padded(cell, size) for cell, size in zip(cells, widths.values(), strict=True))
        lines.append(f"{lead}{_GAP}{title if left is None else cut(title, left)}".rstrip())
    return lines
