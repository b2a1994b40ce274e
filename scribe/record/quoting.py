"""Where the words of entries stand besides: what goes along when they are erased, and what stands anew without them.

What scribe composed of them (updates, packets, impact, scope, sections …) goes along, and is recorded anew with a sign
in their place. What a person typed stays, and is named. Pure: it decides what goes, and destroys nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from msgspec import UNSET, Struct, to_builtins
from msgspec.structs import replace

from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.chain import ACCOUNTS
from scribe.record.erasure import ANEW, ERASED, stands_for
from scribe.record.errors import Refused
from scribe.record.events import (
    Absent,
    Action,
    Amended,
    Checkpoint,
    Correction,
    Decision,
    Declared,
    Draft,
    Erased,
    Escalation,
    Event,
    Fact,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Payload,
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
from scribe.record.fold import entry_of, replay
from scribe.record.merged import answering, apart
from scribe.record.payloads import Origin
from scribe.record.repeated import Repeated, plain, strings, tokens_of
from scribe.record.sections import BY_KEY
from scribe.record.state import Board, Entry, Erasure, State

_CHANGES = Correction | FactorSaid | ItemSaid
_SENTENCES = Role | Severity | StateChange | Milestone | Escalation | Tick | Security | Scope
_COMPOSED = Update | Checkpoint | Impact | Scope | Written | Snoozed | Waived

_WORD, _SIGNS = 12, 6
"""Characters from which on a single word, or something else, is looked for behind a sentence of scribe's own."""

_MANY = 5
"""Events in which a word with letters and digits may stand, and still be somebody's secret."""


class Going(Struct, frozen=True):
    """What an erasure of ``targets`` takes with it.

    ``also`` are corrections of these, and what quotes them, with its own corrections; ``anew`` is what is recorded in
    the place of what was more than words; ``repeating`` names what people typed that says the same, and stays.
    ``already`` are those that were asked for and are erased, and ``again`` the events (``writer-seq``) among them of
    which corrections came from another copy. ``restricted`` tells whether any of it was need-to-know.
    """

    targets: tuple[Event, ...]
    also: tuple[Event, ...]
    anew: tuple[Draft, ...]
    repeating: tuple[str, ...]
    already: tuple[tuple[str, Erasure], ...]
    restricted: bool
    words: Repeated
    again: tuple[str, ...] = ()

    @property
    def gone(self) -> tuple[Event, ...]:
        """Every event whose body is destroyed."""
        return (*self.targets, *self.also)


def going(events: Sequence[Event], names: Sequence[str]) -> Going:
    """What goes when the entries called ``names`` are erased: references (``#12``, ``H2``), or a section's name.

    ``events`` is the whole record, in the order in which it is folded. Raises Refused for a name of nothing, or of what
    cannot be erased.
    """
    erased = _erased(events)
    targets: dict[str, Event] = {}
    already: dict[str, tuple[str, Erasure]] = {}
    for name in names:
        for event in _named(events, name):
            if event.id in erased:
                already[event.id] = (event.ref or name, erased[event.id])
            elif isinstance(event.payload, Absent):
                raise Refused(f"the words of {name} are not in this copy of the record", "erase them where they are")
            else:
                targets[event.id] = event
    return _taking(events, targets, already, erased)


def left_behind(events: Sequence[Event], gone: Container[str]) -> Going:
    """What is to go after what was erased in one copy of the record, while another one knew nothing of it.

    ``gone`` are the events (``writer-seq``) that were erased, ``events`` the whole record of both copies, in the order
    in which it is folded: of what was erased in one of them with the words that the other one still has.
    """
    erased = _erased(events)
    targets = {event.id: event for event in events if event.id in gone and not isinstance(event.payload, Absent)}
    already = {place: (place, erasure) for place, erasure in erased.items() if place in gone}
    return _taking(events, targets, already, erased)


