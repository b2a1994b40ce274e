"""The table of the config file that says where rolling backups lie, how many stay, and how often one is made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from scribe.config.path import path_of
from scribe.config.reader import ConfigError, Reader

_MOST = 1000
_NAME = 80


@dataclass(frozen=True, slots=True)
class Backups:
    """What was agreed on for rolling backups.

    Attributes:
        folder: where the folders of the journals' backups lie; None for the user's data directory.
        keep: how many of a journal stay; 0 for none at all.
        every: seconds between two.
    """

    folder: Path | None = None
    keep: int = 5
    every: int = 600


def backups(value: object, reader: Reader, beside: Path) -> Backups | None:
    """The table as it was written; None where all of it is the default. ``beside`` is the config file's folder.

    Raises ConfigError.
    """
    table = reader.table(value, "backup")
    reader.known(table, "backup", ("folder", "keep", "every"))
    found = Backups(_folder(table, reader, beside), _keep(table, reader), _every(table, reader))
    return found if found != Backups() else None


def folder_of(agreed: Backups, journal: Path) -> Path:
    """The folder of one journal's backups: named after it, and after its place, because many are called alike.

    Raises ConfigError where nobody said where they lie and there is no home directory.
    """
    folder = agreed.folder
    if folder is None:
        import platformdirs  # only when nobody said where

        try:
            folder = Path(platformdirs.user_data_dir("scribe", appauthor=False), "backups")
        except RuntimeError:
            hint = "none are made until HOME is set, or [backup] folder in the config says where"
            raise ConfigError("there is no home directory to keep rolling backups in", hint) from None
    place = os.path.realpath(journal)
    return folder / f"{Path(place).stem[:_NAME]}-{sha256(os.fsencode(place)).hexdigest()[:8]}"


def _folder(table: Mapping[str, object], reader: Reader, beside: Path) -> Path | None:
    if "folder" not in table:
        return None
    return beside / path_of(reader.text(table["folder"], "backup.folder"))


def _keep(table: Mapping[str, object], reader: Reader) -> int:
    value = table.get("keep", Backups().keep)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise reader.error("backup.keep", f"{value!r} is no such number", f"from 0 (none are made) to {_MOST}")
    return value


def _every(table: Mapping[str, object], reader: Reader) -> int:
    if "every" not in table:
        return Backups().every
    return reader.duration(table["every"], "backup.every")
