"""What the README says of keys and commands is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scribe.after.lint.table import markdown
from scribe.cli import root
from scribe.live.slash import COMMANDS as SLASHES
from scribe.record.events import KNOWN
from scribe.record.timeline import LETTERS
from scribe.ui.commands import COMMANDS, EDITING, FOLLOWING, POSTMORTEM, REGISTER, WRITING, Command

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """The tables of a section: first cell (without backticks) to last cell."""
    section = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in section.splitlines() if line.startswith("| ")]
    return {row[0].strip().strip("`"): row[-1].strip() for row in cells}


def test_every_key_is_in_the_table() -> None:
    table = rows("Keys")
    wanted = {command.shown: command.help for command in COMMANDS} | dict(EDITING)
    assert {key: table.get(key) for key in wanted} == wanted
    assert set(table) - {"key", "---"} == set(wanted)


@pytest.mark.parametrize(
    ("heading", "keys", "others"),
    [("The postmortem", POSTMORTEM, WRITING), ("The register", REGISTER, FOLLOWING)],
)
def test_every_key_of_the_time_after_is_in_its_table(
    heading: str, keys: tuple[Command, ...], others: tuple[tuple[str, str], ...]
) -> None:
    table = README.partition(f"# {heading}\n")[2].partition("| key | | does |\n|---|---|---|\n")[2].partition("\n\n")[0]
    wanted = [f"| `{key.shown}` | {key.title} | {key.help} |" for key in keys]
    assert table.splitlines() == wanted + [f"| `{key}` | | {does} |" for key, does in others]


def test_every_slash_command_is_in_the_table() -> None:
    table = rows("The capture line")
    wanted = {slash.usage: slash.help for slash in SLASHES}
    assert {usage: table.get(usage) for usage in wanted} == wanted
    assert {usage for usage in table if usage.startswith("/")} == set(wanted)


def test_every_command_is_in_the_table() -> None:
    named = {cell.split()[1] for cell in rows("The command line") if cell.startswith("scribe ")}
    assert named == set(root.COMMANDS)


def test_every_rule_of_the_check_is_in_the_table() -> None:
    assert markdown() in README.partition("## Checks\n")[2].partition("\n## ")[0]


def test_the_signs_are_named() -> None:
    said = README.partition("Timeline signs:")[2].partition("\n\n")[0]
    assert all(f"`{LETTERS[kind]}`" in said for kind in KNOWN & set(LETTERS) - {"erased"})


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)]+)\)", README))
def test_what_is_linked_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_config_in_the_readme_is_one(tmp_path: Path) -> None:
    from scribe.config import load

    file = tmp_path / "config.toml"
    file.write_text(README.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    config = load(file)
    assert config.me == "alice"
    assert config.policy.cadence(3, "investigating") == 7200
