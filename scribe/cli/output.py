"""What is written to standard output: lines for people, documents and JSON for programs, in UTF-8."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from scribe.record.text import visible

_BETWEEN = re.compile(r"(\t|\r\n)")
"""What stands between columns, and at the line ends of some tables."""


class Lost(OSError):
    """Standard output does not take what is written to it: its disk is full, for example."""


def say(line: str) -> None:
    """One line. Raises Lost."""
    with _taken():
        sys.stdout.write(_gated(line, sys.stdout) + "\n")


def aside(line: str, *, end: str = "\n") -> None:
    """One line to standard error, behind what was said before: it is for whoever looks on, and no part of an answer."""
    sys.stdout.flush()
    sys.stderr.write(_gated(line, sys.stderr) + end)
    sys.stderr.flush()


def put_utf8(document: str) -> None:
    """A document, in UTF-8 whatever the terminal's encoding is, with a line end behind it. Raises Lost."""
    document = _gated(document, sys.stdout)
    with _taken():
        sys.stdout.flush()
        sys.stdout.buffer.write((document if document.endswith("\n") else document + "\n").encode())
        sys.stdout.buffer.flush()


def put_json(shape: object) -> None:
    """A value as one line of JSON. Raises Lost."""
    import msgspec

    from scribe.record.text import json_text, normalise

    try:
        document = msgspec.json.encode(shape).decode()
    except UnicodeEncodeError:  # a path whose bytes are no UTF-8
        import json

        document = normalise(json.dumps(msgspec.to_builtins(shape), ensure_ascii=False, separators=(",", ":")))
    put_utf8(json_text(document))


@contextmanager
def _taken() -> Iterator[None]:
    """Tell what standard output does not take from whatever else the system refuses. Raises Lost."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Lost(*error.args) from error


def _gated(text: str, stream: TextIO) -> str:
    """The text as it may be written to a terminal.

    Whoever made it had its words shown already; this is the last gate, for what was forgotten. What is JSON by then
    passes it as it is.
    """
    kept = _BETWEEN
    if "\x1b" in text:
        from scribe.cli.cells import STYLED, coloured

        kept = STYLED if coloured(stream) else kept
    pieces = kept.split(text)
    pieces[::2] = map(visible, pieces[::2])
    return "".join(pieces)
