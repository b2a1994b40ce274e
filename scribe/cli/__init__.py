"""The command line: `main` is what the `scribe` command starts."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def _as_typed(word: str) -> str:
    """A word of the command line in the UTF-8 that it was typed in, where the locale knows ASCII alone."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return os.fsencode(word).decode("utf-8", "surrogateescape")
    return word


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Carry out one command and leave the process with its exit code.

    Looking for garbage while modules load finds none, and doing so at the end costs more than a short command
    takes: it waits, and what is there at the end is left to the system.
    """
    gc.disable()
    try:
        from scribe.cli.root import run

        code = run(list(map(_as_typed, sys.argv[1:])) if argv is None else argv)
    except KeyboardInterrupt:  # ^C while modules load
        code = 130
    gc.freeze()
    sys.exit(code)
