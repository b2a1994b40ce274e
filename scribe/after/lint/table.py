"""The rules as a table in Markdown, for the README."""

from __future__ import annotations

from scribe.after.lint.options import Level
from scribe.after.lint.rule import Rule
from scribe.after.lint.rules import RULES

_SIGNS: dict[Level, str] = {"error": "error", "warning": "warning", "off": "–"}


def levels(rule: Rule) -> dict[str, Level]:
    """How grave the rule is, by the size of the record."""
    known = rule.levels
    return {"SEV-1/2": known.full, "SEV-3/4": known.small, "lite": known.lite, "near miss": known.near_miss}


def markdown() -> str:
    """One row a rule: code, levels, what is wanted, why it matters, how to put it right."""
    sizes = tuple(levels(RULES[0]))
    head = ("rule", *sizes, "what is wanted", "why", "how to put it right")
    rows = [head, ("---",) * len(head)]
    for rule in RULES:
        told = (_SIGNS[level] for level in levels(rule).values())
        rows.append((f"`{rule.code}`", *told, rule.title, rule.why, rule.fix.replace("|", "\\|")))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
