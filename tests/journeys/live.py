"""The whole screen, driven by its keys; what the journal holds is read back through a connection of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from rich.cells import cell_len
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.record.errors import Refused
from scribe.record.events import Event
from scribe.record.state import AnyState, Board, Entry, State
from scribe.recorder import Incidents, Recorder, declare
from scribe.ui.app import ScribeApp
from scribe.ui.desk import NEWLINE
from scribe.ui.screens.declare import DeclareScreen
from scribe.ui.screens.incident import IncidentScreen
from scribe.ui.screens.sheet import Sheet
from scribe.ui.widgets.capture import CaptureLine
from scribe.ui.widgets.timeline import Timeline
from scribe.ui.zones import Zones

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INCIDENT = "INC-20261120-K3F2"


def seldom(size: tuple[int, int]) -> ParameterSet:
    """A size of the screen that is tried by `make torture` alone: others like it are tried every time."""
    return pytest.param(size, marks=pytest.mark.torture)


class Live:
    """An app that runs, somebody at its keys, and the journal seen from outside."""

    def __init__(self, app: ScribeApp, pilot: Pilot[None], clock: FixedClock, path: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock
        self.path = path

    # ── the person ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def press(self, *keys: str) -> None:
        """Press keys by their names, waiting after each."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text as fast as keys can come."""
        driver = self.app._driver
        assert driver is not None
        for character in text:
            event = events.Key("enter" if character == "\n" else _character_to_key(character), character)
            event.set_sender(self.app)
            driver.send_message(event)
        await self.pilot.pause()

    async def hit(self, *keys: str) -> None:
        """Press keys as fast as they can come, none waiting for what the one before it did."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = events.Key(key, key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)
        await self.pilot.pause()
        await self.pilot.pause()

    async def burst(self, *parts: str) -> None:
        """Texts and the names of keys, all of them as fast as keys can come: ``<f2>`` is a key, the rest is typed."""
        driver = self.app._driver
        assert driver is not None
        for part in parts:
            named = part[1:-1] if part.startswith("<") and part.endswith(">") else ""
            for key in [named] if named else part:
                enter = key == "\n"
                event = events.Key(
                    key if named else "enter" if enter else _character_to_key(key), None if named or enter else key
                )
                event.set_sender(self.app)
                driver.send_message(event)
        await self.pilot.pause()
        await self.pilot.pause()

    async def clear(self) -> None:
        """Empty the box."""
        await self.press("end", "ctrl+u")
        assert self.box == ""

    async def enter(self, text: str) -> None:
        """Type a line and Enter."""
        await self.type(f"{text}\n")
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        """Paste, as a terminal with bracketed paste does."""
        driver = self.app._driver
        assert driver is not None
        driver.send_message(events.Paste(text))
        await self.pilot.pause()

    async def passes(self, seconds: float) -> None:
        """Time passes, and the screen notices."""
        self.clock.advance(seconds)
        self.screen._tick()
        await self.pilot.pause()

    async def looks(self) -> None:
        """The screen looks for what other processes wrote, and saves what is typed."""
        self.screen._poll()
        await self.pilot.pause()

    # ── what is seen ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def top(self) -> Screen[object]:
        return self.app.screen

    @property
    def screen(self) -> IncidentScreen:
        """The incident's screen, under whatever sheet lies on it."""
        for screen in reversed(self.app.screen_stack):
            if isinstance(screen, IncidentScreen):
                return screen
        raise AssertionError(f"no incident on the screen, but {self.app.screen_stack}")

    @property
    def box(self) -> str:
        """What stands in the capture line."""
        return self.capture.value.replace(NEWLINE, "\n")

    @property
    def capture(self) -> CaptureLine:
        return self.screen.query_one(CaptureLine)

    @property
    def timeline(self) -> Timeline:
        return self.screen.query_one(Timeline)

    @property
    def rows(self) -> list[str]:
        """The screen that stands in front, as text."""
        return [strip.text.rstrip() for strip in self.top._compositor.render_strips()]

    @property
    def seen(self) -> str:
        return "\n".join(self.rows)

    def rows_with(self, text: str) -> list[str]:
        """The rows of the screen that hold a text."""
        return [row for row in self.rows if text in row]

    def line(self, name: str) -> str:
        """A widget of the incident's screen, as text: title, attention, hint, keys and so on."""
        found = self.screen.query_one(f"#{name}")
        return "\n".join(found.render_line(y).text.rstrip() for y in range(found.size.height)).strip("\n")

    @property
    def worksheet(self) -> str:
        """The worksheet that lies open, as text; empty when none does."""
        return self.line("worksheet") if self.screen.page is not None else ""

    @property
    def row(self) -> str:
        """The chosen row of the worksheet, as text."""
        found = [line for line in self.worksheet.splitlines() if line.startswith(" ▸")]
        assert len(found) == 1, self.worksheet
        return found[0].partition("│")[0].rstrip()

    @property
    def copied(self) -> str:
        """What was copied last."""
        return self.app.clipboard

    def styles(self, name: str) -> set[str]:
        """The names of the pieces that a panel draws."""
        return {piece[1] for line in self.screen.query_one(f"#{name}")._lines for piece in line}  # type: ignore[attr-defined]

    def column(self, text: str) -> int:
        """The column of the screen at which a text stands in the box."""
        before, found, _ = self.capture.render_line(0).text.partition(text)
        assert found, f"{text} is not in the box"
        return self.screen.query_one("#zone").outer_size.width + cell_len(before)

    @property
    def has_sheet(self) -> bool:
        return isinstance(self.top, Sheet)

    @property
    def declares(self) -> bool:
        return isinstance(self.top, DeclareScreen)

    # ── the journal ─────────────────────────────────────────────────────────────────────────────────────────────────

    def boards(self) -> list[Board]:
        journal = Journal.reading(self.path, self.clock)
        try:
            return journal.boards()
        finally:
            journal.close()

    @property
    def events(self) -> list[Event]:
        """Every event of the incident that was active last."""
        journal = Journal.reading(self.path, self.clock)
        try:
            return journal.events(journal.boards()[0].incident)
        finally:
            journal.close()

    def state(self, incident: str = "") -> State:
        """The incident as the file has it (the one active last unless another is named)."""
        journal = Journal.reading(self.path, self.clock)
        try:
            incident = incident or journal.boards()[0].incident
            return Recorder(journal, incident, me="reader", policy=DEFAULT).load()
        finally:
            journal.close()

    @property
    def board(self) -> Board:
        return self.state().board

    @property
    def entries(self) -> list[Entry]:
        """Every entry but the declaration."""
        return [entry for entry in self.state().entries if entry.kind != "declared"]

    @property
    def texts(self) -> list[str]:
        return [entry.text for entry in self.entries]

    @property
    def last(self) -> Entry:
        """The entry that was written last."""
        return max(self.state().entries, key=lambda entry: entry.number)

    def drafts(self) -> list[tuple[str, str]]:
        """The unsent texts in the file, each with its incident."""
        journal = Journal.reading(self.path, self.clock)
        try:
            return [tuple(row) for row in journal._db.execute("SELECT incident, text FROM drafts")]
        finally:
            journal.close()

    def elsewhere(self, *lines: str, me: str = "bob", incident: str = "") -> list[Event]:
        """Another process types these lines."""
        journal = Journal.writing(self.path, self.clock, wait=1.0)
        try:
            recorder = Recorder(journal, incident or self.boards()[0].incident, me=me, policy=DEFAULT)
            return [event for line in lines for event in typed(recorder, line, self.clock.now())]
        finally:
            journal.close()


