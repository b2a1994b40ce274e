"""The parts of a postmortem as Markdown, for templates to put in order.

Templates hold headings and the order; how a table looks, and what is said where nothing is known, is decided here
once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scribe.after.threads import Change, Thread
from scribe.exporters.escape import Md, inline, joined, link, linked, paragraphs, quoted
from scribe.exporters.response import MANY, Response, counted
from scribe.exporters.rows import RESTRICTED, VERDICTS, marked, notes, restrictions, said, timeline, who
from scribe.exporters.tables import NOTHING, fields, table
from scribe.exporters.times import UNKNOWN
from scribe.record.terms import IMPACT_LABELS, SCOPE_LABELS, ImpactField

TO_WRITE = Md("**to be written**")
"""Prose that people must write."""


class Blocks(Response):
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
            lines.append("> **Security incident** (protected): facts only; legal conclusions stand apart from them.")
        lines += [f"> {told}" for told in restrictions(document.counts.withheld, document.counts.restricted)]
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
            title = self.role_title(role.role)
            for tenure in role.tenures:
                until = Md("end of the record") if tenure.until is None else self.times.clock(tenure.until)
                since = self.times.clock(tenure.since, tenure.precision)
                is_restricted = tenure.ref in self.document.counts.restricted
                note = Md(f"{inline(tenure.note)} {RESTRICTED}") if is_restricted else inline(tenure.note)
                rows.append((title, who(tenure.who), since, until, inline(tenure.ref), note))
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
                    joined(self.role_title(role) for role in person.roles),
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
            return Md(f"Impact on users: {UNKNOWN} – no statement was recorded{self.or_withheld}.")
        last = statements[-1]
        begin = f"As last stated, {marked(Md(self.stamp(last)), last)}{notes(last, self.times)}:"
        parts = [begin, quoted(last.text)]
        if len(statements) > 1:
            parts += ["Stated before:", self.entries(statements[:-1])]
        return Md("\n\n".join(parts))

    def sides(self) -> Md:
        """Every side of the impact that was stated; empty when none was."""
        rows = [
            (
                Md(IMPACT_LABELS[side.field]),
                marked(inline(side.value), side.entry),
                self.times.clock(side.entry.at, side.entry.precision),
                inline(side.entry.ref),
                joined((self.entry(entry) for entry in side.earlier[-MANY:]), "; "),
            )
            for side in self.document.sides
        ]
        return table(("Impact", "As last stated", f"At ({self.times.name})", "Ref", "Before"), rows) if rows else Md("")

    def scope(self) -> Md:
        """What is affected, what is not, and what nobody knows, with the evidence; empty when nothing was said."""
        rows = [
            (
                Md(SCOPE_LABELS[line.row]),
                inline(line.name),
                Md(line.verdict.replace("_", " ")),
                marked(linked(line.evidence, line.entry.sources) or UNKNOWN, line.entry),
                self.times.clock(line.entry.at, line.entry.precision),
                inline(line.entry.ref),
                joined(Md(verdict.replace("_", " ")) for verdict in line.earlier[-MANY:]),
            )
            for line in self.document.scope
        ]
        header = ("Scope", "Name", "Verdict", "Evidence", f"At ({self.times.name})", "Ref", "Before")
        return table(header, rows) if rows else Md("")

    def told(self, section: str, *names: ImpactField) -> Md:
        """What was recorded of these sides of the impact, where it belongs; else what people have to write there.

        The template's own label stands for the first of them.
        """
        found = [side for side in self.document.sides if side.field in names]
        if not found or self.document.sections[section].text:
            return self.write(section)
        labels = {name: f"{IMPACT_LABELS[name]}: " for name in names[1:]}
        return joined(
            (
                marked(Md(f"{labels.get(side.field, '')}{inline(side.value)} ({inline(side.entry.ref)})"), side.entry)
                for side in found
            ),
            "; ",
        )

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
        """How the timeline was written: late, reconstructed, imported, amended, apart, taken back, withheld."""
        counts = self.document.counts
        parts = [counted(counts.shown, "entry", "entries")]
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
        apart = [
            counted(len(self.document.ticks), "tick of a checklist", "ticks of checklists"),
            counted(
                len(self.document.protected.apart), "entry of the protected track", "entries of the protected track"
            ),
        ]
        if counts.apart:
            told = " and ".join(part for part in apart if not part.startswith("0 "))
            sentences.append(f"{told} {'stands' if counts.apart == 1 else 'stand'} in a section apart.")
        if counts.retracted:
            taken = counted(len(counts.retracted), "entry was", "entries were")
            sentences.append(f"{taken} taken back and left out ({joined(counts.retracted)}).")
        if counts.withheld:
            kept = counted(len(counts.withheld), "restricted entry is", "restricted entries are")
            sentences.append(f"{kept} withheld ({joined(counts.withheld)}).")
        zone = f"Times are {self.times.label}."
        return Md(" ".join((*sentences, zone)))

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
        return table(header, rows) if rows else Md(f"No hypothesis was confirmed{self.or_withheld}.")

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
            return Md(f"No source was recorded{self.or_withheld}.")
        return Md("\n".join(f"- {link(source.url)} ({joined(source.refs)})" for source in self.document.sources))

    def record(self) -> Md:
        """What this document was made of, so that it can be checked later."""
        document, counts = self.document, self.document.counts
        return fields(
            (
                ("Entries", Md(f"{counts.entries}, {counts.shown + counts.apart} of them in this document")),
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
                marked(linked(change.why, change.entry.sources), change.entry),
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
        return table(header, rows) if rows else self.none
