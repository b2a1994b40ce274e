"""What is said under the capture line before Enter: how the line will be read, or where it cannot be."""

from __future__ import annotations

from datetime import datetime

from scribe.live.grammar import OnScreen, ParseError, Recorded, Setting, parse
from scribe.live.settle import ROLE_LABELS
from scribe.live.slash import BY_NAME
from scribe.live.typed import Hint
from scribe.record.events import (
    Action,
    Amended,
    Draft,
    Hypothesis,
    Linked,
    Milestone,
    Note,
    Payload,
    Retracted,
    Role,
    Severity,
    StateChange,
    kind_of,
)
from scribe.record.fold import LATE_AFTER
from scribe.record.state import Board
from scribe.record.when import instant, local, spell, stamp, zone_name

__all__ = ["OLD", "Hint", "failed", "hint"]

OLD = 300
"""Seconds after which a line's first key stroke is no longer taken for the time of what it says without a warning."""


def hint(line: str, setting: Setting, board: Board, me: str) -> Hint:
    """How a line will be read if Enter is pressed now."""
    if line.strip() in ("", "/"):
        return Hint("")
    try:
        parsed = parse(line, setting)
    except ParseError as error:
        if _is_begun(line):
            return Hint("")
        if error.start >= len(line.rstrip()) or line.endswith((" @", " #")):  # not wrong, only not finished
            return Hint(_unfinished(line, error), "plain")
        return failed(error)
    match parsed:
        case Recorded(drafts=(one,)):
            return _entry(one, setting, board, me)
        case Recorded(drafts=several):
            return Hint(f"{len(several)} entries: {', '.join(_what(one.payload, board) for one in several)}")
        case OnScreen(command=command):
            return Hint(BY_NAME[command].help)
        case _:
            return Hint("")


def failed(error: ParseError) -> Hint:
    """What is wrong with a line, under the column where it is wrong."""
    return Hint(error.message, "error", error.start, error.end, error.choices)


def _is_begun(line: str) -> bool:
    """Whether the line ends in the beginning of a command's name."""
    word = line.rpartition(" ")[2]
    name = word.removeprefix("/")
    return word != name and name not in BY_NAME and any(known.startswith(name) for known in BY_NAME)


def _unfinished(line: str, error: ParseError) -> str:
    name = line.lstrip().partition(" ")[0].removeprefix("/")
    slash = BY_NAME.get(name) if line.lstrip().startswith("/") else None
    return f"{slash.usage}   {slash.help}" if slash else error.message


def _entry(draft: Draft, setting: Setting, board: Board, me: str) -> Hint:
    payload = draft.payload
    if isinstance(payload, Amended | Retracted | Linked):
        return Hint(_correction(payload))
    when, level = _when(draft, setting)
    parts = [_what(payload, board), when, f"by @{draft.author or me}"]
    parts += [f"#{tag}" for tag in payload.tags]
    if payload.sources:
        parts.append(f"{len(payload.sources)} link{'s' if len(payload.sources) > 1 else ''}")
    return Hint(" · ".join(parts), level)


def _what(payload: Payload, board: Board) -> str:
    match payload:
        case Hypothesis(target=""):
            return f"hypothesis H{board.refs.get('H', 0) + 1}"
        case Action(target="", status=status):
            return f"action A{board.refs.get('A', 0) + 1} {status.replace('_', ' ')}"
        case Action(target=target, status=status) | Hypothesis(target=target, status=status):
            return f"{target if len(target) > 1 else 'the open one'}: {status.replace('_', ' ')}"
        case Severity(level=level):
            return f"severity SEV-{level}"
        case StateChange(state=state):
            return f"state {state}"
        case Role(role=role, who=who, change=change):
            label = ROLE_LABELS[role]
            return f"{label} → @{who}" if who and change == "assigned" else f"{label} {change.replace('_', ' ')}"
        case Milestone(moment=moment):
            return f"milestone {moment}"
        case Note(next_at=str()):
            return "next status update"
        case Note(cadence=int()):
            return "cadence of status updates"
        case Note(point=point) if point is not None:
            return "decision point"
        case _:
            kind = kind_of(payload)
            return f"decision D{board.refs.get('D', 0) + 1}" if kind == "decision" else kind


def _when(draft: Draft, setting: Setting) -> tuple[str, str]:
    now = stamp(setting.now)
    behind = (setting.now - instant(draft.at)).total_seconds()
    if not draft.at_raw:
        text = _clock(draft.at, setting, now)
        old = behind > OLD
        return (f"{text}, when typing began — ^T for now" if old else text), ("warning" if old else "plain")
    if draft.precision == "unknown":
        return "time unknown", "plain"
    text = _clock(draft.at, setting, now, dated=True)
    return (f"{text} ({spell(behind)} ago{', late' if behind >= LATE_AFTER else ''})"), "plain"


def _clock(at: str, setting: Setting, now: str, *, dated: bool = False) -> str:
    there: datetime = local(at, setting.zone)
    today = local(now, setting.zone).date()
    day = f"{there:%a %d %b} " if dated or there.date() != today else ""
    return f"{day}{there:%H:%M:%S} {zone_name(setting.zone, there)}"


def _correction(payload: Amended | Retracted | Linked) -> str:
    match payload:
        case Retracted(target=target):
            return f"takes {target} back; it stays in the record, with the reason"
        case Linked(target=target, sources=sources):
            return f"adds {len(sources)} link{'s' if len(sources) > 1 else ''} to {target}"
        case Amended(target=target, text=text):
            what = f"corrects {target}" if isinstance(text, str) else f"corrects the time of {target}"
            return f"{what}; the earlier words stay readable"
