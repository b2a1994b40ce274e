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
from scribe.ui.screens.postmortem import PostmortemScreen
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
            event = events.Key("enter" if character == "\n" else _character_to_key(character), character)
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
    run = keys("f6", text="31 % to 14 %", then=("enter", "ctrl+r", "enter"))
    assert same(screen(), size, run)


@SIZES
def test_picking(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("ctrl+r", "up", "up"))


@SIZES
def test_board(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f4"))


@SIZES
def test_update(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f2", "down", "down"))


@SIZES
def test_public_update(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys("ctrl+o", text="/audience public on", then=("enter", "f2", "tab"))
    assert same(screen(), size, run)


@SIZES
def test_handoff(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys("f3", text="/set risks the vendor may slow down again", then=("enter", "down"))
    assert same(screen(), size, run)


@SIZES
def test_handed_over(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys(text="/handoff @dan", then=("enter",)))


@SIZES
def test_packets(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, keys(text="/packets", then=("enter",)))


@SIZES
def test_attention(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f5", "down"))


@SIZES
def test_checklist(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f7"))


@SIZES
def test_impact(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys(text="/impact", then=("enter",)))


@SIZES
def test_protected(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = keys(text="/security\n/security indicator: 203.0.113.7 in the log\n/timebox 5m @jun whose key is it?\n")
    assert same(screen(), size, run)


@SIZES
def test_help(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f1"))


@SIZES
def test_incidents(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(), size, keys("f9"))


def written(*pressed: str, text: str = "", then: tuple[str, ...] = ()) -> Callable[[Pilot[None]], object]:
    """The postmortem, with what was checked; then keys."""

    async def run(pilot: Pilot[None]) -> None:
        await keys("f8")(pilot)  # type: ignore[misc]
        await looked(pilot)
        await keys(*pressed, text=text, then=then)(pilot)  # type: ignore[misc]
        await looked(pilot)

    return run


async def looked(pilot: Pilot[None]) -> None:
    """The document was built and checked as it stands."""
    screen = pilot.app.screen
    if isinstance(screen, PostmortemScreen):
        screen.look_now()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


@SIZES
def test_postmortem(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, written("f2", "f4"))


@SIZES
def test_postmortem_finding(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    run = written(text="It is the fault of @bob.", then=("f4", "f3", "f5"))
    assert same(screen(None), size, run)


@SIZES
def test_postmortem_factors(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    lines = "/factor retries without a cap (H2) layer: technical class: capacity score: 3\n/factor\n"
    assert same(screen(None), size, written("ctrl+l", text=lines, then=("down",)))


@SIZES
def test_postmortem_picking(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, written("f6", "up", "s", "up", "h"))


@SIZES
def test_postmortem_answers(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, written(*["f4"] * 10, "down"))


@SIZES
def test_postmortem_export(same: Compare, screen: Screen, size: tuple[int, int]) -> None:
    assert same(screen(None), size, written("f8"))


def test_postmortem_light(same: Compare, screen: Screen) -> None:
    assert same(screen(None, theme="light"), LARGE, written("f2"))


def test_postmortem_sources(same: Compare, screen: Screen) -> None:
    assert same(screen(None), SMALL, written("ctrl+r"))


def test_narrow_postmortem(same: Compare, screen: Screen) -> None:
    assert same(screen(None), (40, 12), written("f2"))


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


def test_narrow_update(same: Compare, screen: Screen) -> None:
    assert same(screen(), (40, 12), keys("f2"))


def test_narrow_declare(same: Compare, screen: Screen) -> None:
    assert same(screen(empty=True), (40, 12), keys(text="It burns"))


def test_narrow_entry(same: Compare, screen: Screen) -> None:
    assert same(screen(), (40, 12), keys("ctrl+r", "enter"))
