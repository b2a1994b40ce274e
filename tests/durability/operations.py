"""Everything that scribe does to a file, each as one short process: what befalls it is up to those who run it."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from scribe.cli.root import run as command
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.chain import verify
from scribe.recorder import Recorder
from tests.durability.forks import Outcome
from tests.durability.holds import exports_hold, must
from tests.durability.journals import CLOCK, INCIDENT, OLDER, SECRET, begun, older, typed
from tests.fakes.raw import raw

COPY, BUNDLE, SALVAGED = "copy.db", "in.bundle", "salvaged.db"
_AS_IT_WAS = "damaged.db"
_BROUGHT = "brought over from elsewhere"


def _no_more(_folder: Path, _said: Sequence[Outcome]) -> None:
    """Nothing more than of every journal."""


class Operation(Struct, frozen=True):
    """What is done to a folder that was made ready for it; ``leaves`` names the files that may be beside the journal.

    ``codes``: the exit codes of whoever did it. ``is_once``: it is refused the second time, because it is done.
    ``keeps``: what stood in the journal before has to stand in that at ``place``.
    """

    name: str
    work: str = "command"
    asked: dict[str, Any] = {}
    ready: Callable[[Path], object] = begun
    place: str = "j.db"
    leaves: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    is_once: bool = False
    keeps: bool = True
    check: Callable[[Path, Sequence[Outcome]], object] = _no_more

    def template(self, place: Path) -> Path:
        """The folder made ready, to be copied to that very place: rolling backups know where their journal lies."""
        place.mkdir(parents=True)
        self.ready(place)
        return place.rename(place.with_name("template"))

    def standing(self, folder: Path) -> Outcome:
        """What its journal holds before, as if a process had just recorded it."""
        return standing(folder / "j.db") if self.keeps else Outcome([], 0, 0)


def standing(path: Path) -> Outcome:
    """What a journal holds, as if a process had just recorded it."""
    if not path.exists() or not path.stat().st_size:
        return Outcome([], 0, 0)
    with raw(path) as db:
        rows = db.execute("SELECT writer || '-' || seq, digest, text FROM events WHERE incident = ?", (INCIDENT,))
        return Outcome([["recorded", INCIDENT, *row] for row in rows.fetchall()], 0, 0)


def said_to(path: Path, *words: str) -> int:
    """Run a command in this process; its exit code."""
    with redirect_stdout(io.StringIO()):
        return command(["--db", str(path), *words])


# ── what has to be there before ─────────────────────────────────────────────────────────────────────────────────────


def nothing(folder: Path) -> None:
    """No journal yet."""


def _with_rolling(folder: Path) -> None:
    """A journal whose rolling backups lie beside it: two are there, and no more are to stay."""
    path = begun(folder)
    config = folder / "config.toml"
    config.touch(0o600)
    config.write_text('[backup]\nfolder = "rolling"\nkeep = 2\n', encoding="utf-8")
    for _ in range(2):
        assert said_to(path, "--config", str(config), "backup") == 0


def _with_bundle(folder: Path) -> None:
    """A journal, and a bundle of a copy of it that was written on elsewhere."""
    path = begun(folder)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    other = elsewhere / "j.db"
    shutil.copyfile(path, other)
    journal = Journal.writing(other, CLOCK, wait=1.0)
    recorder = Recorder(journal, INCIDENT, me="kim", policy=DEFAULT)
    for number in range(3):
        typed(recorder, f"{_BROUGHT}, {number}")
    journal.close()
    assert said_to(other, "bundle", str(folder / BUNDLE)) == 0
    shutil.rmtree(elsewhere)


def _damaged(folder: Path) -> None:
    """A journal in which one page is noise."""
    path = begun(folder)
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 4] = random.Random(5).randbytes(4096)
    path.write_bytes(data)
    was = folder / _AS_IT_WAS
    was.touch(0o600)
    was.write_bytes(data)


# ── what has to hold behind ─────────────────────────────────────────────────────────────────────────────────────────


def _done(said: Sequence[Outcome]) -> bool:
    return any(printed[0] in (0, 1) for outcome in said for printed in outcome.of("printed"))


def erased(folder: Path, said: Sequence[Outcome]) -> None:
    """Once that was said, nothing of it is left in any file."""
    if _done(said):
        for path in folder.rglob("*"):
            must(path.is_dir() or SECRET.encode() not in path.read_bytes(), "what was erased is still there", path.name)


def _copies(pattern: str) -> Callable[[Path, Sequence[Outcome]], None]:
    """The copies of that name are whole and name no writer, and those that were told are there."""

    def check(folder: Path, said: Sequence[Outcome]) -> None:
        found = [path for path in folder.glob(pattern) if not path.name.startswith(".")]
        told = [out for outcome in said for code, out, _ in outcome.of("printed") if code == 0]
        must(all(any(path.name in out for path in found) for out in told), "the copy is gone", told)
        for path in found:
            journal = Journal.reading(path, CLOCK)
            try:
                verdict = verify(journal.stored(INCIDENT))
                must(verdict.ok and verdict.events > 7, "a copy is not whole", path.name, verdict)
                writers = journal.connection.execute("SELECT count(*) FROM writers").fetchone()[0]
                must(writers == 0, "a copy would be written on under the journal's own tag", path.name)
            finally:
                journal.close()

    return check


def _bundled(folder: Path, said: Sequence[Outcome]) -> None:
    bundle = folder / "out.bundle"
    must(bundle.exists() or not _done(said), "the bundle is gone")
    if bundle.exists():
        into = folder / ".into.db"
        into.unlink(missing_ok=True)
        must(said_to(into, "unbundle", str(bundle)) == 0, "the bundle is not whole")
        into.unlink()


def _unbundled(folder: Path, said: Sequence[Outcome]) -> None:
    journal = Journal.reading(folder / "j.db", CLOCK)
    count = sum(event.text.startswith(_BROUGHT) for event in journal.events(INCIDENT))
    journal.close()
    must(count == 3 if _done(said) else count in (0, 3), "the bundle was taken in part", count)


def _salvaged(folder: Path, said: Sequence[Outcome]) -> None:
    must((folder / "j.db").read_bytes() == (folder / _AS_IT_WAS).read_bytes(), "the damaged file was touched")
    must((folder / SALVAGED).exists() or not _done(said), "what was salvaged is gone")


def _words(*words: str) -> dict[str, list[str]]:
    return {"words": [*words]}


_ROLLING = ("--config", "{folder}/config.toml")

OPERATIONS = (
    Operation("append", "append"),
    Operation("amend and retract", "amend"),
    Operation("type, keep, Enter", "send"),
    Operation("declare in a new journal", "new", ready=nothing, place="new/deeper/j.db", leaves=("new",)),
    Operation("hand over with a packet", "checkpoint"),
    Operation("reindex", "reindex"),
    Operation("import", "bring"),
    Operation("export", "export", leaves=("postmortem.md",), is_once=True, check=exports_hold),
    Operation("export over a file", "export", {"force": True}, leaves=("postmortem.md",), check=exports_hold),
    Operation("scribe log", asked=_words("log", "typed in a shell")),
    *(
        Operation(f"migrate from version {version}", "migrate", ready=partial(older, version=version))
        for version in OLDER
    ),
    Operation("append on a network file system", "shared", {"does": "append"}, leaves=("j.db-journal",)),
    Operation(
        "declare in a new journal on a network file system",
        "shared",
        {"does": "new"},
        ready=nothing,
        place="new/deeper/j.db",
        leaves=("new",),
    ),
    Operation(
        "migrate on a network file system",
        "shared",
        {"does": "migrate"},
        ready=partial(older, version=1),
        leaves=("j.db-journal",),
    ),
    *(
        Operation(f"{title} on a network file system", "shared", {"does": does}, leaves=("j.db-journal",))
        for title, does in (("amend and retract", "amend"), ("import", "bring"))
    ),
    Operation(
        "erase on a network file system",
        "shared",
        {"does": "command", **_words("erase", "#3", "--why", "a name of a customer", "--yes")},
        leaves=("j.db-journal",),
        check=erased,
    ),
    Operation("erase", asked=_words("erase", "#3", "--why", "a name of a customer", "--yes"), check=erased),
    Operation(
        "erase, with rolling backups",
        asked=_words(*_ROLLING, "erase", "#3", "--why", "a name of a customer", "--yes"),
        ready=_with_rolling,
        leaves=("config.toml", "rolling"),
        check=erased,
    ),
    Operation(
        "backup", asked=_words("backup", f"{{folder}}/{COPY}"), leaves=(COPY,), is_once=True, check=_copies(COPY)
    ),
    Operation(
        "rolling backup",
        asked=_words(*_ROLLING, "backup"),
        ready=_with_rolling,
        leaves=("config.toml", "rolling"),
        check=_copies("rolling/*/*.db"),
    ),
    Operation(
        "bundle", asked=_words("bundle", "{folder}/out.bundle"), leaves=("out.bundle",), is_once=True, check=_bundled
    ),
    Operation(
        "unbundle",
        asked=_words("unbundle", f"{{folder}}/{BUNDLE}"),
        ready=_with_bundle,
        leaves=(BUNDLE,),
        check=_unbundled,
    ),
    Operation(
        "salvage",
        asked=_words("salvage", "{folder}/j.db", f"{{folder}}/{SALVAGED}"),
        ready=_damaged,
        place=SALVAGED,
        leaves=(SALVAGED, _AS_IT_WAS),
        codes=(0, 1),
        is_once=True,
        keeps=False,
        check=_salvaged,
    ),
)
"""By and large all of it."""
