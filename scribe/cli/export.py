"""`scribe export`: the postmortem's document, to standard output or into a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from scribe.cli.beside import write
from scribe.cli.output import aside, put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.clock import Clock
from scribe.config.path import path_of
from scribe.live.policy import Policy
from scribe.record.errors import ScribeError
from scribe.record.redact import Redacted, redact, withheld_note, withheld_refs
from scribe.record.state import AnyState, State
from scribe.record.text import one_line
from scribe.record.when import stamp
from scribe.recorder import Recorder

if TYPE_CHECKING:
    from scribe.after.lint.options import Options
    from scribe.after.postmortem import Postmortem

Form = Literal["md", "json", "html", "csv"]

NAMES = ("layered", "icre", "review", "classic", "lite")
"""The templates that come with scribe, the default first."""

_MOST = 1024 * 1024
_DRAFT = "export it as a draft that lists them with --draft; scribe check says why each matters"


@click.command("export", cls=Command)
@click.option(
    "--template",
    metavar=f"[{'|'.join(NAMES)}|FILE]",
    help="Which document: one of these, or a Jinja2 file of your own; the config may name another default.",
)
@click.option("--format", "form", type=click.Choice(get_args(Form)), default="md", help="csv: the timeline alone.")
@click.option("-o", "--output", metavar="FILE", help="Into this file; standard output without it, or with -.")
@click.option("--draft", is_flag=True, help="Mark it as a draft; that of an open incident always is one.")
@click.option("--include-restricted", is_flag=True, help="With restricted entries; without it they are withheld.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@add_globals
@click.pass_obj
def export_command(
    session: Session,
    template: str | None,
    form: Form,
    output: str | None,
    draft: bool,
    include_restricted: bool,
    force: bool,
) -> int:
    """Write the postmortem from the record.

    While errors of the check stand it is written as a draft alone. Restricted entries are withheld; the document says
    how many, and which, or that it contains them.
    """
    zone, policy = session.zone, session.config.policy
    chosen = Chosen(template or session.config.template or NAMES[0])
    with session.incident() as (journal, board):
        state = Recorder(journal, board.incident, me=session.me, policy=policy).load()
    passed = redact(state, include_restricted=include_restricted)
    now = stamp(session.clock.now())
    document = examined(passed, policy, zone, now=now, template=chosen.name, draft=draft, options=session.config.check)
    if not document.is_draft and _refused(document):
        return 1
    text = rendered(document, passed, chosen, form)
    if output is None or output == "-":
        put_utf8(text)
    else:
        write(path_of(output), text, force=force)
        refs = withheld_refs(passed)
        say(f"written to {one_line(output)}" + (f"; {withheld_note(refs)}" if refs else ""))
    return 0


class Chosen:
    """A template by one of its names, or a team's own file, which is read at once. Raises ScribeError."""

    def __init__(self, named: str) -> None:
        self.name = named
        self.source: str | None = None
        if named in NAMES:
            return
        path = path_of(named)
        if not (path.exists() or path.suffix or path.name != named):
            from difflib import get_close_matches

            close = get_close_matches(named.casefold(), NAMES, 1)
            advice = f"did you mean {close[0]}? " if close else ""
            raise ScribeError(f"there is no template {named}", f"{advice}there are {', '.join(NAMES)}, or name a file")
        self.name, self.source = path.name, _read(path)


def examined(
    passed: Redacted,
    policy: Policy,
    zone: tzinfo,
    *,
    now: str,
    template: str,
    draft: bool = False,
    options: Options | None = None,
) -> Postmortem:
    """The document model of an incident as it may be passed on, with what the check finds at ``now`` (UTC text)."""
    from scribe.exporters.document import checked, document

    found = document(passed, policy, zone, draft=draft)
    return checked(found, passed, now=now, template=template, options=options)


def rendered(document: Postmortem, passed: Redacted, chosen: Chosen, form: Form) -> str:
    """The document in one of the forms. Raises ScribeError where a team's own template is wrong."""
    match form:
        case "csv":
            from scribe.exporters.timeline import to_csv

            return to_csv((entry for entry in passed.entries if not entry.hidden), document.zone, document.head)
        case "json" if chosen.name == "icre" and chosen.source is None:
            from scribe.exporters import icre

            return icre.to_json(document, final=not document.is_draft)
        case "json":
            from scribe.exporters import model

            return model.to_json(passed, document)
        case "html":
            from scribe.exporters import html

            return html.page(document, _markdown(document, passed, chosen, diagrams=False))
        case "md":
            return _markdown(document, passed, chosen)


def writes_beside(
    save: Callable[[str, str], Path],
    zone: tzinfo,
    policy: Policy,
    *,
    clock: Clock | None = None,
    template: str = NAMES[0],
    form: Form = "md",
    options: Options | None = None,
) -> Callable[..., Path]:
    """What the screen exports with: each time into a new file, named after the incident; a draft where errors stand."""
    from msgspec.structs import replace

    from scribe.exporters.document import errors

    watch = clock or Clock()

    def export(state: AnyState, template: str = template, form: Form = form) -> Path:
        assert isinstance(state, State)  # the screen loads all entries first
        passed, chosen, now = redact(state), Chosen(template), stamp(watch.now())
        document = examined(passed, policy, zone, now=now, template=chosen.name, options=options)
        if errors(document):
            document = replace(document, is_draft=True)
        return save(f"{state.board.incident}.{form}", rendered(document, passed, chosen, form))

    return export


def _markdown(document: Postmortem, passed: Redacted, chosen: Chosen, *, diagrams: bool = True) -> str:
    if chosen.source is None:
        from scribe.exporters.markdown import TEMPLATES, postmortem

        (name,) = (known for known in TEMPLATES if known == chosen.name)
        return postmortem(document, name, diagrams=diagrams)
    from scribe.cli.isolated import filled

    return filled(document, passed, chosen.source, chosen.name, diagrams=diagrams)


def _refused(document: Postmortem) -> bool:
    """Whether errors stand; they are then listed where errors go."""
    from scribe.exporters.document import errors

    count = errors(document)
    if not count:
        return False
    standing = [found for found in document.findings if found.level == "error" and not found.waived]
    lines = [
        f"scribe: {count} {'error stands' if count == 1 else 'errors stand'}: this is no final document yet",
        *(one_line(f"  {found.code}  {found.where}: {found.message}") for found in standing),
        _DRAFT,
    ]
    aside("\n".join(lines))
    return True


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST + 1)
    except OSError as error:
        raise ScribeError(
            f"{path.name}: cannot be read: {error.strerror or error}",
            f"--template takes a file, or one of {', '.join(NAMES)}",
        ) from None
    if len(raw) > _MOST:
        raise ScribeError(f"{path.name}: is larger than a template may be", "it may have one MiB")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ScribeError(f"{path.name}: is not UTF-8 text (byte {error.start})") from None
