"""How the commands of the time after record what was typed: as it stands, through the recorder, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from scribe.cli.masked import places, tell
from scribe.cli.session import Session
from scribe.journal.store import Journal
from scribe.live.typed import fits
from scribe.record.dates import day, today
from scribe.record.errors import ScribeError
from scribe.record.events import Draft, Event, Payload
from scribe.record.text import normalise
from scribe.record.when import Unreadable, stamp
from scribe.recorder import Recorder


def recorded(
    session: Session,
    journal: Journal,
    incident: str,
    said: Iterable[tuple[Payload, str]],
    *,
    keep: bool = False,
    again: str = "scribe log --keep /…",
) -> list[Event]:
    """Record payloads with their texts in that incident, with ``keep`` secrets as they are.

    What was masked is said, and that ``again`` records it as it is. Raises Refused, and what the journal raises.
    """
    now = session.clock.now()
    drafts = [Draft(payload, text, stamp(now), kept=keep) for payload, text in said]
    recorder = Recorder(journal, incident, me=session.me, policy=session.config.policy)
    events = recorder.record(drafts, now=now)
    tell(recorder.masked, places(events), again)
    return events


def typed(text: str) -> str:
    """A text from the command line as it is recorded. Raises ScribeError when it is too long."""
    text = normalise(text).strip()
    fits(text)
    return text


def day_of(session: Session, text: str, option: str) -> str:
    """The day (ISO date) that an option gives; "" for ``none``. Raises ScribeError naming the option."""
    if text.strip().casefold() in ("", "-", "none"):
        return ""
    try:
        return day(text, today=date.fromisoformat(today_of(session)))
    except Unreadable as error:
        raise ScribeError(f"{option}: {error.message}") from None


def today_of(session: Session) -> str:
    """The day (ISO date) that it is in the session's zone."""
    return today(session.clock.now(), session.zone)
