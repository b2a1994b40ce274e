"""The app: which screen stands, signals, the terminal's title, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, ClassVar

from textual import constants, events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from scribe.clock import Clock
from scribe.record.errors import ScribeError
from scribe.record.text import one_line, visible
from scribe.record.when import stamp
from scribe.recorder import Incidents
from scribe.ui.agreed import Agreed
from scribe.ui.driver import TerminalDriver
from scribe.ui.messages import Chosen
from scribe.ui.safekeeping import LOOK, Make, Safekeeping, Unsafe
from scribe.ui.screens.incident import IncidentScreen
from scribe.ui.screens.recording import Export, Keeper, Recording, Save
from scribe.ui.styles import stylesheet
from scribe.ui.themes import DARK, LIGHT, tokens
from scribe.ui.ticker import Ticker
from scribe.ui.titles import KeptTitles
from scribe.ui.zones import Zones

_ENDINGS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
"""What asks the process to end; the exit code is 128 and the number."""

_PERSEVERANCE = 1.0
"""Seconds for which the end is put off while another process holds the journal and the text cannot be kept."""

_AGAIN = 0.05
"""Seconds between two tries to keep it."""

_LAST = 2.0
"""Seconds behind a signal after which the process ends, whatever still runs in it: an export, a clipboard."""


class ScribeApp(App[None], inherit_bindings=False):  # Textual's own ^Q would leave before what was typed is taken
    """Wires screens, signals and the terminal. It holds no state of an incident."""

    # The first frame needs these two; a screen that brings its own has all of them read again.
    CSS_PATH = [stylesheet("base"), stylesheet("incident")]
    TITLE = "scribe"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = ""

    def __init__(
        self,
        incidents: Incidents,
        clock: Clock,
        zones: Zones,
        export: Export,
        *,
        save: Save | None = None,
        agreed: Agreed | None = None,
        copies: Make | None = None,
        first: str = "",
        theme: str = "dark",
    ) -> None:
        self._dark = theme != "light"
        # TEXTUAL_DRIVER names another one, for a browser for example.
        super().__init__(driver_class=None if constants.DRIVER else TerminalDriver)
        self._incidents = incidents
        self._clock = clock
        self._zones = zones
        self._export = export
        self._save = save
        self._agreed = agreed
        self._safekeeping = Safekeeping(self, copies) if copies is not None else None
        self._first = first
        self._title = ""
        self._ahead: list[events.Key] = []
        self._elsewhere: dict[str, str] = {}
        self._ending = 0
        self._titles = KeptTitles(incidents, clock)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        chosen = DARK if self._dark else LIGHT
        # Not assigned: that would parse every stylesheet once more before the first frame.
        self.set_reactive(App.theme, chosen.name)
        self.set_class(chosen.dark, "-dark-mode", update=False)
        self.set_class(not chosen.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The project's own tokens; a variable set in one stylesheet is unknown in the next."""
        return tokens(dark=self.current_theme.dark if self._registered_themes else self._dark)

    def on_mount(self) -> None:
        """The incident asked for, else the open one that was active last, else what there is."""
        self.app_suspend_signal.subscribe(self, lambda _: self._step_aside(), immediate=True)
        self.set_timer(0.1, self._settle_in)
        if self._safekeeping is not None:
            self.set_interval(LOOK, self._safekeeping.look)
        if self._first:
            self._open(self._first)
            return
        active = self._incidents.active()
        if active is not None:
            self._open(active.incident)
        elif self._titles.left():
            self._declare("")
        elif self._incidents.all():
            self._choose("")
        else:
            self._declare("")

    def _settle_in(self) -> None:
        """What the first frame could wait for, before the first key."""
        import scribe.live.completion
        import scribe.live.hints  # noqa: F401

        gc.enable()
        for screen in self.screen_stack[-1:]:
            if isinstance(screen, IncidentScreen) and self._titles.left():
                screen.say("a title was typed and not declared the last time: F9, then Enter", "warning")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every action of the screen that stands, and light or dark."""
        if isinstance(screen, Recording):
            for command in screen.commands:
                action = getattr(screen, f"action_{command.id}", None)
                if action is not None and command.id != "command_palette":
                    yield SystemCommand(command.help, command.shown, action)
        yield SystemCommand("light or dark", "the other theme", self.action_theme)

    def action_theme(self) -> None:
        """The other theme."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    # ── screens ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, incident: str) -> None:
        try:
            recorder = self._incidents.open(incident)
        except ScribeError as error:
            self._fail(error)
            return
        ahead, self._ahead = self._ahead, []

        def register(elsewhere: MutableMapping[str, str]) -> None:
            top = self.screen
            behind = top.press if isinstance(top, Recording) else None
            self._show_actions(incident, elsewhere, told=lambda: screen.look(stale=True), behind=behind)

        ticker, zones = Ticker(self._clock), self._zones
        screen = IncidentScreen(recorder, ticker, zones, self._export, ahead, self._save, register, self._agreed)

        def left(answer: str | None) -> None:
            if answer == "?":
                self._choose(incident)
            else:
                self.exit()

        self.push_screen(screen, left)

    def _choose(self, back: str) -> None:
        """All incidents; Esc goes back to the one that stood before, and so does a plain key, which is typed there."""
        from scribe.ui import sheets  # what the first frame does not show is imported when it is wanted
        from scribe.ui.screens.sheet import Sheet

        def left(chosen: Chosen | None) -> None:
            wanted = chosen.open if chosen else back
            if chosen and chosen.show:
                home = back or self._incidents.all()[0].incident
                self._show_actions(home, self._elsewhere, left=lambda: self._choose(back))
            elif wanted == "+":
                self._declare(back)
            elif wanted:
                self._open(wanted)
            else:
                self.exit()

        now = stamp(self._clock.now())
        behind = self._ahead.append if back else None
        self.push_screen(Sheet(*sheets.incidents(self._incidents.all(), now), behind=behind), left)

    def _show_actions(
        self,
        home: str,
        elsewhere: MutableMapping[str, str],
        *,
        told: Callable[[], None] = lambda: None,
        behind: Callable[[events.Key], None] | None = None,
        left: Callable[[], None] = lambda: None,
    ) -> None:
        """The action items of all incidents, over whatever screen stands."""
        from scribe.ui.screens.actions import ActionsScreen

        screen = ActionsScreen(
            self._incidents,
            home,
            Ticker(self._clock),
            self._zones,
            self._export,
            self._save,
            told=told,
            behind=behind,
            elsewhere=elsewhere,
        )
        self.push_screen(screen, lambda _: left())

    def _declare(self, back: str) -> None:
        from scribe.ui.screens.declare import DeclareScreen

        def declare(title: str, severity: int | None, trigger: int | None) -> str:
            now = self._clock.now()
            return self._incidents.declare(title, severity=severity, trigger=trigger, now=now).incident

        def left(incident: str | None) -> None:
            if incident or back:
                self._open(incident or back)
            else:
                self.exit()

        policy, behind = self._incidents.policy, self._ahead.append
        self.push_screen(DeclareScreen(declare, policy, behind, self._titles, can_go_back=bool(back)), left)

    # ── the terminal ────────────────────────────────────────────────────────────────────────────────────────────────

    def on_following_titled(self, message: IncidentScreen.Titled) -> None:
        """The countdown in the terminal's title (OSC 2), written only when it changed."""
        text = one_line(message.text)
        if text != self._title and self._driver is not None and not self.is_headless:
            keep = "" if self._title else "\x1b[22;2t"  # the terminal remembers the title that stood before
            self._title = text
            self._driver.write(f"{keep}\x1b]2;{text}\x07")

    def on_unsafe(self, message: Unsafe) -> None:
        """No backup could be made: it is said where somebody looks, once."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Recording):
                screen.say(message.text, "warning")
                return

    def on_unmount(self) -> None:
        """Give the terminal its own title back, and a backup up that is being made."""
        if self._safekeeping is not None:
            self._safekeeping.stop()
        self._give_title_back()

    def _give_title_back(self) -> None:
        if self._title and self._driver is not None:
            self._title = ""
            self._driver.write("\x1b[23;2t")

    def _step_aside(self) -> None:
        """The process is about to be stopped, or another program gets the terminal."""
        self._keep_draft()
        self._give_title_back()

    def _build_driver(self, *settings: Any, **named: Any) -> Driver:
        """The terminal's side; signals are heard before it is touched, so that none leaves it broken."""
        driver = super()._build_driver(*settings, **named)
        if not driver.is_headless:
            self._listen()
        return driver

    def _listen(self) -> None:
        """A signal saves the draft and restores the terminal; by default Textual dies at once and leaves it broken."""
        loop = asyncio.get_running_loop()
        for number in _ENDINGS:
            try:
                loop.add_signal_handler(number, self._end, 128 + number)
            except (NotImplementedError, RuntimeError):  # not the main thread: a test, or Windows
                return

    def _end(self, code: int) -> None:
        """A signal came; the first of several counts."""
        if self._ending:
            return
        self._ending = code
        if not self.is_headless:
            last = threading.Timer(_LAST, self._abandon, (code,))
            last.daemon = True
            last.start()
        self._end_once_kept(self._clock.monotonic() + _PERSEVERANCE)

    def _end_once_kept(self, until: float) -> None:
        if self._keep_draft():
            self.exit(return_code=self._ending)
        elif self._clock.monotonic() < until:
            self.set_timer(_AGAIN, lambda: self._end_once_kept(until))
        else:
            typed = "\n".join(visible(text) for screen in self._keepers for text in screen.unkept())
            lost = f"scribe: this was typed and could not be kept:\n{typed}"
            self.exit(return_code=self._ending, message=lost)

    def _abandon(self, code: int) -> None:
        """Something does not come to its end. What was acknowledged is on the disk."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.abandon()
        os._exit(code)

    @property
    def _keepers(self) -> list[Keeper]:
        """The screens that may hold unsent text."""
        stack = self._screen_stacks.get(self._current_mode, [])
        return [screen for screen in stack if isinstance(screen, Keeper)]

    def _keep_draft(self) -> bool:
        """Save what is typed; False while the journal is locked."""
        kept = [screen.keep_draft() for screen in self._keepers]  # every one, also behind one that could not
        return all(kept)

    def _fail(self, error: ScribeError) -> None:
        self.exit(return_code=error.exit_code, message=f"scribe: {one_line(error.message)}\n{one_line(error.hint)}")

    def _handle_exception(self, error: Exception) -> None:
        """A screen that was being built when a signal came finds nothing of itself any more: that is no fault."""
        if self._ending:
            self._close_messages_no_wait()
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """One line. Textual's report shows local variables, and with them what people recorded."""
        self._keep_draft()
        error = self._exception
        self._exit_renderables.append(f"scribe: stopped by a fault of its own ({type(error).__name__})")
        self._close_messages_no_wait()


def run(
    incidents: Incidents,
    clock: Clock,
    zones: Zones,
    export: Export,
    *,
    save: Save | None = None,
    agreed: Agreed | None = None,
    copies: Make | None = None,
    first: str = "",
    theme: str = "dark",
) -> int:
    """Show the screen until it is left; returns the exit code."""
    for name in ("COLUMNS", "LINES"):  # the terminal itself says how large it is, and they may say anything
        os.environ.pop(name, None)
    app = ScribeApp(incidents, clock, zones, export, save=save, agreed=agreed, copies=copies, first=first, theme=theme)
    app.run()
    return app.return_code or 0
