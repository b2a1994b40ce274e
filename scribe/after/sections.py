"""What people wrote in the postmortem's sections, and the questions that the layers of factors ask."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from scribe.record.sections import SECTIONS, Section, holds
from scribe.record.state import State
from scribe.record.terms import FactorLayer
from scribe.record.written import Words

_REFERENCE = re.compile(r"(?<![\w&/])((?:#\d+|[HDABFT]\d+)(?:·\w+)?)(?!\w)")


class Part(Struct, frozen=True, gc=False):
    """A section as it stands; ``words`` is None until somebody writes it."""

    section: Section
    words: Words | None = None

    @property
    def key(self) -> str:
        """The name that it is written under."""
        return self.section.key

    @property
    def guidance(self) -> str:
        """What belongs there."""
        return self.section.guidance

    @property
    def text(self) -> str:
        """What it says; empty until somebody writes it."""
        return self.words.text if self.words else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its items, where it is a list; else its lines that say something."""
        return tuple(line for line in self.text.split("\n") if line.strip())

    @property
    def day(self) -> str:
        """Its day or moment; empty where it is none."""
        return self.text if self.section.form == "date" else ""

    @property
    def amount(self) -> float | None:
        """Its number, where it is an amount; None where nobody gave one."""
        return float(self.text) if self.section.form == "amount" and self.text else None

    @property
    def refs(self) -> tuple[str, ...]:
        """The references that it names: the entries that it came from."""
        return tuple(dict.fromkeys(_REFERENCE.findall(self.text)))


class Layer(Struct, frozen=True, gc=False):
    """A layer of the system in which contributing factors are looked for."""

    key: FactorLayer
    title: str
    question: str


def parts(state: State) -> dict[str, Part]:
    """Every section, by its key, in the order in which they are written.

    One whose stored text is no such day, choice or amount is read as a line: it is shown, and reckoned with nowhere.
    """
    written = {key: words for key, words in state.sections.items() if words.text}
    return {section.key: _part(section, written.get(section.key)) for section in SECTIONS}


def _part(section: Section, words: Words | None) -> Part:
    is_read = words is None or holds(section, words.text)
    return Part(section if is_read else replace(section, form="line"), words)


LAYERS: tuple[Layer, ...] = (
    Layer("technical", "Technical", "Which property of code, data or capacity turned the trigger into harm?"),
    Layer("operational", "Operational", "What in running it (access, tools, spare capacity) held the response up?"),
    Layer("detection", "Detection", "Which signal was missing, unread or too late?"),
    Layer("change", "Change", "How did the change get past review, tests, staging and gradual roll-out?"),
    Layer("responsibility", "Responsibility", "Where was it unclear who owns or may do what; which runbook was wrong?"),
    Layer("organisational", "Organisational", "Which priority, budget or habit made the weak spot likely?"),
)
"""The layers of contributing factors; at least three factors over at least two of them are wanted."""
