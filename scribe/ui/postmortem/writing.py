"""The section that is being written: what it began from, what it says by now, and what becomes of it. No widgets."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from scribe.record.errors import Refused
from scribe.record.sections import Section, checked
from scribe.record.text import MAX_BYTES, visible
from scribe.record.written import Words

BOX = "postmortem:"
"""Before a section's key: the name of the box under which its unsent text is kept."""

LINE_BOX = "postmortem"
"""The name of the box under which the screen's own capture line is kept."""

PAUSE = 3.0
"""Seconds without a key after which what was typed becomes an event."""


class Unsent(Struct, frozen=True):
    """A text that was typed and is not recorded, and what the record held when it was begun."""

    text: str
    before: str


class Manuscript:
    """One section's text in the editor, against the record's."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.before = ""
        self.text = ""
        self.unkept = False

    def take_up(self, words: Words | None, left: Unsent | None = None) -> str:
        """Begin from what the record holds, or go on with what was ``left`` unsent; returns the editor's text."""
        recorded = words.text if words else ""
        self.before = left.before if left else recorded
        self.text = left.text if left else editable(recorded)
        self.unkept = False
        return self.text

    def edit(self, text: str) -> bool:
        """The editor holds this text now; whether that is another one."""
        if text == self.text:
            return False
        self.text, self.unkept = text, True
        return True

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than the record."""
        return self._formed(self.text) != self._formed(editable(self.before))

    @property
    def formed(self) -> str:
        """The text as the section keeps it; where the form cannot be that, as it was typed."""
        return self._formed(self.text) if self.is_changed else self.before

    @property
    def is_valid(self) -> bool:
        """Whether it is what the section's form can be."""
        try:
            self.result()
        except Refused:
            return False
        return True

    def result(self) -> str:
        """The text to be recorded. Raises Refused for what its form cannot be, or what is too long."""
        text = checked(self.section, self.text)
        if len(text.encode()) > MAX_BYTES:
            raise Refused("a section holds at most 64 KiB", "links say more than pasted logs")
        return text

    def meets(self, words: Words | None) -> bool:
        """Whether somebody else changed the section since this was begun."""
        return (words.text if words else "") != self.before

    def joined(self, words: Words | None) -> str:
        """Both texts, the other one first: nothing is overwritten that nobody saw. From now on that is the base.

        What has one value stays as it was typed here; whoever typed it is told of the other.
        """
        theirs = editable(words.text if words else "")
        mine = self.text
        self.before = words.text if words else ""
        match self.section.form:
            case "text":
                both = f"{theirs}\n\n{mine.strip()}" if theirs.strip() and theirs.strip() not in mine else mine
            case "list":
                lines = theirs.split("\n") if theirs else []
                both = "\n".join([*lines, *(line for line in mine.split("\n") if line.strip() not in lines)])
            case _:
                both = mine
        self.text, self.unkept = both, True
        return both

    def recorded(self, text: str) -> None:
        """That is what the record holds now; the editor keeps what is being typed."""
        self.before = text
        self.unkept = False

    def kept(self) -> str:
        """What is saved within a second, for the case of a crash; empty when nothing is unsent."""
        return msgspec.json.encode(Unsent(self.text, self.before)).decode() if self.is_changed else ""

    def _formed(self, text: str) -> str:
        try:
            return checked(self.section, text)
        except Refused:
            return text.strip()


def editable(text: str) -> str:
    """A text as it may stand in an editor: what would move the cursor or hide is a sign, which can be deleted."""
    return visible(text)


def read(kept: str) -> Unsent | None:
    """What a process that is gone left; None for what is none."""
    try:
        return msgspec.json.decode(kept, type=Unsent)
    except msgspec.MsgspecError:  # another version's
        return None


def missing(text: str, proposed: str, section: Section) -> str:
    """The text with what the record holds and it does not say yet; the text itself when there is nothing to add."""
    if not text.strip():
        return proposed
    if section.form not in ("text", "list"):
        return text
    lines = [line for line in proposed.split("\n") if line.strip() and line.strip() not in text]
    return "\n".join([text.rstrip("\n"), *lines]) if lines else text
