"""`scribe actions`: the register of action items over all incidents, and what becomes of one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import UNSET
from msgspec.structs import replace

from scribe.after.actions import (
    SORTS,
    Row,
    Wanted,
    chosen,
    find,
    ordered,
    redacted,
    register,
    status_word,
)
from scribe.cli.action_table import GROUPS, show
from scribe.cli.choices import OneOf
from scribe.cli.output import put_utf8, say
from scribe.cli.recording import day_of, recorded, today_of, typed
from scribe.cli.session import Command, Session, add_globals, bare
from scribe.config.path import path_of
from scribe.live.typed import marked
from scribe.record.afterwards import ItemSaid
from scribe.record.errors import Missing, NotFound, Refused
from scribe.record.redact import Redacted, redact
from scribe.record.state import Board
from scribe.record.terms import CATEGORIES, ITEM_STATUSES, PRIORITIES
from scribe.record.text import one_line
from scribe.recorder import Recorder

if TYPE_CHECKING:
    from scribe.journal.store import Journal

F = TypeVar("F", bound=Callable[..., Any])

_PASSED_ON = ("csv", "md", "ics")


class Actions(Command, click.Group):
    """The register itself, and a command for each thing that happens to an item."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named. Raises UsageError naming those that there are."""
        if args[0] not in self.commands:
            raise click.UsageError(f"actions has no {args[0]}: there are {', '.join(self.commands)}", ctx)
        return super().resolve_command(ctx, args)


