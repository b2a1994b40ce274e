from __future__ import annotations

from pathlib import Path

import pytest

from scribe.after.lint import Options
from scribe.config import Config, ConfigError, load


def read(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_table_is_read(tmp_path: Path) -> None:
    check = read(
        tmp_path,
        '[check]\nselect = ["all"]\nignore = ["scope-rows", "text"]\nfactors = 2\nlayers = 1\nreconstructed = 0.8\n'
        '[check.levels]\nblame = "warning"\ngap = "off"\n[check.gaps]\nsev1 = "10m"\nsev4 = "none"\n',
    ).check
    assert check is not None
    assert (check.select, check.ignore) == (("all",), ("scope-rows", "text"))
    assert (check.factors, check.layers, check.reconstructed) == (2, 1, 0.8)
    assert dict(check.levels) == {"blame": "warning", "gap": "off"}
    assert dict(check.gaps) == {1: 600, 2: 1800, 3: 4 * 3600}


def test_what_the_policy_agreed_on_counts_for_the_check_too(tmp_path: Path) -> None:
    check = read(
        tmp_path,
        '[caps]\nsev1 = "20m"\n[stall]\nsev2 = "none"\n[roles.required]\nsev3 = ["ops"]\n'
        '[attention]\ncheckpoint_due = "2h"\n',
    ).check
    assert check is not None
    assert check.caps[1] == 1200
    assert dict(check.triggers) == {1: 900}
    assert check.roles[3] == ("ic", "ops")
    assert check.checkpoint == 7200


def test_defaults_are_no_options_of_ones_own(tmp_path: Path) -> None:
    assert read(tmp_path, "").check is None
    assert read(tmp_path, "[check]\nfactors = 3\n").check is None
    assert Config().check is None
    assert Options() == Options()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check]\nselekt = []\n", "check.selekt: unknown key; did you mean select?"),
        ('[check]\nselect = ["few-facters"]\n', "check.select: 'few-facters' names no rule; did you mean few-factors"),
        ("[check]\nselect = []\n", "check.select: wants at least one of the rules"),
        ("[check]\nignore = 3\n", "check.ignore: wants a list of rules, not a number"),
        ('[check.levels]\nblame = "fatal"\n', "check.levels.blame: 'fatal' is no level"),
        ('[check.levels]\nblam = "off"\n', "check.levels.blam: unknown key; did you mean blame?"),
        ('[check.gaps]\nsev9 = "1m"\n', "check.gaps.sev9: unknown key"),
        ('[check.gaps]\nsev1 = "soon"\n', "check.gaps.sev1: 'soon' is no duration"),
        ("[check]\nreconstructed = 50\n", "check.reconstructed: 50 is no share"),
        ("[check]\nreconstructed = true\n", "check.reconstructed: True is no share"),
        ("[check]\nfactors = -1\n", "check.factors: -1 is no such number"),
        ("check = 1\n", "check: wants a table, not a number"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    told = f"{caught.value.message}; {caught.value.hint}"
    assert told.startswith(f"{tmp_path / 'config.toml'}: ")
    assert said in told
