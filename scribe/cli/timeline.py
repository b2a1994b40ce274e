"""`scribe timeline`: the entries, for people as text, for programs as JSON, CSV or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo

import click
from msgspec.structs import replace

from scribe.cli.cells import padded, styled
from scribe.cli.output import aside, put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.erasure import words as words_of
from scribe.record.errors import ScribeError
from scribe.record.events import Decision, Impact, Snoozed, Timebox
from scribe.record.fold import entry_of
from scribe.record.redact import redact, withheld_note, withheld_refs
from scribe.record.state import Board, Entry
from scribe.record.text import one_line, visible
from scribe.record.timeline import KINDS, LETTERS, Filter, as_recorded, asked, chosen
from scribe.record.when import When, clock_text, instant, local, seconds_between, spell, stamp, zone_name
from scribe.recorder import Recorder

_BESIDE = frozenset({"snoozed"})
"""Events that are no entries and, unlike corrections, show in none."""
_REFERENCE = 5
"""Cells of a reference at least."""
_UNITS = {"second": 1, "minute": 60, "hour": 3600}


@click.command("timeline", cls=Command)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "md"]), default="text", help="The form.")
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, metavar="K", help="Only entries of this kind."
)
@click.option("--since", metavar="TIME", help="Only what happened then or later.")
@click.option("--until", metavar="TIME", help="Only what happened then or earlier.")
@click.option("--find", metavar="WORDS", help="Only entries with these words, @names and #tags.")
@click.option("--sort", type=click.Choice(["happened", "recorded"]), default="happened", help="The order.")
@click.option("--all", "everything", is_flag=True, help="Also what is no entry: what was left alone with /snooze.")
@click.option("--include-restricted", is_flag=True, help="With restricted entries in csv and md, which withhold them.")
@add_globals
@click.pass_obj
def timeline_command(
    session: Session,
    form: str,
    kinds: tuple[str, ...],
    since: str | None,
    until: str | None,
    find: str | None,
    sort: str,
    everything: bool,
    include_restricted: bool,
) -> int:
    """Print the entries. With a filter that nothing passes the exit code is 1.

    Text and JSON are for the journal's owner and show restricted entries, marked; CSV and Markdown are passed on,
    without them and without the reasons for leaving something alone.
    """
    zone = session.zone
    wanted = asked(find) if find else Filter()
    wanted = replace(wanted, kinds=wanted.kinds | set(kinds))
    begin = _bound(session, since, "--since")
    end = _bound(session, until, "--until")
    with session.incident() as (journal, board):
        state = Recorder(journal, board.incident, me=session.me, policy=session.config.policy).load()
        events = [event for event in journal.record(board.incident) if event.kind in _BESIDE] if everything else []
    withheld: tuple[str, ...] = ()
    passed_on = form in ("csv", "md")
    if passed_on:
        state = redact(state, include_restricted=include_restricted)
        withheld = withheld_refs(state)
    known: Iterable[Entry] = state.entries
    if events:
        more = [entry_of(event, state.board) for event in events]
        if form != "json":
            whole = include_restricted or not passed_on
            more = [_sentence(entry, zone, whole=whole) for entry in more]
        known = sorted((*known, *more), key=lambda entry: entry.key)
    entries = chosen(known, wanted)
    if begin is not None:
        entries = [entry for entry in entries if entry.at >= begin.at]
    if end is not None:
        limit = _end(end, zone)
        entries = [entry for entry in entries if entry.at < limit]
    if sort == "recorded":
        entries = as_recorded(entries)
    _put(form, entries, withheld, state.board, zone, session)
    return 1 if not entries and (begin or end or not wanted.is_empty) else 0


def shown(entry: Entry, zone: tzinfo, width: int = _REFERENCE) -> list[str]:
    """One entry as lines of text; those behind the first are indented to its words.

    ``width`` is that of the references' column.
    """
    gone = entry.retracted
    marks = [
        f"retracted by @{one_line(gone.by)}: {one_line(gone.why)}" if gone else "",
        entry.status.replace("_", " "),
        _beside(entry, zone),
        f"late {spell(seconds_between(entry.at, entry.recorded_at))}" if entry.late else "",
        "reconstructed" if entry.reconstructed else "",
        "imported" if entry.imported else "",
        "amended" if entry.revisions else "",
        "restricted" if entry.restricted and not entry.is_withheld else "",
    ]
    mark = ", ".join(filter(None, marks))
    letter = LETTERS.get(entry.kind, "~")
    lead = f"{padded(clock_text(entry.at, entry.precision, zone), 8)}  {letter} {one_line(entry.ref):>{width}}  "
    words = (f"[{mark}] " if mark else "") + visible(words_of(entry)) + (f" @{one_line(entry.by)}" if entry.by else "")
    first, *more = words.split("\n")
    linked = [f"source: {one_line(url)}" for url in entry.sources if url not in entry.text]
    lines = [lead + first, *(" " * len(lead) + line if line else "" for line in (*more, *linked))]
    return [styled(line, dim=True) for line in lines] if gone else lines


def _sentence(entry: Entry, zone: tzinfo, *, whole: bool) -> Entry:
    """An event that is no entry, in words.

    What is passed on (not ``whole``) has neither the reason, which was meant for whoever was there, nor the name of
    what was left alone, which people typed.
    """
    said = entry.payload
    if not isinstance(said, Snoozed):  # its words were erased
        return entry
    name = said.key if whole else said.key.partition("/")[0]
    words = f"{name} left alone until {clock_text(said.until, 'minute', zone)}"
    return replace(entry, text=f"{words}: {entry.text}" if whole and entry.text else words)


def _beside(entry: Entry, zone: tzinfo) -> str:
    """What an entry's kind has beside its words."""
    match entry.payload:
        case Impact(trend=trend):
            return trend
        case Decision(confirmed_by=who) if who:
            return f"confirmed by @{one_line(who)}"
        case Timebox(target="", who=who, until=until) if until:
            looks = f"@{one_line(who)} " if who and who != entry.by else ""
            return f"{looks}until {clock_text(until, 'minute', zone)}"
        case _:
            return ""


