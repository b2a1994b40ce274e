"""The procedures that every team has, and how the record shows that a step of one was done."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from scribe.record.state import Board

Shown = Callable[[Board], bool]
"""Whether the board already shows that an item was done."""

_NO = r"(?:no|none|nothing|nil|0|not affected|unaffected)(?:\W+(?:data|loss|corruption|lost|or|and|so far|seen|found))*"


class Item(Struct, frozen=True):
    """One thing to do: a short name within its checklist, the words, and how the record may show that it was done."""

    name: str
    text: str
    shown: Shown | None = None


class Phase(Struct, frozen=True):
    """A part of a checklist, its minutes since the declaration (``0-5 min``, or empty), and its items."""

    title: str
    minutes: str
    items: tuple[Item, ...]


class Checklist(Struct, frozen=True):
    """A named procedure."""

    name: str
    title: str
    phases: tuple[Phase, ...]

    def item(self, name: str) -> Item | None:
        """The item of that name."""
        return next((item for phase in self.phases for item in phase.items if item.name == name), None)


def unverified(board: Board) -> tuple[str, ...]:
    """The action items that nobody has seen work yet, by reference; those that were dropped need no proof."""
    return tuple(item.ref for item in board.items if item.status != "wont_do" and item.verified is None)


# ── what the board shows ────────────────────────────────────────────────────────────────────────────────────────────


def _reached(*moments: str) -> Shown:
    """Any of these moments stands in the record, be it as "unknown"."""
    return lambda board: any(moment in board.moments for moment in moments)


def _settled(*roles: str) -> Shown:
    """Each of these roles is held or marked "not needed"."""
    return lambda board: all(board.holders(role) or role in board.not_needed for role in roles)


def _scoped(row: str = "") -> Shown:
    """The scope table has a row (of that kind)."""
    return lambda board: any(not row or found.row == row for found in board.scope)


def _impact(board: Board) -> bool:
    return bool(board.impact or board.sides)


def _data(board: Board) -> bool:
    return "data" in board.sides


def _updated(board: Board) -> bool:
    return board.updates > 0


def _paced(board: Board) -> bool:
    return any(track.cadence or track.due for track in board.tracks)


def _triggered(board: Board) -> bool:
    return board.trigger is not None


def _over(board: Board) -> bool:
    return board.over


def _at_rest(board: Board) -> bool:
    return (board.over or board.state == "monitoring") and not board.actions and not board.timeboxes


def _bounded(board: Board) -> bool:
    return "started" in board.moments and "detected" in board.moments


def _explained(board: Board) -> bool:
    return bool(board.hypotheses) or "diagnosed" in board.moments


def _mitigating(board: Board) -> bool:
    return board.over or board.state in ("mitigating", "monitoring")


def _followed_up(board: Board) -> bool:
    return bool(board.items) and not unverified(board)


def _mitigated(board: Board) -> bool:
    return "mitigated" in board.moments or "ended" in board.sides


def data_suffers(board: Board) -> bool:
    """Whether the impact says that data was lost or corrupted."""
    said = board.sides.get("data")
    return said is not None and re.fullmatch(_NO, said.value.casefold().strip(" .!")) is None


# ── the procedures ──────────────────────────────────────────────────────────────────────────────────────────────────

_SEV1 = Checklist(
    "sev1",
    "SEV-1 response",
    (
        Phase(
            "at once",
            "0-5 min",
            (
                Item("verify", "look at the alert and see that the problem is real", _reached("acknowledged")),
                Item("channel", "open one channel for this incident and say where it is"),
                Item("ic", "one person takes command and says so", _settled("ic")),
                Item("page", "call the responders in", _reached("assembled")),
            ),
        ),
        Phase(
            "first response",
            "5-15 min",
            (
                Item("impact", "say who is affected and what they cannot do", _impact),
                Item("scope", "bound it: user groups, fault domains, dependencies", _scoped()),
                Item("first-update", "send the first status update", _updated),
                Item("status-page", "status page: investigating"),
                Item("rollback", "roll back? yes when all is down, data may suffer, or a diagnosis takes over 30 min"),
            ),
        ),
        Phase(
            "diagnosis",
            "15-30 min",
            (
                Item("logs", "read the logs from before it began"),
                Item("changes", "go through the recent changes", _scoped("recent_change")),
                Item("cause", "name the likeliest cause, as a hypothesis until it is confirmed", _explained),
                Item("plan", "choose how to mitigate, and who does it", _mitigating),
            ),
        ),
        Phase(
            "mitigation",
            "30-60 min",
            (
                Item("fix", "make the change, one at a time"),
                Item("deploy", "bring it out", _reached("fix-deployed")),
                Item("test", "test that it works"),
                Item("users", "see that users are no longer affected", _mitigated),
            ),
        ),
        Phase(
            "end",
            "",
            (
                Item("resolved", "declare it resolved", _over),
                Item("page-resolved", "status page: resolved"),
                Item("announce", "tell the whole company"),
                Item("postmortem", "set the date of the postmortem, in one or two days"),
            ),
        ),
    ),
)

_DATA_EXPOSURE = Checklist(
    "data-exposure",
    "Suspected data exposure",
    (
        Phase(
            "at once",
            "",
            (
                Item("security-team", "tell the security team"),
                Item("mark", "put the incident on the protected track", lambda board: board.security),
                Item("access-logs", "preserve access logs and artefacts before they rotate or are cleaned up"),
                Item("need-to-know", "keep the details to those who need them, off the open channels"),
                Item("contain", "stop the exposure: revoke access, rotate credentials, take the way in away"),
            ),
        ),
        Phase(
            "scope",
            "",
            (
                Item("data", "find out which data it is: whose, how much, since when", _data),
                Item("access", "find out who reached it, or say that this is unknown"),
            ),
        ),
        Phase(
            "legal and regulators",
            "",
            (
                Item("legal", "tell legal, where people, contracts or law are concerned"),
                Item("facts-apart", "keep operational facts apart from legal conclusions"),
                Item("regulator", "check whether a regulator has to be told, and by when (GDPR, HIPAA …)"),
                Item("notice", "settle who tells the people concerned, and when"),
            ),
        ),
    ),
)

_DATA_LOSS = Checklist(
    "data-loss",
    "Data loss",
    (
        Phase(
            "at once",
            "",
            (
                Item("stop-writes", "stop what still loses or corrupts data: pause ingestion, jobs, deployments"),
                Item("stated", "say in the impact what is lost or corrupted, or that it is unknown", _data),
            ),
        ),
        Phase(
            "recovery",
            "",
            (
                Item("backup", "find the last good backup, and see that it can be read"),
                Item("range", "settle what can be recovered: from when until when, and what cannot"),
                Item("restore", "restore it, beside the damaged data rather than over it"),
                Item("integrity", "check its integrity: counts, references, samples that users know"),
            ),
        ),
    ),
)

_DECLARATION = Checklist(
    "declaration",
    "Declaration",
    (
        Phase(
            "what it is",
            "",
            (
                Item("severity", "set the severity", lambda board: board.severity is not None),
                Item("impact", "state the impact, or that it is unknown", _impact),
                Item("scope", "state what is affected, what is not, and what is unknown", _scoped()),
                Item("detected", "say when it was detected", _reached("detected")),
                Item("security", "ask whether confidential data, identities or abuse may be involved"),
            ),
        ),
        Phase(
            "who",
            "",
            (
                Item("ic", "name the Incident Commander", _settled("ic")),
                Item("roles", "name operations and communications, or mark them not needed", _settled("ops", "comms")),
                Item("point", "say who decides what next", lambda board: board.point is not None),
            ),
        ),
        Phase(
            "how it is told",
            "",
            (
                Item("channel", "open one channel for this incident and say where it is"),
                Item("cadence", "settle how often updates are sent", _paced),
                Item("first-update", "send the first status update", _updated),
                Item("trigger", "confirm after how long without progress to change the strategy", _triggered),
            ),
        ),
    ),
)

_RESOLUTION = Checklist(
    "resolution",
    "Resolution",
    (
        Phase(
            "recovery, by both signals",
            "",
            (
                Item("user-signal", "what users see is back to normal, and measured"),
                Item("health-signal", "internal health is back to normal: errors, latency, queues, capacity"),
                Item("stable", "it stays so under the usual load for as long as was agreed"),
                Item("in-flight", "nothing is in flight any more", _at_rest),
            ),
        ),
        Phase(
            "the end",
            "",
            (
                Item("resolved", "declare it resolved", _over),
                Item("impact-end", "say when the impact ended", _mitigated),
                Item("moments", "say when it started and when it was detected", _bounded),
                Item("last-update", "send the update that says it is resolved, to every audience"),
                Item("status-page", "status page: resolved"),
                Item("containment", "note which stopgaps stay in place, and who takes them away"),
                Item("postmortem", "set the date of the postmortem: SEV-1 and SEV-2 in one or two days"),
            ),
        ),
    ),
)

CLOSING = Checklist(
    "closing",
    "Closing",
    (
        Phase(
            "before the incident is closed",
            "",
            (
                Item("actions", "every action item is done and verified, or dropped with a reason", _followed_up),
                Item("recurrence", "it did not happen again"),
                Item("monitoring", "monitoring confirms that it is stable"),
                Item("stakeholder", "the business stakeholder confirmed the outcome"),
                Item("lessons", "lessons are documented and shared"),
            ),
        ),
    ),
)
"""The five ticks without which no incident closes (003, phase 7)."""


BUILT_IN: tuple[Checklist, ...] = (_SEV1, _DATA_EXPOSURE, _DATA_LOSS, _DECLARATION, _RESOLUTION, CLOSING)
"""The checklists that every team has."""
