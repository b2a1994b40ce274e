"""`scribe factor`: the contributing factors of an incident, by layer of the system."""

from __future__ import annotations

import re
from typing import Any

import click
from msgspec.structs import replace

from scribe.cli.aligned import aligned
from scribe.cli.choices import OneOf
from scribe.cli.output import put_json, say
from scribe.cli.recording import recorded, typed
from scribe.cli.session import Command, Session, add_globals
from scribe.live.typed import marked
from scribe.record.afterwards import FactorSaid
from scribe.record.errors import Refused
from scribe.record.events import Payload
from scribe.record.merged import APART
from scribe.record.state import Board
from scribe.record.terms import FACTOR_CLASSES, LAYERS
from scribe.record.text import one_line
from scribe.record.written import Factor


class Factors(Command, click.Group):
    """The factors themselves, and a command for each thing that happens to one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named. Raises UsageError naming those that there are."""
        if args[0] not in self.commands:
            raise click.UsageError(f"factor has no {args[0]}: there are {', '.join(self.commands)}", ctx)
        return super().resolve_command(ctx, args)


@click.group("factor", cls=Factors, invoke_without_command=True)
@add_globals
@click.pass_context
def factor_command(context: click.Context) -> int:
    """The contributing factors of the incident; alone it lists them."""
    session = context.find_object(Session)
    assert session is not None
    return 0 if context.invoked_subcommand else _show(session, as_json=False)


@factor_command.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="An array, for programs.")
@add_globals
@click.pass_obj
def list_factors(session: Session, as_json: bool) -> int:
    """List the factors, with what answers each."""
    return _show(session, as_json=as_json)


@factor_command.command("add", cls=Command)
@click.argument("text", nargs=-1, metavar="TEXT")
@click.option("--layer", type=OneOf(LAYERS), required=True, help="Where in the system it lies.")
@click.option("--class", "factor_class", type=OneOf(FACTOR_CLASSES), help="Which of the ten classes it is of.")
@click.option("--score", type=click.IntRange(0, 3), help="0 (not a factor) to 3 (primary contributor).")
@click.option("--candidate", is_flag=True, help="It still has to be verified.")
@add_globals
@click.pass_obj
def add(session: Session, /, text: tuple[str, ...], candidate: bool, **fields: Any) -> int:
    """Name a contributing factor; prints its reference."""
    words = typed(" ".join(text))
    said = _said(FactorSaid(), fields, "candidate" if candidate else None)
    with session.incident(write=True) as (journal, board):
        (event,) = recorded(session, journal, board.incident, [(marked(said, words), words)])
    say(one_line(event.ref))
    return 0


@factor_command.command("set", cls=Command)
@click.argument("ref", metavar="F1")
@click.option("--text", metavar="TEXT", help="The factor, in other words.")
@click.option("--layer", type=OneOf(LAYERS), help="Where in the system it lies.")
@click.option("--class", "factor_class", type=OneOf(FACTOR_CLASSES), help="Which of the ten classes it is of.")
@click.option("--score", type=click.IntRange(0, 3), help="0 (not a factor) to 3 (primary contributor).")
@click.option("--candidate", "standing", flag_value="candidate", help="It still has to be verified.")
@click.option("--fact", "standing", flag_value="fact", help="It was verified.")
@click.option("--remark", metavar="TEXT", default="", help="Why it changes: what verified it.")
@add_globals
@click.pass_obj
def change(session: Session, /, ref: str, text: str | None, standing: str | None, remark: str, **fields: Any) -> int:
    """Change what is said of a factor; prints its reference."""
    said = _said(FactorSaid(target=_reference(ref)), fields, standing)
    if text is not None:
        words = typed(text)
        if not words:
            raise Refused("the factor itself is missing")
        return _record(session, marked(replace(said, words=words), words), typed(remark))
    return _record(session, said, typed(remark))


@factor_command.command("drop", cls=Command)
@click.argument("ref", metavar="F1")
@click.option("--why", metavar="TEXT", required=True, help="Why it is no factor.")
@add_globals
@click.pass_obj
def drop(session: Session, ref: str, why: str) -> int:
    """It turned out to be no factor, and why; prints its reference."""
    return _record(session, FactorSaid(target=_reference(ref), dropped=True), typed(why))


def _record(session: Session, said: Payload, words: str) -> int:
    assert isinstance(said, FactorSaid)
    with session.incident(write=True) as (journal, board):
        users = [item.ref for item in board.items if said.target in item.answers and not item.is_closed]
        if said.dropped and words and users:
            hint = f"first: scribe actions set {board.incident}/{users[0]} --factor …"
            raise Refused(f"{', '.join(users)} answer {said.target}", hint)
        recorded(session, journal, board.incident, [(said, words)])
    say(said.target)
    return 0


def _said(said: FactorSaid, fields: dict[str, Any], standing: str | None) -> FactorSaid:
    """What the options say; what none says stays as it is."""
    given = {name: value for name, value in (*fields.items(), ("standing", standing)) if value is not None}
    return replace(said, **given)


def _reference(text: str) -> str:
    if not re.fullmatch(rf"[Ff]\d+(?:{APART}\w+)?", text):
        raise Refused(f"{text} is not a factor like F1", "scribe factor list names them")
    return text[:1].upper() + text[1:]


def _show(session: Session, *, as_json: bool) -> int:
    with session.incident() as (_, board):
        pass
    if as_json:
        put_json([_shape(factor, board) for factor in board.factors])
    elif not board.factors:
        say("no contributing factors yet")
    else:
        for line in _table(board):
            say(line)
    return 0


def _shape(factor: Factor, board: Board) -> dict[str, Any]:
    return {
        "ref": factor.ref,
        "incident": board.incident,
        "text": factor.text,
        "layer": factor.layer,
        "class": factor.factor_class,
        "score": factor.score,
        "standing": factor.standing,
        "remark": factor.remark or None,
        "by": factor.by,
        "created_at": factor.since,
        "answered_by": [f"{board.incident}/{item.ref}" for item in board.items if factor.ref in item.answers],
    }


def _table(board: Board) -> list[str]:
    factors = board.factors
    answers = [[item.ref for item in board.items if factor.ref in item.answers] for factor in factors]
    table: dict[str, list[str]] = {
        "REF": [one_line(factor.ref) for factor in factors],
        "LAYER": [factor.layer or "" for factor in factors],
        "CLASS": [(factor.factor_class or "").replace("_", " ") for factor in factors],
        "SCORE": ["" if factor.score is None else str(factor.score) for factor in factors],
        "STANDING": [factor.standing for factor in factors],
        "ANSWERED": [one_line(" ".join(refs)) for refs in answers],
        "FACTOR": [one_line(factor.text) for factor in factors],
    }
    return aligned(table, dispensable=("CLASS", "STANDING", "SCORE", "ANSWERED"))
