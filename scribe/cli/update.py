"""`scribe update`: the status update as the record fills it, printed, or recorded as sent."""

from __future__ import annotations

import click

from scribe.cli.masked import tell
from scribe.cli.output import put_utf8
from scribe.cli.session import Command, Session, add_globals
from scribe.exporters.update import FORMATS, rendered
from scribe.live.masking import masked
from scribe.live.typed import fits
from scribe.live.updates import LABELS, Composition, compose, draft_of, given_away, leaks, people, refusal
from scribe.live.updates import text as made_text
from scribe.record.errors import Refused, ScribeError
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.record.terms import AUDIENCES
from scribe.record.text import normalise
from scribe.record.typed_time import duration
from scribe.record.when import Unreadable, shifted, stamp
from scribe.recorder import Recorder


@click.command("update", cls=Command)
@click.option("--for", "audience", type=click.Choice(AUDIENCES), help="For whom; else whoever is due first.")
@click.option("--send", is_flag=True, help="Record it as sent, and count down to the next one.")
@click.option("--next", "later", metavar="DUR", help="When the next one is due, like 20m or 14:50.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default=next(iter(FORMATS)), help="The form.")
@add_globals
@click.pass_obj
def update_command(
    session: Session, /, audience: str | None, send: bool, later: str | None, form: str, **fields: str | None
) -> int:
    """Print the status update, filled from the record since the last one; with --send it is recorded as sent.

    A field that is given stands in the place of what the record says; an empty one is "unknown", or left out. Nothing
    that is restricted is drawn on, and what is for the public names nobody.
    """
    said = {name: masked(normalise(text)) for name, text in fields.items() if text is not None}
    edits = {name: text for name, (text, _) in said.items()}  # it leaves as it is recorded
    tell([kinds for _, kinds in said.values()], [f"--{name}" for name in said], "scribe log --keep /update …")
    for text in edits.values():
        fits(text)
    now = session.clock.now()
    at = stamp(now)
    next_at = _due(session, later, at) if later is not None else None
    policy = session.config.policy
    with session.incident(write=send) as (journal, board):
        recorder = Recorder(journal, board.incident, me=session.me, policy=policy)
        state = recorder.load()
        leading = state.board.leading.audience if state.board.leading else ""
        whom = audience or (leading if leading in AUDIENCES else policy.audiences[0])
        made = compose(redact(state), policy, at, whom, session.zone, edits, next_at, people(state))
        _hold_back(state, made)
        fits(made_text(made, session.zone))
        if send:
            _sendable(made)
            recorder.record((draft_of(made, session.zone),), now=now)
    put_utf8(rendered(made, session.zone, form))
    return 0


for _name, _label in LABELS.items():
    _option = click.Option([f"--{_name.replace('_', '-')}", _name], metavar="TEXT", help=f"The field “{_label}”.")
    update_command.params.append(_option)


def _hold_back(state: State, made: Composition) -> None:
    found = leaks(state, made)
    if found:
        raise Refused(f"this update would give away {given_away(found)}", "say it without, or to another audience")


def _sendable(made: Composition) -> None:
    wrong = refusal(made)
    if wrong:
        raise Refused(wrong, "--next 30m says it, and scribe log /cadence 2h for all that follow")


def _due(session: Session, text: str, at: str) -> str:
    if ":" in text:
        return session.time(text, "--next", future=True).at
    try:
        return shifted(at, duration(text))
    except Unreadable as error:
        raise ScribeError(f"--next: {error.message}", "like 20m, or 14:50") from None
