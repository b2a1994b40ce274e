"""The tables of the config file that make a Policy: how often, how late is too late, and what the team agreed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from msgspec.structs import replace

from scribe.config import team
from scribe.config.reader import Reader, spell
from scribe.live.policy import ANY_STATE, DEFAULT, SEVERITIES, Cadences, Policy, Thresholds
from scribe.record.terms import AUDIENCES, MOMENTS, ROLES, STATES, MomentName

TABLES: Final = (
    "cadence",
    "caps",
    "proposed",
    "audiences",
    "stall",
    "milestones",
    "attention",
    "roles",
    "severity",
    "escalation",
    "security",
    "snooze",
    "checklists",
)
"""The tables that are read here."""

_TARGETS: Final = MOMENTS[MOMENTS.index("acknowledged") :]  # what lies before T+0 has no target after it
_YEAR: Final = 366 * 24 * 60 * 60
_MAY_BE_ZERO: Final = ("update_soon", "grace", "cooldown")  # zero of another would ask for attention at once


def policy(raw: Mapping[str, object], reader: Reader) -> Policy:
    """The policy that a file describes, the defaults where it says nothing. Raises ConfigError."""
    caps = {**DEFAULT.caps, **_durations(raw, "caps", reader)}
    cadences = _cadences(reader.table(raw.get("cadence"), "cadence"), "cadence", DEFAULT.cadences, caps, reader)
    audiences, audience_cadences = _audiences(raw, cadences, caps, reader)
    roles = reader.table(raw.get("roles"), "roles")
    reader.known(roles, "roles", ("required", "own"))
    own_roles = team.own_roles(roles.get("own"), reader)
    severity = reader.table(raw.get("severity"), "severity")
    reader.known(severity, "severity", ("aliases",))
    return Policy(
        cadences=MappingProxyType(cadences),
        proposed=MappingProxyType(_proposed(raw, caps, reader)),
        caps=MappingProxyType(caps),
        roles=MappingProxyType(
            {**DEFAULT.roles, **_required(roles.get("required"), (*ROLES, *(kind.name for kind in own_roles)), reader)}
        ),
        severity_aliases=MappingProxyType(_aliases(severity.get("aliases"), reader)),
        audiences=audiences,
        audience_cadences=MappingProxyType(audience_cadences),
        triggers=MappingProxyType(_stall(raw, reader)),
        milestones=MappingProxyType(_milestones(raw, reader)),
        thresholds=_thresholds(raw, reader),
        ladder=team.ladder(raw.get("escalation"), reader),
        own_roles=own_roles,
        restricted_kinds=team.restricted_kinds(raw.get("security"), reader),
        snooze_reasons=team.snooze_reasons(raw.get("snooze"), reader),
        checklists=team.checklists(raw.get("checklists"), reader),
    )


def _durations(raw: Mapping[str, object], key: str, reader: Reader) -> dict[int, int]:
    return {
        severity: reader.duration(value, full)
        for severity, full, value in reader.numbered(reader.table(raw.get(key), key), key, "sev", SEVERITIES, "SEV-")
    }


def _or_none(raw: Mapping[str, object], key: str, reader: Reader) -> dict[int, int | None]:
    """Durations by severity, in which "none" takes a default away."""
    return {
        severity: None if value == "none" else reader.duration(value, full)
        for severity, full, value in reader.numbered(reader.table(raw.get(key), key), key, "sev", SEVERITIES, "SEV-")
    }


def _cadences(
    table: Mapping[str, object], key: str, under: Cadences, caps: Mapping[int, int], reader: Reader
) -> dict[int, Mapping[str, int]]:
    """The rows of a cadence table laid over another one, none of them longer than its cap."""
    rows = {
        severity: _by_state(value, full, under.get(severity, {}), reader)
        for severity, full, value in reader.numbered(table, key, "sev", SEVERITIES, "SEV-")
    }
    cadences = {**under, **rows}
    for severity, states in cadences.items():
        for state, seconds in states.items():
            where = f"{key}.sev{severity}" + (f".{state}" if state else "")
            _within(seconds, where, severity, caps, reader)
    return cadences


def _by_state(value: object, key: str, under: Mapping[str, int], reader: Reader) -> Mapping[str, int]:
    """One duration for every state, or a table by state laid over the one that holds otherwise."""
    if not isinstance(value, dict):
        return MappingProxyType({ANY_STATE: reader.duration(value, key)})
    reader.known(value, key, (*STATES, "default"))
    rows = {
        ANY_STATE if state == "default" else state: reader.duration(duration, f"{key}.{state}")
        for state, duration in value.items()
    }
    return MappingProxyType({**under, **rows})


def _within(seconds: int, key: str, severity: int, caps: Mapping[int, int], reader: Reader) -> None:
    cap = caps.get(severity)
    if cap is not None and seconds > cap:
        problem = f"{spell(seconds)} is longer than the cap of SEV-{severity}, {spell(cap)}"
        raise reader.error(key, problem, f"shorten it, or raise caps.sev{severity}")


def _audiences(
    raw: Mapping[str, object], cadences: Cadences, caps: Mapping[int, int], reader: Reader
) -> tuple[tuple[str, ...], dict[str, Cadences]]:
    """Who counts down, and the tables of those who have one of their own."""
    table = reader.table(raw.get("audiences"), "audiences")
    reader.known(table, "audiences", ("on", "cadence"))
    on = DEFAULT.audiences
    if "on" in table:
        on = reader.among(table["on"], "audiences.on", AUDIENCES, "audience, audiences")
    own = reader.table(table.get("cadence"), "audiences.cadence")
    reader.known(own, "audiences.cadence", AUDIENCES)
    tables: dict[str, Cadences] = {}
    for audience, rows in own.items():
        key = f"audiences.cadence.{audience}"
        tables[audience] = MappingProxyType(_cadences(reader.table(rows, key), key, cadences, caps, reader))
    return on, tables


def _proposed(raw: Mapping[str, object], caps: Mapping[int, int], reader: Reader) -> dict[int, int]:
    """What to propose where no cadence is set; a default that a cap has become shorter than gives way to the cap."""
    proposed: dict[int, int | None] = {
        severity: min(seconds, caps.get(severity, seconds)) for severity, seconds in DEFAULT.proposed.items()
    }
    for severity, seconds in _or_none(raw, "proposed", reader).items():
        if seconds is not None:
            _within(seconds, f"proposed.sev{severity}", severity, caps, reader)
        proposed[severity] = seconds
    return {severity: seconds for severity, seconds in proposed.items() if seconds is not None}


def _stall(raw: Mapping[str, object], reader: Reader) -> dict[int, int]:
    triggers = {**DEFAULT.triggers, **_or_none(raw, "stall", reader)}
    return {severity: seconds for severity, seconds in triggers.items() if seconds is not None}


def _milestones(raw: Mapping[str, object], reader: Reader) -> dict[int, Mapping[MomentName, int]]:
    """Targets by severity and moment, laid over the default ones; "none" takes one away."""
    milestones = dict(DEFAULT.milestones)
    table = reader.table(raw.get("milestones"), "milestones")
    for severity, key, value in reader.numbered(table, "milestones", "sev", SEVERITIES, "SEV-"):
        targets = dict(milestones.get(severity, {}))
        rows = reader.table(value, key)
        reader.known(rows, key, MOMENTS)
        for name, duration in rows.items():
            moment = cast("MomentName", name)
            if moment not in _TARGETS:
                raise reader.error(
                    f"{key}.{name}", "is no target: T+0 is the detection", f"known are {', '.join(_TARGETS)}"
                )
            if duration == "none":
                targets.pop(moment, None)
            else:
                targets[moment] = reader.duration(duration, f"{key}.{name}", shortest=0, longest=_YEAR)
        milestones[severity] = MappingProxyType(targets)
    return milestones


def _thresholds(raw: Mapping[str, object], reader: Reader) -> Thresholds:
    table = reader.table(raw.get("attention"), "attention")
    reader.known(table, "attention", Thresholds.__struct_fields__)
    found = {
        name: reader.duration(value, f"attention.{name}", shortest=0 if name in _MAY_BE_ZERO else 1)
        for name, value in table.items()
    }
    return replace(DEFAULT.thresholds, **found)


def _required(value: object, known: tuple[str, ...], reader: Reader) -> dict[int, tuple[str, ...]]:
    table = reader.table(value, "roles.required")
    return {
        severity: tuple(dict.fromkeys(("ic", *reader.among(names, key, known, "role, roles", empty=True))))
        for severity, key, names in reader.numbered(table, "roles.required", "sev", SEVERITIES, "SEV-")
    }


def _aliases(value: object, reader: Reader) -> dict[str, int]:
    aliases: dict[str, int] = {}
    for name, level in reader.table(value, "severity.aliases").items():
        key = f"severity.aliases.{name}"
        if not name or name.split() != [name]:
            raise reader.error(key, "an alias is one word")
        if re.fullmatch(r"(?:sev)?[-_ ]?\d+", name, re.ASCII | re.IGNORECASE):
            raise reader.error(key, f"{name!r} already means a severity and cannot mean another")
        if not isinstance(level, int) or isinstance(level, bool) or level not in SEVERITIES:
            raise reader.error(key, f"wants a severity from 1 to 4, not {level!r}")
        if name.casefold() in aliases:
            raise reader.error(key, "is given twice", "capitals make no difference")
        aliases[name.casefold()] = level
    return aliases
