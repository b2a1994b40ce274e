"""The sample incident as a complete postmortem, and what the check finds in it once something of it is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scribe.after.build import build
from scribe.after.findings import Finding
from scribe.after.lint import Options, check
from scribe.cli.demo import LONG_AGO, WRITTEN, tell, written
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.grammar import Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.record.redact import redact
from scribe.record.state import State
from scribe.record.when import stamp
from scribe.recorder import Recorder
from scribe.words import load

TEMPLATES = ("layered", "icre", "review", "classic", "lite")


@cache
def sample(*more: str, without: tuple[str, ...] = ()) -> State:
    """The sample incident with those lines and some more; ``without`` leaves out the lines that begin like that."""
    with TemporaryDirectory() as folder:
        journal = Journal.writing(Path(folder) / "journal.db", FixedClock(LONG_AGO), wait=1)
        recorder = Recorder(journal, tell(journal, LONG_AGO), me="kim", policy=DEFAULT)
        for line in (*written(), *more):
            if not (without and line.startswith(without)):
                type_into(recorder, line, WRITTEN)
        state = recorder.load()
        journal.close()
    return state


def type_into(recorder: Recorder, line: str, now: datetime) -> None:
    """Record one line as the capture line does."""
    parsed = parse(line, Setting(now, now, UTC))
    assert isinstance(parsed, Recorded), line
    recorder.record(parsed.drafts, now=now)


def found(
    state: State,
    *,
    template: str = "layered",
    now: datetime = WRITTEN + timedelta(hours=1),
    options: Options | None = None,
    restricted: bool = False,
    zone: tzinfo = UTC,
) -> tuple[Finding, ...]:
    """What the check finds in it."""
    passed = redact(state, include_restricted=restricted)
    document = build(passed, zone=zone, wanted=DEFAULT.milestone_targets(state.board.severity))
    return check(document, passed, now=stamp(now), template=template, words=load(), options=options or Options())


def told(findings: Sequence[Finding]) -> list[str]:
    """Each as ``code@place``; waived ones are left out."""
    return [f"{finding.code}@{finding.where}" for finding in findings if not finding.waived]
