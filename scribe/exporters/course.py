"""What happened, as Markdown: impact, times, people, detection and the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scribe.after.spans import Block, blocks
from scribe.after.threads import Change
from scribe.exporters import mermaid
from scribe.exporters.escape import Md, inline, joined, linked, paragraphs, quoted
from scribe.exporters.response import MANY, counted
from scribe.exporters.rows import RESTRICTED, kind, marked, notes, said, timeline, who
from scribe.exporters.sections import Sections
from scribe.exporters.tables import NOTHING, fields, table
from scribe.exporters.times import UNKNOWN
from scribe.record.events import Fact
from scribe.record.state import Entry
from scribe.record.terms import IMPACT_LABELS, SCOPE_LABELS

SHORT = 30
"""Entries that a page takes: of more, a short timeline tells those alone that give the course."""

_COURSE = frozenset({"declared", "milestone", "severity", "state", "impact", "decision", "action"})


class Course(Sections):
    """The parts of one postmortem that tell what happened."""

    # ── impact ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def impact(self) -> Md:
        """What people wrote of the impact; then the latest statement of it, and the earlier ones."""
        part, statements = self.document.sections["impact"], self.document.impact
        asked = paragraphs(part.text) or self.missing(part.guidance)
        if not statements:
            whole, rest = "Impact on users", ""
            if self.document.sides:
                whole, rest = "Impact as a whole", "; what was said of its sides stands below"
            nothing = Md(f"{whole}: {UNKNOWN} – no statement was recorded{self.or_withheld}{rest}.")
            return asked if part.text else Md(f"{nothing}\n\n{asked}")
        last = statements[-1]
        begin = f"As last stated, {marked(Md(self.stamp(last)), last)}{notes(last, self.times)}:"
        parts = [begin, quoted(last.text)]
        if len(statements) > 1:
            parts += ["Stated before:", self.entries(statements[:-1])]
        return Md("\n\n".join([asked, *parts] if part.text else [*parts, asked]))

    def impact_in_short(self) -> Md:
        """What people wrote of the impact; else the latest statement of it."""
        text, statements = self.document.sections["impact"].text, self.document.impact
        if text or not statements:
            return paragraphs(text) or self.impact()
        return Md(f"{marked(inline(statements[-1].text), statements[-1])} ({inline(statements[-1].ref)})")

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

    def affected(self) -> Md:
        """The scope as people wrote it, then as the record holds it; to be written where neither is there."""
        rows = self.scope()
        if rows and not self.written("scope"):
            return rows
        return Md(f"{self.write('scope')}\n\n{rows}".strip())

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

    def targets(self) -> Md:
        """The milestones that were agreed on against what was reached; empty where none were."""
        verdicts = {True: "yes", False: "no", None: "unknown"}
        rows = [
            (
                Md(target.moment),
                Md("at once") if not target.target else self.length(target.target),
                self.length(target.actual),
                Md(verdicts[target.met]),
            )
            for target in self.document.targets
        ]
        return table(("Milestone", "Target after T+0", "Reached after", "In time"), rows) if rows else Md("")

    def severities(self) -> Md:
        """The severity from the declaration on."""
        return self._changes("Severity", self.document.severities)

    def states(self) -> Md:
        """The states the incident went through."""
        return self._changes("State", self.document.states)

    def phases(self) -> Md:
        """States and moments as a diagram; empty where there is none to draw, or no diagrams are wanted."""
        return self._drawn(mermaid.timeline(self.document))

    def _drawn(self, diagram: str) -> Md:
        """A diagram in its fence."""
        return Md(f"```mermaid\n{diagram}\n```") if diagram and self.diagrams else Md("")

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

    # ── detection ───────────────────────────────────────────────────────────────────────────────────────────────────

    def detection(self) -> Md:
        """How it was noticed, and how long that took."""
        found = self.document.detection
        rows = [
            ("Detected", self.at(self.document.moment("detected"))),
            ("Recorded as", self.entry(found.milestone) if found.milestone else UNKNOWN),
            ("Recorded at that moment", joined((self.entry(entry) for entry in found.facts[:MANY]), "; ") or UNKNOWN),
            ("First alert", self.at(self.document.moment("first-alert"))),
            ("Delay (started → detected)", self.delay()),
            ("Detected by", self.line("detected-by")),
        ]
        return fields(rows)

    def delay(self) -> Md:
        """How long it went unnoticed."""
        return self.measured("TTD", self.document.measure("TTD").note)

    def before_detection(self) -> Md:
        """Facts from before anybody noticed: where trigger and missed signals are looked for."""
        return self.entries(self.document.detection.before)

    # ── the timeline ────────────────────────────────────────────────────────────────────────────────────────────────

    def key_moments(self) -> Md:
        """The entries that somebody starred, all of them; empty where nobody did."""
        starred = self.document.starred
        return timeline(starred, self.times) if starred else Md("")

    def timeline(self) -> Md:
        """Every entry that stands, and how many of them were not written as they happened."""
        return timeline(self.document.timeline, self.times, (self.honesty(),))

    def in_blocks(self) -> Md:
        """The same entries, a row for every quarter of an hour (001); what is no fact is called what it is."""
        rows = [
            (self._span(block), Md(str(len(block.entries))), joined(map(self._told, block.entries), "; "))
            for block in blocks(self.document.timeline)
        ]
        return Md(f"{self.honesty()}\n\n{table((f'Time ({self.times.name})', 'Entries', 'What'), rows)}")

    def short_timeline(self) -> Md:
        """What was starred; where nothing was, every entry, or of many those that give the course."""
        entries: Sequence[Entry] = self.document.starred or self.document.timeline
        if len(entries) > SHORT and not self.document.starred:
            entries = [entry for entry in entries if entry.kind in _COURSE]
        left = len(self.document.timeline) - len(entries)
        more = Md(f"{counted(left, 'more entry stands', 'more entries stand')} in the record. ") if left else Md("")
        return Md(f"{timeline(entries, self.times)}\n\n{more}{self.honesty()}")

    def honesty(self) -> Md:
        """How the timeline was written: late, reconstructed, imported, amended, apart, hidden, taken back, withheld."""
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
        sentences = [f"{'; '.join(parts)}.", *self._left_out(), f"Times are {self.times.label}."]
        return Md(" ".join(sentences))

    def _left_out(self) -> list[str]:
        counts, found = self.document.counts, []
        apart = [
            counted(len(self.document.ticks), "tick of a checklist", "ticks of checklists"),
            counted(
                len(self.document.protected.apart), "entry of the protected track", "entries of the protected track"
            ),
        ]
        if counts.apart:
            told = " and ".join(part for part in apart if not part.startswith("0 "))
            found.append(f"{told} {'stands' if counts.apart == 1 else 'stand'} in a section apart.")
        if counts.hidden:
            found.append(f"{counted(counts.hidden, 'entry was', 'entries were')} left out by whoever edited this.")
        if counts.retracted:
            taken = counted(len(counts.retracted), "entry was", "entries were")
            found.append(f"{taken} taken back and left out ({joined(counts.retracted)}).")
        if counts.withheld:
            kept = counted(len(counts.withheld), "restricted entry is", "restricted entries are")
            found.append(f"{kept} withheld ({joined(counts.withheld)}).")
        return found

    def _told(self, entry: Entry) -> Md:
        """An entry within a row that has no columns for what it is and where it stands."""
        label = "" if isinstance(entry.payload, Fact) else f"{inline(kind(entry))}: "
        return Md(f"{label}{said(entry)} ({inline(entry.ref)}){notes(entry, self.times)}")

    def _span(self, block: Block) -> Md:
        if not block.start:
            return UNKNOWN
        return Md(f"{self.times.clock(block.start, 'minute')} – {self.times.beside(block.end, block.start)[:5]}")

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
