"""Copies of a record, merged by union: nothing is lost, nothing comes back, and nothing forged comes in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from scribe.journal.erasing import NULL, Fragments, drop_unsent, wipe
from scribe.journal.rows import INSERT, row_of, values
from scribe.journal.store import Journal
from scribe.record.bundled import event_of
from scribe.record.chain import Stored, accounts, verify
from scribe.record.errors import Refused
from scribe.record.events import Draft, Received
from scribe.record.fold import entry_of
from scribe.record.quoting import texts
from scribe.record.repeated import Repeated
from scribe.record.state import Board

_BODY = "author, recorder, at_raw, text, payload, salt"
_FILL = f"UPDATE events SET ({_BODY}) = ({', '.join('?' * 6)}) WHERE incident = ? AND writer = ? AND seq = ?"

_UNTOUCHED = "nothing was taken; ask for the bundle once more"

Key = tuple[str, int]
"""Writer and turn: what an event is called within its incident."""


class Merged(Struct, frozen=True):
    """What a merge brought: events taken, bodies filled in that had been withheld, bodies erased here too.

    ``withheld`` counts the bodies that this copy of the record lacks now, ``is_new`` says that it held nothing before.
    ``pending`` says why what was erased may still be in the file; empty when it is gone.
    """

    incident: str
    taken: int
    filled: int
    erased: int
    withheld: int
    is_new: bool
    pending: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether everything was here already."""
        return not (self.taken or self.filled or self.erased)


class _OnTrialError(Exception):
    """Everything was tried, and is taken back."""

    def __init__(self, merged: Merged) -> None:
        self.merged = merged


def tried(journal: Journal, rows: Sequence[Stored], *, recorder: str, recorded_at: str) -> Merged:
    """What `merge` would bring; nothing is written. Raises what it raises."""
    try:
        merge(journal, rows, recorder=recorder, recorded_at=recorded_at, on_trial=True)
    except _OnTrialError as tried:
        return tried.merged
    raise AssertionError("a trial ends with what it found")


def merge(
    journal: Journal, rows: Sequence[Stored], *, recorder: str, recorded_at: str, on_trial: bool = False
) -> Merged:
    """Take the rows of one incident's record, whole and in an order in which each follows what it names.

    All or nothing. An erased body wins over one that is here, and over one that comes. What came without its body is
    named in an event, so that its absence is accounted for. Raises Refused for a row that was altered or forged, for
    one that another stands in the place of, for another record under the same name; and what an append raises.
    """
    verdict = verify(rows, lacking=True)
    if verdict.first_break is not None:
        broken = verdict.first_break
        raise Refused(f"it was altered or forged: {broken.ref or 'an entry'} ({broken.id}): {broken.why}", _UNTOUCHED)
    if not rows:
        raise Refused("it holds no entries", _UNTOUCHED)
    incident = rows[0].header.incident
    with journal.transaction():
        ours = {_key(row): row for row in journal.stored(incident)}
        _same_record(ours, rows)
        gone = {place for row in (*ours.values(), *rows) for place in accounts(row)[0]}
        taken = [row for row in rows if _key(row) not in ours]
        came = {_key(row): row for row in rows}
        filled = [
            came[key]
            for key, row in ours.items()
            if row.body is None and key in came and came[key].body is not None and _place(row) not in gone
        ]
        erased = [row for row in ours.values() if row.body is not None and _place(row) in gone]
        for row in taken:
            body = None if _place(row) in gone else row.body
            journal.connection.execute(INSERT, row_of(row if body is not None else _bare(row)))
        for row in filled:
            assert row.body is not None
            journal.connection.execute(_FILL, (*values(row.body), row.salt, incident, *_key(row)))
        for row in erased:
            journal.connection.execute(NULL, (incident, *_key(row)))
        if erased:
            drop_unsent(journal, Repeated([entry_of(event, Board(incident)) for event in map(event_of, erased)]))
        if taken or filled or erased:
            _account(journal, incident, recorder, recorded_at, was_filled=bool(filled))
        after = verify(journal.stored(incident))
        if after.first_break is not None:
            broken = after.first_break
            raise Refused(
                f"the record here is broken at {broken.ref or 'an entry'} ({broken.id}): {broken.why}",
                "nothing was merged; scribe verify tells more, scribe salvage saves what can be read",
            )
        merged = Merged(incident, len(taken), len(filled), len(erased), after.withheld, not ours)
        if on_trial:
            raise _OnTrialError(merged)
    if not erased:
        return merged
    said = (text for event in map(event_of, erased) for text in texts(event))
    return replace(merged, pending=wipe(journal, Fragments(said)))


def _same_record(ours: dict[Key, Stored], rows: Sequence[Stored]) -> None:
    """Raises Refused where one name stands for two things."""
    incident = rows[0].header.incident
    if any(row.header.incident != incident for row in rows):
        raise Refused("it holds more than one incident", _UNTOUCHED)
    genesis = next(iter(ours.values()), rows[0])
    if genesis.digest != rows[0].digest:
        raise Refused(
            f"there is another incident {incident} in this journal, and it is not the same record",
            "merge it into a journal of its own: --db FILE",
        )
    for row in rows:
        here = ours.get(_key(row))
        if here is not None and here.digest != row.digest:
            raise Refused(
                f"{_place(row)} is one entry here and another there: one of them was rewritten,"
                " or two copies wrote under one name",
                "nothing was taken; scribe verify in both journals, and the heads noted earlier, tell which",
            )


def _account(journal: Journal, incident: str, recorder: str, recorded_at: str, *, was_filled: bool) -> None:
    """Record which bodies are missing and accounted for by nothing, and fold the board of what is there now.

    Where some were filled in, that something came is recorded too: whoever follows the file has to read it anew.
    """
    accounted: set[str] = set()
    absent: list[str] = []
    for row in journal.stored(incident):
        for places in accounts(row):
            accounted.update(places)
        if row.body is None:
            absent.append(_place(row))
    lacking = tuple(place for place in absent if place not in accounted)
    if lacking or was_filled:
        journal.note(incident, Draft(Received(withheld=lacking), "", recorded_at), recorder, recorded_at)
    else:
        journal.fold_board(incident)


def _bare(row: Stored) -> Stored:
    return Stored(row.number, row.header, row.body_digest, row.digest, None, None)


def _key(row: Stored) -> Key:
    return (row.header.writer, row.header.seq)


def _place(row: Stored) -> str:
    return f"{row.header.writer}-{row.header.seq}"
