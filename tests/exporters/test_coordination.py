"""What coordination leaves in documents: impact, scope, packets, time-boxes, ticks, and the protected track."""

from __future__ import annotations

import csv
import io
from datetime import UTC
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.after.build import build
from scribe.exporters.markdown import TEMPLATES, Template, postmortem, timeline_table
from scribe.exporters.timeline import entry_shape, to_csv
from scribe.record.events import (
    Action,
    Amended,
    Checkpoint,
    Decision,
    Escalation,
    Fact,
    Hypothesis,
    Impact,
    Milestone,
    Note,
    Point,
    Restricted,
    Role,
    Scope,
    Security,
    Tick,
    Timebox,
    Update,
)
from scribe.record.redact import Redacted, redact
from tests.exporters.reader import kinds, lines_seen, squeezed, tables, tokens
from tests.exporters.test_escape import typed
from tests.exporters.test_markdown import TABLED, WHOLE, headings
from tests.fakes.desk import at
from tests.fakes.tale import Tale
from tests.record.protected import STEPS, Story, story


@pytest.fixture
def tale() -> Tale:
    tale = Tale()
    tale.say(Role(role="ic", who="al"))
    tale.say(Impact(field="users", trend="worse"), "12 of 900")
    tale.say(Impact(field="revenue"), "none lost")
    tale.say(Impact(field="users", trend="better"), "5 of 900")
    tale.say(Scope(row="dependency", name="ledger-db", verdict="unknown"))
    tale.say(Scope(row="user_group", name="EU", verdict="affected", evidence="support has 40 calls"))
    tale.say(Scope(row="dependency", name="ledger-db", verdict="not_affected", evidence="idle"))
    tale.say(Decision(strategy="roll_back", confirmed_by="al"), "the fix takes an hour")
    tale.say(Timebox(who="bo", until=at("12:30")), "read the slow log")
    tale.say(Timebox(status="done", target="B1"), "nothing in it")
    tale.say(Timebox(who="cy", until=at("12:40")), "ask the vendor")
    tale.say(Escalation(level=3, who="erin"), "unresolved")
    tale.say(Tick(list="sev1", item="verify"), "twice")
    tale.say(Checkpoint(incoming="dan", given={"channels": "#inc", "risks": "the cache is cold"}))
    tale.say(Role(role="", acknowledges="?"))
    tale.say(Checkpoint())
    return tale


@pytest.fixture
def guarded() -> Tale:
    tale = Tale()
    tale.say(Security(aspect="marked"), "a key was seen outside")
    tale.say(Security(aspect="indicator"), "logins from 203.0.113.7")
    tale.say(Security(aspect="containment"), "key 77 revoked")
    tale.say(Security(aspect="legal"), "the regulator has to be told")
    tale.say(Fact(), "all keys are new")
    return tale


def text_of(tale: Tale, template: Template = "layered", *, include: bool = False, **more: Any) -> str:
    return postmortem(build(redact(tale.state(), include_restricted=include), zone=UTC, **more), template)


def rows_of(source: str, *header: str) -> list[list[str]]:
    return next(rows[1:] for rows in tables(source) if rows[0] == list(header))


# ── coordination ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("template", WHOLE)
def test_the_sides_of_the_impact_stand_in_a_table_and_where_people_would_write_them(
    template: Template, tale: Tale
) -> None:
    source = text_of(tale, template)
    assert rows_of(source, "Impact", "As last stated", "At (UTC)", "Ref", "Before") == [
        ["users affected", "5 of 900", "12:04:00", "#5", "#3 users affected: 12 of 900"],
        ["revenue", "none lost", "12:03:00", "#4", "–"],
    ]
    users, revenue = {
        "layered": ("Users and journeys", "Revenue"),
        "icre": ("Users", "Revenue"),
        "review": ("Users affected", "Revenue lost"),
        "classic": ("Users affected", "Revenue impact"),
    }[template]
    told = lines_seen(source)
    assert f"{users}: 5 of 900 (#5)" in told  # the label is said once
    assert f"{revenue}: none lost (#4)" in told
    assert "no statement was recorded" in source
    ref = tale.say(Impact(field="journeys"), "checkout").ref
    assert f"{users}: 5 of 900 (#5); journeys affected: checkout ({ref})" in lines_seen(text_of(tale, template))


