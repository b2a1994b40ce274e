"""Who writes: tags for journal files and incidents, and which process holds a draft."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Digits and letters that cannot be taken for one another when read aloud on a call."""


def machine() -> str:
    """A digest that tells this machine from others, without naming it in the file."""
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            found = Path(place).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            break
    else:
        found = os.uname().nodename
    return sha256(b"scribe " + found.encode()).hexdigest()[:16]


def file(path: Path) -> str:
    """What changes when a file is copied and stays when it is renamed: its device and inode."""
    status = path.stat()
    return f"{status.st_dev:x}:{status.st_ino:x}"


def tag(length: int) -> str:
    """A random name of so many letters."""
    import secrets  # only when a file or an incident begins

    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def process() -> str:
    """This process, so that its draft is offered to another only when it is gone: host, pid, start."""
    pid = os.getpid()
    return f"{machine()}:{pid}:{_started(pid)}"


def is_gone(process: str) -> bool:
    """Whether a process of this machine no longer runs; one of another machine is never taken for gone."""
    host, _, rest = process.partition(":")
    pid, _, started = rest.partition(":")
    if host != machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # another user's, who may have got the number since
        return _started(int(pid)) not in ("", started)
    except (OSError, OverflowError, ValueError):  # a number that no process can have
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks, because process numbers come round again; empty off Linux."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
