"""`scribe import`: what another journal, tool or document holds, into this journal: all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from scribe.cli.masked import places, tell
from scribe.cli.output import aside, say
from scribe.cli.session import Command, Session, add_globals
from scribe.config.path import path_of
from scribe.live.masking import Mask
from scribe.record.errors import Missing, ScribeError
from scribe.record.events import Draft, kind_of
from scribe.record.naming import check_incident
from scribe.record.redact import withheld_note
from scribe.record.text import one_line
from scribe.recorder import Recorder, restore

if TYPE_CHECKING:
    from scribe.importers.batch import Batch, Told

SOURCES = ("scribe", "csv", "markdown")
"""What can be imported, and how each is called."""

_EVERY = 1000
"""Drafts between two lines of progress."""


@click.command("import", cls=Command)
@click.argument("source", type=click.Choice(SOURCES), metavar="SOURCE")
@click.argument("file", metavar="FILE|-")
@click.option("--dry-run", is_flag=True, help="Say what would be taken, and write nothing.")
@click.option("--progress", is_flag=True, help="Say how far it has come, where errors go.")
@click.option("--keep", is_flag=True, help="Record secrets in it as they are, instead of masking them.")
@click.option("--id", "wanted", metavar="ID", default="", help="scribe: another id for the incident.")
@add_globals
@click.pass_obj
def import_command(
    session: Session, source: str, file: str, dry_run: bool, progress: bool, keep: bool, wanted: str
) -> int:
    """Import a file (- is standard input): all of it in one step, or nothing.

    SOURCE is what wrote it. scribe: the JSON of a whole incident, from `scribe export --format json`; it becomes an
    incident of its own. csv, markdown: a timeline, scribe's own or any table with a time and what happened; it goes
    into the incident of -i, else the active one, and times without a zone are in that of --tz. What the incident holds
    already is left as it is. What was not understood is listed with its line and the reason. FILE may be packed: with
    gzip, or as the one file of a zip archive.
    """
    if wanted:
        if source != "scribe":
            raise ScribeError(f"--id is for whole incidents, and {source} goes into one", "name it with -i")
        check_incident(wanted, said="--id")
    data = _read(file)
    told = _counter() if progress else None
    if source == "scribe":
        return _whole(session, data, wanted, dry_run=dry_run, mask=Mask(keep=keep), told=told)
    return _timeline(session, source, data, dry_run=dry_run, keep=keep, told=told)


def _whole(
    session: Session, data: bytes, wanted: str, *, dry_run: bool, mask: Mask, told: Callable[[int], None] | None
) -> int:
    from scribe.importers.scribe import read

    found = read(data)
    incident = wanted or found.incident
    if dry_run:
        try:
            with session.reading() as journal:
                taken = journal.board(incident) is not None
        except Missing:
            taken = False
        if taken:
            raise ScribeError(f"there already is an incident {incident}", "give another with --id")
    else:
        with session.writing(make=True) as journal:
            restore(
                journal,
                incident,
                found.batch.drafts,
                now=session.clock.now(),
                me=session.me,
                policy=session.config.policy,
                told=told,
                mask=mask,
            )
            tell(mask.found, [_source_ref(draft) for draft in found.batch.drafts], "scribe import --keep …")
    _list(found.batch)
    if found.withheld:
        _complain(withheld_note(found.withheld))
    say(f"{one_line(incident)}: {_counted(found.entries, len(found.batch.skipped), 0, dry_run=dry_run)}")
    return 0


def _timeline(
    session: Session,
    source: str,
    data: bytes,
    *,
    dry_run: bool,
    keep: bool,
    told: Callable[[int], None] | None,
) -> int:
    from scribe.importers.already import without_known

    batch = _drafts(session, source, data)
    with session.incident(write=not dry_run) as (journal, board):
        recorder = Recorder(journal, board.incident, me=session.me, policy=session.config.policy)
        new = without_known(batch, recorder.load().entries)
        if new.batch.drafts and not dry_run:
            drafts = [replace(draft, kept=True) for draft in new.batch.drafts] if keep else new.batch.drafts
            events = recorder.bring(drafts, now=session.clock.now(), names=new.names, told=told)
            tell(recorder.masked, places(events), "scribe import --keep …")
    _list(new.batch)
    skipped = len(new.batch.skipped)
    say(f"{one_line(board.incident)}: {_counted(new.taken, skipped, new.already, dry_run=dry_run)}")
    return 0 if new.taken or new.already or not skipped else 1


def _drafts(session: Session, source: str, data: bytes) -> Batch:
    now, zone = session.clock.now(), session.zone
    if source == "csv":
        from scribe.importers.timeline_csv import read as read_csv

        return read_csv(data, now=now, zone=zone)
    from scribe.importers.markdown import read as read_markdown

    return read_markdown(data, now=now, zone=zone, chosen="tz" in session.options)


def _read(file: str) -> bytes:
    """The document in the file, which may be packed."""
    from scribe.importers.archive import document

    if file == "-":
        return document(sys.stdin.buffer)
    path = path_of(file)
    try:
        with path.open("rb") as stream:
            return document(stream)
    except OSError as error:
        raise ScribeError(f"cannot read {file}: {error.strerror or error}") from None


def _source_ref(draft: Draft) -> str:
    """What the source calls it; what is no entry has no name there."""
    origin = draft.payload.origin
    return (origin.ref if origin else "") or kind_of(draft.payload)


def _counter() -> Callable[[int], None]:
    def told(written: int) -> None:
        if written % _EVERY == 0:
            aside(f"{written} written")

    return told


def _list(batch: Batch) -> None:
    """What was not taken, and what was taken otherwise than it stands there, line by line."""
    _complain_each("skipped", batch.skipped)
    _complain_each("", batch.remarks)


def _complain_each(lead: str, told: Sequence[Told]) -> None:
    for one in told:
        place = f"line {one.line}: " if one.line else ""
        _complain(f"{place}{f'{lead}: ' if lead else ''}{one.words}")


def _complain(words: str) -> None:
    aside(f"scribe: {one_line(words)}")


def _counted(taken: int, skipped: int, already: int, *, dry_run: bool) -> str:
    parts = [f"{taken} {'would be taken' if dry_run else 'taken'}", f"{skipped} skipped"]
    if already:
        parts.insert(1, f"{already} already here")
    return ", ".join(parts)
