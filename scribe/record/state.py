"""An incident as it stands: the board (small, one JSON row) and the entries, both frozen, both folded from events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

import msgspec
from msgspec import Struct

from scribe.record.events import Absent, Payload, Point
from scribe.record.terms import OVER, ScopeRowName, Verdict
from scribe.record.when import Precision
from scribe.record.written import ActionItem, Factor, Waiver, Words


class Holder(Struct, frozen=True, gc=False):
    """Who holds a role, since when (UTC text)."""

    who: str
    since: str


class Mark(Struct, frozen=True, gc=False):
    """A moment that was reached: when, how precisely, and whether a milestone entry said so by name."""

    at: str
    precision: Precision
    recorded_at: str
    explicit: bool


class OpenItem(Struct, frozen=True, gc=False):
    """An open hypothesis, or an action in flight: its event (``writer-seq``), reference, words, who, since when."""

    id: str
    ref: str
    text: str
    who: str
    since: str
    tags: tuple[str, ...] = ()


class StateSpan(Struct, frozen=True, gc=False):
    """Which state was written into the record at what time: what the team believed then."""

    recorded_at: str
    state: str


class Tail(Struct, frozen=True, gc=False):
    """A writer's latest event in this incident."""

    seq: int
    digest: str


class Due(Struct, frozen=True, gc=False):
    """When the next status update is due (UTC text), for which audience."""

    at: str
    audience: str


class Track(Struct, frozen=True, gc=False):
    """The updates of one audience that is switched on.

    ``base`` is what the cadence (seconds) counts from: the last update sent, before the first the declaration.
    ``due`` is when the next one is (UTC text); both are None where nothing counts down.
    """

    audience: str
    base: str
    cadence: int | None = None
    by_hand: bool = False
    due: str | None = None


class Said(Struct, frozen=True, gc=False):
    """One side of the impact: what is said of it, since when (UTC text)."""

    value: str
    since: str


class ScopeRow(Struct, frozen=True, gc=False):
    """A row of the scope table as it stands, since when (UTC text)."""

    row: ScopeRowName
    name: str
    verdict: Verdict
    evidence: str
    since: str


class Handed(Struct, frozen=True, gc=False):
    """A checkpoint packet: its event (``writer-seq``), reference, when, which role, from whom to whom.

    ``incoming`` is empty for a checkpoint that nobody has to acknowledge.
    """

    id: str
    ref: str
    at: str
    number: int
    role: str
    outgoing: str
    incoming: str


class TimeboxRow(Struct, frozen=True, gc=False):
    """A time-box that runs: its event (``writer-seq``), reference, words, who, since and until when (UTC text)."""

    id: str
    ref: str
    text: str
    who: str
    since: str
    until: str


class Ticked(Struct, frozen=True, gc=False):
    """Who ticked an item of a checklist, when (UTC text)."""

    who: str
    at: str


class Snooze(Struct, frozen=True, gc=False):
    """Until when (UTC text) something is left alone, since when, and why."""

    until: str
    since: str
    reason: str


class Board(Struct, frozen=True, omit_defaults=True):
    """The small part of the state, kept as one JSON row per incident and updated in the append's own transaction.

    ``key`` is the order key of the newest board event, so that a backdated one is noticed. ``progress`` is when
    mitigation last moved on, ``strategy_at`` when a strategy was last decided; ``trigger`` the confirmed seconds
    without progress after which another one is asked for (None: not confirmed yet, 0: never). ``handoff`` is a packet
    not acknowledged yet, ``unpacketed`` since when the commander is another without one. ``ticks`` goes by
    ``list/item``, ``snoozes`` by the key of what is snoozed. ``factors`` and ``items`` are what was registered
    afterwards, ``written_key`` the order key of the newest event that tells of them. ``merged`` says that copies of the
    record had diverged, so that the order of arrival is not the order in which to fold it.
    """

    incident: str
    title: str = ""
    severity: int | None = None
    state: str = "investigating"
    postmortem_only: bool = False
    solo: bool = False
    security: bool = False
    roles: dict[str, tuple[Holder, ...]] = {}
    not_needed: tuple[str, ...] = ()
    moments: dict[str, Mark] = {}
    tracks: tuple[Track, ...] = ()
    updates: int = 0
    hypotheses: tuple[OpenItem, ...] = ()
    actions: tuple[OpenItem, ...] = ()
    point: Point | None = None
    impact: str = ""
    sides: dict[str, Said] = {}
    scope: tuple[ScopeRow, ...] = ()
    progress: str = ""
    strategy_at: str = ""
    trigger: int | None = None
    checkpoint: Handed | None = None
    checkpoints: int = 0
    handoff: Handed | None = None
    unpacketed: str = ""
    timeboxes: tuple[TimeboxRow, ...] = ()
    escalated: int = 0
    ticks: dict[str, Ticked] = {}
    snoozes: dict[str, Snooze] = {}
    factors: tuple[Factor, ...] = ()
    items: tuple[ActionItem, ...] = ()
    written_key: tuple[str, str, int] = ("", "", 0)
    spans: tuple[StateSpan, ...] = ()
    key: tuple[str, str, str, int] = ("", "", "", 0)
    entries: int = 0
    events: int = 0
    refs: dict[str, int] = {}
    tails: dict[str, Tail] = {}
    heads: tuple[str, ...] = ()
    genesis: str = ""
    active_at: str = ""
    merged: bool = False

    @property
    def over(self) -> bool:
        """Whether users are no longer affected: resolved and later."""
        return self.state in OVER

    @property
    def due(self) -> Due | None:
        """The update due first, and for whom; None when none is."""
        waiting = [Due(track.due, track.audience) for track in self.tracks if track.due is not None]
        return min(waiting, key=lambda due: due.at, default=None)

    def track(self, audience: str) -> Track | None:
        """The updates of an audience; None when it is not switched on."""
        return next((track for track in self.tracks if track.audience == audience), None)

    @property
    def leading(self) -> Track | None:
        """The track whose update is due first; where none is due, the first that is switched on."""
        due = self.due
        return self.track(due.audience) if due else next(iter(self.tracks), None)

    @property
    def cadence(self) -> int | None:
        """Seconds between two updates for the audience that is due first; None where none is set."""
        return self.leading.cadence if self.leading else None

    @property
    def zero(self) -> str | None:
        """T+0: detected, else declared (UTC text)."""
        mark = self.moments.get("detected") or self.moments.get("declared")
        return mark.at if mark else None

    @property
    def head(self) -> str:
        """The uncovered tips of the record, joined by ``+``; normally one digest. In one order on every copy."""
        return "+".join(sorted(self.heads))

    def moment(self, name: str) -> str | None:
        """When a moment was reached, as UTC text; None is 'unknown'."""
        mark = self.moments.get(name)
        return mark.at if mark and mark.precision != "unknown" else None

    def holders(self, role: str) -> tuple[Holder, ...]:
        """Who holds a role; empty when nobody does."""
        return self.roles.get(role, ())

    def over_at(self, recorded_at: str) -> bool:
        """Whether the record said, at that time of writing, that the incident was over."""
        state = ""
        for span in self.spans:
            if span.recorded_at < recorded_at:
                state = span.state
        return self.postmortem_only or state in OVER


