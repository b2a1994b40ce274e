"""`scribe status`: where the incident stands, for people, for programs, and in one line for a status bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from scribe.cli.cells import cut, padded, width
from scribe.cli.output import put_json, say
from scribe.cli.session import Command, Session, add_globals
from scribe.journal.store import Journal
from scribe.live.policy import Policy
from scribe.record.errors import Missing
from scribe.record.fold import Fold
from scribe.record.state import Board, Entry
from scribe.record.terms import IMPACT_LABELS, MOMENTS, SCOPE_LABELS
from scribe.record.text import one_line
from scribe.record.when import elapsed, local, seconds_between, spell, stamp, ticking, zone_name

_BAR = 60
"""Cells of the short form."""
_LABEL = 13


@click.command("status", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
@click.option("--short", is_flag=True, help="One line for a status bar; none, and exit code 1, when nothing is open.")
@add_globals
@click.pass_obj
def status_command(session: Session, as_json: bool, short: bool) -> int:
    """Say where the incident stands."""
    now = stamp(session.clock.now())
    if short:
        return _short(session, now)
    with session.incident() as (journal, board):
        if as_json:
            put_json(_shape(board, journal, session, now))
        else:
            for line in _text(board, session, now):
                say(line)
    return 0


def _short(session: Session, now: str) -> int:
    try:
        with session.reading() as journal:
            board = session.chosen(journal)
            if board is not None and not board.over and journal.restricts(board.incident):
                board = _passed_on(board, journal)
    except Missing:
        return 1
    if board is None or board.over:
        return 1
    say(bar(board, now))
    return 0


def _passed_on(board: Board, journal: Journal) -> Board:
    """The board as it may be passed on: a prompt and a status bar are seen by whoever looks at the screen."""
    from scribe.record.redact import redact

    fold = Fold(board)
    fold.extend(journal.record(board.incident))
    return redact(fold.state()).board


def bar(board: Board, now: str) -> str:
    """The board in one short line; what a narrow bar cuts off first, the title, stands last."""
    severity = f"SEV-{board.severity}" if board.severity else "SEV-?"
    parts = [f"{severity} {board.state} {elapsed(seconds_between(board.zero or now, now))[:-3]}"]
    if board.due:
        left = seconds_between(now, board.due.at)
        parts.append(f"next {ticking(left)}" if left > 0 else f"update overdue {ticking(left)}")
    line = " · ".join(parts)
    room = _BAR - width(line) - 3
    return f"{line} · {cut(one_line(board.title), room)}" if room >= 8 else line


def _shape(board: Board, journal: Journal, session: Session, now: str) -> dict[str, Any]:
    from scribe.live.watch import attention, unassigned

    policy = session.config.policy
    moments = {name: board.moment(name) for name in MOMENTS}
    overdue = board.due is not None and board.due.at <= now
    point, handoff = board.point, board.handoff
    fold = Fold(board)
    fold.extend(journal.board_events(board.incident))  # every hypothesis turns the board, so none is missing
    return {
        "incident": board.incident,
        "title": board.title,
        "severity": board.severity,
        "state": board.state,
        "security": board.security,
        "solo": board.solo,
        **{
            f"{name}_at": moments[name]
            for name in ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")
        },
        "moments": moments,
        "roles": {
            name: [{"who": holder.who, "since": holder.since} for holder in board.holders(name)]
            for name in _roles(board, policy)
        },
        "unassigned": [] if board.over else list(unassigned(board, policy)),
        "not_needed": list(board.not_needed),
        "next_update_at": board.due.at if board.due else None,
        "update_overdue": overdue,
        "cadence": board.cadence,
        "updates": []
        if board.over
        else [
            {
                "audience": track.audience,
                "next_at": track.due,
                "overdue": track.due is not None and track.due <= now,
                "cadence": track.cadence,
            }
            for track in board.tracks
        ],
        "pending_handoff": {
            "role": handoff.role,
            "from": handoff.outgoing or None,
            "to": handoff.incoming,
            "since": handoff.at,
        }
        if handoff
        else None,
        "hypotheses": [
            {"ref": entry.ref, "text": entry.text, "since": entry.at, "status": entry.status}
            for entry in fold.state().entries
            if _is_hypothesis(entry)
        ],
        "in_flight": [
            {"ref": item.ref, "text": item.text, "who": item.who, "since": item.since} for item in board.actions
        ],
        "decision_point": {"what": point.what, "who": point.who or None, "by": point.by} if point else None,
        "impact": board.impact or None,
        "scope": [
            {"row": row.row, "name": row.name, "verdict": row.verdict, "evidence": row.evidence or None}
            for row in board.scope
        ],
        "last_checkpoint_at": board.checkpoint.at if board.checkpoint else None,
        "attention": [
            {"code": found.code, "text": found.text, "since": found.since or None}
            for found in attention(board, policy, now)
        ],
        "entries": board.entries,
        "head": board.head,
    }


def _roles(board: Board, policy: Policy) -> tuple[str, ...]:
    """The usual roles, the team's own, and any other that the record knows."""
    return tuple(dict.fromkeys((*policy.role_names, *board.roles, *board.not_needed)))


