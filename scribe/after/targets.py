"""What was to be reached until when, and whether it was: milestones of the response, deadlines of the postmortem."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from scribe.after.sections import Part
from scribe.record.state import Board
from scribe.record.terms import MomentName
from scribe.record.when import DAY, seconds_between, shifted

HOUR = 3600


class Target(Struct, frozen=True, gc=False):
    """A moment and the seconds after T+0 until which it was to be reached; ``actual`` is None where it is unknown."""

    moment: MomentName
    target: int
    actual: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it was reached in time; None where nobody knows."""
        return None if self.actual is None else self.actual <= self.target


class Deadline(Struct, frozen=True, gc=False):
    """Something the postmortem owes: until when, when it came (UTC text, or a date); None is not yet, or unknown."""

    name: str
    title: str
    due: str
    done: str | None = None

    def is_missed(self, now: str) -> bool:
        """Whether it came too late, or is late at ``now`` (UTC text); a day lasts until it is over."""
        came = self.done or now
        length = min(len(self.due), len(came))
        return came[:length] > self.due[:length]


def targets(board: Board, wanted: Mapping[MomentName, int]) -> tuple[Target, ...]:
    """The milestones that were agreed on (seconds after T+0), against what the record holds."""
    found = []
    for moment, target in wanted.items():
        reached = board.moment(moment)
        actual = seconds_between(board.zero, reached) if board.zero and reached else None
        found.append(Target(moment, target, actual))
    return tuple(found)


def deadlines(board: Board, sections: Mapping[str, Part]) -> tuple[Deadline, ...]:
    """What is due after the end (000, 001, 004): summary, meeting, full text, follow-up; nothing while it is open.

    A meeting within two days is asked of SEV-1 and SEV-2 alone. The full text counts as done when the state moves on
    to verification, the follow-up when the incident is closed.
    """
    ended = board.moment("resolved")
    if ended is None or not board.over:
        return ()
    summary, meeting = sections["summary"].words, sections["meeting"]
    found = [Deadline("summary", "summary", shifted(ended, 24 * HOUR), summary.first_at if summary else None)]
    if board.severity in (1, 2):
        found.append(Deadline("meeting", "review meeting", shifted(ended, 2 * DAY), meeting.day or None))
    final = next((span.recorded_at for span in board.spans if span.state in ("verification", "closed")), None)
    found.append(Deadline("text", "full text", shifted(ended, 72 * HOUR), final))
    found.append(Deadline("follow-up", "follow-up review", shifted(ended, 30 * DAY)[:10], board.moment("closed")))
    return tuple(found)
