"""Many short-lived processes of scribe: one that has imported everything forks them, watches them and ends them.

A Python that starts costs a tenth of a second; a fork of one that has started costs some milliseconds. Each opens the
journal itself, behind the fork, and says over a socket of its own what it has done. The socket is written to with
``sendto``, so that of the calls that a fault can be put into none is the harness's own.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2]

_PR_SET_PTRACER = 0x59616D61
_TRACED = f"""
import ctypes, sys
ctypes.CDLL(None).prctl({_PR_SET_PTRACER}, ctypes.c_ulong(-1), 0, 0, 0)
sys.stdout.write("!")
sys.stdout.flush()
sys.stdin.read()
"""
"""A process that lets itself be traced, until its input ends."""

LONGEST = 60.0
"""Seconds after which a process that nobody ends is taken to hang."""

CALLS: dict[str, Callable[[], object]] = {
    "pwrite64": lambda: os.pwrite(_CLOSED, b"", 0),
    "write": lambda: os.write(_CLOSED, b""),
    "fsync": lambda: os.fsync(_CLOSED),
    "fdatasync": lambda: os.fdatasync(_CLOSED),
    "ftruncate": lambda: os.ftruncate(_CLOSED, 0),
    "rename": lambda: os.rename("", ""),  # noqa: PTH104
    "link": lambda: os.link("", ""),
    "unlink": lambda: os.unlink(""),  # noqa: PTH108
    "open": lambda: os.open("", os.O_RDONLY),
    "mkdir": lambda: os.mkdir(""),  # noqa: PTH102
    "fchmod": lambda: os.fchmod(_CLOSED, 0),
}
"""What changes a file or a folder, and how each is called in vain: a call that fails still counts as one."""

REACH = {call: {"pwrite64": 250, "open": 100}.get(call, 30) for call in CALLS}
"""More calls of each kind than any of the work makes."""

_NAMES = {
    "rename": "?rename,?renameat,?renameat2",
    "link": "?link,?linkat",
    "unlink": "?unlink,?unlinkat",
    "open": "?open,?openat",
    "mkdir": "?mkdir,?mkdirat",
}
_CLOSED = 1 << 20
"""A file descriptor that is not open."""


class Task(msgspec.Struct, frozen=True):
    """One process: what it does in which folder; after how many seconds it is killed; which calls it makes in vain.

    With ``counts`` it says at its end how many calls of that kind were left to it before the fault.
    """

    work: str
    folder: str
    asked: dict[str, Any] = {}
    lives: float | None = None
    burn: tuple[str, int] = ("", 0)
    counts: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What a process said, line by line, and how and when it ended: its exit code, or minus the signal; monotonic."""

    said: list[list[Any]]
    code: int
    pid: int
    ended: float = 0.0

    def of(self, kind: str) -> list[list[Any]]:
        """What it said of one kind, without the kind."""
        return [line[1:] for line in self.said if line[0] == kind]

    @property
    def killed(self) -> bool:
        """Whether it was killed."""
        return self.code == -signal.SIGKILL


