"""The parts of a postmortem as Markdown, for templates to put in order.

Templates hold headings and the order; how a table looks, and what is said where nothing is known, is decided here
once for all of them: the sections that people write (`sections`), the response (`response`), what happened
(`course`), why (`reasons`), what follows (`afterwards`), and here the frame around them.
"""

from __future__ import annotations

from scribe.after.findings import Finding
from scribe.exporters.afterwards import Afterwards
from scribe.exporters.escape import Md, inline, joined
from scribe.exporters.response import counted
from scribe.exporters.rows import restrictions, who
from scribe.exporters.tables import fields, table

__all__ = ["Blocks"]


class Blocks(Afterwards):
    """The parts of one postmortem."""

    def banner(self) -> Md:
        """Whether this is a draft and what the check found in it, and how to read the marks."""
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
        if document.is_draft:
            lines += self._findings()
        if document.postmortem_only:
            lines.append("> Recorded afterwards: nothing here was written while the incident ran.")
        if document.security:
            lines.append("> **Security incident** (protected): facts only; legal conclusions stand apart from them.")
        lines += [f"> {told}" for told in restrictions(document.counts.withheld, document.counts.restricted)]
        lines.append(
            "> What people wrote stands as written; the rest is filled from the record, with references to it. "
            "**unknown**: nobody recorded it." + (" **to be written**: people have to." if document.is_draft else "")
        )
        return Md("\n>\n".join(lines))

    def glance(self) -> Md:
        """The table that every postmortem begins with."""
        document = self.document
        rows = [
            ("Incident", inline(document.id)),
            ("Date", self.date()),
            ("Duration", self.duration()),
            ("Severity", self.severity()),
            ("State", Md(document.state)),
            ("Incident commander", self.commanders()),
            ("Author", self.line("author")),
            ("Review meeting", self.line("meeting")),
            ("Time zone", self.times.label),
        ]
        if document.near_miss:
            rows.insert(4, ("Near miss", Md("yes: nobody was harmed")))
        return fields(rows)

    def record(self) -> Md:
        """What this document was made of, so that it can be checked later, and what the check was told to accept."""
        document, counts = self.document, self.document.counts
        parts = [
            fields(
                (
                    ("Entries", Md(f"{counts.entries}, {counts.shown + counts.apart} of them in this document")),
                    ("Last written", self.times.full(document.written_until)),
                    ("Head", inline(document.head)),
                    (
                        "Check",
                        Md("`scribe verify --against HEAD` says whether the record still holds what it held then"),
                    ),
                )
            )
        ]
        if document.waivers:
            parts += [Md("Findings of the check that were accepted:"), self.waivers()]
        return Md("\n\n".join(parts))

    def waivers(self) -> Md:
        """The findings that somebody accepted: by whom, when, why; empty where there are none."""
        waived = [found for found in self.document.findings if found.waived]
        messages = {(found.code, place): found.message for found in waived for place in ("", found.where)}
        rows = [
            (
                inline(waiver.code),
                inline(waiver.place) or Md("everywhere"),
                self.times.date(waiver.at),
                who(waiver.by),
                inline(messages.get((waiver.code, waiver.place), "")),
                inline(waiver.why),
            )
            for waiver in self.document.waivers
        ]
        return table(("Finding", "Where", "Accepted", "By", "What was found", "Why"), rows) if rows else Md("")

    def _findings(self) -> list[str]:
        """What stands against this draft, the errors first."""
        standing = [found for found in self.document.findings if not found.waived]
        errors = [found for found in standing if found.level == "error"]
        warnings = [found for found in standing if found.level != "error"]
        counts = [
            *((counted(len(errors), "error", "errors"),) if errors else ()),
            *((counted(len(warnings), "warning", "warnings"),) if warnings else ()),
        ]
        if not counts:
            return []
        listed = "\n".join(f"> - {_finding(found)}" for found in (*errors, *warnings))
        stands = "stands" if len(standing) == 1 else "stand"
        return [f"> The check finds what has to be put right; {joined(counts)} {stands}:", listed]


def _finding(found: Finding) -> Md:
    level = "**error**" if found.level == "error" else "warning"
    return Md(f"{level} {inline(found.code)} ({inline(found.where)}): {inline(found.message)}")
