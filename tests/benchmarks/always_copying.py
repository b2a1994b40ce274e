"""The screen, with a rolling backup made all the time instead of every ten minutes while nobody types."""

from __future__ import annotations

import sys
from pathlib import Path

from scribe.cli import main
from scribe.journal import backup
from scribe.ui import app, safekeeping


def _never(made: list[Path], *_: object) -> bool:
    return False


if __name__ == "__main__":
    app.LOOK = 0.05  # type: ignore[attr-defined]  # seconds: the next one begins when one is done
    safekeeping.Safekeeping._texts = lambda _: []  # type: ignore[method-assign, assignment]  # as if nobody typed
    for name in ("_is_young", "_holds"):
        setattr(backup, name, _never)
    sys.exit(main())
