"""What every screen looks like, in the sizes that people have. ``pytest --snapshot-update`` accepts what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from scribe.ui.app import ScribeApp
from tests.snapshots.conftest import Screen

Compare = Callable[[ScribeApp, tuple[int, int], Callable[[Pilot[None]], object]], bool]

SMALL = (80, 24)
LARGE = (120, 40)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
MIDDLE = timedelta(minutes=42)


def keys(*pressed: str, text: str = "", then: tuple[str, ...] = ()) -> Callable[[Pilot[None]], object]:
    """Keys, a text typed in one go, more keys."""

    async def run(pilot: Pilot[None]) -> None:
        await pilot.pause()
        await pilot.press(*pressed)
        driver = pilot.app._driver
        assert driver is not None
        for character in text:
            event = events.Key(_character_to_key(character), character)
            event.set_sender(pilot.app)
            driver.send_message(event)
        await pilot.pause()
        await pilot.press(*then)
        await pilot.pause()

    return run


@SIZES
def test_declare(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(empty=True), size, keys(text="Checkout fails in EU", then=("up",)))


@SIZES
def test_live(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys())


@SIZES
def test_live_light(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(theme="light"), size, keys())


@SIZES
def test_typing(same: Compare, screen: Screen, size: tuple[int, int], seoul: ZoneInfo) -> None:
    run = keys("ctrl+o", "ctrl+o", text="-12m vendor confirms regional degradation https://status.example.org/i/81")
    assert same(screen(zone=seoul), size, run)


@SIZES
def test_resolved(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, keys())


@SIZES
def test_overdue(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    app = screen(at=timedelta(minutes=58, seconds=7))
    assert same(app, size, keys())


@SIZES
def test_soon(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    app = screen(at=timedelta(minutes=48))
    assert same(app, size, keys())


@SIZES
def test_entry_with_history(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys("f6", text="31 % to 14 %", then=("enter", "f7", "enter"))
    assert same(screen(), size, run)


@SIZES
def test_picking(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f7", "up", "up"))


@SIZES
def test_board(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f4"))


@SIZES
def test_help(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f1"))


@SIZES
def test_incidents(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f9"))


@SIZES
def test_error(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys(text="/state mitigatin the leak", then=("enter",))
    assert same(screen(), size, run)


@SIZES
def test_completion(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys(text="/", then=("tab", "tab")))


@SIZES
def test_nothing_found(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys(text="/find nobody said this", then=("enter",))
    assert same(screen(), size, run)


@SIZES
def test_scrolled_back(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("ctrl+home"))


def test_narrow(same: Compare, screen: Screen) -> None:
    assert same(screen(), (40, 12), keys())


def test_narrow_declare(same: Compare, screen: Screen) -> None:
    assert same(screen(empty=True), (40, 12), keys(text="It burns"))


def test_narrow_entry(same: Compare, screen: Screen) -> None:
    assert same(screen(), (40, 12), keys("f7", "enter"))
