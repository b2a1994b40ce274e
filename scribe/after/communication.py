"""Status updates as they were sent, against the times at which they were due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from scribe.record.events import OVER, Declared, Note, Severity, StateChange, Update
from scribe.record.state import Entry
from scribe.record.when import seconds_between, shifted


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
    end: Literal["sent late", "moved after it had passed", "over before one was sent", "open"]
    until: str
    overdue: float
    entry: Entry | None


class Communication(Struct, frozen=True, gc=False):
    """Updates sent, deadlines missed, and when the next one is due (None: nothing is)."""

    sent: tuple[Sent, ...]
    missed: tuple[Missed, ...]
    next_due: str | None


def communication(entries: Iterable[Entry], *, zero: str | None, last: str) -> Communication:
    """Walk the entries, in the timeline's order and without retracted ones, and set updates against due times.

    ``last`` is when the record was last written: the only 'now' that a record has.
    """
    sent: list[Sent] = []
    missed: list[Missed] = []
    pace = _Pace()
    for entry in entries:
        payload = entry.payload
        match payload:
            case Update():
                overdue = pace.overdue(entry.at)
                if overdue:
                    missed.append(pace.miss("sent late", entry.at, entry))
                since = seconds_between(zero, entry.at) if zero else None
                next_at = None if pace.over else payload.next_at
                number = len(sent) + 1
                sent.append(Sent(number, entry, payload.audience, since, next_at, pace.due, overdue))
                pace.base, pace.due = entry.at, next_at
            case Declared():
                pace.base, pace.over = entry.at, payload.postmortem_only
                pace.forward(payload.cadence, entry.at)
            case Severity():
                pace.forward(payload.cadence, entry.at)
            case Note(next_at=str(due)) if not pace.over:
                if pace.overdue(entry.at):
                    missed.append(pace.miss("moved after it had passed", entry.at, entry))
                pace.due = due
            case Note(cadence=int(cadence)):
                pace.forward(cadence, entry.at)
            case StateChange(state=state) if state in OVER:
                if pace.overdue(entry.at):
                    missed.append(pace.miss("over before one was sent", entry.at, entry))
                pace.over, pace.due = True, None
            case StateChange():
                if pace.over:  # a regression: the count begins again here
                    pace.base, pace.due = entry.at, None
                pace.over = False
                pace.forward(payload.cadence, entry.at)
            case _:
                pass
    if pace.overdue(last):
        missed.append(pace.miss("open", last, None))
    return Communication(tuple(sent), tuple(missed), pace.due)


class _Pace:
    """When the next update is due, as the board had it at each point of the walk."""

    def __init__(self) -> None:
        self.base = ""
        self.due: str | None = None
        self.over = False

    def forward(self, cadence: int | None, at: str) -> None:
        """A change may bring the due time forward, never push it back, and never to before the change itself."""
        if self.over or cadence is None or not self.base:
            return
        candidate = shifted(self.base, cadence)
        if self.due is None:
            self.due = max(candidate, at)
        elif candidate < self.due:
            self.due = max(candidate, min(self.due, at))

    def overdue(self, at: str) -> float:
        """Seconds since the due time passed; less than one is in time."""
        if self.due is None:
            return 0.0
        late = seconds_between(self.due, at)
        return late if late >= 1 else 0.0

    def miss(
        self,
        end: Literal["sent late", "moved after it had passed", "over before one was sent", "open"],
        at: str,
        entry: Entry | None,
    ) -> Missed:
        assert self.due is not None
        return Missed(self.due, end, at, self.overdue(at), entry)
