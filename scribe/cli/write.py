"""`scribe write`: what a section of the postmortem says, set, added to, or printed."""

from __future__ import annotations

import sys
from typing import Any

import click

from scribe.cli.aligned import aligned
from scribe.cli.cells import styled
from scribe.cli.log import TextLast
from scribe.cli.output import put_json, say
from scribe.cli.recording import recorded, typed
from scribe.cli.session import Session, add_globals
from scribe.record.afterwards import Written
from scribe.record.dates import moment
from scribe.record.errors import Refused, ScribeError
from scribe.record.sections import SECTIONS, Section, section
from scribe.record.state import State
from scribe.record.text import MAX_BYTES, one_line, visible
from scribe.record.when import Unreadable
from scribe.recorder import Recorder


class AroundSection(TextLast):
    """A command whose options stand before or right behind the first word; what follows them is text."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the options behind the section put before it."""
        place = self._text_at(args)
        if args[place : place + 1] == ["--"]:
            return super().parse_args(ctx, args)
        end = place + 1 + self._text_at(args[place + 1 :])
        name, options, text = args[place : place + 1], args[place + 1 : end], args[end:]
        if text[:1] == ["--"]:
            del text[0]
        else:
            self._refuse_options(ctx, text)
        return super().parse_args(ctx, [*args[:place], *options, "--", *name, *text])

    def _refuse_options(self, ctx: click.Context, text: list[str]) -> None:
        """An option behind the words would silently become one of them, and stand in the document."""
        known = {name for option in self.params if isinstance(option, click.Option) for name in option.opts}
        for word in text:
            if word.partition("=")[0] in known:
                raise click.UsageError(f"{word} stands behind the text: put it before, or -- before the text", ctx)


@click.command("write", cls=AroundSection, context_settings={"allow_interspersed_args": False})
@click.argument("name", required=False, metavar="SECTION")
@click.argument("text", nargs=-1, metavar="TEXT… | -")
@click.option("--add", "added", is_flag=True, help="Put the text behind what stands there.")
@click.option("--entry", "entries", metavar="REF", multiple=True, help="Quote an entry, like #12; may be repeated.")
@click.option("--keep", is_flag=True, help="Record secrets in the text as they are, instead of masking them.")
@click.option("--json", "as_json", is_flag=True, help="Print the sections, or that section, for programs.")
@add_globals
@click.pass_obj
def write_command(
    session: Session,
    name: str | None,
    text: tuple[str, ...],
    added: bool,
    entries: tuple[str, ...],
    keep: bool,
    as_json: bool,
) -> int:
    """Set one section of the postmortem to TEXT; alone, list the sections; with a section alone, print what it says.

    Options stand before the section or right behind it. "-" reads standard input; a list has one item a line, and ""
    takes away what stands there. An entry is quoted as it stands, with its reference behind it. For a section that
    nobody wrote the exit code is 1.
    """
    if name is None:
        if added or entries:
            raise click.UsageError("which section? SECTION is missing", click.get_current_context())
        return _list(session, as_json=as_json)
    found = section(name)
    if not text and not entries:
        if added:
            raise Refused("there is nothing to add")
        return _print(session, found, as_json=as_json)
    if text and entries:
        raise Refused("either words or entries", "add the words with another scribe write --add")
    said = [(Written(section=found.key, added=True, entry=entry), "") for entry in entries]
    if text:
        said = [(Written(section=found.key, added=added), _words(session, found, text))]
    with session.incident(write=True) as (journal, board):
        recorded(session, journal, board.incident, said, keep=keep, again="scribe write --keep …")
    if as_json:
        return _print(session, found, as_json=True)
    say(f"{one_line(board.incident)}\t{found.key}")
    return 0


def _words(session: Session, found: Section, text: tuple[str, ...]) -> str:
    words = typed(_input() if text == ("-",) else " ".join(text))
    if found.form != "date" or not words:
        return words
    try:
        return moment(words, now=session.clock.now(), zone=session.zone)
    except Unreadable as error:
        raise ScribeError(error.message) from None


def _input() -> str:
    """Standard input, or enough of it to be refused as too long. Raises Refused for none: nothing is taken away so."""
    text = sys.stdin.buffer.read(2 * MAX_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    if not text.strip():
        raise Refused("there is nothing on standard input", 'scribe write SECTION "" takes away what stands there')
    return text


def _state(session: Session) -> State:
    with session.incident() as (journal, board):
        return Recorder(journal, board.incident, me=session.me, policy=session.config.policy).load()


def _print(session: Session, found: Section, *, as_json: bool) -> int:
    state = _state(session)
    words = state.sections.get(found.key)
    if as_json:
        put_json(_shape(state, found))
    elif words and words.text:
        say(visible(words.text))
    else:
        from scribe.cli.root import complain

        return complain(f"{found.key} is not written yet", _guidance(found), 1)
    return 0


def _list(session: Session, *, as_json: bool) -> int:
    state = _state(session)
    if as_json:
        put_json([_shape(state, found) for found in SECTIONS])
        return 0
    said = [state.sections.get(found.key) for found in SECTIONS]
    table = {
        "SECTION": [found.key for found in SECTIONS],
        "WRITTEN": [f"@{one_line(words.by)}" if words and words.text else "-" for words in said],
        "WHAT IT SAYS, OR WHAT BELONGS THERE": [
            one_line(words.text) if words and words.text else f"({_guidance(found)})"
            for found, words in zip(SECTIONS, said, strict=True)
        ],
    }
    first, *lines = aligned(table)
    say(first)
    for line, words in zip(lines, said, strict=True):
        say(line if words and words.text else styled(line, dim=True))
    return 0


def _guidance(found: Section) -> str:
    return found.guidance + (f" One of {', '.join(found.choices)}." if found.choices else "")


def _shape(state: State, found: Section) -> dict[str, Any]:
    words = state.sections.get(found.key)
    written = words if words and words.text else None
    return {
        "section": found.key,
        "title": found.title,
        "form": found.form,
        "guidance": found.guidance,
        "choices": list(found.choices),
        "written": written is not None,
        "text": written.text if written else None,
        "by": written.by if written else None,
        "at": written.at if written else None,
    }
