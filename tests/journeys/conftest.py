"""A scribe at the keys, with a journal of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.live import Scribe


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scribe:
    """Return what starts the app; its clock stands still until a test moves it."""
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: True)
    return Scribe(tmp_path)
