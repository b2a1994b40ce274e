"""A scribe at work: a journal, a clock, one incident. What is typed takes the way it takes in the app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT, Policy
from scribe.record.chain import Verdict, verify
from scribe.record.events import Draft, Event
from scribe.record.state import Board, Entry, State
from scribe.recorder import Recorder, declare

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


CLOSING = tuple(f"/tick closing {name}" for name in ("actions", "recurrence", "monitoring", "stakeholder", "lessons"))
"""What has to be ticked before an incident can be closed."""


def at(clock: str) -> str:
    """The stored form of a clock time on the day of the tests."""
    return f"2026-11-20T{clock}:00.000Z"


class Desk:
    """One incident being recorded; it was declared at noon. Time passes only when a test says so."""

    def __init__(
        self,
        place: Path | Journal,
        *,
        severity: int | None = None,
        clock: FixedClock | None = None,
        me: str = "sam",
        policy: Policy = DEFAULT,
        postmortem_only: bool = False,
    ) -> None:
        self.clock = clock or FixedClock(NOON)
        if isinstance(place, Journal):
            self.journal = place
        else:
            self.journal = Journal.writing(place, self.clock, wait=0.02)
            self.journal._db.execute("PRAGMA synchronous = OFF")  # thousands of desks; nobody pulls the plug on these
        self.incident = declare(
            self.journal,
            "Checkout fails",
            now=self.clock.now(),
            me=me,
            policy=policy,
            severity=severity,
            postmortem_only=postmortem_only,
        )
        self.recorder = Recorder(self.journal, self.incident, me=me, policy=policy)

    def drafts(self, line: str) -> tuple[Draft, ...]:
        now = self.clock.now()
        parsed = parse(line, Setting(now, now, UTC))
        assert isinstance(parsed, Recorded)
        return parsed.drafts

    def record(self, drafts: Sequence[Draft]) -> list[Event]:
        return self.recorder.record(drafts, now=self.clock.now())

    def type(self, line: str, *, after: float = 0) -> list[Event]:
        """Type one line and Enter, ``after`` so many minutes."""
        self.clock.advance(after * 60)
        return self.record(self.drafts(line))

    @property
    def board(self) -> Board:
        board = self.journal.board(self.incident)
        assert board is not None
        return board

    @property
    def due(self) -> str | None:
        """The clock time of the next update's due time, like 12:15."""
        due = self.board.due
        return due.at[11:16] if due else None

    def state(self) -> State:
        return Recorder(self.journal, self.incident, me="reader", policy=DEFAULT).load()

    def entry(self, ref: str) -> Entry:
        (found,) = (entry for entry in self.state().entries if entry.ref == ref)
        return found

    def verify(self) -> Verdict:
        return verify(self.journal.stored(self.incident))
