"""What may be passed on: restricted entries left out, their words wherever else they stand too, and said to be.

Everything that leaves the journal's owner (exports, updates, packets, the clipboard) takes a Redacted, so that the
type checker finds whoever forgot. What the response cannot be told without stays: severity, state, times, references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from scribe.record.coordination import scoped
from scribe.record.events import (
    Action,
    Checkpoint,
    Decision,
    Event,
    Fact,
    Hypothesis,
    Impact,
    Note,
    Payload,
    Role,
    Scope,
    Snoozed,
    Tick,
    Update,
)
from scribe.record.fold import entry_of
from scribe.record.state import Board, Entries, Entry, Handed, OpenItem, Said, ScopeRow, State, Ticked
from scribe.record.terms import IMPACT_LABELS, TITLE_WITHHELD
from scribe.record.veil import WITHHELD, Veil
from scribe.record.written import ActionItem, Done, Factor, Waiver

__all__ = ["Redacted", "impact_value", "redact", "withheld_note", "withheld_refs"]

_PLAIN = (Fact, Hypothesis, Action, Decision)
"""Kinds that keep nobody's words but in their text."""


class Redacted(State, frozen=True, eq=False):
    """A State that went through ``redact``, and the references of the entries that it no longer holds."""

    withheld: tuple[str, ...] = ()


def redact(state: State, *, include_restricted: bool = False) -> Redacted:
    """The state as it may be passed on; restricted entries only when they were asked for by name."""
    gone = state.withheld if isinstance(state, Redacted) else ()
    restricted: list[Entry] = []
    passed: list[Entry] = []
    for entry in state.entries:
        # What is not here cannot be passed on, whatever was asked for.
        is_left_out = entry.restricted and (not include_restricted or entry.is_withheld)
        (restricted if is_left_out else passed).append(entry)
    if not restricted:
        return Redacted(state.board, state.entries, state.sections, state.waivers, gone)
    veil = Veil(restricted, state.entries)
    veil.look_over(entry.text for entry in passed)
    quotes = _Quotes(restricted)
    kept = [_open_entry(entry, quotes, veil) for entry in passed]
    gone += tuple(entry.ref for entry in restricted)
    return Redacted(
        _open_part(state.board, kept, restricted, quotes, veil),
        Entries(kept, len(kept)),
        {key: replace(words, text=veil.sentences(words.text)) for key, words in state.sections.items()},
        tuple(_open_waiver(waiver, veil) for waiver in state.waivers),
        gone,
    )


class Sieve:
    """Tells which events ``redact`` would show otherwise than they stand, because they quote what is restricted."""

    def __init__(self, restricted: Sequence[Entry], board: Board, veil: Veil) -> None:
        self._quotes = _Quotes(restricted)
        self._board = board
        self._veil = veil

    def holds_back(self, event: Event) -> bool:
        """Whether it is one of them."""
        payload = event.payload
        if isinstance(payload, Snoozed):
            return bool(event.text)
        if isinstance(payload, Note) and payload.point is not None and payload.point.what in self._quotes.points:
            return True
        entry = entry_of(event, self._board)
        return _open_entry(entry, self._quotes, self._veil) != entry


def withheld_refs(state: State) -> tuple[str, ...]:
    """The references of the entries that a Redacted leaves out, or ``redact`` would out of any other State.

    The next commander has to know that they exist.
    """
    if isinstance(state, Redacted):
        return state.withheld
    return tuple(entry.ref for entry in state.entries if entry.restricted)


def withheld_note(refs: Sequence[str]) -> str:
    """What is said of them wherever they are left out: how many, and which."""
    return f"{len(refs)} restricted {'entry' if len(refs) == 1 else 'entries'} withheld: {', '.join(refs)}"


def impact_value(entry: Entry) -> str:
    """What an impact entry says of its side, or of the whole."""
    said = entry.payload
    return said.value or entry.text if isinstance(said, Impact) else entry.text


