"""`scribe backup`: a consistent copy of the whole journal, and the rolling ones that the screen has made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from scribe.cli.output import put_json, say
from scribe.cli.session import PATIENCE, Command, Session, add_globals
from scribe.clock import Clock
from scribe.config.path import path_of
from scribe.config.reader import ConfigError
from scribe.journal.store import Journal
from scribe.record.chain import Stored, Verdict, verify
from scribe.record.errors import JournalError, ScribeError
from scribe.record.events import NO_ENTRY
from scribe.record.text import one_line

if TYPE_CHECKING:
    from scribe.journal.backup import Rolling
    from scribe.ui.safekeeping import Make

LEAVING = 0.2
"""Seconds that a last backup may hold up who leaves the screen; what is not done by then is left to the next time."""

_SMALL = 16 * 1024 * 1024
"""Bytes of a journal of which a copy can be made in that time."""


class Held(Struct, frozen=True):
    """What a copy holds of one incident."""

    incident: str
    entries: int
    verdict: Verdict


@click.command("backup", cls=Command)
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@add_globals
@click.pass_obj
def backup_command(session: Session, file: str | None, force: bool, as_json: bool) -> int:
    """Copy the whole journal, at one moment, while screens and writers go on; nobody waits for it.

    Without FILE it is one of the rolling backups, as the config has them. The copy is a journal: --db FILE shows it.
    The heads that are printed, noted elsewhere, are what shows later whether anything was cut off.
    """
    with session.reading() as journal:
        made = _rolled(session, journal) if file is None else _copied(journal, path_of(file), force=force)
    held = _held(made, session.clock)
    ok = all(one.verdict.ok for one in held)
    if as_json:
        incidents = [
            {"incident": one.incident, "entries": one.entries, "head": one.verdict.head, "ok": one.verdict.ok}
            for one in held
        ]
        put_json({"file": str(made), "entries": sum(one.entries for one in held), "incidents": incidents, "ok": ok})
    else:
        for line in _told(made, held):
            say(line)
    return 0 if ok else 1


def rolling_of(session: Session) -> tuple[Rolling, int]:
    """Where the journal's rolling backups lie and how many stay, and the seconds between two. Raises ConfigError."""
    from scribe.config.backup import Backups, folder_of
    from scribe.journal.backup import Rolling

    agreed = session.config.backup or Backups()
    return Rolling(folder_of(agreed, session.path), agreed.keep), agreed.every


def makes_copies(session: Session) -> Make | None:
    """What has a rolling backup made when one is due, for the screen's thread; None where none are wanted.

    It is given what says whether to stop. Raises what `roll` raises.
    """
    if session.config.backup is not None and not session.config.backup.keep:
        return None

    def make(stop: Callable[[], bool]) -> None:
        from scribe.journal.backup import roll_when_due

        try:
            rolling, every = rolling_of(session)
        except ConfigError:  # no home: scribe doctor says so
            return
        roll_when_due(session.path, rolling, session.clock, every=every, stop=stop)

    return make


def copy_at_leaving(session: Session, journal: Journal) -> None:
    """A last rolling backup, if something was recorded since the one before and it takes no time; else none."""
    from scribe.journal.backup import roll

    until = session.clock.monotonic() + LEAVING
    try:
        rolling, _ = rolling_of(session)
        if journal.path.stat().st_size > _SMALL:
            return
        roll(journal, rolling, session.clock, stop=lambda: session.clock.monotonic() > until)
    except (ConfigError, JournalError, OSError):  # it was said while the screen was open, or is said the next time
        return


def _rolled(session: Session, journal: Journal) -> Path:
    from scribe.journal.backup import roll

    rolling, _ = rolling_of(session)
    if not rolling.keep:
        raise ScribeError("the config wants no rolling backups: [backup] keep = 0", "name a file: scribe backup FILE")
    path = roll(journal, rolling, session.clock, always=True, wait=PATIENCE)
    assert path is not None
    return path


def _copied(journal: Journal, path: Path, *, force: bool) -> Path:
    from scribe.cli.beside import placing_journal
    from scribe.journal.backup import copy

    if path.exists() and path.samefile(journal.path):
        raise ScribeError(f"{path} is the journal itself", "name another file")
    with placing_journal(path, force=force) as making:
        copy(journal, making)
    return path


def _held(path: Path, clock: Clock) -> list[Held]:
    """What the copy holds, each chain verified."""
    copied = Journal.reading(path, clock)
    try:
        return [_verified(copied, incident) for incident in copied.incidents()]
    finally:
        copied.close()


def _verified(journal: Journal, incident: str) -> Held:
    entries = 0

    def counted() -> Iterator[Stored]:
        nonlocal entries
        for row in journal.stored(incident):
            entries += row.header.kind not in NO_ENTRY
            yield row

    verdict = verify(counted())
    return Held(incident, entries, verdict)


def _told(path: Path, held: list[Held]) -> Iterator[str]:
    entries = sum(one.entries for one in held)
    yield f"written to {one_line(str(path))}: {_counted(len(held), 'incident')}, {_counted(entries, 'entry')}"
    for one in held:
        first = one.verdict.first_break
        if first is None:
            yield f"{one_line(one.incident)} ok  {_counted(one.entries, 'entry')}, head {one.verdict.head}"
        else:
            ref = f"{first.ref} " if first.ref else ""
            yield one_line(f"{one.incident} BROKEN at {ref}({first.id}), as in the journal: {first.why}")
    if held:
        yield "A head noted elsewhere shows later whether anything was cut off: scribe verify --against HEAD"


def _counted(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else what.removesuffix('y') + 'ies' if what.endswith('y') else what + 's'}"
