"""What people wrote in the postmortem's sections as Markdown; until then, what the record holds, marked as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from scribe.after.postmortem import Postmortem
from scribe.after.prefill import Found, prefill
from scribe.after.sections import Part
from scribe.exporters.escape import Md, inline, joined, linked, paragraphs
from scribe.exporters.response import Response
from scribe.exporters.rows import RESTRICTED, kind, marked
from scribe.exporters.times import UNKNOWN
from scribe.record.terms import IMPACT_LABELS, ImpactField

TO_WRITE = Md("**to be written**")
NOT_WRITTEN = Md("*not written*")
"""Prose that people must write."""

FROM_RECORD = Md("From the record:")
"""Stands above what nobody wrote and the record holds."""

_DAY = len("2026-11-20")


class Sections(Response):
    """The parts of one postmortem that are people's own words."""

    def __init__(self, document: Postmortem, *, diagrams: bool = True) -> None:
        super().__init__(document)
        self.diagrams = diagrams

    @cached_property
    def _held(self) -> Mapping[str, tuple[Found, ...]]:
        """What the record holds for each section."""
        return prefill(self.document)

    def write(self, key: str) -> Md:
        """A section as it was written; until then what the record holds, and what belongs there."""
        part = self.document.sections[key]
        if part.section.form not in ("text", "list"):
            return self.line(key)
        if not part.text:
            return self._unwritten(key, part.guidance)
        if part.section.form == "list":
            return Md("\n".join(f"- {inline(line)}" for line in part.lines))
        return paragraphs(part.text)

    def steps(self, key: str) -> Md:
        """As `write`; the lines of a list are numbered, where one follows from the other."""
        part = self.document.sections[key]
        if not part.text:
            return self.write(key)
        return Md("\n".join(f"{number}. {inline(line)}" for number, line in enumerate(part.lines, 1)))

    def line(self, key: str) -> Md:
        """A section of one line within a sentence or a cell; a choice, day or amount nobody gave is unknown."""
        part = self.document.sections[key]
        if part.text:
            return self._short(part)
        found = self._held.get(key, ())
        if found:
            return joined((self._cited(each) for each in found), "; ")
        is_fact = part.section.form in ("choice", "date", "amount")
        return UNKNOWN if is_fact else self.missing(part.guidance)

    def told(self, key: str, *names: ImpactField) -> Md:
        """As `line`, from the sides of the impact; the template's own label stands for the first of them."""
        found = [side for side in self.document.sides if side.field in names]
        if not found or self.document.sections[key].text:
            return self.line(key)
        labels = {name: f"{IMPACT_LABELS[name]}: " for name in names[1:]}
        return joined(
            (
                marked(Md(f"{labels.get(side.field, '')}{inline(side.value)} ({inline(side.entry.ref)})"), side.entry)
                for side in found
            ),
            "; ",
        )

    def symptom(self) -> Md:
        """What was seen, against what is seen on an ordinary day (000)."""
        observed, normal = self.document.sections["observed"], self.document.sections["normal"]
        if not (observed.text or normal.text):
            return self.line("observed")
        return Md(f"{inline(observed.text) or UNKNOWN}; normal: {inline(normal.text) or UNKNOWN}")

    def missing(self, guidance: str) -> Md:
        """What stands where people have to write: what belongs there, and in a final document that nobody did."""
        return Md(f"{TO_WRITE} – {inline(guidance)}") if self.document.is_draft else NOT_WRITTEN

    def _unwritten(self, key: str, guidance: str) -> Md:
        """What the record holds for something that nobody wrote, then what belongs there."""
        asked = self.missing(guidance)
        found = self._held.get(key, ())
        return Md(f"{FROM_RECORD}\n\n{self._listed(found)}\n\n{asked}") if found else asked

    def _listed(self, found: Sequence[Found]) -> Md:
        """What the record holds, one a line."""
        return Md("\n".join(f"- {self._cited(each)}" for each in found))

    def _cited(self, found: Found) -> Md:
        """Something that the record holds, with the entries that say so; what is no fact is called what it is."""
        label = next((self._labels[ref] for ref in found.refs if ref in self._labels), None)
        text = linked(found.text, [source.url for source in self.document.sources if source.url in found.text])
        if label and found.text.startswith(label[1]):  # else it says what it is in its own words
            text = Md(f"{label[0]} – {text}")
        refs = [ref for ref in found.refs if ref not in found.text]
        cited = Md(f"{text} ({joined(refs)})") if refs else text
        is_restricted = any(ref in self.document.counts.restricted for ref in found.refs)
        return Md(f"{cited} {RESTRICTED}") if is_restricted else cited

    def written(self, key: str) -> bool:
        """Whether somebody wrote that section, so that a template may leave its heading out."""
        return bool(self.document.sections[key].text)

    def day(self, text: str) -> Md:
        """A day as it stands, or a moment (UTC text) in the document's zone."""
        return inline(text) if len(text) <= _DAY else self.times.full(text, "minute")

    @cached_property
    def _labels(self) -> Mapping[str, tuple[str, str]]:
        """What entries are called that are no facts, and their words: hypotheses, and what nobody finished."""
        document = self.document
        failed = (thread for thread in document.actions if thread.status == "failed")
        threads = (*document.hypotheses, *document.in_flight, *failed)
        labels = {thread.entry.ref: (kind(thread.entry), thread.entry.text) for thread in threads}
        return labels | {point.entry.ref: ("decision point", point.point.what) for point in document.points}

    def _short(self, part: Part) -> Md:
        match part.section.form:
            case "choice":
                return inline(part.text.replace("-", " "))
            case "date":
                return self.day(part.text)
            case "amount":
                return self.amount(part.amount)
            case _:
                return inline(" ".join(part.text.split()))

    def amount(self, value: float | None) -> Md:
        """A number with its thousands set apart; None is unknown."""
        return UNKNOWN if value is None else Md(f"{value:,.2f}".removesuffix(".00"))