def test_an_amended_side_is_shown_as_amended(tale: Tale) -> None:
    tale.say(Amended(target="#4", text="revenue: 3,000 lost"))
    source = text_of(tale)
    assert ["revenue", "3,000 lost", "12:03:00", "#4", "–"] in rows_of(
        source, "Impact", "As last stated", "At (UTC)", "Ref", "Before"
    )
    (entry,) = (entry for entry in tale.state().entries if entry.ref == "#4")
    assert entry_shape(entry, "INC-1")["data"]["value"] == "3,000 lost"


@pytest.mark.parametrize("template", WHOLE)
def test_the_scope_table_says_unknown_and_what_was_thought_before(template: Template, tale: Tale) -> None:
    header = ("Scope", "Name", "Verdict", "Evidence", "At (UTC)", "Ref", "Before")
    assert rows_of(text_of(tale, template), *header) == [
        ["user group", "EU", "affected", "support has 40 calls", "12:06:00", "#7", "–"],
        ["dependency", "ledger-db", "not affected", "idle", "12:07:00", "#8", "unknown"],
    ]
    tale.say(Scope(row="recent_change", name="4.18.0"))
    assert ["recent change", "4.18.0", "unknown", "unknown", "12:17:00", "#15", "–"] in rows_of(text_of(tale), *header)


def test_without_a_scope_row_people_have_to_write_it() -> None:
    source = text_of(Tale())
    assert "### Scope\n\n**to be written**" in source
    assert not [rows for rows in tables(source) if rows[0][0] in ("Scope", "Impact")]


@pytest.mark.parametrize("template", WHOLE)
def test_time_boxes_with_who_until_when_and_what_came_of_them(template: Template, tale: Tale) -> None:
    source = text_of(tale, template)
    assert rows_of(
        source, "Ref", "Begun (UTC)", "Until", "Who", "Outcome", "Took", "Looked into", "What came of it"
    ) == [
        ["B1", "12:09:00", "12:30:00", "@bo", "done", "1m", "read the slow log", "nothing in it"],
        ["B2", "12:11:00", "12:40:00", "@cy", "running", "–", "ask the vendor", "–"],
    ]


@pytest.mark.parametrize("template", WHOLE)
def test_packets_with_their_acknowledgement_and_what_was_added_by_hand(template: Template, tale: Tale) -> None:
    by_hand = "risks of the next hour: the cache is cold; channels: #inc"  # in the packet's own order and words
    assert rows_of(
        text_of(tale, template), "Ref", "At (UTC)", "Role", "From", "To", "Acknowledged", "Added by hand"
    ) == [
        ["#12", "12:14:00", "Incident commander", "@al", "@dan", "12:15:00 (#13)", by_hand],
        ["#14", "12:16:00", "Incident commander", "@dan", "checkpoint only", "–", "–"],
    ]
    tale.say(Checkpoint(incoming="eve"))
    assert "not acknowledged" in text_of(tale, template)


@pytest.mark.parametrize("template", TABLED)
def test_ticks_stand_in_a_list_of_their_own_and_are_counted(template: Template, tale: Tale) -> None:
    source = text_of(tale, template)
    timeline = rows_of(source, "Time (UTC)", "Ref", "Kind", "Who", "What")
    assert "checklist" not in {row[2] for row in timeline}
    assert len(timeline) == len(tale.state().entries) - 1
    assert "1 tick of a checklist stands in a section apart." in source
    assert "Checklists" in headings(source)
    ticks = [rows for rows in tables(source) if any("SEV-1 response ✓" in cell for row in rows for cell in row)]
    assert len(ticks) == 1
    counted = dict(next(rows for rows in tables(source) if rows[0] == ["Field", "Value"] and rows[1][0] == "Entries"))
    assert counted["Entries"] == f"{len(timeline) + 1}, {len(timeline) + 1} of them in this document"
    assert "Checklists" not in headings(text_of(Tale(), template))


def test_the_timeline_says_what_kind_of_entry_it_is_and_what_stands_beside_its_words(tale: Tale) -> None:
    (rows,) = tables(timeline_table(tale.state().entries, UTC))
    found = {row[1]: (row[2], row[4]) for row in rows[1:]}
    assert found["#3"] == ("impact, worse", "users affected: 12 of 900")
    assert found["D1"] == ("decision, strategy", "strategy: roll back: the fix takes an hour (confirmed by @al)")
    assert found["B1"] == ("time-box, done", "read the slow log (@bo until 12:30:00)")
    assert found["#9"] == ("outcome", "B1 done: nothing in it")
    assert found["#10"] == ("escalation", "level 3, engineering manager @erin: unresolved")
    assert found["#11"][0] == "checklist"
    assert found["#12"] == ("checkpoint", "packet 1: IC @al → @dan")


