"""Which file systems are shared, and how a journal lies on one: without a write-ahead log, and back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scribe.clock import FixedClock
from scribe.journal import filesystem
from scribe.journal.filesystem import Mount, is_shared, mounted
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.errors import Busy, Gone
from scribe.recorder import Recorder
from tests.cli.conftest import Cli
from tests.fakes.desk import NOON, Desk
from tests.fakes.raw import raw
from tests.journeys.live import Scribe


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """The list of a machine on which other things are mounted than here."""
    return tmp_path / "mountinfo"


def mount(number: int, where: str, kind: str, device: str = "0:99", source: str = "server:/share") -> str:
    return f"{number} 1 {device} / {where} rw,relatime shared:{number} master:1 - {kind} {source} rw,vers=4.2\n"


ROOT = mount(20, "/", "ext4", "8:250", "/dev/sdz")


SHARED = """
    nfs nfs4 cifs smb3 smbfs sshfs 9p afs ceph glusterfs lustre beegfs vboxsf drvfs virtiofs fuse.sshfs
    fuse.glusterfs fuse.ceph-fuse fuse.rclone fuse.s3fs fuse.davfs fuse.vmhgfs-fuse fuse.grpcfuse
"""


@pytest.mark.parametrize("kind", SHARED.split())
def test_other_machines_have_what_lies_on(mounts: Path, kind: str) -> None:
    mounts.write_text(ROOT + mount(30, "/srv/team", kind))
    assert is_shared(Path("/srv/team/j.db"), mounts)
    assert is_shared(Path("/srv/team/a/folder/that/is/not/there/j.db"), mounts)
    assert not is_shared(Path("/srv/teams/j.db"), mounts)
    assert not is_shared(Path("/srv/j.db"), mounts)
    assert mounted(Path("/srv/team/j.db"), mounts) == Mount("/srv/team", kind, "server:/share")


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.encfs", "fuse"])
def test_this_machine_alone_has_what_lies_on(mounts: Path, kind: str) -> None:
    mounts.write_text(ROOT + mount(30, "/srv/team", kind))
    assert not is_shared(Path("/srv/team/j.db"), mounts)


def test_the_nearest_mount_counts(mounts: Path) -> None:
    mounts.write_text(mount(1, "/", "nfs") + mount(2, "/home", "ext4") + mount(3, "/home/al/work", "nfs4"))
    assert is_shared(Path("/j.db"), mounts)
    assert not is_shared(Path("/home/al/j.db"), mounts)
    assert is_shared(Path("/home/al/work/j.db"), mounts)


def test_what_was_mounted_last_at_a_place_counts(mounts: Path) -> None:
    """As under an automounter."""
    mounts.write_text(ROOT + mount(2, "/net/team", "autofs") + mount(3, "/net/team", "nfs4"))
    assert is_shared(Path("/net/team/j.db"), mounts)
    mounts.write_text(ROOT + mount(2, "/net/team", "nfs4") + mount(3, "/net/team", "tmpfs"))
    assert not is_shared(Path("/net/team/j.db"), mounts)


def test_spaces_and_the_like_are_written_as_numbers(mounts: Path, tmp_path: Path) -> None:
    team = tmp_path / "our\tteam's \\ files"
    team.mkdir()
    written = str(team).replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011")
    mounts.write_text(ROOT + mount(3, written, "nfs4"))
    assert is_shared(team / "j.db", mounts)
    assert not is_shared(tmp_path / "j.db", mounts)
    found = mounted(team / "j.db", mounts)
    assert found is not None
    assert found.where == str(team)


def test_a_link_lies_where_it_leads_to(mounts: Path, tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    (tmp_path / "here").symlink_to(team)
    (tmp_path / "j.db").symlink_to(team / "j.db")
    mounts.write_text(ROOT + mount(3, str(team), "nfs4"))
    assert is_shared(tmp_path / "here" / "j.db", mounts)
    assert is_shared(tmp_path / "j.db", mounts)


def test_the_file_system_that_has_the_file_counts_where_one_hides_another(mounts: Path, tmp_path: Path) -> None:
    status = tmp_path.stat()
    device = f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
    hidden = mount(2, str(tmp_path / "deep"), "nfs4", "0:77")
    mounts.write_text(ROOT + hidden + mount(3, str(tmp_path), "xfs", device))
    (tmp_path / "deep").mkdir()
    assert not is_shared(tmp_path / "deep" / "j.db", mounts)


@pytest.mark.parametrize("content", [b"", b"nonsense\n\n", b"1 2 3\n", b"\xff\xfe 1 2 / /\xff - nfs x\n"])
def test_a_list_that_says_nothing_makes_nothing_shared(mounts: Path, tmp_path: Path, content: bytes) -> None:
    mounts.write_bytes(content)
    assert not is_shared(tmp_path / "j.db", mounts)
    mounts.unlink()
    assert not is_shared(tmp_path / "j.db", mounts)
    assert mounted(tmp_path, mounts) is None


def test_this_machine(tmp_path: Path) -> None:
    if not filesystem.MOUNTS.exists():
        pytest.skip("only Linux lists its mounts")
    found = mounted(tmp_path)
    assert found is not None
    assert found.is_shared == is_shared(tmp_path)
    assert tmp_path.is_relative_to(found.where) or Path(os.path.realpath(tmp_path)).is_relative_to(found.where)


def test_what_has_no_disks_number_is_asked_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = Path("/proc/version")
    if not inside.exists():
        pytest.skip("only Linux lists its mounts")
    found = mounted(inside)
    assert found is not None
    assert (found.where, found.is_shared, is_shared(inside)) == ("/proc", False, False)
    monkeypatch.setattr(filesystem, "mounted", lambda path, mounts: Mount("/", "nfs4", "server:/share"))
    assert is_shared(inside)
    assert is_shared(tmp_path) == (os.major(tmp_path.stat().st_dev) == 0)


# ── journals ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def team(mounts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a network file system."""
    folder = tmp_path / "team"
    folder.mkdir()
    mounts.write_text(ROOT + mount(3, str(folder), "nfs4"))
    monkeypatch.setattr(filesystem, "is_shared", lambda path: is_shared(path, mounts))
    monkeypatch.setattr(filesystem, "mounted", lambda path, mounts=mounts: mounted(path, mounts))
    return folder


