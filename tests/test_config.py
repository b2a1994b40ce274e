import getpass
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scribe.config
from scribe.config import Config, ConfigError, config_path, journal_path, load, who, zone_name
from scribe.config.policy import TABLES
from scribe.config.reader import WEEK
from scribe.live.policy import ANY_STATE, DEFAULT, SEVERITIES, Level, Policy, RoleKind, Thresholds
from scribe.live.procedures import Checklist, Item, Phase
from scribe.record.terms import AUDIENCES, STATES
from scribe.record.text import one_line
from scribe.record.timeline import KINDS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file)


def said(error: ConfigError) -> str:
    return f"{error.message}; {error.hint}"


def toml(value: object) -> str:
    """A value as TOML has it, in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return str(value).lower() if isinstance(value, bool | float) else str(value)


def written(document: Mapping[str, object]) -> str:
    """A document, one key a line."""
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())


# --- what a file may say ---


def test_no_file_means_the_defaults() -> None:
    assert load(None) == Config(me=None, zone=None, theme=None, policy=DEFAULT)


def test_an_empty_file_means_the_defaults(file: Path) -> None:
    assert read(file, "") == Config()


def test_the_plain_keys(file: Path) -> None:
    config = read(file, 'me = " alice "\nzone = "Asia/Seoul"\ntheme = "light"\n')
    assert (config.me, config.zone, config.theme) == ("alice", "Asia/Seoul", "light")
    assert config.policy == DEFAULT


def test_a_byte_order_mark_and_windows_line_ends_are_read(file: Path) -> None:
    file.write_bytes('\ufeffme = "김민준"\r\n'.encode())
    assert load(file).me == "김민준"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("15", 900),
        ('"15m"', 900),
        ('"90s"', 90),
        ('"1h30m"', 5400),
        ('"1h 30m"', 5400),
        ('"2H"', 7200),
        ('"1d"', 86400),
        ('"7d"', 604800),
    ],
)
def test_durations(file: Path, written: str, seconds: int) -> None:
    assert read(file, f"[cadence]\nsev3 = {written}").policy.cadence(3, "investigating") == seconds


@pytest.mark.parametrize("key", ["sev3", "SEV-3", "sev_3", "3"])
def test_ways_to_write_a_severity(file: Path, key: str) -> None:
    assert read(file, f"[cadence]\n{key} = 60").policy.cadence(3, "monitoring") == 3600


def test_one_duration_holds_in_every_state(file: Path) -> None:
    policy = read(file, '[cadence]\nsev2 = "20m"').policy
    assert {policy.cadence(2, state) for state in STATES} == {1200}
    assert policy.cadence(1, "investigating") == 900


def test_a_table_by_state_lies_over_the_default_one(file: Path) -> None:
    policy = read(file, '[cadence.sev2]\ninvestigating = "10m"\nmonitoring = "1h"').policy
    assert policy.cadence(2, "investigating") == 600
    assert policy.cadence(2, "monitoring") == 3600
    assert policy.cadence(2, "mitigating") == 1800


def test_a_table_may_say_what_holds_in_all_other_states(file: Path) -> None:
    policy = read(file, '[cadence]\nsev3 = { investigating = "30m", default = "2h" }').policy
    assert policy.cadence(3, "investigating") == 1800
    assert policy.cadence(3, "closed") == 7200


def test_caps_are_configured_by_severity(file: Path) -> None:
    policy = read(file, '[caps]\nsev1 = "20m"\nsev4 = "1h"').policy
    assert [policy.cap(severity) for severity in (1, 2, 3, 4)] == [1200, 3600, None, 3600]


def test_a_higher_cap_lets_a_longer_cadence_in(file: Path) -> None:
    assert read(file, "[cadence]\nsev1 = 40\n[caps]\nsev1 = 45").policy.cadence(1, "identified") == 2400


def test_the_commander_is_required_whatever_is_configured(file: Path) -> None:
    policy = read(file, '[roles.required]\nsev1 = []\nsev3 = ["scribe", "ic", "scribe"]').policy
    assert policy.required_roles(1) == ("ic",)
    assert policy.required_roles(2) == ("ic", "ops", "comms")
    assert policy.required_roles(3) == ("ic", "scribe")


def test_aliases_are_casefolded(file: Path) -> None:
    assert read(file, "[severity.aliases]\nP0 = 1\ncrit = 1").policy.severity_aliases == {"p0": 1, "crit": 1}


# --- audiences, milestones, thresholds ---


def test_the_audiences_that_are_switched_on_each_once(file: Path) -> None:
    assert read(file, '[audiences]\non = ["public", "responders", "public"]').policy.audiences == (
        "public",
        "responders",
    )
    assert read(file, "[audiences]").policy.audiences == ("stakeholders",)


def test_an_audience_s_own_cadence_lies_over_the_common_one(file: Path) -> None:
    policy = read(
        file,
        """
        cadence = { sev2 = { identified = "20m", default = "45m" }, sev3 = "2h" }
        [audiences.cadence.public]
        sev1 = "20m"
        sev2 = { monitoring = "1h" }
        """,
    ).policy
    assert [policy.cadence(1, state, "public") for state in ("investigating", "monitoring")] == [1200, 1200]
    states = ("investigating", "identified", "mitigating", "monitoring")
    assert [policy.cadence(2, state, "public") for state in states] == [900, 1200, 2700, 3600]
    assert policy.cadence(3, "investigating", "public") == 7200
    assert [policy.cadence(2, state, "responders") for state in states] == [900, 1200, 2700, 2700]
    assert policy.cadence(1, "investigating") == 900


def test_what_is_proposed_where_no_cadence_is_set(file: Path) -> None:
    policy = read(file, '[proposed]\nsev3 = "none"\nsev4 = "1d"').policy
    assert [policy.proposed_cadence(severity) for severity in SEVERITIES] == [None, None, None, 86400]


def test_a_default_proposal_gives_way_to_a_cap(file: Path) -> None:
    assert read(file, '[caps]\nsev3 = "1h"').policy.proposed_cadence(3) == 3600


def test_when_a_stalled_mitigation_is_asked_about(file: Path) -> None:
    policy = read(file, '[stall]\nsev1 = "none"\nsev3 = "2h"').policy
    assert [policy.proposed_trigger(severity) for severity in SEVERITIES] == [None, 1800, 7200, None]


def test_milestones_lie_over_the_default_ones(file: Path) -> None:
    policy = read(
        file,
        '[milestones.sev1]\nacknowledged = 0\nassembled = "10m"\nclosed = "none"\n[milestones.sev3]\nclosed = "30d"',
    ).policy
    assert policy.milestone_targets(1) == {
        "acknowledged": 0,
        "declared": 300,
        "assembled": 600,
        "diagnosed": 1800,
        "resolved": 3600,
    }
    assert policy.milestone_targets(2) == DEFAULT.milestone_targets(2)
    assert policy.milestone_targets(3) == {"closed": 30 * 86400}


def test_every_threshold_goes_by_its_name(file: Path) -> None:
    values = {name: 60 * place for place, name in enumerate(Thresholds.__struct_fields__, 1)}
    document = {"attention": {name: f"{seconds}s" for name, seconds in values.items()}}
    assert read(file, written(document)).policy.thresholds == Thresholds(**values)


def test_some_thresholds_may_be_nothing(file: Path) -> None:
    found = read(file, "[attention]\ngrace = 0\ncooldown = 0\nupdate_soon = 0").policy.thresholds
    assert found == Thresholds(grace=0, cooldown=0, update_soon=0)


# --- what a team has of its own ---


def test_a_team_s_own_role(file: Path) -> None:
    policy = read(
        file,
        """
        [roles.own.legal]
        title = "Legal liaison"
        label = "Legal"
        duties = ["says who has to be told"]
        [roles.own."법무"]
        title = " 법무\\n담당 "
        [roles.required]
        sev1 = ["ops", "legal"]
        """,
    ).policy
    assert policy.own_roles == (
        RoleKind("legal", "Legal", "Legal liaison", ("says who has to be told",)),
        RoleKind("법무", "법무 담당", "법무 담당"),
    )
    assert policy.required_roles(1) == ("ic", "ops", "legal")
    assert policy.label("legal") == "Legal"


def test_the_ladder_keeps_what_is_not_said(file: Path) -> None:
    ladder = read(
        file,
        """
        [escalation]
        level3 = { title = "duty lead", contact = "@raj" }
        LEVEL-2 = "@tina, +49 30 1234"
        4 = { title = "CTO" }
        """,
    ).policy.ladder
    assert ladder == (
        Level(1, "on-call"),
        Level(2, "technical lead", "@tina, +49 30 1234"),
        Level(3, "duty lead", "@raj"),
        Level(4, "CTO"),
    )


def test_what_is_restricted_in_a_security_incident_always_has_the_track_s_own(file: Path) -> None:
    policy = read(file, '[security]\nrestricted = ["hypothesis", "action"]').policy
    assert policy.restricted_kinds == {"security", "hypothesis", "action"}
    assert read(file, "[security]\nrestricted = []").policy.restricted_kinds == {"security"}


def test_the_reasons_to_leave_something_alone(file: Path) -> None:
    assert read(file, '[snooze]\nreasons = ["lunch", " lunch ", "asleep"]').policy.snooze_reasons == ("lunch", "asleep")


def test_a_team_s_own_checklist(file: Path) -> None:
    policy = read(
        file,
        """
        [[checklists]]
        name = "db-failover"
        title = "Database failover"
        [[checklists.phases]]
        title = "before"
        minutes = "0 - 5"
        items = ["Stop deployments", { name = "stop-deployments", text = "stop them again" }, { text = "wait" }]
        [[checklists.phases]]
        items = ["wait"]
        [[checklists]]
        name = "sev1"
        title = "ours"
        phases = [{ title = "", minutes = "", items = ["shout"] }]
        """,
    ).policy
    assert policy.checklists == (
        Checklist(
            "db-failover",
            "Database failover",
            (
                Phase(
                    "before",
                    "0-5 min",
                    (
                        Item("stop-deployments-2", "Stop deployments"),
                        Item("stop-deployments", "stop them again"),
                        Item("wait", "wait"),
                    ),
                ),
                Phase("", "", (Item("wait-2", "wait"),)),
            ),
        ),
        Checklist("sev1", "ours", (Phase("", "", (Item("shout", "shout"),)),)),
    )


# --- what holds for any file ---


def described() -> dict[str, object]:
    """The file in the module's own description."""
    doc = scribe.config.__doc__ or ""
    indented = [line for line in doc.splitlines() if line.startswith("    ") or not line.strip()]
    return tomllib.loads(dedent("\n".join(indented)))


