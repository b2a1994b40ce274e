"""Every way out of the record, held against what is restricted in it: nothing of that may be there unasked."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from scribe.cli.root import scribe
from scribe.importers.bundle import read
from scribe.record.chain import Stored
from tests.hostile.restricted import KINDS, MARK, Story, told
from tests.hostile.views import TEMPLATES, VIEWS, Said, View, own_template, say

EXITS: tuple[View, ...] = tuple(view for view in VIEWS if view.passed_on)
"""What is for passing on. A bundle is one too, and is read by itself."""

FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "timeline": (("--format", "md"), ("--format", "csv")),
    "update": (("--format", "markdown"), ("--format", "slack"), ("--format", "plain")),
    "checkpoint": ((), ("--format", "json")),
    "check": ((), ("--format", "json")),
    "export": tuple(("--draft", "--format", form) for form in ("md", "html", "csv", "json")),
    "actions": tuple(("--all", "--format", form) for form in ("csv", "md", "ics")),
}
"""The commands that print what is passed on, and in which forms."""

PLAIN: dict[str, tuple[str, ...]] = {
    "--find": ("it",),
    "--select": ("factors",),
    "--ignore": ("factors",),
    "--template": (*TEMPLATES, "{own}"),
    "--output": ("{out}",),
    "--owner": ("olga",),
    "--status": ("open",),
    "--since": ("2026-11-20 00:00",),
    "--until": ("2026-12-01 00:00",),
    "--to": ("zoe",),
    "--role": ("ops",),
    "--show": ("1", "2", "3", "4", "5"),
    "--compare": ("1\n2", "4\n5"),
    "--next": ("20m",),
}
"""What is given for an option that takes a word; the parts of an update and of a packet take any."""

OWN = frozenset({"--format", "--include-restricted", "--json"})
"""What asks for more, or for what is the owner's own; the forms stand above."""

SEALED = frozenset({"1", "2", "3"})
"""Packets that are restricted: to show one may be refused in every record."""

ENOUGH = 8
"""So many records, and each exit was open for one of them."""

LAST = ("--send", "--record", "--ack")
"""What writes: it comes when all else was seen."""


def derived() -> tuple[View, ...]:
    """Every option of these commands with every form: by asking the commands, so that none is forgotten."""
    found: dict[View, None] = {}
    shared = {name for parameter in scribe.params for name in parameter.opts}
    for name, forms in FORMS.items():
        command = scribe.get_command(click.Context(scribe), name)
        assert command is not None
        for option in command.params:
            if OWN & set(option.opts) or shared & set(option.opts):
                continue
            for value in _values(name, option):
                for form in forms if value[0] != "--ack" else forms[:1]:  # there is one to acknowledge
                    found[View((name, *form, *value), "", passed_on=True, asked=())] = None
    return tuple(sorted(found, key=lambda view: bool(set(LAST) & set(view.argv))))


def _values(command: str, option: click.Parameter) -> list[tuple[str, ...]]:
    name = option.opts[-1]
    if getattr(option, "is_flag", False):
        return [(name, "--next", "20m")] if name == "--send" else [(name,)]
    if isinstance(option.type, click.Choice):
        return [(name, str(value)) for value in option.type.choices]
    if name == "--ack":
        return [(name, "dan")]
    if (command in ("update", "checkpoint") and name not in PLAIN) or (command, name) == ("update", "--status"):
        return [(name, "all is well")]
    return [(name, *value.split("\n")) for value in PLAIN[name]]


def run(count: int, seed: int) -> dict[str, int]:
    """So many records through every exit; what was looked at. Raises AssertionError where something leaked.

    Each holds packets that are restricted and such as repeat what is, so that there is something to show and compare.
    """
    seen: Counter[str] = Counter()
    views = derived()
    closed = {view for view in views if not SEALED & set(view.argv)}
    for number in range(count):
        with TemporaryDirectory() as folder:
            random = Random(seed + number)
            kinds = (*random.sample(list(KINDS), 9), "packet", "packet", "packet", "update")
            story = told(Path(folder) / "journal.db", random, kinds=kinds)
            for _ in range(2):
                story.repeat("packet")
            try:
                seen += one(story)
                for view in views:
                    if let_out(story, view):
                        seen.update(exits=1)
                        closed.discard(view)
                    else:
                        seen.update(refused=1)
            except AssertionError as error:
                raise AssertionError(f"record {seed + number}: {error}") from error
            finally:
                story.close()
    assert count < ENOUGH or not closed, f"never opened: {sorted(view.name for view in closed)}"
    return dict(seen)


def let_out(story: Story, view: View) -> bool:
    """Whether it says anything; raises AssertionError where that gives something away."""
    out = story.path.with_name("out")
    out.unlink(missing_ok=True)
    said = shown(story, view)
    if "would give away" in said.err:  # refused, and the refusal names it to its owner
        return False
    assert "bug in scribe" not in said.err, (view.name, said.err)
    written = out.read_text(encoding="utf-8") if out.exists() else ""
    leaked(view.name, f"{said.out}\n{said.err}\n{written}", story.secrets())
    return said.code in (0, 1)


def one(story: Story) -> Counter[str]:
    """One record through every exit; ``held`` counts what stands there once it is asked for."""
    secrets = story.secrets()
    seen = Counter(records=1, secrets=len(secrets), repeated=len(secrets & story.repeated.keys()))
    for view in EXITS:
        said = shown(story, view)
        if "would give away" in said.err:  # refused, and the refusal names it to its owner
            seen.update(refused=1)
            continue
        leaked(view.name, f"{said.out}\n{said.err}", secrets)
        seen.update(exits=1)
        if view.asked:
            asked = shown(story, view, *view.asked)
            seen.update(asked=1, held=len(marks(asked.out) & secrets))
    leaked("bundle", bodies(bundled(story)), secrets)
    held = marks(bodies(bundled(story, "--include-restricted")))
    assert secrets <= held
    seen.update(exits=1, asked=1, held=len(held & secrets))
    return seen


def leaked(name: str, text: str, secrets: set[str]) -> None:
    """Raise AssertionError where a text holds what it must not."""
    found = sorted(marks(text) & secrets)
    if found:
        place = text.casefold().index(found[0])
        raise AssertionError(f"{name} gives away {found}: …{text[max(0, place - 120) : place + 60]}…")


def marks(text: str) -> set[str]:
    """The markers that stand in a text."""
    return set(MARK.findall(text.casefold()))


def shown(story: Story, view: View, *more: str) -> Said:
    """What an exit says of the record."""
    own = own_template(story.path.parent)
    out = str(story.path.with_name("out"))
    argv = [word.replace("{own}", own).replace("{out}", out) for word in view.argv]
    return say(["--db", str(story.path), "--me", "sam", "-i", story.incident, *argv, *more], story.clock)


def bundled(story: Story, *more: str) -> tuple[Stored, ...]:
    """The rows of a bundle."""
    path = story.path.with_name("bundle")
    said = say(["--db", str(story.path), "-i", story.incident, "bundle", str(path), "--force", *more], story.clock)
    assert said.code == 0, said.err
    return read(io.BytesIO(path.read_bytes())).rows


def bodies(rows: tuple[Stored, ...]) -> str:
    """All words that travel in some rows."""
    return "\n".join(str(row.body) for row in rows if row.body is not None) + "\n".join(str(row.header) for row in rows)
