"""What only people can write, and one line each on what belongs there."""

from __future__ import annotations

from msgspec import Struct


class Section(Struct, frozen=True, gc=False):
    """A part of the postmortem that no record holds; without text it is still to be written."""

    key: str
    guidance: str
    text: str = ""


class Layer(Struct, frozen=True, gc=False):
    """A layer of the system in which contributing factors are looked for."""

    key: str
    title: str
    question: str


SECTIONS: tuple[Section, ...] = (
    Section("author", "Who wrote this text, and who read it before it was final."),
    Section(
        "summary",
        "What broke, for whom, how long, and what ended it: four sentences for a reader who was not there.",
    ),
    Section("users", "How many users, which journeys; say how the number was counted or estimated."),
    Section("revenue", "Lost or delayed revenue with its basis, or that there was none."),
    Section("sla", "Which agreement was breached and by how much, or that none was."),
    Section("data", "What was lost, doubled or corrupted, and what has been put right since; or that nothing was."),
    Section(
        "scope", "User groups, fault domains, dependencies, recent changes: affected, not affected or unknown each."
    ),
    Section("detection", "Which signal came first, which one people acted on, and what would have told you sooner."),
    Section(
        "trigger",
        "The one event that set it off. It is not the reason: why the system let it through stands in the factors.",
    ),
    Section(
        "weaknesses", "Why the system allowed the trigger to do harm: control, detection, roll-out, responsibility."
    ),
    Section("root_cause", "The chain from the trigger to what users saw, each link with its evidence."),
    Section("whys", "Ask why at least five times; stop at something the organisation can change, never at a person."),
    Section("defences", "Alert, test, limit, review or rehearsal that should have stopped it or made it smaller."),
    Section("well", "What helped and should stay: a tool, a habit, a decision taken in time."),
    Section("wrong", "What slowed the response or made the harm larger, told as conditions and not as people."),
    Section("luck", "What could as well have gone the other way and would have made this worse."),
    Section(
        "actions", "One row for each weakness, not for each symptom; a signal that anyone can check says it is done."
    ),
    Section("lessons", "What other teams should know, and which standard or runbook carries it from now on."),
)
"""Every such part, under the name that `scribe write` knows it by where it has one."""

LAYERS: tuple[Layer, ...] = (
    Layer("technical", "Technical", "Which property of code, data or capacity turned the trigger into harm?"),
    Layer("operational", "Operational", "What in running it (access, tools, spare capacity) held the response up?"),
    Layer("detection", "Detection", "Which signal was missing, unread or too late?"),
    Layer("change", "Change", "How did the change get past review, tests, staging and gradual roll-out?"),
    Layer("responsibility", "Responsibility", "Where was it unclear who owns or may do what; which runbook was wrong?"),
    Layer("organisational", "Organisational", "Which priority, budget or habit made the weak spot likely?"),
)
"""The layers of contributing factors; at least three factors over at least two of them are wanted."""
