"""Which action items are shown, in which order and under which headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from msgspec import Struct

from scribe.after.actions import SORTS, Counts, Row, Sort, Wanted, chosen, counts, grouped, ordered, register
from scribe.record.state import Board

Show = Literal["open", "late", "stale", "unverified", "all"]
SHOWS: tuple[Show, ...] = get_args(Show)
"""What can be shown, in the order in which one key goes through it."""

Grouping = Literal["", "factor", "incident"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
"""What the rows can stand under, in the order in which one key goes through it."""

NOBODY = "@none"
"""Looked for: what nobody owns."""

_SHOWN: dict[Show, Wanted] = {
    "open": Wanted(statuses=frozenset({"open", "in_progress"})),
    "late": Wanted(overdue=True),
    "stale": Wanted(stale=True),
    "unverified": Wanted(unverified=True),
    "all": Wanted(),
}
NAMES: dict[Show, str] = {
    "open": "open",
    "late": "late",
    "stale": "stale",
    "unverified": "done, not verified",
    "all": "all",
}
"""What is shown, in words."""


class View(Struct, frozen=True):
    """How the register is looked at. ``owner`` is whose items alone are shown, ``find`` the words that were typed."""

    show: Show = "open"
    sort: Sort = SORTS[0]
    group: Grouping = ""
    owner: str | None = None
    find: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether something is left out that Esc brings back."""
        return self.owner is not None or bool(self.find)

    @property
    def wanted(self) -> Wanted:
        """Which rows pass. A word like ``@bob`` names the owner, ``@none`` nobody; any other is looked for."""
        words = self.find.split()
        owner = self.owner
        for word in words:
            if len(word) > 1 and word.startswith("@"):
                owner = "" if word.casefold() == NOBODY else word[1:]
        known = _SHOWN[self.show]
        return Wanted(
            statuses=known.statuses,
            overdue=known.overdue,
            stale=known.stale,
            unverified=known.unverified,
            owner=owner,
            words=tuple(word for word in words if len(word) < 2 or not word.startswith("@")),
        )


class Heading(Struct, frozen=True):
    """A line between rows: an incident, or (``depth`` 1) what its rows answer."""

    text: str
    depth: int = 0


class Listing(Struct, frozen=True, eq=False):
    """The rows as they stand below each other, and the lines: a heading, or the place of a row."""

    rows: tuple[Row, ...]
    lines: tuple[Heading | int, ...]


class Known(Struct, frozen=True, eq=False):
    """Every incident and every action item as they stood at one look, on one day (ISO date).

    ``names`` are the incidents' short ones, ``people`` whoever owns an item, then whoever holds a role.
    """

    boards: Mapping[str, Board] = {}
    rows: tuple[Row, ...] = ()
    counts: Counts = Counts()
    names: Mapping[str, str] = {}
    people: tuple[str, ...] = ()
    today: str = ""

    def called(self, row: Row) -> str:
        """What a line calls the item: with its incident, so that it means the same wherever the list stands then."""
        name = self.prefix(row.incident)
        return f"{name}/{row.ref}" if name else row.ref

    def prefix(self, incident: str) -> str:
        """What a line calls an incident; empty where there is no other, or its id is not one word."""
        name = self.names.get(incident, incident)
        return name if len(self.boards) > 1 and name.split() == [name] else ""


def known(boards: Sequence[Board], today: str) -> Known:
    """What there is to know of them, seen from that day."""
    rows = register(boards, today=today)
    held = (holder.who for board in boards for holders in board.roles.values() for holder in holders)
    owners = (row.item.owner for row in rows if row.item.owner)
    return Known(
        {board.incident: board for board in boards},
        rows,
        counts(rows),
        short_names(tuple(board.incident for board in boards)),
        tuple(dict.fromkeys((*owners, *held))),
        today,
    )


def listing(found: Known, view: View) -> Listing:
    """The rows that are wanted, ordered and under headings."""
    rows = ordered(chosen(found.rows, view.wanted), view.sort)
    if not view.group:
        return Listing(rows, tuple(range(len(rows))))
    placed: list[Row] = []
    lines: list[Heading | int] = []
    before = ""
    for heading, within in _groups(rows, view.group):
        incident = within[0].incident
        if incident != before:
            lines.append(Heading(f"{found.names.get(incident, incident)}  {within[0].title}"))
            before = incident
        if heading:
            lines.append(Heading(heading, 1))
        lines += range(len(placed), len(placed) + len(within))
        placed += within
    return Listing(tuple(placed), tuple(lines))


def short_names(incidents: Sequence[str]) -> dict[str, str]:
    """What each incident is called for short: the end of its id, where that names no other."""
    every = "\n".join(incidents).casefold()
    made = {}
    for incident in incidents:
        end = incident.rpartition("-")[2]
        made[incident] = end if end and every.count(end.casefold()) == 1 else incident
    return made


def _groups(rows: Sequence[Row], group: Grouping) -> list[tuple[str, tuple[Row, ...]]]:
    if group == "factor":
        return [(found.heading, found.rows) for found in grouped(rows)]
    incidents: dict[str, list[Row]] = {}
    for row in rows:
        incidents.setdefault(row.incident, []).append(row)
    return [("", tuple(found)) for found in incidents.values()]