def test_the_file_that_is_described_can_be_read_and_names_every_table_and_threshold(file: Path) -> None:
    document = described()
    assert set(document) == {"me", "zone", "theme", "postmortem", "check", "backup", *TABLES}
    assert set(Thresholds.__struct_fields__) == set(document["attention"])  # type: ignore[call-overload]
    policy = read(file, written(document)).policy
    assert policy.thresholds == DEFAULT.thresholds
    assert policy.cadence(1, "investigating", "public") == 1200
    assert policy.checklists[0].item("freeze") == Item("freeze", "stop deployments")


def spelt(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "m"), (rest % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


severities = st.sampled_from(SEVERITIES)
tables = st.dictionaries(st.sampled_from((*STATES, ANY_STATE)), st.integers(1, 1800), min_size=1)
policies = st.builds(
    Policy,
    cadences=st.dictionaries(severities, tables),
    audiences=st.lists(st.sampled_from(AUDIENCES), min_size=1, unique=True).map(tuple),
    audience_cadences=st.dictionaries(st.sampled_from(AUDIENCES), st.dictionaries(severities, tables)),
    triggers=st.dictionaries(severities, st.integers(1, WEEK)),
    restricted_kinds=st.frozensets(st.sampled_from([kind for kind in KINDS if kind not in ("declared", "erased")])),
)


def by_severity(cadences: Mapping[int, Mapping[str, int]]) -> dict[str, object]:
    return {
        f"sev{severity}": {state or "default": spelt(seconds) for state, seconds in table.items()}
        for severity, table in cadences.items()
    }


@given(policies)
def test_a_policy_that_is_written_down_is_read_again(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> None:
    document = {
        "cadence": by_severity(policy.cadences),
        "audiences": {
            "on": list(policy.audiences),
            "cadence": {audience: by_severity(table) for audience, table in policy.audience_cadences.items()},
        },
        "stall": {f"sev{severity}": spelt(seconds) for severity, seconds in policy.triggers.items()},
        "security": {"restricted": sorted(policy.restricted_kinds)},
    }
    found = read(tmp_path_factory.mktemp("config", numbered=True) / "config.toml", written(document)).policy
    assert found.audiences == policy.audiences
    assert found.restricted_kinds == policy.restricted_kinds | {"security"}
    assert found.triggers == {**DEFAULT.triggers, **policy.triggers}
    for severity in SEVERITIES:
        usual = {**DEFAULT.cadences.get(severity, {}), **policy.cadences.get(severity, {})}
        assert found.cadences.get(severity, {}) == usual
        for audience in AUDIENCES:
            rows = {**usual, **policy.audience_cadences.get(audience, {}).get(severity, {})}
            for state in STATES:
                assert found.cadence(severity, state, audience) == rows.get(state, rows.get(ANY_STATE))


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where every value of a document stands."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from places(item, (*path, key))


def swapped(value: object, path: tuple[str | int, ...], other: object, renamed: str | None) -> object:
    """The document with another value, or another key, in one place."""
    if not path:
        return other
    key, *rest = path
    if isinstance(value, list):
        return [
            swapped(item, tuple(rest), other, renamed) if place == key else item for place, item in enumerate(value)
        ]
    assert isinstance(value, dict)
    if not rest and renamed is not None:
        return {renamed if name == key else name: item for name, item in value.items()}
    return {name: swapped(item, tuple(rest), other, renamed) if name == key else item for name, item in value.items()}


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
leaves = st.one_of(
    texts,
    st.sampled_from(["none", "15m", "0s", "9" * 5000, "public", "ic", "security", "0-5", "5-0"]),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.floats(),
    st.just(date(2026, 11, 20)),
)
junk = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


@given(st.data())
def test_a_file_with_any_mistake_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    document = described()
    path = data.draw(st.sampled_from(list(places(document))))
    renamed = data.draw(st.none() | texts | st.sampled_from(["sev1", "SEV-1", "legal", "9" * 5000]))
    document = swapped(document, path, data.draw(junk), renamed)  # type: ignore[assignment]
    file = tmp_path_factory.mktemp("config", numbered=True) / "config.toml"
    file.write_text(written(document), encoding="utf-8", newline="")
    try:
        refused = ""
        load(file)
    except ConfigError as error:
        refused = said(error)
    assert not refused or refused.startswith(f"{file}: ")
    assert refused == one_line(refused)


# --- what is refused, and how it is said ---

REFUSED = [
    ('them = "dark"', "them: unknown key; did you mean theme?"),
    ("xyzzy = 1", f"xyzzy: unknown key; known are me, zone, theme, postmortem, check, backup, {', '.join(TABLES)}"),
    ('"a\\nb" = 1', "a ⏎ b: unknown key"),
    ("[cadence]\nsevv1 = 1", "cadence.sevv1: unknown key; did you mean sev1?"),
    ("[cadence]\nsev5 = 1", "cadence.sev5: unknown key"),
    ("[cadence]\nsev1 = 1\n1 = 1", "cadence.1: SEV-1 is given twice"),
    ("[cadence.sev3]\ninvestigate = 1", "cadence.sev3.investigate: unknown key; did you mean investigating?"),
    ("[roles]\nrequierd = {}", "roles.requierd: unknown key; did you mean required?"),
    ("[severity]\nalias = {}", "severity.alias: unknown key; did you mean aliases?"),
    ("me = 1", "me: wants text, not a number"),
    ('me = " "', "me: is empty; leave the key out instead"),
    ("zone = true", "zone: wants text, not true or false"),
    ("theme = 2026-11-20", "theme: wants text, not a date or time"),
    ('theme = "drak"', "theme: 'drak' is neither dark nor light; did you mean dark?"),
    ("cadence = 15", "cadence: wants a table, not a number"),
    ("[roles]\nrequired = 1", "roles.required: wants a table, not a number"),
    (
        "[cadence]\nsev3 = true",
        'cadence.sev3: wants a duration such as "15m" or a number of minutes, not true',
    ),
    ("[cadence]\nsev3 = 1.5", "cadence.sev3: wants a duration"),
    ('[cadence]\nsev3 = "soon"', "cadence.sev3: 'soon' is no duration"),
    ('[cadence]\nsev3 = ""', "cadence.sev3: '' is no duration"),
    ('[cadence]\nsev3 = "15"', "cadence.sev3: '15' is no duration"),
    ('[cadence]\nsev3 = "٣m"', "cadence.sev3: '٣m' is no duration"),
    ("[cadence]\nsev3 = 0", "cadence.sev3: 0 is out of bounds"),
    ("[cadence]\nsev3 = -5", "cadence.sev3: -5 is out of bounds"),
    ('[caps]\nsev3 = "9999999h"', "caps.sev3: '9999999h' is out of bounds"),
    ('[roles.required]\nsev1 = "ops"', "roles.required.sev1: wants a list of roles, not text"),
    ("[roles.required]\nsev1 = [1]", "roles.required.sev1: wants a list of roles"),
    ('[roles.required]\nsev1 = ["comm"]', "roles.required.sev1: 'comm' is no role"),
    ("[severity.aliases]\nP0 = 5", "severity.aliases.P0: wants a severity from 1 to 4, not 5"),
    ("[severity.aliases]\nP0 = true", "severity.aliases.P0: wants a severity from 1 to 4, not True"),
    ('[severity.aliases]\nP0 = "1"', "severity.aliases.P0: wants a severity from 1 to 4, not '1'"),
    ("[severity.aliases]\nSEV-1 = 2", "severity.aliases.SEV-1: 'SEV-1' already means a severity"),
    ("[severity.aliases]\nP0 = 1\np0 = 2", "severity.aliases.p0: is given twice"),
    ('[severity.aliases]\n"P 0" = 1', "severity.aliases.P 0: an alias is one word"),
    ("me = ", "is not TOML: Invalid value"),
    (f"[cadence]\nsev3 = {'9' * 5000}", "is not TOML: "),
    (f"[cadence]\nsev3 = {'[' * 5000}", "is not TOML: "),
    (f"[cadence]\nsev3 = '{'9' * 5000}m'", "cadence.sev3: '999"),
    (f"[cadence]\n{'9' * 5000} = 1", "cadence.999"),
    ("[audiences]\nof = []", "audiences.of: unknown key; known are on, cadence"),
    ("[audiences]\non = []", "audiences.on: wants at least one of the audiences; or leave the key out"),
    ('[audiences]\non = "public"', "audiences.on: wants a list of audiences, not text"),
    ('[audiences]\non = ["pubic"]', "audiences.on: 'pubic' is no audience; did you mean public?"),
    ("[audiences.cadence.press]\nsev1 = 1", "audiences.cadence.press: unknown key; known are responders"),
    ("[audiences.cadence]\npublic = 20", "audiences.cadence.public: wants a table, not a number"),
    ("[audiences.cadence.public]\nsev9 = 1", "audiences.cadence.public.sev9: unknown key; did you mean sev"),
    ("[audiences.cadence.public]\nsev1 = 'x'", "audiences.cadence.public.sev1: 'x' is no duration"),
    ("[proposed]\nsev3 = 'None'", "proposed.sev3: 'None' is no duration"),
    ("[stall]\nsev1 = 0", "stall.sev1: 0 is out of bounds; it takes more than nothing and at most 7 days"),
    ("[milestones]\nsev1 = 1", "milestones.sev1: wants a table, not a number"),
    ("[milestones.sev1]\nstarted = 1", "milestones.sev1.started: is no target: T+0 is the detection; known are ack"),
    ("[milestones.sev1]\nresolve = 1", "milestones.sev1.resolve: unknown key; did you mean resolved?"),
    ("[milestones.sev1]\nresolved = -1", "milestones.sev1.resolved: -1 is out of bounds; it takes at most 366 days"),
    ("[attention]\naction_lon = 1", "attention.action_lon: unknown key; did you mean action_long?"),
    ("[attention]\naction_long = 0", "attention.action_long: 0 is out of bounds"),
    ("[escalation]\nlevel5 = 'x'", "escalation.level5: unknown key; did you mean level4?"),
    ("[escalation]\nlevel2 = 'x'\n2 = 'y'", "escalation.2: level 2 is given twice"),
    ("[escalation]\nlevel2 = 1", "escalation.level2: wants text, not a number"),
    ("[escalation]\nlevel2 = { who = 'x' }", "escalation.level2.who: unknown key"),
    ("[escalation]\nlevel2 = { title = ' ' }", "escalation.level2.title: is empty"),
    ('[security]\nrestricted = ["facts"]', "security.restricted: 'facts' is no kind; did you mean fact?"),
    ('[security]\nrestricted = ["declared"]', "security.restricted: 'declared' is no kind"),
    ("[security]\nrestrict = []", "security.restrict: unknown key; did you mean restricted?"),
    ("[snooze]\nreasons = []", "snooze.reasons: wants at least one of the reasons"),
    ("[snooze]\nreasons = ['a', 1]", "snooze.reasons.2: wants text, not a number"),
    ("[snooze]\nreason = 'a'", "snooze.reason: unknown key; did you mean reasons?"),
    ("[roles]\nown = 1", "roles.own: wants a table, not a number"),
    ("[roles.own.ic]\ntitle = 'x'", "roles.own.ic: ic is one of the usual roles"),
    (
        "[roles.own.Legal]\ntitle = 'x'",
        "roles.own.Legal: 'Legal' is no name; small letters, digits and hyphens, like legal",
    ),
    ("[roles.own.a]", "roles.own.a.title: is missing"),
    ("[roles.own.a]\ntitle = 'x'\nduty = 'y'", "roles.own.a.duty: unknown key; did you mean duties?"),
    ("[roles.own.a]\ntitle = 'x'\nduties = 'y'", "roles.own.a.duties: wants a list of duties, not text"),
    ('[roles.required]\nsev1 = ["legal"]', "roles.required.sev1: 'legal' is no role"),
    ("[checklists]\nname = 'x'", "checklists: wants a list of tables, not a table"),
    ("checklists = [1]", "checklists.1: wants a table, not a number"),
    ("[[checklists]]", "checklists.1.name: is missing"),
    (
        "[[checklists]]\nname = 'a b'",
        "checklists.1.name: 'a b' is no name; small letters, digits and hyphens, like a-b",
    ),
    ("[[checklists]]\nname = 'a'", "checklists.a.title: is missing"),
    ("[[checklists]]\nname = 'a'\ntitle = 'A'", "checklists.a.phases: is missing"),
    ("[[checklists]]\nname = 'a'\ntitle = 'A'\nphase = []", "checklists.a.phase: unknown key; did you mean phases?"),
    ("[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = []", "checklists.a.phases: wants at least one of the phases"),
    ("[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = [{}]", "checklists.a.phases.1.items: is missing"),
    (
        "[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = [{ items = ['x', 1] }]",
        "checklists.a.phases.1.items.2: wants text, or a table with name and text, not a number",
    ),
    (
        "[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = [{ items = [{ name = 'x' }] }]",
        "checklists.a.phases.1.items.1.text: is missing",
    ),
    (
        "[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = [{ items = [{ name = 'x', text = 'x' }] }, { items = "
        "['y', { name = 'x', text = 'y' }] }]",
        "checklists.a.phases.2.items.2.name: 'x' is given twice in this checklist",
    ),
    (
        "[[checklists]]\nname = 'a'\ntitle = 'A'\nphases = [{ items = ['x'], minutes = '5-0' }]",
        "checklists.a.phases.1.minutes: '5-0' is no span of minutes; write \"0-5\"",
    ),
    (
        "checklists = [{ name = 'a', title = 'A', phases = [{ items = ['x'] }] }, "
        "{ name = 'a', title = 'A', phases = [{ items = ['x'] }] }]",
        "checklists.2.name: 'a' is given twice",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_mistake_names_the_file_and_the_key(file: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(file, text)
    assert said(caught.value).startswith(f"{file}: {message}")
    assert "\n" not in said(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cadence]\nsev1 = 45", "cadence.sev1: 45 min is longer than the cap of SEV-1, 30 min"),
        (
            "[cadence.sev2]\nmonitoring = '61m'",
            "cadence.sev2.monitoring: 61 min is longer than the cap of SEV-2",
        ),
        ("[caps]\nsev2 = 20", "cadence.sev2: 30 min is longer than the cap of SEV-2, 20 min"),
        ("[caps]\nsev1 = '899s'", "cadence.sev1: 15 min is longer than the cap of SEV-1, 14 min 59 s"),
        (
            "[audiences.cadence.public]\nsev1 = 31",
            "audiences.cadence.public.sev1: 31 min is longer than the cap of SEV-1, 30 min",
        ),
        (
            "[audiences.cadence.public.sev2]\nidentified = '2h'",
            "audiences.cadence.public.sev2.identified: 120 min is longer than the cap of SEV-2, 60 min",
        ),
        ("[proposed]\nsev2 = '61m'", "proposed.sev2: 61 min is longer than the cap of SEV-2, 60 min"),
    ],
)
def test_a_cadence_above_its_cap_is_refused(file: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(file, text)
    assert said(caught.value).startswith(f"{file}: {message}")
    assert "or raise caps.sev" in caught.value.hint


def test_a_file_asked_for_by_name_must_exist(file: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(file)


def test_a_directory_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_bytes_that_are_not_text_are_refused(file: Path) -> None:
    file.write_bytes(b'me = "\xff"')
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load(file)


# --- where, who, which zone ---


def test_the_journal_is_the_option_then_the_environment_then_the_data_directory(home: Path) -> None:
    environ = {"SCRIBE_DB": "from-environment.db"}
    assert journal_path("from-option.db", environ) == Path("from-option.db")
    assert journal_path(None, environ) == Path("from-environment.db")
    assert journal_path(None, {"SCRIBE_DB": ""}) == journal_path(None, {})
    assert journal_path(None, {}).name == "journal.db"
    assert journal_path(None, {}).is_relative_to(home)


def test_a_tilde_is_the_home_directory(home: Path) -> None:
    assert journal_path("~/j.db", {}) == home / "j.db"
    assert config_path(None, {"SCRIBE_CONFIG": "~/c.toml"}) == home / "c.toml"


def test_the_config_is_the_option_then_the_environment_then_the_config_directory(home: Path) -> None:
    environ = {"SCRIBE_CONFIG": "from-environment.toml"}
    assert config_path("from-option.toml", environ) == Path("from-option.toml")
    assert config_path(None, environ) == Path("from-environment.toml")


@pytest.mark.skipif(sys.platform != "linux", reason="the directory is the platform's own")
def test_the_directory_s_file_counts_only_when_it_is_there(home: Path) -> None:
    assert config_path(None, {}) is None
    path = home / "config" / "scribe" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('me = "alice"', encoding="utf-8")
    assert config_path(None, {}) == path
    assert load(config_path(None, {})).me == "alice"


def test_who_is_the_option_then_the_environment_then_the_config_then_the_login_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    environ = {"SCRIBE_ME": "environment"}
    config = Config(me="config")
    assert who("option", environ, config) == "option"
    assert who(" ", environ, config) == "environment"
    assert who(None, {"SCRIBE_ME": " "}, config) == "config"
    assert who(None, {}, Config()) == "login"


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_who_is_unknown_when_the_machine_does_not_know(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert who(None, {}, Config()) == "unknown"


def test_the_zone_is_the_option_then_the_config_then_the_machine_s() -> None:
    assert zone_name("Asia/Seoul", Config(zone="UTC")) == "Asia/Seoul"
    assert zone_name(None, Config(zone="UTC")) == "UTC"
    assert zone_name(None, Config()) is None


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = """
import sys
from pathlib import Path
from scribe.config import Config, config_path, journal_path, load, who
config_path("named.toml", {})
load(None)
journal_path("x.db", {})
who("me", {}, Config())
late = {"tomllib", "platformdirs", "getpass", "difflib", "pendulum", "sqlite3", "scribe.config.policy"}
print(*sorted(late & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == ""
    assert done.stderr == ""
