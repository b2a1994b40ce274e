"""What a team has agreed on: how often to give an update, how late is too late, which roles must be held.

It lives here and not beside the config's reader, because the pure rooms decide by it and must not read files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from msgspec import Struct

from scribe.live.procedures import Checklist
from scribe.record.terms import AUDIENCE, MomentName
from scribe.record.text import one_line

SEVERITIES: tuple[int, ...] = (1, 2, 3, 4)
"""The severities, the worst first. An incident without one yet has the severity None."""

ANY_STATE = ""
"""The key, in a cadence table, of every state that has no row of its own."""

Cadences = Mapping[int, Mapping[str, int]]
"""Seconds between two updates, by severity and then by state or ANY_STATE."""

_CADENCES: Cadences = MappingProxyType(
    {
        1: MappingProxyType({ANY_STATE: 15 * 60}),
        2: MappingProxyType({"investigating": 15 * 60, ANY_STATE: 30 * 60}),
    }
)
_AUDIENCE_CADENCES: Mapping[str, Cadences] = MappingProxyType({})
_PROPOSED: Mapping[int, int] = MappingProxyType({3: 2 * 60 * 60})
_CAPS: Mapping[int, int] = MappingProxyType({1: 30 * 60, 2: 60 * 60})
_ROLES: Mapping[int, tuple[str, ...]] = MappingProxyType(dict.fromkeys((1, 2), ("ic", "ops", "comms")))
_ALIASES: Mapping[str, int] = MappingProxyType({})
_TRIGGERS: Mapping[int, int] = MappingProxyType({1: 15 * 60, 2: 30 * 60})
_MILESTONES: Mapping[int, Mapping[MomentName, int]] = MappingProxyType(
    {
        1: MappingProxyType(
            {
                "acknowledged": 0,
                "declared": 5 * 60,
                "assembled": 15 * 60,
                "diagnosed": 30 * 60,
                "resolved": 60 * 60,
                "closed": 24 * 60 * 60,
            }
        ),
        2: MappingProxyType(
            {
                "acknowledged": 5 * 60,
                "declared": 15 * 60,
                "assembled": 30 * 60,
                "diagnosed": 60 * 60,
                "resolved": 4 * 60 * 60,
                "closed": 24 * 60 * 60,
            }
        ),
    }
)


class RoleKind(Struct, frozen=True):
    """A role as people see it: its short name, the label of the board, its title, and what its holder has to do."""

    name: str
    label: str
    title: str
    duties: tuple[str, ...] = ()


ROLE_KINDS: tuple[RoleKind, ...] = (
    RoleKind(
        "ic",
        "IC",
        "Incident Commander",
        (
            "sets the severity, calls people in, hands out the roles",
            "decides, and says who decides what until when",
            "puts mitigation before explanation; changes strategy when it stalls",
            "declares it over, and hands over with a packet",
        ),
    ),
    RoleKind(
        "ops",
        "Ops",
        "Operations / Technical Lead",
        (
            "leads the diagnosis and the mitigation, one change at a time",
            "says what is in flight and when it ended",
            "confirms recovery: what users see, and internal health",
        ),
    ),
    RoleKind(
        "comms",
        "Comms",
        "Communications Lead",
        (
            "sends the status updates on time, each with the time of the next",
            "says what is known, unknown, done and next; keeps support and the status page right",
        ),
    ),
    RoleKind(
        "scribe",
        "Scribe",
        "Scribe",
        (
            "writes facts, decisions, actions and times as they happen",
            "marks hypotheses as such, adds sources, asks for what is missing",
        ),
    ),
    RoleKind("sme", "SME", "Subject Matter Expert", ("answers for one system; reports what was seen, not guessed",)),
)
"""The roles that every team has."""

ROLE_LABELS: Mapping[str, str] = MappingProxyType({kind.name: kind.label for kind in ROLE_KINDS})
"""How those are called on the board and in entries; a team's own are labelled by its policy."""


class Level(Struct, frozen=True):
    """A rung of the escalation ladder: who it is, after how many seconds without the reason gone, and whom to call."""

    level: int
    title: str
    contact: str = ""


_LADDER: tuple[Level, ...] = (
    Level(1, "on-call"),
    Level(2, "technical lead"),
    Level(3, "engineering manager"),
    Level(4, "executive"),
)


class Thresholds(Struct, frozen=True):
    """Seconds after which something needs attention. All of them are in the config.

    Attributes:
        update_soon: before an update's due time.
        action_long: an action in flight.
        impact_unknown: no impact stated, since the declaration.
        scope_unknown: no scope row since the declaration, or one that is unknown for so long.
        checkpoint_due: without a checkpoint, since the last or the declaration (4 hours: Google's state document).
        quiet: without an entry.
        hypotheses_open: several hypotheses open and no mitigation in flight.
        escalate_unanswered: not acknowledged: level 2.
        escalate_unresolved: not resolved: level 3.
        escalate_long: not resolved: level 4.
        rollback_diagnosis: a diagnosis that takes longer advises to roll back.
        grace: of a SEV-1, in which only what concerns safety is said.
        hat_after: that one person in every role is left alone before a hat's duty is named.
        cooldown: between two bells for the same code.
    """

    update_soon: int = 5 * 60
    action_long: int = 20 * 60
    impact_unknown: int = 10 * 60
    scope_unknown: int = 15 * 60
    checkpoint_due: int = 4 * 60 * 60
    quiet: int = 15 * 60
    hypotheses_open: int = 10 * 60
    escalate_unanswered: int = 15 * 60
    escalate_unresolved: int = 30 * 60
    escalate_long: int = 60 * 60
    rollback_diagnosis: int = 30 * 60
    grace: int = 15 * 60
    hat_after: int = 5 * 60
    cooldown: int = 5 * 60