def mode(path: Path) -> str:
    with raw(path) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def beside(path: Path) -> set[str]:
    return {file.name.removeprefix(path.name) for file in path.parent.iterdir()}


def test_a_journal_on_a_network_file_system_has_no_log_and_shares_no_memory(team: Path) -> None:
    desk = Desk(team / "j.db")
    db = desk.journal.connection
    assert "network file system (nfs4)" in desk.journal.caution
    assert db.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    desk.recorder.keep("capture", "typed", NOON)
    assert beside(desk.journal.path) <= {"", "-journal"}
    other = Journal.writing(desk.journal.path, desk.clock, wait=0.1)
    assert other.connection.execute("PRAGMA synchronous").fetchone() == (3,)
    before = desk.journal.version()
    Recorder(other, desk.incident, me="al", policy=DEFAULT).record(desk.drafts("theirs"), now=NOON)
    assert desk.journal.version() != before
    assert [entry.text for entry in desk.recorder.catch_up().entries][1:] == ["theirs"]
    desk.type("mine")
    other.tidy()
    assert desk.verify().ok
    assert desk.journal.trouble() is None
    other.close()
    desk.journal.close()
    assert beside(desk.journal.path) <= {"", "-journal"}
    reader = Journal.reading(team / "j.db", desk.clock)
    assert [event.text for event in reader.events(desk.incident)][1:] == ["theirs", "mine"]
    reader.close()