class _Quotes:
    """What entries quote of one another by themselves, so far as the one that is quoted is restricted."""

    def __init__(self, restricted: Sequence[Entry]) -> None:
        self.said: set[str] = set()
        self.points: set[str] = set()
        self.scope: set[tuple[str, str, str, str]] = set()
        self.cast: set[tuple[str, str]] = set()
        for entry in restricted:
            match entry.payload:
                case Impact(field=field, value=value):
                    label = f"{IMPACT_LABELS[field]}: " if field else ""
                    texts = (entry.text, *(old.text for old in entry.revisions))
                    self.said |= {value, *texts, *(text.removeprefix(label) for text in texts)}
                case Note(point=point) if point is not None:
                    self.points.add(point.what)
                case Scope(row=row, name=name, verdict=verdict, evidence=evidence):
                    self.scope.add((row, name.casefold(), verdict, evidence))
                case Role(role=role, who=who) if who:
                    self.cast.add((role, who.casefold()))
                case _:
                    pass

    def holder(self, role: str, who: str) -> str:
        """A role's holder by name; who took it in a restricted entry is withheld."""
        return WITHHELD if (role, who.casefold()) in self.cast else who

    def text(self, entry: Entry) -> str:
        """An entry's words without those that scribe itself repeated in them."""
        payload, text = entry.payload, entry.text
        match payload:
            case Note(point_settled=True):
                sentence, _, what = text.partition(": ")
                return sentence if what in self.points else text
            case Role():
                for who in payload.previous:
                    text = _renamed(text, who, self.holder(payload.role, who))
                return text
            case Checkpoint(outgoing=who) if who:
                return _renamed(text, who, self.holder(payload.role, who))
            case Update():
                return self.unnamed(text)
            case _:
                return text

    def unnamed(self, text: str) -> str:
        """An update's words without those who took a role in a restricted entry."""
        for _, who in sorted(self.cast):
            text = re.sub(rf"(?i)@{re.escape(who)}(?![\w.-])", f"@{WITHHELD}", text)
        return text

    def payload(self, payload: Payload) -> Payload:
        """The fields in which an entry keeps what was said before it."""
        match payload:
            case Impact(previous=previous) if previous in self.said:
                return replace(payload, previous="")
            case Scope():
                before = (payload.row, payload.name.casefold(), payload.previous, payload.previous_evidence)
                return replace(payload, previous="", previous_evidence="") if before in self.scope else payload
            case Role():
                return replace(payload, previous=tuple(self.holder(payload.role, who) for who in payload.previous))
            case Update(fields=fields):
                return replace(payload, fields={name: self.unnamed(said) for name, said in fields.items()})
            case Checkpoint():
                return replace(payload, outgoing=self.holder(payload.role, payload.outgoing))
            case _:
                return payload


def _renamed(text: str, who: str, name: str) -> str:
    return text if who == name else re.sub(rf"@{re.escape(who)}(?![\w.-])", f"@{name}", text)


def _open_entry(entry: Entry, quotes: _Quotes, veil: Veil) -> Entry:
    gone, erased = entry.retracted, entry.erased
    hide = veil.told if isinstance(entry.payload, Update) else veil.text
    text = hide(quotes.text(entry))
    # Nearly all entries are like this, and a copy of each costs more than looking through it.
    if isinstance(entry.payload, _PLAIN) and not (entry.sources or entry.tags or entry.revisions or gone):
        return entry if text == entry.text else replace(entry, text=text)
    return replace(
        entry,
        text=text,
        payload=_veiled(quotes.payload(entry.payload), veil),
        sources=veil.whole(entry.sources),
        revisions=tuple(replace(old, text=veil.text(old.text), why=veil.text(old.why)) for old in entry.revisions),
        retracted=replace(gone, why=veil.text(gone.why)) if gone else None,
        erased=replace(erased, why=veil.text(erased.why)) if erased else None,
    )


def _veiled(payload: Payload, veil: Veil) -> Payload:
    """The payload with what somebody typed into it veiled; names, and words of scribe's own, stay."""
    if payload.tags or payload.sources:
        payload = replace(payload, tags=veil.whole(payload.tags), sources=veil.whole(payload.sources))
    match payload:
        case Impact():
            return replace(payload, value=veil.text(payload.value), previous=veil.text(payload.previous))
        case Scope():
            return replace(
                payload,
                name=veil.text(payload.name),
                evidence=veil.text(payload.evidence),
                previous_evidence=veil.text(payload.previous_evidence),
            )
        case Note(point=point) if point is not None:
            return replace(payload, point=replace(point, what=veil.text(point.what)))
        case Update():
            return replace(payload, fields={name: veil.told(said) for name, said in payload.fields.items()})
        case Checkpoint():
            return replace(payload, given={name: veil.text(said) for name, said in payload.given.items()})
        case _:
            return payload


