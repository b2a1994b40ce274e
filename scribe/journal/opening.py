"""Opening a file: is it a journal, may it be used, and does it have to be made?"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from msgspec import Struct

from scribe.journal import filesystem, placing, unfinished
from scribe.journal.faults import ANOTHER, blocked, is_busy, spoken, why_not
from scribe.journal.format import APPLICATION_ID, VERSION
from scribe.journal.place import PARTS, Place, beside, identity_of, is_held
from scribe.record.errors import Corrupt, Full, JournalError, Missing, Newer, ReadOnly

_SMALLEST = 512
"""Bytes of the smallest page, and so of the smallest database."""

OPENING = 1.0
"""Seconds to wait while another process recovers the file or, as the last to leave, tidies it."""

_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"%?#")
"""Bytes that stand for themselves in SQLite's form of a file's name."""

_AGAIN = 5
"""How often a file is opened that is being replaced at that very moment."""

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


class Seen(Struct, frozen=True):
    """A file opened for reading alone: its connection, its version, and how it is found out that it changed.

    ``stamp`` is empty where SQLite sees what others write; else it is what changes with the files.
    """

    connection: sqlite3.Connection
    version: int
    stamp: tuple[int, ...] = ()


def is_there(path: Path) -> bool:
    """Whether there is a file to open.

    Raises Corrupt for what is no file, JournalError for a link that leads nowhere.
    """
    with spoken(path):
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            mode = 0
    for is_one, kind in _KINDS:
        if mode and is_one(mode):
            raise Corrupt(f"{path} is a {kind}, not a journal", "name a file with --db or SCRIBE_DB")
    if not mode and path.is_symlink():
        raise JournalError(
            f"{path} is a link to {os.path.realpath(path)}, where nothing is",
            "mount or put back what it leads to, or remove the link",
        )
    if mode:
        for end in PARTS:
            part = beside(path, end)
            if part.is_dir():
                raise blocked(part, path)
    return bool(mode)


def make(path: Path) -> None:
    """An empty file (0600) and the folders it lacks (0700), whatever the umask takes away or leaves open.

    Raises Corrupt where the log of a journal lies that is not there: SQLite would delete it.
    """
    log = beside(path, "-wal")
    if log.is_file() and log.stat().st_size:
        raise Corrupt(
            f"{path} is not there, but {log.name} is: it holds what was recorded last",
            f"put {path.name} back beside it; or keep what it holds with: scribe salvage {path} NEW",
        )
    made = placing.make_folder(path.parent)
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    for folder in dict.fromkeys((path.parent, *(folder.parent for folder in made))):
        placing.sync(folder)  # SQLite sees to that for its own files, not for those above them


def connect(path: Path, how: str) -> sqlite3.Connection:
    """A connection, opened with these parameters of SQLite's URI. Raises ReadOnly."""
    with spoken(path):
        # urllib's quote takes longer to import than the rest of this room.
        name = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in os.fsencode(path.absolute()))
        return sqlite3.connect(f"file:{name}?{how}", uri=True, timeout=OPENING, isolation_level=None)


def to_write(path: Path) -> tuple[sqlite3.Connection, int, Place]:
    """A connection that may write, the file's version, and where it lies. Made where there is none.

    Raises Corrupt, Newer, ReadOnly, Full, Missing; the file is untouched then.
    """
    with spoken(path):
        if not is_there(path):
            make(path)
        # A normal open of a file from the future rewrites its header, so it is looked at before.
        is_unfinished = unfinished.is_unfinished(path)
        found = _looked_at(path)
        refused = why_not(path)
        if refused is not None:
            raise refused
        for _ in range(_AGAIN):
            before = identity_of(path)
            connection = connect(path, "mode=rw")
            try:
                place = Place(path)
                if is_unfinished:  # with that SQLite puts it in order, and it may have been older before
                    found = version(connection, path)
            except BaseException:
                connection.close()
                raise
            if place.identity == before:
                return connection, found, place
            connection.close()
    raise JournalError(f"{path} is being replaced by another program", "nothing was written; try again when it is done")


def to_read(path: Path) -> Seen:
    """A connection that can only read, and the file's version; nothing is put beside a file that may not be written.

    Raises Missing, Corrupt, Newer, ReadOnly.
    """
    with spoken(path):
        if not is_there(path):
            raise Missing(f"there is no journal at {path}", "declare an incident with: scribe new TITLE")
        if why_not(path) is None:
            _looked_at(path)
            if _is_half_written(path):
                connection, _, _ = to_write(path)  # SQLite takes back what a dead process left half written
                try:
                    connection.execute("SELECT count(*) FROM sqlite_master")
                finally:
                    connection.close()
            try:
                return Seen(*_opened(path, "mode=ro"))
            except Full:  # there is no room for the memory that who reads and who writes share
                pass
        return from_outside(path)


