"""The rest of a command line, read word by word, each with its column."""

from __future__ import annotations

from scribe.live.typed import ParseError, Setting, draft, marked
from scribe.record.events import Draft, Payload
from scribe.record.typed_time import leading
from scribe.record.when import Unreadable, When


class Line:
    """The rest of a command line, read word by word, each with its column."""

    def __init__(self, text: str, place: int, when: When | None, setting: Setting) -> None:
        self.text = text
        self.place = place
        self.when = when
        self.setting = setting

    def word(self) -> tuple[str, int]:
        """The next word (empty at the end) and where it begins."""
        start = self.begins()
        end = start
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        self.place = end
        return self.text[start:end], start

    def peek(self) -> str:
        """The next word, without taking it."""
        place = self.place
        word, _ = self.word()
        self.place = place
        return word

    def rest(self) -> str:
        """Everything that is left."""
        start = self.begins()
        self.place = len(self.text)
        return self.text[start:].strip()

    def needed(self, what: str, choices: tuple[str, ...] = ()) -> tuple[str, int]:
        """The next word; a ParseError naming ``what`` when there is none."""
        word, start = self.word()
        if not word:
            raise ParseError(f"{what} is missing", len(self.text), len(self.text), choices)
        return word, start

    def words(self, what: str) -> str:
        """Everything that is left; a ParseError naming ``what`` when there is nothing."""
        rest = self.rest()
        if not rest:
            raise ParseError(f"{what} is missing", len(self.text), len(self.text))
        return rest

    def time(self) -> When | None:
        """The time that stands here, if one does. Raises ParseError when it cannot be read."""
        place = self.begins()
        try:
            found = leading(self.text[place:], now=self.setting.now, zone=self.setting.zone)
        except Unreadable as error:
            raise ParseError(error.message, place + error.start, place + error.end, error.choices) from error
        if found is None:
            return None
        when, length = found
        self.place = place + length
        return when

    def wrong(self, message: str, word: str, start: int, choices: tuple[str, ...] = ()) -> ParseError:
        """An error that points at a word."""
        return ParseError(message, start, start + len(word), choices)

    def draft(self, payload: Payload, text: str) -> tuple[Draft, ...]:
        """One draft of this line, with what its text names."""
        return (draft(marked(payload, text), text, self.when, self.setting),)

    def begins(self) -> int:
        """Where the next word begins."""
        place = self.place
        while place < len(self.text) and self.text[place].isspace():
            place += 1
        return place
