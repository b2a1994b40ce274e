"""Commands that record what is so: severity, state, moments, impact, scope, decisions, how things ended."""

from __future__ import annotations

import re
from typing import Literal

from msgspec.structs import replace

from scribe.live.arguments import REFERENCE, labelled, near, person, reference, severity, state
from scribe.live.typed import OnScreen, ParseError, entry
from scribe.live.words import Line
from scribe.record.events import (
    Action,
    Decision,
    Draft,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Point,
    Scope,
    Severity,
    StateChange,
    Timebox,
)
from scribe.record.terms import IMPACT_LABELS, MOMENTS, STATES, STRATEGIES, MomentName, ScopeRowName, Strategy, Verdict
from scribe.record.typed_time import parse
from scribe.record.when import Unreadable

Drafts = tuple[Draft, ...]
Ending = Literal["done", "failed"]
Trend = Literal["", "better", "worse"]

_BY = r"(?:^|\s)by\s+(\S+(?:\s+\d{1,2}:\d{2}\S*)?)\s*$"
_DECIDER = r"(?:^|(?<=\s))@([^\W_][\w.-]*)"
_VERDICT = r"(?i)(?<!\S)(not[\s_-]+affected|unaffected|affected|unknown|✗|✓|\?)(?=$|[\s,:;.])[,:;.]?\s*"

_ROW_WORDS: dict[str, ScopeRowName] = {
    **dict.fromkeys(("group", "user-group", "user_group", "users", "tenant", "customer"), "user_group"),
    **dict.fromkeys(("domain", "fault-domain", "fault_domain", "region", "zone"), "fault_domain"),
    **dict.fromkeys(("dependency", "dep", "vendor"), "dependency"),
    **dict.fromkeys(("change", "recent-change", "recent_change", "deploy", "flag"), "recent_change"),
}
SCOPE_WORDS = ("group", "domain", "dependency", "change")
"""How the rows of the scope table are typed."""

_VERDICT_WORDS: dict[str, Verdict] = {"affected": "affected", "✗": "affected", "unknown": "unknown", "?": "unknown"}
_STRATEGY_WORDS: dict[str, Strategy] = {
    "rollback": "roll_back",
    "read": "consult",
    "docs": "consult",
    "go-on": "continue",
}
STRATEGY_CHOICES = tuple(name.replace("_", "-") for name in STRATEGIES)
"""How the strategies are typed."""


def read_sev(line: Line) -> Drafts:
    """The severity."""
    choices = ("1", "2", "3", "4")
    word, start = line.needed("the severity, 1 to 4,", choices)
    level = severity(word, line.setting)
    if level is None:
        raise line.wrong(f"{word} is not a severity: 1 (critical) to 4 (low)", word, start, choices)
    return line.draft(Severity(level=level), line.rest())


def read_state(line: Line) -> Drafts:
    """The state."""
    word, start = line.needed("the state", STATES)
    name = state(word)
    if name is None:
        close = near(word.casefold(), STATES)
        raise line.wrong(f"{word} is not a state: {', '.join(STATES)}", word, start, close)
    return line.draft(StateChange(state=name), line.rest())


def read_note(line: Line) -> Drafts:
    """A remark."""
    return (entry(Note(), line.text, line.begins(), line.when, line.setting),)


def read_milestone(line: Line) -> Drafts:
    """A moment was reached."""
    word, start = line.needed("the moment", MOMENTS)
    known = word.casefold().replace("_", "-")
    name: MomentName | None = next((moment for moment in MOMENTS if moment == known), None)
    if name is None:
        close = near(known, MOMENTS) or MOMENTS
        raise line.wrong(f"{word} is not a moment: {', '.join(MOMENTS)}", word, start, close)
    line.when = line.time() or line.when
    return line.draft(Milestone(moment=name), line.rest())


def read_decide(line: Line) -> Drafts:
    """The next decision to be taken, who takes it, and until when."""
    start = line.begins()
    text = line.words("the decision to be taken")
    if text.casefold() in ("none", "done", "-"):
        return line.draft(Note(point_settled=True), "")
    until = None
    what = text
    by = re.search(_BY, text)
    if by:
        try:
            until = parse(by[1], now=line.setting.now, zone=line.setting.zone, future=True).at
        except Unreadable as error:
            if any(character.isdigit() for character in by[1]):
                place = start + by.start(1)
                raise ParseError(error.message, place, place + len(by[1]), error.choices) from error
        else:
            what = text[: by.start()].rstrip()
    names = re.findall(_DECIDER, what)
    who = names[-1].rstrip(".-") if names else ""
    if who and what.endswith(f"@{who}"):
        what = what[: -len(who) - 1].rstrip()
    if not what:
        raise line.wrong("what is to be decided is missing", text, start)
    return line.draft(Note(point=Point(what, who, until)), text)