def caution(path: Path) -> str:
    """What to know of a journal on a file system that other machines have, too."""
    mount = filesystem.mounted(path)
    kind = f" ({mount.kind})" if mount is not None else ""
    return f"the journal lies on a network file system{kind}: safe as far as that locks files, and slower"


def leave_log(connection: sqlite3.Connection) -> None:
    """Turn a file to writing without a write-ahead log, if nobody else holds it.

    It is asked for alone: then SQLite reads what a log still holds without sharing memory for it.
    """
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    _turn(connection, "TRUNCATE")
    connection.execute("PRAGMA locking_mode = NORMAL")


def has_its_log(connection: sqlite3.Connection, *, wanted: bool) -> bool:
    """Whether the file is written by way of a write-ahead log; it is turned to one that is wanted, if it can be now."""
    mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if wanted and mode != "wal":  # a backup that was put back, or a file that comes from a shared file system
        mode = _turn(connection, "WAL")
    return mode == "wal"


def _turn(connection: sqlite3.Connection, mode: str) -> str:
    """Have the file written in another way, unless somebody has it open: nobody waits for that; in which way it is."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        return str(connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0])
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return ""
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(OPENING * 1000)}")


def stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file, or the log beside it, is written."""
    found: list[int] = []
    for name in (path, beside(path, "-wal")):
        try:
            status = name.stat()
        except OSError:
            found.append(0)
        else:
            found += (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    return tuple(found)


def version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's schema version, 0 for an empty file. Raises Newer, and Corrupt when it is not a journal."""
    with spoken(path):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise Newer(f"{path} was written by a newer scribe", "update scribe; the file was not touched")
        marked = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not marked and (version or tables):
            raise Corrupt(f"{path} is a database, but not a journal", ANOTHER)
    return version


def _looked_at(path: Path) -> int:
    """The version of a file that may be anything, found out without leaving a trace. Raises Corrupt, Newer."""
    if unfinished.is_unfinished(path):
        return unfinished.version(path)
    _refuse_scrap(path)
    connection, found = _found_out(path)
    connection.close()
    return found


def _refuse_scrap(path: Path) -> None:
    if 0 < path.stat().st_size < _SMALLEST:  # SQLite takes it for an empty file, and would write over it
        raise Corrupt(f"{path} is not a journal", ANOTHER)


def _found_out(path: Path) -> tuple[sqlite3.Connection, int]:
    for _ in range(_AGAIN):
        if not _has_log(path):
            return _opened(path, "mode=ro&immutable=1")
        if is_held(path):  # whoever holds it found it in order, and the log is being written
            break
        from scribe.journal import image  # only behind a crash

        if path.stat().st_size > image.LARGEST:
            break
        try:
            return _in_memory(path)
        except image.Torn:
            continue
    return _opened(path, "mode=ro")


def from_outside(path: Path) -> Seen:
    """As `to_read`, of a file that is there, and nothing is put beside it.

    To read, SQLite puts two files beside the journal. It need not while nobody is writing.
    """
    from scribe.journal import image

    _refuse_scrap(path)
    for _ in range(_AGAIN):
        before = stamp(path)
        if not _has_log(path):
            if _is_half_written(path):
                raise ReadOnly(
                    f"{path} was being written when its writer ended, and has to be put in order first",
                    "open it once with scribe where it may be written; nothing acknowledged is lost",
                )
            return Seen(*_opened(path, "mode=ro&immutable=1"), before)
        if is_held(path):
            try:
                return Seen(*_opened(path, "mode=ro"))
            except ReadOnly:  # it shares no memory with who writes: it is seen as it stands
                pass
        try:
            return Seen(*_in_memory(path), before)
        except image.Torn:
            continue
    return Seen(*_opened(path, "mode=ro"))


def _in_memory(path: Path) -> tuple[sqlite3.Connection, int]:
    """The journal as a dead process left it, with what its log holds: not opened before it is known to be sound.

    Raises Corrupt, Newer, and Torn when it is being written after all.
    """
    from scribe.journal import image

    connection = image.check(path)
    try:
        return connection, version(connection, path)
    except BaseException:
        connection.close()
        raise


def _opened(path: Path, how: str) -> tuple[sqlite3.Connection, int]:
    connection = connect(path, how)
    try:
        return connection, version(connection, path)
    except BaseException:
        connection.close()
        raise


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies beside the file."""
    try:
        return beside(path, "-wal").stat().st_size > 0
    except OSError:
        return False


def _is_half_written(path: Path) -> bool:
    """Whether a rollback journal says that a transaction was neither finished nor taken back."""
    return unfinished.is_unfinished(path) and not is_held(path)
