"""What a team has agreed on: how often to give an update, how late is too late, which roles must be held.

It lives here and not beside the config's reader, because the pure rooms decide by it and must not read files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

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
_PROPOSED: Mapping[int, int] = MappingProxyType({3: 2 * 60 * 60})
_CAPS: Mapping[int, int] = MappingProxyType({1: 30 * 60, 2: 60 * 60})
_ROLES: Mapping[int, tuple[str, ...]] = MappingProxyType(dict.fromkeys((1, 2), ("ic", "ops", "comms")))
_ALIASES: Mapping[str, int] = MappingProxyType({})


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
    """

    cadences: Cadences = field(default_factory=lambda: _CADENCES)
    proposed: Mapping[int, int] = field(default_factory=lambda: _PROPOSED)
    caps: Mapping[int, int] = field(default_factory=lambda: _CAPS)
    roles: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: _ROLES)
    severity_aliases: Mapping[str, int] = field(default_factory=lambda: _ALIASES)

    def cadence(self, severity: int | None, state: str) -> int | None:
        """Return the seconds between two status updates, or None where none is set.

        The default, configurable: 15 minutes for SEV-1; 15 minutes for SEV-2 while investigating, then 30;
        none for SEV-3, SEV-4 and an unset severity. Whether an incident still needs updates is the caller's
        question.

        Args:
            severity: 1 to 4, or None while it is unset.
            state: one of STATES; any other word is read as a state without a row of its own.
        """
        if severity is None:
            return None
        table = self.cadences.get(severity, {})
        return table.get(state, table.get(ANY_STATE))

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
