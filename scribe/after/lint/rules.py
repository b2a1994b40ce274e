"""The list of rules, and the check that asks each of them."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.after.findings import Finding
from scribe.after.lint import actions, factors, impact, response, text, timeline
from scribe.after.lint.rule import Problem, Rule
from scribe.after.lint.subject import Subject
from scribe.record.written import Waiver

RULES: tuple[Rule, ...] = (
    *impact.RULES,
    *timeline.RULES,
    *response.RULES,
    *factors.RULES,
    *text.RULES,
    *actions.RULES,
)
"""Every rule, in the order in which findings are told."""


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What every rule finds that is asked; errors first, otherwise in the order of the rules."""
    found = [finding for rule in RULES if _is_asked(rule, subject) for finding in _told(rule, subject)]
    return tuple(sorted(found, key=lambda finding: finding.level != "error"))


def _is_asked(rule: Rule, subject: Subject) -> bool:
    if not subject.options.wants(rule.code):
        return False
    if rule.response and subject.document.postmortem_only:
        return False
    match rule.asked:
        case "over":
            return not subject.document.is_open
        case "review":
            return subject.reviewed
        case "always":
            return True


def _told(rule: Rule, subject: Subject) -> Iterator[Finding]:
    level = subject.options.levels.get(rule.code) or rule.levels.of(subject.size)
    if level == "off":
        return
    for problem in rule.find(subject):
        yield Finding(
            rule.code,
            "warning" if problem.mild else level,
            problem.where,
            problem.message,
            rule.why,
            problem.fix or rule.fix,
            problem.start,
            problem.end,
            _waived(rule.code, problem, subject.state.waivers),
        )


def _waived(code: str, problem: Problem, waivers: tuple[Waiver, ...]) -> str:
    """Why somebody accepted it: by its place, by the whole section, or wherever it stands."""
    places = ("", problem.where.casefold(), problem.where.partition(":")[0].casefold())
    for waiver in reversed(waivers):
        if waiver.code == code and waiver.place.casefold() in places:
            return waiver.why
    return ""
