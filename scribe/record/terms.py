"""The field's own words: roles, states, moments, audiences and their kin, as they stand in every record."""

from __future__ import annotations

from typing import Literal, get_args

RoleName = str
"""A role's short name: one of ROLES, or one that a team's config adds."""

StateName = Literal[
    "investigating",
    "identified",
    "mitigating",
    "monitoring",
    "resolved",
    "postmortem",
    "verification",
    "closed",
]
MomentName = Literal[
    "started",
    "first-alert",
    "detected",
    "acknowledged",
    "declared",
    "assembled",
    "diagnosed",
    "fix-deployed",
    "mitigated",
    "resolved",
    "closed",
]

AudienceName = Literal["responders", "stakeholders", "public"]
Strategy = Literal["roll_back", "narrow", "escalate", "consult", "continue"]
ScopeRowName = Literal["user_group", "fault_domain", "dependency", "recent_change"]
Verdict = Literal["affected", "not_affected", "unknown"]
ImpactField = Literal["users", "journeys", "service", "began", "ended", "data", "sla", "revenue", "period"]
SecurityAspect = Literal["marked", "lifted", "indicator", "containment", "legal"]

ROLES: tuple[RoleName, ...] = ("ic", "ops", "comms", "scribe", "sme")
AUDIENCES: tuple[AudienceName, ...] = get_args(AudienceName)
AUDIENCE: AudienceName = "stakeholders"
"""The audience that counts down when nothing else was switched on."""

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
SCOPE_ROWS: tuple[ScopeRowName, ...] = get_args(ScopeRowName)
IMPACT_LABELS: dict[ImpactField, str] = {
    "users": "users affected",
    "journeys": "journeys affected",
    "service": "service",
    "began": "impact began",
    "ended": "impact ended",
    "data": "data loss or corruption",
    "sla": "SLA breach",
    "revenue": "revenue",
    "period": "business-critical period",
}
"""The sides of an impact, and how they are called in entries and documents."""

SCOPE_LABELS: dict[ScopeRowName, str] = {
    "user_group": "user group",
    "fault_domain": "fault domain",
    "dependency": "dependency",
    "recent_change": "recent change",
}
"""The rows of the scope table, and how they are called."""
STATES: tuple[StateName, ...] = get_args(StateName)
OVER: frozenset[str] = frozenset(STATES[4:])
"""The states in which users are no longer affected and nothing counts down."""

MOMENTS: tuple[MomentName, ...] = get_args(MomentName)

FactorLayer = Literal["technical", "operational", "detection", "change", "responsibility", "organisational"]
FactorClass = Literal[
    "monitoring",
    "testing",
    "documentation",
    "process",
    "knowledge",
    "capacity",
    "third_party",
    "communication",
    "change_management",
    "technical_debt",
]
Standing = Literal["fact", "candidate"]
Category = Literal["prevent", "detect", "mitigate", "learn"]
Priority = Literal["P0", "P1", "P2"]
ItemStatus = Literal["open", "in_progress", "done", "wont_do"]

LAYERS: tuple[FactorLayer, ...] = get_args(FactorLayer)
FACTOR_CLASSES: dict[FactorClass, str] = {
    "monitoring": "monitoring missing or inadequate",
    "testing": "testing insufficient",
    "documentation": "documentation gaps",
    "process": "process not followed",
    "knowledge": "knowledge concentrated in few people",
    "capacity": "capacity or scaling limits",
    "third_party": "third-party dependency",
    "communication": "communication breakdown",
    "change_management": "change management",
    "technical_debt": "technical debt",
}
"""The ten classes of contributing factors, and how they are called in documents."""

STANDINGS: tuple[Standing, ...] = get_args(Standing)
CATEGORIES: tuple[Category, ...] = get_args(Category)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
ITEM_STATUSES: tuple[ItemStatus, ...] = get_args(ItemStatus)
CLOSED_ITEMS: frozenset[str] = frozenset({"done", "wont_do"})
"""Action items on which no more work is to be done."""

VEILED = "(withheld)"
"""What stands for words that are restricted, within others that are not, and for words that did not come here."""

TITLE_WITHHELD = "title withheld"
"""What an incident is called whose declaration is restricted."""
