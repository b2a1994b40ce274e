"""What the record says that an audience was not told yet, and what stands whether it was told or not."""

from __future__ import annotations

from msgspec import Struct

from scribe.record.events import (
    Action,
    Decision,
    Declared,
    Fact,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Payload,
    Point,
    Severity,
    StateChange,
    Timebox,
    Update,
)
from scribe.record.redact import Redacted
from scribe.record.state import Entry
from scribe.record.when import Precision


class Ended(Struct, frozen=True, gc=False):
    """An action or a hypothesis that was closed: how, when (UTC text), and in which words."""

    entry: Entry
    at: str
    precision: Precision
    words: str = ""


class Pending(Struct, frozen=True, gc=False):
    """The next decision to be taken, and the entry that says so."""

    entry: Entry
    point: Point


class Change(Struct, frozen=True, gc=False):
    """A state, and since when (UTC text)."""

    state: str
    at: str
    precision: Precision


class Impacted(Struct, frozen=True, gc=False):
    """What was said of the impact or of one side of it, and in which state the incident was then."""

    entry: Entry
    state: str


class News(Struct, frozen=True, gc=False):
    """What to tell an audience; in the timeline's order, what was closed by its closing; nothing retracted.

    ``last`` is the last update that it was sent. ``facts`` to ``milestones`` are new since then, or since the
    declaration; ``withdrawn`` are facts that it may have been told and that were retracted since. ``identified`` says
    that the cause is on record as known, and that no regression reopened the question.
    """

    last: Entry | None
    facts: tuple[Entry, ...]
    withdrawn: tuple[Entry, ...]
    decisions: tuple[Entry, ...]
    ended: tuple[Ended, ...]
    newly_confirmed: tuple[Ended, ...]
    ruled_out: tuple[Ended, ...]
    changes: tuple[Entry, ...]
    milestones: tuple[Entry, ...]
    running: tuple[Entry, ...]
    done: tuple[Ended, ...]
    timeboxes: tuple[Entry, ...]
    confirmed: tuple[Ended, ...]
    open: tuple[Entry, ...]
    state: Change
    resolved: Entry | None
    moved: bool
    identified: bool
    newly_identified: bool
    impact: Impacted | None
    impact_is_news: bool
    sides: dict[str, Entry]
    pending: Pending | None
    given: dict[str, str]


def gather(view: Redacted, audience: str) -> News:
    """Read the record once."""
    standing = [entry for entry in view.entries if entry.retracted is None]
    sent = [entry for entry in standing if isinstance(entry.payload, Update) and entry.payload.audience == audience]
    last = max(sent, key=lambda entry: entry.at, default=None)
    reader = _Reader(last.at if last else "")
    reader.closings = {
        entry.payload.target: entry for entry in standing if isinstance(entry.payload, Action | Hypothesis)
    }
    # What is dated before the declaration is still a change of what was declared.
    for entry in sorted(standing, key=lambda found: found.kind != "declared"):
        reader.take(entry, entry.payload)
    told = [entry for entry in view.entries if entry.retracted and isinstance(entry.payload, Fact)]
    since = reader.since
    ended, confirmed = _in_order(reader.ended), _in_order(reader.confirmed)
    return News(
        last=last,
        facts=tuple(reader.facts),
        withdrawn=tuple(
            entry for entry in told if entry.retracted and entry.recorded_at <= since < entry.retracted.at and last
        ),
        decisions=tuple(reader.decisions),
        ended=tuple(one for one in ended if reader.is_since(one)),
        newly_confirmed=tuple(one for one in confirmed if reader.is_since(one)),
        ruled_out=tuple(one for one in _in_order(reader.ruled_out) if reader.is_since(one)),
        changes=tuple(reader.changes),
        milestones=tuple(reader.milestones),
        running=tuple(reader.running),
        done=tuple(one for one in ended if one.entry.status == "done"),
        timeboxes=tuple(reader.timeboxes),
        confirmed=tuple(confirmed),
        open=tuple(reader.open),
        state=reader.state,
        resolved=reader.resolved,
        moved=reader.moved,
        identified=bool(reader.identified),
        newly_identified=reader.identified > since,
        impact=reader.impact,
        impact_is_news=reader.impact is not None and reader.is_news(reader.impact.entry),
        sides=reader.sides,
        pending=reader.pending,
        given=reader.given,
    )


