"""What the global options come to: which journal, which incident, who, which zone, which config."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from scribe.clock import Clock
from scribe.config import Config, config_path, journal_path, load, who, zone_name
from scribe.journal.opening import is_there
from scribe.journal.store import Journal
from scribe.record.errors import Missing, NotFound, ScribeError
from scribe.record.state import Board
from scribe.record.text import normalise
from scribe.record.typed_time import parse
from scribe.record.when import Unreadable, When, zone

PATIENCE = 10.0
"""Seconds that a command waits for another process to let go of the journal."""

_DECLARE = "declare one with: scribe new TITLE"

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """One run of the command line. Everything is looked up when it is asked for: a command pays for what it uses."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.options: dict[str, str] = {}
        self.wrote = False
        """Whether the journal was opened to be written."""
        self._config: Config | None = None

    @property
    def config(self) -> Config:
        """The config file's content. Raises ConfigError."""
        if self._config is None:
            self._config = load(config_path(self.options.get("config"), os.environ))
        return self._config

    def go_without_config(self) -> None:
        """As if there were no config file: for who says that it cannot be read, and goes on."""
        self._config = Config()

    @property
    def path(self) -> Path:
        """The journal's file."""
        return journal_path(self.options.get("db"), os.environ)

    @property
    def me(self) -> str:
        """Who records, bare: ``@alice`` is alice."""
        return bare(who(self.options.get("me"), os.environ, self.config)) or "unknown"

    @property
    def zone(self) -> tzinfo:
        """The zone of the times shown and typed."""
        name = zone_name(self.options.get("tz"), self.config)
        try:
            return zone(name)
        except Unreadable as error:
            hint = f"try: {', '.join(error.choices)}" if error.choices else "names are like Europe/Berlin or UTC"
            raise ScribeError(error.message, hint) from None

    def time(self, text: str, option: str, *, future: bool = False) -> When:
        """The time that an option gives. Raises ScribeError naming the option."""
        try:
            return parse(text, now=self.clock.now(), zone=self.zone, future=future)
        except Unreadable as error:
            hint = f"try: {', '.join(error.choices)}" if error.choices else ""
            raise ScribeError(f"{option}: {error.message}", hint) from None

    @contextmanager
    def reading(self) -> Iterator[Journal]:
        """The journal, to read. Raises Missing where there is none."""
        journal = Journal.reading(self.path, self.clock)
        try:
            yield journal
        finally:
            journal.close()

    @contextmanager
    def writing(self, *, make: bool = False) -> Iterator[Journal]:
        """The journal, to append to; made where there is none only with ``make``. Raises Missing otherwise."""
        path = self.path
        if not make and not is_there(path):
            raise Missing(f"there is no journal at {path}", _DECLARE)
        journal = Journal.writing(path, self.clock, wait=PATIENCE)
        self.wrote = True
        try:
            yield journal
        finally:
            journal.close()

    @contextmanager
    def incident(self, *, write: bool = False) -> Iterator[tuple[Journal, Board]]:
        """The journal, and the board of the incident that was asked for. Raises NotFound.

        That there is no journal means, to whoever asks for an incident, that none was declared.
        """
        try:
            with self.writing() if write else self.reading() as journal:
                yield journal, self.board(journal)
        except Missing as error:
            raise NotFound(error.message, _DECLARE) from None

    def board(self, journal: Journal) -> Board:
        """The incident named with -i, else the open one that was active last. Raises NotFound."""
        board = self.chosen(journal)
        if board is None:
            latest = next(iter(journal.boards()), None)
            hint = (
                f"{_DECLARE}; or name the latest: -i {latest.incident}, or export SCRIBE_INCIDENT={latest.incident}"
                if latest
                else _DECLARE
            )
            raise NotFound("no incident is open", hint)
        return board

    def chosen(self, journal: Journal) -> Board | None:
        """As `board`, None when nothing was named (with -i, or in SCRIBE_INCIDENT) and nothing is open."""
        named = self.options.get("incident", os.environ.get("SCRIBE_INCIDENT"))
        if named is None:
            return journal.active()
        if not named.strip():
            raise NotFound("-i names no incident", "scribe list names them")
        return journal.named(named.strip())


class Command(click.Command):
    """A command whose help option needs no translations: gettext would look for some at every start."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:  # noqa: ARG002  # click's signature
        """``--help``."""
        return flag("--help", "Show this message.", lambda context: context.get_help())


def flag(name: str, help: str, shown: Callable[[click.Context], str]) -> click.Option:
    """An option that shows something and leaves."""

    def show(context: click.Context, _: click.Parameter, given: bool) -> None:
        if given and not context.resilient_parsing:
            click.echo(shown(context))
            context.exit()

    return click.Option([name], is_flag=True, expose_value=False, is_eager=True, help=help, callback=show)


def bare(name: str) -> str:
    """A person's name as it is stored: without the @ that it is typed with."""
    return normalise(name).strip().removeprefix("@")


def add_globals(command: F) -> F:
    """Give a command, or the group, the options that may stand before a command or behind its name."""
    for option in _GLOBALS:
        command = option(command)
    return command


def _keep(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:  # what stands nearer to the command wins
        session = context.find_object(Session)
        assert session is not None
        assert parameter.name is not None
        session.options[parameter.name] = value


def _option(*names: str, metavar: str, help: str) -> Callable[[F], F]:
    return click.option(*names, metavar=metavar, help=help, expose_value=False, callback=_keep)


_GLOBALS = (
    _option("--tz", metavar="ZONE", help="Zone of the times typed and shown."),
    _option("--me", metavar="NAME", help="Who is recording."),
    _option("--config", metavar="FILE", help="The config file."),
    _option("--db", metavar="FILE", help="The journal."),
    _option("-i", "--incident", metavar="ID", help="The incident: its id, or a part of it."),
)
