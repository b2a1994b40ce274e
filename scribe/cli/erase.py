"""`scribe erase`: the words of entries destroyed for ever; the chain still verifies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from scribe.cli.output import aside, say
from scribe.cli.session import Command, Session, add_globals
from scribe.cli.wiping import NotYetGone, along, listed, renewed, staying
from scribe.record.errors import ScribeError
from scribe.record.text import one_line
from scribe.record.when import local
from scribe.recorder import erase, going

if TYPE_CHECKING:
    from scribe.journal.erasing import Destroyed
    from scribe.record.events import Event
    from scribe.record.quoting import Going

OUT_OF_REACH = (
    "out of reach: exports, bundles and backups elsewhere, rolling ones made under another name of the journal, other"
    " copies of the record, and what the disk itself keeps (snapshots, its own history)"
)
"""What an erasure cannot destroy."""


@click.command("erase", cls=Command)
@click.argument("refs", nargs=-1, required=True, metavar="REF…")
@click.option("--why", required=True, metavar="TEXT", help="The reason. It stays for ever, so it must not repeat them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@add_globals
@click.pass_obj
def erase_command(session: Session, refs: tuple[str, ...], why: str, yes: bool) -> int:
    """Destroy the words of entries for ever, with what quotes them; the chain still verifies.

    REF is a reference as it stands in the timeline, like "#12", H2 or F1 (12 is #12), or the name of a section of the
    postmortem. Amendments, retractions and links of it go, and the updates, packets and sections that scribe made of
    it, which stand anew with "(erased)" in the words' place. Who erased, when and why stays. The exit code is 3 while
    another process keeps the words from being wiped from the file; the same command finishes that.
    """
    names = [f"#{ref}" if ref.isdecimal() else ref for ref in refs]
    with session.incident(write=True) as (journal, board):
        if not yes and not _agreed(session, going(journal, board.incident, names)):
            from scribe.cli.root import complain

            return complain("nothing was erased", "", 1)
        gone = erase(journal, board.incident, names, why, now=session.clock.now(), me=session.me)
        copies, kept = renewed(session, journal)
    for line in _told(session, gone, copies):
        say(line)
    pending = "; ".join(filter(None, (gone.pending, kept)))
    if pending:
        hint = "the erasure stands, and is finished when the other process lets go, or by the same command again"
        raise NotYetGone(f"not yet gone: {pending}", hint)
    return 0


def _agreed(session: Session, found: Going) -> bool:
    """Whether somebody at the terminal says yes, once everything that goes was shown."""
    if not found.gone:
        return True  # there is nothing left to ask about: it is only wiped once more
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ScribeError("erase asks before it destroys anything, and there is no terminal", "--yes: do not ask")
    for event in found.targets:
        when = f"{local(event.at, session.zone):%d %b %H:%M}"
        named = one_line(f"{_name(event)}  {event.kind}")
        aside(f"  {named}  {when}  {_cut(event.text)}  @{one_line(event.who)}")
    for line in (*along(found.also), *staying(found.repeating), OUT_OF_REACH):
        aside(f"  {line}")
    names = [*map(_name, found.targets), *(f"what came for {ref} later" for ref in _again(found))]
    aside(f"Erase {listed(names)} for ever? [y/N] ", end="")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _told(session: Session, gone: Destroyed, copies: int) -> Iterator[str]:
    """What was done, and the head that is to be noted now."""
    found = gone.going
    for ref, erasure in found.already:
        at = f"{local(erasure.at, session.zone):%d %b %Y %H:%M}"
        yield f"{one_line(ref)} was already erased by @{one_line(erasure.by)} on {at}: {one_line(erasure.why)}"
    if found.gone:
        refs = [event.ref for event in gone.recorded if event.kind == "erased"]
        yield f"{one_line(gone.incident)}\t{one_line(' '.join(refs))}"
        if found.targets:
            yield f"erased: {listed(map(_name, found.targets))}"
        yield from along(found.also)
        stands = [event for event in gone.recorded if event.kind == "written" or event.ref]
        anew = [_name(event) for event in stands if event.kind != "erased"]
        if anew:
            yield f"recorded anew without the words: {listed(anew)}"
        if gone.unsent:
            yield f"unsent texts that held them: {gone.unsent} dropped"
        yield from staying(found.repeating)
        yield OUT_OF_REACH
    if copies:
        yield f"rolling backups that may have held it: {copies} replaced by a new one"
    for table in gone.strange:
        yield f"it also stands in table {one_line(table)}, which is not scribe's: drop that if it must go"
    if not gone.pending and found.gone:
        yield f"nothing {'else ' if found.repeating or gone.strange else ''}of it is left in {session.path}"
    elif not gone.pending:
        yield f"{session.path} was written anew, without anything that was deleted before"
    yield f"head {gone.head}"


def _again(found: Going) -> list[str]:
    """What was erased before, and another copy corrected."""
    return [ref for ref, _ in found.already] if found.again else []


def _name(event: Event) -> str:
    """A reference, or the section that a text was written for."""
    from scribe.record.afterwards import Written

    payload = event.payload
    return event.ref or (f"section {payload.section}" if isinstance(payload, Written) else event.id)


def _cut(text: str) -> str:
    words = one_line(text)
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"
