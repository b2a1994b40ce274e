"""`scribe export`: the postmortem's document, to standard output or into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import tzinfo
from pathlib import Path

import click

from scribe.cli.output import put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.errors import ScribeError
from scribe.record.redact import Redacted, redact, withheld_note, withheld_refs
from scribe.record.state import AnyState, State
from scribe.recorder import Recorder


@click.command("export", cls=Command)
@click.option("--template", type=click.Choice(["layered", "classic"]), default="layered", help="Which document.")
@click.option("--format", "form", type=click.Choice(["md"]), default="md", help="Markdown.")
@click.option("-o", "--output", metavar="FILE", help="Into this file; standard output without it, or with -.")
@click.option("--draft", is_flag=True, help="Mark it as a draft; that of an open incident always is one.")
@click.option("--include-restricted", is_flag=True, help="With restricted entries; without it they are withheld.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@add_globals
@click.pass_obj
def export_command(
    session: Session,
    template: str,
    form: str,  # noqa: ARG001  # one form so far
    output: str | None,
    draft: bool,
    include_restricted: bool,
    force: bool,
) -> int:
    """Write the postmortem from the record.

    Restricted entries are withheld; the document says how many, and which, or that it contains them.
    """
    zone = session.zone
    with session.incident() as (journal, board):
        state = Recorder(journal, board.incident, me=session.me, policy=session.config.policy).load()
    passed = redact(state, include_restricted=include_restricted)
    own_roles = {role.name: role.title for role in session.config.policy.own_roles}
    document = rendered(passed, zone, template=template, draft=draft, own_roles=own_roles)
    if output is None or output == "-":
        put_utf8(document)
    else:
        write(Path(output).expanduser(), document, force=force)
        refs = withheld_refs(passed)
        say(f"written to {output}" + (f"; {withheld_note(refs)}" if refs else ""))
    return 0


def rendered(
    passed: Redacted,
    zone: tzinfo,
    *,
    template: str = "layered",
    draft: bool = False,
    own_roles: Mapping[str, str] | None = None,
) -> str:
    """The document of an incident as it may be passed on; ``own_roles`` are the titles of the team's own roles."""
    from scribe.after.postmortem import build
    from scribe.exporters.markdown import TEMPLATES, postmortem

    (name,) = (known for known in TEMPLATES if known == template)
    return postmortem(build(passed, zone=zone, draft=draft, own_roles=own_roles), name)


def writes_beside(folder: Path, zone: tzinfo) -> Callable[[AnyState], Path]:
    """What the screen exports with: each time into a new file in that folder, named after the incident."""

    def export(state: AnyState) -> Path:
        assert isinstance(state, State)  # the screen loads all entries first
        document = rendered(redact(state), zone)
        name = state.board.incident
        for turn in range(1, 1000):
            path = folder / f"{name}{f'-{turn}' if turn > 1 else ''}.md"
            if not os.path.lexists(path):
                write(path, document)
                return path
        raise ScribeError(f"{folder} holds a thousand documents of {name}", "move some of them away")

    return export


def write(path: Path, document: str, *, force: bool = False) -> None:
    """Put the document there whole or not at all, readable by its owner alone.

    It is written beside its place and moved there, so that no link is followed and nobody reads half of it.
    Raises ScribeError when there is a file already and it was not said to replace it.
    """
    from secrets import token_hex

    taken = ScribeError(f"{path} exists already", "give another name, or --force to replace it")
    if path.is_dir():
        raise ScribeError(f"{path} is a folder", "name a file in it")
    if not force and os.path.lexists(path):
        raise taken
    beside = path.with_name(f".{path.name[:80]}.{token_hex(4)}")
    try:
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(document.encode())
                file.flush()
                os.fsync(file.fileno())
            _move(beside, path, force=force)
        finally:
            beside.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise ScribeError(f"cannot write {path}: {error.strerror or error}", "name another file with -o") from None


def _move(beside: Path, path: Path, *, force: bool) -> None:
    """Put the file in its place; without ``force`` only if nobody has put one there in the meantime."""
    if force:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError from None
        beside.rename(path)
