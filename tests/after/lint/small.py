"""A small incident with a complete postmortem, to take lines away from and add others to; all of it in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scribe.after.findings import Finding
from scribe.after.lint import Options
from scribe.journal.rows import next_ref
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.live.settle import settle
from scribe.record.board import advance
from scribe.record.events import Correction, Declared, Draft, Event, is_board, kind_of
from scribe.record.fold import replay
from scribe.record.state import Board, State
from scribe.record.when import stamp
from tests.after.lint.complete import found
from tests.after.records import DECLARED

BASE: tuple[str, ...] = (
    "00:30 /role ic @alice",
    "00:40 /role ops @bob",
    "00:50 /role comms @erin",
    "01:00 /trigger 30m",
    "01:02 /cadence 20m",
    "01:10 /milestone detected 13:56",
    "01:20 /milestone started 13:50",
    "01:30 /milestone acknowledged 13:58",
    "02:00 5xx at 12 % on /checkout https://dash.example.org/checkout",
    "02:10 /impact One order in eight fails in the EU",
    "02:20 /scope group EU shoppers affected one in eight fails",
    "02:30 /scope domain eu-1 affected all failing pods",
    "02:40 /scope dependency card vendor not affected their p99 is as usual",
    "02:50 /scope change checkout 4.18 affected half an hour before the alert",
    "03:00 /update Checkout fails in the EU. Next update by 14:18 UTC.",
    "04:00 ? @bob retries of 4.18 fill the pool",
    "05:00 ! roll back to 4.17",
    "05:30 /state mitigating",
    "06:00 > @bob roll back to 4.17",
    "12:00 /done A1 4.17 on all pods",
    "13:00 /confirm H1 the pool is empty again",
    "15:00 /update Rolled back, failures go down. Next update by 14:45 UTC.",
    "18:00 /milestone mitigated 14:16",
    "20:00 /state monitoring",
    "25:00 /tick resolution user-signal 0.1 % for 10 min",
    "25:30 /tick resolution health-signal p99 as usual",
    "26:00 /state resolved",
    "27:00 /update Resolved.",
    "600:00 /write summary Checkout failed for one order in eight in the EU for 26 minutes; rolling back ended it.",
    "600:00 /write trigger checkout 4.18, whose retries hold on to connections",
    "600:00 /factor retries have no budget layer: technical class: capacity score: 3",
    "600:00 /factor the pool alert goes to a channel without readers layer: detection score: 2",
    "600:00 /factor limits change without a load test layer: change score: 2",
    "600:00 /action Retries get a budget of 10 % @bob due: 2026-11-27 verify: a load test leaves 20 connections free"
    " category: prevent priority: P1 for: F1, trigger",
    "600:00 /action Page on a pool wait over 100 ms @jun due: 2026-12-10 verify: it pages in the drill of December"
    " category: detect priority: P2 for: F2",
    "600:00 /action Pool limits go through the pipeline @carol due: 2026-12-10 verify: the pipeline refuses 40"
    " category: prevent priority: P2 for: F3",
)
"""Minutes and seconds after the declaration at 14:00, and what was typed."""


def small(
    *more: str,
    without: Sequence[str] = (),
    severity: int | None = 2,
    template: str = "layered",
    now: datetime = DECLARED + timedelta(hours=11),
    options: Options | None = None,
    security: bool = False,
    postmortem_only: bool = False,
) -> tuple[Finding, ...]:
    """What the check finds in it, with more lines and without those that begin like one of ``without``."""
    state = record(
        *more, without=without, declared=Declared(severity=severity, security=security, postmortem_only=postmortem_only)
    )
    return found(state, template=template, now=now, options=options)


def record(*more: str, without: Sequence[str] = (), declared: Declared | None = None) -> State:
    """The record itself."""
    kept = [line for line in BASE if not line.partition(" ")[2].startswith(tuple(without))]
    memory = _Memory()
    memory.take(Draft(declared or Declared(severity=2), "Checkout fails", stamp(DECLARED)), DECLARED)
    for line in sorted((*kept, *more), key=_offset):
        minutes, seconds = _offset(line)
        now = DECLARED + timedelta(minutes=minutes, seconds=seconds)
        parsed = parse(line.partition(" ")[2], Setting(now, now, UTC))
        assert isinstance(parsed, Recorded), line
        for draft in parsed.drafts:
            memory.take(draft, now)
    return replay("INC-1", memory.events)


class _Memory:
    """A journal without a file."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.board = Board("INC-1")
        self._by_name: dict[str, Event] = {}

    def take(self, draft: Draft, now: datetime) -> None:
        """Settle a draft and record it."""
        draft = settle(draft, self.board, self._by_name.get, DEFAULT, "sam")
        payload, number = draft.payload, len(self.events) + 1
        target = self._by_name.get(payload.target) if isinstance(payload, Correction) else None
        counts = is_board(payload, target_is_board=target is not None and target.is_board)
        kind = kind_of(payload)
        ref = next_ref(payload, kind, self.board)
        before = self.events[-1].digest if self.events else ""
        event = Event(
            number, "INC-1", "w", number, 1, draft.at, draft.precision, stamp(now), kind, counts, ref, "", before, "",
            f"{number:064}", draft.author, "sam", draft.at_raw, draft.text, payload,
        )  # fmt: skip
        self.events.append(event)
        self._by_name.update({event.id: event, event.ref: event} if event.ref else {event.id: event})
        self.board = advance(self.board, event, lambda: [one for one in self.events if one.is_board])


def _offset(line: str) -> tuple[int, int]:
    minutes, seconds = line.partition(" ")[0].split(":")
    return int(minutes), int(seconds)
