from __future__ import annotations

import html
import re
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.causes import Cause, causes
from scribe.exporters.markdown import TEMPLATES, Template, postmortem
from scribe.exporters.mermaid import LONGEST, MOST, label, timeline, tree
from scribe.record.events import Fact, Milestone, StateChange
from scribe.record.redact import redact
from scribe.record.text import one_line
from tests.exporters.full import full, made
from tests.exporters.reader import kinds, squeezed, tokens
from tests.exporters.test_escape import NASTY, typed
from tests.fakes.tale import Tale

NODE = re.compile(r'    (n[1-9][0-9]*|more)\["([^"\n]+)"\]')
EDGE = re.compile(r"    n[1-9][0-9]* (-->|-\.->) n[1-9][0-9]*")
BREAKING = [
    '"] --> evil["x',
    "end",
    "%%{init: {'theme': 'dark'}}%% x",
    "%% comment",
    "click n1 href javascript:alert(1)",
    "#quot; &quot; #35;",
    "`markdown **string**` _x_ *y*",
    "```\n# heading",
    "subgraph a\nend",
    "<img src=x onerror=alert(1)>",
    "style n1 fill:#f00; a: #x;",
    "classDef c fill:#f00;",
    "1. a list",
    "a;b|c{d}(e)[f]\\",
    "x" * 10_000,
    "漢字 и é \u202e bidi \u2028 line",
]


def words_of(diagram: str) -> list[str]:
    """The labels as Mermaid shows them: a number sign with a number is a character, and nothing else is special."""
    return [
        html.unescape(re.sub(r"#(\d+);", r"&#\1;", found[2]))
        for found in map(NODE.fullmatch, diagram.split("\n"))
        if found
    ]


def causes_of(words: list[str]) -> Cause:
    leaves = tuple(Cause(word, "factor", (f"F{place}",)) for place, word in enumerate(words, 1))
    first = (Cause(words[-1], "trigger", (), leaves), Cause(words[0], "candidate"), Cause(words[0], "why"))
    return Cause(words[0], "symptom", (), first)


@given(st.lists(typed | st.sampled_from(BREAKING), min_size=1, max_size=6))
@example(BREAKING)
@example(NASTY)
def test_whatever_is_typed_a_tree_is_nodes_and_edges_and_shows_it(words: list[str]) -> None:
    diagram = tree(causes_of(words))
    first, *rest = diagram.split("\n")
    assert first == "graph TD"
    assert all(NODE.fullmatch(line) or EDGE.fullmatch(line) for line in rest)
    told = words_of(diagram)
    assert len(told) == len(words) + 4
    for place, word in enumerate(words, 1):
        wanted = squeezed(one_line(f"F{place} {word}"))
        assert told[place + 1] == (wanted if len(wanted) <= LONGEST else f"{wanted[: LONGEST - 1].rstrip()}…")
    assert all(len(text) <= LONGEST for text in told)


@given(typed | st.sampled_from(BREAKING))
def test_a_label_has_no_sign_that_means_something(text: str) -> None:
    made_of = label(text)
    assert not re.search(r'["`<>{}\[\]\\|&*_~%\n]', made_of)
    assert not re.search(r"#(?!\d+;)", made_of)
    assert not re.search(r"(?<!\d);", made_of)
    assert not re.search(r"(style|classDef).*:", made_of)


@pytest.mark.parametrize(
    ("text", "made_of"), [("1. x", "1#46; x"), ("12) x", "12#41; x"), ("- x", "#45; x"), ("1.5 s", "1.5 s")]
)
def test_a_label_does_not_begin_like_a_list(text: str, made_of: str) -> None:
    assert label(text) == made_of


def test_of_very_many_causes_the_first_are_drawn_and_the_others_counted() -> None:
    chain = Cause("why 2999", "why")
    for number in reversed(range(2999)):
        chain = Cause(f"why {number}", "why", (), (chain,))
    lines = tree(chain).split("\n")
    assert sum(bool(NODE.fullmatch(line)) for line in lines) == MOST + 1
    assert lines[-1] == f'    more["{3000 - MOST} more in the text"]'


def test_the_tree_goes_from_the_symptom_over_the_trigger_to_the_factors() -> None:
    found = causes(made(full()))
    assert found is not None
    diagram = tree(found)
    assert words_of(diagram) == [
        "Symptom – words of observed",
        "Trigger – words of trigger",
        "words of whys",
        "Technical",
        "F1 words of the first factor",
        "Change",
        "F3 words of the third factor",
    ]
    assert "    n1 --> n2\n" in diagram
    assert "    n2 --> n3\n" in diagram
    assert "-.->" not in diagram


def test_a_candidate_hangs_on_a_dotted_line() -> None:
    diagram = tree(Cause("it", "symptom", (), (Cause("guess", "candidate", ("F4",)),)))
    assert words_of(diagram)[1] == "Candidate F4 guess"
    assert "    n1 -.-> n2" in diagram


# ── the course ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_states_are_bars_and_moments_points_and_entries_are_not_drawn() -> None:
    tale = Tale()
    tale.say(Milestone(moment="detected"))
    for _ in range(50):
        tale.say(Fact(), "a fact")
    tale.say(StateChange(state="mitigating"), "because")
    tale.say(StateChange(state="resolved"))
    lines = timeline(build(redact(tale.state()), zone=ZoneInfo("Asia/Seoul"))).split("\n")
    assert lines == [
        "gantt",
        "    title States and moments (KST)",
        "    dateFormat YYYY-MM-DDTHH:mm:ss",
        "    axisFormat %H:%M",
        "    section States",
        "    investigating :2026-11-20T21:00:00, 2026-11-20T21:52:00",
        "    mitigating :2026-11-20T21:52:00, 2026-11-20T21:53:00",
        "    section Moments",
        "    detected :milestone, 2026-11-20T21:01:00, 0d",
        "    declared :milestone, 2026-11-20T21:00:00, 0d",
        "    resolved :milestone, 2026-11-20T21:53:00, 0d",
    ]


def test_where_the_clocks_were_changed_it_is_drawn_in_utc() -> None:
    document = build(redact(Tale().state()), zone=ZoneInfo("Europe/Berlin"))
    assert "(CET)" in timeline(document)
    moments = tuple(
        replace(moment, mark=replace(moment.mark, at="2026-10-24T12:00:00.000Z"))
        if moment.mark and moment.name == "declared"
        else moment
        for moment in document.moments
    )
    drawn = timeline(replace(document, moments=moments))
    assert "(UTC)" in drawn
    assert "declared :milestone, 2026-10-24T12:00:00, 0d" in drawn


def test_states_that_changed_too_often_are_left_out() -> None:
    tale = Tale()
    for _ in range(MOST):
        tale.say(StateChange(state="mitigating"))
        tale.say(StateChange(state="investigating"))
    drawn = timeline(build(redact(tale.state()), zone=UTC))
    assert "section States" not in drawn
    assert "declared :milestone" in drawn


@pytest.mark.parametrize("template", TEMPLATES)
def test_diagrams_stand_in_fences_and_only_where_they_are_wanted(template: Template) -> None:
    document = made(full(trigger="x\n```\n# out", whys="```mermaid\n%%{init}%%"))
    fences = [token for token in tokens(postmortem(document, template)) if token.type == "fence"]
    assert [token.info for token in fences] == ([] if template == "lite" else ["mermaid"] * 2)
    without = postmortem(document, template, diagrams=False)
    assert "fence" not in kinds(without)
    assert "mermaid" not in without.replace(r"\`\`\`mermaid", "")
