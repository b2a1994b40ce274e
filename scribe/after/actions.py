"""The register of action items over all incidents: what is owed, by whom, since when it is late, what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Generic, Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from scribe.record.errors import NotFound
from scribe.record.redact import Redacted, redact
from scribe.record.state import Board
from scribe.record.terms import ITEM_STATUSES, PRIORITIES, ItemStatus
from scribe.record.written import ActionItem, Factor

STALE_AFTER = 14
"""Days past its due date after which an item that nobody closed is stale (000)."""

TRIGGER = "trigger"
"""What an item answers that changes nothing but the immediate cause."""

Sort = Literal["due", "priority", "owner", "incident", "status"]
SORTS: tuple[Sort, ...] = get_args(Sort)
"""What the register can be ordered by; the first unless somebody asks for another."""

_LAST = "\U0010ffff"
"""Comes behind whatever is known."""
_BEHIND = {TRIGGER: 1, "": 2}
_CANDIDATES = 5


class Row(Struct, frozen=True, gc=False):
    """An action item in the register: its incident, and the factors of it that it answers, as they stand.

    ``today`` (an ISO date) is the day that it is looked at, ``as_of`` when its incident's record last grew (UTC text).
    """

    incident: str
    title: str
    item: ActionItem
    today: str
    factors: tuple[Factor, ...] = ()
    as_of: str = ""

    @property
    def ref(self) -> str:
        """Its reference within the incident."""
        return self.item.ref

    @property
    def id(self) -> str:
        """What it is called over all incidents: ``INC-20261120-K3F2/T1``."""
        return f"{self.incident}/{self.item.ref}"

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been finished before today."""
        return self.item.is_overdue(self.today)

    @property
    def is_stale(self) -> bool:
        """Whether it is so late that nobody seems to look after it."""
        return is_stale(self.item, self.today)

    @property
    def due(self) -> date | None:
        """The day that it is due; None where none is set, or what was imported is no day."""
        try:
            return date.fromisoformat(self.item.due)
        except ValueError:
            return None

    @property
    def days_late(self) -> int:
        """Days since it was due; 0 while it is not late."""
        return (date.fromisoformat(self.today) - self.due).days if self.due and self.is_overdue else 0

    @property
    def awaits_verification(self) -> bool:
        """Whether it was done and nobody has seen it work."""
        return self.item.status == "done" and self.item.verified is None


class RedactedRow(Row, frozen=True, gc=False):
    """A Row of an incident that went through ``redact``: what is passed on takes no other.

    ``restricted`` marks one with words that are need-to-know, which somebody asked for by name.
    """

    restricted: bool = False


R = TypeVar("R", bound=Row)


class Wanted(Struct, frozen=True):
    """Which rows are looked for; an empty ``statuses`` lets every status pass, and an ``owner`` of "" means nobody.

    ``words`` are looked for in what was written of the item, whatever their case; all of them have to be there.
    """

    statuses: frozenset[ItemStatus] = frozenset()
    overdue: bool = False
    stale: bool = False
    unverified: bool = False
    owner: str | None = None
    incident: str | None = None
    words: tuple[str, ...] = ()


class Group(Struct, Generic[R], frozen=True):
    """The rows of one incident that answer the same.

    ``key`` is the factor's reference, ``trigger`` where nothing but the trigger is answered, else empty.
    """

    incident: str
    title: str
    key: str
    factor: Factor | None
    rows: tuple[R, ...]

    @property
    def heading(self) -> str:
        """The factor's words, as they were typed, or what is missing."""
        if self.factor:
            return f"{self.factor.ref} {self.factor.text}"
        if self.key == TRIGGER:
            return "answers only the trigger"
        return f"answers {self.key}, which is no factor any more" if self.key else "answers nothing"


class Counts(Struct, frozen=True):
    """How many items there are, and how far they came; ``done`` ones include those that were ``verified``."""

    total: int = 0
    open: int = 0
    overdue: int = 0
    stale: int = 0
    done: int = 0
    verified: int = 0
    dropped: int = 0

    @property
    def completion(self) -> float | None:
        """The part that is done of what is to be done at all, 0 to 1; None where there is nothing to do."""
        wanted = self.total - self.dropped
        return self.done / wanted if wanted else None


def register(boards: Iterable[Board], *, today: str) -> tuple[Row, ...]:
    """Every action item of those incidents, in their order, seen from a day (ISO date)."""
    return tuple(_row(Row, board, item, today) for board in boards for item in board.items)


def redacted(states: Iterable[Redacted], *, today: str) -> tuple[RedactedRow, ...]:
    """The same of incidents as they may be passed on."""
    return tuple(row for state in states for row in _redacted(state, today))


def status_word(item: ActionItem) -> str:
    """How far an item is, in words; what was done counts as verified once somebody looked."""
    if item.status == "wont_do":
        return "won't do"
    return "verified" if item.status == "done" and item.verified else item.status.replace("_", " ")


def is_stale(item: ActionItem, today: str) -> bool:
    """Whether an item is open or in progress and more than two weeks past due; what will not be done never is."""
    return item.is_overdue(_days_before(today, STALE_AFTER))


