"""Where the stylesheets lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def stylesheet(name: str) -> Path:
    """The path of a screen's stylesheet."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "styles"
    return (installed if installed.is_dir() else package.parent / "styles") / f"{name}.tcss"
