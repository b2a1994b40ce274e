"""The codes of the rules by what they are about. A code never changes: waivers and config files name it."""

from __future__ import annotations

FAMILIES: dict[str, tuple[str, ...]] = {
    "record": ("still-open",),
    "impact": ("impact-missing", "severity-missing", "scope-missing", "scope-rows"),
    "roles": ("role-missing",),
    "recovery": ("recovery-unconfirmed",),
    "timeline": (
        "milestone-missing",
        "milestone-wanted",
        "milestone-order",
        "timeline-missing",
        "timeline-part",
        "reconstructed",
        "no-sources",
        "unsourced",
        "untimed",
        "gap",
        "left-in-flight",
    ),
    "updates": ("update-missing", "next-update-missing", "cadence-missed", "cap-passed"),
    "checkpoints": ("checkpoint-missing", "checkpoint-late"),
    "mitigation": ("stalled", "debate"),
    "deadlines": ("deadline-missed",),
    "factors": (
        "summary-missing",
        "trigger-missing",
        "few-factors",
        "few-layers",
        "factor-layer",
        "candidate",
        "weakness-unanswered",
        "only-trigger",
    ),
    "text": (
        "human-error",
        "blame",
        "single-cause",
        "why-person",
        "legal-conclusion",
        "secret",
        "placeholder",
    ),
    "actions": (
        "no-actions",
        "action-owner",
        "action-due",
        "action-verification",
        "action-category",
        "vague-action",
        "action-per-symptom",
        "due-priority",
    ),
}
"""Every family, in the order in which findings are told."""

CODES: tuple[str, ...] = tuple(code for codes in FAMILIES.values() for code in codes)
"""Every code."""

EVERYTHING = "all"
"""Names every rule."""


def rank(word: str, code: str) -> int:
    """How exactly a word of ``select`` or ``ignore`` names a rule; 0 when it does not."""
    if word == code:
        return 4
    if code in FAMILIES.get(word, ()):
        return 2
    if word == EVERYTHING:
        return 1
    return 3 if word and code.startswith(word) else 0


def is_known(word: str) -> bool:
    """Whether a word names any rule: its code, the beginning of one, a family, or all."""
    return any(rank(word, code) for code in CODES)


def like(word: str) -> str:
    """What was probably meant, or the families, to be said beside a word that names no rule."""
    from difflib import get_close_matches  # only when somebody mistyped

    close = get_close_matches(word, (*CODES, *FAMILIES), 3, 0.6)
    return f"did you mean {', '.join(close)}?" if close else f"there are {', '.join(FAMILIES)}; scribe check --rules"
