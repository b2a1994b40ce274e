"""Impact and scope: what users suffer, side by side, and how far it reaches. Every change is an entry."""

from __future__ import annotations

from scribe.record.events import Impact, Scope
from scribe.record.state import Entry
from scribe.record.terms import IMPACT_LABELS, SCOPE_LABELS
from scribe.record.text import one_line
from scribe.record.when import clock_text
from scribe.ui.lines import Line
from scribe.ui.messages import Chosen
from scribe.ui.worksheets.page import Page, Row, Seen, Worksheet
from scribe.ui.wrap import wrap

_SIGNS = {"affected": ("✗", "error"), "not_affected": ("✓", "ok"), "unknown": ("?", "warning")}
_TYPED = {"user_group": "group", "fault_domain": "domain", "dependency": "dependency", "recent_change": "change"}
_ASKED = {
    "users": "how many, which",
    "journeys": "what they cannot do",
    "service": "down, or degraded",
    "began": "when, UTC or with a zone",
    "ended": "when, or “still”",
    "data": "lost or corrupted, or “none”",
    "sla": "breached, or “none”",
    "revenue": "how much, or “none”",
    "period": "sale, closing, holiday, or “none”",
}


class ImpactSheet(Worksheet):
    """A row a side of the impact, a row a line of the scope table, and one to add another."""

    name = "impact"

    def page(self, seen: Seen) -> Page:
        """As the board has it."""
        board = seen.state.board
        rows = [_said("", "impact", board.impact)]
        rows += [
            _said(field, label, side.value if (side := board.sides.get(field)) else "")
            for field, label in IMPACT_LABELS.items()
        ]
        for place, row in enumerate(board.scope):
            sign, style = _SIGNS[row.verdict]
            words = f"{row.verdict.replace('_', ' ')}{f', {row.evidence}' if row.evidence else ''}"
            rows.append(Row(f"scope {place}", f"{row.name}", words, sign, style))
        rows += [
            Row(f"add {row}", f"+ {label}", "affected, not affected or unknown", " ", "past")
            for row, label in SCOPE_LABELS.items()
        ]

        def beside(row: Row, width: int) -> list[Line]:
            return _history(row, seen, width)

        unknown = sum(1 for row in rows if row.style == "warning")
        heading: Line = ((" IMPACT AND SCOPE", "label"), (f"  {unknown} unknown" if unknown else "", "past"))
        return Page(heading, (("Enter", "says it anew"), ("Esc", "closes")), tuple(rows), beside)

    def enter(self, row: Row, seen: Seen) -> Chosen | None:
        """The command that says it anew, with what is said now."""
        board = seen.state.board
        kind, _, name = row.name.partition(" ")
        if kind == "side":
            value = board.sides[name].value if name in board.sides else "" if name else board.impact
            return Chosen(put=f"/impact {f'{name}: ' if name else ''}{one_line(value)}")
        if kind == "add":
            return Chosen(put=f"/scope {_TYPED[name]} ")
        found = board.scope[int(name)]
        words = f"{one_line(found.name)} {found.verdict.replace('_', '-')} {one_line(found.evidence)}"
        return Chosen(put=f"/scope {_TYPED[found.row]} {words}".rstrip() + " ")


def _said(field: str, label: str, value: str) -> Row:
    return Row(f"side {field}", label, value or "unknown", " ", "words" if value else "warning")


def _history(row: Row, seen: Seen, width: int) -> list[Line]:
    """What was said before, the newest first; nothing is overwritten."""
    kind, _, name = row.name.partition(" ")
    if kind == "add":
        example = f"/scope {_TYPED[name]} NAME affected EVIDENCE"
        return [
            (("Enter begins  ", "past"), (example, "key")),
            (),
            (("the verdict: affected, not affected, unknown", "past"),),
        ]
    made: list[Line] = []
    if kind == "side" and name in _ASKED:
        made += [((_ASKED[name], "past"),), ()]
    said = [entry for entry in seen.state.entries if _speaks_of(entry, kind, name, seen)]
    for entry in reversed(said):
        at = clock_text(entry.at, entry.precision, seen.zones.main)
        gone = " retracted" if entry.retracted else ""
        made.append(((f"{at}  {entry.ref}  @{one_line(entry.by)}{gone}", "past"),))
        made += [((f"  {line}", "words"),) for line in wrap(one_line(entry.text), max(8, width - 2))]
    return made or [(("nothing is said of it yet", "past"),)]


def _speaks_of(entry: Entry, kind: str, name: str, seen: Seen) -> bool:
    payload = entry.payload
    if kind == "side":
        return isinstance(payload, Impact) and payload.field == name
    row = seen.state.board.scope[int(name)] if int(name) < len(seen.state.board.scope) else None
    if row is None or not isinstance(payload, Scope):
        return False
    return (payload.row, payload.name.casefold()) == (row.row, row.name.casefold())