def _in_order(ended: list[Ended]) -> list[Ended]:
    """By when they were closed."""
    return sorted(ended, key=lambda one: one.at)


class _Reader:
    """The walk over the standing entries."""

    def __init__(self, since: str) -> None:
        self.since = since
        self.closings: dict[str, Entry] = {}
        self.facts: list[Entry] = []
        self.decisions: list[Entry] = []
        self.ended: list[Ended] = []
        self.confirmed: list[Ended] = []
        self.ruled_out: list[Ended] = []
        self.changes: list[Entry] = []
        self.milestones: list[Entry] = []
        self.running: list[Entry] = []
        self.timeboxes: list[Entry] = []
        self.open: list[Entry] = []
        self.state = Change("", "", "second")
        self.resolved: Entry | None = None
        self.moved = False
        self.identified = ""
        self.impact: Impacted | None = None
        self.sides: dict[str, Entry] = {}
        self.pending: Pending | None = None
        self.given: dict[str, str] = {}

    def is_news(self, entry: Entry) -> bool:
        """Whether an entry was written, or took its present words, after the last update was sent."""
        written = entry.revisions[-1].recorded_at if entry.revisions else entry.recorded_at
        return written > self.since

    def is_since(self, ended: Ended) -> bool:
        """Whether something was closed after the last update was sent."""
        closing = self.closings.get(ended.entry.id)
        return self.is_news(closing) if closing else max(ended.entry.recorded_at, ended.at) > self.since

    def take(self, entry: Entry, payload: Payload) -> None:
        """Take one entry."""
        match payload:
            case Fact():
                self._keep(self.facts, entry)
            case Decision():
                self._keep(self.decisions, entry)
                self.pending = None  # what was to be decided may just have been: it is no next step any more
            case Hypothesis(target="") | Action(target=""):
                self._thread(entry)
            case Timebox(target="") if entry.status == "running":
                self.timeboxes.append(entry)
            case Severity():
                self._keep(self.changes, entry)
            case StateChange():
                self._keep(self.changes, entry)
                self.moved = True
                self._turn(entry, payload.state)
            case Milestone(moment=moment):
                self._keep(self.milestones, entry)
                if moment == "diagnosed":
                    self.identified = entry.recorded_at
            case Impact(field=field) if field:
                self.sides[field] = entry
            case Impact():
                self.impact = Impacted(entry, self.state.state)
            case Note(point=point, point_settled=settled) if point is not None or settled:
                self.pending = Pending(entry, point) if point is not None else None
            case Update():
                self.given.update(payload.fields)
            case Declared(postmortem_only=over):
                self.state = Change("resolved" if over else "investigating", entry.at, entry.precision)
            case _:
                pass

    def _keep(self, kept: list[Entry], entry: Entry) -> None:
        if self.is_news(entry):
            kept.append(entry)

    def _turn(self, entry: Entry, state: str) -> None:
        self.state = Change(state, entry.at, entry.precision)
        if state == "identified":
            self.identified = entry.recorded_at
        elif state == "investigating":  # a regression: what was known did not explain everything
            self.identified = ""
        if state == "resolved":
            self.resolved = entry

    def _thread(self, entry: Entry) -> None:
        kept = {"confirmed": self.confirmed, "ruled_out": self.ruled_out, "done": self.ended, "failed": self.ended}
        if entry.status == "in_flight":
            self.running.append(entry)
        elif entry.status == "open":
            self.open.append(entry)
        elif entry.status in kept:
            closing = self.closings.get(entry.id)
            if closing is None:  # already over when it was noted; or how it ended is withheld
                kept[entry.status].append(Ended(entry, entry.ended_at or entry.at, entry.precision))
                return
            sentence = f"{entry.ref} {entry.status.replace('_', ' ')}"
            words = closing.text.removeprefix(sentence).removeprefix(": ")
            kept[entry.status].append(Ended(entry, closing.at, closing.precision, words))
