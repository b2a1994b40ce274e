from dataclasses import FrozenInstanceError

import pytest

from scribe.live.policy import ANY_STATE, DEFAULT, ROLE_KINDS, ROLE_LABELS, SEVERITIES, Policy, RoleKind
from scribe.record.terms import MOMENTS, ROLES, STATES


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


def test_an_audience_goes_by_its_own_table_where_it_has_one() -> None:
    policy = Policy(audience_cadences={"public": {1: {ANY_STATE: 1200}, 3: {"monitoring": 60}}})
    assert policy.cadence(1, "investigating", "public") == 1200
    assert policy.cadence(1, "investigating", "responders") == 900
    assert policy.cadence(2, "identified", "public") == 1800
    assert policy.cadence(3, "monitoring", "public") == 60
    assert policy.cadence(3, "identified", "public") is None
    assert policy.cadence(None, "monitoring", "public") is None


@pytest.mark.parametrize(("severity", "minutes"), [(1, 15), (2, 30), (3, None), (4, None), (None, None)])
def test_default_trigger_for_another_strategy(severity: int | None, minutes: int | None) -> None:
    assert DEFAULT.proposed_trigger(severity) == (None if minutes is None else minutes * 60)


@pytest.mark.parametrize(
    ("severity", "minutes"),
    [
        (1, {"acknowledged": 0, "declared": 5, "assembled": 15, "diagnosed": 30, "resolved": 60, "closed": 1440}),
        (2, {"acknowledged": 5, "declared": 15, "assembled": 30, "diagnosed": 60, "resolved": 240, "closed": 1440}),
        (3, {}),
        (None, {}),
    ],
)
def test_default_milestones_in_minutes_after_t_0(severity: int | None, minutes: dict[str, int]) -> None:
    targets = DEFAULT.milestone_targets(severity)
    assert targets == {moment: 60 * number for moment, number in minutes.items()}
    assert set(targets) <= set(MOMENTS)


def test_every_usual_role_has_a_label_and_duties() -> None:
    assert tuple(kind.name for kind in ROLE_KINDS) == ROLES == tuple(ROLE_LABELS)
    assert all(kind.label and kind.title and kind.duties for kind in ROLE_KINDS)


def test_a_team_s_own_role_stands_behind_the_usual_ones() -> None:
    legal = RoleKind("legal", "Legal", "Legal liaison")
    policy = Policy(own_roles=(legal,))
    assert policy.roles_known == (*ROLE_KINDS, legal)
    assert [policy.label(role) for role in ("ic", "legal", "nobody")] == ["IC", "Legal", "nobody"]


def test_the_ladder_has_four_levels_the_lowest_first() -> None:
    assert [level.level for level in DEFAULT.ladder] == [1, 2, 3, 4]


def test_one_audience_is_on_by_default() -> None:
    assert DEFAULT.audiences == ("stakeholders",)


def test_a_policy_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT.caps = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        DEFAULT.caps[1] = 1  # type: ignore[index]


def test_policies_are_compared_by_content() -> None:
    assert Policy() == DEFAULT
    assert Policy(caps={1: 60}) != DEFAULT
