"""The postmortem as everybody asks for it: with what the team agreed on, and with what the check finds in it."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.live.policy import Policy
from scribe.record.redact import Redacted

if TYPE_CHECKING:
    from scribe.after.lint.options import Options


def document(passed: Redacted, policy: Policy, zone: tzinfo, *, draft: bool = False) -> Postmortem:
    """The document model of an incident as it may be passed on, by the team's own roles and milestones."""
    return build(
        passed,
        zone=zone,
        draft=draft,
        own_roles={role.name: role.title for role in policy.own_roles},
        wanted=policy.milestone_targets(passed.board.severity),
    )


def checked(
    found: Postmortem, passed: Redacted, *, now: str, template: str, options: Options | None = None
) -> Postmortem:
    """The document with what the check finds in it at ``now`` (UTC text), by the rules of one of the templates.

    A team's own template is checked as the default one is; ``options`` are the config's.
    """
    # The word lists are read for a check alone.
    from scribe.after.lint import Options, check
    from scribe.exporters.markdown import TEMPLATES
    from scribe.words import load

    named = template if template in TEMPLATES else TEMPLATES[0]
    findings = check(found, passed, now=now, template=named, words=load(), options=options or Options())
    return replace(found, findings=findings)


def errors(found: Postmortem) -> int:
    """How many errors stand against the document; those that somebody accepted do not."""
    return sum(finding.level == "error" and not finding.waived for finding in found.findings)
