"""What the rules look at: one incident, and what several of them ask of it, worked out once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from scribe.after.language import filler
from scribe.after.lint.options import Options
from scribe.after.postmortem import Postmortem
from scribe.record.events import Impact, Severity
from scribe.record.sections import SECTIONS
from scribe.record.state import Entry, State
from scribe.record.terms import OVER
from scribe.words import Words

Size = Literal["full", "small", "lite", "near-miss"]
"""What is asked of a record: of a SEV-1 or SEV-2 (or unset), of a SEV-3 or SEV-4, of a lite document, a near miss."""

_NOT_PROSE = frozenset({"author", "links", "currency"})
_PROSE_FORMS = frozenset({"text", "list", "line"})
_TOLD_IN_LITE = frozenset({"summary", "observed", "normal", "impact", "users", "revenue", "sla", "data", "scope"})
"""Of a lite document and of a near miss impact, timeline and actions are checked, and no more."""

_ANSWERS = ("wrong", "weaknesses", "defences", "signals", "detection", "root-cause", "luck", "lessons")
_REFERENCE = r"(?<![\w&/])(?:#\d+|[HDABT]\d+)(?:·\w+)?(?!\w)"
_ENTRIES_SAID = frozenset({"fact", "note", "hypothesis", "decision", "action", "impact", "update"})

_MOST_READ = 500
"""Entries up to which the words of all are read: a longer timeline would take longer than a key stroke may."""


class Piece(Struct, frozen=True, gc=False):
    """Something that people wrote: its place, its words, and how many characters stand before them at that place."""

    where: str
    text: str
    offset: int = 0
    is_entry: bool = False


class Phase(Struct, frozen=True, gc=False):
    """A time (UTC text) in which users suffered, and the entry that it began with."""

    start: str
    end: str
    entry: Entry


class Subject:
    """One incident under the check."""

    def __init__(
        self, document: Postmortem, state: State, now: str, template: str, words: Words, options: Options
    ) -> None:
        self.document = document
        self.board = state.board
        self.state = state
        self.now = now
        self.template = template
        self.words = words
        self.options = options

    # ── what it is ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def severity(self) -> int | None:
        """1 to 4, None while it is unset."""
        return self.document.severity

    @property
    def size(self) -> Size:
        """How much is asked of this document."""
        if self.document.near_miss:
            return "near-miss"
        if self.template == "lite":
            return "lite"
        return "small" if self.severity in (3, 4) else "full"

    @property
    def reviewed(self) -> bool:
        """Whether the postmortem is due or begun: nobody is asked for one while users still suffer."""
        document = self.document
        begun = document.factors or document.items or any(part.words for part in document.sections.values())
        return not document.is_open or bool(begun)

    # ── what was said ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def shown(self) -> tuple[Entry, ...]:
        """The entries that hold, in the timeline's order."""
        return tuple(entry for entry in self.state.entries if entry.retracted is None)

    def said(self, *sections: str) -> bool:
        """Whether one of these sections says something."""
        return any((text := self.document.sections[key].text) and not filler(text, self.words) for key in sections)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Everybody whom the record names."""
        names = dict.fromkeys(person.name for person in self.document.people)
        for entry in self.shown:
            if entry.payload.mentions:
                names.update(dict.fromkeys(entry.payload.mentions))
        names.update(dict.fromkeys(item.owner for item in self.document.items))
        return tuple(name for name in names if name and name != "withheld")

    @cached_property
    def written(self) -> tuple[Piece, ...]:
        """The prose of the postmortem: sections (a list line by line), factors, action items."""
        return (*self._sections(), *self._factors(), *self._items())

    @cached_property
    def spoken(self) -> tuple[Piece, ...]:
        """What people said in the entries that documents show: of a very long timeline in those that are starred."""
        said = [entry for entry in self.document.timeline if entry.kind in _ENTRIES_SAID]
        if len(said) > _MOST_READ:
            said = [entry for entry in said if entry.starred]
        return tuple(Piece(entry.ref, entry.text, is_entry=True) for entry in said)

    def _sections(self) -> Iterator[Piece]:
        small = self.size in ("lite", "near-miss")
        for section in SECTIONS:
            text = self.document.sections[section.key].text
            if not text or section.form not in _PROSE_FORMS or section.key in _NOT_PROSE:
                continue
            if small and section.key not in _TOLD_IN_LITE:
                continue
            if section.form != "list":
                yield Piece(section.key, text)
                continue
            offset = 0
            for number, line in enumerate(text.split("\n"), 1):
                yield Piece(f"{section.key}:{number}", line, offset)
                offset += len(line) + 1

    def _factors(self) -> Iterator[Piece]:
        if self.size not in ("lite", "near-miss"):
            for factor in self.document.factors:
                yield Piece(factor.ref, factor.text)

    def _items(self) -> Iterator[Piece]:
        for item in self.document.items:
            yield Piece(item.ref, item.text)

    @cached_property
    def answered(self) -> frozenset[str]:
        """The references that the analysis names: what went against the rules there is dealt with, not hidden."""
        texts = [self.document.sections[key].text for key in _ANSWERS]
        texts += [factor.text for factor in self.document.factors]
        texts += [item.text for item in self.document.items]
        return frozenset(ref for text in texts for ref in re.findall(_REFERENCE, text))

    # ── how it went ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """When users suffered, as the states tell: not while it was watched or over, and not after the mitigation."""
        changes = self.document.states
        mitigated = self.board.moment("mitigated")
        found = []
        for place, change in enumerate(changes):
            if change.after in OVER or change.after == "monitoring":
                continue
            start = change.entry.at
            end = changes[place + 1].entry.at if place + 1 < len(changes) else self.document.written_until
            if mitigated is not None and start < mitigated < end:
                end = mitigated
            if start < end:
                found.append(Phase(start, end, change.entry))
        return tuple(_joined(found))

    def severity_at(self, at: str) -> int | None:
        """The severity that held then; before the first change the one that was declared."""
        found: int | None = None
        for change in self.document.severities:
            if found is not None and change.entry.at > at:
                break
            payload = change.entry.payload
            found = payload.level if isinstance(payload, Severity) else getattr(payload, "severity", None)
        return found

    def is_over_at(self, at: str) -> bool:
        """Whether the incident was over then."""
        state = ""
        for change in self.document.states:
            if change.entry.at > at:
                break
            state = change.after
        return state in OVER

    @property
    def impact_said(self) -> bool:
        """Whether the impact was stated, by anybody, anywhere."""
        entries = (entry for entry in self.shown if isinstance(entry.payload, Impact))
        return self.said("impact", "users") or any(not filler(entry.text, self.words) for entry in entries)


def _joined(phases: list[Phase]) -> Iterator[Phase]:
    """Phases that follow one another without a break are one."""
    running: Phase | None = None
    for phase in phases:
        if running is not None and phase.start <= running.end:
            running = Phase(running.start, max(running.end, phase.end), running.entry)
            continue
        if running is not None:
            yield running
        running = phase
    if running is not None:
        yield running
