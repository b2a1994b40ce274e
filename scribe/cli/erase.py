"""`scribe erase`: the words of entries destroyed for ever; the chain still verifies."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scribe.cli.output import say
from scribe.cli.session import Command, Session, add_globals
from scribe.cli.wiping import NotYetGone, renewed
from scribe.record.errors import ScribeError
from scribe.record.text import one_line
from scribe.record.when import local
from scribe.recorder import erase, going

if TYPE_CHECKING:
    from scribe.journal.erasing import Destroyed
    from scribe.record.events import Event
    from scribe.record.quoting import Going

OUT_OF_REACH = (
    "out of reach: exports, bundles and backups elsewhere, other copies of the record, and what the disk itself keeps"
    " (snapshots, its own history)"
)
"""What an erasure cannot destroy."""

_MANY = 9
"""References that are named one by one."""

_KINDS = {
    "amended": ("an amendment", "amendments"),
    "retracted": ("a retraction", "retractions"),
    "linked": ("a link", "links"),
    "restricted": ("a restriction", "restrictions"),
    "written": ("a section of the postmortem", "sections of the postmortem"),
    "snoozed": ("a snooze", "snoozes"),
    "waived": ("a waiver", "waivers"),
    "factor": ("a change of a factor", "changes of factors"),
    "action_item": ("a change of an action item", "changes of action items"),
}
"""What goes along and has no reference: one, and several."""


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
    if not found.targets:
        return True  # there is nothing left to ask about: it is only wiped once more
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ScribeError("erase asks before it destroys anything, and there is no terminal", "--yes: do not ask")
    for event in found.targets:
        when = f"{local(event.at, session.zone):%d %b %H:%M}"
        click.echo(f"  {_name(event)}  {event.kind}  {when}  {_cut(event.text)}  @{one_line(event.who)}", err=True)
    for line in (*_along(found), *_staying(found), OUT_OF_REACH):
        click.echo(f"  {line}", err=True)
    click.echo(f"Erase {_listed(map(_name, found.targets))} for ever? [y/N] ", nl=False, err=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _told(session: Session, gone: Destroyed, copies: int) -> Iterator[str]:
    """What was done, and the head that is to be noted now."""
    found = gone.going
    for ref, erasure in found.already:
        at = f"{local(erasure.at, session.zone):%d %b %Y %H:%M}"
        yield f"{one_line(ref)} was already erased by @{one_line(erasure.by)} on {at}: {one_line(erasure.why)}"
    if found.targets:
        refs = [event.ref for event in gone.recorded if event.kind == "erased"]
        yield f"{gone.incident}\t{' '.join(refs)}"
        yield f"erased: {_listed(map(_name, found.targets))}"
        yield from _along(found)
        anew = [_name(event) for event in gone.recorded if event.kind not in ("erased", "snoozed", "waived")]
        if anew:
            yield f"recorded anew without the words: {_listed(anew)}"
        if gone.unsent:
            yield f"unsent texts that held them: {gone.unsent} dropped"
        yield from _staying(found)
        yield OUT_OF_REACH
    if copies:
        yield f"rolling backups that may have held it: {copies} replaced by a new one"
    if not gone.pending:
        yield f"nothing {'else ' if found.repeating else ''}of it is left in {session.path}"
    yield f"head {gone.head}"


def _along(found: Going) -> Iterator[str]:
    """What goes with the entries."""
    named = [event.ref for event in found.also if event.ref]
    others = Counter(event.kind for event in found.also if not event.ref)
    said = [f"{event.kind} {event.ref}" for event in found.also if event.ref][:_MANY]
    said += [f"and {len(named) - _MANY} more"] if len(named) > _MANY else []
    for kind, count in others.items():
        one, many = _KINDS.get(kind, (kind, kind))
        said.append(one if count == 1 else f"{count} {many}")
    if said:
        yield f"with it: {', '.join(said)}"


def _staying(found: Going) -> Iterator[str]:
    """What people typed that says the same."""
    if found.repeating:
        one = len(found.repeating) == 1
        them = "erase it too if it must go" if one else "erase them too if they must go"
        yield f"{_listed(found.repeating)} {'repeats' if one else 'repeat'} words of it: {them}"


def _name(event: Event) -> str:
    """A reference, or the section that a text was written for."""
    from scribe.record.afterwards import Written

    payload = event.payload
    return event.ref or (f"section {payload.section}" if isinstance(payload, Written) else event.id)


def _listed(names: Iterable[str]) -> str:
    """Names as people say them, the first of them where there are many."""
    found: Sequence[str] = list(dict.fromkeys(map(one_line, names)))
    if len(found) > _MANY:
        return f"{', '.join(found[:_MANY])} and {len(found) - _MANY} more"
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))


def _cut(text: str) -> str:
    words = one_line(text)
    return f"“{words[:60]}…”" if len(words) > 60 else f"“{words}”"
