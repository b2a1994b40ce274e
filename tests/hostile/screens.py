"""Every screen, sheet and worksheet over a hostile record: what is drawn, cell by cell, and what is copied."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from rich.segment import Segment

from scribe.record.text import visible
from scribe.ui.app import ScribeApp
from scribe.ui.screens.following import Following
from scribe.ui.screens.incident import IncidentScreen
from tests.hostile.fields import Record
from tests.hostile.forged import forge
from tests.hostile.values import escapes
from tests.journeys.live import Live, Scribe

STEPS: dict[str, tuple[str, ...]] = {
    "live": (),
    "update": ("f2", "down", "tab", "tab", "escape"),
    "handoff": ("f3", "down", "down", "escape"),
    "board": ("f4", "pagedown", "escape"),
    "attention": ("f5", "down", "escape"),
    "find": ("f6", "escape", "escape"),
    "checklists": ("f7", "tab", "tab", "escape"),
    "packets": ("/packets", "enter", "down", "enter", "escape"),
    "help": ("f1", "pagedown", "escape"),
    "zones": ("ctrl+o", "ctrl+o", "ctrl+o"),
    "up": ("pageup", "pageup", "ctrl+home", "ctrl+end"),
    "pick": ("ctrl+r", "up", "up", "enter", "down", "escape", "up", "enter", "escape", "escape"),
    "palette": ("ctrl+p", "escape"),
    "postmortem": ("f8", "pagedown", "down", "down", "f2", "f4", "f5", "f5", "escape", "escape"),
    "register": ("/actions", "down", "enter", "escape", "f4", "f6", "escape", "escape"),
    "answer": ("ctrl+g", "escape"),
    "impact": ("/impact", "down", "escape"),
    "incidents": ("f9", "down", "escape"),
    "declare": ("f9", "enter", "down", "escape"),
}
"""What is looked at, and the keys that lead there and back; words that begin with a slash are typed and entered."""


async def walk(
    record: Record, *, size: tuple[int, int] = (120, 40), steps: dict[str, tuple[str, ...]] = STEPS
) -> Counter[str]:
    """Look at every screen of a record; what was seen. Raises AssertionError where something got out."""
    scribe = Scribe(record.path.parent)
    scribe.clock = record.clock
    seen: Counter[str] = Counter()
    titles: list[str] = []
    began = Following.Titled.__init__

    def titled(self: Following.Titled, text: str) -> None:
        titles.append(text)
        began(self, text)

    Following.Titled.__init__ = titled  # type: ignore[method-assign]  # what the terminal's title is to say
    try:
        async with scribe(size=size, first=record.incident) as live:
            for name, keys in steps.items():
                try:
                    await _walked(live, name, keys, seen)
                    assert live.app.is_running, name
                except AssertionError as error:
                    raise AssertionError(f"{name}: {error}") from error
    finally:
        Following.Titled.__init__ = began  # type: ignore[method-assign]
    assert all(escapes(visible(title)) == [] for title in titles)
    return seen


async def _walked(live: Live, name: str, keys: tuple[str, ...], seen: Counter[str]) -> None:
    for key in ("", *keys):
        if key.startswith("/"):
            await live.enter(key)
        elif key:
            await live.press(key)
        seen[name] += looked(live.app)
        seen[type(live.top).__name__] += 1
        if isinstance(live.top, IncidentScreen):
            seen[f"worksheet {live.top._bench.name}"] += 1
        assert escapes(live.copied) == [], live.copied


def looked(app: ScribeApp) -> int:
    """Look at every cell of what is drawn; how many."""
    cells = 0
    for segment in drawn(app):
        assert escapes(segment.text) == [], segment.text
        assert "\n" not in segment.text, repr(segment)
        assert segment.control is None
        style = segment.style
        if style is not None:
            assert style.link is None, segment.text
            assert "@click" not in style.meta, (segment.text, style.meta)
        cells += segment.cell_length
    return cells


def drawn(app: ScribeApp) -> Iterator[Segment]:
    """The pieces that the screen in front is drawn of."""
    for strip in app.screen._compositor.render_strips():
        yield from strip


def run(count: int, seed: int) -> dict[str, int]:
    """So many records, walked at one size each. Raises AssertionError where something got out."""
    with patch("pyperclip.copy"), patch("scribe.ui.clipboard.system", lambda text: True):
        return asyncio.run(_run(count, seed))


async def _run(count: int, seed: int) -> dict[str, int]:
    seen: Counter[str] = Counter()
    for number in range(count):
        random = Random(seed + number)
        size = random.choice([(120, 40), (80, 24), (200, 60), (50, 20)])
        with TemporaryDirectory() as folder:
            record = Record(Path(folder) / "journal.db", random)
            if number % 3 < 2:
                forge(record, random, summary=number % 3 == 1)
            try:
                found = await walk(record, size=size)
            except AssertionError as error:
                raise AssertionError(f"record {seed + number} at {size}: {error}") from error
        cells = sum(found[name] for name in STEPS)
        seen.update(records=1, fields=len(record.stood), values=record.stood.total())
        seen.update(screens=found.total() - cells, cells=cells)
    return dict(seen)
