"""One incident, written and read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scribe.journal.drafts import Drafts, Unsent
from scribe.journal.store import Journal, Lookup
from scribe.live.masking import Mask, Typed
from scribe.live.policy import Policy
from scribe.live.settle import settle
from scribe.record.chain import heads_after
from scribe.record.errors import JournalError, NotFound
from scribe.record.events import Draft, Erased, Event
from scribe.record.fold import Fold
from scribe.record.state import Board, Entry, PartialState, State
from scribe.record.text import normalise
from scribe.record.when import stamp
from scribe.recorder.settling import settling

if TYPE_CHECKING:
    from scribe.record.repeated import Repeated


TAIL = 150
"""How many entries the first frame needs at most; the rest is loaded behind it."""

UNTIDY = 100
"""Appends after which the write-ahead log is worth tidying."""

SLICE = 250
"""How many events one call of ``load_more`` folds: some 2 ms of work."""


class Recorder:
    """One incident, written and read through one journal. ``me`` is who records."""

    def __init__(self, journal: Journal, incident: str, *, me: str, policy: Policy) -> None:
        board = journal.board(incident)
        if board is None:
            raise NotFound(f"there is no incident {incident}", "scribe list names them")
        self.incident = incident
        self.me = normalise(me)
        self.policy = policy
        self._journal = journal
        self._drafts = Drafts(journal, incident)
        self._mask = Mask()
        self._board = board
        self._fold = Fold(board)
        self._seen = 0
        self._version = -1
        self._untidy = 0
        self._unwiped = False
        self._said: list[Entry] = []
        self._whole: Fold | None = self._fold
        self._loaded = 0

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, drafts: Sequence[Draft], *, now: datetime, box: str = "") -> list[Event]:
        """Record drafts, all or none, their secrets masked; when this returns they are on the disk.

        ``box`` names the input they were typed in: its unsent text goes in the same transaction.
        Raises Refused, Busy, Full, ReadOnly; nothing was written then.
        """

        def settled(draft: Draft, board: Board, lookup: Lookup) -> Draft:
            return settle(draft, board, lookup, self.policy, self.me)

        sent = self._drafts.key(box) if box else None
        mask = self._mask.trial()
        drafts = mask.drafts(drafts)
        self._untidy += 1
        events = self._journal.append(
            self.incident, drafts, settled, recorder=self.me, recorded_at=stamp(now), sent=sent
        )
        self._mask = mask  # not before: what could not be written is sent again, and masked as it was
        return events

    def bring(
        self,
        drafts: Sequence[Draft],
        *,
        now: datetime,
        names: Mapping[str, str] | None = None,
        told: Callable[[int], None] | None = None,
    ) -> list[Event]:
        """Record what was imported, all or none, its secrets masked, with one fold for all of it.

        ``names`` tells what stands here already: its reference in the source, and the one here. ``told`` hears how
        many drafts are written. Raises Refused for one that points at neither these nor a draft before it, and what
        ``record`` raises.
        """
        settled = settling(self.policy, self.me, names or {}, told)
        mask = self._mask.trial()
        drafts = mask.drafts(drafts)
        events = self._journal.append(
            self.incident, drafts, settled, recorder=self.me, recorded_at=stamp(now), at_once=True
        )
        self._mask = mask
        return events

    @property
    def masked(self) -> tuple[tuple[str, ...], ...]:
        """The kinds of secrets that were masked in each draft of the last ``record`` or ``bring``."""
        return self._mask.found

    def keep(self, box: str, text: str | Sequence[str], began: datetime, form: Typed = "line") -> None:
        """Save what is typed and not yet sent, its secrets masked: one text or several, each with its own ``/keep``.

        Raises Refused when it cannot be seen whether it holds a secret, and Busy: try again later.
        """
        keep_unsent(self._drafts, self._mask, box, text, began, form)

    def trouble(self) -> JournalError | None:
        """Why nothing can be recorded, for as long as that is so; asking costs microseconds."""
        return self._journal.trouble()

    @property
    def caution(self) -> str:
        """What to know of the place where the journal lies; mostly nothing."""
        return self._journal.caution

    def back_up(self, to: Path) -> None:
        """Copy the whole journal into a new file; that works when its own was moved or deleted, too.

        Raises what journal.backup.place raises.
        """
        from scribe.journal import backup

        backup.place(self._journal, to)

    def tidy(self) -> None:
        """Nothing is being typed: a good moment for what takes some milliseconds. Every so often, not each time."""
        if self._unwiped:  # what was erased may still stand in the log, because somebody was reading it
            from scribe.journal import erasing

            self._unwiped = not erasing.emptied(self._journal)
        if self._untidy >= UNTIDY:
            self._untidy = 0
            self._journal.tidy()

    def unsent(self, typed: Collection[str] = ()) -> list[Unsent]:
        """What a process that is gone left unsent, the newest of each box, oldest first; it is handed out once.

        Nothing for boxes in which something is ``typed`` already. Raises Busy.
        """
        return self._drafts.adopt(typed)

    def waiting(self, box: str) -> int:
        """How many more texts were left unsent in a box."""
        return self._drafts.waiting(box)

    def turn(self, box: str, step: int) -> Unsent | None:
        """The text that was left in a box before (-1) or after (1) the one that is kept there.

        That one waits in its place. Raises Busy.
        """
        return self._drafts.turn(box, step)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def board(self) -> Board:
        """The board as it was last read."""
        return self._board

    def load(self) -> State:
        """Read the whole record at once."""
        events = self.events()  # before the board: it must know of all that they were written under
        self._refresh_board()
        self._fold = self._whole = Fold(self._board)
        self._fold.extend(events)
        self._seen = max((event.number for event in events), default=0)
        self._look_for_erasures(events)
        return self._fold.state()

    def load_tail(self) -> PartialState | State:
        """Read the newest entries, and leave the rest to ``load_more``."""
        events = self._journal.newest(self.incident, TAIL)
        self._refresh_board()
        if self._board.merged:  # what stands last need not have come last
            return self.load()
        self._fold = Fold(self._board)
        self._fold.extend(events)
        self._seen = events[-1].number if events else 0
        self._look_for_erasures(events)
        if self._board.events <= len(events):
            self._whole = self._fold
            return self._fold.state()
        self._whole, self._loaded, self._older = None, 0, Fold(self._board)
        return self._fold.partial()

    def load_more(self) -> PartialState | State:
        """Fold one more slice of the older entries; a State once everything is there."""
        if self._whole is not None:
            return self._whole.state()
        events = self._journal.events(self.incident, after=self._loaded, limit=SLICE)
        self._refresh_board()
        self._older.advance(self._board)
        self._older.extend(events)
        self._look_for_erasures(events)
        self._loaded = events[-1].number if events else self._loaded
        if len(events) < SLICE:
            self._fold = self._whole = self._older
            self._seen = self._loaded
            return self._fold.state()
        return self._fold.partial()

    def events(self) -> Sequence[Event]:
        """Every event as it was recorded: what a packet of some hours ago is read from."""
        return self._journal.record(self.incident)

    @property
    def writer(self) -> str:
        """The tag under which this copy of the record is written; empty while nothing was written into it."""
        try:
            return self._journal.own()
        except JournalError:  # the file was moved: what is looked at stays
            return ""

    @property
    def is_whole(self) -> bool:
        """Whether every entry is loaded."""
        return self._whole is not None

    def changed(self) -> bool:
        """Whether another connection wrote since the last look; costs microseconds."""
        version = self._journal.version()
        changed = version != self._version
        self._version = version
        return changed

    def catch_up(self) -> PartialState | State:
        """Read what was recorded since the last look, by this process or another."""
        events = self._journal.events(self.incident, after=self._seen)
        heads = self._board.heads
        for event in events:
            if isinstance(event.payload, Erased):
                self._said += self._fold.said(event.payload)
        self._refresh_board()
        # Words that were filled in or destroyed are those of earlier events.
        is_old_news = any(event.kind in ("received", "erased") for event in events)
        if is_old_news or (self._board.merged and not _go_on(heads, events)):
            return self.load()
        if events:
            self._fold.extend(events)
            self._seen = events[-1].number
        return self._fold.partial() if self._whole is None else self._fold.state()

    def forgotten(self) -> Repeated | None:
        """The words that somebody erased since this was asked, to be found wherever they were kept beside the record.

        They are handed out once; None while nothing was erased.
        """
        if not self._said:
            return None
        from scribe.record.repeated import Repeated

        said, self._said = self._said, []
        return Repeated(said)

    def _look_for_erasures(self, events: Iterable[Event]) -> None:
        self._unwiped = self._unwiped or any(event.kind == "erased" for event in events)

    def _refresh_board(self) -> None:
        board = self._journal.board(self.incident)
        if board is not None:
            self._board = board
            self._fold.advance(board)


def _go_on(heads: tuple[str, ...], events: Sequence[Event]) -> bool:
    """Whether events stand on top of all that was read before."""
    for event in events:
        heads = heads_after(heads, event)
        if len(heads) > 1:
            return False
    return True


def keep_unsent(drafts: Drafts, mask: Mask, box: str, text: str | Sequence[str], began: datetime, form: Typed) -> None:
    """Save what is typed and not yet sent. Nothing else does: what was not masked has no way into the file."""
    drafts.save(box, mask.unsent([text] if isinstance(text, str) else text, form), stamp(began))
