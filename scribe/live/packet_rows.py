"""A packet as labelled lines: what a screen shows, what a document prints, and what two packets are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from msgspec import Struct
from msgspec.structs import replace

from scribe.live.changes import GROUPS, Group, Noted
from scribe.live.checkpoint import GIVEN, Packet, Theory
from scribe.live.policy import ROLE_LABELS
from scribe.record.state import Track
from scribe.record.terms import IMPACT_LABELS, ROLES, SCOPE_LABELS, ImpactField
from scribe.record.when import elapsed, local, seconds_between, spell, zone_name

UNKNOWN = "unknown"
"""What stands where nobody recorded anything, or filled nothing in."""

FIRST = ("severity", "state", "hypothesis", "impact", "in_flight", "point", "cadence", "next_decision", "withheld")
"""The rows of page one; the rest stands below."""

FEW = 3
"""How many values a row has on page one at most."""

LONGEST = 160
"""Characters of a value on page one at most; the whole of it stands below."""


class Row(Struct, frozen=True):
    """One field of a packet: its stable name, its label, its values, a line each.

    Values are typed text and are shown through ``visible``. ``by_hand`` marks what only a person knows, ``command``
    begins the line that fills it in or corrects it (empty: nothing does), ``is_known`` is False where the value says
    "unknown", and ``sources`` are the addresses that stand in the values.
    """

    name: str
    label: str
    values: tuple[str, ...]
    command: str = ""
    by_hand: bool = False
    is_known: bool = True
    sources: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """One field in which two packets differ: the values that only the earlier, and that only the later one has."""

    name: str
    label: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def heading(packet: Packet) -> str:
    """Which packet it is: "packet 3: IC @alice → @bob"."""
    words = f"packet {packet.number}"
    if not packet.incoming:
        return f"{words}: checkpoint"
    outgoing = f"@{packet.outgoing} " if packet.outgoing else ""
    return f"{words}: {_label(packet.role)} {outgoing}→ @{packet.incoming}"


def dated(packet: Packet, zone: tzinfo) -> str:
    """When it was, by the clock and since T+0: "2026-11-20 14:05:00 UTC · T+00:42:10"."""
    there = local(packet.at, zone)
    since = packet.since_zero
    zero = f"T+{UNKNOWN}" if since is None else elapsed(since)
    return f"{there:%Y-%m-%d %H:%M:%S} {zone_name(zone, there)} · {zero}"


def first(packet: Packet, zone: tzinfo) -> tuple[Row, ...]:
    """Page one: what the incoming person reads before anything else, each row cut to a few values."""
    return tuple(_cut(row) for row in fields(packet, zone) if row.name in FIRST)


def rest(packet: Packet, zone: tzinfo) -> tuple[Row, ...]:
    """Everything below page one; a row that was cut there stands here whole."""
    return tuple(row for row in fields(packet, zone) if row.name not in FIRST or _cut(row) != row)


def changed(packet: Packet, zone: tzinfo) -> tuple[Row, ...]:
    """What changed since the last checkpoint, a row each sort of change."""
    clock = _Clock(packet, zone)
    rows = []
    for group in packet.changes:
        values, sources = _quoted(group.items, clock)
        label = f"{GROUPS[group.name]} ({group.count})"
        rows.append(Row(group.name, label, (*values, *_unlisted(group)), sources=sources))
    return tuple(rows)


def fields(packet: Packet, zone: tzinfo, *, ages: bool = True) -> tuple[Row, ...]:
    """Every field, those of page one first. Without ``ages`` no value depends on when the packet was made."""
    return tuple(_fields(packet, _Clock(packet, zone, ages=ages)))


def compare(before: Packet, after: Packet, zone: tzinfo) -> tuple[Difference, ...]:
    """The fields in which two packets differ, in the packet's order."""
    known = {row.name: row for row in fields(before, zone, ages=False)}
    other = {row.name: row for row in fields(after, zone, ages=False)}
    found = []
    # Both have the same fields, but for those that stand only where there is something to say.
    for name in [*other, *(name for name in known if name not in other)]:
        row = other.get(name) or known[name]
        old = known[name].values if name in known else ()
        new = other[name].values if name in other else ()
        if old != new and name not in ("record", "previous"):
            removed = tuple(value for value in old if value not in new)
            added = tuple(value for value in new if value not in old)
            found.append(Difference(name, row.label, removed, added))
    return tuple(found)


