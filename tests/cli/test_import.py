"""`scribe import`: all or nothing, what was taken and skipped, and twice the same is once."""

import gzip
import hashlib
import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.cli.conftest import Cli
from tests.exporters.full import full
from tests.importers.trips import comparable, exported

FILES = Path(__file__).resolve().parents[1] / "importers" / "files"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    file = tmp_path / "whole.json"
    file.write_text(exported(full(security=True).state(), include_restricted=False), encoding="utf-8")
    return file


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ── whole incidents ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_incident_becomes_one_here_and_is_exported_as_it_came(cli: Cli, whole: Path, tmp_path: Path) -> None:
    result = cli("import", "scribe", str(whole))
    assert (result.code, result.out) == (
        0,
        f"INC-1: {len(json.loads(whole.read_text())['entries'])} taken, 0 skipped\n",
    )
    assert "1 restricted entry withheld" in result.err
    assert cli("verify", "-i", "INC-1").code == 0
    back = cli("export", "-i", "INC-1", "--format", "json", "--draft")
    assert back.code == 0
    came, went = comparable(whole.read_text(encoding="utf-8")), comparable(back.out)
    for part in ("draft", "findings", "withheld", "counts"):  # asked for as a draft, by whom it was not withheld
        del came[part], went[part]
    assert went == came


@pytest.mark.parametrize("how", ["gzip", "zip"])
def test_a_packed_file_is_imported_as_what_is_in_it(cli: Cli, whole: Path, tmp_path: Path, how: str) -> None:
    packed = tmp_path / "packed"
    if how == "gzip":
        packed.write_bytes(gzip.compress(whole.read_bytes()))
    else:
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            archive.write(whole, "whole.json")
    result = cli("import", "scribe", str(packed))
    assert (result.code, result.out.partition(" ")[0]) == (0, "INC-1:")
    assert cli("verify", "-i", "INC-1").code == 0


def test_an_archive_of_several_files_is_refused_and_they_are_named(cli: Cli, tmp_path: Path) -> None:
    packed = tmp_path / "packed.zip"
    with ZipFile(packed, "w") as archive:
        archive.writestr("one.csv", "time,text\n")
        archive.writestr("two.csv", "time,text\n")
    assert cli("new", "Checkout fails").code == 0
    result = cli("import", "csv", str(packed))
    assert (result.code, result.out) == (2, "")
    assert "the archive holds 2 files: one.csv, two.csv" in result.err


def test_an_id_that_is_taken_is_refused_unless_another_is_given(cli: Cli, whole: Path) -> None:
    assert cli("import", "scribe", str(whole)).code == 0
    before = cli("timeline", "-i", "INC-1", "--format", "json").out
    again = cli("import", "scribe", str(whole))
    assert (again.code, again.out) == (2, "")
    assert "there already is an incident INC-1" in again.err
    assert "--id" in again.err
    assert cli("import", "scribe", str(whole), "--dry-run").code == 2
    assert cli("timeline", "-i", "INC-1", "--format", "json").out == before
    assert cli("import", "scribe", str(whole), "--id", "INC-2").out.startswith("INC-2: ")
    assert {found["id"] for found in cli("list", "--json").json} == {"INC-1", "INC-2"}


@pytest.mark.parametrize("argv", [["--id", "../x"], ["--id", ""], []])
def test_an_id_that_is_none_is_refused(cli: Cli, whole: Path, argv: list[str]) -> None:
    result = cli("import", "scribe", str(whole), *argv)
    assert result.code == (2 if argv and argv[1] else 0)


def test_a_dry_run_writes_nothing_and_makes_no_journal(cli: Cli, whole: Path) -> None:
    result = cli("import", "scribe", str(whole), "--dry-run")
    assert (result.code, result.out.endswith("would be taken, 0 skipped\n")) == (0, True)
    assert not cli.path.exists()


def test_a_whole_incident_that_is_broken_leaves_nothing_behind(cli: Cli, whole: Path) -> None:
    cli.new()
    shape = json.loads(whole.read_text(encoding="utf-8"))
    last = next(entry for entry in reversed(shape["entries"]) if entry["kind"] == "fact")
    last["at"] = "2026-02-31T10:00:00.000Z"
    whole.write_text(json.dumps(shape), encoding="utf-8")
    before = digest(cli.path)
    result = cli("import", "scribe", str(whole))
    assert (result.code, result.out) == (2, "")
    assert digest(cli.path) == before
    assert len(result.err.splitlines()) == 1


# ── timelines ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_goes_into_the_active_incident_and_says_what_was_not_understood(cli: Cli) -> None:
    incident = cli.new()
    result = cli("import", "csv", str(FILES / "timeline.csv"), "--tz", "Europe/Berlin")
    assert (result.code, result.out) == (0, f"{incident}: 10 taken, 5 skipped\n")
    assert [line for line in result.err.splitlines() if "skipped" in line and "line 12" in line] == [
        "scribe: line 12: skipped: 10/11/2025 could be 2025-11-10 or 2025-10-11; write one"
    ]
    entries = cli.entries()
    found = [entry for entry in entries if entry["imported"]]
    assert len(found) == 10
    assert {entry["recorded_by"] for entry in found} == {"sam"}
    assert {entry["by"] for entry in found} == {"monitoring", "IC", "ops", "bot"}
    assert {entry["late"] for entry in found} == {False}


def test_importing_twice_changes_nothing(cli: Cli) -> None:
    incident = cli.new()
    for source, name, taken, skipped in (("csv", "timeline.csv", 12, 3), ("markdown", "timeline_table.md", 7, 1)):
        assert cli("import", source, str(FILES / name)).out == f"{incident}: {taken} taken, {skipped} skipped\n"
        before = digest(cli.path)
        again = cli("import", source, str(FILES / name))
        assert (again.code, again.out) == (0, f"{incident}: 0 taken, {taken} already here, {skipped} skipped\n")
        assert "taken with its time unknown" not in again.err
        assert digest(cli.path) == before


