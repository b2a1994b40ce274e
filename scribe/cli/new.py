"""`scribe new`: declares an incident."""

from __future__ import annotations

import click

from scribe.cli.masked import tell
from scribe.cli.output import aside, put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.live.arguments import severity
from scribe.live.masking import Mask
from scribe.live.typed import Setting
from scribe.record.errors import Refused, ScribeError
from scribe.record.naming import check_incident
from scribe.record.text import MAX_BYTES, normalise
from scribe.recorder import declare


@click.command("new", cls=Command)
@click.argument("title", nargs=-1, metavar="TITLE")
@click.option("--sev", metavar="N", help="1 (critical) to 4 (low); without it the severity is unset.")
@click.option("--solo", is_flag=True, help="You take every role.")
@click.option("--security", is_flag=True, help="A security incident, on the protected track.")
@click.option("--postmortem-only", is_flag=True, help="It is over already: everything is reconstructed.")
@click.option("--at", metavar="TIME", help="When it was declared, like 14:02 or -12m.")
@click.option("--id", "wanted", metavar="ID", default="", help="The incident's id, instead of a new one.")
@click.option("--keep", is_flag=True, help="Record a secret in the title as it is, instead of masking it.")
@click.option("--json", "as_json", is_flag=True, help='Print {"incident": ID}.')
@add_globals
@click.pass_obj
def new_command(
    session: Session,
    title: tuple[str, ...],
    sev: str | None,
    solo: bool,
    security: bool,
    postmortem_only: bool,
    at: str | None,
    wanted: str,
    keep: bool,
    as_json: bool,
) -> int:
    """Declare an incident; prints its id. The journal is made where there is none."""
    words = normalise(" ".join(title)).strip()
    if not words:
        raise Refused("an incident needs a title", 'like: scribe new "Checkout fails in EU"')
    if len(words.encode()) > MAX_BYTES:
        raise Refused("a title holds at most 64 KiB")
    if wanted:
        check_incident(wanted, said="--id")
    now = session.clock.now()
    level = None
    if sev is not None:
        level = severity(sev, Setting(now, now, session.zone, session.config.policy.severity_aliases))
        if level is None:
            raise ScribeError(f"--sev: {sev} is not a severity", "1 (critical) to 4 (low)")
    when = session.time(at, "--at") if at is not None else None
    mask = Mask(keep=keep)
    with session.writing(make=True) as journal:
        found = declare(
            journal,
            words,
            now=now,
            me=session.me,
            policy=session.config.policy,
            severity=level,
            solo=solo,
            security=security,
            postmortem_only=postmortem_only,
            when=when,
            incident=wanted,
            mask=mask,
        )
        caution = journal.caution
    if caution:
        aside(f"scribe: {caution}")
    tell(mask.found, ["the title"], "scribe new --keep …")
    if as_json:
        put_json({"incident": found})
    else:
        say(found)
    return 0
