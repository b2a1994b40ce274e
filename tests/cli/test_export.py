from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from scribe.after.findings import Finding
from scribe.cli.beside import saves_beside, write
from scribe.cli.export import NAMES, writes_beside
from scribe.exporters.markdown import TEMPLATES
from scribe.live.policy import DEFAULT
from scribe.record.errors import ScribeError
from scribe.recorder import Recorder
from tests.after.test_sections import filled
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("5xx at 12%", "! roll back")
    return cli


@pytest.fixture
def over(told: Cli) -> Cli:
    """An incident that is over, and of which nearly everything is still to be written."""
    told.log("/state resolved")
    told.clock.advance(60)
    return told


def finds(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> list[dict[str, Any]]:
    """From here on the check finds these; returns what it is asked with."""
    asked: list[dict[str, Any]] = []

    def check(document: object, state: object, **more: Any) -> tuple[Finding, ...]:
        asked.append(more)
        return findings

    monkeypatch.setattr("scribe.after.lint.check", check)
    return asked


ERROR = Finding("impact-missing", "error", "impact", "nobody said who\nis affected", "why", "fix")
WARNING = Finding("few-factors", "warning", "factors", "one factor alone", "why", "fix")
WAIVED = Finding("no-links", "error", "links", "no link", "why", "fix", waived="none exist")


def test_to_standard_output(told: Cli) -> None:
    result = told("export")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# ")
    assert "Checkout fails" in result.out
    assert "DRAFT" in result.out
    assert told("export", "-o", "-").out == result.out


def test_one_that_is_over_is_a_draft_only_when_asked(over: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch)
    assert "DRAFT" not in over("export", "-i", "INC-7").out
    assert "DRAFT" in over("export", "-i", "INC-7", "--draft").out


# ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["md", "json", "html", "csv"])
def test_while_errors_stand_nothing_is_written_but_what_they_are(
    over: Cli, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds(monkeypatch, ERROR, WARNING, WAIVED)
    place = tmp_path / "pm"
    result = over("export", "-i", "INC-7", "--format", form, "-o", str(place))
    assert (result.code, result.out, place.exists()) == (1, "", False)
    assert result.err.splitlines() == [
        "scribe: 1 error stands: this is no final document yet",
        "  impact-missing  impact: nobody said who ⏎ is affected",
        "export it as a draft that lists them with --draft; scribe check says why each matters",
    ]


def test_a_draft_is_written_all_the_same_and_lists_what_stands(over: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, WARNING, ERROR, ERROR, WAIVED)
    assert over("export", "-i", "INC-7").err.startswith("scribe: 2 errors stand: ")
    result = over("export", "-i", "INC-7", "--draft")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[2] == "> **DRAFT – not yet agreed on.**"
    assert lines[4] == "> The check finds what has to be put right; 2 errors, 1 warning stand:"
    assert lines[6] == "> - **error** impact-missing (impact): nobody said who ⏎ is affected"
    assert lines[8] == "> - warning few-factors (factors): one factor alone"
    assert "no-links" not in result.out


def test_warnings_and_what_was_waived_hold_nothing_up(over: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, WARNING, WAIVED)
    result = over("export", "-i", "INC-7")
    assert (result.code, result.err) == (0, "")
    assert "few-factors" not in result.out


def test_an_open_incident_has_a_draft_whatever_stands(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, ERROR)
    result = told("export")
    assert (result.code, result.err) == (0, "")
    assert "DRAFT – the incident is still open" in result.out
    assert "impact-missing" in result.out


def test_the_check_is_asked_for_this_document_at_this_time(
    told: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = finds(monkeypatch)
    told("export", "--template", "lite")
    told("export", "--template", str(own(home, "x")))
    assert [more["template"] for more in asked] == ["lite", "layered"]
    assert {more["now"] for more in asked} == {"2026-11-20T14:01:00.000Z"}


def test_the_real_check_finds_that_much_is_missing(over: Cli) -> None:
    result = over("export", "-i", "INC-7")
    assert result.code == 1
    assert len(result.err.splitlines()) > 3


# ── templates and forms ─────────────────────────────────────────────────────────────────────────────────────────────


def own(folder: Path, text: str, name: str = "mine.md.j2") -> Path:
    place = folder / name
    place.write_text(text, encoding="utf-8")
    return place


def test_templates_differ(told: Cli) -> None:
    documents = {name: told("export", "--template", name).out for name in NAMES}
    assert len(set(documents.values())) == len(NAMES) == 5
    assert documents["layered"] == told("export").out


def test_the_names_are_those_of_the_exporters() -> None:
    assert NAMES == TEMPLATES


def test_a_template_that_is_none_is_refused_with_what_was_probably_meant(told: Cli) -> None:
    result = told("export", "--template", "revue")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "scribe: there is no template revue\n"
        "did you mean review? there are layered, icre, review, classic, lite, or name a file\n"
    )
    assert told("export", "--template", "x", "--format", "pdf").code == 2


def test_a_file_is_a_template_too(told: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = own(tmp_path, "# {{ doc.title }}\n\n{{ part.glance() }}\n")
    result = told("export", "--template", str(place))
    assert result.code == 0
    assert result.out.startswith("# Checkout fails\n\n| Field ")
    monkeypatch.chdir(tmp_path)
    assert told("export", "--template", "mine.md.j2").out == result.out
    own(tmp_path, "{{ doc.id }}", "plain")
    assert told("export", "--template", "plain").out == "INC-7\n"


def test_a_file_called_like_a_template_is_not_taken_for_it(
    told: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own(tmp_path, "mine", "lite")
    assert told("export", "--template", "lite").out.startswith("# Checkout fails")
    assert told("export", "--template", "./lite").out == "mine\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{{ doc.sevrity }}", "mine.md.j2 line 2: doc has no field 'sevrity'; did you mean severity?"),
        ("{% if doc.title %}", "mine.md.j2 line 1: unexpected end of template"),
        (
            "\n\n{{ doc.title.__class__ }}",
            "mine.md.j2 line 3: access to attribute '__class__' of 'str' object is unsafe",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(told: Cli, tmp_path: Path, text: str, said: str) -> None:
    result = told("export", "--template", str(own(tmp_path, text)))
    assert (result.code, result.out) == (2, "")
    first, *rest = result.err.splitlines()
    assert first.startswith(f"scribe: {said}")
    assert not rest


def test_a_file_that_cannot_be_read(told: Cli, tmp_path: Path) -> None:
    assert told("export", "--template", str(tmp_path)).err.startswith(f"scribe: {tmp_path.name}: cannot be read: ")
    assert told("export", "--template", "none.j2").err.startswith("scribe: none.j2: cannot be read: No such file")
    binary, large = tmp_path / "b.j2", tmp_path / "l.j2"
    binary.write_bytes(b"ab\xff")
    large.write_bytes(b" " * (1024 * 1024 + 1))
    assert told("export", "--template", str(binary)).err == "scribe: b.j2: is not UTF-8 text (byte 2)\n"
    assert told("export", "--template", str(large)).err.startswith("scribe: l.j2: is larger than a template may be")


def test_the_config_may_name_the_template(told: Cli, home: Path) -> None:
    place = home / "config" / "scribe" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[postmortem]\ntemplate = "lite"\n')
    lite = told("export").out
    assert lite == told("export", "--template", "lite").out
    assert told("export", "--template", "layered").out != lite
    own(place.parent, "{{ doc.id }}")
    place.write_text('[postmortem]\ntemplate = "mine.md.j2"\n')  # beside the config, wherever one stands
    assert told("export").out == "INC-7\n"
    place.write_text('[postmortem]\ntemplat = "lite"\n')
    assert told("export").err.startswith(f"scribe: {place}: postmortem.templat: unknown key\ndid you mean template?")


def test_json_is_the_whole_model_and_icres_own_shape_for_icre(told: Cli) -> None:
    whole = json.loads(told("export", "--format", "json").out)
    assert whole["entries"]
    icre = json.loads(told("export", "--format", "json", "--template", "icre").out)
    assert {"issue", "cause", "resolution", "enhancement"} <= set(icre)
    assert icre["draft"] is True


def test_csv_is_the_timeline_without_what_is_withheld_or_hidden(told: Cli) -> None:
    told.log("a secret", "/restrict #3", "noise", "/hide #4")
    rows = list(csv.DictReader(io.StringIO(told("export", "--format", "csv", "--tz", "Asia/Seoul").out, newline="")))
    assert [row["text"] for row in rows] == ["Checkout fails", "5xx at 12%", "roll back"]
    assert rows[0]["at"] == "2026-11-20T23:00:00+09:00"
    assert "a secret" in told("export", "--format", "csv", "--include-restricted").out


def test_html_is_a_page_of_the_same_document_without_diagrams_in_code(told: Cli, tmp_path: Path) -> None:
    page = told("export", "--format", "html", "--template", "classic").out
    assert page.startswith("<!")
    assert "Root Cause" in page
    assert "gantt" not in page
    mine = told("export", "--format", "html", "--template", str(own(tmp_path, "# Ours\n\n{{ part.phases() }}x"))).out
    assert "Ours" in mine
    assert "gantt" not in mine


def test_times_are_in_the_zone_that_was_asked_for(told: Cli) -> None:
    assert "23:00:30" in told("export", "--tz", "Asia/Seoul").out


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_into_a_file_for_its_owner_alone(told: Cli, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        result = told("export", "-o", str(tmp_path / "pm.md"))
    finally:
        os.umask(before)
    assert (result.code, result.out) == (0, f"written to {tmp_path / 'pm.md'}\n")
    assert (tmp_path / "pm.md").read_text() == told("export").out
    assert stat.S_IMODE((tmp_path / "pm.md").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pm.md"]


def test_nothing_is_replaced_unless_asked(told: Cli, tmp_path: Path) -> None:
    place = tmp_path / "pm.md"
    place.write_text("mine")
    result = told("export", "-o", str(place))
    assert (result.code, place.read_text()) == (2, "mine")
    assert result.err.endswith("give another name, or --force to replace it\n")
    assert told("export", "-o", str(place), "--force").code == 0
    assert place.read_text().startswith("# ")


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_file_is_not_replaced_even_if_asked(told: Cli, tmp_path: Path, force: tuple[str, ...]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = told("export", "-o", str(pipe), *force)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"scribe: {pipe} is a device or a pipe, and no file\n")
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_name_that_no_file_can_have_is_a_fault_of_the_usage(told: Cli, tmp_path: Path) -> None:
    result = told("export", "-o", str(tmp_path / ("a" * 300)))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: cannot write ")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_no_link_is_followed(told: Cli, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link.md"
    target.write_text("mine")
    link.symlink_to(target)
    assert told("export", "-o", str(link)).code == 2
    assert told("export", "-o", str(link), "--force").code == 0
    assert target.read_text() == "mine"
    assert not link.is_symlink()
    dangling = tmp_path / "dangling.md"
    dangling.symlink_to(tmp_path / "nowhere")
    assert told("export", "-o", str(dangling)).code == 2
    assert not (tmp_path / "nowhere").exists()


def test_a_place_that_cannot_be_written(told: Cli, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "folder.md", Path("/proc/version/x.md")):
        result = told("export", "-o", str(place))
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("scribe: ")


def test_two_that_write_the_same_name_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "pm.md"
    fsync = os.fsync

    def meanwhile(handle: int) -> None:
        place.write_text("the other's")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(ScribeError, match="exists already"):
        write(place, "ours")
    assert place.read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["pm.md"]


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    write(tmp_path / "pm.md", "ours")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("pm.md", "ours")]
    with pytest.raises(ScribeError, match="exists already"):
        write(tmp_path / "pm.md", "again")


def test_the_screen_never_writes_over_a_file(told: Cli, tmp_path: Path) -> None:
    from datetime import UTC

    from scribe.journal.store import Journal

    journal = Journal.reading(told.path, told.clock)
    state = Recorder(journal, "INC-7", me="sam", policy=DEFAULT).load()
    journal.close()
    export = writes_beside(saves_beside(tmp_path), UTC, DEFAULT)
    assert [export(state).name for _ in range(3)] == ["INC-7.md", "INC-7-2.md", "INC-7-3.md"]
    lite = writes_beside(saves_beside(tmp_path), UTC, DEFAULT, clock=told.clock, template="lite", form="html")(state)
    assert lite.name == "INC-7.html"


def test_the_screen_writes_a_draft_while_errors_stand(
    over: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC

    from scribe.journal.store import Journal

    journal = Journal.reading(over.path, over.clock)
    state = Recorder(journal, "INC-7", me="sam", policy=DEFAULT).load()
    journal.close()
    export = writes_beside(saves_beside(tmp_path), UTC, DEFAULT, clock=over.clock)
    finds(monkeypatch, ERROR)
    assert "**error** impact-missing" in export(state).read_text()
    finds(monkeypatch, WARNING)
    assert "DRAFT" not in export(state).read_text()


# ── restricted entries ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(told: Cli) -> Cli:
    told.log("/security", "/security legal: the regulator has to be told", "/restrict key 77 is on a paste site")
    return told


@pytest.mark.parametrize("template", NAMES)
def test_restricted_entries_are_withheld_and_named(guarded: Cli, template: str) -> None:
    out = guarded("export", "--template", template).out
    assert "> 2 restricted entries withheld: #4, #5." in out
    assert "> **Security incident**" in out
    assert "regulator" not in out
    assert "key 77" not in out


@pytest.mark.parametrize("template", ["layered", "classic"])
def test_asked_for_by_name_they_are_in_it_and_it_says_so(guarded: Cli, template: str) -> None:
    out = guarded("export", "--template", template, "--include-restricted").out
    assert "> **Contains restricted entries** – need to know, not to be passed on: #4, #5." in out
    assert "legal conclusion: the regulator has to be told *(restricted)*" in out
    assert "key 77 is on a paste site *(restricted)*" in out


def test_what_was_written_to_a_file_is_said_with_what_it_withholds(guarded: Cli, tmp_path: Path) -> None:
    place = str(tmp_path / "pm.md")
    assert guarded("export", "-o", place).out == f"written to {place}; 2 restricted entries withheld: #4, #5\n"
    assert guarded("export", "-o", place, "--force", "--include-restricted").out == f"written to {place}\n"


def test_the_screen_exports_without_them(guarded: Cli, tmp_path: Path) -> None:
    from datetime import UTC

    from scribe.journal.store import Journal

    journal = Journal.reading(guarded.path, guarded.clock)
    state = Recorder(journal, "INC-7", me="sam", policy=DEFAULT).load()
    journal.close()
    written = writes_beside(saves_beside(tmp_path), UTC, DEFAULT)(state).read_text()
    assert "key 77" not in written
    assert "2 restricted entries withheld" in written


def test_a_role_of_the_teams_own_has_its_title(told: Cli, home: Path) -> None:
    place = home / "config" / "scribe" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[roles.own.support]\nlabel = "Support"\ntitle = "Customer support"\n')
    told.log("/role support @zoe")
    assert "| Customer support " in told("export").out


@pytest.mark.parametrize("text", ["abc", "9" * 40])
def test_a_section_that_another_copy_filled_with_anything_breaks_no_document(cli: Cli, text: str) -> None:
    filled(cli.path, text).journal.close()
    for options in (("--format", "html"), ("--format", "json"), ("--template", "review"), ("--template", "icre"), ()):
        told = cli("export", "--draft", *options)
        assert (told.code, "bug" in told.err, text in told.out) == (0, False, True)
    for command in (("check",), ("actions", "--format", "ics")):
        assert "bug" not in cli(*command).err
