"""What a run of everything says of itself: a failure ends it with 1 and stands on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from inspect import iscoroutinefunction, signature
from pathlib import Path

import pytest

from tests.durability import __main__ as runner
from tests.durability import page, parts
from tests.durability.parts import Part
from tests.durability.tally import FAILED


@pytest.mark.parametrize("failed", [0, 2])
def test_a_failure_ends_the_run_with_one(monkeypatch: pytest.MonkeyPatch, failed: int) -> None:
    monkeypatch.setattr(runner, "can_inject", lambda: True)
    monkeypatch.setattr(runner, "TOGETHER", ())
    monkeypatch.setattr(runner, "ALONE", (Part("one", "none", {}, {}),))
    monkeypatch.setattr(runner, "counted", lambda part, quick: {"tries": 3, FAILED: failed})
    assert runner.main(["--only", "one"]) == int(failed > 0)


def test_a_part_that_falls_over_counts_as_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert parts.counted(Part("one", "tests.durability.no_such", {}, {}), quick=True) == {FAILED: 1}
    assert "No module named" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failed", "said"), [(0, '"Failed" stands at 0 in this run.'), (2, "**the promise was broken**")]
)
def test_the_page_says_whether_anything_failed(failed: int, said: str) -> None:
    found: dict[str, Counter[str]] = {part.name: Counter() for part in (*parts.TOGETHER, *parts.ALONE)}
    found["marked"] = Counter({"tests": 7, "skipped": 1, FAILED: failed})
    text = page.page(found, machine="here", date="2026-11-21", minutes=3)
    assert said in text
    assert "7 long tests (1 skipped)" in text


def test_the_page_says_what_was_walked_through_and_not_only_what_was_printed() -> None:
    found: dict[str, Counter[str]] = {part.name: Counter() for part in (*parts.TOGETHER, *parts.ALONE)}
    found["hostile"] = Counter(records=2, values=31, views=5, characters=7)
    found["screens"] = Counter(records=2, screens=41, cells=9)
    found["bytes"] = Counter(records=2, keys=51, bytes=1234)
    found["restricted"] = Counter(records=2, exits=61, refused=3)
    text = page.page(found, machine="here", date="2026-11-21", minutes=3)
    for said in (
        "31 values",
        "41 times a screen",
        "51 keys, 1,234 bytes",
        "61 exits that said something, 3 that refused",
    ):
        assert said in text


@pytest.mark.parametrize("name", ["hostile", "screens", "bytes", "restricted"])
def test_a_part_can_be_run(name: str) -> None:
    """It is there, takes what it is given, and is no coroutine that nobody awaits."""
    (part,) = (each for each in (*parts.TOGETHER, *parts.ALONE) if each.name == name)
    module = import_module(part.module)
    signature(module.run).bind(**part.full)
    assert not iscoroutinefunction(module.run)
    assert part.quick["count"] >= 1


def test_a_part_that_was_run_again_takes_the_place_of_its_counts_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def told(found: Mapping[str, Mapping[str, int]], *, again: tuple[str, ...], **_: object) -> str:
        return f"{sum(counts[FAILED] for counts in found.values())} failed; again: {', '.join(again)}"

    failing = Counter({"disks": 1, "kills": 1})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(runner, "can_inject", lambda: True)
    monkeypatch.setattr(runner, "TOGETHER", ())
    monkeypatch.setattr(runner, "ALONE", [Part(name, "none", {}, {}) for name in ("kills", "disks", "power")])
    monkeypatch.setattr(runner, "counted", lambda part, quick: {FAILED: failing[part.name]})
    monkeypatch.setattr(runner, "marked", lambda quick: {FAILED: 0})
    monkeypatch.setattr(runner, "page", told)
    written = tmp_path / "docs" / "DURABILITY.md"
    assert runner.main([]) == 1
    assert written.read_text(encoding="utf-8") == "2 failed; again: "
    failing.clear()
    assert runner.main(["--again", "disks"]) == 1
    assert written.read_text(encoding="utf-8") == "1 failed; again: disks"
    assert runner.main(["--again", "kills"]) == 0
    assert written.read_text(encoding="utf-8") == "0 failed; again: disks, kills"


def test_the_page_in_the_repository_tells_of_a_run_without_a_failure() -> None:
    text = (Path(__file__).parents[2] / "docs" / "DURABILITY.md").read_text(encoding="utf-8")
    assert '"Failed" stands at 0 in this run.' in text
