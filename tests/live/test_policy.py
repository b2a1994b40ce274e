from dataclasses import FrozenInstanceError

import pytest

from scribe.live.policy import ANY_STATE, DEFAULT, SEVERITIES, Policy
from scribe.record.events import ROLES, STATES


@pytest.mark.parametrize(
    ("severity", "state", "minutes"),
    [
        (1, "investigating", 15),
        (1, "monitoring", 15),
        (2, "investigating", 15),
        (2, "identified", 30),
        (2, "mitigating", 30),
        (2, "monitoring", 30),
        (3, "investigating", None),
        (4, "investigating", None),
        (None, "investigating", None),
    ],
)
def test_default_cadence(severity: int | None, state: str, minutes: int | None) -> None:
    assert DEFAULT.cadence(severity, state) == (None if minutes is None else minutes * 60)


@pytest.mark.parametrize(("severity", "seconds"), [(1, None), (2, None), (3, 7200), (4, None), (None, None)])
def test_default_proposal(severity: int | None, seconds: int | None) -> None:
    assert DEFAULT.proposed_cadence(severity) == seconds


@pytest.mark.parametrize(("severity", "seconds"), [(1, 1800), (2, 3600), (3, None), (4, None), (None, None)])
def test_default_cap(severity: int | None, seconds: int | None) -> None:
    assert DEFAULT.cap(severity) == seconds


@pytest.mark.parametrize(
    ("severity", "roles"),
    [(1, "ic ops comms"), (2, "ic ops comms"), (3, "ic"), (4, "ic"), (None, "ic")],
)
def test_default_roles(severity: int | None, roles: str) -> None:
    assert DEFAULT.required_roles(severity) == tuple(roles.split())


def test_no_default_cadence_or_proposal_passes_its_cap() -> None:
    for severity in SEVERITIES:
        cap = DEFAULT.cap(severity) or float("inf")
        assert all((DEFAULT.cadence(severity, state) or 0) <= cap for state in STATES)
        assert (DEFAULT.proposed_cadence(severity) or 0) <= cap


def test_every_required_role_is_a_role() -> None:
    assert all(set(DEFAULT.required_roles(severity)) <= set(ROLES) for severity in (*SEVERITIES, None))


def test_no_alias_by_default() -> None:
    assert DEFAULT.severity_aliases == {}


def test_a_state_without_a_row_takes_the_row_for_any_state() -> None:
    policy = Policy(cadences={3: {"monitoring": 60, ANY_STATE: 120}, 4: {"monitoring": 60}})
    assert policy.cadence(3, "monitoring") == 60
    assert policy.cadence(3, "identified") == 120
    assert policy.cadence(4, "identified") is None


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.caps = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        DEFAULT.caps[1] = 1  # type: ignore[index]


def test_policies_are_compared_by_content() -> None:
    assert Policy() == DEFAULT
    assert Policy(caps={1: 60}) != DEFAULT
