"""The outline: every place with a mark, in groups, and where one is."""

from __future__ import annotations

from collections.abc import Collection

from scribe.record.text import one_line
from scribe.ui.lines import Line
from scribe.ui.postmortem.look import Look
from scribe.ui.postmortem.places import GROUPS, PLACES, TIMELINE, Place, counted, place, place_of
from scribe.ui.wrap import cut, fit

WRITTEN, HELD, EMPTY, FLAGGED = "✓", "◐", "·", "!"
"""The marks: it is written, the record holds something for it, nothing, the check found something."""

_STYLES = {WRITTEN: "ok", HELD: "key", EMPTY: "past"}

Mark = tuple[str, str]
"""A sign, and the style that goes with it."""


def marks(look: Look, unsent: Collection[str] = ()) -> dict[str, Mark]:
    """The mark of every place; what could not be recorded as it was typed (``unsent``) is flagged too."""
    flagged: dict[str, str] = {}
    for finding in counted(look.findings):
        key = place_of(finding)
        if flagged.get(key) != "error":
            flagged[key] = finding.level
    flagged.update((key, "error") for key in unsent)
    return {each.key: (FLAGGED, flagged[each.key]) if each.key in flagged else _plain(each, look) for each in PLACES}


def _plain(each: Place, look: Look) -> Mark:
    sign = WRITTEN if _is_written(each, look) else HELD if look.found.get(each.key) or each.key == TIMELINE else EMPTY
    return sign, _STYLES[sign]


def _is_written(each: Place, look: Look) -> bool:
    document = look.document
    match each.key:
        case "timeline":
            return bool(document.starred or document.counts.hidden)
        case "factors":
            return bool(document.factors)
        case "actions":
            return bool(document.items)
        case "record":
            return True
        case _:
            return bool(look.text(each.key))


def value(each: Place, look: Look) -> str:
    """What stands behind a title where there is room: a short answer, or how many there are."""
    document = look.document
    match each.key:
        case "timeline":
            starred = len(document.starred)
            return f"{document.counts.shown}{f' ★{starred}' if starred else ''}"
        case "factors":
            return str(len(document.factors) or "")
        case "actions":
            return str(len(document.items) or "")
        case _ if each.form in ("choice", "date", "amount"):
            return look.text(each.key)[:10]
        case _:
            return ""


def outline(look: Look, marked: dict[str, Mark], here: str, width: int) -> tuple[list[Line], int]:
    """The lines, and which of them is the one where one is."""
    lines: list[Line] = []
    current = 0
    for title, keys in GROUPS:
        if lines:
            lines.append(())
        lines.append(((f" {cut(title, width - 1)}", "label"),))
        for key in keys:
            each = place(key)
            if key == here:
                current = len(lines)
            lines.append(_row(each, marked[key], one_line(value(each, look)), key == here, width))
    return lines, current


def _row(each: Place, mark: Mark, said: str, is_here: bool, width: int) -> Line:
    sign, style = mark
    room = width - 5
    behind = cut(said, max(0, room - len(each.title) - 1)) if said else ""
    name = "strong" if is_here else "words" if sign == WRITTEN else "past"
    title = fit(each.title, room - len(behind)) if behind else fit(each.title, room)
    return (
        (" ▸ " if is_here else "   ", "key"),
        (f"{sign} ", style),
        (title, name),
        (behind, "past"),
    )


def window(lines: list[Line], current: int, height: int) -> list[Line]:
    """As many lines as there is room for, those around where one is."""
    if len(lines) <= height:
        return lines
    top = max(0, min(current - height // 3, len(lines) - height))
    return lines[top : top + height]


def summary(look: Look | None, position: int) -> Line:
    """One line: where one is, what stands against the document, and what finds it."""
    where = f" {position} of {len(PLACES)}"
    if look is None or not (look.is_checked or look.findings):
        return ((where, "past"), ("  checking …", "past"))
    left = counted(look.findings)
    errors = sum(finding.level == "error" for finding in left)
    waived = len(look.findings) - len(left)
    said: list[tuple[str, str]] = [(where, "past")]
    if left:
        parts = [_many(errors, "error"), _many(len(left) - errors, "warning")]
        said += [
            (f"  ● {', '.join(filter(None, parts))}", "error" if errors else "warning"),
            ("  F5", "key"),
            (" goes to the next", "past"),
        ]
    else:
        said += [("  ✓ the check finds nothing", "ok"), ("  F8", "key"), (" writes it out", "past")]
    if waived:
        said.append((f"  {waived} waived", "past"))
    return tuple(said)


def _many(count: int, what: str) -> str:
    return "" if not count else f"{count} {what}{'s' if count > 1 else ''}"
