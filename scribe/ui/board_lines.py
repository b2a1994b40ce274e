"""The board as lines: title, countdown, roles, and what is open now. Pure, so that every width can be tested."""

from __future__ import annotations

from rich.cells import cell_len
from textual.renderables.digits import DIGITS, DIGITS3X3_BOLD

from scribe.live.policy import Policy
from scribe.live.watch import unassigned
from scribe.record.state import Board, Mark, OpenItem
from scribe.record.terms import MOMENTS
from scribe.record.text import one_line
from scribe.record.when import clock_text, elapsed, seconds_between, spell, ticking
from scribe.ui.lines import Line, Piece, spread, width_of
from scribe.ui.wrap import cut, fit, wrap
from scribe.ui.zones import Zones

SOON = 300
"""Seconds before the next update is due, from which the countdown is amber."""

LEVELS = {"plain": "ok", "warning": "warning", "error": "error"}
"""How urgent a finding is, as a piece of a line: a question that waits is no warning."""

_DIGIT_ROWS = DIGITS3X3_BOLD


def title(board: Board, now: str, zones: Zones, width: int) -> Line:
    """What this is, how bad, which state, how long."""
    severity = f"SEV-{board.severity}" if board.severity else "SEV unset"
    bad = "error" if board.severity == 1 else "warning" if board.severity in (None, 2) else "strong"
    right: tuple[Piece, ...] = ((severity, bad), (f" · {board.state.upper()}", "strong"))
    if board.security:
        right = (("PROTECTED", "error"), (" · ", "past"), *right)
    since = running(board, now)
    if since is not None and (width >= 60 or not board.security):
        right = (*right, (f" · {elapsed(since)}", "words"))
    if width >= 96:
        right = (*right, (f" · {zones.clock(now)}", "past"))
    right = (*right, (" ", ""))
    if width < 60:
        left: Line = ((f" {one_line(board.title)}", "words"),)
    else:
        left = ((f" {board.incident}  ", "past"), (one_line(board.title), "strong"))
    if width < 46:  # the state matters more than the words
        return ((" ", ""), *right[: 4 if board.security else 2])
    return spread(left, right, width)


def running(board: Board, now: str) -> float | None:
    """Seconds from T+0 until now, or until it was resolved; None when T+0 is unknown."""
    if board.zero is None:
        return None
    end = board.moment("resolved") if board.over else None
    return max(0.0, seconds_between(board.zero, end or now))


def remaining(board: Board, now: str) -> float | None:
    """Seconds until the next update is due, negative when it is overdue; None when none is."""
    return None if board.due is None or board.over else seconds_between(now, board.due.at)


def countdown_style(left: float | None) -> str:
    """Amber within five minutes, red once overdue."""
    if left is None:
        return "past"
    return "error" if left < 0 else "warning" if left <= SOON else "strong"


def countdown(board: Board, now: str, zones: Zones) -> list[Line]:
    """The countdown, large."""
    left = remaining(board, now)
    head: Line = ((" NEXT UPDATE", "label"), (f"  {one_line(board.due.audience) if board.due else ''}", "past"))
    if left is None:
        words = f"{board.state}: no update is due" if board.over else "no cadence: /cadence 2h sets one"
        return [head, ((f" {words}", "past" if board.over else "warning"),)]
    style = countdown_style(left)
    sign = "+" if left < 0 else ""
    digits = [((f" {row}", style),) for row in large(sign + ticking(left))]
    assert board.due is not None
    due = f"due {clock_text(board.due.at, 'minute', zones.main)}"
    every = f" · every {spell(board.cadence)}" if board.cadence else ""
    if left < 0:
        foot: Line = ((" OVERDUE", "error"), (f" · {due} · F2 update", style))
    else:
        foot = ((f" {due}{every}", "past"),)
    return [head, *digits, foot, *_other_audiences(board, now)]


def _other_audiences(board: Board, now: str) -> list[Line]:
    """The countdowns behind the first, in one line."""
    pieces: list[Piece] = []
    for track in board.tracks:
        if board.due is None or track.audience == board.due.audience or track.due is None:
            continue
        left = seconds_between(now, track.due)
        pieces += [(" " if not pieces else " · ", "past"), (f"{one_line(track.audience)} ", "past")]
        pieces.append((f"{'+' if left < 0 else ''}{ticking(left)}", countdown_style(left)))
    return [tuple(pieces)] if pieces else []


def large(text: str) -> list[str]:
    """Three rows of large digits, those of Textual."""
    rows = ["", "", ""]
    for character in text:
        place = DIGITS.find(character) * 3
        for number in range(3):
            rows[number] += f"{_DIGIT_ROWS[place + number]:3} " if character != ":" else (" ", "╻", "╹")[number] + " "
    return rows


