"""Copying, and saying honestly what is known of it."""

from __future__ import annotations

from textual.app import App


def copy(app: App[object], text: str) -> tuple[str, bool]:
    """Copy by both roads; returns what a person may rely on, and whether the system's clipboard took it.

    A terminal never says whether it took an OSC 52 sequence; the system's clipboard does.
    """
    import pyperclip  # it looks at what the machine has; most runs copy nothing

    app.copy_to_clipboard(text)
    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return "sent to the terminal's clipboard, which does not say whether it took it", False
    return "copied", True
