"""Copies of a record: packed here, taken there; nothing lost, nothing brought back, nothing forged let in."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scribe.journal.store import Journal
from scribe.record.afterwards import Written
from scribe.record.events import Draft
from scribe.record.when import stamp
from tests.cli.conftest import Cli, Process, Result
from tests.fakes.raw import raw

OTHER = "other.db"


class Copies:
    """Two journals side by side, and bundles that go between them."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli = cli
        self.folder = folder
        self.here, self.there = cli.path, folder / OTHER

    def at(self, path: Path, *argv: str) -> Result:
        return self.cli("--db", str(path), *argv)

    def log(self, path: Path, *lines: str, me: str = "ann") -> None:
        for line in lines:
            self.cli.clock.advance(30)
            result = self.at(path, "--me", me, "log", line)
            assert result.code == 0, result.err

    def take(self, source: Path, target: Path, *options: str) -> str:
        """A bundle of the one into the other; what was said of it."""
        file = self.folder / "bundle.gz"
        packed = self.at(source, "bundle", str(file), "--force", *options)
        assert packed.code == 0, packed.err
        taken = self.at(target, "unbundle", str(file))
        assert taken.code == 0, taken.err
        return taken.out

    def entries(self, path: Path) -> list[dict[str, object]]:
        return list(self.at(path, "timeline", "--format", "json").json)

    def status(self, path: Path) -> dict[str, object]:
        return dict(self.at(path, "status", "--json").json)

    def copy(self) -> None:
        """The file, copied as anybody copies files."""
        shutil.copy(self.here, self.there)


@pytest.fixture
def copies(cli: Cli, tmp_path: Path) -> Copies:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("one", "? two")
    return Copies(cli, tmp_path)


def everything(path: Path) -> dict[str, bytes]:
    """Every byte of a journal's files; an empty log is as good as none."""
    files = [found for found in sorted(path.parent.glob(f"{path.name}*")) if not found.name.endswith("-shm")]
    return {found.name: data for found in files if (data := found.read_bytes())}


def holds(path: Path, words: str) -> bool:
    return any(words.encode() in data for data in everything(path).values())


# ── from one machine to another ─────────────────────────────────────────────────────────────────────────────────────


def test_an_incident_travels_whole_to_a_machine_that_has_no_journal(copies: Copies) -> None:
    file = copies.folder / "x.bundle"
    packed = copies.cli("bundle", str(file))
    head = copies.status(copies.here)["head"]
    assert packed.out == f"written to {file}: INC-7, 3 events, head {head}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    tried = copies.at(copies.there, "unbundle", str(file), "--dry-run")
    assert tried.out == "INC-7 3 events would be taken\n"
    assert not copies.there.exists()
    assert copies.at(copies.there, "unbundle", str(file)).out == f"INC-7 3 events taken; head {head}\n"
    assert copies.entries(copies.there) == copies.entries(copies.here)
    assert copies.status(copies.there) == copies.status(copies.here)
    assert copies.at(copies.there, "verify", "--against", str(head)).code == 0


def test_taking_it_twice_changes_nothing(copies: Copies) -> None:
    copies.take(copies.here, copies.there)
    before = everything(copies.there)
    for _ in range(2):
        assert copies.take(copies.here, copies.there).startswith("INC-7 nothing new; head ")
        assert everything(copies.there) == before
    assert copies.take(copies.there, copies.here).startswith("INC-7 nothing new")


def test_what_came_as_json(copies: Copies) -> None:
    file = str(copies.folder / "x")
    copies.cli("bundle", file)
    counts = {"taken": 3, "filled": 0, "erased": 0, "withheld": 0}
    shape = {"incident": "INC-7", **counts, "new": True, "along": [], "repeating": []}
    assert copies.at(copies.there, "unbundle", file, "--dry-run", "--json").json == {
        **shape,
        "head": None,
        "dry_run": True,
    }
    head = copies.status(copies.here)["head"]
    assert copies.at(copies.there, "unbundle", file, "--json").json == {**shape, "head": head, "dry_run": False}
    copies.log(copies.there, "more")
    tried = copies.at(copies.there, "unbundle", file, "--dry-run", "--json").json
    assert (tried["taken"], tried["new"]) == (0, False)


