"""What the postmortem's screen shows: marks, sources, figures, findings, rows."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace

from scribe.after.findings import Finding
from scribe.live.policy import DEFAULT
from scribe.record.sections import BY_KEY
from scribe.ui.lines import Line, width_of
from scribe.ui.postmortem import beside, leaving, middle, outline, register
from scribe.ui.postmortem.look import Look, checked, look, with_text
from scribe.ui.postmortem.places import PLACES, place
from scribe.ui.zones import Zones
from tests.fakes.desk import Desk

NOW = "2026-11-20T14:00:00.000Z"
ZONES = Zones(UTC)
TALE = (
    "/milestone detected 11:50",
    "11:50 SLO burn alert on checkout https://dash.example.org/d/1",
    "/impact one order in eight fails",
    "? the pool is exhausted",
    "/confirm H1 pool wait fell",
    "> roll back",
    "/state resolved",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return an incident that is over, with something in the record for most sections."""
    desk = Desk(tmp_path / "journal.db", severity=1)
    for line in TALE:
        desk.type(line)
    return desk


def seen(desk: Desk, *lines: str) -> Look:
    for line in lines:
        desk.type(line)
    found = look(desk.state(), zone=UTC, policy=DEFAULT, before=None)
    return replace(found, is_checked=True)


