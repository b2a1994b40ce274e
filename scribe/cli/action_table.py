"""The register of action items as text: a table, late and stale ones marked, and how far everything has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scribe.after.actions import Counts, Row, counts, grouped, status_word
from scribe.cli.aligned import aligned
from scribe.cli.output import say
from scribe.record.text import one_line

GROUPS = ("factor", "incident")
"""What the rows may stand under."""


def show(rows: Sequence[Row], known: Sequence[Row], group: str | None) -> None:
    """Print the rows, and how many there are of all that are ``known``."""
    if not rows:
        say("no such action items" if known else "no action items yet")
    for place, (heading, within) in enumerate(_groups(rows, group)):
        if heading:
            say(("\n" if place else "") + heading)
        for line in _table(within):
            say(f"  {line}" if heading else line)
    if known:
        say(f"\n{_summary(counts(known))}")


def _groups(rows: Sequence[Row], group: str | None) -> Iterator[tuple[str, Sequence[Row]]]:
    match group:
        case "factor":
            for found in grouped(rows):
                yield one_line(f"{found.incident} {found.heading}"), found.rows
        case "incident":
            for incident, title in dict.fromkeys((row.incident, row.title) for row in rows):
                yield one_line(f"{incident} {title}"), [row for row in rows if row.incident == incident]
        case _ if rows:
            yield "", rows


def _table(rows: Sequence[Row]) -> list[str]:
    table: dict[str, list[str]] = {
        "ID": [one_line(row.id) for row in rows],
        "PRI": [row.item.priority or "" for row in rows],
        "DUE": [one_line(row.item.due) for row in rows],
        "LATE": [_lateness(row) for row in rows],
        "OWNER": [f"@{one_line(row.item.owner)}" if row.item.owner else "" for row in rows],
        "STATUS": [status_word(row.item) for row in rows],
        "ACTION": [one_line(row.item.text) for row in rows],
    }
    colours = ["red" if row.is_stale else "yellow" if row.is_overdue else "" for row in rows]
    return aligned(table, dispensable=("PRI", "STATUS", "OWNER", "LATE"), colours=colours)


def _lateness(row: Row) -> str:
    return f"{'stale' if row.is_stale else 'late'} {row.days_late}d" if row.is_overdue else ""


def _summary(found: Counts) -> str:
    late = f" ({found.overdue} late, {found.stale} stale)" if found.overdue else ""
    dropped = f", {found.dropped} dropped" if found.dropped else ""
    share = f"; {found.completion:.0%} done" if found.completion is not None else ""
    return f"{found.open} open{late}, {found.done} done, {found.verified} of them verified{dropped}{share}"