class _Clock:
    """Times beside a packet's own: without the date where it is the same day."""

    def __init__(self, packet: Packet, zone: tzinfo, *, ages: bool = True) -> None:
        self.at = packet.at
        self.zone = zone
        self.ages = ages
        self._day = local(packet.at, zone).date()

    def time(self, at: str) -> str:
        there = local(at, self.zone)
        is_plain = self.ages and there.date() == self._day
        return f"{there:%H:%M}" if is_plain else f"{there:%Y-%m-%d %H:%M}"

    def since(self, at: str) -> str:
        words = f"since {self.time(at)}"
        return f"{words} ({spell(max(0.0, seconds_between(at, self.at)))})" if self.ages else words

    def until(self, at: str) -> str:
        """A time that lies ahead, or that has passed."""
        left = seconds_between(self.at, at)
        if not self.ages:
            return self.time(at)
        return f"{self.time(at)} ({f'in {spell(left)}' if left > 0 else f'overdue by {spell(-left)}'})"


def _fields(packet: Packet, clock: _Clock) -> Iterator[Row]:
    severity = f"SEV-{packet.severity}" if packet.severity else ""
    if packet.security:
        severity = f"{severity or UNKNOWN}, security incident on the protected track"
    yield _row("severity", "severity", (severity,), "/sev ")
    yield _row("state", "state", (packet.state,), "/state ")
    yield _hypothesis(packet, clock)
    yield _impact(packet, clock)
    in_flight = tuple(f"{item.ref} {item.text} @{item.who} {clock.since(item.since)}" for item in packet.in_flight)
    command = f"/done {packet.in_flight[0].ref} " if packet.in_flight else "> "
    yield _row("in_flight", "in flight", in_flight or ("nothing",), command)
    yield _row("point", "decision point", (_point(packet, clock),), "/decide ")
    yield _cadence(packet, clock)
    yield _given(packet, "next_decision", clock)
    if packet.withheld:
        words = f"{len(packet.withheld)} restricted: {', '.join(packet.withheld)}"
        yield _row("withheld", "withheld", (words,))
    yield from (_given(packet, name, clock) for name in ("risks", "exit_criteria", "questions", "channels"))
    yield _roles(packet, clock)
    next_ic = (f"@{packet.next_ic.removeprefix('@')}",) if packet.next_ic else ()
    yield _row("next_ic", "next IC", next_ic, "/handoff @", by_hand=True)
    yield _update(packet, clock)
    others = tuple(_theory(theory, clock) for theory in packet.hypotheses)
    yield _row("hypotheses", "other hypotheses", others or ("none",), "? ")
    ruled_out = tuple(_against(theory) for theory in packet.ruled_out)
    yield _row("ruled_out", "ruled out", ruled_out or ("none",), "/rule-out ")
    scope = tuple(
        f"{SCOPE_LABELS[row.row]} {row.name}: {row.verdict.replace('_', ' ')}"
        + (f", {row.evidence}" if row.evidence else "")
        for row in packet.scope
    )
    yield _row("scope", "scope", scope, "/scope ")
    if packet.timeboxes:
        boxes = (
            f"{box.ref} {box.text}{f' @{box.who}' if box.who else ''} until {clock.until(box.until)}"
            for box in packet.timeboxes
        )
        yield _row("timeboxes", "time-boxes", tuple(boxes), "/timebox ")
    yield _links(packet)
    yield from (
        _given(packet, name, clock) for name in ("notes", *(name for name in packet.given if name not in GIVEN))
    )
    yield _previous(packet, clock)
    yield _row("record", "record", (f"{packet.entries} entries", f"head {packet.head}"))
    if packet.restricted:
        words = f"restricted entries are in it, as asked: {', '.join(packet.restricted)}"
        yield _row("restricted", "restricted", (words,))


def _hypothesis(packet: Packet, clock: _Clock) -> Row:
    theory = packet.hypothesis
    if theory is None:
        return _row("hypothesis", "hypothesis", (), "? ")
    values, sources = _quoted(theory.evidence, clock)
    command = f"/confirm {theory.ref} " if theory.status == "open" else "? "
    evidence = tuple(f"evidence: {value}" for value in values)
    return _row("hypothesis", "hypothesis", (_theory(theory, clock), *evidence), command, sources=sources)


def _theory(theory: Theory, clock: _Clock) -> str:
    return f"{theory.ref} ({theory.status.replace('_', ' ')}) {theory.text} @{theory.who} {clock.since(theory.since)}"


def _against(theory: Theory) -> str:
    why = "; ".join(evidence.text for evidence in theory.evidence)
    return f"{theory.ref} {theory.text}" + (f": {why}" if why else "")


def _impact(packet: Packet, clock: _Clock) -> Row:
    stated = (packet.impact,) if packet.impact else ()
    sides: dict[ImpactField, str] = {
        name: f"{label}: {packet.sides[name].value}" for name, label in IMPACT_LABELS.items() if name in packet.sides
    }
    values = (*stated, *(f"{words}, {clock.since(packet.sides[name].since)}" for name, words in sides.items()))
    return _row("impact", "impact", values, "/impact ")


