"""The checkpoint packet as a document: Markdown for people, JSON for programs, and two packets side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any

import msgspec

from scribe.exporters.escape import Md, inline, joined, linked
from scribe.live.changes import Group, Noted
from scribe.live.checkpoint import GIVEN, Acknowledged, Packet, Theory
from scribe.live.packet_rows import Difference, Row, changed, dated, first, heading, rest
from scribe.record.state import Handed
from scribe.record.terms import IMPACT_LABELS, ROLES
from scribe.record.text import json_text
from scribe.record.when import local


def markdown(packet: Packet, zone: tzinfo, *, acknowledged: Acknowledged | None = None) -> str:
    """The packet: page one in about a dozen lines, the rest below, then what changed. It ends in a newline.

    ``acknowledged`` is what became of it since, which is no part of the packet itself.
    """
    title = heading(packet)
    lines = [f"# {inline(title[:1].upper() + title[1:])}", ""]
    what = f"{inline(packet.incident)} **{inline(packet.title)}**"
    lines += [f"{what} · {dated(packet, zone)}{_standing(packet, zone, acknowledged)}", ""]
    lines += [f"- **{inline(_titled(row))}:** {joined(_values(row), '; ')}" for row in first(packet, zone)]
    lines += ["", "## Below page one", ""]
    lines += [line for row in rest(packet, zone) for line in _listed(row)]
    before = packet.previous
    lines += ["", f"## What changed since packet {before.number}" if before else "## What changed", ""]
    news = [line for row in changed(packet, zone) for line in _listed(row)]
    if news:
        lines += news
    else:
        lines.append("Nothing was recorded since." if before else "There is no checkpoint before this one.")
    return "\n".join(lines) + "\n"


def to_json(packet: Packet, *, acknowledged: Acknowledged | None = None) -> str:
    """The packet as one JSON object, indented. See `shape`."""
    encoded = msgspec.json.encode(shape(packet, acknowledged=acknowledged))
    return json_text(msgspec.json.format(encoded, indent=2).decode()) + "\n"


def shape(packet: Packet, *, acknowledged: Acknowledged | None = None) -> dict[str, Any]:
    """The packet's fields for programs: times are UTC, durations seconds, what is unknown is null.

    ``ref`` is null until the packet is handed over, ``acknowledged`` until the incoming person took over.
    ``changes`` is empty, and ``previous`` null, where there is no checkpoint before. ``given`` holds what a person
    filled in, null where nobody did; ``carried`` names what stands as in the packet before.
    """
    ours = {name: packet.given.get(name) for name in GIVEN}
    return {
        "incident": packet.incident,
        "title": packet.title,
        "number": packet.number,
        "ref": packet.ref or None,
        "at": packet.at,
        "since_zero": packet.since_zero,
        "role": packet.role,
        "from": packet.outgoing or None,
        "to": packet.incoming or None,
        "acknowledged": {"who": acknowledged.who, "at": acknowledged.at, "typed_by": acknowledged.typed_by}
        if acknowledged
        else None,
        "severity": packet.severity,
        "state": packet.state,
        "security": packet.security,
        "hypothesis": _theory(packet.hypothesis) if packet.hypothesis else None,
        "hypotheses": [_theory(theory) for theory in packet.hypotheses],
        "ruled_out": [_theory(theory) for theory in packet.ruled_out],
        "impact": packet.impact or None,
        "impact_fields": {
            name: {"value": packet.sides[name].value, "since": packet.sides[name].since}
            if name in packet.sides
            else None
            for name in IMPACT_LABELS
        },
        "scope": [
            {"row": row.row, "name": row.name, "verdict": row.verdict, "evidence": row.evidence or None}
            for row in packet.scope
        ],
        "in_flight": [
            {"ref": item.ref, "text": item.text, "who": item.who, "since": item.since} for item in packet.in_flight
        ],
        "timeboxes": [
            {"ref": box.ref, "text": box.text, "who": box.who, "since": box.since, "until": box.until}
            for box in packet.timeboxes
        ],
        "decision_point": {"what": packet.point.what, "who": packet.point.who or None, "by": packet.point.by}
        if packet.point
        else None,
        "updates": [
            {"audience": track.audience, "cadence": track.cadence, "next_at": track.due} for track in packet.tracks
        ],
        "updates_sent": packet.updates,
        "last_update": _sent(packet),
        "roles": {
            name: [{"who": holder.who, "since": holder.since} for holder in packet.roles.get(name, ())]
            for name in dict.fromkeys((*ROLES, *packet.roles))
        },
        "not_needed": list(packet.not_needed),
        "next_ic": packet.next_ic or None,
        "given": {**ours, **packet.given},
        "carried": list(packet.carried),
        "previous": _handed(packet.previous) if packet.previous else None,
        "changes": [_group(group) for group in packet.changes],
        "links": [{"ref": link.ref, "url": link.text} for link in packet.links],
        "links_in_all": packet.links_in_all,
        "head": packet.head,
        "entries": packet.entries,
        "withheld": list(packet.withheld),
        "restricted": list(packet.restricted),
    }


def comparison(before: Packet, after: Packet, differences: Iterable[Difference], zone: tzinfo) -> str:
    """In what two packets differ, as Markdown that ends in a newline."""
    lines = [f"# Packet {before.number} and packet {after.number}", ""]
    lines += [f"- **{packet.number}:** {inline(heading(packet))}, {dated(packet, zone)}" for packet in (before, after)]
    lines.append("")
    told = [line for found in differences for line in _told(found, before.number, after.number)]
    return "\n".join(lines + (told or ["No field differs."])) + "\n"


def comparison_json(before: Packet, after: Packet, differences: Iterable[Difference]) -> str:
    """The same for programs; its times are those of UTC when the comparison was made in UTC."""
    found = [
        {"field": one.name, "label": one.label, "removed": list(one.removed), "added": list(one.added)}
        for one in differences
    ]
    told = {"incident": before.incident, "before": before.number, "after": after.number, "differences": found}
    return json_text(msgspec.json.format(msgspec.json.encode(told), indent=2).decode()) + "\n"


def _standing(packet: Packet, zone: tzinfo, acknowledged: Acknowledged | None) -> str:
    """Whether it was handed over, and acknowledged: by whom, when, and who typed that."""
    if not packet.ref:
        return " · not handed over"
    if acknowledged is not None:
        typed = "" if acknowledged.typed_by == acknowledged.who else f", typed by {inline(f'@{acknowledged.typed_by}')}"
        there = local(acknowledged.at, zone)
        return f" · acknowledged by {inline(f'@{acknowledged.who}')} {there:%Y-%m-%d %H:%M:%S}{typed}"
    return f" · {inline(packet.ref)}, not acknowledged" if packet.incoming else f" · {inline(packet.ref)}"


def _titled(row: Row) -> str:
    return row.label[:1].upper() + row.label[1:]


def _values(row: Row) -> list[Md]:
    if not row.is_known:
        return [Md(f"*{value}*") for value in row.values]
    return [_value(value, row.sources) for value in row.values]


def _value(value: str, sources: Sequence[str]) -> Md:
    named = [url for url in sources if url in value]
    return linked(value, named) if named else inline(value)


def _listed(row: Row) -> Iterator[str]:
    """A row below page one: its one value beside the label, or a list beneath it."""
    values = _values(row)
    label = f"- **{inline(_titled(row))}:**"
    if len(values) == 1:
        yield f"{label} {values[0]}"
        return
    yield label
    yield from (f"  - {value}" for value in values)


def _told(found: Difference, before: int, after: int) -> Iterator[str]:
    yield f"- **{inline(found.label[:1].upper() + found.label[1:])}:**"
    yield from (f"  - only in {before}: {inline(value)}" for value in found.removed)
    yield from (f"  - only in {after}: {inline(value)}" for value in found.added)
    if not found.removed and not found.added:
        yield "  - the same in another order"


def _theory(theory: Theory) -> dict[str, Any]:
    return {
        "ref": theory.ref,
        "text": theory.text,
        "status": theory.status,
        "who": theory.who,
        "since": theory.since,
        "ended_at": theory.ended_at or None,
        "evidence": [_noted(item) for item in theory.evidence],
    }


def _sent(packet: Packet) -> dict[str, Any] | None:
    last = packet.last_update
    if last is None:
        return None
    return {
        "ref": last.ref,
        "number": last.number,
        "audience": last.audience,
        "at": last.at,
        "text": last.text,
        "next_at": last.next_at,
    }


def _handed(packet: Handed) -> dict[str, Any]:
    return {
        "number": packet.number,
        "ref": packet.ref,
        "at": packet.at,
        "role": packet.role,
        "from": packet.outgoing or None,
        "to": packet.incoming or None,
    }


def _group(group: Group) -> dict[str, Any]:
    return {"group": group.name, "count": group.count, "entries": [_noted(item) for item in group.items]}


def _noted(item: Noted) -> dict[str, Any]:
    return {"ref": item.ref, "at": item.at, "by": item.by, "text": item.text, "sources": list(item.sources)}
