"""Copies of a record, merged by union: nothing is lost, nothing comes back, and nothing forged comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from scribe.journal.erasing import Fragments, drop_unsent, wipe
from scribe.journal.rows import FILL, INSERT, NULL, row_of, values
from scribe.journal.store import Journal
from scribe.record.chain import Stored, accounted, event_of, verify
from scribe.record.errors import Refused
from scribe.record.events import Draft, Erased, Event, Received
from scribe.record.merged import as_one
from scribe.record.quoting import Going, left_behind, texts

_UNTOUCHED = "nothing was taken; ask for the bundle once more"

Key = tuple[str, int]
"""Writer and turn: what an event is called within its incident."""


class Merged(Struct, frozen=True):
    """What a merge brought: events taken, bodies filled in that had been withheld, bodies erased here too.

    ``withheld`` counts the bodies that this copy of the record lacks now, ``is_new`` says that it held nothing before.
    ``along`` are the events that went because they correct or quote what was erased in one copy, ``repeating`` names
    what people typed that repeats it, and stays. ``pending`` says why what was erased may still be in the file; empty
    when it is gone.
    """

    incident: str
    taken: int
    filled: int
    erased: int
    withheld: int
    is_new: bool
    along: tuple[Event, ...] = ()
    repeating: tuple[str, ...] = ()
    pending: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether everything was here already."""
        return not (self.taken or self.filled or self.erased)


class _TakenBackError(Exception):
    """Ends a transaction in which everything was only tried."""


def tried(journal: Journal, rows: Sequence[Stored], *, recorder: str, recorded_at: str) -> Merged:
    """What `merge` would bring; nothing is written. Raises what it raises."""
    _check(rows)
    with suppress(_TakenBackError), journal.transaction():
        merged, _ = _merge(journal, rows, recorder, recorded_at)
        raise _TakenBackError
    return merged


def merge(journal: Journal, rows: Sequence[Stored], *, recorder: str, recorded_at: str) -> Merged:
    """Take the rows of one incident's record, whole and in an order in which each follows what it names.

    All or nothing. An erased body wins over one that is here, and over one that comes, and takes along what corrects
    or quotes it in a copy that knew nothing of the erasure. What came without its body is named in an event, so that
    its absence is accounted for. Raises Refused for a row that was altered or forged, for
    one that another stands in the place of, for another record under the same name; and what an append raises.
    """
    _check(rows)
    with journal.transaction():
        merged, erased = _merge(journal, rows, recorder, recorded_at)
    if not erased:
        return merged
    said = (text for event in map(event_of, erased) for text in texts(event))
    return replace(merged, pending=wipe(journal, Fragments(said)))


def _check(rows: Sequence[Stored]) -> None:
    """Raises Refused for what is no record, whatever there is here."""
    verdict = verify(rows, lacking=True)
    if verdict.first_break is not None:
        broken = verdict.first_break
        raise Refused(f"it was altered or forged: {broken.ref or 'an entry'} ({broken.id}): {broken.why}", _UNTOUCHED)
    if not rows:
        raise Refused("it holds no entries", _UNTOUCHED)


def _merge(journal: Journal, rows: Sequence[Stored], recorder: str, recorded_at: str) -> tuple[Merged, list[Stored]]:
    """Within a transaction: what it brings, and the rows as they were whose bodies it erased."""
    incident = rows[0].header.incident
    ours = {_key(row): row for row in journal.stored(incident)}
    _same_record(ours, rows)
    taken = [row for row in rows if _key(row) not in ours]
    came = {_key(row): row for row in rows}
    gone = set(accounted((*ours.values(), *rows))[0])
    left = _left_behind([*ours.values(), *taken], came, gone)
    gone.update(event.id for event in left.also)
    filled = [
        came[key]
        for key, row in ours.items()
        if row.body is None and key in came and came[key].body is not None and row.id not in gone
    ]
    erased = [row for row in ours.values() if row.body is not None and row.id in gone]
    for row in taken:
        body = None if row.id in gone else row.body
        journal.connection.execute(INSERT, row_of(row if body is not None else _bare(row)))
    for row in filled:
        assert row.body is not None
        journal.connection.execute(FILL, (*values(row.body), row.salt, incident, *_key(row)))
    for row in erased:
        journal.connection.execute(NULL, (incident, *_key(row)))
    if left.gone:
        drop_unsent(journal, left.words)
    if left.also:
        journal.notes(incident, tuple(_told(left, recorded_at)), recorder, recorded_at)
    if taken or filled or erased:
        _account(journal, incident, taken, recorder, recorded_at, was_filled=bool(filled))
    after = verify(journal.stored(incident))
    if after.first_break is not None:
        broken = after.first_break
        raise Refused(
            f"the record here is broken at {broken.ref or 'an entry'} ({broken.id}): {broken.why}",
            "nothing was merged; scribe verify tells more, scribe salvage saves what can be read",
        )
    counts = (len(taken), len(filled), len(erased), after.withheld)
    return Merged(incident, *counts, not ours, left.also, left.repeating), erased


def _left_behind(rows: Sequence[Stored], came: Mapping[Key, Stored], gone: set[str]) -> Going:
    """What corrects or quotes the erased in the copy that knew nothing of it; the words are those of whoever has them.

    ``rows`` are those of both copies, in the order in which they stand here after the merge.
    """
    known = [row if row.body is not None else came.get(_key(row), row) for row in rows]
    return left_behind(as_one([event_of(row) for row in known]) if gone else (), gone)


def _told(left: Going, at: str) -> Iterator[Draft]:
    """The event that tells what went along, in the words of whoever erased first, and what stands anew."""
    place = next(iter((*(event.id for event in left.targets), *left.again)))
    why = dict(left.already)[place]
    also = tuple(dict.fromkeys(event.id for event in left.also))
    yield Draft(Erased(target=place, also=also, restricted=left.restricted), why.why, at, author=why.by)
    yield from left.anew


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
                f"{row.id} is one entry here and another there: one of them was rewritten,"
                " or two copies wrote under one name",
                "nothing was taken; scribe verify in both journals, and the heads noted earlier, tell which",
            )


def _account(
    journal: Journal, incident: str, taken: Sequence[Stored], recorder: str, recorded_at: str, *, was_filled: bool
) -> None:
    """Record which bodies did not come and are accounted for by nothing, and fold the board of what is there now.

    One that was here and is missing is not among them: it did come. Where some were filled in, that something came is
    recorded too: whoever follows the file has to read it anew.
    """
    gone, never_came = accounted(journal.stored(incident))
    lacking = [row for row in taken if row.body is None and row.id not in gone and row.id not in never_came]
    if any(row.header.writer == journal.own() for row in lacking):
        journal.be_another()  # an older copy was put back: what this file wrote and lost was written by another
    if lacking or was_filled:
        received = Received(withheld=tuple(row.id for row in lacking))
        journal.note(incident, Draft(received, "", recorded_at), recorder, recorded_at)
    else:
        journal.fold_board(incident)


def _bare(row: Stored) -> Stored:
    return Stored(row.number, row.header, row.body_digest, row.digest, None, None)


def _key(row: Stored) -> Key:
    return (row.header.writer, row.header.seq)
