"""The desk: the text in the box, its first key stroke, and what becomes of it at Enter. No widgets, no clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scribe.live.masking import Typed, notice
from scribe.live.typed import Hint, OnScreen, ParseError, Recorded, Setting
from scribe.record.errors import Busy, Gone, JournalError, Refused, ScribeError
from scribe.record.events import Draft, Event
from scribe.record.typed_time import leading
from scribe.record.when import Unreadable, instant
from scribe.recorder import Recorder, Unsent

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated

NEWLINE = "⏎"
"""Stands in the box for a line break of a paste; the record gets the line break."""

BOX = "capture"
"""The name of the live screen's box, under which unsent text is kept."""


_TIME = 80
"""Characters of a line in which its time would end."""


class Written(Struct, frozen=True):
    """Recorded, and on the disk; ``masked`` says which secrets were not."""

    events: tuple[Event, ...]
    masked: str = ""


class Wanted(Struct, frozen=True):
    """A command for the screen."""

    command: str
    argument: str


class Unwritten(Struct, frozen=True):
    """The text stays in the box, and this is why."""

    hint: Hint


class Waiting(Struct, frozen=True):
    """Another process holds the journal; the same text is tried again."""


class Broken(Struct, frozen=True):
    """The journal cannot be used: one line, and how to put it right."""

    message: str
    advice: str


def broken(error: JournalError) -> Broken:
    """The same of an error. Of a file that is gone without its path, which would take the room of the advice."""
    if isinstance(error, Gone):
        message, _, advice = error.short.partition(". ")
        return Broken(message, advice)
    return Broken(error.message, error.hint)


class Aside(Struct, frozen=True):
    """A line that was entered while the journal was locked; ``bound`` is whom it is for, where that is a question."""

    text: str
    began: datetime | None
    many: bool
    bound: str = ""


Outcome = Written | Wanted | Unwritten | Waiting | Broken | None


