"""The table of the config file that says what the check asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from scribe.after.lint.options import Level, Options
from scribe.config.reader import Reader
from scribe.config.reader import like as near
from scribe.live.policy import SEVERITIES, Policy
from scribe.record.rules import CODES, is_known, like

_LEVELS: Final = ("error", "warning", "off")
_KEYS: Final = ("select", "ignore", "levels", "gaps", "reconstructed", "factors", "layers")
_MOST: Final = 20


def options(value: object, policy: Policy, reader: Reader) -> Options | None:
    """What the check goes by: its own table, and what the policy agreed on; None where all of it is the default.

    Raises ConfigError.
    """
    table = reader.table(value, "check")
    reader.known(table, "check", _KEYS)
    default = Options()
    found = Options(
        select=_rules(table, "select", reader),
        ignore=_rules(table, "ignore", reader),
        levels=MappingProxyType(_levels(table, reader)),
        gaps=MappingProxyType(_gaps(table, default.gaps, reader)),
        reconstructed=_share(table, default.reconstructed, reader),
        factors=_count(table, "factors", default.factors, reader),
        layers=_count(table, "layers", default.layers, reader),
        roles=policy.roles,
        caps=policy.caps,
        triggers=policy.triggers,
        checkpoint=policy.thresholds.checkpoint_due,
    )
    return found if found != default else None


def _rules(table: Mapping[str, object], key: str, reader: Reader) -> tuple[str, ...]:
    if key not in table:
        return ()
    words = reader.texts(table[key], f"check.{key}", "rules")
    for word in words:
        if not is_known(word):
            raise reader.error(f"check.{key}", f"{word!r} names no rule", like(word))
    return words


def _levels(table: Mapping[str, object], reader: Reader) -> dict[str, Level]:
    levels = reader.table(table.get("levels"), "check.levels")
    reader.known(levels, "check.levels", CODES)
    found: dict[str, Level] = {}
    for code, value in levels.items():
        level = reader.text(value, f"check.levels.{code}")
        if level not in _LEVELS:
            raise reader.error(f"check.levels.{code}", f"{level!r} is no level", near(level, _LEVELS))
        found[code] = cast("Level", level)
    return found


def _gaps(table: Mapping[str, object], default: Mapping[int, int], reader: Reader) -> dict[int, int]:
    """Lengths by severity, in which "none" takes a default away."""
    gaps = dict(default)
    rows = reader.table(table.get("gaps"), "check.gaps")
    for severity, key, value in reader.numbered(rows, "check.gaps", "sev", SEVERITIES, "SEV-"):
        if value == "none":
            gaps.pop(severity, None)
        else:
            gaps[severity] = reader.duration(value, key)
    return gaps


def _share(table: Mapping[str, object], default: float, reader: Reader) -> float:
    value = table.get("reconstructed", default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise reader.error("check.reconstructed", f"{value!r} is no share", "a number from 0 to 1, like 0.5")
    return float(value)


def _count(table: Mapping[str, object], key: str, default: int, reader: Reader) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise reader.error(f"check.{key}", f"{value!r} is no such number", f"from 0 to {_MOST}")
    return value
