"""Every field of every kind of event, filled with hostile text: found by what the structs say, none is missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, get_args

import msgspec
from msgspec import UNSET, inspect

from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.live.checklists import known
from scribe.live.policy import DEFAULT, Policy
from scribe.live.updates import LABELS
from scribe.record.errors import Refused
from scribe.record.events import AnyPayload, Draft, Event, Payload
from scribe.record.payloads import Origin
from scribe.record.rules import CODES
from scribe.record.sections import SECTIONS
from scribe.record.terms import AUDIENCES
from scribe.record.text import normalise
from scribe.record.when import stamp
from scribe.recorder import Recorder, declare
from tests.fakes.desk import NOON
from tests.hostile.values import mixed

KINDS: dict[str, type[Payload]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyPayload)}

TIMES = frozenset({"next_at", "until", "due", "Point.by", "Origin.recorded_at", "amended.at"})
"""Fields that hold a stored time: every road into the record refuses what is none."""

POINTERS = frozenset({"target", "entry", "acknowledges"})
"""Fields that name another event, and are refused where there is none. Those that may be empty mostly are."""

_LISTS = {each.name: [item.name for phase in each.phases for item in phase.items] for each in known(())}

NAMES: dict[str, tuple[str, ...]] = {
    "written.section": tuple(section.key for section in SECTIONS),
    "checklist.list": tuple(_LISTS),
    "checklist.item": tuple(item for items in _LISTS.values() for item in items),
    "waived.code": CODES,
    "snoozed.key": ("",),
    "action_item.answers": ("trigger", "F1"),
    "update.audience": AUDIENCES,
    "update.fields.key": tuple(LABELS),
    "note.audience": AUDIENCES,
}
"""What is refused where it is none that scribe knows; from elsewhere comes anything, mostly."""

APART = frozenset({"declared", "erased", "received"})
"""Kinds that nobody types: the first begins every record here, the others are made of events that are there."""

LEVELS = {"severity.level": 4, "severity.previous": 4, "escalation.level": 4, "factor.score": 3}


POINTING = 0.25
"""How often a pointer that may be empty is not."""

TRIES = 15
"""How often a kind may be refused by one road before it counts as left out."""


class Filler:
    """Makes payloads of any kind. ``filled`` holds the text that each field of the last one got, by ``kind.field``."""

    def __init__(self, random: Random, now: str) -> None:
        self._random = random
        self._now = now
        self.filled: list[tuple[str, str]] = []
        self.refs: list[str] = ["#1"]

    def text(self) -> str:
        """Something hostile, as the record can hold it."""
        return normalise(mixed(self._random))

    def payload(self, kind: str, origin: Origin | None = None, **given: object) -> Payload:
        """A payload of that kind, its text fields hostile, the others anything that they may be."""
        shape = inspect.type_info(KINDS[kind])
        self._named = origin is None or self._random.random() < 0.3
        self.filled = []
        assert isinstance(shape, inspect.StructType)
        values = self._fields(shape, kind) | given
        found: Payload = msgspec.convert(
            {key: value for key, value in values.items() if value is not UNSET} | {"kind": kind}, KINDS[kind]
        )
        return msgspec.structs.replace(found, origin=origin)

    def origin(self) -> Origin:
        """Where something came from."""
        return Origin(self.text(), self._now, self.text(), "")

    def _fields(self, shape: inspect.StructType, place: str) -> dict[str, Any]:
        found = {}
        for field in shape.fields:
            if field.name not in ("origin", "restricted"):
                if field.name in POINTERS and not field.required and self._random.random() > POINTING:
                    found[field.encode_name] = ""
                    continue
                found[field.encode_name] = self._value(field.type, f"{place}.{field.name}")
        return found

    def _value(self, kind: inspect.Type, place: str) -> Any:
        name = place.rpartition(".")[2]
        match kind:
            case inspect.StrType() if {name, place, ".".join(place.split(".")[-2:])} & TIMES:
                return self._now[:10] if name == "due" else self._now
            case inspect.StrType() if name in POINTERS:
                return self._random.choice(self.refs)
            case inspect.StrType() if place in NAMES and self._named:
                return self._random.choice(NAMES[place])
            case inspect.StrType():
                text = self.text()
                self.filled.append((place, text))
                return text
            case inspect.BoolType():
                return self._random.random() < 0.2
            case inspect.IntType():
                return self._random.randint(0 if "score" in place else 1, LEVELS.get(place, 3))
            case inspect.LiteralType():
                return self._random.choice(kind.values)
            case inspect.NoneType():
                return None
            case inspect.UnionType():
                said = [each for each in kind.types if type(each).__name__ not in ("NoneType", "UnsetType")]
                return self._value(self._random.choice([*said, *said, *kind.types]), place)
            case inspect.VarTupleType():
                return [self._value(kind.item_type, place) for _ in range(self._random.randint(1, 3))]
            case inspect.DictType():
                return {
                    self._value(kind.key_type, f"{place}.key"): self._value(kind.value_type, place) for _ in range(2)
                }
            case inspect.StructType():
                return self._fields(kind, f"{place}.{kind.cls.__name__}")
            case _ if kind.__class__.__name__ == "UnsetType":
                return UNSET
            case _:
                raise AssertionError(f"{place}: there is nothing hostile yet for {kind}")


def text_fields() -> Iterator[str]:
    """Every field of every kind that holds text of somebody's choosing, as ``kind.field``, by its type alone."""
    filler = Filler(Random(0), stamp(NOON))
    for kind in KINDS:
        for _ in range(12):
            filler.payload(kind, filler.origin())
            yield from (place for place, _ in filler.filled)


