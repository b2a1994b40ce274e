"""The terminal: its keyboard, made safe for what people paste; its screen, whatever becomes of it meanwhile."""

from __future__ import annotations

import os
import select
import selectors
import signal
import sys
import termios
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from queue import Full
from typing import Any, TextIO

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste
from textual.message import Message

from scribe.record.text import MAX_BYTES

STANDS_FOR = {"\x1b": "\ufdd0", "\x00": "\ufdd1"}
"""Control characters that cannot pass Textual's parser inside of a paste, and the noncharacters that carry them."""

LARGEST_PASTE = 4 * MAX_BYTES
"""Characters that a box takes at once: a log of some thousand lines, not a file."""

PATIENCE = 0.5
"""Seconds after which a terminal that takes nothing is not waited for any more."""

_RESTORED = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[<u"
    b"\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[23;2t"
)
"""All that was switched on for the screen, switched off."""

QUIET = 5.0
"""Seconds without a byte after which a paste whose end did not come is over: it would take every key for ever."""

_LOOK = 0.1
"""Seconds between two looks whether the screen is being left."""

_SLICE = 4096
"""Bytes that are written at once."""

_BEGIN, _END = "\x1b[200~", "\x1b[201~"


class GuardedParser(XTermParser):
    """A parser for which everything between the two brackets of a paste is text.

    Textual's own reads escape sequences inside of a paste as keys: a pasted log could press them.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._kept = ""
        self._length = 0

    def feed(self, data: str) -> Iterable[Message]:
        """Read what came in; a bracket may come in pieces."""
        guarded = self._guarded(data)
        # Nothing at all would mean the end of input; of a piece of a paste nothing may go on yet, or any more.
        return super().feed(guarded) if guarded or not data else ()

    def give_up(self) -> Iterable[Message]:
        """The end of a paste does not come any more: what came of it is all of it."""
        return self.feed(_END) if self._pasting else ()

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
        self._kept, self._pasting, self._length = "", True, 0
        return data[:end], data[end:]

    def _paste(self, data: str) -> tuple[str, str]:
        """What goes on as text, and what is left; the beginning of a bracket is held back until its end comes."""
        text, found, left = (self._kept + data).partition(_END)
        if found:
            self._kept, self._pasting = "", False
            return self._passed(text) + _END, left
        text, self._kept = _cut(text, _END)
        return self._passed(text), ""

    def _passed(self, text: str) -> str:
        """What goes on of a paste: one character more than any box takes is enough for it to be refused.

        Textual's parser reads every character by itself; megabytes would keep it from the keys for a minute.
        """
        room = max(0, LARGEST_PASTE + 1 - self._length)
        self._length += len(text)
        return _carried(text[:room])


def restored(pasted: str) -> str:
    """A pasted text with its own control characters."""
    for character, carrier in STANDS_FOR.items():
        pasted = pasted.replace(carrier, character)
    return pasted


def typed(message: Message) -> Message:
    """What came in, as what it is: a character that Python calls unprintable is text all the same.

    Textual takes it for a key that does nothing, and drops it: the wide space between Japanese words, the no-break
    space before a French per cent sign, what joins emoji and the letters of Persian and Hindi. A line feed is Enter:
    the terminal made one of each that was pressed before the screen stood.
    """
    if isinstance(message, Key) and message.key == "ctrl+j":
        return Key("enter", "\r")
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
    """Where the screen is written: the descriptor itself, because what a stream holds back it complains of at the end.

    That the terminal is gone is no fault of it. The thread that writes would end with an error, its queue fill up, and
    whoever writes next wait for ever: a process that nobody sees, and that holds the journal.
    """

    def __init__(self, file: TextIO) -> None:
        self._descriptor = file.fileno()
        self._encoding = file.encoding or "utf-8"
        self.written = 0
        """How many bytes the terminal took, so that one that is slow is told from one that stands still."""

    def write(self, text: str) -> int:
        """Write to the terminal, if it is there; what its encoding lacks becomes a question mark."""
        left = memoryview(text.encode(self._encoding, "replace"))
        with suppress(OSError):
            while left:
                try:
                    took = os.write(self._descriptor, left[:_SLICE])
                except BlockingIOError:  # another program told the terminal that nobody waits for it
                    select.select([], [self._descriptor], [])
                    continue
                self.written += took
                left = left[took:]
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._descriptor)


class TerminalDriver(LinuxDriver):
    """Textual's driver, made to hold where a terminal does not.

    Textual's decodes strictly and reports what goes wrong as a traceback; a process that was stopped and continued
    from outside reads its keys with two threads, and takes the raw terminal for the one to give back; one whose
    terminal takes nothing any more can neither save what is typed nor end.
    """

    _file: Any
    _writer_thread: Any

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        # Textual writes to standard error, which somebody may keep in a file; what is looked at is standard output.
        self._file = Outlet(sys.__stdout__ or sys.stdout)
        self._behind = False
        self._restarted = False

    # ── the screen ──────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, data: str) -> None:
        """Write to the terminal. One that stands still is not waited for: all of it is drawn anew once it moves."""
        writer = self._writer_thread
        if writer is None:  # the terminal is another program's now
            return
        if self._behind and writer._queue.full():
            return
        try:
            writer._queue.put(data, timeout=PATIENCE)
        except Full:
            self._behind = True
            return
        if self._behind:
            self._behind = False
            self._app.call_later(self._app.refresh, layout=True)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        super().stop_application_mode()
        self.write("\x1b[?1016l\x1b[?2026l")  # coordinates in pixels, and a frame that was cut in the middle
        self._mouse_pixels = False

    def close(self) -> None:
        """Wait until everything is written, as long as the terminal takes it."""
        writer, self._writer_thread = self._writer_thread, None
        if writer is None:
            return
        with suppress(Full):
            writer._queue.put(None, timeout=PATIENCE)
        before = -1
        while writer.is_alive() and before != self._file.written:
            before = self._file.written
            writer.join(PATIENCE)

    def abandon(self) -> None:
        """The process ends without its loop: give the terminal back as far as it takes that at once."""
        if self._writer_thread is None:
            return
        with suppress(OSError, termios.error):
            os.set_blocking(self._file.fileno(), False)
            try:
                os.write(self._file.fileno(), _RESTORED)
                if self.attrs_before is not None:
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            finally:
                os.set_blocking(self._file.fileno(), True)

    # ── stopped and continued ───────────────────────────────────────────────────────────────────────────────────────

    def _sigtstp_application(self, *_: object) -> None:
        """Stop between two steps of the loop: whoever stops in the middle of an append keeps the journal locked."""
        if self._auto_restart:
            self._loop.call_soon_threadsafe(self._stop)
        else:  # another program has the terminal, and was stopped with this one
            signal.raise_signal(signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart:
            self._loop.call_soon_threadsafe(self._go_on)

    def _stop(self) -> None:
        if self._app._exit or self._writer_thread is None:
            return
        self._app._suspend_signal()
        self.suspend_application_mode()
        signal.raise_signal(signal.SIGSTOP)  # here the process stands until somebody continues it
        self._restarted = True
        self._start_again()

    def _go_on(self) -> None:
        """Somebody else stopped the process, or it was continued where it has no terminal to begin with."""
        restarted, self._restarted = self._restarted, False
        if self._app._exit or (restarted and self._writer_thread is not None):
            return
        if self._writer_thread is not None:
            self.suspend_application_mode()
        self._start_again()

    def _start_again(self) -> None:
        self.resume_application_mode()
        self._app.refresh(layout=True)

    # ── the keyboard ────────────────────────────────────────────────────────────────────────────────────────────────

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
            quiet = 0.0
            while not self.exit_event.is_set():
                if selector.select(_LOOK):
                    quiet = 0.0
                    try:
                        read = os.read(self.fileno, 4096)
                    except BlockingIOError:  # another program told the terminal that nobody waits for it
                        continue
                    if not read:
                        raise OSError("end of input")
                    for message in parser.feed(decode(read)):
                        self.process_message(typed(message))
                else:
                    quiet += _LOOK
                    if quiet > QUIET:
                        for message in parser.give_up():
                            self.process_message(typed(message))
                for message in parser.tick():
                    self.process_message(message)