def test_a_role_of_the_teams_own_has_its_title_and_holders(tale: Tale) -> None:
    tale.say(Role(role="support", who="zoe"))
    assert ["Customer support", "@zoe"] in [
        row[:2] for row in rows_of(text_of(tale, own_roles={"support": "Customer support"}), *ROLES)
    ]
    assert ["support", "@zoe"] in [row[:2] for row in rows_of(text_of(tale), *ROLES)]


ROLES = ("Role", "Who", "From", "Until", "Ref", "Note")


def test_missed_updates_name_the_audience_where_there_are_several() -> None:
    tale = Tale()
    tale.say(Note(audience="public", switched="on"))
    for _ in range(20):
        tale.say(Fact(), "still failing")
    tale.say(Update(audience="public"), "late")
    rows = rows_of(text_of(tale), "Due", "For", "Overdue", "How it ended", "Ref")
    assert {row[1] for row in rows} == {"public", "stakeholders"}


def typed_in(words: list[str]) -> Tale:
    """A record with typed words in every place of it that somebody can type in."""
    place = iter(range(10**6))

    def word() -> str:
        return words[next(place) % len(words)]

    tale = Tale(word() or "x")
    tale.say(Role(role="ic", who=f"al{word()}"), word())
    tale.say(Impact(field="users", trend="worse"), word())
    tale.say(Impact(field="users"), word())
    tale.say(Scope(row="dependency", name=word(), evidence=word(), sources=(f"https://a.example/{word()}",)))
    tale.say(Decision(strategy="roll_back", confirmed_by=word() or "al"), word())
    tale.say(Timebox(who=word(), until=at("12:30")), word())
    tale.say(Timebox(status="failed", target="B1"), word())
    tale.say(Escalation(level=2, who=word()), word())
    tale.say(Tick(list="sev1", item="verify"), word())
    tale.say(Checkpoint(incoming=f"bo{word()}", given={"risks": word(), "notes": word()}), word())
    tale.say(Role(role="", acknowledges="?"), word())
    tale.say(Security(aspect="marked"), word())
    tale.say(Security(aspect="indicator"), word())
    tale.say(Security(aspect="containment"), word())
    tale.say(Security(aspect="legal"), word())
    return tale


@settings(max_examples=6)
@given(st.lists(typed, min_size=1, max_size=7))
@pytest.mark.parametrize("template", TEMPLATES)
def test_whatever_is_typed_the_document_keeps_its_shape(template: Template, words: list[str]) -> None:
    source = text_of(typed_in(words), template, include=True)
    plain = text_of(typed_in(["word"]), template, include=True)
    assert headings(source)[1:] == headings(plain)[1:]
    assert [rows[0] for rows in tables(source)] == [rows[0] for rows in tables(plain)]
    assert kinds(source) - {"hardbreak", "text_special", "heading_open"} <= kinds(plain) | {"blockquote_open"}
    assert not kinds(source) & {"html_block", "html_inline", "image", "code_block", "s_open"}
    assert {token.info for token in tokens(source) if token.type == "fence"} <= {"mermaid"}


# ── the protected track ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_security_incident_says_that_it_is_one_and_what_it_withholds(template: Template, guarded: Tale) -> None:
    source = text_of(guarded, template)
    assert "Security incident" in source.split("\n\n")[1]
    assert "3 restricted entries withheld: #3, #4, #5." in source.split("\n\n")[1]
    assert "Security track" in headings(source)
    assert "security incident: protected from here on: a key was seen outside" in source
    assert "None recorded, or it is withheld." in source
    for word in ("203.0.113.7", "revoked", "regulator", "Contains restricted"):
        assert word not in source


@pytest.mark.parametrize("template", TABLED)
def test_asked_for_by_name_the_fields_stand_apart_from_the_timeline_and_are_marked(
    template: Template, guarded: Tale
) -> None:
    source = text_of(guarded, template, include=True)
    assert "**Contains restricted entries** – need to know, not to be passed on: #3, #4, #5." in source
    assert "withheld" not in source
    timeline = rows_of(source, "Time (UTC)", "Ref", "Kind", "Who", "What")
    assert [row[1] for row in timeline] == ["#1", "#2", "#6"]
    assert "3 entries of the protected track stand in a section apart." in source
    after = squeezed(source[source.index("### Legal conclusions") :])
    assert "Kept apart from the facts" in after
    assert "legal conclusion: the regulator has to be told *(restricted)*" in after
    assert source.count("regulator") == source.count("203.0.113.7") == source.count("77 revoked") == 1


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_lifted_field_stands_in_its_section_unmarked(template: Template, guarded: Tale) -> None:
    guarded.say(Restricted(target="#4", lifted=True))
    source = text_of(guarded, template)
    assert "containment: key 77 revoked |" in squeezed(source)
    assert "2 restricted entries withheld: #3, #5." in source