@pytest.mark.parametrize(("source", "form"), [("csv", "csv"), ("markdown", "md")])
def test_its_own_timeline_is_known_here_and_taken_elsewhere(cli: Cli, source: str, form: str) -> None:
    cli.new("Checkout fails", "--id", "INC-1", "--sev", "2")
    cli.log("two words #tag https://x.example/a", "? a guess", "/confirm H1 seen", "> restart", "/done A1 ok", "=1+1")
    cli.log("/retract #2 not so", "/role ic @alice", "/link #4 https://y.example/b", "-20m earlier | later")
    table = cli("timeline", "--format", form).out.encode()
    entries = cli.entries()
    result = cli("import", source, "-", stdin=table)
    assert (result.code, result.out) == (0, f"INC-1: 0 taken, {len(entries)} already here, 0 skipped\n")
    cli.new("Another", "--id", "INC-2")
    assert cli("import", source, "-", "-i", "INC-2", stdin=table).out == f"INC-2: {len(entries)} taken, 0 skipped\n"
    for other, other_form in (("csv", "csv"), ("markdown", "md")):
        known = cli("timeline", "-i", "INC-1", "--format", other_form).out.encode()
        assert " 0 taken," in cli("import", other, "-", "-i", "INC-2", stdin=known).out
    back = {entry["ref"]: entry for entry in cli.entries("-i", "INC-2") if entry["imported"]}
    for entry in entries:
        if entry["kind"] != "declared":
            found = back[entry["ref"]]
            assert (found["kind"], found["by"], found["precision"]) == (entry["kind"], entry["by"], entry["precision"])
            assert found["at"][:16] == entry["at"][:16]
            assert found["text"].startswith(entry["text"])
            assert (found["retracted"] or {}).get("why") == (entry["retracted"] or {}).get("why")
            assert found["data"].get("status") == entry["data"].get("status")


def test_a_dry_run_of_a_table_counts_and_writes_nothing(cli: Cli) -> None:
    incident = cli.new()
    before = digest(cli.path)
    result = cli("import", "markdown", str(FILES / "timeline_table.md"), "--dry-run")
    assert (result.code, result.out) == (0, f"{incident}: 7 would be taken, 1 skipped\n")
    assert digest(cli.path) == before
    assert cli("import", "csv", "-", "--dry-run", stdin=b"time,text\nnever,x\n").code == 1


def test_where_nothing_could_be_taken_the_answer_is_no(cli: Cli) -> None:
    cli.new()
    result = cli("import", "csv", "-", stdin=b"time,text\nnever,x\n")
    assert (result.code, result.out.endswith("0 taken, 1 skipped\n")) == (1, True)


def test_progress_is_told_where_errors_go(cli: Cli) -> None:
    cli.new()
    rows = "".join(f"2026-01-02 10:{turn % 60:02}:{turn // 60:02},row {turn}\n" for turn in range(2100))
    result = cli("import", "csv", "-", "--progress", stdin=f"time,text\n{rows}".encode())
    assert (result.code, result.err) == (0, "1000 written\n2000 written\n")
    assert len(cli.entries()) == 2101


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["slack", "x.json"], "slack"),
        (["csv"], "FILE"),
        (["csv", "nowhere.csv"], "cannot read nowhere.csv"),
        (["csv", "."], "cannot read"),
        (["csv", "-", "--id", "INC-3"], "-i"),
        (["csv", "-"], "empty"),
        (["scribe", "-"], "empty"),
        (["markdown", "-"], "empty"),
    ],
)
def test_wrong_usage_and_unusable_files(cli: Cli, argv: list[str], said: str) -> None:
    cli.new()
    result = cli("import", *argv)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_table_needs_an_incident(cli: Cli) -> None:
    result = cli("import", "csv", "-", stdin=b"time,text\n2026-01-01,x\n")
    assert result.code == 2
    assert "scribe new" in result.err


# ── what an import may not do ───────────────────────────────────────────────────────────────────────────────────────

OWN = "ref,at,precision,recorded_at,kind,status,text,by,recorded_by\n"
AT = "2026-11-20T11:00:00+00:00"


def test_no_table_closes_an_incident_whose_checklist_is_not_ticked(cli: Cli, tmp_path: Path) -> None:
    cli.new("Checkout fails", "--id", "INC-7")
    file = tmp_path / "own.csv"
    file.write_text(OWN + f"#50,{AT},second,{AT},state,,investigating → closed,ana,ana\n", encoding="utf-8")
    result = cli("import", "csv", str(file))
    assert (result.code, result.out) == (0, "INC-7: 1 taken, 0 skipped\n")
    assert "line 2: taken as a note: what has to be so before an incident is closed" in result.err
    assert cli("status", "--json").json["state"] == "investigating"
    assert cli("import", "csv", str(file)).out == "INC-7: 0 taken, 1 already here, 0 skipped\n"


def test_what_comes_from_elsewhere_into_a_security_incident_is_restricted_like_what_is_typed(
    cli: Cli, home: Path, tmp_path: Path
) -> None:
    place = home / "config" / "scribe" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[security]\nrestricted = ["fact"]\n')
    cli.new("Checkout fails", "--id", "INC-7", "--security")
    file = tmp_path / "chat.csv"
    file.write_text("time,what\n2026-11-20 11:00,key 77 is on a paste site\n", encoding="utf-8")
    assert cli("import", "csv", str(file)).code == 0
    assert "paste site" in cli("timeline").out
    assert "paste site" not in cli("export").out