def _taking(
    events: Sequence[Event],
    targets: Mapping[str, Event],
    already: Mapping[str, tuple[str, Erasure]],
    erased: Container[str],
) -> Going:
    """What an erasure of ``targets`` takes with it, and what one of those that are ``already`` erased left behind."""
    units = _units(events)
    late = {place: changes for place in already if place not in targets and (changes := _living(units.get(place, ())))}
    if not targets and not late:
        return Going((), (), (), (), tuple(already.values()), False, Repeated(()))
    state = replay(events[0].incident, events)
    entries = {entry.id: entry for entry in state.entries}
    said = [entry for event in targets.values() for entry in _said(event, units.get(event.id, ()))]
    said += [entry for changes in late.values() for change in changes for entry in _said(change, ())]
    words = Repeated(said, common=_common(said, events))
    along = [change for target in targets for change in units.get(target, ()) if change.id not in targets]
    along += [change for changes in late.values() for change in changes if change.id not in targets]
    things = {stands_for(event) for event in targets.values()} - {None}
    along += [event for event in events if event.id not in targets and stands_for(event) in things]
    gone = {*targets, *(event.id for event in along)}
    anew = [draft for event in targets.values() if event.id not in erased for draft in _standing(event, entries)]
    repeating: list[str] = []
    for event in events:
        unit = units.get(event.id)
        if unit is None or event.id in gone or isinstance(event.payload, Absent):
            continue
        parts = [part for part in (event, *unit) if part.id not in gone]
        if _is_composed(event.payload) and any(_quotes(part, words) for part in parts):
            along += parts
            anew += _without(event, entries.get(event.id), words)
        elif any(repeats(part, words) for part in parts):
            repeating.append(event.ref or event.id)
    gone.update(event.id for event in along)
    anew += _sections(events, state, along, gone, words)
    return Going(
        tuple(targets.values()),
        tuple(along),
        tuple(anew),
        tuple(dict.fromkeys(repeating)),
        tuple(already.values()),
        any(_is_restricted(event, units.get(event.id, ())) for event in events if event.id in gone or event.id in late),
        words,
        tuple(late),
    )


def _living(changes: Sequence[Event]) -> list[Event]:
    """Those of some corrections that say something: a restriction without a reason does not, and holds."""
    return [
        change
        for change in changes
        if not isinstance(change.payload, Absent) and (change.text or not isinstance(change.payload, Restricted))
    ]


def _common(said: Sequence[Entry], events: Sequence[Event]) -> frozenset[str]:
    """Words with letters and digits in them that stand in many entries: the names of hosts, and no secrets."""
    tokens = {token for entry in said for token in tokens_of(entry.text)}
    counted = Counter(token for event in events for token in tokens & set(event.text.split())) if tokens else {}
    return frozenset(token for token, count in counted.items() if count > _MANY)


def texts(event: Event) -> Iterator[str]:
    """Every text that people may have typed into an event, as it stands in its body."""
    yield from (event.author, event.at_raw)
    yield from _leaves(event)


def repeats(event: Event, words: Repeated) -> bool:
    """Whether an event says any of the words, or a long part of what they were."""
    return any(words.are_in(leaf) or words.are_partly_in(leaf) for leaf in _leaves(event))


def _erased(events: Sequence[Event]) -> dict[str, Erasure]:
    return {
        place: Erasure(event.text, event.who, event.written_at)
        for event in reversed(events)  # the first that erased it is the one to name
        if isinstance(event.payload, Erased)
        for place in (event.payload.target, *event.payload.also)
    }


def _named(events: Sequence[Event], name: str) -> list[Event]:
    found = answering(events, name) or [event for event in events if event.id == name]
    if len(found) > 1:
        raise Refused(f"{name} could be {' or '.join(apart(events, event) for event in found)}", "type one of these")
    key = name.strip().casefold().replace("_", "-")
    if not found and key in BY_KEY:
        found = [event for event in events if isinstance(event.payload, Written) and event.payload.section == key]
        if not found:
            raise Refused(f"{key} is not written")
        return found
    if not found:
        raise Refused(f"there is no {name} in this incident", "scribe timeline shows what there is")
    if found[0].kind in ACCOUNTS:
        raise Refused(f"{name} cannot be erased: it accounts for words that are missing")
    return found


