"""Every option and argument of every command, given hostile text: found by asking the commands themselves."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from scribe.cli.root import COMMANDS, scribe
from tests.hostile.fields import Record
from tests.hostile.values import SHORT
from tests.hostile.views import harmless, say

SINK = "x\x1b[2J\x9b31m\u202e\u200b\r\n[/b]<b>|`=1`{{x}} %s\udcff\x07"
"""A bit of everything that a shell can hand on: no NUL, and bytes that are no text."""

Option = tuple[tuple[str, ...], click.Parameter]


def options() -> Iterator[tuple[tuple[str, ...], click.Command, click.Parameter]]:
    """Every parameter that takes a value, with the words of its command."""
    context = click.Context(scribe)
    for parameter in scribe.params:
        if _takes_a_value(parameter):
            yield (), scribe, parameter
    for name in COMMANDS:
        command = scribe.get_command(context, name)
        assert command is not None
        yield from _of((name,), command)


def _of(
    words: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command, click.Parameter]]:
    shared = {option for parameter in scribe.params for option in parameter.opts}
    for parameter in command.params:
        if _takes_a_value(parameter) and not set(parameter.opts) & shared:
            yield words, command, parameter
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None
            yield from _of((*words, name), found)


def _takes_a_value(parameter: click.Parameter) -> bool:
    return not getattr(parameter, "is_flag", False)


def argv(words: tuple[str, ...], command: click.Command, parameter: click.Parameter, value: str) -> list[str]:
    """A command line in which one parameter has that value, and whatever else is needed has a plain one."""
    line = list(words)
    behind: list[str] = []
    for other in command.params:
        given = value if other is parameter else "x" if other.required else None
        if given is None:
            continue
        if isinstance(other, click.Argument):
            behind.append(given)
        else:
            line += [other.opts[-1], given]
    if not words:
        line.append("status")
    return [*line, *behind]


def run(count: int, seed: int) -> dict[str, int]:
    """So many values for each parameter; what was called. Raises AssertionError where something got out."""
    random, seen = Random(seed), Counter[str]()
    with TemporaryDirectory() as top:
        folder = Path(top, *"abcdef")  # what a value makes of a path stays far from anything
        folder.mkdir(parents=True)
        before = Path.cwd()
        os.chdir(folder)
        try:
            record = Record(folder / "journal.db", Random(seed))
            for words, command, parameter in options():
                for number in range(count):
                    value = SINK if not number else _handed_on(random.choice(SHORT))
                    given = argv(words, command, parameter, value)
                    _call(record, given)
                    seen.update(calls=1, harmless_paths=len(list(Path(top).iterdir())) == 1)
                seen.update(parameters=1)
        finally:
            os.chdir(before)
    return dict(seen)


def _call(record: Record, given: list[str]) -> None:
    said = say(["--db", str(record.path), "--me", "sam", *given], record.clock)
    told = f"{given}: {said.code} {said.err[:500]}"
    assert said.code in (0, 1, 2, 3), told
    assert "bug in scribe" not in said.err, told
    assert said.code < 2 or re.match(r"(?s).*^scribe: ", said.err, re.MULTILINE), told
    try:
        harmless(said.err)
        harmless(said.out.replace("\r\n", "\n").replace("\t", "", 1 if given[0] == "log" else 0))
    except AssertionError as error:
        raise AssertionError(f"{given}: {error}") from error


def _handed_on(value: str) -> str:
    """The value as a shell can hand it on."""
    return re.sub("[\ud800-\udfff]", "\udcfe", value.replace("\0", ""))
