"""The command line: `main` is what the `scribe` command starts."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Carry out one command and leave the process with its exit code.

    Looking for garbage while modules load finds none, and doing so at the end costs more than a short command
    takes: it waits, and what is there at the end is left to the system.
    """
    gc.disable()
    from scribe.cli.root import run

    code = run(sys.argv[1:] if argv is None else argv)
    gc.freeze()
    sys.exit(code)
