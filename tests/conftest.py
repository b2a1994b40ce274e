"""What every test stands on: one zone, no colours, and a home directory of its own."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A slow machine is no bug, and the same commit gives the same answer: examples are the same in every run.
settings.register_profile("ci", deadline=None, derandomize=True)
# For hunting by hand: HYPOTHESIS_PROFILE=hunt make test
settings.register_profile("hunt", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_COLOUR_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "COLUMNS", "LINES")


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the test a machine of its own: UTC, a plain terminal, nothing configured, an empty home."""
    for name in [name for name in os.environ if name.startswith(("SCRIBE_", "TEXTUAL", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in _COLOUR_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def home() -> Path:
    """Return the test's own, empty home directory."""
    return Path(os.environ["HOME"])
