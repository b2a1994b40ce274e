"""Short pieces of a postmortem, of a cell's length: times, lengths, names, references."""

from __future__ import annotations

from scribe.after.metrics import exact
from scribe.after.postmortem import Moment, Postmortem
from scribe.after.threads import Thread
from scribe.exporters.escape import Md, inline, joined, linked
from scribe.exporters.rows import marked, notes, said, times_of, who
from scribe.exporters.tables import NOTHING
from scribe.exporters.times import UNKNOWN
from scribe.record.state import Entry
from scribe.record.terms import RoleName
from scribe.record.when import elapsed, seconds_between

ROLE_TITLES: dict[RoleName, str] = {
    "ic": "Incident commander",
    "ops": "Operations / technical lead",
    "comms": "Communications lead",
    "scribe": "Scribe",
    "sme": "Subject matter expert",
}


class Phrases:
    """The short pieces of one postmortem."""

    def __init__(self, document: Postmortem) -> None:
        self.document = document
        self.times = times_of((*document.timeline, *document.ticks, *document.protected.apart), document.zone)

    @property
    def or_withheld(self) -> str:
        """What is added where something was not recorded: this document may be the one that does not hold it."""
        return ", or it is withheld" if self.document.counts.withheld else ""

    @property
    def none(self) -> Md:
        """Stands where a table would, so that a gap is named."""
        return Md(f"None recorded{self.or_withheld}.")

    def role_title(self, role: RoleName) -> Md:
        """A role by its title; a team's own as its config calls it."""
        return inline(ROLE_TITLES.get(role) or self.document.own_roles.get(role) or role)

    def date(self) -> Md:
        """The day on which it began, as far back as that is known."""
        for name in ("started", "detected", "declared"):
            moment = self.document.moment(name)
            if moment.mark is not None:
                return self.times.date(moment.mark.at)
        return UNKNOWN

    def duration(self) -> Md:
        """From the start to the end of the impact."""
        begin, end = self.document.moment("started"), self.document.moment("resolved")
        if begin.mark is None and end.mark is None:
            return UNKNOWN
        ends = f"{self.at(begin)} – {self.at(end)}"
        if begin.mark is None or end.mark is None:
            return Md(ends)
        return Md(f"{ends} ({self.measured('Impact', self.document.measure('Impact').note)})")

    def severity(self) -> Md:
        """The severity as it stood last, and as it was declared."""
        label = inline(self.document.severity_label) or UNKNOWN
        steps = self.document.severities
        if len(steps) < 2:
            return label
        first = f"as {steps[0].after}" if steps[0].after else "without one"
        return Md(f"{label}; declared {first}")

    def commanders(self) -> Md:
        """Who commanded, in order."""
        tenures = self.document.commanders
        if not tenures:
            return UNKNOWN
        if len(tenures) == 1:
            return who(tenures[0].who)
        return joined(
            Md(f"{who(tenure.who)} (from {self.times.clock(tenure.since, tenure.precision)})") for tenure in tenures
        )

    def at(self, moment: Moment) -> Md:
        """When a moment was reached."""
        return UNKNOWN if moment.mark is None else self.times.full(moment.mark.at, moment.mark.precision)

    def known(self, moment: Moment) -> Md:
        """Which entry says so, or what implies it."""
        if moment.mark is None:
            return NOTHING
        if moment.entry is not None:
            words = "" if moment.entry.text == moment.name else f" {said(moment.entry)}"
            return Md(f"{inline(moment.entry.ref)}{words}{notes(moment.entry, self.times)}")
        if moment.mark.explicit:
            return Md("an entry that is withheld")
        return Md("declaration" if moment.name == "declared" else "change of state")

    def since_zero(self, at: str | None) -> Md:
        """The time since T+0."""
        zero = self.document.zero
        return NOTHING if at is None or zero is None else Md(elapsed(seconds_between(zero, at)))

    def length(self, seconds: float | None, *, rough: bool = False) -> Md:
        """A length of time; one that rests on a rough time is said to be about right."""
        return UNKNOWN if seconds is None else Md(f"about {exact(seconds)}" if rough else exact(seconds))

    def measured(self, name: str, note: str) -> Md:
        """A measure; with a note it is about right, and the note stands behind it."""
        seconds = self.document.measure(name).seconds
        length = self.length(seconds, rough=bool(note))
        return Md(f"{length}: {inline(note)}") if note else length

    def closed(self, thread: Thread) -> Md:
        """When a thread was closed, and by which entry."""
        if thread.closing is None:
            return NOTHING
        return Md(f"{self.times.clock(thread.closing.at, thread.closing.precision)} ({inline(thread.closing.ref)})")

    def words(self, thread: Thread) -> Md:
        """What was said when it was closed."""
        if thread.closing is None:
            return NOTHING
        return marked(linked(thread.words, thread.closing.sources) or UNKNOWN, thread.closing)

    def entry(self, entry: Entry) -> Md:
        """An entry in a few words."""
        return Md(f"{inline(entry.ref)} {said(entry)}")

    def stamp(self, entry: Entry) -> str:
        """When and by whom, within a sentence."""
        return f"{self.times.full(entry.at, entry.precision)} by {who(entry.by)} ({inline(entry.ref)})"

    def brief(self, thread: Thread) -> Md:
        """A thread in a list."""
        ended = self.words(thread) if thread.closing else ""
        return Md(f"{self.entry(thread.entry)}{f' – {ended}' if ended else ''}")
