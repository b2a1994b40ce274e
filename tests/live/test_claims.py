from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.live.claims import MOST, affirmed, down, rolls_back, severe


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "312 orders lost",
        "possible",
        "0.3 % of orders",
        "writes of 14:02-14:10 missing, no corruption",
        "no corruption, but 312 orders lost",
        "unknown, about 2k a minute",
        "cannot be ruled out",
        "not ruled out yet",
        "3 rows overwritten. no backup",
        "Black Friday",
        "주문 유실",
        "없어진 주문",
        "미국 주문 유실",
        "无法恢复的订单",
        "丢失订单",
    ],
)
def test_a_harm_that_is_stated_or_possible_is_affirmed(value: str) -> None:
    assert affirmed(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "?",
        "no",
        "None",
        "nothing lost",
        "No data loss",
        "there is no loss",
        "data loss: none",
        "not known yet",
        "not affected",
        "Unknown",
        "unknown – being checked",
        "being checked",
        "no, checksums match",
        "none so far, replicas agree",
        "looks fine, nothing lost",
        "0",
        "n/a",
        "없음",
        "미확인",
        "无",
        "没有",
        "未知",
    ],
)
def test_a_harm_that_is_denied_or_unknown_is_not(value: str) -> None:
    assert not affirmed(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2k a minute", True), ("Black Friday", True), ("negligible", False), ("off-peak", False), ("none", False)],
)
def test_a_small_harm_to_the_business_is_not_severe(value: str, expected: bool) -> None:
    assert severe(value) is expected


@pytest.mark.parametrize(
    "value",
    ["down", "Fully down", "outage", "down, no ETA", "down, not yet restored", "down since 14:02", "전면 중단", "宕机"],
)
def test_a_service_that_is_down_is_read_as_down(value: str) -> None:
    assert down(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "up",
        "not down",
        "isn't down",
        "degraded, not down",
        "partially down",
        "down for some users",
        "slowed down",
        "error rate down to 3 %",
        "throughput down from 80%",
        "was down, now up",
        "unknown",
        "일부 중단",
    ],
)
def test_a_service_that_is_slow_up_or_partly_down_is_not(value: str) -> None:
    assert not down(value)


@pytest.mark.parametrize(
    "text",
    ["Roll back to 1.41", "rolling-back", "kubectl rollout undo checkout", "revert abc", "rollback", "롤백 중", "回滚"],
)
def test_a_way_back_is_read_in_three_languages(text: str) -> None:
    assert rolls_back(text)


@pytest.mark.parametrize("text", ["", "scroll backwards", "restart the background job", "fail over"])
def test_other_actions_are_no_way_back(text: str) -> None:
    assert not rolls_back(text)


@given(st.text(max_size=80))
def test_any_words_can_be_read_and_the_tail_of_a_paste_is_not(value: str) -> None:
    pasted = value[:MOST].ljust(MOST)
    for claim in (affirmed, severe, down, rolls_back):
        assert claim(pasted + " rollback, down, data lost") == claim(pasted)
        assert claim(value) in (True, False)