_COUNTERS = ("entries", "events", "refs", "tails", "heads", "genesis", "active_at", "written_key")


def looks_like(board: Board, other: Board) -> bool:
    """Whether two boards show the same: they differ at most in what is counted with every entry."""
    return all(
        getattr(board, name) == getattr(other, name) for name in Board.__struct_fields__ if name not in _COUNTERS
    )


class Revision(Struct, frozen=True, gc=False):
    """What an entry said before it was amended, and who amended it when."""

    text: str
    at: str
    by: str
    recorded_at: str
    why: str = ""


class Retraction(Struct, frozen=True, gc=False):
    """Why an entry no longer holds."""

    why: str
    by: str
    at: str


class Erasure(Struct, frozen=True, gc=False):
    """That an entry's words were destroyed: why, by whom, when it was written."""

    why: str
    by: str
    at: str


class Entry(Struct, frozen=True, gc=False):
    """One line of the timeline, with every correction applied. ``ended_at`` is set once a hypothesis or action closed.

    ``status`` is empty, or the status of a hypothesis or an action as it stands now. Documents point out what is
    ``starred``, and leave what is ``hidden`` out of their timeline. What was ``erased`` says nothing any more.
    """

    number: int
    writer: str
    seq: int
    ref: str
    at: str
    precision: Precision
    at_raw: str
    recorded_at: str
    kind: str
    text: str
    by: str
    recorded_by: str
    payload: Payload
    sources: tuple[str, ...] = ()
    late: bool = False
    reconstructed: bool = False
    imported: bool = False
    restricted: bool = False
    starred: bool = False
    hidden: bool = False
    status: str = ""
    ended_at: str = ""
    revisions: tuple[Revision, ...] = ()
    retracted: Retraction | None = None
    erased: Erasure | None = None

    @property
    def is_withheld(self) -> bool:
        """Whether its words did not come with this copy of the record: they are need-to-know."""
        return isinstance(self.payload, Absent) and self.erased is None

    @property
    def id(self) -> str:
        """``writer-seq``."""
        return f"{self.writer}-{self.seq}"

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags typed in the text."""
        return self.payload.tags

    @property
    def key(self) -> tuple[str, str, str, int]:
        """The order of the timeline."""
        return (self.at, self.recorded_at, self.writer, self.seq)


class Entries(Sequence[Entry]):
    """A frozen view of entries in the timeline's order.

    Views share one growing list: appending to a hundred thousand entries copies nothing, and an older view never
    sees past its own length.
    """

    __slots__ = ("_items", "_length")

    def __init__(self, items: list[Entry], length: int) -> None:
        self._items = items
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            if step > 0:
                return self._items[start:stop:step]
            return [self._items[place] for place in range(start, stop, step)]
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        return self._items[index]

    def __iter__(self) -> Iterator[Entry]:
        items = self._items
        for index in range(self._length):
            yield items[index]

    def extends(self, other: Entries) -> bool:
        """Whether this view only adds entries behind ``other``'s: what a screen asks before it redraws everything."""
        return self._items is other._items and self._length >= other._length


class State(Struct, frozen=True, eq=False):
    """An incident as it stands: its board, all of its entries, and what was written of it afterwards.

    ``sections`` go by their keys.
    """

    board: Board
    entries: Entries
    sections: Mapping[str, Words] = {}
    waivers: tuple[Waiver, ...] = ()


class PartialState(Struct, frozen=True, eq=False):
    """The board, which is complete, and only the newest entries: what the first frame shows while the rest loads."""

    board: Board
    entries: Entries


AnyState = State | PartialState

_boards = msgspec.json.Decoder(Board)


def encode_board(board: Board) -> bytes:
    """The JSON row of the boards table."""
    return msgspec.json.encode(board)


def decode_board(stored: bytes | str) -> Board:
    """A board from its JSON row.

    Raises msgspec.MsgspecError when it is not one; `scribe reindex` rebuilds it from the events.
    """
    return _boards.decode(stored)
