"""Files that are not as they should be, and what the system refuses: one line, and nothing is touched."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal import opening
from scribe.journal.format import VERSION
from scribe.journal.store import Journal
from scribe.record.errors import Corrupt, JournalError, Newer, ReadOnly
from tests.cli.conftest import Cli
from tests.durability.confined import environment, seen
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw

Makes = Callable[[Path], object]
NOISE = bytes(range(256)) * 64


def journal(path: Path, entries: int = 3, words: str = "fact") -> None:
    desk = Desk(path, severity=2)
    for number in range(entries):
        desk.type(f"{words} {number}", after=1)
    desk.journal.close()


def log_of_another(path: Path, entries: int) -> None:
    """The log of a journal that was never tidied: in itself it is as sound as can be."""
    other = path.with_name("other.db")
    desk = Desk(other, severity=2)
    for number in range(entries):
        desk.type(f"other {number}", after=1)
    shutil.copy(other.with_name("other.db-wal"), path.with_name(f"{path.name}-wal"))
    desk.journal.close()
    other.unlink()


# ── files that are none, or damaged ─────────────────────────────────────────────────────────────────────────────────


def text(path: Path) -> None:
    path.write_text("notes on the incident\n" * 200)


def a_hundred_bytes(path: Path) -> None:
    path.write_bytes(b"x" * 100)


def nothing_but_zeros(path: Path) -> None:
    path.write_bytes(bytes(8192))


def corrupt_header(path: Path) -> None:
    journal(path)
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def noise_in_the_first_page(path: Path) -> None:
    journal(path)
    found = path.read_bytes()
    path.write_bytes(found[:100] + NOISE[:3996] + found[4096:])


def half_of_it(path: Path) -> None:
    journal(path)
    os.truncate(path, path.stat().st_size // 2)


def newer(path: Path) -> None:
    journal(path)
    with raw(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def of_another_program(path: Path) -> None:
    with raw(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE mine (x)")


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has room for a hundred bytes
        try:
            listening.bind(path.name)
        finally:
            os.chdir(here)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere.db")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


# ── logs that belong to something else ──────────────────────────────────────────────────────────────────────────────


def garbage_for_a_log(path: Path) -> None:
    journal(path)
    path.with_name("j.db-wal").write_bytes(NOISE[:9000])


def log_of_another_journal(path: Path) -> None:
    journal(path, 20)
    log_of_another(path, 3)


def log_that_holds_all_of_another_journal(path: Path) -> None:
    """With it the file is a perfect journal: the other one."""
    journal(path, 1)
    log_of_another(path, 40)


def log_of_another_program(path: Path) -> None:
    journal(path)
    with raw(path.with_name("p.db")) as db:
        of_another_program(path.with_name("p.db"))
        db.execute("INSERT INTO mine VALUES ('x')")
        shutil.copy(path.with_name("p.db-wal"), path.with_name("j.db-wal"))
    path.with_name("p.db").unlink()


def backup_put_back_beside_the_later_log(path: Path) -> None:
    desk = Desk(path, severity=2)
    desk.type("one", after=1)
    desk.journal.tidy()
    backup = path.read_bytes()
    for number in range(30):
        desk.type(f"{number} {'x' * 300}", after=1)
    desk.journal.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.type("late", after=1)
    log = path.with_name("j.db-wal").read_bytes()
    desk.journal.close()
    path.write_bytes(backup)
    path.with_name("j.db-wal").write_bytes(log)


def log_beside_an_empty_file(path: Path) -> None:
    """SQLite would delete the log, and all that was recorded with it."""
    log_of_another(path, 3)
    path.touch()


def a_folder_for(end: str) -> Makes:
    def make(path: Path) -> None:
        journal(path)
        path.with_name(path.name + end).mkdir()

    return make


NO_JOURNALS: list[tuple[Makes, type[JournalError], str]] = [
    (text, Corrupt, "is not a journal"),
    (a_hundred_bytes, Corrupt, "is not a journal"),
    (nothing_but_zeros, Corrupt, "is not a journal"),
    (corrupt_header, Corrupt, "is not a journal"),
    (noise_in_the_first_page, Corrupt, "is damaged"),
    (half_of_it, Corrupt, "is damaged"),
    (newer, Newer, "newer scribe"),
    (of_another_program, Corrupt, "is a database, but not a journal"),
    (Path.mkdir, Corrupt, "is a folder"),
    (os.mkfifo, Corrupt, "is a pipe"),
    (bound, Corrupt, "is a socket"),
    (link_to_nothing, JournalError, "where nothing is"),
    (link_to_itself, ReadOnly, "symbolic links"),
    (garbage_for_a_log, Corrupt, "does not fit"),
    (log_of_another_journal, Corrupt, "does not fit"),
    (log_that_holds_all_of_another_journal, Corrupt, "does not fit"),
    (log_of_another_program, Corrupt, "does not fit"),
    (backup_put_back_beside_the_later_log, Corrupt, "does not fit"),
    (log_beside_an_empty_file, Corrupt, "does not fit"),
    (a_folder_for("-wal"), Corrupt, "is a folder, where j.db keeps"),
    (a_folder_for("-shm"), Corrupt, "is a folder, where j.db keeps"),
    (a_folder_for("-journal"), Corrupt, "is a folder, where j.db keeps"),
]
DAMAGED = (corrupt_header, noise_in_the_first_page, half_of_it, log_of_another_journal)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "j"
    folder.mkdir()
    monkeypatch.setenv("SCRIBE_DB", str(folder / "j.db"))
    monkeypatch.setenv("SCRIBE_ME", "sam")
    return folder / "j.db"


@pytest.fixture
def cli(path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(path, capsysbinary, monkeypatch)


def listed(folder: Path) -> tuple[list[str], object]:
    return sorted(file.name for file in folder.iterdir()), seen(folder)


@pytest.mark.parametrize(("make", "error", "said"), NO_JOURNALS, ids=[make.__name__ for make, *_ in NO_JOURNALS])
def test_what_is_no_journal_is_refused_in_one_line_and_stays_as_it_is(
    cli: Cli, path: Path, make: Makes, error: type[JournalError], said: str
) -> None:
    make(path)
    before = listed(path.parent)
    for command in (("timeline",), ("log", "x"), ("new", "x")):
        result = cli(*command)
        assert (result.code, result.out) == (3, ""), command
        first, hint = result.err.splitlines()
        assert first.startswith("scribe: ")
        assert said in first
        assert "j.db" in first
        assert ("scribe salvage" in hint) or make not in DAMAGED
        assert listed(path.parent) == before, command
    with pytest.raises(error):
        Journal.writing(path, FixedClock(NOON), wait=0.0)
    with pytest.raises(error):
        Journal.reading(path, FixedClock(NOON))


def test_damage_further_in_is_said_where_it_is_met(cli: Cli, path: Path) -> None:
    journal(path, 200, "x" * 200)
    found = path.read_bytes()
    path.write_bytes(found[: 5 * 4096] + NOISE[:4096] * 8 + found[13 * 4096 :])
    damaged = path.read_bytes()
    for command in (("timeline",), ("verify",)):
        result = cli(*command)
        assert (result.code, result.err.splitlines()[0].partition(" is damaged")[1]) == (3, " is damaged"), result
        assert "scribe salvage" in result.err
    assert path.read_bytes() == damaged


def test_the_log_of_a_killed_process_is_its_own(path: Path) -> None:
    """And one that is torn, or cut off, or not begun: what was committed in it counts, and nothing else."""
    desk = Desk(path, severity=2)
    desk.journal.tidy()
    file = path.read_bytes()
    sizes = [path.with_name("j.db-wal").stat().st_size]
    for number in range(6):
        desk.type(f"fact {number}", after=1)
        sizes.append(path.with_name("j.db-wal").stat().st_size)
    log = path.with_name("j.db-wal").read_bytes()
    desk.journal.close()
    flipped = bytearray(log)
    flipped[sizes[3] + 3000] ^= 1
    header = log[:24] + bytes(8) + log[32:]
    found = [(log, 6), (log[: sizes[4]], 4), (log[: sizes[4] + 10], 4), (log[: sizes[5] - 1], 4), (bytes(flipped), 3)]
    for turn, (torn, entries) in enumerate([*found, (header, 0), (log[:20], 0), (bytes(5000), 0), (b"", 0)]):
        copy = path.with_name(f"{turn}.db")
        copy.write_bytes(file)
        copy.with_name(f"{turn}.db-wal").write_bytes(torn)
        before = listed(path.parent)
        assert opening._looked_at(copy) == VERSION
        assert listed(path.parent) == before
        journal = Journal.writing(copy, FixedClock(NOON), wait=0.0)
        assert [event.text for event in journal.events(desk.incident)][1:] == [f"fact {i}" for i in range(entries)]
        journal.close()


def test_a_link_is_followed_and_its_log_lies_beside_what_it_points_at(path: Path) -> None:
    real = path.with_name("real.db")
    journal(real)
    path.symlink_to(real.name)
    desk = Desk(path)
    assert desk.type("x")
    assert real.with_name("real.db-wal").stat().st_size
    assert not path.with_name("j.db-wal").exists()
    desk.journal.close()
    assert [file.name for file in sorted(path.parent.iterdir())] == ["j.db", "real.db"]
    path.with_name("real.db-wal").write_bytes(NOISE[:9000])
    with pytest.raises(Corrupt, match=r"real\.db-wal does not fit"):
        Journal.writing(path, FixedClock(NOON), wait=0.0)


def test_a_journal_that_went_and_left_its_log_is_not_begun_anew(cli: Cli, path: Path) -> None:
    log_of_another(path, 3)
    before = listed(path.parent)
    result = cli("new", "x")
    assert result.code == 3
    assert "is not there, but j.db-wal is" in result.err
    assert listed(path.parent) == before


# ── what the system refuses ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_path_that_is_too_long(cli: Cli, path: Path, tmp_path: Path) -> None:
    for place in (tmp_path / ("x" * 300), tmp_path.joinpath(*["d" * 90] * 6, "j.db")):
        for command in (("new", "x"), ("log", "x"), ("timeline",)):
            result = cli("--db", str(place), *command)
            assert result.code in ((3,) if command[0] == "new" else (2, 3))
            assert len(result.err.splitlines()) == 2
    assert "longer than" in cli("--db", str(place), "new", "x").err


def test_too_many_open_files_are_called_that(path: Path) -> None:
    journal(path)
    before = listed(path.parent)
    said = limited(path, "resource.setrlimit(resource.RLIMIT_NOFILE, (used(), used()))")
    assert said[0] == f"scribe: {path} cannot be opened: too many files are open"
    assert "ulimit -n" in said[1]
    assert listed(path.parent) == before


@pytest.mark.parametrize("most", ["os.stat(db).st_size", "20_000"])
def test_a_file_that_may_not_grow_is_no_failing_disk(path: Path, most: str) -> None:
    """Neither the log, nor the memory that processes share, which is a file of 32 KiB."""
    journal(path)
    said = limited(path, f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most},) * 2)")
    assert said[0] == f"scribe: no room left for {path}: it has reached the limit for files"
    assert "ulimit -f" in said[1]
    journal_again = Journal.reading(path, FixedClock(NOON))
    assert len(journal_again.events(journal_again.incidents()[0])) == 4
    journal_again.close()


def limited(path: Path, limit: str) -> list[str]:
    """What `scribe log` of sixty thousand letters says in a process that is limited so."""
    program = f"""
