"""What is said under the capture line before Enter: how the line will be read, or where it cannot be."""

from __future__ import annotations

import re
from datetime import datetime

from scribe.live.grammar import OnScreen, ParseError, Recorded, Setting, parse
from scribe.live.masking import kinds_in, listed
from scribe.live.policy import ROLE_LABELS
from scribe.live.reviewed import announced
from scribe.live.slash import BY_NAME, Slash
from scribe.live.typed import Hint
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.errors import Refused
from scribe.record.events import (
    Action,
    Amended,
    Checkpoint,
    Decision,
    Draft,
    Escalation,
    Hypothesis,
    Impact,
    Linked,
    Milestone,
    Note,
    Payload,
    Restricted,
    Retracted,
    Role,
    Scope,
    Security,
    Severity,
    Snoozed,
    StateChange,
    Tick,
    Timebox,
    Update,
    kind_of,
)
from scribe.record.fold import LATE_AFTER
from scribe.record.state import Board
from scribe.record.terms import IMPACT_LABELS, SCOPE_LABELS
from scribe.record.when import instant, local, seconds_between, spell, stamp, zone_name

__all__ = ["OLD", "Hint", "cautioned", "failed", "hint"]

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
            return cautioned(_entry(one, setting, board, me), line, kept=one.kept)
        case Recorded(drafts=several):
            said = ", ".join(_what(one.payload, board, stamp(setting.now), me) for one in several)
            return cautioned(Hint(f"{len(several)} entries: {said}"), line, kept=several[0].kept)
        case OnScreen(argument=argument):
            return Hint(_on_screen(line, argument))
        case _:
            return Hint("")


def cautioned(said: Hint, text: str, *, kept: bool = False) -> Hint:
    """A hint with a warning before it where the text holds secrets: they will be masked, or are ``kept``."""
    try:
        kinds = kinds_in([text])
    except Refused:  # said when it is recorded
        return said
    if not kinds:
        return said
    what = "recorded as it is" if kept else "will be masked; /keep in front records it as it is"
    return Hint(f"{listed(kinds)}: {what} · {said.text}", "warning")


def failed(error: ParseError) -> Hint:
    """What is wrong with a line, under the column where it is wrong."""
    return Hint(error.message, "error", error.start, error.end, error.choices)


def _on_screen(line: str, argument: str) -> str:
    """What a command does that the screen carries out; one that takes more shows how it is written."""
    slash = _command(line)
    assert slash is not None  # what was read as a command has one's name
    return slash.help if argument or not slash.arguments else _usage(slash)


def _is_begun(line: str) -> bool:
    """Whether the line ends in the beginning of a command's name."""
    word = line.rpartition(" ")[2]
    name = word.removeprefix("/")
    return word != name and name not in BY_NAME and any(known.startswith(name) for known in BY_NAME)


def _unfinished(line: str, error: ParseError) -> str:
    slash = _command(line)
    return _usage(slash) if slash else error.message


def _command(line: str) -> Slash | None:
    """The command that a line names, behind a time if there is one."""
    found = re.search(r"(?:^|\s)/([A-Za-z-]+)(?=\s|$)", line)
    return BY_NAME.get(found[1].lower()) if found else None


def _usage(slash: Slash) -> str:
    return f"{slash.usage}   {slash.help}"


def _entry(draft: Draft, setting: Setting, board: Board, me: str) -> Hint:
    payload = draft.payload
    if isinstance(payload, Amended | Retracted | Linked | Restricted | Snoozed):
        return Hint(_correction(payload))
    if isinstance(payload, Written | FactorSaid | ItemSaid | Curated | Waived):
        return Hint(announced(payload, board))
    when, level = _when(draft, setting)
    parts = [_what(payload, board, stamp(setting.now), me), when, f"by @{draft.author or me}"]
    if payload.restricted:
        parts.insert(1, "restricted")
    parts += [f"#{tag}" for tag in payload.tags]
    if payload.sources:
        parts.append(f"{len(payload.sources)} link{'s' if len(payload.sources) > 1 else ''}")
    return Hint(" · ".join(parts), level)


