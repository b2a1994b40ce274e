"""What people wrote afterwards, in the built-in templates: as they wrote it; and what stands there until then."""

from __future__ import annotations

import re
from datetime import UTC
from functools import cache
from itertools import cycle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.exporters.document import document, errors
from scribe.exporters.markdown import TEMPLATES, Template, postmortem
from scribe.live.policy import DEFAULT
from scribe.record.afterwards import FactorSaid, ItemSaid, Written
from scribe.record.events import Action, Fact, Impact, Milestone
from scribe.record.redact import redact
from scribe.record.sections import SECTIONS
from scribe.record.state import State
from scribe.record.text import visible
from scribe.record.written import Done, Waiver
from tests.exporters.full import full, made
from tests.exporters.reader import kinds, lines_seen, shown, squeezed, tables, tokens
from tests.exporters.test_escape import NASTY, typed
from tests.exporters.test_markdown import headings
from tests.fakes.tale import Tale

LONG = "long " * 2000


def text_of(tale: Tale, template: Template) -> str:
    return postmortem(made(tale), template)


def under(source: str, heading: str) -> str:
    """What stands below a heading, down to the next one of its level or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", source, re.MULTILINE)
    assert found, heading
    return re.split(rf"^#{{1,{len(found[1])}}} ", source[found.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()


# ── whatever people write ───────────────────────────────────────────────────────────────────────────────────────────


@cache
def whole() -> State:
    return full(security=True).state()


def rewritten(words: list[str]) -> State:
    """The record with these words wherever somebody writes afterwards."""
    state, texts = whole(), cycle(words)
    forms = {section.key: section.form for section in SECTIONS}
    sections = {
        key: replace(
            old, text="\n".join(next(texts) for _ in range(3)) if forms[key] in ("text", "list") else next(texts)
        )
        if forms[key] in ("text", "list", "line")
        else old
        for key, old in state.sections.items()
    }

    def done(old: Done | None) -> Done | None:
        return old and replace(old, by=next(texts), words=next(texts))

    board = replace(
        state.board,
        factors=tuple(replace(old, text=next(texts), remark=next(texts)) for old in state.board.factors),
        items=tuple(
            replace(
                old,
                text=next(texts),
                owner=next(texts),
                verification=next(texts),
                closed=done(old.closed),
                verified=done(old.verified),
            )
            for old in state.board.items
        ),
    )
    waivers = tuple(Waiver(next(texts), next(texts), next(texts), next(texts), old.at) for old in state.waivers)
    return State(board, state.entries, sections, waivers)


def source_of(state: State, template: Template) -> str:
    return postmortem(document(redact(state), DEFAULT, UTC), template)


@cache
def plain(template: Template) -> str:
    return source_of(rewritten(["word"]), template)


@settings(max_examples=5)
@given(st.lists((typed | st.just(LONG)).filter(lambda text: bool(text.strip())), min_size=1, max_size=5))
@example([text for text in (*NASTY, LONG) if text.strip()])
@pytest.mark.parametrize("template", TEMPLATES)
def test_whatever_people_write_stands_as_written_and_keeps_the_document_in_shape(
    template: Template, words: list[str]
) -> None:
    state = rewritten(words)
    source = source_of(state, template)
    assert headings(source) == headings(plain(template))
    assert [(rows[0], len(rows)) for rows in tables(source)] == [
        (rows[0], len(rows)) for rows in tables(plain(template))
    ]
    assert kinds(source) - {"hardbreak", "text_special"} <= kinds(plain(template)) | {"link_open", "link_close"}
    assert not kinds(source) & {"html_block", "html_inline", "image", "code_block", "s_open"}
    assert {token.info for token in tokens(source) if token.type == "fence"} <= {"mermaid"}
    told = set(lines_seen(source))
    for key in ("well", "luck", "lessons") if template != "lite" else ("containment",):
        assert {shown(line) for line in state.sections[key].text.split("\n") if line.strip()} <= told, key
    summary = "\n".join(line.strip() for line in visible(state.sections["summary"].text).split("\n"))
    assert {squeezed(block) for block in summary.split("\n\n") if block.strip()} <= told
    every = "\n".join(told)
    for factor in state.board.factors:
        assert shown(factor.text) in every
    for item in state.board.items:
        assert shown(item.text) in every
        assert shown(f"@{item.owner}") in every


# ── until it is written ─────────────────────────────────────────────────────────────────────────────────────────────


def test_until_then_the_record_is_offered_as_such_with_references() -> None:
    tale = Tale()
    tale.say(Fact(sources=("https://a.example/b_c",)), "pool full https://a.example/b_c", ago=50)
    tale.say(Milestone(moment="detected"))
    tale.say(Action(status="done"), "rolled back")
    source = text_of(tale, "layered")
    assert under(source, "Missed signals") == (
        "From the record:\n\n- pool full <https://a.example/b_c> (#2)\n\n"
        "**to be written** – What had told of it and was not seen, one a line."
    )
    assert under(source, "Containment").startswith("From the record:\n\n- rolled back (A1)\n\n**to be written** – ")
    tale.say(Written(section="containment"), "rolled back\nswitched off")
    assert under(text_of(tale, "layered"), "Containment") == "- rolled back\n- switched off"


def test_text_is_paragraphs_and_a_list_is_a_list() -> None:
    tale = Tale()
    tale.say(Written(section="summary"), "one line\nanother\n\na paragraph")
    tale.say(Written(section="whys"), "first\nsecond")
    source = text_of(tale, "layered")
    assert under(source, "Summary") == "one line\\\nanother\n\na paragraph"
    assert under(source, "Five whys") == "1. first\n2. second"


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_heading_stands_over_nothing(template: Template) -> None:
    for tale in (Tale(), full(), full(near_miss="yes"), full(security=True)):
        for diagrams in (True, False):
            lines = [
                line
                for line in postmortem(made(tale), template, diagrams=diagrams).splitlines()
                if line and line != "```mermaid"
            ]
            for line, below in zip(lines, [*lines[1:], "# the end"], strict=True):
                level, next_level = (len(part) - len(part.lstrip("#")) for part in (line, below))
                assert not (level and next_level and next_level <= level), (line, below)


def test_an_empty_part_of_a_fact_is_unknown() -> None:
    source = text_of(Tale(), "review")
    assert under(source, "7. Recurrence prevention").startswith(
        "- [ ] Monitoring added: unknown\n- [ ] Runbook: unknown\n- [ ] Tests added: unknown\n"
        "- [ ] Architecture change: unknown\n- [ ] Training: unknown"
    )
    cells = dict(
        next(rows for rows in tables(source) if rows[0] == ["Field", "Value"] and rows[1][0].startswith("Direct"))
    )
    assert set(cells.values()) == {"Value", "unknown"}


def test_every_prevention_tick_has_its_word() -> None:
    assert under(text_of(full(), "review"), "7. Recurrence prevention").split("\n")[:5] == [
        "- [x] Monitoring added: yes",
        "- [ ] Runbook: no",
        "- [ ] Tests added: not needed",
        "- [ ] Architecture change: unknown",
        "- [x] Training: yes",
    ]


# ── factors and action items ────────────────────────────────────────────────────────────────────────────────────────


def test_the_ten_classes_have_their_highest_score_and_zero_is_one() -> None:
    tale = full()
    tale.say(FactorSaid(layer="technical", factor_class="capacity", score=1), "another")
    (rows,) = (rows for rows in tables(text_of(tale, "review")) if rows[0] == ["Factor", "Score 0–3", "Notes"])
    scores = {row[0]: row[1] for row in rows[1:]}
    assert len(scores) == 10
    assert scores["monitoring missing or inadequate"] == "0"
    assert scores["capacity or scaling limits"] == "3"
    assert set(scores.values()) == {"0", "3", "unknown"}


def test_what_was_scored_zero_is_named_as_a_factor_and_not_as_the_cause() -> None:
    for template in ("icre", "review", "classic"):
        source = postmortem(made(full(without=("root-cause",))), template)
        cause = under(source, "Root Cause" if template == "classic" else "Root cause").split("```")[0]
        assert "words of the first factor" in cause
        assert "words of the second factor" not in cause
        assert "words of the second factor" in source


def test_items_stand_by_what_they_answer() -> None:
    tale = Tale()
    tale.say(FactorSaid(), "first")
    tale.say(FactorSaid(), "second")
    for name, answers in (("a", ()), ("b", ("trigger",)), ("c", ("F2",)), ("d", ("F2", "F1"))):
        tale.say(ItemSaid(answers=answers), name)
    (rows,) = (rows for rows in tables(text_of(tale, "layered")) if rows[0][:2] == ["ID", "Action"])
    assert [row[1] for row in rows[1:]] == ["d", "c", "b", "a"]


def test_an_item_that_is_done_is_ticked_and_says_whether_it_was_verified() -> None:
    tale = Tale()
    for number in range(3):
        tale.say(ItemSaid(), f"do {number}")
    tale.say(ItemSaid(target="T2", status="done"), "merged")
    tale.say(ItemSaid(target="T3", status="wont_do"), "too dear")
    first, second, third = under(text_of(tale, "icre"), "Action items").split("\n")[:3]
    assert first.startswith("- [ ] **T1** do 0 (owner: unknown; due: unknown; ")
    assert first.endswith("open)")
    assert second.startswith("- [x] **T2** do 1")
    assert second.endswith("done 2026-11-20 by @sam: merged; not verified yet)")
    assert third.startswith("- [ ] **T3** do 2")
    assert third.endswith("won't do 2026-11-20 by @sam: too dear)")


# ── by severity ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("severity", "blocks"), [(1, False), (2, True), (3, True), (4, True)])
def test_the_review_is_minute_by_minute_for_the_worst_and_in_blocks_below(severity: int, blocks: bool) -> None:
    source = text_of(full(severity=severity), "review")
    assert ("In blocks of 15 minutes:" in source) is blocks
    assert ("Minute by minute:" in source) is not blocks
    timeline = under(source, "2. Timeline")
    assert timeline.count("still failing") == 45


@pytest.mark.parametrize("severity", [1, 2, 3, 4])
def test_icre_may_leave_the_resolution_of_lesser_ones_to_the_ticket(severity: int) -> None:
    source = text_of(full(severity=severity), "icre")
    assert ("may be left to the ticket" in source) is (severity in (3, 4))
    without = text_of(full(severity=severity, without=("containment",)), "icre")
    assert ("Left to the ticket unless" in without) is (severity in (3, 4))
    assert "## R – Resolution" in source


def test_icre_of_a_near_miss_is_issue_and_cause_and_an_enhancement_where_there_is_one() -> None:
    bare = Tale()
    bare.say(Written(section="near-miss"), "yes")
    parts = [heading for heading in headings(text_of(bare, "icre")) if re.match(r"[ICRE] – ", heading)]
    assert parts == ["I – Issue", "C – Cause"]
    bare.say(ItemSaid(), "do it")
    parts = [heading for heading in headings(text_of(bare, "icre")) if re.match(r"[ICRE] – ", heading)]
    assert parts == ["I – Issue", "C – Cause", "E – Enhancement"]


def test_a_short_page_tells_what_was_starred_else_everything_else_the_course() -> None:
    tale = Tale()
    tale.say(Fact(), "a small fact")
    assert "a small fact" in text_of(tale, "lite")
    for _ in range(30):
        tale.say(Fact(), "still failing")
    tale.say(Impact(), "one in ten")
    source = under(text_of(tale, "lite"), "Timeline")
    assert "fact" not in source
    assert "one in ten" in source
    assert "31 more entries stand in the record." in source
    lite = under(text_of(full(), "lite"), "Timeline")
    assert [row[4] for row in tables(lite)[0][1:]] == ["words of a key moment"]


def test_the_lite_page_is_short() -> None:
    assert len(text_of(full(), "lite").splitlines()) < 90
    assert len(text_of(Tale(), "lite").splitlines()) < 80


# ── the check ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_errors_that_stand_are_counted() -> None:
    error = Finding("a", "error", "x", "m", "w", "f")
    found = (error, replace(error, level="warning"), replace(error, waived="why"))
    assert errors(made(Tale(), findings=found)) == 1
    assert errors(made(Tale())) == 0


def test_a_written_choice_day_or_amount_stands_as_people_say_it() -> None:
    tale = Tale()
    tale.say(Written(section="meeting"), "2026-11-24T09:30:00.000Z")
    tale.say(Written(section="detected-by"), "model-validation")
    source = text_of(tale, "lite")
    assert "| Review meeting     | 2026-11-24 09:30 |" in source
    assert "- Detected by: model validation; delay" in source
