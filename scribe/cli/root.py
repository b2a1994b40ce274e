"""The `scribe` command: its subcommands, loaded when they are called, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click
from msgspec import MsgspecError

from scribe import __version__
from scribe.cli.session import Command, Session, add_globals, flag
from scribe.clock import Clock
from scribe.record.errors import ScribeError
from scribe.record.text import one_line, visible

COMMANDS = {
    "open": ("screen", "the full screen on one incident"),
    "demo": ("screen", "the full screen on a sample incident, in a temporary journal"),
    "new": ("new", "declare an incident"),
    "log": ("log", "record an entry, or one a line from standard input"),
    "list": ("incidents", "the incidents"),
    "status": ("status", "where the incident stands"),
    "timeline": ("timeline", "the entries"),
    "update": ("update", "the status update, filled from the record"),
    "checkpoint": ("checkpoint", "the packet for whoever takes over"),
    "verify": ("verify", "recompute every digest: was the record altered?"),
    "check": ("check", "the linter: what the record and the postmortem still want"),
    "export": ("export", "the postmortem's document"),
    "write": ("write", "a section of the postmortem"),
    "factor": ("factor", "the contributing factors"),
    "actions": ("actions", "the register of action items over all incidents"),
    "import": ("imports", "a whole incident, or the timeline of another tool"),
    "bundle": ("bundle", "one incident as one file, for another machine"),
    "unbundle": ("bundle", "another copy of an incident, merged into this journal"),
    "erase": ("erase", "destroy the words of an entry for ever"),
    "backup": ("backup", "a consistent copy of the whole journal"),
    "salvage": ("salvage", "what can be read of a damaged journal, in a new one"),
    "reindex": ("reindex", "fold every summary anew from the record"),
    "doctor": ("doctor", "what this machine offers, and whether the journal is well"),
}
"""Each command's module and its line in the help, so that showing the help loads none of them."""


class Lazy(Command, click.Group):
    """A group that imports a command when it is called: `scribe log` does not wait for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """One command, imported."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"scribe.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named; a UsageError suggests the nearest where there is none of that name."""
        if args[0] not in COMMANDS:
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, 1)
            advice = f"; did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"there is no command {args[0]}{advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=Lazy, invoke_without_command=True, context_settings={"max_content_width": 100})
@add_globals
@click.pass_context
def scribe(context: click.Context) -> int:
    """Keep the record of an incident while it burns; write the postmortem from the same record.

    Without a command the full screen opens: the active incident, else the list.
    """
    if context.invoked_subcommand is None:
        from scribe.cli.screen import show

        session = context.find_object(Session)
        assert session is not None
        return show(session)
    return 0


scribe.params.append(flag("--version", "Show the version.", lambda _: f"scribe {__version__}"))


def run(argv: Sequence[str], clock: Clock | None = None) -> int:
    """Carry out one command; returns the exit code. Nothing that goes wrong shows a traceback.

    click's own `main` is not used: it maps errors to forms of its own before one can see them.
    """
    for name, way in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started this: what is said goes nowhere, and nothing breaks
            setattr(sys, name, Path(os.devnull).open(way))  # noqa: SIM115  # it lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal in another encoding shows ?, and goes on
            stream.reconfigure(errors="replace")
    session = Session(clock or Clock())
    try:
        code = _invoke(list(argv), session)
        sys.stdout.flush()
    except ScribeError as error:
        return complain(error.message, error.hint, error.exit_code)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "scribe"
        message = error.format_message()
        return complain(message[:1].lower() + message[1:].rstrip("."), f"try: {path} --help", 2)
    except click.ClickException as error:
        return complain(error.format_message(), "", 2)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        _drop_output()
        return 141
    except MsgspecError:
        return complain("the summary of an incident is damaged", "its record is not: run scribe reindex", 3)
    except OSError as error:
        why = error.strerror or type(error).__name__
        stands = "what was recorded before that stands in the record all the same: scribe timeline shows it"
        if not _is_lost(error):
            return complain(f"the system refused: {why}", stands, 1)
        hint, code = (stands, 1) if session.wrote else ("nothing was changed; free some space, or name another file", 3)
        return complain(f"cannot write to standard output: {why[:1].lower()}{why[1:]}", hint, code)
    except Exception as error:
        hint = _damage(session)
        if hint:
            return complain(f"{session.path} is damaged (it holds what scribe never wrote)", hint, 3)
        return complain(_unexpected(error), "this is a bug in scribe: please report the line above", 1)
    return code


def _damage(session: Session) -> str:
    """Where to look when the journal does not verify, or was forged so that it does; empty where it is neither.

    That something falls over on it is no bug then.
    """
    from scribe.importers.bundle import fault
    from scribe.record.chain import verify

    forged, salvage = "", f"scribe salvage {session.path} NEW reads what can be read"
    try:
        with session.reading() as journal:
            for incident in journal.incidents():
                rows = list(journal.stored(incident))
                if not verify(rows).ok:
                    return f"scribe verify --all names the entry, {salvage}"
                wrong = next(((row, why) for row in rows if (why := fault(row))), None)
                if wrong and not forged:
                    row, why = wrong
                    place = one_line(f"{incident}, {row.header.ref} ({row.id})")
                    forged = f"{place}: {why}; its digests fit, so somebody wrote it with another tool"
    except Exception:
        return forged
    return forged


def complain(message: str, hint: str, code: int) -> int:
    """Say in one line what went wrong, and in the next how to put it right; returns the exit code."""
    try:
        sys.stdout.flush()  # what was said before it stands before it
    except OSError:
        _drop_output()
    try:
        text = f"scribe: {one_line(message)}\n" + (f"{visible(hint)}\n" if hint else "")
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _drop_output()
    return code


def _invoke(argv: list[str], session: Session) -> int:
    try:
        with scribe.make_context("scribe", argv, obj=session) as context:
            found = scribe.invoke(context)
    except click.exceptions.Exit as leaving:  # --help and --version
        return leaving.exit_code
    return found if isinstance(found, int) else 0


def _unexpected(error: Exception) -> str:
    """The kind of error and its place, never its words: those may hold what people wrote."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.startswith("scribe"):
            place = f" at {name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"unexpected {type(error).__name__}{place}"


def _is_lost(error: OSError) -> bool:
    """Whether it was standard output that failed; what it did not take is tried once more."""
    from scribe.cli.output import Lost

    try:
        sys.stdout.flush()
    except OSError:
        return True
    return isinstance(error, Lost)


def _drop_output() -> None:
    """Nobody reads on: let the interpreter's last flush go nowhere instead of complaining."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
