"""`scribe export`: the postmortem's document, to standard output or into a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from pathlib import Path

import click

from scribe.cli.beside import write
from scribe.cli.output import put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.live.policy import Policy
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
    document = rendered(passed, zone, template=template, draft=draft, own_roles=titles(session.config.policy))
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


def writes_beside(save: Callable[[str, str], Path], zone: tzinfo, policy: Policy) -> Callable[[AnyState], Path]:
    """What the screen exports with: each time into a new file, named after the incident."""

    def export(state: AnyState) -> Path:
        assert isinstance(state, State)  # the screen loads all entries first
        document = rendered(redact(state), zone, own_roles=titles(policy))
        return save(f"{state.board.incident}.md", document)

    return export


def titles(policy: Policy) -> dict[str, str]:
    """The titles of the team's own roles."""
    return {role.name: role.title for role in policy.own_roles}
