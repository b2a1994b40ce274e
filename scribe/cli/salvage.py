"""`scribe salvage`: what can be read of a damaged journal, in a new one, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from scribe.cli.beside import placing_journal
from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.config.path import path_of
from scribe.journal.place import beside
from scribe.journal.salvage import Result, Salvaged, salvage
from scribe.record.errors import Corrupt, Missing, ScribeError
from scribe.record.text import one_line

_MANY = 20
"""What is missing is named one by one up to here; --json names all of it."""


@click.command("salvage", cls=Command)
@click.argument("file", metavar="FILE")
@click.argument("new", required=False, metavar="[NEW]")
@click.option("-o", "--output", metavar="NEW", help="The new journal; beside FILE, as NAME.salvaged.db, without it.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@add_globals
@click.pass_obj
def salvage_command(session: Session, file: str, new: str | None, output: str | None, as_json: bool) -> int:
    """Read what can be read of FILE into a new journal, and say what is missing.

    FILE and what lies beside it are only read. An entry is taken when its digests hold, wherever it lies in the file;
    one whose words cannot be read stands without them. Where nothing is at FILE, FILE is the new journal and the
    damaged one is that of --db. The exit code is 1 when something is missing.
    """
    if new is not None and output is not None:
        raise ScribeError("two names for the new journal", "give it once")
    damaged, made = _named(session, path_of(file), new or output)
    with placing_journal(made) as making:
        result = salvage(damaged, making, session.clock)
    if as_json:
        put_json({"file": str(made), **_shape(result)})
    else:
        for line in _told(damaged, made, result):
            say(line)
    return 0 if result.is_whole else 1


def _named(session: Session, file: Path, new: str | None) -> tuple[Path, Path]:
    """The damaged journal, and the new one."""
    if _is_there(file):
        return file, path_of(new) if new else file.with_name(f"{file.stem}.salvaged.db")
    if new is not None:
        raise Missing(f"there is nothing at {file}", "name the damaged file first, then the new one")
    if not _is_there(session.path):
        raise Missing(f"there is nothing at {file}, and no journal at {session.path}", "name the damaged file")
    return session.path, file


def _is_there(path: Path) -> bool:
    """Whether there is something to read; a log alone is something. Raises Corrupt for what is no file."""
    if path.exists():
        if not path.is_file():
            raise Corrupt(f"{path} is no file", "name the damaged file")
        return True
    return beside(path, "-wal").is_file()


def _shape(result: Result) -> dict[str, Any]:
    incidents = [
        {
            "incident": one.incident,
            "entries": one.entries,
            "missing": [str(gap) for gap in one.gaps],
            "without_words": list(one.wordless),
            "declared": one.is_declared,
            "counted": one.counted,
            "ok": one.is_whole,
        }
        for one in result.incidents
    ]
    return {"incidents": incidents, "drafts": result.drafts, "blank_pages": result.blank, "ok": result.is_whole}


def _told(damaged: Path, made: Path, result: Result) -> Iterator[str]:
    for incident in result.incidents:
        name = one_line(incident.incident)
        yield from (f"{name}: {said}" for said in _said(incident))
    if result.drafts:
        texts = "text was" if result.drafts == 1 else "texts were"
        yield f"{result.drafts} unsent {texts} kept, for the screen to offer"
    if result.lacking:
        yield f"{result.lacking} {'page was' if result.lacking == 1 else 'pages were'} cut off the end of {damaged}"
    if result.blank:
        blank = "1 page is" if result.blank == 1 else f"{result.blank} pages are"
        yield f"{blank} blank: what stood there cannot be named"
    yield f"written to {one_line(str(made))}; look at it with scribe --db, then put it in the journal's place"
    yield "A cut-off tail shows only against a head noted earlier: scribe verify --all --against HEAD"


def _said(found: Salvaged) -> Iterator[str]:
    read = f"{found.entries} {'entry' if found.entries == 1 else 'entries'} read"
    if found.is_whole:
        yield f"{read}, nothing is missing"
        return
    yield f"{read}, {sum(gap.count for gap in found.gaps)} missing: {_listed(found.gaps)}" if found.gaps else read
    if not found.is_declared:
        yield "its declaration is missing"
    if found.wordless:
        yield f"the words of {_listed(found.wordless)} could not be read"
    if found.unnamed:
        yield "something is missing that other entries name, and nothing tells what it was"
    if not found.counted:
        yield "the summary that counts its entries could not be read: the last ones may be missing too"


def _listed(names: Sequence[object]) -> str:
    shown = one_line(", ".join(map(str, names[:_MANY])))
    return shown if len(names) <= _MANY else f"{shown} and {len(names) - _MANY} more"