@click.group("actions", cls=Actions, invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also those that are done or dropped.")
@click.option("--stale", is_flag=True, help="Only those more than 14 days past due.")
@click.option("--overdue", is_flag=True, help="Only those past due.")
@click.option("--unverified", is_flag=True, help="Only those that are done and not verified yet.")
@click.option("--owner", metavar="NAME", help='Only those of that person; "" for those of nobody.')
@click.option("--status", "statuses", type=OneOf(ITEM_STATUSES), multiple=True, help="Only those; may be repeated.")
@click.option("--find", "words", metavar="WORDS", help="Only those with these words.")
@click.option("--sort", type=click.Choice(SORTS), default=SORTS[0], help="The order.")
@click.option("--group", type=click.Choice(GROUPS), help="Text under headings: what they answer, or where.")
@click.option("--json", "as_json", is_flag=True, help="An array, for programs.")
@click.option("--format", "form", type=click.Choice(["text", "json", *_PASSED_ON]), default="text", help="The form.")
@click.option("-o", "--output", metavar="FILE", help="Into this file; standard output without it, or with -.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--include-restricted", is_flag=True, help="With restricted words in csv, md and ics.")
@add_globals
@click.pass_context
def actions_command(
    context: click.Context,
    /,
    sort: str,
    group: str | None,
    as_json: bool,
    form: str,
    output: str | None,
    force: bool,
    include_restricted: bool,
    **filters: Any,
) -> int:
    """The register of action items over all incidents: those that are open or in progress, unless said otherwise.

    With a filter that nothing passes the exit code is 1. Text and JSON are for the journal's owner; CSV (as Jira
    imports it, dates as yyyy-MM-dd), Markdown and iCalendar are passed on, without restricted words. The calendar
    holds what has a due date, and without a filter the reviews that are to be held.
    """
    session = context.find_object(Session)
    assert session is not None
    if context.invoked_subcommand is not None:
        if any(filters.values()) or filters["owner"] is not None or as_json or output or form != "text":
            raise click.UsageError(f"options of the list stand without {context.invoked_subcommand}", context)
        return 0
    if as_json and form not in ("text", "json"):  # the one is for its owner, the other withholds what is need-to-know
        raise click.UsageError(f"--json and --format {form} exclude each other", context)
    form = "json" if as_json else form
    to_file = output is not None and output != "-"
    if to_file and form == "text":
        raise click.UsageError("-o takes a document: --format json, csv, md or ics", context)
    wanted, is_filtered = _wanted(**filters)
    (by,) = (known for known in SORTS if known == sort)
    today = today_of(session)
    if form in _PASSED_ON:
        states = _states(session, reviews=form == "ics", include_restricted=include_restricted)
        passed = ordered(chosen(redacted(states, today=today), wanted), by)
        reviewed = states if form == "ics" and not is_filtered else []
        from scribe.exporters.items import passed_on

        document, count = passed_on(form, passed, reviewed), len(passed)
    else:
        known = register(_boards(session), today=today)
        rows = ordered(chosen(known, wanted), by)
        count = len(rows)
        if form == "text":
            show(rows, known, group)
            return 1 if is_filtered and not count else 0
        from scribe.exporters.register import to_json

        document = to_json(rows)
    if to_file:
        from scribe.cli.beside import write

        assert output is not None
        write(path_of(output), document, force=force)
        say(f"written to {one_line(output)}")
    else:
        put_utf8(document)
    return 1 if is_filtered and not count else 0


def _fields(command: F) -> F:
    """What may be said of an item, when it is added and later."""
    options = (
        click.option("--factor", "answers", metavar="F1", multiple=True, help="What it answers, or trigger; several."),
        click.option("--priority", type=OneOf(PRIORITIES), help="P0: next business day, P1: a week, P2: a month."),
        click.option("--category", type=OneOf(CATEGORIES), help="What kind of change it is."),
        click.option("--verification", metavar="TEXT", help="The signal that will show that it works."),
        click.option("--due", metavar="DAY", help="2026-12-01, friday, 10d, 2w; none takes it away."),
        click.option("--owner", metavar="NAME", help="Who does it; none takes it away."),
    )
    for option in options:
        command = option(command)
    return command


@actions_command.command("add", cls=Command)
@click.argument("text", nargs=-1, metavar="TEXT")
@_fields
@add_globals
@click.pass_obj
def add(session: Session, /, text: tuple[str, ...], **fields: Any) -> int:
    """Add an action item to the incident; prints its id."""
    words = typed(" ".join(text))
    payload = marked(_said(session, ItemSaid(), fields), words)
    with session.incident(write=True) as (journal, board):
        (event,) = recorded(session, journal, board.incident, [(payload, words)])
    say(one_line(f"{event.incident}/{event.ref}"))
    return 0


@actions_command.command("set", cls=Command)
@click.argument("name", metavar="ID")
@click.option("--text", metavar="TEXT", help="What is to be done, in other words.")
@click.option("--status", type=OneOf(ITEM_STATUSES), help="open or in_progress; done and drop close it.")
@_fields
@add_globals
@click.pass_obj
def change(session: Session, /, name: str, text: str | None, status: str | None, **fields: Any) -> int:
    """Change what is said of an item; prints its id and its status."""
    said = _said(session, ItemSaid(), fields)
    if text is not None:
        words = typed(text)
        if not words:
            raise Refused("what is to be done is missing")
        said = replace(said, words=words)
    if status is not None:
        (said,) = (replace(said, status=known) for known in ITEM_STATUSES if known == status)
    return _close(session, name, said, "")


@actions_command.command("done", cls=Command)
@click.argument("name", metavar="ID")
@click.option("--evidence", metavar="TEXT", default="", help="What shows that it is done.")
@add_globals
@click.pass_obj
def done(session: Session, name: str, evidence: str) -> int:
    """An item is done, and what shows it; prints its id and its status."""
    return _close(session, name, ItemSaid(status="done"), typed(evidence))


@actions_command.command("verify", cls=Command)
@click.argument("name", metavar="ID")
@click.option("--by", metavar="NAME", required=True, help="Who saw that it works.")
@click.option("--evidence", metavar="TEXT", default="", help="What they saw.")
@add_globals
@click.pass_obj
def verify(session: Session, name: str, by: str, evidence: str) -> int:
    """Somebody saw that what was done works; prints its id and its status."""
    return _close(session, name, ItemSaid(verified_by=bare(by)), typed(evidence))


@actions_command.command("drop", cls=Command)
@click.argument("name", metavar="ID")
@click.option("--why", metavar="TEXT", required=True, help="Why it will not be done.")
@add_globals
@click.pass_obj
def drop(session: Session, name: str, why: str) -> int:
    """An item will not be done, and why; prints its id and its status."""
    return _close(session, name, ItemSaid(status="wont_do"), typed(why))


# ── recording ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _said(session: Session, said: ItemSaid, fields: dict[str, Any]) -> ItemSaid:
    """What the options say; what none says stays as it is."""
    given = {name: value for name, value in fields.items() if value is not None and name not in ("answers", "due")}
    for name in ("owner", "verification"):
        if name in given:
            given[name] = "" if given[name].casefold() == "none" else typed(given[name])
    if "owner" in given:
        given["owner"] = bare(given["owner"])
    if fields["due"] is not None:
        given["due"] = day_of(session, fields["due"], "--due")
    if fields["answers"]:
        names = [name for text in fields["answers"] for name in re.split(r"[\s,]+", typed(text)) if name]
        given["answers"] = tuple(name for name in names if name.casefold() != "none")
    return replace(said, **given) if given else said


def _close(session: Session, name: str, said: ItemSaid, words: str) -> int:
    with _item(session, name) as (journal, row):
        _explain(row, said, words)
        recorded(session, journal, row.incident, [(replace(said, target=row.item.id), words)])
        board = journal.board(row.incident)
        assert board is not None
        (now,) = (item for item in board.items if item.id == row.item.id)
    say(f"{one_line(row.id)}\t{status_word(now)}")
    return 0


def _explain(row: Row, said: ItemSaid, words: str) -> None:
    """Refuse, in this command's terms, what the record would refuse in those of the capture line."""
    item = row.item
    if said.status == "done" and item.status != "done" and not words:
        signal = f"the signal agreed on: {item.verification}\n" if item.verification else ""
        raise Refused(f"what shows that {row.id} is done?", f'{signal}try: scribe actions done {row.id} --evidence "…"')
    if said.status == "wont_do" and item.status != "wont_do" and not words:
        raise Refused(f"why will {row.id} not be done?", f'try: scribe actions drop {row.id} --why "…"')
    if said.verified_by is not UNSET:
        if not said.verified_by:
            raise Refused(f"who saw that {row.id} works?", f"try: scribe actions verify {row.id} --by NAME")
        if item.status != "done":
            raise Refused(f"{row.id} is not done yet", f'first: scribe actions done {row.id} --evidence "…"')


@contextmanager
def _item(session: Session, name: str) -> Iterator[tuple[Journal, Row]]:
    """The journal, to append to, and the item of that name. Raises NotFound."""
    try:
        with session.writing() as journal:
            boards = [session.board(journal)] if "incident" in session.options else journal.boards()
            yield journal, find(register(boards, today=today_of(session)), name)
    except Missing as error:
        raise NotFound(error.message, error.hint) from None


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _wanted(
    *,
    everything: bool,
    stale: bool,
    overdue: bool,
    unverified: bool,
    owner: str | None,
    statuses: tuple[str, ...],
    words: str | None,
) -> tuple[Wanted, bool]:
    """Which rows are asked for, and whether anything but the usual ones is."""
    is_filtered = stale or overdue or unverified or owner is not None or bool(statuses) or words is not None
    kept = frozenset(known for known in ITEM_STATUSES if known in statuses)
    if not (kept or everything or unverified):
        kept = frozenset({"open", "in_progress"})
    wanted = Wanted(
        statuses=kept,
        overdue=overdue,
        stale=stale,
        unverified=unverified,
        owner=None if owner is None else bare(owner),
        words=tuple((words or "").split()),
    )
    return wanted, is_filtered


def _boards(session: Session) -> list[Board]:
    try:
        with session.reading() as journal:
            return _asked(session, journal)
    except Missing:
        return []


def _states(session: Session, *, reviews: bool, include_restricted: bool) -> list[Redacted]:
    """The incidents that have items, or with ``reviews`` all of them, as they may be passed on."""
    policy = session.config.policy
    try:
        with session.reading() as journal:
            return [
                redact(
                    Recorder(journal, board.incident, me=session.me, policy=policy).load(),
                    include_restricted=include_restricted,
                )
                for board in _asked(session, journal)
                if board.items or reviews
            ]
    except Missing:
        return []


def _asked(session: Session, journal: Journal) -> list[Board]:
    return [session.board(journal)] if "incident" in session.options else journal.boards()
