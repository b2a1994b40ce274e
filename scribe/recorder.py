"""The only thing that writes the journal: the screen, the command line and importers all go through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scribe.journal import identity
from scribe.journal.drafts import Drafts, Unsent
from scribe.journal.rows import next_ref
from scribe.journal.store import Journal, Lookup, Settle
from scribe.live.masking import Mask, Typed, masked
from scribe.live.policy import Policy
from scribe.live.settle import settle
from scribe.record.chain import Stored, heads_after
from scribe.record.errors import JournalError, NotFound, Refused
from scribe.record.events import Declared, Draft, Erased, Event, Note, Role, kind_of
from scribe.record.fold import Fold
from scribe.record.naming import check_incident
from scribe.record.state import Board, Entry, PartialState, State
from scribe.record.text import normalise
from scribe.record.when import When, stamp

if TYPE_CHECKING:
    from scribe.journal.erasing import Destroyed
    from scribe.journal.merging import Merged
    from scribe.record.quoting import Going
    from scribe.record.repeated import Repeated

__all__ = ["Incidents", "Recorder", "Unsent", "declare", "erase", "going", "merge", "restore", "solo_roles"]

TAIL = 150
"""How many entries the first frame needs at most; the rest is loaded behind it."""

UNTIDY = 100
"""Appends after which the write-ahead log is worth tidying."""

SLICE = 250
"""How many events one call of ``load_more`` folds: some 2 ms of work."""


def declare(
    journal: Journal,
    title: str,
    *,
    now: datetime,
    me: str,
    policy: Policy,
    severity: int | None = None,
    solo: bool = False,
    security: bool = False,
    postmortem_only: bool = False,
    trigger: int | None = None,
    when: When | None = None,
    incident: str = "",
    mask: Mask | None = None,
) -> str:
    """Begin an incident's record; returns its id.

    ``when`` is when it was declared, now unless said; ``trigger`` the seconds without progress after which another
    strategy is asked for, if somebody confirmed them; ``mask`` masks secrets in the title, and knows what it masked.
    Raises Refused for a title without words and an id that is taken or that none can have, and what Journal.declare
    raises.
    """
    title, me = normalise(title).strip(), normalise(me)
    if not title:
        raise Refused("an incident needs a title", 'like: scribe new "Checkout fails in EU"')
    recorded_at = stamp(now)
    at = when or When(recorded_at, "second", "")
    incident = incident or _free_id(journal, at.at)
    check_incident(incident)
    payload = Declared(severity=severity, postmortem_only=postmortem_only, security=security)
    (draft,) = (mask or Mask()).drafts([Draft(payload, title, at.at, at.precision, at.raw)])
    draft = settle(draft, Board(incident), lambda _: None, policy, me)
    journal.declare(incident, draft, recorder=me, recorded_at=recorded_at)
    first = [*(solo_roles(at.at) if solo else ())]
    if trigger is not None:
        first.append(Draft(Note(trigger=trigger), "", at.at))
    if first:
        Recorder(journal, incident, me=me, policy=policy).record(first, now=now)
    return incident


def restore(
    journal: Journal,
    incident: str,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    me: str,
    policy: Policy,
    told: Callable[[int], None] | None = None,
    mask: Mask | None = None,
) -> None:
    """Begin the record of an incident that was kept elsewhere: the first draft declares it.

    All of it in one transaction, or nothing. ``told`` hears how many drafts are written; ``mask`` masks secrets in
    them, and knows what it masked. Raises Refused for an id that is taken or that none can have, and for a draft that
    points at what is not among those before it, and what Journal.declare raises.
    """
    check_incident(incident)
    me = normalise(me)
    drafts = (mask or Mask()).drafts(drafts)
    settled = _settling(policy, me, {}, told)
    journal.declare(incident, drafts[0], recorder=me, recorded_at=stamp(now), following=drafts[1:], settle=settled)


def merge(journal: Journal, rows: Sequence[Stored], *, now: datetime, me: str, on_trial: bool = False) -> Merged:
    """Take another copy of an incident's record: its rows, whole and in an order in which each follows what it names.

    All or nothing; ``on_trial`` nothing, and what it would have been. Raises what journal.merging.merge raises.
    """
    from scribe.journal import merging  # what records a line needs none of it

    take = merging.tried if on_trial else merging.merge
    return take(journal, rows, recorder=normalise(me), recorded_at=stamp(now))


def going(journal: Journal, incident: str, names: Sequence[str]) -> Going:
    """What would go if these entries were erased, so that somebody can say yes to it. Raises Refused."""
    from scribe.journal import erasing

    return erasing.plan(journal, incident, names)


def erase(journal: Journal, incident: str, names: Sequence[str], why: str, *, now: datetime, me: str) -> Destroyed:
    """Destroy the words of entries for ever: references as they are typed, or a section's name.

    Raises what journal.erasing.erase raises; nothing was changed then.
    """
    from scribe.journal import erasing

    return erasing.erase(journal, incident, names, masked(why)[0], recorder=normalise(me), recorded_at=stamp(now))


def _settling(policy: Policy, me: str, names: Mapping[str, str], told: Callable[[int], None] | None) -> Settle:
    """Settles what is imported: what has another reference here than in its source is found by either."""
    here = dict(names)
    written = 0

    def settled(draft: Draft, board: Board, lookup: Lookup) -> Draft:
        nonlocal written
        # Never by a reference that the record itself gave out: that may be another thing here.
        found = settle(draft, board, lambda name: lookup(here.get(name, "")), policy, me)
        had = found.payload.origin.ref if found.payload.origin else ""
        if had:
            here[had] = next_ref(found.payload, kind_of(found.payload), board)
        written += 1
        if told is not None:
            told(written)
        return found

    return settled


def _free_id(journal: Journal, at: str) -> str:
    """A short id for people to say; short enough to meet one that is taken now and then."""
    while True:
        incident = f"INC-{at[:10].replace('-', '')}-{identity.tag(4).upper()}"
        if journal.board(incident) is None:
            return incident


def solo_roles(at: str) -> tuple[Draft, ...]:
    """One person takes every role, each under its own label."""
    return tuple(Draft(Role(role=name, solo=True), "", at) for name in ("ic", "ops", "comms", "scribe"))


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
        settled = _settling(self.policy, self.me, names or {}, told)
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
        _keep(self._drafts, self._mask, box, text, began, form)

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


def _keep(drafts: Drafts, mask: Mask, box: str, text: str | Sequence[str], began: datetime, form: Typed) -> None:
    """Save what is typed and not yet sent. Nothing else does: what was not masked has no way into the file."""
    drafts.save(box, mask.unsent([text] if isinstance(text, str) else text, form), stamp(began))


class Incidents:
    """All incidents of one journal, for whoever records as ``me``."""

    def __init__(self, journal: Journal, *, me: str, policy: Policy) -> None:
        self.me = me
        self.policy = policy
        self._journal = journal

    def all(self) -> list[Board]:
        """Every incident's board, the one active last first."""
        return self._journal.boards()

    def active(self) -> Board | None:
        """The open incident that was active last."""
        return self._journal.active()

    def keep(self, box: str, text: str, began: datetime) -> None:
        """Save what is typed for no incident yet, its secrets masked. Raises Refused, Busy, as Recorder.keep does."""
        _keep(Drafts(self._journal, ""), Mask(), box, text, began, "words")

    def unsent(self) -> list[Unsent]:
        """What a process that is gone left unsent for no incident, the newest of each box; it is handed out once."""
        return Drafts(self._journal, "").adopt()

    def open(self, incident: str) -> Recorder:
        """The recorder of one incident. Raises NotFound."""
        return Recorder(self._journal, incident, me=self.me, policy=self.policy)

    def declare(self, title: str, *, severity: int | None, now: datetime, trigger: int | None = None) -> Recorder:
        """Begin an incident and open it. Raises Refused, and what Journal.declare raises."""
        incident = declare(
            self._journal, title, now=now, me=self.me, policy=self.policy, severity=severity, trigger=trigger
        )
        return self.open(incident)
