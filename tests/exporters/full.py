"""A record in which every field that a template may show holds words of its own."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.exporters.document import document
from scribe.live.policy import DEFAULT
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.events import (
    Action,
    Checkpoint,
    Decision,
    Escalation,
    Fact,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Point,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Severity,
    StateChange,
    Tick,
    Timebox,
    Update,
)
from scribe.record.redact import redact
from scribe.record.sections import SECTIONS
from tests.fakes.desk import at
from tests.fakes.tale import Tale

WRITTEN = {
    "meeting": "2026-11-24",
    "near-miss": "no",
    "detected-by": "model-validation",
    "prevent-monitoring": "yes",
    "prevent-runbook": "no",
    "prevent-tests": "not-needed",
    "prevent-training": "yes",
    "currency": "KRW",
    "cost-revenue": "48000",
    "cost-hours": "31",
    "cost-rate": "100",
}
"""Sections that do not take any text; `prevent-architecture` and some amounts stay unknown."""


def word(key: str) -> str:
    """The words of a section, found nowhere else."""
    return f"words of {key}"


def write(tale: Tale, *, without: tuple[str, ...] = (), **given: str) -> None:
    """Every section that takes text says its word, the others what WRITTEN says."""
    for section in SECTIONS:
        text = given.get(section.key.replace("-", "_"), WRITTEN.get(section.key))
        if text is None and section.form in ("text", "list", "line"):
            text = word(section.key)
        if text is not None and section.key not in without:
            tale.say(Written(section=section.key), text)


def happened(*, severity: int = 2, security: bool = False) -> Tale:
    """What is typed live, so that every part of the response holds something."""
    tale = Tale("words of the title")
    tale.say(Milestone(moment="started"), "", ago=1397)
    tale.say(Fact(sources=("https://before.example/x",)), "words from before the detection", ago=600)
    tale.say(Milestone(moment="detected"), ago=180)
    tale.say(Role(role="ic", who="commander"), "words of a role")
    tale.say(Role(role="scribe", who="sam"))
    tale.say(Impact(), "words of the earlier impact")
    tale.say(Impact(), "words of the latest impact")
    tale.say(Impact(field="journeys"), "words of a side")
    tale.say(Scope(row="dependency", name="ledger-db", verdict="affected", evidence="words of a scope row"))
    tale.say(Hypothesis(), "words of the confirmed one")
    tale.say(Hypothesis(status="confirmed", target="H1"), "words of its evidence")
    tale.say(Hypothesis(), "words of the false one")
    tale.say(Hypothesis(status="ruled_out", target="H2"), "words against it")
    tale.say(Hypothesis(), "words of the open one")
    tale.say(Action(), "words of an action")
    tale.say(Action(status="done", target="A1"), "words of its outcome")
    tale.say(Decision(), "words of a decision")
    tale.say(Note(point=Point("words of a point", who="al")))
    tale.say(Timebox(who="bo", until=at("12:50")), "words of a time-box")
    tale.say(Timebox(status="done", target="B1"), "words of what came of it")
    tale.say(Escalation(level=2), "words of an escalation")
    tale.say(Tick(list="sev1", item="verify"), "words of a tick")
    tale.say(Checkpoint(incoming="dan", given={"risks": "words of a packet"}))
    tale.say(Severity(level=3 if severity == 2 else severity), "words of a severity")
    if severity == 2:
        tale.say(Severity(level=2))
    for _ in range(45):
        tale.say(Fact(), "still failing")
    tale.say(Update(next_at=at("13:40")), "words of an update")
    starred = tale.say(Fact(), "words of a key moment")
    tale.say(Curated(target=starred.ref, starred=True))
    hidden = tale.say(Fact(), "words that are hidden")
    tale.say(Curated(target=hidden.ref, hidden=True))
    gone = tale.say(Fact(), "words taken back")
    tale.say(Retracted(target=gone.ref), "a mistake")
    tale.say(Milestone(moment="fix-deployed"), "words of a moment")
    if security:
        tale.say(Security(aspect="marked"), "a key was seen outside")
        lifted = tale.say(Security(aspect="containment"), "words of the protected track")
        tale.say(Restricted(target=lifted.ref, lifted=True))
        tale.say(Security(aspect="legal"), "words that are withheld")
    tale.say(Tick(list="resolution", item="user-signal"), "words of recovery")
    tale.say(StateChange(state="resolved"), "words of a state")
    return tale


def followed(tale: Tale) -> None:
    """Factors, action items, ticks and a waiver."""
    tale.say(
        FactorSaid(layer="technical", factor_class="capacity", score=3, standing="fact"), "words of the first factor"
    )
    tale.say(
        FactorSaid(layer="detection", factor_class="monitoring", score=0, standing="candidate"),
        "words of the second factor",
    )
    tale.say(FactorSaid(layer="change", score=2), "words of the third factor")
    tale.say(
        ItemSaid(
            owner="owner-of-it",
            due="2027-02-03",
            verification="words of its signal",
            category="prevent",
            priority="P1",
            answers=("F1", "trigger"),
        ),
        "words of an item",
    )
    tale.say(ItemSaid(target="T1", status="done"), "words of evidence")
    tale.say(ItemSaid(target="T1", verified_by="checker"), "words of a verifier")
    tale.say(ItemSaid(), "words of an item without anything")
    tale.say(Tick(list="closing", item="recurrence"), by="ticker")
    tale.say(Waived(code="few-factors", place="factors"), "words of a waiver")


def full(*, security: bool = False, severity: int = 2, without: tuple[str, ...] = (), **given: str) -> Tale:
    """The whole record; ``given`` are sections with other words, ``without`` those that nobody wrote."""
    tale = happened(security=security, severity=severity)
    followed(tale)
    write(tale, without=without, **given)
    return tale


def made(tale: Tale, *, draft: bool = False, findings: tuple[Finding, ...] = (), **more: Any) -> Postmortem:
    """The document of such a record."""
    return replace(document(redact(tale.state(), **more), DEFAULT, UTC, draft=draft), findings=findings)
