"""One look at the record as a document: what it says, what it holds for each section, what the check finds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from scribe.after.cost import Cost, cost
from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.after.prefill import Found, prefill
from scribe.exporters import document as documents
from scribe.live.policy import Policy
from scribe.record.redact import Redacted, redact
from scribe.record.sections import Section
from scribe.record.state import State
from scribe.record.written import Words

if TYPE_CHECKING:
    from scribe.after.lint.options import Options


class Look(Struct, frozen=True):
    """The document, what the record holds for its sections by their keys, the findings, the cost.

    The findings are those of an earlier look until it ``is_checked``.
    """

    own: Redacted
    document: Postmortem
    found: Mapping[str, tuple[Found, ...]]
    cost: Cost
    findings: tuple[Finding, ...] = ()
    is_checked: bool = False

    def text(self, key: str) -> str:
        """What a section says; empty where it says nothing, or is none."""
        part = self.document.sections.get(key)
        return part.text if part is not None else ""


def look(state: State, *, zone: tzinfo, policy: Policy, before: Look | None) -> Look:
    """Look at all of it: some 50 ms of a record with ten thousand entries, so never at a key stroke.

    The screen is its owner's: restricted entries stand in it, marked as such.
    """
    own = redact(state, include_restricted=True)
    found = documents.document(own, policy, zone)
    return Look(own, found, prefill(found), cost(found), before.findings if before is not None else ())


def checked(seen: Look, *, now: str, template: str, options: Options | None) -> Look:
    """The same with what the check finds, which takes longer, and the first time longer still."""
    found = documents.checked(seen.document, seen.own, now=now, template=template, options=options)
    return replace(seen, findings=found.findings, is_checked=True)


def with_text(state: State, section: Section, text: str, by: str, now: str) -> State:
    """The state as it would be if this were what the section says: what is being typed is checked too."""
    before = state.sections.get(section.key)
    if text == (before.text if before else ""):
        return state
    words = Words(text, by, now, before.first_at if before else now)
    return replace(state, sections={**state.sections, section.key: words})