def test_a_dry_run_writes_nothing(copies: Copies) -> None:
    copies.take(copies.here, copies.there)
    copies.log(copies.here, "more")
    copies.cli("bundle", str(copies.folder / "x"))
    before = everything(copies.there)
    assert copies.at(copies.there, "unbundle", str(copies.folder / "x"), "--dry-run").out == (
        "INC-7 1 event would be taken\n"
    )
    assert everything(copies.there) == before


def test_through_a_pipe(copies: Copies) -> None:
    copies.cli._capsys.readouterr()
    from scribe.cli.root import run

    assert run(["bundle", "-"], copies.cli.clock) == 0
    packed = copies.cli._capsys.readouterr()
    assert (packed.out[:2], packed.err) == (b"\x1f\x8b", b"")
    result = copies.cli("--db", str(copies.there), "unbundle", "-", stdin=packed.out)
    assert result.out.startswith("INC-7 3 events taken")
    again = copies.cli("--db", str(copies.there), "unbundle", "-", stdin=gzip.decompress(packed.out))
    assert again.out.startswith("INC-7 nothing new")


def test_a_file_that_is_there_stays_unless_it_was_said_to_be_replaced(copies: Copies) -> None:
    file = copies.folder / "x"
    file.write_text("mine")
    result = copies.cli("bundle", str(file))
    assert (result.code, result.err.splitlines()[0]) == (2, f"scribe: {file} exists already")
    assert file.read_text() == "mine"
    assert copies.cli("bundle", str(file), "--force").code == 0
    assert file.read_bytes()[:2] == b"\x1f\x8b"
    target = copies.folder / "target"
    target.write_text("mine too")
    (copies.folder / "link").symlink_to(target)
    assert copies.cli("bundle", str(copies.folder / "link"), "--force").code == 0
    assert target.read_text() == "mine too"