SNOOZE_REASONS: tuple[str, ...] = (
    "nothing new to say yet",
    "being written now",
    "waiting for a confirmation",
    "agreed with the commander",
)
"""The reasons that are offered for leaving something alone."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The agreement as a value: frozen, compared by content, the defaults where nothing else was configured.

    Attributes:
        cadences: seconds between two status updates by severity and state; no row means none is set.
        proposed: seconds to propose where no cadence is set, by severity.
        caps: the longest that a status update may be away, in seconds, by severity.
        roles: the roles that must be held or marked "not needed", by severity.
        severity_aliases: other names of severities (a team's "P0"), casefolded. None by default,
            because teams number them differently.
        audiences: who is sent status updates and counts down, the first one first.
        audience_cadences: an audience's own table where it is not ``cadences``.
        triggers: seconds without progress to propose for asking for another strategy, by severity.
        milestones: seconds after T+0 until which a moment is to be reached, by severity.
        thresholds: when something needs attention.
        ladder: the levels of escalation, the lowest first.
        own_roles: the team's own roles, behind the usual ones.
        restricted_kinds: kinds of entries that are restricted from the start in a security incident.
        snooze_reasons: the reasons that are offered for a snooze.
        checklists: the team's own checklists, behind the built-in ones.
    """

    cadences: Cadences = field(default_factory=lambda: _CADENCES)
    proposed: Mapping[int, int] = field(default_factory=lambda: _PROPOSED)
    caps: Mapping[int, int] = field(default_factory=lambda: _CAPS)
    roles: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: _ROLES)
    severity_aliases: Mapping[str, int] = field(default_factory=lambda: _ALIASES)
    audiences: tuple[str, ...] = (AUDIENCE,)
    audience_cadences: Mapping[str, Cadences] = field(default_factory=lambda: _AUDIENCE_CADENCES)
    triggers: Mapping[int, int] = field(default_factory=lambda: _TRIGGERS)
    milestones: Mapping[int, Mapping[MomentName, int]] = field(default_factory=lambda: _MILESTONES)
    thresholds: Thresholds = field(default_factory=Thresholds)
    ladder: tuple[Level, ...] = _LADDER
    own_roles: tuple[RoleKind, ...] = ()
    restricted_kinds: frozenset[str] = frozenset({"security"})
    snooze_reasons: tuple[str, ...] = SNOOZE_REASONS
    checklists: tuple[Checklist, ...] = ()

    @property
    def roles_known(self) -> tuple[RoleKind, ...]:
        """Every role, the usual ones first, in the order of the board."""
        return (*ROLE_KINDS, *self.own_roles)

    @property
    def role_names(self) -> tuple[str, ...]:
        """The short names of every role, as they are typed."""
        return tuple(kind.name for kind in self.roles_known)

    def label(self, role: str) -> str:
        """How a role is called on the board; one that nobody configured by its name."""
        return one_line(next((kind.label for kind in self.roles_known if kind.name == role), role))

    def cadence(self, severity: int | None, state: str, audience: str = AUDIENCE) -> int | None:
        """Return the seconds between two status updates, or None where none is set.

        The default, configurable: 15 minutes for SEV-1; 15 minutes for SEV-2 while investigating, then 30;
        none for SEV-3, SEV-4 and an unset severity. Whether an incident still needs updates is the caller's
        question.

        Args:
            severity: 1 to 4, or None while it is unset.
            state: one of STATES; any other word is read as a state without a row of its own.
            audience: whose updates; one without a table of its own goes by the common one.
        """
        if severity is None:
            return None
        table = self.audience_cadences.get(audience, self.cadences).get(severity, self.cadences.get(severity, {}))
        return table.get(state, table.get(ANY_STATE))

    def proposed_trigger(self, severity: int | None) -> int | None:
        """Return the seconds without progress to propose for asking for another strategy, or None for no proposal.

        The default, configurable: 15 minutes for SEV-1, 30 for SEV-2.
        """
        return None if severity is None else self.triggers.get(severity)

    def milestone_targets(self, severity: int | None) -> Mapping[MomentName, int]:
        """Return the seconds after T+0 until which each moment is to be reached; empty where none is agreed on."""
        return {} if severity is None else self.milestones.get(severity, {})

    def proposed_cadence(self, severity: int | None) -> int | None:
        """Return the seconds to propose to whoever is asked for a cadence, or None for no proposal.

        The default is 2 hours for SEV-3 and none for SEV-4; SEV-1 and SEV-2 have a cadence and need none.
        """
        return None if severity is None else self.proposed.get(severity)

    def cap(self, severity: int | None) -> int | None:
        """Return the longest that a status update may be away, in seconds, or None for no limit.

        The default, configurable: 30 minutes for SEV-1, 60 for SEV-2, no limit otherwise. It binds `/next`,
        snoozing and the configured cadence alike.
        """
        return None if severity is None else self.caps.get(severity)

    def required_roles(self, severity: int | None) -> tuple[str, ...]:
        """Return the names of the roles that must be held or marked "not needed", the commander first.

        The default, configurable: the commander always; operations and communications for SEV-1 and SEV-2.
        """
        return ("ic",) if severity is None else self.roles.get(severity, ("ic",))


DEFAULT = Policy()
"""What holds where nothing is configured."""
