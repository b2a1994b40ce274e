"""The parts of a postmortem as Markdown, for templates to put in order.

Templates hold headings and the order; how a table looks, and what is said where nothing is known, is decided here
once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scribe.after.metrics import exact
from scribe.after.threads import Change, Thread
from scribe.exporters.escape import Md, inline, joined, link, linked, paragraphs, quoted
from scribe.exporters.phrases import Phrases
from scribe.exporters.rows import OUTCOMES, VERDICTS, notes, said, timeline, who
from scribe.exporters.tables import NOTHING, fields, table
from scribe.exporters.times import UNKNOWN
from scribe.record.events import RoleName
from scribe.record.state import Entry

TO_WRITE = Md("**to be written**")
"""Prose that people must write."""

ROLE_TITLES: dict[RoleName, str] = {
    "ic": "Incident commander",
    "ops": "Operations / technical lead",
    "comms": "Communications lead",
    "scribe": "Scribe",
    "sme": "Subject matter expert",
}

MANY = 25
"""How many entries a list beside the timeline repeats at most."""


class Blocks(Phrases):
    """The parts of one postmortem."""

    # ── on top ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def banner(self) -> Md:
        """Whether this is a draft, and how to read the marks."""
        document = self.document
        lines = []
        if document.is_open:
            until = self.times.full(document.written_until)
            lines.append(
                f"> **DRAFT – the incident is still open** (state: {document.state}; last entry written {until}). "
                "Everything below may change."
            )
        elif document.is_draft:
            lines.append("> **DRAFT – not yet agreed on.**")
        if document.postmortem_only:
            lines.append("> Recorded afterwards: nothing here was written while the incident ran.")
        if document.security:
            lines.append("> Security incident: facts only, no legal conclusions.")
        lines.append(
            "> Filled from the record alone. **unknown**: nobody recorded it. **to be written**: people have to."
        )
        return Md("\n>\n".join(lines))

    def glance(self) -> Md:
        """The table that every postmortem begins with."""
        document = self.document
        return fields(
            (
                ("Incident", inline(document.id)),
                ("Date", self.date()),
                ("Duration", self.duration()),
                ("Severity", self.severity()),
                ("State", Md(document.state)),
                ("Incident commander", self.commanders()),
                ("Author", TO_WRITE),
                ("Time zone", self.times.label),
            )
        )

    def write(self, key: str) -> Md:
        """What people wrote in a section; until then, what belongs there."""
        section = self.document.sections[key]
        return paragraphs(section.text) if section.text else Md(f"{TO_WRITE} – {section.guidance}")

    # ── times and figures ───────────────────────────────────────────────────────────────────────────────────────────

    def moments(self, *names: str) -> Md:
        """The moments of the incident, all or those named."""
        wanted = [moment for moment in self.document.moments if not names or moment.name in names]
        return table(
            ("Moment", "Time", "T+", "How it is known"),
            [
                (
                    Md(moment.name),
                    self.at(moment),
                    self.since_zero(moment.mark.at if moment.mark else None),
                    self.known(moment),
                )
                for moment in wanted
            ],
        )

    def measures(self) -> Md:
        """The figures; an unknown one says what is missing."""
        return table(
            ("Measure", "From → to", "Length", "Note"),
            [
                (
                    inline(f"{measure.name} ({measure.title})" if measure.name.isupper() else "Impact duration"),
                    Md(f"{measure.start} → {measure.end}"),
                    self.length(measure.seconds, rough=bool(measure.note)),
                    inline(measure.note),
                )
                for measure in self.document.measures
            ],
        )

    def severities(self) -> Md:
        """The severity from the declaration on."""
        return self._changes("Severity", self.document.severities)

    def states(self) -> Md:
        """The states the incident went through."""
        return self._changes("State", self.document.states)

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def roles(self) -> Md:
        """Every role with everyone who held it."""
        rows = []
        for role in self.document.roles:
            title = Md(ROLE_TITLES[role.role])
            for tenure in role.tenures:
                until = Md("end of the record") if tenure.until is None else self.times.clock(tenure.until)
                since = self.times.clock(tenure.since, tenure.precision)
                rows.append((title, who(tenure.who), since, until, inline(tenure.ref), inline(tenure.note)))
            if not role.tenures:
                nobody = Md("not needed") if role.not_needed else UNKNOWN
                rows.append((title, nobody, NOTHING, NOTHING, NOTHING, NOTHING))
        return table(("Role", "Who", "From", "Until", "Ref", "Note"), rows)

    def people(self) -> Md:
        """Everyone the record names, with what they held and wrote."""
        return table(
            ("Who", "Roles", "Entries by them", "Entries they wrote down"),
            [
                (
                    who(person.name),
                    joined(Md(ROLE_TITLES[role]) for role in person.roles),
                    Md(str(person.entries)),
                    Md(str(person.recorded)),
                )
                for person in self.document.people
            ],
        )

    # ── what happened ───────────────────────────────────────────────────────────────────────────────────────────────

    def impact(self) -> Md:
        """The latest statement of impact, then the earlier ones."""
        statements = self.document.impact
        if not statements:
            return Md(f"Impact on users: {UNKNOWN} – no statement was recorded.")
        last = statements[-1]
        begin = f"As last stated, {self.stamp(last)}{notes(last, self.times)}:"
        parts = [begin, quoted(last.text)]
        if len(statements) > 1:
            parts += ["Stated before:", self.entries(statements[:-1])]
        return Md("\n\n".join(parts))

    def detection(self) -> Md:
        """How it was noticed, and how long that took."""
        found, measure = self.document.detection, self.document.measure("TTD")
        rows = [
            ("Detected", self.at(self.document.moment("detected"))),
            ("Recorded by", self.entry(found.milestone) if found.milestone else UNKNOWN),
            ("Recorded at that moment", joined((self.entry(entry) for entry in found.facts[:MANY]), "; ") or UNKNOWN),
            ("First alert", self.at(self.document.moment("first-alert"))),
            ("Delay (started → detected)", self.measured("TTD", measure.note)),
            ("How (monitoring, customer, internal, check)", UNKNOWN),
        ]
        return fields(rows)

    def before_detection(self) -> Md:
        """Facts from before anybody noticed: where trigger and missed signals are looked for."""
        return self.entries(self.document.detection.before)

    def timeline(self) -> Md:
        """Every entry that stands, and how many of them were not written as they happened."""
        return Md(f"{self.honesty()}\n\n{timeline(self.document.timeline, self.times)}")

    def honesty(self) -> Md:
        """How the timeline was written: late, reconstructed, imported, amended, taken back, withheld."""
        counts = self.document.counts
        parts = [_count(counts.shown, "entry", "entries")]
        live = counts.late - counts.reconstructed
        if counts.late:
            share = f"{counts.late_share:.0%}".replace("%", " %")
            parts.append(
                f"{counts.late} of them ({share}) written a minute or more after the fact: "
                f"{live} late, {counts.reconstructed} reconstructed after the end"
            )
        else:
            parts.append("all written as they happened")
        if counts.imported:
            parts.append(f"{counts.imported} imported")
        if counts.amended:
            parts.append(f"{counts.amended} amended")
        sentences = [f"{'; '.join(parts)}."]
        if counts.retracted:
            taken = _count(len(counts.retracted), "entry was", "entries were")
            sentences.append(f"{taken} taken back and left out ({joined(counts.retracted)}).")
        if counts.withheld:
            kept = _count(len(counts.withheld), "restricted entry is", "restricted entries are")
            sentences.append(f"{kept} withheld ({joined(counts.withheld)}).")
        zone = f"Times are {self.times.label}."
        return Md(" ".join((*sentences, zone)))

    def entries(self, entries: Sequence[Entry]) -> Md:
        """Some entries, shorter than in the timeline."""
        rows = [
            (
                self.times.clock(entry.at, entry.precision),
                inline(entry.ref),
                who(entry.by),
                Md(f"{said(entry)}{notes(entry, self.times)}"),
            )
            for entry in entries[:MANY]
        ]
        more = len(entries) - len(rows)
        rest = f"\n\n{more} more stand in the timeline." if more else ""
        return (
            Md(f"{table((f'Time ({self.times.name})', 'Ref', 'Who', 'What'), rows)}{rest}")
            if rows
            else Md("None recorded.")
        )

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
        return table(header, rows) if rows else Md("None recorded.")

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
            rows.append((inline(point.entry.ref), inline(point.point.what), decides, by, end))
        return (
            table(("Ref", "To decide", "Who decides", "Until", "What became of it"), rows)
            if rows
            else Md("None recorded.")
        )

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
        return table(header, rows) if rows else Md("No status update was recorded.")

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
        rows = [
            (
                self.times.clock(missed.due),
                self.length(missed.overdue),
                Md("unanswered at the end of the record" if missed.end == "open" else missed.end),
                inline(missed.entry.ref if missed.entry else ""),
            )
            for missed in told.missed
        ]
        count = _count(len(rows), "due time", "due times")
        return Md(f"{count} passed without an update:\n\n{table(('Due', 'Overdue', 'How it ended', 'Ref'), rows)}")

    # ── why ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def hypotheses(self) -> Md:
        """Every hypothesis with its verdict."""
        return self._hypotheses(self.document.hypotheses)

    def candidates(self) -> Md:
        """Confirmed hypotheses, offered as factors to verify."""
        rows = [
            (
                inline(thread.entry.ref),
                said(thread.entry),
                self.closed(thread),
                self.words(thread),
                Md("candidate to verify"),
                TO_WRITE,
            )
            for thread in self.document.candidates
        ]
        header = ("Ref", "Confirmed hypothesis", "Confirmed", "Evidence", "Standing", "Layer, class, score")
        return table(header, rows) if rows else Md("No hypothesis was confirmed.")

    def factors(self) -> Md:
        """One row for each layer, with the question it asks."""
        return table(
            ("Layer", "Factor", "Class", "Score 0–3", "Fact or candidate", "The question"),
            [
                (Md(layer.title), TO_WRITE, TO_WRITE, TO_WRITE, TO_WRITE, inline(layer.question))
                for layer in self.document.layers
            ],
        )

    # ── what follows ────────────────────────────────────────────────────────────────────────────────────────────────

    def action_items(self) -> Md:
        """The empty register, and what the record leaves open as candidates for it."""
        header = ("ID", "Action", "Owner", "Due", "Signal that it is done", "Category", "Answers", "Status")
        row = (Md("1"), *(TO_WRITE,) * 6, Md("open"))
        left = [
            *(f"- Hypothesis {self.brief(thread)}" for thread in self.document.open_questions),
            *(f"- Action never reported as finished: {self.brief(thread)}" for thread in self.document.in_flight),
            *(
                f"- Action that failed: {self.brief(thread)}"
                for thread in self.document.actions
                if thread.status == "failed"
            ),
            *(
                f"- Decision not recorded as taken: {inline(point.entry.ref)} {inline(point.point.what)}"
                for point in self.document.points
                if point.end is None
            ),
        ]
        parts: list[str] = [self.write("actions"), table(header, [row])]
        if left:
            parts += ["The record leaves open, as candidates for the register:", "\n".join(left)]
        return Md("\n\n".join(parts))

    def links(self) -> Md:
        """Every source with the entries that named it."""
        if not self.document.sources:
            return Md("No source was recorded.")
        return Md("\n".join(f"- {link(source.url)} ({joined(source.refs)})" for source in self.document.sources))

    def record(self) -> Md:
        """What this document was made of, so that it can be checked later."""
        document = self.document
        return fields(
            (
                ("Entries", Md(f"{document.counts.entries}, {document.counts.shown} of them in this document")),
                ("Last written", self.times.full(document.written_until)),
                ("Head", inline(document.head)),
                ("Check", Md("`scribe verify --against HEAD` says whether the record still holds what it held then")),
            )
        )

    def _changes(self, title: str, changes: Iterable[Change]) -> Md:
        rows = [
            (
                self.times.clock(change.entry.at, change.entry.precision),
                inline(change.entry.ref),
                inline(change.after or "unset"),
                NOTHING if change.seconds is None else self.length(change.seconds),
                linked(change.why, change.entry.sources),
            )
            for change in changes
        ]
        return table((f"From ({self.times.name})", "Ref", title, "For", "Why"), rows)

    def _hypotheses(self, threads: Sequence[Thread]) -> Md:
        rows = [
            (
                inline(thread.entry.ref),
                self.times.clock(thread.entry.at, thread.entry.precision),
                who(thread.entry.by),
                Md(VERDICTS.get(thread.status, "open")),
                self.closed(thread),
                said(thread.entry),
                self.words(thread),
            )
            for thread in threads
        ]
        header = ("Ref", f"Raised ({self.times.name})", "Who", "Verdict", "Given", "Hypothesis", "Evidence")
        return table(header, rows) if rows else Md("None recorded.")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
