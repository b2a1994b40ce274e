"""Copies of a journal, made while screens and writers are at work, and the rolling ones that scribe makes by itself.

A copy is made with VACUUM INTO and not with SQLite's backup interface: it is written anew from one snapshot of what
lives in the journal, so that no free page comes along, and nothing that was erased. It takes no lock that a writer
waits for, is not begun again when somebody writes, and runs without the interpreter's lock. It has no log of its own.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from scribe.clock import Clock
from scribe.journal import placing
from scribe.journal.faults import fault, refused, spoken
from scribe.journal.opening import connect
from scribe.journal.reader import Reader
from scribe.record.errors import Busy, JournalError, Refused

Stop = Callable[[], bool]
"""Whether to give up; asked every few milliseconds."""

_OFTEN: Final = 5000
"""Steps of SQLite's between two questions whether to stop."""
_NAME: Final = re.compile(r"(\d{8}T\d{6}\.\d{3})Z\.db")
_MAKING: Final = ".making"
_LOCK: Final = ".lock"
_GIVEN_UP: Final = "the backup was given up"
_PAUSE: Final = 0.02
"""Seconds between two looks whether another process is done."""


class Stopped(JournalError):
    """A copy was given up because somebody asked for that; nothing is left of it."""


class Rolling(Struct, frozen=True):
    """Where the rolling backups of one journal lie, a folder of their own, and how many of them stay."""

    folder: Path
    keep: int

    def made(self) -> list[Path]:
        """Those that are there, the oldest first; files of other names are none of scribe's."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and _is_file(path))
        return []


# ── one copy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def copy(journal: Reader, into: Path, *, stop: Stop | None = None) -> None:
    """Write a consistent copy of the journal into ``into``, an empty file.

    The copy names no writer, so that two files with one history never number their entries alike. It has been
    checked, and is not synced yet. Raises Stopped, and what a journal raises: of the source, Corrupt; of the copy,
    Full and ReadOnly.
    """
    source, connection = journal.path, journal.connection
    with _told(source, into), _asking(connection, stop), _writable(connection):
        before = _last(connection)
        connection.execute("VACUUM INTO ?", (str(into.absolute()),))
    with _told(into, into), closing(sqlite3.connect(into, isolation_level=None)) as made, _asking(made, stop):
        for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "secure_delete = ON"):
            made.execute(f"PRAGMA {pragma}")
        made.execute("DELETE FROM writers")
        if made.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",) or _last(made) < before:
            raise JournalError(f"the copy of {source} is not whole", "the disk may be failing; copy it to another one")


def place(journal: Reader, path: Path) -> None:
    """As `copy`, into a new file of that name, which is there whole and synced or not at all.

    It works, too, where the journal's own file was moved or deleted. Raises Refused where a file of that name is, or
    a part of one, and what `copy` raises.
    """
    taken = Refused(f"{path} exists already", "give another name")
    if os.path.lexists(path):
        raise taken
    placing.has_room(path)
    try:
        _placed(journal, path, None)
    except FileExistsError:
        raise taken from None


@contextmanager
def _told(source: Path, into: Path) -> Iterator[None]:
    """Errors in words: what is damaged is the source, whatever else goes wrong befell the copy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            raise Stopped(_GIVEN_UP) from None
        is_read = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_BUSY)
        raise fault(error, source if is_read else into) from error


@contextmanager
def _asking(connection: sqlite3.Connection, stop: Stop | None) -> Iterator[None]:
    if stop is None:
        yield
        return
    if stop():
        raise Stopped(_GIVEN_UP)
    connection.set_progress_handler(stop, _OFTEN)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def _writable(connection: sqlite3.Connection) -> Iterator[None]:
    """A journal that is only looked at takes VACUUM INTO for a change of itself; it is none."""
    guarded = connection.execute("PRAGMA query_only").fetchone()[0]
    connection.execute("PRAGMA query_only = OFF")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA query_only = {guarded}")


