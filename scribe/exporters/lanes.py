"""The drawn timeline as plain geometry: lanes, marks, phases, gaps, ticks. `drawing` makes a picture of it.

A lane is a role, and an entry lies in the lane of the role that its author held at that time. Moments, changes of
severity and state, and status updates have lanes of their own. Entries that would lie on one another are stacked,
and where they are too many for that, drawn as one mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from scribe.after.postmortem import Postmortem
from scribe.after.threads import Change, Tenure
from scribe.exporters.axes import clock_ticks, day_ticks, zero_ticks
from scribe.exporters.placing import Callout, Side, called_out, clusters, stacked
from scribe.exporters.rows import times_of
from scribe.exporters.scale import SMALL, Gap, Scale, Tick, epoch, fitted, scale
from scribe.exporters.times import Times
from scribe.live.policy import ROLE_LABELS
from scribe.record.erasure import words as words_of
from scribe.record.events import Checkpoint, Milestone, Role, Severity, StateChange
from scribe.record.state import Entry
from scribe.record.text import one_line

WIDTH = 948.0
"""Units from the beginning of the lanes to their end; the names of the lanes stand beside."""

EDGE = 26.0
"""Room at both ends, for words whose middle lies there."""

STRIP = 18.0
"""The height of a row of words or of phases."""

BASE = 11.0
"""From the lowest mark of a lane to the lane's end."""

_MOMENTS = frozenset({"declared", "milestone", "severity", "state"})
_PITCH = 13.0
_STACK = 4
_ROWS = 5
_MARK = 10.0
_LEAST = 34.0
_UNSURE = {"hour": 3600.0, "day": 86400.0}
_WORDS = 400


class Lane(Struct, frozen=True, gc=False):
    """A lane from ``top`` on: its name, those who acted in it, and how high it is."""

    key: str
    title: str
    who: tuple[str, ...]
    top: float
    height: float


class Mark(Struct, frozen=True, gc=False):
    """One entry, or ``several`` that fall together; ``y`` is its middle.

    A ``hollow`` one was written late, reconstructed or imported; ``unsure`` is one whose time is unknown, and ``until``
    how far a rough time may reach. ``words`` stand beside it: a moment, or a phase that its strip has no room to name.
    """

    lane: int
    x: float
    y: float
    height: float
    kind: str
    entries: tuple[Entry, ...]
    hollow: bool = False
    starred: bool = False
    unsure: bool = False
    until: float | None = None
    words: str = ""
    side: Side = "start"


class Phase(Struct, frozen=True, gc=False):
    """For how long a state or a severity held; ``name`` is empty before the first, ``words`` what there is room for."""

    name: str
    since: float
    until: float
    left: float
    right: float
    words: str


class Bar(Struct, frozen=True, gc=False):
    """For how long somebody held the role of a lane."""

    lane: int
    left: float
    right: float
    who: str


