"""Journals to measure with: written through the recorder, with the kinds of entries that an incident has."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.events import Action, Decision, Draft, Fact, Hypothesis, Role, Update
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare

LAST = "the last entry of all"
"""The text of the newest entry: once it is on the screen, the first frame is there."""

_OPENED = 300
"""Hypotheses and actions of a long incident; each is closed again, but for the last ones."""

_SAID = (
    "checkout answers 5xx at {n} % in eu-west-1",
    "p99 of the payment API is {n} ms, it was 180 before",
    "db-{n} has 400 connections, all of them waiting for a lock",
    "support: {n} tickets about declined cards, the first from 09:12 https://example.com/t/{n}",
    "rolled pod checkout-{n}, no change #checkout",
    "결제 오류가 {n}건 더 들어왔습니다",
)


def filled(path: Path, entries: int) -> Path:
    """A journal with one incident of so many entries that is two hours old; an update is due in half an hour."""
    chance = random.Random(entries)
    now = datetime.now(UTC)
    began = now - timedelta(hours=2)
    journal = Journal.writing(path, FixedClock(now), wait=1.0)
    try:
        incident = declare(journal, "Checkout fails in EU", now=began, me="sam", policy=DEFAULT, severity=2)
        if entries:
            recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
            recorder.record(_drafts(entries, began, now, chance), now=now)
    finally:
        journal.close()
    return path


def _drafts(entries: int, began: datetime, now: datetime, chance: random.Random) -> list[Draft]:
    every = max(4, entries // _OPENED)
    made: list[Draft] = []

    def at() -> str:
        return stamp(began + (now - timedelta(seconds=30) - began) * (len(made) / (entries + 1)))

    for role, who in (("ic", "alice"), ("ops", "bob"), ("comms", "carol"), ("scribe", "sam")):
        made.append(Draft(Role(role=role, who=who), "", at()))
    number = 0
    while len(made) < entries - 2:
        if len(made) % every == 0 and len(made) + 4 < entries:
            number += 1
            made.append(Draft(Hypothesis(), f"guess {number}: the pool is exhausted by a slow query", at()))
            made.append(Draft(Action(), f"kubectl rollout undo deployment/checkout --to-revision={number}", at()))
            if entries - len(made) > 3 * every:  # the newest stay open
                made.append(Draft(Hypothesis(status="ruled_out", target=f"H{number}"), "the pool is fine", at()))
                made.append(Draft(Action(status="done", target=f"A{number}"), "", at()))
        elif len(made) % (7 * every) == 1:
            made.append(Draft(Decision(), "fail over to the replica", at()))
        else:
            text = chance.choice(_SAID).format(n=chance.randrange(1, 1000))
            by = chance.choice(("", "alice", "bob", "carol"))
            made.append(Draft(Fact(), text, at(), author=by))
    newest = stamp(now - timedelta(seconds=20))
    made.append(Draft(Update(next_at=stamp(now + timedelta(minutes=30))), "still failing, rolling back", newest))
    made.append(Draft(Fact(), LAST, newest))
    return made
