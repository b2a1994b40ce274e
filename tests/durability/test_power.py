"""The power goes, the disk refuses: a little of what ``make torture`` does much of."""

import random
from pathlib import Path

import pytest

from tests.durability import disks, power
from tests.durability.forks import can_inject
from tests.durability.tally import FAILED
from tests.durability.traced import Cut, Made, Recording, Removed, Synced, Wrote

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _strace() -> None:
    if not can_inject():
        pytest.skip("there is no strace here, or it may not trace")


def test_without_power_nothing_acknowledged_is_lost() -> None:
    found = power.run(60, 4, (power.STORIES[0], power.STORIES[2]))
    assert (found[FAILED], found["images"]) == (0, 60)
    assert all(found[name] for name in ("acknowledged", "writes dropped", "writes torn", "names dropped"))


def test_a_disk_that_refuses_is_said_and_takes_nothing_away() -> None:
    found = disks.run(("ENOSPC",), disks.WORKS[:1], first=40)
    assert found[FAILED] == 0
    assert found["refusals"] > 5
    assert found["told"]


def test_an_image_holds_what_was_synced_and_of_the_rest_something(tmp_path: Path) -> None:
    """The model itself: what it may lose, and what it may not."""
    old, new = b"o" * 1024, b"n" * 1024
    ops = (Made(0, "a", 1), Wrote(1, 0, old), Synced(1), Synced(0), Wrote(1, 0, new), Removed(0, "a"), Cut(1, 10))
    recording = Recording({}, {}, frozenset({0}), ops)
    seen: set[bytes | None] = set()
    for number in range(200):
        place = tmp_path / str(number)
        power.image(recording, 5, place, random.Random(number))
        seen.add((place / "a").read_bytes())
    assert seen == {old, new, old[:512] + new[:512], new[:512] + old[:512]}
    seen.clear()
    for number in range(200, 400):
        place = tmp_path / str(number)
        power.image(recording, 7, place, random.Random(number))
        seen.add((place / "a").read_bytes() if (place / "a").exists() else None)
    assert seen >= {None, old, new, old[:10], new[:10]}
