"""Commands of the time after: what is read of them, and what the hint says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from scribe.live.grammar import OnScreen, Parsed, ParseError, Recorded, Setting, parse
from scribe.live.hints import hint
from scribe.live.reviewing import FACTOR_LABELS, ITEM_LABELS
from scribe.record.afterwards import Curated, FactorSaid, ItemSaid, Waived, Written
from scribe.record.events import Draft, Payload
from scribe.record.state import Board

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HERE = Setting(NOW, NOW, UTC)


def read(line: str) -> Draft:
    found = parse(line, HERE)
    assert isinstance(found, Recorded)
    (draft,) = found.drafts
    return draft


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("/write summary It broke.", Written(section="summary"), "It broke."),
        ("/write Root_Cause: a\nb", Written(section="root-cause"), "a\nb"),
        ("/write +well the alert", Written(section="well", added=True), "the alert"),
        ("/write meeting tomorrow 10:00", Written(section="meeting"), "2026-11-21T10:00:00.000Z"),
        ("/write meeting 2026-11-24", Written(section="meeting"), "2026-11-24"),
        ("/send #12 trigger", Written(section="trigger", added=True, entry="#12"), ""),
        ("/factor no alert layer: det", FactorSaid(layer="detection"), "no alert"),
        (
            "/factor no alert Class: third-party score: 3 standing: cand",
            FactorSaid(factor_class="third_party", score=3, standing="candidate"),
            "no alert",
        ),
        ("/factor F2 score: 0", FactorSaid(target="F2", score=0), ""),
        ("/factor f2 other words", FactorSaid(target="F2", words="other words"), ""),
        ("/factor F2 drop it was not", FactorSaid(target="F2", dropped=True), "it was not"),
        ("/drop F2 it was not", FactorSaid(target="F2", dropped=True), "it was not"),
        ("/action add an alert @bob", ItemSaid(owner="bob"), "add an alert"),
        ("/action tell @bob about it", ItemSaid(mentions=("bob",)), "tell @bob about it"),
        (
            "/action alert on it owner: @bob due: friday verify: it pages: once category: detect priority: p1"
            " for: F1, F2",
            ItemSaid(
                owner="bob",
                due="2026-11-27",
                verification="it pages: once",
                category="detect",
                priority="P1",
                answers=("F1", "F2"),
            ),
            "alert on it",
        ),
        ("/action T1 due: none owner:", ItemSaid(target="T1", due="", owner=""), ""),
        (
            "/action T1 owner: none verify: - for: None",
            ItemSaid(target="T1", owner="", verification="", answers=()),
            "",
        ),
        ("/action T1 status: in-progress", ItemSaid(target="T1", status="in_progress"), ""),
        ("/action T1 other words", ItemSaid(target="T1", words="other words"), ""),
        ("/done T1 merged", ItemSaid(target="T1", status="done"), "merged"),
        ("/done t12", ItemSaid(target="T12", status="done"), ""),
        ("/verified T1 @carol it paged", ItemSaid(target="T1", verified_by="carol"), "it paged"),
        ("/drop T1 switched off", ItemSaid(target="T1", status="wont_do"), "switched off"),
        ("/star #12", Curated(target="#12", starred=True), ""),
        ("/unhide H2", Curated(target="H2", hidden=False), ""),
        ("/waive Few-Factors one disk", Waived(code="few-factors"), "one disk"),
        ("/waive vague@T1 it is clear to us", Waived(code="vague", place="T1"), "it is clear to us"),
        ("/unwaive vague@T1", Waived(code="vague", place="T1", lifted=True), ""),
    ],
)
def test_a_command_is_read(line: str, payload: Payload, text: str) -> None:
    draft = read(line)
    assert (draft.payload, draft.text) == (payload, text)
    assert not draft.at_raw


def test_several_entries_are_starred_at_once() -> None:
    found = parse("/star #12 H2 #12", HERE)
    assert isinstance(found, Recorded)
    assert [draft.payload for draft in found.drafts] == [
        Curated(target="#12", starred=True),
        Curated(target="H2", starred=True),
    ]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("/write sumary x", "sumary"),
        ("/write +summary", ""),
        ("/write meeting soon", "meeting soon"),
        ("/send #12 nothing", "nothing"),
        ("/send twelve well", "twelve"),
        ("/factor x layer: moon", "moon"),
        ("/factor x score: 4", "4"),
        ("/factor layer: change", ""),
        ("/factor x class: t", "t"),
        ("/action x due: soon", "soon"),
        ("/action x priority: P7", "P7"),
        ("/action due: friday", ""),
        ("/verified T1 carol", "carol"),
        ("/verified A1 @carol", "A1"),
        ("/drop T1", ""),
        ("/star", ""),
        ("/waive few-factors", ""),
        ("14:02 /factor x", "14:02"),
        ("14:02 /star #2", "14:02"),
    ],
)
def test_the_error_points_at_what_is_wrong(line: str, wrong: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, Setting(NOW.replace(hour=15), NOW, UTC))
    assert line[caught.value.start : caught.value.end] == wrong


def test_a_section_without_a_text_is_opened() -> None:
    assert parse("/write Summary", HERE) == OnScreen("write", "summary")
    assert parse("/write Factors", HERE) == OnScreen("write", "factors")
    assert parse("/write timeline", HERE) == OnScreen("write", "timeline")


@pytest.mark.parametrize("line", ["/write", "/factor", "/action", "/check", "/actions"])
def test_alone_it_opens_what_it_is_about(line: str) -> None:
    assert isinstance(parse(line, HERE), OnScreen)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/write summary x", "summary: in place of what stands there"),
        ("/write +well x", "what went well: behind what stands there"),
        ("/send #12 well", "puts #12 into what went well, as it stands"),
        ("/factor x layer: change score: 2", "factor F3 · change · score 2"),
        ("/factor x", "factor F3 · layer: missing"),
        ("/factor F1 drop no", "F1 is no factor"),
        ("/action x @bob due: 2w", "action item T1 · @bob · due 2026-12-04 · still without verify:"),
        ("/action T1 status: in-progress", "T1 · in progress"),
        ("/verified T1 @al", "T1 · verified by @al"),
        ("/star #3", "#3 is pointed out in documents"),
        ("/hide #3", "#3 is left out of the documents' timeline"),
        ("/waive x@T1 y", "x at T1 is accepted"),
        ("/unwaive x", "x, wherever it is found counts again"),
    ],
)
def test_the_hint_says_what_enter_would_do(line: str, says: str) -> None:
    assert hint(line, HERE, Board("INC-1", refs={"F": 2}), "sam").text == says


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)


def answer(line: str) -> Parsed | ParseError | None:
    try:
        return parse(line, HERE)
    except ParseError as error:
        return error


@given(st.lists(st.tuples(st.sampled_from((*FACTOR_LABELS, *ITEM_LABELS)), WORDS), max_size=5), WORDS)
def test_any_labels_are_read_or_refused_in_place(labels: list[tuple[str, str]], words: str) -> None:
    rest = " ".join((words, *(f"{label}: {value}" for label, value in labels)))
    for name in ("factor", "action"):
        line = f"/{name} {rest}"
        found = answer(line)
        if isinstance(found, ParseError):
            place = (found.start, found.end)
            assert 0 <= place[0] <= place[1] <= len(line) + 1
        elif isinstance(found, Recorded):
            (draft,) = found.drafts
            assert isinstance(draft.payload, FactorSaid | ItemSaid)
            assert draft.text or draft.payload.target


def test_what_is_not_said_is_left_as_it_is() -> None:
    payload = read("/action T1 due: 2026-12-01").payload
    assert isinstance(payload, ItemSaid)
    unsaid = ("owner", "verification", "category", "priority", "answers", "status", "verified_by", "words")
    assert all(getattr(payload, name) is UNSET for name in unsaid)