class Chart(Struct, frozen=True, gc=False):
    """Everything that is drawn. ``strips`` says where the rows above the lanes begin, by their names.

    ``unknown`` names the moments that nobody recorded, ``uncalled`` counts starred marks without words of their own.
    """

    height: float
    scale: Scale
    times: Times
    strips: dict[str, float]
    callouts_top: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    states: tuple[Phase, ...]
    severities: tuple[Phase, ...]
    clock: tuple[Tick, ...]
    days: tuple[Tick, ...]
    since_zero: tuple[Tick, ...]
    zero: float | None
    callouts: tuple[Callout, ...]
    uncalled: int
    unknown: tuple[str, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Stretches without any entry."""
        return self.scale.gaps

    @property
    def head(self) -> float:
        """Where the lanes begin."""
        return self.lanes[0].top

    @property
    def foot(self) -> float:
        """Where the lanes end and the axis begins."""
        return self.lanes[-1].top + self.lanes[-1].height


class _Dated(Struct, frozen=True, gc=False):
    """An entry, when it was, and where that is."""

    entry: Entry
    at: float
    x: float


def chart(document: Postmortem) -> Chart | None:
    """The geometry of a document's timeline; None where no entry has a known time."""
    entries = [entry for entry in document.timeline if not entry.hidden]
    instants = {entry.at: epoch(entry.at) for entry in entries if entry.precision != "unknown"}
    if not instants:
        return None
    known = sorted(instants)  # stored times sort as times do
    line = scale([instants[at] for at in known], EDGE, WIDTH - EDGE)
    places = dict(zip(known, line.places([instants[at] for at in known]), strict=True))
    for entry in entries:
        # What has no known time keeps the place after its neighbour, and says nothing about how long anything took.
        if entry.at not in instants:
            instants[entry.at] = epoch(entry.at)
            places[entry.at] = line.x(instants[entry.at])
    return _Layout(document, line, [_Dated(one, instants[one.at], places[one.at]) for one in entries]).chart()


class _Layout:
    """Puts the parts of one chart below one another."""

    def __init__(self, document: Postmortem, line: Scale, dated: Sequence[_Dated]) -> None:
        self._document = document
        self._line = line
        self._dated = dated
        self._states = self._phases(document.states)
        self._severities = self._phases(document.severities)

    def chart(self) -> Chart:
        """The chart."""
        document, line = self._document, self._line
        # As the document's own tables have it, so that both show a time alike.
        times = times_of((*document.timeline, *document.ticks, *document.protected.apart), document.zone)
        strips, top = self._strips()
        lanes, marks = self._lanes()
        # A moment is named where it lies.
        starred = sorted((mark for mark in marks if mark.starred and not mark.words), key=lambda mark: mark.x)
        callouts, rows = called_out([(mark.x, _words(mark)) for mark in starred], WIDTH)
        shift = top + rows * STRIP + (4.0 if rows else 0.0)
        lanes = [replace(lane, top=lane.top + shift) for lane in lanes]
        bottom = lanes[-1].top + lanes[-1].height
        days = () if times.one_day else tuple(day_ticks(line, document.zone))
        zero = None if document.zero is None else epoch(document.zero)
        is_in_sight = zero is not None and line.since <= zero <= line.until
        return Chart(
            height=bottom + (38.0 if days else 24.0),
            scale=line,
            times=times,
            strips=strips,
            callouts_top=top,
            lanes=tuple(lanes),
            bars=tuple(self._bars([lane.key for lane in lanes])),
            marks=tuple(replace(mark, y=mark.y + shift) for mark in marks),
            states=self._states,
            severities=self._severities,
            clock=tuple(clock_ticks(line, times)),
            days=days,
            since_zero=() if zero is None else tuple(zero_ticks(line, zero)),
            zero=line.x(zero) if zero is not None and is_in_sight else None,
            callouts=tuple(
                replace(one, y=top + one.row * STRIP + 12, foot=starred[one.mark].y + shift - _MARK) for one in callouts
            ),
            uncalled=len(starred) - len(callouts),
            unknown=tuple(moment.name for moment in document.moments if moment.mark is None),
        )

    def _strips(self) -> tuple[dict[str, float], float]:
        """The rows above the lanes that this document has something for, and where they end."""
        wanted = {
            "zero": self._document.zero is not None,
            "severity": any(change.after for change in self._document.severities),
            "state": bool(self._document.states),
            "gap": bool(self._line.gaps),
        }
        names = [name for name, is_wanted in wanted.items() if is_wanted]
        return {name: 2.0 + STRIP * row for row, name in enumerate(names)}, 8.0 + STRIP * len(names)

    def _phases(self, changes: Sequence[Change]) -> tuple[Phase, ...]:
        """From the first time to the last without a hole."""
        line = self._line
        steps = [(line.since, "")]
        for change in changes:
            steps.append((min(max(epoch(change.entry.at), steps[-1][0]), line.until), change.after))
        phases = []
        for (since, name), until in zip(steps, [*(since for since, _ in steps[1:]), line.until], strict=True):
            if since < until:
                left, right = line.x(since), line.x(until)
                # A few letters of a long name still tell it; of two they do not.
                room = (WIDTH if until == line.until else right) - left - 8
                words = fitted(name, SMALL, room)
                phases.append(Phase(name, since, until, left, right, words if len(words) > 5 or words == name else ""))
        return tuple(phases)

    # ── lanes ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lanes(self) -> tuple[list[Lane], list[Mark]]:
        """Every lane and every mark, counted from the top of the first lane."""
        lanes: list[Lane] = []
        marks: list[Mark] = []
        y = 0.0
        for key, dated in self._sorted_out():
            number = len(lanes)
            own = list(self._moments(number, dated) if key == "moments" else self._marks(number, dated))
            extent = max((mark.height / 2 - mark.y for mark in own), default=0.0)
            height = max(_LEAST, extent + BASE + 7.0)
            marks += [replace(mark, y=y + height - BASE + mark.y) for mark in own]
            lanes.append(Lane(key, self._title(key), self._acted(key, dated), y, height))
            y += height
        return lanes, marks

    def _sorted_out(self) -> list[tuple[str, list[_Dated]]]:
        """Lanes with what lies in them: moments, updates, the roles in the document's order, then everybody else."""
        lanes: dict[str, list[_Dated]] = {"moments": [], "updates": []}
        lanes |= {f"role {row.role}": [] for row in self._document.roles}
        lanes["others"] = []
        held = self._held()
        for dated in self._dated:
            lanes[_lane_of(dated, held, lanes)].append(dated)
        held_ever = {f"role {row.role}" for row in self._document.roles if row.tenures}
        return [(key, sorted(found, key=_place)) for key, found in lanes.items() if found or key in held_ever]

    def _held(self) -> dict[str, list[tuple[float, float, str]]]:
        """Who held which role when. Of several at once the first in the document's order is gone by."""
        held: dict[str, list[tuple[float, float, str]]] = {}
        for row in self._document.roles:
            for tenure in row.tenures:
                held.setdefault(tenure.who.casefold(), []).append((*_ends(tenure), f"role {row.role}"))
        return held

    def _tenures(self, key: str) -> Sequence[Tenure]:
        return next((row.tenures for row in self._document.roles if f"role {row.role}" == key), ())

    def _bars(self, keys: Sequence[str]) -> Iterator[Bar]:
        for number, key in enumerate(keys):
            for tenure in self._tenures(key):
                since, until = _ends(tenure)
                yield Bar(number, self._line.x(since), self._line.x(until), tenure.who)

    def _acted(self, key: str, dated: Iterable[_Dated]) -> tuple[str, ...]:
        if key in ("moments", "updates"):
            return ()
        names = [tenure.who for tenure in self._tenures(key)] or [one.entry.by for one in dated]
        return tuple(dict.fromkeys(name for name in names if name))

    def _title(self, key: str) -> str:
        fixed = {"moments": "Milestones", "updates": "Status updates", "others": "No role then"}
        role = key.removeprefix("role ")
        return fixed.get(key) or ROLE_LABELS.get(role) or self._document.own_roles.get(role) or role

    # ── marks, their y counted from the base line of their lane ─────────────────────────────────────────────────────

    def _marks(self, lane: int, dated: Sequence[_Dated]) -> Iterator[Mark]:
        for together in clusters(dated, _place):
            if len(together) <= _STACK:
                for row, one in enumerate(together):
                    yield replace(self._mark(lane, [one], -_PITCH * row), x=together[0].x)
            else:  # too many to be told apart: one mark, which grows with their number
                height = min(_MARK + 3.0 * (len(together).bit_length() - 2), _PITCH * _STACK - 3.0)
                several = self._mark(lane, together, (_MARK - height) / 2)
                yield replace(several, kind="several", height=height)

    def _moments(self, lane: int, dated: Sequence[_Dated]) -> Iterator[Mark]:
        named = {(phase.since, phase.name) for phase in (*self._states, *self._severities) if phase.words == phase.name}
        items = [[*group] for _, group in groupby(dated, key=_place)]
        words = [", ".join(dict.fromkeys(filter(None, (_moment(one, named) for one in item)))) for item in items]
        for place in stacked([(item[0].x, text) for item, text in zip(items, words, strict=True)], WIDTH, _ROWS):
            those = [one for number in place.items for one in items[number]]
            mark = self._mark(lane, those, -(_PITCH + 1) * place.row)
            yield replace(mark, words=place.text, side=place.side)

    def _mark(self, lane: int, those: Sequence[_Dated], y: float) -> Mark:
        entries = tuple(one.entry for one in those)
        first = those[0]
        length = _UNSURE.get(first.entry.precision)
        return Mark(
            lane=lane,
            x=first.x,
            y=y,
            height=_MARK,
            kind=entries[0].kind,
            entries=entries,
            hollow=all(entry.late or entry.imported for entry in entries),
            starred=any(entry.starred for entry in entries),
            unsure=all(entry.precision == "unknown" for entry in entries),
            until=None if length is None else self._line.x(first.at + length),
        )


def _place(dated: _Dated) -> float:
    return dated.x


def _ends(tenure: Tenure) -> tuple[float, float]:
    return epoch(tenure.since), float("inf") if tenure.until is None else epoch(tenure.until)


def _lane_of(dated: _Dated, held: dict[str, list[tuple[float, float, str]]], lanes: dict[str, list[_Dated]]) -> str:
    entry = dated.entry
    if entry.kind in _MOMENTS:
        return "moments"
    if entry.kind == "update":
        return "updates"
    payload = entry.payload
    # A change of a role is about that role, whoever said it.
    if isinstance(payload, (Role, Checkpoint)) and f"role {payload.role}" in lanes:
        return f"role {payload.role}"
    for since, until, lane in held.get(entry.by.casefold(), ()):
        if since <= dated.at < until:
            return lane
    return "others"


def _moment(dated: _Dated, named: set[tuple[float, str]]) -> str:
    """What a moment is called; nothing where the strip above it says so already."""
    match dated.entry.payload:
        case Milestone(moment=moment):
            return moment
        case StateChange(state=state):
            return "" if (dated.at, state) in named else state
        case Severity(level=level):
            return "" if (dated.at, f"SEV-{level}") in named else f"SEV-{level}"
        case _:
            return dated.entry.kind


def _words(mark: Mark) -> str:
    """What a starred mark is called by."""
    entry = next(entry for entry in mark.entries if entry.starred)
    return one_line(words_of(entry)[:_WORDS]).strip() or entry.ref
