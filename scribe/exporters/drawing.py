"""The drawn timeline as SVG: one picture with the names of the lanes, one with what happened, and what the signs mean.

Colours and lines are the page's style sheet's; here are shapes, places and words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup, escape
from msgspec import Struct

from scribe.after.metrics import exact
from scribe.exporters.lanes import BASE, STRIP, WIDTH, Chart, Lane, Mark, Phase
from scribe.exporters.phrases import ROLE_TITLES
from scribe.exporters.rows import kind
from scribe.exporters.scale import SMALL, fitted, stored
from scribe.record.erasure import words as words_of
from scribe.record.events import Opaque
from scribe.record.state import Entry
from scribe.record.text import one_line
from scribe.record.when import spell

NAMES = 118.0
"""Units for the names of the lanes: a picture of its own, so that it can stay while the other one scrolls."""

_SHAPES = {
    "circle": "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "dot": "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
    "up": "M0-5L5 4H-5z",
    "down": "M0 5L5-4H-5z",
    "right": "M-4-5L5 0L-4 5z",
    "diamond": "M0-5.5L5.5 0L0 5.5L-5.5 0z",
    "square": "M-4.5-4.5h9v9h-9z",
    "flag": "M-4-5.5h9l-3 3 3 3h-7.4v5h-1.6z",
    "chevron": "M0-5L5 1V5L0-.5-5 5V1z",
    "bar": "M-2-5.5h4v11h-4z",
    "plus": "M-1.7-5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
    "cross": "M-5-3l2-2L0-2l3-3 2 2L2 0l3 3-2 2L0 2l-3 3-2-2L-2 0z",
    "arrow": "M0-5.5L5 0H2V5.5H-2V0H-5z",
    "glass": "M-4.5-5h9L-4.5 5h9z",
    "hexagon": "M-5 0l2.5-4.5h5L5 0l-2.5 4.5h-5z",
    "several": "M-4.5-2.5a4.5 4.5 0 0 1 9 0v5a4.5 4.5 0 0 1-9 0z",
}
_SHAPE_OF = {
    "declared": "flag",
    "milestone": "flag",
    "severity": "chevron",
    "state": "bar",
    "update": "square",
    "fact": "circle",
    "hypothesis": "up",
    "decision": "diamond",
    "action": "right",
    "impact": "down",
    "scope": "down",
    "role": "plus",
    "checkpoint": "plus",
    "escalation": "arrow",
    "timebox": "glass",
    "security": "hexagon",
    "note": "dot",
}
"""A shape for each kind, so that none is told by its colour."""

_NAMES_OF = {
    "flag": "milestone",
    "chevron": "severity",
    "bar": "state",
    "square": "status update",
    "circle": "fact",
    "up": "hypothesis",
    "diamond": "decision",
    "right": "action",
    "down": "impact, scope",
    "plus": "responsibility",
    "arrow": "escalation",
    "glass": "time-box",
    "hexagon": "security",
    "dot": "note",
    "cross": "other",
    "several": "several entries",
}
_PHASES = {"investigating": "p1", "identified": "p2", "mitigating": "p3", "monitoring": "p4"}
_STRIPS = {"zero": "Since T+0", "severity": "Severity", "state": "State", "gap": "No entry for"}
_TOLD = 6
_LONG = 160
_NAME = 40


class Picture(Struct, frozen=True, gc=False):
    """The drawing: both pictures, what its signs mean (shape and name), and what has to be said beside it."""

    names: Markup
    plot: Markup
    signs: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def draw(chart: Chart, anchors: Mapping[str, str]) -> Picture:
    """The picture of a chart; a mark leads to the row of its first entry that has one."""
    plot = Markup("".join(_plot(chart, anchors)))  # noqa: S704  # every word in it was escaped
    names = Markup("".join(_names(chart)))  # noqa: S704
    return Picture(names, plot, _signs(chart.marks), tuple(_notes(chart)))


# No anchor of a heading or an entry holds a dot, so that none can be that of a part of the page.


def _plot(chart: Chart, anchors: Mapping[str, str]) -> Iterator[str]:
    box = f"0 0 {WIDTH:g} {chart.height:g}"
    yield f'<svg class="plot" viewBox="{box}" role="img" aria-labelledby="drawn.title drawn.desc">'
    yield f'<title id="drawn.title">{escape(_title(chart))}</title>'
    yield f'<desc id="drawn.desc">{escape(_described(chart))}</desc>'
    yield '<defs><pattern id="drawn.hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
    yield '<path class="hatch" d="M0 6L6 0M-1 1L1-1M5 7L7 5"/></pattern>'
    for name, _ in _signs(chart.marks):
        yield f'<path id="sign.{name}" d="{_SHAPES[name]}"/>'
    yield "</defs>"
    yield from _ground(chart)
    yield from _lines(chart)
    yield from (_mark(chart, mark, anchors) for mark in chart.marks)
    yield from _lettering(chart)
    yield "</svg>"


def _ground(chart: Chart) -> Iterator[str]:
    """Phases and gaps, behind everything."""
    top = chart.strips.get("state")
    for phase in chart.states:
        name = _PHASES.get(phase.name)
        if name:
            width = phase.right - phase.left
            yield _rect(name, phase.left, chart.head, width, chart.foot - chart.head)
            if top is not None:
                yield _rect(f"{name} strip", phase.left, top, width, STRIP - 3, _held(chart, phase))
    for gap in chart.gaps:
        told = f"no entry for {exact(gap.seconds)}, from {_time(chart, gap.since)} to {_time(chart, gap.until)}"
        yield _rect("gap", gap.left, chart.head, gap.right - gap.left, chart.foot - chart.head, told)


def _lines(chart: Chart) -> Iterator[str]:
    for lane in chart.lanes:
        yield _line("thin", 0, lane.top, WIDTH, lane.top)
    for bar in chart.bars:
        y = _base(chart.lanes[bar.lane])
        told = f"<title>{escape(_name(bar.who))}</title>"
        yield f'<path class="held" d="M{bar.left:.1f} {y:g}H{bar.right:.1f}">{told}</path>'
    for phases, name in ((chart.states, "state"), (chart.severities, "severity")):
        for phase in phases:
            if phase.name and name in chart.strips:
                yield _line("edge", phase.left, chart.strips[name], phase.left, chart.strips[name] + STRIP - 3)
                if name == "state":
                    yield _line("edge", phase.left, chart.head, phase.left, chart.foot)
    if chart.zero is not None:
        # As the edges of phases, it leaves out the words between the strips and the lanes.
        yield _line("zero", chart.zero, chart.strips["zero"] + STRIP - 3, chart.zero, chart.callouts_top)
        yield _line("zero", chart.zero, chart.head, chart.zero, chart.foot)
    yield _line("axis", 0, chart.foot, WIDTH, chart.foot)
    for tick in chart.clock:
        yield _line("axis", tick.x, chart.foot, tick.x, chart.foot + 4)
    for one in chart.callouts:
        yield _line("lead", one.x, one.y + 3, one.x, one.foot)


def _lettering(chart: Chart) -> Iterator[str]:
    strips = chart.strips
    for tick in chart.since_zero:
        yield _text("m", tick.middle, strips["zero"] + 11, tick.text, "middle")
    for phases, name in ((chart.severities, "severity"), (chart.states, "state")):
        for phase in phases:
            if phase.words and name in strips:
                yield _text("t", phase.left + 4, strips[name] + 11, phase.words)
    for gap in chart.gaps:
        yield _text("t", (gap.left + gap.right) / 2, strips["gap"] + 11, gap.text, "middle")
    for one in chart.callouts:
        yield _text("t", one.x + (3 if one.side == "start" else -3), one.y, one.text, one.side)
    for mark in chart.marks:
        if mark.words:
            aside = 10 if mark.starred else 8
            aside = aside if mark.side == "start" else -aside
            yield _text("t", mark.x + aside, mark.y + 3.5, mark.words, mark.side)
    for tick in chart.clock:
        yield _text("m", tick.middle, chart.foot + 16, tick.text, "middle")
    for tick in chart.days:
        yield _text("m", tick.middle, chart.foot + 30, tick.text, "middle")


def _names(chart: Chart) -> Iterator[str]:
    """What each row is called. A reader hears it from the description of the other picture."""
    yield f'<svg class="names" viewBox="0 0 {NAMES:g} {chart.height:g}" aria-hidden="true">'
    for name, y in chart.strips.items():
        yield _text("m", 0, y + 11, _STRIPS[name])
    for lane in chart.lanes:
        yield _line("thin", 0, lane.top, NAMES, lane.top)
        middle = lane.top + lane.height / 2
        people = fitted(", ".join(map(_name, lane.who[:4])), SMALL, NAMES - 8)
        yield _text("l", 0, middle + (-1 if people else 4), fitted(_short(lane.title, _NAME), 12.0, NAMES - 8))
        if people:
            yield _text("m", 0, middle + 12, people)
    yield _line("axis", 0, chart.foot, NAMES, chart.foot)
    yield _text("m", 0, chart.foot + 16, fitted(f"Time ({chart.times.name})", SMALL, NAMES - 8))
    yield "</svg>"


# ── marks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mark(chart: Chart, mark: Mark, anchors: Mapping[str, str]) -> str:
    classes = [
        *(["a"] if chart.lanes[mark.lane].key in ("moments", "updates") else []),
        *(["h"] if mark.hollow else []),
        *(["u"] if mark.unsure else []),
    ]
    at = f"{mark.x:.1f}"
    parts = [f"<title>{escape(told(chart, mark))}</title>"]
    if mark.starred:
        parts.append(f'<rect class="star" x="{mark.x - 8:.1f}" y="{mark.y - mark.height / 2 - 3:g}" width="16"')
        parts.append(f' height="{mark.height + 6:g}" rx="8"/>')
    if mark.until is not None and mark.until > mark.x:
        parts.append(f'<path class="rough" d="M{at} {mark.y:g}H{mark.until:.1f}m0-3v6"/>')
    if mark.kind == "several":
        parts.append(f'<rect x="{mark.x - 4.5:.1f}" y="{mark.y - mark.height / 2:g}" width="9" ')
        parts.append(f'height="{mark.height:g}" rx="4.5"/>')
    else:
        parts.append(f'<use href="#sign.{_shape(mark)}" x="{at}" y="{mark.y:g}"/>')
    named = f' class="{" ".join(("k", *classes))}"'
    anchor = next((anchors[entry.ref] for entry in mark.entries if entry.ref in anchors), None)
    if anchor is None:
        return f"<g{named}>{''.join(parts)}</g>"
    # The table below says the same to whoever goes by keys; hundreds of stops before it would only be in their way.
    return f'<a href="#{anchor}" tabindex="-1"{named}>{"".join(parts)}</a>'


def told(chart: Chart, mark: Mark) -> str:
    """What a mark says when it is pointed at: of each entry when, which, what, who, and its words."""
    lines = [_entry(chart, entry) for entry in mark.entries[:_TOLD]]
    more = len(mark.entries) - len(lines)
    return "\n".join((*lines, f"and {more} more") if more else lines)


def _entry(chart: Chart, entry: Entry) -> str:
    words = _short(words_of(entry), _LONG)
    if not entry.erased and isinstance(entry.payload, Opaque) and not entry.text:
        words = "(words erased, withheld, or of a newer version)"
    how = "reconstructed" if entry.reconstructed else "late" if entry.late else ""
    marks = [word for word in (how, "imported" if entry.imported else "", "restricted" * entry.restricted) if word]
    who = f", {_name(entry.by)}" if entry.by else ""
    written = f" ({', '.join(marks)})" if marks else ""
    when = chart.times.clock(entry.at, entry.precision)
    return f"{when} {_short(entry.ref, _NAME)} {one_line(kind(entry))}{who}: {words}{written}"


def _name(name: str) -> str:
    return f"@{_short(name, _NAME)}"


def _short(text: str, most: int) -> str:
    """The beginning of a typed text on one line, with a sign where there is more."""
    words = one_line(text[:most]).strip()
    return f"{words}…" if len(text) > most else words


def _shape(mark: Mark) -> str:
    return "several" if mark.kind == "several" else _SHAPE_OF.get(mark.kind, "cross")


def _signs(marks: Iterable[Mark]) -> tuple[tuple[str, str], ...]:
    drawn = {_shape(mark) for mark in marks}
    return tuple((shape, name) for shape, name in _NAMES_OF.items() if shape in drawn)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _notes(chart: Chart) -> Iterator[str]:
    """What nobody could tell from the picture alone, and what it cannot show."""
    if any(mark.hollow for mark in chart.marks):
        yield "Hollow: written a minute or more after the fact, reconstructed, or imported."
    if any(mark.until for mark in chart.marks):
        yield "A line behind a mark: how far its rough time may reach."
    if chart.gaps:
        yield f"Hatched: no entry for more than {spell(chart.scale.bound)}; these stretches are not to scale."
    if chart.unknown:
        yield f"Unknown moments: {', '.join(chart.unknown)}."
    unsure = sum(entry.precision == "unknown" for mark in chart.marks for entry in mark.entries)
    if unsure:
        entries = "1 entry has" if unsure == 1 else f"{unsure} entries have"
        yield f"{entries} no known time, and {'stands' if unsure == 1 else 'stand'} beside the neighbour."
    if chart.uncalled:
        yield f"{chart.uncalled} more starred: their words found no room here and stand in the timeline."


def _title(chart: Chart) -> str:
    count = sum(len(mark.entries) for mark in chart.marks)
    ends = f"{_full(chart, chart.scale.since)} to {_full(chart, chart.scale.until)}"
    return f"Timeline, {ends}, {count} {'entry' if count == 1 else 'entries'}"


def _described(chart: Chart) -> str:
    """The picture in words."""
    parts = [f"Times are {chart.times.label}."]
    lanes = [f"{_titled(lane)} ({_count(chart, number)})" for number, lane in enumerate(chart.lanes)]
    parts.append(f"Lanes, with their entries: {'; '.join(lanes)}.")
    for name, phases in (("State", chart.states), ("Severity", chart.severities)):
        held = [_held(chart, phase) for phase in phases if phase.name]
        if held:
            parts.append(f"{name}: {'; '.join(held)}.")
    if chart.gaps:
        gaps = (f"{gap.text} from {_time(chart, gap.since)}" for gap in chart.gaps)
        parts.append(f"Without any entry: {'; '.join(gaps)}.")
    if chart.unknown:
        parts.append(f"Unknown moments: {', '.join(chart.unknown)}.")
    return " ".join(parts)


def _titled(lane: Lane) -> str:
    title = ROLE_TITLES.get(lane.key.removeprefix("role "), lane.title)
    return " ".join((_short(title, _NAME), ", ".join(map(_name, lane.who[:4])))).strip()


def _count(chart: Chart, lane: int) -> int:
    return sum(len(mark.entries) for mark in chart.marks if mark.lane == lane)


def _held(chart: Chart, phase: Phase) -> str:
    return f"{phase.name} from {_time(chart, phase.since)} to {_time(chart, phase.until)}"


def _time(chart: Chart, at: float) -> str:
    return str(chart.times.clock(stored(at)))


def _full(chart: Chart, at: float) -> str:
    return str(chart.times.full(stored(at)))


# ── elements ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _base(lane: Lane) -> float:
    return lane.top + lane.height - BASE


def _text(name: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="{name}" x="{x:.1f}" y="{y:g}"{side}>{escape(words)}</text>'


def _line(name: str, left: float, top: float, right: float, bottom: float) -> str:
    return f'<path class="{name}" d="M{left:.1f} {top:g}L{right:.1f} {bottom:g}"/>'


def _rect(name: str, left: float, top: float, width: float, height: float, title: str = "") -> str:
    place = f'x="{left:.1f}" y="{top:g}" width="{width:.1f}" height="{height:g}"'
    return f'<rect class="{name}" {place}>{f"<title>{escape(title)}</title>" if title else ""}</rect>'
