"""What can wait a few minutes: the duties of a hat, checkpoints, impact and scope, what is open for long, silence."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.live.concerns import Attention, Rule, View, after, quoted, typed_again
from scribe.record.terms import ScopeRowName

_ASIDE = ("began", "ended")
"""Sides of the impact that say when, not what."""

_SCOPE_WORDS: dict[ScopeRowName, str] = {
    "user_group": "group",
    "fault_domain": "domain",
    "dependency": "dependency",
    "recent_change": "change",
}
"""How the rows of the scope table are typed."""


def hats(view: View) -> Iterator[Attention]:
    """What one person in every role forgets first: to decide what is next, and to have something in flight."""
    board = view.board
    if not board.solo or board.actions or not view.lasts:
        return
    since = after(max(board.progress, view.declared), view.limits.hat_after)
    if board.point is None:
        text = f"{view.hat('commander')}what is decided next, and by when?"
        yield Attention("duty-commander", text, since, "/decide ")
    text = f"{view.hat('ops')}nothing is in flight; what would help users now?"
    yield Attention("duty-ops", text, since, "/strategy ")


def checkpoints(view: View) -> Iterator[Attention]:
    """The commander is another without a packet, or there was no checkpoint for too long."""
    board = view.board
    if board.unpacketed:
        text = "the commander changed without a packet"
        yield Attention("checkpoint-missing", text, board.unpacketed, "/handoff", ready=True)
    elif board.handoff is None:
        before = board.checkpoint.at if board.checkpoint else view.declared
        text = f"no checkpoint for {view.age(before)}"
        since = after(before, view.limits.checkpoint_due)
        yield Attention("checkpoint-due", text, since, "/handoff", ready=True)


def extent(view: View) -> Iterator[Attention]:
    """The impact or the scope is not stated, or a row of the scope is still unknown."""
    board, limits = view.board, view.limits
    if not board.impact and not any(side not in _ASIDE for side in board.sides):
        since = after(view.declared, limits.impact_unknown)
        yield Attention("impact-unknown", "what users suffer is not stated", since, "/impact ")
    if not board.scope:
        since = after(view.declared, limits.scope_unknown)
        yield Attention("scope-unknown", "what is affected, and what is not?", since, "/scope ", level="plain")
    rows = sorted((row for row in board.scope if row.verdict == "unknown"), key=lambda row: row.since)
    if rows:
        names = ", ".join(quoted(row.name) for row in rows[:3])
        more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
        text = f"affected or not? unknown for {names}{more}"
        command = f"/scope {_SCOPE_WORDS[rows[0].row]} {typed_again(rows[0].name)} "
        since = after(rows[0].since, limits.scope_unknown)
        yield Attention("scope-unknown", text, since, command, rows[0].name, level="plain")


def open_items(view: View) -> Iterator[Attention]:
    """An action is in flight for long, or several guesses are open and nothing is in flight."""
    board, limits = view.board, view.limits
    for item in board.actions:
        text = f"{item.ref} has been in flight for {view.age(item.since)}: {quoted(item.text)}"
        since = after(item.since, limits.action_long)
        yield Attention("action-long", text, since, f"/done {item.ref} ", item.ref, level="plain")
    if len(board.hypotheses) > 1 and not board.actions and view.lasts:
        second = sorted(item.since for item in board.hypotheses)[1]
        text = f"{len(board.hypotheses)} hypotheses are open and nothing is in flight: what helps, whichever holds?"
        since = after(second, limits.hypotheses_open)
        yield Attention("hypotheses-open", text, since, "/strategy ", level="plain")


def silence(view: View) -> Iterator[Attention]:
    """Nothing was written down for a while."""
    last = view.board.active_at
    if last:
        text = f"{view.hat('scribe')}nothing was written down for {view.age(last)}"
        yield Attention("quiet", text, after(last, view.limits.quiet), "/note ", level="plain")


REMINDERS: tuple[Rule, ...] = (hats, checkpoints, extent, open_items, silence)
"""The rules that do not concern safety."""
