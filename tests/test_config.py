import getpass
import subprocess
import sys
from pathlib import Path

import pytest

from scribe.config import Config, ConfigError, config_path, journal_path, load, who, zone_name
from scribe.live.policy import DEFAULT
from scribe.record.events import STATES


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file)


def said(error: ConfigError) -> str:
    return f"{error.message}; {error.hint}"


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
    [("15", 900), ('"15m"', 900), ('"90s"', 90), ('"1h30m"', 5400), ('"1h 30m"', 5400), ('"2H"', 7200)],
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


# --- what is refused, and how it is said ---

REFUSED = [
    ('them = "dark"', "them: unknown key; did you mean theme?"),
    ("xyzzy = 1", "xyzzy: unknown key; known are me, zone, theme, cadence, caps, roles, severity"),
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
print(*sorted({"tomllib", "platformdirs", "getpass", "difflib", "pendulum", "sqlite3"} & set(sys.modules)))
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
