"""`scribe doctor`: what this machine offers, and whether the journal is well. It makes and changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from msgspec import Struct

from scribe import __version__
from scribe.cli.cells import coloured, styled
from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.errors import Busy, ScribeError
from scribe.record.text import one_line, visible
from scribe.record.when import spell

if TYPE_CHECKING:
    from scribe.journal.health import Health

Level = Literal["ok", "warning", "problem"]

_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}
_SCANT, _LITTLE = 16, 256
"""MiB of free space: below the first the next entries may not fit, below the second somebody should look."""
_OLD = 7 * 24 * 60 * 60
"""Seconds after which a backup that lacks what came since is old."""


class Found(Struct, frozen=True):
    """One thing that was looked at: what, how it stands, what was found, and how to put it right if it is not."""

    what: str
    level: Level
    value: str
    hint: str = ""


@click.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="An array of what was looked at, for programs.")
@add_globals
@click.pass_obj
def doctor_command(session: Session, as_json: bool) -> int:
    """Say what this machine offers, and whether the journal is well. Nothing is made or changed."""
    found = [*_programs(), *_settings(session), *_journal(session), *_terminal()]
    if as_json:
        put_json([{"what": one.what, "level": one.level, "value": one.value, "hint": one.hint} for one in found])
    else:
        for one in found:
            level = styled(f"{one.level:8}", fg=_COLOURS[one.level])
            say(f"{level} {one.what:12} {one_line(one.value)}".rstrip())
            if one.hint:
                say(f"{'':22}{visible(one.hint)}")
    return int(any(one.level == "problem" for one in found))


# ── programs and settings ───────────────────────────────────────────────────────────────────────────────────────────


def _programs() -> Iterator[Found]:
    from scribe.journal.health import can_lose_a_reset, sqlite_version

    yield Found("scribe", "ok", __version__)
    yield Found("python", "ok", ".".join(map(str, sys.version_info[:3])))
    version = sqlite_version()
    if can_lose_a_reset(version):
        yield Found(
            "sqlite",
            "warning",
            f"{version}, which has the WAL-reset bug: scribe works around it, but another program that writes into the"
            " journal may, very rarely, damage it",
            "mended in SQLite 3.51.3, 3.50.7 and 3.44.6: a newer Python or system library brings it",
        )
    else:
        yield Found("sqlite", "ok", version)


def _settings(session: Session) -> Iterator[Found]:
    from scribe.config import config_path

    try:
        path = config_path(session.options.get("config"), os.environ)
        session.config  # noqa: B018  # it is read when it is asked for
        yield Found("config", "ok", str(path) if path else "none; everything is as it comes")
    except ScribeError as error:
        yield _failed("config", error)
        session.go_without_config()
    asked: tuple[tuple[str, Callable[[], object]], ...] = (("zone", lambda: session.zone), ("who", lambda: session.me))
    for what, ask in asked:
        try:
            yield Found(what, "ok", str(ask()))
        except ScribeError as error:
            yield _failed(what, error)
    yield Found("login", "ok", _login(os.getuid()))


def _failed(what: str, error: ScribeError) -> Found:
    return Found(what, "problem", error.message, error.hint)


def _login(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


# ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _journal(session: Session) -> Iterator[Found]:
    from scribe.journal.opening import is_there

    try:
        path = session.path
        there = is_there(path)
    except ScribeError as error:
        yield _failed("journal", error)
        return
    if not there:
        yield Found("journal", "ok", f"none yet; the first incident makes {path}", "scribe new TITLE declares one")
        yield from _place(path)
        return
    try:
        size = path.stat().st_size
        yield Found("journal", "ok", f"{path}, {_size(size)}")
        yield from _rights(path)
        yield from _place(path)
    except OSError as error:
        yield Found("journal", "problem", f"{path}: {error.strerror or error}", "check the folder's permissions")
        return
    yield from _content(session, path)


def _content(session: Session, path: Path) -> Iterator[Found]:
    from scribe.journal.health import examined

    try:
        health = examined(path)
    except Busy as error:
        yield Found("content", "warning", error.message, "try again when it is done")
    except ScribeError as error:
        yield _failed("content", error)
    else:
        yield from _health(session, path, health)


def _health(session: Session, path: Path, health: Health) -> Iterator[Found]:
    from scribe.journal.filesystem import is_shared

    if health.damage:
        hint = f"scribe salvage {path} NEW reads what can be read of it; the newest backup may hold more"
        yield Found("content", "problem", f"the file is damaged: {health.damage}", hint)
    else:
        old = "; of an older version, brought up to date when it is next written" if health.is_old else ""
        events = f"{_counted(health.incidents, 'incident')}, {_counted(health.events, 'event')}"
        yield Found("content", "ok", f"{events}, the file is sound{old}")
    if health.strangers:
        hint = "find out who put them there, and remove them with a tool for SQLite: scribe writes nothing until then"
        yield Found("triggers", "problem", f"scribe did not make {', '.join(health.strangers)}", hint)
    if health.lacking:
        hint = "they are put back when the file is next written; scribe verify --all looks at the record"
        yield Found("triggers", "warning", f"somebody took away {', '.join(health.lacking)}", hint)
    for incident, why in health.broken:
        yield Found("chain", "problem", f"{incident}: {why}", f"scribe verify -i {incident} names the place")
    if health.events and not health.broken:
        yield Found("chain", "ok", "every digest holds; a cut-off tail shows only against a noted head")
    way = "with a write-ahead log" if health.logged else "without a write-ahead log"
    shared = is_shared(path)
    if health.logged == shared and health.events:
        now = "a network file system has no place for one" if shared else "it is faster with one"
        yield Found("written", "warning", way, f"{now}: scribe changes that when nobody else has it open")
    else:
        yield Found("written", "ok", way + ("; a process has it open now" if health.is_open else ""))
    if health.drafts:
        texts = _counted(health.drafts, "text")
        yield Found("drafts", "ok", f"{texts} typed and never sent: scribe offers them when it opens")
    yield from _backups(session, path, health)


def _backups(session: Session, path: Path, health: Health) -> Iterator[Found]:
    from scribe.cli.backup import rolling_of

    try:
        rolling, _ = rolling_of(session)
    except ScribeError as error:
        yield Found("backups", "warning", error.message, error.hint)
        return
    made = rolling.made()
    by_hand = "scribe backup makes one"
    if not rolling.keep:
        yield Found("backups", "warning", "the config wants none: [backup] keep = 0", f"{by_hand}: scribe backup FILE")
    elif not made:
        level: Level = "warning" if health.events else "ok"
        yield Found("backups", level, f"none yet in {rolling.folder}", f"the screen makes them by itself; {by_hand}")
    else:
        try:
            newest, changed = made[-1].stat().st_mtime, path.stat().st_mtime
        except OSError:
            return
        age = session.clock.now().timestamp() - newest
        value = f"{len(made)} of {rolling.keep}, the newest {spell(max(0.0, age))} old, in {rolling.folder}"
        if age > _OLD and changed > newest:
            yield Found("backups", "warning", value, f"the journal has changed since; {by_hand}")
        else:
            yield Found("backups", "ok", value)


def _rights(path: Path) -> Iterator[Found]:
    """Whose the files are, and who else may read them."""
    from scribe.journal.faults import why_not
    from scribe.journal.place import PARTS, beside

    status = path.stat()
    yield Found("owner", "ok", _login(status.st_uid) + ("" if status.st_uid == os.getuid() else ", not you"))
    refused = why_not(path)
    if refused is not None:
        yield Found("rights", "warning", f"read-only: {refused.message}", refused.hint)
    files = [path, *(part for part in (beside(path, end) for end in PARTS) if part.exists())]
    if status.st_nlink > 1:
        hint = "open it by one name alone: under two, each with a log of its own, it is damaged"
        yield Found("rights", "warning", f"{path} has {status.st_nlink} names (hard links)", hint)
    for file in files:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            yield Found("rights", "problem", f"others may use {file} ({mode:04o})", f"chmod 600 {_quoted(file)}")
        else:
            yield Found("rights", "ok", f"{mode:04o} {file.name}")
    folder = beside(path, "").parent
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022 and not mode & stat.S_ISVTX:
        hint = f"chmod 700 {_quoted(folder)}"
        yield Found("rights", "problem", f"others may put another file in its place: {folder} ({mode:04o})", hint)
    else:
        yield Found("rights", "ok", f"{mode:04o} {folder}")


def _place(path: Path) -> Iterator[Found]:
    """The file system, and what room there is on it."""
    from scribe.journal.filesystem import mounted
    from scribe.journal.opening import caution

    mount = mounted(path)
    if mount is not None and mount.is_shared:
        hint = "a folder on this machine's own disk is faster and safer; scribe bundle takes an incident elsewhere"
        yield Found("file system", "warning", caution(path), hint)
    elif mount is not None:
        yield Found("file system", "ok", f"{mount.kind} at {mount.where}")
    folder = next((place for place in path.absolute().parents if place.is_dir()), Path("/"))
    free = shutil.disk_usage(folder).free // 2**20
    level: Level = "problem" if free < _SCANT else "warning" if free < _LITTLE else "ok"
    yield Found("free space", level, f"{free} MiB", "free some: what finds no room is not recorded" * (level != "ok"))


def _size(length: int) -> str:
    return f"{length / 2**20:.1f} MiB" if length >= 2**20 else f"{-(-length // 1024)} KiB"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


# ── the terminal ────────────────────────────────────────────────────────────────────────────────────────────────────


def _terminal() -> Iterator[Found]:
    ways = [name for name, stream in (("input", sys.stdin), ("output", sys.stdout)) if _is_terminal(stream)]
    term = os.environ.get("TERM", "")
    if len(ways) < 2:
        lacking = "neither input nor output is one" if not ways else f"only the {ways[0]} is one"
        yield Found("terminal", "ok", f"{lacking}; the full screen needs both, other commands neither")
    elif term in ("", "dumb", "unknown"):
        hint = "the full screen needs one that can be drawn on: set TERM to what it is, like xterm-256color"
        yield Found("terminal", "warning", f"TERM is {term or 'not set'}", hint)
    else:
        size = shutil.get_terminal_size()
        inside = next((f", in {name}" for variable, name in _INSIDE if os.environ.get(variable)), "")
        yield Found("terminal", "ok", f"{term}, {size.columns}×{size.lines}{inside}")
        if size.columns < 40 or size.lines < 12:
            yield Found("size", "warning", "smaller than 40×12", "the full screen leaves out most of itself")
    if ways:
        many = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
        shown = "none (NO_COLOR, or a plain terminal)" if not coloured(sys.stdout) else "as many as there are"
        yield Found("colours", "ok", shown if not coloured(sys.stdout) or many else _palette(term))
    encoding = (getattr(sys.stdout, "encoding", None) or "unknown").lower().replace("-", "")
    if encoding == "utf8":
        yield Found("characters", "ok", "UTF-8")
    else:
        hint = "set LANG to a UTF-8 locale, like C.UTF-8: what cannot be shown becomes a question mark"
        yield Found("characters", "warning", getattr(sys.stdout, "encoding", None) or "unknown", hint)
    yield _clipboard()


_INSIDE = (("TMUX", "tmux"), ("STY", "screen"), ("ZELLIJ", "zellij"), ("SSH_CONNECTION", "an SSH session"))


def _is_terminal(stream: object) -> bool:
    try:
        return bool(getattr(stream, "isatty", lambda: False)())
    except ValueError:  # it was closed
        return False


def _palette(term: str) -> str:
    return "256" if "256" in term else "16, or more that it does not say"


def _clipboard() -> Found:
    from scribe.ui.clipboard import found

    name = found()
    if name:
        return Found("clipboard", "ok", f"{name}; and the terminal's own, which does not say whether it takes anything")
    return Found("clipboard", "ok", "no program for it; the terminal's own does not say whether it takes anything")