def _open_part(board: Board, kept: Sequence[Entry], restricted: Sequence[Entry], quotes: _Quotes, veil: Veil) -> Board:
    """The board without what it knows from restricted entries alone.

    Reasons for snoozes go altogether: they cannot be restricted, and were meant for whoever was there.
    """
    gone = {entry.id for entry in restricted}
    unnamed = any(entry.kind == "declared" for entry in restricted)
    standing = [entry for entry in kept if entry.retracted is None]
    point = board.point
    if point is not None:
        point = None if point.what in quotes.points else replace(point, what=veil.text(point.what))
    impact, sides = _suffered(standing)
    return replace(
        board,
        title=TITLE_WITHHELD if unnamed else veil.text(board.title),
        roles={
            role: tuple(replace(holder, who=quotes.holder(role, holder.who)) for holder in held)
            for role, held in board.roles.items()
        },
        hypotheses=_open_items(board.hypotheses, gone, veil),
        actions=_open_items(board.actions, gone, veil),
        timeboxes=tuple(replace(box, text=veil.text(box.text)) for box in board.timeboxes if box.id not in gone),
        point=point,
        impact=impact,
        sides=sides,
        scope=_scope(standing),
        factors=tuple(_open_factor(factor, veil) for factor in board.factors),
        items=tuple(_open_item(item, veil) for item in board.items),
        checkpoint=_handed(board.checkpoint, gone, quotes),
        handoff=_handed(board.handoff, gone, quotes),
        ticks=_ticks(standing),
        snoozes={key: replace(snooze, reason="") for key, snooze in board.snoozes.items() if veil.text(key) == key},
    )


def _open_items(items: tuple[OpenItem, ...], gone: set[str], veil: Veil) -> tuple[OpenItem, ...]:
    return tuple(
        replace(item, text=veil.text(item.text), tags=veil.whole(item.tags)) for item in items if item.id not in gone
    )


def _open_waiver(waiver: Waiver, veil: Veil) -> Waiver:
    return replace(waiver, place=veil.text(waiver.place), why=veil.sentences(waiver.why))


def _open_factor(factor: Factor, veil: Veil) -> Factor:
    return replace(factor, text=veil.sentences(factor.text), remark=veil.sentences(factor.remark))


def _open_item(item: ActionItem, veil: Veil) -> ActionItem:
    def said(done: Done | None) -> Done | None:
        return replace(done, words=veil.sentences(done.words)) if done else None

    return replace(
        item,
        text=veil.sentences(item.text),
        owner=veil.text(item.owner),
        verification=veil.sentences(item.verification),
        closed=said(item.closed),
        verified=said(item.verified),
    )


def _suffered(standing: Sequence[Entry]) -> tuple[str, dict[str, Said]]:
    """The impact as the open entries alone state it."""
    whole, sides = "", dict[str, Said]()
    for entry in standing:
        said = entry.payload
        if isinstance(said, Impact) and said.field:
            sides[said.field] = Said(said.value, entry.at)
        elif isinstance(said, Impact):
            whole = impact_value(entry)
    return whole, sides


def _scope(standing: Sequence[Entry]) -> tuple[ScopeRow, ...]:
    rows: tuple[ScopeRow, ...] = ()
    for entry in standing:
        said = entry.payload
        if isinstance(said, Scope):
            rows = scoped(rows, ScopeRow(said.row, said.name, said.verdict, said.evidence, entry.at))
    return rows


def _ticks(standing: Sequence[Entry]) -> dict[str, Ticked]:
    ticks: dict[str, Ticked] = {}
    for entry in standing:
        if isinstance(entry.payload, Tick):
            name = f"{entry.payload.list}/{entry.payload.item}"
            ticks.pop(name, None)
            if entry.payload.done:
                ticks[name] = Ticked(entry.by, entry.at)
    return ticks


def _handed(packet: Handed | None, gone: set[str], quotes: _Quotes) -> Handed | None:
    if packet is None:
        return None
    if packet.id not in gone:
        return replace(packet, outgoing=quotes.holder(packet.role, packet.outgoing))
    hidden = {name: WITHHELD for name in ("outgoing", "incoming") if getattr(packet, name)}
    return replace(packet, **hidden)
