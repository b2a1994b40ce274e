"""Rules on contributing factors, and on what answers them."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.after.lint.rule import Levels, Problem, Rule
from scribe.after.lint.subject import Subject
from scribe.record.written import Factor

TRIGGER = "trigger"
"""What an action item answers that changes nothing but the immediate cause."""


def _real(subject: Subject) -> list[Factor]:
    """Those that are factors: a score of 0 says that it is none."""
    return [factor for factor in subject.document.factors if factor.score != 0]


def few_factors(subject: Subject) -> Iterator[Problem]:
    """There are fewer factors than a system has."""
    count, wanted = len(_real(subject)), subject.options.factors
    if count < wanted:
        words = {0: "no contributing factor is", 1: "1 contributing factor is"}
        yield Problem("factors", f"{words.get(count, f'{count} contributing factors are')} named; {wanted} are wanted")


def few_layers(subject: Subject) -> Iterator[Problem]:
    """The factors all lie in one layer."""
    real = _real(subject)
    layers = {factor.layer for factor in real if factor.layer}
    if real and len(layers) < subject.options.layers:
        where = f"all in one layer, {next(iter(layers))}" if layers else "in no layer"
        yield Problem("factors", f"the factors are {where}; {subject.options.layers} layers are wanted")


def factor_layer(subject: Subject) -> Iterator[Problem]:
    """A factor has no layer."""
    for factor in _real(subject):
        if factor.layer is None:
            yield Problem(factor.ref, f"{factor.ref} has no layer", fix=f"/factor {factor.ref} layer: detection")


def candidate(subject: Subject) -> Iterator[Problem]:
    """A factor is still a guess."""
    for factor in _real(subject):
        if factor.standing == "candidate":
            fix = f"/factor {factor.ref} standing: fact, or /factor {factor.ref} drop WHY"
            yield Problem(factor.ref, f"{factor.ref} is still a candidate: nobody verified it", fix=fix)


def weakness_unanswered(subject: Subject) -> Iterator[Problem]:
    """A factor that stands has neither an action nor a reason for having none; a dropped action is a reason."""
    answered = {ref for item in subject.document.items for ref in item.answers}
    for factor in _real(subject):
        if factor.standing == "fact" and factor.ref not in answered:
            fix = f"/action TEXT for: {factor.ref}, or /waive weakness-unanswered@{factor.ref} WHY"
            yield Problem(factor.ref, f"no action answers {factor.ref}", fix=fix)


def only_trigger(subject: Subject) -> Iterator[Problem]:
    """All actions keep the same trigger away, and none changes what let it do harm."""
    items = [item for item in subject.document.items if item.status != "wont_do"]
    if items and all(item.answers == (TRIGGER,) for item in items):
        yield Problem("actions", "every action answers the trigger, none what let it do harm")


def summary_missing(subject: Subject) -> Iterator[Problem]:
    """There is no summary."""
    if not subject.said("summary"):
        yield Problem("summary", "there is no summary")


def trigger_missing(subject: Subject) -> Iterator[Problem]:
    """Nothing says what set it off."""
    if not subject.said("trigger", "root-cause"):
        yield Problem("trigger", "nothing says what set it off")


RULES: tuple[Rule, ...] = (
    Rule(
        "summary-missing",
        "the summary is written",
        "Most readers read nothing else.",
        "scribe write summary TEXT: what broke, for whom, how long, what ended it",
        Levels("warning", "warning"),
        summary_missing,
        asked="review",
    ),
    Rule(
        "trigger-missing",
        "the trigger is named, apart from the factors",
        "Without it the factors are taken for the cause, or the cause for the only factor.",
        "scribe write trigger TEXT; 'unknown' where it was not found",
        Levels("warning", "warning"),
        trigger_missing,
        asked="review",
    ),
    Rule(
        "few-factors",
        "there are at least three contributing factors",
        "An incident with one cause has not been looked at for long enough.",
        "/factor TEXT layer: detection class: monitoring score: 2; ask each layer its question",
        Levels("error", "warning"),
        few_factors,
        asked="review",
    ),
    Rule(
        "few-layers",
        "the factors lie in at least two layers",
        "A technical fault becomes an incident where detection, change or ownership let it.",
        "/factor F1 layer: change; layers: technical, operational, detection, change, responsibility, organisational",
        Levels("error", "warning"),
        few_layers,
        asked="review",
    ),
    Rule(
        "factor-layer",
        "every factor has a layer",
        "The layer says who can change it.",
        "/factor F1 layer: technical",
        Levels("warning", "warning"),
        factor_layer,
        asked="review",
    ),
    Rule(
        "candidate",
        "candidates were verified or dropped",
        "A guess that is printed is taken for a finding.",
        "/factor F1 standing: fact, with the evidence in its words; or /factor F1 drop WHY",
        Levels("warning", "warning"),
        candidate,
        asked="review",
    ),
    Rule(
        "weakness-unanswered",
        "every factor has an action, or a reason for having none",
        "What is known and left alone comes back.",
        "/action TEXT for: F1, or /waive weakness-unanswered@F1 WHY",
        Levels("error", "warning"),
        weakness_unanswered,
        asked="review",
    ),
    Rule(
        "only-trigger",
        "actions answer more than the trigger",
        "The next trigger will be another one; what lets it through is the same.",
        "/action TEXT for: F1",
        Levels("error", "warning"),
        only_trigger,
        asked="review",
    ),
)
"""What the analysis holds."""
