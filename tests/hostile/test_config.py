"""A config file in which every word of the team's own is hostile: what of it is taken acts nowhere either."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from scribe.clock import FixedClock
from scribe.config import load
from scribe.live.policy import Policy
from scribe.record.text import normalise
from tests.fakes.desk import NOON
from tests.hostile.fields import Record
from tests.hostile.screens import STEPS, walk
from tests.hostile.values import SHORT, mixed
from tests.hostile.views import VIEWS, check, harmless, own_template, say

CONFIG = """
[roles.required]
sev2 = ["evil", "ops"]
[roles.own.evil]
title = {0}
label = {1}
duties = [{2}, {3}]
[escalation]
level1 = {{title = {4}, contact = {5}}}
level2 = {6}
[snooze]
reasons = [{7}, {8}]
[postmortem]
template = "layered"
[[checklists]]
name = "sev2"
title = {9}
[[checklists.phases]]
title = {10}
items = [{11}, {{name = "b", text = {12}}}]
"""


def quoted(value: str) -> str:
    """A text as TOML writes it."""
    inside = (char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in normalise(value))
    return f'"{"".join(inside)}"'


def written(folder: Path, random: Random) -> tuple[Path, Policy]:
    """Such a file, and what it says."""
    path = folder / "config.toml"
    words = [quoted(f"x{mixed(random)}") for _ in range(13)]
    path.write_text(CONFIG.format(*words), encoding="utf-8")
    return path, load(path).policy


def through(folder: Path, seed: int) -> None:
    """A record kept under such a config, through every view of the command line."""
    path, policy = written(folder, Random(seed))
    record = Record(folder / "journal.db", Random(seed), policy=policy)
    own = own_template(folder)
    for line in ("/role evil @mallory", "/escalate 1", "/escalate 2", "/tick sev2 b"):
        say(["--db", str(record.path), "--config", str(path), "-i", "INC-1", "log", line], record.clock)
    for view in VIEWS:
        argv = [word.replace("{own}", own) for word in view.argv]
        said = say(["--db", str(record.path), "--config", str(path), "-i", "INC-1", *argv], record.clock)
        check(view, said)


@pytest.mark.torture
def test_words_of_the_config_act_in_no_view(tmp_path: Path) -> None:
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        through(folder, seed)


@pytest.mark.torture
async def test_nor_do_they_on_any_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyperclip.copy", lambda text: None)
    for seed in range(4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        _, policy = written(folder, Random(seed))
        monkeypatch.setattr("tests.journeys.live.Scribe.policy", policy)
        record = Record(folder / "journal.db", Random(seed), policy=policy)
        seen = await walk(record, size=(120, 40))
        assert seen.keys() >= STEPS.keys()


def test_what_is_wrong_with_a_config_is_said_without_acting(tmp_path: Path) -> None:
    """As keys, as values of any table, and as what is no TOML at all."""
    path = tmp_path / "config.toml"
    clock = FixedClock(NOON)
    for value in SHORT[::60]:
        text = quoted(value)
        for config in (
            f"{text} = 1",
            f"[{text}]",
            f"[cadence]\nsev1 = {text}",
            f"[roles.own.{text}]\ntitle = 1",
            value,
        ):
            path.write_text(normalise(config), encoding="utf-8")
            said = say(["--config", str(path), "--db", str(tmp_path / "none.db"), "new", "x"], clock)
            assert said.code in (0, 2)
            assert "bug" not in said.err
            harmless(said.err)
            harmless(said.out)
            assert said.err.count("\n") <= 2
            (tmp_path / "none.db").unlink(missing_ok=True)
