"""What is written to standard output: lines for people, documents and JSON for programs, in UTF-8."""

from __future__ import annotations

import sys


class Lost(OSError):
    """Standard output does not take what is written to it: its disk is full, for example."""


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")


def put_utf8(document: str) -> None:
    """A document, in UTF-8 whatever the terminal's encoding is, with a line end behind it. Raises Lost."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write((document if document.endswith("\n") else document + "\n").encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Lost(*error.args) from error


def put_json(shape: object) -> None:
    """A value as one line of JSON."""
    import msgspec

    from scribe.record.text import json_text

    put_utf8(json_text(msgspec.json.encode(shape).decode()))
