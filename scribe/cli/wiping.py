"""What an erasure does beside the journal: rolling backups, and what is said while the words are not yet gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scribe.record.errors import JournalError, ScribeError

if TYPE_CHECKING:
    from scribe.cli.session import Session
    from scribe.journal.store import Journal


class NotYetGone(ScribeError):
    """The words are erased, and may still be found in the file."""

    exit_code = 3


def renewed(session: Session, journal: Journal) -> tuple[int, str]:
    """Replace the rolling backups, which may hold the words: how many, and why they still may."""
    from scribe.cli.backup import rolling_of
    from scribe.journal.backup import replace_rolling

    rolling, _ = rolling_of(session)
    try:
        return replace_rolling(journal.connection, journal.path, rolling, session.clock), ""
    except JournalError as error:
        return 0, f"a backup in {rolling.folder} may hold it: {error.message}"
