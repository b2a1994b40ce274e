"""Which file system a file lies on: one that several machines share has no memory for SQLite's write-ahead log."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

MOUNTS = Path("/proc/self/mountinfo")
"""Where Linux lists what is mounted; elsewhere nobody is asked, and every file system counts as a local one."""

_MACHINES: Final = """
    nfs nfs4 cifs smb smbfs smb3 ncpfs afs ceph coda 9p lustre beegfs gpfs gfs gfs2 ocfs2 pvfs2 orangefs panfs glusterfs
    sshfs davfs webdav drvfs vboxsf vmhgfs prl_fs virtiofs acfs mfs moosefs
"""
"""File systems of other machines, and those that a virtual machine shares with the one it runs on."""

_PROGRAMS: Final = """
    sshfs glusterfs ceph ceph-fuse smbnetfs cifs nfs davfs davfs2 curlftpfs rclone s3fs s3backer gcsfuse goofys blobfuse
    blobfuse2 mount-s3 juicefs cvmfs2 mfs mfsmount moosefs lizardfs seaweedfs weed beegfs lustre afs grpcfuse osxfs
    vmhgfs-fuse google-drive-ocamlfuse onedriver dbxfs hubicfuse
"""
"""The same, where a program serves them: ``fuse.sshfs`` and its kin."""


class Mount(Struct, frozen=True):
    """What is mounted where, of which kind, and from what."""

    where: str
    kind: str
    source: str

    @property
    def is_shared(self) -> bool:
        """Whether other machines may have the same files, without sharing this one's memory."""
        outer, _, inner = self.kind.partition(".")
        return self.kind in _MACHINES.split() or (outer in ("fuse", "fuseblk") and inner in _PROGRAMS.split())


def is_shared(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether several machines may have this file; costs nothing for one on a disk of this machine."""
    found = _status(path)
    if found is None or (os.major(found.st_dev) and mounts == MOUNTS):  # what has a disk's number here is a disk
        return False
    mount = mounted(path, mounts)
    return mount is not None and mount.is_shared


def mounted(path: Path, mounts: Path = MOUNTS) -> Mount | None:
    """What is mounted where this file lies, or would lie; None where nobody says. ``mounts`` lists what is."""
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return None
    place, status = os.path.realpath(path), _status(path)
    device = f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}" if status else ""
    best: Mount | None = None
    best_rank = (False, -1)
    for line in lines:
        fields = line.split()
        if b"-" not in fields[6:]:
            continue
        where = _decoded(fields[4])
        if where != "/" and place != where and not place.startswith(f"{where}/"):
            continue
        # What was mounted later at the same place hides what was there. A longer place may itself be hidden below a
        # shorter one; then the file's device is not that one's.
        rank = (fields[2].decode() == device, len(where))
        if rank >= best_rank:
            kind, source = fields[fields.index(b"-", 6) + 1 :][:2]
            best, best_rank = Mount(where, _decoded(kind), _decoded(source)), rank
    return best


def _status(path: Path) -> os.stat_result | None:
    """Of the file; of the nearest folder above it that there is, where it is still to be made."""
    for place in (path, *path.absolute().parents):
        try:
            return place.stat()
        except OSError:
            continue
    return None


def _decoded(field: bytes) -> str:
    r"""A field with its ``\040`` (a space), ``\011``, ``\012`` and ``\134`` as what they stand for."""
    first, *rest = field.split(b"\\")
    decoded = first
    for part in rest:
        digits = part[:3]
        is_code = len(digits) == 3 and all(digit in b"01234567" for digit in digits)
        decoded += bytes([int(digits, 8) & 0xFF]) + part[3:] if is_code else b"\\" + part
    return os.fsdecode(decoded)
