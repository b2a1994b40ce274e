"""What may be passed on: restricted entries left out, and said to be.

Everything that leaves the journal's owner (exports, updates, packets, the clipboard) takes a Redacted, so that the
type checker finds whoever forgot.
"""

from __future__ import annotations

from msgspec.structs import replace

from scribe.record.events import Impact, Note
from scribe.record.state import Board, Entries, Entry, State


class Redacted(State, frozen=True, eq=False):
    """A State that went through ``redact``, and the references of the entries that it no longer holds."""

    withheld: tuple[str, ...] = ()


def redact(state: State, *, include_restricted: bool = False) -> Redacted:
    """The state as it may be passed on; restricted entries only when they were asked for by name."""
    gone = state.withheld if isinstance(state, Redacted) else ()
    restricted = [] if include_restricted else [entry for entry in state.entries if entry.restricted]
    if not restricted:
        return Redacted(state.board, state.entries, gone)
    kept = [_without_quotes(entry, restricted) for entry in state.entries if not entry.restricted]
    gone += tuple(entry.ref for entry in restricted)
    return Redacted(_open_part(state.board, kept, restricted), Entries(kept, len(kept)), gone)


def withheld(state: State) -> int:
    """How many entries a Redacted leaves out, or how many ``redact`` would leave out of any other State."""
    return len(withheld_refs(state))


def withheld_refs(state: State) -> tuple[str, ...]:
    """The references of those entries: the next commander has to know that they exist."""
    if isinstance(state, Redacted):
        return state.withheld
    return tuple(entry.ref for entry in state.entries if entry.restricted)


def _without_quotes(entry: Entry, restricted: list[Entry]) -> Entry:
    """An impact statement quotes the one before it; that one may be restricted."""
    payload = entry.payload
    if not isinstance(payload, Impact) or not payload.previous:
        return entry
    secret = {words for gone in restricted for words in _words(gone)}
    return replace(entry, payload=replace(payload, previous="")) if payload.previous in secret else entry


def _open_part(board: Board, kept: list[Entry], restricted: list[Entry]) -> Board:
    """The board repeats the words of open items, of the impact and of the next decision: those go as well."""
    gone = {entry.id for entry in restricted}
    points = {entry.payload.point for entry in restricted if isinstance(entry.payload, Note)}
    said = [entry.text for entry in kept if entry.kind == "impact" and entry.retracted is None]
    return replace(
        board,
        hypotheses=tuple(item for item in board.hypotheses if item.id not in gone),
        actions=tuple(item for item in board.actions if item.id not in gone),
        impact=said[-1] if said else "",
        point=None if board.point in points else board.point,
    )


def _words(entry: Entry) -> tuple[str, ...]:
    return (entry.text, *(revision.text for revision in entry.revisions))
