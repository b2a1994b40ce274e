"""Whatever leaves the journal names the head that its record had, so that it can be held against the record later."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scribe.cli.export import NAMES
from tests.cli.conftest import Cli


@pytest.fixture
def head(cli: Cli) -> str:
    cli.new("Checkout fails", "--sev", "2")
    cli.log("one")
    return str(cli("status", "--json").json["head"])


@pytest.mark.parametrize("form", ["md", "json", "html", "csv"])
@pytest.mark.parametrize("template", NAMES)
def test_every_document_in_every_form(cli: Cli, head: str, template: str, form: str) -> None:
    assert head in cli("export", "--draft", "--template", template, "--format", form).out


def test_packets_timelines_and_bundles(cli: Cli, head: str, tmp_path: Path) -> None:
    for argv in (["checkpoint"], ["checkpoint", "--format", "json"], ["timeline", "--format", "md"]):
        assert head in cli(*argv).out
    table = cli("timeline", "--format", "csv").out.splitlines()
    assert table[0].endswith(",head")
    assert [line.endswith(f",{head}") for line in table[1:]] == [True, True]
    cli("bundle", str(tmp_path / "x"))
    assert head.encode() in gzip.decompress((tmp_path / "x").read_bytes()).splitlines()[0]


def test_a_table_with_the_head_is_read_back(cli: Cli, head: str, tmp_path: Path) -> None:
    for form in ("csv", "md"):
        file = tmp_path / f"x.{form}"
        file.write_text(cli("timeline", "--format", form).out, encoding="utf-8")
        result = cli("import", "csv" if form == "csv" else "markdown", str(file), "--dry-run")
        assert (result.code, result.out.partition(": ")[2], result.err) == (
            0,
            "0 would be taken, 2 already here, 0 skipped\n",
            "",
        )