def _last(connection: sqlite3.Connection) -> int:
    """The number of the last event; whatever changes a record adds one."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])


# ── rolling ones ────────────────────────────────────────────────────────────────────────────────────────────────────


def roll(
    journal: Reader,
    rolling: Rolling,
    clock: Clock,
    *,
    every: float = 0.0,
    always: bool = False,
    wait: float = 0.0,
    stop: Stop | None = None,
) -> Path | None:
    """Make one more, and remove those beyond ``keep``; where it lies, or None when there is no need of one.

    There is none while the newest is younger than ``every`` seconds, nor unless something was recorded since, but for
    ``always``. Raises Busy when another process makes one for longer than ``wait`` seconds, and what `copy` raises.
    """
    if rolling.keep < 1:
        return None
    with _alone(rolling.folder, clock, wait):
        made = rolling.made()
        if not always and (_is_young(made, clock.now(), every) or _holds(made, _last(journal.connection))):
            return None
        path = _placed(journal, rolling.folder / _name(made, clock.now()), stop)
        with spoken(rolling.folder):
            for old in rolling.made()[: -rolling.keep]:
                old.unlink(missing_ok=True)
    return path


def roll_when_due(path: Path, rolling: Rolling, clock: Clock, *, every: float, stop: Stop) -> None:
    """As `roll`, through a connection of its own: for a thread. Another process that makes one is as good."""
    with spoken(path), closing(connect(path, "mode=ro")) as connection, suppress(Busy, Stopped):
        roll(Reader(path, connection), rolling, clock, every=every, stop=stop)


def replace_rolling(journal: Reader, rolling: Rolling, clock: Clock, *, wait: float = 10.0) -> int:
    """Behind an erasure: make one that does not hold what was erased, and remove all that may; how many those were.

    Raises what `roll` raises; then the older ones are all still there.
    """
    if not rolling.folder.exists():
        return 0
    with _alone(rolling.folder, clock, wait):
        older = rolling.made()
        if older and rolling.keep:
            _placed(journal, rolling.folder / _name(older, clock.now()), None)
        with spoken(rolling.folder):
            for old in older:
                old.unlink(missing_ok=True)
            placing.sync(rolling.folder)
    return len(older)


def _placed(journal: Reader, path: Path, stop: Stop | None) -> Path:
    """Make a copy under another name, and give it its own once it is whole and synced."""
    from secrets import token_hex

    making = path.with_name(f"{_MAKING}-{token_hex(4)}")
    try:
        with spoken(path):
            handle = os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with spoken(path):
                os.fchmod(handle, 0o600)
            with placing.naming(path, making):
                copy(journal, making, stop=stop)
            with spoken(path):
                os.fsync(handle)
            _move(making, path)
        finally:
            os.close(handle)
    finally:
        placing.tidy(making)
    with spoken(path):
        placing.sync(path.parent)
    return path


def _move(making: Path, path: Path) -> None:
    try:
        placing.move(making, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(error, path) from error


@contextmanager
def _alone(folder: Path, clock: Clock, wait: float) -> Iterator[None]:
    """The folder, made where there is none, for this process alone; what a killed one left half made goes."""
    with spoken(folder):
        placing.make_folder(folder)
        handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        until = clock.monotonic() + wait
        while not _locked(handle):
            if clock.monotonic() >= until:
                raise Busy(f"another process is making a backup in {folder}", "try again when it is done")
            clock.sleep(_PAUSE)
        with spoken(folder):
            for left in folder.glob(f"{_MAKING}-*"):
                left.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: two that are made at once have different names
        return True
    return True


def _name(made: list[Path], now: datetime) -> str:
    """The time as a name, behind the newest one's even where the clock was set back: the order is that of making."""
    newest = _time(made[-1]) if made else None
    if newest is not None and newest >= now:
        now = newest + timedelta(milliseconds=1)
    return f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z.db"


def _time(path: Path) -> datetime | None:
    found = _NAME.fullmatch(path.name)
    try:
        return datetime.strptime(f"{found[1]}000", "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) if found else None
    except ValueError:  # the thirteenth month
        return None


def _is_young(made: list[Path], now: datetime, every: float) -> bool:
    newest = _time(made[-1]) if made else None
    return newest is not None and 0 <= (now - newest).total_seconds() < every


def _holds(made: list[Path], last: int) -> bool:
    """Whether the newest backup holds all that was recorded; a damaged one holds nothing."""
    try:
        with closing(connect(made[-1], "mode=ro&immutable=1")) as newest:
            return _last(newest) == last
    except (IndexError, sqlite3.Error, JournalError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
