"""What widgets and sheets tell the screen."""

from __future__ import annotations

from msgspec import Struct
from textual.message import Message

from scribe.record.events import Draft


class Picked(Message):
    """An entry was chosen with the mouse."""


class Noticed(Message):
    """Something to be said in the attention line: the words, and ``error``, ``warning`` or nothing."""

    def __init__(self, text: str, level: str = "") -> None:
        super().__init__()
        self.text = text
        self.level = level


class Chosen(Struct, frozen=True):
    """What a sheet or a worksheet asks for.

    ``put`` is a text for the box, ``record`` a line that is recorded at once, ``drafts`` what is recorded without
    having been typed; ``copy`` is a text for the clipboard (once those are recorded) and ``beside`` the name of the
    file that it goes to where no clipboard can be trusted. ``open`` names an incident, ``show`` a worksheet, ``said``
    is a notice, ``export`` the
    template and the format in which the document is written out.
    """

    put: str = ""
    record: str = ""
    drafts: tuple[Draft, ...] = ()
    copy: str = ""
    beside: str = ""
    open: str = ""
    show: str = ""
    said: str = ""
    export: tuple[str, str] | None = None


Choice = tuple[str, Chosen]
