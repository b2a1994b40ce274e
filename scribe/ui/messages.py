"""What widgets and sheets tell the screen."""

from __future__ import annotations

from msgspec import Struct
from textual.message import Message


class Picked(Message):
    """An entry was chosen with the mouse."""


class Asked(Message):
    """A command for the screen was entered."""

    def __init__(self, command: str, argument: str) -> None:
        super().__init__()
        self.command = command
        self.argument = argument


class Noticed(Message):
    """Something to be said in the attention line: the words, and ``error``, ``warning`` or nothing."""

    def __init__(self, text: str, level: str = "") -> None:
        super().__init__()
        self.text = text
        self.level = level


class OpenPicked(Message):
    """Enter in an empty box: the picked entry is wanted whole."""


class Chosen(Struct, frozen=True):
    """What a sheet was left with: a text for the box, a text to copy, an incident to open."""

    put: str = ""
    copy: str = ""
    open: str = ""


Choice = tuple[str, Chosen]
