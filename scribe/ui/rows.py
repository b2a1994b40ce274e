"""One entry of the timeline as lines: time, sign, reference, words, who."""

from __future__ import annotations

from msgspec import Struct
from rich.cells import cell_len

from scribe.record.erasure import words as words_of
from scribe.record.events import Decision, Impact, Timebox
from scribe.record.state import Entry
from scribe.record.text import one_line, visible
from scribe.record.timeline import LETTERS
from scribe.record.when import clock_text, local, seconds_between, spell
from scribe.ui.lines import Line, Piece
from scribe.ui.wrap import cut, fit, wrap
from scribe.ui.zones import Zones

REFERENCE = 4
WHO = 11
MOST_LINES = 12
"""Lines that one entry takes in the timeline at most; the whole of it is one key away."""

_STRONG = frozenset({"declared", "severity", "state", "escalation", "checkpoint"})
_ENDED = {"done": "✓ done", "confirmed": "✓ confirmed", "failed": "✗ failed", "ruled_out": "✗ ruled out"}
_SIGNED = frozenset({"hypothesis", "decision", "action", "update"})


class Shape(Struct, frozen=True):
    """How wide the rows are, which clocks they show, and how many cells a reference takes.

    ``own`` is the tag of this copy's writer where diverged copies were merged: then who wrote what elsewhere is shown.
    """

    width: int
    zones: Zones
    reference: int = REFERENCE
    own: str | None = None

    @property
    def who(self) -> int:
        """Cells for who said it; in a narrow timeline the name follows the words instead."""
        return WHO if self.width >= 72 else 0

    @property
    def indent(self) -> int:
        """Cells before the words."""
        return 1 + self.zones.width + 2 + 1 + 1 + self.reference + 1 if self.width >= 50 else 1 + 5 + 1 + 1 + 1

    @property
    def words(self) -> int:
        """Cells for the words."""
        return max(8, self.width - self.indent - (self.who + 1 if self.who else 0))


def day(entry: Entry, zones: Zones) -> str:
    """The day that an entry stands under."""
    return f"{local(entry.at, zones.main):%a %d %b %Y}"


def separator(entry: Entry, shape: Shape) -> Line:
    """The line above the first entry of a day."""
    return ((f" ── {day(entry, shape.zones)} ".ljust(min(shape.width, 60), "─"), "rule"),)


def lines(entry: Entry, shape: Shape) -> list[Line]:
    """An entry's lines."""
    before = marks(entry, shape.zones, shape.own)
    style = _style(entry)
    text = visible(words_of(entry))
    if entry.kind == "update" and not entry.erased:
        text = f"update {_number(entry)}{text}"
    who = f"@{one_line(entry.by)}" if entry.by else ""  # nobody knows who said what is not here
    if who and not shape.who:
        text = f"{text} {who}"
    if entry.sources:
        text = f"{text} ↗{len(entry.sources)}"
    wrapped = wrap(f"{before}{text}" if before else text, shape.words)
    if len(wrapped) > MOST_LINES:
        hidden = len(wrapped) - MOST_LINES + 1
        wrapped = [*wrapped[: MOST_LINES - 1], cut(f"… {hidden} more lines: ^R Enter shows them", shape.words)]
    made = []
    for number, words in enumerate(wrapped):
        head = _head(entry, shape) if number == 0 else ((" " * shape.indent, ""),)
        body: tuple[Piece, ...] = ((words, style),)
        if number == 0 and before and words.startswith(before):
            body = ((before, "mark"), (words[len(before) :], style))
        tail: tuple[Piece, ...] = ()
        if number == 0 and shape.who:
            room = shape.words - cell_len(words)
            tail = ((" " * (room + 1), ""), (fit(who, shape.who), "past"))
        made.append((*head, *body, *tail))
    if entry.retracted is not None:
        why = cut(f"retracted: {one_line(entry.retracted.why)}", shape.words)
        made.append(((" " * shape.indent, ""), (why, "mark")))
    return made


def _head(entry: Entry, shape: Shape) -> Line:
    sign = LETTERS.get(entry.kind, "·")
    name = f"kind-{entry.kind}" if entry.kind in _SIGNED else "sign"
    time = shape.zones.row(entry.at, entry.precision)
    if shape.width < 50:
        return ((" ", ""), (f"{time:5.5} ", "past"), (f"{sign} ", name))
    return (
        (f" {time}  ", "past"),
        (f"{sign} ", name),
        (f"{fit(entry.ref, shape.reference)} ", "past" if entry.ref.startswith("#") else name),
    )


def _style(entry: Entry) -> str:
    if entry.retracted is not None:
        return "retracted"
    if entry.hidden or entry.is_withheld or entry.erased or entry.status in ("ruled_out", "failed"):
        return "past"
    return "strong" if entry.kind in _STRONG else "words"


def marks(entry: Entry, zones: Zones, own: str | None = None) -> str:
    """What has to be known of an entry before its words.

    Whether documents point it out or leave it out, whether it is restricted, how it ended, how late it is, whether it
    was corrected, and what its kind has beside words: who looks into it until when, whether it got better, on whose
    word. In a merged record (``own`` is this copy's writer) also who wrote down what another did in another copy.
    """
    restricted = "restricted" if entry.restricted and not entry.is_withheld else ""
    curated = ("★" if entry.starred else "", "hidden" if entry.hidden else "", restricted)
    said = [mark for mark in curated if mark]
    ended = _ENDED.get(entry.status, "")
    if ended and entry.ended_at > entry.at:
        ended += f" {spell(seconds_between(entry.at, entry.ended_at))}"
    if ended:
        said.append(ended)
    match entry.payload:
        case Timebox(target="", who=who, until=until):
            said += [f"@{one_line(who)}"] if who and who != entry.by else []
            if entry.status == "running" and until:
                said.append(f"until {clock_text(until, 'minute', zones.main)}")
        case Impact(trend=trend) if trend:
            said.append(trend)
        case Decision(confirmed_by=who) if who:
            said.append(f"confirmed by @{one_line(who)}")
        case _:
            pass
    if entry.reconstructed:
        said.append("reconstructed")
    elif entry.late:
        said.append(f"late {spell(seconds_between(entry.at, entry.recorded_at))}")
    if entry.revisions:
        said.append("amended")
    if own is not None and entry.writer != own and entry.recorded_by.casefold() != entry.by.casefold():
        said.append(f"written by @{one_line(entry.recorded_by)}")
    return f"{' · '.join(said)} · " if said else ""


def _number(entry: Entry) -> str:
    number = getattr(entry.payload, "number", 0)
    return f"{number}: " if number else ": "
