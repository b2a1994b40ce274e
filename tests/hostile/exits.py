"""Every way out of the record, held against what is restricted in it: nothing of that may be there unasked."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from scribe.importers.bundle import read
from scribe.record.chain import Stored
from tests.hostile.restricted import MARK, Story, told
from tests.hostile.views import VIEWS, Said, View, own_template, say

EXITS: tuple[View, ...] = tuple(view for view in VIEWS if view.passed_on)
"""What is for passing on. A bundle is one too, and is read by itself."""


def run(count: int, seed: int) -> dict[str, int]:
    """So many records through every exit; what was looked at. Raises AssertionError where something leaked."""
    seen: Counter[str] = Counter()
    for number in range(count):
        with TemporaryDirectory() as folder:
            story = told(Path(folder) / "journal.db", Random(seed + number))
            try:
                seen += one(story)
            except AssertionError as error:
                raise AssertionError(f"record {seed + number}: {error}") from error
            finally:
                story.close()
    return dict(seen)


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
    argv = [word.replace("{own}", own) for word in view.argv]
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
