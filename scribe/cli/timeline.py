"""`scribe timeline`: the entries, for people as text, for programs as JSON, CSV or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo

import click
from msgspec.structs import replace

from scribe.cli.cells import padded, styled
from scribe.cli.output import put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.errors import ScribeError
from scribe.record.state import Board, Entry
from scribe.record.text import one_line, visible
from scribe.record.timeline import KINDS, LETTERS, Filter, as_recorded, asked, chosen
from scribe.record.when import When, clock_text, instant, local, seconds_between, spell, stamp, zone_name
from scribe.recorder import Recorder

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
) -> int:
    """Print the entries. With a filter that nothing passes the exit code is 1."""
    zone = session.zone
    wanted = asked(find) if find else Filter()
    wanted = replace(wanted, kinds=wanted.kinds | set(kinds))
    begin = _bound(session, since, "--since")
    end = _bound(session, until, "--until")
    with session.incident() as (journal, board):
        state = Recorder(journal, board.incident, me=session.me, policy=session.config.policy).load()
    entries = chosen(state.entries, wanted)
    if begin is not None:
        entries = [entry for entry in entries if entry.at >= begin.at]
    if end is not None:
        limit = _end(end, zone)
        entries = [entry for entry in entries if entry.at < limit]
    if sort == "recorded":
        entries = as_recorded(entries)
    if form in ("csv", "md"):  # passed on, so restricted entries stay here
        entries = [entry for entry in entries if not entry.restricted]
    _put(form, entries, state.board, zone, session)
    return 1 if not entries and (begin or end or not wanted.is_empty) else 0


def shown(entry: Entry, zone: tzinfo) -> list[str]:
    """One entry as lines of text; those behind the first are indented to its words."""
    gone = entry.retracted
    marks = [
        f"retracted by @{one_line(gone.by)}: {one_line(gone.why)}" if gone else "",
        entry.status.replace("_", " "),
        f"late {spell(seconds_between(entry.at, entry.recorded_at))}" if entry.late else "",
        "reconstructed" if entry.reconstructed else "",
        "imported" if entry.imported else "",
        "amended" if entry.revisions else "",
    ]
    mark = ", ".join(filter(None, marks))
    letter = LETTERS.get(entry.kind, "~")
    lead = f"{padded(clock_text(entry.at, entry.precision, zone), 8)}  {letter} {entry.ref:>5}  "
    words = (f"[{mark}] " if mark else "") + visible(entry.text) + f" @{one_line(entry.by)}"
    first, *more = words.split("\n")
    linked = [f"source: {one_line(url)}" for url in entry.sources if url not in entry.text]
    lines = [lead + first, *(" " * len(lead) + line for line in (*more, *linked))]
    return [styled(line, dim=True) for line in lines] if gone else lines


def _put(form: str, entries: Sequence[Entry], board: Board, zone: tzinfo, session: Session) -> None:
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

        document = to_csv(entries, zone)
    else:
        from scribe.exporters.markdown import timeline_table

        document = timeline_table(entries, zone)
    put_utf8(document)


def _text(entries: Sequence[Entry], board: Board, zone: tzinfo, now: datetime) -> Iterator[str]:
    yield f"{board.incident}  {one_line(board.title)}"
    there = instant(entries[0].at) if entries else now
    name, short = str(getattr(zone, "key", "") or ""), zone_name(zone, there)
    yield f"times in {name} ({short})" if name and name != short else f"times in {short}"
    day = None
    for entry in entries:
        at = local(entry.at, zone)
        if at.date() != day:
            day = at.date()
            yield styled(f"{at:%a %d %b %Y}", bold=True)
        yield from shown(entry, zone)


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
