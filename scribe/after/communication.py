"""Status updates as they were sent, against the times at which they were due, for every audience."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from scribe.record.events import Declared, Event, Note, Severity, StateChange, Update
from scribe.record.pace import paced, paced_by_hand, sent
from scribe.record.state import Board, Entry
from scribe.record.terms import AUDIENCE, OVER
from scribe.record.when import seconds_between

End = Literal[
    "sent late",
    "moved after it had passed",
    "over before one was sent",
    "switched off after it had passed",
    "open",
]
"""How a missed due time ended."""

Pacing = Declared | Severity | StateChange | Update | Note
"""Events that move the time at which an update is due."""


class Sent(Struct, frozen=True, gc=False):
    """One status update; ``number`` counts them in the order in which they were sent.

    ``since_zero`` is in seconds after T+0, ``due`` when it had to be out, ``overdue`` the seconds that it came later.
    """

    number: int
    entry: Entry
    audience: str
    since_zero: float | None
    next_at: str | None
    due: str | None
    overdue: float


class Missed(Struct, frozen=True, gc=False):
    """A due time that passed without an update: how that ended, with which entry, and after how many seconds.

    ``open`` is a due time that had passed, unanswered, when the record's last line was written.
    """

    due: str
    end: End
    until: str
    overdue: float
    entry: Entry | None
    audience: str = AUDIENCE


class Communication(Struct, frozen=True, gc=False):
    """Updates sent, deadlines missed, and when the first of the next ones is due (None: nothing is)."""

    sent: tuple[Sent, ...]
    missed: tuple[Missed, ...]
    next_due: str | None

    @property
    def audiences(self) -> tuple[str, ...]:
        """Everybody who was told, or ought to have been: a document names the audience where there are several."""
        told = (*(update.audience for update in self.sent), *(missed.audience for missed in self.missed))
        return tuple(dict.fromkeys(told))


def communication(entries: Iterable[Entry], *, zero: str | None, last: str) -> Communication:
    """Walk the entries, in the timeline's order and without retracted ones, and set updates against due times.

    ``last`` is when the record was last written: the only 'now' that a record has.
    """
    walk = _Walk(zero)
    pacing = [(entry, entry.payload) for entry in entries if isinstance(entry.payload, Pacing)]
    # As on the board, what is dated before the declaration is still a change of what was declared.
    for entry, payload in sorted(pacing, key=lambda found: found[0].kind != "declared"):
        walk.take(entry, payload)
    for audience in walk.due:
        walk.note_miss(audience, "open", last, None)
    return Communication(tuple(walk.sent), tuple(walk.missed), min(walk.due.values(), default=None))


class _Walk:
    """The board's own tracks, replayed, and beside them when each update is due *in fairness*.

    A change that brings a due time forward to a time that has passed makes it due at the change itself: nobody can
    be late for what was not asked of them yet.
    """

    def __init__(self, zero: str | None) -> None:
        self._board = Board("")
        self._zero = zero
        self.due: dict[str, str] = {}
        self.sent: list[Sent] = []
        self.missed: list[Missed] = []

    def take(self, entry: Entry, payload: Pacing) -> None:
        """Take one event that moves a due time."""
        before = {track.audience: track.due for track in self._board.tracks}
        if isinstance(payload, Update):
            self._send(entry, payload)
        elif isinstance(payload, Note):
            self._set_by_hand(entry, payload)
        elif isinstance(payload, StateChange) and payload.state in OVER:
            for audience in self.due:
                self.note_miss(audience, "over before one was sent", entry.at, entry)
        self._board = _turned(self._board, entry, payload)
        is_set = isinstance(payload, Update) or (isinstance(payload, Note) and payload.next_at is not None)
        after = {track.audience: track.due for track in self._board.tracks if track.due is not None}
        for audience, due in after.items():
            if due == before.get(audience):
                continue
            known = self.due.get(audience, entry.at)
            self.due[audience] = due if is_set else max(due, min(known, entry.at))
        self.due = {audience: due for audience, due in self.due.items() if audience in after}

    def _send(self, entry: Entry, payload: Update) -> None:
        due = self.due.get(payload.audience)
        overdue = self.note_miss(payload.audience, "sent late", entry.at, entry)
        since = seconds_between(self._zero, entry.at) if self._zero else None
        next_at = None if self._board.over else payload.next_at
        number = len(self.sent) + 1
        self.sent.append(Sent(number, entry, payload.audience, since, next_at, due, overdue))

    def _set_by_hand(self, entry: Entry, payload: Note) -> None:
        audience = payload.audience or AUDIENCE
        if payload.switched == "off":
            self.note_miss(audience, "switched off after it had passed", entry.at, entry)
        elif payload.next_at is not None and not self._board.over:
            self.note_miss(audience, "moved after it had passed", entry.at, entry)

    def note_miss(self, audience: str, end: End, at: str, entry: Entry | None) -> float:
        """Note a due time that has passed by then; returns by how many seconds, less than one being in time."""
        due = self.due.get(audience)
        late = seconds_between(due, at) if due is not None else 0.0
        if due is None or late < 1:
            return 0.0
        self.missed.append(Missed(due, end, at, late, entry, audience))
        return late


def _turned(board: Board, entry: Entry, payload: Pacing) -> Board:
    """The board's tracks after an event, by the rule that the live countdown goes by."""
    match payload:
        case Declared():
            board = replace(board, state="resolved" if payload.postmortem_only else "investigating")
            return paced(board, payload, since=entry.at)
        case Severity():
            return paced(board, payload, forget=True)
        case StateChange():
            was_over = board.over
            board = replace(board, state=payload.state)
            return paced(board, payload, since=entry.at if was_over and not board.over else None)
        case Update():
            return sent(board, _event(entry), payload)
        case Note():
            return paced_by_hand(board, payload, _event(entry))


def _event(entry: Entry) -> Event:
    """The entry as the event that the rule of pace is written for; of its header that reads the time alone."""
    return Event(
        number=entry.number,
        incident="",
        writer=entry.writer,
        seq=entry.seq,
        format=0,
        at=entry.at,
        precision=entry.precision,
        recorded_at=entry.recorded_at,
        kind=entry.kind,
        is_board=True,
        ref=entry.ref,
        seen="",
        prev="",
        body_digest="",
        digest="",
        author=entry.by,
        recorder=entry.recorded_by,
        at_raw=entry.at_raw,
        text=entry.text,
        payload=entry.payload,
    )
