"""When the next status update is due, for every audience that is switched on."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from scribe.record.events import Event, Note, Paced, Update
from scribe.record.state import Board, Track
from scribe.record.terms import AUDIENCE, AUDIENCES
from scribe.record.when import shifted


def paced(board: Board, payload: Paced, *, since: str | None = None, forget: bool = False) -> Board:
    """The tracks once an event said how often updates are sent.

    ``since`` begins every count anew there: a declaration, a regression. A change of severity ``forget``s what was set
    by hand; otherwise a due time may be brought forward, and is never pushed back. Only the declaration says who is
    told: a change that was stamped for an audience does not switch it on where the record came out otherwise.
    """
    tracks = board.tracks or tuple(Track(audience, since or "") for audience in _ordered(payload.paces))
    if forget:
        tracks = tuple(replace(track, by_hand=False) for track in tracks)
    if board.over:  # a cadence set by hand waits for the day when it is open again
        kept = (replace(track, due=None, cadence=track.cadence if track.by_hand else None) for track in tracks)
        return replace(board, tracks=tuple(kept))
    if since is not None:
        tracks = tuple(replace(track, base=since, due=None) for track in tracks)
    return replace(board, tracks=tuple(_paced(track, payload, anew=since is not None) for track in tracks))


def _ordered(audiences: Collection[str]) -> list[str]:
    """Audiences in one order, whatever it was when they were written: JSON objects keep none in the journal."""
    known = [audience for audience in AUDIENCES if audience in audiences]
    return [*known, *sorted(audience for audience in audiences if audience not in known)]


def _paced(track: Track, payload: Paced, *, anew: bool) -> Track:
    if track.audience not in payload.paces:  # it was switched on for that time afterwards, and keeps its pace
        return _forward(track) if anew else track
    return _forward(replace(track, cadence=payload.paces[track.audience]))


def paced_by_hand(board: Board, payload: Note, event: Event) -> Board:
    """The tracks once somebody set a cadence or a due time, or switched an audience on or off.

    A pace for an audience that is not told (its switching on was taken back) moves nothing.
    """
    audience = payload.audience or AUDIENCE
    track = board.track(audience)
    if payload.switched == "off":
        others = tuple(found for found in board.tracks if found.audience != audience)
        return replace(board, tracks=others or board.tracks)  # somebody is always told, whatever was taken back
    if track is None and payload.switched == "on":
        track = Track(audience, event.at)
    if track is None or (payload.switched != "on" and payload.cadence is None and payload.next_at is None):
        return board
    if payload.cadence is not None:
        track = replace(track, cadence=payload.cadence, by_hand=payload.switched != "on")
        track = replace(track, due=None) if board.over else _forward(track)
    if payload.next_at is not None and not board.over:
        track = replace(track, due=payload.next_at)
    return replace(board, tracks=_with(board.tracks, track))


def sent(board: Board, event: Event, payload: Update) -> Board:
    """The tracks once an update was sent; one for an audience that is not switched on moves no countdown."""
    board = replace(board, updates=board.updates + 1)
    track = board.track(payload.audience)
    if track is None:
        return board
    track = replace(track, base=event.at, due=None if board.over else payload.next_at)
    if not board.over and payload.next_at is None:  # it was sent as the last one, and the resolution was taken back
        track = _forward(track)
    return replace(board, tracks=_with(board.tracks, track))


def _with(tracks: tuple[Track, ...], changed: Track) -> tuple[Track, ...]:
    others = tuple(changed if track.audience == changed.audience else track for track in tracks)
    return others if changed in others else (*others, changed)


def _forward(track: Track) -> Track:
    """A change may bring the due time forward, never push it back."""
    if track.cadence is None or not track.base:  # a declaration that was erased says no time
        return track
    candidate = shifted(track.base, track.cadence)
    return replace(track, due=candidate if track.due is None else min(track.due, candidate))