class Forks:
    """The process that forks, held from outside. With ``inject`` (an expression of strace's) faults are put into it.

    A fault is put into the call number REACH of a kind, counted for each process anew. A process that is asked to burn
    so many of its calls meets the fault so much earlier, so that one strace serves every place. It is attached once
    all is imported, or that would be counted too. With ``lasting`` every later call of the kind meets it as well.
    """

    def __init__(self, inject: str = "", calls: Sequence[str] = tuple(CALLS), *, lasting: bool = False) -> None:
        mine, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        mine.settimeout(LONGEST * 2)
        self._channel = mine
        command = [sys.executable, "-m", "tests.durability.forks", str(other.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[other.fileno()])
        other.close()
        _heard(mine)  # it is ready
        self._strace = _attached(self._process.pid, inject, calls, lasting=lasting) if inject else None

    def run(self, *tasks: Task) -> list[Outcome]:
        """Have so many processes work at once; what became of each, once all have ended."""
        _tell(self._channel, msgspec.json.encode(tasks))
        return msgspec.json.decode(_heard(self._channel), type=list[Outcome])

    def at(self, call: str, number: int, work: str, folder: Path, **asked: object) -> Outcome:
        """One process that meets the fault at its call ``number`` (from 1) of that kind."""
        return self.run(Task(work, str(folder), asked, burn=(call, REACH[call] - number)))[0]

    def made(self, call: str, work: str, folder: Path, **asked: object) -> int:
        """How many calls of that kind the work makes when nothing befalls it; for faults that are errors."""
        (outcome,) = self.run(Task(work, str(folder), asked, counts=call))
        ((left,),) = outcome.of("left")
        return REACH[call] - int(left)

    def close(self) -> None:
        """End it."""
        self._channel.close()
        self._process.wait(timeout=LONGEST)
        if self._strace is not None:
            self._strace.wait(timeout=LONGEST)

    def __enter__(self) -> Forks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _attached(pid: int, inject: str, calls: Sequence[str], *, lasting: bool = False) -> subprocess.Popen[bytes]:
    fault = ["-e", "signal=none", "-e", f"trace={','.join(_NAMES.get(call, call) for call in calls)}"]
    for call in calls:
        fault += ["-e", f"inject={_NAMES.get(call, call)}:{inject}:when={REACH[call]}{'+' * lasting}"]
    # What it prints nobody reads; what goes wrong in a process that says over its socket.
    strace = subprocess.Popen(["strace", "-f", "-qq", *fault, "-p", str(pid)], stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0" in status.read_text(encoding="utf-8"):
        if strace.poll() is not None:
            raise RuntimeError("strace may not attach to a process of its own user")
        time.sleep(0.001)
    return strace


@cache
def can_inject() -> bool:
    """Whether strace is here and may trace a process of its own user; in some containers it may not."""
    if not shutil.which("strace"):
        return False
    with subprocess.Popen([sys.executable, "-S", "-c", _TRACED], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdout.read(1)
        try:
            strace = _attached(one.pid, "error=ENOSPC", ["fsync"])
        except RuntimeError:
            return False
        finally:
            one.stdin.close()
    return not strace.wait(timeout=LONGEST)


def _tell(channel: socket.socket, words: bytes) -> None:
    channel.sendall(len(words).to_bytes(4, "big") + words)


def _heard(channel: socket.socket) -> bytes:
    """What was told; nothing when nobody will tell any more."""
    return _exactly(channel, int.from_bytes(_exactly(channel, 4), "big"))


def _exactly(channel: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = channel.recv(length - len(found))
        if not part:
            return b""
        found += part
    return found


class Say:
    """How a process tells what it has done: at once, so that what was said before it was killed is known."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def __call__(self, kind: str, *words: object) -> None:
        """Tell one thing."""
        self._channel.send(msgspec.json.encode([kind, *words]))


class _Child:
    def __init__(self, task: Task, others: Sequence[_Child]) -> None:
        self.channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.said: list[list[Any]] = []
        self.ended_at = 0.0
        self.dies = time.perf_counter() + (LONGEST if task.lives is None else task.lives)
        self.pid = os.fork()
        if self.pid == 0:
            self.channel.close()
            for other in others:
                other.channel.close()
            _work(task, Say(theirs))
        theirs.close()

    def hear(self) -> bool:
        """Take one message; False at the end."""
        try:
            found = self.channel.recv(1 << 20)
        except ConnectionError:
            found = b""
        if found:
            self.said.append(msgspec.json.decode(found))
        return bool(found)

    def ended(self) -> Outcome:
        """Wait for its end."""
        _, status = os.waitpid(self.pid, 0)
        self.channel.close()
        return Outcome(self.said, os.waitstatus_to_exitcode(status), self.pid, self.ended_at)


def _work(task: Task, say: Say) -> None:
    from scribe.record.errors import ScribeError
    from tests.durability.work import WORK

    code = 1
    try:
        random.seed(os.getpid())
        call, times = task.burn
        for _ in range(times):
            with suppress(OSError):
                CALLS[call]()
        ended = WORK[task.work](Path(task.folder), say, **task.asked)
        if task.counts:
            say("left", _left(task.counts))
        code = ended or 0
    except ScribeError as error:
        say("refused", type(error).__name__, error.exit_code, error.message, error.hint)
        code = error.exit_code
    except BaseException:
        say("crashed", traceback.format_exc()[-3000:])
    finally:
        os._exit(code)


def _left(call: str) -> int:
    for number in range(10_000):
        try:
            CALLS[call]()
        except OSError as error:
            if error.errno not in (errno.EBADF, errno.ENOENT):
                return number + 1
    raise RuntimeError("the fault never came")


def _together(tasks: list[Task]) -> list[Outcome]:
    children: list[_Child] = []
    for task in tasks:
        children.append(_Child(task, children))
    living = list(children)
    while living:
        now = time.perf_counter()
        for child in living:
            if child.dies <= now:
                os.kill(child.pid, signal.SIGKILL)
                child.dies, child.ended_at = float("inf"), time.monotonic()
        first = min(child.dies for child in living)
        wait = None if first == float("inf") else max(0.0, first - now)
        ready = set(select.select([child.channel for child in living], [], [], wait)[0])
        living = [child for child in living if child.channel not in ready or child.hear()]
    return [child.ended() for child in children]


def serve(channel: socket.socket) -> None:
    """Fork what is asked for, until nobody asks any more."""
    from tests.durability.work import warm_up

    os.umask(0)  # whatever it leaves open: what scribe makes is for its owner alone
    warm_up()
    # Where a process may be traced by its forebears alone (Yama): strace is started beside this one, not above it.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    gc.collect()
    gc.freeze()
    _tell(channel, b"")
    while asked := _heard(channel):
        _tell(channel, msgspec.json.encode(_together(msgspec.json.decode(asked, type=list[Task]))))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
