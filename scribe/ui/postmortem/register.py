"""Factors, action items and what the record itself owes, as rows with what is known of the chosen one."""

from __future__ import annotations

from msgspec import Struct

from scribe.after.prefill import Found, as_text
from scribe.after.sections import LAYERS
from scribe.live.procedures import CLOSING
from scribe.record.merged import number
from scribe.record.terms import FACTOR_CLASSES
from scribe.record.text import one_line
from scribe.record.written import ActionItem, Factor
from scribe.ui.lines import Line
from scribe.ui.postmortem.look import Look
from scribe.ui.postmortem.places import ACTIONS, FACTORS, RECORD, TIMELINE
from scribe.ui.worksheets.page import Page, Row
from scribe.ui.wrap import wrap

_LAYERS = {layer.key: layer for layer in LAYERS}


class Begun(Struct, frozen=True):
    """A line for the box, and where its cursor is to stand (None: behind it)."""

    text: str
    cursor: int | None = None


def page(look: Look, key: str, today: str) -> Page:
    """The rows of a place that has some."""
    rows = {FACTORS: _factors, ACTIONS: lambda found: _items(found, today), RECORD: _record, TIMELINE: _timeline}
    made = rows[key](look)
    verb = "entries" if key == TIMELINE else "a row"

    def beside(row: Row, width: int) -> list[Line]:
        return _about(look, row, width)

    keys = (("↑ ↓", verb), ("Enter", "begins its line"), ("Tab", "next section"), ("Esc", "live"))
    return Page(_heading(look, key), keys, tuple(made), beside)


def begin(look: Look, key: str, name: str) -> Begun:
    """The line that deals with a row."""
    kind, _, ref = name.partition(":")
    match kind:
        case "factor":
            factor = next(each for each in look.document.factors if each.ref == ref)
            return Begun(f"/factor {ref} {_first_gap(factor)}")
        case "item":
            item = next(each for each in look.document.items if each.ref == ref)
            return Begun(f"/action {ref} {_first_open(item)}" if item.status != "done" else f"/verified {ref} @")
        case "unanswered":
            return Begun(f"/action  for: {ref}", len("/action "))
        case "held" if key == FACTORS:
            words = _held(look, key, int(ref))
            return Begun(f"/factor {words} layer: ")
        case "held":
            return Begun(f"/action {_held(look, key, int(ref))} ")
        case "recovery":
            return Begun(f"/tick resolution {ref} ")
        case "closing":
            return Begun(f"/tick {CLOSING.name} {ref} ")
        case "moment":
            return Begun(f"/milestone {ref} ")
        case _:
            return Begun({FACTORS: "/factor ", ACTIONS: "/action "}.get(key, ""))


def _heading(look: Look, key: str) -> Line:
    match key:
        case "factors":
            scored = [factor for factor in look.document.factors if factor.score]
            layers = len({factor.layer for factor in scored})
            return ((f" {len(scored)} scored 1 or more, over {layers} layer{'' if layers == 1 else 's'}", "past"),)
        case "actions":
            items = look.document.items
            return ((f" {len(items)}, {sum(item.is_closed for item in items)} closed", "past"),)
        case "timeline":
            counts = look.document.counts
            return ((f" {counts.shown} entries shown · {counts.hidden} hidden · {counts.late} late", "past"),)
        case _:
            return ((f" {look.document.state}", "past"),)


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _factors(look: Look) -> list[Row]:
    layers = [layer.key for layer in LAYERS]
    factors = sorted(
        look.document.factors, key=lambda each: (layers.index(each.layer) if each.layer else 99, number(each.ref))
    )
    made: list[Row] = []
    above = ""
    for factor in factors:
        title = _LAYERS[factor.layer].title if factor.layer else "layer unknown"
        score = "–" if factor.score is None else str(factor.score)
        sign, style = ("?", "kind-hypothesis") if factor.standing == "candidate" else ("✓", "words")
        label = f"{factor.ref} {score}/3"
        made.append(Row(f"factor:{factor.ref}", label, factor.text, sign, style, "" if title == above else title))
        above = title
    said = " ".join(factor.text for factor in factors)
    return [*made, *_proposed(look, FACTORS, said), Row("new", "new", "/factor TEXT layer: class: score:", "+", "past")]


def _items(look: Look, today: str) -> list[Row]:
    made = []
    for item in look.document.items:
        sign, style = ("✓", "past") if item.is_closed else ("!", "error") if item.is_overdue(today) else ("○", "words")
        owner = f"@{item.owner}" if item.owner else "no owner"
        text = f"{item.text} · {owner} · {item.due or 'no day'}"
        made.append(Row(f"item:{item.ref}", f"{item.ref} {item.priority or '–'}", text, sign, style))
    answered = {ref for item in look.document.items for ref in item.answers}
    left = [each for each in look.document.factors if each.ref not in answered and each.score != 0]
    above = "No action answers"
    for factor in left:
        made.append(Row(f"unanswered:{factor.ref}", factor.ref, factor.text, "◐", "past", above))
        above = ""
    said = " ".join(item.text for item in look.document.items)
    return [
        *made,
        *_proposed(look, ACTIONS, said),
        Row("new", "new", "/action TEXT owner: due: verify: for:", "+", "past"),
    ]


