"""The register as lines: one a row, what it all comes to above them, the chosen one whole beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo

from msgspec import Struct
from rich.cells import cell_len

from scribe.after.actions import TRIGGER, Counts, Row, status_word
from scribe.after.sections import LAYERS
from scribe.record.terms import FACTOR_CLASSES, ItemStatus
from scribe.record.text import one_line, visible
from scribe.record.when import local
from scribe.record.written import ActionItem, Done, Factor
from scribe.ui.lines import Line, Piece, spread, width_of
from scribe.ui.register.view import NAMES, Heading, View
from scribe.ui.wrap import cut, fit, wrap

SOON = 3
"""Days ahead in which something is due soon."""

FAR = 99
"""Days ahead from which on the date says more than their number."""

SIDE = 60
"""Columns from which on what is known of the chosen one flows; in fewer, each thing has its line."""

_TEXT = 26
"""Cells that the words keep before a column is left out."""

_MOST_ID = 22
_MOST_OWNER = 10
_DUE = 11
_STATUS = 11
_CATEGORY = 8
_ANSWERS = 7
_SIGNS: dict[ItemStatus, tuple[str, str]] = {
    "open": ("○", "words"),
    "in_progress": ("◐", "words"),
    "wont_do": ("✗", "past"),
    "done": ("✓", "words"),
}
_LAYERS = {layer.key: layer.title for layer in LAYERS}


class Shape(Struct, frozen=True):
    """How wide a row is and each of its columns; 0 where there is no room for one."""

    width: int
    id: int
    owner: int = 0
    priority: int = 0
    status: int = 0
    answers: int = 0
    category: int = 0


class Next(Struct, frozen=True):
    """What is likely to be done with an item: the line that begins it, and what it asks for."""

    line: str
    asks: str


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def status_of(item: ActionItem) -> tuple[str, str, str]:
    """How far an item is: a sign, the word, its style."""
    sign, style = _SIGNS[item.status]
    return sign, status_word(item), "ok" if item.status == "done" and item.verified else style


def standing(row: Row) -> tuple[str, str]:
    """When it is due or how late it is, or what it still waits for: the words and their style."""
    if row.item.is_closed:
        return ("unverified", "warning") if row.awaits_verification else ("", "past")
    if not row.item.due:
        return "no date", "past"
    due = row.due
    if due is None:
        return one_line(row.item.due), "warning"
    if row.is_overdue:
        return (f"stale {row.days_late} d" if row.is_stale else f"{row.days_late} d late"), "error"
    left = (due - date.fromisoformat(row.today)).days
    if left > FAR:
        return row.item.due, "past"
    words = "due today" if not left else f"due in {left} d"
    return words, "warning" if left <= SOON else "words"


def next_step(row: Row, name: str) -> Next | None:
    """What is likely to be done with it next; None where nothing is left to do. ``name`` is what lines call it."""
    item = row.item
    if item.status == "done" and not item.verified:
        return Next(f"/verified {name} @", "verified: by whom?")
    if item.is_closed:
        return None
    if not item.owner:
        return Next(f"/action {name} owner: @", "an owner")
    if not item.due:
        return Next(f"/action {name} due: ", "a due date")
    if not item.verification:
        return Next(f"/action {name} verify: ", "the signal that will show that it works")
    return Next(f"/done {name} ", "done: what shows it?")


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def shape(rows: Iterable[Row], names: Mapping[str, str], width: int) -> Shape:
    """The columns that there is room for: what is least needed to choose a row is left out first."""
    longest, owner = 2, 0
    for row in rows:
        longest = max(longest, cell_len(label(row, names)))
        owner = max(owner, cell_len(row.item.owner) + 1 if row.item.owner else 0)
    found = min(longest, _MOST_ID, max(6, width // 3))
    room = width - (2 + found + 2) - (_DUE + 1) - _TEXT - 2
    taken: dict[str, int] = {}
    for column, cells in (
        ("owner", min(max(owner, 5), _MOST_OWNER)),
        ("priority", 2),
        ("status", _STATUS),
        ("answers", _ANSWERS),
        ("category", _CATEGORY),
    ):
        if cells and room >= cells + 1:
            taken[column] = cells
            room -= cells + 1
    return Shape(width, found, **taken)


def label(row: Row, names: Mapping[str, str]) -> str:
    """What a row is called in the list."""
    return one_line(f"{names.get(row.incident, row.incident)}/{row.ref}")


def row_line(row: Row, shape: Shape, names: Mapping[str, str], *, picked: bool) -> Line:
    """One row; the words come last and take what is left."""
    item = row.item
    sign, word, style = status_of(item)
    due, due_style = standing(row)
    name = label(row, names)
    if cell_len(name) > shape.id:  # its end tells it apart
        while cell_len(name) > shape.id - 1:
            name = name[1:]
        name = f"…{name}"
    pieces: list[Piece] = [
        ("▸ " if picked else "  ", "key"),
        (fit(name, shape.id), "label" if picked else "past"),
        (f" {sign} ", style),
    ]
    if shape.status:
        pieces.append((f"{fit(word, shape.status)} ", style))
    pieces.append((f"{fit(due, _DUE)} ", due_style))
    if shape.priority:
        pieces.append((f"{item.priority or '–':2} ", "strong" if item.priority == "P0" else "past"))
    if shape.owner:
        owner = f"@{one_line(item.owner)}" if item.owner else "–"
        pieces.append((f"{fit(owner, shape.owner)} ", "past"))
    if shape.category:
        pieces.append((f"{fit(item.category or '–', _CATEGORY)} ", "past"))
    if shape.answers:
        pieces.append((f"{fit(_names(item) or '–', _ANSWERS)} ", "past"))
    text = one_line(item.text[: 4 * shape.width])
    used = width_of(tuple(pieces))
    return (*pieces, (cut(text, max(1, shape.width - used)), "past" if item.is_closed else "words"))


def columns_line(shape: Shape) -> Line:
    """What the columns are."""
    words = [f"  {fit('id', shape.id)}   "]
    for name, cells in (
        ("status", shape.status),
        ("due", _DUE),
        ("p", 2 if shape.priority else 0),
        ("owner", shape.owner),
        ("category", shape.category),
        ("answers", shape.answers),
    ):
        words += [f"{fit(name, cells)} "] if cells else []
    return (("".join([*words, "action"]), "mark"),)


def heading_line(heading: Heading, width: int) -> Line:
    """A line between rows."""
    words = cut(one_line(heading.text), max(1, width - 3 - 2 * heading.depth))
    if heading.depth:
        return ((f"   {words}", "strong"),)
    return ((f" {words} ", "label"), ("─" * max(0, width - cell_len(words) - 3), "rule"))


# ── above them ──────────────────────────────────────────────────────────────────────────────────────────────────────


def title(found: Counts, width: int) -> Line:
    """What all of it comes to."""
    name: Piece = (" Action items ", "label")
    if not found.total:
        return (name, (" none yet", "past"))
    pieces: list[Piece] = [(f" {found.open} open", "strong")]
    if found.overdue:
        stale = f" ({found.stale} stale)" if found.stale else ""
        pieces.append((f" · {found.overdue} late{stale}", "error"))
    if found.done > found.verified:
        pieces.append((f" · {found.done - found.verified} unverified", "warning"))
    share: Line = ((f"{found.completion:.0%} done ", "past"),) if found.completion is not None else ()
    line = (name, *pieces)
    if width_of((*line, *share)) < width:
        return spread(line, share, width)
    return line if width_of(line) <= width else tuple(pieces)


def looking(view: View, shown: int, total: int) -> Line:
    """How the register is looked at."""
    pieces: list[Piece] = [(f" {NAMES[view.show]}", "strong"), (f" · by {view.sort}", "past")]
    if view.group:
        pieces.append((f" · under each {view.group}", "past"))
    if view.owner is not None:
        pieces.append((f" · of @{one_line(view.owner)}", "warning"))
    if view.find:
        pieces.append((f" · with {cut(one_line(view.find), 30)}", "warning"))
    pieces.append((f" · {shown} of {total}", "past"))
    if view.is_narrowed:
        pieces += [("  Esc", "key"), (" shows the others", "past")]
    return tuple(pieces)


def nothing(view: View, total: int) -> list[Line]:
    """What is said where no row passes."""
    if not total:
        return [((" no action items yet", "past"), ("  F2", "key"), (" begins one", "past"))]
    if view.is_narrowed:
        return [((" no item here passes", "past"), ("  Esc", "key"), (" shows the others", "past"))]
    return [((f" nothing is {NAMES[view.show]}", "past"), ("  F5", "key"), (" shows something else", "past"))]


# ── the chosen one ──────────────────────────────────────────────────────────────────────────────────────────────────


def whole(row: Row, width: int, zone: tzinfo) -> list[Line]:
    """All that is known of an item, in so many cells."""
    item = row.item
    sign, word, style = status_of(item)
    due, due_style = standing(row)
    head: list[Piece] = [(row.ref, "label"), (f"  {sign} {word}", style)]
    if due:
        head.append((f"  {due}", due_style))
    lines: list[Line] = [tuple(head), *_words(item.text, "strong", width)]
    fields = [
        _field("owner", f"@{item.owner}" if item.owner else "", "nobody"),
        _field("due", item.due, "no date"),
        _field("priority", item.priority or ""),
        _field("category", item.category or ""),
        _field("works when", item.verification, "no signal agreed on"),
        *(_answer(name, row) for name in item.answers),
        *([] if item.answers else [_field("answers", "", "nothing")]),
        ("incident", f"{row.incident}  {row.title}", "words"),
    ]
    if item.closed:
        what = "evidence" if item.status == "done" else "why not"
        fields.append(_field(what, item.closed.words, "none"))
    fields.append(("added", _when(Done(item.by, item.since), zone), "past"))
    if item.closed:
        fields.append(("done" if item.status == "done" else "dropped", _when(item.closed, zone), "past"))
    if item.verified:
        said = f": {item.verified.words}" if item.verified.words else ""
        fields.append(("verified", f"{_when(item.verified, zone)}{said}", "ok"))
    elif item.status == "done":
        fields.append(("verified", "by nobody yet", "warning"))
    return [*lines, *_laid(fields, width)]


def next_keys(row: Row, width: int) -> list[Line]:
    """What can be done with it; on a second line what has no room on the first."""
    step = next_step(row, row.ref)
    change: Line = (("F9", "key"), (" change" if step is not None else " change it: nothing is left to do", "past"))
    if step is None:
        return [change]
    begin: Line = (("Enter", "key"), (f" {step.asks}  ", "past"))
    return [(*begin, *change)] if width_of((*begin, *change)) <= width else [begin, change]


def _field(name: str, text: str, unknown: str = "unknown") -> tuple[str, str, str]:
    return (name, text, "words") if text else (name, unknown, "warning")


def _answer(name: str, row: Row) -> tuple[str, str, str]:
    if name == TRIGGER:
        return "answers", "only the trigger" if row.item.answers == (TRIGGER,) else "the trigger", "words"
    factor = next((found for found in row.factors if found.ref == name), None)
    if factor is None:
        return "answers", f"{name}, which is no factor any more", "warning"
    return "answers", f"{name} {factor.text}{_placed(factor)}", "words"


def _placed(factor: Factor) -> str:
    said = [_LAYERS[factor.layer]] if factor.layer in _LAYERS else []
    said += [FACTOR_CLASSES[factor.factor_class]] if factor.factor_class in FACTOR_CLASSES else []
    return f" ({', '.join(said)})" if said else ""


def _when(done: Done, zone: tzinfo) -> str:
    return f"{local(done.at, zone):%Y-%m-%d %H:%M} by @{done.by}"


def _names(item: ActionItem) -> str:
    return one_line(" ".join(item.answers))


def _laid(fields: Iterable[tuple[str, str, str]], width: int) -> list[Line]:
    """Each on a line of its own; where there is room, short ones beside each other."""
    lines: list[Line] = []
    line: list[Piece] = []
    for name, text, style in fields:
        flat = one_line(text) if "\n" not in text else ""
        cells = cell_len(name) + 1 + cell_len(flat)
        gap = "   " if line else ""
        if width >= SIDE and flat and width_of(tuple(line)) + len(gap) + cells <= width:
            line += [(f"{gap}{name} ", "past"), (flat, style)]
            continue
        if line:
            lines.append(tuple(line))
            line = []
        if width >= SIDE and flat and cells <= width:
            line = [(f"{name} ", "past"), (flat, style)]
            continue
        first, *more = wrap(visible(text), max(8, width - cell_len(name) - 1))
        lines.append(((f"{name} ", "past"), (first, style)))
        lines += [((f"  {part}", style),) for part in wrap("\n".join(more), max(8, width - 2)) if more]
    return [*lines, tuple(line)] if line else lines


def _words(text: str, style: str, width: int) -> list[Line]:
    return [((line, style),) for line in wrap(visible(text), max(8, width))]
