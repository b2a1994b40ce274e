"""The entries of the timeline, folded from events in the order of arrival."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter

from msgspec import UNSET
from msgspec.structs import replace

from scribe.record.afterwards import Curated, Waived, Written
from scribe.record.board import amend_payload, closes, rebuild, said_in_turn
from scribe.record.erasure import ANEW, stands_for
from scribe.record.events import (
    NO_ENTRY,
    Absent,
    Action,
    Amended,
    Erased,
    Event,
    Fact,
    Hypothesis,
    Linked,
    Received,
    Restricted,
    Retracted,
    Timebox,
    parted,
)
from scribe.record.state import (
    Board,
    Entries,
    Entry,
    Erasure,
    PartialState,
    Retraction,
    Revision,
    State,
)
from scribe.record.terms import VEILED
from scribe.record.when import seconds_between
from scribe.record.written import ActionItem, Factor, Waiver, Words

Closable = Action | Hypothesis | Timebox
"""Kinds of which a later entry says how they ended."""

OPENED = {"action": "in_flight", "hypothesis": "open", "timebox": "running"}
"""The status of each of those before that."""

LATE_AFTER = 60
"""Seconds between what happened and the writing, from which an entry with a typed time counts as late."""


def entry_of(event: Event, board: Board) -> Entry:
    """An event as the entry that it was when it was recorded."""
    payload = event.payload
    origin = payload.origin
    late = origin.late if origin else bool(event.at_raw) and _is_late(event.at, event.recorded_at)
    reconstructed = origin.reconstructed if origin else late and board.over_at(event.recorded_at)
    status = payload.status if isinstance(payload, Closable) and not payload.target else ""
    gone = isinstance(payload, Absent)  # until an erasure accounts for it: need-to-know, and therefore not here
    return Entry(
        event.number,
        event.writer,
        event.seq,
        event.ref,
        event.at,
        event.precision,
        event.at_raw,
        event.written_at,
        event.kind,
        VEILED if gone else event.text,
        event.who,
        event.written_by,
        payload,
        payload.sources,
        late,
        reconstructed,
        origin is not None and origin.source != ANEW,
        restricted=payload.restricted or gone,
        status=status,
    )


def _is_late(at: str, recorded_at: str) -> bool:
    return seconds_between(at, recorded_at) >= LATE_AFTER


class Fold:
    """The growing timeline of one incident. It owns its lists; the states it hands out are frozen views of them."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._items: list[Entry] = []
        self._shared = 0
        self._sealed = False
        self._places: dict[str, dict[int, Entry]] = {}
        self._written: dict[str, list[tuple[tuple[str, str, int], Event]]] = {}
        self._waivers: dict[tuple[str, str], Waiver] = {}
        self._sections: Mapping[str, Words] | None = {}
        self._anew: dict[tuple[str, str, str], str] = {}
        self._doubles: dict[str, str] = {}

    def add(self, event: Event) -> None:
        """Take one event, in order of arrival. A correction of an entry that was not loaded changes nothing here."""
        payload = event.payload
        thing = stands_for(event) if payload.origin else None
        if thing is not None and (first := self._anew.setdefault(thing, event.id)) != event.id:
            self._doubles[event.id] = first
            return
        match payload:
            case Amended():
                self._correct(payload.target, lambda entry: self._amended(entry, event, payload))
                self._ended(payload.target)
            case Retracted():
                self._retract(event, payload.target)
            case Erased():
                for place in (payload.target, *payload.also):
                    self._erase(event, place)
                self._insert(entry_of(event, self._board))
            case Linked():
                self._correct(payload.target, lambda entry: _linked(entry, payload.sources))
            case Restricted(target=target, lifted=lifted):
                self._correct(target, lambda entry: replace(entry, restricted=not lifted or entry.is_withheld))
            case Curated(target=target):
                self._correct(target, lambda entry: _curated(entry, payload))
            case Written(section=section):
                said = self._written.setdefault(section, [])
                turn = said_in_turn(event, said[-1][0] if said else ("", "", 0))
                insort(said, (turn, event), key=itemgetter(0))
                self._sections = None
            case Waived(code=code, place=place, lifted=lifted):
                self._waivers.pop((code, place), None)
                if not lifted:
                    self._waivers[code, place] = Waiver(code, place, event.text, event.who, event.written_at)
            case Absent() if event.kind == "restricted":
                self._sealed = True
            case Received(withheld=places) if self._sealed:
                # Of what was restricted nobody here knows; its words may have come from a copy that knew nothing of it.
                for place in places:
                    self._correct(place, lambda entry: replace(entry, restricted=True))
            case _ if event.kind not in NO_ENTRY:  # an erased correction says nothing any more, and is no entry
                self._insert(entry_of(event, self._board))
                if isinstance(payload, Closable):
                    self._ended(event.id)

    def extend(self, events: Iterable[Event]) -> None:
        """Take several events, in order of arrival."""
        for event in events:
            self.add(event)

    def advance(self, board: Board) -> None:
        """Take the board as it stands now."""
        self._board = board

    def state(self) -> State:
        """Everything, as it stands."""
        return State(self._board, self._view(), self._words(), tuple(self._waivers.values()))

    def partial(self) -> PartialState:
        """As ``state``, when older entries are still to be loaded."""
        return PartialState(self._board, self._view())

    def entry(self, place: str) -> Entry | None:
        """The entry of that event (``writer-seq``) as it stands; None when it was not loaded, or is no entry."""
        return self._find(place)

    def __len__(self) -> int:
        return len(self._items)

    def said(self, erased: Erased) -> list[Entry]:
        """What goes with an erasure, as far as it is known here, each text as an entry.

        Entries, and what is none where it was meant itself: what goes along because it quotes something stands anew.
        """
        places = (erased.target, *erased.also)
        found = [entry for entry in map(self._find, places) if entry is not None]
        if self._find(erased.target) is not None:
            return found
        events = [event for written in self._written.values() for _, event in written if event.id in places]
        known: tuple[Factor | ActionItem, ...] = (*self._board.factors, *self._board.items)
        rows = [row for row in known if row.id in places]
        return [
            *found,
            *(entry_of(event, self._board) for event in events),
            *(_told(text, row) for row in rows for text in _texts(row) if text),
        ]

    def _view(self) -> Entries:
        self._shared = len(self._items)
        return Entries(self._items, self._shared)

    def _words(self) -> Mapping[str, Words]:
        """What every section says; computed when something that it says, or quotes, has changed."""
        if self._sections is None:
            said = {key: [event for _, event in written] for key, written in self._written.items()}
            self._sections = {key: self._section(events) for key, events in said.items() if events}
        return self._sections

    def _section(self, events: list[Event]) -> Words:
        lines: list[str] = []
        for event in events:
            payload = event.payload
            assert isinstance(payload, Written)
            if not payload.added:
                lines.clear()
            lines.append(self._quoted(payload.entry) if payload.entry else event.text)
        last = events[-1]
        return Words("\n".join(filter(None, lines)), last.who, last.written_at, events[0].written_at)

    def _quoted(self, target: str) -> str:
        """An entry's words as they stand now, on one line, with its reference; nothing of what was taken back."""
        entry = self._find(target)
        if entry is None or entry.retracted is not None or entry.erased is not None:
            return ""
        return f"{' '.join(entry.text.split())} ({entry.ref})"

    def _amended(self, entry: Entry, event: Event, change: Amended) -> Entry:
        if entry.erased is not None:  # another copy's amendment, which knew nothing of it
            return entry
        revision = Revision(entry.text, entry.at, entry.by, event.written_at, event.text)
        payload = amend_payload(entry.payload, change)
        if change.text is not UNSET:
            payload = replace(payload, tags=change.tags, mentions=change.mentions)
        at_raw = entry.at_raw if change.at_raw is UNSET else change.at_raw
        at = entry.at if change.at is UNSET else change.at
        late = entry.late if entry.imported else bool(at_raw) and _is_late(at, entry.recorded_at)
        return replace(
            entry,
            text=entry.text if change.text is UNSET else change.text,
            by=entry.by if change.by is UNSET else change.by,
            at=at,
            precision=entry.precision if change.precision is UNSET else change.precision,
            at_raw=at_raw,
            late=late,
            reconstructed=entry.reconstructed if entry.imported else late and self._board.over_at(entry.recorded_at),
            payload=payload,
            sources=_joined(entry.sources, change.sources),
            revisions=(*entry.revisions, revision),
        )

    def _insert(self, entry: Entry) -> None:
        items = self._items
        self._places.setdefault(entry.writer, {})[entry.seq] = entry
        if not items or items[-1].key <= entry.key:
            items.append(entry)
            return
        self._own(bisect_right(items, entry.key, key=lambda found: found.key))
        insort(self._items, entry, key=lambda found: found.key)

    def _correct(self, target: str, change: Callable[[Entry], Entry]) -> None:
        old = self._find(target)
        if old is None:
            return
        new = change(old)
        self._sections = None if self._written else self._sections  # they may quote it
        self._places[old.writer][old.seq] = new
        place = bisect_right(self._items, old.key, key=lambda found: found.key) - 1
        self._own(min(place, bisect_right(self._items, new.key, key=lambda found: found.key)))
        if new.key == old.key:
            self._items[place] = new
        else:
            del self._items[place]
            insort(self._items, new, key=lambda found: found.key)

    def _retract(self, event: Event, target: str) -> None:
        """Take an entry back, once; when it closed something, that is open again."""
        gone = self._find(target)
        if gone is None or gone.retracted is not None or gone.erased is not None:
            return
        why = Retraction(event.text, event.who, event.written_at)
        self._correct(target, lambda entry: replace(entry, retracted=why))
        self._open_again(gone)

    def _erase(self, event: Event, place: str) -> None:
        """Forget the words of the event at ``place``, as if they had never been read; the first erasure is told."""
        at = parted(place)
        for section, written in self._written.items():
            self._written[section] = [one for one in written if (one[1].writer, one[1].seq) != at]
            self._sections = None
        gone = self._find(place)
        if gone is None or gone.erased is not None or place in self._doubles:
            return
        why = Erasure(event.text, event.who, event.written_at)
        self._correct(place, lambda entry: _erased(entry, why, restricted=event.payload.restricted))
        self._open_again(gone)

    def _open_again(self, gone: Entry) -> None:
        """What an entry closed is open again, because the entry counts no more."""
        opened = OPENED.get(gone.kind, "")
        self._correct(closes(gone.payload), lambda entry: replace(entry, status=opened, ended_at=""))

    def _ended(self, place: str) -> None:
        """What the entry at ``place`` closed, itself or another, ended when that entry happened."""
        closing = self._find(place)
        if closing is None or closing.retracted is not None or not isinstance(closing.payload, Closable):
            return
        target, status, ended = closing.payload.target, closing.payload.status, closing.at
        if target:
            self._correct(target, lambda entry: replace(entry, status=status, ended_at=ended))
        elif status == "done":
            self._correct(place, lambda entry: replace(entry, ended_at=ended))

    def _find(self, target: str) -> Entry | None:
        found = parted(self._doubles.get(target, target))
        return self._places.get(found[0], {}).get(found[1]) if found else None

    def _own(self, place: int) -> None:
        """Before a change at ``place``: views already handed out keep the list they have."""
        if place < self._shared:
            self._items = list(self._items)
            self._shared = 0