def _put(
    form: str, entries: Sequence[Entry], withheld: Sequence[str], board: Board, zone: tzinfo, session: Session
) -> None:
    if form == "text":
        for line in _text(entries, board, zone, session.clock.now()):
            say(line)
        return
    # What programs read is UTF-8 whatever the terminal's encoding is.
    if form == "json":
        from scribe.exporters.timeline import to_json

        document = to_json(entries, board.incident)
    elif form == "csv":
        from scribe.exporters.timeline import to_csv

        document = to_csv(entries, zone, board.head)
        if withheld:  # a table for programs has no place to say so
            note = withheld_note(withheld)
            aside(f"scribe: {one_line(note)}; --include-restricted adds them")
    else:
        from scribe.exporters.markdown import timeline_table

        document = timeline_table(entries, zone, withheld, board.head)
    put_utf8(document)


def _text(entries: Sequence[Entry], board: Board, zone: tzinfo, now: datetime) -> Iterator[str]:
    yield one_line(f"{board.incident}  {board.title}")
    there = instant(entries[0].at) if entries else now
    name, short = str(getattr(zone, "key", "") or ""), zone_name(zone, there)
    yield f"times in {name} ({short})" if name and name != short else f"times in {short}"
    width = max((_REFERENCE, *(len(one_line(entry.ref)) for entry in entries)))
    day = None
    for entry in entries:
        at = local(entry.at, zone)
        if at.date() != day:
            day = at.date()
            yield styled(f"{at:%a %d %b %Y}", bold=True)
        yield from shown(entry, zone, width)


def _bound(session: Session, text: str | None, option: str) -> When | None:
    """A bound may lie ahead; a bare clock time is its latest past occurrence."""
    if text is None:
        return None
    try:
        return session.time(text, option)
    except ScribeError as error:
        try:
            return session.time(text, option, future=True)
        except ScribeError:
            raise error from None


def _end(bound: When, zone: tzinfo) -> str:
    """The first moment that "until 14:50" leaves out: what is said to the minute means the whole minute."""
    if bound.precision == "day":
        tomorrow = local(bound.at, zone).date() + timedelta(days=1)
        return stamp(datetime.combine(tomorrow, time(), zone))
    return stamp(instant(bound.at) + timedelta(seconds=_UNITS.get(bound.precision, 1)))