class Record:
    """A journal with one incident in which whatever may be hostile is.

    ``stood`` counts the hostile values that stand in the record, by ``kind.field``; ``kinds`` what was recorded, by the
    kind and whether it was typed or brought. Raises AssertionError for a kind that neither road takes.
    """

    def __init__(self, path: Path, random: Random, *, policy: Policy = DEFAULT, rounds: int = 1) -> None:
        self.path = path
        self.clock = FixedClock(NOON)
        self.filler = Filler(random, stamp(NOON))
        self.stood: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()
        journal = Journal.writing(path, self.clock, wait=1.0)
        journal.connection.execute("PRAGMA synchronous = OFF")
        try:
            title = self.filler.text().strip() or "x"
            self.incident = declare(
                journal, title, now=NOON, me=self.filler.text(), policy=policy, severity=2, incident="INC-1"
            )
            for _ in range(rounds):
                self._fill(journal, random, policy)
        finally:
            journal.close()

    def _fill(self, journal: Journal, random: Random, policy: Policy) -> None:
        kinds = [kind for kind in KINDS if kind not in APART]
        random.shuffle(kinds)
        for kind in kinds:
            for brought in (False, True):
                found = (self._said(journal, random, policy, kind, brought) for _ in range(TRIES))
                taken = next((each for each in found if each is not None), None)
                if taken is not None and taken.ref:
                    self.filler.refs.append(taken.ref)
            assert self.kinds[kind, "brought"], f"{kind} is not in the record"

    def _said(self, journal: Journal, random: Random, policy: Policy, kind: str, brought: bool) -> Event | None:
        """One event of that kind; None where it is refused."""
        self.clock.advance(60)
        recorder = Recorder(journal, self.incident, me=self.filler.text(), policy=policy)
        draft = Draft(
            self.filler.payload(kind, self.filler.origin() if brought else None),
            self.filler.text(),
            stamp(self.clock.now() - timedelta(seconds=random.choice([0, 0, 90, 4000]))),
            random.choice(["second", "minute", "hour", "day", "unknown"]),
            self.filler.text(),
            self.filler.text(),
        )
        now, here = self.clock.now(), {ref: ref for ref in self.filler.refs}
        try:
            (event,) = recorder.bring([draft], now=now, names=here) if brought else recorder.record([draft], now=now)
        except Refused:
            return None
        self.kinds[kind, "brought" if brought else "typed"] += 1
        stands = msgspec.to_builtins(event.payload)
        for place, text in self.filler.filled:
            if text.strip() and text in _texts(stands.get(place.split(".")[1])):
                self.stood[place] += 1
        self.stood[f"{kind}.text"] += bool(draft.text.strip()) and draft.text in event.text
        return event


def _texts(value: object) -> Iterator[str]:
    """Every text in it."""
    match value:
        case str():
            yield value
        case Mapping():
            for each in (*value, *value.values()):
                yield from _texts(each)
        case Sequence():
            for each in value:
                yield from _texts(each)
