"""`scribe bundle` and `scribe unbundle`: one incident as one file, and another copy of it merged into this one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scribe.cli.beside import write
from scribe.cli.output import aside, put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.cli.wiping import NotYetGone, along, renewed, staying
from scribe.config.path import path_of
from scribe.record.chain import verify
from scribe.record.errors import ScribeError
from scribe.record.redact import withheld_note
from scribe.record.state import State
from scribe.record.text import one_line
from scribe.recorder import Recorder, merge

if TYPE_CHECKING:
    from scribe.importers.bundle import Bundle
    from scribe.journal.merging import Merged
    from scribe.record.sendable import Sendable


class Broken(ScribeError):
    """The record does not verify, so nobody could take a copy of it."""

    exit_code = 1


@click.command("bundle", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--include-restricted", is_flag=True, help="With restricted entries; without it they are withheld.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@add_globals
@click.pass_obj
def bundle_command(session: Session, file: str, include_restricted: bool, force: bool) -> int:
    """Write the incident's record into one file (- is standard output), for `scribe unbundle` on another machine.

    Every entry travels with its digests, so that nothing can be altered on the way unseen. Of restricted entries, and
    of what repeats them, the words are withheld: whoever takes the bundle sees that there is something.
    """
    from scribe.exporters.bundle import pack
    from scribe.record.sendable import sendable

    if file == "-" and sys.stdout.isatty():
        raise ScribeError("a bundle is no text for a terminal", "name a file, or pass it on: scribe bundle - | …")
    with session.incident() as (journal, board):
        rows = list(journal.stored(board.incident))  # first: what was restricted since must not travel either
        state = Recorder(journal, board.incident, me=session.me, policy=session.config.policy).load()
    verdict = verify(rows)
    if verdict.first_break is not None:
        broken = verdict.first_break
        place = f"{broken.ref} ({broken.id})" if broken.ref else broken.id
        raise Broken(
            f"{board.incident} is broken at {place}: {broken.why}",
            "no copy is made of an altered record; scribe salvage reads what can be read of it",
        )
    passed = sendable(state, rows, include_restricted=include_restricted)
    packed = pack(passed, verdict)
    notes = _withheld(passed, state)
    if file == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
        if notes:
            aside(f"scribe: {one_line(notes)}")
        return 0
    write(path_of(file), packed, force=force)
    counted = f"{one_line(board.incident)}, {_events(len(rows))}, head {verdict.head}"
    say(f"written to {one_line(file)}: {counted}" + (f"; {one_line(notes)}" if notes else ""))
    return 0


@click.command("unbundle", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--dry-run", is_flag=True, help="Say what would be taken, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@add_globals
@click.pass_obj
def unbundle_command(session: Session, file: str, dry_run: bool, as_json: bool) -> int:
    """Merge a bundle (- is standard input) into this journal: all of it, or nothing.

    Both copies keep what they have: entries that are missing here are taken, words that were withheld are filled in,
    and what was erased there is erased here. Taking it twice changes nothing. A bundle that was altered or forged is
    refused.
    """
    bundle = _read(file)
    wanted = session.options.get("incident", "").strip()
    if wanted and wanted.casefold() not in bundle.incident.casefold():
        raise ScribeError(f"the bundle holds {bundle.incident}, and not {wanted}", "without -i it is taken")
    head = ""
    pending = ""
    now, me = session.clock.now(), session.me
    if dry_run and not session.path.exists():
        merged = _all_of(bundle)
    else:
        with session.writing(make=True) as journal:
            merged = merge(journal, bundle.rows, now=now, me=me, on_trial=dry_run)
            if not dry_run:
                kept = renewed(session, journal)[1] if merged.erased else ""
                pending = "; ".join(filter(None, (merged.pending, kept)))
                board = journal.board(merged.incident)
                head = board.head if board else ""
    if as_json:
        put_json(_shape(merged, head, dry_run=dry_run))
    else:
        say(_told(merged, head, dry_run=dry_run))
        for line in (*along(merged.along), *staying(merged.repeating)):
            say(line)
    if pending:
        raise NotYetGone(f"not yet gone: {pending}", "the bundle was taken; scribe erase of the same finishes it")
    return 0


def _read(file: str) -> Bundle:
    from scribe.importers.bundle import read

    if file == "-":
        return read(sys.stdin.buffer)
    try:
        with path_of(file).open("rb") as stream:
            return read(stream)
    except OSError as error:
        raise ScribeError(f"cannot read {one_line(file)}: {error.strerror or error}") from None


def _all_of(bundle: Bundle) -> Merged:
    """What a merge into a journal that is not there yet brings."""
    from scribe.journal.merging import Merged

    return Merged(bundle.incident, len(bundle.rows), 0, 0, len(bundle.withheld), True)


def _withheld(passed: Sendable, state: State) -> str:
    """How many bodies do not travel: of which entries, and of how many events beside them."""
    gone = set(passed.withheld)
    refs = [entry.ref for entry in state.entries if entry.id in gone]
    beside = len(gone) - len(refs)
    notes = [withheld_note(refs)] if refs else []
    if beside:
        whose = f"{beside} more event{'s that belong' if beside > 1 else ' that belongs'} to them"
        notes.append(f"with them {whose}" if refs else f"{beside} event{'s' if beside > 1 else ''} withheld")
    return "; ".join(notes)


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _told(merged: Merged, head: str, *, dry_run: bool) -> str:
    kept = f"{merged.withheld} withheld" if merged.withheld else ""
    end = f"; head {head}" if head else ""
    incident = one_line(merged.incident)
    if merged.is_nothing:
        return f"{incident} nothing new{f', {kept}' if kept else ''}{end}"
    would = " would be" if dry_run else ""
    parts = [f"{_events(merged.taken)}{would} taken"]
    parts += [f"{merged.filled} filled in"] if merged.filled else []
    parts += [f"{merged.erased} erased"] if merged.erased else []
    parts += [kept] if kept else []
    return f"{incident} {', '.join(parts)}{end}"


def _shape(merged: Merged, head: str, *, dry_run: bool) -> dict[str, object]:
    return {
        "incident": merged.incident,
        "taken": merged.taken,
        "filled": merged.filled,
        "erased": merged.erased,
        "withheld": merged.withheld,
        "along": [event.ref or event.id for event in merged.along],
        "repeating": list(merged.repeating),
        "new": merged.is_new,
        "head": head or None,
        "dry_run": dry_run,
    }
