"""Files by the names that people give them."""

from __future__ import annotations

from pathlib import Path


def path_of(named: str) -> Path:
    """The file that somebody named; ``~`` is the home directory.

    A word with ``~`` that is nobody's home directory is left as it stands, as a shell leaves it.
    """
    try:
        return Path(named).expanduser()
    except RuntimeError:
        return Path(named)
