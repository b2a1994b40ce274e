"""What a run of everything says of itself: a failure ends it with 1 and stands on the page."""

from __future__ import annotations

from collections import Counter

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
