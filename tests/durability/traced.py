"""What a process does to the files of one folder, call by call, as strace sees it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tests.durability.forks import ROOT

_CALLS = (
    *("open", "openat", "creat", "close", "dup", "dup2", "dup3", "mkdir", "mkdirat", "rmdir"),
    *("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "fallocate"),
    *("fsync", "fdatasync", "sync_file_range", "ftruncate", "truncate"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat"),
)
_SHORT = {
    "openat": "open",
    "mkdirat": "mkdir",
    "renameat": "rename",
    "renameat2": "rename",
    "linkat": "link",
    "unlinkat": "unlink",
}
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_PART = re.compile(r'\s*"((?:\\x[0-9a-f]{2})*)"(?:\.\.\.)?|([^,]+)')
HEARD = 9
"""The descriptor on which a process says what it acknowledges."""


class Made(Struct, frozen=True):
    """A name for a file or folder was put into a folder: created, or linked (then the file was there before)."""

    parent: int
    name: str
    node: int


class Removed(Struct, frozen=True):
    """A name was taken out of a folder."""

    parent: int
    name: str


class Renamed(Struct, frozen=True):
    """A name became another one, over whatever stood there."""

    parent: int
    name: str
    to_parent: int
    to_name: str
    node: int


class Wrote(Struct, frozen=True):
    """Bytes were written to a file."""

    node: int
    offset: int
    data: bytes


class Cut(Struct, frozen=True):
    """A file got another size."""

    node: int
    size: int


class Synced(Struct, frozen=True):
    """The system said that all of a file, or of a folder's names, is on the disk."""

    node: int


class Told(Struct, frozen=True):
    """The process acknowledged something."""

    words: list[Any]


Op = Made | Removed | Renamed | Wrote | Cut | Synced | Told

TOP = 0
"""The folder itself, whose own name is taken to be on the disk."""


class Recording(Struct, frozen=True):
    """What stood in the folder, and what was done to it. Nodes are numbers; ``folders`` says which are folders."""

    files: dict[int, bytes]
    names: dict[tuple[int, str], int]
    folders: frozenset[int]
    ops: tuple[Op, ...]


def record(folder: Path, program: Sequence[str]) -> Recording:
    """Run ``python program…`` under strace, and note what it does in that folder. It tells by writing JSON to HEARD."""
    folder = folder.resolve()
    tracing = _Tracing(folder)
    log = folder.with_name(f"{folder.name}.strace")
    chosen = ",".join(f"?{call}" for call in _CALLS)
    python = [sys.executable, *program]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "4000000", "-e", f"trace={chosen}", "-o", str(log), *python],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-3000:])
    with log.open(encoding="ascii") as lines:
        for line in lines:
            tracing.take(line)
    log.unlink()
    return tracing.recording()


