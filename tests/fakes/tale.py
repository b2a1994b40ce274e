"""A record in memory: drafts settled and folded as the journal does it, without a file."""

from __future__ import annotations

from datetime import timedelta

from scribe.journal.rows import next_ref
from scribe.live.policy import DEFAULT, Policy
from scribe.live.settle import settle
from scribe.record.board import advance, rebuild
from scribe.record.errors import Refused
from scribe.record.events import Correction, Declared, Draft, Event, Payload, is_board, kind_of
from scribe.record.fold import replay
from scribe.record.state import Board, State
from scribe.record.when import shifted, stamp
from tests.fakes.desk import NOON


class Tale:
    """One incident, declared at noon; each entry is written a minute after the one before."""

    def __init__(self, title: str = "Checkout fails", *, policy: Policy = DEFAULT, **declared: object) -> None:
        self.policy = policy
        self.events: list[Event] = []
        self.board = Board("INC-1")
        self.now = stamp(NOON - timedelta(minutes=1))
        self.say(Declared(severity=2, **declared), title)  # type: ignore[arg-type]  # fields of Declared

    def say(self, payload: Payload, text: str = "", *, ago: float = 0, by: str = "") -> Event:
        """Record something that happened ``ago`` seconds before the writing. Raises Refused."""
        self.now = shifted(self.now, 60)
        at = shifted(self.now, -ago)
        draft = Draft(payload, text, at, at_raw=at[11:16] if ago else "", author=by)
        draft = settle(draft, self.board, self.lookup, self.policy, "sam")
        kind, number = kind_of(draft.payload), len(self.events) + 1
        target = self.lookup(draft.payload.target) if isinstance(draft.payload, Correction) else None
        event = Event(
            number,
            "INC-1",
            "w",
            number,
            1,
            draft.at,
            draft.precision,
            self.now,
            kind,
            is_board(draft.payload, target_is_board=target is not None and target.is_board),
            next_ref(draft.payload, kind, self.board),
            "",
            self.events[-1].digest if self.events else "",
            "",
            f"{number:064}",
            draft.author,
            "sam",
            draft.at_raw,
            draft.text,
            draft.payload,
        )
        self.events.append(event)
        self.board = advance(self.board, event, lambda: [found for found in self.events if found.is_board])
        return event

    def tried(self, payload: Payload, text: str = "", *, ago: float = 0, by: str = "") -> Event | None:
        """The same; None where it is refused, and nothing was recorded then."""
        try:
            return self.say(payload, text, ago=ago, by=by)
        except Refused:
            return None

    def lookup(self, place: str) -> Event | None:
        """The event of a reference, or of ``writer-seq``."""
        return next((event for event in self.events if place in (event.ref, event.id)), None)

    def state(self) -> State:
        """What the whole record folds to."""
        state = replay("INC-1", self.events)
        assert state.board == self.board == rebuild("INC-1", self.events)
        return state
