"""The only thing that writes the journal: the screen, the command line and importers all go through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from scribe.journal import identity
from scribe.journal.drafts import Drafts, Unsent
from scribe.journal.rows import next_ref
from scribe.journal.store import Journal, Lookup, Settle
from scribe.live.policy import Policy
from scribe.live.settle import settle
from scribe.record.errors import NotFound, Refused
from scribe.record.events import Declared, Draft, Event, Note, Role, kind_of
from scribe.record.fold import Fold
from scribe.record.state import Board, PartialState, State
from scribe.record.text import normalise
from scribe.record.when import When, stamp

__all__ = ["Incidents", "Recorder", "Unsent", "declare", "restore", "solo_roles"]

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
) -> str:
    """Begin an incident's record; returns its id.

    ``when`` is when it was declared, now unless said; ``trigger`` the seconds without progress after which another
    strategy is asked for, if somebody confirmed them. Raises Refused for a title without words or an id that is
    taken, and what Journal.declare raises.
    """
    title, me = normalise(title).strip(), normalise(me)
    if not title:
        raise Refused("an incident needs a title", 'like: scribe new "Checkout fails in EU"')
    recorded_at = stamp(now)
    at = when or When(recorded_at, "second", "")
    incident = incident or _free_id(journal, at.at)
    payload = Declared(severity=severity, postmortem_only=postmortem_only, security=security)
    draft = Draft(payload, title, at.at, at.precision, at.raw)
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
) -> None:
    """Begin the record of an incident that was kept elsewhere: the first draft declares it.

    All of it in one transaction, or nothing. ``told`` hears how many drafts are written. Raises Refused for an id
    that is taken and for a draft that points at what is not among those before it, and what Journal.declare raises.
    """
    me = normalise(me)
    settled = _settling(policy, me, {}, told)
    journal.declare(incident, drafts[0], recorder=me, recorded_at=stamp(now), following=drafts[1:], settle=settled)


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
        self._board = board
        self._fold = Fold(board)
        self._seen = 0
        self._version = -1
        self._untidy = 0
        self._whole: Fold | None = self._fold
        self._loaded = 0

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, drafts: Sequence[Draft], *, now: datetime, box: str = "") -> list[Event]:
        """Record drafts, all or none; when this returns they are on the disk.

        ``box`` names the input they were typed in: its unsent text goes in the same transaction.
        Raises Refused, Busy, Full, ReadOnly; nothing was written then.
        """

        def settled(draft: Draft, board: Board, lookup: Lookup) -> Draft:
            return settle(draft, board, lookup, self.policy, self.me)

        sent = self._drafts.key(box) if box else None
        self._untidy += 1
        return self._journal.append(self.incident, drafts, settled, recorder=self.me, recorded_at=stamp(now), sent=sent)

    def bring(
        self,
        drafts: Sequence[Draft],
        *,
        now: datetime,
        names: Mapping[str, str] | None = None,
        told: Callable[[int], None] | None = None,
    ) -> list[Event]:
        """Record what was imported, all or none, with one fold for all of it.

        ``names`` tells what stands here already: its reference in the source, and the one here. ``told`` hears how
        many drafts are written. Raises Refused for one that points at neither these nor a draft before it, and what
        ``record`` raises.
        """
        settled = _settling(self.policy, self.me, names or {}, told)
        return self._journal.append(
            self.incident, drafts, settled, recorder=self.me, recorded_at=stamp(now), at_once=True
        )

    def keep(self, box: str, text: str, began: datetime) -> None:
        """Save what is typed and not yet sent. Raises Busy: try again later."""
        self._drafts.save(box, text, stamp(began))

    def tidy(self) -> None:
        """Nothing is being typed: a good moment for what takes some milliseconds. Every so often, not each time."""
        if self._untidy >= UNTIDY:
            self._untidy = 0
            self._journal.tidy()

    def unsent(self) -> list[Unsent]:
        """What a process that is gone left unsent, oldest first; it is handed out once."""
        return self._drafts.adopt()

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def board(self) -> Board:
        """The board as it was last read."""
        return self._board

    def load(self) -> State:
        """Read the whole record at once."""
        events = self._journal.events(
            self.incident
        )  # before the board: it must know of all that they were written under
        self._refresh_board()
        self._fold = self._whole = Fold(self._board)
        self._fold.extend(events)
        self._seen = events[-1].number if events else 0
        return self._fold.state()

    def load_tail(self) -> PartialState | State:
        """Read the newest entries, and leave the rest to ``load_more``."""
        events = self._journal.newest(self.incident, TAIL)
        self._refresh_board()
        self._fold = Fold(self._board)
        self._fold.extend(events)
        self._seen = events[-1].number if events else 0
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
        self._loaded = events[-1].number if events else self._loaded
        if len(events) < SLICE:
            self._fold = self._whole = self._older
            self._seen = self._loaded
            return self._fold.state()
        return self._fold.partial()

    def events(self) -> list[Event]:
        """Every event as it was recorded: what a packet of some hours ago is read from."""
        return self._journal.events(self.incident)

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
        self._refresh_board()
        if events:
            self._fold.extend(events)
            self._seen = events[-1].number
        return self._fold.partial() if self._whole is None else self._fold.state()

    def _refresh_board(self) -> None:
        board = self._journal.board(self.incident)
        if board is not None:
            self._board = board
            self._fold.advance(board)


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

    def open(self, incident: str) -> Recorder:
        """The recorder of one incident. Raises NotFound."""
        return Recorder(self._journal, incident, me=self.me, policy=self.policy)

    def declare(self, title: str, *, severity: int | None, now: datetime, trigger: int | None = None) -> Recorder:
        """Begin an incident and open it. Raises Refused, and what Journal.declare raises."""
        incident = declare(
            self._journal, title, now=now, me=self.me, policy=self.policy, severity=severity, trigger=trigger
        )
        return self.open(incident)
