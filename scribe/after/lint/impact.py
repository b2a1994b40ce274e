"""Rules on what users suffered: impact, scope, severity; on who answered; on whether it is over."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scribe.after.lint.rule import ALWAYS, Levels, Problem, Rule
from scribe.after.lint.subject import Subject
from scribe.record.terms import OVER, SCOPE_LABELS, SCOPE_ROWS

_ROLES = {"ic": "an Incident Commander", "ops": "an operations lead", "comms": "a communications lead"}
_SIGNALS = {"user-signal": "what users see", "health-signal": "internal health"}


def still_open(subject: Subject) -> Iterator[Problem]:
    """Users are still affected."""
    if subject.document.is_open:
        yield Problem("state", f"the incident is still {subject.document.state}: only a draft can be exported")


def impact_missing(subject: Subject) -> Iterator[Problem]:
    """Nobody said who suffers what."""
    if not subject.impact_said:
        yield Problem("impact", "nobody said who was affected, and what they could not do")


def severity_missing(subject: Subject) -> Iterator[Problem]:
    """The severity was never set."""
    if subject.severity is None:
        yield Problem("severity", "the severity was never set")


def scope_missing(subject: Subject) -> Iterator[Problem]:
    """Neither the scope table nor the section says anything."""
    if not (subject.document.scope or subject.said("scope")):
        yield Problem("scope", "nothing says which users, fault domains, dependencies and changes were part of it")


def scope_rows(subject: Subject) -> Iterator[Problem]:
    """The scope table leaves a kind of row out."""
    found = {line.row for line in subject.document.scope}
    missing = [SCOPE_LABELS[row] for row in SCOPE_ROWS if row not in found]
    if found and missing and not subject.said("scope"):
        yield Problem("scope", f"nothing is said of any {', '.join(missing)}, not even that it is unknown")


def role_missing(subject: Subject) -> Iterator[Problem]:
    """A required role was never held, and never marked as not needed."""
    severity = subject.severity
    required = ("ic",) if severity is None else subject.options.roles.get(severity, ("ic",))
    held = {row.role for row in subject.document.roles if row.tenures or row.not_needed}
    for role in required:
        if role not in held:
            title = _ROLES.get(role, f"anybody as {role}")
            yield Problem(
                role, f"the record does not name {title}", fix=f"/role {role} @name, or /role {role} not-needed"
            )


def recovery_unconfirmed(subject: Subject) -> Iterator[Problem]:
    """It is over, and one of the two signals was not seen; what was seen before a regression does not count."""
    states = subject.document.states
    reopened = max(
        (new.entry.at for old, new in pairwise(states) if old.after in OVER and new.after not in OVER), default=""
    )
    for name, signal in _SIGNALS.items():
        tick = subject.document.recovery.get(name)
        again = f"/tick resolution {name} WHAT YOU SAW"
        if tick is None:
            yield Problem(name, f"nobody confirmed by {signal} that it recovered", fix=again)
        elif tick.at < reopened:
            text = f"that it recovered was confirmed by {signal} before it came back, and not since"
            yield Problem(name, text, fix=f"/untick resolution {name}, then {again}")


RULES: tuple[Rule, ...] = (
    Rule(
        "still-open",
        "the incident is over",
        "What is written while users still suffer is a guess at the end; only a draft may go out.",
        "/state resolved once both signals show that it is over; until then export a draft",
        ALWAYS,
        still_open,
    ),
    Rule(
        "impact-missing",
        "the impact is stated",
        "Everything else is judged by it: severity, updates, what is worth changing.",
        "/impact WHO CANNOT DO WHAT, or scribe write impact TEXT",
        Levels("error", "error", "error", "warning"),
        impact_missing,
    ),
    Rule(
        "severity-missing",
        "the severity is set",
        "Cadence, roles and deadlines follow from it, and numbers over all incidents leave this one out.",
        "/sev 1-4 WHY",
        Levels("error", "error", "error", "warning"),
        severity_missing,
    ),
    Rule(
        "scope-missing",
        "the scope is bounded",
        "Without it nobody knows who was not affected, nor which change or dependency was looked at.",
        "/scope group NAME affected EVIDENCE, also: domain, dependency, change; unknown is an answer too",
        Levels("error", "warning"),
        scope_missing,
    ),
    Rule(
        "scope-rows",
        "users, fault domains, dependencies and changes are all scoped",
        "What is left blank reads as if somebody had looked and found nothing.",
        "/scope domain NAME not affected EVIDENCE, or: unknown; or say it in the section scope",
        Levels("warning", "off"),
        scope_rows,
    ),
    Rule(
        "role-missing",
        "required roles were held, or marked as not needed",
        "Without a name for each role its duties fall between people, and nobody can say who decided.",
        "/role ROLE @name, or /role ROLE not-needed",
        Levels("error", "error"),
        role_missing,
        response=True,
    ),
    Rule(
        "recovery-unconfirmed",
        "recovery is confirmed by both signals",
        "Green dashboards with unhappy users, or the reverse, are how incidents come back.",
        "/tick resolution user-signal WHAT YOU SAW, and the same for health-signal",
        Levels("error", "error"),
        recovery_unconfirmed,
        asked="over",
    ),
)
"""What users suffered, who answered, and whether it is over."""
