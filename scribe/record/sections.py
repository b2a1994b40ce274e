"""The sections of a postmortem that people write: their names, their forms, and what belongs in each."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from msgspec import Struct

from scribe.record.errors import Refused

Form = Literal["text", "list", "line", "choice", "date", "amount"]
"""How a section is read: paragraphs, one item a line, one line, one of its choices, a day or moment, a number."""


class Section(Struct, frozen=True, gc=False):
    """One part of the postmortem: the name that it is written under, its title, and what belongs there."""

    key: str
    title: str
    form: Form
    guidance: str
    choices: tuple[str, ...] = ()


YES_NO = ("yes", "no")
PREVENTION = ("yes", "no", "not-needed")
DETECTED_BY = ("monitoring", "customer", "internal", "check", "model-validation")
"""Ways in which an incident is noticed."""

SECTIONS: tuple[Section, ...] = (
    Section(
        "summary",
        "Summary",
        "text",
        "What broke, for whom, how long, and what ended it: four sentences for a reader who was not there.",
    ),
    Section("author", "Author", "line", "Who wrote this text, and who read it before it was final."),
    Section("meeting", "Review meeting", "date", "When it is talked over: 1 to 2 days after a SEV-1 or SEV-2."),
    Section("near-miss", "Near miss", "choice", "Whether nobody was harmed: then cause and lesson count.", YES_NO),
    Section("observed", "Observed", "line", "The symptom with its value: 5xx at 12 % on /checkout."),
    Section("normal", "Normal", "line", "What that value is on an ordinary day: 0.05 %."),
    Section("impact", "Impact", "text", "What users could not do, from when to when, and what it cost them."),
    Section("users", "Users", "line", "How many users, which journeys; say how the number was counted or estimated."),
    Section("revenue", "Revenue", "line", "Lost or delayed revenue with its basis, or that there was none."),
    Section("sla", "SLA", "line", "Which agreement was breached and by how much, or that none was."),
    Section(
        "data",
        "Data",
        "line",
        "What was lost, doubled or corrupted, and what has been put right since; or that nothing was.",
    ),
    Section(
        "scope",
        "Scope",
        "text",
        "User groups, fault domains, dependencies, recent changes: affected, not affected or unknown each.",
    ),
    Section(
        "detected-by",
        "Detected by",
        "choice",
        "What noticed it: monitoring, a customer, somebody of yours, a check, the validation of a model.",
        DETECTED_BY,
    ),
    Section(
        "detection",
        "Detection",
        "text",
        "Which signal came first, which one people acted on, and what would have told you sooner.",
    ),
    Section("signals", "Missed signals", "list", "What had told of it and was not seen, one a line."),
    Section(
        "trigger",
        "Trigger",
        "text",
        "The one event that set it off. It is not the reason: why the system let it through stands in the factors.",
    ),
    Section(
        "weaknesses",
        "System weaknesses",
        "list",
        "Why the system allowed the trigger to do harm: control, detection, roll-out, responsibility.",
    ),
    Section(
        "root-cause",
        "Root cause",
        "text",
        "The chain from the trigger to what users saw, each link with its evidence.",
    ),
    Section(
        "whys",
        "Five whys",
        "list",
        "Ask why at least five times; stop at something the organisation can change, never at a person.",
    ),
    Section(
        "defences",
        "Missed defences",
        "list",
        "Alert, test, limit, review or rehearsal that should have stopped it or made it smaller.",
    ),
    Section("well", "What went well", "list", "What helped and should stay: a tool, a habit, a timely decision."),
    Section(
        "wrong",
        "What went wrong",
        "list",
        "What slowed the response or made the harm larger, told as conditions and not as people.",
    ),
    Section("luck", "Where luck helped", "list", "What could as well have gone the other way, and made this worse."),
    Section("containment", "Containment", "list", "What was done to stop the harm, not to keep it away."),
    Section("prevent-monitoring", "Monitoring added", "choice", "For this failure: is it watched now?", PREVENTION),
    Section("prevent-runbook", "Runbook", "choice", "Was a runbook created or corrected?", PREVENTION),
    Section("prevent-tests", "Tests added", "choice", "Does a test cover this failure now?", PREVENTION),
    Section("prevent-architecture", "Architecture change", "choice", "Does the design have to change?", PREVENTION),
    Section("prevent-training", "Training", "choice", "Do people have to practise or learn something?", PREVENTION),
    Section(
        "lessons", "Lessons", "list", "What other teams should know, and which standard or runbook carries it now."
    ),
    Section("links", "Links", "list", "Addresses beside those that entries name: dashboards, tickets, changes."),
    Section("regulatory", "Regulators' clocks", "text", "Who has to be told until when, such as 60 days under HIPAA."),
    Section("currency", "Currency", "line", "What the amounts below are in: EUR, USD, KRW …"),
    Section("cost-revenue", "Revenue lost", "amount", "Revenue lost during the downtime."),
    Section("cost-credits", "SLA credits", "amount", "Credits issued to customers."),
    Section("cost-vendors", "Vendors", "amount", "Emergency vendors and contractors."),
    Section("cost-hours", "Engineer hours", "amount", "Hours of everybody who worked on it."),
    Section("cost-rate", "Rate of an hour", "amount", "What an hour costs, with everything."),
    Section("cost-users", "Users at risk", "amount", "How many of the affected users may leave."),
    Section("cost-churn", "Probability of leaving", "amount", "Between 0 and 1, or in per cent: 2 %."),
    Section("cost-lifetime", "Lifetime value", "amount", "What one user is worth over the years."),
    Section("cost-reputation", "Reputation", "amount", "An estimate; say in the summary what it rests on."),
)
"""Every such section, in the order in which they are written."""

BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}

_KEPT = r"[0-9]{1,15}(\.[0-9]{1,10})?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)?"
_AMOUNT = r"([0-9]{1,3}(?:[ ,_'][0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*([kKmM%]?)"
_FACTORS = {"": 1, "k": 1000, "m": 1_000_000}
_LARGEST = 1e15  # up to there a number is known to the cent


def section(name: str) -> Section:
    """A section by the name that somebody typed. Raises Refused, naming near ones."""
    key = name.strip().casefold().replace("_", "-")
    found = BY_KEY.get(key)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(key, BY_KEY, 3, 0.5)
        raise Refused(f"the postmortem has no section {name}", f"did you mean {', '.join(close or BY_KEY)}?")
    return found


def checked(found: Section, text: str) -> str:
    """The text as such a section keeps it; an empty one takes away what stood there.

    A list loses its bullets and empty lines, a choice and an amount get their one form (``48k`` is 48000, ``2 %`` is
    0.02). Raises Refused for what the form cannot be.
    """
    text = text.strip()
    match found.form:
        case "list":
            return "\n".join(filter(None, (_unbulleted(line) for line in text.split("\n"))))
        case "line":
            return " ".join(text.split())
        case "choice" if text:
            return _chosen(found, text)
        case "date" if text and not _is_date(text):
            raise Refused(f"{found.title.lower()}: {text} is no day", "like 2026-11-24")
        case "amount" if text:
            return _amount(found, text)
        case _:
            return text


def holds(found: Section, text: str) -> bool:
    """Whether a stored text has the form of such a section; what another copy or program recorded need not have it."""
    match found.form:
        case "choice" if text:
            return text in found.choices
        case "date" if text:
            return _is_date(text)
        case "amount" if text:
            return re.fullmatch(_KEPT, text) is not None
        case _:
            return True


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(_DATE, text) is not None


def _unbulleted(line: str) -> str:
    return re.sub(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+", "", line).strip()


def _chosen(found: Section, text: str) -> str:
    word = text.casefold().replace("_", "-").replace(" ", "-")
    near = [choice for choice in found.choices if choice == word or (len(word) > 1 and choice.startswith(word))]
    if len(near) != 1 and word not in near:
        raise Refused(f"{found.title.lower()}: {text} is none of {', '.join(found.choices)}")
    return word if word in near else near[0]


def _amount(found: Section, text: str) -> str:
    known = re.fullmatch(_AMOUNT, re.sub(r"^[^\d\s.,-]{1,3}\s?|\s?[^\d\s.,%kKmM-]{1,3}$", "", text))
    if not known:
        raise Refused(f"{found.title.lower()}: {text} is no number", "like 48000, 48k or 2 %")
    if not known[3] and re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", known[1] + (known[2] or "")):
        raise Refused(f"{found.title.lower()}: {text} may be two numbers", f"write {text.replace('.', '')}, or {text}0")
    number = float(re.sub(r"[ ,_']", "", known[1]) + (known[2] or ""))
    number = number / 100 if known[3] == "%" else number * _FACTORS[known[3].lower()]
    if number >= _LARGEST:
        raise Refused(f"{found.title.lower()}: that is more than any amount", "like 48000, 48k or 2 %")
    return f"{number:.10f}".rstrip("0").rstrip(".")
