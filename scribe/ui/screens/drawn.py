"""How the postmortem looks: sections left, the text in the middle, what it came from on the right."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, MutableMapping
from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from scribe.after.findings import Finding
from scribe.after.prefill import as_text
from scribe.record.state import AnyState
from scribe.record.text import one_line
from scribe.recorder import Recorder
from scribe.ui.commands import POSTMORTEM
from scribe.ui.lines import Piece
from scribe.ui.postmortem import beside, middle, outline
from scribe.ui.postmortem.look import Look
from scribe.ui.postmortem.places import ACTIONS, FACTORS, ORDER, PLACES, TIMELINE, Place, standing
from scribe.ui.screens.recording import Export, Save
from scribe.ui.screens.writing import Below, Writing
from scribe.ui.styles import stylesheet
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.answers import Answers, Chooser
from scribe.ui.widgets.board import TitleBar
from scribe.ui.widgets.editor import SectionEditor, Writer
from scribe.ui.widgets.entry import Behind, EntryBox
from scribe.ui.widgets.panel import Panel
from scribe.ui.widgets.picker import Curator, EntryPicker
from scribe.ui.widgets.worksheet import WorksheetPanel
from scribe.ui.zones import Zones


class Hands(Writer, Chooser, Curator, Behind, Protocol):
    """Who carries out what the keys ask for."""


class Part(Panel):
    """A panel that is drawn anew when it has another size."""

    def __init__(self, draw: Callable[[], None], id: str) -> None:
        super().__init__(id=id)
        self._draw = draw

    def on_resize(self) -> None:
        """Another size."""
        self._draw()


class Drawn(Writing):
    """Lays the screen out, and draws what is not drawn by what is bound."""

    CSS_PATH = stylesheet("postmortem")
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (64, "-narrow"), (110, "-wide")]
    hands_out_keys = True
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (8, "-short"), (16, "-tall")]
    state: reactive[AnyState | None] = reactive(None, init=False, repaint=False)
    zones: reactive[Zones | None] = reactive(None, init=False, repaint=False)
    now: reactive[str] = reactive("", init=False, repaint=False)

    def __init__(
        self,
        below: Below,
        recorder: Recorder,
        ticker: Ticker,
        export: Export,
        save: Save | None,
        elsewhere: MutableMapping[str, str],
    ) -> None:
        super().__init__(below, recorder, ticker, export, save, elsewhere)
        self.seen: Look | None = None
        self.finding: Finding | None = None
        self.picking = False
        self.way = ("layered", "md")
        self._here = PLACES[0]
        self._over = False

    @property
    @abstractmethod
    def hands(self) -> Hands:
        """Who carries out what the keys ask for: whoever inherits from this."""

    def compose(self) -> ComposeResult:
        """Title; outline, text and what it came from; what is said; the capture line."""
        bound = (Drawn.state, Drawn.zones)
        yield TitleBar("title").data_bind(*bound, Drawn.now)
        with Horizontal(id="middle"):
            with Vertical(id="left"):
                yield Part(self._draw_outline, "outline")
            with Vertical(id="page"):
                yield Part(self._draw_head, "head")
                yield SectionEditor(self.hands, "editor")
                yield Answers(self.hands, "answers")
                yield WorksheetPanel("rows")
                yield Part(self._draw_found, "found")
            with Vertical(id="side"):
                yield Part(self._draw_side, "sources")
                yield Panel("figures")
            with Vertical(id="right"):
                yield EntryPicker(self.hands, "picker")
        yield Panel("attention")
        box = EntryBox(self._desk, self._ticker.wall, self.hands, "box", POSTMORTEM)
        yield box.data_bind(*bound, Drawn.notice)

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def place(self) -> Place:
        """Where one is."""
        return self._here

    @property
    def is_over(self) -> bool:
        """Whether the screen was left."""
        return self._over

    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The state, the clocks and the time that the screen shows."""
        return self.state, self.zones, self.now

    @property
    def _zones(self) -> Zones:
        assert self.zones is not None
        return self.zones

    def proposed(self, place: Place) -> str:
        """What the record holds for a section, as the text that one would begin from."""
        found = self.seen.found.get(place.key, ()) if self.seen is not None else ()
        return as_text(found, place.form or "text") if found else ""

    # ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def draw(self) -> None:
        """Draw what is not drawn by what is bound."""
        if self.seen is None or self.zones is None or self._over:
            return
        self._draw_head()
        self._draw_outline()
        self._draw_found()
        self._draw_side()
        self._tell()

    def _draw_outline(self) -> None:
        shown = self.query_one("#outline", Panel)
        width, height = shown.size
        if self.seen is not None and width:
            marked = outline.marks(self.seen, self.unsent)
            lines, current = outline.outline(self.seen, marked, self.place.key, width)
            shown.show(outline.window(lines, current, height))

    def _draw_head(self) -> None:
        head = self.query_one("#head", Panel)
        if head.size.width and self.zones is not None:
            slim = self.has_class("-slim") or self.has_class("-short")
            words = self.words(self.place.key)
            head.show(middle.head(self.place, words, self.zones, head.size.width, slim=slim, unsaved=self.is_unsaved))

    def _draw_found(self) -> None:
        manuscript, seen, found = self._manuscript, self.seen, self.query_one("#found", Panel)
        if seen is None or not found.size.width:
            return
        here = standing(seen.findings, self.place.key)
        height = max(2, self.query_one("#page").size.height // 3)
        found.show(middle.finding_lines(here, self.finding, found.size.width, height))
        if manuscript is not None and seen.is_checked and manuscript.formed == seen.text(self.place.key):
            self.editor.mark(middle.spans(here, self.editor.text))

    def _draw_side(self) -> None:
        width = self.query_one("#sources").size.width
        if self.seen is None or not width:
            return
        text = self.editor.text if self.place.kind == "text" else self._rows_text()
        found = beside.sources(self.record, self.seen, self.place.key, text)
        self.query_one("#sources", Panel).show(beside.source_lines(found, self._zones, width))
        self.query_one("#figures", Panel).show(beside.figures(self.seen, self.now, self._zones, width))

    def _rows_text(self) -> str:
        document = self.seen.document if self.seen is not None else None
        if document is None or self.place.kind != "rows":
            return ""
        if self.place.key == FACTORS:
            return " ".join(factor.text for factor in document.factors)
        return " ".join(item.text for item in document.items) if self.place.key == ACTIONS else ""

    def _tell(self) -> None:
        """What went wrong or was just done, else where one is and what the check says."""
        text, level = self.notice
        sign = {"error": "✗", "warning": "●"}.get(level, "✓")
        line = (
            ((f" {sign} {one_line(text)}", level or "ok"),)
            if text
            else outline.summary(self.seen, ORDER[self.place.key] + 1)
        )
        self.query_one("#attention", Panel).show([line])

    def watch_notice(self) -> None:
        """Something is to be said."""
        self._tell()

    def _hush(self) -> None:
        """What was said is read once the next key is pressed."""
        if self.notice[0]:
            self.notice = ("", "")

    def show_mode(self) -> None:
        """The keys of the picking, or of the sources in the place of the text, while there are such."""
        pieces: list[Piece] = []
        if self.picking:
            here = self.place.title
            sends = "whole" if self.place.kind == "choice" or self.place.key == TIMELINE else f"to {here}"
            keys = (("Enter", sends), ("s", "star"), ("h", "hide"), ("Space", "whole"), ("Esc", "back"))
            for key, words in (*keys, ("/find", "only some")):
                pieces += [(f" {key}", "key"), (f" {words} ", "past")]
        elif self.has_class("-beside"):
            for key, words in (("Esc", "back to the text"), ("F4", "next"), ("F3", "before")):
                pieces += [(f" {key}", "key"), (f" {words} ", "past")]
        self.box.keys.instead_of_keys(pieces)
