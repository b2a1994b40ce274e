"""docs/FAULTS.md names what a person is told when something breaks: every such message of the code, and no other.

A fault is what broke, or is refused, outside of what the person typed: a file, a disk, a terminal, another program,
data that came from elsewhere, a limit. What is refused in what was typed is none: its message says what to type.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIBE = ROOT / "scribe"
PAGE = (ROOT / "docs" / "FAULTS.md").read_text(encoding="utf-8")

PURE = ("record", "live", "after", "words")
"""Rooms without any file, disk or clock: all that they can refuse is what was typed."""

REASONS = "record/chain.py"
"""What is wrong with a record that came from elsewhere, or was altered: every sentence there is told behind a fault."""

OF_INPUT = ("NotFound", "ParseError")
"""Errors that always are about what was typed: an incident that nobody has, a line that nobody can read."""

OF_OPTIONS = {
    "cli": "Refused",  # what a command was given to record, and the record cannot take
    "recorder": "Refused",
    "ui/postmortem/writing.py": "Refused",  # a text that was typed and is too long
    **dict.fromkeys(
        (
            "cli/check.py",
            "cli/checkpoint.py",
            "cli/log.py",
            "cli/recording.py",
            "cli/new.py",
            "cli/screen.py",
            "cli/session.py",
            "cli/update.py",
            "cli/verify.py",
            "cli/write.py",
        ),
        "ScribeError",  # an option, or a line, of a command that reads and writes no file but the journal
    ),
}
"""Where one kind of error is about options and arguments alone. Whatever else is raised there is a fault."""

TYPED = {
    "the config wants no rolling backups: [backup] keep = 0",
    "… is the journal itself",
    "a bundle is no text for a terminal",
    "the bundle holds …, and not …",
    "there is no template …",
    "--id is for whole incidents, and … goes into one",
    "there already is an incident …",
    "two names for the new journal",
    "why it is erased is missing",
    "no editor is named",
    "a section holds at most 64 KiB",
    "the record holds no entry with the digest …",
    "…; not recorded",
    "nothing was erased",
    "… …: this is no final document yet",
    "…; --include-restricted adds them",
    "… is not written yet",
    "line …: …",  # which line of standard input it befell, before a message of its own
}
"""Single messages about what was typed, in places that also tell of faults."""


PASSED_ON = {
    ("config/reader.py", "ConfigError"),  # the key, and what is wrong with its value
    ("cli/isolated.py", "ScribeError"),  # the limits of `exporters.own`, and how a process ended
    ("exporters/own.py", "ScribeError"),  # the words of the template's own errors
    ("exporters/apart.py", "ScribeError"),  # what the process that fills a template says
    ("importers/archive.py", "TooMuch"),  # limits, which are read where they are held
    ("importers/scribe.py", "ScribeError"),  # why one entry cannot be taken
    ("journal/backup.py", "Stopped"),  # that a copy was given up, which nobody is told
    ("ui/desk.py", "Broken"),  # an error of the journal, as it was made
    ("ui/register/desk.py", "Broken"),
}
"""Where one kind of error is made of words that stand, and are explained, elsewhere."""

PLACE = "…"
"""Stands for what differs: the file's name, a number, somebody's words."""

TELLERS = {"complain": 0, "Unsafe": 0, "_hold": 2}
"""What tells a fault without an error, and which of its arguments is the message; so do `say` and `Noticed`, as an
error, and what stands behind ``scribe: ``. Where they say nothing of their own, they hand on what an error says."""


def template(node: ast.expr | None) -> str:
    """A message as the code has it, with a sign for each thing that is put into it; empty for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{}", PLACE)
        case ast.JoinedStr(values=parts):
            return re.sub(f"{PLACE}+", PLACE, "".join(template(part) for part in parts).replace("{}", PLACE))
        case ast.FormattedValue():
            return PLACE
        case _:
            return ""


@cache
def sources() -> dict[str, str]:
    """Every file of scribe by its place in it."""
    return {
        file.relative_to(SCRIBE).as_posix(): file.read_text(encoding="utf-8") for file in sorted(SCRIBE.rglob("*.py"))
    }


@cache
def nodes(place: str) -> list[ast.AST]:
    """A file's syntax; to parse all of them takes seconds, so it is asked for where a message can be."""
    return list(ast.walk(ast.parse(sources()[place])))


@cache
def errors() -> frozenset[str]:
    """The errors that a person is told: ScribeError and every kind of it, wherever that is defined."""
    known, before = {"ScribeError"}, 0
    heads = [head for source in sources().values() for head in re.findall(r"^class (\w+)\((\w+)", source, re.M)]
    while len(known) > before:
        before = len(known)
        known |= {name for name, base in heads if base in known}
    return frozenset(known)


