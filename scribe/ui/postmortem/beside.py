"""What stands beside the text: the entries that it came from, and the figures of the incident."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from scribe.after.communication import Communication
from scribe.after.metrics import Measure, exact
from scribe.after.targets import Deadline, Target
from scribe.record.state import Entry, State
from scribe.record.terms import MomentName
from scribe.record.text import one_line
from scribe.record.timeline import LETTERS
from scribe.record.when import local, spell
from scribe.ui.lines import Line, Piece
from scribe.ui.postmortem.look import Look
from scribe.ui.rows import marks
from scribe.ui.wrap import cut, fit, wrap
from scribe.ui.zones import Zones

MOST_LINES = 4
"""Lines that a source takes at most; the whole of it is in the timeline."""

_REFERENCE = re.compile(r"(?<![\w&/])(?:#\d+|[HDAB]\d+)(?:·\w+)?(?!\w)")


class Sources(Struct, frozen=True):
    """The entries that a text names, and those that only the record's proposal names."""

    named: tuple[Entry, ...]
    held: tuple[Entry, ...]


def sources(state: State, look: Look, key: str, text: str) -> Sources:
    """The entries of a place."""
    named = dict.fromkeys(_REFERENCE.findall(text))
    held = dict.fromkeys(ref for found in look.found.get(key, ()) for ref in found.refs if ref not in named)
    if not named and not held:
        return Sources((), ())
    wanted = named.keys() | held.keys()
    entries = {entry.ref: entry for entry in state.entries if entry.ref in wanted}
    return Sources(
        tuple(entries[ref] for ref in named if ref in entries), tuple(entries[ref] for ref in held if ref in entries)
    )


def source_lines(found: Sources, zones: Zones, width: int) -> list[Line]:
    """The entries, each with its time, kind, reference and words."""
    made: list[Line] = []
    parts = (("COMES FROM", found.named), ("THE RECORD HOLDS", found.held))
    for title, entries in parts:
        if not entries:
            continue
        if made:
            made.append(())
        made.append(((f" {title}", "label"), (f"  {len(entries)}", "past")))
        for entry in entries:
            made += _source(entry, zones, width)
    if not made:
        made = [((" COMES FROM", "label"),), ((" no entry is named here: ", "past"), ("F6", "key"), (" sends", "past"))]
    return made


def _source(entry: Entry, zones: Zones, width: int) -> list[Line]:
    time = f" {zones.row(entry.at, entry.precision)[:5]} "
    room = max(8, width - len(time))
    words = f"{marks(entry, zones)}{one_line(entry.text)} @{one_line(entry.by)}"
    first, *more = wrap(f"{entry.ref} {LETTERS.get(entry.kind, '·')} {words}", room)
    if len(more) >= MOST_LINES:
        more = [*more[: MOST_LINES - 2], cut("… F6 shows the whole", room)]
    ref = len(entry.ref)
    return [
        ((time, "past"), (first[:ref], "key"), (first[ref:], "words")),
        *(((" " * len(time), ""), (line, "words")) for line in more),
    ]


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def figures(look: Look, now: str, zones: Zones, width: int) -> list[Line]:
    """How long things took, how punctual updates were, milestones against their targets, what the postmortem owes."""
    document = look.document
    made: list[Line] = [((" FIGURES", "label"),), *(_measure(each, width) for each in document.measures)]
    made += _punctuality(document.communication)
    asked = missing_moments(look)
    if asked:
        made.append(((" ^G", "key"), (f" /milestone {asked[0]} ", "past")))
    if document.targets:
        made += [(), ((" TARGETS", "label"), ("  after T+0", "past"))]
        made += [_target(each) for each in document.targets]
    if document.deadlines:
        made += [(), ((" DUE", "label"),)]
        made += [_deadline(each, now, zones) for each in document.deadlines]
    if look.cost.total is not None:
        per = f" · {look.cost.per_minute:,.0f} a minute" if look.cost.per_minute is not None else ""
        short = f" · {len(look.cost.unknown)} unknown" if look.cost.unknown else ""
        money = f"{look.cost.total:,.0f} {one_line(look.cost.currency)}".strip()
        made += [(), ((" COST", "label"), (f"  {cut(money, 20)}{per}{short}", "words"))]
    return made


def missing_moments(look: Look) -> tuple[MomentName, ...]:
    """The moments without which a figure is unknown, each once, in the order of the figures."""
    known = {moment.name for moment in look.document.moments if moment.mark is not None}
    wanted: Sequence[MomentName] = [
        name for each in look.document.measures for name in (each.start, each.end) if each.seconds is None
    ]
    return tuple(dict.fromkeys(name for name in wanted if name not in known))


def _measure(measure: Measure, width: int) -> Line:
    name: Piece = (f" {measure.name:7}", "past")
    if measure.seconds is None:
        return (name, ("unknown", "warning"), (f"  {cut(measure.note, max(0, width - 18))}", "past"))
    return (name, (f"{exact(measure.seconds):11}", "strong"), (cut(measure.title, max(0, width - 19)), "past"))


def _punctuality(told: Communication) -> list[Line]:
    count = len(told.sent)
    if not count and not told.missed:
        return [((f" {'Updates':7}", "past"), (" none sent", "past"))]
    late = [update for update in told.sent if update.overdue > 0]
    line: Line = (
        (f" {'Updates':7}", "past"),
        (f" {count - len(late)}/{count} in time", "strong" if not told.missed else "warning"),
    )
    if told.missed:
        worst = max(missed.overdue for missed in told.missed)
        line = (*line, (f" · {len(told.missed)} missed, {spell(worst)}", "past"))
    return [line]


def _target(target: Target) -> Line:
    name: Piece = (f" {target.moment:14}", "past")
    within = (f"{spell(target.target) if target.target else 'at once':>7}", "past")
    if target.actual is None:
        return (name, within, ("  unknown", "warning"))
    sign, style = ("✓", "ok") if target.met else ("✗", "error")
    return (name, within, (f"  {sign} ", style), (exact(target.actual) if target.actual >= 0 else "before it", "words"))


def _deadline(deadline: Deadline, now: str, zones: Zones) -> Line:
    due = _day(deadline.due, zones)
    name: Piece = (f" {fit(deadline.title, 17)}", "past")
    if deadline.done:
        late = deadline.is_missed(now)
        sign, style = ("✗", "warning") if late else ("✓", "ok")
        came = _day(deadline.done, zones)
        return (name, (f"{sign} ", style), (f"{came[:6]}, due {due[:6]}" if late else came, "past"))
    if deadline.is_missed(now):
        return (name, ("! ", "error"), (f"was due {due}", "error"))
    return (name, ("· ", "past"), (f"by {due}", "words"))


def _day(at: str, zones: Zones) -> str:
    """A day, or a moment, as short as it can be said."""
    if len(at) == 10:
        return at
    return f"{local(at, zones.main):%d %b %H:%M}"