class Desk:
    """What is typed for one incident and not yet sent."""

    def __init__(self, recorder: Recorder, zone: tzinfo, box: str = BOX) -> None:
        self.text = ""
        self._box = box
        self.began: datetime | None = None
        self.many = False
        self.unsaved = False
        self.enclose: Callable[[Draft], Draft] = lambda draft: draft
        self.elsewhere: dict[str, str] = {}
        self.waiting = 0
        self.aside: list[Aside] = []
        self._looks = False
        self._times: dict[str, bool] = {}
        self._recorder = self._keeper = recorder
        self.barred: ScribeError | None = None
        self._zone = zone

    def edit(self, text: str, now: datetime) -> None:
        """The box holds this text now; the first key stroke of a line is when it happened unless it says otherwise."""
        if text == self.text:
            return
        if not text:
            self.began = None
        elif self.began is None:
            self.began = now
        if ("\n" in text or self.many) and not _is_field(text):
            looks = self._looks_like_many(text, now)
            if looks != self._looks or text.count("\n") != self.text.count("\n"):
                self.many = self._looks = looks  # what Tab chose stays while words are put right
        self.text, self.unsaved = text, True

    def stamp(self, now: datetime) -> None:
        """The line happened now, whenever its typing began."""
        if self.text:
            self.began, self.unsaved = now, True

    def restore(self, text: str, began: datetime) -> None:
        """Take up a text that another process left unsent."""
        self.text, self.began, self.unsaved = text, began, False
        self.many = self._looks = self._looks_like_many(text, began)

    @property
    def lines(self) -> int:
        """How many lines the text has; the text of a worksheet's field is one, however it is broken."""
        return 1 if _is_field(self.text) else self.text.count("\n") + 1

    def forget(self, words: Repeated) -> None:
        """Keep none of these words in what waits: lines that were entered, and what was left unsent elsewhere."""
        self.aside = [replace(line, text=words.masked(line.text)) for line in self.aside]
        for box in [box for box, text in self.elsewhere.items() if words.unsent(text)]:
            del self.elsewhere[box]

    def hint(self, now: datetime) -> Hint:
        """What Enter would do."""
        from scribe.live.hints import hint  # the first frame needs no grammar

        if self.lines == 1:
            return hint(self.text, self._setting(now), self._recorder.board, self._recorder.me)
        by = "time" if self._looks_like_many(self.text, now) else "line"
        one, many = "one entry", f"{len(self._split(now))} entries, one a {by}"
        chosen, other = (many, one) if self.many else (one, many)
        from scribe.live.hints import cautioned

        return cautioned(Hint(f"{self.lines} lines · Enter: {chosen} · Tab: {other}", "warning"), self.text)

    def submit(self, now: datetime) -> Outcome:
        """Record the text, whole or not at all."""
        from scribe.live.grammar import parse
        from scribe.live.hints import failed

        parts = self._split(now) if self.many else [(0, self.text)]
        drafts: list[Draft] = []
        for start, part in parts:
            try:
                found = parse(part, self._setting(now))
            except ParseError as error:
                said = failed(error)
                return Unwritten(replace(said, column=error.start + start, end=error.end + start))
            match found:
                case Recorded(drafts=several):
                    drafts += several
                case OnScreen(command=command, argument=argument) if len(parts) == 1:
                    return Wanted(command, argument)
                case OnScreen(command=command):
                    return Unwritten(Hint(f"/{command} cannot be one of several entries", "error", start))
                case _:
                    pass
        return self.record(drafts, now, box=self._box) if drafts else None

    def record_line(self, line: str, now: datetime) -> Outcome:
        """Record a line that was not typed into the box; what stands there stays."""
        from scribe.live.grammar import parse
        from scribe.live.hints import failed

        policy = self._recorder.policy
        try:
            found = parse(line, Setting(now, now, self._zone, policy.severity_aliases, policy.role_names))
        except ParseError as error:
            return Unwritten(failed(error))
        match found:
            case Recorded(drafts=drafts):
                return self.record(drafts, now)
            case OnScreen(command=command, argument=argument):
                return Wanted(command, argument)
            case _:
                return None

    def sent(self) -> None:
        """The text was recorded, and its draft went with it: the box is empty."""
        self.text, self.began, self.unsaved = "", None, False
        self.many = self._looks = False
        self._times.clear()

    def drop(self) -> None:
        """The text was no entry: the box is empty, and a draft of it that was kept is to go."""
        self.text, self.began, self.unsaved = "", None, True
        self.many = self._looks = False
        self._times.clear()

    # ── entered while the journal was locked ────────────────────────────────────────────────────────────────────────

    def put_aside(self) -> None:
        """The next line begins while this one waits for the journal: each keeps its own first key stroke."""
        self.aside.append(self._held())
        self._hold(Aside("", None, many=False))
        self._looks, self.unsaved = False, True

    def land(self, now: datetime) -> Outcome:
        """Record the line that waits longest; what stands in the box stays. It waits on while the journal cannot."""
        here = self._held()
        self._hold(self.aside[0])
        try:
            outcome = self.submit(now)
        finally:
            self._hold(here)
        if not isinstance(outcome, Waiting | Broken):
            del self.aside[0]
            self.unsaved = True  # the draft of all of them went with it
        return outcome

    def take_back(self, now: datetime) -> None:
        """Have all that waits in the box again, one line below the other."""
        lines = [*self.aside, self._held()] if self.text else self.aside
        self._hold(Aside("\n".join(line.text for line in lines), lines[0].began, len(lines) > 1 or lines[0].many))
        self._looks, self.aside = self._looks_like_many(self.text, now), []

    @property
    def typed(self) -> list[str]:
        """Every text that is not recorded."""
        return [*(line.text for line in self.aside), *([self.text] if self.text else [])]

    def _held(self) -> Aside:
        return Aside(self.text, self.began, self.many)

    def _hold(self, held: Aside) -> None:
        self.text, self.began, self.many = held.text, held.began, held.many

    def unsent(self, typed: Collection[str] = ()) -> Unsent | None:
        """What was left unsent in the box last, unless something stands there; more of it is ``waiting``.

        What was left in others is put ``elsewhere``, unless something is ``typed`` there already. Raises Busy.
        """
        left = self._recorder.unsent([*typed, self._box] if self.typed else typed)
        self.elsewhere |= {text.box: text.text for text in left if text.box != self._box}
        self.waiting = self._recorder.waiting(self._box)
        return next((text for text in left if text.box == self._box), None)

    def turn(self, step: int, now: datetime) -> bool:
        """Go to the text that was left unsent before (-1) or after (1) this one, which waits in its place.

        False when there is none, or this one cannot be kept.
        """
        if not self.waiting or self.aside or not self.keep(now):
            return False
        try:
            found = self._recorder.turn(self._box, step)
            self.waiting = self._recorder.waiting(self._box)
        except JournalError:
            return False
        if found is not None:
            self.restore(found.text, instant(found.began))
        return found is not None

    def keep(self, now: datetime) -> bool:
        """Save the unsent text, if it changed; False while it cannot be: try again. ``barred`` says why."""
        if self.unsaved:
            began = self.aside[0].began if self.aside else self.began
            if not self.save(self._box, self._kept(), began or now):
                return not self.typed
            self.unsaved = False
        return True

    def save(self, box: str, text: str | Sequence[str], began: datetime, form: Typed = "line") -> bool:
        """Save what is typed in some box of the screen; False while it cannot be, and ``barred`` says why."""
        try:
            self._keeper.keep(box, text, began, form)
        except ScribeError as error:
            self.barred = error
            return False
        return True

    def _kept(self) -> list[str]:
        """The unsent texts, each as it will be read by itself: ``/keep`` in one line speaks for no other."""
        lines = [*self.aside, self._held()] if self.text else self.aside
        return [part for line in lines for part in (line.text.split("\n") if line.many else [line.text])]

    def record(self, drafts: Sequence[Draft], now: datetime, *, box: str = "") -> Outcome:
        """Record drafts; ``box`` names the one they were typed in, if they were."""
        try:
            events = self._recorder.record([self.enclose(draft) for draft in drafts], now=now, box=box)
        except Refused as error:
            joint = " " if error.message.endswith("?") else "; "
            advice = f"{joint}{error.hint}" if error.hint else ""
            return Unwritten(Hint(f"{error.message}{advice}", "error"))
        except Busy:
            return Waiting()
        except JournalError as error:
            return broken(error)
        return Written(tuple(events), notice(self._recorder.masked, [event.ref or event.kind for event in events]))

    def _setting(self, now: datetime) -> Setting:
        policy = self._recorder.policy
        return Setting(now, self.began or now, self._zone, policy.severity_aliases, policy.role_names)

    def _split(self, now: datetime) -> list[tuple[int, str]]:
        """The texts of several entries, and where each begins; a line without a time goes on from a timed one."""
        timed = self._looks_like_many(self.text, now)
        parts: list[tuple[int, str]] = []
        start = 0
        for line in self.text.split("\n"):
            if parts and timed and not self._timed(line, now):
                parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n{line}")
            elif line.strip():
                parts.append((start, line))
            start += len(line) + 1
        return parts

    def _looks_like_many(self, text: str, now: datetime) -> bool:
        lines = [line for line in text.split("\n") if line.strip()]
        return len(lines) > 1 and self._timed(lines[0], now) and sum(self._timed(line, now) for line in lines) > 1

    def _timed(self, line: str, now: datetime) -> bool:
        """Whether a line begins with a time. Of a paste of thousands all are asked about at every key."""
        begins = line.lstrip()[:_TIME]
        found = self._times.get(begins)
        if found is None:
            try:
                found = leading(begins, now=now, zone=self._zone) is not None
            except Unreadable:
                found = True
            self._times[begins] = found
        return found


def _is_field(text: str) -> bool:
    return text.startswith("/set ")
