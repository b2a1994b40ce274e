"""The system's clipboard, asked in a process of its own; run as a program, this file is that process.

What copies there may wait for a display that does not answer, write to the terminal, or fail and say nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PATIENCE = 2.0
"""Seconds after which a clipboard that does not answer is given up."""


def system(text: str, patience: float = PATIENCE) -> bool:
    """Whether the system's clipboard took the text, and gives it back."""
    try:
        # The path of this file and this Python; nothing is imported from where scribe was started.
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        process.communicate(text.encode("utf-8", "surrogatepass"), timeout=patience)
    except (subprocess.TimeoutExpired, OSError):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return process.returncode == 0


def found() -> str:
    """What would copy, like ``xclip``; empty where there is nothing. Only a copy shows whether it works."""
    import pyperclip  # it looks at what the machine has

    copy = pyperclip.determine_clipboard()[0]
    return str(getattr(copy, "__name__", "")).removeprefix("copy_").replace("_", " ")


def said(taken: bool) -> str:
    """What a person may rely on: a terminal never says whether it took what was sent to its clipboard."""
    return "copied" if taken else "sent to the terminal's clipboard, which does not say whether it took it"


def _copy() -> int:
    """Copy standard input; 0 only when the clipboard gives it back: some of its programs fail and say nothing."""
    import pyperclip  # it looks at what the machine has

    text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    try:
        pyperclip.copy(text)
        return int(pyperclip.paste().replace("\r\n", "\n") != text.replace("\r\n", "\n"))
    except (pyperclip.PyperclipException, OSError, UnicodeError):
        return 1


if __name__ == "__main__":
    sys.exit(_copy())