def chosen(rows: Iterable[R], wanted: Wanted) -> tuple[R, ...]:
    """The rows that pass, in their order."""
    return tuple(row for row in rows if _passes(row, wanted))


def ordered(rows: Iterable[R], by: Sort = "due") -> tuple[R, ...]:
    """The rows in that order; what is not known comes last, and what is alike by due date and priority."""

    def key(row: Row) -> tuple[str | int, ...]:
        item = row.item
        due = item.due or _LAST
        priority = PRIORITIES.index(item.priority) if item.priority else len(PRIORITIES)
        first: dict[Sort, tuple[str | int, ...]] = {
            "due": (),
            "priority": (priority,),
            "owner": (item.owner.casefold() or _LAST,),
            "incident": (row.incident, _number(item.ref)),
            "status": (ITEM_STATUSES.index(item.status), item.verified is not None),
        }
        return (*first[by], due, priority, row.incident, _number(item.ref), item.ref)

    return tuple(sorted(rows, key=key))


def grouped(rows: Iterable[R]) -> tuple[Group[R], ...]:
    """The rows by incident and by the first factor that they answer, in the order in which those turn up.

    Each row stands once. What answers only the trigger, and what answers nothing, comes last in its incident.
    """
    incidents: dict[str, dict[str, list[R]]] = {}
    for row in rows:
        incidents.setdefault(row.incident, {}).setdefault(_answered(row), []).append(row)
    return tuple(
        Group(incident, found[0].title, key, _factor(found[0], key), tuple(found))
        for incident, keys in incidents.items()
        for key, found in sorted(keys.items(), key=lambda pair: _BEHIND.get(pair[0], 0))
    )


def counts(rows: Iterable[Row]) -> Counts:
    """How many of them are where."""
    found = tuple(rows)
    statuses = [row.item.status for row in found]
    return Counts(
        total=len(found),
        open=statuses.count("open") + statuses.count("in_progress"),
        overdue=sum(row.is_overdue for row in found),
        stale=sum(row.is_stale for row in found),
        done=statuses.count("done"),
        verified=sum(row.item.status == "done" and row.item.verified is not None for row in found),
        dropped=statuses.count("wont_do"),
    )


def find(rows: Sequence[R], name: str) -> R:
    """The item of that name: ``T1``, ``K3F2/T1``, ``INC-20261120-K3F2/T1``; any part of the incident's id will do.

    Raises NotFound, naming the candidates where there are several.
    """
    incident, _, ref = name.strip().rpartition("/")
    wanted, part = ref.upper(), incident.casefold()
    within = [row for row in rows if part in row.incident.casefold()]
    within = [row for row in within if row.incident.casefold() == part] or within
    found = [row for row in within if row.ref.upper() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"{name} could be {_names(found)}", "give more of the incident's id")
    hint = f"there are: {_names(within)}" if part and within else "scribe actions --all names them"
    raise NotFound(f"there is no action item {name or 'without a name'}", hint)


def _row(made: type[R], board: Board, item: ActionItem, today: str) -> R:
    factors = tuple(factor for name in item.answers for factor in board.factors if factor.ref == name)
    return made(board.incident, board.title, item, today, factors, board.active_at)


def _redacted(state: Redacted, today: str) -> list[RedactedRow]:
    rows = [_row(RedactedRow, state.board, item, today) for item in state.board.items]
    if not any(entry.restricted for entry in state.entries):
        return rows
    veiled = redact(state).board
    others = [_row(RedactedRow, veiled, item, today) for item in veiled.items]
    return [replace(row, restricted=row != other) for row, other in zip(rows, others, strict=True)]


def _passes(row: Row, wanted: Wanted) -> bool:
    item = row.item
    if wanted.statuses and item.status not in wanted.statuses:
        return False
    if wanted.owner is not None and item.owner.casefold() != wanted.owner.casefold():
        return False
    if wanted.incident is not None and row.incident != wanted.incident:
        return False
    late = (row.is_overdue or not wanted.overdue) and (row.is_stale or not wanted.stale)
    return late and (row.awaits_verification or not wanted.unverified) and _says(row, wanted.words)


def _says(row: Row, words: tuple[str, ...]) -> bool:
    if not words:
        return True
    item = row.item
    said = (row.id, row.title, item.text, item.owner, item.verification, *(factor.text for factor in row.factors))
    text = "\n".join(said).casefold()
    return all(word.casefold() in text for word in words)


def _answered(row: Row) -> str:
    if row.factors:
        return row.factors[0].ref
    names = row.item.answers
    return next((name for name in names if name != TRIGGER), names[0] if names else "")


def _factor(row: Row, key: str) -> Factor | None:
    return next((factor for factor in row.factors if factor.ref == key), None)


def _number(ref: str) -> int:
    found = re.search(r"\d+", ref)
    return int(found[0]) if found else 0


def _names(rows: Sequence[Row]) -> str:
    more = len(rows) - _CANDIDATES
    return ", ".join(row.id for row in rows[:_CANDIDATES]) + (f" and {more} more" if more > 0 else "")


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
