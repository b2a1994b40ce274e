"""`scribe reindex`: folds every summary anew."""

from __future__ import annotations

import click

from scribe.cli.output import say
from scribe.cli.session import Command, Session, add_globals


@click.command("reindex", cls=Command)
@add_globals
@click.pass_obj
def reindex_command(session: Session) -> int:
    """Fold every incident's summary anew from its record; the record itself is not touched."""
    with session.writing() as journal:
        count = journal.reindex()
    say(f"{count} incident{'' if count == 1 else 's'} summarised anew")
    return 0
