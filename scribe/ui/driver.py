"""The keyboard's side of the terminal, made safe for what people paste."""

from __future__ import annotations

import os
import selectors
import signal
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste
from textual.message import Message

STANDS_FOR = {"\x1b": "\ufdd0", "\x00": "\ufdd1"}
"""Control characters that cannot pass Textual's parser inside of a paste, and the noncharacters that carry them."""

_BEGIN, _END = "\x1b[200~", "\x1b[201~"


class GuardedParser(XTermParser):
    """A parser for which everything between the two brackets of a paste is text.

    Textual's own reads escape sequences inside of a paste as keys: a pasted log could press them.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._kept = ""

    def feed(self, data: str) -> Iterable[Message]:
        """Read what came in; a bracket may come in pieces."""
        return super().feed(self._guarded(data) if data else data)

    def _guarded(self, data: str) -> str:
        passed = []
        while data:
            part, data = self._paste(data) if self._pasting else self._keys(data)
            passed.append(part)
        return "".join(passed)

    def _keys(self, data: str) -> tuple[str, str]:
        """What goes on as keys, and what is left; it is never held back, for it may be a key on its own."""
        seen = self._kept + data
        place = seen.find(_BEGIN)
        if place < 0:
            self._kept = seen[1 - len(_BEGIN) :]
            return data, ""
        end = place + len(_BEGIN) - len(self._kept)
        self._kept, self._pasting = "", True
        return data[:end], data[end:]

    def _paste(self, data: str) -> tuple[str, str]:
        """What goes on as text, and what is left; the beginning of a bracket is held back until its end comes."""
        text, found, left = (self._kept + data).partition(_END)
        if found:
            self._kept, self._pasting = "", False
            return _carried(text) + _END, left
        text, self._kept = _cut(text, _END)
        return _carried(text), ""


def restored(pasted: str) -> str:
    """A pasted text with its own control characters."""
    for character, carrier in STANDS_FOR.items():
        pasted = pasted.replace(carrier, character)
    return pasted


def typed(message: Message) -> Message:
    """What came in, as what it is: a character that Python calls unprintable is text all the same.

    Textual takes it for a key that does nothing, and drops it: the wide space between Japanese words, the no-break
    space before a French per cent sign, what joins emoji and the letters of Persian and Hindi.
    """
    if not isinstance(message, Key) or message.character is None or message.is_printable:
        return message
    is_text = all(unicodedata.category(char) not in ("Cc", "Cs") for char in message.character)
    return Paste(message.character) if is_text else message


def _carried(text: str) -> str:
    for character, carrier in STANDS_FOR.items():
        text = text.replace(character, carrier)
    return text


def _cut(text: str, mark: str) -> tuple[str, str]:
    """The text, and the beginning of a mark that may stand at its end."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if mark.startswith(text[-length:]):
            return text[:-length], text[-length:]
    return text, ""


class Outlet:
    """Where the screen is written; that the terminal is gone is no fault of it.

    The thread that writes would end with an error, its queue fill up, and whoever writes next wait for ever: a process
    that nobody sees, and that holds the journal.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write to the terminal, if it is there."""
        with suppress(OSError):
            return self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Have all of it out, if the terminal is there."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The descriptor behind it."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()


class TerminalDriver(LinuxDriver):
    """Textual's driver, except that bytes which are no text do not end the program, nor does a closed terminal.

    Its input thread decodes strictly and reports what goes wrong as a traceback.
    """

    _file: Any

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file = Outlet(self._file)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:  # the terminal is gone
            os.kill(os.getpid(), signal.SIGHUP)
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Wait for input and dispatch events."""
        parser = GuardedParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    read = os.read(self.fileno, 4096)
                    if not read:
                        raise OSError("end of input")
                    for message in parser.feed(decode(read)):
                        self.process_message(typed(message))
                for message in parser.tick():
                    self.process_message(message)
