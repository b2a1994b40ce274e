"""Rules on factors and on what answers them, where more than a line is wanted."""

from __future__ import annotations

from tests.after.lint.complete import told
from tests.after.lint.small import small

ACTION = "@jun due: 2026-12-01 verify: it holds in the drill of December category: prevent"


def test_too_few_factors_are_an_error_where_a_whole_postmortem_is_wanted_and_nowhere_else() -> None:
    gone = ("/factor limits", "/action Pool limits")
    found = small(without=gone)
    assert [(one.code, one.level) for one in found] == [("few-factors", "error")]
    assert "2 contributing factors are named; 3 are wanted" in found[0].message
    assert [(one.code, one.level) for one in small(without=gone, severity=3)] == [("few-factors", "warning")]
    assert small(without=gone, template="lite") == ()
    assert small("600:30 /write near-miss yes", without=gone) == ()


def test_factors_of_one_layer() -> None:
    change = ("600:30 /factor F2 layer: technical", "600:30 /factor F3 layer: technical")
    assert told(small(*change)) == ["few-layers@factors"]
    assert told(small(change[0])) == []


def test_what_was_scored_zero_is_no_factor() -> None:
    assert told(small("600:30 /factor F3 score: 0")) == ["few-factors@factors"]
    extra = f"600:40 /action Warm the cache {ACTION} for: F4"
    assert told(small("600:30 /factor F3 score: 0", "600:35 /factor a cold cache layer: change", extra)) == []


def test_actions_that_answer_the_trigger_alone() -> None:
    only = [f"600:3{number} /action T{number} for: trigger" for number in (1, 2, 3)]
    reasons = [f"600:4{number} /waive weakness-unanswered@F{number} known" for number in (1, 2, 3)]
    assert told(small(*only, *reasons)) == ["only-trigger@actions"]
    assert told(small(*only[:2], *reasons)) == []


def test_no_actions() -> None:
    gone = ("/action",)
    found = told(small(without=gone))
    assert found == [*(f"weakness-unanswered@F{number}" for number in (1, 2, 3)), "no-actions@actions"]
    assert "no-actions@actions" not in told(small(without=gone, severity=3, template="icre"))
    assert "no-actions@actions" in told(small(without=gone, severity=3))


def test_a_dropped_action_is_a_reason() -> None:
    assert told(small("600:30 /drop T3 the pipeline goes away in spring")) == []


def test_many_actions_that_answer_nothing() -> None:
    words = ("Warm the cache", "Shed load at the edge", "Cap the queue", "Rotate the logs")
    loose = [f"600:3{number} /action {text} {ACTION}" for number, text in enumerate(words)]
    assert told(small(*loose)) == ["action-per-symptom@actions"]
    assert told(small(*loose[:3])) == []


def test_a_vague_action_without_a_signal_is_an_error() -> None:
    line = "600:30 /action Be more careful @jun due: 2026-12-01 category: learn"
    found = small(line)
    assert [(one.code, one.level) for one in found] == [("action-verification", "error"), ("vague-action", "error")]
    assert (found[1].start, found[1].end) == (0, len("Be more careful"))
    signal = "600:30 /action Improve tests @jun due: 2026-12-01 verify: coverage over 80 % category: learn"
    assert [(one.code, one.level) for one in small(signal)] == [("vague-action", "warning")]
