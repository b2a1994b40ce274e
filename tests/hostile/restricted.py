"""Any record with restricted entries, told through the recorder: whose words are whose, and who repeats them by hand.

A marker is a value that means nothing but itself, so that it is withheld wherever it is said after the restricted entry
said it. Updates and packets repeat what others say: of those only what they say as a whole is withheld elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from msgspec.structs import replace

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT, Policy
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.codec import encode_payload
from scribe.record.errors import Refused
from scribe.record.events import (
    Action,
    Amended,
    Checkpoint,
    Decision,
    Draft,
    Escalation,
    Event,
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
from scribe.record.sections import SECTIONS
from scribe.record.state import State
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare
from tests.fakes.desk import NOON

MARK = re.compile(r"mk\d{4}zq7")
"""What a marker looks like, wherever it stands."""

Made = Callable[["Story", str], tuple[Payload, str]]


def _scope(story: Story, words: str) -> tuple[Payload, str]:
    return Scope(row="dependency", name=words, verdict="affected", evidence=f"{words}!"), ""


KINDS: dict[str, Made] = {
    "fact": lambda story, words: (Fact(), words),
    "tagged": lambda story, words: (
        Fact(tags=(words.split()[1],), sources=(f"https://a.example/{words.split()[1]}",)),
        words,
    ),
    "note": lambda story, words: (Note(), words),
    "hypothesis": lambda story, words: (Hypothesis(), words),
    "confirmed": lambda story, words: (Hypothesis(status="confirmed", target="H"), words),
    "ruled out": lambda story, words: (Hypothesis(status="ruled_out", target="H"), words),
    "decision": lambda story, words: (Decision(), words),
    "strategy": lambda story, words: (Decision(strategy="roll_back", confirmed_by="al"), words),
    "action": lambda story, words: (Action(), words),
    "done": lambda story, words: (Action(status="done", target="A"), words),
    "failed": lambda story, words: (Action(status="failed", target="A"), words),
    "time-box": lambda story, words: (Timebox(who="al", until="2026-11-20T23:00:00.000Z"), words),
    "time-box done": lambda story, words: (Timebox(status="done", target="B"), words),
    "update": lambda story, words: (Update(fields={"summary": words, "known": f"{words} too"}), words),
    "impact": lambda story, words: (Impact(), words),
    "side": lambda story, words: (Impact(field="users"), words),
    "trend": lambda story, words: (Impact(field="service", trend="worse"), words),
    "scope": _scope,
    "point": lambda story, words: (Note(point=Point(words, "al")), words),
    "settled": lambda story, words: (Note(point_settled=True), words),
    "role": lambda story, words: (Role(role="ops", who=f"n{story.number}"), words),
    "severity": lambda story, words: (Severity(level=1 + story.number % 3), words),
    "state": lambda story, words: (StateChange(state=("mitigating", "identified")[story.number % 2]), words),
    "milestone": lambda story, words: (Milestone(moment="detected"), words),
    "escalation": lambda story, words: (Escalation(level=2), words),
    "tick": lambda story, words: (Tick(list="sev1", item="verify"), words),
    "untick": lambda story, words: (Tick(list="sev1", item="verify", done=False), words),
    "packet": lambda story, words: (Checkpoint(incoming="dan", given={"risks": words, "questions": words}), words),
    "containment": lambda story, words: (Security(aspect="containment"), words),
    "legal": lambda story, words: (Security(aspect="legal"), words),
    "indicator": lambda story, words: (Security(aspect="indicator"), words),
}
"""Entries of every kind that holds words."""

AROUND: dict[str, Made] = {
    "snooze": lambda story, words: (Snoozed(key="x", until="2026-11-20T23:00:00.000Z"), words),
    "link": lambda story, words: (Linked(target="#1", sources=(f"https://a.example/{words.split()[1]}",)), ""),
    "why restricted": lambda story, words: (Restricted(target=story.secret_ref()), words),
    "title": lambda story, words: (Amended(target="#1", text=MARK.findall(words.casefold())[0]), words),
    "why retracted": lambda story, words: (Retracted(target=story.open_ref()), words),
    "why amended": lambda story, words: (Amended(target=story.open_ref(), text="put right"), words),
    "amended": lambda story, words: (Amended(target=story.open_ref(), text=words), ""),
    "factor": lambda story, words: (FactorSaid(layer="technical"), words),
    "remark": lambda story, words: (FactorSaid(target="F1"), words),
    "factor's words": lambda story, words: (FactorSaid(target="F1", words=words), ""),
    "item": lambda story, words: (ItemSaid(verification=words, due="2026-12-01", answers=("F1",)), words),
    "item's words": lambda story, words: (ItemSaid(target="T1", words=words), ""),
    "item done": lambda story, words: (ItemSaid(target="T1", status="done"), words),
    "item verified": lambda story, words: (ItemSaid(target="T1", verified_by="vera"), words),
    "item dropped": lambda story, words: (ItemSaid(target="T2", status="wont_do"), words),
    "waiver": lambda story, words: (Waived(code="few-factors", place="factors"), words),
    "starred": lambda story, words: (Curated(target=story.any_ref(), starred=True), ""),
    "sent": lambda story, words: (Written(section="summary", entry=story.secret_ref()), ""),
    **{
        f"section {section.key}": lambda story, words, key=section.key: (Written(section=key, added=True), f"{words}.")  # type: ignore[misc]  # one each
        for section in SECTIONS
        if section.form in ("text", "list")
    },
}
"""What is no entry, and holds words all the same."""


@dataclass
class Story:
    """A journal with such a record.

    ``owners`` says which entries hold a marker as their own, ``whole`` in which words, ``quoting`` which of them stand
    in updates and packets; ``repeated`` where somebody said it again.
    """

    path: Path
    random: Random
    policy: Policy = DEFAULT
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    incident: str = "INC-1"
    number: int = 0
    owners: dict[str, set[str]] = field(default_factory=dict)
    repeated: dict[str, set[str]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    quoting: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._journal = Journal.writing(self.path, self.clock, wait=1.0)
        self._journal.connection.execute("PRAGMA synchronous = OFF")
        declare(
            self._journal, "Checkout fails", now=NOON, me="sam", policy=self.policy, severity=2, incident=self.incident
        )
        self.recorder = Recorder(self._journal, self.incident, me="sam", policy=self.policy)
        self._events: list[Event] = []
        self._secret: list[Event] = []
        for payload in (Role(role="ic", who="alice"), Hypothesis(), Action(), Fact(), Timebox(until=_LATER)):
            self.say(payload, "as everybody knows")
        self.say(FactorSaid(layer="detection"), "the alarm came late")
        self.say(ItemSaid(owner="olga"), "have the alarm come earlier")
        self.say(ItemSaid(owner="olga"), "have the runbook say so")

    def say(self, payload: Payload, text: str) -> Event | None:
        """Record one thing, a minute later; None where it is refused."""
        self.clock.advance(60)
        now = self.clock.now()
        try:
            (event,) = self.recorder.record([Draft(payload, text, stamp(now))], now=now)
        except Refused:
            return None
        if event.ref and event.ref[0] not in "FT":
            self._events.append(event)
        return event

    def marker(self) -> str:
        """A word that was never said before, and means nothing but itself."""
        self.number += 1
        return f"mk{self.number:04}zq7"

    def restrict(self, kind: str, way: str) -> None:
        """A restricted entry of that kind: from the start, later, after or before it was amended, or taken back."""
        said = f"it was {self.marker()} and nobody else"
        payload, text = KINDS[kind](self, said)
        event = self.say(replace(payload, restricted=way == "start"), text)
        if event is None:
            return
        self._secret.append(event)
        if said in event.text or said in encode_payload(event.payload):  # a settled point says what the point was
            self._owned(said, event)
        if way == "amended":
            self._amend(event)
        if way != "start":
            self.say(Restricted(target=event.ref), "")
        if way == "amended after":
            self._amend(event)
        if way == "retracted":
            why = f"because {self.marker()} was wrong"
            if self.say(Retracted(target=event.ref), why) is not None:
                self._owned(why, event)

    def _amend(self, event: Event) -> None:
        said, why = f"no it was {self.marker()} after all", f"for {self.marker()} was meant"
        if self.say(Amended(target=event.ref, text=said), why) is not None:
            self._owned(said, event)
            self._owned(why, event)

    def _owned(self, said: str, event: Event) -> None:
        (word,) = MARK.findall(said)
        self.owners[word], self.whole[word] = {event.id}, said
        if event.kind in ("update", "checkpoint"):
            self.quoting.add(word)

    def lift(self) -> None:
        """One of them is need-to-know no longer."""
        if self._secret:
            self.say(Restricted(target=self.random.choice(self._secret).ref, lifted=True), "")

    def repeat(self, kind: str) -> None:
        """Somebody says a restricted word again, by hand, where it is open to all."""
        if not self.owners:
            return
        word = self.random.choice(list(self.owners))
        whole = self.whole[word]
        said = self.random.choice([whole, f"so {word} again, they say", f"({word.upper()})  then", f"then {whole}"])
        if word in self.quoting:
            said = whole
            if kind in ("link", "tagged", "title"):  # these take a word out of it
                return
        payload, text = {**KINDS, **AROUND}[kind](self, said)
        event = self.say(payload, text)
        if event is not None:
            self.repeated.setdefault(word, set()).add(kind)

    def secret_ref(self) -> str:
        return self.random.choice(self._secret).ref if self._secret else "#1"

    def open_ref(self) -> str:
        """An entry that holds no restricted words of its own."""
        secret = {event.id for event in self._secret}
        return self.random.choice([event for event in self._events if event.id not in secret]).ref

    def any_ref(self) -> str:
        return self.random.choice(self._events).ref

    def state(self) -> State:
        return self.recorder.load()

    def secrets(self) -> set[str]:
        """The markers that stand in restricted entries alone, as it is now."""
        hidden = {entry.id for entry in self.state().entries if entry.restricted}
        return {word for word, owners in self.owners.items() if owners <= hidden}

    def close(self) -> None:
        self._journal.close()


_LATER = "2026-11-20T23:00:00.000Z"
WAYS = ("start", "later", "amended", "amended after", "retracted")


def told(path: Path, random: Random, *, secrets: int = 12, repeats: int = 30, kinds: tuple[str, ...] = ()) -> Story:
    """Such a record: secrets of random kinds, then everybody talks about them, then more secrets and more talk."""
    story = Story(path, random)
    wanted = list(kinds or random.sample(list(KINDS), min(secrets, len(KINDS))))
    places = [*KINDS, *AROUND]
    for turn, kind in enumerate(wanted):
        story.restrict(kind, random.choice(WAYS))
        for _ in range(repeats // len(wanted) + (turn < repeats % len(wanted))):
            story.repeat(random.choice(places))
    if random.random() < 0.3:
        story.lift()
    story.repeat("title")  # short, so that it stands whole where there is little room
    return story