def typed(recorder: Recorder, line: str, now: datetime) -> list[Event]:
    """Record one line."""
    parsed = parse(line, Setting(now, now, UTC))
    assert isinstance(parsed, Recorded)
    return recorder.record(parsed.drafts, now=now)


def told(path: Path, clock: FixedClock, *lines: str, severity: int | None = 2, incident: str = INCIDENT) -> None:
    """An incident in the journal, with these entries."""
    journal = Journal.writing(path, clock, wait=1.0)
    journal.connection.execute("PRAGMA synchronous = OFF")  # what came before the screen was long on the disk
    declare(journal, "Checkout fails", now=clock.now(), me="sam", policy=DEFAULT, severity=severity, incident=incident)
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    for line in lines:
        typed(recorder, line, clock.now())
    journal.close()


def export(folder: Path) -> Callable[..., Path]:
    """Stands in for the export: writes what it was given, or refuses when the folder is not there."""

    def write(state: AnyState, template: str = "layered", form: str = "md") -> Path:
        if not folder.is_dir():
            raise Refused("there is nowhere to write")
        path = folder / f"{state.board.incident}.{form}"
        path.write_text(json.dumps([entry.text for entry in state.entries]), encoding="utf-8")
        return path

    return write


def save(folder: Path) -> Callable[[str, str], Path]:
    """Stands in for what writes a copy beside: under the name it was given, or not at all."""

    def write(name: str, text: str) -> Path:
        if not folder.is_dir():
            raise Refused("there is nowhere to write")
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


class Scribe:
    """Starts the app over one journal, as often as a test likes."""

    policy = DEFAULT

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journal.db"
        self.clock = FixedClock(NOON)

    def told(self, *lines: str, severity: int | None = 2, incident: str = INCIDENT) -> None:
        """An incident from before the screen was opened."""
        told(self.path, self.clock, *lines, severity=severity, incident=incident)

    def app(
        self, *, zone: tzinfo = UTC, first: str = "", theme: str = "dark", me: str = "sam"
    ) -> tuple[ScribeApp, Journal]:
        journal = Journal.writing(self.path, self.clock, wait=0.02)
        app = ScribeApp(
            Incidents(journal, me=me, policy=self.policy),
            self.clock,
            Zones(zone),
            export(self.folder),
            save=save(self.folder),
            first=first,
            theme=theme,
        )
        return app, journal

    def __call__(
        self,
        size: tuple[int, int] = (100, 30),
        zone: tzinfo = UTC,
        first: str = "",
        theme: str = "dark",
        me: str = "sam",
    ) -> AbstractAsyncContextManager[Live]:
        """The screen, as somebody finds it."""
        return self._run(size, zone, first, theme, me)

    @asynccontextmanager
    async def _run(self, size: tuple[int, int], zone: tzinfo, first: str, theme: str, me: str) -> AsyncIterator[Live]:
        app, journal = self.app(zone=zone, first=first, theme=theme, me=me)
        try:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                yield Live(app, pilot, self.clock, self.path)
        finally:
            journal.close()
