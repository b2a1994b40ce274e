"""Mermaid diagrams: the tree of causes, and the course of the incident.

They stand in Markdown as fenced code, which takes no escapes: whatever people typed is therefore spelt here so that
neither Mermaid nor the fence can take it for anything but words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo

from scribe.after.causes import Cause
from scribe.after.postmortem import Postmortem
from scribe.after.threads import Change
from scribe.record.text import one_line
from scribe.record.when import instant, local, zone_name

LONGEST = 80
"""Characters of a label; beyond them a diagram is no picture any more."""

MOST = 60
"""Nodes of a tree, and phases of a course, that are drawn at most."""

# Everything else in ASCII is spelt as its number. A backslash, a star or an underscore would be Markdown, which
# Mermaid reads in labels; quotes and brackets end them; percent signs and braces begin directives.
_SAFE = frozenset(" ,.:/()+-=!?'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_PREFIXES = {"symptom": "Symptom – ", "trigger": "Trigger – ", "candidate": "Candidate "}
# Mermaid refuses a label that begins like a list.
_LIST = re.compile(r"[0-9]+(?=[.)](?:\s|$))|(?=[-+](?:\s|$))")


def tree(cause: Cause) -> str:
    """The causes as a graph from the symptom downwards; candidates hang on a dotted line.

    Of more than MOST nodes the last ones are left out, and a node says how many.
    """
    lines = ["graph TD"]
    left = 0
    for number, (parent, node) in enumerate(_walk(cause), 1):
        if number > MOST:
            left += 1
            continue
        lines.append(f'    n{number}["{label(_words(node))}"]')
        if parent:
            lines.append(f"    n{parent} {'-.->' if node.kind == 'candidate' else '-->'} n{number}")
    if left:
        lines.append(f'    more["{left} more in the text"]')
    return "\n".join(lines)


def timeline(document: Postmortem) -> str:
    """States as bars and moments as points on one line of time; empty where no moment is known.

    It holds nothing that people typed, and says nothing of single entries.
    """
    zone = _zone(document)
    points = [
        f"    {moment.name} :milestone, {_local(moment.mark.at, zone)}, 0d"
        for moment in document.moments
        if moment.mark is not None and moment.mark.precision != "day"
    ]
    if not points:
        return ""
    lines = [
        "gantt",
        f"    title States and moments ({zone_name(zone, instant(document.written_until))})",
        "    dateFormat YYYY-MM-DDTHH:mm:ss",
        "    axisFormat %H:%M",
    ]
    bars = list(_bars(document, zone))
    if bars and len(bars) <= MOST:
        lines += ["    section States", *bars]
    return "\n".join([*lines, "    section Moments", *points])


def label(text: str) -> str:
    """Typed text within the quotes of a label: one line, cut to LONGEST, and nothing in it acts."""
    words = " ".join(one_line(text).split()) or "–"  # Mermaid refuses an empty label
    if len(words) > LONGEST:
        words = f"{words[: LONGEST - 1].rstrip()}…"
    begins = _LIST.match(words)
    place = begins.end() if begins else -1
    # Where a line looks like a style, Mermaid takes a semicolon away behind a colon and a number sign.
    safe = _SAFE - {":"} if "style" in words or "classDef" in words else _SAFE
    return "".join(
        sign if not sign.isascii() or (sign in safe and at != place) else f"#{ord(sign)};"
        for at, sign in enumerate(words)
    )


def _walk(cause: Cause) -> Iterator[tuple[int, Cause]]:
    """Every node with the number of the one above it (0: none), a whole branch before the next."""
    waiting = [(0, cause)]
    number = 0
    while waiting:
        parent, node = waiting.pop()
        number += 1
        yield parent, node
        waiting += [(number, child) for child in reversed(node.children)]


def _words(cause: Cause) -> str:
    named = f"{', '.join(cause.refs)} " if cause.kind in ("factor", "candidate") else ""
    return f"{_PREFIXES.get(cause.kind, '')}{named}{cause.label}"


def _bars(document: Postmortem, zone: tzinfo) -> Iterator[str]:
    following: list[Change | None] = [*document.states[1:], None]
    for change, after in zip(document.states, following, strict=False):  # without a declaration there are none
        end = after.entry.at if after else document.written_until if document.is_open else ""
        if end > change.entry.at and "unknown" not in (change.entry.precision, after and after.entry.precision):
            yield f"    {change.after} :{_local(change.entry.at, zone)}, {_local(end, zone)}"


def _zone(document: Postmortem) -> tzinfo:
    """The document's zone; UTC where its clocks were changed, because a diagram's axis shows no offsets."""
    marks = [moment.mark.at for moment in document.moments if moment.mark is not None]
    stamps = [*marks, *(change.entry.at for change in document.states), document.written_until]
    offsets = {local(at, document.zone).utcoffset() for at in (min(stamps), max(stamps))}
    return document.zone if len(offsets) == 1 else UTC


def _local(at: str, zone: tzinfo) -> str:
    return local(at, zone).replace(tzinfo=None).isoformat(timespec="seconds")
