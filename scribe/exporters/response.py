"""What was done, by whom, who was told, and how it was coordinated: parts of a postmortem as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.after.metrics import exact
from scribe.exporters.escape import Md, inline, joined
from scribe.exporters.phrases import Phrases
from scribe.exporters.rows import OUTCOMES, marked, notes, said, who
from scribe.exporters.tables import NOTHING, table
from scribe.exporters.times import UNKNOWN
from scribe.live.checkpoint import GIVEN
from scribe.record.state import Entry

MANY = 25
"""How many entries a list beside the timeline repeats at most."""


class Response(Phrases):
    """The parts of one postmortem that tell the response."""

    def every(self, entries: Sequence[Entry]) -> Md:
        """Entries that stand nowhere else, all of them."""
        return self.entries(entries, most=None)

    def entries(self, entries: Sequence[Entry], *, most: int | None = MANY) -> Md:
        """Some entries, shorter than in the timeline."""
        rows = [
            (
                self.times.clock(entry.at, entry.precision),
                inline(entry.ref),
                who(entry.by),
                Md(f"{said(entry)}{notes(entry, self.times)}"),
            )
            for entry in entries[:most]
        ]
        more = len(entries) - len(rows)
        rest = f"\n\n{more} more stand in the timeline." if more else ""
        header = (f"Time ({self.times.name})", "Ref", "Who", "What")
        return Md(f"{table(header, rows)}{rest}") if rows else self.none

    # ── the response ────────────────────────────────────────────────────────────────────────────────────────────────

    def actions(self) -> Md:
        """What was done, how it ended and how long it took."""
        rows = [
            (
                inline(thread.entry.ref),
                self.times.clock(thread.entry.at, thread.entry.precision),
                who(thread.entry.by),
                Md(OUTCOMES.get(thread.status, "in flight")),
                NOTHING if thread.seconds is None else self.length(thread.seconds),
                said(thread.entry),
                self.words(thread),
            )
            for thread in self.document.actions
        ]
        header = ("Ref", f"Begun ({self.times.name})", "Who", "Outcome", "Took", "Action", "How it ended")
        return table(header, rows) if rows else self.none

    def decisions(self) -> Md:
        """What was decided."""
        return self.entries(self.document.decisions)

    def points(self) -> Md:
        """Decisions that were announced as the next ones."""
        rows = []
        for point in self.document.points:
            by = UNKNOWN if point.point.by is None else self.times.clock(point.point.by)
            if point.end is None:
                end = Md("open at the end of the record")
            else:
                word = "settled" if point.settled else "replaced by the next"
                end = Md(f"{word}, {self.times.clock(point.end.at)} ({inline(point.end.ref)})")
            decides = who(point.point.who) or UNKNOWN
            rows.append((inline(point.entry.ref), marked(inline(point.point.what), point.entry), decides, by, end))
        header = ("Ref", "To decide", "Who decides", "Until", "What became of it")
        return table(header, rows) if rows else self.none

    def escalations(self) -> Md:
        """Levels of the ladder that were called."""
        return self.entries(self.document.escalations)

    def timeboxes(self) -> Md:
        """Who looked into what for how long, and what came of it."""
        rows = [
            (
                inline(thread.entry.ref),
                self.times.clock(thread.entry.at, thread.entry.precision),
                self._until(thread.entry),
                who(getattr(thread.entry.payload, "who", "") or thread.entry.by),
                Md(OUTCOMES.get(thread.status, "running")),
                NOTHING if thread.seconds is None else self.length(thread.seconds),
                said(thread.entry),
                self.words(thread),
            )
            for thread in self.document.timeboxes
        ]
        header = (
            *("Ref", f"Begun ({self.times.name})", "Until", "Who", "Outcome", "Took", "Looked into"),
            "What came of it",
        )
        return table(header, rows) if rows else self.none

    def _until(self, entry: Entry) -> Md:
        until = getattr(entry.payload, "until", "")
        return self.times.clock(until) if until else UNKNOWN

    def handovers(self) -> Md:
        """Packets that were handed over, who acknowledged them when, and what was added by hand."""
        rows = []
        for one in self.document.handovers:
            taken = one.acknowledged
            if taken is not None:
                acknowledged = Md(f"{self.times.clock(taken.at, taken.precision)} ({inline(taken.ref)})")
            else:
                acknowledged = Md("not acknowledged") if one.packet.incoming else NOTHING
            given = one.packet.given
            names = dict.fromkeys((*(name for name in GIVEN if name in given), *given))
            by_hand = joined((f"{GIVEN.get(name, name)}: {given[name]}" for name in names), "; ")
            rows.append(
                (
                    inline(one.entry.ref),
                    self.times.clock(one.entry.at, one.entry.precision),
                    self.role_title(one.packet.role),
                    who(one.packet.outgoing) or UNKNOWN,
                    who(one.packet.incoming) or Md("checkpoint only"),
                    acknowledged,
                    marked(by_hand, one.entry),
                )
            )
        header = ("Ref", f"At ({self.times.name})", "Role", "From", "To", "Acknowledged", "Added by hand")
        return table(header, rows) if rows else self.none

    def updates(self) -> Md:
        """Status updates as they were sent."""
        rows = [
            (
                Md(str(sent.number)),
                self.times.clock(sent.entry.at, sent.entry.precision),
                self.since_zero(sent.entry.at),
                inline(sent.audience),
                NOTHING if sent.next_at is None else self.times.clock(sent.next_at),
                Md(f"{exact(sent.overdue)} overdue" if sent.overdue else "in time" if sent.due else ""),
                Md(f"{said(sent.entry)}{notes(sent.entry, self.times)}"),
            )
            for sent in self.document.communication.sent
        ]
        header = ("No.", f"Sent ({self.times.name})", "T+", "For", "Next due", "Sent in time", "Text")
        return table(header, rows) if rows else Md(f"No status update was recorded{self.or_withheld}.")

    def missed(self) -> Md:
        """Due times that passed without an update."""
        told = self.document.communication
        if told.next_due:
            return Md(f"{self._missed()}\n\nThe next update is due {self.times.clock(told.next_due)}.")
        return self._missed()

    def _missed(self) -> Md:
        told = self.document.communication
        if not told.missed:
            return Md(
                "No deadline of an update was missed." if told.sent or told.next_due else "No update was ever due."
            )
        several = len(told.audiences) > 1
        rows = [
            (
                self.times.clock(missed.due),
                *((inline(missed.audience),) if several else ()),
                self.length(missed.overdue),
                Md("unanswered at the end of the record" if missed.end == "open" else missed.end),
                inline(missed.entry.ref if missed.entry else ""),
            )
            for missed in told.missed
        ]
        header = ("Due", *(("For",) if several else ()), "Overdue", "How it ended", "Ref")
        return Md(f"{counted(len(rows), 'due time', 'due times')} passed without an update:\n\n{table(header, rows)}")


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun."""
    return f"{number} {one if number == 1 else many}"
