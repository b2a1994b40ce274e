"""A team's own template filled in a process of its own: one that may use so much time and memory, and touch nothing.

The sandbox of `exporters.own` keeps a template within the document; what it costs to fill, and a fault of the sandbox
itself, only a process keeps in. It is started with nothing of this one's surroundings, and goes when this one goes.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scribe.record.errors import ScribeError

if TYPE_CHECKING:
    from scribe.after.postmortem import Postmortem
    from scribe.exporters import own
    from scribe.record.redact import Redacted

_START = 60.0
"""Seconds until a process that did not even come to filling the template is given up."""

_LARGEST = 160 * 1024 * 1024
"""Bytes of an answer at most: the largest document, every character of it a long one."""

_KEPT = ("TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What the process is told of its surroundings: the zone, and what Python itself may need to start."""

_BEGIN = "import sys; sys.path += sys.argv[2:]; from scribe.cli.isolated import main; main()"
_LENGTH = 8
_MEGABYTE = 1024 * 1024
_RESERVE = 64 * _MEGABYTE
"""Bytes beyond the limit, to say that it was met."""

_GRACE = 2
"""Seconds beyond the limit, for the same."""

_NO_MEMORY = 77
"""How a process ends that lacks the memory even to say so."""

_LOOK = 0.05
"""Seconds between two looks at how much memory is taken."""


def filled(
    document: Postmortem,
    passed: Redacted,
    source: str,
    name: str,
    *,
    diagrams: bool = True,
    limits: own.Limits | None = None,
) -> str:
    """The document in a team's own template, of which ``source`` is the text and ``name`` the file's name.

    ``document`` was made from ``passed``. Raises ScribeError in one line that names file, line and what is wrong there,
    or which limit was met.
    """
    import subprocess
    from threading import Event, Timer

    from msgspec import MsgspecError, json

    from scribe.exporters import apart
    from scribe.exporters.own import LESS, Limits

    limits = limits or Limits()
    task = apart.packed(document, passed, source, name, diagrams=diagrams)
    with subprocess.Popen(  # noqa: S603  # this very Python, with a program of scribe's own
        [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _BEGIN, json.encode(limits).decode(), *_roads()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        env=_surroundings(),
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given_up = Event()

        def give_up() -> None:
            given_up.set()
            process.kill()

        last = Timer(_START + limits.wall, give_up)
        last.start()
        try:
            with suppress(BrokenPipeError):  # it ended before it had read all: how it ended is told below
                process.stdin.write(len(task).to_bytes(_LENGTH, "big") + task)
                process.stdin.flush()
            # Not closed before the answer is here: that it closes is how the process learns that this one is gone.
            data = process.stdout.read(_LARGEST)
        finally:
            last.cancel()
            _end(process.pid)
            with suppress(BrokenPipeError):
                process.stdin.close()
    try:
        return apart.answer(data)
    except MsgspecError:
        status = -signal.SIGALRM if given_up.is_set() else process.returncode
        raise ScribeError(f"{name}: {_ended(status, limits)}", LESS) from None


def _ended(status: int, limits: own.Limits) -> str:
    """Why there is no answer, from how the process ended."""
    if status in (-signal.SIGXCPU, -signal.SIGALRM):
        return limits.too_long
    # The system kills what takes its last memory; Python aborts where there is none left to make an error of it.
    if status in (_NO_MEMORY, -signal.SIGKILL, -signal.SIGABRT):
        return limits.too_large
    named = signal.Signals(-status).name if status < 0 else f"status {status}"
    return f"the process that filled it ended without an answer ({named})"


def _roads() -> list[str]:
    """Where this process finds what it imports: the other looks nowhere else."""
    here = str(Path(__file__).resolve().parents[2])
    return [here, *(place for place in sys.path if Path(place).is_absolute() and place != here)]


def _surroundings() -> dict[str, str]:
    # Each thread of glibc's would reserve 64 MiB of addresses, which count as memory.
    return {"MALLOC_ARENA_MAX": "1", **{name: os.environ[name] for name in _KEPT if name in os.environ}}


def _end(group: int) -> None:
    """End the process and whatever it may have started: neither outlives the asking."""
    with suppress(OSError):
        os.killpg(group, signal.SIGKILL)


# ── in the other process ────────────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    """Read a task from standard input, fill the template within the limits, write the answer to standard output."""
    try:
        _fill()
    except MemoryError:
        os._exit(_NO_MEMORY)
    except BaseException:
        os._exit(1)  # at once: Python's own way out loads a library, and no file is opened any more
    os._exit(0)


def _fill() -> None:
    from threading import Thread

    import msgspec

    from scribe.exporters import apart, own

    limits = msgspec.json.decode(sys.argv[1], type=own.Limits)
    task = apart.unpacked(_read(int.from_bytes(_read(_LENGTH), "big")))
    document = apart.document_of(task)
    own.prepare()
    Thread(target=_watch, args=(limits,), daemon=True).start()
    _bound(limits)
    try:
        text = own.postmortem(document, task.source, task.name, diagrams=task.diagrams, limits=limits)
        found = msgspec.msgpack.encode(apart.Answer(text))
    except ScribeError as error:
        found = msgspec.msgpack.encode(apart.Answer(message=error.message, hint=error.hint))
    except own.TooLong:  # met behind the last line of the template, and so is memory
        found = msgspec.msgpack.encode(apart.Answer(message=f"{task.name}: {limits.too_long}", hint=own.LESS))
    except MemoryError:
        _yield()
        found = msgspec.msgpack.encode(apart.Answer(message=f"{task.name}: {limits.too_large}", hint=own.LESS))
    sys.stdout.buffer.write(found)
    sys.stdout.buffer.flush()


def _read(count: int) -> bytes:
    data = sys.stdin.buffer.read(count)
    if len(data) < count:
        os._exit(1)
    return data


def _watch(limits: own.Limits) -> None:
    """Go when whoever asked is gone. Where the system does not limit memory, see how much is taken."""
    most, told = _taken() + limits.megabytes * _MEGABYTE, False
    while not select.select([0], [], [], _LOOK)[0]:
        if not told and _taken() > most:
            told = True
            os.kill(os.getpid(), signal.SIGUSR1)
    os._exit(1)


def _bound(limits: own.Limits) -> None:
    """From here on the template's own limits hold: what was taken to come here does not count."""
    from scribe.exporters import own

    def too_long(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once: the harder limits behind these need no help
        raise own.TooLong

    def too_large(*_: object) -> None:
        raise MemoryError

    signal.signal(signal.SIGXCPU, too_long)
    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGUSR1, too_large)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + limits.seconds
    _limit(resource.RLIMIT_CPU, seconds, seconds + _GRACE)
    # An alarm that nobody hears ends the process: the second one does, if Python does not come to the first.
    signal.setitimer(signal.ITIMER_REAL, limits.wall, _GRACE)
    size = _addresses()
    if size is not None:
        most = size + limits.megabytes * _MEGABYTE
        _limit(resource.RLIMIT_AS, most, most + _RESERVE)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, 3)  # those that are open: none can be opened any more, to read or to write


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, or leave a narrower one as it stands; one that this system does not know is none."""
    _, most = resource.getrlimit(what)
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (soft, hard))


def _yield() -> None:
    """Take what was kept back, to say what happened."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _taken() -> int:
    """Bytes of memory that this process held at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _addresses() -> int | None:
    """Bytes of addresses that this process has; None where the system does not say, and does not limit them either."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return None