def _texts(row: Factor | ActionItem) -> tuple[str, ...]:
    """Everything that people put into words of it."""
    if isinstance(row, Factor):
        return (row.text, row.remark)
    told = [done.words for done in (row.closed, row.verified) if done is not None]
    return (row.text, row.verification, *told)


def _told(text: str, row: Factor | ActionItem) -> Entry:
    """A text of something that is no entry, as one."""
    return Entry(0, "", 0, row.ref, row.since, "second", "", row.since, "fact", text, row.by, row.by, Fact())


def _curated(entry: Entry, change: Curated) -> Entry:
    starred = entry.starred if change.starred is UNSET else change.starred
    hidden = entry.hidden if change.hidden is UNSET else change.hidden
    return replace(entry, starred=starred, hidden=hidden)


def _linked(entry: Entry, sources: tuple[str, ...]) -> Entry:
    return entry if entry.erased is not None else replace(entry, sources=_joined(entry.sources, sources))


def _erased(entry: Entry, why: Erasure, *, restricted: bool) -> Entry:
    """An entry as it is read once its body is destroyed: its header, and that it was erased."""
    at = entry.revisions[0].at if entry.revisions else entry.at
    return Entry(
        entry.number,
        entry.writer,
        entry.seq,
        entry.ref,
        at,
        entry.precision,
        "",
        entry.recorded_at,
        entry.kind,
        "",
        "",
        "",
        Absent(),
        restricted=restricted,
        starred=entry.starred,
        hidden=entry.hidden,
        erased=why,
    )


def _joined(sources: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*sources, *more)))


def replay(incident: str, events: Iterable[Event]) -> State:
    """The state that a whole record folds to."""
    events = list(events)
    fold = Fold(rebuild(incident, events))
    fold.extend(events)
    return fold.state()
