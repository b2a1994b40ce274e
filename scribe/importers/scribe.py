"""The full JSON that scribe exports, read as the drafts that make the same incident again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from scribe.importers.batch import Batch, Told, Untakable, checked, made, text_of
from scribe.record import exchange
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.errors import Refused, ScribeError
from scribe.record.events import (
    Action,
    Amended,
    Draft,
    Erased,
    Hypothesis,
    Note,
    Payload,
    Retracted,
    Role,
    Timebox,
)
from scribe.record.fold import OPENED
from scribe.record.naming import INCIDENT
from scribe.record.payloads import Origin, Paced
from scribe.record.sections import checked as well_formed
from scribe.record.sections import section
from scribe.record.timeline import KINDS
from scribe.record.when import DAY, instant, stamp

SOURCE = "scribe"

_FIRST = "give the file that `scribe export --format json` wrote"
# Times and levels in the data of an entry, which nothing but this looks at before they are shown and reckoned with.
_TIMES = ("next_at", "until")
_LEVELS = ("severity", "level", "previous")
_LOWEST = {"severity": 4, "declared": 4, "escalation": 99}
_LONGEST = 366 * DAY


class Found(Struct, frozen=True):
    """An incident that was read: its id there, its drafts (the first declares it), and what was withheld from it."""

    incident: str
    batch: Batch
    entries: int
    withheld: tuple[str, ...]


class _Stamp(Struct, frozen=True):
    format: str = ""


def read(data: bytes) -> Found:
    """The incident in such a file.

    Raises ScribeError where it is no such file, is of a newer version, or holds what no export holds.
    """
    whole = _decoded(text_of(data))
    if not INCIDENT.fullmatch(whole.incident.id):
        raise ScribeError("$.incident.id cannot be an incident's id", "give another with --id")
    for place, time in _times(whole):
        _check_time(place, time)
    _check_references(whole)
    reader = _Reader(whole)
    drafts = tuple(reader.drafts())
    return Found(
        whole.incident.id,
        Batch(drafts, (), tuple(reader.skipped), tuple(reader.remarks)),
        reader.taken,
        tuple(whole.withheld),
    )


def _decoded(text: str) -> exchange.Whole:
    try:
        found = msgspec.json.decode(text, type=_Stamp).format
        name, _, version = found.partition("/")
        if name != exchange.NAME:
            raise ScribeError("this is not the JSON of a whole incident", _FIRST)
        if found != exchange.FORMAT:
            raise ScribeError(
                f"the file is of format {version[:20]}, and this scribe reads 1", "update scribe to import it"
            )
        return msgspec.json.decode(text, type=exchange.Whole)
    except msgspec.ValidationError as error:
        raise ScribeError(f"this is not the JSON of a whole incident: {error}", _FIRST) from None
    except msgspec.DecodeError as error:
        raise ScribeError(f"the file is no JSON: {error}", _FIRST) from None
    except RecursionError:
        raise ScribeError("the file is no JSON that can be read: it is nested too deeply", _FIRST) from None


def _times(whole: exchange.Whole) -> Iterator[tuple[str, str | None]]:
    for place, entry in enumerate(whole.entries):
        here = f"$.entries[{place}]"
        yield f"{here}.at", entry.at
        yield f"{here}.placed_at", entry.placed_at
        yield f"{here}.recorded_at", entry.recorded_at
        for old in entry.revisions:
            yield f"{here}.revisions", old.at
            yield f"{here}.revisions", old.recorded_at
        yield f"{here}.retracted", entry.retracted.at if entry.retracted else None
    for place, words in enumerate(whole.sections):
        yield f"$.sections[{place}]", words.at
        yield f"$.sections[{place}]", words.first_at
    for place, factor in enumerate(whole.factors):
        yield f"$.factors[{place}]", factor.since
    for place, item in enumerate(whole.actions):
        yield f"$.actions[{place}].since", item.since
        yield f"$.actions[{place}].due", f"{item.due}T00:00:00.000Z" if item.due else None
        yield f"$.actions[{place}].closed", item.closed.at if item.closed else None
        yield f"$.actions[{place}].verified", item.verified.at if item.verified else None
    for place, waiver in enumerate(whole.waivers):
        yield f"$.waivers[{place}]", waiver.at


def _check_time(place: str, time: str | None) -> None:
    """Refuse what has the form of a time and is none: the 31st of February."""
    if time is None:
        return
    try:
        is_time = stamp(instant(time)) == time
    except ValueError:
        is_time = False
    if not is_time:
        raise ScribeError(f"{place}: {time[:40]} is not a time")


def _check_references(whole: exchange.Whole) -> None:
    """Refuse two things of one name: nobody could tell which of them is pointed at."""
    refs = [
        *(entry.ref for entry in whole.entries),
        *(factor.ref for factor in whole.factors),
        *(item.ref for item in whole.actions),
    ]
    known: set[str] = set()
    for ref in refs:
        if ref in known:
            raise ScribeError(f"two entries of the file are called {ref[:20]}")
        known.add(ref)


class _Reader:
    """Makes the drafts of one incident; they are recorded in their order, so that what is pointed at comes first."""

    def __init__(self, whole: exchange.Whole) -> None:
        self._whole = whole
        self._known: set[str] = set()
        self.skipped: list[Told] = []
        self.remarks: list[Told] = []
        self.taken = 0
        standing = [entry for entry in whole.entries if entry.data and entry.retracted is None]
        self._closed = {entry.data.get("target") for entry in standing if entry.data}

    def drafts(self) -> Iterator[Draft]:
        for entry in self._ordered():
            yield from self._entry(entry)
        for factor in sorted(self._whole.factors, key=lambda factor: _number(factor.ref)):
            yield from self._checked(_factor(factor), factor.ref)
        for item in sorted(self._whole.actions, key=lambda item: _number(item.ref)):
            yield from self._checked(_item(item), item.ref)
        for words in self._whole.sections:
            yield from self._checked(self._section(words), words.section)
        for waiver in self._whole.waivers:
            origin = Origin(SOURCE, waiver.at, waiver.by)
            payload = Waived(code=waiver.code, place=waiver.place, origin=origin)
            yield from self._checked((_afterwards(payload, waiver.why, waiver.at, waiver.by),), waiver.code)

    def _ordered(self) -> Sequence[exchange.Entry]:
        """The entries in the order of writing, the declaration first."""
        entries = sorted(self._whole.entries, key=lambda entry: (entry.kind != "declared", entry.order))
        if not entries or entries[0].kind != "declared":
            # Its words are need-to-know: what begins the record is that something did.
            raise ScribeError(
                "the declaration is not in the file: it is restricted, and was withheld",
                "export the incident with --include-restricted",
            )
        if len(entries) > 1 and entries[1].kind == "declared":
            raise ScribeError(f"the file declares two incidents: {entries[0].ref} and {entries[1].ref}")
        return entries

    def _entry(self, entry: exchange.Entry) -> Iterator[Draft]:
        try:
            payload = self._payload(entry)
            for draft in _told(entry, payload):
                yield checked(draft)
        except Untakable as error:
            if entry.kind == "declared":
                raise ScribeError(f"{entry.ref}: {error}") from None
            self.skipped.append(Told(0, f"{entry.ref}: {error}"))
        else:
            self._known.add(entry.ref)
            self.taken += 1

    def _payload(self, entry: exchange.Entry) -> Payload:
        if entry.data is None:
            raise Untakable("its words were erased, or a newer version wrote them")
        if entry.kind not in KINDS:
            raise Untakable(f"this version knows no {entry.kind}")
        data = dict(entry.data)
        unknown = [name for name in ("target", "acknowledges") if name in data and data[name] is None]
        for name in unknown:
            data[name] = ""
        try:
            payload = made(entry.kind, data)
        except msgspec.ValidationError as error:
            raise ScribeError(f"{entry.ref}: this is not what a {entry.kind} holds: {error}", _FIRST) from None
        _check_data(entry, payload)
        if isinstance(payload, Erased):
            raise Untakable("what was erased stays erased in the record that it comes from")
        pointer = getattr(payload, "target", "")
        if "target" in unknown or (pointer and pointer not in self._known):
            self.remarks.append(Told(0, f"{entry.ref}: taken as a note, because what it ends was withheld"))
            payload = Note(mentions=payload.mentions)
        elif isinstance(payload, Role) and payload.acknowledges and payload.acknowledges not in self._known:
            payload = replace(payload, acknowledges="")
        if isinstance(payload, Action | Hypothesis | Timebox) and not payload.target and entry.ref in self._closed:
            payload = replace(payload, status=OPENED[entry.kind])  # the entry that closed it says so itself
        source = entry.origin or SOURCE
        origin = Origin(source, entry.recorded_at, entry.recorded_by, entry.ref, entry.late, entry.reconstructed)
        return replace(payload, tags=entry.tags, sources=entry.sources, restricted=entry.restricted, origin=origin)

    def _section(self, words: exchange.Section) -> Iterator[Draft]:
        try:
            found = section(words.section)
            text = well_formed(found, words.text)
        except Refused as error:
            raise Untakable(error.message) from None
        # What people put together from several entries need not be what one who types it would get.
        text = words.text if found.form in ("text", "list") else text
        if words.first_at != words.at:
            first = Written(section=found.key, origin=Origin(SOURCE, words.first_at, words.by))
            yield _afterwards(first, "", words.first_at, words.by)
        payload = Written(section=found.key, origin=Origin(SOURCE, words.at, words.by))
        yield _afterwards(payload, text, words.at, words.by)

    def _checked(self, drafts: Iterator[Draft] | tuple[Draft, ...], name: str) -> Iterator[Draft]:
        try:
            yield from [checked(draft) for draft in drafts]
        except Untakable as error:
            self.skipped.append(Told(0, f"{name}: {error}"))


def _told(entry: exchange.Entry, payload: Payload) -> Iterator[Draft]:
    """The entry as it was first written, and every correction of it."""
    last = (entry.text, entry.at or entry.placed_at, entry.by)
    says = [*((old.text, old.at, old.by) for old in entry.revisions), last]
    text, at, by = says[0]
    precision = entry.precision if entry.at else "unknown"
    yield Draft(payload, text, at, precision, entry.at_raw or "", by)
    # What it closed is open again from then on, until a later entry closes it: so before that one.
    if entry.retracted is not None:
        gone = entry.retracted
        origin = Origin(SOURCE, gone.at, gone.by)
        yield Draft(Retracted(target=entry.ref, origin=origin), gone.why, gone.at, author=gone.by)
    for old, before, after in zip(entry.revisions, says, says[1:], strict=False):
        change = Amended(
            target=entry.ref,
            text=after[0] if after[0] != before[0] else UNSET,
            at=after[1] if after[1] != before[1] else UNSET,
            by=after[2] if after[2] != before[2] else UNSET,
            tags=payload.tags,
            mentions=payload.mentions,
            origin=Origin(SOURCE, old.recorded_at),
        )
        yield Draft(change, old.why, old.recorded_at)
    if entry.starred or entry.hidden:
        shown = Curated(
            target=entry.ref,
            starred=entry.starred or UNSET,
            hidden=entry.hidden or UNSET,
            origin=Origin(SOURCE, entry.recorded_at),
        )
        yield Draft(shown, "", entry.recorded_at)


def _factor(factor: exchange.Factor) -> Iterator[Draft]:
    payload = FactorSaid(
        layer=factor.layer or UNSET,
        factor_class=factor.factor_class or UNSET,
        score=UNSET if factor.score is None else factor.score,
        standing=factor.standing,
        origin=Origin(SOURCE, factor.since, factor.by, factor.ref),
    )
    yield _afterwards(payload, factor.text, factor.since, factor.by)
    if factor.remark:
        remark = FactorSaid(target=factor.ref, origin=Origin(SOURCE, factor.since, factor.by))
        yield _afterwards(remark, factor.remark, factor.since, factor.by)


def _item(item: exchange.Action) -> Iterator[Draft]:
    payload = ItemSaid(
        owner=item.owner,
        due=item.due,
        verification=item.verification,
        category=item.category or UNSET,
        priority=item.priority or UNSET,
        answers=item.answers,
        status=item.status if item.closed is None else UNSET,
        origin=Origin(SOURCE, item.since, item.by, item.ref),
    )
    yield _afterwards(payload, item.text, item.since, item.by)
    if item.closed is not None:
        done = item.closed
        closed = ItemSaid(target=item.ref, status=item.status, origin=Origin(SOURCE, done.at, done.by))
        yield _afterwards(closed, done.words, done.at, done.by)
    if item.verified is not None:
        seen = item.verified
        verified = ItemSaid(target=item.ref, verified_by=seen.by, origin=Origin(SOURCE, seen.at, seen.by))
        yield _afterwards(verified, seen.words, seen.at, seen.by)


def _afterwards(payload: Payload, text: str, at: str, by: str) -> Draft:
    return Draft(payload, text, at, author=by)


def _check_data(entry: exchange.Entry, payload: Payload) -> None:
    """Refuse what an entry of its kind cannot hold, though it has the right form. Raises ScribeError."""
    data: Mapping[str, object] = entry.data or {}
    point = data.get("point")
    times = {
        **{name: data.get(name) for name in _TIMES},
        "point.by": point.get("by") if isinstance(point, dict) else "",
    }
    for name, time in times.items():
        if isinstance(time, str) and time:
            _check_time(f"{entry.ref}: data.{name}", time)
    if isinstance(payload, Timebox) and not (payload.target or payload.until):
        raise ScribeError(f"{entry.ref}: data.until: a time-box ends at some time")
    for name in _LEVELS:
        level, lowest = data.get(name), _LOWEST.get(entry.kind, 0)
        if isinstance(level, int) and lowest and not 1 <= level <= lowest:
            raise ScribeError(f"{entry.ref}: data.{name}: {level} is none from 1 to {lowest}")
    paces = payload.cadences or {} if isinstance(payload, Paced) else {}
    for name, seconds in {"cadence": data.get("cadence"), "trigger": data.get("trigger"), **paces}.items():
        if isinstance(seconds, int) and not 0 <= seconds <= _LONGEST:
            raise ScribeError(f"{entry.ref}: data: {name}: {seconds} seconds are no length of time to count down")


def _number(ref: str) -> int:
    return int(ref[1:]) if ref[1:].isdecimal() and len(ref) < 12 else 0