class _Tracing:
    def __init__(self, folder: Path) -> None:
        self.files: dict[int, bytes] = {}
        self.stood: dict[tuple[int, str], int] = {}
        self.folders = {TOP}
        self.ops: list[Op] = []
        self._folder = folder
        self._count = TOP
        self._open: dict[int, int] = {}
        self._at: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._enter(TOP, folder)
        self._names = dict(self.stood)

    def recording(self) -> Recording:
        return Recording(self.files, self.stood, frozenset(self.folders), tuple(self.ops))

    def _enter(self, parent: int, folder: Path) -> None:
        for found in sorted(folder.iterdir()):
            node = self._new(is_folder=found.is_dir())
            self.stood[parent, found.name] = node
            if found.is_dir():
                self._enter(node, found)
            else:
                self.files[node] = found.read_bytes()
                self._sizes[node] = len(self.files[node])

    def _new(self, *, is_folder: bool = False) -> int:
        self._count += 1
        if is_folder:
            self.folders.add(self._count)
        self._sizes[self._count] = 0
        return self._count

    def _place(self, path: str) -> tuple[int, str] | None:
        """The folder's node and the name; None for what lies elsewhere."""
        try:
            parts = Path(os.path.normpath(path)).relative_to(self._folder).parts
        except ValueError:
            return None
        node = TOP
        for part in parts[:-1]:
            node = self._names[node, part]
        return (node, parts[-1]) if parts else (TOP, ".")

    def take(self, line: str) -> None:
        found = _LINE.match(line)
        if found is None:
            if "unfinished" in line or "resumed" in line:
                raise RuntimeError(f"two calls at once: {line[:200]}")
            return
        call, result = found[1], int(found[3])
        if result < 0:
            return
        given = list(_parts(found[2]))
        match _SHORT.get(call, call), given:
            case ("open", [_, bytes(path), str(flags), *_]):
                self._opened(path.decode(), flags, result)
            case ("open" | "creat", [bytes(path), str(flags), *_]):
                self._opened(path.decode(), flags, result)
            case ("close", [str(handle)]):
                self._open.pop(int(handle), None)
            case ("pwrite64", [str(handle), bytes(data), _, str(offset)]) if int(handle) in self._open:
                self._wrote(self._open[int(handle)], int(offset), data[:result])
            case ("write", [str(handle), bytes(data), _]) if int(handle) in self._open:
                node = self._open[int(handle)]
                self._wrote(node, self._at.get(int(handle), 0), data[:result])
                self._at[int(handle)] = self._at.get(int(handle), 0) + result
            case ("write", [str(handle), bytes(data), _]):
                if int(handle) == HEARD:
                    self.ops += [Told(msgspec.json.decode(said)) for said in data.splitlines()]
            case ("fsync" | "fdatasync", [str(handle)]):
                if int(handle) in self._open:
                    self.ops.append(Synced(self._open[int(handle)]))
            case ("ftruncate", [str(handle), str(size)]):
                if int(handle) in self._open:
                    self._cut(self._open[int(handle)], int(size))
            case ("mkdir", [*_, bytes(path), _]):
                if place := self._place(path.decode()):
                    self._made(place, self._new(is_folder=True))
            case ("rename" | "link", _):
                self._moved(_SHORT.get(call, call), [part.decode() for part in given if isinstance(part, bytes)])
            case ("unlink" | "rmdir", _):
                (path,) = (part for part in given if isinstance(part, bytes))
                if place := self._place(path.decode()):
                    del self._names[place]
                    self.ops.append(Removed(*place))
            case _ if not any(isinstance(part, str) and part.isdecimal() and int(part) in self._open for part in given):
                pass
            case _:
                raise RuntimeError(f"a call that is not understood: {line[:200]}")

    def _opened(self, path: str, flags: str, handle: int) -> None:
        place = self._place(path)
        self._open.pop(handle, None)
        self._at.pop(handle, None)
        if place is None:
            return
        node = TOP if place == (TOP, ".") else self._names.get(place)
        if node is None:
            node = self._new()
            self._made(place, node)
        elif "O_TRUNC" in flags:
            self._cut(node, 0)
        self._open[handle] = node

    def _made(self, place: tuple[int, str], node: int) -> None:
        self._names[place] = node
        self.ops.append(Made(*place, node))

    def _moved(self, call: str, paths: list[str]) -> None:
        before, after = (self._place(path) for path in paths)
        if before is None and after is None:
            return
        assert before is not None, "a file came from elsewhere"
        assert after is not None, "a file went elsewhere"
        node = self._names[before]
        self._names[after] = node
        if call == "link":
            self.ops.append(Made(*after, node))
        else:
            del self._names[before]
            self.ops.append(Renamed(*before, *after, node))

    def _wrote(self, node: int, offset: int, data: bytes) -> None:
        self._sizes[node] = max(self._sizes[node], offset + len(data))
        self.ops.append(Wrote(node, offset, data))

    def _cut(self, node: int, size: int) -> None:
        self._sizes[node] = size
        self.ops.append(Cut(node, size))


def _parts(given: str) -> Iterator[str | bytes]:
    for found in _PART.finditer(given):
        if found[2] is None:
            yield bytes.fromhex(found[1].replace("\\x", ""))
        elif found[2].strip():
            yield found[2].strip()