def _units(events: Sequence[Event]) -> dict[str, list[Event]]:
    """Every event that is none of another's corrections, with those that are."""
    units: dict[str, list[Event]] = {}
    for event in events:
        payload = event.payload
        target = payload.target if isinstance(payload, _CHANGES) and not isinstance(payload, Erased) else ""
        if target in units:
            units[target].append(event)
        elif not isinstance(payload, Curated):
            units[event.id] = []
    return units


def _said(event: Event, changes: Sequence[Event]) -> Iterator[Entry]:
    """What an entry said, before and after each correction; of a sentence of scribe's own what a person put behind."""
    before = entry_of(event, Board(event.incident))
    if _is_sentence(event):
        own = event.payload.evidence if isinstance(event.payload, Scope) else event.text.partition(": ")[2]
        is_word = own.isascii() and own.isalpha()  # one by itself stands in many an entry, and is nobody's secret
        if len(own) >= (_WORD if is_word else _SIGNS):
            yield plain(before, own)
        before = plain(before, "")
    else:
        yield before
    for change in (event, *changes) if isinstance(event.payload, _CHANGES) else changes:
        payload = change.payload
        text = payload.text if isinstance(payload, Amended) else getattr(payload, "words", UNSET)
        if isinstance(text, str):
            yield replace(before, text=text)
        elif isinstance(payload, FactorSaid | ItemSaid) and change.text:
            yield replace(before, text=change.text)


def _is_sentence(event: Event) -> bool:
    """Whether scribe itself begins the text, with what the entry does."""
    match event.payload:
        case Impact(field=found) | Decision(strategy=found) | Action(target=found):
            return bool(found)
        case Hypothesis(target=found) | Timebox(target=found):
            return bool(found)
        case Note():
            return event.is_board
        case payload:
            return isinstance(payload, _SENTENCES)


def _is_composed(payload: Payload) -> bool:
    return isinstance(payload, _COMPOSED) or (isinstance(payload, Note) and payload.point_settled)


def _quotes(event: Event, words: Repeated) -> bool:
    """Whether something that scribe composed holds the words; in an update they may be cut short."""
    payload = event.payload
    if isinstance(payload, Update) and any(words.masked_told(said) != said for said in payload.fields.values()):
        return True
    hide = words.masked_told if isinstance(payload, Update) else words.masked
    return hide(event.text) != event.text or any(words.masked(leaf) != leaf for leaf in _leaves(event))


def _leaves(event: Event) -> Iterator[str]:
    """The text of an event and every text in its payload."""
    yield event.text
    payload = event.payload
    if not isinstance(payload, Fact) or payload.tags or payload.sources or payload.mentions:
        data = to_builtins(payload)
        data.pop("kind", None)
        yield from strings(data)


def _is_restricted(event: Event, changes: Sequence[Event]) -> bool:
    restricted = event.payload.restricted
    for change in changes:
        if isinstance(change.payload, Restricted):
            restricted = not change.payload.lifted
    return restricted


def _anew(event: Event, entry: Entry | None, payload: Payload, text: str) -> Draft:
    """Something that stands anew where it stood: its time and its writing are those of the event that goes."""
    late, again = (entry.late, entry.reconstructed) if entry else (False, False)
    before = event.payload.origin
    instead = (before.instead if before and before.source == ANEW else "") or event.id
    origin = Origin(ANEW, event.written_at, event.written_by, late=late, reconstructed=again, instead=instead)
    restricted = entry.restricted if entry else payload.restricted
    at, precision = (entry.at, entry.precision) if entry else (event.at, event.precision)
    return Draft(replace(payload, origin=origin, restricted=restricted), text, at, precision)