def roles(board: Board, policy: Policy, now: str, width: int) -> list[Line]:
    """Who holds which role, since when; what is missing is said."""
    wanted = unassigned(board, policy)
    made: list[Line] = [((" ROLES", "label"), ("  solo" if board.solo else "", "past"))]
    for role in shown_roles(board, policy):
        label = fit(f" {policy.label(role)}", 9)
        held = board.holders(role)
        if held:
            for number, holder in enumerate(held):
                since = spell(max(0.0, seconds_between(holder.since, now))) if not board.over else ""
                left: Line = ((label if number == 0 else " " * 9, "past"), (f"@{one_line(holder.who)}", "words"))
                made.append(spread(left, ((f"{since} ", "past"),), width))
            if board.handoff is not None and board.handoff.role == role:
                waits: Line = ((" " * 9, ""), (f"→ @{one_line(board.handoff.incoming)}", "warning"))
                made.append(spread(waits, (("/ack ", "past"),), width))
        elif role in board.not_needed:
            made.append(((label, "past"), ("not needed", "past")))
        elif role in wanted:
            made.append(spread(((label, "past"), ("unassigned", "warning")), (("F4 ", "past"),), width))
        elif role != "sme":
            made.append(((label, "past"), ("—", "past")))
    return made


def shown_roles(board: Board, policy: Policy) -> tuple[str, ...]:
    """The usual roles, the team's own, and any other that the record knows."""
    return tuple(dict.fromkeys((*policy.role_names, *board.roles, *board.not_needed)))


def now_lines(board: Board, now: str, zones: Zones, width: int) -> list[Line]:
    """What is open: hypotheses, actions in flight with their age, the decision point, impact."""
    made: list[Line] = [((" LEFT OPEN" if board.over else " NOW", "label"),)]
    if not (board.hypotheses or board.actions):
        made.append(((" no open hypothesis, nothing in flight", "past"),))
    for item in board.hypotheses:
        made += _open(item, "" if board.over else now, width, "kind-hypothesis")
    for item in board.actions:
        made += _open(item, "" if board.over else now, width, "kind-action", who=True)
    for box in board.timeboxes:
        left = seconds_between(now, box.until)
        style = "past" if board.over else countdown_style(left)
        tail = "" if board.over else f"{'+' if left < 0 else ''}{ticking(left)} "
        words = f"{cut(one_line(box.text), max(8, width - 24))} @{cut(one_line(box.who), 12)}" if box.who else box.text
        made.append(spread(((f" {box.ref} ", "sign"), (one_line(words), "words")), ((tail, style),), width))
    if board.point is not None:
        made += [((line, "words"),) for line in _hanging(" Decide: ", one_line(board.point.what), width)[:3]]
        by = f"by {clock_text(board.point.by, 'minute', zones.main)}" if board.point.by else ""
        who = f"@{one_line(board.point.who)} " if board.point.who else ""
        late = board.point.by is not None and board.point.by < now and not board.over
        if who or by:
            made.append(((f"         {who}{by}", "warning" if late else "past"),))
    impact = one_line(board.impact) if board.impact else "unknown"
    made += [((line, "words" if board.impact else "warning"),) for line in _hanging(" Impact: ", impact, width)]
    return [*made, *_scope(board, width)]


def moments(board: Board, policy: Policy, now: str, zones: Zones) -> list[Line]:
    """Every moment that was reached, and the targets of this severity against what was."""
    targets = policy.milestone_targets(board.severity)
    made: list[Line] = [((" MOMENTS", "label"),)]
    for name in (*(moment for moment in MOMENTS if moment in board.moments or moment in targets),):
        mark = board.moments.get(name)
        at = clock_text(mark.at, mark.precision, zones.main) if mark else "not yet"
        words, style = _against(board, mark, targets.get(name), now)
        made.append(((f" {name:13} ", "past"), (f"{at:9} ", "words" if mark else "past"), (words, style)))
    return made


def _against(board: Board, mark: Mark | None, target: int | None, now: str) -> Piece:
    """A moment against its target after T+0."""
    if target is None or board.zero is None:
        return "", "past"
    goal = f"target T+{spell(target) if target else '0'}"
    if mark is None:
        left = seconds_between(now, board.zero) + target
        return (f"{goal}, missed", "warning") if left < 0 and not board.over else (goal, "past")
    took = seconds_between(board.zero, mark.at)
    return f"{goal}, was T+{spell(max(0.0, took))}", "past" if took <= target + 59 else "warning"


def duties(board: Board, policy: Policy, width: int) -> list[Line]:
    """What the holders of the roles have to do."""
    made: list[Line] = [((" DUTIES", "label"),)]
    for kind in policy.roles_known:
        if not kind.duties or (kind.name in board.not_needed and not board.holders(kind.name)):
            continue
        made.append(((f" {one_line(kind.title)}", "strong"),))
        made += [
            ((f"   {'·' if number == 0 else ' '} {line}", "past"),)
            for duty in kind.duties
            for number, line in enumerate(wrap(one_line(duty), max(8, width - 6)))
        ]
    return made