def read_done(line: Line) -> Drafts:
    """An action, a time-box or an action item is done."""
    if re.fullmatch(r"[Tt]\d+", line.peek()):
        from scribe.live.reviewing import read_item_done

        return read_item_done(line)
    status: Ending = "done"
    return _close(line, Timebox(status=status), "B") if _is_box(line) else _close(line, Action(status=status), "A")


def read_failed(line: Line) -> Drafts:
    """An action, or a time-box, failed."""
    status: Ending = "failed"
    return _close(line, Timebox(status=status), "B") if _is_box(line) else _close(line, Action(status=status), "A")


def _is_box(line: Line) -> bool:
    word = line.peek()
    return word[:1] in ("B", "b") and re.match(REFERENCE, word) is not None


def read_confirm(line: Line) -> Drafts:
    """A hypothesis holds."""
    return _close(line, Hypothesis(status="confirmed"), "H")


def read_rule_out(line: Line) -> Drafts:
    """A hypothesis does not hold."""
    return _close(line, Hypothesis(status="ruled_out"), "H")


def _close(line: Line, payload: Action | Hypothesis | Timebox, prefix: str) -> Drafts:
    """``/done A1 how``; without a reference the only open one is meant, which the record decides."""
    target = prefix
    if re.match(REFERENCE, line.peek()):
        target, start = reference(line)
        if not target.startswith(prefix):
            what = {"A": "an action (A1)", "H": "a hypothesis (H1)"}.get(prefix, "a time-box (B1)")
            raise line.wrong(f"{target} is not {what}", target, start)
    return line.draft(replace(payload, target=target), line.rest())


def read_impact(line: Line) -> Drafts | OnScreen:
    """What users suffer: the whole statement, one side of it (``users: …``), or how it moved (``better: …``)."""
    if not line.peek():
        return OnScreen("impact", "")
    label = labelled(line, ("better", "worse", *IMPACT_LABELS))
    trend: Trend = "better" if label == "better" else "worse" if label == "worse" else ""
    side = labelled(line, IMPACT_LABELS) if trend else label  # ``better: users: …`` says both
    words = line.words("what users suffer")
    for field in IMPACT_LABELS:
        if field == side:
            return line.draft(Impact(field=field, trend=trend), words)
    return line.draft(Impact(trend=trend), words)


def row(word: str) -> ScopeRowName | None:
    """A row of the scope table by what it is called when it is typed; None when there is none."""
    return _ROW_WORDS.get(word.casefold().rstrip(":"))


def read_scope(line: Line) -> Drafts | OnScreen:
    """A row of the scope table: which, its name, the verdict, the evidence."""
    if not line.peek():
        return OnScreen("impact", "")
    word, start = line.needed("the row", SCOPE_WORDS)
    kind = row(word)
    if kind is None:
        close = near(word.casefold(), SCOPE_WORDS) or SCOPE_WORDS
        raise line.wrong(f"{word} is no row of the scope: {', '.join(SCOPE_WORDS)}", word, start, close)
    start = line.begins()
    words = line.words("its name, like: EU customers affected 12 % of requests fail,")
    verdicts = list(re.finditer(_VERDICT, words))
    # A verdict in the place of the name is a name, when another follows.
    found = next((verdict for verdict in verdicts if _bare(words[: verdict.start()])), None)
    name = _bare(words[: found.start()] if found else words)
    if not name or (verdicts and found is None):
        raise line.wrong("the name of the row is missing, before the verdict", words, start)
    verdict = _VERDICT_WORDS.get(found[1].casefold(), "not_affected") if found else "unknown"
    evidence = words[found.end() :].strip() if found else ""
    return line.draft(Scope(row=kind, name=name, verdict=verdict, evidence=evidence), words)


def _bare(name: str) -> str:
    """A name without what sets it off; its white space is no part of what it is called."""
    return " ".join(name.split()).strip(" ,:;")


def read_strategy(line: Line) -> Drafts:
    """Another strategy, decided: the answer when mitigation stalls."""
    word, start = line.needed("the strategy", STRATEGY_CHOICES)
    known = _STRATEGY_WORDS.get(word.casefold(), word.casefold().replace("-", "_"))
    strategy = next((name for name in STRATEGIES if name == known), None)
    if strategy is None:
        close = near(word.casefold(), STRATEGY_CHOICES) or STRATEGY_CHOICES
        raise line.wrong(f"{word} is not a strategy: {', '.join(STRATEGY_CHOICES)}", word, start, close)
    who = person(line)
    return line.draft(Decision(strategy=strategy, confirmed_by=who), line.rest())
