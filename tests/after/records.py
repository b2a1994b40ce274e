"""Small incidents, recorded through the real grammar, recorder and journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.recorder import Recorder, declare

DECLARED = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def told(
    folder: Path,
    *lines: str,
    severity: int | None = 2,
    title: str = "Checkout fails",
    postmortem_only: bool = False,
) -> State:
    """The state after lines like ``05:00 /sev 1``: minutes and seconds after the declaration, then what was typed."""
    journal = Journal.writing(folder / "journal.db", FixedClock(DECLARED), wait=1)
    incident = declare(
        journal,
        title,
        now=DECLARED,
        me="sam",
        policy=DEFAULT,
        severity=severity,
        postmortem_only=postmortem_only,
        incident="INC-1",
    )
    recorder = Recorder(journal, incident, me="sam", policy=DEFAULT)
    for line in lines:
        offset, _, text = line.partition(" ")
        minutes, seconds = map(int, offset.split(":"))
        now = DECLARED + timedelta(minutes=minutes, seconds=seconds)
        parsed = parse(text, Setting(now, now, UTC))
        assert isinstance(parsed, Recorded)
        recorder.record(parsed.drafts, now=now)
    return recorder.load()


def written(folder: Path, *lines: str, severity: int | None = 2, draft: bool = False) -> Postmortem:
    """The document of such an incident."""
    return build(redact(told(folder, *lines, severity=severity)), zone=UTC, draft=draft)