def test_one_that_comes_with_a_log_is_turned_and_turned_back(team: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "j.db", team / "j.db"
    desk = Desk(here)
    assert desk.type("local")
    desk.journal.close()
    assert mode(here) == "wal"
    here.rename(there)
    Journal.writing(there, desk.clock, wait=0.0).close()
    assert mode(there) == "delete"
    there.rename(here)
    for _ in range(2):
        back = Journal.writing(here, desk.clock, wait=0.0)
        assert back.caution == ""
        assert back.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert back.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        Recorder(back, desk.incident, me="al", policy=DEFAULT).record(desk.drafts("local again"), now=NOON)
        back.close()
    assert mode(here) == "wal"


def test_what_a_log_holds_is_not_lost_in_turning(team: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "j.db")
    desk.type("in the log")
    for end in ("", "-wal"):
        (team / f"j.db{end}").write_bytes((tmp_path / f"j.db{end}").read_bytes())
    desk.journal.close()
    journal = Journal.writing(team / "j.db", desk.clock, wait=0.0)
    assert [event.text for event in journal.events(desk.incident)][1:] == ["in the log"]
    assert beside(journal.path) <= {"", "-journal"}
    journal.close()


def test_while_somebody_else_holds_it_it_stays_as_it_is(team: Path, tmp_path: Path) -> None:
    path = team / "j.db"
    Desk(tmp_path / "j.db").journal.close()
    (tmp_path / "j.db").rename(path)
    with raw(path) as other:
        other.execute("SELECT count(*) FROM events")
        journal = Journal.writing(path, FixedClock(NOON), wait=0.0)
        assert journal.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert Desk(journal).type("x")
        journal.close()
    back = tmp_path / "back.db"
    path.rename(back)
    with raw(back) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM events").fetchone()
        journal = Journal.writing(back, FixedClock(NOON), wait=0.0)
        assert journal.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        with pytest.raises(Busy):
            Desk(journal)
        other.execute("COMMIT")
        assert Desk(journal).type("y")
        journal.close()


def test_a_reader_and_a_writer_wait_for_each_other_without_a_log(team: Path) -> None:
    desk = Desk(team / "j.db")
    with closing(sqlite3.connect(desk.journal.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy):
            desk.journal.events(desk.incident)
        with pytest.raises(Busy):
            desk.type("x")
        other.execute("ROLLBACK")
    assert desk.type("x")
    desk.journal.close()


def test_it_goes_on_when_the_same_file_comes_back(team: Path) -> None:
    """Without a log every entry changes the file itself: that is no change by others."""
    desk = Desk(team / "j.db")
    desk.type("x")
    away = team / "away.db"
    desk.journal.path.rename(away)
    assert isinstance(desk.journal.trouble(), Gone)
    away.rename(desk.journal.path)
    assert desk.journal.trouble() is None
    assert desk.type("y")
    desk.journal.close()


@pytest.fixture
def cli(team: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("SCRIBE_DB", str(team / "j.db"))
    monkeypatch.setenv("SCRIBE_ME", "sam")
    return Cli(team / "j.db", capsysbinary, monkeypatch)


def test_who_declares_an_incident_is_told_once(cli: Cli) -> None:
    result = cli("new", "x", "--id", "INC-1")
    assert (result.code, result.out) == (0, "INC-1\n")
    assert result.err.splitlines() == [
        "scribe: the journal lies on a network file system (nfs4): safe as far as that locks files, and slower"
    ]
    result = cli("log", "x")
    assert (result.code, result.err) == (0, "")


async def test_the_screen_says_it_when_it_opens(team: Path) -> None:
    scribe = Scribe(team)
    scribe.told()
    async with scribe(size=(120, 30)) as live:
        assert "network file system (nfs4)" in live.line("attention")
        await live.type("x")
        assert "network" not in live.line("attention")
        with closing(sqlite3.connect(scribe.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            live.screen._poll()
            await live.pilot.pause()
            assert "in use" not in live.seen  # it is read the next time
            other.execute("ROLLBACK")
        await live.enter("")
        assert live.texts == ["x"]
