"""Rules on action items: who, until when, how one will see that it works, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from scribe.after.language import filler, vague_action
from scribe.after.lint.rule import Levels, Problem, Rule
from scribe.after.lint.subject import Subject
from scribe.record.terms import Priority
from scribe.record.when import local
from scribe.record.written import ActionItem

_ALIKE = 0.75
"""The share of words that two actions have in common, from which on they are one action told twice."""
_SYMPTOMS = 4
"""Actions that answer nothing, from which on they are taken for one per symptom."""
_DAYS: dict[Priority, int] = {"P1": 7, "P2": 31}
_SATURDAY = 5

_EVERY = Levels("error", "error", "error", "error")


def _kept(subject: Subject) -> list[ActionItem]:
    """Those that will be done, or were."""
    return [item for item in subject.document.items if item.status != "wont_do"]


def no_actions(subject: Subject) -> Iterator[Problem]:
    """Nothing will be changed."""
    if subject.template == "icre" and subject.severity == 3:  # its resolution may be left to the ticket (000)
        return
    if not subject.document.items:
        yield Problem("actions", "there is no action item")


def action_owner(subject: Subject) -> Iterator[Problem]:
    """Nobody has it."""
    for item in _kept(subject):
        if not item.owner.strip():
            yield Problem(item.ref, f"{item.ref} has no owner", fix=f"/action {item.ref} owner: @name")


def action_due(subject: Subject) -> Iterator[Problem]:
    """It is due on no day."""
    for item in _kept(subject):
        if not item.due and not item.is_closed:
            yield Problem(item.ref, f"{item.ref} has no due date", fix=f"/action {item.ref} due: friday")


def action_verification(subject: Subject) -> Iterator[Problem]:
    """Nothing says how one will see that it works; a signal that says nothing is none."""
    for item in _kept(subject):
        signal = item.verification.strip()
        if item.verified is not None and not signal:
            continue
        fix = f"/action {item.ref} verify: WHAT WILL BE SEEN"
        if not signal:
            yield Problem(item.ref, f"{item.ref} has no verification signal", fix=fix)
        elif filler(signal, subject.words) or vague_action(signal, subject.words):
            yield Problem(item.ref, f"the verification of {item.ref} names nothing that could be seen", fix=fix)


def action_category(subject: Subject) -> Iterator[Problem]:
    """It is neither to prevent, nor to detect, mitigate or learn."""
    for item in _kept(subject):
        if item.category is None:
            yield Problem(item.ref, f"{item.ref} has no category", fix=f"/action {item.ref} category: detect")


def vague(subject: Subject) -> Iterator[Problem]:
    """It says nothing that somebody could do, or see done; with a signal of its own it is only pointed out."""
    for item in _kept(subject):
        signal = item.verification.strip()
        observable = bool(signal) and not (filler(signal, subject.words) or vague_action(signal, subject.words))
        for span in vague_action(item.text, subject.words)[:1]:
            words = " ".join(span.words.split())
            text = f'{item.ref} says "{words}", and nothing that could be done or seen'
            yield Problem(item.ref, text, span.start, span.end, mild=observable)


def per_symptom(subject: Subject) -> Iterator[Problem]:
    """One action per symptom: two that say nearly the same, or many that answer nothing."""
    items = [item for item in _kept(subject) if not item.is_closed]
    bags = [frozenset(re.findall(r"\w+", item.text.casefold())) for item in items]
    for place, item in enumerate(items):
        for earlier in range(place):
            other = items[earlier]
            shared = len(bags[place] & bags[earlier])
            if item.answers == other.answers and shared >= _ALIKE * len(bags[place] | bags[earlier]):
                yield Problem(item.ref, f"{item.ref} says nearly what {other.ref} says")
                break
    loose = [item.ref for item in items if not item.answers]
    if len(loose) >= _SYMPTOMS and len(items) > len(subject.document.factors):
        yield Problem("actions", f"{', '.join(loose)} answer no factor: one action per symptom")


def due_priority(subject: Subject) -> Iterator[Problem]:
    """It is due later than its priority allows."""
    for item in _kept(subject):
        if item.is_closed or not item.due or item.priority is None:
            continue
        created = local(item.since, subject.document.zone).date()
        latest = _latest(created, item.priority)
        if date.fromisoformat(item.due) > latest:
            text = f"{item.ref} is {item.priority} and due on {item.due}; that allows {latest.isoformat()}"
            yield Problem(item.ref, text, fix=f"/action {item.ref} due: {latest.isoformat()}, or another priority")


def _latest(created: date, priority: Priority) -> date:
    """P0 is due on the next business day, P1 within a week, P2 within a month."""
    if priority != "P0":
        return created + timedelta(days=_DAYS[priority])
    day = created + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


RULES: tuple[Rule, ...] = (
    Rule(
        "no-actions",
        "there are action items",
        "Nothing will be different the next time.",
        "/action TEXT @owner due: friday verify: WHAT WILL BE SEEN category: detect for: F1",
        Levels("error", "error", "error", "warning"),
        no_actions,
        asked="review",
    ),
    Rule(
        "action-owner",
        "every action has an owner",
        "What everybody should do nobody does.",
        "/action T1 owner: @name",
        _EVERY,
        action_owner,
    ),
    Rule(
        "action-due",
        "every action has a due date",
        "Without a day it is a wish.",
        "/action T1 due: friday, or: 10d, 2w, 2026-12-01",
        _EVERY,
        action_due,
    ),
    Rule(
        "action-verification",
        "every action has a verification signal",
        "Done is what somebody saw work, not what was merged.",
        "/action T1 verify: WHAT WILL BE SEEN: an alert that fired in a drill, a number on a dashboard",
        _EVERY,
        action_verification,
    ),
    Rule(
        "action-category",
        "every action has a category",
        "It shows whether anything but prevention was thought of.",
        "/action T1 category: prevent, detect, mitigate or learn",
        _EVERY,
        action_category,
    ),
    Rule(
        "vague-action",
        "actions say what will be done",
        "Nobody can do, or verify, 'be more careful', 'monitor better' or 'improve tests'.",
        "name the object and the number: 'page on queue depth over 5,000 for 5 min'",
        _EVERY,
        vague,
    ),
    Rule(
        "action-per-symptom",
        "actions are grouped by factor, not one per symptom",
        "Symptoms are many and factors are few: what answers a factor answers all of its symptoms.",
        "/action T1 for: F1; drop those that say the same: /drop T2 part of T1",
        Levels("warning", "warning"),
        per_symptom,
        asked="review",
    ),
    Rule(
        "due-priority",
        "due dates fit the priority: P0 the next business day, P1 a week, P2 a month",
        "A priority that its date denies means nothing.",
        "/action T1 due: DAY, or /action T1 priority: P2",
        Levels("warning", "warning", "warning"),
        due_priority,
    ),
)
"""Action items."""
