"""Any record with restricted entries in it: every word that somebody typed is one of its own kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.policy import Policy
from scribe.record.events import (
    Action,
    Amended,
    Checkpoint,
    Decision,
    Escalation,
    Fact,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Payload,
    Point,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Severity,
    Snoozed,
    StateChange,
    Tick,
    Timebox,
    Update,
)
from scribe.record.state import State
from tests.fakes.tale import Tale

KINDS = """
fact note hypothesis decision strategy action timebox update impact users service better scope tenant point settled
role ops nobody packet severity state milestone escalation tick indicator containment legal marked
done confirmed box-done link amend amend retract restrict restrict restrict lift repeat snooze
"""

STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS.split()), st.booleans(), st.integers(0, 99), st.sampled_from([0, 0, 0, 90, 400])),
    min_size=3,
    max_size=30,
)
"""Kind, whether it is restricted from the start, which earlier entry it is about, how many seconds ago it happened."""


@dataclass
class Story:
    """A record, and who said which words: the words by the id of the entry that holds them."""

    tale: Tale
    words: dict[str, set[str]] = field(default_factory=dict)
    number: int = 0

    def word(self) -> str:
        """A word that was never said before."""
        self.number += 1
        return f"wörd-{self.number:04}x"

    def secret(self, state: State) -> set[str]:
        """What was said in restricted entries, now or before they were amended."""
        return {word for entry in state.entries if entry.restricted for word in self.words[entry.id]}


def story(steps: list[tuple[str, bool, int, int]]) -> Story:
    """The record of such steps; what is refused is left out."""
    told = Story(Tale("wörd-0000x", policy=Policy(restricted_kinds=frozenset({"security"}))))
    told.words[told.tale.events[0].id] = {"wörd-0000x"}
    for kind, restricted, place, ago in steps:
        _tell(told, kind, restricted, place, ago)
    return told


def _tell(told: Story, kind: str, restricted: bool, place: int, ago: int) -> None:
    entries = [event for event in told.tale.events if event.ref]
    target = entries[place % len(entries)]
    word = told.word()
    match kind:
        case "amend":
            if told.tale.tried(Amended(target=target.ref, text=f"{word} amended"), "") is not None:
                told.words[target.id].add(word)
        case "retract":
            if told.tale.tried(Retracted(target=target.ref), word) is not None:
                told.words[target.id].add(word)
        case "restrict" | "lift":
            told.tale.tried(Restricted(target=target.ref, lifted=kind == "lift"), word)
        case "link":
            told.tale.tried(Linked(target=target.ref, sources=(f"https://a.example/{word}",)))
            told.words[target.id].add(word)
        case "repeat":  # the same words in an entry of its own, by hand
            event = told.tale.tried(Fact(restricted=restricted), f"again {target.text} in the log")
            if event is not None:
                told.words[event.id] = set()
        case "snooze":
            told.tale.tried(Snoozed(until="2026-11-20T23:00:00.000Z"), word)
        case _:
            payload, own = _payload(kind, told, word)
            event = told.tale.tried(replace(payload, restricted=restricted), f"{word} said", ago=ago)
            if event is not None:
                told.words[event.id] = {word, *own}


def _payload(kind: str, told: Story, word: str) -> tuple[Payload, set[str]]:
    """A payload of that kind, and the words in it beside the text."""
    more = told.word()
    plain: dict[str, Payload] = {
        "fact": Fact(tags=(word,), sources=(f"https://a.example/{word}",)),
        "note": Note(),
        "hypothesis": Hypothesis(),
        "decision": Decision(),
        "strategy": Decision(strategy="roll_back", confirmed_by="al"),
        "action": Action(),
        "timebox": Timebox(who="al", until="2026-11-20T14:00:00.000Z"),
        "impact": Impact(),
        "users": Impact(field="users"),
        "service": Impact(field="service", trend="worse"),
        "better": Impact(field="users", trend="better"),
        "settled": Note(point_settled=True),
        "nobody": Role(role="ops", change="released"),
        "packet": Checkpoint(incoming=f"n{told.number}"),
        "severity": Severity(level=1 + told.number % 4),
        "state": StateChange(state="mitigating" if told.number % 3 else "identified"),
        "milestone": Milestone(moment="detected"),
        "escalation": Escalation(level=2, who="al"),
        "tick": Tick(list="sev1", item="verify"),
        "indicator": Security(aspect="indicator"),
        "containment": Security(aspect="containment"),
        "legal": Security(aspect="legal"),
        "marked": Security(aspect="marked"),
        "done": Action(status="done", target="A"),
        "confirmed": Hypothesis(status="confirmed", target="H"),
        "box-done": Timebox(status="done", target="B"),
    }
    match kind:
        case "scope":
            return Scope(row="user_group", name="EU", verdict="affected", evidence=more), {more}
        case "tenant":
            return Scope(row="user_group", name=more, verdict="not_affected", evidence=f"{more}!"), {more}
        case "point":
            return Note(point=Point(more, "al")), {more}
        case "role":
            return Role(role="ic", who=more), set()
        case "ops":
            return Role(role="ops", who=more), set()
        case "update":
            return Update(fields={"summary": more, "next": f"{more} then"}), {more}
        case _:
            return plain[kind], set()
