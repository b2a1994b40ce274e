"""How a test that drives the screen knows that nothing is left to do: it asks the loop instead of watching the clock.

The pilot's own way sleeps for a fiftieth of a second, twice behind every key, and looks whether the process was quiet
meanwhile. That is most of the time that such tests take, and on a busy machine a process is quiet that was only kept
waiting.
"""

from __future__ import annotations

import asyncio
from time import monotonic, process_time

from textual._context import active_app
from textual.app import App

TURNS = 3
"""How many turns of the loop in a row must find nothing to do: what one pump posts, another takes up a turn later."""

NAP, IDLE, NAPS = 0.005, 0.0005, 8
"""A worker that used less than so many seconds in so long a nap, so many times in a row, waits for the test itself."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until every message is dealt with, every frame drawn and every worker done; takes the pilot's arguments.

    A test may have two terminals open in one loop: nothing is left to do once that is so in both.
    """
    apps = _running()
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    until = monotonic() + max_sleep
    still = naps = 0
    while still < TURNS and naps < NAPS and monotonic() < until:
        await asyncio.sleep(0)
        waiting = [app for app in apps if _is_waiting(app)]
        if ready:
            still = 0
        elif any(app._resize_timer is not None or any(each.is_running for each in app.workers) for app in apps):
            still, used = 0, process_time()
            await asyncio.sleep(NAP)
            naps = naps + 1 if process_time() - used < IDLE else 0
        elif waiting:
            still = 0
            for app in waiting:
                before = active_app.set(app)  # a screen draws for the app that is active
                app.screen._on_timer_update()
                active_app.reset(before)
        else:
            still += 1


def _is_waiting(app: App[object]) -> bool:
    """Whether a frame waits to be drawn."""
    return bool(app.screen_stack) and app.screen._update_timer._active.is_set()


def _running() -> list[App[object]]:
    """Every app that a test runs in this loop, by the task that runs it."""
    found = [active_app.get()]
    for task in asyncio.all_tasks():
        if task.get_name().startswith("run_test "):
            frame = getattr(task.get_coro(), "cr_frame", None)
            app = frame.f_locals.get("app") if frame is not None else None
            if isinstance(app, App) and app not in found:
                found.append(app)
    return found