import os, resource, sys
db = {str(path)!r}
import scribe.cli.root, scribe.cli.log, scribe.recorder, scribe.live.grammar, scribe.live.settle, json, zoneinfo
def used():
    return max(int(name) for name in os.listdir("/proc/self/fd"))
{limit}
sys.exit(scribe.cli.root.run(["--tz", "UTC", "log", "x" * 60_000]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(path), timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    return done.stderr.splitlines()


def test_a_full_disk_shows_what_it_holds_and_takes_nothing(tmp_path: Path) -> None:
    """On a file system of 400 KiB: no room for the log, nor for the memory that processes share."""
    disk = tmp_path / "disk"
    disk.mkdir()
    before = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=400k none "$0" && exec "$@"', str(disk)]
    if shutil.which("unshare") is None or subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    program = """
import os, sys
from pathlib import Path
from scribe.cli.root import run
disk = Path(sys.argv[1])
assert run(["new", "full", "--id", "INC-1"]) == 0
assert run(["log", "there was room"]) == 0
try:
    with (disk / "fill").open("wb", buffering=0) as fill:
        while True:
            fill.write(bytes(512))
except OSError:
    pass
free = os.statvfs(disk).f_bavail
print("CODES", run(["log", "there is none"]), run(["new", "none"]), run(["timeline"]), run(["verify"]), free)
(disk / "fill").unlink()
print("CODES", run(["log", "again"]), run(["verify"]))
"""
    done = subprocess.run(
        [*before, sys.executable, "-c", program, str(disk)],
        capture_output=True,
        text=True,
        env=environment(disk / "j.db"),
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("CODES")] == ["CODES 3 3 0 0 0", "CODES 0 0"]
    assert "there was room" in done.stdout
    assert done.stderr.splitlines() == 2 * [
        f"scribe: no room left for {disk / 'j.db'}",
        "nothing was written; free some space and try again",
    ]


def test_without_a_home_it_is_said(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a user of a container whom no password file knows."""

    def unknown(*_: object, **__: object) -> str:
        raise RuntimeError

    monkeypatch.delenv("SCRIBE_DB")
    monkeypatch.setattr("platformdirs.user_data_dir", unknown)
    monkeypatch.setattr("platformdirs.user_config_dir", unknown)
    for command in (("list",), ("new", "x")):
        result = cli(*command)
        assert (result.code, result.out) == (2, "")
        assert result.err.splitlines() == [
            "scribe: there is no home directory to keep the journal in",
            "set HOME, or name a file with --db or SCRIBE_DB",
        ]


def test_without_a_home_rolling_backups_are_made_only_where_the_config_says(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> str:
        raise RuntimeError

    cli.new()
    cli("log", "key 77 leaked")
    monkeypatch.setattr("platformdirs.user_data_dir", unknown)
    said = "there is no home directory to keep rolling backups in"
    (thing,) = [thing for thing in cli("doctor", "--json").json if thing["what"] == "backups"]
    assert (thing["level"], thing["value"]) == ("warning", said)
    result = cli("backup")
    assert (result.code, result.err.splitlines()[0]) == (2, f"scribe: {said}")
    erased = cli("erase", "#2", "--why", "it is a secret", "--yes")
    assert (erased.code, erased.err) == (0, "")
    config = tmp_path / "c.toml"
    config.write_text(f'[backup]\nfolder = "{tmp_path / "copies"}"\n')
    assert cli("--config", str(config), "backup").code == 0
