from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.cli import isolated
from scribe.cli.isolated import filled
from scribe.exporters import apart, own
from scribe.exporters.document import document
from scribe.live.policy import DEFAULT
from scribe.record.errors import ScribeError
from scribe.record.events import Absent, Opaque
from scribe.record.redact import Redacted, redact
from scribe.record.state import Entries
from scribe.record.when import zone
from tests.cli.conftest import TREE, Cli
from tests.exporters.full import full
from tests.record.protected import STEPS, story

LONG = "{% for a in 'x' * 1000000 %}\n{% for b in 'x' * 1000000 %}{% endfor %}{% endfor %}"
LARGE = (
    "{% set it = namespace(is=[]) %}{% for a in range(10000) %}\n"
    "{% set it.is = it.is + ['x' * 1000000 ~ a] %}{% endfor %}"
)


def passed(**more: bool) -> Redacted:
    return redact(full(security=True).state(), **more)


PASSED = passed()
DOCUMENT = replace(
    document(PASSED, DEFAULT, UTC),
    findings=(Finding("code", "error", "summary", "it is empty", "why", "fix"),),
    is_draft=True,
)


def fill(source: str, **more: object) -> str:
    return filled(DOCUMENT, PASSED, source, "own.md.j2", **more)  # type: ignore[arg-type]  # Limits, or diagrams


def refused(source: str, limits: own.Limits | None = None) -> ScribeError:
    with pytest.raises(ScribeError) as error:
        fill(source, limits=limits)
    return error.value


def crossed(document: Postmortem, passed: Redacted) -> Postmortem:
    return apart.document_of(apart.unpacked(apart.packed(document, passed, "", "x")))


# ── what crosses ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("include_restricted", [True, False])
@pytest.mark.parametrize("name", ["Asia/Seoul", "UTC", None])
def test_the_document_is_the_same_on_the_other_side(name: str | None, include_restricted: bool) -> None:
    given = passed(include_restricted=include_restricted)
    made = replace(document(given, DEFAULT, zone(name), draft=True), findings=DOCUMENT.findings)
    assert crossed(made, given) == made


@given(STEPS)
@settings(max_examples=40)
def test_any_document_is_the_same_on_the_other_side(steps: list[tuple[str, bool, int, int]]) -> None:
    given = redact(story(steps).tale.state())
    made = document(given, DEFAULT, UTC)
    assert crossed(made, given) == made


def test_a_body_that_is_not_here_or_not_known_stays_so() -> None:
    entries = [replace(entry, payload=kind) for entry, kind in zip(PASSED.entries, (Opaque(), Absent()), strict=False)]
    given = Redacted(PASSED.board, Entries(entries, len(entries)))
    task = apart.unpacked(apart.packed(document(given, DEFAULT, UTC), given, "", "x"))
    assert [type(entry.payload) for entry in apart.document_of(task).timeline] == [Opaque, Absent]


def test_what_is_withheld_does_not_cross() -> None:
    assert b"words that are withheld" not in apart.packed(DOCUMENT, PASSED, "", "x")
    everything = passed(include_restricted=True)
    assert b"words that are withheld" in apart.packed(document(everything, DEFAULT, UTC), everything, "", "x")


# ── the same as here ────────────────────────────────────────────────────────────────────────────────────────────────

GIVEN = ("", "(2)", "('a', 'b')")


def test_every_part_filter_and_test_gives_what_it_gives_here() -> None:
    """The process opens no file: whatever is imported late would fail in it alone."""
    sandbox = own._Sandbox("", "x")
    values = ("'a b\\n\\u00e9 <c>'", "[3, 1, 2]")
    expressions = [f"{value}|{name}{args}" for name in sandbox.filters for value in values for args in GIVEN]
    expressions += [f"{value} is {name}{args}" for name in sandbox.tests for value in values for args in GIVEN]
    right = []
    for expression in expressions:
        source = f"{{{{ {expression} }}}}"
        if "random" in expression or "|pprint" in expression or "|xmlattr" in expression:
            continue
        try:
            here = own.postmortem(DOCUMENT, source, "x")
        except ScribeError:
            continue
        if " at 0x" not in here:  # an iterator, told by its place in memory
            right.append(source)
    parts = [f'{{% include "{name}.md.j2" %}}' for name in own.PARTIALS]
    source = "\n".join([*right, *parts, "{{ part.timeline() }}{{ 1|pprint }}"])
    assert len(right) > 80
    assert fill(source) == own.postmortem(DOCUMENT, source, "own.md.j2")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\n{{ doc.sevrity }}", "own.md.j2 line 2: doc has no field 'sevrity'; did you mean severity?"),
        ("{% include 'mine' %}", "own.md.j2 line 1: there is no mine to include"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "own.md.j2 line 1: it calls itself without end"),
    ],
)
def test_what_is_wrong_is_told_as_it_is_here(source: str, said: str) -> None:
    error = refused(source)
    with pytest.raises(ScribeError) as here:
        own.postmortem(DOCUMENT, source, "own.md.j2")
    assert (error.message, error.hint, error.exit_code) == (said, here.value.hint, 2)


# ── its limits ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_limits_as_they_are_told() -> None:
    assert (own.Limits().too_long, own.Limits().too_large) == ("it takes longer than 10 s", "it takes more than 512 MB")


def test_what_takes_too_long_is_ended_and_says_where() -> None:
    error = refused(f"\n{LONG}", own.Limits(wall=0.2))
    assert error.message == "own.md.j2 line 3: it takes longer than 10 s"
    assert error.hint == own.LESS
    assert error.exit_code == 2


@pytest.mark.torture
def test_time_is_that_of_the_processor() -> None:
    assert refused(LONG, own.Limits(seconds=1)).message == "own.md.j2 line 2: it takes longer than 1 s"