def test_an_incident_without_the_track_has_no_section_for_it(tale: Tale) -> None:
    source = text_of(tale)
    assert "ecurity" not in source


def test_every_restricted_entry_is_marked_wherever_it_stands() -> None:
    tale = Tale()
    tale.say(Role(role="ic", who="al", restricted=True), "words of a role")
    tale.say(Impact(restricted=True), "words of an impact")
    tale.say(Impact(field="users", restricted=True), "words of a side")
    tale.say(Scope(row="user_group", name="EU", evidence="words of a row", restricted=True))
    tale.say(Hypothesis(restricted=True), "words of a guess")
    tale.say(Hypothesis(status="confirmed", target="H1", restricted=True), "words of a verdict")
    tale.say(Action(restricted=True), "words of a step")
    tale.say(Note(point=Point("words of a point"), restricted=True), "words of a point")
    tale.say(Checkpoint(given={"risks": "words of a packet"}, restricted=True))
    for template in TEMPLATES:
        for line in text_of(tale, template, include=True).split("\n"):
            if "words of" in line and not line.startswith(">"):
                assert "*(restricted)*" in line, line


def test_a_milestone_that_is_withheld_does_not_pass_for_a_change_of_state() -> None:
    tale = Tale()
    tale.say(Milestone(moment="detected", restricted=True), "the attacker wrote to us")
    rows = rows_of(text_of(tale), "Moment", "Time", "T+", "How it is known")
    assert ["detected", "2026-11-20 12:01:00", "T+00:00:00", "an entry that is withheld"] in rows


def test_the_timeline_alone_says_what_is_withheld_or_contained(guarded: Tale) -> None:
    state = guarded.state()
    passed = redact(state)
    table = timeline_table(passed.entries, UTC, passed.withheld)
    assert table.startswith("3 restricted entries withheld: #3, #4, #5.\n\nTimes are UTC, all on 2026-11-20.\n\n| Time")
    whole = timeline_table(state.entries, UTC)
    assert whole.startswith("**Contains restricted entries** – need to know, not to be passed on: #3, #4, #5.\n\n")
    assert timeline_table([state.entries[0]], UTC).startswith("Times are UTC, all on 2026-11-20.\n\n| Time")


# ── any record ──────────────────────────────────────────────────────────────────────────────────────────────────────


def outputs(passed: Redacted) -> dict[str, str]:
    """Everything that is passed on of an incident, by the name of its form."""
    document = build(passed, zone=UTC)
    return {
        **{template: postmortem(document, template) for template in TEMPLATES},
        "md": timeline_table(passed.entries, UTC, passed.withheld),
        "csv": to_csv(passed.entries, UTC),
        "json": msgspec.json.encode([entry_shape(entry, "INC-1") for entry in passed.entries]).decode(),
    }


@settings(max_examples=30)
@given(STEPS.map(story))
def test_no_word_of_a_restricted_entry_is_in_any_document(told: Story) -> None:
    state = told.tale.state()
    secret = told.secret(state)
    for form, document in outputs(redact(state)).items():
        assert not {word for word in secret if word in document}, form


@settings(max_examples=20)
@given(STEPS.map(story))
def test_asked_for_by_name_every_restricted_entry_is_in_every_document(told: Story) -> None:
    state = told.tale.state()
    restricted = [entry for entry in state.entries if entry.restricted]
    made = outputs(redact(state, include_restricted=True))
    words = {word for entry in restricted for word in told.words[entry.id] if word in entry.text}
    standing = {
        word for entry in restricted if entry.retracted is None for word in told.words[entry.id] if word in entry.text
    }
    for form, document in made.items():
        if form == "lite":  # which does not tell every entry
            continue
        expected = standing if form in TEMPLATES else words
        assert not {word for word in expected if word not in document}, form
    marks = {row["ref"]: row["restricted"] for row in csv.DictReader(io.StringIO(made["csv"], newline=""))}
    assert {ref for ref, mark in marks.items() if mark == "yes"} == {entry.ref for entry in restricted}
    assert made["md"].startswith("**Contains restricted entries**") == bool(restricted)
