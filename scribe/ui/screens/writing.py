"""One section at a time in the editor: saved within a second, recorded when typing pauses or the section is left."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import MutableMapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from textual import events
from textual.app import SuspendNotSupported

from scribe.live.masking import listed, masked
from scribe.record.afterwards import Written as Section
from scribe.record.errors import Refused, ScribeError
from scribe.record.events import Draft, Payload
from scribe.record.sections import BY_KEY
from scribe.record.state import AnyState, State
from scribe.record.text import one_line
from scribe.record.when import stamp
from scribe.record.written import Words
from scribe.recorder import Recorder
from scribe.ui.desk import Broken, Desk, Unwritten, Waiting, Written
from scribe.ui.postmortem.places import Place
from scribe.ui.postmortem.writing import BOX, LINE_BOX, PAUSE, Manuscript, Unsent, read
from scribe.ui.screens.recording import Export, Recording, Save
from scribe.ui.ticker import Ticker
from scribe.ui.widgets.editor import SectionEditor
from scribe.ui.zones import Zones

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated

Outcome = Literal["done", "refused", "met", "locked", "broken"]
"""What became of a text.

Recorded (or nothing new), not what its form can be, changed by others; the journal is locked, or cannot be written.
"""


class Below(Protocol):
    """The live screen: it owns the state, and takes up what other processes record."""

    def standing(self) -> tuple[AnyState | None, Zones | None, str]:
        """The state, the clocks and the time."""

    def look(self, *, stale: bool = False) -> None:
        """Take up what was recorded, here (``stale``) or by another process."""

    def action_zones(self) -> None:
        """Other clocks."""

    def actions(self) -> None:
        """The action items of all incidents, over whatever screen stands."""

    def press(self, event: events.Key) -> None:
        """Take a key that was typed fast behind the one that left for it."""

    def say(self, text: str, level: str = "") -> None:
        """Say something in its attention line."""


class Writing(Recording):
    """Writes sections into the record, and loses nothing: not to a crash, not to somebody else who writes there too."""

    def __init__(
        self,
        below: Below,
        recorder: Recorder,
        ticker: Ticker,
        export: Export,
        save: Save | None,
        elsewhere: MutableMapping[str, str],
    ) -> None:
        _, zones, _ = below.standing()
        assert zones is not None  # the live screen has them since it stands
        super().__init__(recorder, ticker, Desk(recorder, zones.typed, LINE_BOX), export, save)
        self._below = below
        self._elsewhere = elsewhere
        self._left = _left(elsewhere)
        self._manuscript: Manuscript | None = None
        self._typed_at: datetime | None = None
        self._paused = 0.0
        self._waits = False

    # ── what whoever inherits from this provides ────────────────────────────────────────────────────────────────────

    @abstractmethod
    def touched(self) -> None:
        """What is in the editor changed."""

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where one is."""

    @abstractmethod
    def proposed(self, place: Place) -> str:
        """What the record holds for a section, as the text that one would begin from."""

    # ── the record ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def record(self) -> State:
        """The incident as the screen below has it: whole, or this screen had not been opened."""
        state, _, _ = self._below.standing()
        assert isinstance(state, State)
        return state

    def words(self, key: str) -> Words | None:
        """What the record holds of a section."""
        return self.record.sections.get(key)

    @property
    def editor(self) -> SectionEditor:
        """Where sections are written."""
        return self.query_one(SectionEditor)

    @property
    def is_unsaved(self) -> bool:
        """Whether the editor says something that is not recorded yet."""
        return self._manuscript is not None and self._manuscript.is_changed

    def enter_event(self, payload: Payload, text: str, box: str = "", *, kept: bool = False) -> Outcome:
        """Record one thing, ``kept`` as it stands. What cannot be recorded is said."""
        now = self._ticker.wall()
        match self._desk.record([Draft(payload, text, stamp(now), kept=kept)], now, box=box):
            case Written(events=events, masked=said):
                self.recorded(events)
                if said:
                    self.say(said, "warning")
                return "done"
            case Waiting():
                what = "waiting, the text is kept" if box else "nothing was recorded, try again"
                self.say(f"another process holds the journal; {what}", "warning")
                return "locked"
            case Broken(message=message, advice=advice):
                self.say(f"not recorded: {message}. {advice}", "error")
                return "broken"
            case Unwritten(hint=hint):
                self.say(hint.text, "warning")
                return "refused"
            case _:
                self.say("not recorded", "warning")
                return "refused"

    # ── the section in the editor ───────────────────────────────────────────────────────────────────────────────────

    def take_up(self, place: Place) -> None:
        """Put a section into the editor, with what was typed into it and not recorded, if there is anything."""
        words = self.words(place.key)
        manuscript = Manuscript(BY_KEY[place.key])
        text = manuscript.take_up(words)
        self._manuscript = None  # what is laid into the editor now was not typed into the section before
        self.editor.lay(text, is_line=place.form not in ("text", "list"), proposed=self.proposed(place))
        self._manuscript, self._typed_at = manuscript, None
        left = self._left.pop(place.key, None)
        if left is None or left.text == text:
            return
        manuscript.take_up(words, left)
        if manuscript.meets(words):
            self._say_both(words, manuscript.joined(words))
        else:
            self.say("this was typed and is not recorded yet; ^Z has what the record holds", "warning")
            self.editor.exchange(left.text)

    def wrote(self, text: str) -> None:
        """The editor holds this text now."""
        if self._manuscript is not None and self._manuscript.edit(text):
            self._begin_pause()
            self.touched()

    def flush(self) -> Outcome:
        """Record what was typed, unless it says what the record says."""
        manuscript = self._manuscript
        if manuscript is None or not manuscript.is_changed:
            return "done"
        self._typed_at = None
        self._below.look()
        key = manuscript.section.key
        words = self.words(key)
        if manuscript.meets(words):
            self._say_both(words, manuscript.joined(words))
            return "met"
        try:
            self._mask(manuscript)
            if not manuscript.is_changed:
                return "done"
            text = manuscript.result()
        except Refused as error:
            self.say(f"{error.message}{f'; {error.hint}' if error.hint else ''}; not recorded", "error")
            return "refused"
        before = manuscript.before
        manuscript.recorded(text)
        outcome = self.enter_event(Section(section=key), text, BOX + key, kept=True)
        if outcome != "done":
            manuscript.before, manuscript.unkept = before, True
            self._typed_at = None
            if outcome in ("locked", "broken"):
                self._begin_pause()
        elif self._waits:
            self.say("recorded: the journal is free again")
        self._waits = outcome in ("locked", "broken")
        return outcome

    def _mask(self, manuscript: Manuscript) -> None:
        """Put a sign in the place of every secret that is new in the editor. Raises Refused."""
        shown, kinds = masked(manuscript.text, manuscript.before)
        if kinds:
            self.editor.exchange(shown)
            self._typed_at = None
            key = manuscript.section.key
            self.say(f"masked: {listed(kinds)}; in the line, /keep /write {key} TEXT records it as it is", "warning")

    def put_down(self) -> bool:
        """Leave the section; False while somebody else's words in it have not been seen, or it cannot be saved.

        What its form cannot be, or a journal without room cannot take, is kept as it was typed, and stands there again.
        """
        outcome = self.flush()
        manuscript = self._manuscript
        if outcome in ("refused", "broken") and manuscript is not None:
            self.keep()
            if manuscript.unkept:
                return False
            self._left[manuscript.section.key] = Unsent(manuscript.text, manuscript.before)
        elif outcome != "done":
            return False
        self._manuscript = None
        return True

    def gives_up(self) -> bool:
        """Leave what can be neither recorded nor kept, and will not be, behind: once whoever typed it was told."""
        return not self.keep() and self.lasting is not None and self.lets_go(kept=False)

    @property
    def unsent(self) -> frozenset[str]:
        """The sections that hold something typed which could not be recorded."""
        return frozenset(self._left)

    def _say_both(self, words: Words | None, text: str) -> None:
        by = f"@{one_line(words.by)}" if words else "somebody"
        theirs = f", to: {one_line(words.text)[:40]}" if words and self.editor.is_line else ""
        both = "; yours stands here" if self.editor.is_line else ": both stand here"
        self.say(f"{by} changed this meanwhile{theirs}{both}. Put it right and go on", "warning")
        self.editor.exchange(text)
        self._typed_at = None

    def met(self) -> None:
        """The record moved on: what nobody is writing in is shown as it stands there now."""
        manuscript = self._manuscript
        if manuscript is None:
            return
        words = self.words(manuscript.section.key)
        if not manuscript.meets(words):
            return
        if not manuscript.is_changed:
            self._manuscript = None
            self.editor.exchange(manuscript.take_up(words))
            self._manuscript = manuscript
        elif words is not None:
            self.say(f"@{one_line(words.by)} writes here too; both texts will stand here", "warning")

    def forget(self, words: Repeated) -> None:
        """Somebody erased these words: keep none of them, in the section that is being written either."""
        super().forget(words)
        if self._manuscript is not None:
            self._manuscript.before = words.masked(self._manuscript.before)
        self._left = {
            key: Unsent(words.masked(left.text), words.masked(left.before)) for key, left in self._left.items()
        }
        self.editor.forget(words)

    # ── nothing is lost ─────────────────────────────────────────────────────────────────────────────────────────────

    def keep(self) -> bool:
        """Save what is typed and not recorded; False while it cannot be saved."""
        kept = self._desk.keep(self._ticker.wall())
        manuscript = self._manuscript
        if manuscript is not None and manuscript.unkept:
            began = self._typed_at or self._ticker.wall()
            if not self._desk.save(BOX + manuscript.section.key, manuscript.kept(), began, "json"):
                return False
            manuscript.unkept = False
        return kept

    def keep_draft(self) -> bool:
        """Save the unsent text now: the process is about to end. False while it cannot be saved."""
        return self.keep()

    def unkept(self) -> list[str]:
        """What is typed and could not be saved."""
        manuscript = self._manuscript
        return [*super().unkept(), *([manuscript.text] if manuscript is not None and manuscript.unkept else [])]

    def poll(self) -> None:
        """Save what is typed; record it when typing paused."""
        self.watch_journal()
        self.keep()
        if self._typed_at is not None and self._ticker.steady() - self._paused >= PAUSE:
            self.flush()

    def _begin_pause(self) -> None:
        self._typed_at, self._paused = self._ticker.wall(), self._ticker.steady()

    def leave_behind(self) -> None:
        """Hand what could not be recorded to whoever opens the screen next."""
        for key, left in self._left.items():
            manuscript = Manuscript(BY_KEY[key])
            manuscript.take_up(None, left)
            self._elsewhere[BOX + key] = manuscript.kept()
        if self._desk.text:
            self._elsewhere[LINE_BOX] = self._desk.text
        if self._left:
            named = ", ".join(BY_KEY[key].title for key in self._left)
            self._below.say(f"not recorded, but kept: {named}; F8 goes back", "warning")

    # ── another editor ──────────────────────────────────────────────────────────────────────────────────────────────

    def action_editor(self) -> None:
        """Write the section in the person's own editor; the terminal is its own meanwhile."""
        if self._manuscript is None:
            self.say("nothing here is one text: an editor writes sections", "warning")
            return
        try:
            text = self._edited()
        except SuspendNotSupported:
            self.say("an editor needs the terminal, and this is none", "warning")
        except (ScribeError, OSError) as error:
            hint = f"; {error.hint}" if isinstance(error, ScribeError) and error.hint else ""
            self.say(f"{error}{hint}", "warning")
        else:
            self.editor.exchange(text)
            self.flush()

    def _edited(self) -> str:
        """The section's text as the person's own editor left it. Raises Refused, OSError."""
        from scribe.ui import external

        assert self._manuscript is not None
        editor = external.command(os.environ)
        failed: ScribeError | OSError | None = None
        text = ""
        with self.app.suspend():  # what is raised in there would leave the terminal without the screen
            try:
                text = external.edited(self.editor.text, self._manuscript.section.key, editor)
            except (ScribeError, OSError) as error:
                failed = error
        if failed is not None:
            raise failed
        return text


def _left(elsewhere: MutableMapping[str, str]) -> dict[str, Unsent]:
    """What was left unsent in sections; it is handed out once."""
    found = {}
    for box in [box for box in elsewhere if box.startswith(BOX)]:
        unsent = read(elsewhere.pop(box))
        key = box.removeprefix(BOX)
        if unsent is not None and key in BY_KEY:
            found[key] = unsent
    return found
