from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, TextArea

from scribe.record.errors import Full
from scribe.recorder import Incidents
from scribe.ui.app import ScribeApp
from scribe.ui.safekeeping import Safekeeping
from scribe.ui.zones import Zones
from tests.fakes.desk import Desk


class Copies:
    """Stands in for what makes a copy; it may fail, or wait until it is told to stop."""

    def __init__(self) -> None:
        self.made = 0
        self.given_up = 0
        self.error: Exception | None = None
        self.waits = False
        self.began = threading.Event()

    def __call__(self, stop: Callable[[], bool]) -> None:
        self.began.set()
        while self.waits and not stop():
            pass
        if self.waits:
            self.given_up += 1
            return
        if self.error is not None:
            raise self.error
        self.made += 1


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "j.db", severity=2)


@pytest.fixture
def copies() -> Copies:
    return Copies()


@pytest.fixture
def app(desk: Desk, copies: Copies) -> ScribeApp:
    incidents = Incidents(desk.journal, me="sam", policy=desk.recorder.policy)
    return ScribeApp(incidents, desk.clock, Zones(UTC), lambda *_, **__: Path("x"), copies=copies, first=desk.incident)


def looked(app: ScribeApp) -> None:
    """Some seconds later; what was begun then is done."""
    keeping = app._safekeeping
    assert keeping is not None
    keeping.look()
    if keeping._thread is not None:
        keeping._thread.join(10)


def shown(app: ScribeApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_copy_is_made_while_nobody_types(app: ScribeApp, copies: Copies) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        looked(app)
        assert copies.made == 0  # somebody may have been typing just now
        looked(app)
        assert copies.made == 1
        await pilot.press("a")
        looked(app)
        assert copies.made == 1
        await pilot.press("b")
        looked(app)
        assert copies.made == 1
        looked(app)  # half a line, and somebody went to fetch coffee
        assert copies.made == 2


async def test_that_none_could_be_made_is_said_once(app: ScribeApp, copies: Copies) -> None:
    copies.error = Full("no room left for /backups/x.db")
    said = "no backup could be made: no room left for /backups/x.db; what you type is recorded all the same"
    async with app.run_test(size=(120, 40)) as pilot:
        looked(app)
        looked(app)
        await pilot.pause()
        assert said in shown(app)
        await pilot.press("escape")
        assert said not in shown(app)
        copies.error = OSError(28, "No space left on device")
        looked(app)
        await pilot.pause()
        assert "no backup" not in shown(app)
        copies.error = None
        looked(app)
        copies.error = RuntimeError("words that somebody typed")
        looked(app)
        await pilot.pause()
        assert "no backup could be made: RuntimeError; what" in shown(app)
        await pilot.press(*"still", "enter")
        assert "still" in shown(app)


async def test_leaving_has_a_copy_given_up(app: ScribeApp, copies: Copies) -> None:
    copies.waits = True
    async with app.run_test(size=(120, 40)):
        keeping = app._safekeeping
        assert keeping is not None
        keeping.look()
        keeping.look()
        keeping.look()  # one at a time
        assert copies.began.wait(10)
    assert copies.given_up == 1
    assert keeping._thread is not None
    assert not keeping._thread.is_alive()
    keeping.look()
    assert copies.given_up == 1


class Boxes(App[None]):
    """A line and a text to type in."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield TextArea()


@pytest.mark.parametrize("box", [Input, TextArea])
async def test_typing_into_a_box_of_either_kind_is_seen(copies: Copies, box: type[Input | TextArea]) -> None:
    made = []
    async with Boxes().run_test() as pilot:
        keeping = Safekeeping(pilot.app, copies)
        pilot.app.query_one(box).focus()
        for keys in ("", "a", ""):
            await pilot.press(*keys)
            keeping.look()
            if keeping._thread is not None:
                keeping._thread.join(10)
            made.append(copies.made)
    assert made == [0, 0, 1]