def _proposed(look: Look, key: str, said: str) -> list[Row]:
    """What the record holds and nobody took yet."""
    above = "The record holds" if key == FACTORS else "Left open in the record"
    made = []
    for place, found in enumerate(look.found.get(key, ())):
        if not any(f"({ref}" in said or f" {ref})" in said for ref in found.refs):
            made.append(Row(f"held:{place}", ", ".join(found.refs[:2]), found.text, "◐", "past", above))
            above = ""
    return made


def _record(look: Look) -> list[Row]:
    document = look.document
    made: list[Row] = []
    above = "Recovery"
    for name in ("user-signal", "health-signal"):
        tick = document.recovery.get(name)
        made.append(_ticked(f"recovery:{name}", name.replace("-", " "), tick.who if tick else "", above))
        above = ""
    above = "Moments that are unknown"
    for moment in document.moments:
        if moment.mark is None and moment.name != "closed":
            made.append(Row(f"moment:{moment.name}", moment.name, "unknown", "·", "warning", above))
            above = ""
    above = "To close it"
    for item in (item for phase in CLOSING.phases for item in phase.items):
        tick = document.closing.get(item.name)
        made.append(_ticked(f"closing:{item.name}", item.name, tick.who if tick else "", above, item.text))
        above = ""
    return made


def _ticked(name: str, label: str, who: str, above: str, text: str = "") -> Row:
    if who:
        return Row(name, label, f"@{who}{f' · {text}' if text else ''}", "✓", "past", above)
    return Row(name, label, text or "not confirmed", "·", "words", above)


def _timeline(look: Look) -> list[Row]:
    document = look.document
    made = []
    above = "Starred"
    for entry in document.starred:
        made.append(Row(f"entry:{entry.ref}", entry.ref, entry.text, "★", "words", above))
        above = ""
    return made


# ── what is known of one ────────────────────────────────────────────────────────────────────────────────────────────


def _about(look: Look, row: Row, width: int) -> list[Line]:
    kind, _, ref = row.name.partition(":")
    lines: list[Line] = []
    if kind == "factor":
        lines = _about_factor(next(each for each in look.document.factors if each.ref == ref), look)
    elif kind == "item":
        lines = _about_item(next(each for each in look.document.items if each.ref == ref))
    elif kind == "held":
        lines = [((line, "words"),) for line in wrap(one_line(row.value), width)]
    elif kind == "unanswered":
        lines = [((line, "past"),) for line in wrap("Enter begins an action that answers it", width)]
    return [line for each in lines for line in _wrapped(each, width)]


def _about_factor(factor: Factor, look: Look) -> list[Line]:
    layer = _LAYERS[factor.layer] if factor.layer else None
    answers = ", ".join(item.ref for item in look.document.items if factor.ref in item.answers)
    named = FACTOR_CLASSES[factor.factor_class] if factor.factor_class else "unknown"
    return [
        (("layer  ", "past"), (layer.title if layer else "unknown", "words" if layer else "warning")),
        (("class  ", "past"), (named, "words" if factor.factor_class else "warning")),
        (("score  ", "past"), _score(factor.score)),
        (("standing  ", "past"), (factor.standing, "words")),
        (("answered by  ", "past"), (answers or "no action yet", "words" if answers else "warning")),
        *([(("remark  ", "past"), (one_line(factor.remark), "words"))] if factor.remark else []),
    ]


def _score(score: int | None) -> tuple[str, str]:
    return ("nobody scored it", "warning") if score is None else (f"{score} of 3", "words")


def _about_item(item: ActionItem) -> list[Line]:
    def said(name: str, text: str) -> Line:
        return ((f"{name}  ", "past"), (one_line(text) or "unknown", "words" if text else "warning"))

    lines = [
        said("owner", f"@{item.owner}" if item.owner else ""),
        said("due", item.due),
        said("works when", item.verification),
        said("category", item.category or ""),
        said("priority", item.priority or ""),
        said("answers", ", ".join(item.answers)),
        said("status", item.status.replace("_", " ")),
    ]
    if item.closed:
        lines.append(said("closed", f"@{item.closed.by}: {item.closed.words}"))
    if item.verified:
        lines.append(said("verified", f"@{item.verified.by}: {item.verified.words}"))
    return lines


def _wrapped(line: Line, width: int) -> list[Line]:
    """A label and its words, the words going on under themselves."""
    if len(line) != 2 or line[0][1] != "past":
        return [line]
    (label, style), (words, name) = line
    first, *more = wrap(words, max(8, width - len(label)))
    return [((label, style), (first, name)), *(((f"  {part}", name),) for part in more)]


def _first_gap(factor: Factor) -> str:
    """What is still unknown of a factor, as the label to go on with."""
    if factor.layer is None:
        return "layer: "
    if factor.factor_class is None:
        return "class: "
    return "score: " if factor.score is None else ""


def _first_open(item: ActionItem) -> str:
    if not item.owner:
        return "owner: @"
    if not item.due:
        return "due: "
    return "verify: " if not item.verification else ""


def _held(look: Look, key: str, number: int) -> str:
    found: tuple[Found, ...] = look.found.get(key, ())
    return as_text(found[number : number + 1], "line") if number < len(found) else ""