def _what(payload: Payload, board: Board, now: str, me: str) -> str:
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
        case Role(acknowledges=str(packet)) if packet:
            return _acknowledged(board)
        case Role(role=role, who=who, change=change):
            label = ROLE_LABELS.get(role, role)
            return f"{label} → @{who or me}" if change == "assigned" else f"{label} {change.replace('_', ' ')}"
        case Checkpoint(role=role, incoming=incoming):
            label = ROLE_LABELS.get(role, role)
            return f"packet {board.checkpoints + 1}, {label} for @{incoming}: it moves once acknowledged"
        case Scope(row=row, name=name, verdict=verdict):
            return f"{SCOPE_LABELS[row]} {name}: {verdict.replace('_', ' ')}"
        case Impact(field=field) if field:
            return f"impact, {IMPACT_LABELS[field]}"
        case Impact(trend=trend) if trend:
            return f"impact, {trend}"
        case Timebox(target="", until=until):
            left = seconds_between(now, until)
            over = f"over in {spell(left)}" if left > 0 else f"over {spell(-left)} ago"
            return f"time-box B{board.refs.get('B', 0) + 1}, {over}"
        case Timebox(target=target, status=status):
            return f"{target if len(target) > 1 else 'the open one'}: {status}"
        case Decision(strategy=strategy) if strategy:
            return f"decision D{board.refs.get('D', 0) + 1}, the strategy changes: {strategy.replace('_', ' ')}"
        case Escalation(level=level):
            return f"escalation to level {level}"
        case Tick(list=listed, item=item, done=done):
            return f"{'ticks' if done else 'takes back the tick of'} {listed} {item}"
        case Security(aspect=aspect):
            return {"marked": "security incident: protected", "lifted": "no security incident any more"}.get(
                aspect, f"security, {aspect}"
            )
        case Milestone(moment=moment):
            return f"milestone {moment}"
        case Note(next_at=str(), audience=audience):
            return f"next status update{f' for {audience}' if audience else ''}"
        case Note(switched="on" | "off" as turned, audience=audience):
            return f"updates for {audience}: {turned}"
        case Note(trigger=int(seconds)):
            return f"another strategy asked for after {spell(seconds)}" if seconds else "strategy-change trigger: off"
        case Note(cadence=int(), audience=audience):
            return f"cadence of status updates{f' for {audience}' if audience else ''}"
        case Note(point_settled=True):
            return "decision point settled"
        case Update(audience=audience) if audience:
            return f"update for {audience}"
        case Note(point=point) if point is not None:
            return "decision point"
        case _:
            kind = kind_of(payload)
            return f"decision D{board.refs.get('D', 0) + 1}" if kind == "decision" else kind


def _acknowledged(board: Board) -> str:
    packet = board.handoff
    if packet is None:
        return "no packet waits to be acknowledged"
    return f"@{packet.incoming} has {ROLE_LABELS.get(packet.role, packet.role)}: packet {packet.number} acknowledged"


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


def _correction(payload: Amended | Retracted | Linked | Restricted | Snoozed) -> str:
    match payload:
        case Snoozed():
            return "leaves alone, for so long, what needs attention most; the reason is kept"
        case Restricted(target=target, lifted=lifted):
            return f"{target} is need-to-know {'no longer' if lifted else 'from now on'}"
        case Retracted(target=target):
            return f"takes {target} back; it stays in the record, with the reason"
        case Linked(target=target, sources=sources):
            return f"adds {len(sources)} link{'s' if len(sources) > 1 else ''} to {target}"
        case Amended(target=target, text=text):
            what = f"corrects {target}" if isinstance(text, str) else f"corrects the time of {target}"
            return f"{what}; the earlier words stay readable"
