from __future__ import annotations

from pathlib import Path

import pytest

from scribe.config.path import path_of


def test_a_tilde_is_the_home_directory(home: Path) -> None:
    assert path_of("~/x") == home / "x"
    assert path_of("~") == home


@pytest.mark.parametrize("named", ["~~~", "~nobody-of-that-name/x", "a/~b", "x", "/y"])
def test_whatever_else_stays_as_it_stands(named: str) -> None:
    assert path_of(named) == Path(named)
