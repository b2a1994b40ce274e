"""`scribe`, `scribe open` and `scribe demo`: what opens the full screen."""

from __future__ import annotations

import gc
import os
import sys
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scribe.cli.session import PATIENCE, Command, Session, add_globals
from scribe.config.path import path_of
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT, Policy
from scribe.record.errors import ScribeError

if TYPE_CHECKING:
    from scribe.ui.safekeeping import Make

_IMPATIENCE = 0.02
"""Seconds that the screen waits for another process: a key stroke must not wait, so it tries again later."""


@click.command("open", cls=Command)
@click.argument("named", required=False, metavar="[ID]")
@add_globals
@click.pass_obj
def open_command(session: Session, named: str | None) -> int:
    """Open the full screen on one incident, else on the open one that was active last."""
    if named is not None:
        session.options["incident"] = named
    return show(session)


@click.command("demo", cls=Command)
@click.option("--live", is_flag=True, help="As if it were burning now: the first 42 minutes.")
@click.option("--written", is_flag=True, help="With its postmortem written: F8 shows it.")
@add_globals
@click.pass_obj
def demo_command(session: Session, live: bool, written: bool) -> int:
    """Open the full screen on a sample incident; its journal is a temporary one and goes when the screen does."""
    from tempfile import TemporaryDirectory

    from scribe.cli.demo import LIVE, LONG_AGO, tell, write

    if live and written:
        raise ScribeError("--live and --written exclude each other", "what burns has no postmortem yet")
    _need_terminal()
    zone, me = session.zone, session.me
    with TemporaryDirectory(prefix="scribe-demo-") as folder:  # made for its owner alone
        journal = Journal.writing(Path(folder) / "journal.db", session.clock, wait=PATIENCE)
        try:
            incident = tell(journal, session.clock.now() - LIVE, LIVE) if live else tell(journal, LONG_AGO)
            if written:
                write(journal, incident)
            return _run(session, journal, incident, me=me, policy=DEFAULT, zone=zone)
        finally:
            journal.close()


def show(session: Session) -> int:
    """Open the full screen: on the incident that was named, else where the screen itself begins."""
    _need_terminal()
    zone, me, policy = session.zone, session.me, session.config.policy
    if session.options.get("incident") is not None:
        with session.incident() as (_, board):  # an unknown one is refused before the screen opens, or a file is made
            first = board.incident
    else:
        first = ""
    from scribe.cli.backup import copy_at_leaving, makes_copies

    journal = Journal.showing(session.path, session.clock, wait=PATIENCE)
    try:
        copies = makes_copies(session) if journal.refusal is None else None
        code = _run(session, journal, first, me=me, policy=policy, zone=zone, copies=copies)
        if copies is not None and not code:
            copy_at_leaving(session, journal)
        return code
    finally:
        journal.close()


def _run(
    session: Session,
    journal: Journal,
    first: str,
    *,
    me: str,
    policy: Policy,
    zone: tzinfo,
    copies: Make | None = None,
) -> int:
    from scribe.cli.beside import saves_beside
    from scribe.cli.export import NAMES, writes_beside
    from scribe.recorder import Incidents

    os.environ.setdefault("TEXTUAL_FPS", "500")  # at 60 a key just behind the clock's tick waits for 17 ms
    from scribe.ui.agreed import Agreed
    from scribe.ui.app import run
    from scribe.ui.zones import Zones

    save, template = saves_beside(_here()), session.config.template or NAMES[0]
    journal.wait = _IMPATIENCE
    journal.put_off_checkpoints()
    gc.freeze()  # what was loaded by now stays: collections need not look through it
    return run(
        Incidents(journal, me=me, policy=policy),
        session.clock,
        Zones(zone),
        writes_beside(save, zone, policy, clock=session.clock, template=template, options=session.config.check),
        save=save,
        agreed=Agreed(template, session.config.check),
        copies=copies,
        first=first,
        theme=session.config.theme or "dark",
    )


def _here() -> Path:
    """Where documents are written; the home, if there is one, where the folder that scribe was started in is gone."""
    try:
        return Path.cwd()
    except OSError:
        home = path_of("~")
        return home if home.is_absolute() else Path(os.sep)


def _need_terminal() -> None:
    """Without a terminal the screen would wait for ever for keys."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = "without one use scribe status, log or timeline; scribe --help lists all commands"
        raise ScribeError("the full screen needs a terminal", hint)
