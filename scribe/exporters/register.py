"""The register of action items for other programs: JSON, CSV that Jira imports, a checklist in Markdown.

Jira's wizard takes the CSV column by column under these names. Its dates are ``yyyy-MM-dd``, which the wizard has to be
told; it maps statuses and people by name. ``Labels`` stands as often as the row with the most labels needs, for Jira
reads one label from a column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import msgspec

from scribe.after.actions import RedactedRow, Row, grouped
from scribe.exporters.escape import Md, inline, joined
from scribe.exporters.rows import RESTRICTED as MARK
from scribe.record.cells import cell
from scribe.record.terms import CATEGORIES, ItemStatus, Priority
from scribe.record.text import json_text, visible

PRIORITIES: dict[Priority, str] = {"P0": "Highest", "P1": "High", "P2": "Medium"}
"""What Jira calls the priorities."""

STATUSES: dict[ItemStatus, tuple[str, str]] = {
    "open": ("To Do", ""),
    "in_progress": ("In Progress", ""),
    "done": ("Done", "Done"),
    "wont_do": ("Done", "Won't Do"),
}
"""What Jira calls the statuses, and how what is closed was resolved."""

NONE = Md("none")
"""Nobody owns it, no date is set, no signal was agreed on."""

RESTRICTED = "Contains restricted words – need to know, not to be passed on"
"""What is said of an item with such words, where somebody asked for them."""

_SUMMARY = 254
"""Characters that Jira takes in a summary, with a ' before it; the description has them all."""


def item_shape(row: Row) -> dict[str, Any]:
    """One action item with the contract's fields; ``answers`` is everything that it answers, ``factor`` the first."""
    item = row.item
    closed, verified = item.closed, item.verified
    return {
        "id": row.id,
        "incident": row.incident,
        "title": item.text,
        "owner": item.owner or None,
        "due": item.due or None,
        "verification": item.verification or None,
        "category": item.category,
        "priority": item.priority,
        "status": item.status,
        "factor": row.factors[0].ref if row.factors else None,
        "verified_at": verified.at if verified else None,
        "verified_by": verified.by if verified else None,
        "created_at": item.since,
        "closed_at": closed.at if closed else None,
        "overdue": row.is_overdue,
        "stale": row.is_stale,
        "answers": list(item.answers),
        "evidence": closed.words or None if closed else None,
    }


def to_json(rows: Iterable[Row]) -> str:
    """A JSON array with one item a line."""
    lines = ",\n".join(msgspec.json.encode(item_shape(row)).decode() for row in rows)
    return json_text(f"[\n{lines}\n]\n") if lines else "[]\n"


def to_csv(rows: Iterable[RedactedRow]) -> str:
    """RFC 4180 as Jira's importer takes it; no cell can be taken for a formula."""
    found = tuple(rows)
    labels = [_labels(row) for row in found]
    width = max(map(len, labels), default=1)
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow([*_COLUMNS, *("Labels" for _ in range(width))])
    for row, names in zip(found, labels, strict=True):
        cells = (*_cells(row), *names, *("" for _ in range(width - len(names))))
        writer.writerow([cell(value) for value in cells])
    return table.getvalue()


def to_markdown(rows: Iterable[RedactedRow]) -> str:
    """A checklist by incident and factor; what is closed is ticked."""
    found = tuple(rows)
    blocks = ["# Action items"]
    marked = [row.id for row in found if row.restricted]
    if marked:
        blocks.append(f"**{RESTRICTED}**: {joined(marked)}.")
    begun = len(blocks)
    for incident, groups in groupby(grouped(found), key=lambda group: group.incident):
        for place, group in enumerate(groups):
            if place == 0:
                blocks.append(f"## {_heading(f'{incident} {group.title}')}")
            layer = f" ({group.factor.layer})" if group.factor and group.factor.layer else ""
            heading = group.heading if group.factor else group.heading.capitalize()
            blocks.append(f"### {_heading(heading)}{layer}")
            blocks.append("\n".join(map(_task, group.rows)))
    if len(blocks) == begun:
        blocks.append("None.")
    return "\n\n".join(blocks) + "\n"


_COLUMNS = (
    "Summary",
    "Issue Type",
    "Assignee",
    "Due date",
    "Priority",
    "Status",
    "Resolution",
    "External ID",
    "Description",
)


def _cells(row: RedactedRow) -> tuple[str, ...]:
    item = row.item
    status, resolution = STATUSES[item.status]
    summary = visible(" ".join(item.text.split()))
    return (
        summary if len(summary) <= _SUMMARY else summary[: _SUMMARY - 1] + "…",
        "Task",
        item.owner,
        item.due,
        PRIORITIES[item.priority] if item.priority else "",
        status,
        resolution,
        row.id,
        _description(row),
    )


def _description(row: RedactedRow) -> str:
    """What Jira has no field for, a line each."""
    item = row.item
    trigger = ["Answers only the trigger"] if item.answers == ("trigger",) else []
    closed, verified = item.closed, item.verified
    lines = [
        item.text,
        "",
        f"Verification: {item.verification or NONE}",
        *(f"Category: {name}" for name in CATEGORIES if name == item.category),
        *(f"Answers {factor.ref}: {factor.text}" for factor in row.factors),
        *trigger,
        *([f"{'Evidence' if item.status == 'done' else 'Dropped'}: {closed.words}"] if closed else []),
        *([f"Verified by {verified.by} on {verified.at[:10]}"] if verified else []),
        f"From {row.incident}: {row.title}",
        *([f"{RESTRICTED}."] if row.restricted else []),
    ]
    return "\n".join(lines)


def _labels(row: RedactedRow) -> list[str]:
    layers = dict.fromkeys(factor.layer for factor in row.factors if factor.layer)
    mark = ["restricted"] if row.restricted else []
    return [row.incident, *mark, *filter(None, (row.item.category,)), *layers]


def _heading(text: str) -> str:
    """Typed text as a heading's words: a # that ends them would be read as the heading's own end."""
    return re.sub(r"(?<=[ \t])(#+)$", r"\\\1", inline(text))


def _task(row: RedactedRow) -> str:
    item = row.item
    mark = f" {MARK}" if row.restricted else ""
    said = {
        "owner": inline(f"@{item.owner}") if item.owner else NONE,
        "due": inline(item.due) if item.due else NONE,
        "signal": inline(item.verification) if item.verification else NONE,
    }
    others = [factor.ref for factor in row.factors[1:]]
    if item.priority:
        said["priority"] = inline(item.priority)
    if others:
        said["answers also"] = inline(" ".join(others))
    if item.status == "in_progress":
        said["status"] = Md("in progress")
    elif item.status == "wont_do" and item.closed:
        said["won't do"] = inline(item.closed.words)
    elif item.status == "done":
        said["evidence"] = inline(item.closed.words) if item.closed and item.closed.words else NONE
        said["verified by"] = inline(f"@{item.verified.by}") if item.verified else NONE
    beside = ", ".join(f"{name}: {value}" for name, value in said.items())
    return f"- [{'x' if item.is_closed else ' '}] {inline(item.ref)} {inline(item.text)}{mark} ({beside})"