def test_a_bundle_is_no_text_for_a_terminal(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    result = copies.cli("bundle", "-")
    assert (result.code, result.err.splitlines()[0]) == (2, "scribe: a bundle is no text for a terminal")


def test_the_incident_is_named_as_everywhere(copies: Copies) -> None:
    copies.cli.clock.advance(60)
    copies.cli.new("Another", "--id", "INC-8")
    file = str(copies.folder / "x")
    assert copies.cli("bundle", file, "-i", "7").code == 0
    result = copies.at(copies.there, "unbundle", file, "-i", "INC-8")
    assert (result.code, result.err.splitlines()[0]) == (2, "scribe: the bundle holds INC-7, and not INC-8")
    assert not copies.there.exists()
    assert copies.at(copies.there, "unbundle", file, "-i", "inc-7").code == 0


def test_an_altered_record_is_not_copied(copies: Copies) -> None:
    from tests.cli.test_verify import tamper

    tamper(copies.here, "UPDATE events SET text = 'something else' WHERE seq = 2")
    result = copies.cli("bundle", str(copies.folder / "x"))
    assert result.code == 1
    assert result.err.startswith("scribe: INC-7 is broken at #2 (")
    assert not (copies.folder / "x").exists()


# ── need-to-know ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(copies: Copies) -> Copies:
    copies.cli.log("tenant quokka lost keys", "open again: tenant quokka lost keys", "/restrict #3 their contract")
    return copies


def test_restricted_words_stay_here_and_the_receiver_sees_that_there_is_something(guarded: Copies) -> None:
    file = guarded.folder / "x"
    packed = guarded.cli("bundle", str(file))
    assert packed.out.endswith("; 2 restricted entries withheld: #3, #4; with them 1 more event that belongs to them\n")
    assert b"quokka" not in gzip.decompress(file.read_bytes())
    assert b"contract" not in gzip.decompress(file.read_bytes())
    taken = guarded.at(guarded.there, "unbundle", str(file))
    assert taken.out.startswith("INC-7 6 events taken, 3 withheld; head ")
    assert guarded.at(guarded.there, "verify").lines[0].startswith("INC-7 ok  5 entries, 3 withheld, head ")
    text = guarded.at(guarded.there, "timeline").lines
    assert [line[10:] for line in text[-2:]] == ["F    #3  (withheld)", "F    #4  (withheld)"]
    before = everything(guarded.there)
    assert guarded.take(guarded.here, guarded.there).startswith("INC-7 nothing new, 3 withheld")
    assert everything(guarded.there) == before


def test_withheld_entries_are_listed_in_what_the_receiver_passes_on(guarded: Copies) -> None:
    guarded.take(guarded.here, guarded.there)
    for argv in (["timeline", "--format", "md"], ["export", "--draft"], ["export", "--draft", "--format", "html"]):
        for more in ([], ["--include-restricted"]):
            document = guarded.at(guarded.there, *argv, *more).out
            assert "2 restricted entries withheld: #3, #4" in document
            assert "(withheld)" not in document
    whole = guarded.at(guarded.there, "export", "--draft", "--format", "json", "--include-restricted").json
    assert whole["withheld"] == ["#3", "#4"]


def test_an_incident_whose_title_is_need_to_know(copies: Copies) -> None:
    copies.cli.log("/restrict #1")
    copies.take(copies.here, copies.there)
    status = copies.status(copies.there)
    assert (status["title"], status["severity"]) == ("title withheld", None)
    assert copies.at(copies.there, "verify").code == 0
    for argv in (
        ["list"],
        ["timeline"],
        ["update"],
        ["update", "--for", "public"],
        ["checkpoint"],
        ["export", "--draft"],
    ):
        result = copies.at(copies.there, *argv)
        assert (result.code, result.err) == (0, "")
        assert "Checkout" not in result.out
    copies.log(copies.there, "/sev 1 anyway")
    copies.take(copies.here, copies.there, "--include-restricted")
    status = copies.status(copies.there)
    assert (status["title"], status["severity"]) == ("Checkout fails", 1)


def test_a_bundle_with_the_words_fills_them_in(guarded: Copies) -> None:
    guarded.take(guarded.here, guarded.there)
    noted = str(guarded.status(guarded.there)["head"])
    taken = guarded.take(guarded.here, guarded.there, "--include-restricted")
    assert taken.startswith("INC-7 0 events taken, 3 filled in; head ")
    here, there = guarded.entries(guarded.here), guarded.entries(guarded.there)
    assert there == here
    assert [entry["restricted"] for entry in there] == [False, False, False, True, False]
    assert guarded.at(guarded.there, "verify", "--against", noted).code == 0


def test_withheld_words_come_back_to_nobody_who_has_them(guarded: Copies) -> None:
    guarded.take(guarded.here, guarded.there)
    guarded.log(guarded.there, "from the other side")
    guarded.take(guarded.there, guarded.here)
    texts = [entry["text"] for entry in guarded.entries(guarded.here)]
    assert "tenant quokka lost keys" in texts
    assert "from the other side" in texts
    assert guarded.at(guarded.here, "verify").code == 0


def test_a_pipe_says_what_is_withheld_where_errors_go(guarded: Copies) -> None:
    from scribe.cli.root import run

    guarded.cli._capsys.readouterr()
    assert run(["bundle", "-"], guarded.cli.clock) == 0
    assert guarded.cli._capsys.readouterr().err.startswith(b"scribe: 2 restricted entries withheld: #3, #4")


# ── copies that went apart ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def apart(copies: Copies) -> Copies:
    """A file that was copied, and written in both places."""
    copies.copy()
    copies.log(copies.here, "ours", "? our guess", "/sev 1")
    copies.log(copies.there, "@carl theirs", "? their guess", "/state mitigating", me="bob")
    return copies


def test_diverged_copies_merged_both_ways_lose_nothing_and_agree(apart: Copies) -> None:
    before = {entry["id"]: entry["text"] for path in (apart.here, apart.there) for entry in apart.entries(path)}
    apart.take(apart.there, apart.here)
    apart.take(apart.here, apart.there)
    here, there = apart.entries(apart.here), apart.entries(apart.there)
    assert {entry["id"]: entry["text"] for entry in here} == before
    own = ("ref",)
    assert [{k: v for k, v in e.items() if k not in own} for e in here] == [
        {k: v for k, v in e.items() if k not in own} for e in there
    ]
    one, other = apart.status(apart.here), apart.status(apart.there)
    assert (one["severity"], one["state"], one["head"]) == (other["severity"], other["state"], other["head"])
    assert (one["severity"], one["state"]) == (1, "mitigating")
    assert [h["text"] for h in one["hypotheses"]] == [h["text"] for h in other["hypotheses"]]  # type: ignore[attr-defined]
    for path in (apart.here, apart.there):
        assert apart.at(path, "verify").code == 0
        assert apart.take(path, apart.here).startswith("INC-7 nothing new")
        assert apart.take(path, apart.there).startswith("INC-7 nothing new")


def test_ours_keep_their_references_and_theirs_say_whose_they_are(apart: Copies) -> None:
    apart.take(apart.there, apart.here)
    refs = {str(entry["text"]): str(entry["ref"]) for entry in apart.entries(apart.here)}
    tag = next(str(e["id"])[:2] for e in apart.entries(apart.here) if e["text"] == "theirs")
    assert (refs["ours"], refs["theirs"]) == ("#3", f"#3·{tag}")
    assert (refs["our guess"], refs["their guess"]) == ("H2", f"H2·{tag}")
    lines = apart.at(apart.here, "timeline").lines
    assert any(line.endswith(f"F #3·{tag}  theirs @carl") for line in lines)


@pytest.mark.parametrize("dot", [".", "·"])
def test_a_reference_of_both_is_refused_with_what_could_be_meant(apart: Copies, dot: str) -> None:
    apart.take(apart.there, apart.here)
    tag = next(str(e["id"])[:2] for e in apart.entries(apart.here) if e["text"] == "theirs")
    ours = next(str(e["id"])[:2] for e in apart.entries(apart.here) if e["text"] == "ours")
    for line in ("/amend #3 better", "/retract #3 no"):
        result = apart.cli("log", line)
        assert result.code == 2
        assert result.err.splitlines()[0] == f'scribe: #3 could be #3·{ours} "ours" or #3·{tag} "theirs"'
    assert apart.cli("log", f"/amend #3{dot}{tag} better").code == 0
    assert apart.cli("log", f"/confirm h2{dot}{ours} it was ours").code == 0
    found = {str(entry["ref"]): entry for entry in apart.entries(apart.here)}
    assert (found["#3"]["text"], found[f"#3·{tag}"]["text"]) == ("ours", "better")
    result = apart.cli("log", f"/amend #3{dot}00 x")
    assert (result.code, result.err.splitlines()[0]) == (2, "scribe: there is no #3·00 in this incident")


def test_another_record_of_the_same_name_is_refused(copies: Copies) -> None:
    result = copies.at(copies.there, "new", "Another", "--id", "INC-7")
    assert result.code == 0
    before = everything(copies.there)
    copies.cli("bundle", str(copies.folder / "x"))
    for more in ([], ["--dry-run"]):
        result = copies.at(copies.there, "unbundle", str(copies.folder / "x"), *more)
        assert result.code == 2
        assert result.err.splitlines()[0] == (
            "scribe: there is another incident INC-7 in this journal, and it is not the same record"
        )
    assert everything(copies.there) == before


def test_a_forged_bundle_leaves_every_byte_as_it_is(copies: Copies) -> None:
    copies.take(copies.here, copies.there)
    copies.log(copies.here, "more")
    file = copies.folder / "x"
    copies.cli("bundle", str(file))
    lines = gzip.decompress(file.read_bytes()).splitlines()
    row = json.loads(lines[-1])
    row["body"]["text"] = "forged"
    before = everything(copies.there)
    for forged in ([*lines[:-1], json.dumps(row).encode()], lines[:-1], [*lines, lines[-1]], [lines[0], *lines[2:]]):
        file.write_bytes(b"\n".join(forged))
        result = copies.at(copies.there, "unbundle", str(file))
        assert result.code == 2
        assert len(result.err.splitlines()) == 2
        assert everything(copies.there) == before


def test_one_place_in_two_records_is_refused(copies: Copies) -> None:
    """A file that was taken back to an earlier state, and went on: it has written other things under the same name."""
    saved = copies.folder / "saved.db"
    shutil.copy(copies.here, saved)
    copies.log(copies.here, "as it was")
    copies.take(copies.here, copies.there)
    with saved.open("rb") as old, copies.here.open("r+b") as now:  # the same file, so the same writer
        now.write(old.read())
        now.truncate()
    for more in ("-wal", "-shm"):
        Path(f"{copies.here}{more}").unlink(missing_ok=True)
    copies.log(copies.here, "as it was not")
    copies.cli("bundle", str(copies.folder / "x"))
    before = everything(copies.there)
    result = copies.at(copies.there, "unbundle", str(copies.folder / "x"))
    assert result.code == 2
    assert "is one entry here and another there" in result.err
    assert everything(copies.there) == before


def test_a_section_that_holds_no_amount_and_no_day_is_taken_and_shown(copies: Copies) -> None:
    """A newer version may take what this one does not."""
    now = stamp(copies.cli.clock.now())
    journal = Journal.writing(copies.here, copies.cli.clock, wait=1.0)
    with journal.transaction():
        for section, text in (("cost-hours", "many of them"), ("cost-rate", "1e999"), ("meeting", "some day soon")):
            journal.note("INC-7", Draft(Written(section=section), text, now), "sam", now)
    journal.close()
    assert copies.take(copies.here, copies.there).startswith("INC-7 6 events taken")
    for form in ("md", "html", "json"):
        shown = copies.at(copies.there, "export", "--draft", "--format", form)
        assert (shown.code, "some day soon" in shown.out) == (0, True)
    assert copies.at(copies.there, "export", "--draft", "--template", "icre").code == 0
    assert copies.at(copies.there, "check").code in (0, 1)
    assert copies.at(copies.there, "verify").code == 0


# ── erased ──────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = "correct horse battery staple"


def test_what_was_erased_there_is_erased_here_and_never_comes_back(copies: Copies) -> None:
    copies.log(copies.here, f"the password is {WORDS}", "harmless")
    copies.take(copies.here, copies.there)
    old = copies.folder / "old"
    copies.cli("bundle", str(old))
    assert holds(copies.there, WORDS)
    erased = copies.at(copies.here, "erase", "#3", "--why", "a leaked password", "--yes")
    assert erased.code == 0, erased.err
    assert copies.take(copies.here, copies.there).startswith("INC-7 1 event taken, 1 erased; head ")
    for path in (copies.here, copies.there):
        assert not holds(path, WORDS)
        assert copies.at(path, "verify").lines[0].startswith("INC-7 ok  6 entries, 1 erased, head ")
        for more in ([], ["--dry-run"]):
            result = copies.at(path, "unbundle", str(old), *more)
            assert result.out.startswith("INC-7 nothing new")
            assert not holds(path, WORDS)
    assert b"staple" not in gzip.decompress((copies.folder / "bundle.gz").read_bytes())


def test_what_was_erased_before_it_came_here_says_so(copies: Copies) -> None:
    copies.log(copies.here, f"the password is {WORDS}")
    assert copies.at(copies.here, "erase", "#3", "--why", "a leaked password", "--yes").code == 0
    assert copies.take(copies.here, copies.there).startswith("INC-7 5 events taken; head ")
    assert copies.at(copies.there, "verify").code == 0
    assert "a leaked password" in copies.at(copies.there, "timeline").out


def test_an_erasure_in_one_copy_meets_what_the_other_wrote_meanwhile(copies: Copies) -> None:
    copies.log(copies.here, f"the password is {WORDS}")
    copies.copy()
    assert copies.at(copies.here, "erase", "#3", "--why", "a leaked password", "--yes").code == 0
    copies.log(copies.there, "meanwhile", "/amend #3 it leaked", me="bob")
    copies.take(copies.here, copies.there)
    copies.take(copies.there, copies.here)
    for path in (copies.here, copies.there):
        assert not holds(path, WORDS)
        assert copies.at(path, "verify").code == 0
        assert "meanwhile" in copies.at(path, "timeline").out


@pytest.mark.parametrize("erased_first", [True, False])
def test_what_the_other_copy_made_of_the_erased_goes_with_it(copies: Copies, erased_first: bool) -> None:
    copies.log(copies.here, f"/impact customer: {WORDS} cannot pay")
    copies.copy()
    there = ("update", "--send", "--next", "30m", "--me", "bob")
    assert copies.at(copies.there, *there).code == 0
    copies.log(copies.there, f"/amend #3 {WORDS} cannot pay by card", f"bob says {WORDS} cannot pay", me="bob")
    assert copies.at(copies.here, "erase", "#3", "--why", "a name", "--yes").code == 0
    first, second = (copies.here, copies.there) if erased_first else (copies.there, copies.here)
    tried = copies.folder / "tried"
    copies.at(second, "bundle", str(tried))
    trial = copies.at(first, "unbundle", "--dry-run", str(tried)).lines[1:]
    assert copies.take(second, first).splitlines()[1:] == trial
    (along, repeats) = trial
    assert along.startswith("with it: update #4")
    assert along.endswith(", an amendment")
    assert repeats.endswith(" repeats words of it: erase it too if it must go")
    (typed,) = [entry for entry in copies.entries(first) if entry["text"] == f"bob says {WORDS} cannot pay"]
    assert repeats.split()[0] == typed["ref"]
    assert copies.at(first, "erase", str(typed["id"]), "--why", "a name", "--yes").code == 0
    copies.take(first, second)
    copies.take(second, first)
    for path in (first, second):
        assert not holds(path, WORDS)
        assert not holds(path, "by card")
        assert copies.at(path, "verify").code == 0
        sent = [entry["text"] for entry in copies.entries(path) if entry["kind"] == "update" and entry["text"]]
        assert ["(erased)" in str(text) for text in sent] == [True]
    shown = [[entry["id"], entry["text"]] for entry in copies.entries(first)]
    assert shown == [[entry["id"], entry["text"]] for entry in copies.entries(second)]
    assert copies.status(first) == copies.status(second)


def test_an_unbundle_that_erases_replaces_the_rolling_backups(copies: Copies) -> None:
    copies.log(copies.here, f"the password is {WORDS}")
    copies.take(copies.here, copies.there)
    made = copies.at(copies.there, "backup").lines[0]
    backup = Path(made.removeprefix("written to ").partition(".db:")[0] + ".db")
    assert holds(backup, WORDS)
    copies.log(copies.here, "harmless")
    copies.take(copies.here, copies.there)
    assert list(backup.parent.glob("*.db")) == [backup]
    assert copies.at(copies.here, "erase", "#3", "--why", "a leaked password", "--yes").code == 0
    copies.cli.clock.advance(1)
    copies.take(copies.here, copies.there)
    (left,) = backup.parent.glob("*.db")
    assert left != backup
    assert not holds(left, WORDS)


def test_what_another_process_keeps_from_being_wiped_is_said(copies: Copies) -> None:
    copies.log(copies.here, f"the password is {WORDS}")
    copies.take(copies.here, copies.there)
    assert copies.at(copies.here, "erase", "#3", "--why", "a leaked password", "--yes").code == 0
    file = str(copies.folder / "x")
    copies.cli("bundle", file)
    with raw(copies.there) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        result = copies.at(copies.there, "unbundle", file)
    assert result.code == 3
    assert result.out.startswith("INC-7 1 event taken, 1 erased; head ")
    assert result.err.startswith("scribe: not yet gone: another process is reading the journal\n")
    assert copies.at(copies.there, "erase", "#3", "--why", "a leaked password", "--yes").code == 0
    assert not holds(copies.there, WORDS)


# ── as processes ────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_from_process_to_process(copies: Copies, process: Process) -> None:
    with umask(0):
        packed = process("bundle", str(copies.folder / "x"))
    assert packed.code == 0
    assert stat.S_IMODE((copies.folder / "x").stat().st_mode) == 0o600
    taken = process("unbundle", str(copies.folder / "x"), environ={"SCRIBE_DB": str(copies.there)})
    assert taken.out.startswith("INC-7 3 events taken; head ")
    for argv in (["unbundle", str(copies.folder)], ["unbundle", str(copies.folder / "none")], ["unbundle", "x", "y"]):
        assert copies.at(copies.there, *argv).code == 2
