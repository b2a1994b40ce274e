"""The sample incident: its lines, typed again through the real grammar into a journal of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from msgspec import Struct
from msgspec.structs import replace

from scribe.journal.store import Journal
from scribe.live.checkpoint import GIVEN
from scribe.live.grammar import OnScreen, Recorded, Setting, parse
from scribe.live.policy import DEFAULT
from scribe.record.events import Checkpoint, Draft
from scribe.recorder import Recorder, declare

LONG_AGO = datetime(2026, 3, 12, 9, 14, 5, tzinfo=UTC)
"""When the sample incident was declared, unless it is told as if it were burning now."""

LIVE = timedelta(minutes=42)
"""How far the story has come when it is told as if it were burning now."""

WRITTEN = LONG_AGO + timedelta(hours=20)
"""The day after: when its postmortem was written."""

_PLACE = re.compile(r"\{T([+-])(\d\d):(\d\d):(\d\d)(\?)?\}")


class Line(Struct, frozen=True):
    """One line of the sample: how long after the declaration, who typed it, and what."""

    offset: timedelta
    me: str
    text: str


def tell(journal: Journal, declared_at: datetime, upto: timedelta | None = None) -> str:
    """Tell the story into a journal, as far as ``upto``; returns the incident's id."""
    first, *rest = lines()
    _, severity, title = first.text.split(maxsplit=2)
    incident = declare(journal, title, now=declared_at, me=first.me, policy=DEFAULT, severity=int(severity))
    recorders: dict[str, Recorder] = {}
    given: dict[str, str] = {}
    for line in rest:
        if upto is not None and line.offset > upto:
            break
        now = declared_at + line.offset
        parsed = parse(filled(line.text, declared_at), Setting(now, now, UTC))
        assert parsed is not None
        if isinstance(parsed, OnScreen):  # /set fills a field of the packet that is handed over next
            field, _, text = parsed.argument.partition(" ")
            assert (parsed.command, field in GIVEN) == ("set", True)
            given[field] = text
            continue
        recorder = recorders.get(line.me) or Recorder(journal, incident, me=line.me, policy=DEFAULT)
        recorders[line.me] = recorder
        recorder.record([_packed(draft, given) for draft in parsed.drafts], now=now)
    return incident


def write(journal: Journal, incident: str, lines: int | None = None) -> None:
    """Write the postmortem of the sample as it was told LONG_AGO, or its first ``lines``: it passes its own check."""
    recorder = Recorder(journal, incident, me="kim", policy=DEFAULT)
    for line in written()[:lines]:
        parsed = parse(line, Setting(WRITTEN, WRITTEN, UTC))
        assert isinstance(parsed, Recorded)
        recorder.record(parsed.drafts, now=WRITTEN)


def written() -> tuple[str, ...]:
    """The lines of that postmortem: one that begins with spaces goes on, with "  | " in a new line of its text."""
    raw = files("scribe.sample").joinpath("postmortem.txt").read_text(encoding="utf-8")
    told: list[str] = []
    for line in raw.splitlines():
        if line.startswith("  | "):
            told[-1] += f"\n{line.removeprefix('  | ')}"
        elif line.startswith("  "):
            told[-1] += f" {line.strip()}"
        elif line and not line.startswith("##"):
            told.append(line)
    return tuple(told)


def _packed(draft: Draft, given: dict[str, str]) -> Draft:
    """A packet takes with it what was filled in for it."""
    payload = draft.payload
    return replace(draft, payload=replace(payload, given=dict(given))) if isinstance(payload, Checkpoint) else draft


def lines() -> Iterator[Line]:
    """The sample's lines; those with ## are remarks."""
    for raw in files("scribe.sample").joinpath("checkout.txt").read_text(encoding="utf-8").splitlines():
        if raw and not raw.startswith("##"):
            offset, me, text = raw.split("\t")
            hours, minutes, seconds = map(int, offset.split(":"))
            yield Line(timedelta(hours=hours, minutes=minutes, seconds=seconds), me, text)


def filled(text: str, declared_at: datetime) -> str:
    """The line with clock times: exact where the grammar reads them, as people say them inside of a text."""
    is_command = text.startswith("/") and not text.startswith("/update ")

    def clock(found: re.Match[str]) -> str:
        sign, hours, minutes, seconds, is_vague = found.groups()
        away = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
        at = (declared_at + away if sign == "+" else declared_at - away).astimezone(UTC)
        if is_vague:
            return f"{at:%H}:??Z"
        return f"{at:%H:%M:%S}Z" if is_command or found.start() == 0 else f"{at:%H:%M} UTC"

    return _PLACE.sub(clock, text)