@cache
def told(place: str) -> list[tuple[str, str, int]]:
    """Every message of a file that tells of something refused: its kind, its words, and its line."""
    return list(_told(place))


def _told(place: str) -> Iterator[tuple[str, str, int]]:
    if place == REASONS:
        found = nodes(place)
        aside = {id(node.value) for node in found if isinstance(node, ast.Expr)}  # what documents
        aside |= {id(part) for node in found if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in found:
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in aside and " " in template(node):
                yield "reason", template(node), node.lineno
    if place.split("/")[0].removesuffix(".py") in PURE:
        return
    names = "|".join((*errors(), *TELLERS))
    if not re.search(rf"\b(?:{names})\(|, \"error\"\)|\"scribe: ", sources()[place]):
        return
    for node in nodes(place):
        match node:
            case ast.Call(func=ast.Name(id=kind), args=[message, *_]) if kind in errors():
                yield kind, template(message), node.lineno
            case ast.Call(func=ast.Name(id=kind), args=[*given]) if len(given) > TELLERS.get(kind, 99):
                yield kind, template(given[TELLERS[kind]]), node.lineno
            case ast.Call(
                func=ast.Attribute(attr="say" | "_say") | ast.Name(id="Noticed"),
                args=[message, ast.Constant(value="error")],
            ):
                yield "say", template(message), node.lineno
            case ast.Assign(
                targets=[ast.Attribute(attr="notice")],
                value=ast.Tuple(elts=[message, ast.Constant(value="error")]),
            ):
                yield "notice", template(message), node.lineno
            case ast.JoinedStr() if template(node).startswith("scribe: "):
                yield "scribe:", template(node).removeprefix("scribe: ").partition("\n")[0], node.lineno
            case _:
                pass


def is_of_input(place: str, kind: str, message: str) -> bool:
    """Whether that is refused in what somebody typed."""
    room = place.split("/")[0]
    return kind in (*OF_INPUT, OF_OPTIONS.get(room), OF_OPTIONS.get(place)) or message in TYPED


def has_words(message: str) -> bool:
    return re.search(r"[a-z]", message) is not None


NAMED = re.findall(r"`([^`]+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith(("### ", "Also: "))))
"""The messages that the page explains: those in its headings, and beside them."""


@pytest.mark.parametrize("room", sorted({place.split("/")[0] for place in sources()}))
def test_every_fault_is_explained(room: str) -> None:
    lacking = [
        f"{place}:{line}: {kind}: {message or '(a message that does not stand there)'}"
        for place in sources()
        if place.split("/")[0] == room
        for kind, message, line in told(place)
        if not is_of_input(place, kind, message)
        if (message not in NAMED if has_words(message) else kind in errors() and (place, kind) not in PASSED_ON)
    ]
    assert lacking == []


def test_nothing_is_excepted_that_nobody_says() -> None:
    said = [(place, kind, message) for place in sources() for kind, message, _ in told(place)]
    assert TYPED - {message for _, _, message in said} == set()
    assert PASSED_ON - {(place, kind) for place, kind, message in said if not has_words(message)} == set()
    used = {(at, kind) for place, kind, _ in said for at in (place, place.split("/")[0])}
    assert [at for at, kind in OF_OPTIONS.items() if (at, kind) not in used] == []
    assert TYPED & set(NAMED) == set()


def test_nothing_is_explained_that_nobody_says() -> None:
    said = {message for place in sources() for _, message, _ in told(place)}
    elsewhere = [message for message in NAMED if message not in said]
    pieces = [max(message.split(PLACE), key=len)[:20] for message in elsewhere]
    likely = [place for place, source in sources().items() if any(piece in source for piece in pieces)]
    texts = "\0".join(
        template(node) for place in likely for node in nodes(place) if isinstance(node, ast.Constant | ast.JoinedStr)
    )
    assert [message for message in elsewhere if message not in texts] == []


def test_each_is_explained_once_and_whole() -> None:
    headings = [line for line in PAGE.splitlines() if line.startswith("### ")]
    assert len(NAMED) == len(set(NAMED))
    for part in PAGE.split("\n### ")[1:]:
        for label in ("**Means.**", "**Scribe did.**", "**Do.**"):
            assert label in part, part.partition("\n")[0]
    assert len(headings) > 20


def test_there_are_messages_to_explain() -> None:
    faults = [place for place in sources() for kind, message, _ in told(place) if not is_of_input(place, kind, message)]
    assert len(faults) > 100
    assert {"ScribeError", "JournalError", "Corrupt", "Gone", "TooMuch", "NotYetGone"} <= errors()
