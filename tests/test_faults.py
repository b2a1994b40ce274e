"""docs/FAULTS.md names what a person is told: every message of the code that it covers, and none that nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "FAULTS.md").read_text(encoding="utf-8")

COVERED = sorted((ROOT / "scribe" / "journal").glob("*.py"))
"""Where every fault of the journal is one that the page explains. What is refused in what was typed is none."""

FAULTS = {"JournalError", "Busy", "ReadOnly", "Full", "Corrupt", "Newer", "Missing", "Gone"}

PLACE = "…"
"""Stands for what differs: the file's name, a number, somebody's words."""


def template(node: ast.expr) -> str:
    """A message as the code has it, with a sign for each thing that is put into it; empty for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{}", PLACE)
        case ast.JoinedStr(values=parts):
            return "".join(template(part) for part in parts)
        case ast.FormattedValue():
            return PLACE
        case _:
            return ""


def errors(file: Path) -> Iterator[tuple[str, int]]:
    """Every message of an error that is made in a file, and its line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FAULTS and node.args:
            message = template(node.args[0])
            if message.strip(PLACE):
                yield message, node.lineno


def texts(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield template(node)


NAMED = re.findall(r"`([^`]+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith(("### ", "Also: "))))
"""The messages that the page explains: those in its headings, and beside them."""


@pytest.mark.parametrize("file", COVERED, ids=lambda file: file.stem)
def test_every_message_is_explained(file: Path) -> None:
    lacking = [f"{file.name}:{line}: {message}" for message, line in errors(file) if message not in NAMED]
    assert lacking == []


def test_nothing_is_explained_that_nobody_says() -> None:
    pieces = [max(message.split(PLACE), key=len)[:20] for message in NAMED]
    likely = [
        file
        for file in (ROOT / "scribe").rglob("*.py")
        if any(piece in source for source in [file.read_text(encoding="utf-8")] for piece in pieces)
    ]  # to parse all of them takes seconds
    said = "\0".join(text for file in likely for text in texts(file))
    assert [message for message in NAMED if message not in said] == []


def test_each_is_explained_once_and_whole() -> None:
    headings = [line for line in PAGE.splitlines() if line.startswith("### ")]
    assert len(NAMED) == len(set(NAMED))
    for part in PAGE.split("\n### ")[1:]:
        for label in ("**Means.**", "**Scribe did.**", "**Do.**"):
            assert label in part, part.partition("\n")[0]
    assert len(headings) > 20


def test_there_are_messages_to_explain() -> None:
    assert sum(1 for file in COVERED for _ in errors(file)) > 30
