"""What is written to standard output: lines for people, documents and JSON for programs, in UTF-8."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")


def put_utf8(document: str) -> None:
    """A document, in UTF-8 whatever the terminal's encoding is, with a line end behind it."""
    sys.stdout.flush()
    sys.stdout.buffer.write((document if document.endswith("\n") else document + "\n").encode())
    sys.stdout.buffer.flush()


def put_json(shape: object) -> None:
    """A value as one line of JSON."""
    import msgspec

    put_utf8(msgspec.json.encode(shape).decode())