def test_what_takes_too_much_memory_is_ended_and_says_where() -> None:
    error = refused(f"\n{LARGE}", own.Limits(megabytes=24))
    # Where not even an error can be made any more, nobody knows the line.
    assert error.message in ("own.md.j2 line 3: it takes more than 24 MB", "own.md.j2: it takes more than 24 MB")


def begun_with(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Have the process change something before it begins."""
    begin = isolated._BEGIN.replace("; from", f"; exec({program!r}); from")
    assert begin != isolated._BEGIN
    monkeypatch.setattr(isolated, "_BEGIN", begin)


def test_where_the_system_limits_no_memory_it_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    begun_with(monkeypatch, "from scribe.cli import isolated; isolated._addresses = lambda: None")
    error = refused(LARGE + LONG, own.Limits(megabytes=24, seconds=5))
    assert error.message.endswith("it takes more than 24 MB")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGXCPU, "it takes longer than 10 s"),
        (signal.SIGALRM, "it takes longer than 10 s"),
        (signal.SIGKILL, "it takes more than 512 MB"),
        (signal.SIGABRT, "it takes more than 512 MB"),
        (signal.SIGSEGV, "the process that filled it ended without an answer (SIGSEGV)"),
        (0, "the process that filled it ended without an answer (status 0)"),
    ],
)
def test_a_process_that_ends_without_an_answer_is_told(monkeypatch: pytest.MonkeyPatch, number: int, said: str) -> None:
    end = f"os.kill(os.getpid(), {int(number)})" if number else "os._exit(0)"
    monkeypatch.setattr(isolated, "_BEGIN", f"import os; {end}")
    assert refused("x").message == f"own.md.j2: {said}"


def test_a_process_that_never_begins_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_BEGIN", "import signal; signal.pause()")
    monkeypatch.setattr(isolated, "_START", 0.1)
    assert refused("x", own.Limits(wall=0.1)).message == "own.md.j2: it takes longer than 10 s"


PROBE = """
import os, resource, sys, subprocess, socket
LIMITED = ("CORE", "FSIZE", "NPROC", "NOFILE", "AS", "CPU")
from scribe.exporters import own
def probe(document, *_, **__):
    def tried(what):
        try:
            return str(what())
        except (OSError, ImportError) as error:
            return type(error).__name__
    return repr({
        "read": tried(lambda: open("/etc/hostname")),
        "write": tried(lambda: open(HERE, "w")),
        "program": tried(lambda: subprocess.run(["/bin/true"])),
        "network": tried(lambda: socket.socket()),
        "import": tried(lambda: __import__("wave")),
        "where": os.getcwd(), "session": os.getsid(0) == os.getpid(),
        "limits": {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] for name in LIMITED},
        "environ": sorted(os.environ), "open": tried(lambda: os.dup(0)),
    }).replace("'", '"')
own.postmortem = probe
"""


def test_it_reads_writes_starts_and_reaches_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a template could do if it came out of the sandbox."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    begun_with(monkeypatch, PROBE.replace("HERE", repr(str(tmp_path / "file"))))
    found = json.loads(fill("x").replace("True", "true"))
    assert set(found.pop("environ")) <= {"MALLOC_ARENA_MAX", "LC_CTYPE", *isolated._KEPT}  # Python sets the second
    limits = found.pop("limits")
    assert 0 < limits.pop("CPU") < 20
    assert 512 * 1024 * 1024 < limits.pop("AS") < 2048 * 1024 * 1024
    assert limits == {"CORE": 0, "FSIZE": 0, "NPROC": 0, "NOFILE": 3}
    assert found.pop("import") in ("OSError", "ModuleNotFoundError")
    closed = dict.fromkeys(("read", "write", "program", "network", "open"), "OSError")
    assert found == {**closed, "where": "/", "session": True}
    assert list(tmp_path.iterdir()) == []


ASKS = """
import sys
sys.path.insert(0, sys.argv[1])
from tests.cli.test_isolated import LONG, fill, own
fill(LONG, limits=own.Limits(seconds=60, wall=60.0))
"""


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="looks into /proc for processes that are left")
def test_it_goes_when_whoever_asked_is_killed_in_the_midst_of_filling() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKS, str(TREE)], cwd=TREE) as parent:
        try:
            _until(lambda: any(map(_is_filling, _children(parent.pid))))
            (child,) = _children(parent.pid)
        finally:
            parent.kill()
    _until(lambda: not _is_filling(child))
    assert parent.returncode == -signal.SIGKILL


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(4000):  # twenty seconds: far less than the template's own limits, far more than it takes
        if condition():
            return
        select.select([], [], [], 0.005)
    raise AssertionError("not within twenty seconds")


def _children(pid: int) -> list[int]:
    """The processes that a process started, whichever of its threads did."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in task.read_text().split()]
    return found


def _is_filling(pid: int) -> bool:
    """Whether a process is there, and its limits hold."""
    try:
        limits = Path(f"/proc/{pid}/limits").read_text()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and re.search(r"Max open files +3 ", limits) is not None


# ── as it is asked for ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["md", "html"])
def test_an_export_fills_own_templates_in_a_process_of_their_own(
    cli: Cli, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.new()
    path = tmp_path / "own.md.j2"
    path.write_text("words of ours: {{ doc.title }}", encoding="utf-8")

    def here(*_: object, **__: object) -> str:
        raise AssertionError(os.getpid())

    monkeypatch.setattr(own, "postmortem", here)
    result = cli("export", "--draft", "--format", form, "--template", str(path))
    assert (result.code, result.err) == (0, "")
    assert "words of ours: Checkout fails" in result.out