def told(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def finding(where: str, level: str = "warning", *, waived: str = "", start: int = 0, end: int = 0) -> Finding:
    return Finding("a-code", level, where, "what is wrong", "why it matters", "how to mend it", start, end, waived)  # type: ignore[arg-type]


# ── the outline ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mark_says_what_a_section_holds(desk: Desk) -> None:
    found = seen(desk, "/write summary it broke", "/star #1")
    found = replace(found, findings=(finding("T1", "error"), finding("lessons"), finding("luck", waived="a drill")))
    signs = {key: sign for key, (sign, _) in outline.marks(found, {"cost-hours"}).items()}
    assert signs["summary"] == "✓"
    assert signs["impact"] == "◐"
    assert signs["well"] == "·"
    assert signs["luck"] == "·", "what was accepted counts no more"
    assert signs["timeline"] == "✓"
    assert signs["factors"] == "◐"
    assert (signs["actions"], signs["lessons"], signs["cost-hours"]) == ("!", "!", "!")
    assert outline.marks(found)["actions"][1] == "error"
    assert outline.marks(found)["lessons"][1] == "warning"


@pytest.mark.parametrize("width", [1, 8, 22, 40])
def test_the_outline_fits_and_shows_where_one_is(desk: Desk, width: int) -> None:
    found = seen(desk, "/write near-miss no", "/write currency EUR", "/write cost-hours 48000.5")
    for each in PLACES:
        lines, current = outline.outline(found, outline.marks(found), each.key, width)
        assert all(width_of(line) <= max(width, 5) for line in lines)
        assert "▸" in "".join(text for text, _ in lines[current])
        for height in (1, 3, 20, 80):
            assert lines[current] in outline.window(lines, current, height)


def test_one_line_says_what_stands_against_the_document(desk: Desk) -> None:
    found = seen(desk)
    assert "checking" in told([outline.summary(replace(found, is_checked=False), 1)])
    assert "checking" in told([outline.summary(None, 1)])
    assert "the check finds nothing" in told([outline.summary(found, 1)])
    found = replace(found, findings=(finding("a", "error"), finding("b"), finding("c"), finding("d", waived="x")))
    said = told([outline.summary(found, 3)])
    assert "3 of" in said
    assert "1 error, 2 warnings" in said
    assert "1 waived" in said


# ── beside the text ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_sources_are_the_entries_that_the_text_names_and_those_the_record_holds(desk: Desk) -> None:
    found = seen(desk, "/restrict the key was AKIA")
    state = desk.state()
    entries = {entry.ref: entry for entry in state.entries}
    impact = next(entry for entry in state.entries if entry.kind == "impact")
    sources = beside.sources(state, found, "impact", f"seen in H1 and A1, not in {impact.ref}x or #999")
    assert [entry.ref for entry in sources.named] == ["H1", "A1"]
    assert sources.held == (impact,)
    said = told(beside.source_lines(sources, ZONES, 39))
    assert "COMES FROM  2" in said
    assert "THE RECORD HOLDS  1" in said
    assert f"{impact.ref} I one order in eight fails" in said
    assert "F6" in told(beside.source_lines(beside.sources(state, found, "luck", ""), ZONES, 39))
    kept = next(entry for entry in entries.values() if entry.restricted)
    assert "restricted" in told(beside.source_lines(beside.Sources((kept,), ()), ZONES, 39))


@pytest.mark.parametrize("width", [12, 30, 39, 80])
def test_sources_and_figures_keep_to_their_width(desk: Desk, width: int) -> None:
    desk.type("복제 지연 0.2초 " * 40)
    found, state = seen(desk), desk.state()
    sources = beside.Sources(tuple(state.entries), ())
    assert all(width_of(line) <= max(width, 15) for line in beside.source_lines(sources, ZONES, width))
    assert beside.figures(found, NOW, ZONES, width)


def test_figures_say_what_is_unknown_and_which_moment_supplies_it(desk: Desk) -> None:
    found = seen(desk, "/update still down", "/write currency EUR", "/write cost-revenue 48k")
    said = told(beside.figures(found, NOW, ZONES, 60))
    assert "TTR    10m" in said
    assert "TTA    unknown  acknowledged is unknown" in said
    assert "TTD    unknown" in said
    assert beside.missing_moments(found) == ("started", "acknowledged", "mitigated")
    assert "^G /milestone started" in said
    assert "Updates 1/1 in time" in said
    assert "48,000 EUR" in said
    assert "summary          · by 21 Nov 12:00" in said
    late = told(beside.figures(found, "2026-12-31T00:00:00.000Z", ZONES, 60))
    assert "summary          ! was due 21 Nov 12:00" in late
    desk.type("/milestone started 11:40")
    assert beside.missing_moments(seen(desk, "/milestone acknowledged 11:52", "/milestone mitigated 11:58")) == ()


# ── around the text ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_findings_words_are_underlined_where_they_stand() -> None:
    text = "one\n\ntwo\nthree"
    found = (finding("whys", start=2, end=7), finding("whys:2"), finding("whys:9"), finding("whys", start=3, end=99))
    assert middle.spans(found, text) == [(2, 7, "warning"), (5, 8, "warning")]
    assert middle.spans((finding("whys", start=2, end=7, waived="ok"),), text) == []


def test_the_chosen_finding_says_why_and_how_and_what_waives_it() -> None:
    found = (finding("whys:2", "error"), finding("whys"), finding("T1", waived="a drill"))
    said = told(middle.finding_lines(found, found[0], 60, 20))
    assert "✗ line 2: what is wrong" in said
    assert said.count("why it matters") == 1
    assert "→ how to mend it" in said
    assert "F7 waives it  a-code@whys:2" in said
    assert "○ a-code waived: a drill" in said
    assert middle.waiving(found[1]) == "a-code@whys"
    assert len(middle.finding_lines(found, found[0], 60, 3)) == 3
    assert "more lines" in told(middle.finding_lines(found, found[0], 60, 3))


def test_the_head_says_who_wrote_it_and_what_is_not_recorded_yet(desk: Desk) -> None:
    desk.type("/write trigger a deploy")
    words = desk.state().sections["trigger"]
    said = told(middle.head(place("trigger"), words, ZONES, 60, slim=False, unsaved=False))
    assert said.startswith(" Trigger")
    assert "@sam 12:00" in said
    assert "set it off" in said
    slim = middle.head(place("trigger"), words, ZONES, 60, slim=True, unsaved=True)
    assert len(slim) == 1
    assert "not recorded yet" in told(slim)


def test_answers_have_numbers_and_say_what_the_record_suggests() -> None:
    said = told(middle.choice_lines(place("detected-by"), "", 1, "monitoring", 60))
    assert "   1 ○ monitoring   the record suggests it" in said
    assert " ▸ 2 ○ customer" in said
    assert "● monitoring" in told(middle.choice_lines(place("detected-by"), "monitoring", 1, "monitoring", 60))


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rows(found: Look, key: str) -> dict[str, str]:
    return {row.name: f"{row.label}|{row.value}" for row in register.page(found, key, "2026-11-20").rows}


def test_factors_stand_by_layer_before_what_the_record_holds(desk: Desk) -> None:
    found = seen(desk)
    assert list(rows(found, "factors")) == ["held:0", "new"]
    begun = register.begin(found, "factors", "held:0")
    assert begun.text == "/factor the pool is exhausted: pool wait fell (H1, #5) layer: "
    found = seen(
        desk,
        "/factor nobody saw it layer: detection",
        "/factor the pool is exhausted (H1, #5) layer: technical class: capacity score: 0",
        "/factor third",
    )
    names = rows(found, "factors")
    assert list(names) == ["factor:F2", "factor:F1", "factor:F3", "new"], "and what was taken is not offered again"
    assert names["factor:F2"].startswith("F2 0/3|")
    assert names["factor:F1"].startswith("F1 –/3|")
    assert register.begin(found, "factors", "factor:F3").text == "/factor F3 layer: "
    assert register.begin(found, "factors", "factor:F1").text == "/factor F1 class: "
    page = register.page(found, "factors", "2026-11-20")
    assert "no action yet" in told(page.beside(page.rows[0], 40))


def test_factors_of_diverged_copies_stand_by_their_numbers(desk: Desk) -> None:
    found = seen(desk, "/factor two layer: technical", "/factor one layer: technical")
    two, one = found.document.factors
    merged = (replace(two, ref="F2·k7"), replace(one, ref="F1·k7"))
    found = replace(found, document=replace(found.document, factors=merged))
    assert list(rows(found, "factors"))[:2] == ["factor:F1·k7", "factor:F2·k7"]


def test_actions_are_asked_for_where_a_factor_has_none(desk: Desk) -> None:
    found = seen(
        desk,
        "/factor one score: 2",
        "/factor two score: 0",
        "/factor three",
        "/action mend one owner: @bob due: 2026-11-01 for: F1",
        "/action more",
    )
    names = rows(found, "actions")
    assert list(names)[:3] == ["item:T1", "item:T2", "unanswered:F3"]
    assert "@bob · 2026-11-01" in names["item:T1"]
    overdue = register.page(found, "actions", "2026-11-20").rows[0]
    assert (overdue.sign, overdue.style) == ("!", "error")
    begun = register.begin(found, "actions", "unanswered:F3")
    assert begun.cursor is not None
    assert (begun.text[: begun.cursor], begun.text[begun.cursor :]) == ("/action ", " for: F3")
    assert register.begin(found, "actions", "item:T2").text == "/action T2 owner: @"
    assert register.begin(found, "actions", "item:T1").text == "/action T1 verify: "
    done = seen(desk, "/done T1 seen")
    assert register.begin(done, "actions", "item:T1").text == "/verified T1 @"


def test_the_record_says_what_is_not_ticked_and_not_known(desk: Desk) -> None:
    found = seen(desk, "/tick resolution user-signal 0.2 %")
    names = rows(found, "record")
    assert names["recovery:user-signal"] == "user signal|@sam"
    assert names["recovery:health-signal"] == "health signal|not confirmed"
    assert "moment:started" in names
    assert "moment:detected" not in names
    assert register.begin(found, "record", "recovery:health-signal").text == "/tick resolution health-signal "
    assert register.begin(found, "record", "moment:started").text == "/milestone started "
    assert register.begin(found, "record", "closing:lessons").text == "/tick closing lessons "


# ── the look, and what leaves ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_is_looked_at_before_it_is_recorded(desk: Desk) -> None:
    state = desk.state()
    assert with_text(state, BY_KEY["summary"], "", "sam", NOW) is state
    typed = with_text(state, BY_KEY["summary"], "typed", "sam", NOW)
    found = look(typed, zone=UTC, policy=DEFAULT, before=None)
    assert found.text("summary") == "typed"
    assert found.text("factors") == ""
    assert not found.is_checked
    assert checked(found, now=NOW, template="layered", options=None).is_checked
    assert state.sections == {}


def test_restricted_entries_are_the_owners_to_see(desk: Desk) -> None:
    found = seen(desk, "/restrict the key was AKIA")
    assert any(entry.restricted for entry in found.document.timeline)


def test_every_way_out_is_offered_once_and_the_last_one_first(desk: Desk) -> None:
    found = seen(desk)
    ways = leaving.ways(("classic", "html"))
    assert ways[0] == ("classic", "html")
    assert len(ways) == len(set(ways))
    assert {form for _, form in ways} == {"md", "html", "json", "csv"}
    assert leaving.ways(("own.md.j2", "md"))[0] == ("own.md.j2", "md")
    _, body, choices = leaving.sheet(found, ("layered", "md"))
    assert "final document" in body.plain
    assert choices[0][1].export == ("layered", "md")
    _, body, _ = leaving.sheet(replace(found, findings=(finding("a", "error"),)), ("layered", "md"))
    assert "1 error stands" in body.plain