def _point(packet: Packet, clock: _Clock) -> str:
    point = packet.point
    if point is None:
        return ""
    who = f"@{point.who} decides" if point.who else "who decides is unknown"
    by = f", by {clock.until(point.by)}" if point.by else ""
    return f"{point.what} ({who}{by})"


def _cadence(packet: Packet, clock: _Clock) -> Row:
    values = tuple(_track(track, clock) for track in packet.tracks)
    last = packet.last_update
    if last is not None:
        values = (*values, f"last: update {last.number} for {last.audience} at {clock.time(last.at)}")
    return _row("cadence", "updates", values, "/cadence ")


def _track(track: Track, clock: _Clock) -> str:
    pace = f"every {spell(track.cadence)}" if track.cadence else "no cadence"
    due = f"next {clock.until(track.due)}" if track.due else "none due"
    return f"{track.audience} {pace}, {due}"


def _update(packet: Packet, clock: _Clock) -> Row:
    last = packet.last_update
    if last is None:
        return _row("last_update", "last update", ("none sent",), "/update ")
    lead = f"{last.ref} at {clock.time(last.at)} for {last.audience}: "
    first, *more = [line for line in last.text.split("\n") if line.strip()] or [""]
    return _row("last_update", "last update", (lead + first, *more), "/update ")


def _roles(packet: Packet, clock: _Clock) -> Row:
    names = [*ROLES, *(name for name in (*packet.roles, *packet.not_needed) if name not in ROLES)]
    values = []
    for name in dict.fromkeys(names):
        held = packet.roles.get(name, ())
        values += [f"{_label(name)} @{holder.who} {clock.since(holder.since)}" for holder in held]
        if name in packet.not_needed:
            values.append(f"{_label(name)} not needed")
        elif not held and name != "sme":
            values.append(f"{_label(name)} nobody")
    return _row("roles", "roles", tuple(values), "/role ")


def _links(packet: Packet) -> Row:
    values = tuple(f"{link.ref} {link.text}" for link in packet.links)
    more = packet.links_in_all - len(values)
    if more:
        values = (f"{more} older ones stand in the timeline", *values)
    sources = tuple(link.text for link in packet.links)
    return _row("links", "links", values or ("none",), "/link ", sources=sources)


def _given(packet: Packet, name: str, clock: _Clock) -> Row:
    lines = tuple(line for line in packet.given.get(name, "").split("\n") if line.strip())
    if clock.ages and lines and name in packet.carried and packet.previous:
        lines = (*lines[:-1], f"{lines[-1]} (as in packet {packet.previous.number})")
    return _row(name, GIVEN.get(name, name), lines, f"/set {name} ", by_hand=True)


def _previous(packet: Packet, clock: _Clock) -> Row:
    before = packet.previous
    if before is None:
        return _row("previous", "packet before", ("none",))
    whom = f": {_label(before.role)} @{before.outgoing or UNKNOWN} → @{before.incoming}" if before.incoming else ""
    words = f"packet {before.number} ({before.ref}) at {clock.time(before.at)}{whom}"
    return _row("previous", "packet before", (words,))


def _quoted(items: tuple[Noted, ...], clock: _Clock) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Entries as values, and the addresses in them."""
    values = []
    for item in items:
        more = [url for url in item.sources if url not in item.text]
        values.append(" ".join((f"{item.ref} {clock.time(item.at)} {item.text} @{item.by}", *more)))
    return tuple(values), tuple(dict.fromkeys(url for item in items for url in item.sources))


def _unlisted(group: Group) -> tuple[str, ...]:
    more = group.count - len(group.items)
    return (f"{more} {'more' if group.items else 'in all'}, in the timeline",) if more else ()


def _label(role: str) -> str:
    return ROLE_LABELS.get(role, role)


def _row(
    name: str,
    label: str,
    values: tuple[str, ...],
    command: str = "",
    *,
    by_hand: bool = False,
    sources: tuple[str, ...] = (),
) -> Row:
    values = tuple(value for value in values if value)
    return Row(name, label, values or (UNKNOWN,), command, by_hand, bool(values), sources)


def _cut(row: Row) -> Row:
    """A row as page one has it: few values, none of them long, each on one line."""
    values = tuple(_shortened(value) for value in row.values[:FEW])
    more = len(row.values) - len(values)
    return replace(row, values=(*values, f"and {more} more") if more else values)


def _shortened(value: str) -> str:
    line = " ".join(value.split("\n"))
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
