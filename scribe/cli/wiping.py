"""What an erasure does beside the journal, and what is said of it: what goes along, what stays, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from scribe.config.reader import ConfigError
from scribe.record.errors import JournalError, ScribeError
from scribe.record.text import one_line

if TYPE_CHECKING:
    from scribe.cli.session import Session
    from scribe.journal.store import Journal
    from scribe.record.events import Event

_MANY = 9
"""References that are named one by one."""

_KINDS = {
    "amended": ("an amendment", "amendments"),
    "retracted": ("a retraction", "retractions"),
    "linked": ("a link", "links"),
    "restricted": ("a restriction", "restrictions"),
    "written": ("a section of the postmortem", "sections of the postmortem"),
    "snoozed": ("a snooze", "snoozes"),
    "waived": ("a waiver", "waivers"),
    "factor": ("a change of a factor", "changes of factors"),
    "action_item": ("a change of an action item", "changes of action items"),
}
"""What goes along and has no reference: one, and several."""


class NotYetGone(ScribeError):
    """The words are erased, and may still be found in the file."""

    exit_code = 3


def renewed(session: Session, journal: Journal) -> tuple[int, str]:
    """Replace the rolling backups, which may hold the words: how many, and why they still may."""
    from scribe.cli.backup import rolling_of
    from scribe.journal.backup import replace_rolling

    try:
        rolling, _ = rolling_of(session)
    except ConfigError:  # there is no place where one could have been made
        return 0, ""
    try:
        return replace_rolling(journal, rolling, session.clock), ""
    except JournalError as error:
        return 0, f"a backup in {rolling.folder} may hold it: {error.message}"


def along(events: Sequence[Event]) -> Iterator[str]:
    """What goes with the entries that are erased."""
    named = [event.ref for event in events if event.ref]
    others = Counter(event.kind for event in events if not event.ref)
    said = [f"{event.kind} {event.ref}" for event in events if event.ref][:_MANY]
    said += [f"and {len(named) - _MANY} more"] if len(named) > _MANY else []
    for kind, count in others.items():
        one, many = _KINDS.get(kind, (kind, kind))
        said.append(one if count == 1 else f"{count} {many}")
    if said:
        yield one_line(f"with it: {', '.join(said)}")


def staying(names: Sequence[str]) -> Iterator[str]:
    """What people typed that says the same."""
    if names:
        one = len(names) == 1
        them = "erase it too if it must go" if one else "erase them too if they must go"
        yield f"{listed(names)} {'repeats' if one else 'repeat'} words of it: {them}"


def listed(names: Iterable[str]) -> str:
    """Names as people say them, the first of them where there are many."""
    found: Sequence[str] = list(dict.fromkeys(map(one_line, names)))
    if len(found) > _MANY:
        return f"{', '.join(found[:_MANY])} and {len(found) - _MANY} more"
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))
