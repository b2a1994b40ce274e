"""What a screen says for as long as nothing can be recorded."""

from __future__ import annotations

from scribe.record.errors import Full, Gone, JournalError, ReadOnly
from scribe.record.text import one_line


def shown(trouble: JournalError | None) -> tuple[str, str]:
    """In two words, to stand before whatever else is said, and in a line; empty when there is no trouble."""
    match trouble:
        case None:
            return "", ""
        case ReadOnly():
            return "read-only", "read-only: nothing can be recorded here"
        case Full():
            return "no room", "there was no room when scribe opened: nothing can be recorded here"
        case Gone():
            return "not recording", f"nothing can be recorded: {one_line(trouble.short)}"
        case _:
            return "not recording", f"nothing can be recorded: {one_line(trouble.message)}"
