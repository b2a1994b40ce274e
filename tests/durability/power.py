"""The power goes: what was not yet synced is there, is not, or is there in part.

The calls of one real run are recorded (`tests.durability.traced`). An image is the folder as a disk could hold it after
any one of them: what was synced before it stands; of what was written since the last sync of a file every write may be
there, be missing, or be torn, some of its sectors old and some new; new sizes and new, changed and removed names may be
there or not, in any order. Then scribe opens it.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct

from scribe.journal.store import Journal
from scribe.record.errors import JournalError
from tests.durability.forks import Outcome
from tests.durability.holds import alone, exports_hold, journal_holds, must
from tests.durability.journals import CLOCK
from tests.durability.operations import OPERATIONS, Operation, erased, nothing
from tests.durability.tally import Tally
from tests.durability.traced import (
    HEARD,
    TOP,
    Cut,
    Made,
    Recording,
    Removed,
    Renamed,
    Synced,
    Told,
    Wrote,
    record,
)

SECTOR = 512
"""Bytes that a disk writes as a whole."""


class Story(Struct, frozen=True):
    """A run to record: what is done, one after the other, in a process of its own; about what, see Operation."""

    about: Operation
    acts: tuple[tuple[str, dict[str, Any]], ...]


STORIES = (
    Story(
        Operation("a new journal", ready=nothing, place="new/deeper/j.db", leaves=("new",)),
        (("new", {}), ("append", {"place": "new/deeper", "count": 8, "checkpoint": 6})),
    ),
    Story(
        Operation("a journal at work", leaves=("postmortem.md",)),
        (
            ("append", {"count": 12, "size": 900, "checkpoint": 8}),
            ("amend", {}),
            ("send", {}),
            ("export", {"force": True}),
            ("checkpoint", {}),
            ("bring", {"count": 40}),
            ("export", {"force": True}),
            ("reindex", {}),
        ),
    ),
    Story(
        Operation("erase while the journal is open", check=erased),
        (("erase_on", {}),),
    ),
    *(Story(about, ((about.work, about.asked),)) for about in OPERATIONS),
)
"""What is recorded: longer runs, and each operation by itself."""


class Taken(Struct, frozen=True):
    """A story, what it began with, and its recording."""

    story: Story
    stood: Outcome
    recording: Recording


def taken(folder: Path, stories: Sequence[Story] = STORIES) -> list[Taken]:
    """Act the stories, each in a process of its own."""
    found = []
    for number, story in enumerate(stories):
        place = folder / f"story-{number}"
        shutil.copytree(story.about.template(place), place)
        stood = story.about.standing(place)
        recording = record(place, ["-m", "tests.durability.power", str(place), str(STORIES.index(story))])
        found.append(Taken(story, stood, recording))
        for done in (place, place.with_name("template")):
            shutil.rmtree(done)
    return found


def run(count: int, seed: int, stories: Sequence[Story] = STORIES) -> dict[str, int]:
    """Make and look at ``count`` images."""
    tally = Tally()
    with TemporaryDirectory(prefix="scribe-power-") as name:
        folder = Path(name)
        played = taken(folder, stories)
        tally.add("calls recorded", sum(len(one.recording.ops) for one in played))
        tally.add("syncs recorded", sum(isinstance(op, Synced) for one in played for op in one.recording.ops))
        for number in range(count):
            if tally.hopeless:
                break
            chance = random.Random(f"{seed} {number}")
            one = played[number % len(played)]
            upto = _moment(one.recording, chance)
            place = folder / f"image-{number}"
            with tally.trying(f"{one.story.about.name}: image {number} of seed {seed}, cut off before call {upto}"):
                dropped = image(one.recording, upto, place, chance)
                tally.add("images")
                tally.add("writes dropped", dropped[0])
                tally.add("writes torn", dropped[1])
                tally.add("names dropped", dropped[2])
                tally.add("acknowledged", look(one, upto, place))
            shutil.rmtree(place, ignore_errors=True)
    return tally.result()


def _moment(recording: Recording, chance: random.Random) -> int:
    """Before which call the power goes: one time in three right behind an acknowledgement, when most is owed."""
    told = [number + 1 for number, op in enumerate(recording.ops) if isinstance(op, Told)]
    if told and chance.random() < 1 / 3:
        return chance.choice(told)
    return chance.randrange(len(recording.ops) + 1)


def image(recording: Recording, upto: int, place: Path, chance: random.Random) -> tuple[int, int, int]:
    """The folder as the disk could hold it when the power went before call ``upto``; what of it was lost or torn."""
    ops = recording.ops[:upto]
    synced = {op.node: number for number, op in enumerate(ops) if isinstance(op, Synced)}
    mood = chance.choice(("nothing", "little", "half", "most", "all"))
    kept = {"nothing": 0.0, "little": 0.1, "half": 0.5, "most": 0.9, "all": 1.0}[mood]
    torn = chance.choice((0.0, 0.2, 0.8))
    in_order = chance.random() < 0.3
    dropped = tears = names_dropped = 0
    contents = {node: bytearray(data) for node, data in recording.files.items()}
    lost: set[int] = set()
    for number, op in enumerate(ops):
        if not isinstance(op, Wrote | Cut):
            continue
        content = contents.setdefault(op.node, bytearray())
        if number < synced.get(op.node, -1):
            _put(content, op)
        elif in_order and op.node in lost:
            dropped += 1
        elif chance.random() >= kept:
            dropped += 1
            lost.add(op.node)
        elif isinstance(op, Wrote) and chance.random() < torn:
            tears += 1
            _put_some(content, op, chance)
        else:
            _put(content, op)
    names = dict(recording.names)
    stopped: set[int] = set()
    for number, op in enumerate(ops):
        if isinstance(op, Made | Removed | Renamed):
            parents = {op.parent, op.to_parent} if isinstance(op, Renamed) else {op.parent}
            is_safe = all(number < synced.get(parent, -1) for parent in parents)
            if not is_safe and (chance.random() >= kept or (in_order and parents & stopped)):
                names_dropped += 1
                stopped |= parents
            else:
                _name(names, op)
    place.mkdir()
    _build(recording, names, contents, TOP, place, chance)
    return dropped, tears, names_dropped


def _put(content: bytearray, op: Wrote | Cut) -> None:
    if isinstance(op, Cut):
        del content[op.size :]
        content.extend(bytes(op.size - len(content)))
    else:
        content.extend(bytes(max(0, op.offset - len(content))))
        content[op.offset : op.offset + len(op.data)] = op.data


def _put_some(content: bytearray, op: Wrote, chance: random.Random) -> None:
    """Some of the sectors of a write; a size that grew may have grown without its bytes."""
    end = op.offset + len(op.data)
    if chance.random() < 0.5:
        content.extend(bytes(max(0, end - len(content))))
    first = op.offset
    while first < end:
        last = min(end, first - first % SECTOR + SECTOR)
        if chance.random() < 0.5:
            _put(content, Wrote(op.node, first, op.data[first - op.offset : last - op.offset]))
        first = last


def _name(names: dict[tuple[int, str], int], op: Made | Removed | Renamed) -> None:
    match op:
        case Made(parent=parent, name=name, node=node):
            names[parent, name] = node
        case Removed(parent=parent, name=name):
            names.pop((parent, name), None)
        case Renamed(node=node):
            names.pop((op.parent, op.name), None)
            names[op.to_parent, op.to_name] = node


def _build(
    recording: Recording,
    names: dict[tuple[int, str], int],
    contents: dict[int, bytearray],
    folder: int,
    place: Path,
    chance: random.Random,
) -> None:
    for (parent, name), node in names.items():
        if parent != folder:
            continue
        path = place / name
        if node in recording.folders:
            path.mkdir(mode=0o700)
            _build(recording, names, contents, node, path, chance)
            continue
        data = bytes(contents.get(node, b""))
        if name.endswith("-shm"):  # written through memory: whatever may be there
            data = chance.choice((b"", bytes(32768), chance.randbytes(32768)))
        path.write_bytes(data)
        path.chmod(0o600)


def look(taken: Taken, upto: int, place: Path) -> int:
    """Open the image as the next scribe would; how many entries had been acknowledged."""
    told = Outcome([op.words for op in taken.recording.ops[:upto] if isinstance(op, Told)], 0, 0)
    about = taken.story.about
    path = place / about.place
    said = [taken.stood, told]
    owes = any(one.of(kind) for one in said for kind in ("recorded", "declared", "brought"))
    about.check(place, said)  # before anybody has put it in order, too
    if not path.exists():
        must(not owes, "the journal is gone")
        return 0
    with suppress(JournalError):
        Journal.reading(path, CLOCK).close()  # whoever only reads comes first
    found = journal_holds(path, said)
    exports_hold(place, [told], newest=True)
    alone(place, *about.leaves)
    about.check(place, said)
    return found


def act(folder: Path, story: Story) -> None:
    """Do what a story tells, and acknowledge each thing with one write where ``record`` listens."""
    from tests.durability.work import WORK

    os.dup2(1, HEARD)

    def say(kind: str, *words: object) -> None:
        os.write(HEARD, msgspec.json.encode([kind, *words]) + b"\n")

    for work, asked in story.acts:
        WORK[work](folder, say, **asked)


if __name__ == "__main__":
    act(Path(sys.argv[1]), STORIES[int(sys.argv[2])])