def _without(event: Event, entry: Entry | None, words: Repeated) -> list[Draft]:
    """What was composed, recorded anew with a sign in the place of the words; nothing where it cannot be."""
    if isinstance(event.payload, Written) or (entry is not None and entry.retracted is not None):
        return []
    payload, text = (entry.payload, entry.text) if entry else (event.payload, event.text)
    hide = words.masked_told if isinstance(payload, Update) else words.masked
    payload = replace(
        payload,
        tags=tuple(tag for tag in payload.tags if hide(tag) == tag),
        sources=tuple(url for url in payload.sources if hide(url) == url),
    )
    match payload:
        case Update(fields=fields):
            payload = replace(payload, fields={name: hide(said) for name, said in fields.items()})
        case Checkpoint(given=given):
            payload = replace(payload, given={name: hide(said) for name, said in given.items()})
        case Impact():
            payload = replace(payload, value=hide(payload.value), previous=_kept(payload.previous, hide))
        case Scope():
            before = _kept(payload.previous_evidence, hide)
            payload = replace(payload, evidence=hide(payload.evidence), previous_evidence=before)
        case _:
            pass
    draft = replace(_anew(event, entry, payload, hide(text)), author=entry.by if entry else event.who)
    return [] if _quotes(replace(event, text=draft.text, payload=draft.payload), words) else [draft]


def _kept(text: str, hide: Callable[[str], str]) -> str:
    return text if hide(text) == text else ""


def _sections(
    events: Sequence[Event], state: State, along: Sequence[Event], gone: set[str], words: Repeated
) -> list[Draft]:
    """Sections of which a part goes along: what they say, with a sign in the place of the words."""
    lost = {event.payload.section for event in along if isinstance(event.payload, Written)}
    if not lost:
        return []
    now = state.sections
    left = [event for event in events if event.id not in gone]
    then = replay(events[0].incident, left).sections
    drafts = []
    for key in sorted(lost):
        text = words.masked(now[key].text) if key in now else ""
        if text and text != (then[key].text if key in then else ""):
            drafts.append(Draft(Written(section=key), text, now[key].at, author=now[key].by))
    return drafts


def _standing(event: Event, entries: Mapping[str, Entry]) -> list[Draft]:
    """What an entry did beside saying something, recorded anew without its words: a state stays reached."""
    match event.payload:
        case Retracted(target=target) if target in entries and entries[target].retracted is not None:
            return [Draft(Retracted(target=target), ERASED, event.at, author=event.who)]
        case Restricted(target=target) if target in entries and entries[target].restricted:
            return [Draft(Restricted(target=target), "", event.at, author=event.who)]
    entry = entries.get(event.id)
    if entry is None or entry.retracted is not None:
        return []

    def anew(payload: Payload, text: str = ERASED) -> Draft:
        return _anew(event, entry, replace(payload, tags=(), sources=(), mentions=()), text)

    payload = entry.payload
    match payload:
        case Declared():
            paces = payload.paces.items()
            drafts = [anew(Note(audience=name, switched="on", cadence=cadence)) for name, cadence in paces]
            if payload.severity is not None:
                severity = Severity(level=payload.severity, cadence=payload.cadence, cadences=payload.cadences)
                drafts.append(anew(severity, f"severity SEV-{payload.severity}"))
            if payload.postmortem_only:  # that it was over then is known, and when it was resolved is not
                drafts.append(anew(StateChange(state="postmortem", cadences={}), "state postmortem"))
            return [*drafts, anew(Security(), "security incident")] if payload.security else drafts
        case Severity(level=level):
            return [anew(payload, f"severity SEV-{level}")]
        case StateChange(state=state):
            return [anew(payload, f"state {state}")]
        case Milestone(moment=moment):
            return [anew(payload, moment)]
        case Security(aspect="marked"):
            return [anew(payload, "security incident")]
        case Security(aspect="lifted"):
            return [anew(payload, "no security incident any more")]
        case Escalation(level=level):
            return [anew(replace(payload, who=""), f"level {level}")]
        case Tick(list=name, item=item, done=done):
            return [anew(payload, f"{name} {'✓' if done else 'not done:'} {item}")]
        case Action() | Hypothesis() | Timebox() if payload.target:
            return [anew(replace(payload, who="") if isinstance(payload, Timebox) else payload)]
        case Update():
            return [anew(replace(payload, fields={}))]
        case Decision(strategy=strategy) if strategy:
            return [anew(replace(payload, confirmed_by=""))]
        case Note() if event.is_board and payload.point is None:
            return [anew(payload)]
        case _:
            return []