def _is_hypothesis(entry: Entry) -> bool:
    return entry.kind == "hypothesis" and bool(entry.status) and entry.retracted is None


def _standing(board: Board, severity: str) -> str:
    parts = ("protected: security incident" if board.security else "", severity, board.state)
    return " · ".join(part for part in parts if part)


def _updates(board: Board, now: str, clock: Callable[[str], str]) -> Iterator[str]:
    """When the next update is due, for every audience that is switched on, whoever is due first before the others."""
    from scribe.cli.cells import styled

    if not any(track.due for track in board.tracks):
        yield "none is due: no cadence is set"
        return
    for track in sorted(board.tracks, key=lambda track: (track.due is None, track.due or "")):
        whom = f"for {one_line(track.audience)}"
        pace = f", every {spell(track.cadence)}" if track.cadence else ""
        if track.due is None:
            yield f"none is due {whom}: no cadence is set"
            continue
        left = seconds_between(now, track.due)
        words = f"in {ticking(left)}" if left > 0 else styled(f"overdue by {ticking(left)}", fg="red", bold=True)
        yield f"{words}, at {clock(track.due)} {whom}{pace}"


def _text(board: Board, session: Session, now: str) -> Iterator[str]:
    from scribe.cli.cells import styled
    from scribe.live.watch import attention, unassigned

    zone, policy = session.zone, session.config.policy

    def clock(at: str) -> str:
        there, here = local(at, zone), local(now, zone)
        return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%d %b %Y %H:%M}"

    def row(label: str, words: str) -> str:
        return f"{padded(label, _LABEL)}{words}"

    def age(since: str) -> str:
        return spell(max(0.0, seconds_between(since, now)))

    severity = f"SEV-{board.severity}" if board.severity else "severity unset"
    ended = board.moment("resolved") if board.over else None
    lasted = elapsed(seconds_between(board.zero or now, ended or now))
    here = f"{local(now, zone):%H:%M:%S} {zone_name(zone, local(now, zone))}"
    yield styled(one_line(f"{board.incident}  {board.title}"), bold=True)
    yield " · ".join(part for part in (_standing(board, severity), lasted, "solo" if board.solo else "", here) if part)
    yield ""
    if board.over:
        yield row("Resolved", f"{clock(ended)} ({age(ended)} ago)" if ended else "unknown when")
    else:
        for place, words in enumerate(_updates(board, now, clock)):
            yield row("" if place else "Next update", words)
    missing = () if board.over else unassigned(board, policy)
    for name in _roles(board, policy):
        label = policy.label(name)
        for holder in board.holders(name):
            yield row(label, f"@{one_line(holder.who)} since {clock(holder.since)} ({age(holder.since)})")
        if name in missing:
            yield row(label, styled("unassigned", fg="yellow"))
        elif name in board.not_needed:
            yield row(label, "not needed")
    for label, items, who in (("Hypotheses", board.hypotheses, False), ("In flight", board.actions, True)):
        for place, item in enumerate(items):
            by = f" @{one_line(item.who)}" if who else ""
            yield row("" if place else label, f"{one_line(f'{item.ref}  {item.text}')}{by} ({age(item.since)})")
    for place, box in enumerate(board.timeboxes):
        by = f" @{one_line(box.who)}" if box.who else ""
        left = seconds_between(now, box.until)
        ends = f"in {spell(left)}" if left > 0 else f"over by {spell(-left)}"
        words = f"{one_line(f'{box.ref}  {box.text}')}{by}, until {clock(box.until)} ({ends})"
        yield row("" if place else "Time-boxes", words)
    if board.handoff:
        whom = f"@{one_line(board.handoff.incoming)}"
        yield row("Handoff", f"{policy.label(board.handoff.role)} to {whom} waits for: /ack {whom}")
    if board.point:
        by = f" by {clock(board.point.by)}" if board.point.by else ""
        who_decides = f" @{one_line(board.point.who)}" if board.point.who else ""
        yield row("To decide", f"{one_line(board.point.what)}{who_decides}{by}")
    yield row("Impact", one_line(board.impact) or "unknown")
    for field, label in IMPACT_LABELS.items():
        if field in board.sides:
            yield row("", f"{label}: {one_line(board.sides[field].value)}")
    for place, found_row in enumerate(board.scope):
        verdict = found_row.verdict.replace("_", " ")
        evidence = f", {one_line(found_row.evidence)}" if found_row.evidence else ""
        name = f"{SCOPE_LABELS[found_row.row]} {one_line(found_row.name)}"
        yield row("" if place else "Scope", f"{name}: {verdict}{evidence}")
    for place, found in enumerate(attention(board, policy, now)):
        answer = f"{'' if found.text.endswith('?') else ';'} answer with: {one_line(found.command.strip())}"
        words = styled(one_line(found.text), fg="red" if found.level == "error" else "yellow")
        yield row("" if place else "Attention", words + answer)
    yield row("Entries", f"{board.entries}, the last {age(board.active_at)} ago")
    yield row("Head", board.head)
