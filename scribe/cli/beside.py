"""Texts that the screen could not be sure to have copied: each into a new file where scribe was started."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from scribe.record.errors import ScribeError


def saves_beside(folder: Path) -> Callable[[str, str], Path]:
    """Writes a text under a name into that folder; where it is taken, under the next one that is free."""

    def save(name: str, text: str) -> Path:
        from scribe.cli.export import write

        wanted = folder / name
        for turn in range(1, 1000):
            path = wanted if turn == 1 else wanted.with_stem(f"{wanted.stem}-{turn}")
            if not os.path.lexists(path):
                write(path, text)
                return path
        raise ScribeError(f"{folder} holds a thousand files called {name}", "move some of them away")

    return save
