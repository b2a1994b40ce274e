"""The linter for incident records: rules as plain functions in one list.

What a check costs to import is paid by those who run one: the config names its options at every start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scribe.after.lint.options import Options

if TYPE_CHECKING:
    from scribe.after.findings import Finding
    from scribe.after.postmortem import Postmortem
    from scribe.record.state import State
    from scribe.words import Words

__all__ = ["Options", "check"]

_DEFAULT = Options()


def check(
    document: Postmortem,
    state: State,
    *,
    now: str,
    template: str,
    words: Words,
    options: Options = _DEFAULT,
) -> tuple[Finding, ...]:
    """Everything that the rules find, errors first; what was waived is among it, with the reason in ``waived``.

    Both ``document`` and ``state`` are of one redaction: findings quote words, and go where the document goes.
    ``now`` is UTC text; ``template`` the document's name, for which the rules' levels are.
    """
    from scribe.after.lint.rules import findings
    from scribe.after.lint.subject import Subject

    return findings(Subject(document, state, now, template, words, options))
