"""A program in a real pseudo-terminal: written to as by hands, read as by a terminal. Nothing here sleeps."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

PATIENCE = 10.0
"""Seconds until something that should have happened counts as not happening; far more than it takes."""

ENTER = b"\r"
BACKSPACE = b"\x7f"
ESCAPE = b"\x1b"
TAB = b"\t"
UP = b"\x1b[A"
PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"

_CODES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI
    rb"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    rb"|[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    rb"|[ -/]*[0-~])"
)


_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])|\x1b\[([<>])[0-9;]*u|\x1b\[(22|23)(?:;[0-9]+)*t")

_AT_FIRST = frozenset({7, 25})
"""The modes that a terminal begins with: lines wrap, the cursor is shown."""


def left_on(raw: bytes) -> set[str]:
    """What a program that wrote this left otherwise than it found it: modes, the kitty keyboard, the title."""
    modes, keyboards, titles = set(_AT_FIRST), 0, 0
    for numbers, way, kitty, title in _MODE.findall(raw):
        if kitty:
            keyboards = keyboards + 1 if kitty == b">" else max(0, keyboards - 1)
        elif title:
            titles = titles + 1 if title == b"22" else max(0, titles - 1)
        else:
            for number in map(int, numbers.split(b";")):
                (modes.add if way == b"h" else modes.discard)(number)
    left = {f"mode {number} on" for number in modes - _AT_FIRST}
    left |= {f"mode {number} off" for number in _AT_FIRST - modes}
    return left | ({"kitty keyboard"} if keyboards else set()) | ({"title"} if titles else set())


def scribe() -> list[str]:
    """How a person starts scribe: the installed command, else the module."""
    installed = Path(sys.executable).with_name("scribe")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "scribe"]


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the program may know: nothing of the machine that the tests run on but its PATH."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TZ": "Asia/Seoul",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SCRIBE_DB": str(home / "journal.db"),
        "SCRIBE_ME": "sam",
        **more,
    }


def plain(raw: bytes) -> bytes:
    """The text alone, without escape sequences; it may be cut in the middle of one."""
    return _CODES.sub(b"", raw)


def paste(text: bytes) -> bytes:
    """As a terminal hands on what was pasted."""
    return PASTE_BEGIN + text + PASTE_END


class Pty:
    """A program in a pty of its own that is its controlling terminal; answers none of its questions."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
        cwd: Path | None = None,
    ) -> None:
        self.raw = bytearray()
        """Everything that the program wrote."""
        self.ended = False
        """Whether nothing more can come: the program closed its side."""
        self._status: int | None = None
        self._read_at = 0.0
        with warnings.catch_warnings():
            # Python 3.12 warns when threads run; the child does nothing but exec.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid, self.fd = pty.fork()
        if self.pid == 0:  # the child
            try:
                for number in (
                    signal.SIGINT,
                    signal.SIGQUIT,
                    signal.SIGHUP,
                ):  # ignored where tests run in the background
                    signal.signal(number, signal.SIG_DFL)
                _set_size(0, *size)
                if cwd is not None:
                    os.chdir(cwd)
                os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606  # as a shell starts it
            finally:
                os._exit(127)
        self.size = size
        self._began = termios.tcgetattr(self.fd)

    def __enter__(self) -> Pty:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def write(self, data: bytes | str) -> None:
        """As if typed. What the program prints meanwhile is read, so that neither waits for the other for ever."""
        left = memoryview(data.encode() if isinstance(data, str) else data)
        deadline = time.monotonic() + PATIENCE
        while left:
            readable, writable, _ = select.select([self.fd], [self.fd], [], 1.0)
            if readable:
                self._take()
            if writable:
                left = left[os.write(self.fd, left[:1024]) :]
            assert time.monotonic() < deadline, "the program reads nothing"

    def read(self, within: float) -> bool:
        """Wait for output; whether some came."""
        if self.ended:
            return False
        try:
            readable, _, _ = select.select([self.fd], [], [], max(0.0, within))
        except ValueError:  # the master side was closed here
            return False
        return bool(readable) and self._take()

    def until(self, condition: Callable[[], bool], what: str, within: float = PATIENCE) -> float:
        """Read until the condition holds; the seconds that it took.

        Raises AssertionError with what was there instead, once ``within`` seconds have passed.
        """
        began = time.monotonic()
        while not condition():
            left = began + within - time.monotonic()
            if left <= 0 or (self.ended and not condition()):
                raise AssertionError(f"{what}: not within {within:g} s\n{self.shown()}")
            self.read(min(left, 0.05))
        return time.monotonic() - began

    def shown(self) -> str:
        """What there is to see, for the message of a failed test."""
        return plain(bytes(self.raw[-4000:])).decode("utf-8", "replace")

    @property
    def broken(self) -> set[str]:
        """What the program left otherwise than it found it; nothing, once it has ended as it should."""
        left = left_on(bytes(self.raw))
        if self.fd >= 0 and termios.tcgetattr(self.fd)[:4] != self._began[:4]:
            left.add("line discipline")
        return left

    def resize(self, columns: int, rows: int) -> None:
        """Another window size; the kernel sends SIGWINCH."""
        _set_size(self.fd, columns, rows)
        self.size = (columns, rows)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """Close the terminal's window."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd, self.ended = -1, True

    def is_running(self) -> bool:
        """Whether the process is there."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
        return self._status is None

    def wait(self, within: float = PATIENCE) -> int:
        """Read on until it ends; its exit status, negative when a signal ended it."""
        deadline = time.monotonic() + within
        while self.is_running():
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {within:g} s\n{self.shown()}")
            if not self.read(0.01):
                select.select([], [], [], 0.005)  # its side is closed and it is about to end
        while self.fd >= 0 and self.read(0.0):
            pass
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)

    def end(self) -> None:
        """Leave nothing behind."""
        if self._status is None and self.is_running():
            os.kill(self.pid, signal.SIGKILL)
            _, self._status = os.waitpid(self.pid, 0)
        self.close()

    def _take(self) -> bool:
        try:
            found = os.read(self.fd, 65536)
        except OSError:  # EIO: nobody has the other side open any more
            found = b""
        if not found:
            self.ended = True
            return False
        self.raw += found
        self.got(found)
        return True

    def got(self, data: bytes) -> None:
        """Something was read."""


class Terminal(Pty):
    """A pty with a terminal in front of it: what a person would see."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        size: tuple[int, int] = (120, 40),
        cwd: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        super().__init__(argv, env=env, size=size, cwd=cwd)

    def __enter__(self) -> Terminal:
        return self

    def got(self, data: bytes) -> None:
        """Draw it."""
        self._stream.feed(data)

    def resize(self, columns: int, rows: int) -> None:
        """Another window size."""
        self._screen.resize(max(1, rows), max(1, columns))  # without a size there is nothing to look at
        super().resize(columns, rows)

    @property
    def lines(self) -> list[str]:
        """The rows of the screen; what is right of the last sign is left out."""
        return [line.rstrip() for line in self._screen.display]

    def shown(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    def shows(self, text: str) -> bool:
        """Whether some row has this text."""
        return any(text in line for line in self._screen.display)

    def sees(self, text: str, within: float = PATIENCE) -> None:
        """Wait until the text is on the screen."""
        self.until(lambda: self.shows(text), f"{text!r} on the screen", within)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
