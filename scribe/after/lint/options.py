"""What a team, or one call, asks of the check: which rules, how grave each is, and the numbers that they go by."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field

from scribe.record.rules import rank

Level = Literal["error", "warning", "off"]
"""How grave a finding is, or that a rule is not asked."""

_HOUR = 3600
_LEVELS: Mapping[str, Level] = MappingProxyType({})
_GAPS = MappingProxyType({1: 15 * 60, 2: 30 * 60, 3: 4 * _HOUR, 4: 24 * _HOUR})
_ROLES = MappingProxyType(dict.fromkeys((1, 2), ("ic", "ops", "comms")))
_CAPS = MappingProxyType({1: 30 * 60, 2: _HOUR})
_TRIGGERS = MappingProxyType({1: 15 * 60, 2: 30 * 60})


class Options(Struct, frozen=True):
    """What a check goes by; the defaults are those of the policy where nothing else was configured.

    Attributes:
        select: codes, families (``actions``) or beginnings of codes; without any, every rule.
        ignore: the same, taken away again; what names a rule more exactly wins.
        levels: another level for a rule, by its code.
        gaps: seconds without an entry that are a gap while users suffer, by severity.
        reconstructed: the share of the timeline from which on it counts as reconstructed.
        factors: how many contributing factors are wanted at least.
        layers: over how many layers.
        roles: who has to be named or marked "not needed", by severity.
        caps: the longest that a status update may be away, in seconds, by severity.
        triggers: seconds without progress until another strategy is asked for, where nobody confirmed any.
        checkpoint: seconds after which a long incident needs one.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=lambda: _LEVELS)
    gaps: Mapping[int, int] = field(default_factory=lambda: _GAPS)
    reconstructed: float = 0.5
    factors: int = 3
    layers: int = 2
    roles: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: _ROLES)
    caps: Mapping[int, int] = field(default_factory=lambda: _CAPS)
    triggers: Mapping[int, int] = field(default_factory=lambda: _TRIGGERS)
    checkpoint: int = 4 * _HOUR

    def wants(self, code: str) -> bool:
        """Whether a rule is asked."""
        selected = max((rank(word, code) for word in self.select), default=1)
        return selected > max((rank(word, code) for word in self.ignore), default=0)
