"""Action items in the form that somebody asked for; the command line and the screen pass on the same."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.after.actions import RedactedRow
from scribe.record.redact import Redacted


def passed_on(form: str, rows: Sequence[RedactedRow], reviewed: Sequence[Redacted]) -> str:
    """The rows as ``csv``, ``md`` or a calendar (``ics``), which also holds the reviews of those incidents."""
    match form:
        case "csv":
            from scribe.exporters.register import to_csv

            return to_csv(rows)
        case "md":
            from scribe.exporters.register import to_markdown

            return to_markdown(rows)
        case _:
            from scribe.exporters.calendar import to_ics

            return to_ics(rows, reviewed)