_VERDICTS = {"affected": ("✗", "error"), "not_affected": ("✓", "ok"), "unknown": ("?", "warning")}


def _scope(board: Board, width: int) -> list[Line]:
    """The rows of the scope table with their verdicts, as many to a line as fit."""
    lines: list[list[Piece]] = []
    used = width
    for row in board.scope:
        sign, style = _VERDICTS[row.verdict]
        name = cut(one_line(row.name), 24)
        size = cell_len(name) + 4
        if used + size > width - 1:
            lines.append([(" Scope: " if not lines else " " * 8, "words")])
            used = 8
        lines[-1] += [(f"{name} ", "words"), (f"{sign}  ", style)]
        used += size
    return [tuple(line) for line in lines]


def brief(board: Board, policy: Policy, now: str, zones: Zones, width: int) -> list[Line]:
    """The board in two lines, for a narrow screen."""
    left = remaining(board, now)
    style = countdown_style(left)
    if left is None:
        first: list[Piece] = [(" no update due", "past" if board.over else "warning")]
    elif left < 0:
        first = [(f" update OVERDUE +{ticking(left)}", style)]
    else:
        first = [(f" next {ticking(left)}", style)]
    wanted = unassigned(board, policy)
    if left is not None and len(board.tracks) > 1 and board.due is not None:
        first.append((f" {one_line(board.due.audience)}", "past"))
    for role in shown_roles(board, policy):
        held = board.holders(role)
        if held:
            names = ", ".join(f"@{one_line(holder.who)}" for holder in held)
            first += [(f" · {policy.label(role)} ", "past"), (names, "words")]
            if board.handoff is not None and board.handoff.role == role:
                first.append((f"→@{one_line(board.handoff.incoming)}", "warning"))
        elif role in wanted:
            first += [(f" · {policy.label(role)} ", "past"), ("unassigned", "warning")]
    second: list[Piece] = []
    for item, name in [
        *((h, "kind-hypothesis") for h in board.hypotheses),
        *((a, "kind-action") for a in board.actions),
    ]:
        age = f" {spell(seconds_between(item.since, now))}" if name == "kind-action" and not board.over else ""
        second += [(" " if not second else " · ", "past"), (f"{item.ref} ", name)]
        second += [(cut(one_line(item.text), 24), "words"), (age, "past")]
    for box in board.timeboxes:
        late_by = seconds_between(now, box.until)
        second += [(" " if not second else " · ", "past"), (f"{box.ref} ", "sign")]
        second += [(cut(one_line(box.text), 16), "words"), (f" {ticking(late_by)}", countdown_style(late_by))]
    if board.point is not None:
        by = f" by {clock_text(board.point.by, 'minute', zones.main)}" if board.point.by else ""
        late = board.point.by is not None and board.point.by < now and not board.over
        second += [(" · " if second else " ", "past"), (f"decide{by}: ", "warning" if late else "past")]
        second.append((cut(one_line(board.point.what), 24), "words"))
    left_over = width - width_of(tuple(second)) - len("F4 board ") - 12
    if not second or left_over >= 12:  # what users suffer is cut before it is left out
        impact = one_line(board.impact) if board.impact else "unknown"
        second += [(" · impact " if second else " Impact: ", "past")]
        second.append((cut(impact, max(12, left_over)), "words" if board.impact else "warning"))
    board_key: Line = (("F4 board ", "past"),)
    return [
        tuple(first),
        spread(tuple(second), board_key, width) if width_of(tuple(second)) < width - 10 else tuple(second),
    ]


def _open(item: OpenItem, now: str, width: int, name: str, *, who: bool = False) -> list[Line]:
    """An open item in at most two lines, its age and person at the end of the first."""
    age = f"{spell(max(0.0, seconds_between(item.since, now)))} " if now else ""
    tail = f"@{cut(one_line(item.who), 12)} {age}" if who else age
    indent = len(item.ref) + 2
    first, *rest = wrap(one_line(item.text), max(8, width - indent - cell_len(tail) - 1))
    made = [spread(((f" {item.ref} ", name), (first, "words")), ((tail, "past"),), width)]
    if rest:
        made.append(((" " * indent, ""), (cut(" ".join(rest), max(8, width - indent - 1)), "words")))
    return made


def _hanging(label: str, text: str, width: int) -> list[str]:
    room = max(8, width - cell_len(label) - 1)
    wrapped = wrap(text, room)[:4]
    return [f"{label if number == 0 else ' ' * cell_len(label)}{line}" for number, line in enumerate(wrapped)]
